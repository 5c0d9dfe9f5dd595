//! The history of runs: a line is added to its file. What a line is, is [`crate::drift::history`]'s.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::args::SelectArgs;
use super::exit::Failure;
use super::files::{mistakes, unreadable};
use super::output::{make_folder, write_file};
use crate::drift::history::{self, Line, Run};
use crate::report::Report;

/// The lines of a file; none where there is no such file yet.
pub(super) fn read(path: &Path) -> Result<Vec<Line>, Failure> {
    let file = path.display().to_string();
    history::read(&file, &text(path)?).map_err(|errors| mistakes(&errors))
}

fn text(path: &Path) -> Result<String, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Adds a line, and takes out the oldest where there are too many. The file is written whole, or not at all.
pub(super) fn add(path: &Path, line: &Line) -> Result<(), Failure> {
    let text = history::with(&text(path)?, line).map_err(|error| {
        Failure::new(
            format!("cannot write the history: {error}"),
            "tell us; the file is as it was",
        )
    })?;
    make_folder(path)?;
    write_file(path, &text)
}

/// The line of a report.
pub(super) fn of_report(report: &Report, select: &SelectArgs) -> Line {
    let run = Run {
        at: report.collected_at,
        tool_version: report.tool_version.clone(),
        rules_digest: report.rules_digest.clone(),
        scopes: report.scopes.clone(),
        selected: selected(select),
        tables: report.tables,
    };
    Line::of(run, &report.summary.all, &report.findings)
}

/// The tables that were asked for.
pub(super) fn selected(select: &SelectArgs) -> Vec<String> {
    let tables = select.table.iter().map(|table| format!("table={table}"));
    let environment = select.env.iter().map(|env| format!("env={env}"));
    let mut selected: Vec<String> = tables.chain(environment).collect();
    selected.sort();
    selected.dedup();
    selected
}
