//! How items and lists stand after a run, with the signatures that decide.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Checklist, Item, State};
use crate::attestation::{Attestation, Hold, Signed};

/// How an item stands, and what its state may hide: an item that fails can need a signature all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The worst of its parts.
    pub state: State,
    /// Whether somebody has to sign it, for the first time or again.
    pub to_sign: bool,
    /// Whether somebody who was to sign it found that it does not hold.
    pub is_rejected: bool,
    /// Whether a rule of it was not run.
    pub is_left_out: bool,
    /// Whether it may have to be signed for more than is known: tables could not be listed.
    pub is_partial: bool,
    /// What it has to be signed for, and who did; empty where nobody signs.
    pub signed: Vec<Signed>,
    /// The signatures of it that are for nothing of this run.
    pub beside: Vec<Arc<Attestation>>,
}

/// A signature of a run, and what it decides.
#[derive(Clone, Debug)]
pub struct Signature<'a> {
    /// The signature.
    pub attestation: &'a Arc<Attestation>,
    /// What it comes to.
    pub hold: Hold,
    /// In how many days it lapses, where that is soon; 0 is after today.
    pub lapses_in_days: Option<u32>,
    /// What it is the deciding one for.
    pub subjects: Vec<&'a str>,
}

impl Standing {
    /// Of an item that is signed and nothing else.
    pub fn of_signatures(signed: Vec<Signed>) -> Standing {
        let states = signed.iter().map(|it| State::of_hold(it.hold));
        Standing {
            state: states.min().unwrap_or(State::NotApplicable),
            to_sign: signed.iter().any(|it| it.hold.is_to_sign()),
            is_rejected: signed.iter().any(|it| it.hold == Hold::Rejected),
            is_left_out: false,
            is_partial: false,
            signed,
            beside: Vec::new(),
        }
    }

    /// The signatures that decide, in the order of their file.
    pub fn signatures(&self) -> Vec<Signature<'_>> {
        let mut by_line: BTreeMap<usize, Signature<'_>> = BTreeMap::new();
        for signed in &self.signed {
            let Some(attestation) = &signed.signature else {
                continue;
            };
            let signature = by_line.entry(attestation.line);
            let signature = signature.or_insert_with(|| Signature {
                attestation,
                hold: signed.hold,
                lapses_in_days: signed.lapses_in_days,
                subjects: Vec::new(),
            });
            signature.subjects.push(&signed.subject.label);
        }
        by_line.into_values().collect()
    }

    /// In how many days the first of its signatures lapses, where that is soon.
    pub fn lapses_in_days(&self) -> Option<u32> {
        self.signed.iter().filter_map(|it| it.lapses_in_days).min()
    }
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

impl Assessed {
    /// Items and how they stand.
    pub fn items(&self) -> impl Iterator<Item = (&Item, &Standing)> {
        self.list.items.iter().zip(&self.standings)
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

    /// How many items somebody who was to sign them found not to hold.
    pub fn rejected(&self) -> usize {
        self.standings.iter().filter(|it| it.is_rejected).count()
    }

    /// How many items nobody can say of whether all of it holds, those that fail among them.
    pub fn undecided(&self) -> usize {
        let undecided = |it: &&Standing| it.is_left_out || it.is_partial;
        self.standings.iter().filter(undecided).count()
    }

    /// How many items may have to be signed for more than is known.
    pub fn partial(&self) -> usize {
        self.standings.iter().filter(|it| it.is_partial).count()
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
