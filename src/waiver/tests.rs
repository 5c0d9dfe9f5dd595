//! What waivers promise.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::assess::ROOTS;
use crate::finding::looked::Looked;
use crate::finding::{Area, Counts, Decoration, Finding, Severity, SubjectId, Summary, Verdict};
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::Scope;

const ACCOUNT: &str = "111122223333";

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn today() -> Date {
    day("2026-11-22")
}

fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let (catalog, errors) = Catalog::load(Source::builtin(), &ROOTS);
        assert!(errors.is_empty());
        catalog
    })
}

fn one(rule: &str, on: &str, expires: &str) -> String {
    format!(
        "version: 1\nwaivers:\n  - rule: {rule}\n    on: {{ {on} }}\n    reason: copied to the other account each night\n    owner: team-shop\n    expires: {expires}\n"
    )
}

fn waivers(text: &str) -> Vec<Waiver> {
    read("w.yaml", text, Some(catalog()), today(), 500).expect("a right file")
}

fn waiver(on: &str) -> Vec<Waiver> {
    waivers(&one("pitr-on", on, "2027-03-31"))
}

fn finding(rule: &str, verdict: Verdict, kind: &str, table: Option<&str>, name: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        area: Area::Recovery,
        severity: Severity::High,
        verdict,
        subject: SubjectId {
            kind: kind.to_owned(),
            name: name.to_owned(),
            table: table.map(str::to_owned),
            arn: None,
            account: ACCOUNT.to_owned(),
            region: Some("eu-west-1".to_owned()),
        },
        message: String::new(),
        evidence: Vec::new(),
        unknown: Vec::new(),
        fix: None,
        settings: Vec::new(),
        params: BTreeMap::new(),
        fingerprint: format!("{rule} {name}"),
        source: (String::new(), 1),
        decoration: None,
    }
}

fn of_table(verdict: Verdict, name: &str) -> Finding {
    finding("pitr-on", verdict, "table", Some(name), name)
}

fn count(findings: &[Finding]) -> Summary {
    let mut summary = Summary::default();
    for finding in findings {
        let verdict = finding.verdict;
        summary.all.add(verdict);
        summary
            .by_area
            .entry(finding.area)
            .or_default()
            .add(verdict);
        let rule = finding.rule.clone();
        summary.by_rule.entry(rule).or_default().add(verdict);
        if let Some(table) = &finding.subject.table {
            let key = (ACCOUNT.to_owned(), "eu-west-1".to_owned(), table.clone());
            summary.by_table.entry(key).or_default().add(verdict);
        }
        let by_severity = match verdict {
            Verdict::Fail => &mut summary.fails,
            Verdict::Unknown => &mut summary.unknowns,
            Verdict::Pass | Verdict::NotApplicable => continue,
        };
        *by_severity.entry(finding.severity).or_default() += 1;
    }
    summary
}

fn scopes() -> Vec<Scope> {
    vec![Scope {
        account: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        regions: vec!["eu-west-1".to_owned()],
    }]
}

fn looked(findings: &[Finding]) -> Looked {
    let rules = BTreeMap::from([("pitr-on", "table"), ("vault-locked", "vault")]);
    Looked::new(&rules, BTreeSet::new(), false, scopes(), findings)
}

struct Applied {
    findings: Vec<Finding>,
    summary: Summary,
    standings: Vec<Standing>,
}

fn applied_on(today: Date, waivers: &[Waiver], mut findings: Vec<Finding>) -> Applied {
    let mut summary = count(&findings);
    let looked = looked(&findings);
    let environments = Environments::from([(
        (
            ACCOUNT.to_owned(),
            "eu-west-1".to_owned(),
            "orders".to_owned(),
        ),
        "prod".to_owned(),
    )]);
    let standings = apply(
        &mut findings,
        &mut summary,
        waivers,
        &environments,
        &looked,
        (today, LAPSING_DAYS),
    );
    Applied {
        findings,
        summary,
        standings,
    }
}

