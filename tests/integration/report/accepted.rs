//! Reports with waivers and with a baseline: what does not count is shown all the same.

use std::collections::{BTreeMap, BTreeSet};

use dynalint::baseline::{self, Baseline};
use dynalint::finding::looked::Looked;
use dynalint::gate::{self, Seen, Terms};
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Group, Input, Show, View, render};
use dynalint::report::{Report, RuleFacts, json};
use dynalint::waiver::{self, Environments, LAPSING_DAYS, LONGEST_DAYS};
use jiff::civil::Date;

use super::accounts;
use crate::golden::assert_golden;

pub(super) const WAIVERS: &str = r#"version: 1
waivers:
  - rule: pitr-on
    on: { table: "checkout-*" }
    reason: copied to the other account every night until the move is done
    owner: team-checkout
    expires: 2027-03-31
    ticket: CHK-1423
  - rule: required-tags
    on: { table: checkout-orders, env: prod }
    reason: tags come with the new module
    owner: team-checkout
    expires: 2026-12-01
  - rule: topic-confirmed
    on: { subject: topic pager }
    reason: the pager moves to another product
    owner: team-platform
    expires: 2026-10-01
  - rule: index-throttle-alarm
    on: { index: GSI9 }
    reason: the index is gone, this stayed
    owner: team-checkout
    expires: 2027-01-31
  - rule: backup-plan-covers
    on: { table: checkout-sessions }
    reason: sessions live for an hour
    owner: team-checkout
    expires: 2027-03-31
"#;

fn today() -> Date {
    "2026-11-22".parse().expect("a date")
}

fn looked(report: &Report) -> Looked {
    Looked::new(
        &BTreeMap::new(),
        BTreeSet::new(),
        false,
        report.scopes.clone(),
        &[],
    )
}

fn decided(mut report: Report) -> Report {
    report.checklists = accounts::checklists(&report.summary);
    report.gate = gate::decide(
        Terms::default(),
        &Seen {
            fails: &report.summary.fails,
            unknowns: &report.summary.unknowns,
            open_items: 0,
            rejected_items: 0,
            unassessed_items: 0,
            idle_waivers: 0,
            anything_checked: true,
        },
    );
    report
}

pub(super) fn waived(mut report: Report, text: &str) -> Report {
    let waivers = waiver::read("waivers.yaml", text, None, today(), LONGEST_DAYS);
    let keys = report.briefs.keys();
    let environments: Environments = keys.map(|key| (key.clone(), "prod".to_owned())).collect();
    let looked = looked(&report);
    report.waivers = waiver::apply(
        &mut report.findings,
        &mut report.summary,
        &waivers.expect("a right file"),
        &environments,
        &looked,
        (today(), LAPSING_DAYS),
    );
    decided(report)
}

/// With the baseline that an earlier report would have made.
pub(super) fn known(mut report: Report, earlier: &Report) -> Report {
    let looked = looked(&report);
    let made = "2026-11-01".parse().expect("a date");
    let baseline = Baseline::of(&earlier.findings, None, &looked, made);
    let (findings, summary) = (&mut report.findings, &mut report.summary);
    report.baseline = Some(baseline::apply(findings, summary, &baseline, &looked));
    decided(report)
}

#[track_caller]
fn screen(name: &str, report: &Report, change: impl FnOnce(&mut View<'_>)) -> String {
    let rules: BTreeMap<String, RuleFacts> = accounts::rules();
    let mut view = View {
        style: Style::default(),
        detail: Detail::Lines,
        show: Show::Findings,
        group: None,
        rules: &rules,
        input: Input::Live,
        command: "dynalint check",
        repair: "dynalint fix",
    };
    change(&mut view);
    let text = render(report, &view);
    assert_golden(&format!("terminal/{name}.txt"), &text);
    for line in text
        .lines()
        .filter(|line| !line.contains("aws dynamodb") && !line.contains("--point-in"))
    {
        assert!(line.chars().count() <= 100, "too wide: {line}");
    }
    text
}

#[test]
fn waivers_have_their_screens() {
    let report = waived(accounts::broken(), WAIVERS);
    let text = screen("waived", &report, |_| {});
    assert!(!text.contains("✗ critical"), "{text}");
    screen("waived-by-table", &report, |view| {
        view.group = Some(Group::Table)
    });
    screen("waived-all", &report, |view| view.show = Show::All);
    screen("waived-verbose", &report, |view| view.detail = Detail::Full);
    let quiet = screen("waived-quiet", &report, |view| {
        view.detail = Detail::Verdict
    });
    assert!(quiet.contains("3 waived"));
    let shown = screen("show-waived", &report, |view| view.show = Show::Waived);
    assert!(shown.contains("until 2027-03-31 by team-checkout (CHK-1423): copied to"));
}

#[test]
fn many_waivers_fold() {
    let mut text = "version: 1\nwaivers:\n".to_owned();
    for at in 0..40 {
        text += &format!(
            "  - rule: pitr-on\n    on: {{ table: \"checkout-*\", subject: \"*{}\" }}\n    reason: copied every night elsewhere\n    owner: team-{at}\n    expires: 2027-03-31\n",
            "*".repeat(at)
        );
    }
    let report = waived(accounts::broken(), &text);
    let text = screen("waived-many", &report, |_| {});
    assert!(text.contains("and 35 more active: -v"), "{text}");
}

#[test]
fn a_baseline_has_its_screens() {
    let mut earlier = accounts::broken();
    earlier.findings.retain(|finding| finding.rule != "pitr-on");
    let mut gone = earlier.findings[0].clone();
    gone.fingerprint = "gone".to_owned();
    earlier.findings.push(gone);
    let report = known(accounts::broken(), &earlier);
    let text = screen("baselined", &report, |_| {});
    assert!(text.contains("Baseline of 2026-11-01"), "{text}");
    screen("show-baselined", &report, |view| {
        view.show = Show::Baselined
    });
    let all = known(accounts::broken(), &accounts::broken());
    let text = screen("baselined-whole", &all, |_| {});
    assert!(
        text.contains("READY") && !text.contains("NOT READY"),
        "{text}"
    );
}

#[test]
fn machines_get_what_does_not_count_too() {
    let report = waived(accounts::broken(), WAIVERS);
    let text = json::render(&report).expect("renders");
    assert_golden("report-waived.json", &text);
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let results = json["results"].as_array().expect("a list");
    let waived = results.iter().filter(|it| it["decoration"] == "waived");
    assert_eq!(json["summary"]["waived"], waived.count());
    let counting = |status: &str| {
        let so = |it: &&serde_json::Value| it["status"] == status && it["decoration"].is_null();
        results.iter().filter(so).count()
    };
    assert_eq!(json["summary"]["fail"], counting("fail"));
    assert_eq!(json["summary"]["unknown"], counting("unknown"));
}
