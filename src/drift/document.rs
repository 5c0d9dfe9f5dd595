//! Policy documents, compared by what they say: neither blanks nor the order of lists matter, which AWS changes by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Change;

/// The longest statement that is shown whole, in characters.
const LONGEST: usize = 200;

/// What changed between two texts: none where they say the same. Texts that are no documents are values.
pub(super) fn compare(old: &str, new: &str) -> Option<Change> {
    if old == new {
        return None;
    }
    let read = |text: &str| {
        let value: Option<Value> = serde_json::from_str(text).ok();
        value.filter(Value::is_object).map(in_order)
    };
    match (read(old), read(new)) {
        (Some(old), Some(new)) if old == new => None,
        (Some(old), Some(new)) => Some(parts_changed(&old, &new)),
        (Some(_), None) | (None, Some(_)) | (None, None) => Some(Change::Value {
            old: cut(old),
            new: cut(new),
        }),
    }
}

fn parts_changed(old: &Value, new: &Value) -> Change {
    let (mut old, mut new) = (parts(old), parts(new));
    for (part, count) in &mut old {
        if let Some(other) = new.get_mut(part) {
            let same = (*count).min(*other);
            *count -= same;
            *other -= same;
        }
    }
    let left = |parts: BTreeMap<String, usize>| -> Vec<String> {
        let left = parts.into_iter();
        left.flat_map(|(part, count)| vec![part; count]).collect()
    };
    let (removed, added) = (left(old), left(new));
    // Of one statement that was edited, what is shown begins where the two differ.
    let from = match (&removed[..], &added[..]) {
        ([old], [new]) => {
            let same = old.chars().zip(new.chars());
            same.take_while(|(old, new)| old == new).count()
        }
        (_, _) => 0,
    };
    let shown = |parts: Vec<String>| parts.iter().map(|part| cut_from(part, from)).collect();
    Change::Document {
        added: shown(added),
        removed: shown(removed),
    }
}

/// A text that fits a line; where it does not, a little of what stands before `from` and what follows.
fn cut_from(text: &str, from: usize) -> String {
    const BEFORE: usize = 40;
    if text.chars().count() <= LONGEST || from <= BEFORE {
        return cut(text);
    }
    let rest: String = text.chars().skip(from - BEFORE).collect();
    format!("…{}", cut(&rest))
}

/// The statements of a document, and what stands beside them, each as text, with how often it stands there.
fn parts(document: &Value) -> BTreeMap<String, usize> {
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for (key, value) in document.as_object().into_iter().flatten() {
        match (key.as_str(), value) {
            ("Statement", Value::Array(statements)) => {
                for statement in statements {
                    *parts.entry(statement.to_string()).or_default() += 1;
                }
            }
            ("Statement", statement) => *parts.entry(statement.to_string()).or_default() += 1,
            (key, value) => *parts.entry(format!("{key}: {value}")).or_default() += 1,
        }
    }
    parts
}

/// The document with its lists in order; a list of one is that one.
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(in_order).collect();
            items.sort_by_key(Value::to_string);
            match <[Value; 1]>::try_from(items) {
                Ok([only]) => only,
                Err(items) => Value::Array(items),
            }
        }
        Value::Object(members) => {
            let members = members.into_iter();
            Value::Object(
                members
                    .map(|(key, member)| (key, in_order(member)))
                    .collect(),
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// A text that fits a line; of one that was cut, its length tells two apart that begin alike.
pub(super) fn cut(text: &str) -> String {
    let characters = text.chars().count();
    if characters <= LONGEST {
        return text.to_owned();
    }
    let begun: String = text.chars().take(LONGEST).collect();
    format!("{begun}… ({characters} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_in_which_aws_lists_principals_is_no_change() {
        let old =
            r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":["a","b"]},"Action":["x"]}]}"#;
        let new =
            r#"{ "Statement": {"Effect":"Allow","Action":"x","Principal":{"AWS":["b","a"]}} }"#;
        assert_eq!(compare(old, new), None);
    }

    #[test]
    fn a_statement_that_was_added_is_shown_alone() {
        let old = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a"}]}"#;
        let new = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a"},{"Sid":"b"}]}"#;
        let change = Change::Document {
            added: vec![r#"{"Sid":"b"}"#.to_owned()],
            removed: Vec::new(),
        };
        assert_eq!(compare(old, new), Some(change));
    }

    #[test]
    fn long_texts_are_cut_with_their_length() {
        let text = cut(&"é".repeat(300));
        assert!(text.ends_with("… (300 characters)"), "{text}");
    }
}
