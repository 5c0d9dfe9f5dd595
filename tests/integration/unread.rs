//! What is not read never turns a pass into a failure or back: many facts of the fixtures at once become unknown, and
//! lists lose elements, in many seeded ways.

use std::collections::BTreeMap;

use dynalint::finding::{Finding, Verdict};
use dynalint::rule::catalog::Catalog;
use dynalint::snapshot::places::{Places, Shapes};
use serde_json::{Value, json};

use crate::rules::{assess, catalog};

/// Ways that each fixture is read in part.
const WAYS: u64 = 60;

#[test]
fn what_is_not_read_moves_no_verdict_between_pass_and_fail() {
    let catalog = catalog();
    let [healthy, broken] = [
        include_str!("../fixtures/snapshots/healthy.json"),
        include_str!("../fixtures/snapshots/broken.json"),
    ]
    .map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    let composite = told_by_composites(healthy.clone());
    for (name, document) in [
        ("healthy", healthy),
        ("broken", broken),
        ("composite", composite),
    ] {
        let clean = verdicts(&catalog, &document);
        let Places { facts, lists } = Shapes::default().places(&document);
        for seed in 0..WAYS {
            let mut dice = Dice(seed + 1);
            let mut partly_read = document.clone();
            blind(&mut partly_read, &facts, &mut dice);
            shorten(&mut partly_read, &lists, &mut dice);
            for (key, verdict) in verdicts(&catalog, &partly_read) {
                let before = clean.get(&key).copied();
                // A list that was not read in full has one result of its own, on what it belongs to.
                let on_list = before.is_none() && verdict == Verdict::NotApplicable;
                assert!(
                    verdict == Verdict::Unknown || before == Some(verdict) || on_list,
                    "{name}, seed {seed}: {key}: {before:?} became {verdict:?}"
                );
            }
        }
    }
}

/// Each alarm hands its actions on to a composite alarm over it.
fn told_by_composites(mut document: Value) -> Value {
    for region in document["regions"].as_array_mut().expect("regions") {
        let mut composites = Vec::new();
        for alarm in region["alarms"].as_array_mut().expect("alarms") {
            let name = alarm["name"].as_str().expect("a name").to_owned();
            let actions = std::mem::replace(&mut alarm["alarm_actions"], json!([]));
            composites.push(
                json!({"name": format!("any {name}"), "arn": format!("arn:{name}"),
                "rule": format!("ALARM(\"{name}\") OR ALARM(\"other\")"), "actions_enabled": true,
                "alarm_actions": actions, "suppressor": null, "state": "OK"}),
            );
        }
        region["composite_alarms"] = json!(composites);
    }
    document
}

/// Every verdict; and what it rests on is said.
fn verdicts(catalog: &Catalog, document: &Value) -> BTreeMap<String, Verdict> {
    let snapshot = serde_json::from_value(document.clone()).expect("a snapshot");
    let findings = assess(catalog, &snapshot).findings;
    let key = |finding: &Finding| {
        let subject = &finding.subject;
        format!("{} {} {}", finding.rule, subject.kind, subject.short())
    };
    for finding in &findings {
        let said = match finding.verdict {
            Verdict::Fail => !finding.evidence.is_empty(),
            Verdict::Unknown => !finding.unknown.is_empty(),
            Verdict::Pass | Verdict::NotApplicable => true,
        };
        assert!(said, "nothing is said for {finding:?}");
    }
    findings.iter().map(|it| (key(it), it.verdict)).collect()
}

fn blind(document: &mut Value, facts: &[String], dice: &mut Dice) {
    for _ in 0..dice.below(12) {
        // What stands in a list that was blinded before is gone.
        if let Some(fact) = document.pointer_mut(&facts[dice.below(facts.len())]) {
            *fact = json!({"$unknown": {"reason": "failed"}});
        }
    }
}

fn shorten(document: &mut Value, lists: &[String], dice: &mut Dice) {
    for _ in 0..dice.below(4) {
        let Some(list) = document.pointer_mut(&lists[dice.below(lists.len())]) else {
            continue;
        };
        if let Value::Array(elements) = list {
            let mut kept = std::mem::take(elements);
            kept.retain(|_| dice.below(3) > 0);
            *list = json!({"$partial": {"reason": "throttled"}, "items": kept});
        }
    }
}

/// Numbers that are the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits") % bound
    }
}
