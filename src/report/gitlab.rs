//! The report as Code Quality of GitLab: what counts, by severity.
//!
//! It has no word for what is accepted, so that is left out, and no place to say so: whoever writes the file tells how
//! much it was ([`left_out`]). What is not known is in it, and begins with "cannot tell".

use serde::Serialize;

use super::Report;
use super::pipeline::{Once, cut, in_order, said};
use super::terminal::View;
use crate::finding::{Finding, Severity};

/// More entries than a page of them can show; GitLab itself names no limit but the size of the file.
const MOST_ENTRIES: usize = 25_000;
/// Bytes of a description.
const MOST_DESCRIPTION: usize = 1_000;

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// What of a report has no place in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Waived, or known to the baseline.
    pub accepted: usize,
    /// Beyond the most entries that a file has.
    pub beyond: usize,
}

/// What of a report has no place in the file.
pub fn left_out(report: &Report) -> LeftOut {
    let counting = report.findings.iter().filter(|it| it.counts()).count();
    let accepted = |it: &&Finding| it.decoration.is_some();
    LeftOut {
        accepted: report.findings.iter().filter(accepted).count(),
        beyond: counting.saturating_sub(MOST_ENTRIES),
    }
}

/// The report as Code Quality of GitLab.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, serde_json::Error> {
    let mut once = Once::default();
    let anchor = &report.config_effects.anchor;
    let counting = in_order(report).into_iter().filter(|it| it.counts());
    let entries = counting.take(MOST_ENTRIES).map(|finding| Entry {
        description: cut(&said(finding, view), MOST_DESCRIPTION),
        check_name: &finding.rule,
        fingerprint: once.of(finding),
        severity: word(finding.severity),
        location: Location {
            path: &anchor.file,
            lines: Lines { begin: anchor.line },
        },
    });
    let entries: Vec<Entry<'_>> = entries.collect();
    let mut text = serde_json::to_string_pretty(&entries)?;
    text.push('\n');
    Ok(text)
}

/// GitLab's word for a severity.
const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
        Severity::Info => "info",
    }
}
