//! What a run has to say, whole: every format is written from this one struct.
//!
//! Holds no text layout and no JSON shape; those are the formats' own.

pub mod explain;
pub mod json;
pub mod terminal;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::finding::{Area, Finding, Severity, SubjectId, Verdict};
pub use crate::gate::{Gate, GateOutcome};
use crate::snapshot::Scope;
use crate::snapshot::fact::Reason;

/// The result of one run.
#[derive(Clone, Debug)]
pub struct Report {
    /// Version of the program.
    pub tool_version: String,
    /// `sha256:` and the digest of the rules that were evaluated, files and parameters.
    pub rules_digest: String,
    /// Where the facts come from: `live`, `demo`; a saved snapshot keeps its own.
    pub source: String,
    /// What was looked at.
    pub scopes: Vec<Scope>,
    /// Who asked, where AWS said so.
    pub caller_arn: Option<String>,
    /// When the facts were collected.
    pub collected_at: Timestamp,
    /// How long collecting took; `None` when the facts were there already.
    pub duration_ms: Option<u64>,
    /// Requests sent, by operation.
    pub calls: BTreeMap<String, u64>,
    /// How many tables and indexes were judged, and by how many rules.
    pub tables: usize,
    /// Global secondary indexes.
    pub indexes: usize,
    /// Rules in force.
    pub rules: usize,
    /// What is worth saying of each table beside its findings.
    pub briefs: BTreeMap<TableKey, TableBrief>,
    /// The decision.
    pub gate: Gate,
    /// Counts over all findings, those not listed too.
    pub summary: Summary,
    /// The findings: worst first; passes and not-applicable ones only when asked for.
    pub findings: Vec<Finding>,
    /// What could not be read, and the rules it blinds.
    pub gaps: Vec<BlindSpot>,
}

/// Which table: account, region, name.
pub type TableKey = (String, String, String);

/// A table in a few words; what is unknown is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableBrief {
    /// The environment it is taken to be of: `prod`.
    pub environment: Option<String>,
    /// `on-demand`, `provisioned`.
    pub capacity_mode: Option<String>,
    /// Size in bytes.
    pub size_bytes: Option<u64>,
    /// Number of global secondary indexes.
    pub indexes: Option<usize>,
}

/// What a report says of a rule beside its findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFacts {
    /// What must hold, as a heading.
    pub title: String,
    /// What goes wrong where it does not hold.
    pub why: String,
    /// Pages to read.
    pub refs: Vec<String>,
    /// The repair as a command of the AWS CLI, where there is one.
    pub fix_cli: Option<String>,
}

/// Counts of verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passes.
    pub pass: usize,
    /// Failures.
    pub fail: usize,
    /// Unknown.
    pub unknown: usize,
    /// Not applicable.
    pub not_applicable: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.pass + self.fail + self.unknown + self.not_applicable
    }
}

/// Counts over all findings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Over everything.
    pub all: Counts,
    /// By area.
    pub by_area: BTreeMap<Area, Counts>,
    /// By rule.
    pub by_rule: BTreeMap<String, Counts>,
    /// By table: account, region, name.
    pub by_table: BTreeMap<TableKey, Counts>,
    /// Failures by severity.
    pub fails: BTreeMap<Severity, usize>,
    /// Unknown by severity.
    pub unknowns: BTreeMap<Severity, usize>,
}

/// The table that a finding belongs to, where it belongs to one.
pub fn table_key(subject: &SubjectId) -> Option<TableKey> {
    let own = (subject.kind == "table").then_some(&subject.name);
    let table = subject.table.as_ref().or(own)?;
    let region = subject.region.clone().unwrap_or_default();
    Some((subject.account.clone(), region, table.clone()))
}

/// The order of findings in every format: the worst first, failures before what is unknown, then by name.
pub fn worst_first(left: &Finding, right: &Finding) -> Ordering {
    rank(left).cmp(&rank(right))
}

fn rank(finding: &Finding) -> (u8, Severity, u8, &str, &SubjectId, &str) {
    let (part, verdict) = match finding.verdict {
        Verdict::Fail => (0, 0),
        Verdict::Unknown => (0, 1),
        Verdict::Pass => (1, 0),
        Verdict::NotApplicable => (2, 0),
    };
    let Finding {
        severity,
        rule,
        subject,
        message,
        ..
    } = finding;
    (part, *severity, verdict, rule, subject, message)
}

/// Something that could not be read, and the rules it blinds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlindSpot {
    /// The missing IAM action where it was denied, else the operation that failed.
    pub action: String,
    /// Why.
    pub reason: Reason,
    /// What AWS or the network said, where it said more: `explicit deny in a service control policy`.
    pub detail: Option<String>,
    /// What it was about, where it was about single things; at most a few are kept.
    pub resources: Vec<String>,
    /// How many things it was about.
    pub count: usize,
    /// The rules with an unknown verdict for this reason.
    pub rules: Vec<String>,
}
