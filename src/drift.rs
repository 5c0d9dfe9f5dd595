//! What became of an account between two snapshots: by rule result and by fact.
//!
//! Both snapshots are judged with the same rules and settings, so a change of rules is no drift. Pure: compares what it is
//! given, and neither judges, nor reads files, nor knows a clock. What one of the two could not see is not comparable, and
//! never worse or better.

mod document;
mod elements;
pub mod facts;
pub mod history;
mod results;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use crate::assess::{Assessment, Identities};
use crate::finding::{Counts, Finding, Severity, TableKey, Verdict};
use crate::snapshot::Snapshot;
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;

pub use self::results::differing;

/// One of the two sides: facts, and what the rules said of them.
pub struct Side<'a> {
    /// The facts.
    pub snapshot: &'a Snapshot,
    /// What the rules said, waivers laid over it; every failure and everything unknown is listed.
    pub assessment: &'a Assessment,
    /// The findings that are no problem here, and are one on the other side: see [`differing`].
    pub others: &'a [Finding],
    /// What fingerprints name tables by.
    pub identities: &'a Identities,
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// The earlier one.
    Old,
    /// The later one.
    New,
}

impl Which {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Which::Old => "old",
            Which::New => "new",
        }
    }
}

/// What changed between two snapshots. All lists are sorted.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// Results of rules that became worse, the worst first.
    pub worse: Vec<Turn>,
    /// Results that became better.
    pub better: Vec<Turn>,
    /// Results that are others, and neither: a failure that cannot be told any more, one that a waiver covers.
    pub other: Vec<Turn>,
    /// Facts that changed, beside those that stand behind a turn.
    pub changed: Vec<FactChange>,
    /// Tables that are new, with their results.
    pub new_tables: Vec<TableResults>,
    /// Tables that are gone, with the results they had.
    pub gone_tables: Vec<TableResults>,
    /// What only one side could see.
    pub not_comparable: Vec<NotComparable>,
    /// Tables that are on both sides.
    pub tables: usize,
    /// The rules that judged both.
    pub rules: usize,
    /// Whether the tables of some account and region could be listed on both sides, or nothing could be compared.
    pub is_blind: bool,
}

/// The result of a rule on one subject that is another now.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// In which way.
    pub kind: TurnKind,
    /// What was said; `None` where the subject was not there.
    pub old: Option<Finding>,
    /// What is said; `None` where the subject is not there any more.
    pub new: Option<Finding>,
    /// The facts of its table that changed and that the rule looks at.
    pub facts: Vec<FactChange>,
}

impl Turn {
    /// The finding that the turn is told of: what is, or else what was.
    pub fn finding(&self) -> &Finding {
        let either = self.new.as_ref().or(self.old.as_ref());
        either.expect("a turn is from something or to something")
    }

    /// How bad it is, or was.
    pub fn severity(&self) -> Severity {
        let problem = |it: &&Finding| it.is_problem();
        let either = self.new.as_ref().filter(problem);
        let either = either.or(self.old.as_ref().filter(problem));
        either.unwrap_or(self.finding()).severity
    }
}

/// In which way a result turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TurnKind {
    /// It fails, and did not.
    Fails,
    /// It cannot be told any more. Worse, since nobody would see it fail.
    Blind,
    /// It is as it was, at a worse severity.
    Severer,
    /// A waiver covered it, and does no more.
    WaiverEnded,
    /// It was a problem, and holds now.
    Holds,
    /// It could not be told, and holds.
    Told,
    /// It is as it was, at a lower severity.
    Milder,
    /// It was a problem, and its subject is gone.
    Gone,
    /// It failed, and cannot be told any more: neither worse nor better.
    LostSight,
    /// It was a problem, and its rule does not speak of the subject any more: what it asks of may be switched off, which is
    /// no repair.
    AppliesNoMore,
    /// It is a problem that a waiver covers, and was none, or not covered.
    Accepted,
}

