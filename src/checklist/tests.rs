//! Reading lists, and their state.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::finding::Verdict;

fn rules() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("pitr-on", "pitr-on"),
        ("vault-locked", "vault-locked"),
        ("pitr-enabled", "pitr-on"),
    ])
}

fn read(text: &str) -> Result<Checklist, Vec<String>> {
    let (lists, errors) = Checklists::load([("checklists/mine.yaml", text)], &rules());
    match errors.is_empty() {
        true => Ok(lists.lists()[0].clone()),
        false => Err(errors.iter().map(ToString::to_string).collect()),
    }
}

const MINE: &str = "\
id: mine
title: Mine
items:
  - id: both
    text: Both.
    why: Because.
    rules: [pitr-enabled, vault-locked]
    attest: { per: table, by: me, valid: 90d, evidence: required }
  - id: rule
    text: A rule.
    why: Because.
    rules: [pitr-on]
  - id: person
    text: A person.
    why: Because.
    attest: { per: service, by: me, valid: 90d }
";

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = "\
id: others
items:
  - id: a
    text: One.
    why: Because.
    rules: [pitr-onn, pitr-on, pitr-enabled]
  - id: a
    why: Because.
    attest: { by: me, valid: 3 months }
  - text: ' '
    why: Because.
  - id: Big
    text: Two.
    why: Because.
    attest: { per: tabel, valid: 0d, evidence: requird }
";
    let errors = read(text).expect_err("all of it is wrong");
    assert_eq!(
        errors,
        [
            "checklists/mine.yaml:1:1: title is missing",
            "checklists/mine.yaml:1:5: id \"others\" is not the name of the file",
            "checklists/mine.yaml:6:13: unknown rule \"pitr-onn\", did you mean \"pitr-on\"?",
            "checklists/mine.yaml:6:32: rule \"pitr-enabled\" is listed twice",
            "checklists/mine.yaml:7:5: text is missing",
            "checklists/mine.yaml:7:9: duplicate item \"a\"",
            "checklists/mine.yaml:9:15: attest has no scope: per: table, service or account",
            "checklists/mine.yaml:9:30: expected days: valid: 180d",
            "checklists/mine.yaml:10:5: id is missing",
            "checklists/mine.yaml:10:5: nothing decides the item: give it rules, or attest",
            "checklists/mine.yaml:10:11: text is missing",
            "checklists/mine.yaml:12:9: id \"Big\" is not in kebab-case: a-z, 0-9, -",
            "checklists/mine.yaml:15:15: by is missing",
            "checklists/mine.yaml:15:20: unknown scope \"tabel\", did you mean \"table\"?",
            "checklists/mine.yaml:15:34: expected days: valid: 180d",
            "checklists/mine.yaml:15:48: unknown word \"requird\", did you mean \"required\"?",
        ]
    );
}

#[test]
fn an_unknown_key_a_list_without_items_and_a_second_of_its_name_are_refused() {
    let errors = read("id: mine\ntitle: Mine\nitmes: []\n").expect_err("unknown key");
    assert_eq!(
        errors,
        ["checklists/mine.yaml:3:1: unknown field \"itmes\", did you mean \"items\"?"]
    );
    let errors = read("id: mine\ntitle: Mine\nitems: []\n").expect_err("no items");
    assert_eq!(
        errors,
        ["checklists/mine.yaml:3:8: a checklist without items"]
    );
    let (_, errors) = Checklists::load([("mine.yaml", MINE), ("x/mine.yaml", MINE)], &rules());
    assert_eq!(
        errors[0].to_string(),
        "x/mine.yaml:1:5: a second checklist is named \"mine\""
    );
}

/// How the three items stand, where these rules were run and said this.
fn standings(ran: &[(&str, &[Verdict])], tables: usize) -> Vec<Standing> {
    let list = read(MINE).expect("reads");
    let mut summary = Summary::default();
    for (rule, verdicts) in ran {
        for verdict in *verdicts {
            let counts = summary.by_rule.entry((*rule).to_owned()).or_default();
            counts.add(*verdict);
        }
    }
    let rules: BTreeSet<String> = ran.iter().map(|(rule, _)| (*rule).to_owned()).collect();
    let run = Run {
        rules: &rules,
        off: &BTreeSet::new(),
        summary: &summary,
        tables,
    };
    list.standings(&run)
}

fn states(ran: &[(&str, &[Verdict])], tables: usize) -> Vec<&'static str> {
    let standings = standings(ran, tables).into_iter();
    standings.map(|standing| standing.state.word()).collect()
}

#[test]
fn an_item_is_as_good_as_its_worst_part() {
    use Verdict::{Fail, NotApplicable, Pass, Unknown};
    let vault: (&str, &[Verdict]) = ("vault-locked", &[Pass]);
    for (said, expected) in [
        (&[Pass, Fail, Unknown][..], ["fail", "fail", "open"]),
        (&[Pass, Unknown], ["unknown", "unknown", "open"]),
        (&[Pass, NotApplicable], ["open", "pass", "open"]),
        (&[NotApplicable], ["open", "not-applicable", "open"]),
        (&[], ["open", "not-applicable", "open"]),
    ] {
        assert_eq!(states(&[("pitr-on", said), vault], 2), expected);
    }
}

#[test]
fn an_item_whose_rule_was_not_run_is_not_assessed() {
    use Verdict::{Fail, Pass, Unknown};
    assert_eq!(
        states(&[("pitr-on", &[Pass])], 2),
        ["not-assessed", "pass", "open"]
    );
    assert_eq!(states(&[("pitr-on", &[Fail])], 2)[0], "fail");
    assert_eq!(states(&[("pitr-on", &[Unknown])], 2)[0], "unknown");
    assert_eq!(states(&[], 2), ["not-assessed", "not-assessed", "open"]);
}

#[test]
fn what_fails_can_need_a_signature_and_a_rule_all_the_same() {
    let both = standings(&[("pitr-on", &[Verdict::Fail])], 2)[0];
    assert_eq!(
        both,
        Standing {
            state: State::Fail,
            to_sign: true,
            is_left_out: true
        }
    );
    let rule = standings(&[("pitr-on", &[Verdict::Fail])], 2)[1];
    assert!(!rule.to_sign && !rule.is_left_out);
}

#[test]
fn without_tables_nobody_signs_for_a_table() {
    let ran: [(&str, &[Verdict]); 2] = [("pitr-on", &[]), ("vault-locked", &[])];
    assert_eq!(
        states(&ran, 0),
        ["not-applicable", "not-applicable", "open"]
    );
}

#[test]
fn a_rule_is_found_in_its_items() {
    let (lists, _) = Checklists::load([("mine.yaml", MINE)], &rules());
    assert_eq!(lists.listing("pitr-on"), ["mine/both", "mine/rule"]);
    assert_eq!(lists.nearest("mien"), Some("mine"));
}
