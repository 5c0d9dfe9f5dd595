//! Drift: what is told of two snapshots, and what is not.

mod command;
mod facts;
mod history;
mod messages;
mod results;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dynalint::assess::{self, Listing, Selection, Settings};
use dynalint::config::Config;
use dynalint::drift::{self, Drift, Side};
use dynalint::link::Linked;
use dynalint::rule::Rule;
use dynalint::rule::catalog::Catalog;
use dynalint::snapshot::Snapshot;
use serde_json::Value;

fn catalog() -> Catalog {
    let (catalog, errors) = assess::load([]);
    assert!(errors.is_empty(), "{errors:?}");
    catalog
}

fn document(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(path).expect("is there");
    serde_json::from_str(&text).expect("JSON")
}

fn demo() -> Value {
    document("demo/snapshot.json")
}

fn healthy() -> Value {
    document("tests/fixtures/snapshots/healthy.json")
}

fn read(document: &Value) -> Snapshot {
    use serde::Deserialize;
    Snapshot::deserialize(document).expect("a snapshot")
}

/// A snapshot and what rules say of it.
struct Judged<'a> {
    settings: Settings<'a>,
    linked: Linked<'a>,
    identities: assess::Identities,
    assessment: assess::Assessment,
}

impl<'a> Judged<'a> {
    fn new(snapshot: &'a Snapshot, config: &'a Config, rules: &'a [Rule]) -> Judged<'a> {
        let settings = Settings::by_default(rules);
        let linked = Linked::on(snapshot, config, 1);
        let identities = assess::identities(&settings, &linked);
        let (all, listing) = (Selection::default(), Listing::Problems);
        let assessment = assess::assess_as(&settings, &linked, &all, listing, &identities);
        Judged {
            settings,
            linked,
            identities,
            assessment,
        }
    }
}

fn compared(old: &Judged<'_>, new: &Judged<'_>) -> Drift {
    let wanted = drift::differing(&old.assessment.findings, &new.assessment.findings);
    let others = [old, new].map(|it| {
        let all = Selection::default();
        assess::those(&it.settings, &it.linked, &all, &it.identities, &wanted)
    });
    let side = |at: usize| {
        let judged = [old, new][at];
        Side {
            snapshot: judged.linked.snapshot,
            assessment: &judged.assessment,
            others: &others[at],
            identities: &judged.identities,
        }
    };
    let rules = new.settings.rules.iter().map(|it| it.rule);
    let looks_at: BTreeMap<String, BTreeSet<String>> = rules
        .map(|rule| (rule.id.to_string(), rule.fields()))
        .collect();
    drift::compare(&side(0), &side(1), &looks_at)
}

/// What becomes of an account, with these rules.
fn drift(old: &Value, new: &Value, rules: &[Rule]) -> Drift {
    let (old, new, config) = (read(old), read(new), Config::default());
    let [old, new] = [&old, &new].map(|it| Judged::new(it, &config, rules));
    compared(&old, &new)
}
