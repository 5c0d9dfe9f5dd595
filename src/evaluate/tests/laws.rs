//! Laws over generated conditions and partly unread facts.

use proptest::prelude::*;

use super::*;

/// What one generated table is like: each fact with its value, and whether it was read.
#[derive(Clone, Debug)]
struct Facts {
    numbers: Vec<(bool, u64)>,
    maximum: (bool, Option<u64>),
    protection: (bool, bool),
    status: (bool, &'static str),
    has_tag: (bool, bool),
    indexes: (bool, Vec<IndexFacts>),
}

#[derive(Clone, Debug)]
struct IndexFacts {
    name: &'static str,
    size: (bool, u64),
    status: (bool, &'static str),
    backfilling: (bool, bool),
}

fn fact<T: Clone>(all: bool, (is_read, value): &(bool, T)) -> Fact<T> {
    if all || *is_read {
        Fact::Known(value.clone())
    } else {
        Fact::Unknown(denied())
    }
}

impl Facts {
    fn table(&self, name: &str, all: bool) -> Table {
        let mut table = Table::unread(name.to_owned(), &denied());
        table.size_bytes = fact(all, &self.numbers[0]);
        table.item_count = fact(all, &self.numbers[1]);
        table.read_capacity_units = fact(all, &self.numbers[2]);
        table.max_read_request_units = fact(all, &self.maximum);
        table.deletion_protection = fact(all, &self.protection);
        table.status = fact(all, &self.status).map(ResourceStatus::from);
        let tags = |has| if has { vec![("k", "v")] } else { vec![] };
        let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
        table.tags = fact(all, &self.has_tag).map(|has| tags(has).into_iter().map(owned).collect());
        let indexes = |indexes: Vec<IndexFacts>| indexes.iter().map(|i| i.index(all)).collect();
        table.indexes = fact(all, &self.indexes).map(indexes);
        table
    }
}

impl IndexFacts {
    fn index(&self, all: bool) -> Index {
        let mut index = Index::unread(self.name.to_owned(), &denied());
        index.size_bytes = fact(all, &self.size);
        index.status = fact(all, &self.status).map(ResourceStatus::from);
        index.backfilling = fact(all, &self.backfilling);
        index
    }
}

fn read<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = (bool, T)> {
    (any::<bool>(), value)
}

fn status() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["ACTIVE", "CREATING", "NEW_WORD"])
}

fn index_facts() -> impl Strategy<Value = IndexFacts> {
    let name = prop::sample::select(vec!["a", "b", "c"]);
    (name, read(0u64..4), read(status()), read(any::<bool>())).prop_map(
        |(name, size, status, backfilling)| IndexFacts {
            name,
            size,
            status,
            backfilling,
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    (
        prop::collection::vec(read(0u64..4), 3),
        read(prop::option::of(0u64..4)),
        read(any::<bool>()),
        read(status()),
        read(any::<bool>()),
        read(prop::collection::vec(index_facts(), 0..3)),
    )
        .prop_map(
            |(numbers, maximum, protection, status, has_tag, indexes)| Facts {
                numbers,
                maximum,
                protection,
                status,
                has_tag,
                indexes,
            },
        )
}

/// A condition about an index `i`.
fn index_condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0u32..4).prop_map(|n| format!("i.size_bytes > {n}")),
        Just("i.status == 'ACTIVE'".to_owned()),
        Just("i.status in ['ACTIVE', 'DELETING']".to_owned()),
        Just("i.backfilling".to_owned()),
        Just("i.name == 'a'".to_owned()),
        Just("(i.name == 'a') == table.deletion_protection".to_owned()),
    ];
    joined_conditions(leaf.boxed())
}

