//! The report as JSON Lines, version 1: the run on the first line, then one finding a line, for log pipelines and `jq`.
//!
//! A finding has the fields that it has in the JSON report, and what it needs to stand alone when lines of many runs lie
//! in one place: `kind`, `version` and of which run it is. The first line is the JSON report without its results; its
//! `findings` says how many lines follow, so that a file that was cut off can be told from a short one.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use super::Report;
use super::json::{
    BaselineV1, ChecklistV1, GapV1, GateV1, LeftOutV1, OffV1, ReportV1, ResultV1, RunV1,
    StandingV1, SummaryV1, ToolV1, VERSION, no_texts,
};
use super::terminal::View;

/// The report as JSON Lines. `view` is not looked at: what is shown is narrowed already.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(report: &Report, _view: &View<'_>) -> Result<String, serde_json::Error> {
    let collected_at = report.collected_at.to_string();
    let origin = OriginV1 {
        tool_version: &report.tool_version,
        source: &report.source,
        target: report.config_effects.target.as_deref(),
        collected_at: &collected_at,
    };
    let (run, results) = RunLineV1::from_report(report);
    let mut text = line(&LineV1::Run(Box::new(run)))?;
    for result in results {
        let finding = FindingLineV1 {
            version: VERSION,
            run: origin,
            result,
        };
        text += &line(&LineV1::Finding(Box::new(finding)))?;
    }
    Ok(text)
}

/// A value as JSON on one line, with the line end.
///
/// # Errors
/// As those of `serde_json`.
pub(super) fn line(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string(value)?;
    // Line ends to some readers, though not to JSON. They can only stand inside texts.
    for (end, escape) in [
        ('\u{85}', "\\u0085"),
        ('\u{2028}', "\\u2028"),
        ('\u{2029}', "\\u2029"),
    ] {
        if text.contains(end) {
            text = text.replace(end, escape);
        }
    }
    text.push('\n');
    Ok(text)
}

/// The JSON Schema of a line.
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<LineV1<'_>>()
}

/// A line of dynalint's JSON Lines report.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReportLine")]
#[serde(tag = "kind", rename_all = "lowercase")]
enum LineV1<'a> {
    /// The run: the first line.
    Run(Box<RunLineV1<'a>>),
    /// A finding.
    Finding(Box<FindingLineV1<'a>>),
}

/// The run: the JSON report without its results.
#[derive(Serialize, JsonSchema)]
struct RunLineV1<'a> {
    version: u32,
    /// How many lines of findings follow.
    findings: usize,
    tool: ToolV1<'a>,
    run: RunV1<'a>,
    gate: GateV1,
    summary: SummaryV1<'a>,
    checklists: Vec<ChecklistV1<'a>>,
    gaps: Vec<GapV1<'a>>,
    /// Rules that the configuration turned off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    off: Vec<OffV1<'a>>,
    /// Areas and services that the configuration leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_assessed: Vec<LeftOutV1<'a>>,
    /// What of the configuration found nothing.
    #[serde(skip_serializing_if = "no_texts")]
    notices: &'a [String],
    waivers: Vec<StandingV1<'a>>,
    baseline: Option<BaselineV1>,
}

/// A finding, as in the JSON report.
#[derive(Serialize, JsonSchema)]
struct FindingLineV1<'a> {
    version: u32,
    run: OriginV1<'a>,
    #[serde(flatten)]
    result: ResultV1<'a>,
}

/// Of which run a finding is.
#[derive(Clone, Copy, Serialize, JsonSchema)]
struct OriginV1<'a> {
    tool_version: &'a str,
    source: &'a str,
    /// The target of the configuration that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    collected_at: &'a str,
}

impl<'a> RunLineV1<'a> {
    /// The line, and the findings in their order.
    fn from_report(report: &'a Report) -> (RunLineV1<'a>, Vec<ResultV1<'a>>) {
        let ReportV1 {
            version,
            tool,
            run,
            gate,
            summary,
            results,
            checklists,
            gaps,
            off,
            not_assessed,
            notices,
            waivers,
            baseline,
        } = ReportV1::from_report(report);
        let line = RunLineV1 {
            version,
            findings: results.len(),
            tool,
            run,
            gate,
            summary,
            checklists,
            gaps,
            off,
            not_assessed,
            notices,
            waivers,
            baseline,
        };
        (line, results)
    }
}
