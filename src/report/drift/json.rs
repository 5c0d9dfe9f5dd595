//! Drift as JSON, version 1: for machines, and a promise to them.
//!
//! Has structs of its own, so that a change inside the program can't change the format. Fields may be added inside a
//! version; nothing is renamed or removed. Lists are sorted.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::{DriftReport, Of};
use crate::drift::{Change, FactChange, NotComparable, TableResults, Turn};
use crate::finding::Finding;
use crate::report::json::parts::{EvidenceV1, ScopeV1, SubjectV1, UnknownV1};
use crate::snapshot::operation::Operation;

/// The version of the format.
pub const VERSION: u32 = 1;

/// Drift as JSON, indented, with a line end after it.
///
/// # Errors
/// None that is known: every key is text.
pub fn render(report: &DriftReport) -> Result<String, serde_json::Error> {
    Ok(serde_json::to_string_pretty(&DriftV1::from_report(report))? + "\n")
}

/// Drift as JSON in one line.
///
/// # Errors
/// As [`render`].
pub(super) fn line(report: &DriftReport) -> Result<String, serde_json::Error> {
    serde_json::to_string(&DriftV1::from_report(report))
}

/// The JSON Schema of the format.
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<DriftV1<'_>>()
}

/// What became of an account between two snapshots.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Drift")]
struct DriftV1<'a> {
    version: u32,
    tool: ToolV1<'a>,
    old: SideV1<'a>,
    new: SideV1<'a>,
    /// `steady`, `drifted`, `cannot-tell` or `nothing-to-compare`.
    verdict: &'static str,
    exit_code: u8,
    /// Whether the old side is a line of a history, so that facts were not compared.
    by_result_alone: bool,
    summary: SummaryV1,
    worse: Vec<TurnV1<'a>>,
    better: Vec<TurnV1<'a>>,
    /// Results that are others, and neither worse nor better.
    other: Vec<TurnV1<'a>>,
    /// Facts that changed, beside those that stand at a result.
    changed: Vec<FactV1<'a>>,
    new_tables: Vec<TableV1<'a>>,
    gone_tables: Vec<TableV1<'a>>,
    not_comparable: Vec<NotComparableV1<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ToolV1<'a> {
    name: &'static str,
    version: &'a str,
    rules_digest: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct SideV1<'a> {
    /// The name of a file, `live` or `demo`; null where nothing changed.
    input: Option<&'a str>,
    /// When its facts were collected; null where nothing changed, so that what is written is the same each time.
    collected_at: Option<String>,
    tool_version: &'a str,
    scopes: Vec<ScopeV1<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SummaryV1 {
    /// Tables on both sides.
    tables: usize,
    /// Rules that judged both.
    rules: usize,
    worse: usize,
    better: usize,
    other: usize,
    changed: usize,
    new_tables: usize,
    /// New tables that fail at the gate.
    new_tables_failing: usize,
    gone_tables: usize,
    not_comparable: usize,
}

#[derive(Serialize, JsonSchema)]
struct TurnV1<'a> {
    /// `fails`, `cannot-tell`, `severer`, `waiver-ended`; `holds`, `can-tell`, `milder`, `gone`; `lost-sight`, `applies-no-more`, `accepted`.
    turn: &'static str,
    rule: &'a str,
    area: &'static str,
    subject: SubjectV1<'a>,
    fingerprint: &'a str,
    /// What was said; null where the subject was not there, or only a history tells.
    was: Option<ResultV1<'a>>,
    /// What is said; null where the subject is not there any more.
    is: Option<ResultV1<'a>>,
    /// The facts of its table that changed and that the rule looks at.
    facts: Vec<FactV1<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ResultV1<'a> {
    status: &'static str,
    severity: &'static str,
    decoration: Option<&'static str>,
    message: &'a str,
    evidence: Vec<EvidenceV1<'a>>,
    unknown: Vec<UnknownV1<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct FactV1<'a> {
    account: &'a str,
    region: Option<&'a str>,
    table: Option<&'a str>,
    path: &'a str,
    /// `value`, `elements`, `document`, `appeared` or `disappeared`.
    change: &'static str,
    /// Of a value; long texts are cut.
    old: Option<&'a str>,
    /// Of a value; long texts are cut.
    new: Option<&'a str>,
    /// Elements of a list, or statements of a policy document.
    added: &'a [String],
    /// Elements of a list, or statements of a policy document.
    removed: &'a [String],
    from: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
struct TableV1<'a> {
    account: &'a str,
    region: &'a str,
    table: &'a str,
    pass: usize,
    fail: usize,
    unknown: usize,
    not_applicable: usize,
    waived: usize,
    /// Failures that count, by severity.
    fails: std::collections::BTreeMap<&'static str, usize>,
}

#[derive(Serialize, JsonSchema)]
struct NotComparableV1<'a> {
    /// `account`, `region`, `table`, `result` or `fact`.
    kind: &'static str,
    /// A name, a rule or a path.
    what: &'a str,
    account: &'a str,
    region: Option<&'a str>,
    table: Option<&'a str>,
    /// The side that lacks it: `old` or `new`.
    lacks: &'static str,
    why: UnknownV1<'a>,
}

