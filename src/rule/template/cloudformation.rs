//! Values in CloudFormation, which is YAML with functions.

use super::{Filling, Misplaced, Place, commented, is_unshown, plain};

/// Where a placeholder stands between these texts.
pub(super) fn place(before: &str, after: &str) -> Result<Place, Misplaced> {
    let wrong = |message, hint| Err(Misplaced { message, hint });
    match context(before) {
        Context::Block => wrong(
            "a placeholder in a block of text",
            "put the value in double quotes, in a line of its own",
        ),
        Context::Single => wrong(
            "a placeholder in single quotes",
            "use double quotes: the value is fitted to them",
        ),
        Context::Comment => Ok(Place::Comment),
        Context::Double { substituted: true }
            if before.ends_with('$') || after.starts_with('{') =>
        {
            wrong("a placeholder between $ and {", "write it without !Sub")
        }
        Context::Double { substituted: true } => Ok(Place::Substituted),
        Context::Double { substituted: false } => Ok(Place::Quoted),
        Context::Plain if is_alone(before, after) => Ok(Place::Bare),
        Context::Plain => wrong(
            "a placeholder beside other letters",
            "put the whole value in double quotes",
        ),
    }
}

/// The value as CloudFormation reads it at that place.
pub(super) fn written(place: Place, value: &Filling) -> String {
    match (place, value) {
        (Place::Comment, _) => commented(value),
        (Place::Substituted, _) => escaped(&plain(value).replace("${", "${!")),
        (Place::Quoted, _) => escaped(&plain(value)),
        (Place::Bare | Place::Shorthand | Place::Label, Filling::Exact(text)) => text.clone(),
        (Place::Bare | Place::Shorthand | Place::Label, Filling::Text(text)) => scalar(text),
        (Place::Bare | Place::Shorthand | Place::Label, Filling::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| written(place, item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// A text for itself: without quotes where no reader of YAML takes it for anything else.
fn scalar(text: &str) -> String {
    // What some version of YAML reads as a truth value, as nothing or as a number.
    let taken = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf",
    ];
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let is_taken = taken.contains(&&*text.to_ascii_lowercase());
    match begins && text.chars().all(plain) && !is_taken {
        true => text.to_owned(),
        false => format!("\"{}\"", escaped(text)),
    }
}

/// The text between double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if is_unshown(c) && u32::from(c) <= 0xffff => {
                out += &format!("\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

fn is_alone(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let begun = line.trim_end_matches(' ');
    let parted = line.len() > begun.len();
    let tagged = begun
        .rsplit(' ')
        .next()
        .is_some_and(|it| it.starts_with('!'));
    let begins = begun.is_empty()
        || begun.ends_with(['[', '{', ','])
        || (parted && (begun.ends_with([':', '-']) || tagged));
    let rest = after.split('\n').next().unwrap_or(after);
    let ends = rest.trim_start_matches(' ');
    let is_end = ends.is_empty() || ends.starts_with([',', ']', '}']);
    begins && (is_end || (rest.len() > ends.len() && ends.starts_with('#')))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Plain,
    Single,
    Double { substituted: bool },
    Comment,
    Block,
}

/// What is open at the end of a text.
fn context(text: &str) -> Context {
    let mut open = Context::Plain;
    // The indentation of the line that opened a block of text.
    let mut block: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.len() - line.trim_start_matches(' ').len();
        if block.is_some_and(|of| depth > of || line.trim().is_empty()) {
            open = Context::Block;
            continue;
        }
        if matches!(open, Context::Block | Context::Comment) {
            open = Context::Plain;
        }
        block = None;
        let begun = read_line(line, &mut open);
        if open == Context::Plain && begun {
            block = Some(depth);
        }
    }
    open
}

/// Reads a line, and tells whether it opens a block of text.
fn read_line(line: &str, open: &mut Context) -> bool {
    let (mut before, mut escaped) = (' ', false);
    for (at, c) in line.char_indices() {
        match (*open, c) {
            _ if escaped => escaped = false,
            (Context::Comment | Context::Block, _) => {}
            (Context::Double { .. }, '\\') => escaped = true,
            (Context::Double { .. }, '"') | (Context::Single, '\'') => *open = Context::Plain,
            (Context::Double { .. } | Context::Single, _) => {}
            (Context::Plain, '#') if before == ' ' => *open = Context::Comment,
            (Context::Plain, '"') if opens(before) => {
                let head = line[..at].trim_end();
                let substituted = head.ends_with("!Sub") || head.ends_with("Fn::Sub:");
                *open = Context::Double { substituted };
            }
            (Context::Plain, '\'') if opens(before) => *open = Context::Single,
            (Context::Plain, _) => {}
        }
        before = c;
    }
    let end = line.split(" #").next().unwrap_or(line).trim_end();
    let sign = end.trim_end_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
    sign.ends_with(" |") || sign.ends_with(" >")
}

fn opens(before: char) -> bool {
    matches!(before, ' ' | '[' | '{' | ',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(before: &str, after: &str) -> Result<Place, &'static str> {
        place(before, after).map_err(|wrong| wrong.message)
    }

    #[test]
    fn the_place_of_a_value_decides_its_quotes() {
        for (before, after, place) in [
            ("A: ", "\n", Place::Bare),
            ("- ", "", Place::Bare),
            ("A: { B: ", " }", Place::Bare),
            ("A: !Ref ", "", Place::Bare),
            ("A: \"table/", "\"", Place::Quoted),
            ("A: !Sub \"x/", "\"", Place::Substituted),
            ("A: b # of ", "\n", Place::Comment),
            ("A: |\n  text\nB: ", "", Place::Bare),
            ("A: don't\nB: \"", "\"", Place::Quoted),
        ] {
            assert_eq!(said(before, after), Ok(place), "{before}");
        }
    }

    #[test]
    fn where_no_quoting_would_be_right_a_value_is_refused() {
        for (before, after, message) in [
            ("A: table/", "", "a placeholder beside other letters"),
            ("", ": b", "a placeholder beside other letters"),
            ("A: 'x", "'", "a placeholder in single quotes"),
            ("A: |\n  ", "", "a placeholder in a block of text"),
            ("A: >-\n  x\n\n  ", "", "a placeholder in a block of text"),
            ("A: !Sub \"$", "{b}\"", "a placeholder between $ and {"),
        ] {
            assert_eq!(said(before, after), Err(message), "{before}");
        }
    }

    #[test]
    fn no_reader_takes_a_name_for_anything_else() {
        assert_eq!(scalar("orders-v1.2"), "orders-v1.2");
        for (text, quoted) in [
            ("no", r#""no""#),
            ("Yes", r#""Yes""#),
            ("111122223333", r#""111122223333""#),
            ("*a", r#""*a""#),
            ("a: b", r#""a: b""#),
            ("", r#""""#),
            ("a\"\\\n\u{7f}", r#""a\"\\\n\u007f""#),
        ] {
            assert_eq!(scalar(text), quoted);
        }
    }

    #[test]
    fn a_name_is_no_variable_of_a_substitution() {
        let name = Filling::Text("${AWS::AccountId}".to_owned());
        assert_eq!(written(Place::Substituted, &name), "${!AWS::AccountId}");
    }
}
