//! The repairs as JSON, version 1, for machines. Fields may be added inside a version; nothing is renamed or removed.
//!
//! One entry for each failure, in the order in which to act; where one text repairs several, it stands at each.

use std::collections::BTreeSet;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::{Form, Repairs, Step};
use crate::finding::{BlindSpot, Finding};
use crate::report::json::parts::SubjectV1;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The repairs as JSON, indented, with a line end after it.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(repairs: &Repairs<'_>) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&RepairsV1::of(repairs))?;
    text.push('\n');
    Ok(text)
}

/// Whether a file is one that [`render`] makes, of any version.
pub fn is_repairs(file: &[u8]) -> bool {
    let found: Option<serde_json::Value> = serde_json::from_slice(file).ok();
    found.is_some_and(|it| it["tool_version"].is_string() && it["repairs"].is_array())
}

/// The JSON Schema of the format.
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<RepairsV1<'_>>()
}

/// Repairs that dynalint prints, and never carries out.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Repairs")]
struct RepairsV1<'a> {
    version: u32,
    tool_version: &'a str,
    /// `live`, `demo`; a saved snapshot keeps its own.
    source: &'a str,
    collected_at: String,
    /// The form that was asked for: `cli`, `terraform`, `cloudformation`.
    form: &'static str,
    /// One for each failure that counts.
    repairs: Vec<RepairV1<'a>>,
    /// Results that could not be told, so that there is nothing to repair of them yet.
    unknown: usize,
    /// What could not be read, and the rules it blinds.
    gaps: Vec<GapV1<'a>>,
    /// Failures that waivers cover, and that are left out.
    waived: usize,
    /// Failures that the baseline knows, and that are left out.
    baselined: usize,
}

#[derive(Serialize, JsonSchema)]
struct RepairV1<'a> {
    rule: &'a str,
    severity: &'static str,
    subject: SubjectV1<'a>,
    message: &'a str,
    /// The form of the text; another than was asked for where the rule has none in that; null where it has words alone.
    form: Option<&'static str>,
    /// For its tool: commands carry region, profile and endpoint.
    text: Option<&'a str>,
    /// What to do instead of the text, or beside it.
    words: Option<&'a str>,
    /// What of the text a person has to fill in: `TOPIC_ARN`, `file://policy.json`.
    placeholders: &'a BTreeSet<String>,
    costs: Option<&'a str>,
    /// What cannot be taken back, in the words of the rule.
    irreversible: Option<&'a str>,
    /// Whether a command deletes something.
    deletes: bool,
    /// Whether the commands only show what a person has to change.
    only_looks: bool,
    /// Whether the text is a command that can run as it is, with nothing lost by it.
    ready: bool,
    /// Hash of rule and subject, as in the report.
    fingerprint: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct GapV1<'a> {
    /// The missing IAM action where it was denied, else the operation.
    action: &'a str,
    reason: &'static str,
    rules: &'a [String],
}

impl<'a> RepairsV1<'a> {
    fn of(repairs: &'a Repairs<'a>) -> RepairsV1<'a> {
        let each = repairs.steps().flat_map(|step| {
            let of = step.of.iter();
            of.map(move |finding| RepairV1::of(step, finding))
        });
        RepairsV1 {
            version: VERSION,
            tool_version: &repairs.report.tool_version,
            source: &repairs.report.source,
            collected_at: repairs.report.collected_at.to_string(),
            form: repairs.form.word(),
            repairs: each.collect(),
            unknown: repairs.unknown,
            gaps: repairs.report.gaps.iter().map(GapV1::of).collect(),
            waived: repairs.waived,
            baselined: repairs.baselined,
        }
    }
}

impl<'a> RepairV1<'a> {
    fn of(step: &'a Step<'a>, finding: &'a Finding) -> RepairV1<'a> {
        RepairV1 {
            rule: &finding.rule,
            severity: finding.severity.word(),
            subject: SubjectV1::from_subject(&finding.subject),
            message: &finding.message,
            form: step.form.map(Form::word),
            text: step.form.map(|_| &*step.snippet.text),
            words: step.words.as_deref(),
            placeholders: &step.snippet.open,
            costs: step.costs,
            irreversible: step.irreversible,
            deletes: step.deletes,
            only_looks: step.only_looks,
            ready: step.is_ready(),
            fingerprint: &finding.fingerprint,
        }
    }
}

impl<'a> GapV1<'a> {
    fn of(gap: &'a BlindSpot) -> GapV1<'a> {
        GapV1 {
            action: &gap.action,
            reason: gap.reason.word(),
            rules: &gap.rules,
        }
    }
}
