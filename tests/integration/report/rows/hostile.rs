//! An account in which every text that can be foreign is hostile: lines stay lines, rows stay rows, and limits hold.

use std::collections::BTreeMap;

use dynalint::finding::{Decoration, PartKind, Repair, TablePart, Verdict};
use dynalint::gate::Terms;
use dynalint::report::terminal::Show;
use dynalint::report::{Report, RuleFacts, csv, jsonl, markdown, ocsf};
use dynalint::snapshot::fact::{Reason, Why};
use dynalint::snapshot::operation::Operation;
use dynalint::snapshot::record::Evidence;
use serde_json::Value;

use super::{Render, accounts, shown};

/// Everything that means something to Markdown, HTML, a platform, a terminal or a spreadsheet.
pub(super) const HOSTILE: &str = "a|b `c` ``` \n# heading\r\n/close\n- item\n<script>alert(1)</script> <img src=x onerror=alert(1)> \
    </details></summary> --> @all me@evil.example #123 GH-7 owner/repo#1 !7 ~bug $x$ :tada: https://evil.example \
    www.evil.example ![i](https://evil.example/x.png) [l](javascript:alert(1)) &lt; deadbeefcafe \\| \\ * _x_ ~~y~~ \
    \u{202e}gnp \u{1b}[31m \u{0} \u{85} \u{2028} \u{2029} \" ' ]]> %n {{x}} ``````";
const FORMULA: &str = "=HYPERLINK(\"https://evil.example\")";

/// One of each kind of finding, with hostile text wherever text can stand.
pub(super) fn hostile() -> Report {
    let long = format!("{HOSTILE} {}", "long ".repeat(2_000));
    let mut results = Vec::new();
    for (at, name) in [HOSTILE, FORMULA, &long, &"`".repeat(60), "-1+1|cmd"]
        .into_iter()
        .enumerate()
    {
        for verdict in [Verdict::Fail, Verdict::Unknown] {
            let mut finding = accounts::result(accounts::table(name), "pitr-on", verdict, name);
            finding.rule = ["pitr-on", HOSTILE][at % 2].to_owned();
            finding.fingerprint = format!("{at}{verdict}");
            finding.evidence = vec![Evidence {
                path: name.to_owned(),
                observed: name.to_owned(),
                expected: name.to_owned(),
                from: Some(Operation::DescribeTable),
            }];
            let mut why = Why::from_call(Reason::Denied, Operation::DescribeTable);
            why.detail = Some(name.to_owned());
            finding.unknown = vec![why];
            finding.fix = Some(Repair {
                command: Some(name.to_owned()),
                words: Some(name.to_owned()),
                forms: None,
            });
            finding.decoration = (at == 1).then(|| Decoration::Waived {
                owner: HOSTILE.to_owned(),
                expires: "2027-01-01".parse().expect("a day"),
                reason: FORMULA.to_owned(),
                ticket: Some(HOSTILE.to_owned()),
            });
            results.push(finding);
        }
    }
    let mut report = accounts::report(results, accounts::denied_only().gaps, Terms::default());
    for gap in &mut report.gaps {
        gap.action = HOSTILE.to_owned();
        gap.detail = Some(HOSTILE.to_owned());
        gap.resources = vec![HOSTILE.to_owned()];
        gap.rules.push(HOSTILE.to_owned());
    }
    for brief in report.briefs.values_mut() {
        let kinds = [
            PartKind::Index,
            PartKind::Stream,
            PartKind::Consumer,
            PartKind::Backup,
        ];
        let part = |kind| TablePart {
            kind,
            name: Some(HOSTILE.to_owned()),
        };
        brief.parts = Some(kinds.map(part).to_vec());
    }
    for list in &mut report.checklists {
        list.in_gate = true;
        list.list.title = HOSTILE.to_owned();
        for item in &mut list.list.items {
            item.text = HOSTILE.to_owned();
        }
    }
    report.scopes[0].account = HOSTILE.to_owned();
    report.config_effects.target = Some(HOSTILE.to_owned());
    report.config_effects.notices = vec![HOSTILE.to_owned()];
    report
}

pub(super) fn hostile_rules() -> BTreeMap<String, RuleFacts> {
    let facts = RuleFacts {
        title: HOSTILE.to_owned(),
        why: HOSTILE.to_owned(),
        refs: vec![
            "https://docs.aws.amazon.com/x.html".to_owned(),
            "javascript:alert(1)".to_owned(),
            "https://evil.example/<b>".to_owned(),
        ],
        area: None,
        severity: None,
    };
    BTreeMap::from([
        ("pitr-on".to_owned(), facts.clone()),
        (HOSTILE.to_owned(), facts),
    ])
}

/// The formats of a hostile account, with all that can be shown.
pub(super) fn of_hostile(render: Render) -> String {
    let rules = hostile_rules();
    shown(Show::All, &rules, HOSTILE, |view| render(&hostile(), view)).expect("renders")
}

#[test]
fn lines_stay_lines_and_rows_stay_rows_whatever_names_hold() {
    let report = hostile();
    let all = report.findings.len();
    for (name, render) in [("jsonl", jsonl::render as Render), ("ocsf", ocsf::render)] {
        let text = of_hostile(render);
        let ends = |c| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let lines: Vec<&str> = text.trim_end().split(ends).collect();
        let head = usize::from(name == "jsonl");
        assert_eq!(lines.len(), all + head, "{name}");
        for line in lines {
            serde_json::from_str::<Value>(line).expect("a line is JSON");
        }
    }
    let text = of_hostile(csv::render);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let rows = reader
        .records()
        .map(|row| row.expect("a row like the head"));
    let rows: Vec<::csv::StringRecord> = rows.collect();
    assert_eq!(rows.len(), all);
    for cell in rows.iter().flatten() {
        let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        assert!(!formula, "{cell:?}");
        assert!(!cell.contains(['\0', '\u{1b}']), "{cell:?}");
    }
}

#[test]
fn a_caller_may_ask_for_less_and_gets_no_more() {
    let (report, rules) = (hostile(), hostile_rules());
    for most in [6_000, 10_000, 20_000, 60_000, 900_000] {
        let page = shown(Show::All, &rules, "dynalint check", |view| {
            markdown::within(&report, view, most)
        });
        assert!(page.len() <= most, "{} of {most}", page.len());
        assert!(page.contains("✗ NOT READY"));
    }
}
