//! The parameters of a rule: declared with type, default and bounds; overridden by the user's configuration.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use super::condition::duration;
use super::condition::pattern::{Pattern, PatternKind, Patterns};
use crate::snapshot::record::{Choices, FactType, Method, Value};
use crate::yaml::{Tree, did_you_mean};

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ParamType {
    /// A number.
    #[serde(rename = "number")]
    Number,
    /// A length of time with its unit: `24h`.
    #[serde(rename = "duration")]
    Duration,
    /// `true` or `false`.
    #[serde(rename = "bool")]
    Bool,
    /// A text.
    #[serde(rename = "string")]
    String,
    /// Texts.
    #[serde(rename = "list<string>")]
    Strings,
    /// Numbers.
    #[serde(rename = "list<number>")]
    Numbers,
}

impl ParamType {
    /// The words for it in files and messages.
    pub const fn name(self) -> &'static str {
        match self {
            ParamType::Number => "number",
            ParamType::Duration => "duration",
            ParamType::Bool => "bool",
            ParamType::String => "string",
            ParamType::Strings => "list<string>",
            ParamType::Numbers => "list<number>",
        }
    }
}

impl ParamType {
    /// The same with how a value is spelt.
    fn in_words(self) -> &'static str {
        match self {
            ParamType::Duration => "a duration such as 24h",
            ParamType::Bool => "true or false",
            ParamType::Number | ParamType::String | ParamType::Strings | ParamType::Numbers => {
                self.name()
            }
        }
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    missing_docs,
    reason = "each variant is the ParamType of the same name"
)]
pub enum ParamValue {
    Number(f64),
    /// Seconds.
    Duration(f64),
    Bool(bool),
    String(String),
    Strings(Vec<String>),
    Numbers(Vec<f64>),
}

impl ParamValue {
    /// The value as conditions see it.
    pub fn value(&self) -> Value<'_> {
        match self {
            ParamValue::Number(number) => Value::Number(*number),
            ParamValue::Duration(seconds) => Value::Duration(*seconds),
            ParamValue::Bool(value) => Value::Bool(*value),
            ParamValue::String(text) => Value::Text(text),
            ParamValue::Strings(texts) => texts.value(),
            ParamValue::Numbers(numbers) => numbers.value(),
        }
    }

    /// The value as machine formats write it; durations in seconds.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            ParamValue::Number(number) | ParamValue::Duration(number) => (*number).into(),
            ParamValue::Bool(value) => (*value).into(),
            ParamValue::String(text) => text.as_str().into(),
            ParamValue::Strings(texts) => texts.as_slice().into(),
            ParamValue::Numbers(numbers) => numbers.as_slice().into(),
        }
    }

    /// The texts in it.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            ParamValue::String(text) => vec![text.clone()],
            ParamValue::Strings(texts) => texts.clone(),
            ParamValue::Number(_)
            | ParamValue::Duration(_)
            | ParamValue::Bool(_)
            | ParamValue::Numbers(_) => Vec::new(),
        }
    }

    fn read(ty: ParamType, json: &serde_json::Value) -> Result<ParamValue, String> {
        let read = match ty {
            ParamType::Number => json.as_f64().map(ParamValue::Number),
            ParamType::Duration => json.as_str().and_then(duration).map(ParamValue::Duration),
            ParamType::Bool => json.as_bool().map(ParamValue::Bool),
            ParamType::String => json.as_str().map(str::to_owned).map(ParamValue::String),
            ParamType::Strings => {
                items(json, |item| item.as_str().map(str::to_owned)).map(ParamValue::Strings)
            }
            ParamType::Numbers => items(json, serde_json::Value::as_f64).map(ParamValue::Numbers),
        };
        read.ok_or_else(|| format!("expected {}, found {json}", ty.in_words()))
    }

    /// What bounds are compared with.
    fn size(&self) -> Option<f64> {
        match self {
            ParamValue::Number(size) | ParamValue::Duration(size) => Some(*size),
            ParamValue::Bool(_)
            | ParamValue::String(_)
            | ParamValue::Strings(_)
            | ParamValue::Numbers(_) => None,
        }
    }

    fn len(&self) -> Option<usize> {
        match self {
            ParamValue::Strings(texts) => Some(texts.len()),
            ParamValue::Numbers(numbers) => Some(numbers.len()),
            ParamValue::Number(_)
            | ParamValue::Duration(_)
            | ParamValue::Bool(_)
            | ParamValue::String(_) => None,
        }
    }
}

fn items<T>(
    json: &serde_json::Value,
    read: impl Fn(&serde_json::Value) -> Option<T>,
) -> Option<Vec<T>> {
    json.as_array()?.iter().map(read).collect()
}

impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::text::shown(self.value()))
    }
}

/// How a rule's file declares a parameter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Param")]
pub(super) struct ParamFile {
    /// Its type.
    #[serde(rename = "type")]
    ty: ParamType,
    /// The value where nobody sets one.
    default: Tree,
    /// The least value.
    min: Option<Tree>,
    /// The greatest value.
    max: Option<Tree>,
    /// The fewest elements of a list.
    min_items: Option<usize>,
    /// The only values, if not all.
    one_of: Option<Vec<Tree>>,
    /// What it means.
    about: String,
}

/// What the conditions of a rule want of the texts of a parameter, whoever gives them.
#[derive(Clone, Copy)]
pub(crate) enum Demand {
    /// They are compared with a word of this set.
    Word(&'static Choices),
    /// They are patterns.
    Pattern(PatternKind),
    /// They are the first argument of this method.
    Argument(&'static Method),
}

impl Demand {
    fn accepts(self, text: &str) -> Result<(), String> {
        match self {
            Demand::Word(choices) if choices.knows(text) => Ok(()),
            Demand::Word(choices) => {
                let hint = did_you_mean(text, choices.known.iter().copied());
                let hint = hint.map_or_else(String::new, |hint| format!(", {hint}"));
                Err(format!("{} is never \"{text}\"{hint}", choices.name))
            }
            Demand::Pattern(kind) => kind.compile(text).map(drop),
            Demand::Argument(method) => (method.check)(&[text]),
        }
    }
}

impl PartialEq for Demand {
    fn eq(&self, other: &Demand) -> bool {
        match (self, other) {
            (Demand::Word(a), Demand::Word(b)) => a == b,
            (Demand::Pattern(a), Demand::Pattern(b)) => a == b,
            (Demand::Argument(a), Demand::Argument(b)) => std::ptr::eq(*a, *b),
            (Demand::Word(_) | Demand::Pattern(_) | Demand::Argument(_), _) => false,
        }
    }
}

impl fmt::Debug for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Demand::Word(choices) => write!(f, "Word({})", choices.name),
            Demand::Pattern(kind) => write!(f, "Pattern({kind:?})"),
            Demand::Argument(method) => write!(f, "Argument({})", method.name),
        }
    }
}

/// A parameter of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ParamType,
    /// The value that holds when nobody overrides it.
    pub default: ParamValue,
    /// What it means.
    pub about: String,
    /// The least value.
    pub min: Option<ParamValue>,
    /// The greatest value.
    pub max: Option<ParamValue>,
    /// The fewest elements of a list.
    pub min_items: Option<usize>,
    /// The only values, if not all.
    pub one_of: Option<Vec<ParamValue>>,
    /// What the conditions want of its texts.
    pub(super) demands: Vec<Demand>,
}

