//! What `doctor` has to say: how far the way to an account goes, and which of the calls that the rules need may be made.
//!
//! Pure: reads a snapshot of examples, in which no rule is judged. The text is in `terminal`, the machine format in
//! `json`; the least policy, for which nothing is asked, in `policy`.

pub mod json;
pub mod policy;
pub mod terminal;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::BlindSpot;
use crate::snapshot::fact::Reason;
use crate::snapshot::operation::{Operation, Per};
use crate::snapshot::{Gap, Snapshot};

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should.
    Good,
    /// Not; what to do stands beside it.
    Bad,
    /// It cannot be told.
    Open,
}

impl State {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            State::Good => "good",
            State::Bad => "bad",
            State::Open => "cannot-tell",
        }
    }
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name: `config`, `region`, `credentials`, `identity`.
    pub name: &'static str,
    /// How it ended.
    pub state: State,
    /// What was found, or what is wrong; several lines where files have mistakes.
    pub said: String,
    /// What to do next; `None` where there is nothing to do.
    pub next: Option<String>,
}

impl Step {
    /// A step that ended as it should.
    pub fn good(name: &'static str, said: impl Into<String>) -> Step {
        Step {
            name,
            state: State::Good,
            said: said.into(),
            next: None,
        }
    }

    /// A step that ended badly, and what to do about it.
    pub fn bad(name: &'static str, said: impl Into<String>, next: impl Into<String>) -> Step {
        Step {
            name,
            state: State::Bad,
            said: said.into(),
            next: Some(next.into()),
        }
    }
}

/// The diagnosis.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The steps that were gone, in order. One that is bad is the last.
    pub steps: Vec<Step>,
    /// What may be called; `None` where the way ended before.
    pub permissions: Option<Permissions>,
    /// How many rules are in force; 0 where they could not be read.
    pub rules: usize,
}

/// Which of the calls that the rules need may be made.
#[derive(Clone, Debug)]
pub struct Permissions {
    /// Those that gave an answer.
    pub usable: Vec<Operation>,
    /// Those that gave none, and the rules that are blind without them.
    pub gaps: Vec<BlindSpot>,
    /// Those for which there was no example.
    pub untried: Vec<Untried>,
    /// How many calls the rules need.
    pub needed: usize,
    /// How many rules some gap blinds.
    pub blind: usize,
}

/// A call that could not be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untried {
    /// The call.
    pub operation: Operation,
    /// Why not: `no backup plan`.
    pub because: String,
}

/// What comes out in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything that the rules need can be read, as far as there was anything to try it on.
    Ready,
    /// Something could not be read.
    CannotTell,
    /// There is no configuration, region, identity or connection.
    CouldNotRun,
}

impl Outcome {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Ready => "ready",
            Outcome::CannotTell => "cannot-tell",
            Outcome::CouldNotRun => "could-not-run",
        }
    }

    /// The exit code of the program.
    pub const fn exit_code(self) -> u8 {
        match self {
            Outcome::Ready => 0,
            Outcome::CannotTell => 3,
            Outcome::CouldNotRun => 2,
        }
    }
}

impl Diagnosis {
    /// What comes out.
    pub fn outcome(&self) -> Outcome {
        match &self.permissions {
            None => Outcome::CouldNotRun,
            Some(permissions) if permissions.gaps.is_empty() => Outcome::Ready,
            Some(_) => Outcome::CannotTell,
        }
    }
}

/// Rules and what each of them needs.
pub type Needs = BTreeMap<String, BTreeSet<Operation>>;

impl Permissions {
    /// What the examples in a snapshot tell of these calls.
    pub fn of(snapshot: &Snapshot, needed: &BTreeSet<Operation>, rules: &Needs) -> Permissions {
        let failed: BTreeSet<Operation> = snapshot.gaps.iter().map(|gap| gap.operation).collect();
        let called = |operation: &Operation| snapshot.calls.contains_key(operation.name());
        let all = Operation::ALL.iter().filter(|it| needed.contains(it));
        let (made, not_made): (Vec<Operation>, Vec<Operation>) = all
            .filter(|operation| !failed.contains(operation))
            .copied()
            .partition(called);
        let untried = |operation| Untried {
            operation,
            because: no_example(operation, &snapshot.gaps),
        };
        let gaps = blind_spots(snapshot, rules);
        let blind: BTreeSet<&String> = gaps.iter().flat_map(|gap| &gap.rules).collect();
        Permissions {
            usable: made,
            untried: not_made.into_iter().map(untried).collect(),
            needed: needed.len(),
            blind: blind.len(),
            gaps,
        }
    }

    /// The state of this step as a whole.
    pub fn state(&self) -> State {
        match self.gaps.iter().any(|gap| gap.reason == Reason::Denied) {
            true => State::Bad,
            false if self.gaps.is_empty() => State::Good,
            false => State::Open,
        }
    }
}

/// The gaps, like ones put together, with the rules that need their calls.
fn blind_spots(snapshot: &Snapshot, rules: &Needs) -> Vec<BlindSpot> {
    let mut spots: BTreeMap<(Operation, Reason, Option<&str>), BlindSpot> = BTreeMap::new();
    for gap in &snapshot.gaps {
        let (operation, reason) = (gap.operation, gap.why.reason);
        let key = (operation, reason, gap.why.detail.as_deref());
        let spot = spots.entry(key).or_insert_with(|| BlindSpot {
            rules: blinded(operation, rules),
            ..BlindSpot::of(&gap.why)
        });
        if let Some(place) = place(gap, snapshot.regions.len() > 1) {
            spot.resources.push(place);
            spot.count += 1;
        }
    }
    spots.into_values().collect()
}

/// The rules that need a call, for themselves or to find what they look at. Who asks decides no rule: a run without an
/// answer to that comes to no verdict at all.
fn blinded(operation: Operation, rules: &Needs) -> Vec<String> {
    if operation == Operation::GetCallerIdentity {
        return Vec::new();
    }
    let needs =
        |(_, needs): &(&String, &BTreeSet<Operation>)| Operation::run(needs).contains(&operation);
    let blinded = rules.iter().filter(needs);
    blinded.map(|(rule, _)| rule.clone()).collect()
}

/// What a gap is about, with its region where there are several.
fn place(gap: &Gap, many_regions: bool) -> Option<String> {
    let region = gap.region.as_deref().filter(|_| many_regions);
    match (gap.resource.as_deref(), region) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (Some(resource), Some(region)) => Some(format!("{resource} in {region}")),
    }
}

/// Why there was nothing to try a call on: what lists such things failed, or there are none.
fn no_example(operation: Operation, gaps: &[Gap]) -> String {
    let listings = std::iter::successors(operation.listing(), |listing| listing.listing());
    let failed = listings
        .filter_map(|listing| gaps.iter().find(|gap| gap.operation == listing))
        .next();
    match failed {
        Some(gap) => gap.why.brief(),
        None => format!("no {}", example(operation)),
    }
}

/// What a call is made on, in words.
fn example(operation: Operation) -> &'static str {
    match (operation, operation.per()) {
        (Operation::GetResourcePolicy | Operation::GetMetricData, _) => "table",
        (Operation::DescribeKey, _) => "table, vault or topic with a key",
        (Operation::ListRecoveryPointsByBackupVault, _) => "backup vault",
        (Operation::GetBackupVaultAccessPolicy, _) => "vault with a table's recovery point",
        (_, Per::Each(thing)) => thing,
        // These are asked of the account itself, which is always there to try them on.
        (_, Per::Run | Per::Region | Per::Page(..) | Per::Global(..)) => "account",
    }
}

#[cfg(test)]
mod tests;
