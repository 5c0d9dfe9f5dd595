//! Every fact that somebody configured, or that says which thing it is, is told when it is another; no other ever is.

use dynalint::config::Config;
use dynalint::drift::Change;
use dynalint::snapshot::Region;
use dynalint::snapshot::iam::Iam;
use dynalint::snapshot::record::{Mark, RecordType, Type};
use serde_json::{Value, json};

use super::{Judged, catalog, compared, demo, drift, healthy, read};

/// A fact, or an element of a list, and what it may be instead; `None` takes it out.
struct Flip {
    at: String,
    to: Option<Value>,
}

/// The flips of a document: of what is settled, of what moves by itself, and how many places have no other value.
#[derive(Default)]
struct Flips {
    settled: Vec<Flip>,
    volatile: Vec<Flip>,
    without: usize,
}

impl Flips {
    fn of(document: &Value) -> Flips {
        let mut flips = Flips::default();
        for (list, kind) in [("regions", Region::TYPE), ("iam", Iam::TYPE)] {
            for (at, record) in document[list].as_array().into_iter().flatten().enumerate() {
                flips.record(&format!("/{list}/{at}"), record, kind, false);
            }
        }
        flips
    }

    fn add(&mut self, at: &str, to: Option<Value>, is_volatile: bool) {
        let flip = Flip {
            at: at.to_owned(),
            to,
        };
        match is_volatile {
            true => self.volatile.push(flip),
            false => self.settled.push(flip),
        }
    }

    fn record(&mut self, at: &str, record: &Value, kind: &'static RecordType, is_volatile: bool) {
        for field in kind.fields {
            let Some(value) = record.get(field.name) else {
                continue;
            };
            let is_volatile = is_volatile || field.mark == Mark::Volatile;
            let ty = (field.ty)();
            self.value(&format!("{at}/{}", field.name), value, &ty.ty, is_volatile);
        }
    }

    fn value(&mut self, at: &str, value: &Value, ty: &Type, is_volatile: bool) {
        if value.get("$unknown").is_some() {
            return;
        }
        match (value, ty) {
            (Value::Null, ty) => match example(ty) {
                Some(example) => self.add(at, Some(example), is_volatile),
                None => self.without += 1,
            },
            (record, Type::Record(kind)) => self.record(at, record, kind, is_volatile),
            (list, Type::List(element)) => {
                let (at, items) = match list.get("items") {
                    Some(items) => (format!("{at}/items"), items),
                    None => (at.to_owned(), list),
                };
                for (place, item) in items.as_array().into_iter().flatten().enumerate() {
                    let at = format!("{at}/{place}");
                    self.value(&at, item, element, is_volatile);
                    self.add(&at, None, is_volatile);
                }
            }
            (map, Type::Map) => {
                for (key, value) in map.as_object().into_iter().flatten() {
                    let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                    self.value(&at, value, &Type::Text, is_volatile);
                    self.add(&at, None, is_volatile);
                }
            }
            (scalar, ty) => match other(scalar, ty) {
                Some(other) => self.add(at, Some(other), is_volatile),
                None => self.without += 1,
            },
        }
    }
}

/// A value where there was none.
fn example(ty: &Type) -> Option<Value> {
    match ty {
        Type::Bool => Some(json!(true)),
        Type::Number => Some(json!(7)),
        Type::Time => Some(json!("2026-01-02T03:04:05Z")),
        Type::Text => Some(json!("x")),
        Type::Choice(choices) => Some(json!(choices.known[0])),
        Type::Duration | Type::Record(_) | Type::List(_) | Type::Map => None,
    }
}

/// Another value of the type.
fn other(value: &Value, ty: &Type) -> Option<Value> {
    match (value, ty) {
        (Value::Bool(value), _) => Some(json!(!value)),
        (Value::Number(number), _) => match number.as_u64() {
            Some(number) => Some(json!(number + 1)),
            None => Some(json!(number.as_f64()? + 0.001)),
        },
        (Value::String(time), Type::Time) => {
            let time: jiff::Timestamp = time.parse().expect("a time");
            let later = time + jiff::SignedDuration::from_hours(1);
            Some(json!(later.to_string()))
        }
        (Value::String(text), Type::Choice(choices)) => {
            let mut known = choices.known.iter().filter(|word| *word != text);
            Some(json!(known.next().copied().unwrap_or("x")))
        }
        (Value::String(text), _) => Some(json!(format!("{text}x"))),
        (Value::Null | Value::Array(_) | Value::Object(_), _) => None,
    }
}

