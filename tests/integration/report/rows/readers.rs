//! The formats as readers see them that know nothing of us: GitHub's own Markdown parser, the schema of OCSF, a validator of
//! JSON Schema.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dynalint::report::{jsonl, markdown, ocsf};
use jsonschema::Validator;
use serde_json::Value;

use super::hostile::of_hostile;
use super::{accepted, accounts, huge, text};
use crate::binary::dynalint;
use crate::python;

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
