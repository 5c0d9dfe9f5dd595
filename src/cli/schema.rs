//! `dynalint schema`: the JSON Schemas of the files that people write and that the program writes, for editors and
//! validators. Made from the structs that read and write them.

use clap::ValueEnum;
use schemars::Schema;

use super::exit::{Exit, Failure};
use super::output::Console;
use crate::report::{json, jsonl, repairs};
use crate::snapshot::Snapshot;
use crate::{attestation, checklist, config, drift, report, rule, waiver};

/// A file that has a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaName {
    /// A rule
    Rule,
    /// The configuration, dynalint.yaml
    Config,
    /// What somebody answers for, dynalint/waivers.yaml
    Waivers,
    /// Who signed what, dynalint/attestations.yaml
    Attestations,
    /// A checklist
    Checklist,
    /// What was collected
    Snapshot,
    /// The JSON report
    Report,
    /// A line of the JSON Lines report
    ReportLine,
    /// The JSON of `fix`
    Repairs,
    /// The JSON of drift
    Drift,
    /// A line of dynalint/history.jsonl
    History,
}

impl SchemaName {
    /// The schema.
    fn schema(self) -> Schema {
        match self {
            SchemaName::Rule => rule::schema(),
            SchemaName::Config => config::schema(),
            SchemaName::Waivers => waiver::schema(),
            SchemaName::Attestations => attestation::schema(),
            SchemaName::Checklist => checklist::schema(),
            SchemaName::Snapshot => schemars::schema_for!(Snapshot),
            SchemaName::Report => json::schema(),
            SchemaName::ReportLine => jsonl::schema(),
            SchemaName::Repairs => repairs::json::schema(),
            SchemaName::Drift => report::drift::json::schema(),
            SchemaName::History => schemars::schema_for!(drift::history::Line),
        }
    }
}

/// Prints one.
pub(super) fn run(name: SchemaName, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(&name.schema())
        .map_err(|error| Failure::new(format!("cannot write the schema: {error}"), "tell us"))?;
    console.report(&(text + "\n"))?;
    Ok(Exit::Done)
}
