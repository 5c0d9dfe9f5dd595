//! The baseline: the problems that were known on a day. A run with one counts only what is new, or worse.
//!
//! It changes no verdict: a known problem stays listed, decorated, and does not count in the gate. Reads and makes the
//! text of the file; where that lies, and writing it, is the command line's. Knows no clock.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::looked::Looked;
use crate::finding::{Decoration, Finding, Severity, Summary, Verdict};
use crate::yaml::SourceError;

/// The version of the file format that this program writes and reads.
pub const VERSION: u32 = 1;

/// The problems that were known on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The day on which it was made, in UTC.
    pub made: Date,
    /// By fingerprint.
    entries: BTreeMap<String, Entry>,
}

/// A problem that was known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The fingerprint of the finding: this alone finds it again, the rest is for people.
    pub fingerprint: String,
    /// The rule.
    pub rule: String,
    /// How bad it was.
    pub severity: Severity,
    /// Whether it failed or was unknown.
    pub status: Verdict,
    /// The subject, as a line names it.
    pub subject: String,
    /// The account.
    pub account: String,
    /// The region; null for a global subject.
    pub region: Option<String>,
    /// How many findings it knows that have this fingerprint: two mappings of one function are one subject.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: usize,
}

fn one() -> usize {
    1
}

fn is_one(count: &usize) -> bool {
    *count == 1
}

/// What a baseline came to in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The day on which it was made.
    pub made: Date,
    /// Problems that it knows, and that do not count therefore.
    pub known: usize,
    /// Entries that nothing answers to any more, although their rule looked at everything: sorted by rule and subject.
    pub stale: Vec<Entry>,
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: u32,
    made: Date,
    entries: Vec<Entry>,
}

/// Reads a baseline.
///
/// # Errors
/// Where it is no baseline, is one of another version, or names a problem twice; with the place.
pub fn read(file: &str, text: &str) -> Result<Baseline, SourceError> {
    let head = serde_json::from_str::<Head>(text).ok();
    if let Some(Head { version }) = head.filter(|head| head.version != VERSION) {
        let message = format!("baseline version {version}, this dynalint reads version {VERSION}");
        let hint =
            "use the dynalint that wrote it, or make a new one: dynalint check --update-baseline";
        let at = text.find("\"version\"").unwrap_or(0);
        return Err(error(file, text, at, message, hint));
    }
    let hint = "make a new one: delete the file, then dynalint check --update-baseline";
    let read: File = serde_json::from_str(text).map_err(|found| {
        let at = offset(text, found.line(), found.column());
        error(
            file,
            text,
            at,
            format!("not a dynalint baseline: {}", words(&found)),
            hint,
        )
    })?;
    let mut entries = BTreeMap::new();
    for entry in read.entries {
        let fingerprint = entry.fingerprint.clone();
        let at = || text.rfind(&fingerprint).unwrap_or(0);
        if !matches!(entry.status, Verdict::Fail | Verdict::Unknown) {
            let message = format!("status \"{}\" is none of fail, unknown", entry.status);
            return Err(error(file, text, at(), message, hint));
        }
        if entries.insert(fingerprint.clone(), entry).is_some() {
            let message = format!("fingerprint {fingerprint} stands here twice");
            return Err(error(
                file,
                text,
                at(),
                message,
                "delete one of the two lines",
            ));
        }
    }
    Ok(Baseline {
        made: read.made,
        entries,
    })
}

/// What serde_json says, without the place, which stands elsewhere.
fn words(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let text = text.strip_suffix(&place).unwrap_or(&text);
    text.replace("struct ", "").replace('`', "\"")
}

/// The byte of a line and column, both from 1, as serde_json counts them: columns in bytes.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let at = (before + column.saturating_sub(1)).min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

/// A mistake at a byte of the text.
fn error(file: &str, text: &str, at: usize, message: String, hint: &str) -> SourceError {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    SourceError {
        line: before.matches('\n').count() + 1,
        column: text[line_start..at].chars().count() + 1,
        source_line: line.to_owned(),
        ..SourceError::of_file(file, message)
    }
    .hinted(Some(hint.to_owned()))
}

