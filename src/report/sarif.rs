//! The report as SARIF 2.1.0, for code scanning.
//!
//! Every result has a place in a file, because GitHub refuses a whole upload for one that has none; what was looked at
//! is its logical location. GitHub knows results and no kinds of them: it shows as an alert whatever is in the file. So
//! passes are in it only where all results were asked for; what is not known is of kind `open` and level `none`, as
//! SARIF wants it, is shown by GitHub too, and begins with "cannot tell". GitHub does not read `suppressions` either:
//! its action `advanced-security/dismiss-alerts` closes the alerts that have them, and other readers hide them.

mod log;
mod rules;

use std::collections::BTreeMap;

use serde_json::Error;

use self::log::{
    ArtifactLocation, AutomationDetails, Driver, Fingerprints, Invocation, Location, Log,
    LogicalLocation, Message, Notification, PhysicalLocation, Region, ResultObject,
    ResultProperties, Run, RunProperties, Suppression, Tool, UriBase,
};
use super::json::CountsV1;
use super::pipeline::{Once, accepted, clean, cut, in_order, said};
use super::terminal::View;
use super::terminal::layout::{count, number};
use super::{Anchor, BlindSpot, Report};
use crate::finding::{Decoration, Finding, SubjectId, Verdict};

/// GitHub refuses files with more results in a run.
pub const MOST_RESULTS: usize = 25_000;
/// So many of them it shows.
const SHOWN_RESULTS: usize = 5_000;
/// Bytes of a message. With this and [`MOST_RESULTS`] a file stays below the ten megabytes, compressed, that GitHub takes.
const MOST_MESSAGE: usize = 1_000;
/// The most reasons not to know that are told of the run; each result has its own.
const MOST_GAPS: usize = 50;
/// What paths start from: the root of the repository.
const ROOT: &str = "%SRCROOT%";

/// The report as SARIF.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, Error> {
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run(report, view)],
    };
    let mut text = serde_json::to_string_pretty(&log)?;
    text.push('\n');
    Ok(text)
}

fn run<'a>(report: &'a Report, view: &'a View<'_>) -> Run<'a> {
    let rules = rules::of(report, view);
    let places: BTreeMap<&str, usize> = rules
        .iter()
        .enumerate()
        .map(|(at, it)| (it.id, at))
        .collect();
    let mut once = Once::default();
    let listed = in_order(report).into_iter().take(MOST_RESULTS);
    let results = listed.map(|finding| {
        let index = places.get(&*finding.rule).copied().unwrap_or_default();
        result(finding, index, once.of(finding), report, view)
    });
    let results = results.collect();
    let outcome = report.gate.outcome;
    Run {
        tool: Tool {
            driver: Driver {
                name: "dynalint",
                semantic_version: &report.tool_version,
                rules,
            },
        },
        automation_details: AutomationDetails { id: id(report) },
        invocations: [Invocation {
            execution_successful: true,
            exit_code: outcome.exit_code(),
            exit_code_description: outcome.word(),
            tool_execution_notifications: notifications(report),
        }],
        original_uri_base_ids: BTreeMap::from([(
            ROOT,
            UriBase {
                description: message("the root of the repository".to_owned()),
            },
        )]),
        properties: RunProperties {
            source: &report.source,
            collected_at: report.collected_at.to_string(),
            rules_digest: &report.rules_digest,
            counts: CountsV1::from_counts(report.summary.all),
        },
        results,
    }
}

/// The category under which a platform keeps the run, and a slash, and which run it is: a later run of the same target,
/// or of the same accounts, takes its place.
fn id(report: &Report) -> String {
    let accounts = report.scopes.iter().map(|scope| scope.account.as_str());
    let accounts: Vec<&str> = accounts.collect();
    let what = match &report.config_effects.target {
        Some(target) => encoded(target).replace('/', "%2F"),
        None => accounts.join("+"),
    };
    let what = if what.is_empty() {
        &report.source
    } else {
        &what
    };
    format!("dynalint/{what}/{}", report.collected_at)
}

