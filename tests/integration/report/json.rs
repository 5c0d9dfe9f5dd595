//! The JSON report.

use dynalint::report::json::render;
use serde_json::Value;

use super::accounts;
use crate::golden::assert_golden;

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("the report is JSON")
}

#[test]
fn the_broken_account_as_json() {
    assert_golden(
        "report.json",
        &render(&accounts::broken()).expect("renders"),
    );
    assert_golden(
        "report-denied.json",
        &render(&accounts::denied_only()).expect("renders"),
    );
}

#[test]
fn counts_and_results_agree() {
    for report in [
        accounts::broken(),
        accounts::denied_only(),
        accounts::many(),
        accounts::empty(),
    ] {
        let json = read(&render(&report).expect("renders"));
        let results = json["results"].as_array().expect("a list");
        for status in ["fail", "unknown"] {
            let listed = results
                .iter()
                .filter(|result| result["status"] == status)
                .count();
            assert_eq!(json["summary"][status], listed, "{status}");
        }
        assert_eq!(json["gate"]["exit_code"], report.gate.outcome.exit_code());
    }
}

#[test]
fn nothing_but_the_duration_depends_on_the_run() {
    let report = accounts::broken();
    let mut again = accounts::broken();
    again.findings.reverse();
    again.gaps.reverse();
    again.duration_ms = None;
    let (first, mut second) = (
        read(&render(&report).expect("renders")),
        read(&render(&again).expect("renders")),
    );
    assert_eq!(second["run"]["duration_ms"], 0);
    second["run"]["duration_ms"] = first["run"]["duration_ms"].clone();
    assert_eq!(first, second);
}
