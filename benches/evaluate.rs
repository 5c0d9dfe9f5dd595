//! How long it takes to judge 10,000 tables by 100 rules. Prints the least and the median of a few rounds.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::time::{Duration, Instant};

use dynalint::evaluate::{Scope, outcomes};
use dynalint::finding::Verdict;
use dynalint::rule::catalog::{Catalog, Source};
use dynalint::rule::param::Params;
use dynalint::rule::{Roots, Rule};
use dynalint::snapshot::Region;
use dynalint::snapshot::fact::{Fact, Listed, Reason, Why};
use dynalint::snapshot::table::{Index, Pitr, PitrStatus, ResourceStatus, Table};

const TABLES: usize = 10_000;
const RULES: usize = 100;
const ROUNDS: usize = 7;

const CONDITIONS: &[(&str, &str)] = &[
    ("table", "table.deletion_protection"),
    ("table", "table.pitr.status == 'ENABLED'"),
    ("table", "table.pitr.window_days.orValue(0) >= params.days"),
    (
        "table",
        "'env' in table.tags && table.tags['env'] in ['prod', 'test']",
    ),
    (
        "table",
        "table.created_at == null || age(table.created_at) > 30d",
    ),
    ("table", "table.indexes.all(i, i.status == 'ACTIVE')"),
    (
        "table",
        "size(table.indexes.filter(i, i.size_bytes > 1KB)) < 3",
    ),
    (
        "table",
        "table.size_bytes / max(table.item_count, 1) < 400KB",
    ),
    ("i in table.indexes", "i.status == 'ACTIVE'"),
    (
        "i in table.indexes",
        "i.size_bytes <= table.size_bytes && !i.backfilling",
    ),
];

fn main() {
    let roots = Roots {
        account: Region::TYPE,
        table: Table::TYPE,
        iam: dynalint::snapshot::iam::Iam::TYPE,
    };
    let (catalog, errors) = Catalog::load((0..RULES).map(source), &roots);
    assert!(errors.is_empty(), "{}", errors[0]);
    let params: Vec<Params> = catalog.rules().iter().map(defaults).collect();
    let rules: Vec<(&Rule, &Params)> = catalog.rules().iter().zip(&params).collect();
    let why = Why::of(Reason::Denied);
    let mut account = Region::unread("1".into(), "aws".into(), "eu-west-1".into(), &why);
    account.tables = Fact::Known(Listed::complete((0..TABLES).map(table).collect()));
    let mut rounds: Vec<Duration> = (0..ROUNDS).map(|_| round(&account, &rules)).collect();
    rounds.sort();
    let median = rounds[ROUNDS / 2];
    println!(
        "{TABLES} tables x {RULES} rules: least {:?}, median {median:?}",
        rounds[0]
    );
}

fn round(account: &Region, rules: &[(&Rule, &Params)]) -> Duration {
    let start = Instant::now();
    let mut counts = [0usize; 4];
    let Fact::Known(tables) = &account.tables else {
        return Duration::ZERO;
    };
    for table in &tables.items {
        let scope = Scope {
            account,
            table: Some(table),
            now: jiff::Timestamp::UNIX_EPOCH,
        };
        for (rule, params) in rules {
            for outcome in outcomes(rule, params, &scope) {
                counts[slot(outcome.verdict)] += 1;
            }
        }
    }
    assert!(counts.iter().sum::<usize>() >= TABLES * RULES);
    start.elapsed()
}

fn slot(verdict: Verdict) -> usize {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Fail => 1,
        Verdict::Unknown => 2,
        Verdict::NotApplicable => 3,
    }
}

fn defaults(rule: &Rule) -> Params {
    rule.params_with(&Default::default()).unwrap_or_default()
}

fn source(index: usize) -> Source {
    let (for_each, condition) = CONDITIONS[index % CONDITIONS.len()];
    let params = if condition.contains("params.") {
        "params: { days: { type: number, default: 7, about: a } }"
    } else {
        ""
    };
    let text = format!(
        "id: r-{index}\narea: design\ntitle: t\nseverity: low\nsince: 0.1.0\nfor_each: {for_each}\n{params}\n\
         assert: |\n  {condition}\nmessage: m\nwhy: w\nfix: {{}}\nrefs: []\n"
    );
    Source {
        file: format!("r-{index}.yaml"),
        text,
        is_builtin: false,
    }
}

/// A table of which one fact in ten could not be read.
fn table(number: usize) -> Table {
    let why = Why::of(Reason::Denied);
    let mut table = Table::unread(format!("table-{number}"), &why);
    table.deletion_protection = Fact::Known(number.is_multiple_of(2));
    table.size_bytes = Fact::Known(number as u64 * 1000);
    table.item_count = Fact::Known(number as u64);
    table.created_at = Fact::Known(Some(jiff::Timestamp::UNIX_EPOCH));
    table.tags = Fact::Known([("env".to_owned(), "prod".to_owned())].into());
    let indexes = (0..number % 4).map(|index| Index {
        status: Fact::Known(ResourceStatus::from("ACTIVE")),
        size_bytes: Fact::Known(500 * index as u64),
        ..Index::unread(format!("GSI{index}"), &why)
    });
    table.indexes = Fact::Known(indexes.collect());
    if !number.is_multiple_of(10) {
        table.pitr = Fact::Known(Pitr {
            status: PitrStatus::from("ENABLED"),
            window_days: Some(35),
            earliest_restorable_at: None,
            latest_restorable_at: None,
        });
    }
    table
}
