//! Reading YAML that people write: rules, configuration, waivers. Every mistake gets file, line and column.
//!
//! One pass over the parser's events builds a tree with places; our own serde deserializer reads typed structs from it,
//! so there is one reading of the text and a plain scalar stays what the user wrote: a text field gets `no`, `012`,
//! `001234567890` and `1_000` letter by letter. Only `null`, `~` and nothing are null; only `true` and `false` are bools;
//! only numbers as JSON spells them, without leading zeros, are numbers where the type is left open.
//! Refused, each with its place: more than 1 MB, more than 64 levels, duplicate keys, keys that are no text, anchors,
//! aliases, merge keys, tags, directives, several documents, control characters, tabs as indentation. Only [`edit`]
//! writes: one item of a list. Knows nothing of rules. No other file names a YAML crate.

pub mod edit;
mod error;
mod filler;
mod letters;
mod mistake;
mod node;
mod part;
mod typed;

use std::io::{self, Read};
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};
use serde::de::DeserializeOwned;

pub use self::error::{SourceError, did_you_mean, nearest};
use self::node::{Key, Kind, Node, Place, Source, Style};
pub use self::node::{Spans, Tree};
pub use self::part::Part;
use self::typed::Outcome;

/// The largest file that is read.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 64;

/// A typed value and the places of everything in it.
#[derive(Debug)]
pub struct Document<T> {
    /// What was read.
    pub value: T,
    /// Where it stands, for errors found later.
    pub spans: Spans,
}

/// Reads one document into a type, or says everything that is wrong with it.
pub fn read<T: DeserializeOwned>(file: &str, text: &str) -> Result<Document<T>, Vec<SourceError>> {
    let (document, errors) = read_anyway(file, text);
    document.filter(|_| errors.is_empty()).ok_or(errors)
}

/// Reads one document into a type where nothing is wrong with it but keys that are not known and resemble none, so that
/// the reader can tell what else is wrong; and everything that is wrong so far.
pub fn read_anyway<T: DeserializeOwned>(
    file: &str,
    text: &str,
) -> (Option<Document<T>>, Vec<SourceError>) {
    let source = Arc::new(Source::new(file, text));
    let root = match parse(&source) {
        Ok(root) => root,
        Err(errors) => return (None, errors),
    };
    let Outcome { value, errors } = typed::read(&source, &root);
    // What was meant by a misspelt key is not there, and all that follows of that is no mistake of its own.
    let resembles = |error: &SourceError| {
        let hint = error.hint.as_deref();
        hint.is_some_and(|hint| hint.starts_with("did you mean"))
    };
    let value = value.filter(|_| !errors.iter().any(resembles));
    let spans = Spans::new(source, root);
    (value.map(|value| Document { value, spans }), errors)
}

/// The text of a file that people write; what is no text, or too much, has its place too.
///
/// # Errors
/// Where it cannot be read at all.
pub fn text(file: &str, from: impl Read) -> io::Result<Result<String, SourceError>> {
    letters::read(file, from)
}

fn too_large() -> String {
    format!("file is larger than {} KB", MAX_BYTES / 1024)
}

fn parse(source: &Source) -> Result<Node, Vec<SourceError>> {
    if source.text().len() > MAX_BYTES {
        return Err(vec![source.error(Place::START, too_large())]);
    }
    letters::check(source).map_err(|error| vec![error])?;
    let mut builder = Builder {
        source,
        events: Parser::new_from_str(source.text()),
        depth: 0,
        refused: Vec::new(),
    };
    let root = builder.document();
    let mut errors = builder.refused;
    match root {
        Ok(root) if errors.is_empty() => Ok(root),
        Ok(_) => Err(errors),
        Err(error) => {
            errors.push(error);
            Err(errors)
        }
    }
}

/// What is mostly behind words of the parser.
const HINTS: [(&str, &str); 6] = [
    ("unknown anchor", WRITE_OUT),
    (
        "mapping values are not allowed",
        "a text with \": \" in it goes in quotes",
    ),
    (
        "illegal placement of ':'",
        "is a bracket, a brace or a quote above it left open?",
    ),
    ("found a tab", "indent with blanks"),
    ("in quoted scalar", "is the quote left open?"),
    ("unprintable", "take it out"),
];
const WRITE_OUT: &str = "write it out where it is needed";

struct Builder<'s> {
    source: &'s Source,
    events: Parser<'s, saphyr_parser::StrInput<'s>>,
    depth: usize,
    /// What is not taken, and reading goes on behind it.
    refused: Vec<SourceError>,
}

impl<'s> Builder<'s> {
    fn document(&mut self) -> Result<Node, SourceError> {
        let (first, _) = self.next()?;
        let Event::DocumentStart(_) = first else {
            return Err(self.source.error(Place::START, "file is empty".to_owned()));
        };
        let (event, span) = self.next()?;
        let root = self.node(event, span)?;
        self.next()?;
        match self.next()? {
            (Event::DocumentStart(_), span) => {
                Err(self.error(span, "a second document: one file holds one"))
            }
            _ => Ok(root),
        }
    }

