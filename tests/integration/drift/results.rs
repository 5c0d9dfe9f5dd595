//! Results of rules that turned, over the edits that turn each rule.

use dynalint::config::Config;
use dynalint::drift::{Drift, Outcome, Terms, Turn, TurnKind};
use serde_json::{Value, json};

use super::{Judged, catalog, compared, demo, drift, healthy, read};
use crate::rules::{find, flips};

const TERMS: Terms = Terms {
    any: false,
    allow_empty: false,
    fail_on: Some(dynalint::finding::Severity::High),
};

fn told(turns: &[Turn]) -> Vec<(String, String)> {
    let told = turns.iter().map(|turn| {
        let finding = turn.finding();
        (finding.rule.clone(), finding.fingerprint.clone())
    });
    let mut told: Vec<(String, String)> = told.collect();
    told.sort();
    told
}

#[test]
fn each_rule_that_turns_is_worse_and_the_other_way_round_better() {
    let (catalog, document, config) = (catalog(), healthy(), Config::default());
    let snapshot = read(&document);
    let whole = Judged::new(&snapshot, &config, catalog.rules());
    let mut wrong = Vec::new();
    for (rule, flip) in flips() {
        let mut broken = document.clone();
        let at = flip["at"].as_str().expect("a path");
        let target = match at.strip_prefix("iam / ") {
            Some(at) => find(&mut broken["iam"][0], at),
            None => find(&mut broken["regions"][0], at),
        };
        *target = flip["to"].clone();
        let broken = read(&broken);
        let broken = Judged::new(&broken, &config, catalog.rules());
        let (there, back) = (compared(&whole, &broken), compared(&broken, &whole));
        let turned = there.worse.iter().any(|turn| turn.finding().rule == rule);
        // A table of another name is another table, and told as one.
        let told_of = turned || !there.new_tables.is_empty();
        if !told_of || (turned && there.outcome(TERMS) != Outcome::Drifted) {
            wrong.push(format!("{rule} is not told"));
        }
        // A problem that is none because its rule does not apply any more is no better for it.
        let relieved = |drift: &Drift| {
            let no_more = |turn: &&Turn| turn.kind == TurnKind::AppliesNoMore;
            let turns: Vec<Turn> = drift.other.iter().filter(no_more).cloned().collect();
            told(&[drift.better.clone(), turns].concat())
        };
        if told(&there.worse) != relieved(&back) || relieved(&there) != told(&back.worse) {
            let [worse, better] = [told(&there.worse), relieved(&back)];
            wrong.push(format!("{rule} is no mirror: {worse:?} {better:?}"));
        }
        if back.outcome(TERMS) == Outcome::Drifted
            && back.worse.is_empty()
            && back.new_tables.is_empty()
        {
            wrong.push(format!("{rule}: drifted without anything worse"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn one(drift: &Drift, rule: &str) -> TurnKind {
    let turns = [&drift.worse, &drift.better, &drift.other];
    let mut turns = turns.into_iter().flatten();
    let turn = turns.find(|turn| turn.finding().rule == rule);
    turn.unwrap_or_else(|| panic!("{rule} did not turn")).kind
}

fn table(document: &mut Value, at: usize) -> &mut Value {
    &mut document["regions"][0]["tables"][at]
}

#[test]
fn a_pass_that_cannot_be_told_any_more_is_worse_and_a_failure_neither() {
    let catalog = catalog();
    let (old, mut new) = (healthy(), healthy());
    let denied =
        json!({"$unknown": {"reason": "denied", "action": "dynamodb:DescribeContinuousBackups"}});
    table(&mut new, 0)["pitr"] = denied.clone();
    let drift_of = drift(&old, &new, catalog.rules());
    assert_eq!(one(&drift_of, "pitr-on"), TurnKind::Blind);
    assert_eq!(drift_of.outcome(TERMS), Outcome::Drifted);
    let back = drift(&new, &old, catalog.rules());
    assert_eq!(one(&back, "pitr-on"), TurnKind::Told);
    assert_eq!(back.outcome(TERMS), Outcome::Steady);
    let mut old = old;
    table(&mut old, 0)["pitr"]["status"] = json!("DISABLED");
    let drift_of = drift(&old, &new, catalog.rules());
    assert_eq!(one(&drift_of, "pitr-on"), TurnKind::LostSight);
    let back = drift(&new, &old, catalog.rules());
    assert_eq!(one(&back, "pitr-on"), TurnKind::Fails);
}

#[test]
fn what_is_switched_off_is_no_repair_of_what_asked_for_more_of_it() {
    let catalog = catalog();
    let (mut old, mut new) = (healthy(), healthy());
    table(&mut old, 0)["pitr"]["window_days"] = json!(1);
    table(&mut new, 0)["pitr"]["status"] = json!("DISABLED");
    let drift_of = drift(&old, &new, catalog.rules());
    assert_eq!(one(&drift_of, "pitr-on"), TurnKind::Fails);
    assert_eq!(one(&drift_of, "pitr-window"), TurnKind::AppliesNoMore);
    assert!(drift_of.better.is_empty());
}

#[test]
fn the_fact_behind_a_turn_stands_at_it_and_not_beside_it() {
    let catalog = catalog();
    let (old, mut new) = (healthy(), healthy());
    table(&mut new, 0)["pitr"]["status"] = json!("DISABLED");
    let drift = drift(&old, &new, catalog.rules());
    let turn = drift.worse.iter().find(|it| it.finding().rule == "pitr-on");
    let turn = turn.expect("it turned");
    let paths: Vec<&str> = turn.facts.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(paths, ["pitr.status"]);
    assert!(drift.changed.iter().all(|it| it.path != "pitr.status"));
    assert!(turn.old.is_some(), "what was said before is known");
}

#[test]
fn tables_that_came_or_went_are_folded_with_their_results() {
    let catalog = catalog();
    let (mut old, new) = (demo(), demo());
    let tables = old["regions"][0]["tables"].as_array_mut().expect("tables");
    let gone = tables.remove(0);
    let name = gone["name"].as_str().expect("a name");
    let came = drift(&old, &new, catalog.rules());
    let of_table = |drift: &Drift| {
        let turns = drift.worse.iter().chain(&drift.better);
        turns
            .filter(|it| it.finding().subject.table.as_deref() == Some(name))
            .count()
    };
    assert_eq!((came.new_tables.len(), came.gone_tables.len()), (1, 0));
    assert_eq!(came.new_tables[0].table.2, name);
    assert!(came.new_tables[0].counts.total() > 10);
    assert_eq!(of_table(&came), 0);
    let went = drift(&new, &old, catalog.rules());
    assert_eq!((went.new_tables.len(), went.gone_tables.len()), (0, 1));
    assert_eq!(of_table(&went), 0);
}

#[test]
fn a_new_table_counts_where_it_fails_at_the_gate() {
    let catalog = catalog();
    let (mut old, mut new) = (healthy(), healthy());
    let tables = old["regions"][0]["tables"].as_array_mut().expect("tables");
    tables.remove(0);
    let drifted = drift(&old, &new, catalog.rules());
    assert_eq!(drifted.new_tables.len(), 1);
    assert!(drifted.worse.is_empty(), "{:#?}", told(&drifted.worse));
    assert_eq!(drifted.outcome(TERMS), Outcome::Steady);
    assert_eq!(
        drifted.outcome(Terms { any: true, ..TERMS }),
        Outcome::Drifted
    );
    table(&mut new, 0)["pitr"]["status"] = json!("DISABLED");
    let drifted = drift(&old, &new, catalog.rules());
    assert_eq!(drifted.outcome(TERMS), Outcome::Drifted);
    let lenient = Terms {
        fail_on: None,
        ..TERMS
    };
    assert_eq!(drifted.outcome(lenient), Outcome::Steady);
}

#[test]
fn what_only_one_side_looked_at_is_said_and_never_worse_or_better() {
    let catalog = catalog();
    let (mut old, new) = (demo(), demo());
    let region = old["regions"][0].clone();
    let regions = old["regions"].as_array_mut().expect("regions");
    regions.push(region);
    regions[1]["region"] = json!("us-east-1");
    for (old, new) in [(&old, &new), (&new, &old)] {
        let drift = drift(old, new, catalog.rules());
        assert!(drift.is_empty(), "{:#?}", told(&drift.worse));
        assert_eq!(drift.not_comparable.len(), 1);
        assert_eq!(drift.not_comparable[0].what, "us-east-1");
    }
    // A side that was told to leave a table out does not say that it is gone.
    let mut less = demo();
    let tables = less["regions"][0]["tables"].as_array_mut().expect("tables");
    let left_out = tables.remove(0);
    less["regions"][0]["other_tables"] = json!([left_out["name"]]);
    let drift = drift(&demo(), &less, &[]);
    assert!(drift.is_empty());
    assert!(
        drift
            .not_comparable
            .iter()
            .any(|it| it.what == left_out["name"])
    );
}

#[test]
fn where_no_table_could_be_listed_nothing_is_told_steady() {
    let denied = json!({"$unknown": {"reason": "denied", "action": "dynamodb:ListTables"}});
    let mut blind = demo();
    blind["regions"][0]["tables"] = denied;
    let there = drift(&demo(), &blind, &[]);
    assert!(there.is_empty());
    assert_eq!(there.outcome(TERMS), Outcome::CannotTell);
    // That no rule can tell any more is listed, and is no news beside it.
    let there = drift(&demo(), &blind, catalog().rules());
    assert!(!there.worse.is_empty());
    assert_eq!(there.outcome(TERMS), Outcome::CannotTell);
    assert!(there.gone_tables.is_empty());
    assert!(there.better.is_empty(), "{:#?}", told(&there.better));
}
