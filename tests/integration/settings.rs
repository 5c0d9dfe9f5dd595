//! What is in force of a rule in each place, and what is said of it: over configurations and tables made for each case.

use std::sync::LazyLock;

use dynalint::assess::{self, Assessment, Listing, Selection, Settings, check};
use dynalint::config::{self, Config};
use dynalint::finding::Verdict;
use dynalint::link::Linked;
use dynalint::rule::catalog::Catalog;
use dynalint::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::rules;

/// Loaded once: the cases are many.
static CATALOG: LazyLock<Catalog> = LazyLock::new(rules::catalog);

fn config(text: &str) -> Config {
    config::read(config::NAME, &format!("version: 1\n{text}\n")).expect(text)
}

/// A table whose recovery reaches back ten days and that nothing protects from deletion.
fn table(name: &str, tags: Value) -> Value {
    json!({
        "name": name, "tags": tags, "deletion_protection": false,
        "pitr": {"status": "ENABLED", "window_days": 10, "earliest_restorable_at": null, "latest_restorable_at": null},
    })
}

fn unread() -> Value {
    json!({"$unknown": {"reason": "denied", "action": "tag:GetResources"}})
}

fn snapshot(tables: Vec<Value>) -> Snapshot {
    let document = json!({
        "version": 1, "tool_version": "0", "source": "live", "caller_arn": null, "collected_at": "2026-11-22T12:00:00Z",
        "calls": {}, "gaps": [], "iam": [],
        "regions": [{"account": "111122223333", "partition": "aws", "region": "eu-west-1", "tables": tables, "other_tables": []}],
    });
    serde_json::from_value(document).expect("a snapshot")
}

fn assess(text: &str, tables: Vec<Value>) -> Assessment {
    let (catalog, config) = (&*CATALOG, config(text));
    assert_eq!(check(catalog, &config, true), [], "{text}");
    let rules = ["pitr-window", "deletion-protection"].map(|id| catalog.get(id).expect("a rule"));
    let snapshot = snapshot(tables);
    assess::assess(
        &Settings::new(rules, catalog, &config),
        &Linked::new(&snapshot, &config),
        &Selection::default(),
        Listing::All,
    )
}

/// Verdict, severity and what was set, of one rule on one table: `fail high min_days=35@dynalint.yaml:3`.
fn said(rule: &str, text: &str, table: Value) -> String {
    let made = assess(text, vec![table]);
    let finding = made.findings.iter().find(|it| it.rule == rule);
    let Some(finding) = finding else {
        let off = made.off.iter().find(|it| it.rule == rule);
        return off.map_or("nothing".to_owned(), |it| {
            format!("off: {} ({})", it.because, it.origin)
        });
    };
    let set = finding.settings.iter();
    let set = set.map(|it| format!(" {}={}@{}", it.name, it.shown, it.origin));
    let set: String = set.collect();
    format!("{} {}{set}", finding.verdict, finding.severity)
}

const PLAIN: &str = "monitoring: {}";

#[test]
fn what_is_set_where_and_what_comes_of_it() {
    let by = |place: &str| {
        format!(
            "overrides:\n  - {{ {place}, rules: {{ pitr-window: {{ params: {{ min_days: 35 }} }} }} }}"
        )
    };
    let set = "fail high min_days=35@dynalint.yaml:3";
    for (place, tags, expected) in [
        ("tables: [\"shop-*\"]", json!({}), set),
        ("tables: [\"dev-*\"]", json!({}), "pass high"),
        ("tables: [shop]", json!({}), "pass high"),
        ("tags: { app: [pay, shop] }", json!({"app": "shop"}), set),
        ("tags: { app: [pay] }", json!({"app": "shop"}), "pass high"),
        (
            "tags: { app: [shop], team: [a] }",
            json!({"app": "shop"}),
            "pass high",
        ),
        ("environments: [prod]", json!({}), set),
        ("environments: [live]", json!({"env": "PRODUCTION"}), set),
        ("environments: [blue]", json!({}), "pass high"),
        ("tiers: [critical]", json!({"tier": "critical"}), set),
        ("tiers: [critical]", json!({}), "pass high"),
        ("accounts: [\"111122223333\"]", json!({}), set),
        ("accounts: [\"999922223333\"]", json!({}), "pass high"),
        ("regions: [eu-west-1]", json!({}), set),
        ("regions: [us-east-1]", json!({}), "pass high"),
        (
            "tables: [\"shop-*\"], environments: [dev]",
            json!({}),
            "pass high",
        ),
        (
            "tables: [\"shop-*\"], regions: [eu-west-1], tiers: [standard]",
            json!({}),
            set,
        ),
    ] {
        let said = said("pitr-window", &by(place), table("shop-orders", tags));
        assert_eq!(said, expected, "{place}");
    }
}

