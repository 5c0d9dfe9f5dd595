//! Code Quality of GitLab. No package ships its schema, so the one here is made of its documentation: all that it names
//! as needed, and nothing that it does not name.

use std::collections::BTreeSet;

use dynalint::report::gitlab::{LeftOut, left_out, render};
use serde_json::{Value, json};

use super::accounts;
use super::counts::{Told, rendered, reports};
use crate::golden::assert_golden;

fn schema() -> Value {
    json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "additionalProperties": false,
            "properties": {
                "description": { "type": "string", "minLength": 1 },
                "check_name": { "type": "string", "minLength": 1 },
                "fingerprint": { "type": "string", "minLength": 1 },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "additionalProperties": false,
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^/.][^\\\\]*$" },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "additionalProperties": false,
                            "properties": { "begin": { "type": "integer", "minimum": 1 } }
                        }
                    }
                }
            }
        }
    })
}

fn read(text: &str) -> Vec<Value> {
    let value: Value = serde_json::from_str(text).expect("JSON");
    let validator = jsonschema::validator_for(&schema()).expect("a schema");
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|it| it.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let entries = value.as_array().expect("a list").clone();
    let fingerprints: BTreeSet<String> = entries
        .iter()
        .map(|it| it["fingerprint"].to_string())
        .collect();
    assert_eq!(
        fingerprints.len(),
        entries.len(),
        "a fingerprint occurs twice"
    );
    entries
}

pub(super) fn told(text: &str) -> Told {
    let entries = read(text);
    let is_unknown = |it: &&Value| {
        it["description"]
            .as_str()
            .is_some_and(|it| it.contains("cannot tell: "))
    };
    let unknown = entries.iter().filter(is_unknown).count();
    Told {
        fail: Some(entries.len() - unknown),
        unknown: Some(unknown),
        ..Told::default()
    }
}

#[test]
fn the_broken_account_as_code_quality() {
    assert_golden(
        "pipelines/broken.codequality.json",
        &rendered(render, &accounts::broken()),
    );
}

#[test]
fn what_is_accepted_is_left_out_and_counted() {
    for (name, report) in reports() {
        let all = report.summary.all;
        let left_out = left_out(&report);
        let accepted = all.waived + all.baselined;
        assert_eq!(
            left_out,
            LeftOut {
                accepted,
                beyond: 0
            },
            "{name}"
        );
    }
}

#[test]
fn of_too_many_the_worst_are_written() {
    let report = accounts::ten_thousand();
    let text = rendered(render, report);
    let entries = read(&text);
    assert_eq!(entries.len(), 25_000);
    assert_eq!(left_out(report).beyond, 70_000 - 25_000);
    assert!(
        entries[..10_000]
            .iter()
            .all(|it| it["severity"] == "blocker")
    );
    assert!(text.len() < 20_000_000, "{} bytes", text.len());
}
