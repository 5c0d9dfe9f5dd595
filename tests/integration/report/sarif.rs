//! SARIF, held against its published schema, which the reader of it that is used here brings along.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use dynalint::finding::{Area, Severity};
use dynalint::report::sarif::{MOST_RESULTS, render};
use dynalint::report::{Anchor, Report};
use jsonschema::Validator;
use serde_json::Value;
use serde_sarif::sarif::{ResultKind, Sarif};

use super::accepted::{WAIVERS, waived};
use super::accounts;
use super::counts::{Told, rendered, reports};
use crate::binary::dynalint;
use crate::golden::assert_golden;

/// The file of the schema, in the sources of `serde-sarif`.
fn schema_file() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args([
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages
        .iter()
        .find(|it| it["name"] == "serde-sarif")
        .expect("is a dependency");
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("src").join("schema.json")
}

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let text = std::fs::read_to_string(schema_file()).expect("the schema is there");
        let mut schema: Value = serde_json::from_str(&text).expect("JSON");
        assert!(
            schema["title"]
                .as_str()
                .is_some_and(|it| it.contains("SARIF) Version 2.1.0"))
        );
        // A pattern that is none: its brackets don't pair. We write no language.
        for place in ["run", "toolComponent"] {
            let language = &mut schema["definitions"][place]["properties"]["language"];
            let language = language.as_object_mut().expect("is described");
            language.remove("pattern").expect("is still so");
        }
        let options = jsonschema::options().should_validate_formats(true);
        options.build(&schema).expect("a schema")
    })
}

/// What is wrong with a file, by the schema and by what GitHub asks for beyond it.
fn valid(text: &str) -> Value {
    let log: Value = serde_json::from_str(text).expect("JSON");
    let errors: Vec<String> = validator()
        .iter_errors(&log)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .take(10)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert!(results.len() <= MOST_RESULTS);
    let mut met = BTreeSet::new();
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"]
            .as_str()
            .expect("every result has a place");
        assert!(
            !uri.is_empty()
                && !uri.starts_with(['/', '.'])
                && uri.is_ascii()
                && !uri.contains([' ', '\\'])
        );
        assert!(place["region"]["startLine"].as_u64() >= Some(1));
        let text = result["message"]["text"].as_str().expect("a message");
        assert!(!text.is_empty() && text.len() <= 1_000 && !text.contains(char::is_control));
        let hash = result["partialFingerprints"]["primaryLocationLineHash"]
            .as_str()
            .expect("a hash");
        assert!(met.insert(hash.to_owned()), "{hash} occurs twice");
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            result["ruleId"]
        );
        let is_failure = result["kind"] == "fail";
        assert_eq!(
            is_failure,
            result["level"] != "none",
            "only failures have a level"
        );
    }
    for rule in run["tool"]["driver"]["rules"].as_array().expect("rules") {
        for text in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[text]["text"].as_str().is_some_and(|it| !it.is_empty()));
        }
        assert!(
            rule["fullDescription"]["text"]
                .as_str()
                .is_some_and(|it| it.chars().count() <= 1024)
        );
        let tags = rule["properties"]["tags"].as_array().expect("tags");
        assert!(tags.len() <= 10);
        let is_security = tags.contains(&"security".into());
        assert_eq!(
            is_security,
            rule["properties"]["security-severity"].is_string()
        );
    }
    log
}

/// Read by types that are not ours.
pub(super) fn told(text: &str) -> Told {
    let log = valid(text);
    let read: Sarif = serde_json::from_str(text).expect("SARIF");
    let results = read.runs[0].results.as_deref().unwrap_or_default();
    let suppressed = |word: &str| {
        let justified = results.iter().filter(|it| {
            let all = it.suppressions.as_deref().unwrap_or_default();
            all.iter().any(|it| {
                it.justification
                    .as_deref()
                    .is_some_and(|it| it.starts_with(word))
            })
        });
        Some(justified.count())
    };
    let counting = |kind: ResultKind| {
        let so = results
            .iter()
            .filter(|it| it.suppressions.as_deref().is_none_or(<[_]>::is_empty));
        let kind = serde_json::to_value(kind).expect("a word");
        let is_so = |it: &&serde_sarif::sarif::Result| {
            it.kind
                .as_ref()
                .map(|it| serde_json::to_value(it).expect("a word"))
                == Some(kind.clone())
        };
        Some(so.filter(is_so).count())
    };
    let pass = log["runs"][0]["properties"]["counts"]["pass"].as_u64();
    Told {
        pass: pass.map(|it| it as usize),
        fail: counting(ResultKind::Fail),
        unknown: counting(ResultKind::Open),
        waived: suppressed("waived until"),
        baselined: suppressed("known "),
    }
}

