//! The words of drift that all formats for people share.

use std::collections::BTreeMap;

use super::DriftReport;
use crate::drift::{
    Change, FactChange, NotComparable, Outcome, Place, TableResults, Turn, TurnKind, Unseen, Which,
};
use crate::finding::{Decoration, Finding};
use crate::report::RuleFacts;
use crate::report::terminal::finding::{name, said_of, unread_reason};
use crate::report::terminal::layout::{count, number};
use crate::snapshot::fact::Reason;

/// The subject of a turn, in full.
pub(super) fn subject(turn: &Turn) -> String {
    let subject = &turn.finding().subject;
    match name(subject, true) {
        name if name.is_empty() => subject.name.clone(),
        name => name,
    }
}

/// What is said of a turn, without its subject.
pub(super) fn told(turn: &Turn, rules: &BTreeMap<String, RuleFacts>) -> String {
    let said = |finding: &Option<Finding>| -> String {
        finding
            .as_ref()
            .map_or_else(String::new, |it| match said_of(it) {
                "" => rules
                    .get(&it.rule)
                    .map_or("", |rule| &*rule.title)
                    .to_owned(),
                said => said.to_owned(),
            })
    };
    let severity = |finding: &Option<Finding>| {
        let word = finding.as_ref().map(|it| it.severity.word());
        word.unwrap_or_default()
    };
    let reason = |finding: &Option<Finding>| {
        let reason = finding.as_ref().and_then(unread_reason);
        reason.map_or_else(String::new, |reason| format!(": {reason}"))
    };
    let (old, new) = (&turn.old, &turn.new);
    match turn.kind {
        TurnKind::Fails => said(new),
        TurnKind::Blind if old.is_none() => format!("cannot tell{}", reason(new)),
        TurnKind::Blind => format!("cannot tell any more{}", reason(new)),
        TurnKind::Severer | TurnKind::Milder => {
            format!("was {}: {}", severity(old), said(new))
        }
        TurnKind::WaiverEnded => format!("{}: {}", waiver(old, "no more waived"), said(new)),
        // A history names problems alone: it may hold, not apply, or be gone.
        TurnKind::Holds if new.is_none() => "is no problem any more".to_owned(),
        TurnKind::Holds => format!("holds now; was: {}", said(old)),
        TurnKind::Told => format!("can be told now; was unknown{}", reason(old)),
        TurnKind::Gone => format!("is gone; was: {}", said(old)),
        TurnKind::AppliesNoMore => format!("does not apply any more; was: {}", said(old)),
        TurnKind::LostSight => format!("failed, and cannot be told any more{}", reason(new)),
        TurnKind::Accepted => format!("{}: {}", waiver(new, "waived"), said(new)),
    }
}

fn waiver(finding: &Option<Finding>, word: &str) -> String {
    match finding.as_ref().and_then(|it| it.decoration.as_ref()) {
        Some(Decoration::Waived { owner, expires, .. }) => {
            format!("{word} (by {owner} until {expires})")
        }
        Some(Decoration::Baselined) | None => word.to_owned(),
    }
}

/// What was seen and what is seen behind a turn: `pitr.status: ENABLED → DISABLED`.
pub(super) fn seen(turn: &Turn) -> Vec<String> {
    if !turn.facts.is_empty() {
        return turn.facts.iter().map(fact).collect();
    }
    let evidence = |finding: &Option<Finding>| {
        let evidence = finding.as_ref().map(|it| it.evidence.clone());
        evidence.unwrap_or_default()
    };
    let before = evidence(&turn.old);
    let pairs = evidence(&turn.new).into_iter().filter_map(|now| {
        let was = before.iter().find(|it| it.path == now.path)?;
        let differs = was.observed != now.observed;
        differs.then(|| format!("{}: {} → {}", now.path, was.observed, now.observed))
    });
    pairs.collect()
}

/// A fact that changed, in a line.
pub(super) fn fact(fact: &FactChange) -> String {
    let path = &fact.path;
    let signed = |added: &[String], removed: &[String]| {
        let removed = removed.iter().map(|it| format!("− {it}"));
        let added = added.iter().map(|it| format!("+ {it}"));
        removed.chain(added).collect::<Vec<String>>().join("  ")
    };
    match &fact.change {
        Change::Value { old, new } => format!("{path}: {old} → {new}"),
        Change::Elements { added, removed } => format!("{path}: {}", signed(added, removed)),
        Change::Document { added, removed } => {
            format!("{path}: text changed  {}", signed(added, removed))
        }
        Change::Appeared => format!("{path}: new"),
        Change::Disappeared => format!("{path}: gone"),
    }
}

/// Where a fact is, as a line names it: the table, else the region or the account.
pub(super) fn place(place: &Place) -> String {
    let region = place.region.as_ref();
    let own = place.table.as_ref().or(region);
    own.unwrap_or(&place.account).clone()
}

