//! The sentence of a result: text with `{value}` placeholders, checked when the rule is loaded.
//!
//! `{{` and `}}` stand for braces. What a placeholder shows is worked out only for results that are reported.

use super::condition::{Condition, Fault, Names};

/// A checked message.
#[derive(Clone, Debug)]
pub struct Message {
    parts: Vec<Part>,
}

/// A part of a message.
#[derive(Clone, Debug)]
pub enum Part {
    /// Words.
    Text(String),
    /// A value to show.
    Value(Box<Condition>),
}

impl Message {
    pub(super) fn new(text: &str, names: Names<'_>) -> Result<Message, Vec<Fault>> {
        let mut parts = Vec::new();
        let mut faults = Vec::new();
        for piece in pieces(text).map_err(|fault| vec![fault])? {
            match piece {
                Piece::Text(text) => parts.push(Part::Text(text)),
                Piece::Value(start, value) => match Condition::shown_value(value, names) {
                    Ok(value) => parts.push(Part::Value(Box::new(value))),
                    Err(found) => faults.extend(found.into_iter().map(|f| f.moved(start))),
                },
            }
        }
        if faults.is_empty() {
            Ok(Message { parts })
        } else {
            Err(faults)
        }
    }

    /// Words and values in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Condition> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(value) => Some(&**value),
        })
    }
}

enum Piece<'t> {
    Text(String),
    Value(usize, &'t str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Fault> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            words.push(c);
            at += 2;
        } else if c == '}' {
            let fault = Fault::new(at, at + 1, "\"}\" without \"{\"");
            return Err(fault.hinted(Some("a brace as such is written twice")));
        } else if c == '{' {
            let Some(len) = closing(&rest[1..]) else {
                return Err(Fault::new(at, at + 1, "\"{\" without \"}\""));
            };
            pieces.push(Piece::Text(std::mem::take(&mut words)));
            pieces.push(Piece::Value(at + 1, &rest[1..=len]));
            at += len + 2;
        } else {
            words.push(c);
            at += c.len_utf8();
        }
    }
    pieces.push(Piece::Text(words));
    Ok(pieces)
}

/// Where the brace closes, outside quotes.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            ('}', None) => return Some(at),
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    None
}