    /// The next event that means something.
    fn next(&mut self) -> Result<(Event<'s>, Span), SourceError> {
        loop {
            match self.events.next_event() {
                Some(Ok((Event::StreamStart | Event::Nothing, _))) => {}
                Some(Ok(event)) => return Ok(event),
                Some(Err(error)) => return Err(self.invalid(&error)),
                None => return Ok((Event::StreamEnd, Span::default())),
            }
        }
    }

    fn invalid(&self, error: &ScanError) -> SourceError {
        let message = match error.info() {
            "recursion limit exceeded" => too_deep(),
            info if info.contains("unknown anchor") => "aliases are not allowed".to_owned(),
            info => format!("not valid YAML: {info}"),
        };
        let place = self.source.point(error.marker());
        let hints = HINTS.iter().find(|(part, _)| error.info().contains(part));
        let hint = hints.map(|(_, hint)| (*hint).to_owned());
        self.source.error(place, message).hinted(hint)
    }

    fn error(&self, span: Span, message: &str) -> SourceError {
        self.source
            .error(self.source.place(span), message.to_owned())
    }

    fn node(&mut self, event: Event<'s>, span: Span) -> Result<Node, SourceError> {
        self.refuse_extras(&event, span)?;
        let kind = match event {
            Event::Scalar(text, style, _, _) => Kind::Scalar(text.into_owned(), style.into()),
            Event::SequenceStart(..) => self.nested(span, Builder::list)?,
            Event::MappingStart(..) => self.nested(span, Builder::map)?,
            _ => return Err(self.error(span, "not valid YAML: a value is missing")),
        };
        let place = match &kind {
            Kind::Scalar(..) => self.source.place(span),
            Kind::List(_) => self.source.point(&span.start),
            Kind::Map(entries) => entries.first().map_or_else(
                || self.source.point(&span.start),
                |(key, _)| Place {
                    width: 1,
                    ..key.place
                },
            ),
        };
        Ok(Node { place, kind })
    }

    fn refuse_extras(&self, event: &Event<'s>, span: Span) -> Result<(), SourceError> {
        let (anchor, tag) = match event {
            Event::Alias(_) => return Err(self.extra(span, "aliases are not allowed", WRITE_OUT)),
            Event::Scalar(_, _, anchor, tag)
            | Event::SequenceStart(anchor, tag)
            | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            _ => (0, false),
        };
        if anchor != 0 {
            return Err(self.extra(span, "anchors are not allowed", WRITE_OUT));
        }
        if tag {
            return Err(self.extra(
                span,
                "tags are not allowed",
                "leave it out, or put the text in quotes",
            ));
        }
        Ok(())
    }

    fn extra(&self, span: Span, message: &str, hint: &str) -> SourceError {
        self.error(span, message).hinted(Some(hint.to_owned()))
    }

    fn nested(
        &mut self,
        span: Span,
        read: fn(&mut Self) -> Result<Kind, SourceError>,
    ) -> Result<Kind, SourceError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error(span, &too_deep()));
        }
        self.depth += 1;
        let kind = read(self)?;
        self.depth -= 1;
        Ok(kind)
    }

    fn list(&mut self) -> Result<Kind, SourceError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Kind::List(items)),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn map(&mut self) -> Result<Kind, SourceError> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Kind::Map(entries));
            }
            let key = self.key(event, span)?;
            if let Some(line) = seen.insert(key.text.clone(), key.place.line) {
                let message = format!("duplicate key \"{}\"", key.text);
                let error = self.source.error(key.place, message);
                let hint = format!("it stands in line {line} already");
                self.refused.push(error.hinted(Some(hint)));
            }
            let (event, span) = self.next()?;
            entries.push((key, self.node(event, span)?));
        }
    }

    fn key(&self, event: Event<'s>, span: Span) -> Result<Key, SourceError> {
        self.refuse_extras(&event, span)?;
        let Event::Scalar(text, style, ..) = event else {
            return Err(self.error(span, "a key must be text"));
        };
        if span.start.line() != span.end.line() {
            return Err(self.error(span, "a key must stand on one line"));
        }
        match (text.as_ref(), style) {
            ("", ScalarStyle::Plain) => {
                return Err(self.error(span, "a key is missing before \":\""));
            }
            ("<<", ScalarStyle::Plain) => {
                return Err(self.error(span, "merge keys are not allowed"));
            }
            _ => {}
        }
        Ok(Key {
            text: text.into_owned(),
            place: self.source.place(span),
        })
    }
}

fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

impl From<ScalarStyle> for Style {
    fn from(style: ScalarStyle) -> Style {
        match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        }
    }
}

impl Source {
    fn point(&self, marker: &Marker) -> Place {
        Place {
            line: marker.line().max(1),
            column: marker.col() + 1,
            width: 1,
        }
    }

    fn place(&self, span: Span) -> Place {
        let one_line = span.start.line() == span.end.line();
        let width = span.end.index().saturating_sub(span.start.index());
        Place {
            width: if one_line { width.max(1) } else { 1 },
            ..self.point(&span.start)
        }
    }
}

#[cfg(test)]
mod tests;
