//! `dynalint snapshot`: collects, and keeps what was read. Judges nothing.

use std::collections::BTreeSet;
use std::path::Path;

use super::args::SnapshotArgs;
use super::collector::{Collector, Live};
use super::dry_run;
use super::exit::{Exit, Failure};
use super::output::Console;
use super::project::Project;
use super::time::today;
use super::{target, variables};
use crate::assess::is_out_of_scope;
use crate::report::terminal::layout::{count, number};
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;
use crate::snapshot::{Snapshot, file};

/// Runs it. Everything is read that any rule may look at, so that later rules can judge the file too.
pub(super) fn run(
    asked: &SnapshotArgs,
    collector: &dyn Collector,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let project = Project::load(&[], &asked.config, today(asked.run.now))?;
    let aimed = target::aim(&project.config, &asked.aws, &asked.table, true)?;
    let args = &SnapshotArgs {
        aws: aimed.aws,
        table: aimed.tables,
        ..asked.clone()
    };
    let wanted = |operation: &&Operation| {
        let is_metrics = **operation == Operation::GetMetricData;
        let is_left_out = is_out_of_scope(&project.config, **operation);
        !(is_left_out || is_metrics && args.run.no_metrics)
    };
    let operations: BTreeSet<Operation> = Operation::ALL.iter().filter(wanted).copied().collect();
    let series = BTreeSet::from(Series::ALL);
    if args.run.dry_run {
        let style = console.screen.style(args.talk.color, None);
        let scope = dry_run::scope(&args.aws, &args.table);
        console.report(&dry_run::table(&operations, &series, &scope, &style))?;
        return Ok(Exit::Done);
    }
    if variables::is_offline() {
        return Err(Failure::new(
            "DYNALINT_OFFLINE is set, and a snapshot is read from AWS",
            "unset it, or see what would be read with --dry-run",
        ));
    }
    if args.save.is_none() && console.screen.out_is_terminal {
        return Err(Failure::new(
            "a snapshot is too long for a terminal",
            "dynalint snapshot --save prod.snapshot.json",
        ));
    }
    let snapshot = collect(args, &operations, &series, collector, console)?;
    keep(args.save.as_deref(), &snapshot, console)?;
    if !args.talk.quiet {
        console.talk(&told(args.save.as_deref(), &snapshot));
    }
    if args.talk.verbose > 0 {
        console.talk(&calls(&snapshot));
    }
    Ok(Exit::Done)
}

fn collect(
    args: &SnapshotArgs,
    operations: &BTreeSet<Operation>,
    series: &BTreeSet<Series>,
    collector: &dyn Collector,
    console: &Console<'_>,
) -> Result<Snapshot, Failure> {
    let live = Live::new((&args.aws, &args.table), (operations, series), &args.run);
    live.read(collector, &args.talk, console)
}

fn keep(
    path: Option<&Path>,
    snapshot: &Snapshot,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let Some(path) = path else {
        return console.report(&text(snapshot)?);
    };
    Ok(file::save(snapshot, path)?)
}

fn text(snapshot: &Snapshot) -> Result<String, Failure> {
    file::text(snapshot).map_err(|error| {
        Failure::new(
            format!("cannot write the snapshot: {error}"),
            "tell us; nothing was changed in the account",
        )
    })
}

/// `saved prod.snapshot.json: 3 tables in 1 region, 143 read-only calls, 2 answers missing`.
fn told(path: Option<&Path>, snapshot: &Snapshot) -> String {
    let tables = snapshot
        .regions
        .iter()
        .filter_map(|region| region.tables.known());
    let tables: usize = tables.map(|tables| tables.items.len()).sum();
    let calls: u64 = snapshot.calls.values().sum();
    let saved = path.map_or("snapshot".to_owned(), |path| {
        format!("saved {}", path.display())
    });
    let gaps = match snapshot.gaps.len() {
        0 => String::new(),
        gaps => format!(", {} missing", count(gaps, "answer")),
    };
    format!(
        "{saved}: {} in {}, {} read-only calls{gaps}; nothing was changed\n",
        count(tables, "table"),
        count(snapshot.regions.len(), "region"),
        number(calls),
    )
}

/// The calls that were made, by operation.
fn calls(snapshot: &Snapshot) -> String {
    let line =
        |(operation, calls): (&String, &u64)| format!("{:>10}  {operation}\n", number(*calls));
    snapshot.calls.iter().map(line).collect()
}
