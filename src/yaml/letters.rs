//! What is refused before the text is parsed: characters and lines that readers of YAML take differently, or not at all.
//!
//! A control character can hide what follows it, NUL ends the text for some parsers, and U+2028 is a line end to some.

use std::io::{self, Read};

use super::error::SourceError;
use super::node::{Place, Source};
use super::{MAX_BYTES, too_large};

/// The first thing in the text that must not be there.
pub(super) fn check(source: &Source) -> Result<(), SourceError> {
    let text = source.text();
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
    head(source, text)
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

/// No `%YAML` or `%TAG`, which change how the rest is read: some readers take every line for one that starts like it. And
/// no tab before the first value.
fn head(source: &Source, text: &str) -> Result<(), SourceError> {
    let mut is_head = true;
    for (index, line) in text.lines().enumerate() {
        let rest = line.trim_start();
        let indent = line.len() - rest.len();
        let at = |width, message: &str| {
            let place = Place {
                line: index + 1,
                column: 1,
                width,
            };
            Err(source.error(place, message.to_owned()))
        };
        if line.starts_with('%') {
            return at(line.chars().count(), "directives are not allowed");
        }
        let is_value = !(rest.is_empty() || rest.starts_with('#') || line.trim_end() == "---");
        if is_head && is_value && line[..indent].contains('\t') {
            return at(indent, "a tab is no indentation: use spaces");
        }
        is_head &= !is_value;
    }
    Ok(())
}

/// The text of a file, of which no more is read than a file may hold.
pub(super) fn read(file: &str, from: impl Read) -> io::Result<Result<String, SourceError>> {
    let mut bytes = Vec::new();
    from.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        return Ok(Err(SourceError::of_file(file, too_large())));
    }
    Ok(String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let before = String::from_utf8_lossy(valid);
        let line = before.rsplit('\n').next().unwrap_or_default();
        SourceError {
            line: 1 + before.matches('\n').count(),
            column: 1 + line.chars().count(),
            source_line: line.to_owned(),
            hint: Some("save the file as UTF-8".to_owned()),
            ..SourceError::of_file(file, "not UTF-8 text from here on")
        }
    }))
}
