//! Markdown, JSON Lines, CSV and OCSF: of usual accounts, of empty ones and of many tables.

mod hostile;
mod readers;

use std::collections::BTreeMap;

use dynalint::finding::Verdict;
use dynalint::gate::Terms;
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Input, Show, View};
use dynalint::report::{Report, RuleFacts, csv, json, jsonl, markdown, ocsf};
use serde_json::Value;

use super::{accepted, accounts};
use crate::binary::dynalint;
use crate::golden::assert_golden;

pub(super) fn shown<T>(
    show: Show,
    rules: &BTreeMap<String, RuleFacts>,
    command: &str,
    render: impl FnOnce(&View<'_>) -> T,
) -> T {
    render(&View {
        style: Style::default(),
        detail: Detail::Lines,
        show,
        group: None,
        rules,
        input: Input::Live,
        command,
        repair: "dynalint fix",
    })
}

pub(super) type Render = fn(&Report, &View<'_>) -> Result<String, serde_json::Error>;

pub(super) const RENDERERS: [(&str, Render); 4] = [
    ("md", markdown::render),
    ("jsonl", jsonl::render),
    ("csv", csv::render),
    ("ocsf.jsonl", ocsf::render),
];

pub(super) fn text(report: &Report, render: Render) -> String {
    let rules = accounts::rules();
    let text = shown(Show::Findings, &rules, "dynalint check", |view| {
        render(report, view)
    });
    text.expect("renders")
}

/// 10,000 tables with long names, six rules that fail on each and two that cannot tell.
pub(super) fn huge() -> Report {
    let rules = [
        "deletion-protection",
        "index-throttle-alarm",
        "topic-confirmed",
        "required-tags",
        "sort-key-encodes-order",
    ];
    let mut results = Vec::new();
    for at in 0..10_000 {
        let name = format!(
            "production.service-{:03}.table-with-a-long-name-{at:05}",
            at % 200
        );
        let said = format!(
            "{name}: what is wanted is not there, and this is said at some length for table {at}"
        );
        for rule in rules {
            results.push(accounts::result(
                accounts::table(&name),
                rule,
                Verdict::Fail,
                &said,
            ));
        }
        for rule in 0..4 {
            let mut finding =
                accounts::result(accounts::table(&name), "pitr-on", Verdict::Fail, &said);
            finding.rule = format!("own-rule-{:03}", (at * 4 + rule) % 400);
            results.push(finding);
        }
    }
    accounts::report(results, accounts::denied_only().gaps, Terms::default())
}

#[test]
fn each_format_of_the_broken_account() {
    for (name, render) in RENDERERS {
        let report = accepted::waived(accounts::broken(), accepted::WAIVERS);
        assert_golden(&format!("rows/waived.{name}"), &text(&report, render));
    }
}

#[test]
fn the_demo_as_a_comment_on_a_pull_request() {
    let output = dynalint(&["check", "--demo", "-f", "markdown"]).output();
    let page = String::from_utf8(output.expect("it runs").stdout).expect("UTF-8");
    let start = "<!-- dynalint account=111122223333 region=eu-west-1 -->\n## ✗ NOT READY: ";
    assert!(page.starts_with(start), "{page}");
    // What a reviewer sees before anything is opened fits a screen: the verdict and the worst of what is to be done.
    let before_rest = page
        .split("<details><summary>and ")
        .next()
        .expect("a beginning");
    assert!(
        before_rest.matches("<details>").count() <= 10,
        "{before_rest}"
    );
    assert!(page.contains("```mermaid\nflowchart LR\n"), "{page}");
    assert!(page.contains("? backups: not all could be read"), "{page}");
    let other = dynalint(&["check", "--demo", "-f", "markdown", "--rule", "pitr-on"]).output();
    let other = String::from_utf8(other.expect("it runs").stdout).expect("UTF-8");
    assert_eq!(
        page.lines().next(),
        other.lines().next(),
        "a bot finds its comment again"
    );
}

#[test]
fn an_account_without_anything_is_said_to_be_so() {
    let empty = accounts::empty();
    let page = text(&empty, markdown::render);
    assert!(page.contains("## – NOTHING TO CHECK: no table"), "{page}");
    assert_eq!(text(&empty, csv::render).lines().count(), 1);
    assert_eq!(text(&empty, jsonl::render).lines().count(), 1);
    assert_eq!(text(&empty, ocsf::render), "");
}

#[test]
fn a_line_is_what_the_json_report_says_of_the_finding() {
    let report = accepted::waived(accounts::broken(), accepted::WAIVERS);
    let whole: Value =
        serde_json::from_str(&json::render(&report).expect("renders")).expect("JSON");
    let lines = text(&report, jsonl::render);
    let mut lines = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let run = lines.next().expect("a first line");
    for (name, value) in whole.as_object().expect("an object") {
        assert!(name == "results" || run[name] == *value, "{name}");
    }
    for result in whole["results"].as_array().expect("a list") {
        let line = lines.next().expect("a line for each");
        for (name, value) in result.as_object().expect("an object") {
            assert_eq!(line[name], *value, "{name}");
        }
        assert_eq!(line["run"]["collected_at"], whole["run"]["collected_at"]);
    }
}

#[test]
fn ten_thousand_tables_fit_a_comment_and_what_is_missing_is_counted() {
    let report = huge();
    let page = text(&report, markdown::render);
    assert!(page.len() <= 60_000, "{}", page.len());
    assert!(page.contains("_Cut to 60,000 bytes; all of it: `dynalint check -o report.html`_"));
    let listed = page.matches("**critical** `own-rule-").count()
        + page.matches("<b>critical</b> <code>own-rule-").count()
        + page.matches("**high** ").count()
        + page.matches("<b>high</b>").count()
        + page.matches("<b>medium</b>").count()
        + page.matches("**medium** ").count()
        + page.matches("**low** ").count();
    let more = page
        .lines()
        .find_map(|line| line.strip_prefix("_and ")?.strip_suffix(" more rules_"));
    let more: usize = more.map_or(0, |more| more.parse().expect("a number"));
    assert_eq!(listed + more, 405, "{page}");
    let rows = text(&report, csv::render).lines().count();
    assert_eq!(rows, report.findings.len() + 1);
}

#[test]
fn what_was_shown_alone_is_what_the_page_lists() {
    let report = accepted::waived(accounts::broken(), accepted::WAIVERS);
    let rules = accounts::rules();
    let page = shown(Show::Waived, &rules, "dynalint check", |view| {
        markdown::within(&report, view, 60_000)
    });
    assert!(page.contains("### What waivers cover"), "{page}");
    assert!(
        page.contains("waived until 2027-03-31 by team-checkout"),
        "{page}"
    );
    assert!(!page.contains("<b>high</b>"), "{page}");
}
