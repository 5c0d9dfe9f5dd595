//! What a comparison of two sides has to say: every format of drift is written from this one struct.
//!
//! Where nothing changed, no format tells the times of the two sides: a job that mails or compares what was printed has
//! the same bytes each time.

pub mod json;
pub mod markdown;
pub mod slack;
pub mod sns;
pub mod terminal;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::RuleFacts;
use super::terminal::Detail;
use super::terminal::style::Style;
use crate::drift::{Drift, Outcome};
use crate::finding::Severity;
use crate::snapshot::Scope;

/// The result of one comparison.
#[derive(Clone, Debug)]
pub struct DriftReport {
    /// What changed.
    pub drift: Drift,
    /// What it comes to.
    pub outcome: Outcome,
    /// The failures of a new table that make it worse to have it: these and worse.
    pub fail_on: Option<Severity>,
    /// Version of the program.
    pub tool_version: String,
    /// The digest of the rules that judged both sides.
    pub rules_digest: String,
    /// The earlier side.
    pub old: Of,
    /// The later side.
    pub new: Of,
    /// Whether the earlier side is a line of a history, which knows results alone.
    pub by_result_alone: bool,
}

/// One side.
#[derive(Clone, Debug)]
pub struct Of {
    /// What it is: the name of a file, `live`, `demo`.
    pub input: String,
    /// When its facts were collected.
    pub collected_at: Timestamp,
    /// Version of the program that collected them.
    pub tool_version: String,
    /// Its accounts and regions.
    pub scopes: Vec<Scope>,
}

/// How it is to be shown.
#[derive(Clone, Copy, Debug)]
pub struct DriftView<'a> {
    /// What the terminal can show.
    pub style: Style,
    /// How much to say.
    pub detail: Detail,
    /// What is known of the rules, by id.
    pub rules: &'a BTreeMap<String, RuleFacts>,
    /// The command that was given, for the next steps.
    pub command: &'a str,
}

impl DriftReport {
    /// Whether anything changed.
    pub fn has_changed(&self) -> bool {
        !self.drift.is_empty()
    }

    /// New tables that fail at the gate.
    fn failing_tables(&self) -> usize {
        let tables = self.drift.new_tables.iter();
        tables.filter(|it| it.fails_at(self.fail_on)).count()
    }
}