#[test]
fn later_entries_win_over_earlier_ones_and_all_over_the_rule() {
    let orders = || table("orders", json!({}));
    let window = |text: &str| said("pitr-window", text, orders());
    assert_eq!(window(PLAIN), "pass high");
    let rules = "rules: { pitr-window: { level: low, params: { min_days: 20 } } }";
    assert_eq!(
        window(rules),
        "fail low severity=low@dynalint.yaml:2 min_days=20@dynalint.yaml:2"
    );
    let first = format!(
        "{rules}\noverrides:\n  - {{ tables: [\"o*\"], rules: {{ pitr-window: {{ params: {{ min_days: 5 }} }} }} }}"
    );
    assert_eq!(
        window(&first),
        "pass low severity=low@dynalint.yaml:2 min_days=5@dynalint.yaml:4"
    );
    let second = format!(
        "{first}\n  - {{ tables: [orders], rules: {{ pitr-window: {{ level: critical, params: {{ min_days: 30 }} }} }} }}"
    );
    assert_eq!(
        window(&second),
        "fail critical severity=critical@dynalint.yaml:5 min_days=30@dynalint.yaml:5"
    );
}

#[test]
fn the_starter_tier_takes_a_step_only_off_a_severity_that_nobody_set() {
    let dev = || table("orders", json!({"env": "dev"}));
    let protection = |text: &str| said("deletion-protection", text, dev());
    assert_eq!(
        protection(PLAIN),
        "fail medium severity=medium@starter tier"
    );
    assert_eq!(
        protection("rules: { deletion-protection: { level: high } }"),
        "fail high severity=high@dynalint.yaml:2"
    );
    assert_eq!(
        protection(
            "overrides: [{ environments: [dev], rules: { deletion-protection: { level: info } } }]"
        ),
        "fail info severity=info@dynalint.yaml:2"
    );
}

#[test]
fn what_is_off_says_nothing_and_its_reason_is_told() {
    let orders = || table("orders", json!({}));
    let off = "rules: { deletion-protection: { level: off, because: later } }";
    assert_eq!(
        said("deletion-protection", off, orders()),
        "off: later (dynalint.yaml:2)"
    );
    let on_again = format!(
        "{off}\noverrides: [{{ tables: [orders], rules: {{ deletion-protection: {{ level: high }} }} }}]"
    );
    assert_eq!(
        said("deletion-protection", &on_again, orders()),
        "fail high severity=high@dynalint.yaml:3"
    );
    let some = "overrides: [{ tables: [\"dev-*\"], because: toys, rules: { deletion-protection: { level: off } } }]";
    let tables = ["dev-a", "dev-b", "orders"].map(|name| table(name, json!({})));
    let made = assess(some, tables.to_vec());
    assert_eq!(made.summary.by_rule["deletion-protection"].fail, 1);
    let off: Vec<_> = made
        .off
        .iter()
        .map(|it| (&*it.because, it.places))
        .collect();
    assert_eq!(off, [("toys", Some(2))]);
}

