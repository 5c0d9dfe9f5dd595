//! The rules of a run, as code scanning shows them beside their results.
//!
//! All that were run, not only those with results: a platform keeps them by name, and what it knows of them should not
//! depend on what was found.

use std::collections::{BTreeMap, BTreeSet};

use super::log::{Configuration, Help, Message, Rule, RuleProperties};
use crate::finding::{Area, Finding, Severity};
use crate::report::pipeline::{cut, title};
use crate::report::terminal::View;
use crate::report::{Report, RuleFacts};

/// Bytes of a description; GitHub takes 1,024 characters.
const MOST_DESCRIPTION: usize = 1024;

/// The rules, by name.
pub(super) fn of<'a>(report: &'a Report, view: &'a View<'_>) -> Vec<Rule<'a>> {
    let mut worst: BTreeMap<&str, &Finding> = BTreeMap::new();
    for finding in &report.findings {
        let known = worst.entry(&finding.rule).or_insert(finding);
        if finding.severity < known.severity {
            *known = finding;
        }
    }
    let counted = report.summary.by_rule.keys().map(String::as_str);
    let ids: BTreeSet<&str> = counted.chain(worst.keys().copied()).collect();
    let rule = |id| rule(id, worst.get(id).copied(), view);
    ids.into_iter().map(rule).collect()
}

fn rule<'a>(id: &'a str, worst: Option<&Finding>, view: &'a View<'_>) -> Rule<'a> {
    let facts = view.rules.get(id);
    let area = worst.map(|finding| finding.area);
    let area = area.or_else(|| facts.and_then(|facts| facts.area));
    let own = facts.and_then(|facts| facts.severity);
    let severity = own.or_else(|| worst.map(|finding| finding.severity));
    let severity = severity.unwrap_or(Severity::Medium);
    let title = title(id, view);
    let why = facts.map_or("", |facts| facts.why.trim());
    let description = if why.is_empty() { title } else { why };
    let text = |text: &str| Message {
        text: cut(text, MOST_DESCRIPTION),
    };
    Rule {
        id,
        short_description: text(title),
        full_description: text(description),
        help_uri: facts.and_then(|facts| facts.refs.first().map(String::as_str)),
        help: help(id, title, facts),
        default_configuration: Configuration {
            level: level(severity),
        },
        properties: RuleProperties {
            tags: ["dynamodb"]
                .into_iter()
                .chain(area.map(Area::word))
                .collect(),
            severity: severity.word(),
            problem_severity: problem_severity(severity),
            // What has one is shown among security findings, and cost or alarms are none.
            security_severity: (area == Some(Area::Security)).then(|| score(severity)),
        },
    }
}

fn help(id: &str, title: &str, facts: Option<&RuleFacts>) -> Help {
    let why = facts.map_or("", |facts| facts.why.trim());
    let refs = facts.map_or(&[][..], |facts| &facts.refs);
    let more = format!("dynalint explain {id}");
    let mut text = format!("{title}\n\n{why}\n\nMore: {more}\n");
    let mut markdown = format!("**{title}**\n\n{why}\n\nMore: `{more}`\n");
    for page in refs {
        text += &format!("{page}\n");
        markdown += &format!("\n- <{page}>");
    }
    Help { text, markdown }
}

/// The level of a failure.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

const fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "recommendation",
    }
}

/// A score in the middle of the band that GitHub has for the word: over 9 critical, from 7 high, from 4 medium.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.5",
    }
}
