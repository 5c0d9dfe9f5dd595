//! The history: one line a run, with what it counted and what was wrong, so that a later run can be compared with it without
//! a whole snapshot.
//!
//! A line cannot be judged anew. It is compared with a run of the same rules, settings and tables alone, or a change of
//! rules would look like drift. Reads and makes the text of the file; where that lies, and writing it, is the command
//! line's. Knows no clock.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Drift, Turn, TurnKind, results};
use crate::finding::{
    Area, Counts, Decoration, Finding, Severity, SubjectId, Verdict, worst_first,
};
use crate::snapshot::Scope;
use crate::yaml::SourceError;

/// The version of the lines that this program writes and reads.
pub const VERSION: u32 = 1;

/// The most lines that are kept: some years of nightly runs.
const MOST_LINES: usize = 1_000;
/// The most bytes that are kept. The newest line is kept, however long.
const MOST_BYTES: usize = 32 << 20;

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Version of the line: 1.
    pub version: u32,
    /// When the facts were collected.
    pub at: Timestamp,
    /// Version of the program.
    pub tool_version: String,
    /// The digest of the rules that were evaluated, and of what was set of them.
    pub rules_digest: String,
    /// The accounts and regions that were looked at.
    pub scopes: Vec<Scope>,
    /// The tables that were asked for: `table=orders-*`, `env=prod`; empty is all.
    pub selected: Vec<String>,
    /// Tables judged.
    pub tables: usize,
    /// Results by verdict.
    pub counts: LineCounts,
    /// The failures and what was unknown, waived ones left out, sorted by fingerprint.
    pub problems: Vec<Problem>,
}

/// Results by verdict; waived and baselined ones are in none of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineCounts {
    /// Passes.
    pub pass: usize,
    /// Failures.
    pub fail: usize,
    /// Unknown.
    pub unknown: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Waived.
    pub waived: usize,
    /// Known to the baseline.
    pub baselined: usize,
}

/// Something that was wrong, or could not be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// Fingerprint of the finding.
    pub fingerprint: String,
    /// Rule id.
    pub rule: String,
    /// Area of the rule.
    pub area: Area,
    /// `fail` or `unknown`.
    pub status: Verdict,
    /// How bad.
    pub severity: Severity,
    /// `table`, `index`, `topic`, …
    pub kind: String,
    /// The name of the subject.
    pub name: String,
    /// The table it belongs to.
    pub table: Option<String>,
    /// The account.
    pub account: String,
    /// The region; null for a global subject.
    pub region: Option<String>,
}

/// What a line tells of a run beside its findings.
pub struct Run {
    /// When the facts were collected.
    pub at: Timestamp,
    /// Version of the program.
    pub tool_version: String,
    /// The digest of the rules.
    pub rules_digest: String,
    /// The accounts and regions.
    pub scopes: Vec<Scope>,
    /// The tables that were asked for.
    pub selected: Vec<String>,
    /// Tables judged.
    pub tables: usize,
}

impl Line {
    /// The line of a run.
    pub fn of(run: Run, counts: &Counts, findings: &[Finding]) -> Line {
        // What a baseline knows is a problem all the same: drift has its own earlier side.
        let is_waived = |it: &Finding| matches!(it.decoration, Some(Decoration::Waived { .. }));
        let told = findings
            .iter()
            .filter(|it| it.is_problem() && !is_waived(it));
        let mut problems: Vec<Problem> = told.map(Problem::of).collect();
        problems.sort();
        Line {
            version: VERSION,
            at: run.at,
            tool_version: run.tool_version,
            rules_digest: run.rules_digest,
            scopes: run.scopes,
            selected: run.selected,
            tables: run.tables,
            counts: LineCounts {
                pass: counts.pass,
                fail: counts.fail,
                unknown: counts.unknown,
                not_applicable: counts.not_applicable,
                waived: counts.waived,
                baselined: counts.baselined,
            },
            problems,
        }
    }

    /// Whether it is of a run that asked the same as this one, so that the two can be compared.
    pub fn asked_the_same(&self, other: &Line) -> bool {
        self.rules_digest == other.rules_digest
            && self.scopes == other.scopes
            && self.selected == other.selected
    }
}

