//! What to do, in the order in which to do it: a line for each rule, like findings folded into it.
//!
//! The same for three tables and for two hundred. By default the worst are listed and the others counted; whoever asks
//! for certain results with `--show` gets all of them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use unicode_width::UnicodeWidthStr;

use super::block::clean_lines;
use super::finding::{Lines, name, said_of, unread_reason};
use super::layout::{beside, count, hang, number, plural};
use super::style::{Ink, Style};
use super::{Detail, Show, View, listed};
use crate::finding::{Area, Decoration, Finding, Severity, Verdict, table_of};
use crate::report::Report;

/// The fewest lines that an account gets, however small: with all the rest of the report they fill a screen.
const FEWEST: usize = 9;
/// The most lines that are listed by default, however large the account.
const MOST: usize = 30;
/// Rules with unknown results that still get a line each.
const FEW_UNKNOWN: usize = 2;
/// The most names of what is wrong, and the columns they get; more are counted.
const FEW_NAMES: usize = 4;
const NAMES: usize = 36;

/// The findings of one rule, of one verdict and severity.
pub(in crate::report) type Step<'a> = Vec<&'a Finding>;

/// The lines, and what is not among them.
pub(super) fn in_order(report: &Report, view: &View<'_>) -> String {
    let shown = listed(report, view.show);
    let (unknown, steps) = folds_unknown(view, steps(&shown));
    let listed = room(report, view, steps.len());
    let width = number(listed).len() + 1;
    // The findings of a step are of one rule.
    let firsts = steps[..listed].iter().filter_map(|step| step.first());
    let mut lines = Lines::of(view, &firsts.copied().collect::<Vec<_>>());
    let mut text = heading(report, view, &shown, listed);
    for (at, step) in steps.iter().take(listed).enumerate() {
        lines.lead(&format!("{:>width$} ", number(at + 1)));
        text += &match view.detail {
            // Each has an owner of its own.
            Detail::Lines if view.show == Show::Waived => {
                step.iter().map(|one| lines.finding(one, true)).collect()
            }
            Detail::Full => step.iter().map(|one| lines.finding(one, true)).collect(),
            Detail::Lines | Detail::Verdict => line(report, view, &mut lines, step),
        };
    }
    let rest = rest(view, &steps[listed..], width);
    text + &rest + &unknown_line(&view.style, &unknown, width) + &clean(report, view, &shown)
}

/// Findings put together, what to do first in front: the worst severity, then what settles the most, then what keeps
/// data from being lost for good.
pub(in crate::report) fn steps<'a>(shown: &[&'a Finding]) -> Vec<Step<'a>> {
    type Key<'f> = (Option<&'f str>, Severity, Verdict, &'f str);
    let mut steps: BTreeMap<Key<'_>, Step<'_>> = BTreeMap::new();
    fn key<'f>(finding: &&'f Finding) -> Key<'f> {
        let aside = finding.decoration.as_ref().map(Decoration::word);
        (aside, finding.severity, finding.verdict, &finding.rule)
    }
    for like in shown.chunk_by(|one, other| key(one) == key(other)) {
        let step = like
            .first()
            .map(|first| steps.entry(key(first)).or_default());
        step.into_iter().for_each(|step| step.extend(like));
    }
    let mut steps: Vec<_> = steps.into_iter().collect();
    steps.sort_by_key(|((aside, severity, verdict, rule), step)| {
        let area = step.first().map(|finding| loss(finding.area));
        (
            *aside,
            *severity,
            turn(*verdict),
            Reverse(step.len()),
            area,
            *rule,
        )
    });
    steps.into_iter().map(|(_, step)| step).collect()
}

fn turn(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Unknown => 1,
        Verdict::Pass => 2,
        Verdict::NotApplicable => 3,
    }
}

/// Data that is gone, or is in wrong hands, does not come back; all else can be made good.
fn loss(area: Area) -> u8 {
    match area {
        Area::Recovery => 0,
        Area::Security => 1,
        Area::Design | Area::Cost | Area::Observability | Area::Migration | Area::Release => 2,
    }
}

/// So much may be unknown that the table of what could not be read says it better.
fn folds_unknown<'a>(view: &View<'_>, steps: Vec<Step<'a>>) -> (Vec<Step<'a>>, Vec<Step<'a>>) {
    let unknown = |step: &Step<'_>| step.iter().any(|it| it.verdict == Verdict::Unknown);
    let many = steps.iter().filter(|step| unknown(step)).count() > FEW_UNKNOWN;
    match many && view.show == Show::Findings && view.detail == Detail::Lines {
        true => steps.into_iter().partition(unknown),
        false => (Vec::new(), steps),
    }
}

/// How many lines are listed. Nobody is told of one more that has no room.
fn room(report: &Report, view: &View<'_>, steps: usize) -> usize {
    let room = report.tables.clamp(FEWEST, MOST);
    match view.show == Show::Findings && view.detail == Detail::Lines && steps > room + 1 {
        true => room,
        false => steps,
    }
}

/// What the list is.
pub(in crate::report) const fn title(show: Show) -> &'static str {
    match show {
        Show::Unknown => "What could not be told",
        Show::Findings | Show::Fail => "What to do, in this order",
        Show::Waived => "What waivers cover",
        Show::Baselined => "What the baseline knows",
        Show::All => "All results, what to do first on top",
    }
}

