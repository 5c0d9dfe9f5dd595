//! The diagnosis as JSON, version 1, for machines. Fields may be added inside a version; nothing is renamed or removed.

use serde::Serialize;

use super::{Diagnosis, Permissions, Step, Untried};
use crate::finding::BlindSpot;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The diagnosis as JSON, indented, with a line end after it.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(diagnosis: &Diagnosis) -> Result<String, serde_json::Error> {
    let outcome = diagnosis.outcome();
    let written = DiagnosisV1 {
        version: VERSION,
        verdict: outcome.word(),
        exit_code: outcome.exit_code(),
        rules: diagnosis.rules,
        steps: diagnosis.steps.iter().map(StepV1::from_step).collect(),
        permissions: diagnosis.permissions.as_ref().map(PermissionsV1::of),
    };
    let mut text = serde_json::to_string_pretty(&written)?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct DiagnosisV1<'a> {
    version: u32,
    verdict: &'static str,
    exit_code: u8,
    /// Rules in force.
    rules: usize,
    steps: Vec<StepV1<'a>>,
    /// Null where the way ended before any call could be tried.
    permissions: Option<PermissionsV1<'a>>,
}

#[derive(Serialize)]
struct StepV1<'a> {
    step: &'static str,
    state: &'static str,
    message: &'a str,
    next: Option<&'a str>,
}

#[derive(Serialize)]
struct PermissionsV1<'a> {
    state: &'static str,
    needed: usize,
    usable: Vec<&'static str>,
    gaps: Vec<GapV1<'a>>,
    untried: Vec<UntriedV1<'a>>,
}

#[derive(Serialize)]
struct GapV1<'a> {
    /// The missing IAM action where it was denied, else the operation.
    action: &'a str,
    reason: &'static str,
    detail: Option<&'a str>,
    resources: &'a [String],
    rules: &'a [String],
}

#[derive(Serialize)]
struct UntriedV1<'a> {
    operation: &'static str,
    because: &'a str,
}

impl<'a> StepV1<'a> {
    fn from_step(step: &'a Step) -> StepV1<'a> {
        StepV1 {
            step: step.name,
            state: step.state.word(),
            message: &step.said,
            next: step.next.as_deref(),
        }
    }
}

impl<'a> PermissionsV1<'a> {
    fn of(permissions: &'a Permissions) -> PermissionsV1<'a> {
        let gap = |gap: &'a BlindSpot| GapV1 {
            action: &gap.action,
            reason: gap.reason.word(),
            detail: gap.detail.as_deref(),
            resources: &gap.resources,
            rules: &gap.rules,
        };
        let untried = |it: &'a Untried| UntriedV1 {
            operation: it.operation.name(),
            because: &it.because,
        };
        PermissionsV1 {
            state: permissions.state().word(),
            needed: permissions.needed,
            usable: permissions.usable.iter().map(|it| it.name()).collect(),
            gaps: permissions.gaps.iter().map(gap).collect(),
            untried: permissions.untried.iter().map(untried).collect(),
        }
    }
}
