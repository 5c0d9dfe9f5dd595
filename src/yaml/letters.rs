//! What is refused before the text is parsed: characters and lines that readers of YAML take differently, or not at all.
//!
//! A control character can hide what follows it, NUL ends the text for some parsers, and U+2028 is a line end to some.

use super::error::SourceError;
use super::node::{Place, Source};

/// The first thing in the text that must not be there.
pub(super) fn check(source: &Source) -> Result<(), SourceError> {
    let text = source.text();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut place = Place::START;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_end = letter == '\n';
        if let Some(message) = refused(letter, letters.peek().copied()) {
            return Err(source.error(place, message));
        }
        place = Place {
            line: place.line + usize::from(is_end),
            column: if is_end { 1 } else { place.column + 1 },
            width: 1,
        };
    }
    directive(source, text)
}

fn refused(letter: char, next: Option<char>) -> Option<String> {
    let code = u32::from(letter);
    match letter {
        '\t' | '\n' => None,
        '\r' if next == Some('\n') => None,
        '\r' => Some("a line ends in CR alone: end lines in LF or CRLF".to_owned()),
        '\u{85}' | '\u{2028}' | '\u{2029}' => {
            Some(format!("the line separator U+{code:04X} is not allowed"))
        }
        '\u{feff}' => Some("a byte order mark stands at the start of a file or nowhere".to_owned()),
        '\u{fffe}' | '\u{ffff}' => Some(format!("the character U+{code:04X} is not allowed")),
        letter if letter.is_control() => {
            Some(format!("the control character U+{code:04X} is not allowed"))
        }
        _ => None,
    }
}

/// `%YAML`, `%TAG`: lines before `---` that change how the rest is read.
fn directive(source: &Source, text: &str) -> Result<(), SourceError> {
    let is_empty = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let first = text.lines().enumerate().find(|(_, line)| !is_empty(line));
    match first {
        Some((index, line)) if line.starts_with('%') => {
            let place = Place {
                line: index + 1,
                column: 1,
                width: line.chars().count(),
            };
            Err(source.error(place, "directives are not allowed".to_owned()))
        }
        _ => Ok(()),
    }
}
