//! Values in commands for a POSIX shell, which the AWS CLI reads after it.

use std::ops::Range;

use super::{Filling, Misplaced, Place, is_unshown};

/// Where a placeholder stands after this text.
pub(super) fn place(before: &str) -> Result<Place, Misplaced> {
    if quotes_left_open(before) {
        return Err(Misplaced {
            message: "a placeholder in quotes",
            hint: "end the quotes before it: it is quoted when it is filled in",
        });
    }
    let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
    Ok(match word.contains('=') {
        true => Place::Shorthand,
        false => Place::Bare,
    })
}

/// The value as one word or a part of one, a list as several; `None` where the AWS CLI would take it for something else.
pub(super) fn written(place: Place, value: &Filling) -> Option<String> {
    match value {
        Filling::Exact(text) | Filling::Text(text) => {
            let read_again = place == Place::Shorthand && text.contains(IN_SHORTHAND);
            (is_pasteable(text) && !read_again).then(|| shell_word(text))
        }
        Filling::List(items) => {
            let words: Option<Vec<String>> =
                items.iter().map(|item| written(place, item)).collect();
            words
                .filter(|words| !words.is_empty())
                .map(|it| it.join(" "))
        }
    }
}

/// What means something in `Key=…,Value=…`.
const IN_SHORTHAND: &[char] = &[',', '=', '{', '}', '[', ']', '"', '\'', '\\', ' '];

/// Whether a value can go into a command of the AWS CLI as it is. That takes a leading `-` for an option and a bracket for
/// JSON, and reads the file that a `file://` names; no terminal shows a line break or a turn of direction as what it is.
fn is_pasteable(value: &str) -> bool {
    let taken = ["-", "[", "{", "file://", "fileb://"];
    let taken = taken.iter().any(|start| value.starts_with(start));
    !value.is_empty() && !taken && !value.chars().any(is_unshown)
}

/// A word of a POSIX shell that stands for exactly this text.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// The words of a line of shell, with their quotes; blanks in quotes part nothing.
pub fn shell_words(line: &str) -> impl Iterator<Item = &str> {
    let mut quotes = Quotes::default();
    let words = line.split(move |c: char| {
        let parts = c == ' ' && quotes.open.is_none() && !quotes.escaped;
        quotes.pass(c);
        parts
    });
    words.filter(|word| !word.is_empty())
}

/// Whether a shell command ends inside a quoted word.
fn quotes_left_open(command: &str) -> bool {
    let mut quotes = Quotes::default();
    command.chars().for_each(|c| quotes.pass(c));
    quotes.open.is_some() || quotes.escaped
}

/// Where in a line of a POSIX shell one is.
#[derive(Default)]
struct Quotes {
    open: Option<char>,
    escaped: bool,
}

impl Quotes {
    fn pass(&mut self, c: char) {
        match (c, self.open) {
            (_, _) if self.escaped => self.escaped = false,
            ('\\', None | Some('"')) => self.escaped = true,
            ('"' | '\'', None) => self.open = Some(c),
            (c, Some(quote)) if c == quote => self.open = None,
            (_, _) => {}
        }
    }
}

/// Where the commands of a program stand in a text of shell, in their order: those in `$(…)` too. Each ends where the
/// shell ends it: at a line's end, an operator or a bracket. Not a parser of the shell: here-documents are text to it.
pub fn commands(text: &str, program: &str) -> Vec<Range<usize>> {
    let mut reader = Commands {
        open: Vec::new(),
        begun: Vec::new(),
        found: Vec::new(),
    };
    let (mut escaped, mut at_command, mut before) = (false, true, ' ');
    for (at, c) in text.char_indices() {
        let quote = reader.open.last().copied();
        let substitutes = c == '(' && before == '$' && quote != Some('\'');
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('\''), _) => reader.close_at('\'', c),
            (Some('"'), '"') => reader.close_at('"', c),
            (_, '\\') => escaped = true,
            (Some('"'), _) if !substitutes => {}
            (_, '\'' | '"') => reader.open.push(c),
            (_, '(') => reader.open.push('('),
            (_, ')' | '\n' | ';' | '&' | '|') => {
                reader.end(at);
                reader.close_at('(', if c == ')' { '(' } else { c });
            }
            _ if at_command && is_word(&text[at..], program) => {
                reader.begun.push((reader.open.len(), at));
            }
            _ => {}
        }
        let in_quotes = matches!(reader.open.last(), Some('"' | '\''));
        let begins = matches!(c, '(' | ')' | '\n' | ';' | '&' | '|');
        let ends_word = matches!(c, ' ' | '\t');
        let leads = ends_word && LEADS.contains(&last_word(&text[..at]));
        at_command = !in_quotes && (begins || leads || (at_command && ends_word));
        before = c;
    }
    while let Some((_, start)) = reader.begun.pop() {
        reader.found.push(start..text.trim_end().len());
    }
    reader.found.sort_by_key(|it| it.start);
    reader.found
}

