//! The history of runs: a line each, and drift against the newest that asked the same.

use std::fs;

use serde_json::{Value, json};

use super::command::{Place, at, yesterday};
use super::demo;

#[test]
fn a_line_each_run_is_enough_to_tell_what_became_worse() {
    let place = Place::new();
    place.put("old.json", &yesterday());
    place.put("new.json", &demo());
    let file = "dynalint/history.jsonl";
    let ran = place.run(&["check", "old.json", "--history", file, "-q"]);
    assert_eq!(ran.err, "");
    let ran = place.run(&["drift", file, "new.json", "--history", file]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("WORSE"), "{}", ran.out);
    assert!(
        ran.out.contains("a history knows results alone"),
        "{}",
        ran.out
    );
    let text = fs::read_to_string(place.path(file)).expect("is there");
    assert_eq!(text.lines().count(), 2);
    let schema = place.run(&["schema", "history"]).out;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(schema.is_valid(&line), "{line}");
    }
    // The line of the run before is what the next one is compared with.
    place.put("later.json", &at(demo(), "2026-11-23T00:40:00Z"));
    let ran = place.run(&["drift", file, "later.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.starts_with("NO DRIFT"), "{}", ran.out);
}

#[test]
fn a_line_of_other_rules_is_not_compared_with() {
    let place = Place::new();
    place.put("old.json", &yesterday());
    let ran = place.run(&[
        "check",
        "old.json",
        "--history",
        "h.jsonl",
        "-q",
        "--rule",
        "pitr-on",
    ]);
    assert_eq!(ran.err, "");
    let ran = place.run(&["drift", "h.jsonl", "--demo"]);
    assert_eq!(
        ran.err,
        "error: no line of the history was made with the rules and settings of today, so nothing can be compared\n hint: add one with --history FILE; or compare with a snapshot, which is judged anew\n"
    );
    assert_eq!(ran.code, 2);
}

#[test]
fn a_broken_line_is_told_with_its_place_and_the_file_stays_as_it_is() {
    let place = Place::new();
    place.put("old.json", &yesterday());
    place.run(&["check", "old.json", "--history", "h.jsonl", "-q"]);
    let good = fs::read_to_string(place.path("h.jsonl")).expect("is there");
    let broken = format!("{good}{}\n", json!({"version": 1, "at": "yesterday"}));
    fs::write(place.path("h.jsonl"), &broken).expect("writable");
    for arguments in [
        ["drift", "h.jsonl", "--demo", "--no-progress", "-q"],
        ["check", "old.json", "--history", "h.jsonl", "-q"],
    ] {
        let ran = place.run(&arguments);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}");
        assert!(ran.err.contains(" --> h.jsonl:2:"), "{}", ran.err);
        assert!(
            ran.err.contains("not a line of a dynalint history"),
            "{}",
            ran.err
        );
    }
    let kept = fs::read_to_string(place.path("h.jsonl")).expect("is there");
    assert_eq!(kept, broken);
}