/// `61 rules: 58 pass, 3 fail (1 high, 2 low)`.
pub(super) fn results(table: &TableResults) -> String {
    let counts = &table.counts;
    let fails: Vec<String> = table
        .fails
        .iter()
        .map(|(severity, count)| format!("{} {severity}", number(*count)))
        .collect();
    let fails = match fails.is_empty() {
        true => "0 fail".to_owned(),
        false => format!("{} fail ({})", number(counts.fail), fails.join(", ")),
    };
    let others = [(counts.unknown, "unknown"), (counts.waived, "waived")];
    let others = others.into_iter().filter(|(count, _)| *count > 0);
    let others: String = others
        .map(|(count, word)| format!(", {} {word}", number(count)))
        .collect();
    let results = count(counts.total(), "result");
    format!("{results}: {} pass, {fails}{others}", number(counts.pass))
}

/// What it comes to, as a title says it, the worst first.
pub(super) fn said_in_all(report: &DriftReport) -> Vec<String> {
    match (report.outcome, counts(report)) {
        (Outcome::CannotTell, _) => vec!["cannot tell".to_owned()],
        (Outcome::NothingToCompare { .. }, _) => vec!["nothing to compare".to_owned()],
        (Outcome::Drifted | Outcome::Steady, counts) if counts.is_empty() => {
            vec!["nothing changed".to_owned()]
        }
        (Outcome::Drifted | Outcome::Steady, counts) => counts,
    }
}

/// `2 worse, 1 better, 1 new table, 1 other change`; empty where nothing changed.
pub(super) fn counts(report: &DriftReport) -> Vec<String> {
    let drift = &report.drift;
    let failing = match report.failing_tables() {
        0 => String::new(),
        failing => format!(" ({} at the gate)", failing_words(failing)),
    };
    let others = drift.other.len() + drift.changed.len();
    let tables = |count_of: usize, word: &str| {
        let tables = count(count_of, &format!("{word} table"));
        (count_of > 0).then_some(tables)
    };
    let new = tables(drift.new_tables.len(), "new").map(|new| new + &failing);
    [
        (!drift.worse.is_empty()).then(|| format!("{} worse", number(drift.worse.len()))),
        (!drift.better.is_empty()).then(|| format!("{} better", number(drift.better.len()))),
        new,
        tables(drift.gone_tables.len(), "gone"),
        (others > 0).then(|| count(others, "other change")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn failing_words(failing: usize) -> String {
    match failing {
        1 => "1 fails".to_owned(),
        many => format!("{} fail", number(many)),
    }
}

/// What could not be compared, like things in one line.
pub(super) fn not_comparable(all: &[NotComparable]) -> Vec<String> {
    let mut groups: BTreeMap<(Unseen, Which, String), Vec<&NotComparable>> = BTreeMap::new();
    for one in all {
        let key = (one.kind, one.lacks, lacking(one));
        groups.entry(key).or_default().push(one);
    }
    let lines = groups.into_iter().map(|((kind, _, why), group)| {
        let whats: Vec<String> = match kind {
            Unseen::Account | Unseen::Region | Unseen::Table => {
                let mut names: Vec<String> = group.iter().map(|it| it.what.clone()).collect();
                names.dedup();
                names
            }
            Unseen::Result | Unseen::Fact => Vec::new(),
        };
        let counted = count(group.len(), kind.word());
        match (&whats[..], whats.len()) {
            ([], _) => format!("{counted}: {why}"),
            ([only], _) => format!("{} {only}: {why}", kind.word()),
            (several, 2..=5) => format!("{counted} ({}): {why}", several.join(", ")),
            (_, _) => format!("{counted}: {why}"),
        }
    });
    lines.collect()
}

/// `not collected on the old side`.
fn lacking(one: &NotComparable) -> String {
    let side = match one.lacks {
        Which::Old => "on the old side",
        Which::New => "on the new side",
    };
    match (one.why.reason, one.kind) {
        (Reason::NotRequested, Unseen::Account | Unseen::Region | Unseen::Table) => {
            format!("not looked at {side}")
        }
        (Reason::NotRequested, Unseen::Result | Unseen::Fact) => format!("not collected {side}"),
        (
            Reason::Denied
            | Reason::Throttled
            | Reason::TimedOut
            | Reason::Failed
            | Reason::Malformed
            | Reason::NotOffered
            | Reason::RegionDenied
            | Reason::KnownAfterApply
            | Reason::NeedsLive
            | Reason::Unrecognised
            | Reason::Undefined
            | Reason::Ambiguous,
            _,
        ) => format!("{} {side}", one.why.brief()),
    }
}

/// One thing that could not be compared, in a line.
pub(super) fn not_compared(one: &NotComparable) -> String {
    let place = place(&one.place);
    match one.kind {
        Unseen::Account | Unseen::Region | Unseen::Table => {
            format!("{} {}: {}", one.kind.word(), one.what, lacking(one))
        }
        Unseen::Result | Unseen::Fact => format!("{place}  {}: {}", one.what, lacking(one)),
    }
}