#[test]
fn unread_tags_leave_a_verdict_only_where_every_possible_setting_gives_it() {
    let unread = |text: &str| said("pitr-window", text, table("orders", unread()));
    let with = |set: &str| {
        format!("overrides: [{{ tags: {{ app: [a] }}, rules: {{ pitr-window: {set} }} }}]")
    };
    // Both 7 and 9 days are met by ten; 35 is not.
    assert_eq!(unread(&with("{ params: { min_days: 9 } }")), "unknown high");
    assert_eq!(unread(PLAIN), "unknown high");
    let text = format!(
        "tiers: [{{ name: standard, tables: [orders] }}]\n{}",
        with("{ params: { min_days: 9 } }")
    );
    assert_eq!(unread(&text), "pass high");
    let text = text.replace("min_days: 9", "min_days: 35");
    assert_eq!(unread(&text), "unknown high");
    // A severity alone moves no verdict: the worst that is possible counts.
    let text = text.replace("params: { min_days: 35 }", "level: critical");
    assert_eq!(unread(&text), "pass critical");
    let text = text.replace("level: critical", "level: low");
    assert_eq!(unread(&text), "pass high");
    // A rule that may be off says nothing against a pass, and nothing for a failure.
    let off = text.replace("level: low", "level: off, because: b");
    assert_eq!(unread(&off), "pass high");
    // Of a param that may be another, no value is in force for certain.
    let params = |text: &str| {
        let made = assess(text, vec![table("orders", self::unread())]);
        let finding = made.findings.iter().find(|it| it.rule == "pitr-window");
        finding.expect("a result").params.clone()
    };
    assert!(params(&off).contains_key("min_days"));
    assert!(!params(&with("{ params: { min_days: 9 } }")).contains_key("min_days"));
    let failing = off.replace("pitr-window", "deletion-protection");
    let made = assess(&failing, vec![table("orders", self::unread())]);
    let finding = made
        .findings
        .iter()
        .find(|it| it.rule == "deletion-protection");
    let finding = finding.expect("a result");
    assert_eq!(finding.verdict, Verdict::Unknown);
    assert_eq!(finding.unknown[0].brief(), "tag:GetResources is denied");
    let seen = &finding.evidence[0];
    assert_eq!(seen.path, "settings of deletion-protection");
    assert_eq!(
        seen.observed,
        "as the rule has it, or off (dynalint.yaml:3)"
    );
    assert!(
        made.gaps
            .iter()
            .any(|gap| gap.rules == ["deletion-protection"])
    );
}

#[test]
fn many_doubts_are_no_guess() {
    let layer = |days: usize| {
        format!(
            "  - {{ tags: {{ app: [a{days}] }}, rules: {{ pitr-window: {{ params: {{ min_days: {days} }} }} }} }}\n"
        )
    };
    let layers: String = (1..9).map(layer).collect();
    let text = format!("tiers: [{{ name: standard, tables: [orders] }}]\noverrides:\n{layers}");
    assert_eq!(
        said("pitr-window", &text, table("orders", unread())),
        "unknown high"
    );
    assert_eq!(
        said("pitr-window", &text, table("orders", json!({"app": "a3"}))),
        "pass high min_days=3@dynalint.yaml:6"
    );
    // The worst that is possible is among those that were not tried.
    let layers: String = (1..6).map(layer).collect();
    let worst = "  - { tags: { app: [pay] }, rules: { pitr-window: { level: critical } } }\n";
    let low = "rules: { pitr-window: { level: low } }";
    let text = format!("{low}\noverrides:\n{layers}{worst}");
    assert_eq!(
        said("pitr-window", &text, table("orders", unread())),
        "unknown critical"
    );
}

#[test]
fn tables_that_were_not_listed_are_unknown_at_the_worst_severity() {
    let text = "overrides: [{ tables: [\"pay-*\"], rules: { pitr-window: { level: critical } } }]";
    let (catalog, config) = (&*CATALOG, config(text));
    let rule = catalog.get("pitr-window").expect("a rule");
    let mut snapshot = snapshot(Vec::new());
    let why = dynalint::snapshot::fact::NOT_REQUESTED.clone();
    snapshot.regions[0].tables = dynalint::snapshot::fact::Fact::Unknown(why);
    let made = assess::assess(
        &Settings::new([rule], catalog, &config),
        &Linked::new(&snapshot, &config),
        &Selection::default(),
        Listing::All,
    );
    assert_eq!(made.findings[0].severity.word(), "critical");
    assert_eq!(made.notices, [""; 0]);
}

#[test]
fn an_override_that_names_no_table_is_noted() {
    let text = "overrides:\n  - { tables: [\"ordesr-*\"], rules: { pitr-window: { level: low } } }\n  - { tables: [\"dev-*\"], accounts: [\"999922223333\"], rules: { pitr-window: { level: low } } }\n  - { tables: [orders], rules: { pitr-window: { level: low } } }";
    let made = assess(text, vec![table("orders", json!({}))]);
    assert_eq!(
        made.notices,
        ["dynalint.yaml:3: no table is named ordesr-*"]
    );
}