impl TurnKind {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            TurnKind::Fails => "fails",
            TurnKind::Blind => "cannot-tell",
            TurnKind::Severer => "severer",
            TurnKind::WaiverEnded => "waiver-ended",
            TurnKind::Holds => "holds",
            TurnKind::Told => "can-tell",
            TurnKind::Milder => "milder",
            TurnKind::Gone => "gone",
            TurnKind::LostSight => "lost-sight",
            TurnKind::AppliesNoMore => "applies-no-more",
            TurnKind::Accepted => "accepted",
        }
    }

    /// Which way that is.
    pub const fn direction(self) -> Direction {
        match self {
            TurnKind::Fails | TurnKind::Blind | TurnKind::Severer | TurnKind::WaiverEnded => {
                Direction::Worse
            }
            TurnKind::Holds | TurnKind::Told | TurnKind::Milder | TurnKind::Gone => {
                Direction::Better
            }
            TurnKind::LostSight | TurnKind::AppliesNoMore | TurnKind::Accepted => {
                Direction::Neither
            }
        }
    }
}

/// Which way a result turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Somebody should look.
    Worse,
    /// A problem less.
    Better,
    /// Another one, and neither.
    Neither,
}

/// Where a fact is: an account, a region and perhaps a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Account id.
    pub account: String,
    /// Region; `None` for what is the same in all regions.
    pub region: Option<String>,
    /// Table, by its name of today where it is there today.
    pub table: Option<String>,
}

/// A fact that is another now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactChange {
    /// Where.
    pub place: Place,
    /// Which: `pitr.window_days` of a table, `alarms["orders-throttle"].alarm_actions` of a region.
    pub path: String,
    /// How it changed.
    pub change: Change,
    /// The call that tells it.
    pub from: Option<Operation>,
}

/// How a fact changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A value is another. A long text is cut.
    Value {
        /// What it was.
        old: String,
        /// What it is.
        new: String,
    },
    /// Elements of a list of texts or numbers came and went.
    Elements {
        /// Those that are new.
        added: Vec<String>,
        /// Those that are gone.
        removed: Vec<String>,
    },
    /// Statements of a policy document came and went, each cut where it is long.
    Document {
        /// Those that are new.
        added: Vec<String>,
        /// Those that are gone.
        removed: Vec<String>,
    },
    /// A thing with fields is there, and was not.
    Appeared,
    /// A thing with fields was there, and is not.
    Disappeared,
}

/// A table that is on one side only, with its results there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableResults {
    /// Account, region, name.
    pub table: TableKey,
    /// What the rules said.
    pub counts: Counts,
    /// Its failures that count, by severity.
    pub fails: BTreeMap<Severity, usize>,
}

impl TableResults {
    /// Whether it fails at the gate or above.
    pub fn fails_at(&self, gate: Option<Severity>) -> bool {
        // The worst severity is the smallest.
        gate.is_some_and(|gate| self.fails.keys().any(|severity| *severity <= gate))
    }
}

/// Something that only one side could see.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NotComparable {
    /// What: `pitr`, the id of a rule, `account`, `region`, `table`.
    pub what: String,
    /// Whether it is a fact, the result of a rule, or a whole account, region or table.
    pub kind: Unseen,
    /// Where.
    pub place: Place,
    /// The side that lacks it.
    pub lacks: Which,
    /// Why it lacks it.
    pub why: Why,
}

/// What kind of thing could not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unseen {
    /// A whole account.
    Account,
    /// A whole region of an account.
    Region,
    /// A whole table.
    Table,
    /// The result of a rule.
    Result,
    /// A fact.
    Fact,
}

impl Unseen {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Unseen::Account => "account",
            Unseen::Region => "region",
            Unseen::Table => "table",
            Unseen::Result => "result",
            Unseen::Fact => "fact",
        }
    }
}

