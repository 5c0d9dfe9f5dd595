//! What the README and the page of permissions show is what the program says.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dynalint::snapshot::operation::Operation;

use crate::binary::dynalint;
use crate::rules;

/// Compares what stands between the markers with what should; `UPDATE=1` writes it anew.
fn assert_shown(page: &str, marker: &str, block: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let text = fs::read_to_string(&path).expect("the page");
    let (open, close) = (
        format!("<!-- {marker} -->\n"),
        format!("<!-- /{marker} -->"),
    );
    let start = text.find(&open).expect("the marker") + open.len();
    let end = text.find(&close).expect("the end marker");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, format!("{}{block}{}", &text[..start], &text[end..])).expect("writable");
    } else {
        assert_eq!(
            &text[start..end],
            block,
            "UPDATE=1 cargo test writes {page} anew"
        );
    }
}

#[test]
fn the_demo_of_the_readme_is_what_the_program_prints() {
    let output = dynalint(&["check", "--demo"])
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let report = String::from_utf8(output.stdout).expect("UTF-8");
    assert_shown("README.md", "demo", &format!("```text\n{report}```\n"));
}

const PERMISSIONS: &str = "docs/permissions.md";

/// What the rules call, each with the rules that need it.
fn calls() -> BTreeMap<Operation, BTreeSet<String>> {
    let catalog = rules::catalog();
    let mut calls: BTreeMap<Operation, BTreeSet<String>> = BTreeMap::new();
    for rule in catalog.rules() {
        for operation in Operation::run(&rule.operations()) {
            calls
                .entry(operation)
                .or_default()
                .insert(rule.id.to_string());
        }
    }
    calls
}

#[test]
fn the_policy_of_the_page_is_what_the_rules_need() {
    let output = dynalint(&["doctor", "--policy"])
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(0));
    let policy = String::from_utf8(output.stdout).expect("UTF-8");
    let actions = calls().into_keys().filter_map(|it| it.action());
    let actions: BTreeSet<String> = actions.map(str::to_owned).collect();
    let shown = serde_json::from_str(&policy).expect("JSON");
    assert_eq!(crate::doctor::actions(&shown), actions);
    assert_shown(PERMISSIONS, "policy", &format!("```json\n{policy}```\n"));
}

#[test]
fn the_calls_of_the_page_are_those_of_the_program() {
    let all = rules::catalog().rules().len();
    let line = |(operation, rules): (&Operation, &BTreeSet<String>)| {
        let needed = match rules.len() {
            count if count == all => "all rules".to_owned(),
            count @ 5.. => format!("{count} rules"),
            _ => rules
                .iter()
                .map(|rule| format!("`{rule}`"))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let (name, permission, per) = (operation.name(), operation.permission(), operation.per());
        format!("| {name} | {permission} | {per} | {needed} |\n")
    };
    let table: String = calls().iter().map(line).collect();
    let head = "| call | permission | how often | needed by |\n| --- | --- | --- | --- |\n";
    assert_shown(PERMISSIONS, "calls", &format!("{head}{table}"));
}

#[test]
fn the_configuration_of_the_readme_and_its_commands_are_accepted() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let readme = readme.expect("the page");
    let (_, rest) = readme.split_once("```yaml\n").expect("a configuration");
    let (config, _) = rest.split_once("```").expect("its end");
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join(".git")).expect("can be made");
    fs::write(folder.path().join("dynalint.yaml"), config).expect("can be written");
    let run = |line: &str| {
        let words = shell_words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = dynalint(&words).current_dir(folder.path()).output();
        let output = output.expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    // Of what asks AWS only the flags are tried.
    let commands = readme
        .lines()
        .filter_map(|line| line.strip_prefix("$ dynalint "));
    let commands = commands.map(|line| line.split("  ").next().unwrap_or(line).trim());
    for line in commands {
        let asks_aws = line == "doctor"
            || ["check --", "init", "fix "]
                .iter()
                .any(|it| line.starts_with(it));
        // Wrong flags are refused before help is given.
        let line = match asks_aws && !line.contains("--dry-run") {
            true => format!("{line} --help"),
            false => line.to_owned(),
        };
        let (code, said) = run(&line);
        assert_eq!(code, Some(0), "dynalint {line}\n{said}");
    }
    // The waiver that they wrote covers its finding, and what is out of scope is named.
    let mut check = dynalint(&["check", "--demo", "-f", "json"]);
    let output = check.current_dir(folder.path()).output();
    let output = output.expect("the binary runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["waivers"][0]["covers"], 1);
    assert_eq!(report["not_assessed"][0]["name"], "security");
}

/// The words of a line as a shell takes them: double quotes hold blanks.
fn shell_words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}
