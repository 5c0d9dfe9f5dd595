//! Stands where the rules will be: says so, and judges nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::engine::{Choice, Engine, Live};
use super::exit::Failure;
use super::progress::Progress;
use crate::report::explain::RulePage;
use crate::report::{Report, RuleFacts};
use crate::snapshot::Snapshot;
use crate::snapshot::operation::Operation;

/// No rules, no account, no demo.
#[derive(Clone, Copy, Debug)]
pub struct Unconnected;

fn none<T>() -> Result<T, Failure> {
    Err(Failure::new(
        "this build has no rules",
        "build a later version",
    ))
}

impl Engine for Unconnected {
    fn operations(&self, _: &Choice<'_>) -> Result<BTreeSet<Operation>, Failure> {
        none()
    }

    fn collect(
        &self,
        _: &Live<'_>,
        _: &BTreeSet<Operation>,
        _: &dyn Progress,
    ) -> Result<Snapshot, Failure> {
        Err(Failure::not_live())
    }

    fn demo(&self) -> Result<Snapshot, Failure> {
        none()
    }

    fn assess(&self, _: &Snapshot, _: &Choice<'_>) -> Result<Report, Failure> {
        none()
    }

    fn rule_facts(&self, _: &[PathBuf]) -> Result<BTreeMap<String, RuleFacts>, Failure> {
        none()
    }

    fn pages(&self, _: &[PathBuf]) -> Result<Vec<RulePage>, Failure> {
        none()
    }
}
