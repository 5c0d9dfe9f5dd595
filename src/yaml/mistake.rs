//! A mistake while values are read, and what is remembered of it so that reading can go on behind it.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Expected, Unexpected};

use super::error::{SourceError, did_you_mean};
use super::node::{Node, Place, Source};

/// What was found in this round and those before.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) mistakes: Vec<Mistake>,
    /// What has a stand-in.
    pub(super) stood_in: HashSet<Spot>,
    /// The innermost thing that could not be read in this round.
    pub(super) failed: Option<Spot>,
}

impl Found {
    /// Notes what ended this round, and whether another is worth it.
    pub(super) fn note(&mut self, mistake: Mistake) -> bool {
        let innermost = self.failed.take();
        let spot = match mistake.needs {
            Needs::Spot(spot) => Some(spot),
            Needs::Innermost | Needs::Field(_) => innermost,
        };
        if !mistake.is_consequence {
            self.mistakes.push(mistake);
        }
        spot.is_some_and(|spot| self.stood_in.insert(spot))
    }
}

/// A part of the tree, by the address of its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spot {
    /// A value.
    Value(usize),
    /// A field that a map lacks.
    Missing(usize, &'static str),
}

impl Spot {
    pub(super) fn value(node: &Node) -> Spot {
        Spot::Value(std::ptr::from_ref(node).addr())
    }

    pub(super) fn missing(map: &Node, field: &'static str) -> Spot {
        Spot::Missing(std::ptr::from_ref(map).addr(), field)
    }
}

/// What needs a stand-in before reading can go on behind a mistake.
#[derive(Clone, Copy, Debug)]
pub(super) enum Needs {
    /// The innermost thing that could not be read.
    Innermost,
    /// A field of the map in hand.
    Field(&'static str),
    /// This.
    Spot(Spot),
}

/// A mistake, perhaps not placed yet: the innermost node gives the place.
#[derive(Debug)]
pub(super) struct Mistake {
    place: Option<Place>,
    message: String,
    hint: Option<String>,
    pub(super) needs: Needs,
    /// Whether it comes of another mistake that was told.
    is_consequence: bool,
}

impl Mistake {
    pub(super) fn new(message: String, hint: Option<String>) -> Mistake {
        Mistake {
            place: None,
            message,
            hint,
            needs: Needs::Innermost,
            is_consequence: false,
        }
    }

    /// The same, and what needs a stand-in; perhaps it only comes of another that was told.
    pub(super) fn needing(mut self, spot: Spot, is_consequence: bool) -> Mistake {
        self.needs = Needs::Spot(spot);
        self.is_consequence |= is_consequence;
        self
    }

    pub(super) fn at(mut self, place: Place) -> Mistake {
        self.place.get_or_insert(place);
        self
    }

    pub(super) fn placed(self, source: &Source) -> SourceError {
        source
            .error(self.place.unwrap_or(Place::START), self.message)
            .hinted(self.hint)
    }
}

impl std::error::Error for Mistake {}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl serde::de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Mistake {
        Mistake::new(message.to_string(), None)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Mistake {
        let found = match unexpected {
            Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map".to_owned(),
            Unexpected::Str(text) => format!("\"{text}\""),
            Unexpected::Bool(value) => value.to_string(),
            Unexpected::Unsigned(number) => number.to_string(),
            Unexpected::Signed(number) => number.to_string(),
            Unexpected::Float(number) => number.to_string(),
            other => other.to_string(),
        };
        let expected = expected.to_string();
        let message = format!("expected {}, found {found}", in_words(&expected));
        Mistake::new(message, spelling(&expected, unexpected))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Mistake {
        Mistake::invalid_type(unexpected, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Mistake {
        let hint = did_you_mean(variant, expected.iter().copied());
        Mistake::new(format!("unknown word \"{variant}\""), hint)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Mistake {
        let hint = did_you_mean(field, expected.iter().copied());
        Mistake::new(format!("unknown field \"{field}\""), hint)
    }

    fn missing_field(field: &'static str) -> Mistake {
        Mistake {
            needs: Needs::Field(field),
            ..Mistake::new(format!("missing field \"{field}\""), None)
        }
    }
}

/// A type in words, where serde has Rust's.
fn in_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a string" => "text",
        "a sequence" => "a list",
        "f32" | "f64" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        other => other,
    }
}

/// How what was meant is spelt.
fn spelling(expected: &str, found: Unexpected<'_>) -> Option<String> {
    let plain = matches!(
        found,
        Unexpected::Bool(_)
            | Unexpected::Unsigned(_)
            | Unexpected::Signed(_)
            | Unexpected::Float(_)
    );
    match (expected, found) {
        ("a boolean", Unexpected::Str("yes" | "on" | "True" | "TRUE" | "Yes" | "y")) => {
            Some("write true".to_owned())
        }
        ("a boolean", Unexpected::Str("no" | "off" | "False" | "FALSE" | "No" | "n")) => {
            Some("write false".to_owned())
        }
        ("a string", _) if plain => Some("put it in quotes".to_owned()),
        _ => None,
    }
}
