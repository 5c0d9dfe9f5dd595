//! The table of calls that a run would make. Makes none.

use std::collections::BTreeSet;

use super::args::AwsArgs;
use crate::report::terminal::layout::{hang, pad};
use crate::report::terminal::style::{Ink, Style};
use crate::snapshot::operation::Operation;
use crate::snapshot::series::{self, Series};

const NEVER_READ: &str = "Items in tables are never read: no GetItem, Query, Scan, BatchGetItem, PartiQL or export is in \
                          the program, and no call that changes anything.";

const COUNTED: &str = "* counted into what is free each month: 1,000,000 requests to CloudWatch, as many to SNS, 20,000 \
                       to KMS. Calls without a mark are free.";

/// The table, in the order of [`Operation::ALL`].
pub(super) fn table(
    operations: &BTreeSet<Operation>,
    series: &BTreeSet<Series>,
    scope: &str,
    style: &Style,
) -> String {
    let title = format!("What a run would call (nothing was called). Scope: {scope}");
    let heads = row("operation, and the permission", "calls", "note");
    let chosen = Operation::ALL.iter().filter(|one| operations.contains(one));
    let lines: String = chosen.clone().map(|one| line(*one)).collect();
    let counted = chosen
        .clone()
        .any(|one| is_counted(*one))
        .then_some(COUNTED);
    let billed = chosen.clone().any(|one| is_billed(*one));
    let billed = billed.then(|| cost_of_metrics(series));
    let counted = counted.map(str::to_owned).into_iter();
    let notes = counted.chain(billed).chain([NEVER_READ.to_owned()]);
    let notes: String = notes.map(|note| hang(style, "  ", &note)).collect();
    let title = hang(style, "", &style.clean(&title));
    format!(
        "{title}\n{}\n{lines}\n{notes}",
        style.paint(Ink::Faint, heads.trim_end())
    )
}

fn line(operation: Operation) -> String {
    let mark = match (is_counted(operation), is_billed(operation)) {
        (_, true) => "$",
        (true, false) => "*",
        (false, false) => "",
    };
    let permission = operation.permission();
    let other = match permission == operation.name() {
        true => String::new(),
        false => permission.to_string(),
    };
    let calls = operation.per().to_string();
    row(operation.name(), &calls, &format!("{other}{mark}"))
}

/// As wide as the longest names. A permission is called as the operation that needs it, and said where it is not.
fn row(name: &str, calls: &str, rest: &str) -> String {
    let line = format!("  {}  {}  {rest}", pad(name, 47), pad(calls, 31));
    format!("{}\n", line.trim_end())
}

/// Whether a call may cost money, from the services' price pages: control-plane calls of DynamoDB, AWS Backup, Auto
/// Scaling, tagging and STS are free; CloudWatch, SNS and KMS give so many requests free each month.
fn is_counted(operation: Operation) -> bool {
    matches!(operation.service(), "cloudwatch" | "sns" | "kms") && !is_billed(operation)
}

/// Whether a call costs money from the first one on (CloudWatch pricing, "API requests").
fn is_billed(operation: Operation) -> bool {
    operation == Operation::GetMetricData
}

/// Tables, and indexes of each, of the example.
const EXAMPLE: (usize, usize) = (100, 2);

fn cost_of_metrics(wanted: &BTreeSet<Series>) -> String {
    let (of_table, of_index) = series::most_metrics(wanted);
    let (tables, indexes) = EXAMPLE;
    let metrics = tables * (of_table + indexes * of_index);
    let usd = metrics as f64 * series::USD_PER_1000 / 1_000.0;
    format!(
        "$ billed at ${} per 1,000 metrics: at most {of_table} a table, one more for each replica, and {of_index} an \
         index; ${usd:.2} for {tables} tables with {indexes} indexes each. --no-metrics leaves them out.",
        series::USD_PER_1000
    )
}

/// Which account and tables, in words.
pub(super) fn scope(aws: &AwsArgs, tables: &[String]) -> String {
    let regions = match aws.region.len() {
        0 => "the region of the profile".to_owned(),
        _ => aws.region.join(", "),
    };
    let target = aws.target.iter().map(|target| format!("target {target}"));
    let profile = aws
        .profile
        .iter()
        .map(|profile| format!("profile {profile}"));
    let tables = (!tables.is_empty()).then(|| format!("tables {}", tables.join(", ")));
    let parts: Vec<String> = target
        .chain(profile)
        .chain([regions])
        .chain(tables)
        .collect();
    parts.join(", ")
}
