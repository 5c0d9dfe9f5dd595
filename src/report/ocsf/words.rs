//! Numbers of the framework and their words, and sentences for what it wants in words.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::finding::{Decoration, Finding, Repair, Severity, Verdict};
use crate::report::RuleFacts;
use crate::snapshot::fact::{Reason, Why};

/// A number of the framework, with the word that it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Word {
    /// The number.
    pub(super) id: u8,
    /// The word.
    pub(super) word: &'static str,
}

const fn word(id: u8, word: &'static str) -> Word {
    Word { id, word }
}

/// How bad it is. What holds is worth knowing and no more, however bad its failure would be.
pub(super) const fn severity(finding: &Finding) -> Word {
    match (finding.verdict, finding.severity) {
        (Verdict::Pass | Verdict::NotApplicable, _)
        | (Verdict::Fail | Verdict::Unknown, Severity::Info) => word(1, "Informational"),
        (Verdict::Fail | Verdict::Unknown, Severity::Low) => word(2, "Low"),
        (Verdict::Fail | Verdict::Unknown, Severity::Medium) => word(3, "Medium"),
        (Verdict::Fail | Verdict::Unknown, Severity::High) => word(4, "High"),
        (Verdict::Fail | Verdict::Unknown, Severity::Critical) => word(5, "Critical"),
    }
}

/// What is done with the finding: opened, or closed where nothing is wrong.
pub(super) const fn activity(verdict: Verdict) -> Word {
    match verdict {
        Verdict::Fail | Verdict::Unknown => word(1, "Create"),
        Verdict::Pass | Verdict::NotApplicable => word(3, "Close"),
    }
}

/// How the finding stands.
pub(super) const fn status(finding: &Finding) -> Word {
    match (&finding.decoration, finding.verdict) {
        (Some(Decoration::Waived { .. }), _) => word(3, "Suppressed"),
        (Some(Decoration::Baselined), _) => word(99, "Baselined"),
        (None, Verdict::Fail | Verdict::Unknown) => word(1, "New"),
        (None, Verdict::Pass | Verdict::NotApplicable) => word(4, "Resolved"),
    }
}

/// What the rule says.
pub(super) const fn compliance(verdict: Verdict) -> Word {
    match verdict {
        Verdict::Pass => word(1, "Pass"),
        Verdict::Unknown => word(2, "Warning"),
        Verdict::Fail => word(3, "Fail"),
        Verdict::NotApplicable => word(99, "Not Applicable"),
    }
}

/// What to do about a failure.
pub(super) fn repair(finding: &Finding, rule: Option<&RuleFacts>) -> String {
    let parts = finding.fix.iter().flat_map(|repair| {
        let Repair { command, words, .. } = repair;
        [words.as_deref(), command.as_deref()]
    });
    let parts: Vec<&str> = parts.flatten().map(str::trim).collect();
    match (parts.is_empty(), rule) {
        (false, _) => parts.join("\n\n"),
        (true, Some(rule)) => format!("Make this hold: {}", rule.title),
        (true, None) => format!("See dynalint explain {}", finding.rule),
    }
}

/// What has to be allowed so that it can be told.
pub(super) fn allow(unknown: &[Why]) -> String {
    let denied = unknown.iter().filter(|why| why.reason == Reason::Denied);
    let denied = denied.filter_map(|why| why.operation?.action());
    let denied: BTreeSet<&str> = denied.collect();
    match denied.is_empty() {
        true => "Run the check again when what could not be read can be read".to_owned(),
        false => {
            let actions: Vec<&str> = denied.into_iter().collect();
            format!("Allow {} to who runs dynalint", actions.join(", "))
        }
    }
}