/// A wrong value for a parameter; whoever reads the file gives the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParamError {
    /// The parameter, or the field of its declaration.
    pub name: String,
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl Param {
    pub(super) fn new(name: &str, file: ParamFile) -> Result<Param, ParamError> {
        let error = |field: &str, message: String| ParamError {
            name: format!("{name}.{field}"),
            message,
            hint: None,
        };
        let read = |field: &str, tree: &Tree| {
            ParamValue::read(file.ty, tree.as_json()).map_err(|message| error(field, message))
        };
        let bound = |field: &str, tree: &Option<Tree>| {
            let Some(tree) = tree else { return Ok(None) };
            match file.ty {
                ParamType::Number | ParamType::Duration => read(field, tree).map(Some),
                ParamType::Bool | ParamType::String | ParamType::Strings | ParamType::Numbers => {
                    let message = format!("{field} is for numbers and durations");
                    Err(error(field, message))
                }
            }
        };
        let is_list = matches!(file.ty, ParamType::Strings | ParamType::Numbers);
        if file.min_items.is_some() && !is_list {
            return Err(error("min_items", "min_items is for lists".to_owned()));
        }
        if file.one_of.as_ref().is_some_and(Vec::is_empty) {
            return Err(error("one_of", "one_of is empty".to_owned()));
        }
        let one_of = file.one_of.as_ref().map(|trees| {
            let values = trees.iter().map(|tree| read("one_of", tree));
            values.collect::<Result<Vec<ParamValue>, ParamError>>()
        });
        let param = Param {
            name: name.to_owned(),
            ty: file.ty,
            default: read("default", &file.default)?,
            min: bound("min", &file.min)?,
            max: bound("max", &file.max)?,
            min_items: file.min_items,
            one_of: one_of.transpose()?,
            about: file.about,
            demands: Vec::new(),
        };
        let size = |bound: &Option<ParamValue>| bound.as_ref().and_then(ParamValue::size);
        if let (Some(min), Some(max)) = (size(&param.min), size(&param.max))
            && min > max
        {
            let message = format!("the maximum {} is below the minimum", shown(&param.max));
            return Err(error("max", message));
        }
        let checked = param.accepts(&param.default);
        checked.map_err(|message| error("default", message))?;
        Ok(param)
    }

    /// A value for it, checked against type and bounds.
    pub fn read(&self, tree: &Tree) -> Result<ParamValue, String> {
        let value = ParamValue::read(self.ty, tree.as_json())?;
        self.accepts(&value)?;
        Ok(value)
    }

    fn add_patterns(&self, text: &str, patterns: &mut Patterns) -> Result<(), String> {
        for demand in &self.demands {
            if let Demand::Pattern(kind) = demand {
                patterns.add(*kind, text)?;
            }
        }
        Ok(())
    }

    fn accepts(&self, value: &ParamValue) -> Result<(), String> {
        let bound = |bound: &Option<ParamValue>| bound.as_ref().and_then(ParamValue::size);
        if let (Some(size), Some(min)) = (value.size(), bound(&self.min))
            && size < min
        {
            return Err(format!("{value} is below the minimum {}", shown(&self.min)));
        }
        if let (Some(size), Some(max)) = (value.size(), bound(&self.max))
            && size > max
        {
            return Err(format!("{value} is above the maximum {}", shown(&self.max)));
        }
        if let (Some(len), Some(min)) = (value.len(), self.min_items)
            && len < min
        {
            return Err(format!("{len} elements, at least {min} wanted"));
        }
        for text in value.texts() {
            for demand in &self.demands {
                demand.accepts(&text)?;
            }
        }
        match &self.one_of {
            Some(known) if !known.contains(value) => {
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                Err(format!("{value} is none of {}", known.join(", ")))
            }
            _ => Ok(()),
        }
    }
}

fn shown(value: &Option<ParamValue>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// The values of a rule's parameters, in the order of their declaration.
#[derive(Clone, Default)]
pub struct Params {
    values: Vec<(String, ParamValue)>,
    /// Those that are patterns, compiled once: a rule may compare each name of ten thousand tables with them.
    patterns: Patterns,
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Params").field(&self.values).finish()
    }
}

impl PartialEq for Params {
    fn eq(&self, other: &Params) -> bool {
        self.values == other.values
    }
}

impl Params {
    /// The defaults with the user's values over them, or everything that is wrong with those.
    pub fn new(
        declared: &[Param],
        overrides: &BTreeMap<String, Tree>,
    ) -> Result<Params, Vec<ParamError>> {
        let mut errors = unknown_names(declared, overrides);
        let mut values = Vec::new();
        for param in declared {
            let value = match overrides.get(&param.name) {
                Some(tree) => param.read(tree),
                None => Ok(param.default.clone()),
            };
            match value {
                Ok(value) => values.push((param.name.clone(), value)),
                Err(message) => errors.push(ParamError {
                    name: param.name.clone(),
                    message,
                    hint: None,
                }),
            }
        }
        if errors.is_empty() {
            let mut patterns = Patterns::default();
            for (param, (name, value)) in declared.iter().zip(&values) {
                for text in value.texts() {
                    let added = param.add_patterns(&text, &mut patterns);
                    errors.extend(added.err().map(|message| ParamError {
                        name: name.clone(),
                        message,
                        hint: None,
                    }));
                }
            }
            match errors.is_empty() {
                true => Ok(Params { values, patterns }),
                false => Err(errors),
            }
        } else {
            Err(errors)
        }
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ParamValue)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// The value in a slot.
    pub(crate) fn get(&self, index: usize) -> Option<&ParamValue> {
        self.values.get(index).map(|(_, value)| value)
    }

    /// One of the texts as a pattern.
    pub(crate) fn pattern(&self, kind: PatternKind, text: &str) -> Option<&Pattern> {
        self.patterns.get(kind, text)
    }
}

fn unknown_names(declared: &[Param], overrides: &BTreeMap<String, Tree>) -> Vec<ParamError> {
    let known = || declared.iter().map(|param| param.name.as_str());
    let unknown = |name: &&String| known().all(|known| known != name.as_str());
    let error = |name: &String| ParamError {
        name: name.clone(),
        message: format!("unknown param \"{name}\""),
        hint: match declared {
            [] => Some("the rule has no params".to_owned()),
            _ => did_you_mean(name, known()),
        },
    };
    overrides.keys().filter(unknown).map(error).collect()
}
