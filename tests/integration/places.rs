//! Where the facts of a snapshot are: found by asking its own reader, so that no list of them can be forgotten.
//!
//! A place is a fact if `{"$unknown": …}` may stand there, a paged list if `{"$partial": …}` may.

use std::collections::BTreeMap;

use dynalint::snapshot::Snapshot;
use serde_json::{Value, json};

/// Pointers to the facts and to the paged lists of a document, in its order.
pub(crate) struct Places {
    pub(crate) facts: Vec<String>,
    pub(crate) lists: Vec<String>,
}

/// What may stand at places of one shape: a pointer with `*` for each position in a list.
#[derive(Clone, Copy)]
struct May {
    be_unknown: bool,
    be_partial: bool,
}

/// The places of all facts.
pub(crate) fn places(document: &Value) -> Places {
    let mut found = Places {
        facts: Vec::new(),
        lists: Vec::new(),
    };
    let mut shapes = BTreeMap::new();
    walk(document, document, "", "", &mut shapes, &mut found);
    found
}

/// At most `few` pointers of each shape, spread over the document.
pub(crate) fn few_of_each_shape(pointers: &[String], few: usize) -> Vec<&String> {
    let mut by_shape: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for pointer in pointers {
        by_shape.entry(shape_of(pointer)).or_default().push(pointer);
    }
    by_shape
        .into_values()
        .flat_map(|all| {
            let step = all.len().div_ceil(few).max(1);
            all.into_iter().step_by(step)
        })
        .collect()
}

fn shape_of(pointer: &str) -> String {
    let step = |step: &str| match step.parse::<usize>() {
        Ok(_) => "*".to_owned(),
        Err(_) => step.to_owned(),
    };
    pointer.split('/').map(step).collect::<Vec<_>>().join("/")
}

fn walk(
    document: &Value,
    value: &Value,
    at: &str,
    shape: &str,
    shapes: &mut BTreeMap<String, May>,
    found: &mut Places,
) {
    let may = match shapes.get(shape) {
        Some(may) => *may,
        None => {
            let reads = |probe: Value| {
                let mut probed = document.clone();
                *probed.pointer_mut(at).expect("it is there") = probe;
                serde_json::from_value::<Snapshot>(probed).is_ok()
            };
            let may = May {
                be_unknown: reads(json!({"$unknown": {"reason": "failed"}})),
                be_partial: value.is_array()
                    && reads(json!({"$partial": {"reason": "throttled"}, "items": []})),
            };
            shapes.insert(shape.to_owned(), may);
            may
        }
    };
    if may.be_unknown {
        found.facts.push(at.to_owned());
    }
    if may.be_partial && value.is_array() {
        found.lists.push(at.to_owned());
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let inner = format!("{at}/{index}");
                walk(document, item, &inner, &format!("{shape}/*"), shapes, found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let step = key.replace('~', "~0").replace('/', "~1");
                walk(
                    document,
                    member,
                    &format!("{at}/{step}"),
                    &format!("{shape}/{step}"),
                    shapes,
                    found,
                );
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn facts_and_paged_lists_are_found_by_asking_the_reader() {
    let demo: Value = serde_json::from_str(include_str!("../../demo/snapshot.json")).expect("JSON");
    let places = places(&demo);
    for fact in [
        "/regions/0/alarms",
        "/regions/0/tables/0/pitr",
        "/caller_arn",
    ] {
        assert!(places.facts.iter().any(|it| it == fact), "{fact}");
    }
    for plain in ["/regions/0/account", "/regions/0/tables/0/name", "/version"] {
        assert!(!places.facts.iter().any(|it| it == plain), "{plain}");
    }
    assert!(places.lists.iter().any(|it| it == "/regions/0/tables"));
    assert!(
        !places
            .lists
            .iter()
            .any(|it| it == "/regions/0/tables/0/indexes")
    );
    let few = few_of_each_shape(&places.facts, 2);
    assert!(few.len() < places.facts.len());
}
