//! How long it takes to compare two accounts of 10,000 tables, of which one table in a hundred changed in a fact that a rule
//! looks at, and one in a hundred in one that none looks at.

use std::collections::{BTreeMap, BTreeSet};

use dynalint::assess::{self, Listing, Selection, Settings};
use dynalint::config::Config;
use dynalint::drift::{self, Side};
use dynalint::link::Linked;
use dynalint::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::account::{self, Size, TABLES};
use crate::clock::{Clock, Spent};
use crate::rules;

const ROUNDS: usize = 3;
const STEPS: [&str; 3] = ["assess", "ask", "compare"];

/// Compares such an account with what became of it.
pub(crate) fn compared(name: &str, size: &Size) {
    let bytes = account::synthetic(size);
    let mut document: Value = serde_json::from_slice(&bytes).expect("JSON");
    let old: Snapshot = serde_json::from_slice(&bytes).expect("a snapshot");
    drop(bytes);
    let tables = document["regions"][0]["tables"].as_array_mut();
    for (at, table) in tables.expect("tables").iter_mut().enumerate() {
        match at % 100 {
            0 => table["deletion_protection"] = json!(false),
            1 => table["tags"]["note"] = json!("another"),
            _ => {}
        }
    }
    let new: Snapshot = serde_json::from_value(document).expect("a snapshot");
    println!("drift of {TABLES} tables, {name}");
    println!("{:>8}  {:>7}  {:>7}", "step", "clock", "cpu");
    let rounds: Vec<[Spent; STEPS.len()]> = (0..ROUNDS).map(|_| round(&old, &new)).collect();
    for (step, name) in STEPS.iter().enumerate() {
        let spent = Spent::median(rounds.iter().map(|round| round[step]).collect());
        println!("{name:>8}  {spent}");
    }
}

fn round(old: &Snapshot, new: &Snapshot) -> [Spent; STEPS.len()] {
    let (catalog, config, all) = (rules(), Config::default(), Selection::default());
    let settings = Settings::by_default(catalog.rules());
    let mut clock = Clock::start();
    let [old, new] = [old, new].map(|snapshot| {
        let linked = Linked::new(snapshot, &config);
        let identities = assess::identities(&settings, &linked);
        let listing = Listing::Problems;
        let made = assess::assess_as(&settings, &linked, &all, listing, &identities);
        (linked, identities, made)
    });
    let assessed = clock.lap();
    let wanted = drift::differing(&old.2.findings, &new.2.findings);
    let others = [&old, &new]
        .map(|(linked, identities, _)| assess::those(&settings, linked, &all, identities, &wanted));
    let asked = clock.lap();
    let side = |at: usize| {
        let (linked, identities, assessment) = [&old, &new][at];
        Side {
            snapshot: linked.snapshot,
            assessment,
            others: &others[at],
            identities,
        }
    };
    let looks_at: BTreeMap<String, BTreeSet<String>> = catalog
        .rules()
        .iter()
        .map(|rule| (rule.id.to_string(), rule.fields()))
        .collect();
    let drift = drift::compare(&side(0), &side(1), &looks_at);
    let compared = clock.lap();
    assert!(drift.worse.len() >= TABLES / 100 && drift.changed.len() >= TABLES / 100);
    [assessed, asked, compared]
}