/// What drift comes to, with its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing became worse; with `--any`, nothing changed.
    Steady,
    /// Something became worse; with `--any`, something changed.
    Drifted,
    /// Nothing could be compared.
    CannotTell,
    /// There was nothing on either side.
    NothingToCompare {
        /// Whether the user accepts that.
        allowed: bool,
    },
}

impl Outcome {
    /// The exit code of the program.
    pub const fn exit_code(self) -> u8 {
        match self {
            Outcome::Steady | Outcome::NothingToCompare { allowed: true } => 0,
            Outcome::Drifted => 1,
            Outcome::CannotTell => 3,
            Outcome::NothingToCompare { allowed: false } => 4,
        }
    }

    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Steady => "steady",
            Outcome::Drifted => "drifted",
            Outcome::CannotTell => "cannot-tell",
            Outcome::NothingToCompare { .. } => "nothing-to-compare",
        }
    }
}

/// What counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whether every change counts, and not only what became worse.
    pub any: bool,
    /// Whether having nothing to compare is accepted.
    pub allow_empty: bool,
    /// The failures of a new table that make it worse to have it: these and worse.
    pub fail_on: Option<Severity>,
}

impl Drift {
    /// Whether anything is another than it was. What cannot be compared is not known to be.
    pub fn is_empty(&self) -> bool {
        let turns = [&self.worse, &self.better, &self.other];
        turns.iter().all(|turns| turns.is_empty())
            && self.changed.is_empty()
            && self.new_tables.is_empty()
            && self.gone_tables.is_empty()
    }

    fn hides_tables(&self) -> bool {
        let mut hidden = self.not_comparable.iter();
        hidden.any(|it| it.kind == Unseen::Table)
    }

    /// What it comes to.
    pub fn outcome(&self, terms: Terms) -> Outcome {
        let mut new = self.new_tables.iter();
        // Where no table could be listed, all that cannot be told for it is no news of its own.
        let counts = |turn: &Turn| !self.is_blind || turn.kind != TurnKind::Blind;
        let worse = self.worse.iter().any(counts) || new.any(|table| table.fails_at(terms.fail_on));
        match (worse, self.is_empty()) {
            (true, _) => Outcome::Drifted,
            (false, _) if self.is_blind => Outcome::CannotTell,
            (false, false) if terms.any => Outcome::Drifted,
            // There are tables, and none that both sides could see.
            (false, true) if self.tables == 0 && self.hides_tables() => Outcome::CannotTell,
            (false, true) if self.tables == 0 => Outcome::NothingToCompare {
                allowed: terms.allow_empty,
            },
            (false, _) => Outcome::Steady,
        }
    }
}

/// Compares two sides. `looks_at` are the fields that each rule looks at, as dotted paths.
pub fn compare(
    old: &Side<'_>,
    new: &Side<'_>,
    looks_at: &BTreeMap<String, BTreeSet<String>>,
) -> Drift {
    let tables = tables::Tables::of(old, new);
    let mut drift = Drift {
        tables: tables.both(),
        rules: looks_at.len(),
        is_blind: tables.is_blind(),
        ..Drift::default()
    };
    drift.not_comparable = tables.not_comparable().to_vec();
    drift.new_tables = tables.results(Which::New, new);
    drift.gone_tables = tables.results(Which::Old, old);
    let facts = facts::compare(old.snapshot, new.snapshot, &tables);
    drift.changed = facts.changed;
    drift.not_comparable.extend(facts.not_comparable);
    results::compare(old, new, &tables, &mut drift);
    results::put_facts(&mut drift, looks_at);
    drift.not_comparable.sort();
    drift.not_comparable.dedup();
    drift.changed.sort();
    drift
}

/// Whether a finding is unknown because nobody asked for what decides it.
fn was_not_asked(finding: &Finding) -> bool {
    let mut reasons = finding.unknown.iter();
    finding.verdict == Verdict::Unknown && reasons.any(|why| why.reason == Reason::NotRequested)
}
