//! What the reader refuses, and what it leaves as it was written.

use super::*;

fn wrong(text: &str) -> Vec<String> {
    let errors = read(NAME, &format!("version: 1\n{text}\n")).expect_err(text);
    errors.iter().map(ToString::to_string).collect()
}

fn reads(text: &str) -> Config {
    let read = read(NAME, &format!("version: 1\n{text}\n"));
    read.unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

#[test]
fn every_mistake_is_reported_with_its_place() {
    let text = "tiers:\n  - name: critcal\n    tables: [\"pay-*\"]\ntrusted_accounts: [\"12\"]\nmonitoring:\n  trusted_topics: [\"arn:a[\"]";
    assert_eq!(
        wrong(text),
        [
            "dynalint.yaml:3:11: unknown tier \"critcal\", did you mean \"critical\"?",
            "dynalint.yaml:5:20: \"12\" is no account id: twelve digits",
            "dynalint.yaml:7:20: bad pattern \"arn:a[\": unclosed character class; missing ']'",
        ]
    );
}

/// Each key, the way it can be wrong, and what is said.
const MISTAKES: &[(&str, &str)] = &[
    (
        "environments: [{ name: blue, tags: { app: [] } }]",
        "2:38: is empty, so nothing would match",
    ),
    (
        "waiver: []",
        "2:1: unknown field \"waiver\", did you mean \"waivers\"?",
    ),
    (
        "default_target: prod",
        "2:17: no target is named \"prod\", declare it under targets",
    ),
    (
        "targets: { prod: {} }\ndefault_target: prd",
        "3:17: no target is named \"prd\", did you mean \"prod\"?",
    ),
    (
        "targets: { prod: { external_id: x } }",
        "2:33: an external_id is asked for by a role, and no role_arn is given",
    ),
    (
        "targets: { prod: { role_arn: admin } }",
        "2:30: \"admin\" is no ARN of a role",
    ),
    (
        "targets: { prod: { regions: [eu-west1] } }",
        "2:30: \"eu-west1\" is no region: as in eu-west-1",
    ),
    (
        "targets: { prod: { tables: [] } }",
        "2:28: is empty, so nothing would match",
    ),
    (
        "targets: { prod: { endpoint_url: localhost } }",
        "2:34: \"localhost\" is no URL such as http://127.0.0.1:8000",
    ),
    (
        "targets: { prod: { region: eu-west-1 } }",
        "2:20: unknown field \"region\", did you mean \"regions\"?",
    ),
    (
        "tables: [{ owner: x }]",
        "2:12: says of no table: give it tables or tags",
    ),
    (
        "tables: [{ tables: [a] }]",
        "2:12: declares nothing: give it owner, service, data_class, rpo, rto, peak or trusted_accounts",
    ),
    (
        "tables: [{ tables: [\"\"], owner: x }]",
        "2:21: no table has an empty name: as in \"orders-*\"",
    ),
    (
        "tables: [{ tags: { app: [] }, owner: x }]",
        "2:20: is empty, so nothing would match",
    ),
    (
        "tables: [{ tables: [a], rpo: 5 }]",
        "2:30: \"5\" is no duration: as in 30s, 2h, 90d or \"35 days\"",
    ),
    (
        "tables: [{ tables: [a], owner: \" \" }]",
        "2:32: is empty: leave it out where nothing is declared",
    ),
    (
        "tables: [{ tables: [a], peak: { reads: 0 } }]",
        "2:40: 0 is no rate: units a second, above 0",
    ),
    (
        "tables: [{ tables: [a], trusted_accounts: [12] }]",
        "2:44: \"12\" is no account id: twelve digits",
    ),
    (
        "rules: { pitr-on: {} }",
        "2:10: nothing is set of \"pitr-on\": give it a level or params",
    ),
    (
        "rules: { pitr-on: { level: off } }",
        "2:28: \"pitr-on\" is turned off without a reason, say why: because: \"…\"",
    ),
    (
        "rules: { pitr-on: { level: off, because: \" \" } }",
        "2:42: the reason is empty",
    ),
    (
        "rules: { pitr-on: { min_days: 3 } }",
        "2:21: unknown field \"min_days\", known: level, params, because",
    ),
    (
        "overrides: [{ rules: { a: { level: low } } }]",
        "2:15: is about no place: give it tables, tags, environments, tiers, accounts or regions; what holds everywhere stands under rules",
    ),
    (
        "overrides: [{ tables: [a], rules: {} }]",
        "2:15: sets nothing: name rules under its rules",
    ),
    (
        "overrides: [{ tables: [a] }]",
        "2:15: missing field \"rules\"",
    ),
    (
        "overrides: [{ tiers: [gold], rules: { a: { level: low } } }]",
        "2:23: unknown tier \"gold\", known: critical, standard, starter, ephemeral",
    ),
    (
        "overrides: [{ environments: [], rules: { a: { level: low } } }]",
        "2:29: is empty, so nothing would match",
    ),
    (
        "overrides: [{ accounts: [1], rules: { a: { level: low } } }]",
        "2:26: \"1\" is no account id: twelve digits",
    ),
    (
        "overrides: [{ regions: [eu], rules: { a: { level: low } } }]",
        "2:25: \"eu\" is no region: as in eu-west-1",
    ),
    (
        "overrides: [{ tables: [\"{a\"], rules: { a: { level: low } } }]",
        "2:24: bad pattern \"{a\": unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
    ),
    (
        "environments: [{ name: blue, tables: [a] }]\noverrides: [{ environments: [bleu], rules: { a: { level: low } } }]",
        "3:30: no environment is named \"bleu\", did you mean \"blue\"? If not, declare it under environments",
    ),
    (
        "scope: { security: { level: low, because: x } }",
        "2:29: \"low\" is no level of a scope: only off is",
    ),
    (
        "scope: { security: { level: off } }",
        "2:29: \"security\" is turned off without a reason, say why: because: \"…\"",
    ),
    (
        "rule_folders: [\"\"]",
        "2:16: the name of a folder is empty",
    ),
    (
        "gate: { max_age: soon }",
        "2:18: \"soon\" is no duration: as in 30s, 2h, 90d or \"35 days\"",
    ),
    (
        "gate: { allow_empty: no }",
        "2:22: expected true or false, found \"no\", write false",
    ),
    (
        "identity: {}",
        "2:11: expected tag: KEY, or logical_id: true",
    ),
    (
        "identity: { tag: a, logical_id: true }",
        "2:13: expected tag: KEY, or logical_id: true",
    ),
    (
        "waivers: { longest: 36h }",
        "2:21: expected whole days: as in 14d",
    ),
    (
        "attestations: { longest: 9d }",
        "2:17: unknown field \"longest\", known: lapsing",
    ),
];

#[test]
fn each_key_refuses_what_it_cannot_take() {
    for (text, expected) in MISTAKES {
        let expected = format!("dynalint.yaml:{expected}");
        let found = wrong(text);
        assert!(found.contains(&expected), "{text}\n{found:#?}\n{expected}");
    }
}

#[test]
fn values_stay_what_the_user_wrote() {
    let config = reads(
        "trusted_accounts: [001234567890]\ntables: [{ tags: { app: [no, 012, 1_000] }, owner: 007 }]\noverrides: [{ accounts: [001234567890], rules: { a: { level: low } } }]",
    );
    assert_eq!(config.trusted_accounts, ["001234567890"]);
    assert_eq!(config.overrides[0].place.accounts, ["001234567890"]);
    let facts = &config.tables[0];
    assert_eq!(facts.place.tags["app"], ["no", "012", "1_000"]);
    assert_eq!(
        facts.owner.as_ref().map(|it| it.value.as_str()),
        Some("007")
    );
}

#[test]
fn what_is_set_knows_its_line_and_folders_start_at_the_file() {
    let text = "version: 1\nrules:\n  pitr-window:\n    params: { min_days: 35 }\nrule_folders: [own, /all]\n";
    let config = read("shop/dynalint.yaml", text).expect("reads");
    let param = &config.rules[0].params["min_days"];
    assert_eq!(param.origin, "dynalint.yaml:4");
    assert_eq!(config.rules[0].rule.origin, "dynalint.yaml:4");
    let folders = [PathBuf::from("shop/own"), PathBuf::from("/all")];
    assert_eq!(config.rule_folders.as_deref(), Some(&folders[..]));
}

#[test]
fn a_reason_of_an_override_is_that_of_its_rules() {
    let config = reads(
        "overrides: [{ tables: [a], because: migration, rules: { a: { level: off }, b: { level: off, because: own } } }]",
    );
    let because: Vec<_> = config.overrides[0]
        .rules
        .iter()
        .map(|it| it.because.as_deref())
        .collect();
    assert_eq!(because, [Some("migration"), Some("own")]);
}

#[test]
fn production_has_one_word() {
    let config =
        reads("overrides: [{ environments: [Production, DEV], rules: { a: { level: low } } }]");
    assert_eq!(config.overrides[0].place.environments, ["prod", "dev"]);
}