fn applied(waivers: &[Waiver], findings: Vec<Finding>) -> Applied {
    applied_on(today(), waivers, findings)
}

fn covers(on: &str, finding: Finding) -> bool {
    let applied = applied(&waiver(on), vec![finding]);
    applied.findings[0].decoration.is_some()
}

#[test]
fn a_pattern_matches_whole_names_only() {
    let orders = || of_table(Verdict::Fail, "orders");
    for (on, expected) in [
        ("table: orders", true),
        ("table: order", false),
        ("table: \"ord*\"", true),
        ("table: \"*\"", true),
        ("table: \"order?\"", true),
        ("table: \"*-orders\"", false),
        ("table: ORDERS", false),
        ("table: orders, region: us-east-1", false),
        ("table: orders, region: \"eu-*\"", true),
        ("account: 111122223333", true),
        ("account: 011122223333", false),
        ("subject: orders", true),
        ("subject: \"table orders\"", true),
        ("index: orders", false),
        ("env: prod", true),
        ("env: \"dev*\"", false),
    ] {
        assert_eq!(covers(on, orders()), expected, "{on}");
    }
}

#[test]
fn an_index_is_found_by_its_own_name_and_by_its_tables() {
    let index = || finding("pitr-on", Verdict::Fail, "index", Some("orders"), "GSI1");
    for on in [
        "index: GSI1",
        "table: orders",
        "subject: orders/GSI1",
        "subject: GSI1",
    ] {
        assert!(covers(on, index()), "{on}");
    }
    assert!(!covers("index: orders", index()));
}

#[test]
fn what_belongs_to_no_table_is_covered_by_no_table() {
    let mut vault = finding("pitr-on", Verdict::Fail, "vault", None, "daily");
    assert!(!covers("table: \"*\"", vault.clone()));
    assert!(!covers("env: \"*\"", vault.clone()));
    assert!(covers("subject: daily", vault.clone()));
    assert!(covers("subject: vault daily", vault.clone()));
    vault.subject.region = None;
    assert!(!covers("region: \"*\"", vault));
}

#[test]
fn a_table_whose_environment_is_not_known_is_not_covered_by_one() {
    let applied = applied(&waiver("env: prod"), vec![of_table(Verdict::Fail, "users")]);
    assert_eq!(applied.findings[0].decoration, None);
    // Nobody can say that the waiver covers nothing.
    assert_eq!(applied.standings[0].state, State::Active);
}

#[test]
fn failures_and_unknowns_are_waived_and_passes_are_not() {
    for (verdict, expected) in [
        (Verdict::Fail, true),
        (Verdict::Unknown, true),
        (Verdict::Pass, false),
        (Verdict::NotApplicable, false),
    ] {
        assert_eq!(
            covers("table: orders", of_table(verdict, "orders")),
            expected
        );
    }
    let passes = applied(
        &waiver("table: orders"),
        vec![of_table(Verdict::Pass, "orders")],
    );
    assert_eq!(passes.standings[0].state, State::Unmatched);
}

#[test]
fn another_rule_is_not_covered() {
    let other = finding(
        "deletion-protection",
        Verdict::Fail,
        "table",
        Some("orders"),
        "orders",
    );
    assert!(!covers("table: orders", other));
}

#[test]
fn a_waiver_holds_on_its_last_day_and_lapses_the_day_after() {
    let waivers = waivers(&one("pitr-on", "table: orders", "2026-12-01"));
    let fail = || vec![of_table(Verdict::Fail, "orders")];
    for (today, state, days_left) in [
        ("2026-11-16", State::Active, 15),
        ("2026-11-17", State::Lapsing, 14),
        ("2026-12-01", State::Lapsing, 0),
        ("2026-12-02", State::Expired, -1),
        ("2027-12-02", State::Expired, -366),
    ] {
        let applied = applied_on(day(today), &waivers, fail());
        let standing = &applied.standings[0];
        assert_eq!(
            (standing.state, standing.days_left),
            (state, days_left),
            "{today}"
        );
        assert_eq!(standing.covers, 1);
        let waived = usize::from(state != State::Expired);
        assert_eq!(applied.summary.all.waived, waived, "{today}");
        assert_eq!(applied.summary.all.fail, 1 - waived, "{today}");
    }
}

