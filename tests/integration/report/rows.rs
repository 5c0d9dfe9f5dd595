//! Markdown, JSON Lines, CSV and OCSF: of usual accounts, of empty ones, of many tables, and of hostile names, read by
//! readers that know nothing of us.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dynalint::finding::{Decoration, PartKind, Repair, TablePart, Verdict};
use dynalint::gate::Terms;
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Input, Show, View};
use dynalint::report::{Report, RuleFacts, csv, json, jsonl, markdown, ocsf};
use dynalint::snapshot::fact::{Reason, Why};
use dynalint::snapshot::operation::Operation;
use dynalint::snapshot::record::Evidence;
use jsonschema::Validator;
use serde_json::Value;

use super::{accepted, accounts};
use crate::binary::dynalint;
use crate::golden::assert_golden;
use crate::python;

/// Everything that means something to Markdown, HTML, a platform, a terminal or a spreadsheet.
const HOSTILE: &str = "a|b `c` ``` \n# heading\r\n/close\n- item\n<script>alert(1)</script> <img src=x onerror=alert(1)> \
    </details></summary> --> @all me@evil.example #123 GH-7 owner/repo#1 !7 ~bug $x$ :tada: https://evil.example \
    www.evil.example ![i](https://evil.example/x.png) [l](javascript:alert(1)) &lt; deadbeefcafe \\| \\ * _x_ ~~y~~ \
    \u{202e}gnp \u{1b}[31m \u{0} \u{85} \u{2028} \u{2029} \" ' ]]> %n {{x}} ``````";
const FORMULA: &str = "=HYPERLINK(\"https://evil.example\")";

fn shown<T>(
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
    })
}

