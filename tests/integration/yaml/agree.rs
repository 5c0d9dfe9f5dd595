//! Whether our reading of a text is that of `serde_yaml`, but for what is deliberately another.

use std::fmt;

use dynalint::yaml::{self, Document, Tree};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Ours;

/// What is read otherwise on purpose, where the type is left open.
const DIFFERENCES: [(&str, IsMeant); 3] = [
    ("only null, ~ and nothing are null", |text, theirs| {
        matches!(theirs, Theirs::Null) && ["Null", "NULL"].contains(&text)
    }),
    (
        "only true and false are bools",
        |text, theirs| match theirs {
            Theirs::Bool(true) => ["True", "TRUE"].contains(&text),
            Theirs::Bool(false) => ["False", "FALSE"].contains(&text),
            _ => false,
        },
    ),
    (
        "only numbers as JSON spells them are numbers",
        |text, theirs| match theirs {
            Theirs::Number(number) => other_number(text).is_some_and(|other| same(other, *number)),
            _ => false,
        },
    ),
];

/// What `serde_yaml` refuses and YAML 1.2 allows: part of what it says, and what must be in the text then.
const REFUSED_ELSEWHERE: [(&str, &str); 11] = [
    // Between tokens, before comments and on empty lines a tab is a space; as indentation it is refused here too.
    ("found character that cannot start any token", "\t"),
    ("found a tab character", "\t"),
    // After `...` too, where a tab alone is no second document.
    ("more than one document", "\t"),
    // Inside of brackets a plain text may begin with a colon or a question mark, and hold colons: `{a: :b, c:d:}`.
    ("found character that cannot start any token", "["),
    ("found character that cannot start any token", "{"),
    ("did not find expected node content", ":"),
    // `...` before the document has begun.
    ("did not find expected node content", "..."),
    ("did not find expected ',' or ']'", "["),
    ("did not find expected ',' or '}'", "{"),
    ("found unexpected ':'", "{"),
    ("found unexpected ':'", "["),
];

/// Whether this is what our text may be to others.
type IsMeant = fn(&str, &Theirs) -> bool;

/// A reading that keeps keys as they are written.
#[derive(Debug)]
pub(crate) enum Theirs {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Theirs>),
    Map(Vec<(String, Theirs)>),
}

/// What came of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// We don't read it, and say where and why.
    Refused,
    /// Both read the same.
    Same,
    /// A text or number alone, which no file of ours is.
    Scalar,
    /// We read what [`REFUSED_ELSEWHERE`] lists.
    RefusedElsewhere,
    /// `[?a]`: a text with a question mark first, to YAML 1.2 and us; a key without a value to YAML 1.1.
    ReadElsewhere,
}

/// Whether a question mark begins an element or a key inside of brackets.
fn asks_in_flow(text: &str) -> bool {
    text.match_indices('?').any(|(at, _)| {
        let before = text[..at].trim_end().chars().next_back();
        let after = text[at + 1..].chars().next();
        before.is_some_and(|c| "[{,:".contains(c)) && after.is_some_and(|c| !c.is_whitespace())
    })
}

/// Without a byte order mark, which moves the first line for `serde_yaml`, and with the end of the last line, which we
/// read a block text as if it were there.
fn plainly(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{end}")
}

/// Reads a text both ways; the error is a difference that is not meant.
pub(crate) fn agree(text: &str) -> Result<Reading, String> {
    let document = match yaml::read::<Tree>("f.yaml", text) {
        Ok(document) => document,
        Err(errors) => {
            for error in &errors {
                placed(text, error)?;
                assert!(error.render().starts_with("error: "));
            }
            return Ok(Reading::Refused);
        }
    };
    places(&document, text)?;
    if !(document.value.as_json().is_object() || document.value.as_json().is_array()) {
        return Ok(Reading::Scalar);
    }
    let theirs: Theirs = match serde_yaml::from_str(&plainly(text)) {
        Ok(theirs) => theirs,
        Err(error) => {
            let said = error.to_string();
            let is_known = |(part, sign): &(&str, &str)| said.contains(part) && text.contains(sign);
            // YAML 1.1 ends a key after 1024 bytes.
            let has_long_line = text.lines().any(|line| line.len() > 1024);
            let is_meant = asks_in_flow(text) || has_long_line;
            return match is_meant || REFUSED_ELSEWHERE.iter().any(is_known) {
                true => Ok(Reading::RefusedElsewhere),
                false => Err(format!("we read it, serde_yaml says {said}")),
            };
        }
    };
    match compare(document.value.as_json(), &theirs, "") {
        Ok(()) => Ok(Reading::Same),
        Err(_) if asks_in_flow(text) => Ok(Reading::ReadElsewhere),
        Err(difference) => Err(difference),
    }
}

