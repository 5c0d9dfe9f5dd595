//! JUnit XML, read by a reader that is not ours.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use dynalint::finding::Verdict;
use dynalint::report::junit::{MOST_TABLES, render};
use serde_json::Value;

use super::accounts;
use super::counts::{Told, rendered};
use crate::binary::dynalint;
use crate::golden::assert_golden;
use crate::python;

/// What junitparser finds in it.
fn read(text: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/junit");
    let mut reader = Command::new(python::environment(&folder))
        .arg(folder.join("read.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut input = reader.stdin.take().expect("is piped");
    input.write_all(text.as_bytes()).expect("Python reads");
    drop(input);
    let output = reader.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "{text:.2000}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

pub(super) fn told(text: &str) -> Told {
    let read = read(text);
    let count = |word: &str| Some(read["counts"][word].as_u64().unwrap_or(0) as usize);
    Told {
        pass: count("pass"),
        fail: count("fail"),
        unknown: count("unknown"),
        waived: count("waived"),
        baselined: count("baselined"),
    }
}

#[test]
fn a_suite_is_a_table_and_a_case_is_a_rule() {
    let text = rendered(render, &accounts::broken());
    assert_golden("pipelines/broken.xml", &text);
    let table = "111122223333/eu-west-1/checkout-orders";
    assert!(text.contains(&format!(r#"<testcase name="pitr-on" classname="{table}">"#)));
    assert!(text.contains(r#"<testsuite name="111122223333" "#));
}

#[test]
fn several_subjects_of_a_rule_are_one_case_and_the_worst_decides() {
    let mut report = accounts::many();
    let mut other = report.findings[0].clone();
    other.verdict = Verdict::Pass;
    other.subject.name = "GSI2".to_owned();
    report.summary.all.count(&other);
    let on = other.subject.table.clone().expect("an index has a table");
    let rule = other.rule.clone();
    report.findings.push(other);
    // Passes are listed now, so all of them must be.
    report.summary.all.pass = 1;
    let text = rendered(render, &report);
    assert_eq!(told(&text).pass, Some(1));
    let head = format!(r#"<testcase name="{rule}" classname="111122223333/eu-west-1/{on}">"#);
    let (_, case) = text.split_once(&head).expect("the case is there");
    let (case, _) = case.split_once("</testcase>").expect("it ends");
    assert!(
        case.contains("<failure") && case.contains("\npass: "),
        "{case}"
    );
}

#[test]
fn what_is_accepted_is_skipped_with_who_answers_for_it_and_until_when() {
    let report = super::accepted::waived(accounts::broken(), super::accepted::WAIVERS);
    let text = rendered(render, &report);
    assert_golden("pipelines/waived.xml", &text);
    assert!(text.contains(
        r#"<skipped message="waived until 2027-03-31 by team-checkout (CHK-1423): copied"#
    ));
}

#[test]
fn items_that_wait_for_a_signature_are_skipped_where_the_list_was_asked_for() {
    let report = accounts::asked(accounts::broken(), &["release"]);
    let text = rendered(render, &report);
    let read = read(&text);
    let suites = read["suites"].as_array().expect("a list");
    assert!(suites.contains(&"checklist release".into()), "{suites:?}");
    assert!(text.contains("dynalint attest release/"), "{text}");
    let not_asked = rendered(render, &accounts::broken());
    assert!(!not_asked.contains("checklist "));
}

#[test]
fn passes_are_cases_and_the_terminal_report_does_not_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.xml");
    let with = format!("junit:{}", file.display());
    let screen = |args: &[&str]| {
        let output = dynalint(args).output().expect("runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.replace(&format!(" -o {with}"), "")
    };
    let plain = screen(&["check", "--demo"]);
    assert_eq!(screen(&["check", "--demo", "-o", &with]), plain);
    let text = std::fs::read_to_string(&file).expect("was written");
    assert_golden("pipelines/demo.xml", &text);
    assert!(
        text.contains(r#"<testcase name="account-capacity-alarms" classname="111122223333"/>"#)
    );
    let read = read(&text);
    assert!(read["cases"]["pass"].as_u64() > Some(200), "{read}");
}

#[test]
fn of_many_tables_passes_are_counted_and_not_listed_and_so_are_the_least_of_the_problems() {
    let report = accounts::ten_thousand();
    assert!(report.tables > MOST_TABLES);
    let text = rendered(render, report);
    assert!(text.len() < 30_000_000, "{} bytes", text.len());
    assert!(text.contains(r#"<testcase name="1 result passes""#));
    let of_table = text.split("<testsuite ").last().expect("a suite");
    assert!(of_table.contains("\"1 more result failed\""), "{of_table}");
    let told = told(&text);
    let all = report.summary.all;
    assert_eq!(
        (told.pass, told.fail, told.unknown),
        (Some(all.pass), Some(all.fail), Some(all.unknown))
    );
}

#[test]
fn an_account_without_anything_is_a_report_without_suites() {
    let text = rendered(render, &accounts::empty());
    assert_eq!(read(&text)["suites"], serde_json::json!([]));
}
