//! What evaluation promises: verdicts over known, absent and unread facts, and what they show.

mod lets;
mod methods;

use super::*;
use crate::rule::Roots;
use crate::rule::catalog::{Catalog, Source};
use crate::rule::tests::{ROOTS, rule_text};
use crate::snapshot::Region;
use crate::snapshot::fact::{Fact, Listed, Reason};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, FactType, Grounds, Method, RecordType};
use crate::snapshot::table::{Index, Pitr, PitrStatus, ResourceStatus, Table};

const NOW: &str = "2026-01-31T00:00:00Z";

fn denied() -> Why {
    Why::from_call(Reason::Denied, Operation::DescribeTable)
}

fn throttled() -> Why {
    Why::from_call(Reason::Throttled, Operation::ListTables)
}

fn index(name: &str, status: Option<&str>, size: Option<u64>) -> Index {
    let mut index = Index::unread(name.to_owned(), &denied());
    if let Some(status) = status {
        index.status = Fact::Known(ResourceStatus::from(status));
    }
    if let Some(size) = size {
        index.size_bytes = Fact::Known(size);
    }
    index
}

/// A table of which little is known: the rest is denied.
fn table() -> Table {
    let mut table = Table::unread("orders".to_owned(), &denied());
    table.deletion_protection = Fact::Known(false);
    table.size_bytes = Fact::Known(100);
    table.item_count = Fact::Known(0);
    table.global_table_version = Fact::Known(None);
    table.created_at = Fact::Known(Some("2026-01-01T00:00:00Z".parse().expect("time")));
    table.status = Fact::Known(ResourceStatus::from("NEWLY_INVENTED"));
    table.indexes = Fact::Known(vec![
        index("GSI1", Some("ACTIVE"), Some(10)),
        index("GSI2", Some("CREATING"), Some(30)),
        index("GSI3", None, None),
    ]);
    table.pitr = Fact::Known(Pitr {
        status: PitrStatus::from("ENABLED"),
        window_days: Some(7),
        earliest_restorable_at: None,
        latest_restorable_at: None,
    });
    let tags = [("env", "prod"), ("team", "shop")];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
    table.tags = Fact::Known(tags.into());
    table
}

fn region(tables: Listed<Table>) -> Region {
    let why = denied();
    let mut region = Region::unread("1".into(), "aws".into(), "eu-west-1".into(), &why);
    region.tables = Fact::Known(tables);
    region
}

fn load(changes: &[(&str, &str)]) -> Catalog {
    let source = Source {
        file: "r.yaml".to_owned(),
        text: rule_text(changes),
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], &ROOTS);
    assert_eq!(errors, []);
    catalog
}

/// Verdicts and explanations of the rule with these lines, about the table.
fn judge(changes: &[(&str, &str)], table: &Table) -> Vec<(Verdict, Explanation)> {
    let catalog = load(changes);
    let rule = &catalog.rules()[0];
    let params = rule.params_with(&Default::default()).expect("defaults");
    let region = region(Listed::complete(vec![]));
    let scope = Scope {
        account: &region,
        table: Some(table),
        now: NOW.parse().expect("time"),
    };
    let outcomes = outcomes(rule, &params, &scope);
    outcomes
        .iter()
        .map(|outcome| (outcome.verdict, explain(rule, &params, &scope, outcome)))
        .collect()
}

fn judge_condition(condition: &str, table: &Table) -> (Verdict, Explanation) {
    let line = format!("assert: |\n  {condition}");
    judge(&[("assert", &line)], table).remove(0)
}

fn lines(explanation: &Explanation) -> Vec<String> {
    let seen = explanation.evidence.iter();
    let seen = seen.map(|e| format!("{} = {} [{}]", e.path, e.observed, e.expected));
    let unread = explanation.unknown.iter();
    let unread = unread.map(|unread| format!("{}: {}", unread.path, unread.why));
    seen.chain(unread).collect()
}

