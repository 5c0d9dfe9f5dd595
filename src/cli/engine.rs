//! What the commands need from the rest of the program, so that they can be tested without it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::args::{AwsArgs, SelectArgs};
use super::exit::Failure;
use super::progress::Progress;
use crate::checklist::Checklists;
use crate::gate::Terms;
use crate::report::explain::RulePage;
use crate::report::{Report, RuleFacts};
use crate::snapshot::Snapshot;
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;

/// Collecting, judging and the catalogue.
pub trait Engine {
    /// The calls that the chosen rules need.
    ///
    /// # Errors
    /// Where a rule or the configuration is wrong.
    fn operations(&self, choice: &Choice<'_>) -> Result<BTreeSet<Operation>, Failure>;

    /// What the chosen rules need of CloudWatch; nothing where they need no metrics.
    ///
    /// # Errors
    /// Where a rule is wrong.
    fn series(&self, choice: &Choice<'_>) -> Result<BTreeSet<Series>, Failure>;

    /// Reads the live account.
    ///
    /// # Errors
    /// Where there is no identity, no region or no connection, or nothing can be listed.
    fn collect(
        &self,
        live: &Live<'_>,
        operations: &BTreeSet<Operation>,
        progress: &dyn Progress,
    ) -> Result<Snapshot, Failure>;

    /// The demo account inside the program.
    ///
    /// # Errors
    /// Where this build has none.
    fn demo(&self) -> Result<Snapshot, Failure>;

    /// Judges a snapshot.
    ///
    /// # Errors
    /// Where a rule or the configuration is wrong.
    fn assess(&self, snapshot: &Snapshot, choice: &Choice<'_>) -> Result<Report, Failure>;

    /// What is known of the rules, by id.
    ///
    /// # Errors
    /// Where a rule is wrong.
    fn rule_facts(&self, folders: &[PathBuf]) -> Result<BTreeMap<String, RuleFacts>, Failure>;

    /// The pages of the rules.
    ///
    /// # Errors
    /// Where a rule is wrong.
    fn pages(&self, folders: &[PathBuf]) -> Result<Vec<RulePage>, Failure>;

    /// The checklists.
    ///
    /// # Errors
    /// Where a rule or a checklist is wrong.
    fn checklists(&self, folders: &[PathBuf]) -> Result<Checklists, Failure>;
}

/// What is to be judged, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// Rules and tables.
    pub select: &'a SelectArgs,
    /// Configuration file; `None` is the one that is found.
    pub config: Option<&'a Path>,
    /// Whether no configuration file is to be read.
    pub no_config: bool,
    /// What the gate is to count.
    pub terms: Terms,
    /// Whether passes and not-applicable results are to be kept in the findings.
    pub keep_all: bool,
    /// Whether rules on metrics are left out.
    pub no_metrics: bool,
    /// The time that is now, where the user said so.
    pub now: Option<Timestamp>,
}

/// What is to be read, and how.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// Which account.
    pub aws: &'a AwsArgs,
    /// Only tables whose whole name matches; all where there is none.
    pub tables: &'a [String],
    /// Time for the whole run.
    pub timeout: Option<Duration>,
    /// Calls at a time to one service in one region.
    pub concurrency: Option<u16>,
    /// What is read of CloudWatch.
    pub series: &'a BTreeSet<Series>,
    /// How far back CloudWatch is read, where the user said so.
    pub metrics_window: Option<Duration>,
    /// The time of the snapshot.
    pub now: Timestamp,
}
