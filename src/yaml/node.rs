//! The tree of a YAML text, with places.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

use super::error::SourceError;

/// A file's name and text.
#[derive(Debug)]
pub(super) struct Source {
    file: String,
    text: String,
}

impl Source {
    pub(super) fn new(file: &str, text: &str) -> Source {
        // A byte order mark at the start is no letter of the first line.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Source {
            file: file.to_owned(),
            text: text.to_owned(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn error(&self, place: Place, message: String) -> SourceError {
        SourceError {
            file: self.file.clone(),
            line: place.line,
            column: place.column,
            message,
            hint: None,
            source_line: self.line(place.line).to_owned(),
            width: place.width,
        }
    }

    fn line(&self, line: usize) -> &str {
        self.text.lines().nth(line - 1).unwrap_or_default()
    }

    /// The text from a place on.
    fn from(&self, place: Place) -> &str {
        let line_start: usize = self
            .text
            .split_inclusive('\n')
            .take(place.line - 1)
            .map(str::len)
            .sum();
        let rest = &self.text[line_start..];
        let column = rest.char_indices().nth(place.column - 1);
        column.map_or("", |(start, _)| &rest[start..])
    }
}

/// Where something stands: line and column from 1, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) width: usize,
}

impl Place {
    pub(super) const START: Place = Place {
        line: 1,
        column: 1,
        width: 1,
    };
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) kind: Kind,
}

impl Node {
    /// Whether it is null: nothing, `~` or `null`, without quotes.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(text, Style::Plain) if matches!(text.as_str(), "" | "~" | "null"))
    }
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Scalar(String, Style),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) place: Place,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Literal,
    Folded,
}

/// The places of a document, by path: keys and list indexes joined by dots, as in `tests.0.name`.
#[derive(Debug)]
pub struct Spans {
    source: Arc<Source>,
    root: Node,
}

impl Spans {
    pub(super) fn new(source: Arc<Source>, root: Node) -> Spans {
        Spans { source, root }
    }

    /// The file as the user named it.
    pub fn file(&self) -> &str {
        &self.source.file
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        self.source.text()
    }

    /// The line and column of a value, or of the nearest thing around it that is there.
    pub fn at(&self, path: &str) -> (usize, usize) {
        let (_, node) = self.find(path);
        (node.place.line, node.place.column)
    }

    /// A mistake in a value.
    pub fn error(&self, path: &str, message: impl Into<String>) -> SourceError {
        let (_, node) = self.find(path);
        self.source.error(node.place, message.into())
    }

    /// A mistake in a key.
    pub fn key_error(&self, path: &str, message: impl Into<String>) -> SourceError {
        let (key, node) = self.find(path);
        let place = key.map_or(node.place, |key| key.place);
        self.source.error(place, message.into())
    }

    /// A mistake inside a text: `start` and `end` are bytes of the value as it was read.
    pub fn error_in(
        &self,
        path: &str,
        start: usize,
        end: usize,
        message: impl Into<String>,
    ) -> SourceError {
        let (_, node) = self.find(path);
        let place = match &node.kind {
            Kind::Scalar(text, style) => {
                let from = self.inside(node.place, text, *style, start);
                let to = self.inside(node.place, text, *style, end);
                let width = if from.line == to.line {
                    to.column.saturating_sub(from.column).max(1)
                } else {
                    1
                };
                Place { width, ..from }
            }
            Kind::List(_) | Kind::Map(_) => node.place,
        };
        self.source.error(place, message.into())
    }

    /// What is at a path, or the nearest thing around it that is there.
    fn find(&self, path: &str) -> (Option<&Key>, &Node) {
        let mut found = (None, &self.root);
        for step in steps(path) {
            match inner(found.1, step) {
                Some(next) => found = next,
                None => break,
            }
        }
        found
    }

    /// What is at a path.
    pub(super) fn lookup(&self, path: &str) -> Option<(Option<&Key>, &Node)> {
        let mut steps = steps(path);
        steps.try_fold((None, &self.root), |(_, node), step| inner(node, step))
    }

    pub(super) fn source(&self) -> Arc<Source> {
        Arc::clone(&self.source)
    }