#[test]
fn the_digest_covers_what_is_set() {
    let catalog = &*CATALOG;
    let digest = |text: &str| {
        let config = config(text);
        assess::digest(&Settings::new(catalog.rules(), catalog, &config))
    };
    let by_default = assess::digest(&Settings::by_default(catalog.rules()));
    assert_eq!(digest(PLAIN), by_default);
    let texts = [
        "rules: { pitr-window: { level: low } }",
        "rules: { pitr-window: { params: { min_days: 8 } } }",
        "overrides: [{ tables: [a], rules: { pitr-window: { level: low } } }]",
        "overrides: [{ tables: [b], rules: { pitr-window: { level: low } } }]",
    ];
    let digests: std::collections::BTreeSet<String> = texts.iter().map(|it| digest(it)).collect();
    assert!(digests.len() == texts.len() && !digests.contains(&by_default));
}

#[test]
fn a_tag_or_a_logical_id_names_a_table_whose_name_is_generated() {
    let print = |text: &str, name: &str, tags: Value| {
        let made = assess(text, vec![table(name, tags)]);
        made.findings[0].fingerprint.clone()
    };
    let (old, new) = ("shop-Orders-1ABC", "shop-Orders-9XYZ");
    let tag = "identity: { tag: app }";
    let tags = || json!({"app": "orders"});
    assert_eq!(print(tag, old, tags()), print(tag, new, tags()));
    assert_ne!(
        print(tag, old, tags()),
        print(tag, old, json!({"app": "users"}))
    );
    assert_ne!(print(PLAIN, old, tags()), print(PLAIN, new, tags()));
    let id = "identity: { logical_id: true }";
    let stack = |name: &str| json!({"aws:cloudformation:stack-name": name, "aws:cloudformation:logical-id": "Orders"});
    assert_eq!(print(id, old, stack("shop")), print(id, new, stack("shop")));
    assert_ne!(
        print(id, old, stack("shop")),
        print(id, old, stack("other"))
    );
    // Without the tag, and where tags could not be read, it is the name; it is never mistaken for another's.
    for tags in [json!({}), unread()] {
        assert_eq!(
            print(tag, old, tags.clone()),
            print(PLAIN, old, tags.clone())
        );
        assert_ne!(
            print(tag, "orders", tags),
            print(tag, old, json!({"app": "orders"}))
        );
    }
}

#[test]
fn tables_that_share_an_identity_keep_their_names() {
    let tables = ["a", "b"].map(|name| table(name, json!({"app": "orders"})));
    let made = assess("identity: { tag: app }", tables.to_vec());
    let prints: std::collections::BTreeSet<&str> = made
        .findings
        .iter()
        .map(|it| it.fingerprint.as_str())
        .collect();
    assert_eq!(prints.len(), made.findings.len());
    assert_eq!(
        made.notices,
        ["tag app = orders is on a, b: fingerprints keep the names"]
    );
}

#[test]
fn evidence_says_where_a_fact_was_declared() {
    let config = config("tables: [{ tables: [feed-posts], rpo: 1h }]");
    let healthy = include_str!("../fixtures/snapshots/healthy.json");
    let healthy: Snapshot = serde_json::from_str(healthy).expect("a snapshot");
    let rule = CATALOG.get("plan-frequency").expect("a rule");
    let made = assess::assess(
        &Settings::new([rule], &CATALOG, &config),
        &Linked::new(&healthy, &config),
        &Selection::default(),
        Listing::Problems,
    );
    let names: Vec<&str> = made
        .findings
        .iter()
        .map(|it| it.subject.name.as_str())
        .collect();
    assert_eq!(names, ["feed-posts"]);
    let wanted = made.findings[0]
        .evidence
        .iter()
        .map(|it| it.expected.as_str());
    assert!(
        wanted
            .clone()
            .any(|it| it == "<= table.rpo (1 h, dynalint.yaml:2)"),
        "{:?}",
        wanted.collect::<Vec<_>>()
    );
}