#[test]
fn verdicts_follow_kleene() {
    use Verdict::{Fail, Pass, Unknown};
    let table = table();
    for (condition, expected) in [
        ("table.deletion_protection", Fail),
        ("!table.deletion_protection", Pass),
        ("table.read_capacity_units > 3", Unknown),
        (
            "table.deletion_protection && table.read_capacity_units > 3",
            Fail,
        ),
        (
            "table.read_capacity_units > 3 && table.deletion_protection",
            Fail,
        ),
        (
            "!table.deletion_protection || table.read_capacity_units > 3",
            Pass,
        ),
        (
            "table.deletion_protection || table.read_capacity_units > 3",
            Unknown,
        ),
        ("!(table.read_capacity_units > 3)", Unknown),
        (
            "table.read_capacity_units > 3 ? table.size_bytes > 1 : table.size_bytes > 2",
            Pass,
        ),
        ("table.size_bytes / table.item_count > 1", Unknown),
        ("table.size_bytes > 1KB", Fail),
        ("table.size_bytes * 2 - 50 == 150", Pass),
        ("table.global_table_version == null", Pass),
        (
            "table.global_table_version != null && table.global_table_version == 'x'",
            Fail,
        ),
        ("table.max_read_request_units == null", Unknown),
        ("table.max_read_request_units.orValue(3) == 3", Unknown),
        ("table.global_table_version.orValue('x') == 'x'", Pass),
        ("table.status == 'ACTIVE'", Unknown),
        ("table.status in ['ACTIVE', 'CREATING']", Unknown),
        ("table.tags['env'].orValue('') == 'prod'", Pass),
        ("'owner' in table.tags", Fail),
        ("size(table.tags) == 2", Pass),
        (
            "table.name.startsWith('ord') && table.name.glob('o*s') && !table.name.contains('x')",
            Pass,
        ),
        (
            "table.created_at != null && age(table.created_at) == 30d",
            Pass,
        ),
        (
            "table.created_at != null && table.created_at + 30d == now",
            Pass,
        ),
        ("table.indexes.exists(i, i.status == 'ACTIVE')", Pass),
        ("table.indexes.exists(i, i.status == 'DELETING')", Unknown),
        ("table.indexes.all(i, i.status == 'ACTIVE')", Fail),
        ("table.indexes.all(i, i.status != 'DELETING')", Unknown),
        ("table.indexes.exists_one(i, i.status == 'ACTIVE')", Unknown),
        (
            "table.indexes.exists_one(i, i.name.startsWith('GSI'))",
            Fail,
        ),
        (
            "table.indexes.filter(i, i.status == 'ACTIVE').size() < 3",
            Pass,
        ),
        (
            "table.indexes.filter(i, i.status == 'ACTIVE').size() < 2",
            Unknown,
        ),
        (
            "table.indexes.filter(i, i.status == 'ACTIVE').size() + 1 < 2",
            Fail,
        ),
        (
            "table.indexes.filter(i, i.status == 'ACTIVE').exists(i2, i2.name == 'GSI3')",
            Unknown,
        ),
        (
            "table.indexes.filter(i, i.status == 'ACTIVE').exists(i2, i2.name == 'GSI2')",
            Fail,
        ),
        ("'GSI2' in table.indexes.map(i, i.name)", Pass),
        (
            "sum(table.indexes.filter(i, i.name != 'GSI3').map(i, i.size_bytes)) == 40",
            Pass,
        ),
        ("max(table.indexes.map(i, i.size_bytes)) > 1", Unknown),
        (
            "min(table.indexes.filter(i, i.name == 'x').map(i, i.size_bytes)) > 1",
            Unknown,
        ),
        ("min(table.size_bytes, 3) == 3", Pass),
        ("table.replicas.exists(r, r.region == 'x')", Unknown),
        ("size(table.replicas) > 0", Unknown),
    ] {
        let (verdict, explanation) = judge_condition(condition, &table);
        assert_eq!(verdict, expected, "{condition}");
        let is_explained = !lines(&explanation).is_empty();
        assert!(is_explained, "{condition}: nothing is said");
        let has_unknown = !explanation.unknown.is_empty();
        assert_eq!(
            has_unknown,
            expected == Unknown,
            "{condition}: {explanation:?}"
        );
    }
}