    fn inside(&self, start: Place, value: &str, style: Style, offset: usize) -> Place {
        // One after the end is where something is missing.
        debug_assert!(
            value.is_char_boundary(offset) || offset == value.len() + 1,
            "{offset} is inside of a letter, or outside of {value:?}"
        );
        let before = value.get(..offset).unwrap_or(value);
        match style {
            Style::Literal => self.inside_literal(start, value, before),
            // Its lines are joined as those of a plain text are.
            Style::Folded => walk(start, self.source.from(start), before, Style::Plain),
            Style::Plain | Style::SingleQuoted | Style::DoubleQuoted => {
                walk(start, self.source.from(start), before, style)
            }
        }
    }

    /// Each line of the value is a line of the file behind some indentation; `start` is the first that isn't empty.
    fn inside_literal(&self, start: Place, value: &str, before: &str) -> Place {
        let index = before.matches('\n').count();
        let chars = |text: &str| text.chars().count();
        let last = before.rsplit('\n').next().unwrap_or_default();
        let whole = value.split('\n').nth(index).unwrap_or_default();
        let leading = value.len() - value.trim_start_matches('\n').len();
        let line = (start.line + index).saturating_sub(leading).max(1);
        let indent = chars(self.source.line(line)).saturating_sub(chars(whole));
        Place {
            line,
            column: indent + chars(last) + 1,
            width: 1,
        }
    }
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|step| !step.is_empty())
}

fn inner<'n>(node: &'n Node, step: &str) -> Option<(Option<&'n Key>, &'n Node)> {
    match &node.kind {
        Kind::Map(entries) => {
            let entry = entries.iter().find(|(key, _)| key.text == step);
            entry.map(|(key, node)| (Some(key), node))
        }
        Kind::List(items) => {
            let index: usize = step.parse().ok()?;
            items.get(index).map(|node| (None, node))
        }
        Kind::Scalar(..) => None,
    }
}

/// Follows the source along the characters of the value that come before the wanted one.
fn walk(start: Place, source: &str, before: &str, style: Style) -> Place {
    let mut cursor = Cursor {
        rest: source,
        place: Place { width: 1, ..start },
    };
    if style != Style::Plain {
        cursor.step();
    }
    for wanted in before.chars() {
        cursor.follow(wanted, style);
    }
    cursor.place
}

struct Cursor<'s> {
    rest: &'s str,
    place: Place,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn step(&mut self) {
        let Some(c) = self.peek() else { return };
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.place.line += 1;
            self.place.column = 1;
        } else {
            self.place.column += 1;
        }
    }

    /// Passes what the source has for one character of the value.
    fn follow(&mut self, wanted: char, style: Style) {
        match (self.peek(), style) {
            (Some('\\'), Style::DoubleQuoted) => self.escape(),
            (Some('\''), Style::SingleQuoted) => {
                self.step();
                self.step();
            }
            (Some(c), _) if c == wanted => {
                self.step();
                if wanted == ' ' && self.at_line_end() {
                    self.space();
                }
            }
            (Some(c), _) if c.is_whitespace() => self.space(),
            _ => self.step(),
        }
    }

    fn at_line_end(&self) -> bool {
        let line = self.rest.split('\n').next().unwrap_or_default();
        self.rest.contains('\n') && line.trim().is_empty()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.step();
        }
    }

    fn escape(&mut self) {
        self.step();
        let digits = match self.peek() {
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => 0,
        };
        for _ in 0..=digits {
            self.step();
        }
    }
}

/// YAML of no known type: the cases of a rule, values of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree(serde_json::Value);

impl Tree {
    /// The same tree as JSON.
    pub fn as_json(&self) -> &serde_json::Value {
        &self.0
    }

    /// The tree as JSON.
    pub fn into_json(self) -> serde_json::Value {
        self.0
    }
}

impl From<serde_json::Value> for Tree {
    fn from(json: serde_json::Value) -> Tree {
        Tree(json)
    }
}

impl JsonSchema for Tree {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Tree".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        true.into()
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Tree, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Tree)
    }
}
