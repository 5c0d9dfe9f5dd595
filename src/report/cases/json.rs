//! How the cases of rules went, as JSON, version 1: for machines, and a promise to them.
//!
//! Has structs of its own, so that a change inside the program can't change the format. Fields may be added inside a
//! version; nothing is renamed or removed.

use serde::Serialize;

use crate::assess::cases::{Fault, Place, Tested, Tried};
use crate::finding::{Finding, Verdict};
use crate::snapshot::fact::Why;
use crate::snapshot::record::Evidence;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The rules and their cases as JSON, indented, with a line end after it.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(tested: &[Tested], tool_version: &str) -> Result<String, serde_json::Error> {
    let failed = |rule: &&Tested| !rule.holds();
    let cases = || tested.iter().flat_map(|rule| &rule.cases);
    let report = ReportV1 {
        version: VERSION,
        tool: ToolV1 {
            name: "dynalint",
            version: tool_version,
        },
        summary: SummaryV1 {
            rules: tested.len(),
            rules_failed: tested.iter().filter(failed).count(),
            cases: cases().count(),
            cases_failed: cases().filter(|case| !case.holds()).count(),
            blanked_facts: tested.iter().map(Tested::blanked).sum(),
            missing_cases: tested.iter().map(|rule| rule.missing.len()).sum(),
        },
        rules: tested.iter().map(RuleV1::of).collect(),
    };
    let mut text = serde_json::to_string_pretty(&report)?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct ReportV1<'a> {
    version: u32,
    tool: ToolV1<'a>,
    summary: SummaryV1,
    rules: Vec<RuleV1<'a>>,
}

#[derive(Serialize)]
struct ToolV1<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct SummaryV1 {
    rules: usize,
    rules_failed: usize,
    cases: usize,
    cases_failed: usize,
    blanked_facts: usize,
    missing_cases: usize,
}

#[derive(Serialize)]
struct RuleV1<'a> {
    rule: &'a str,
    file: &'a str,
    holds: bool,
    /// Verdicts that no case expects.
    missing: &'a [Verdict],
    cases: Vec<CaseV1<'a>>,
}

#[derive(Serialize)]
struct CaseV1<'a> {
    name: &'a str,
    line: usize,
    column: usize,
    holds: bool,
    expected: Verdict,
    blanked_facts: usize,
    results: Vec<ResultV1<'a>>,
    faults: Vec<FaultV1<'a>>,
}

#[derive(Serialize)]
struct ResultV1<'a> {
    subject: String,
    verdict: Verdict,
    message: &'a str,
    evidence: &'a [Evidence],
    unknown: &'a [Why],
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum FaultV1<'a> {
    Verdict {
        found: Vec<Verdict>,
    },
    NoResult {
        subject: Option<&'a str>,
        subjects: &'a [String],
    },
    NotMentioned {
        words: &'a str,
    },
    Turned {
        fact: &'a str,
        line: usize,
        column: usize,
        subject: &'a str,
        from: Option<Verdict>,
        to: Option<Verdict>,
    },
}

impl<'a> RuleV1<'a> {
    fn of(rule: &'a Tested) -> RuleV1<'a> {
        RuleV1 {
            rule: &rule.rule,
            file: &rule.file,
            holds: rule.holds(),
            missing: &rule.missing,
            cases: rule.cases.iter().map(CaseV1::of).collect(),
        }
    }
}

impl<'a> CaseV1<'a> {
    fn of(case: &'a Tried) -> CaseV1<'a> {
        let Place { line, column } = case.place;
        CaseV1 {
            name: &case.name,
            line,
            column,
            holds: case.holds(),
            expected: case.expected,
            blanked_facts: case.blanked,
            results: case.results.iter().map(ResultV1::of).collect(),
            faults: case.faults.iter().map(FaultV1::of).collect(),
        }
    }
}

impl<'a> ResultV1<'a> {
    fn of(finding: &'a Finding) -> ResultV1<'a> {
        ResultV1 {
            subject: finding.subject.short(),
            verdict: finding.verdict,
            message: &finding.message,
            evidence: &finding.evidence,
            unknown: &finding.unknown,
        }
    }
}

impl<'a> FaultV1<'a> {
    fn of(fault: &'a Fault) -> FaultV1<'a> {
        match fault {
            Fault::Verdict(found) => FaultV1::Verdict {
                found: found.iter().copied().collect(),
            },
            Fault::NoResult {
                subject, subjects, ..
            } => FaultV1::NoResult {
                subject: subject.as_deref(),
                subjects,
            },
            Fault::NotMentioned(words) => FaultV1::NotMentioned { words },
            Fault::Turned { fact, place, turn } => FaultV1::Turned {
                fact,
                line: place.line,
                column: place.column,
                subject: &turn.subject,
                from: turn.from,
                to: turn.to,
            },
        }
    }
}
