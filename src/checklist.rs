//! Checklists: what a reviewer goes through before a launch, and how each item stands after a run.
//!
//! An item is decided by rules, by a person who signs it, or by both. Lists are data: ours in `checklists/`, the user's in
//! folders of their own. Here they are read ([`Checklists::load`]) and their state is told from the counts of a run and
//! from the signatures that there are ([`Checklist::standings`]). How they are shown, and what they mean for the exit code,
//! is decided elsewhere.

mod file;
mod standing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::attestation::{self, Asked, Attestations, Day, Hold, Items, Signed, Subjects};
pub use crate::attestation::{Attest, Per};
use crate::finding::{Counts, Summary};
use crate::yaml::{SourceError, nearest};

pub use self::standing::{Assessed, Signature, Standing};

/// The checklists that are built in: path and text.
pub static BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/checklists.rs"));

/// The JSON Schema of a checklist's file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(file::File)
}

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

/// How an item stands; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// A rule of it fails somewhere, or somebody who was to sign it found that it does not hold.
    Fail,
    /// A rule of it could not tell somewhere, or it is not known for what it has to be signed.
    Unknown,
    /// A rule of it was not run.
    NotAssessed,
    /// Somebody has to sign it.
    Open,
    /// Somebody has to sign it again: the signature has lapsed, or the item is in other words since.
    Lapsed,
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
            State::Lapsed => "lapsed",
            State::Waived => "waived",
            State::Pass => "pass",
            State::NotApplicable => "not-applicable",
        }
    }

    const fn of_hold(hold: Hold) -> State {
        match hold {
            Hold::Rejected => State::Fail,
            Hold::Open => State::Open,
            Hold::Reworded | Hold::Lapsed => State::Lapsed,
            Hold::Attested => State::Pass,
            Hold::NotApplicable => State::NotApplicable,
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

/// What a run did, as far as checklists are concerned.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The ids of the rules that were run.
    pub rules: &'a BTreeSet<String>,
    /// The ids of those that were not run because the configuration says so, with a reason: the gate does not ask for them.
    pub off: &'a BTreeSet<String>,
    /// What they said.
    pub summary: &'a Summary,
    /// What there is to sign for.
    pub subjects: &'a Subjects,
    /// Who signed.
    pub attestations: &'a Attestations,
    /// Today.
    pub day: Day,
}

impl Checklist {
    /// How its items stand after a run.
    pub fn standings(&self, run: &Run<'_>) -> Vec<Standing> {
        let standing = |item: &Item| item.standing(&self.name_of(item), run);
        self.items.iter().map(standing).collect()
    }

    /// How an attestation names an item of the list: `release/load-test`.
    pub fn name_of(&self, item: &Item) -> String {
        format!("{}/{}", self.id, item.id)
    }
}

impl Item {
    /// What a signature of it needs; `None` where rules alone decide.
    pub fn asked(&self) -> Option<Asked> {
        let attest = self.attest.clone()?;
        let words = attestation::digest(&self.text, &self.why, &attest);
        Some(Asked { attest, words })
    }

    /// Who signed it, for each subject that it has to be signed for; empty where rules alone decide.
    fn signed(&self, name: &str, run: &Run<'_>) -> Vec<Signed> {
        let asked = self.asked();
        asked.map_or_else(Vec::new, |asked| {
            let subjects = run.subjects.per(asked.attest.per);
            let signatures = run.attestations;
            signatures.stand(name, &asked.words, subjects, run.day)
        })
    }

    /// A rule that was run and found nothing to look at does not apply.
    fn standing(&self, name: &str, run: &Run<'_>) -> Standing {
        let rule = |id: &String| match run.rules.contains(id) {
            false => State::NotAssessed,
            true => {
                let counts = run.summary.by_rule.get(id).copied();
                let state = State::of_counts(counts.unwrap_or_default());
                match run.off.contains(id) {
                    // Where it is off, nobody looked.
                    true => state.min(State::NotAssessed),
                    false => state,
                }
            }
        };
        let is_left_out = |id: &String| !run.rules.contains(id) && !run.off.contains(id);
        let rules: Vec<State> = self.rules.iter().map(rule).collect();
        let signatures = Standing::of_signatures(self.signed(name, run));
        let per = self.attest.as_ref().map(|attest| attest.per);
        let is_partial = per.is_some_and(|per| run.subjects.may_lack(per));
        let more = is_partial.then_some(State::Unknown);
        let others = rules.iter().copied().chain(more);
        Standing {
            state: others.fold(signatures.state, State::min),
            is_left_out: self.rules.iter().any(is_left_out),
            is_partial,
            beside: match per {
                Some(per) => run.attestations.beside(name, run.subjects.per(per)),
                None => Vec::new(),
            },
            ..signatures
        }
    }
}

/// All checklists of a run, in the order in which they are named: ours, then the user's.
#[derive(Clone, Debug, Default)]
pub struct Checklists(Vec<Checklist>);

/// The rules that an item may name.
#[derive(Clone, Copy, Debug)]
pub struct RuleNames<'a> {
    /// The id of a rule by each name that it has or had.
    pub ids: &'a BTreeMap<&'a str, &'a str>,
    /// Whether these are all; where a rule could not be read, an item that names it is not to blame.
    pub are_all: bool,
}

impl Checklists {
    /// Reads lists, and says everything that is wrong with any of them.
    pub fn load<'a>(
        sources: impl IntoIterator<Item = (&'a str, &'a str)>,
        rules: RuleNames<'_>,
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

    /// The items that an attestation may name. `are_all` is to say whether every list could be read.
    pub fn signable(&self, are_all: bool) -> Items {
        let items = self.items();
        Items {
            by_name: items.map(|(name, item)| (name, item.asked())).collect(),
            are_all,
        }
    }

    /// All items, each with its name: `recovery/pitr`.
    pub fn items(&self) -> impl Iterator<Item = (String, &Item)> {
        self.0
            .iter()
            .flat_map(|list| list.items.iter().map(|item| (list.name_of(item), item)))
    }

    /// Where a rule is listed: `recovery/pitr`.
    pub fn listing(&self, rule: &str) -> Vec<String> {
        let lists = |item: &Item| item.rules.iter().any(|id| id == rule);
        let items = self.items().filter(|(_, item)| lists(item));
        items.map(|(name, _)| name).collect()
    }
}