#[test]
fn a_word_that_this_version_does_not_know_equals_itself_only() {
    let (verdict, explanation) = judge_condition("table.status == 'ACTIVE'", &table());
    assert_eq!(verdict, Verdict::Unknown);
    assert_eq!(explanation.unknown[0].why.reason, Reason::Unrecognised);
    let mut table = table();
    let same = index("GSI1", Some("NEWLY_INVENTED"), None);
    table.indexes = Fact::Known(vec![same]);
    let condition = "table.indexes.all(i, i.status == table.status)";
    assert_eq!(judge_condition(condition, &table).0, Verdict::Pass);
}

#[test]
fn evidence_names_what_is_to_blame() {
    let table = table();
    for (condition, expected) in [
        (
            "table.deletion_protection",
            vec!["table.deletion_protection = false [== true]"],
        ),
        (
            "!(table.size_bytes > 3)",
            vec!["table.size_bytes = 100 [<= 3]"],
        ),
        (
            "table.size_bytes < 3 && table.deletion_protection && table.item_count == 0",
            vec![
                "table.size_bytes = 100 [< 3]",
                "table.deletion_protection = false [== true]",
            ],
        ),
        (
            "table.size_bytes < 3 || table.deletion_protection",
            vec![
                "table.size_bytes = 100 [< 3]",
                "table.deletion_protection = false [== true]",
            ],
        ),
        (
            "table.pitr.status == 'DISABLED'",
            vec!["table.pitr.status = ENABLED [== \"DISABLED\"]"],
        ),
        (
            "20 > table.size_bytes",
            vec!["table.size_bytes = 100 [< 20]"],
        ),
        (
            "table.size_bytes < table.item_count",
            vec!["table.size_bytes = 100 [< table.item_count (0)]"],
        ),
        (
            "table.indexes.all(i, i.status == 'ACTIVE')",
            vec!["table.indexes[\"GSI2\"].status = CREATING [== \"ACTIVE\"]"],
        ),
        (
            "table.indexes.exists(i, i.name == 'GSI2' && i.size_bytes > 40)",
            vec![
                "table.indexes[\"GSI2\"].size_bytes = 30 [> 40]",
                "table.indexes[\"GSI3\"].name = GSI3 [== \"GSI2\"]",
                "table.indexes[\"GSI1\"].name = GSI1 [== \"GSI2\"]",
                "table.indexes[\"GSI1\"].size_bytes = 10 [> 40]",
            ],
        ),
        (
            "!table.indexes.exists(i, i.status == 'CREATING')",
            vec!["table.indexes[\"GSI2\"].status = CREATING [!= \"CREATING\"]"],
        ),
        (
            "table.indexes.size() == 2",
            vec!["size(table.indexes) = 3 [== 2]"],
        ),
        (
            "table.global_table_version != null",
            vec!["table.global_table_version = null [!= null]"],
        ),
        (
            "'owner' in table.tags",
            vec!["table.tags[\"owner\"] = null [!= null]"],
        ),
        (
            "table.tags['env'].orValue('x') == 'dev'",
            vec!["table.tags[\"env\"] = prod [== \"dev\"]"],
        ),
        (
            "table.name in ['a', 'b']",
            vec!["table.name = orders [in [\"a\", \"b\"]]"],
        ),
        (
            "!table.name.startsWith('ord')",
            vec!["table.name = orders [not startsWith(\"ord\")]"],
        ),
        (
            "table.indexes.filter(i, i.name == 'x').exists(i, i.backfilling)",
            vec!["table.indexes.filter(i, i.name == 'x') = none [exists(i, i.backfilling)]"],
        ),
        (
            "table.created_at == null || age(table.created_at) < 24h",
            vec![
                "table.created_at = 2026-01-01T00:00:00Z [== null]",
                "age(table.created_at) = 30 days [< 1 day]",
            ],
        ),
    ] {
        let (verdict, explanation) = judge_condition(condition, &table);
        assert_eq!(verdict, Verdict::Fail, "{condition}");
        assert_eq!(lines(&explanation), expected, "{condition}");
    }
    let (_, explanation) = judge_condition("table.deletion_protection", &table);
    assert_eq!(explanation.evidence[0].from, Some(Operation::DescribeTable));
}

