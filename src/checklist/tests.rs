//! Reading lists, and their state.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::finding::{TableBrief, Verdict};

fn rules() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("pitr-on", "pitr-on"),
        ("vault-locked", "vault-locked"),
        ("pitr-enabled", "pitr-on"),
    ])
}

fn names<'a>(ids: &'a BTreeMap<&'a str, &'a str>) -> RuleNames<'a> {
    RuleNames { ids, are_all: true }
}

fn read(text: &str) -> Result<Checklist, Vec<String>> {
    let (lists, errors) = Checklists::load([("checklists/mine.yaml", text)], names(&rules()));
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
    let (_, errors) = Checklists::load(
        [("mine.yaml", MINE), ("x/mine.yaml", MINE)],
        names(&rules()),
    );
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
        subjects: &subjects(tables, true),
        attestations: &Attestations::default(),
        day: DAY,
    };
    list.standings(&run)
}

const DAY: Day = Day {
    today: jiff::civil::date(2026, 11, 22),
    notice_days: 14,
};

/// So many tables of a service each.
fn subjects(tables: usize, are_all: bool) -> Subjects {
    let table = |number: usize| {
        let key = (
            "111122223333".into(),
            "eu-west-1".into(),
            format!("t{number}"),
        );
        let brief = TableBrief {
            service: Some(format!("s{number}")),
            ..TableBrief::default()
        };
        (key, brief)
    };
    let tables = (0..tables).map(table).collect();
    Subjects::new(&tables, ["111122223333"], are_all)
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
    let standings = standings(&[("pitr-on", &[Verdict::Fail])], 2);
    let (both, rule) = (&standings[0], &standings[1]);
    assert_eq!(both.state, State::Fail);
    assert!(both.to_sign && both.is_left_out);
    assert!(!rule.to_sign && !rule.is_left_out);
}

#[test]
fn without_tables_nobody_signs_for_a_table_or_a_service() {
    let ran: [(&str, &[Verdict]); 2] = [("pitr-on", &[]), ("vault-locked", &[])];
    assert_eq!(
        states(&ran, 0),
        ["not-applicable", "not-applicable", "not-applicable"]
    );
}

#[test]
fn tables_that_could_not_be_listed_have_to_be_signed_for_too() {
    let list = read(MINE).expect("reads");
    let summary = Summary::default();
    let run = Run {
        rules: &BTreeSet::new(),
        off: &BTreeSet::new(),
        summary: &summary,
        subjects: &subjects(0, false),
        attestations: &Attestations::default(),
        day: DAY,
    };
    let person = &list.standings(&run)[2];
    assert_eq!(person.state, State::Unknown);
    assert!(person.is_partial && !person.to_sign);
}

#[test]
fn a_rule_is_found_in_its_items() {
    let (lists, _) = Checklists::load([("mine.yaml", MINE)], names(&rules()));
    assert_eq!(lists.listing("pitr-on"), ["mine/both", "mine/rule"]);
    assert_eq!(lists.nearest("mien"), Some("mine"));
}

/// How the first item stands, which two rules decide and a signature for each of two tables.
fn with_signatures(said: Verdict, signed: &[(&str, &str)]) -> State {
    let (lists, errors) = Checklists::load([("mine.yaml", MINE)], names(&rules()));
    assert_eq!(errors, []);
    let items = lists.signable(true);
    let words = &items.by_name["mine/both"]
        .as_ref()
        .expect("it is signed")
        .words;
    let entry = |(table, outcome): &(&str, &str)| {
        format!(
            "  - {{ item: mine/both, on: {{ table: {table} }}, outcome: {outcome}, by: me, date: 2026-11-01, \
             expires: 2026-12-31, text: \"{words}\", evidence: [\"https://example.com\"] }}\n"
        )
    };
    let entries: String = signed.iter().map(entry).collect();
    let text = format!("version: 1\nattestations:\n{entries}");
    let attestations = attestation::read("a.yaml", &text, &items, DAY.today).expect("reads");
    let mut summary = Summary::default();
    let counts = summary.by_rule.entry("pitr-on".to_owned()).or_default();
    counts.add(said);
    let run = Run {
        rules: &["pitr-on".to_owned(), "vault-locked".to_owned()].into(),
        off: &BTreeSet::new(),
        summary: &summary,
        subjects: &subjects(2, true),
        attestations: &attestations,
        day: DAY,
    };
    lists.lists()[0].standings(&run)[0].state
}

#[test]
fn an_item_is_attested_when_every_table_is_and_no_signature_outweighs_a_rule() {
    use Verdict::{Fail, NotApplicable, Pass, Unknown};
    for (said, signed, expected) in [
        (Pass, &[("t0", "pass"), ("t1", "pass")][..], State::Pass),
        (Pass, &[("\"*\"", "pass")], State::Pass),
        (Pass, &[("t0", "pass")], State::Open),
        (Pass, &[("t0", "pass"), ("t1", "fail")], State::Fail),
        (Unknown, &[("t0", "pass"), ("t1", "fail")], State::Fail),
        (Fail, &[("\"*\"", "pass")], State::Fail),
        (Fail, &[("\"*\"", "not-applicable")], State::Fail),
        (Unknown, &[("\"*\"", "pass")], State::Unknown),
        (NotApplicable, &[("\"*\"", "pass")], State::Pass),
        (Pass, &[("\"*\"", "not-applicable")], State::Pass),
        (
            NotApplicable,
            &[("\"*\"", "not-applicable")],
            State::NotApplicable,
        ),
        (NotApplicable, &[("t0", "not-applicable")], State::Open),
        (
            NotApplicable,
            &[("t0", "not-applicable"), ("t1", "pass")],
            State::Pass,
        ),
    ] {
        assert_eq!(
            with_signatures(said, signed),
            expected,
            "{said:?} {signed:?}"
        );
    }
}
