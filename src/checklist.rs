//! Checklists: what a reviewer goes through before a launch, and how each item stands after a run.
//!
//! An item is decided by rules, by a person who signs it, or by both. Lists are data, in `checklists/`; here they are
//! read ([`Checklists::load`]) and their state is told from the counts of a run ([`Checklist::standings`]). How they are
//! shown, and what they mean for the exit code, is decided elsewhere.

mod file;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Counts, Summary};
use crate::yaml::{SourceError, nearest};

/// The checklists that are built in: path and text.
pub static BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/checklists.rs"));

/// A list that a reviewer goes through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// Its name: also the name of its file.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// In the order of the file.
    pub items: Vec<Item>,
}

/// One line of a list: decided by its rules, by a signature, or by both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name, unique in its list.
    pub id: String,
    /// The sentence that a reviewer would say.
    pub text: String,
    /// What goes wrong where it does not hold.
    pub why: String,
    /// The ids of the rules that decide it.
    pub rules: Vec<String>,
    /// What no rule can tell.
    pub attest: Option<Attest>,
}

/// What a person must vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attest {
    /// What each signature is for.
    pub per: Per,
    /// Who may sign, in words.
    pub by: String,
    /// For how many days a signature holds.
    pub valid_days: u32,
    /// Whether a signature needs something to show for it.
    pub needs_evidence: bool,
}

/// What each signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Each table.
    Table,
    /// Each service: what one team runs.
    Service,
    /// The account.
    Account,
}

impl Per {
    /// Every one, in order.
    pub const ALL: [Per; 3] = [Per::Table, Per::Service, Per::Account];

    /// The word in files and machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Per::Table => "table",
            Per::Service => "service",
            Per::Account => "account",
        }
    }
}

/// How an item stands; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A rule of it fails somewhere.
    Fail,
    /// A rule of it could not tell somewhere.
    Unknown,
    /// A rule of it was not run.
    NotAssessed,
    /// Somebody has to sign it.
    Open,
    /// What fails of it is waived, or was there when the baseline was made.
    Waived,
    /// All that it asks for holds.
    Pass,
    /// It speaks of nothing that is there.
    NotApplicable,
}

impl State {
    /// The word for people and machines.
    pub const fn word(self) -> &'static str {
        match self {
            State::Fail => "fail",
            State::Unknown => "unknown",
            State::NotAssessed => "not-assessed",
            State::Open => "open",
            State::Waived => "waived",
            State::Pass => "pass",
            State::NotApplicable => "not-applicable",
        }
    }

    fn of_counts(counts: Counts) -> State {
        match counts {
            Counts { fail: 1.., .. } => State::Fail,
            Counts { unknown: 1.., .. } => State::Unknown,
            Counts { waived: 1.., .. } | Counts { baselined: 1.., .. } => State::Waived,
            Counts { pass: 1.., .. } => State::Pass,
            Counts { .. } => State::NotApplicable,
        }
    }
}

/// How an item stands, and what its state may hide: an item that fails can need a signature all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The worst of its parts.
    pub state: State,
    /// Whether somebody has to sign it.
    pub to_sign: bool,
    /// Whether a rule of it was not run, and nothing says why that is all right.
    pub is_left_out: bool,
}

/// A list and how its items stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// The list.
    pub list: Checklist,
    /// How each item stands, in the order of the list.
    pub standings: Vec<Standing>,
    /// Whether the user asked for this list, so that its open items count in the gate.
    pub in_gate: bool,
}

/// What a run did, as far as checklists are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The ids of the rules that were run.
    pub rules: &'a BTreeSet<String>,
    /// The ids of those that were not run because the configuration says so, with a reason: the gate does not ask for them.
    pub off: &'a BTreeSet<String>,
    /// What they said.
    pub summary: &'a Summary,
    /// How many tables they looked at.
    pub tables: usize,
}

impl Checklist {
    /// How its items stand after a run.
    pub fn standings(&self, run: &Run<'_>) -> Vec<Standing> {
        self.items.iter().map(|item| item.standing(run)).collect()
    }
}

impl Item {
    /// A rule that was run and found nothing to look at does not apply.
    fn standing(&self, run: &Run<'_>) -> Standing {
        let rule = |id: &String| match run.rules.contains(id) {
            false => State::NotAssessed,
            true => State::of_counts(run.summary.by_rule.get(id).copied().unwrap_or_default()),
        };
        let signature = self.attest.iter().map(|attest| match attest.per {
            Per::Table if run.tables == 0 => State::NotApplicable,
            Per::Table | Per::Service | Per::Account => State::Open,
        });
        let parts: Vec<State> = self.rules.iter().map(rule).chain(signature).collect();
        let is_left_out = |id: &String| !run.rules.contains(id) && !run.off.contains(id);
        let worst = parts.iter().min().copied();
        Standing {
            state: worst.unwrap_or(State::NotApplicable),
            to_sign: parts.contains(&State::Open),
            is_left_out: self.rules.iter().any(is_left_out),
        }
    }
}

impl Assessed {
    /// Items and how they stand.
    pub fn items(&self) -> impl Iterator<Item = (&Item, Standing)> {
        self.list.items.iter().zip(self.standings.iter().copied())
    }

    /// How many items stand so.
    pub fn count(&self, state: State) -> usize {
        let so = |standing: &&Standing| standing.state == state;
        self.standings.iter().filter(so).count()
    }

    /// How many items somebody has to sign, those that fail among them.
    pub fn to_sign(&self) -> usize {
        self.standings.iter().filter(|it| it.to_sign).count()
    }

    /// How many items have a rule that was not run, those that fail among them.
    pub fn left_out(&self) -> usize {
        self.standings.iter().filter(|it| it.is_left_out).count()
    }

    /// How many items speak of something that is there.
    pub fn applicable(&self) -> usize {
        self.standings.len() - self.count(State::NotApplicable)
    }
}

/// All checklists of a run, in the order in which they are named.
#[derive(Clone, Debug, Default)]
pub struct Checklists(Vec<Checklist>);

impl Checklists {
    /// Reads lists, and says everything that is wrong with any of them. `rules` has the id of a rule by each name that
    /// it has or had.
    pub fn load<'a>(
        sources: impl IntoIterator<Item = (&'a str, &'a str)>,
        rules: &BTreeMap<&str, &str>,
    ) -> (Checklists, Vec<SourceError>) {
        let mut lists: Vec<Checklist> = Vec::new();
        let mut errors = Vec::new();
        for (path, text) in sources {
            match file::read(path, text, rules, &lists) {
                Ok(list) => lists.push(list),
                Err(found) => errors.extend(found),
            }
        }
        (Checklists(lists), errors)
    }

    /// The lists.
    pub fn lists(&self) -> &[Checklist] {
        &self.0
    }

    /// The list of this name.
    pub fn get(&self, id: &str) -> Option<&Checklist> {
        self.0.iter().find(|list| list.id == id)
    }

    /// The list that a misspelt name was probably meant to be.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.0.iter().map(|list| list.id.as_str()))
    }

    /// Where a rule is listed: `recovery/pitr`.
    pub fn listing(&self, rule: &str) -> Vec<String> {
        let items = self.0.iter().flat_map(|list| {
            let lists = |item: &&Item| item.rules.iter().any(|id| id == rule);
            let name = |item: &Item| format!("{}/{}", list.id, item.id);
            list.items.iter().filter(lists).map(name)
        });
        items.collect()
    }
}
