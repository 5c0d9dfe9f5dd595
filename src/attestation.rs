//! What people vouch for where no rule can tell: who signed which item of a checklist, for what, and until when.
//!
//! A signature is a block of text in `dynalint/attestations.yaml`; no key and no certificate is in it. Three things make
//! it one: a digest of the words that were signed, so that an item in other words is not taken for signed; the name of
//! a person; and the history of the repository (git), which says who put the block there and who let it in. Whoever can
//! write to the repository can write any name: review changes of the file as you review code.
//!
//! Read whole in [`read`], and compared with what a run looked at in [`Attestations::stand`]. Pure: today is passed in,
//! and days are those of UTC. Knows no checklist: what an item asks for comes in as [`Items`].

mod draft;
mod file;
mod stand;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use globset::GlobSet;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

pub use self::draft::{Draft, Mistake, OnDraft, last_day, parse_date};
pub use self::file::{read, schema};
pub use self::stand::{Day, Hold, Signed, Subject, Subjects};

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

/// What a person must vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attest {
    /// What each signature is for.
    pub per: Per,
    /// Who may sign, in words.
    pub by: String,
    /// For how many days a signature holds at the longest.
    pub valid_days: u32,
    /// Whether a signature needs something to show for it.
    pub needs_evidence: bool,
}

/// An item that can be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What a signature of it needs.
    pub attest: Attest,
    /// The digest of its words, as they are now.
    pub words: String,
}

/// The items that an attestation may name.
#[derive(Clone, Debug)]
pub struct Items {
    /// By `checklist/item`; `None` where rules alone decide.
    pub by_name: BTreeMap<String, Option<Asked>>,
    /// Whether these are all; where a checklist could not be read, a name that is not here is not to blame.
    pub are_all: bool,
}

/// What a person found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It asks for nothing here.
    NotApplicable,
}

impl Outcome {
    /// Every one, in order.
    pub const ALL: [Outcome; 3] = [Outcome::Pass, Outcome::Fail, Outcome::NotApplicable];

    /// The word in files and machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Fail => "fail",
            Outcome::NotApplicable => "not-applicable",
        }
    }
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The item: `release/load-test`.
    pub item: String,
    /// What it was signed for.
    pub on: On,
    /// What the person found.
    pub outcome: Outcome,
    /// Who signed.
    pub by: String,
    /// When.
    pub date: Date,
    /// The last day on which it holds.
    pub expires: Date,
    /// The digest of the words that were signed.
    pub words: String,
    /// Links to what there is to show for it.
    pub evidence: Vec<String>,
    /// What else there is to say.
    pub notes: Option<String>,
    /// The line of the file where it begins, from 1.
    pub line: usize,
}

impl Attestation {
    /// Whether it says the same, wherever it stands.
    pub fn says_the_same(&self, other: &Attestation) -> bool {
        let placed = |it: &Attestation| Attestation {
            line: 0,
            ..it.clone()
        };
        placed(self) == placed(other)
    }
}

/// What a signature is for: all that match each pattern that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct On {
    /// Names of tables.
    pub table: Option<Pattern>,
    /// Names of services, whatever their case.
    pub service: Option<Pattern>,
    /// Ids of accounts.
    pub account: Option<Pattern>,
}

impl On {
    /// The patterns that are there, with the words for them.
    pub fn patterns(&self) -> impl Iterator<Item = (Per, &Pattern)> {
        let all = [&self.table, &self.service, &self.account];
        let named = Per::ALL.into_iter().zip(all);
        named.filter_map(|(per, pattern)| Some((per, pattern.as_ref()?)))
    }
}

/// `service shop`, `table orders-*, account 111122223333`.
impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (per, pattern)) in self.patterns().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{} {}", per.word(), pattern.text)?;
        }
        Ok(())
    }
}

/// A pattern of names, anchored at both ends, with `*` for any run of characters.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it was written.
    pub text: String,
    globs: GlobSet,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

/// All signatures of a file.
#[derive(Clone, Debug, Default)]
pub struct Attestations {
    /// By item, the latest first.
    by_item: BTreeMap<String, Vec<Arc<Attestation>>>,
}

impl Attestations {
    /// Of two of one day, the one that stands further down is the later: signatures are added at the end.
    fn new(signatures: Vec<Attestation>) -> Attestations {
        let mut by_item: BTreeMap<String, Vec<Arc<Attestation>>> = BTreeMap::new();
        for one in signatures {
            let of_item = by_item.entry(one.item.clone()).or_default();
            of_item.push(Arc::new(one));
        }
        for of_item in by_item.values_mut() {
            of_item.sort_by_key(|one| std::cmp::Reverse((one.date, one.line)));
        }
        Attestations { by_item }
    }

    /// The signatures of an item, the latest first.
    pub fn of(&self, item: &str) -> &[Arc<Attestation>] {
        self.by_item.get(item).map_or(&[], Vec::as_slice)
    }

    /// The signatures of an item that no newer one for the same replaces, the latest first.
    pub fn latest_of(&self, item: &str) -> Vec<&Arc<Attestation>> {
        let mut latest: Vec<&Arc<Attestation>> = Vec::new();
        for one in self.of(item) {
            if latest.iter().all(|newer| newer.on != one.on) {
                latest.push(one);
            }
        }
        latest
    }
}

/// Digits of a digest: 48 bits tell two versions of a sentence apart, and can be compared by eye.
const DIGITS: usize = 12;

/// The digest of what a person signs: the sentence, its reason, and what is asked of the signature. White space does not
/// count, and neither do the rules of an item, which nobody signs.
pub fn digest(text: &str, why: &str, attest: &Attest) -> String {
    let days = attest.valid_days.to_string();
    let evidence = attest.needs_evidence.to_string();
    let parts = [text, why, attest.per.word(), &attest.by, &days, &evidence];
    let mut hash = Sha256::new();
    for part in parts {
        let words: Vec<&str> = part.split_whitespace().collect();
        hash.update(format!("{}\0", words.join(" ")));
    }
    let digits = hash
        .finalize()
        .into_iter()
        .map(|byte| format!("{byte:02x}"));
    let digits: String = digits.collect();
    format!("sha256:{}", &digits[..DIGITS])
}