#[test]
fn the_verdict_stays_and_the_gate_sees_nothing() {
    let findings = vec![
        of_table(Verdict::Fail, "orders"),
        of_table(Verdict::Unknown, "users"),
    ];
    let applied = applied(&waiver("table: \"*\""), findings);
    assert_eq!(applied.findings[0].verdict, Verdict::Fail);
    let Some(Decoration::Waived { owner, expires, .. }) = &applied.findings[0].decoration else {
        panic!("it is waived");
    };
    assert_eq!((&**owner, *expires), ("team-shop", day("2027-03-31")));
    assert!(applied.summary.fails.is_empty() && applied.summary.unknowns.is_empty());
    let waived = Counts {
        waived: 2,
        ..Counts::default()
    };
    assert_eq!(applied.summary.all, waived);
    assert_eq!(applied.summary.by_rule["pitr-on"], waived);
    assert_eq!(applied.summary.by_area[&Area::Recovery], waived);
    assert!(
        applied
            .summary
            .by_table
            .values()
            .all(|it| it.waived == 1 && it.total() == 1)
    );
}

#[test]
fn of_two_waivers_the_one_that_holds_longer_says_until_when() {
    let first = one("pitr-on", "table: orders", "2026-12-01");
    let second = one("pitr-on", "table: \"*\"", "2027-03-31").replace("version: 1\nwaivers:\n", "");
    let waivers = waivers(&(first + &second));
    let fail = vec![of_table(Verdict::Fail, "orders")];
    let applied = applied_on(day("2026-12-02"), &waivers, fail);
    assert_eq!(applied.standings[0].state, State::Expired);
    assert_eq!(applied.standings[1].state, State::Active);
    assert_eq!(
        [applied.standings[0].covers, applied.standings[1].covers],
        [0, 1]
    );
    assert_eq!(applied.summary.all.waived, 1);
}

fn state(on: &str, looked: &Looked) -> State {
    let mut summary = Summary::default();
    let day = (today(), LAPSING_DAYS);
    let standings = apply(
        &mut [],
        &mut summary,
        &waiver(on),
        &Environments::new(),
        looked,
        day,
    );
    standings[0].state
}

#[test]
fn a_waiver_covers_nothing_only_where_everything_was_looked_at() {
    let rules = BTreeMap::from([("pitr-on", "table")]);
    let none = BTreeSet::new();
    let whole = Looked::new(&rules, none.clone(), false, scopes(), &[]);
    assert_eq!(state("table: orders", &whole), State::Unmatched);
    assert_eq!(state("account: 111122223333", &whole), State::Unmatched);
    // Another account, another region.
    assert_eq!(state("account: 222233334444", &whole), State::Active);
    assert_eq!(state("region: us-east-1", &whole), State::Active);
    // Tables were left out, or the rule was.
    let narrowed = Looked::new(&rules, none.clone(), true, scopes(), &[]);
    assert_eq!(state("table: orders", &narrowed), State::Active);
    let without = BTreeSet::from(["pitr-on".to_owned()]);
    let without = Looked::new(&BTreeMap::new(), without, false, scopes(), &[]);
    assert_eq!(state("table: orders", &without), State::Active);
    // The tables could not all be listed.
    let unlisted = finding(
        "pitr-on",
        Verdict::Unknown,
        "account",
        None,
        "111122223333 eu-west-1",
    );
    let unlisted = Looked::new(&rules, none, false, scopes(), &[unlisted]);
    assert_eq!(state("table: orders", &unlisted), State::Active);
}

