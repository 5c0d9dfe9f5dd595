//! The facts of a case made unknown, one at a time, and what that may do to verdicts: nothing, or unknown.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Turn;
use crate::finding::{Finding, Verdict};
use crate::snapshot::Snapshot;
use crate::snapshot::places::Shapes;

/// A snapshot of which one fact less is known.
pub(super) struct Blank {
    /// The fact, as a JSON pointer.
    pub(super) pointer: String,
    pub(super) snapshot: Snapshot,
}

/// A snapshot for each fact that is known: without it; and two for each list that AWS pages: all its elements were read
/// and there may be more, none was.
pub(super) fn each(snapshot: &Snapshot, shapes: &mut Shapes) -> Vec<Blank> {
    let document = serde_json::to_value(snapshot).expect("a snapshot can be written as JSON");
    let places = shapes.places(&document);
    let unknown = |_: &Value| vec![json!({"$unknown": {"reason": "failed"}})];
    let partial = |list: &Value| {
        let some = |items: &Value| json!({"$partial": {"reason": "throttled"}, "items": items});
        vec![some(list), some(&json!([]))]
    };
    let facts = places
        .facts
        .iter()
        .flat_map(|at| put(&document, at, unknown));
    let lists = places
        .lists
        .iter()
        .flat_map(|at| put(&document, at, partial));
    facts.chain(lists).collect()
}

fn put(document: &Value, at: &str, to: impl Fn(&Value) -> Vec<Value>) -> Vec<Blank> {
    let Some(was) = document
        .pointer(at)
        .filter(|was| was.get("$unknown").is_none())
    else {
        return Vec::new();
    };
    let blank = |value: Value| {
        let mut blanked = document.clone();
        *blanked.pointer_mut(at)? = value;
        // What the reader took at one place of this shape it takes at each; if not, there is no such snapshot.
        let snapshot = serde_json::from_value(blanked).ok()?;
        Some(Blank {
            pointer: at.to_owned(),
            snapshot,
        })
    };
    to(was).into_iter().filter_map(blank).collect()
}

/// The first verdict that is neither the same nor unknown where less is known, or that went away without a word.
pub(super) fn turned(before: &[Finding], after: &[Finding]) -> Option<Turn> {
    let (before, after) = (verdicts(before), verdicts(after));
    let is_open = after.values().any(|verdict| *verdict == Verdict::Unknown);
    let turn = |subject: &(String, String), to: Option<Verdict>| {
        let from = before.get(subject).copied();
        let subject = subject.1.clone();
        Some(Turn { subject, from, to })
    };
    for (subject, to) in &after {
        let from = before.get(subject).copied();
        // A list that was not read in full has a result of its own, on what it belongs to.
        let is_on_list = from.is_none() && *to == Verdict::NotApplicable;
        if *to != Verdict::Unknown && from != Some(*to) && !is_on_list {
            return turn(subject, Some(*to));
        }
    }
    let decided = |verdict: Verdict| matches!(verdict, Verdict::Pass | Verdict::Fail);
    let mut gone = before
        .iter()
        .filter(|(subject, verdict)| decided(**verdict) && !after.contains_key(*subject));
    match gone.next() {
        Some((subject, _)) if !is_open => turn(subject, None),
        Some(_) | None => None,
    }
}

/// The verdicts by kind and name of their subjects.
fn verdicts(findings: &[Finding]) -> BTreeMap<(String, String), Verdict> {
    let one = |finding: &Finding| {
        let subject = &finding.subject;
        ((subject.kind.clone(), subject.short()), finding.verdict)
    };
    findings.iter().map(one).collect()
}