fn notifications(report: &Report) -> Vec<Notification> {
    let results = report.findings.len();
    let left_out = results.saturating_sub(MOST_RESULTS);
    let cut = (left_out > 0).then(|| {
        format!(
            "{} of {} are not in this file, which may have {}; those that count and are worst are",
            number(left_out),
            count(results, "result"),
            number(MOST_RESULTS)
        )
    });
    let shown = (results > SHOWN_RESULTS).then(|| {
        format!(
            "GitHub shows {} results of a run; the worst come first",
            number(SHOWN_RESULTS)
        )
    });
    let notes = [cut, shown].into_iter().flatten();
    let notes = notes.map(|text| notification("note", text));
    let gaps = report.gaps.iter().take(MOST_GAPS).map(gap);
    let more = report.gaps.len().saturating_sub(MOST_GAPS);
    let more = (more > 0).then(|| {
        let text = format!("{} more calls gave no answer", number(more));
        notification("warning", text)
    });
    notes.chain(gaps).chain(more).collect()
}

fn gap(gap: &BlindSpot) -> Notification {
    let times = match gap.count {
        0 | 1 => String::new(),
        times => format!(", for {}", count(times, "thing")),
    };
    let detail = gap.detail.iter().map(|detail| format!(" ({detail})"));
    let detail: String = detail.collect();
    let words = gap.reason.words();
    let blinds = match gap.rules.is_empty() {
        true => "blinds none of the rules in force".to_owned(),
        false => format!("not known for it: {}", gap.rules.join(", ")),
    };
    let text = format!("{}: {words}{detail}{times}; {blinds}", gap.action);
    notification("warning", clean(&text))
}

fn notification(level: &'static str, text: String) -> Notification {
    Notification {
        level,
        message: message(cut(&text, MOST_MESSAGE)),
    }
}

fn message(text: String) -> Message {
    Message { text }
}

fn result<'a>(
    finding: &'a Finding,
    rule_index: usize,
    fingerprint: String,
    report: &'a Report,
    view: &View<'_>,
) -> ResultObject<'a> {
    let accepted = accepted(finding, report);
    let said = said(finding, view);
    let text = match &accepted {
        Some(words) => format!("{said} ({words})"),
        None => said,
    };
    let (kind, level) = match finding.verdict {
        Verdict::Fail => ("fail", rules::level(finding.severity)),
        Verdict::Unknown => ("open", "none"),
        Verdict::Pass => ("pass", "none"),
        Verdict::NotApplicable => ("notApplicable", "none"),
    };
    let subject = &finding.subject;
    ResultObject {
        rule_id: &finding.rule,
        rule_index,
        kind,
        level,
        message: message(cut(&without_links(&text), MOST_MESSAGE)),
        locations: [Location {
            physical_location: physical(&report.config_effects.anchor),
            logical_locations: [logical(subject)],
        }],
        partial_fingerprints: Fingerprints {
            primary_location_line_hash: fingerprint,
            own: finding.fingerprint.clone(),
        },
        suppressions: accepted.into_iter().map(suppression).collect(),
        properties: ResultProperties {
            status: finding.verdict.word(),
            severity: finding.severity.word(),
            decoration: finding.decoration.as_ref().map(Decoration::word),
            account: &subject.account,
            region: subject.region.as_deref(),
        },
    }
}

/// Names of things may look like the links that messages can have.
fn without_links(text: &str) -> String {
    text.replace("](", "\\](")
}

fn suppression(justification: String) -> Suppression {
    Suppression {
        kind: "external",
        status: "accepted",
        justification,
    }
}

fn physical(anchor: &Anchor) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: ArtifactLocation {
            uri: encoded(&anchor.file),
            uri_base_id: ROOT,
        },
        region: Region {
            start_line: anchor.line,
            start_column: 1,
            end_line: anchor.line,
            end_column: 2,
        },
    }
}

fn logical(subject: &SubjectId) -> LogicalLocation<'_> {
    let short = subject.short();
    let place = [
        Some(&*subject.account),
        subject.region.as_deref(),
        Some(&*short),
    ];
    let place: Vec<&str> = place.into_iter().flatten().collect();
    let whole = subject.arn.clone().unwrap_or_else(|| place.join("/"));
    LogicalLocation {
        name: short,
        fully_qualified_name: whole,
        kind: "resource",
    }
}

/// A path as the URI of a file: what may not stand in one is written in hexadecimal digits.
fn encoded(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match is_plain(byte) {
            true => uri.push(char::from(byte)),
            false => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}
