//! What the formats of pipelines share: what is said of a finding where nothing stands around it, text that no platform
//! stumbles over, and fingerprints of which none occurs twice.
//!
//! Knows no platform: what one takes at most, and how it is escaped for it, is each format's own.

use std::collections::BTreeMap;

use super::Report;
use super::terminal::View;
use super::terminal::finding::{name, named, said_of, unknown};
use super::terminal::style::Style;
use crate::finding::{Finding, Verdict};
use crate::snapshot::fact::Why;

/// What is said of a finding, on one line, with the name of its subject: of a pass what holds, and of what is not known
/// never what would be said of a failure.
pub(super) fn said(finding: &Finding, view: &View<'_>) -> String {
    let words = match finding.verdict {
        Verdict::Fail => said_of(finding).to_owned(),
        Verdict::Unknown => unknown(finding, Why::brief),
        Verdict::Pass | Verdict::NotApplicable => title(&finding.rule, view).to_owned(),
    };
    clean(&named(finding, words, true))
}

/// The name of a finding's subject, on one line.
pub(super) fn subject(finding: &Finding) -> String {
    clean(&name(&finding.subject, true))
}

/// What a rule wants to hold; its name where nothing is known of it.
pub(super) fn title<'a>(rule: &'a str, view: &'a View<'_>) -> &'a str {
    let facts = view.rules.get(rule);
    let title = facts.map_or("", |facts| facts.title.trim());
    if title.is_empty() { rule } else { title }
}

/// Why a finding does not count, where it does not: who answers for it until when and why, or since when it is known.
pub(super) fn accepted(finding: &Finding, report: &Report) -> Option<String> {
    let decoration = finding.decoration.as_ref()?;
    let words = match (decoration.answer(), &report.baseline) {
        (Some(answer), _) => format!("waived {answer}"),
        (None, Some(baseline)) => format!("known since the baseline of {}", baseline.made),
        (None, None) => "known to the baseline".to_owned(),
    };
    Some(clean(&words))
}

/// The findings in the order in which a platform that takes only some of them should have them: what counts first, and
/// the worst of it; then what is accepted, then what holds.
pub(super) fn in_order(report: &Report) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by(|left, right| {
        let counts = right.counts().cmp(&left.counts());
        counts.then_with(|| super::worst_first(left, right))
    });
    findings
}

/// Foreign text on one line, without what steers terminals, turns the direction of text, or is no character at all.
pub(super) fn clean(text: &str) -> String {
    let line_ends = ['\u{2028}', '\u{2029}'];
    let no_characters = ['\u{fffe}', '\u{ffff}'];
    let text = Style::default().clean(text);
    text.replace(line_ends, " ")
        .replace(no_characters, "\u{fffd}")
}

/// The text, of at most so many bytes.
pub(super) fn cut(text: &str, most: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(most.saturating_sub(MORE.len()));
    format!("{}{MORE}", text[..end].trim_end())
}

/// Fingerprints, of which platforms take each only once.
#[derive(Default)]
pub(super) struct Once<'a>(BTreeMap<&'a str, usize>);

impl<'a> Once<'a> {
    /// The fingerprint of a finding; of a further one with the same, its number behind it.
    pub(super) fn of(&mut self, finding: &'a Finding) -> String {
        let met = self.0.entry(&finding.fingerprint).or_default();
        *met += 1;
        match met {
            1 => finding.fingerprint.clone(),
            again => format!("{}-{again}", finding.fingerprint),
        }
    }
}
