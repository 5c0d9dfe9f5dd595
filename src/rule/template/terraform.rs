//! Values in the language of Terraform.

use super::{Filling, Misplaced, Place, commented, is_unshown, plain};

/// Where a placeholder stands between these texts.
pub(super) fn place(before: &str, after: &str) -> Result<Place, Misplaced> {
    let line = before.rsplit('\n').next().unwrap_or(before);
    let wrong = |message, hint| Err(Misplaced { message, hint });
    match context(before) {
        Context::HereDocument => wrong(
            "a placeholder in a here-document",
            "use jsonencode({…}) and put the value in double quotes",
        ),
        Context::BlockComment => wrong("a placeholder in /* … */", "use # for the comment"),
        Context::Interpolation => wrong(
            "a placeholder in ${…}",
            "put the value in double quotes of its own",
        ),
        Context::LineComment => Ok(Place::Comment),
        Context::Quoted if is_heading(line) => Ok(Place::Label),
        Context::Quoted => Ok(Place::Quoted),
        Context::Expression if is_alone(before, after) => Ok(Place::Bare),
        Context::Expression => wrong(
            "a placeholder beside other letters",
            "put the whole value in double quotes",
        ),
    }
}

/// The value as Terraform reads it at that place.
pub(super) fn written(place: Place, value: &Filling) -> String {
    match (place, value) {
        (Place::Comment, _) => commented(value),
        (Place::Label, _) => identifier(&plain(value)),
        (Place::Quoted | Place::Substituted, _) => escaped(&plain(value)),
        (Place::Bare | Place::Shorthand, Filling::Exact(text)) => text.clone(),
        (Place::Bare | Place::Shorthand, Filling::Text(text)) => format!("\"{}\"", escaped(text)),
        (Place::Bare | Place::Shorthand, Filling::List(items)) => {
            let items: Vec<String> = items.iter().map(|item| written(place, item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// Whether the quotes that are open in a line hold the type or name of a block.
fn is_heading(line: &str) -> bool {
    let word = line.split_whitespace().next().unwrap_or_default();
    matches!(word, "resource" | "data" | "module" | "variable" | "output")
}

fn is_alone(before: &str, after: &str) -> bool {
    let joins = |c: char| c.is_alphanumeric() || "_-.\"{$%".contains(c);
    !before.ends_with(joins) && !after.starts_with(joins)
}

/// A name that Terraform takes for a block: letters, digits, `_` and `-`, with a letter in front.
pub fn identifier(text: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
            c
        } else {
            '_'
        }
    };
    let name: String = text.chars().map(plain).collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        true => name,
        false => format!("_{name}"),
    }
}

/// The text between double quotes. `$` and `%` begin something where a brace follows, be it the value's own or the text's
/// after it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('"' | '\\', _) => out.extend(['\\', c]),
            ('$' | '%', Some('{')) => out.extend([c, c]),
            ('$' | '%', None) => out.push_str(&unicode(c)),
            ('{', _) if out.is_empty() => out.push_str(&unicode(c)),
            ('\n', _) => out.push_str("\\n"),
            (c, _) if is_unshown(c) => out.push_str(&unicode(c)),
            (c, _) => out.push(c),
        }
    }
    out
}

fn unicode(c: char) -> String {
    let code = u32::from(c);
    if code > 0xffff {
        format!("\\U{code:08x}")
    } else {
        format!("\\u{code:04x}")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Context {
    Expression,
    Quoted,
    Interpolation,
    LineComment,
    BlockComment,
    HereDocument,
}

/// What is open at the end of a text.
fn context(text: &str) -> Context {
    let mut open = vec![Context::Expression];
    let (mut escaped, mut before) = (false, ' ');
    for c in text.chars() {
        let top = open.last().copied().unwrap_or(Context::Expression);
        let mut last = c;
        match (top, before, c) {
            _ if escaped => escaped = false,
            (Context::Quoted, _, '\\') => escaped = true,
            (Context::Quoted, '$' | '%', '{') => open.push(Context::Interpolation),
            // A doubled one is itself.
            (Context::Quoted, '$', '$') | (Context::Quoted, '%', '%') => last = ' ',
            (Context::Quoted, _, '"') => drop(open.pop()),
            (Context::Interpolation, _, '{') => open.push(Context::Interpolation),
            (Context::Interpolation, _, '}') => drop(open.pop()),
            (Context::Expression | Context::Interpolation, _, '"') => open.push(Context::Quoted),
            (Context::Expression, _, '#') | (Context::Expression, '/', '/') => {
                open.push(Context::LineComment);
            }
            (Context::Expression, '/', '*') => open.push(Context::BlockComment),
            // Where it ends does not matter: no placeholder stands after one either.
            (Context::Expression, '<', '<') => open.push(Context::HereDocument),
            (Context::LineComment, _, '\n') | (Context::BlockComment, '*', '/') => drop(open.pop()),
            (_, _, _) => {}
        }
        before = last;
    }
    open.last().copied().unwrap_or(Context::Expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(before: &str, after: &str) -> Result<Place, &'static str> {
        place(before, after).map_err(|wrong| wrong.message)
    }

    #[test]
    fn the_place_of_a_value_decides_its_quotes() {
        assert_eq!(said("name = \"table/", "\""), Ok(Place::Quoted));
        assert_eq!(said("days = ", "\n"), Ok(Place::Bare));
        assert_eq!(said("resource \"aws_x\" \"", "\" {"), Ok(Place::Label));
        assert_eq!(said("a = \"$${b\" # of ", "\n"), Ok(Place::Comment));
        assert_eq!(
            said("days = x", "\n"),
            Err("a placeholder beside other letters")
        );
        assert_eq!(said("a = \"${b(", ")}\""), Err("a placeholder in ${…}"));
        assert_eq!(
            said("a = <<EOT\n", "\nEOT"),
            Err("a placeholder in a here-document")
        );
        assert_eq!(said("/* a ", " */"), Err("a placeholder in /* … */"));
    }

    #[test]
    fn a_name_begins_nothing_in_quotes() {
        assert_eq!(
            escaped("a\"b\\c${d}%{e}\n$"),
            "a\\\"b\\\\c$${d}%%{e}\\n\\u0024"
        );
        assert_eq!(escaped("{a}"), "\\u007ba}");
    }

    #[test]
    fn a_label_is_a_name_of_terraform() {
        assert_eq!(identifier("orders.v1"), "orders_v1");
        assert_eq!(identifier("1st"), "_1st");
        assert_eq!(identifier(""), "_");
    }
}
