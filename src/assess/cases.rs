//! The cases inside rule files: given these facts, this verdict. For rule authors and our own tests; a `check` never asks.
//!
//! Beside the cases that are written, each fact of a case whose verdict is known is made unknown, one at a time: the
//! verdict may then be the same or unknown, and nothing else. Pure: which rules are tried and what is printed is decided
//! by the command.

mod blank;
mod given;

use std::collections::BTreeSet;

use self::given::{Cases, Given};
use super::{Configured, Listing, Selection, Settings, assess};
use crate::config::Config;
use crate::finding::{Finding, Verdict};
use crate::link::Linked;
use crate::rule::param::Params;
use crate::rule::{Case, Rule};
use crate::snapshot::Snapshot;
use crate::snapshot::places::Shapes;
use crate::snapshot::record::Evidence;
use crate::yaml::{SourceError, did_you_mean};

/// A place in the rule's file: line and column from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A rule and how its cases went.
#[derive(Clone, Debug)]
pub struct Tested {
    /// The rule's id.
    pub rule: String,
    /// The file it stands in.
    pub file: String,
    /// Where its cases stand; where they are missing, the rule.
    pub place: Place,
    /// The fields that decide, as dotted paths.
    pub looks_at: Vec<String>,
    /// Its cases, in the order of the file.
    pub cases: Vec<Tried>,
    /// Verdicts that no case expects although the rule can give them.
    pub missing: Vec<Verdict>,
}

/// A case and how it went.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The verdict it expects.
    pub expected: Verdict,
    /// The results it looks at, in their order.
    pub results: Vec<Finding>,
    /// How many facts and lists were made unknown, each by itself.
    pub blanked: usize,
    /// What does not hold.
    pub faults: Vec<Fault>,
}

/// What does not hold in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The verdict is another, or not one: these were given.
    Verdict(BTreeSet<Verdict>),
    /// The rule said nothing of the subject, or nothing at all.
    NoResult {
        /// The subject that the case names.
        subject: Option<String>,
        /// The subjects there are.
        subjects: Vec<String>,
        /// The one that was probably meant.
        hint: Option<String>,
    },
    /// Words that neither message nor evidence has.
    NotMentioned(String),
    /// A verdict turned, or went away, where a fact was made unknown.
    Turned {
        /// The fact, as a path in the case.
        fact: String,
        /// Where it stands.
        place: Place,
        /// What turned.
        turn: Turn,
    },
}

/// A verdict that turned where less is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whose.
    pub subject: String,
    /// What it was; `None` where there was none.
    pub from: Option<Verdict>,
    /// What it became; `None` where nothing was said any more.
    pub to: Option<Verdict>,
}

impl Tested {
    /// Whether every case holds and none is missing.
    pub fn holds(&self) -> bool {
        self.missing.is_empty() && self.cases.iter().all(Tried::holds)
    }

    /// How many facts and lists of its cases were made unknown.
    pub fn blanked(&self) -> usize {
        self.cases.iter().map(|case| case.blanked).sum()
    }
}

impl Tried {
    /// Whether nothing is wrong with it.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Tries the cases of rules. Keeps what it learns of facts, so many rules are faster than each by itself.
#[derive(Debug, Default)]
pub struct Trial {
    shapes: Shapes,
}

impl Trial {
    /// Tries all cases of a rule.
    ///
    /// # Errors
    /// As [`mistakes`].
    pub fn run(&mut self, rule: &Rule) -> Result<Tested, Vec<SourceError>> {
        let read = given::read(rule)?;
        let cases = (0..).zip(rule.tests.iter().zip(&read.cases));
        Ok(Tested {
            rule: rule.id.to_string(),
            file: rule.file.clone(),
            place: read.place("tests"),
            looks_at: rule.fields().into_iter().collect(),
            cases: cases
                .map(|(index, (case, given)): (usize, _)| {
                    let place = read.place(&format!("tests.{index}"));
                    self.case(rule, case, place, &read, given)
                })
                .collect(),
            missing: missing(rule),
        })
    }