#[test]
fn accounts_are_trusted_for_some_tables_alone() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999900001111:role/partner"},"Action":"dynamodb:GetItem","Resource":"*"}]}"#;
    let with_policy = |name: &str, tags: Value| {
        json!({"name": name, "arn": format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{name}"), "tags": tags,
            "policy": policy, "stream_policy": null})
    };
    let config = config(
        "tables:\n  - { tables: [\"shop-*\"], trusted_accounts: [\"999900001111\"] }\n  - { tags: { app: [feed] }, trusted_accounts: [\"999900001111\"] }",
    );
    let snapshot = snapshot(vec![
        with_policy("shop-a", unread()),
        with_policy("feed-a", json!({"app": "feed"})),
        with_policy("feed-b", unread()),
        with_policy("other", json!({})),
    ]);
    let rule = CATALOG.get("policy-trusted-accounts").expect("a rule");
    let made = assess::assess(
        &Settings::new([rule], &CATALOG, &config),
        &Linked::new(&snapshot, &config),
        &Selection::default(),
        Listing::All,
    );
    let said = made
        .findings
        .iter()
        .map(|it| (it.subject.name.as_str(), it.verdict.word()));
    let said: std::collections::BTreeMap<&str, &str> = said.collect();
    let expected = [
        ("feed-a", "pass"),
        ("feed-b", "unknown"),
        ("other", "fail"),
        ("shop-a", "pass"),
    ];
    assert_eq!(said, expected.into());
}

/// What is wrong with what is asked of rules, and what is said.
const MISTAKES: &[(&str, &str)] = &[
    (
        "rules: { pitr-no: { level: low } }",
        "2:10: no rule is named \"pitr-no\", did you mean \"pitr-on\"?",
    ),
    (
        "rules: { xyz: { level: low } }",
        "2:10: no rule is named \"xyz\", dynalint explain lists the rules",
    ),
    (
        "rules: { pitr-on: { level: hihg } }",
        "2:28: unknown level \"hihg\", did you mean \"high\"?",
    ),
    (
        "rules: { pitr-window: { params: { mindays: 3 } } }",
        "2:35: unknown param \"mindays\", did you mean \"min_days\"?",
    ),
    (
        "rules: { pitr-on: { params: { min_days: 3 } } }",
        "2:31: unknown param \"min_days\", pitr-on has no params",
    ),
    (
        "rules: { pitr-window: { params: { min_days: 36 } } }",
        "2:45: min_days: 36 is above the maximum 35",
    ),
    (
        "rules: { pitr-window: { params: { min_days: 7d } } }",
        "2:45: min_days: expected number, found \"7d\"",
    ),
    (
        "rules: { pitr-window: { params: { min_days: 012 } } }",
        "2:45: min_days: expected number, found \"012\"",
    ),
    (
        "rules: { required-tags: { params: { keys: [] } } }",
        "2:43: keys: 0 elements, at least 1 wanted",
    ),
    (
        "overrides: [{ tables: [a], rules: { table-count-headroom: { level: low } } }]",
        "2:37: \"table-count-headroom\" does not look at one table after the other: only accounts and regions can tell where it is set",
    ),
    (
        "overrides: [{ regions: [eu-west-1], rules: { no-open-admin: { level: low } } }]",
        "2:46: \"no-open-admin\" does not look at one table after the other: only accounts can tell where it is set",
    ),
    (
        "scope: { securty: { level: off, because: b } }",
        "2:10: no area or service is named \"securty\", did you mean \"security\"?",
    ),
    (
        "scope: { dynamodb: { level: off, because: b } }",
        "2:10: dynamodb cannot be turned off: nothing would be left",
    ),
];

#[test]
fn mistakes_about_rules_are_told_with_their_place() {
    let catalog = &*CATALOG;
    for (text, expected) in MISTAKES {
        let found = check(catalog, &config(text), true);
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, [format!("dynalint.yaml:{expected}")], "{text}");
    }
    let broken_rules = check(catalog, &config(MISTAKES[0].0), false);
    assert_eq!(broken_rules, []);
}

#[test]
fn a_service_out_of_scope_takes_its_rules_with_it() {
    let catalog = &*CATALOG;
    let config =
        config("scope: { iam: { level: off, because: b }, recovery: { level: off, because: b } }");
    let out = |id: &str| assess::leaves_out(&config, catalog.get(id).expect("a rule"));
    let name = |id: &str| out(id).map(|it| it.name.value.as_str());
    assert_eq!(name("no-open-admin"), Some("iam"));
    assert_eq!(name("pitr-on"), Some("recovery"));
    assert_eq!(name("required-tags"), None);
}
