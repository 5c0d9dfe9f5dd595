//! Environments and tiers by config, tag and name; what is declared of tables, and what is left unknown.

use super::facts::Facts;
use super::*;
use crate::config;
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;

fn table(name: &str, tags: &[(&str, &str)]) -> Table {
    let mut table = Table::unread(name.to_owned(), &Why::of(Reason::NotRequested));
    table.tags = Fact::Known(
        tags.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    );
    table
}

fn tier_of(config: &Config, table: &Table) -> Option<(String, String)> {
    tier(config, table)
        .known()
        .map(|declared| (declared.value.0.clone(), declared.origin.clone()))
}

#[test]
fn untagged_is_not_exempt() {
    let none = Config::default();
    let plain = table("orders", &[]);
    assert_eq!(
        tier_of(&none, &plain),
        Some(("standard".into(), "built-in default".into()))
    );
    assert_eq!(
        environment(&none, &plain).known().expect("known").value,
        "prod"
    );
    let empty = table("orders", &[("environment", " "), ("stage", "dev ")]);
    assert_eq!(
        environment(&none, &empty).known().expect("known").value,
        "dev"
    );
    let tagged = table("orders", &[("Env", "Production"), ("tier", "gold")]);
    assert_eq!(
        environment(&none, &tagged).known().expect("known").value,
        "prod"
    );
    assert_eq!(
        tier_of(&none, &tagged),
        Some(("standard".into(), "built-in default".into()))
    );
}

#[test]
fn only_an_environment_that_says_so_is_of_the_starter_tier() {
    let none = Config::default();
    let tier = |tags: &[(&str, &str)]| tier_of(&none, &table("orders", tags)).expect("known");
    let starter = |word: &str| ("starter".to_owned(), format!("environment {word}"));
    assert_eq!(tier(&[("env", "Dev")]), starter("dev"));
    assert_eq!(tier(&[("stage", "staging")]), starter("staging"));
    assert_eq!(tier(&[("env", "prod-eu")]).0, "standard");
    assert_eq!(tier(&[("env", "blue")]).0, "standard");
    assert_eq!(tier(&[("env", "dev"), ("tier", "critical")]).0, "critical");
    assert_eq!(tier(&[("env", "dev"), ("tier", "standard")]).0, "standard");
    let text = "version: 1\nenvironments:\n  - { name: dev, tables: [\"orders\"] }\n";
    let config = config::read("dynalint.yaml", text).expect("reads");
    assert_eq!(
        tier_of(&config, &table("orders", &[])),
        Some(starter("dev"))
    );
}

#[test]
fn config_wins_over_tags_and_needs_them_only_where_it_asks() {
    let text = "version: 1\ntiers:\n  - { name: ephemeral, tables: [\"pr-*\"] }\n  - { name: critical, tags: { app: [pay] } }\n";
    let config = config::read("dynalint.yaml", text).expect("reads");
    assert_eq!(
        tier_of(&config, &table("pr-7", &[("tier", "critical")]))
            .expect("known")
            .0,
        "ephemeral"
    );
    assert_eq!(
        tier_of(&config, &table("ledger", &[("app", "pay")]))
            .expect("known")
            .0,
        "critical"
    );
    let mut unread = table("pr-7", &[]);
    unread.tags = Fact::Unknown(Why::from_call(Reason::Denied, Operation::GetResources));
    assert_eq!(tier_of(&config, &unread).expect("known").0, "ephemeral");
    unread.name = "ledger".into();
    assert_eq!(tier_of(&config, &unread), None);
}

fn region() -> crate::snapshot::Region {
    let region = serde_json::json!({"account": "1", "partition": "aws", "region": "eu-west-1"});
    serde_json::from_value(region).expect("a region")
}

