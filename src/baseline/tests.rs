//! What a baseline promises.

use std::collections::BTreeSet;

use super::*;
use crate::finding::{Area, SubjectId};
use crate::snapshot::Scope;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn finding(verdict: Verdict, severity: Severity, name: &str) -> Finding {
    Finding {
        rule: "pitr-on".to_owned(),
        area: Area::Recovery,
        severity,
        verdict,
        subject: SubjectId {
            kind: "table".to_owned(),
            name: name.to_owned(),
            table: Some(name.to_owned()),
            arn: None,
            account: "111122223333".to_owned(),
            region: Some("eu-west-1".to_owned()),
        },
        message: String::new(),
        evidence: Vec::new(),
        unknown: Vec::new(),
        fix: None,
        settings: Vec::new(),
        params: BTreeMap::new(),
        fingerprint: format!("{name:0>32}"),
        source: (String::new(), 1),
        decoration: None,
    }
}

fn fail(name: &str) -> Finding {
    finding(Verdict::Fail, Severity::High, name)
}

fn summary(findings: &[Finding]) -> Summary {
    let mut summary = Summary::default();
    for finding in findings {
        summary.all.add(finding.verdict);
        match finding.verdict {
            Verdict::Fail => *summary.fails.entry(finding.severity).or_default() += 1,
            Verdict::Unknown => *summary.unknowns.entry(finding.severity).or_default() += 1,
            Verdict::Pass | Verdict::NotApplicable => {}
        }
    }
    summary
}

fn looked(is_narrowed: bool) -> Looked {
    let rules = BTreeMap::from([("pitr-on", "table")]);
    let scope = Scope {
        account: "111122223333".to_owned(),
        partition: "aws".to_owned(),
        regions: vec!["eu-west-1".to_owned()],
    };
    Looked::new(&rules, BTreeSet::new(), is_narrowed, vec![scope], &[])
}

fn made(findings: &[Finding]) -> Baseline {
    Baseline::of(findings, None, &looked(false), day("2026-11-01"))
}

fn applied(baseline: &Baseline, findings: &mut [Finding]) -> (Summary, Standing) {
    let mut summary = summary(findings);
    let standing = apply(findings, &mut summary, baseline, &looked(false));
    (summary, standing)
}

#[test]
fn what_was_known_does_not_count_and_what_is_new_does() {
    let baseline = made(&[fail("a"), finding(Verdict::Unknown, Severity::High, "b")]);
    let mut now = [
        fail("a"),
        finding(Verdict::Unknown, Severity::High, "b"),
        fail("c"),
    ];
    let (summary, standing) = applied(&baseline, &mut now);
    assert_eq!(
        (summary.all.fail, summary.all.unknown, summary.all.baselined),
        (1, 0, 2)
    );
    assert_eq!(summary.fails, BTreeMap::from([(Severity::High, 1)]));
    assert_eq!((standing.known, standing.stale.len()), (2, 0));
    assert_eq!(now[2].decoration, None);
}

#[test]
fn two_of_one_fingerprint_are_known_and_a_third_is_new() {
    let baseline = made(&[fail("a"), fail("a")]);
    let text = baseline.text().expect("writes");
    assert!(
        text.contains("\"count\":2") || text.contains("\"count\": 2"),
        "{text}"
    );
    let baseline = read("b.json", &text).expect("reads");
    let mut now = [fail("a"), fail("a"), fail("a")];
    let (summary, _) = applied(&baseline, &mut now);
    assert_eq!((summary.all.fail, summary.all.baselined), (1, 2));
    let mut fewer = [fail("a")];
    assert_eq!(applied(&baseline, &mut fewer).0.all.fail, 0);
}

#[test]
fn what_got_worse_counts_again_and_what_got_better_does_not() {
    let cases = [
        (
            Verdict::Fail,
            Severity::High,
            Verdict::Fail,
            Severity::Critical,
            true,
        ),
        (
            Verdict::Unknown,
            Severity::High,
            Verdict::Fail,
            Severity::High,
            true,
        ),
        (
            Verdict::Unknown,
            Severity::High,
            Verdict::Fail,
            Severity::Low,
            true,
        ),
        (
            Verdict::Fail,
            Severity::High,
            Verdict::Unknown,
            Severity::High,
            false,
        ),
        (
            Verdict::Fail,
            Severity::High,
            Verdict::Fail,
            Severity::Medium,
            false,
        ),
        (
            Verdict::Unknown,
            Severity::High,
            Verdict::Unknown,
            Severity::Critical,
            true,
        ),
    ];
    for (then, was, now, is, counts) in cases {
        let baseline = made(&[finding(then, was, "a")]);
        let mut findings = [finding(now, is, "a")];
        applied(&baseline, &mut findings);
        assert_eq!(findings[0].counts(), counts, "{then} {was} to {now} {is}");
    }
}