#[test]
fn a_pass_shows_its_witness() {
    let table = table();
    for (condition, expected) in [
        (
            "!table.deletion_protection",
            vec!["table.deletion_protection = false [== false]"],
        ),
        (
            "table.size_bytes > 3 || table.item_count == 0",
            vec!["table.size_bytes = 100 [> 3]"],
        ),
        (
            "table.indexes.exists(i, i.size_bytes > 3)",
            vec!["table.indexes[\"GSI1\"].size_bytes = 10 [> 3]"],
        ),
        (
            "table.indexes.all(i, i.name != 'x')",
            vec!["table.indexes = GSI1, GSI2, GSI3 [all(i, i.name != 'x')]"],
        ),
        (
            "!(table.size_bytes < 3)",
            vec!["table.size_bytes = 100 [>= 3]"],
        ),
    ] {
        let (verdict, explanation) = judge_condition(condition, &table);
        assert_eq!(verdict, Verdict::Pass, "{condition}");
        assert_eq!(lines(&explanation), expected, "{condition}");
    }
}

#[test]
fn unknown_names_every_reason_once() {
    let mut table = table();
    table.tags = Fact::Unknown(throttled());
    let condition = "table.read_capacity_units > 3 && table.tags['a'].orValue('') == 'b' && table.write_capacity_units > 3";
    let (verdict, explanation) = judge_condition(condition, &table);
    assert_eq!(verdict, Verdict::Unknown);
    assert_eq!(
        lines(&explanation),
        [
            "table.read_capacity_units: dynamodb:DescribeTable is denied",
            "table.tags: dynamodb:ListTables: throttled after all retries",
        ]
    );
    let (_, explanation) = judge_condition("table.indexes.all(i, i.status != 'DELETING')", &table);
    assert_eq!(
        lines(&explanation),
        ["table.indexes[\"GSI3\"].status: dynamodb:DescribeTable is denied"]
    );
    let (_, explanation) = judge_condition("1 / table.item_count > 3", &table);
    assert_eq!(
        lines(&explanation),
        ["1 / table.item_count: arithmetic without an answer"]
    );
}

const EACH_INDEX: (&str, &str) = ("for_each", "for_each: i in table.indexes");

#[test]
fn each_element_has_its_own_verdict_and_path() {
    let changes = [
        EACH_INDEX,
        ("assert", "assert: i.status == 'ACTIVE'"),
        (
            "message",
            "message: 'index {i.name} of {table.name} is {i.status}'",
        ),
    ];
    let judged = judge(&changes, &table());
    let verdicts: Vec<Verdict> = judged.iter().map(|(verdict, _)| *verdict).collect();
    assert_eq!(verdicts, [Verdict::Pass, Verdict::Fail, Verdict::Unknown]);
    assert_eq!(judged[1].1.message, "index GSI2 of orders is CREATING");
    assert_eq!(
        lines(&judged[1].1),
        ["table.indexes[\"GSI2\"].status = CREATING [== \"ACTIVE\"]"]
    );
    assert_eq!(judged[2].1.message, "index GSI3 of orders is (unknown)");
}

#[test]
fn a_list_that_could_not_be_read_gives_one_unknown_on_the_parent() {
    let mut table = table();
    table.indexes = Fact::Unknown(denied());
    let judged = judge(&[EACH_INDEX, ("assert", "assert: i.backfilling")], &table);
    assert_eq!(judged.len(), 1);
    assert_eq!(judged[0].0, Verdict::Unknown);
    assert_eq!(
        judged[0].1.message,
        "orders: table.indexes could not be read"
    );
    assert_eq!(
        lines(&judged[0].1),
        ["table.indexes: dynamodb:DescribeTable is denied"]
    );
    let small = ("applies_when", "applies_when: table.size_bytes > 200");
    let judged = judge(
        &[EACH_INDEX, small, ("assert", "assert: i.backfilling")],
        &table,
    );
    assert_eq!(judged[0].0, Verdict::NotApplicable);
}