/// Words of the shell behind which a command stands.
const LEADS: [&str; 11] = [
    "!", "{", "do", "elif", "else", "if", "then", "time", "until", "while", "xargs",
];

fn last_word(text: &str) -> &str {
    let mut words = text.rsplit([' ', '\t', '\n', ';', '(', '|', '&']);
    words.next().unwrap_or_default()
}

/// What [`commands`] has seen so far.
struct Commands {
    /// Quotes and brackets that are open.
    open: Vec<char>,
    /// Commands that have not ended: how deep each stands, and where it starts.
    begun: Vec<(usize, usize)>,
    found: Vec<Range<usize>>,
}

impl Commands {
    /// Closes the quotes or bracket on top where this is what closes them.
    fn close_at(&mut self, kind: char, c: char) {
        if c == kind && self.open.last() == Some(&kind) {
            self.open.pop();
        }
    }

    /// Ends the command of this depth.
    fn end(&mut self, at: usize) {
        if let Some((depth, start)) = self.begun.last().copied()
            && depth == self.open.len()
        {
            self.begun.pop();
            self.found.push(start..at);
        }
    }
}

fn is_word(text: &str, word: &str) -> bool {
    let rest = text.strip_prefix(word);
    rest.is_some_and(|rest| rest.starts_with([' ', '\t', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_one_word() {
        assert_eq!(shell_word("orders-v1.2"), "orders-v1.2");
        assert_eq!(shell_word("a b; rm -rf ~"), "'a b; rm -rf ~'");
        assert_eq!(shell_word("$(id)`id`\"!"), "'$(id)`id`\"!'");
        assert_eq!(shell_word("it's"), r"'it'\''s'");
        assert_eq!(shell_word("~root"), "'~root'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn a_line_parts_into_words_where_a_shell_parts_it() {
        let line = format!(
            r#"a --name {} 'b c'd "e \" f" g\ h"#,
            shell_word("it's; x y")
        );
        let words: Vec<&str> = shell_words(&line).collect();
        let name = r"'it'\''s; x y'";
        assert_eq!(
            words,
            ["a", "--name", name, "'b c'd", r#""e \" f""#, r"g\ h"]
        );
        assert!(quotes_left_open("a 'b") && !quotes_left_open(&line));
    }

    #[test]
    fn what_the_aws_cli_would_read_as_something_else_is_not_filled_in() {
        for value in [
            "",
            "--debug",
            "file:///etc/passwd",
            "[\"a\"]",
            "{}",
            "a\nb",
            "a\u{1b}[2J",
            "a\u{202e}b",
        ] {
            assert!(!is_pasteable(value), "{value:?}");
        }
        assert!(is_pasteable("arn:aws:sns:eu-west-1:111122223333:pager"));
        let name = Filling::Text("a,Value=b".to_owned());
        assert_eq!(written(Place::Shorthand, &name), None);
        assert_eq!(written(Place::Bare, &name).as_deref(), Some("a,Value=b"));
    }

    #[test]
    fn commands_are_found_where_a_shell_finds_them() {
        let text = r#"aws a b --c 'x; aws no' && aws d \
  --e "$(aws f g | tr -d '"')" > aws.json; echo aws no
  (aws h)
x="aws no" # aws no"#;
        let found: Vec<&str> = commands(text, "aws")
            .into_iter()
            .map(|it| &text[it])
            .collect();
        assert_eq!(
            found,
            [
                "aws a b --c 'x; aws no' ",
                "aws d \\\n  --e \"$(aws f g | tr -d '\"')\" > aws.json",
                "aws f g ",
                "aws h",
            ]
        );
    }
}
