//! A part of a document that is read as a type of its own, perhaps after it was completed: the facts of a rule's case.
//!
//! What is added has the place of the part, so that every mistake still has one.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::error::SourceError;
use super::node::{Key, Kind, Node, Source, Spans, Style};
use super::typed::{self, Outcome};

/// A part of a document.
#[derive(Debug)]
pub struct Part {
    source: Arc<Source>,
    node: Node,
    key: Option<Key>,
}

impl Spans {
    /// The part at a path, where there is one.
    pub fn part(&self, path: &str) -> Option<Part> {
        let (key, node) = self.lookup(path)?;
        Some(Part {
            source: self.source(),
            node: node.clone(),
            key: key.cloned(),
        })
    }
}

impl Part {
    /// Whether it has a key.
    pub fn has(&self, key: &str) -> bool {
        match &self.node.kind {
            Kind::Map(entries) => entries.iter().any(|(it, _)| it.text == key),
            Kind::Scalar(..) | Kind::List(_) => false,
        }
    }

    /// The value of a key as a part of its own; it is gone from this one.
    pub fn take(&mut self, key: &str) -> Option<Part> {
        let Kind::Map(entries) = &mut self.node.kind else {
            return None;
        };
        let at = entries.iter().position(|(it, _)| it.text == key)?;
        let (key, node) = entries.remove(at);
        Some(Part {
            source: Arc::clone(&self.source),
            node,
            key: Some(key),
        })
    }

    /// The text of a key; added where the key is missing.
    pub fn text_or(&mut self, key: &str, text: &str) -> String {
        let place = self.node.place;
        let Kind::Map(entries) = &mut self.node.kind else {
            return text.to_owned();
        };
        if let Some((_, node)) = entries.iter().find(|(it, _)| it.text == key) {
            return match &node.kind {
                Kind::Scalar(text, _) => text.clone(),
                Kind::List(_) | Kind::Map(_) => text.to_owned(),
            };
        }
        let name = Key {
            text: key.to_owned(),
            place,
        };
        let kind = Kind::Scalar(text.to_owned(), Style::DoubleQuoted);
        entries.push((name, Node { place, kind }));
        text.to_owned()
    }

    /// Reads it as a type, or says everything that is wrong with it.
    ///
    /// # Errors
    /// All mistakes in it, each with its place in the file.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<SourceError>> {
        let Outcome { value, errors } = typed::read(&self.source, &self.node);
        value.filter(|_| errors.is_empty()).ok_or(errors)
    }

    /// A mistake in its key, or in itself where it has none.
    pub fn key_error(&self, message: impl Into<String>) -> SourceError {
        let place = self.key.as_ref().map_or(self.node.place, |key| key.place);
        self.source.error(place, message.into())
    }
}