fn mistakes(text: &str) -> Vec<String> {
    let errors = read("w.yaml", text, Some(catalog()), today(), LONGEST_DAYS);
    let errors = errors.expect_err("it is wrong");
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "version: 2\nwaivers:\n  - rule: pitr-onn\n    on: {}\n    reason: too short\n    owner: \"\"\n    expires: 2026-11-31\n  - rule: pitr-on\n    on: { index: \"a[\" }\n    expires: 2028-01-01\n";
    assert_eq!(
        mistakes(text),
        [
            "w.yaml:1:10: version 2 is not known, this dynalint reads version 1",
            "w.yaml:3:11: no rule is named \"pitr-onn\", did you mean \"pitr-on\"?",
            "w.yaml:4:9: it covers nothing, give at least one of table, index, account, region, env, subject",
            "w.yaml:5:13: a reason of 9 characters, at least 15 are needed, say why it is accepted",
            "w.yaml:6:12: \"owner\" is empty",
            "w.yaml:7:14: \"2026-11-31\" is no date, as in 2027-03-31",
            "w.yaml:8:5: missing fields \"reason\", \"owner\"",
            "w.yaml:9:18: bad pattern \"a[\": unclosed character class; missing ']'",
            "w.yaml:10:14: a waiver may hold for 180 days at most, 2027-05-21 or earlier, counted from today",
        ]
    );
}

#[test]
fn what_is_no_waiver_at_all_is_said_first() {
    let text = "version: 1\nwaivers:\n  - rule: pitr-on\n    tiket: A-1\n  - pitr-on\n  - rule: pitr-on\n    on: { tabel: orders, table: [orders] }\n";
    assert_eq!(
        mistakes(text),
        [
            "w.yaml:4:5: unknown field \"tiket\", did you mean \"ticket\"?",
            "w.yaml:5:5: expected a map of fields, found \"pitr-on\"",
            "w.yaml:7:11: unknown field \"tabel\", did you mean \"table\"?",
            "w.yaml:7:33: expected text, found a list",
        ]
    );
}

#[test]
fn two_waivers_of_the_same_are_a_mistake() {
    let first = one("pitr-on", "table: a, env: b", "2027-03-31");
    let second =
        one("pitr-on", "env: \"b\", table: a", "2027-04-01").replace("version: 1\nwaivers:\n", "");
    let other = one("pitr-on", "table: a", "2027-04-01").replace("version: 1\nwaivers:\n", "");
    assert_eq!(
        mistakes(&(first + &other + &second)),
        [
            "w.yaml:13:5: the waiver of line 3 covers the same, one rule and one \"on\" have one waiver: keep the one that holds"
        ]
    );
}

#[test]
fn a_rule_that_is_not_waivable_is_refused() {
    let own = include_str!("../../rules/recovery/pitr-on.yaml");
    let own = own.replacen("id: pitr-on", "id: our-pitr\nwaivable: false", 1);
    let source = Source {
        file: "our-pitr.yaml".to_owned(),
        text: own,
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], &ROOTS);
    assert!(errors.is_empty(), "{errors:?}");
    let text = one("our-pitr", "table: a", "2027-03-31");
    let errors = read("w.yaml", &text, Some(&catalog), today(), LONGEST_DAYS);
    let errors = errors.expect_err("not waivable");
    assert_eq!(
        errors[0].to_string(),
        "w.yaml:3:11: rule our-pitr cannot be waived, repair what it finds: nobody can answer for it instead"
    );
}

#[test]
fn a_name_is_nobodys_mistake_where_the_rules_could_not_be_read() {
    let text = one("our-own", "table: a", "2027-03-31");
    assert!(read("w.yaml", &text, None, today(), LONGEST_DAYS).is_ok());
}

