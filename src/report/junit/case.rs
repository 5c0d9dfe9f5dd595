//! What a rule said of a table, or of an account, as one case: the worst of it decides, and all of it stands in the text.
//!
//! Each line of the text is one result, and begins with what became of it.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus};

use crate::finding::{Decoration, Finding, Verdict};
use crate::report::Report;
use crate::report::pipeline::{accepted, cut, said, subject};
use crate::report::terminal::View;

/// Bytes of a line: some readers keep every text of every run.
const MOST_LINE: usize = 2_000;

/// What became of a result; the worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Became {
    Failed,
    NotTold,
    Accepted,
    Passed,
}

impl Became {
    /// Of what does not apply nothing became.
    fn of(finding: &Finding) -> Option<Became> {
        match (finding.verdict, &finding.decoration) {
            (Verdict::NotApplicable, _) => None,
            (Verdict::Pass, _) => Some(Became::Passed),
            (Verdict::Fail | Verdict::Unknown, Some(_)) => Some(Became::Accepted),
            (Verdict::Fail, None) => Some(Became::Failed),
            (Verdict::Unknown, None) => Some(Became::NotTold),
        }
    }
}

/// The case of a rule; `None` where it applies to nothing there.
pub(super) fn of_rule(
    rule: &str,
    findings: &[&Finding],
    report: &Report,
    view: &View<'_>,
) -> Option<TestCase> {
    let with = |finding: &&Finding| Became::of(finding);
    let mut findings: Vec<(Became, &Finding)> = findings
        .iter()
        .filter_map(|it| Some((with(it)?, *it)))
        .collect();
    findings.sort_by(|(left, one), (right, other)| {
        let severity = one.severity.cmp(&other.severity);
        let subject = one.subject.cmp(&other.subject);
        left.cmp(right).then(severity).then(subject)
    });
    let (became, worst) = *findings.first()?;
    let lines = findings.iter().map(|(_, it)| line(it, report, view));
    let lines: Vec<String> = lines.collect();
    let text = lines.join("\n");
    let first = match accepted(worst, report) {
        Some(words) => words,
        None => said(worst, view),
    };
    let mut status = match became {
        Became::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Became::NotTold | Became::Accepted => TestCaseStatus::skipped(),
        Became::Passed => TestCaseStatus::success(),
    };
    if became != Became::Passed {
        status.set_type(worst.severity.word());
        status.set_message(cut(&first, MOST_LINE));
        // Of one result that is not accepted the message says all that there is.
        if lines.len() > 1 || became == Became::Accepted {
            status.set_description(text.clone());
        }
    }
    let mut case = TestCase::new(rule, status);
    if became == Became::Passed && lines.len() > 1 {
        case.set_system_out(text);
    }
    Some(case)
}

fn line(finding: &Finding, report: &Report, view: &View<'_>) -> String {
    let word = match &finding.decoration {
        Some(decoration) => decoration.word(),
        None => finding.verdict.word(),
    };
    let said = match finding.verdict {
        // What holds is the same of all of them, and the case has the rule's name.
        Verdict::Pass | Verdict::NotApplicable => subject(finding),
        Verdict::Fail | Verdict::Unknown => said(finding, view),
    };
    let is_waived = matches!(finding.decoration, Some(Decoration::Waived { .. }));
    let line = match accepted(finding, report).filter(|_| is_waived) {
        Some(words) => format!("{word}: {said} ({words})"),
        None => format!("{word}: {said}"),
    };
    cut(&line, MOST_LINE)
}