fn joined_conditions(leaf: BoxedStrategy<String>) -> BoxedStrategy<String> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
    .boxed()
}

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (0u32..4).prop_map(|n| n.to_string()),
        Just("table.size_bytes".to_owned()),
        Just("table.item_count".to_owned()),
        Just("table.read_capacity_units".to_owned()),
        Just("table.max_read_request_units.orValue(2)".to_owned()),
        Just("size(table.indexes)".to_owned()),
        Just("size(account.tables)".to_owned()),
        Just("sum(table.indexes.map(i, i.size_bytes))".to_owned()),
        Just("max(table.indexes.map(i, i.size_bytes))".to_owned()),
        index_condition().prop_map(|c| format!("size(table.indexes.filter(i, {c}))")),
        index_condition()
            .prop_map(|c| format!("sum(table.indexes.filter(i, {c}).map(j, j.size_bytes))")),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let sign = prop::sample::select(vec!["+", "-", "*", "/"]);
        prop_oneof![
            (inner.clone(), sign, inner.clone()).prop_map(|(a, s, b)| format!("({a} {s} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("min({a}, {b})")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("(table.deletion_protection ? {a} : {b})")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let each = prop::sample::select(vec!["all", "exists", "exists_one"]);
    let table_each = each.clone();
    let leaf = prop_oneof![
        4 => (number(), sign, number()).prop_map(|(a, s, b)| format!("{a} {s} {b}")),
        1 => Just("table.deletion_protection".to_owned()),
        1 => Just("table.status == 'ACTIVE'".to_owned()),
        1 => Just("table.status in ['CREATING', 'DELETING']".to_owned()),
        1 => Just("(table.max_read_request_units == null || table.max_read_request_units > 1)".to_owned()),
        1 => Just("'k' in table.tags".to_owned()),
        1 => Just("table.tags['k'].orValue('x') == 'x'".to_owned()),
        1 => Just("'b' in table.indexes.map(i, i.name)".to_owned()),
        3 => (each.clone(), index_condition()).prop_map(|(e, c)| format!("table.indexes.{e}(i, {c})")),
        2 => (each, index_condition(), index_condition())
            .prop_map(|(e, a, b)| format!("table.indexes.filter(i, {a}).{e}(i, {b})")),
        2 => table_each.prop_map(|e| format!("account.tables.{e}(t, t.name == 't0' || t.deletion_protection)")),
    ];
    joined_conditions(leaf.boxed())
}

/// The verdict, and what is said for it.
fn verdict_of(rule: &Rule, account: &Region, table: &Table) -> (Verdict, Explanation) {
    let params = rule.params_with(&Default::default()).expect("defaults");
    let scope = Scope {
        account,
        table: Some(table),
        now: NOW.parse().expect("time"),
    };
    let outcome = outcomes(rule, &params, &scope)[0];
    (outcome.verdict, explain(rule, &params, &scope, &outcome))
}

fn partly_and_fully_read(facts: &Facts, tables: &[Facts], read: usize) -> [(Region, Table); 2] {
    let listed = |all: bool| {
        let count = if all {
            tables.len()
        } else {
            read.min(tables.len())
        };
        let named = tables.iter().enumerate().take(count);
        Listed {
            items: named
                .map(|(index, facts)| facts.table(&format!("t{index}"), all))
                .collect(),
            missing: (count < tables.len()).then(throttled),
        }
    };
    [false, true].map(|all| (region(listed(all)), facts.table("t", all)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_decided_stays_so_when_more_is_read(
        condition in condition(),
        facts in prop::collection::vec(facts(), 16),
        others in prop::collection::vec(facts(), 0..3),
        read in 0usize..3,
    ) {
        let line = format!("assert: |\n  {condition}");
        let text = rule_text(&[("assert", &line)]);
        let source = Source { file: "r.yaml".to_owned(), text, is_builtin: false };
        let (catalog, errors) = Catalog::load([source], &ROOTS);
        let Some(rule) = catalog.rules().first() else {
            let expected = ["always has the same value", "is never absent here", "looks at nothing"];
            prop_assert!(expected.iter().any(|words| errors[0].message.contains(words)), "{}", errors[0].render());
            return Ok(());
        };
        for facts in &facts {
            let [(account, table), (full_account, full_table)] = partly_and_fully_read(facts, &others, read);
            let (before, told) = verdict_of(rule, &account, &table);
            let (after, _) = verdict_of(rule, &full_account, &full_table);
            prop_assert_eq!(told.unknown.is_empty(), before != Verdict::Unknown, "{:?}", told);
            prop_assert!(before != Verdict::Fail || !told.evidence.is_empty(), "{} fails without evidence", condition);
            prop_assert!(before == Verdict::Unknown || after == before, "{} was {:?}, is {:?}", condition, before, after);
        }
    }
}