#[test]
fn a_partial_list_gives_its_elements_and_one_unknown() {
    let catalog = load(&[
        ("for_each", "for_each: t in account.tables"),
        ("assert", "assert: t.deletion_protection"),
        ("message", "message: '{t.name} {account.region}'"),
    ]);
    let rule = &catalog.rules()[0];
    let params = rule.params_with(&Default::default()).expect("defaults");
    let region = region(Listed {
        items: vec![table()],
        missing: Some(throttled()),
    });
    let scope = Scope {
        account: &region,
        table: None,
        now: NOW.parse().expect("time"),
    };
    let outcomes = outcomes(rule, &params, &scope);
    let verdicts: Vec<Verdict> = outcomes.iter().map(|outcome| outcome.verdict).collect();
    assert_eq!(verdicts, [Verdict::Fail, Verdict::Unknown]);
    let told = explain(rule, &params, &scope, &outcomes[0]);
    assert_eq!(told.message, "orders eu-west-1");
    let told = explain(rule, &params, &scope, &outcomes[1]);
    assert_eq!(
        told.message,
        "eu-west-1: account.tables could not be read in full"
    );
}

#[test]
fn a_partial_list_decides_only_what_the_missing_cannot_change() {
    use Verdict::{Fail, Pass, Unknown};
    for (condition, expected) in [
        ("account.tables.exists(t, t.name == 'orders')", Pass),
        ("account.tables.exists(t, t.name == 'other')", Unknown),
        ("account.tables.all(t, t.name == 'other')", Fail),
        ("account.tables.all(t, t.name == 'orders')", Unknown),
        ("size(account.tables) >= 1", Pass),
        ("size(account.tables) < 1", Fail),
        ("size(account.tables) > 1", Unknown),
        ("'orders' in account.tables.map(t, t.name)", Pass),
        ("account.tables.exists_one(t, t.name == 'orders')", Unknown),
    ] {
        let line = format!("assert: |\n  {condition}");
        let catalog = load(&[("for_each", "for_each: account"), ("assert", &line)]);
        let rule = &catalog.rules()[0];
        let params = rule.params_with(&Default::default()).expect("defaults");
        let region = region(Listed {
            items: vec![table()],
            missing: Some(throttled()),
        });
        let scope = Scope {
            account: &region,
            table: None,
            now: NOW.parse().expect("time"),
        };
        let outcomes = outcomes(rule, &params, &scope);
        assert_eq!(outcomes[0].verdict, expected, "{condition}");
        let told = explain(rule, &params, &scope, &outcomes[0]);
        assert_eq!(told.unknown.is_empty(), expected != Unknown, "{condition}");
    }
}

#[test]
fn a_rule_that_does_not_apply_says_why() {
    let changes = [("applies_when", "applies_when: table.size_bytes > 200")];
    let judged = judge(&changes, &table());
    assert_eq!(judged[0].0, Verdict::NotApplicable);
    let changes = [(
        "applies_when",
        "applies_when: table.read_capacity_units > 200",
    )];
    let judged = judge(&changes, &table());
    assert_eq!(judged[0].0, Verdict::Unknown);
    assert_eq!(
        lines(&judged[0].1),
        ["table.read_capacity_units: dynamodb:DescribeTable is denied"]
    );
}

#[test]
fn messages_show_values_as_people_write_them() {
    let changes = [
        (
            "params",
            "params: { window: { type: duration, default: 840h, about: a }, names: { type: list<string>, default: [a, b], about: a } }",
        ),
        (
            "assert",
            "assert: table.name in params.names && table.created_at != null && age(table.created_at) > params.window",
        ),
        (
            "message",
            "message: '{table.name}: {table.size_bytes / 8}, {params.window}, {params.names}, {table.global_table_version}, {table.replicas}, {age(table.created_at)}, {{x}}'",
        ),
    ];
    let judged = judge(&changes, &table());
    assert_eq!(
        judged[0].1.message,
        "orders: 12.5, 35 days, a, b, none, (unknown), 30 days, {x}"
    );
    assert_eq!(
        lines(&judged[0].1),
        [
            "table.name = orders [in [\"a\", \"b\"]]",
            "age(table.created_at) = 30 days [> 35 days]"
        ]
    );
}

