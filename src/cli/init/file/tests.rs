use super::*;
use crate::cli::args::{FailOn, Pipeline};
use crate::config;
use crate::finding::Severity;

fn everything() -> Answers {
    Answers {
        profile: Some("no".to_owned()),
        regions: vec!["eu-west-1".to_owned(), "us-east-1".to_owned()],
        tables: vec!["shop-*".to_owned()],
        environments: vec![("dev".to_owned(), "dev-*".to_owned())],
        fail_on: Some(FailOn(Some(Severity::Medium))),
        monitoring: Some("Watch: \"all\" # of it".to_owned()),
        ci: None,
    }
}

/// The file with its examples in force: every comment that is a line of YAML.
fn uncommented(text: &str) -> String {
    let line = |line: &str| {
        let code = line.strip_prefix("# ").filter(|code| {
            let key: String = code
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            code.starts_with("  ") || (!key.is_empty() && code[key.len()..].starts_with(':'))
        });
        format!("{}\n", code.unwrap_or(line))
    };
    text.lines().map(line).collect()
}

#[test]
fn without_answers_the_file_is_the_same_as_none() {
    let none = read_as("version: 1\n");
    assert_eq!(read_as(&text(&Answers::default())), none);
    let changed = Answers {
        monitoring: Some("Watchtower".to_owned()),
        ..Answers::default()
    };
    assert_ne!(read_as(&text(&changed)), none);
}

/// What a file says, without the places at which it says it.
fn read_as(text: &str) -> String {
    let read = config::read("dynalint.yaml", text).expect("reads");
    let shown = format!("{read:?}");
    let values = shown.split(", spans: ").next();
    values.unwrap_or_default().to_owned()
}

#[test]
fn answers_are_read_back() {
    let read = config::read("dynalint.yaml", &text(&everything())).expect("reads");
    assert_eq!(read.environments[0].value, "dev");
    assert!(read.environments[0].names.is_match("dev-orders"));
    assert_eq!(
        read.monitoring.external.as_deref(),
        Some("Watch: \"all\" # of it")
    );
}

#[test]
fn every_example_is_yaml_once_its_mark_is_taken_away() {
    for answers in [Answers::default(), everything()] {
        let text = uncommented(&text(&answers));
        let read: serde_json::Value =
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let keys: Vec<&str> = read
            .as_object()
            .expect("a map")
            .keys()
            .map(String::as_str)
            .collect();
        let known = [
            "attestations",
            "checklists",
            "default_target",
            "environments",
            "gate",
            "identity",
            "monitoring",
            "output",
            "overrides",
            "rule_folders",
            "rules",
            "scope",
            "tables",
            "targets",
            "tiers",
            "trusted_accounts",
            "version",
            "waivers",
        ];
        assert_eq!(keys, known, "{text}");
        config::read("dynalint.yaml", &text).expect("reads");
    }
}

#[test]
fn what_was_answered_stands_in_the_examples_place() {
    let text = uncommented(&text(&everything()));
    let read: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
    let target = serde_json::json!({"profile": "no", "regions": ["eu-west-1", "us-east-1"], "tables": ["shop-*"]});
    assert_eq!(read["targets"], serde_json::json!({"main": target}));
    assert_eq!(read["gate"]["fail_on"], "medium");
}

#[test]
fn a_pipeline_does_not_fall_into_a_target_with_a_profile() {
    let answers = Answers {
        ci: Some(Pipeline::Github),
        ..everything()
    };
    let text = text(&answers);
    let config = config::read("dynalint.yaml", &text).expect("reads");
    assert_eq!(config.targets["main"].profile, None, "{text}");
}