impl<'a> DriftV1<'a> {
    fn from_report(report: &'a DriftReport) -> DriftV1<'a> {
        let drift = &report.drift;
        let turns = |turns: &'a [Turn]| turns.iter().map(TurnV1::from_turn).collect();
        let tables = |all: &'a [TableResults]| all.iter().map(TableV1::from_results).collect();
        let is_told = report.has_changed();
        DriftV1 {
            version: VERSION,
            tool: ToolV1 {
                name: "dynalint",
                version: &report.tool_version,
                rules_digest: &report.rules_digest,
            },
            old: SideV1::from_side(&report.old, is_told),
            new: SideV1::from_side(&report.new, is_told),
            verdict: report.outcome.word(),
            exit_code: report.outcome.exit_code(),
            by_result_alone: report.by_result_alone,
            summary: SummaryV1 {
                tables: drift.tables,
                rules: drift.rules,
                worse: drift.worse.len(),
                better: drift.better.len(),
                other: drift.other.len(),
                changed: drift.changed.len(),
                new_tables: drift.new_tables.len(),
                new_tables_failing: report.failing_tables(),
                gone_tables: drift.gone_tables.len(),
                not_comparable: drift.not_comparable.len(),
            },
            worse: turns(&drift.worse),
            better: turns(&drift.better),
            other: turns(&drift.other),
            changed: drift.changed.iter().map(FactV1::from_fact).collect(),
            new_tables: tables(&drift.new_tables),
            gone_tables: tables(&drift.gone_tables),
            not_comparable: drift
                .not_comparable
                .iter()
                .map(NotComparableV1::from_one)
                .collect(),
        }
    }
}

impl<'a> SideV1<'a> {
    fn from_side(side: &'a Of, is_told: bool) -> SideV1<'a> {
        SideV1 {
            input: is_told.then_some(&side.input),
            collected_at: is_told.then(|| side.collected_at.to_string()),
            tool_version: &side.tool_version,
            scopes: side.scopes.iter().map(ScopeV1::from_scope).collect(),
        }
    }
}

impl<'a> TurnV1<'a> {
    fn from_turn(turn: &'a Turn) -> TurnV1<'a> {
        let finding = turn.finding();
        TurnV1 {
            turn: turn.kind.word(),
            rule: &finding.rule,
            area: finding.area.word(),
            subject: SubjectV1::from_subject(&finding.subject),
            fingerprint: &finding.fingerprint,
            was: turn.old.as_ref().map(ResultV1::from_finding),
            is: turn.new.as_ref().map(ResultV1::from_finding),
            facts: turn.facts.iter().map(FactV1::from_fact).collect(),
        }
    }
}

impl<'a> ResultV1<'a> {
    fn from_finding(finding: &'a Finding) -> ResultV1<'a> {
        let evidence = finding.evidence.iter().map(EvidenceV1::from_evidence);
        ResultV1 {
            status: finding.verdict.word(),
            severity: finding.severity.word(),
            decoration: finding.decoration.as_ref().map(|it| it.word()),
            message: match finding.is_problem() {
                true => &finding.message,
                // A rule's message says what is wrong.
                false => "",
            },
            evidence: evidence.collect(),
            unknown: finding.unknown.iter().map(UnknownV1::from_why).collect(),
        }
    }
}

impl<'a> FactV1<'a> {
    fn from_fact(fact: &'a FactChange) -> FactV1<'a> {
        let none: (Option<&str>, &[String]) = (None, &[]);
        let (change, old, new, added, removed) = match &fact.change {
            Change::Value { old, new } => ("value", Some(&**old), Some(&**new), none.1, none.1),
            Change::Elements { added, removed } => {
                ("elements", none.0, none.0, &added[..], &removed[..])
            }
            Change::Document { added, removed } => {
                ("document", none.0, none.0, &added[..], &removed[..])
            }
            Change::Appeared => ("appeared", none.0, none.0, none.1, none.1),
            Change::Disappeared => ("disappeared", none.0, none.0, none.1, none.1),
        };
        FactV1 {
            account: &fact.place.account,
            region: fact.place.region.as_deref(),
            table: fact.place.table.as_deref(),
            path: &fact.path,
            change,
            old,
            new,
            added,
            removed,
            from: fact.from.map(Operation::name),
        }
    }
}

impl<'a> TableV1<'a> {
    fn from_results(results: &'a TableResults) -> TableV1<'a> {
        let (account, region, table) = &results.table;
        let fails = results.fails.iter();
        TableV1 {
            account,
            region,
            table,
            pass: results.counts.pass,
            fail: results.counts.fail,
            unknown: results.counts.unknown,
            not_applicable: results.counts.not_applicable,
            waived: results.counts.waived,
            fails: fails
                .map(|(severity, count)| (severity.word(), *count))
                .collect(),
        }
    }
}

impl<'a> NotComparableV1<'a> {
    fn from_one(one: &'a NotComparable) -> NotComparableV1<'a> {
        NotComparableV1 {
            kind: one.kind.word(),
            what: &one.what,
            account: &one.place.account,
            region: one.place.region.as_deref(),
            table: one.place.table.as_deref(),
            lacks: one.lacks.word(),
            why: UnknownV1::from_why(&one.why),
        }
    }
}
