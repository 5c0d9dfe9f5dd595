//! The table of calls that a run would make. Makes none.

use std::collections::BTreeSet;

use super::args::AwsArgs;
use crate::report::terminal::layout::{hang, pad};
use crate::report::terminal::style::{Ink, Style};
use crate::snapshot::operation::Operation;

const NEVER_READ: &str = "Items in tables are never read: no GetItem, Query, Scan, BatchGetItem, PartiQL or export is in \
                          the program, and no call that changes anything.";

const COUNTED: &str = "* counted into the 1,000,000 requests that CloudWatch and SNS each give free a month. All other \
                       calls here are free.";

/// The table, in the order of [`Operation::ALL`].
pub(super) fn table(operations: &BTreeSet<Operation>, scope: &str, style: &Style) -> String {
    let title = format!("What a run would call (nothing was called). Scope: {scope}");
    let heads = row("operation", "calls", "permission");
    let chosen = Operation::ALL.iter().filter(|one| operations.contains(one));
    let lines: String = chosen.clone().map(|one| line(*one)).collect();
    let counted = chosen
        .clone()
        .any(|one| is_counted(*one))
        .then_some(COUNTED);
    let notes = counted.into_iter().chain([NEVER_READ]);
    let notes: String = notes.map(|note| hang(style, "  ", note)).collect();
    let title = hang(style, "", &style.clean(&title));
    format!(
        "{title}\n{}\n{lines}\n{notes}",
        style.paint(Ink::Faint, heads.trim_end())
    )
}

fn line(operation: Operation) -> String {
    let service = operation.service();
    let name = operation.name();
    let name = name.strip_prefix(service).unwrap_or(name);
    let mark = if is_counted(operation) { "  *" } else { "" };
    let permission = format!("{}{mark}", operation.permission());
    let calls = operation.per().to_string();
    row(name.trim_start_matches(':'), &calls, &permission)
}

/// As wide as the longest names, so that the longest permission ends at column 100.
fn row(name: &str, calls: &str, permission: &str) -> String {
    format!("  {}  {} {permission}\n", pad(name, 31), pad(calls, 17))
}

/// Whether a call may cost money, from the services' price pages: control-plane calls of DynamoDB, AWS Backup, Auto
/// Scaling, tagging and STS are free; CloudWatch, SNS and KMS give so many requests free each month.
fn is_counted(operation: Operation) -> bool {
    matches!(operation.service(), "cloudwatch" | "sns" | "kms")
}

/// Which account and tables, in words.
pub(super) fn scope(aws: &AwsArgs, tables: &[String]) -> String {
    let regions = match aws.region.len() {
        0 => "the region of the profile".to_owned(),
        _ => aws.region.join(", "),
    };
    let profile = aws
        .profile
        .iter()
        .map(|profile| format!("profile {profile}"));
    let tables = (!tables.is_empty()).then(|| format!("tables {}", tables.join(", ")));
    let parts: Vec<String> = profile.chain([regions]).chain(tables).collect();
    parts.join(", ")
}
