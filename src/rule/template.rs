//! The repair of a rule: text with `{{ value }}` placeholders, checked when the rule is loaded.
//!
//! Not a template engine. What stands between the braces is a value of the condition language, so the checker of
//! messages finds a misspelt field with its line and column, and what a rule may write is a value and nothing else: no
//! loops, no filters, no includes. What quoting is right depends on the tool and on the place, so both are known here and
//! not by an engine: names are other people's, and a repair is pasted into a shell or a file. Where no quoting would be
//! right, the placeholder is refused.

mod cloudformation;
mod open;
mod shell;
mod terraform;

use std::collections::BTreeSet;

pub use self::shell::{commands, shell_word, shell_words};
pub use self::terraform::identifier;
use super::condition::{Condition, Fault, Names};
use crate::finding::Snippet;

/// A checked template.
#[derive(Clone, Debug)]
pub struct Template {
    language: Language,
    parts: Vec<Part>,
}

/// What a template is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// For people.
    Words,
    /// For a POSIX shell.
    Shell,
    /// The language of Terraform.
    Terraform,
    /// CloudFormation, in YAML.
    CloudFormation,
}

/// A part of a template.
#[derive(Clone, Debug)]
enum Part {
    /// Words.
    Text(String),
    /// A value to fill in, and where it stands.
    Value(Box<Condition>, Place),
}

/// Where a placeholder stands, which decides how its value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// For itself.
    Bare,
    /// In a shell, in a word behind a "=": the AWS CLI reads such a word once more.
    Shorthand,
    /// In double quotes.
    Quoted,
    /// In double quotes, in which CloudFormation puts values for `${…}`.
    Substituted,
    /// In a name of Terraform: the label of a block.
    Label,
    /// In a comment.
    Comment,
}

/// A value to fill in.
#[derive(Clone, Debug, PartialEq)]
pub enum Filling {
    /// A number or a truth value, as every tool writes it.
    Exact(String),
    /// Text, which is anybody's.
    Text(String),
    /// Several.
    List(Vec<Filling>),
}

/// A placeholder that stands where no quoting would be right, and what to do instead.
struct Misplaced {
    message: &'static str,
    hint: &'static str,
}

impl Template {
    /// Checks a template.
    pub(super) fn new(
        text: &str,
        language: Language,
        names: Names<'_>,
    ) -> Result<Template, Vec<Fault>> {
        let (mut parts, mut faults) = (Vec::new(), Vec::new());
        // What stands before a placeholder; others in it are a plain letter, whatever they hold.
        let mut before = String::new();
        let mut at = 0;
        while let Some(open) = text[at..].find("{{").map(|open| at + open) {
            let start = open + 2;
            let Some(end) = text[start..].find("}}").map(|len| start + len) else {
                faults.push(Fault::new(open, start, "\"{{\" without \"}}\""));
                return Err(faults);
            };
            before.push_str(&text[at..open]);
            parts.push(Part::Text(text[at..open].to_owned()));
            let place = place(language, &before, &text[end + 2..]).unwrap_or_else(|wrong| {
                let fault = Fault::new(open, start, wrong.message);
                faults.push(fault.hinted(Some(wrong.hint)));
                Place::Bare
            });
            let value = text[start..end].trim();
            let shift = start + (text[start..end].len() - text[start..end].trim_start().len());
            match Condition::shown_value(value, names) {
                Ok(value) => parts.push(Part::Value(Box::new(value), place)),
                Err(found) => faults.extend(found.into_iter().map(|fault| fault.moved(shift))),
            }
            before.push('x');
            at = end + 2;
        }
        parts.push(Part::Text(text[at..].to_owned()));
        match faults.is_empty() {
            true => Ok(Template { language, parts }),
            false => Err(faults),
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Condition> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(value, _) => Some(&**value),
        })
    }

    /// The text for its tool, and what is still to be filled in by a person; `value` gives what a placeholder stands
    /// for, where that is known.
    pub fn fill<'t>(&'t self, mut value: impl FnMut(&'t Condition) -> Option<Filling>) -> Snippet {
        let (mut text, mut open) = (String::new(), BTreeSet::new());
        for part in &self.parts {
            match part {
                Part::Text(words) => {
                    text.push_str(words);
                    open.extend(open::words(words).map(str::to_owned));
                }
                Part::Value(condition, place) => {
                    let value = value(condition);
                    let written = value.and_then(|value| written(self.language, *place, &value));
                    text.push_str(&written.unwrap_or_else(|| {
                        let name = placeholder(condition.text());
                        open.insert(name.clone());
                        name
                    }));
                }
            }
        }
        Snippet { text, open }
    }

    /// The text for people to read; `value` gives what a placeholder stands for, where that is known.
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
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Value(condition, _) => filled.push_str(&value(condition)),
            }
        }
        filled
    }
}

fn place(language: Language, before: &str, after: &str) -> Result<Place, Misplaced> {
    match language {
        Language::Words => Ok(Place::Bare),
        Language::Shell => shell::place(before),
        Language::Terraform => terraform::place(before, after),
        Language::CloudFormation => cloudformation::place(before, after),
    }
}

/// The value as its tool reads it at that place; `None` where it cannot be written so that it stays what it is.
fn written(language: Language, place: Place, value: &Filling) -> Option<String> {
    match language {
        Language::Words => Some(plain(value)),
        Language::Shell => shell::written(place, value),
        Language::Terraform => Some(terraform::written(place, value)),
        Language::CloudFormation => Some(cloudformation::written(place, value)),
    }
}

/// The value without any quotes.
fn plain(value: &Filling) -> String {
    match value {
        Filling::Exact(text) | Filling::Text(text) => text.clone(),
        Filling::List(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
    }
}

/// The value in a comment: it stays in its line.
fn commented(value: &Filling) -> String {
    let shown = |c: char| if is_unshown(c) { ' ' } else { c };
    plain(value).chars().map(shown).collect()
}

/// A character that no screen shows as what it is: it ends the line, steers the terminal or turns the direction of text.
pub(crate) fn is_unshown(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_a_plain_name() {
        assert_eq!(placeholder("target.resource_id"), "TARGET_RESOURCE_ID");
        assert_eq!(placeholder("table.tags[\"team\"]"), "TABLE_TAGS_TEAM");
    }

    #[test]
    fn a_name_in_a_comment_stays_in_its_line() {
        let name = Filling::Text("a\nb\u{85}c\u{2028}d".to_owned());
        assert_eq!(commented(&name), "a b c d");
    }
}