impl Problem {
    fn of(finding: &Finding) -> Problem {
        let subject = finding.subject.clone();
        Problem {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            area: finding.area,
            status: finding.verdict,
            severity: finding.severity,
            kind: subject.kind,
            name: subject.name,
            table: subject.table,
            account: subject.account,
            region: subject.region,
        }
    }

    /// The finding as far as the line tells it.
    fn finding(&self) -> Finding {
        let subject = SubjectId {
            kind: self.kind.clone(),
            name: self.name.clone(),
            table: self.table.clone(),
            arn: None,
            account: self.account.clone(),
            region: self.region.clone(),
        };
        Finding {
            rule: self.rule.clone(),
            area: self.area,
            severity: self.severity,
            verdict: self.status,
            message: String::new(),
            evidence: Vec::new(),
            unknown: Vec::new(),
            fix: None,
            params: BTreeMap::new(),
            settings: Vec::new(),
            fingerprint: self.fingerprint.clone(),
            source: (String::new(), 0),
            decoration: None,
            subject,
        }
    }
}

/// Reads a history.
///
/// # Errors
/// Every line that is none, with its place.
pub fn read(file: &str, text: &str) -> Result<Vec<Line>, Vec<SourceError>> {
    let (mut lines, mut errors) = (Vec::new(), Vec::new());
    for (at, line) in text.lines().enumerate() {
        match read_line(line) {
            Ok(read) => lines.push(read),
            Err((column, message)) => errors.push(
                SourceError {
                    line: at + 1,
                    column: column.max(1),
                    source_line: line.to_owned(),
                    ..SourceError::of_file(file, message)
                }
                .hinted(Some("delete the line; the others stay good".to_owned())),
            ),
        }
    }
    match errors.is_empty() {
        true => Ok(lines),
        false => Err(errors),
    }
}

#[derive(Deserialize)]
struct Head {
    version: u32,
}

/// The line, or the column and words of what is wrong with it.
fn read_line(line: &str) -> Result<Line, (usize, String)> {
    let head = serde_json::from_str::<Head>(line).ok();
    if let Some(Head { version }) = head.filter(|head| head.version != VERSION) {
        let words = format!("a line of version {version}, this dynalint reads version {VERSION}");
        return Err((1, words));
    }
    let read: Line = serde_json::from_str(line).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let text = error.to_string();
        let text = text.strip_suffix(&place).unwrap_or(&text);
        let bytes = error.column().saturating_sub(1).min(line.len());
        let before = line.get(..bytes).map_or(bytes, |it| it.chars().count());
        let words = format!(
            "not a line of a dynalint history: {}",
            text.replace('`', "\"")
        );
        (before + 1, words)
    })?;
    let mut wrong = read
        .problems
        .iter()
        .filter(|problem| !matches!(problem.status, Verdict::Fail | Verdict::Unknown));
    match wrong.next() {
        Some(problem) => {
            let at = line.find(&problem.fingerprint).unwrap_or(0);
            let words = format!("status \"{}\" is none of fail, unknown", problem.status);
            Err((line[..at].chars().count() + 1, words))
        }
        None => Ok(read),
    }
}

