//! Which element of a list is which in an earlier one: by what identifies it, never by its place.

use std::collections::BTreeMap;

use crate::rule::text::spelled;
use crate::snapshot::record::{Elements, Mark, Record, RecordType, Value};

/// The elements of two lists, matched.
#[derive(Default)]
pub(super) struct Matched<'a> {
    /// On both sides, with how they are named.
    pub(super) both: Vec<(String, Value<'a>, Value<'a>)>,
    /// Those of the old list alone.
    pub(super) old: Vec<(String, Value<'a>)>,
    /// Those of the new list alone.
    pub(super) new: Vec<(String, Value<'a>)>,
}

/// What tells the elements of a list apart.
#[derive(Clone, Copy)]
enum By {
    /// The fields that say which thing it is.
    Identity,
    /// What evidence names it by.
    Label,
    /// All that it says: another one is another element.
    Content,
}

/// Matches the elements of two lists of records or values.
pub(super) fn matched<'a>(old: &'a dyn Elements, new: &'a dyn Elements) -> Matched<'a> {
    let by = best(old, new);
    // Elements with the same key are matched in their order.
    let mut olds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in 0..old.len() {
        let of_key = olds.entry(key(old.get(index), by));
        of_key.or_default().push(index);
    }
    olds.values_mut().for_each(|indexes| indexes.reverse());
    let mut matched = Matched::default();
    for index in 0..new.len() {
        let value = new.get(index);
        let same = olds.get_mut(&key(value, by)).and_then(Vec::pop);
        match same {
            Some(same) => matched.both.push((name(value), old.get(same), value)),
            None => matched.new.push((name(value), value)),
        }
    }
    let left = olds.into_values().flatten().map(|index| old.get(index));
    matched.old = left.map(|value| (name(value), value)).collect();
    matched
}

fn best(old: &dyn Elements, new: &dyn Elements) -> By {
    let first = [old, new].into_iter().find(|list| !list.is_empty());
    let kind = match first.map(|list| list.get(0)) {
        Some(Value::Record(record)) => record.record_type(),
        Some(_) | None => return By::Content,
    };
    if identity(kind).next().is_some() {
        return By::Identity;
    }
    match [old, new].into_iter().all(has_own_labels) {
        true => By::Label,
        false => By::Content,
    }
}

/// The fields that always say which thing it is. What AWS may leave out is none: without it, the thing is the same.
fn identity(kind: &'static RecordType) -> impl Iterator<Item = usize> {
    let fields = kind.fields.iter().enumerate();
    let always = fields.filter(|(_, it)| it.mark == Mark::Identity && !(it.ty)().optional);
    always.map(|(slot, _)| slot)
}

fn has_own_labels(list: &dyn Elements) -> bool {
    let labels = (0..list.len()).map(|index| name(list.get(index)));
    let mut labels: Vec<String> = labels.collect();
    labels.sort_unstable();
    let twice = labels.windows(2).any(|pair| pair[0] == pair[1]);
    !twice && labels.first().is_none_or(|label| !label.is_empty())
}

fn key(value: Value<'_>, by: By) -> String {
    match (value, by) {
        (Value::Record(record), By::Identity) => {
            let slots = identity(record.record_type());
            let parts = slots.map(|slot| spelled(record.get(slot)));
            parts.collect::<Vec<String>>().join("\0")
        }
        (Value::Record(record), By::Label) => record.label(),
        (value, By::Identity | By::Label | By::Content) => content(value),
    }
}

/// All that somebody configured of a value.
pub(super) fn content(value: Value<'_>) -> String {
    match value {
        Value::Record(record) => {
            let kept = settled(record).map(|slot| content(record.get(slot)));
            format!("{{{}}}", kept.collect::<Vec<String>>().join("\0"))
        }
        Value::List(list) => {
            let items = (0..list.len()).map(|index| content(list.get(index)));
            let mut items: Vec<String> = items.collect();
            items.sort_unstable();
            format!("[{}]", items.join("\0"))
        }
        Value::Map(map) => format!("{map:?}"),
        Value::Number(number) | Value::Duration(number) => number.to_string(),
        value => spelled(value),
    }
}

/// The slots of the fields that don't move by themselves.
fn settled(record: &dyn Record) -> impl Iterator<Item = usize> {
    let fields = record.record_type().fields.iter().enumerate();
    fields
        .filter(|(_, field)| field.mark != Mark::Volatile)
        .map(|(slot, _)| slot)
}

/// How a path names it.
pub(super) fn name(value: Value<'_>) -> String {
    match value {
        Value::Record(record) => record.label(),
        value => spelled(value),
    }
}