/// Decorates the problems that the baseline knows, counts them so, and says what it knows without need.
///
/// `findings` must have every failure and everything unknown, or what is only counted is not known.
pub fn apply(
    findings: &mut [Finding],
    summary: &mut Summary,
    baseline: &Baseline,
    looked: &Looked,
) -> Standing {
    let mut known = 0;
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings.iter_mut().filter(|finding| finding.counts()) {
        let Some(entry) = baseline.entries.get(&finding.fingerprint) else {
            continue;
        };
        let left = left.entry(&entry.fingerprint).or_insert(entry.count);
        if *left > 0 && !is_worse(finding, entry) {
            *left -= 1;
            finding.decoration = Some(Decoration::Baselined);
            summary.set_aside(finding);
            known += 1;
        }
    }
    let mut stale = baseline.entries.clone();
    for finding in findings.iter().filter(|finding| finding.is_problem()) {
        stale.remove(&finding.fingerprint);
    }
    stale.retain(|_, entry| was_looked_at(entry, looked));
    let mut stale: Vec<Entry> = stale.into_values().collect();
    stale.sort_by(by_rule);
    Standing {
        made: baseline.made,
        known,
        stale,
    }
}

/// Whether it got worse: a higher severity, or a failure where nobody could tell.
fn is_worse(finding: &Finding, entry: &Entry) -> bool {
    let fails_now = finding.verdict == Verdict::Fail && entry.status == Verdict::Unknown;
    // The worst severity is the smallest.
    finding.severity < entry.severity || fails_now
}

fn was_looked_at(entry: &Entry, looked: &Looked) -> bool {
    let region = |region: &str| entry.region.as_deref().is_none_or(|own| own == region);
    looked.at_all_of(&entry.rule) && looked.at_place(|account| account == entry.account, region)
}

fn by_rule(left: &Entry, right: &Entry) -> std::cmp::Ordering {
    let key = |entry: &Entry| {
        let Entry {
            fingerprint,
            rule,
            subject,
            account,
            region,
            ..
        } = entry.clone();
        (rule, account, region, subject, fingerprint)
    };
    key(left).cmp(&key(right))
}

impl Baseline {
    /// The problems of a run that nobody answers for, and those of an earlier baseline that were not looked at.
    pub fn of(
        findings: &[Finding],
        earlier: Option<&Baseline>,
        looked: &Looked,
        made: Date,
    ) -> Baseline {
        let kept = earlier.into_iter().flat_map(|it| it.entries.values());
        let kept = kept.filter(|entry| !was_looked_at(entry, looked));
        let mut entries: BTreeMap<String, Entry> = kept
            .map(|entry| (entry.fingerprint.clone(), entry.clone()))
            .collect();
        // The worst come first: of two with one fingerprint the worse one stays, for both.
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in findings.iter().rev().filter(|finding| finding.counts()) {
            let count = counts.entry(&finding.fingerprint).or_default();
            *count += 1;
            let entry = Entry {
                count: *count,
                ..Entry::of(finding)
            };
            entries.insert(finding.fingerprint.clone(), entry);
        }
        Baseline { made, entries }
    }

    /// How many problems it knows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many entries it has that the other has not.
    pub fn beyond(&self, other: &Baseline) -> usize {
        let is_new = |fingerprint: &&String| !other.entries.contains_key(*fingerprint);
        self.entries.keys().filter(is_new).count()
    }

    /// A baseline that knows nothing.
    pub fn none(made: Date) -> Baseline {
        let entries = BTreeMap::new();
        Baseline { made, entries }
    }

    /// The text of the file: sorted, one entry a line, so that two can be compared and merged by lines.
    ///
    /// # Errors
    /// None that is known: every value is text.
    pub fn text(&self) -> serde_json::Result<String> {
        let mut entries: Vec<&Entry> = self.entries.values().collect();
        entries.sort_by(|left, right| by_rule(left, right));
        let lines = entries.into_iter().map(serde_json::to_string);
        let lines = lines
            .collect::<serde_json::Result<Vec<String>>>()?
            .join(",\n");
        let end = if lines.is_empty() { "" } else { "\n" };
        let made = self.made;
        Ok(format!(
            "{{\"version\":{VERSION},\"made\":\"{made}\",\"entries\":[\n{lines}{end}]}}\n"
        ))
    }
}

impl Entry {
    fn of(finding: &Finding) -> Entry {
        let subject = &finding.subject;
        Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            severity: finding.severity,
            status: finding.verdict,
            subject: subject.short(),
            account: subject.account.clone(),
            region: subject.region.clone(),
            count: 1,
        }
    }
}