type Render = fn(&Report, &View<'_>) -> Result<String, serde_json::Error>;

const RENDERERS: [(&str, Render); 4] = [
    ("md", markdown::render),
    ("jsonl", jsonl::render),
    ("csv", csv::render),
    ("ocsf.jsonl", ocsf::render),
];

fn text(report: &Report, render: Render) -> String {
    let rules = accounts::rules();
    let text = shown(Show::Findings, &rules, "dynalint check", |view| {
        render(report, view)
    });
    text.expect("renders")
}

/// One of each kind of finding, with hostile text wherever text can stand.
fn hostile() -> Report {
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
        brief.parts = kinds
            .map(|kind| TablePart {
                kind,
                name: Some(HOSTILE.to_owned()),
            })
            .to_vec();
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

fn hostile_rules() -> BTreeMap<String, RuleFacts> {
    let facts = RuleFacts {
        title: HOSTILE.to_owned(),
        why: HOSTILE.to_owned(),
        refs: vec![
            "https://docs.aws.amazon.com/x.html".to_owned(),
            "javascript:alert(1)".to_owned(),
            "https://evil.example/<b>".to_owned(),
        ],
    };
    BTreeMap::from([
        ("pitr-on".to_owned(), facts.clone()),
        (HOSTILE.to_owned(), facts),
    ])
}

/// The formats of a hostile account, with all that can be shown.
fn of_hostile(render: Render) -> String {
    let rules = hostile_rules();
    shown(Show::All, &rules, HOSTILE, |view| render(&hostile(), view)).expect("renders")
}

/// 10,000 tables with long names, six rules that fail on each and two that cannot tell.
fn huge() -> Report {
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

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("rows")
        .join(name);
    fs::create_dir_all(&folder).expect("target is writable");
    folder
}

/// What a program of the readers prints.
fn reader(script: &str, args: &[String]) -> Value {
    let readers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers");
    let output = Command::new(python::environment(&readers))
        .arg(readers.join(script))
        .args(args)
        .output()
        .expect("it runs");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    serde_json::from_slice(&output.stdout).expect("JSON")
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

/// The pages that are read by GitHub's own parser.
fn pages() -> Vec<(&'static str, String)> {
    let demo = dynalint(&["check", "--demo", "-f", "markdown", "--show", "all"]).output();
    let demo = String::from_utf8(demo.expect("it runs").stdout).expect("UTF-8");
    vec![
        ("hostile", of_hostile(markdown::render)),
        ("demo", demo),
        ("huge", text(&huge(), markdown::render)),
        ("denied", text(&accounts::denied_only(), markdown::render)),
        ("many", text(&accounts::many(), markdown::render)),
        ("empty", text(&accounts::empty(), markdown::render)),
    ]
}

#[test]
fn no_name_acts_on_the_page_that_a_platform_shows() {
    let folder = folder("markdown");
    let mut paths = Vec::new();
    for (name, page) in pages() {
        let path = folder.join(format!("{name}.md"));
        fs::write(&path, page).expect("target is writable");
        paths.push(path.display().to_string());
    }
    let read = reader("markdown.py", &paths);
    let known: BTreeSet<&str> =
        "a b code details em h2 h3 li p pre strong summary table tbody td th thead tr ul"
            .split(' ')
            .collect();
    for (page, path) in read.as_array().expect("a list").iter().zip(&paths) {
        let list = |name: &str| page[name].as_array().expect("a list").clone();
        for tag in list("tags") {
            assert!(
                known.contains(tag.as_str().expect("a tag")),
                "{path}: {tag}"
            );
        }
        let attributes = ["align", "href", "lang", "style"];
        for attribute in list("attributes") {
            assert!(
                attributes.contains(&attribute.as_str().expect("a name")),
                "{path}: {attribute}"
            );
        }
        for link in list("links") {
            let link = link.as_str().expect("a link");
            let ours = [
                "https://docs.aws.amazon.com/",
                "https://repost.aws/",
                "https://aws.amazon.com/",
            ];
            assert!(
                ours.iter().any(|page| link.starts_with(page)),
                "{path}: {link}"
            );
        }
        assert_eq!(list("unbalanced"), [""; 0], "{path}");
        assert_eq!(list("comments").len(), 1, "{path}: {:?}", page["comments"]);
        for table in list("tables") {
            let widths: BTreeSet<u64> = table
                .as_array()
                .expect("rows")
                .iter()
                .filter_map(Value::as_u64)
                .collect();
            assert_eq!(widths.len(), 1, "{path}: {table}");
        }
        let text = page["text"].as_str().expect("text");
        for acts in [
            "@", "#", "://", "www.", "GH-", "[", "]", "\\", "$", "~", "\u{202e}", "\u{1b}", "*",
            "`", "<", "|",
        ] {
            let at = text.find(acts).map(|at| {
                text[at.saturating_sub(60)..]
                    .chars()
                    .take(120)
                    .collect::<String>()
            });
            assert_eq!(at, None, "{path}: {acts}");
        }
    }
}

#[test]
fn a_reader_of_the_framework_accepts_each_event() {
    let args = ["1.6.0", "cloud"].map(str::to_owned);
    let schema = reader("ocsf_schema.py", &args);
    let validator: Validator = jsonschema::validator_for(&schema).expect("a schema");
    let demo = dynalint(&["check", "--demo", "-f", "ocsf", "--show", "all"]).output();
    let demo = String::from_utf8(demo.expect("it runs").stdout).expect("UTF-8");
    let waived = accepted::waived(accounts::broken(), accepted::WAIVERS);
    let texts = [demo, of_hostile(ocsf::render), text(&waived, ocsf::render)];
    assert!(texts[0].lines().count() > 500);
    for line in texts.iter().flat_map(|text| text.lines()) {
        let event: Value = serde_json::from_str(line).expect("JSON");
        let errors = validator.iter_errors(&event);
        let errors: Vec<String> = errors
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        assert_eq!(errors, [""; 0], "{line}");
        assert_eq!(
            event["type_uid"],
            200_300 + event["activity_id"].as_u64().expect("a number")
        );
    }
    let mut wrong: Value =
        serde_json::from_str(texts[0].lines().next().expect("an event")).expect("JSON");
    wrong["compliance"]["verdict"] = "fail".into();
    assert!(
        !validator.is_valid(&wrong),
        "the schema refuses what it does not know"
    );
}

#[test]
fn every_line_has_its_schema() {
    let schema = dynalint(&["schema", "report-line"])
        .output()
        .expect("it runs");
    let schema: Value = serde_json::from_slice(&schema.stdout).expect("JSON");
    let validator: Validator = jsonschema::validator_for(&schema).expect("a schema");
    let waived = accepted::waived(accounts::broken(), accepted::WAIVERS);
    for text in [of_hostile(jsonl::render), text(&waived, jsonl::render)] {
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let errors = validator.iter_errors(&line);
            let errors: Vec<String> = errors
                .map(|it| format!("{}: {it}", it.instance_path()))
                .collect();
            assert_eq!(errors, [""; 0], "{line}");
        }
    }
}