#[test]
fn waived_findings_do_not_get_in_and_stay_waived() {
    let mut waived = fail("a");
    waived.decoration = Some(Decoration::Waived {
        owner: "team-shop".to_owned(),
        expires: day("2027-03-31"),
        reason: "copied each night".to_owned(),
        ticket: None,
    });
    assert!(made(std::slice::from_ref(&waived)).is_empty());
    let baseline = made(&[fail("a")]);
    let mut findings = [waived.clone()];
    let (_, standing) = applied(&baseline, &mut findings);
    assert_eq!(findings[0], waived);
    assert_eq!((standing.known, standing.stale.len()), (0, 0));
}

#[test]
fn passes_do_not_get_in() {
    let others = [Verdict::Pass, Verdict::NotApplicable];
    let others = others.map(|verdict| finding(verdict, Severity::High, "a"));
    assert!(made(&others).is_empty());
}

#[test]
fn an_entry_is_stale_once_nothing_answers_to_it_and_everything_was_looked_at() {
    let baseline = made(&[fail("a"), fail("b")]);
    let mut now = [fail("a"), finding(Verdict::Pass, Severity::High, "b")];
    let (_, standing) = applied(&baseline, &mut now);
    assert_eq!(
        standing
            .stale
            .iter()
            .map(|it| &*it.subject)
            .collect::<Vec<_>>(),
        ["b"]
    );
    let mut summary = Summary::default();
    let narrowed = apply(&mut [], &mut summary, &baseline, &looked(true));
    assert_eq!(narrowed.stale, []);
}

#[test]
fn entries_of_what_was_not_looked_at_stay() {
    let mut elsewhere = fail("far");
    elsewhere.subject.region = Some("us-east-1".to_owned());
    let earlier = made(&[fail("a"), elsewhere]);
    let now = Baseline::of(
        &[fail("b")],
        Some(&earlier),
        &looked(false),
        day("2026-12-01"),
    );
    let names: Vec<&str> = now.entries.values().map(|it| &*it.subject).collect();
    assert_eq!(names, ["b", "far"]);
    assert_eq!((now.beyond(&earlier), earlier.beyond(&now)), (1, 1));
}

#[test]
fn the_file_is_sorted_has_one_entry_a_line_and_reads_back() {
    let baseline = made(&[fail("b"), fail("a")]);
    let text = baseline.text().expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        "{\"version\":1,\"made\":\"2026-11-01\",\"entries\":["
    );
    assert!(lines[1].contains("\"subject\":\"a\"") && lines[2].contains("\"subject\":\"b\""));
    assert_eq!(read("b.json", &text), Ok(baseline));
    let none = Baseline::none(day("2026-11-01"));
    assert_eq!(read("b.json", &none.text().expect("text")), Ok(none));
}

#[test]
fn a_broken_file_is_refused_with_its_place() {
    let whole = made(&[fail("a"), fail("b")]).text().expect("text");
    let line = whole
        .lines()
        .nth(1)
        .expect("an entry")
        .trim_end_matches(',');
    let twice =
        format!("{{\"version\":1,\"made\":\"2026-11-01\",\"entries\":[\n{line},\n{line}\n]}}\n");
    for (text, expected) in [
        (
            String::new(),
            "b.json:1:1: not a dynalint baseline: EOF while parsing a value",
        ),
        ("[]".to_owned(), "b.json:1:2: not a dynalint baseline: "),
        (
            "{\"version\":2}".to_owned(),
            "b.json:1:2: baseline version 2, this dynalint reads version 1",
        ),
        (whole.replace("\"high\"", "\"hi\""), "b.json:2:"),
        (whole.replace("\"fail\"", "\"pass\""), "b.json:2:17: status"),
        (whole.replace("\"rule\"", "\"rules\""), "b.json:2:"),
        (whole[..whole.len() / 2].to_owned(), "b.json:2:"),
        (twice, "b.json:3:17: fingerprint "),
    ] {
        let error = read("b.json", &text).expect_err("it is broken").to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}