fn heading(report: &Report, view: &View<'_>, shown: &[&Finding], lines: usize) -> String {
    let what = title(view.show);
    let tables = match with_findings(shown).len() {
        0 => String::new(),
        all if all == report.tables => count(all, "table"),
        some => format!("{} of {} tables", number(some), number(report.tables)),
    };
    let note = match tables.is_empty() {
        true => tables,
        false => format!("on {tables}; --group-by table shows each"),
    };
    match lines {
        0 => String::new(),
        _ => beside(&view.style, what, &note),
    }
}

/// A line for a step, like findings folded.
pub(super) fn line<'a>(
    report: &Report,
    view: &View<'_>,
    lines: &mut Lines<'a>,
    step: &[&'a Finding],
) -> String {
    match step {
        [] => String::new(),
        [one] => lines.finding(one, true),
        [first, ..] => {
            let place = place(report, &view.style, step);
            let said = match first.verdict {
                Verdict::Fail | Verdict::Unknown => said(step),
                Verdict::Pass | Verdict::NotApplicable => lines.holds(first).to_owned(),
            };
            lines.line(first, &view.style.clean(&format!("{place}: {said}")))
        }
    }
}

/// `all 3 tables`, `orders, users`, `198 of 200 indexes`.
pub(in crate::report) fn place(report: &Report, style: &Style, step: &[&Finding]) -> String {
    let kinds: BTreeSet<&str> = step.iter().map(|finding| &*finding.subject.kind).collect();
    let kind = match kinds.iter().collect::<Vec<_>>()[..] {
        [kind] => plural(&kind.replace('-', " ")),
        [..] => "subjects".to_owned(),
    };
    let counts = step
        .first()
        .and_then(|it| report.summary.by_rule.get(&it.rule));
    let judged = counts.map_or(0, |counts| counts.total() - counts.not_applicable);
    let few = step.iter().take(FEW_NAMES + 1);
    let names: Vec<String> = few.map(|one| name(&one.subject, true)).collect();
    let listed = names.join(", ");
    match step.len() {
        2 if judged == 2 => format!("both {kind}"),
        all if all == judged => format!("all {} {kind}", number(all)),
        some if some <= FEW_NAMES && listed.width() <= NAMES => style.clean(&listed),
        some if some < judged => format!("{} of {} {kind}", number(some), number(judged)),
        some => format!("{} {kind}", number(some)),
    }
}

/// What is wrong with all of them, or with the first where it differs.
pub(in crate::report) fn said(step: &[&Finding]) -> String {
    let Some(first) = step.first() else {
        return String::new();
    };
    let text = said_of(first);
    if first.verdict == Verdict::Unknown {
        reason(step)
    } else if step.iter().all(|finding| said_of(finding) == text) {
        text.to_owned()
    } else {
        format!("such as {}, {text}", name(&first.subject, true))
    }
}

/// The most frequent reason.
fn reason(step: &[&Finding]) -> String {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for reason in step.iter().filter_map(|finding| unread_reason(finding)) {
        *reasons.entry(reason).or_default() += 1;
    }
    let most = reasons.iter().max_by_key(|(_, count)| **count);
    match (most, reasons.len()) {
        (None, _) => "cannot tell".to_owned(),
        (Some((reason, _)), 1) => reason.clone(),
        (Some((reason, _)), kinds) => format!("{reason}, and {} more reasons", kinds - 1),
    }
}

fn unknown_line(style: &Style, unknown: &[Step<'_>], width: usize) -> String {
    if unknown.is_empty() {
        return String::new();
    }
    let results: usize = unknown.iter().map(Vec::len).sum();
    let mark = format!("{} unknown", style.mark(Verdict::Unknown));
    let text = format!(
        "cannot tell {} of {} ({}): see the table below",
        count(results, "result"),
        count(unknown.len(), "rule"),
        severities(unknown)
    );
    let head = format!("{:width$} {mark}   ", "");
    let lines = hang(style, &head, &text);
    lines.replacen(&mark, &style.paint(Ink::Open, &mark), 1)
}

/// `and 14 more rules (5 high, 8 medium, 1 low): --show fail`.
fn rest(view: &View<'_>, steps: &[Step<'_>], width: usize) -> String {
    let more = count(steps.len(), "more rule");
    let text = format!("and {more} ({}): --show fail", severities(steps));
    match steps.is_empty() {
        true => String::new(),
        false => hang(&view.style, &" ".repeat(width + 1), &text),
    }
}

/// `5 high, 1 low`.
pub(in crate::report) fn severities(steps: &[Step<'_>]) -> String {
    let mut counts: BTreeMap<Severity, usize> = BTreeMap::new();
    for first in steps.iter().filter_map(|step| step.first()) {
        *counts.entry(first.severity).or_default() += 1;
    }
    let words = counts.iter();
    let words = words.map(|(severity, count)| format!("{} {severity}", number(*count)));
    words.collect::<Vec<String>>().join(", ")
}

/// The tables that have findings.
fn with_findings<'a>(shown: &[&'a Finding]) -> HashSet<(&'a str, &'a str, &'a str)> {
    let tables = shown.iter().filter_map(|one| table_of(&one.subject));
    tables.collect()
}

fn clean(report: &Report, view: &View<'_>, shown: &[&Finding]) -> String {
    let with = with_findings(shown);
    let tables = report.summary.by_table.iter();
    let without =
        tables.filter(|((account, region, table), _)| !with.contains(&(account, region, table)));
    let without = without.map(|(key, counts)| (&*key.2, *counts));
    let gap = if shown.is_empty() { "" } else { "\n" };
    match clean_lines(&view.style, without, view.show) {
        lines if lines.is_empty() => lines,
        lines => format!("{gap}{lines}"),
    }
}
