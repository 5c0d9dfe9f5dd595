//! The results of many tables: like ones folded to a line by rule, so that the report stays a screenful.

use std::collections::{BTreeMap, BTreeSet};

use super::block::clean_line;
use super::finding::Lines;
use super::layout::{number, plural, some_of};
use super::style::Style;
use super::{Show, View, listed};
use crate::finding::{Finding, Verdict};
use crate::report::{Report, table_key};

/// Like results that still get a line each.
const FEW: usize = 2;

/// A line for each rule, the worst first.
pub(super) fn by_rule(report: &Report, view: &View<'_>) -> String {
    let shown = listed(report, view.show);
    let mut lines = Lines::of(view, &shown);
    let groups = groups(&shown);
    let width = counts_width(report, &groups);
    let mut text = heading(report, &shown);
    for group in &groups {
        text += &match group.len() > FEW {
            true => folded(report, view, &lines, group, width),
            false => group
                .iter()
                .map(|finding| lines.finding(finding, true))
                .collect(),
        };
    }
    text + &clean(report, view, &shown)
}

fn heading(report: &Report, shown: &[&Finding]) -> String {
    let with: BTreeSet<_> = shown
        .iter()
        .filter_map(|finding| table_key(&finding.subject))
        .collect();
    match with.is_empty() {
        true => String::new(),
        false => format!(
            "{} of {} tables have findings; by rule (by table with -v)\n\n",
            number(with.len()),
            number(report.tables),
        ),
    }
}

/// Findings of one rule and verdict together, in the order of their worst.
fn groups<'a>(shown: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut places: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    for finding in shown {
        let key = (
            &*finding.rule,
            finding.verdict.word(),
            finding.severity.word(),
        );
        let at = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn folded(
    report: &Report,
    view: &View<'_>,
    lines: &Lines<'_>,
    group: &[&Finding],
    width: usize,
) -> String {
    let [first, ..] = group else {
        return String::new();
    };
    let counts = super::layout::pad(&how_many(report, group), width);
    let text = match first.verdict {
        Verdict::Unknown => reason(group),
        Verdict::Fail | Verdict::Pass | Verdict::NotApplicable => names(&view.style, group),
    };
    lines.line(first, &format!("{counts}  {}", view.style.clean(&text)))
}

fn counts_width(report: &Report, groups: &[Vec<&Finding>]) -> usize {
    let folded = groups.iter().filter(|group| group.len() > FEW);
    folded
        .map(|group| how_many(report, group).len())
        .max()
        .unwrap_or(0)
}

/// `198 of 200 tables`.
fn how_many(report: &Report, group: &[&Finding]) -> String {
    let kinds: BTreeSet<&str> = group.iter().map(|finding| &*finding.subject.kind).collect();
    let kind = match kinds.iter().collect::<Vec<_>>()[..] {
        [kind] => plural(kind),
        [..] => "subjects".to_owned(),
    };
    let rule = group
        .first()
        .and_then(|first| report.summary.by_rule.get(&first.rule));
    let judged = rule.map_or(0, |counts| counts.total() - counts.not_applicable);
    match group.len() {
        all if all == judged => format!("all {} {kind}", number(all)),
        some if some < judged => format!("{} of {} {kind}", number(some), number(judged)),
        some => format!("{} {kind}", number(some)),
    }
}

fn names(style: &Style, group: &[&Finding]) -> String {
    let names: Vec<String> = group
        .iter()
        .map(|finding| finding.subject.short())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    some_of(style, &names, style.width.saturating_sub(64))
}

/// The most frequent reason.
fn reason(group: &[&Finding]) -> String {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for why in group.iter().filter_map(|finding| finding.unknown.first()) {
        *reasons.entry(why.brief()).or_default() += 1;
    }
    let most = reasons.iter().max_by_key(|(_, count)| **count);
    match (most, reasons.len()) {
        (None, _) => "cannot tell".to_owned(),
        (Some((reason, _)), 1) => reason.clone(),
        (Some((reason, _)), kinds) => format!("{reason}, and {} more reasons", kinds - 1),
    }
}

fn clean(report: &Report, view: &View<'_>, shown: &[&Finding]) -> String {
    let with: BTreeSet<_> = shown
        .iter()
        .filter_map(|finding| table_key(&finding.subject))
        .collect();
    let tables = report.summary.by_table.keys();
    let names: Vec<&str> = tables
        .filter(|key| !with.contains(*key))
        .map(|key| &*key.2)
        .collect();
    match names.is_empty() || view.show == Show::All {
        true => String::new(),
        false => format!("\n{}", clean_line(&view.style, &names, view.show)),
    }
}
