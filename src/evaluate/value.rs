//! Values at run time: those of the snapshot, lists that were made from others, and numbers known only within bounds.

use std::sync::Arc;

use crate::rule::template::Filling;
use crate::rule::text::{for_people, joined, shown, shown_number};
use crate::snapshot::fact::{UNDEFINED, Why};
use crate::snapshot::record::{Elements, Value};

/// A value at run time.
#[derive(Clone)]
pub(super) enum Val<'a> {
    /// One of the snapshot, or a simple one.
    Plain(Value<'a>),
    /// A list that `filter`, `map` or a literal made.
    Seq(Arc<Seq<'a>>),
    /// A number between two, both included, and why it is not known exactly.
    Between(f64, f64, &'a Why),
}

/// A list that was made, and why elements of it may be missing.
pub(super) struct Seq<'a> {
    pub(super) items: Vec<Item<'a>>,
    pub(super) missing: Option<&'a Why>,
}

/// An element, and why it may not belong to its list.
#[derive(Clone)]
pub(super) struct Item<'a> {
    pub(super) value: Val<'a>,
    pub(super) maybe: Option<&'a Why>,
}

impl<'a> Val<'a> {
    /// Why nothing is known of it; an absent value where none may be has no answer either.
    pub(super) fn unknown(&self) -> Option<&'a Why> {
        match self {
            Val::Plain(Value::Unknown(why)) => Some(why),
            Val::Plain(Value::Absent) => Some(&UNDEFINED),
            Val::Plain(_) | Val::Seq(_) | Val::Between(..) => None,
        }
    }

    /// The value as the snapshot's kind.
    pub(super) fn plain(&self) -> Value<'a> {
        match self {
            Val::Plain(value) => *value,
            Val::Seq(_) => Value::Unknown(&UNDEFINED),
            Val::Between(_, _, why) => Value::Unknown(why),
        }
    }

    pub(super) fn shown(&self) -> String {
        match self {
            Val::Plain(value) => shown(*value),
            Val::Seq(seq) => seq.shown(),
            Val::Between(low, high, _) if high.is_finite() => {
                format!("{} to {}", shown_number(*low), shown_number(*high))
            }
            Val::Between(low, ..) => format!("at least {}", shown_number(*low)),
        }
    }
}

impl Val<'_> {
    /// As a repair takes it; `None` where it is not known, or not in full.
    pub(super) fn filling(&self) -> Option<Filling> {
        match self {
            Val::Plain(value) => filling(*value),
            Val::Seq(seq) if seq.missing.is_some() => None,
            Val::Seq(seq) => {
                let items = seq.items.iter();
                let certain = items.map(|item| match item.maybe {
                    Some(_) => None,
                    None => item.value.filling(),
                });
                certain.collect::<Option<_>>().map(Filling::List)
            }
            Val::Between(..) => None,
        }
    }

    /// As a sentence has it: long numbers in groups of three, times to the minute.
    pub(super) fn for_people(&self) -> String {
        match self {
            Val::Plain(value) => for_people(*value),
            Val::Seq(_) | Val::Between(..) => self.shown(),
        }
    }
}

fn filling(value: Value<'_>) -> Option<Filling> {
    match value {
        Value::Absent | Value::Unknown(_) => None,
        Value::Bool(value) => Some(Filling::Exact(value.to_string())),
        Value::Number(number) => number
            .is_finite()
            .then(|| Filling::Exact(number.to_string())),
        Value::List(list) => {
            let items = (0..list.len()).map(|index| filling(list.get(index)));
            let items = items.collect::<Option<_>>().map(Filling::List);
            items.filter(|_| list.missing().is_none())
        }
        Value::Duration(_)
        | Value::Time(_)
        | Value::Text(_)
        | Value::Choice(..)
        | Value::Record(_)
        | Value::Map(_) => Some(Filling::Text(shown(value))),
    }
}

impl Seq<'_> {
    fn shown(&self) -> String {
        let mut items: Vec<String> = self.items.iter().map(|item| item.value.shown()).collect();
        if self.missing.is_some() {
            items.push("(perhaps more)".to_owned());
        }
        if items.is_empty() {
            return "none".to_owned();
        }
        let total = items.len();
        joined(items, total)
    }
}

/// A list of either kind.
#[derive(Clone)]
pub(super) enum Listing<'a> {
    Plain(&'a dyn Elements),
    Seq(Arc<Seq<'a>>),
}

impl<'a> Listing<'a> {
    pub(super) fn of(val: Val<'a>) -> Result<Listing<'a>, &'a Why> {
        match val {
            Val::Plain(Value::List(list)) => Ok(Listing::Plain(list)),
            Val::Seq(seq) => Ok(Listing::Seq(seq)),
            Val::Plain(Value::Unknown(why)) | Val::Between(_, _, why) => Err(why),
            Val::Plain(_) => Err(&UNDEFINED),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Listing::Plain(list) => list.len(),
            Listing::Seq(seq) => seq.items.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> Item<'a> {
        match self {
            Listing::Plain(list) => {
                let list: &'a dyn Elements = *list;
                Item {
                    value: Val::Plain(list.get(index)),
                    maybe: None,
                }
            }
            Listing::Seq(seq) => seq.items[index].clone(),
        }
    }

    pub(super) fn missing(&self) -> Option<&'a Why> {
        match self {
            Listing::Plain(list) => {
                let list: &'a dyn Elements = *list;
                list.missing()
            }
            Listing::Seq(seq) => seq.missing,
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = Item<'a>> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// How many there are.
    pub(super) fn size(&self) -> Val<'a> {
        let uncertain: Vec<&'a Why> = match self {
            Listing::Plain(_) => Vec::new(),
            Listing::Seq(seq) => seq.items.iter().filter_map(|item| item.maybe).collect(),
        };
        let len = self.len() as f64;
        let low = (self.len() - uncertain.len()) as f64;
        match (self.missing(), uncertain.first()) {
            (None, None) => Val::Plain(Value::Number(len)),
            (None, Some(why)) => Val::Between(low, len, why),
            (Some(why), _) => Val::Between(low, f64::INFINITY, why),
        }
    }
}
