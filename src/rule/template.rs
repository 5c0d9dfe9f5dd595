//! The repair of a rule: text with `{{ value }}` placeholders, checked when the rule is loaded.
//!
//! Not a template engine. What stands between the braces is a value of the condition language, so the checker of
//! messages finds a misspelt field with its line and column, and what a rule may write is a value and nothing else: no
//! loops, no filters, no includes. What quoting is right depends on the tool, so it is done here and not by an engine:
//! names are other people's, and a repair is pasted into a shell.

use super::condition::{Condition, Fault, Names};

/// A checked template.
#[derive(Clone, Debug)]
pub struct Template {
    parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Part {
    /// Words.
    Text(String),
    /// A value to fill in.
    Value(Box<Condition>),
}

impl Template {
    /// Checks a template.
    pub(super) fn new(text: &str, names: Names<'_>) -> Result<Template, Vec<Fault>> {
        Template::read(text, names, |_| None)
    }

    /// Checks a template for a POSIX shell: a value is quoted when it is filled in, so it must not stand in quotes.
    pub(super) fn of_shell(text: &str, names: Names<'_>) -> Result<Template, Vec<Fault>> {
        Template::read(text, names, |before| {
            let hint = "end the quotes before it: it is quoted when it is filled in";
            let fault = Fault::new(before.len(), before.len() + 2, "a placeholder in quotes");
            quotes_left_open(before).then(|| fault.hinted(Some(hint)))
        })
    }

    fn read(
        text: &str,
        names: Names<'_>,
        misplaced: impl Fn(&str) -> Option<Fault>,
    ) -> Result<Template, Vec<Fault>> {
        let (mut parts, mut faults) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(open) = text[at..].find("{{").map(|open| at + open) {
            let start = open + 2;
            let Some(end) = text[start..].find("}}").map(|len| start + len) else {
                faults.push(Fault::new(open, start, "\"{{\" without \"}}\""));
                return Err(faults);
            };
            faults.extend(misplaced(&text[..open]));
            let value = text[start..end].trim();
            let shift = start + (text[start..end].len() - text[start..end].trim_start().len());
            parts.push(Part::Text(text[at..open].to_owned()));
            match Condition::shown_value(value, names) {
                Ok(value) => parts.push(Part::Value(Box::new(value))),
                Err(found) => faults.extend(found.into_iter().map(|fault| fault.moved(shift))),
            }
            at = end + 2;
        }
        parts.push(Part::Text(text[at..].to_owned()));
        match faults.is_empty() {
            true => Ok(Template { parts }),
            false => Err(faults),
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Condition> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(value) => Some(&**value),
        })
    }

    /// The text for a POSIX shell; `value` gives what a placeholder stands for, where that is known.
    pub fn for_shell<'t>(
        &'t self,
        mut value: impl FnMut(&'t Condition) -> Option<String>,
    ) -> String {
        self.filled(|condition| {
            let value = value(condition).filter(|value| is_pasteable(value));
            value.map_or_else(|| placeholder(condition.text()), |value| shell_word(&value))
        })
    }

    /// The text for people to read; `value` as in [`Template::for_shell`].
    pub fn for_people<'t>(
        &'t self,
        mut value: impl FnMut(&'t Condition) -> Option<String>,
    ) -> String {
        self.filled(|condition| value(condition).unwrap_or_else(|| placeholder(condition.text())))
    }

    /// The text with a plain name in each value's place: `TABLE_NAME`.
    pub fn with_placeholders(&self) -> String {
        self.filled(|condition| placeholder(condition.text()))
    }

    fn filled<'t>(&'t self, mut value: impl FnMut(&'t Condition) -> String) -> String {
        let part = |part: &'t Part| match part {
            Part::Text(text) => text.clone(),
            Part::Value(condition) => value(condition),
        };
        self.parts.iter().map(part).collect()
    }
}

/// `TABLE_NAME` for `table.name`.
fn placeholder(path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    words.join("_")
}

/// Whether a shell command ends inside a quoted word.
fn quotes_left_open(command: &str) -> bool {
    let mut quotes = Quotes::default();
    command.chars().for_each(|c| quotes.pass(c));
    quotes.open.is_some() || quotes.escaped
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

/// Whether a value can go into a command of the AWS CLI as it is. That takes a leading `-` for an option, and reads the
/// file that a `file://` names; no terminal shows a line break or a turn of direction as what it is.
fn is_pasteable(value: &str) -> bool {
    let options_and_files = ["-", "file://", "fileb://"];
    let unshown = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let taken = options_and_files
        .iter()
        .any(|start| value.starts_with(start));
    !value.is_empty() && !taken && !value.chars().any(unshown)
}

/// A word of a POSIX shell that stands for exactly this text.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
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
            "a\nb",
            "a\u{1b}[2J",
            "a\u{202e}b",
        ] {
            assert!(!is_pasteable(value), "{value:?}");
        }
        assert!(is_pasteable("arn:aws:sns:eu-west-1:111122223333:pager"));
    }

    #[test]
    fn a_path_gives_a_plain_name() {
        assert_eq!(placeholder("target.resource_id"), "TARGET_RESOURCE_ID");
        assert_eq!(placeholder("table.tags[\"team\"]"), "TABLE_TAGS_TEAM");
    }
}
