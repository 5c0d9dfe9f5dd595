//! The report as events of the Open Cybersecurity Schema Framework: a Compliance Finding (class 2003) for each finding,
//! one event a line.
//!
//! Version 1.6.0, which is what AWS Security Hub speaks; the events keep to attributes that later versions have too.
//! One event a line (NDJSON), and not a list: log shippers, `jq`, Athena, DuckDB and the loaders of security tools read it
//! as it is and without holding all of it. Security Lake takes Parquet from sources of one's own, which such a loader
//! makes of these lines (one class a source: there is one class here). Writing Parquet is not done here.
//!
//! How our words become theirs:
//!
//! | ours | `compliance.status` | `status` | `activity` |
//! | --- | --- | --- | --- |
//! | fail | Fail | New | Create |
//! | unknown | Warning: "did not yield a result due to missing information" | New | Create |
//! | pass | Pass | Resolved | Close |
//! | not-applicable | Other, "Not Applicable" | Resolved | Close |
//! | waived | as without the waiver | Suppressed | Create |
//! | baselined | as without the baseline | Other, "Baselined": nobody has reviewed it | Create |
//!
//! `compliance.status_code` is our verdict, the event's `status_code` the decoration: both in our words.
//! `finding_info.uid` is the fingerprint, so that events of one finding in many runs can be put together; whether it was
//! there before is not known here, so nothing is an Update.

mod event;
mod words;

use self::event::Event;
use super::jsonl::line;
use super::terminal::View;
use super::{Report, worst_first};
use crate::finding::Finding;

/// The report as events, one a line, worst first. A run without findings is an empty text.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, serde_json::Error> {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by(|left, right| worst_first(left, right));
    let mut text = String::new();
    for finding in findings {
        text += &line(&Event::new(report, view.rules.get(&finding.rule), finding))?;
    }
    Ok(text)
}