fn flipped(document: &Value, flip: &Flip) -> Value {
    let mut document = document.clone();
    match &flip.to {
        Some(to) => *document.pointer_mut(&flip.at).expect("is there") = to.clone(),
        None => take_out(&mut document, &flip.at),
    }
    document
}

fn take_out(document: &mut Value, at: &str) {
    let (list, place) = at.rsplit_once('/').expect("a place in something");
    match document.pointer_mut(list).expect("is there") {
        Value::Array(items) => drop(items.remove(place.parse().expect("a number"))),
        Value::Object(members) => {
            members.remove(&place.replace("~1", "/").replace("~0", "~"));
        }
        _ => panic!("{list} holds nothing"),
    }
}

/// A document with only that thing of it in which a place is, and the place in it: a comparison of all of it, a thousand
/// times over, takes minutes.
fn alone(document: &Value, at: &str) -> (Value, String) {
    let parts: Vec<&str> = at.split('/').collect();
    let (list, place, field) = (parts[1], parts[2], parts[3]);
    let of = document
        .pointer(&format!("/{list}/{place}"))
        .expect("is there");
    let heads = document.as_object().expect("an object").iter();
    let heads = heads.filter(|(name, _)| !matches!(name.as_str(), "regions" | "iam" | "gaps"));
    let mut small: Value = heads
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    small["gaps"] = json!([]);
    let region = &document["regions"][0];
    let kept = [
        "account",
        "partition",
        "region",
        "other_tables",
        "table_count",
    ];
    let kept = |of: &Value| -> Value {
        let fields = kept
            .iter()
            .filter_map(|name| Some((*name, of.get(name)?.clone())));
        fields
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    };
    small["iam"] = json!([]);
    small["regions"] = json!([kept(region)]);
    let mut thing = kept(of);
    let mut rest = parts[3..]
        .iter()
        .map(|part| (*part).to_owned())
        .collect::<Vec<String>>();
    let value = &of[field];
    thing[field] = match (
        value,
        parts.get(4).and_then(|part| part.parse::<usize>().ok()),
    ) {
        (Value::Array(items), Some(index)) => {
            rest[1] = "0".to_owned();
            json!([items[index]])
        }
        (value, _) => value.clone(),
    };
    small[list] = json!([thing]);
    (small, format!("/{list}/0/{}", rest.join("/")))
}

/// The flips of which drift says what is wrong.
fn each<'f>(
    document: &Value,
    flips: &'f [Flip],
    is_wrong: impl Fn(&dynalint::drift::Drift) -> bool,
) -> Vec<&'f str> {
    let config = Config::default();
    let wrong = flips.iter().filter(|flip| {
        let (small, at) = alone(document, &flip.at);
        let to = flip.to.clone();
        let (before, after) = (read(&small), read(&flipped(&small, &Flip { at, to })));
        let [before, after] = [&before, &after].map(|it| Judged::new(it, &config, &[]));
        is_wrong(&compared(&before, &after))
    });
    wrong.map(|flip| flip.at.as_str()).collect()
}

#[test]
fn every_flip_of_what_somebody_configured_is_told() {
    for document in [demo(), healthy()] {
        let flips = Flips::of(&document);
        // A region or an account of another name is another one: it is said that it was not looked at.
        let (whole, flips): (Vec<Flip>, Vec<Flip>) = flips.settled.into_iter().partition(|flip| {
            let parts: Vec<&str> = flip.at.split('/').collect();
            parts.len() == 4 && matches!(parts[3], "account" | "region")
        });
        assert!(flips.len() > 500, "{} flips", flips.len());
        let untold = each(&document, &flips, |drift| drift.is_empty());
        // Target tracking moves the thresholds of its own alarms with the capacity.
        let is_tracking = |at: &&str| {
            let alarm = at
                .strip_suffix("/threshold")
                .and_then(|it| document.pointer(it));
            let name = alarm.and_then(|it| it["name"].as_str());
            name.is_some_and(|it| it.starts_with("TargetTracking-"))
        };
        let (moving, untold): (Vec<&str>, Vec<&str>) = untold.into_iter().partition(is_tracking);
        assert_eq!(untold, [""; 0]);
        assert!(!moving.is_empty());
        let untold = each(&document, &whole, |drift| drift.not_comparable.is_empty());
        assert_eq!(untold, [""; 0]);
    }
}

#[test]
fn what_moves_by_itself_is_never_told_as_a_fact() {
    for document in [demo(), healthy()] {
        let flips = Flips::of(&document).volatile;
        assert!(flips.len() > 100, "{} flips", flips.len());
        let told = each(&document, &flips, |drift| {
            !(drift.is_empty() && drift.not_comparable.is_empty())
        });
        assert_eq!(told, [""; 0]);
    }
}

