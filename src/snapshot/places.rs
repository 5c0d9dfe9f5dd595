//! Where the facts of a snapshot are: found by asking its own reader, so that no list of them can be forgotten.
//!
//! A place is a fact if `{"$unknown": …}` may stand there, a paged list if `{"$partial": …}` may. For whoever wants to see
//! what a rule says where less is known; a run of `check` never asks.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Snapshot;

/// Pointers to the facts and to the paged lists of a document, in its order.
#[derive(Debug, Default)]
pub struct Places {
    /// Facts: each may be unknown by itself.
    pub facts: Vec<String>,
    /// Lists that may have been read in part.
    pub lists: Vec<String>,
}

/// What may stand at places of one shape: a pointer with `*` for each position in a list.
#[derive(Clone, Copy, Debug)]
struct May {
    be_unknown: bool,
    be_partial: bool,
}

/// What was learnt of the shapes of places, for the next document.
#[derive(Debug, Default)]
pub struct Shapes(BTreeMap<String, May>);

impl Shapes {
    /// The places of all facts of a snapshot's document.
    pub fn places(&mut self, document: &Value) -> Places {
        let mut walk = Walk {
            document,
            shapes: &mut self.0,
            found: Places::default(),
        };
        walk.value(document, "", "");
        walk.found
    }
}

struct Walk<'w> {
    document: &'w Value,
    shapes: &'w mut BTreeMap<String, May>,
    found: Places,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, at: &str, shape: &str) {
        // Only of a list is it asked whether it may be partial; the same place may be null or unknown elsewhere.
        let shape_of_kind = format!("{shape}{}", if value.is_array() { "[]" } else { "" });
        let may = match self.shapes.get(&shape_of_kind) {
            Some(may) => *may,
            None => {
                let may = self.ask(value, at);
                self.shapes.insert(shape_of_kind, may);
                may
            }
        };
        if may.be_unknown {
            self.found.facts.push(at.to_owned());
        }
        if may.be_partial {
            self.found.lists.push(at.to_owned());
        }
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(item, &format!("{at}/{index}"), &format!("{shape}/*"));
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    let step = key.replace('~', "~0").replace('/', "~1");
                    self.value(member, &format!("{at}/{step}"), &format!("{shape}/{step}"));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn ask(&self, value: &Value, at: &str) -> May {
        let reads = |probe: Value| {
            let mut probed = self.document.clone();
            let Some(place) = probed.pointer_mut(at) else {
                return false;
            };
            *place = probe;
            serde_json::from_value::<Snapshot>(probed).is_ok()
        };
        May {
            be_unknown: reads(json!({"$unknown": {"reason": "failed"}})),
            be_partial: value.is_array()
                && reads(json!({"$partial": {"reason": "throttled"}, "items": []})),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_and_paged_lists_are_found_by_asking_the_reader() {
        let demo = include_str!("../../demo/snapshot.json");
        let demo: Value = serde_json::from_str(demo).expect("JSON");
        let places = Shapes::default().places(&demo);
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
        let is_paged = |list: &str| places.lists.iter().any(|it| it == list);
        assert!(is_paged("/regions/0/tables"));
        assert!(!is_paged("/regions/0/tables/0/indexes"));
    }
}