fn compare(ours: &Ours, theirs: &Theirs, path: &str) -> Result<(), String> {
    let is_same = match (ours, theirs) {
        (Ours::Null, Theirs::Null) => true,
        (Ours::Bool(ours), Theirs::Bool(theirs)) => ours == theirs,
        (Ours::Number(ours), Theirs::Number(theirs)) => {
            ours.as_f64().is_some_and(|ours| same(ours, *theirs))
        }
        (Ours::String(ours), Theirs::Text(theirs)) => ours == theirs,
        (Ours::String(text), other) => DIFFERENCES
            .iter()
            .any(|(_, is_meant)| is_meant(text, other)),
        (Ours::Array(ours), Theirs::List(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                compare(ours, theirs, &format!("{path}.{index}"))?;
            }
            true
        }
        (Ours::Object(ours), Theirs::Map(theirs)) if ours.len() == theirs.len() => {
            for (key, theirs) in theirs {
                let Some(ours) = ours.get(key) else {
                    return Err(format!("{path}: only serde_yaml reads a key {key:?}"));
                };
                compare(ours, theirs, &format!("{path}.{key}"))?;
            }
            true
        }
        _ => false,
    };
    if is_same {
        Ok(())
    } else {
        Err(format!("{path}: {ours} here, {theirs:?} in serde_yaml"))
    }
}

/// The value of a number that is none to us: `0x1F`, `0o17`, `0b11`, `+1`, `.5`, `.inf`.
fn other_number(text: &str) -> Option<f64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let based = [("0x", 16), ("0o", 8), ("0b", 2)];
    let based = based.into_iter().find_map(|(prefix, base)| {
        let value = u128::from_str_radix(digits.strip_prefix(prefix)?, base).ok()?;
        Some(value as f64)
    });
    let value = match digits {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        digits => based.or_else(|| digits.parse().ok())?,
    };
    Some(sign * value)
}

fn same(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan()
}

/// Every value has a place in the text, and so has every part of a text.
fn places(document: &Document<Tree>, text: &str) -> Result<(), String> {
    let mut open = vec![(String::new(), document.value.as_json())];
    while let Some((path, value)) = open.pop() {
        placed(text, &document.spans.error(&path, "here"))?;
        let inner = |step: &str| {
            if path.is_empty() {
                step.to_owned()
            } else {
                format!("{path}.{step}")
            }
        };
        match value {
            Ours::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, item)| (inner(&index.to_string()), item)));
            }
            Ours::Object(entries) => {
                // A path cannot say a key with a dot in it.
                let entries = entries
                    .iter()
                    .filter(|(key, _)| !key.is_empty() && !key.contains('.'));
                open.extend(entries.map(|(key, value)| (inner(key), value)));
            }
            Ours::String(value) => {
                let step = 1 + value.len() / 3;
                for (offset, _) in value.char_indices().step_by(step) {
                    placed(
                        text,
                        &document.spans.error_in(&path, offset, value.len(), "here"),
                    )?;
                }
            }
            Ours::Null | Ours::Bool(_) | Ours::Number(_) => {}
        }
    }
    Ok(())
}

fn placed(text: &str, error: &yaml::SourceError) -> Result<(), String> {
    let lines = text.split('\n').count();
    let is_inside = (1..=lines + 1).contains(&error.line) && error.column >= 1;
    let columns = error.source_line.chars().count() + 1;
    if is_inside && error.column <= columns {
        return Ok(());
    }
    Err(format!(
        "{error} is outside of the text: {lines} lines, {columns} columns"
    ))
}

impl<'de> Deserialize<'de> for Theirs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Theirs, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Theirs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Theirs, E> {
        Ok(Theirs::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Theirs, E> {
        Ok(Theirs::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Theirs, E> {
        Ok(Theirs::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Theirs, E> {
        Ok(Theirs::Number(value as f64))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Theirs, E> {
        Ok(Theirs::Number(value as f64))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Theirs, E> {
        Ok(Theirs::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Theirs, E> {
        Ok(Theirs::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Theirs, E> {
        Ok(Theirs::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Theirs, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Theirs::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Theirs, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Theirs::Map(entries))
    }
}
