//! Rules against facts: one verdict per subject, and for those that are reported, what it rests on.
//!
//! Pure and total: no clock, no I/O, no failure. Logic is strong Kleene: what could not be read makes a verdict unknown
//! only where it matters, and never turns into a pass or a fail. Verdicts are cheap; explanations are made on request.

mod explain;
mod logic;
mod run;
mod value;

use jiff::Timestamp;

pub use self::explain::{Explanation, Unread, explain, forms};
use self::logic::Truth;
use self::run::Frame;
use self::value::Val;
use crate::finding::Verdict;
use crate::rule::condition::Condition;
use crate::rule::param::Params;
use crate::rule::{ForEach, Root, Rule};
use crate::snapshot::fact::Why;
use crate::snapshot::record::{Record, Value};

/// What a rule is asked about.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// One account in one region; for rules about IAM, the identities of the account.
    pub account: &'a dyn Record,
    /// One table of it; rules about tables give nothing without.
    pub table: Option<&'a dyn Record>,
    /// The time of the facts.
    pub now: Timestamp,
}

/// What an outcome is about.
#[derive(Clone, Copy)]
pub enum Subject<'a> {
    /// The table, or the account.
    Root,
    /// One element of the rule's list.
    Element(Value<'a>),
    /// The list itself, which could not be read, or not in full.
    List(&'a Why),
}

/// A verdict and what it is about.
#[derive(Clone, Copy)]
pub struct Outcome<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// What it is about.
    pub subject: Subject<'a>,
}

/// One outcome per subject of the rule in this scope, in the order of the list.
///
/// A list that could not be read gives one unknown; a partial one its elements and one unknown.
pub fn outcomes<'a>(rule: &'a Rule, params: &'a Params, scope: &Scope<'a>) -> Vec<Outcome<'a>> {
    let Some(mut frame) = frame(rule, params, scope) else {
        return Vec::new();
    };
    match &rule.for_each {
        ForEach::Root(_) => vec![Outcome {
            verdict: verdict(rule, &mut frame),
            subject: Subject::Root,
        }],
        ForEach::Element { list, .. } => elements(rule, list, &mut frame),
    }
}

fn elements<'a>(rule: &'a Rule, list: &'a Condition, frame: &mut Frame<'a>) -> Vec<Outcome<'a>> {
    let listing = match frame.listing(list.expr()) {
        Ok(listing) => listing,
        Err(why) => return vec![of_list(rule, frame, why)],
    };
    let mut outcomes = Vec::with_capacity(listing.len());
    for index in 0..listing.len() {
        let element = listing.get(index).value.plain();
        let verdict = frame.with_subject(Val::Plain(element), |frame| verdict(rule, frame));
        outcomes.push(Outcome {
            verdict,
            subject: Subject::Element(element),
        });
    }
    let missing = listing.missing();
    outcomes.extend(missing.map(|why| of_list(rule, frame, why)));
    outcomes
}

/// Unknown, unless the rule does not apply whatever the elements are.
fn of_list<'a>(rule: &'a Rule, frame: &mut Frame<'a>, why: &'a Why) -> Outcome<'a> {
    let element = Val::Plain(Value::Unknown(why));
    let applies = frame.with_subject(element, |frame| applies(rule, frame));
    Outcome {
        verdict: match applies {
            Truth::False => Verdict::NotApplicable,
            Truth::True | Truth::Unknown(_) => Verdict::Unknown,
        },
        subject: Subject::List(why),
    }
}

fn applies<'a>(rule: &'a Rule, frame: &mut Frame<'a>) -> Truth<'a> {
    let condition = rule.applies_when.as_ref();
    condition.map_or(Truth::True, |condition| frame.truth(condition.expr()))
}

fn verdict<'a>(rule: &'a Rule, frame: &mut Frame<'a>) -> Verdict {
    match applies(rule, frame) {
        Truth::False => return Verdict::NotApplicable,
        Truth::Unknown(_) => return Verdict::Unknown,
        Truth::True => {}
    }
    match frame.truth(rule.assert.expr()) {
        Truth::True => Verdict::Pass,
        Truth::False => Verdict::Fail,
        Truth::Unknown(_) => Verdict::Unknown,
    }
}

fn frame<'a>(rule: &Rule, params: &'a Params, scope: &Scope<'a>) -> Option<Frame<'a>> {
    let record = |record| Val::Plain(Value::Record(record));
    let mut frame = Frame::new(params, scope.now);
    frame.push_subject(record(scope.account));
    if rule.for_each.root() == Root::Table {
        frame.push_subject(record(scope.table?));
    }
    Some(frame)
}

#[cfg(test)]
mod tests;
