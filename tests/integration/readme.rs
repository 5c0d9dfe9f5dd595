//! What the README shows is what the program says.

use std::fs;
use std::path::Path;

use dynalint::snapshot::operation::Operation;

use crate::binary::dynalint;
use crate::rules;

/// Compares what stands between the markers with what should; `UPDATE=1` writes it anew.
fn assert_shown(marker: &str, block: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = fs::read_to_string(&path).expect("the README");
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
            "UPDATE=1 cargo test writes the README anew"
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
    assert_shown("demo", &format!("```text\n{report}```\n"));
}

#[test]
fn the_policy_of_the_readme_is_what_the_rules_need() {
    let catalog = rules::catalog();
    let needs = catalog
        .rules()
        .iter()
        .flat_map(|rule| rule.operations())
        .collect();
    let mut actions: Vec<&str> = Operation::run(&needs)
        .into_iter()
        .filter_map(Operation::action)
        .collect();
    actions.sort_unstable();
    let lines: Vec<String> = actions
        .iter()
        .map(|action| format!("        \"{action}\""))
        .collect();
    let policy = format!(
        "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Effect\": \"Allow\",\n      \"Action\": [\n{}\n      ],\n      \"Resource\": \"*\"\n    }}\n  ]\n}}\n",
        lines.join(",\n")
    );
    assert_shown("policy", &format!("```json\n{policy}```\n"));
}