#[test]
fn the_accounts_as_sarif() {
    assert_golden(
        "pipelines/broken.sarif",
        &rendered(render, &accounts::broken()),
    );
    let waived = waived(accounts::broken(), WAIVERS);
    let text = rendered(render, &waived);
    assert_golden("pipelines/waived.sarif", &text);
    assert!(text.contains(
        r#""justification": "waived until 2027-03-31 by team-checkout (CHK-1423): copied"#
    ));
    for (_, report) in reports() {
        valid(&rendered(render, &report));
    }
}

#[test]
fn the_demo_is_valid_with_and_without_passes() {
    for show in [&[][..], &["--show", "all"]] {
        let args = [&["check", "--demo", "-f", "sarif"], show].concat();
        let output = dynalint(&args).output().expect("runs");
        let log = valid(&String::from_utf8(output.stdout).expect("UTF-8"));
        let results = log["runs"][0]["results"].as_array().expect("results");
        let passes = results.iter().filter(|it| it["kind"] == "pass").count();
        assert_eq!(passes > 0, !show.is_empty());
        let levels: BTreeSet<&str> = results
            .iter()
            .filter_map(|it| it["level"].as_str())
            .collect();
        assert!(levels.contains("error"));
        let rules = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .expect("rules");
        assert!(
            rules.iter().all(|it| it["helpUri"].is_string()),
            "our own rules all have a page to read"
        );
        assert_eq!(log["runs"][0]["invocations"][0]["exitCode"], 1);
    }
}

#[test]
fn a_path_is_written_as_a_uri() {
    let mut report = accounts::broken();
    report.config_effects.anchor = Anchor {
        file: "infra/a b%ü#1/dynalint.yaml".to_owned(),
        line: 7,
    };
    let log = valid(&rendered(render, &report));
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        place["artifactLocation"]["uri"],
        "infra/a%20b%25%C3%BC%231/dynalint.yaml"
    );
    assert_eq!(place["region"]["startLine"], 7);
}

#[test]
fn security_rules_have_a_score_that_github_reads_as_their_severity() {
    let mut report = accounts::broken();
    let finding = &mut report.findings[0];
    finding.area = Area::Security;
    finding.severity = Severity::Critical;
    finding.rule = "no-service-wildcard".to_owned();
    let log = valid(&rendered(render, &report));
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    let rule = rules
        .iter()
        .find(|it| it["id"] == "no-service-wildcard")
        .expect("is there");
    let score: f64 = rule["properties"]["security-severity"]
        .as_str()
        .expect("text")
        .parse()
        .expect("a number");
    assert!(score > 9.0 && score <= 10.0);
}

#[test]
fn the_category_stays_and_the_run_differs() {
    let id = |report: &Report| {
        let log = valid(&rendered(render, report));
        log["runs"][0]["automationDetails"]["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let mut report = accounts::broken();
    assert_eq!(id(&report), "dynalint/111122223333/2026-11-22T17:05:12Z");
    report.config_effects.target = Some("prod/eu".to_owned());
    assert_eq!(id(&report), "dynalint/prod%2Feu/2026-11-22T17:05:12Z");
}

#[test]
fn of_too_many_results_the_worst_come_first_and_the_cut_is_told() {
    let text = rendered(render, accounts::ten_thousand());
    let mut log: Value = serde_json::from_str(&text).expect("JSON");
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), MOST_RESULTS);
    assert!(
        results[..5_000]
            .iter()
            .all(|it| it["properties"]["severity"] == "critical")
    );
    let notes = &run["invocations"][0]["toolExecutionNotifications"];
    let note = |at: usize| notes[at]["message"]["text"].as_str().unwrap_or_default();
    assert!(
        note(0).starts_with("45,000 of 70,000 results are not in this file"),
        "{notes}"
    );
    assert!(note(1).starts_with("GitHub shows 5,000 results"), "{notes}");
    let size = gzipped(&text);
    assert!(size < 10_000_000, "{size} bytes");
    // The others are like these, and the schema takes its time.
    let results = log["runs"][0]["results"].as_array_mut();
    results.expect("results").truncate(1_000);
    valid(&log.to_string());
}

/// Its size as it is uploaded.
fn gzipped(text: &str) -> usize {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("is written");
    let script = "import gzip, sys; print(len(gzip.compress(open(sys.argv[1], 'rb').read(), 6)))";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(file.path())
        .output();
    let output = String::from_utf8(output.expect("Python runs").stdout).expect("a number");
    output.trim().parse().expect("a number")
}