#[test]
fn elements_are_known_by_what_identifies_them_and_not_by_their_place() {
    let (old, mut new) = (demo(), demo());
    for list in ["alarms", "topics", "keys", "scaling_targets"] {
        let items = new["regions"][0][list].as_array_mut().expect("a list");
        items.reverse();
    }
    assert!(drift(&old, &new, &[]).is_empty());
}

#[test]
fn a_table_that_was_made_again_is_another() {
    let (old, mut new) = (demo(), demo());
    new["regions"][0]["tables"][0]["id"] = json!("00000000-0000-4000-8000-000000000000");
    let told = drift(&old, &new, &[]).changed;
    let paths: Vec<&str> = told.iter().map(|fact| fact.path.as_str()).collect();
    assert_eq!(paths, ["id"]);
}

#[test]
fn a_statement_more_in_a_policy_is_shown_alone() {
    let (mut old, mut new) = (demo(), demo());
    let policy = |statements: &str| {
        json!(format!(
            r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
        ))
    };
    old["regions"][0]["tables"][0]["policy"] = policy(r#"{"Sid":"a"}"#);
    new["regions"][0]["tables"][0]["policy"] = policy(r#"{"Sid":"b"},{"Sid":"a"}"#);
    let told = drift(&old, &new, &[]).changed;
    let added = Change::Document {
        added: vec![r#"{"Sid":"b"}"#.to_owned()],
        removed: Vec::new(),
    };
    assert_eq!(told[0].change, added);
    assert_eq!(told.len(), 1);
}

/// Pointers to the facts of a document that may be left out, each shape of them once.
fn facts(document: &Value) -> Vec<String> {
    let places = dynalint::snapshot::places::Shapes::default().places(document);
    let mut shapes = std::collections::BTreeSet::new();
    let is_new = |at: &String| {
        let parts = at.split('/');
        let parts = parts.map(|part| {
            if part.parse::<usize>().is_ok() {
                "*"
            } else {
                part
            }
        });
        shapes.insert(parts.collect::<Vec<&str>>().join("/"))
    };
    let facts = places
        .facts
        .into_iter()
        .filter(|at| at.starts_with("/regions") || at.starts_with("/iam"));
    let known = facts.filter(|at| {
        document
            .pointer(at)
            .is_some_and(|it| it.get("$unknown").is_none())
    });
    known.filter(is_new).collect()
}

/// Whether a place is in something that moves by itself.
fn is_volatile(at: &str) -> bool {
    let mut kind = match at.starts_with("/iam") {
        true => Iam::TYPE,
        false => Region::TYPE,
    };
    let names = at
        .split('/')
        .skip(3)
        .filter(|part| part.parse::<usize>().is_err());
    for part in names {
        let Some((_, field)) = kind.field(part) else {
            return false;
        };
        if field.mark == Mark::Volatile {
            return true;
        }
        let mut ty = (field.ty)().ty;
        while let Type::List(element) = ty {
            ty = *element;
        }
        match ty {
            Type::Record(inner) => kind = inner,
            _ => return false,
        }
    }
    false
}

#[test]
fn a_fact_that_one_side_did_not_ask_for_is_not_comparable_and_never_worse_or_better() {
    let document = healthy();
    let catalog = catalog();
    let (snapshot, config) = (read(&document), Config::default());
    let whole = Judged::new(&snapshot, &config, catalog.rules());
    let facts = facts(&document);
    assert!(facts.len() > 60, "{} facts", facts.len());
    let mut wrong = Vec::new();
    for at in &facts {
        let mut less = document.clone();
        take_out(&mut less, at);
        let less = read(&less);
        let less = Judged::new(&less, &config, catalog.rules());
        for (drift, side) in [
            (compared(&whole, &less), "new"),
            (compared(&less, &whole), "old"),
        ] {
            let turns = [&drift.worse, &drift.better, &drift.other];
            let turns = turns.into_iter().flatten();
            let turns: Vec<&str> = turns.map(|turn| turn.finding().rule.as_str()).collect();
            // What moves by itself is only missed where a rule asks for it.
            let is_said = is_volatile(at) || !drift.not_comparable.is_empty();
            if !turns.is_empty() || !drift.changed.is_empty() || !is_said {
                wrong.push(format!(
                    "{at} left out of the {side} one: {turns:?} {:?}",
                    drift.changed
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