#[test]
fn patterns_sums_and_defaults_have_their_verdicts() {
    use Verdict::{Fail, Pass, Unknown};
    for (condition, expected) in [
        (r"table.name.matches('^ord[a-z]+$')", Pass),
        (r"table.name.matches(r'\d')", Fail),
        ("['x*', 'ord*'].exists(p, table.name.glob(p))", Pass),
        ("table.arn.matches('x')", Unknown),
        (
            "sum(table.indexes.filter(i, i.name == 'x').map(i, i.size_bytes * 1s)) == 0s",
            Pass,
        ),
        ("table.created_at.orValue(now) == now - 30d", Pass),
        ("table.indexes.exists_one(i, i.size_bytes == 30)", Unknown),
        ("table.indexes.exists_one(i, i.name == 'GSI2')", Pass),
        ("-size(account.tables) == 0", Pass),
        ("max(1h, table.item_count * 1s, 90m) == 90m", Pass),
        ("table.size_bytes * 1e308 * 1e308 > 0", Unknown),
        ("min([now, now - 1d]) < now && table.item_count == 0", Pass),
    ] {
        assert_eq!(
            judge_condition(condition, &table()).0,
            expected,
            "{condition}"
        );
    }
}

#[test]
fn the_nearest_of_a_list_are_shown_first_and_long_lists_are_folded() {
    let mut table = table();
    let sizes = [(1, "A"), (2, "B"), (3, "C"), (4, "D"), (5, "E")];
    let indexes = sizes.map(|(size, name)| index(name, Some("ACTIVE"), Some(size)));
    table.indexes = Fact::Known(indexes.into());
    for (condition, expected) in [
        (
            "table.indexes.exists(i, i.size_bytes > 9 && (i.name == 'D' || i.name == 'E'))",
            vec![
                "table.indexes[\"D\"].size_bytes = 4 [> 9]",
                "table.indexes[\"E\"].size_bytes = 5 [> 9]",
                "table.indexes[\"A\"].size_bytes = 1 [> 9]",
                "table.indexes[\"A\"].name = A [== \"D\"]",
                "table.indexes[\"A\"].name = A [== \"E\"]",
                "table.indexes = and 2 more, further off []",
            ],
        ),
        (
            "table.indexes.all(i, i.size_bytes > 9)",
            vec![
                "table.indexes[\"A\"].size_bytes = 1 [> 9]",
                "table.indexes[\"B\"].size_bytes = 2 [> 9]",
                "table.indexes[\"C\"].size_bytes = 3 [> 9]",
                "table.indexes = and 2 more like these []",
            ],
        ),
        (
            "table.indexes.exists_one(i, i.size_bytes > 3)",
            vec![
                "table.indexes[\"D\"].size_bytes = 4 [<= 3]",
                "table.indexes[\"E\"].size_bytes = 5 [<= 3]",
            ],
        ),
        (
            "table.indexes.filter(i, i.size_bytes < 3).exists_one(i, i.size_bytes > 3)",
            vec![
                "table.indexes[\"A\"].size_bytes = 1 [> 3]",
                "table.indexes[\"B\"].size_bytes = 2 [> 3]",
            ],
        ),
    ] {
        let (verdict, explanation) = judge_condition(condition, &table);
        assert_eq!(verdict, Verdict::Fail, "{condition}");
        assert_eq!(lines(&explanation), expected, "{condition}");
    }
    let (_, explanation) = judge_condition("table.indexes.exists_one(i, i.name == 'B')", &table);
    assert_eq!(
        lines(&explanation),
        ["table.indexes[\"B\"].name = B [== \"B\"]"]
    );
}