const FACTS: &str = "version: 1
trusted_accounts: [\"111122223333\"]
tables:
  - { tables: [\"shop-*\"], owner: team-shop, data_class: PII }
  - { tags: { app: [shop] }, owner: others, rpo: 5m, peak: { reads: 4000 }, trusted_accounts: [\"999922223333\"] }
";

fn facts(name: &str, tags: Option<&[(&str, &str)]>) -> Facts {
    let config = config::read("dynalint.yaml", FACTS).expect("reads");
    let mut table = table(name, tags.unwrap_or_default());
    if tags.is_none() {
        table.tags = Fact::Unknown(Why::from_call(Reason::Denied, Operation::GetResources));
    }
    Facts::new(&config, &table, &region())
}

fn told<T: Clone>(fact: &facts::Perhaps<T>) -> Option<Option<(T, String)>> {
    let known = fact.known()?.as_ref();
    Some(known.map(|it| (it.value.clone(), it.origin.clone())))
}

#[test]
fn of_each_fact_the_first_entry_that_gives_it_wins_and_tags_come_after() {
    let both = facts(
        "shop-orders",
        Some(&[("app", "shop"), ("owner", "x"), ("Service", "Shop")]),
    );
    let origin = |line: usize| format!("dynalint.yaml:{line}");
    assert_eq!(
        told(&both.owner),
        Some(Some(("team-shop".to_owned(), origin(4))))
    );
    assert_eq!(
        told(&both.data_class),
        Some(Some(("pii".to_owned(), origin(4))))
    );
    assert_eq!(
        told(&both.peak_reads_per_s),
        Some(Some((4000.0, origin(5))))
    );
    assert_eq!(
        told(&both.service),
        Some(Some(("shop".to_owned(), "tag Service".to_owned())))
    );
    assert_eq!(
        both.rpo
            .known()
            .expect("known")
            .as_ref()
            .expect("there")
            .value
            .seconds,
        300.0
    );
    assert_eq!(
        both.trusted_accounts.items,
        ["111122223333", "999922223333"]
    );
    assert_eq!(both.origin("rpo"), Some("dynalint.yaml:5"));
    let tagged = facts(
        "feed",
        Some(&[("team", "Feed "), ("Data-Class", "PII "), ("rto", "2h")]),
    );
    assert_eq!(
        told(&tagged.owner),
        Some(Some(("Feed".to_owned(), "tag team".to_owned())))
    );
    assert_eq!(
        told(&tagged.data_class),
        Some(Some(("pii".to_owned(), "tag Data-Class".to_owned())))
    );
    assert_eq!(tagged.origin("rto"), Some("tag rto"));
    assert_eq!(told(&tagged.peak_writes_per_s), Some(None));
    assert_eq!(
        tagged.trusted_accounts,
        crate::snapshot::fact::Listed::complete(vec!["111122223333".to_owned()])
    );
}

#[test]
fn unread_tags_leave_unknown_what_they_could_have_said() {
    let unread = facts("shop-orders", None);
    assert_eq!(
        told(&unread.owner).flatten().map(|it| it.0),
        Some("team-shop".to_owned())
    );
    assert_eq!(told(&unread.service), None);
    assert!(unread.rpo.known().is_none());
    assert!(unread.trusted_accounts.missing.is_some());
}

#[test]
fn an_entry_in_doubt_is_not_passed_over_for_a_later_one() {
    let text = "version: 1\ntables:\n  - { tags: { app: [a] }, rpo: 5m }\n  - { tables: [feed], rpo: 7d }\n";
    let config = config::read("dynalint.yaml", text).expect("reads");
    let mut feed = table("feed", &[]);
    assert_eq!(
        Facts::new(&config, &feed, &region()).origin("rpo"),
        Some("dynalint.yaml:4")
    );
    feed.tags = Fact::Unknown(Why::from_call(Reason::Denied, Operation::GetResources));
    assert!(Facts::new(&config, &feed, &region()).rpo.known().is_none());
}

#[test]
fn a_tag_that_cannot_be_understood_is_unknown_and_not_nothing() {
    let odd = facts("feed", Some(&[("rpo", "soon"), ("peak-writes", "many")]));
    let why = odd.rpo.as_ref().expect_err("unknown");
    assert_eq!(
        why.to_string(),
        "tag:GetResources: a value this version does not know (tag rpo = soon)"
    );
    assert!(odd.peak_writes_per_s.known().is_none());
}