/// The text of a history with one more line; the oldest lines go where there are too many.
///
/// # Errors
/// None that is known: every value is text or a number.
pub fn with(text: &str, line: &Line) -> serde_json::Result<String> {
    let new = serde_json::to_string(line)?;
    let mut room = MOST_BYTES.saturating_sub(new.len() + 1);
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines().rev().take(MOST_LINES - 1) {
        let Some(left) = room.checked_sub(line.len() + 1) else {
            break;
        };
        room = left;
        kept.push(line);
    }
    let lines = kept.into_iter().rev().chain([&*new]);
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

/// Compares a run with an earlier line: by result alone, since a line holds no facts. What is no problem in a line held, did
/// not apply, or was not there: a line does not say which.
pub fn compare(old: &Line, new: &Line, findings: &[Finding], rules: usize) -> Drift {
    let mut olds: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    for problem in &old.problems {
        olds.entry(&problem.fingerprint).or_default().push(problem);
    }
    olds.values_mut().for_each(|it| {
        it.sort_by_key(|problem| {
            std::cmp::Reverse((problem.status != Verdict::Fail, problem.severity))
        })
    });
    let mut drift = Drift {
        tables: new.tables,
        rules,
        ..Drift::default()
    };
    let mut turns = Vec::new();
    let mut sorted: Vec<&Finding> = findings.iter().filter(|it| it.is_problem()).collect();
    sorted.sort_by(|left, right| worst_first(left, right));
    for finding in sorted {
        let before = olds.get_mut(&*finding.fingerprint).and_then(Vec::pop);
        let before = before.map(|problem| problem.finding());
        if let Some(kind) = results::of_history(before.as_ref(), finding) {
            turns.push(turn(kind, before, Some(finding.clone())));
        }
    }
    for problem in olds.into_values().flatten() {
        let before = problem.finding();
        let kind = match (before.verdict, is_out_of_sight(&before, findings)) {
            // It was not known, and it is not.
            (Verdict::Unknown, true) => continue,
            (Verdict::Fail | Verdict::Pass | Verdict::NotApplicable, true) => TurnKind::LostSight,
            (Verdict::Unknown, false) => TurnKind::Told,
            (Verdict::Fail | Verdict::Pass | Verdict::NotApplicable, false) => TurnKind::Holds,
        };
        turns.push(turn(kind, Some(before), None));
    }
    results::put(turns, &mut drift);
    drift
}

fn turn(kind: TurnKind, old: Option<Finding>, new: Option<Finding>) -> Turn {
    Turn {
        kind,
        old,
        new,
        facts: Vec::new(),
    }
}

/// Whether the rule could not be told of that to which the subject belongs: it may be there, and was not seen.
fn is_out_of_sight(before: &Finding, findings: &[Finding]) -> bool {
    let subject = &before.subject;
    findings.iter().any(|it| {
        let other = &it.subject;
        let is_above = other.table.is_none() || other.table == subject.table;
        it.verdict == Verdict::Unknown
            && it.rule == before.rule
            && (&other.account, &other.region) == (&subject.account, &subject.region)
            && other.kind != subject.kind
            && is_above
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(at: &str) -> Line {
        let run = Run {
            at: at.parse().expect("a time"),
            tool_version: "0.1.0".to_owned(),
            rules_digest: "sha256:0".to_owned(),
            scopes: Vec::new(),
            selected: Vec::new(),
            tables: 3,
        };
        Line::of(run, &Counts::default(), &[])
    }

    #[test]
    fn a_line_is_added_and_read_again() {
        let (first, second) = (line("2026-11-21T05:00:00Z"), line("2026-11-22T05:00:00Z"));
        let text = with("", &first).expect("writes");
        let text = with(&text, &second).expect("writes");
        assert_eq!(read("h", &text), Ok(vec![first, second]));
    }

    #[test]
    fn the_oldest_lines_go_where_there_are_too_many() {
        let mut text = "{}\n".repeat(MOST_LINES + 5);
        text = with(&text, &line("2026-11-22T05:00:00Z")).expect("writes");
        assert_eq!(text.lines().count(), MOST_LINES);
        let long = format!("{}\n", "x".repeat(MOST_BYTES));
        let text = with(&long, &line("2026-11-22T05:00:00Z")).expect("writes");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn every_broken_line_is_told_with_its_place() {
        let good = with("", &line("2026-11-22T05:00:00Z")).expect("writes");
        let text = format!("{good}{{\"version\":2}}\n{good}{{\"version\":1,\"att\":0}}\n");
        let errors = read("h.jsonl", &text).expect_err("two are broken");
        let said: Vec<String> = errors.iter().map(|error| error.to_string()).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(
            said[0].starts_with("h.jsonl:2:1: a line of version 2"),
            "{said:?}"
        );
        assert!(said[1].starts_with("h.jsonl:4:18: not a line"), "{said:?}");
    }
}
