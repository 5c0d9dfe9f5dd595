//! The report as CSV, for a spreadsheet: one finding a row, worst first, as RFC 4180 has it (commas, CRLF, quotes doubled).
//!
//! UTF-8 without a mark in front, which would become part of the first column's name to most readers. Holds findings
//! alone: a run without any is the head and nothing else, and the verdict is in other formats.
//!
//! Columns, in this order. New ones are added at the end; none is renamed or removed.
//!
//! | column | what it holds |
//! | --- | --- |
//! | `rule` | id of the rule |
//! | `title` | what must hold |
//! | `area`, `severity` | of the rule, as in force |
//! | `status` | `pass`, `fail`, `unknown`, `not-applicable` |
//! | `decoration` | `waived`, `baselined`, or nothing |
//! | `account`, `region`, `table` | where; `region` is empty for what is global, `table` for what is of none |
//! | `kind`, `subject`, `arn` | what it is about; `arn` where it is known |
//! | `message` | what is wrong, or why it cannot be told |
//! | `unknown` | what could not be read, each with its reason, parted by `; ` |
//! | `evidence` | what was seen: `path = observed, wanted expected`, parted by `; ` |
//! | `repair` | the command, else what to do in words |
//! | `waiver_owner`, `waiver_expires`, `waiver_reason`, `waiver_ticket` | of what is waived; the day as `2027-03-31` |
//! | `fingerprint` | the same for this rule and subject in every run |
//! | `collected_at` | when the facts were read, RFC 3339, UTC |
//! | `source`, `target` | where the facts come from; the target of the configuration, where one was read |

use std::borrow::Cow;

use csv::{Terminator, WriterBuilder};
use serde::ser::Error;

use super::json::said;
use super::terminal::View;
use super::terminal::style::is_bidi_control;
use super::{Report, worst_first};
use crate::finding::{Decoration, Finding};
use crate::snapshot::record::Evidence;

const HEAD: [&str; 24] = [
    "rule",
    "title",
    "area",
    "severity",
    "status",
    "decoration",
    "account",
    "region",
    "table",
    "kind",
    "subject",
    "arn",
    "message",
    "unknown",
    "evidence",
    "repair",
    "waiver_owner",
    "waiver_expires",
    "waiver_reason",
    "waiver_ticket",
    "fingerprint",
    "collected_at",
    "source",
    "target",
];
/// The most characters of a cell. Excel takes 32,767 and cuts what is longer without a word.
const LONGEST: usize = 32_000;

/// The report as CSV.
///
/// # Errors
/// None that is known: every row has as many cells as the head.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, serde_json::Error> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by(|left, right| worst_first(left, right));
    let collected_at = report.collected_at.to_string();
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    let mut write = |cells: [Cow<'_, str>; HEAD.len()]| {
        let cells = cells.iter().map(|cell| guarded(cell));
        writer.write_record(cells.collect::<Vec<String>>())
    };
    let written = write(HEAD.map(Cow::Borrowed)).and_then(|()| {
        findings
            .iter()
            .try_for_each(|finding| write(row(report, view, finding, &collected_at)))
    });
    written.map_err(serde_json::Error::custom)?;
    let bytes = writer.into_inner().map_err(serde_json::Error::custom)?;
    String::from_utf8(bytes).map_err(serde_json::Error::custom)
}

/// A finding as cells, in the order of the head.
fn row<'a>(
    report: &'a Report,
    view: &View<'a>,
    finding: &'a Finding,
    collected_at: &'a str,
) -> [Cow<'a, str>; HEAD.len()] {
    let subject = &finding.subject;
    let title = view.rules.get(&finding.rule).map(|rule| &*rule.title);
    let decoration = finding.decoration.as_ref();
    let [owner, expires, reason, ticket] = waiver(decoration);
    let unknown = finding.unknown.iter().map(ToString::to_string);
    let evidence = finding.evidence.iter().map(observation);
    let text = |text: &'a str| Cow::Borrowed(text);
    let some = |text: Option<&'a str>| Cow::Borrowed(text.unwrap_or_default());
    [
        text(&finding.rule),
        some(title),
        text(finding.area.word()),
        text(finding.severity.word()),
        text(finding.verdict.word()),
        some(decoration.map(Decoration::word)),
        text(&subject.account),
        some(subject.region.as_deref()),
        some(subject.table.as_deref()),
        text(&subject.kind),
        text(&subject.name),
        some(subject.arn.as_deref()),
        said(finding),
        Cow::Owned(joined(unknown)),
        Cow::Owned(joined(evidence)),
        some(repair(finding)),
        owner,
        expires,
        reason,
        ticket,
        text(&finding.fingerprint),
        text(collected_at),
        text(&report.source),
        some(report.config_effects.target.as_deref()),
    ]
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<String>>().join("; ")
}

fn observation(evidence: &Evidence) -> String {
    let Evidence {
        path,
        observed,
        expected,
        ..
    } = evidence;
    match expected.is_empty() {
        true => format!("{path} = {observed}"),
        false => format!("{path} = {observed}, wanted {expected}"),
    }
}

fn repair(finding: &Finding) -> Option<&str> {
    let repair = finding.fix.as_ref()?;
    repair.command.as_deref().or(repair.words.as_deref())
}

/// Owner, last day, reason and ticket.
fn waiver(decoration: Option<&Decoration>) -> [Cow<'_, str>; 4] {
    match decoration {
        Some(Decoration::Waived {
            owner,
            expires,
            reason,
            ticket,
        }) => [
            Cow::Borrowed(&**owner),
            Cow::Owned(expires.to_string()),
            Cow::Borrowed(&**reason),
            Cow::Borrowed(ticket.as_deref().unwrap_or_default()),
        ],
        Some(Decoration::Baselined) | None => [const { Cow::Borrowed("") }; 4],
    }
}

/// A cell that a spreadsheet takes for text: an apostrophe stands before what it would run as a formula, characters that
/// steer a screen are replaced, and what is too long is cut.
fn guarded(cell: &str) -> String {
    let starts_formula = |c: char| "=+-@\t\r\n＝＋－＠".contains(c);
    let mut text = String::with_capacity(cell.len() + 1);
    if cell.starts_with(starts_formula) {
        text.push('\'');
    }
    let is_cut = cell.len() > LONGEST && cell.chars().count() > LONGEST;
    let kept = if is_cut { LONGEST } else { usize::MAX };
    text.extend(cell.chars().take(kept).map(|c| match c {
        '\n' | '\t' => c,
        c if c.is_control() || is_bidi_control(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }));
    if is_cut {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_would_be_a_formula_begins_with_an_apostrophe() {
        for cell in ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"] {
            assert!(guarded(cell).starts_with('\''), "{cell:?}");
        }
        assert_eq!(guarded("pitr-on"), "pitr-on");
        assert_eq!(guarded("a=b"), "a=b");
    }

    #[test]
    fn a_cell_holds_no_character_that_steers_a_screen() {
        assert_eq!(guarded("a\u{1b}[31m\0b\nc"), "a\u{fffd}[31m\u{fffd}b\nc");
        assert_eq!(guarded("gnp.\u{202e}exe"), "gnp.\u{fffd}exe");
    }

    #[test]
    fn a_cell_longer_than_a_spreadsheet_takes_is_cut_and_says_so() {
        let cut = guarded(&"é".repeat(40_000));
        assert_eq!(cut.chars().count(), LONGEST + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(guarded(&"é".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
