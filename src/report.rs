//! What a run has to say, whole: every format is written from this one struct.
//!
//! Holds no text layout and no JSON shape; those are the formats' own.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::finding::{Area, Finding, Severity, Verdict};
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
    /// The decision.
    pub gate: Gate,
    /// Counts over all findings, those not listed too.
    pub summary: Summary,
    /// The findings: worst first; passes and not-applicable ones only when asked for.
    pub findings: Vec<Finding>,
    /// What could not be read, and the rules it blinds.
    pub gaps: Vec<BlindSpot>,
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
    pub by_table: BTreeMap<(String, String, String), Counts>,
    /// Failures by severity.
    pub fails: BTreeMap<Severity, usize>,
    /// Unknown by severity.
    pub unknowns: BTreeMap<Severity, usize>,
}

/// What decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Failures of this severity and worse count; `None` is never.
    pub fail_on: Option<Severity>,
    /// The decision.
    pub outcome: GateOutcome,
}

/// The decision of a gate; see the exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateOutcome {
    /// Nothing at or above the gate fails, nothing there is unknown. 0.
    Ready,
    /// A failure at or above the gate. 1.
    NotReady,
    /// No failure, but something at or above the gate is unknown. 3.
    CannotTell,
    /// No resource matched. 4, or 0 when that is allowed.
    NothingToCheck {
        /// Whether the user said that this is all right.
        allowed: bool,
    },
}

impl GateOutcome {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            GateOutcome::Ready => "ready",
            GateOutcome::NotReady => "not-ready",
            GateOutcome::CannotTell => "cannot-tell",
            GateOutcome::NothingToCheck { .. } => "nothing-to-check",
        }
    }

    /// The exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            GateOutcome::Ready | GateOutcome::NothingToCheck { allowed: true } => 0,
            GateOutcome::NotReady => 1,
            GateOutcome::CannotTell => 3,
            GateOutcome::NothingToCheck { allowed: false } => 4,
        }
    }
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
