//! What a run has to say, whole: every format is written from this one struct.
//!
//! Holds no text layout and no JSON shape; those are the formats' own.

pub mod cases;
pub mod csv;
pub mod doctor;
pub mod drift;
pub mod explain;
pub mod figure;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
pub mod ocsf;
mod pipeline;
pub mod repairs;
pub mod sarif;
pub mod signatures;
pub mod terminal;

use std::collections::BTreeMap;

use jiff::Timestamp;

use self::figure::TableFigures;
use crate::baseline;
use crate::checklist::Assessed;
use crate::config;
use crate::finding::{Area, Finding, Severity};
pub use crate::finding::{
    BlindSpot, Counts, LeftOut, PartKind, Setting, Summary, TableBrief, TableKey, TablePart,
    TurnedOff, table_key, worst_first,
};
pub use crate::gate::{Gate, GateOutcome};
use crate::snapshot::Scope;
use crate::waiver;

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
    /// Rules left out because the user wants no metrics read.
    pub rules_without_metrics: usize,
    /// What is worth saying of each table beside its findings.
    pub briefs: BTreeMap<TableKey, TableBrief>,
    /// Figures of the tables, for the formats that can show them.
    pub figures: BTreeMap<TableKey, TableFigures>,
    /// The decision.
    pub gate: Gate,
    /// Counts over all findings, those not listed too.
    pub summary: Summary,
    /// The findings: worst first; passes and not-applicable ones only when asked for.
    pub findings: Vec<Finding>,
    /// How the checklists stand.
    pub checklists: Vec<Assessed>,
    /// What could not be read, and the rules it blinds.
    pub gaps: Vec<BlindSpot>,
    /// What the configuration did to the run.
    pub config_effects: ConfigEffects,
    /// How each waiver stands, in the order of the file.
    pub waivers: Vec<waiver::Standing>,
    /// What the baseline came to, where there is one.
    pub baseline: Option<baseline::Standing>,
}

/// What the configuration did to a run, beside the settings of each finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigEffects {
    /// The target that was read, where one was.
    pub target: Option<String>,
    /// The rules that say nothing, everywhere or in some places.
    pub off: Vec<TurnedOff>,
    /// The areas and services that were not looked at.
    pub left_out: Vec<LeftOut>,
    /// What of the configuration found nothing.
    pub notices: Vec<String>,
    /// Where formats that must name a file send their readers.
    pub anchor: Anchor,
}

/// A line of the repository: what is found in an account stands in no file, and platforms show nothing without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The file, from the root of the repository, with forward slashes.
    pub file: String,
    /// The line, from 1: that of the target which was read, where one was.
    pub line: usize,
}

/// Where no configuration was read: the one that there may be.
impl Default for Anchor {
    fn default() -> Anchor {
        Anchor {
            file: config::NAME.to_owned(),
            line: 1,
        }
    }
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
    /// What it is about, where that is known.
    pub area: Option<Area>,
    /// How bad it is by its own file, where that is known.
    pub severity: Option<Severity>,
}
