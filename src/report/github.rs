//! What a job of GitHub Actions shows of a report: annotations, written as commands to its runner.
//!
//! A failure that counts in the gate is an error; a failure below it, and what is not known, is a warning. The runner
//! takes ten of each from a step, so the worst are written, and one notice says how many are left.

use super::Report;
use super::pipeline::{cut, in_order, said};
use super::terminal::View;
use super::terminal::layout::number;
use super::terminal::verdict;
use crate::finding::{Counts, Finding, Verdict};

/// So many errors, and so many warnings, a step may have.
const MOST_OF_EACH: usize = 10;
/// Bytes of an annotation's title and of its text.
const MOST_TITLE: usize = 200;
const MOST_TEXT: usize = 4_000;

/// The annotations, one a line; with them the notice where a report has anything to say.
///
/// # Errors
/// None.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, serde_json::Error> {
    let counting = in_order(report).into_iter().filter(|it| it.counts());
    let (errors, warnings): (Vec<&Finding>, Vec<&Finding>) =
        counting.partition(|finding| is_error(finding, report));
    let mut annotated = Counts::default();
    let mut text = String::new();
    for (command, findings) in [("error", &errors), ("warning", &warnings)] {
        let shown = &findings[..findings.len().min(MOST_OF_EACH)];
        text.extend(shown.iter().map(|it| annotation(command, it, report, view)));
        shown.iter().for_each(|finding| annotated.count(finding));
    }
    if errors.is_empty() && report.gate.outcome.exit_code() != 0 {
        // Nothing that is shown says why the step fails.
        let said = verdict::counts(report).join(" · ");
        text += &command("error", report, verdict::word(report.gate.outcome), &said);
    }
    text += &notice(&annotated, report);
    Ok(text)
}

fn is_error(finding: &Finding, report: &Report) -> bool {
    let gate = report.gate.fail_on;
    finding.verdict == Verdict::Fail && gate.is_some_and(|gate| finding.severity <= gate)
}

fn annotation(command: &str, finding: &Finding, report: &Report, view: &View<'_>) -> String {
    let title = match finding.verdict {
        Verdict::Unknown => format!("cannot tell: {}", finding.rule),
        Verdict::Fail | Verdict::Pass | Verdict::NotApplicable => {
            format!("{}: {}", finding.severity, finding.rule)
        }
    };
    let said = cut(&said(finding, view), MOST_TEXT);
    let text = format!("{said}\ndynalint explain {}", finding.rule);
    self::command(command, report, &title, &text)
}

fn command(command: &str, report: &Report, title: &str, text: &str) -> String {
    let anchor = &report.config_effects.anchor;
    format!(
        "::{command} file={},line={},title={}::{}\n",
        property(&anchor.file),
        anchor.line,
        property(&cut(title, MOST_TITLE)),
        data(text)
    )
}

/// What the annotations don't show: `27 failures, 3 unknown; 2 waived`.
fn notice(annotated: &Counts, report: &Report) -> String {
    let all = &report.summary.all;
    let left = Counts {
        fail: all.fail.saturating_sub(annotated.fail),
        unknown: all.unknown.saturating_sub(annotated.unknown),
        ..Counts::default()
    };
    let some =
        |count: usize, words: &str| (count > 0).then(|| format!("{} {words}", number(count)));
    let beyond = [
        some(left.fail, "more fail"),
        some(left.unknown, "more unknown"),
    ];
    let aside = [some(all.waived, "waived"), some(all.baselined, "baselined")];
    let words: Vec<String> = beyond.into_iter().chain(aside).flatten().collect();
    if words.is_empty() {
        return String::new();
    }
    let text = format!("without an annotation: {}", words.join(", "));
    command("notice", report, "dynalint", &text)
}

/// Text after a command, as the runner reads it.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    text.replace('\r', "%0D").replace('\n', "%0A")
}

/// A value inside a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// JSON for the log: what the runner takes for a command is written otherwise, and means the same.
pub fn disarmed_json(text: &str) -> String {
    text.replace("##[", "#\\u0023[")
}

/// The same of XML.
pub fn disarmed_xml(text: &str) -> String {
    text.replace("##[", "&#35;#[")
}

/// A text for people, in which the runner finds no command: names of things may look like one.
pub fn disarmed(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let begins = line.trim_start();
        match begins.starts_with("::") {
            true => line.replacen("::", ": :", 1),
            false => line.to_owned(),
        }
    });
    let text: String = lines.collect();
    text.replace("##[", "## [")
}
