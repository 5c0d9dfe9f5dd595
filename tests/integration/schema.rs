//! The schemas in `schema/`: they are what the program prints, they accept what it accepts, and an editor that uses them
//! marks what it refuses.

use std::fs;
use std::path::Path;

use dynalint::rule::catalog::Source;
use dynalint::yaml::{self, Tree};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::binary::dynalint;

const NAMES: [&str; 11] = [
    "attestations",
    "checklist",
    "config",
    "drift",
    "history",
    "repairs",
    "report",
    "report-line",
    "rule",
    "snapshot",
    "waivers",
];

/// What the program prints.
fn printed(arguments: &[&str]) -> String {
    let output = dynalint(arguments).output().expect("runs");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn validator(name: &str) -> Validator {
    let schema: Value = serde_json::from_str(&printed(&["schema", name])).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

#[track_caller]
fn assert_valid(validator: &Validator, document: &Value, name: &str) {
    let errors = validator.iter_errors(document);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    let few: Vec<&String> = errors.iter().take(5).collect();
    assert!(errors.is_empty(), "{name}: {few:#?}");
}

fn document(file: &str, text: &str) -> Value {
    let read = yaml::read::<Tree>(file, text);
    read.expect("reads").value.into_json()
}

#[test]
fn the_schemas_in_the_repository_are_those_of_the_program() {
    for name in NAMES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.json"));
        let schema = printed(&["schema", name]);
        if std::env::var_os("UPDATE").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("can be made");
            fs::write(&path, &schema).expect("can be written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == schema,
            "schema/{name}.json: UPDATE=1 cargo test writes it anew"
        );
    }
}

#[test]
fn every_rule_and_checklist_is_valid() {
    let rules = validator("rule");
    for source in Source::builtin() {
        assert_valid(&rules, &document(&source.file, &source.text), &source.file);
    }
    let lists = validator("checklist");
    for (file, text) in dynalint::checklist::BUILTIN {
        assert_valid(&lists, &document(file, text), file);
    }
}

#[test]
fn a_mistake_in_a_rule_is_marked() {
    let rules = validator("rule");
    let source = Source::builtin().next().expect("there are rules");
    let right = document(&source.file, &source.text);
    let wrong = |key: &str, value: Value| {
        let mut document = right.clone();
        document[key] = value;
        document
    };
    let mistakes = [
        wrong("serverity", json!("high")),
        wrong("severity", json!("hihg")),
        wrong("area", json!("backup")),
        wrong("fix", json!({ "bash": "true" })),
        wrong(
            "tests",
            json!([{ "name": "x", "expect": "pass", "given": { "tabel": {} } }]),
        ),
        wrong(
            "tests",
            json!([{ "name": "x", "expect": "pass", "given": { "table": { "pitr_status": 7 } } }]),
        ),
        wrong(
            "tests",
            json!([{ "name": "x", "expect": "maybe", "given": {} }]),
        ),
    ];
    for mistake in mistakes {
        assert!(!rules.is_valid(&mistake), "{mistake}");
    }
}

#[test]
fn the_files_of_a_project_are_valid_and_their_mistakes_marked() {
    let files = [
        (
            "config",
            "version: 1\ntargets: { prod: { regions: [eu-west-1] } }\nrules: { pitr-on: { level: low } }\n",
        ),
        (
            "waivers",
            "version: 1\nwaivers:\n  - { rule: pitr-on, on: { table: x }, reason: copied each night, owner: o, expires: 2027-01-01 }\n",
        ),
        (
            "attestations",
            "version: 1\nattestations:\n  - { item: release/load-test, on: { service: x }, outcome: pass, by: m, date: 2026-01-01, expires: 2026-02-01, text: \"sha256:0\" }\n",
        ),
    ];
    for (name, text) in files {
        let (schema, right) = (validator(name), document("x.yaml", text));
        assert_valid(&schema, &right, name);
        let mut wrong = right.clone();
        wrong["waviers"] = json!([]);
        assert!(!schema.is_valid(&wrong), "{name}");
        wrong = right;
        wrong["version"] = json!("one");
        assert!(!schema.is_valid(&wrong), "{name}");
    }
}

#[test]
fn snapshots_and_reports_of_the_program_are_valid() {
    let snapshots = validator("snapshot");
    for file in ["demo/snapshot.json", "tests/fixtures/snapshots/broken.json"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = fs::read_to_string(path).expect("is there");
        let snapshot: Value = serde_json::from_str(&text).expect("JSON");
        assert_valid(&snapshots, &snapshot, file);
        let mut wrong = snapshot;
        wrong["regions"][0]["tables"][0]["billing_mdoe"] = json!("PROVISIONED");
        assert!(!snapshots.is_valid(&wrong), "{file}");
    }
    let report = printed(&["check", "--demo", "-f", "json", "--show", "all"]);
    let mut report: Value = serde_json::from_str(&report).expect("JSON");
    let reports = validator("report");
    assert_valid(&reports, &report, "check --demo -f json");
    report["gate"]["verdict"] = json!(7);
    assert!(!reports.is_valid(&report));
}