    fn case(&mut self, rule: &Rule, case: &Case, at: Place, cases: &Cases, given: &Given) -> Tried {
        let all = judge(rule, &given.params, &given.snapshot);
        let of_case = |finding: &&Finding| {
            let subject = case.subject.as_deref();
            subject.is_none_or(|subject| finding.subject.short() == subject)
        };
        let results: Vec<Finding> = all.iter().filter(of_case).cloned().collect();
        let mut faults: Vec<Fault> = verdict(case, &results, &all).into_iter().collect();
        faults.extend(not_mentioned(case, &results));
        let mut blanked = 0;
        if case.expect != Verdict::Unknown {
            for blank in blank::each(&given.snapshot, &mut self.shapes) {
                let Some((fact, place)) = cases.fact(given, &blank.pointer) else {
                    continue;
                };
                blanked += 1;
                let after = judge(rule, &given.params, &blank.snapshot);
                faults.extend(blank::turned(&all, &after).map(|turn| Fault::Turned {
                    fact,
                    place,
                    turn,
                }));
            }
        }
        Tried {
            name: case.name.clone(),
            place: at,
            expected: case.expect,
            results,
            blanked,
            faults,
        }
    }
}

/// Everything in the cases of a rule that cannot be read: an unknown fact, a wrong type, a param that the rule does not
/// have.
pub fn mistakes(rule: &Rule) -> Vec<SourceError> {
    given::read(rule).err().unwrap_or_default()
}

/// What the rule says of a snapshot, with the params of the case.
fn judge(rule: &Rule, params: &Params, snapshot: &Snapshot) -> Vec<Finding> {
    let config = Config::default();
    let linked = Linked::new(snapshot, &config);
    let settings = Settings::of(vec![Configured::with_params(rule, params.clone())]);
    assess(&settings, &linked, &Selection::default(), Listing::All).findings
}

fn verdict(case: &Case, results: &[Finding], all: &[Finding]) -> Option<Fault> {
    let found: BTreeSet<Verdict> = results.iter().map(|finding| finding.verdict).collect();
    if found.is_empty() {
        let subjects: BTreeSet<String> = all.iter().map(|it| it.subject.short()).collect();
        let near = |subject: &String| did_you_mean(subject, subjects.iter().map(String::as_str));
        return Some(Fault::NoResult {
            hint: case.subject.as_ref().and_then(near),
            subject: case.subject.clone(),
            subjects: subjects.into_iter().collect(),
        });
    }
    (found != BTreeSet::from([case.expect])).then_some(Fault::Verdict(found))
}

fn not_mentioned(case: &Case, results: &[Finding]) -> Vec<Fault> {
    let shown = |evidence: &Evidence| format!("{} = {}, ", evidence.path, evidence.observed);
    let said = |finding: &Finding| {
        finding.message.clone() + &finding.evidence.iter().map(shown).collect::<String>()
    };
    let said: String = results.iter().map(said).collect();
    let words = case.evidence_mentions.iter();
    let missing = words.filter(|words| !said.contains(words.as_str()));
    missing.cloned().map(Fault::NotMentioned).collect()
}

/// The verdicts that a rule can give and none of its cases expects.
fn missing(rule: &Rule) -> Vec<Verdict> {
    let wanted = Verdict::ALL
        .iter()
        .copied()
        .filter(|verdict| match verdict {
            Verdict::Pass | Verdict::Fail | Verdict::Unknown => true,
            Verdict::NotApplicable => rule.applies_when.is_some(),
        });
    let expected: BTreeSet<Verdict> = rule.tests.iter().map(|case| case.expect).collect();
    wanted
        .filter(|verdict| !expected.contains(verdict))
        .collect()
}

#[cfg(test)]
mod tests;
