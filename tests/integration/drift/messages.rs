//! The messages to post: there only where something changed, and good in the eyes of what Slack and AWS ship.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::command::{Place, yesterday};
use super::{demo, healthy};
use crate::golden::assert_golden;
use crate::python;

/// What an independent reader of the format says.
#[track_caller]
fn assert_good(kind: &str, file: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let python = python::environment(&folder);
    let mut check = Command::new(python);
    let check = check.arg(folder.join("check.py")).arg(kind).arg(file);
    let output = check.output().expect("Python runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{kind}: {said}");
}

/// An account with so much amiss, and names that Slack would read as its own, that no limit is far.
fn large() -> Value {
    let mut account = healthy();
    let region = &mut account["regions"][0];
    let model = region["tables"][0].clone();
    let tables = region["tables"].as_array_mut().expect("tables");
    for at in 0..60 {
        let mut table = model.clone();
        let name = format!("table-{at}-{}", "x".repeat(200));
        table["name"] = json!(name);
        table["deletion_protection"] = json!(at % 2 == 0);
        table["tags"]["note"] = json!(format!("<!channel> & *{}*", "y".repeat(200)));
        tables.push(table);
    }
    account
}

#[test]
fn messages_are_good_in_the_eyes_of_their_platforms() {
    let place = Place::new();
    let mut worse = large();
    for table in worse["regions"][0]["tables"]
        .as_array_mut()
        .expect("tables")
    {
        table["pitr"]["status"] = json!("DISABLED");
        table["tags"]["note"] = json!("<https://example.com|here>");
        table["policy"] = json!("{\"Statement\":[{\"Sid\":\"<@U1>\"}]}");
    }
    place.put("demo-old.json", &yesterday());
    place.put("demo-new.json", &demo());
    place.put("large-old.json", &large());
    place.put("large-new.json", &worse);
    for (old, new) in [
        ("demo-old.json", "demo-new.json"),
        ("large-old.json", "large-new.json"),
        ("large-new.json", "large-old.json"),
    ] {
        let arguments = [
            "drift",
            old,
            new,
            "-q",
            "-o",
            "slack:slack.json",
            "-o",
            "sns:sns.json",
            "-o",
            "page.md",
        ];
        let ran = place.run(&arguments);
        assert!(ran.code < 2, "{}", ran.err);
        assert_good("slack", &place.path("slack.json"));
        assert_good("sns", &place.path("sns.json"));
        let page = fs::read_to_string(place.path("page.md")).expect("is there");
        assert!(page.chars().count() < 60_000, "{}", page.len());
        assert!(!page.contains("<!channel>") && !page.contains("<@U1>"));
    }
    let ran = place.run(&["drift", "demo-old.json", "demo-new.json", "-f", "slack"]);
    assert_golden("drift/slack.json", &ran.out);
    let ran = place.run(&["drift", "demo-old.json", "demo-new.json", "-f", "sns"]);
    assert_golden("drift/sns.json", &ran.out);
}

#[test]
fn a_message_is_there_only_if_this_run_found_a_change() {
    let place = Place::new();
    place.put("old.json", &yesterday());
    place.put("new.json", &demo());
    let files = [
        "-q",
        "-o",
        "slack:slack.json",
        "-o",
        "sns:sns.json",
        "-o",
        "drift.json",
    ];
    let run = |old: &str, new: &str| {
        let ran = place.run(&[&["drift", old, new], &files[..]].concat());
        let there = ["slack.json", "sns.json", "drift.json"].map(|it| place.path(it).exists());
        (ran.code, there)
    };
    assert_eq!(run("old.json", "new.json"), (1, [true; 3]));
    // What an earlier run left would be posted again.
    assert_eq!(run("new.json", "new.json"), (0, [false, false, true]));
    assert_eq!(run("old.json", "new.json"), (1, [true; 3]));
    assert_eq!(run("nowhere.json", "new.json"), (2, [false, false, true]));
}