#[test]
fn a_file_without_waivers_is_right() {
    for text in [
        "",
        "# none yet\n",
        "version: 1\n",
        "version: 1\nwaivers:\n",
        "version: 1\nwaivers: []\n",
    ] {
        assert!(waivers(text).is_empty(), "{text}");
    }
}

#[test]
fn texts_keep_their_letters() {
    let text = one(
        "pitr-on",
        "table: 1.50, account: 001234567890, env: no, subject: 1_000, region: 012",
        "2027-03-31",
    );
    let on: Vec<(&str, String)> = waivers(&text)[0]
        .on
        .given()
        .map(|(key, text)| (key, text.to_owned()))
        .collect();
    let texts: Vec<&str> = on.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["1.50", "001234567890", "012", "no", "1_000"]);
}

#[test]
fn a_date_has_one_spelling() {
    let date = |text: &str| last_day(text, today(), LONGEST_DAYS).map_err(|(message, _)| message);
    assert_eq!(date("2027-05-21"), Ok(day("2027-05-21")));
    // What is over already is no mistake of the file: it says what was.
    assert_eq!(date("2020-01-01"), Ok(day("2020-01-01")));
    for wrong in [
        "20270331",
        "2027-03-31T00:00",
        "31.03.2027",
        "2027-3-1",
        "2027-02-29",
        "soon",
    ] {
        assert_eq!(date(wrong), Err(format!("\"{wrong}\" is no date")));
    }
    assert!(date("2027-05-22").is_err());
}

proptest! {
    #[test]
    fn waivers_move_counts_and_change_no_total(
        verdicts in prop::collection::vec((0..4_usize, 0..5_usize, 0..3_usize), 0..40),
        table in prop::sample::select(vec!["a", "b", "*", "?", "x"]),
        unknown_table in any::<bool>(),
    ) {
        let mut findings: Vec<Finding> = verdicts.iter().map(|(verdict, severity, name)| {
            let name = ["a", "b", "ab"][*name];
            let mut finding = of_table(Verdict::ALL[*verdict], name);
            finding.severity = Severity::ALL[*severity];
            finding
        }).collect();
        if unknown_table {
            findings.push(finding("pitr-on", Verdict::Unknown, "account", None, "all"));
        }
        let before = count(&findings);
        let applied = applied(&waiver(&format!("table: \"{table}\"")), findings);
        let after = &applied.summary;
        prop_assert_eq!(before.all.total(), after.all.total());
        prop_assert_eq!(before.all.pass, after.all.pass);
        prop_assert_eq!(before.all.fail + before.all.unknown, after.all.fail + after.all.unknown + after.all.waived);
        let waived = applied.findings.iter().filter(|it| it.decoration.is_some()).count();
        prop_assert_eq!(waived, after.all.waived);
        prop_assert_eq!(after.fails.values().sum::<usize>(), after.all.fail);
        prop_assert_eq!(after.unknowns.values().sum::<usize>(), after.all.unknown);
        let sum = |field: fn(&Counts) -> usize| after.by_table.values().map(field).sum::<usize>();
        prop_assert_eq!(sum(|it| it.waived), after.all.waived);
        for (key, counts) in &after.by_table {
            prop_assert_eq!(counts.total(), before.by_table[key].total());
        }
        let counted: Vec<Finding> = applied.findings.iter().filter(|it| it.decoration.is_none()).cloned().collect();
        prop_assert_eq!(&count(&counted).fails, &after.fails);
    }
}

#[test]
fn an_environment_is_meant_however_it_is_spelt() {
    let pattern = |text: &str| Pattern::new(text).expect("a pattern").of_environment();
    for text in ["prod", "Production", "LIVE", "Pro*"] {
        assert!(pattern(text).matches("prod"), "{text}");
    }
    assert!(!pattern("Development").matches("prod"));
    assert_eq!(pattern("Production").text, "Production");
}
