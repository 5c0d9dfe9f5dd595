//! The report for people at a terminal: worst first, one finding one line, and a verdict at the end.
//!
//! Pure text out of a [`Report`]: knows neither the terminal nor the arguments; what they said stands in [`View`].
//! Decides nothing about readiness; that is the gate's.

pub(super) mod accepted;
mod area;
pub(super) mod blind;
mod block;
pub(super) mod config_effects;
pub(super) mod finding;
pub(super) mod header;
pub(super) mod items;
pub mod layout;
pub(crate) mod signed;
pub(super) mod steps;
pub mod style;
pub(super) mod summary;
pub(super) mod verdict;

use std::borrow::Cow;
use std::collections::BTreeMap;

use self::style::Style;
use super::{Report, RuleFacts};
use crate::finding::{Decoration, Finding, Verdict};

/// How the report is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// What the terminal can show.
    pub style: Style,
    /// How much to say of it.
    pub detail: Detail,
    /// Which results are listed.
    pub show: Show,
    /// How they are put together; `None` is what fits the detail.
    pub group: Option<Group>,
    /// What is known of the rules, by id.
    pub rules: &'a BTreeMap<String, RuleFacts>,
    /// Where the facts come from.
    pub input: Input<'a>,
    /// The command that was given, for the next steps: `dynalint check --demo`.
    pub command: &'a str,
    /// The command that prints the repairs of the same: `dynalint fix --demo`.
    pub repair: &'a str,
}

/// How much to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The verdict alone.
    Verdict,
    /// A line for each finding.
    Lines,
    /// Everything that is known of each finding.
    Full,
}

/// Which results are listed; all are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Failures and what is unknown.
    Findings,
    /// Failures.
    Fail,
    /// What is unknown.
    Unknown,
    /// What waivers cover.
    Waived,
    /// What the baseline knows.
    Baselined,
    /// Everything.
    All,
}

/// How results are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// By table, the worst first.
    Table,
    /// By area, in the order of the areas.
    Area,
    /// By rule, in the order in which to act.
    Rule,
}

/// Where the facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// AWS, now.
    Live,
    /// The demo account inside the program.
    Demo,
    /// A saved snapshot.
    File(&'a str),
}

impl Show {
    /// Whether people are shown it. What does not count is not among what does.
    fn lists(self, finding: &Finding) -> bool {
        match self {
            Show::All | Show::Waived | Show::Baselined => self.holds(finding),
            Show::Findings | Show::Fail | Show::Unknown => {
                self.holds(finding) && finding.decoration.is_none()
            }
        }
    }

    /// Whether machines get it: verdict and decoration are two fields there, and each can be filtered by.
    fn holds(self, finding: &Finding) -> bool {
        match self {
            Show::All => true,
            Show::Findings => finding.is_problem(),
            Show::Fail => finding.verdict == Verdict::Fail,
            Show::Unknown => finding.verdict == Verdict::Unknown,
            Show::Waived => matches!(finding.decoration, Some(Decoration::Waived { .. })),
            Show::Baselined => finding.decoration == Some(Decoration::Baselined),
        }
    }
}

/// The report as text.
pub fn render(report: &Report, view: &View<'_>) -> String {
    if view.detail == Detail::Verdict {
        return verdict::line(report, &view.style);
    }
    let asked = report.checklists.iter().any(|list| list.in_gate);
    // The items say where they fail; the results come along when more is asked for.
    let items_alone = asked && view.show == Show::Findings && view.detail == Detail::Lines;
    let sections = [
        header::lines(report, view),
        items::lists(report, view),
        either(items_alone, || results(report, view)),
        accepted::section(report, view),
        either(asked, || summary::by_area(report, &view.style)),
        signed::section(report, view),
        config_effects::lines(report, &view.style),
        blind::table(&report.gaps, &view.style, view.detail),
        verdict::line(report, &view.style),
        verdict::next_steps(report, view),
    ];
    let sections: Vec<String> = sections
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    sections.join("\n")
}

fn either(is_left_out: bool, section: impl FnOnce() -> String) -> String {
    match is_left_out {
        true => String::new(),
        false => section(),
    }
}

fn results(report: &Report, view: &View<'_>) -> String {
    let each = view.show == Show::All || view.detail == Detail::Full;
    let fitting = if each { Group::Table } else { Group::Rule };
    match view.group.unwrap_or(fitting) {
        Group::Table => block::by_table(report, view),
        Group::Area => area::by_area(report, view),
        Group::Rule => steps::in_order(report, view),
    }
}

/// The report with the findings that are listed; the counts stay those of all.
pub fn only(report: &Report, show: Show) -> Cow<'_, Report> {
    if report.findings.iter().all(|it| show.holds(it)) {
        return Cow::Borrowed(report);
    }
    let held = report.findings.iter().filter(|it| show.holds(it));
    let findings = held.cloned().collect();
    Cow::Owned(Report {
        findings,
        ..report.clone()
    })
}

/// The findings that are listed, worst first.
pub(super) fn listed(report: &Report, show: Show) -> Vec<&Finding> {
    let shown = |finding: &&Finding| show.lists(finding);
    let mut findings: Vec<&Finding> = report.findings.iter().filter(shown).collect();
    findings.sort_by(|left, right| super::worst_first(left, right));
    findings
}
