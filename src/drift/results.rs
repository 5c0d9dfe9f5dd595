//! Two assessments, result by result: those of one fingerprint are of one rule on one subject.
//!
//! A pass, or a rule that does not apply, that cannot be told any more is worse: from then on nobody would see it fail. A
//! failure that cannot be told any more is neither worse nor better.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::Tables;
use super::{
    Direction, Drift, FactChange, NotComparable, Place, Side, Turn, TurnKind, Unseen, Which,
    was_not_asked,
};
use crate::assess::Wanted;
use crate::finding::{Decoration, Finding, Verdict, worst_first};
use crate::snapshot::fact::{NOT_REQUESTED, Why};

/// The results of one fingerprint, worst first: several subjects may share one.
type ByFingerprint<'f> = BTreeMap<&'f str, Vec<&'f Finding>>;

/// The fingerprints whose problems differ between two assessments. What else there is of them is to be asked for.
pub fn differing(old: &[Finding], new: &[Finding]) -> Wanted {
    let (old, new) = (by_fingerprint(old), by_fingerprint(new));
    let mut wanted = Wanted::new();
    for (fingerprint, findings) in old.iter().chain(&new) {
        let of_both = [old.get(fingerprint), new.get(fingerprint)];
        let [before, now] = of_both.map(|it| it.map(|it| it.iter().map(|it| told(it)).collect()));
        let is_same = before == now as Option<Vec<_>>;
        if let (false, Some(finding)) = (is_same, findings.first()) {
            let of_rule = wanted.entry(finding.rule.clone()).or_default();
            of_rule.insert((*fingerprint).to_owned());
        }
    }
    wanted
}

/// What of a finding makes it another one.
fn told(finding: &Finding) -> (Verdict, crate::finding::Severity, bool) {
    (
        finding.verdict,
        finding.severity,
        finding.decoration.is_some(),
    )
}

fn by_fingerprint(findings: &[Finding]) -> ByFingerprint<'_> {
    let mut found = ByFingerprint::new();
    for finding in findings {
        found.entry(&finding.fingerprint).or_default().push(finding);
    }
    found
        .values_mut()
        .for_each(|findings| findings.sort_by(|left, right| worst_first(left, right)));
    found
}

/// The results of one side.
struct Results<'f> {
    all: ByFingerprint<'f>,
    /// What is unknown, by rule, account and region.
    unknown: BTreeMap<(&'f str, &'f str, Option<&'f str>), Vec<&'f Finding>>,
}

impl<'f> Results<'f> {
    fn of(side: &Side<'f>) -> Results<'f> {
        let problems = side.assessment.findings.iter();
        let mut all = ByFingerprint::new();
        let mut unknown: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
        for finding in problems.chain(side.others.iter().filter(|it| !it.is_problem())) {
            all.entry(&*finding.fingerprint).or_default().push(finding);
            if finding.verdict == Verdict::Unknown {
                let subject = &finding.subject;
                let key = (&*finding.rule, &*subject.account, subject.region.as_deref());
                unknown.entry(key).or_default().push(finding);
            }
        }
        all.values_mut()
            .for_each(|findings| findings.sort_by(|left, right| worst_first(left, right)));
        Results { all, unknown }
    }

    /// What is unknown of the rule about what a subject belongs to: the subject may be there, and was not seen.
    fn above(&self, finding: &Finding) -> Option<&'f Finding> {
        let subject = &finding.subject;
        let key = (&*finding.rule, &*subject.account, subject.region.as_deref());
        let unknown = self.unknown.get(&key)?.iter().copied();
        let mut above = unknown.filter(|it| {
            let other = &it.subject;
            let holds = other.table.is_none() || other.table == subject.table;
            holds && other.kind != subject.kind
        });
        above.next()
    }
}

/// What came of a pair.
enum Came {
    Same,
    Turned(TurnKind),
    NotComparable(Which, Why),
}

/// Puts all turns into the drift.
pub(super) fn compare(old: &Side<'_>, new: &Side<'_>, tables: &Tables<'_>, drift: &mut Drift) {
    let (olds, news) = (Results::of(old), Results::of(new));
    let fingerprints: BTreeSet<&str> = olds.all.keys().chain(news.all.keys()).copied().collect();
    let mut turns: Vec<Turn> = Vec::new();
    for fingerprint in fingerprints {
        let of = |results: &Results<'_>, at: usize| -> Option<Finding> {
            let findings = results.all.get(fingerprint)?;
            findings.get(at).map(|it| (*it).clone())
        };
        let count = |results: &Results<'_>| results.all.get(fingerprint).map_or(0, Vec::len);
        for at in 0..count(&olds).max(count(&news)) {
            let (before, now) = (of(&olds, at), of(&news, at));
            let is_compared = |it: &Option<Finding>, which: Which| {
                it.as_ref().is_none_or(|it| tables.compares(it, which))
            };
            if !(is_compared(&before, Which::Old) && is_compared(&now, Which::New)) {
                continue;
            }
            match came(before.as_ref(), now.as_ref(), &olds, &news) {
                Came::Same => {}
                Came::Turned(kind) => turns.push(Turn {
                    kind,
                    old: before,
                    new: now,
                    facts: Vec::new(),
                }),
                Came::NotComparable(lacks, why) => {
                    let either = now.or(before);
                    let either = either.map(|it| not_comparable(&it, lacks, why));
                    drift.not_comparable.extend(either);
                }
            }
        }
    }
    put(turns, drift);
}

/// Puts turns, in order, into the lists to which their ways lead.
pub(super) fn put(mut turns: Vec<Turn>, drift: &mut Drift) {
    turns.sort_by(|left, right| {
        let key = |turn: &Turn| (turn.severity(), turn.kind);
        let by_rank = key(left).cmp(&key(right));
        by_rank.then_with(|| worst_first(left.finding(), right.finding()))
    });
    for turn in turns {
        match turn.kind.direction() {
            Direction::Worse => drift.worse.push(turn),
            Direction::Better => drift.better.push(turn),
            Direction::Neither => drift.other.push(turn),
        }
    }
}

fn not_comparable(finding: &Finding, lacks: Which, why: Why) -> NotComparable {
    let subject = &finding.subject;
    NotComparable {
        what: finding.rule.clone(),
        kind: Unseen::Result,
        place: Place {
            account: subject.account.clone(),
            region: subject.region.clone(),
            table: subject.table.clone(),
        },
        lacks,
        why,
    }
}

/// How a result stands, for the comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// It holds, or does not apply.
    Good,
    Fails,
    Unknown,
    /// A problem that a waiver covers.
    Waived,
    /// There is no such subject.
    Absent,
}

fn stand(finding: Option<&Finding>) -> Stand {
    let Some(finding) = finding else {
        return Stand::Absent;
    };
    match (finding.verdict, &finding.decoration) {
        (Verdict::Pass | Verdict::NotApplicable, _) => Stand::Good,
        (
            Verdict::Fail | Verdict::Unknown,
            Some(Decoration::Waived { .. } | Decoration::Baselined),
        ) => Stand::Waived,
        (Verdict::Fail, None) => Stand::Fails,
        (Verdict::Unknown, None) => Stand::Unknown,
    }
}

fn came(
    old: Option<&Finding>,
    new: Option<&Finding>,
    olds: &Results<'_>,
    news: &Results<'_>,
) -> Came {
    let (before, now) = (stand(old), stand(new));
    for (finding, which) in [(old, Which::Old), (new, Which::New)] {
        if finding.is_some_and(was_not_asked) {
            let is_both = [old, new].iter().all(|it| it.is_some_and(was_not_asked));
            return match is_both {
                true => Came::Same,
                false => Came::NotComparable(which, NOT_REQUESTED.clone()),
            };
        }
    }
    match (before, now) {
        (Stand::Absent, Stand::Fails | Stand::Unknown | Stand::Waived) => {
            let above = new.and_then(|it| olds.above(it));
            appeared(now, above)
        }
        (Stand::Fails | Stand::Unknown | Stand::Waived, Stand::Absent) => {
            let above = old.and_then(|it| news.above(it));
            disappeared(before, above)
        }
        (Stand::Good, Stand::Fails) | (Stand::Unknown, Stand::Fails) => {
            Came::Turned(TurnKind::Fails)
        }
        (Stand::Good, Stand::Unknown) => Came::Turned(TurnKind::Blind),
        (Stand::Fails | Stand::Unknown | Stand::Waived, Stand::Good)
            if new.is_some_and(|it| it.verdict == Verdict::NotApplicable) =>
        {
            Came::Turned(TurnKind::AppliesNoMore)
        }
        (Stand::Fails, Stand::Good) => Came::Turned(TurnKind::Holds),
        (Stand::Unknown, Stand::Good) => Came::Turned(TurnKind::Told),
        (Stand::Fails, Stand::Unknown) => Came::Turned(TurnKind::LostSight),
        (Stand::Fails, Stand::Fails) | (Stand::Unknown, Stand::Unknown) => by_severity(old, new),
        (Stand::Waived, Stand::Fails | Stand::Unknown) => Came::Turned(TurnKind::WaiverEnded),
        (Stand::Waived, Stand::Good) => Came::Turned(TurnKind::Holds),
        (Stand::Good | Stand::Fails | Stand::Unknown, Stand::Waived) => {
            Came::Turned(TurnKind::Accepted)
        }
        (Stand::Waived, Stand::Waived)
        | (Stand::Good | Stand::Absent, Stand::Good | Stand::Absent) => Came::Same,
    }
}

/// A problem of a subject that was not there; `above` is what was unknown of that to which it belongs.
fn appeared(now: Stand, above: Option<&Finding>) -> Came {
    match (above, now) {
        (Some(above), _) if was_not_asked(above) => {
            Came::NotComparable(Which::Old, NOT_REQUESTED.clone())
        }
        (_, Stand::Waived) => Came::Turned(TurnKind::Accepted),
        (_, Stand::Fails) => Came::Turned(TurnKind::Fails),
        (Some(above), Stand::Unknown) => Came::NotComparable(Which::Old, reason(above)),
        (None, Stand::Unknown) => Came::Turned(TurnKind::Blind),
        (_, Stand::Good | Stand::Absent) => Came::Same,
    }
}

/// A problem of a subject that is not there any more.
fn disappeared(before: Stand, above: Option<&Finding>) -> Came {
    match (above, before) {
        (Some(above), _) if was_not_asked(above) => {
            Came::NotComparable(Which::New, NOT_REQUESTED.clone())
        }
        (Some(_), Stand::Fails) => Came::Turned(TurnKind::LostSight),
        (Some(above), Stand::Unknown | Stand::Waived) => {
            Came::NotComparable(Which::New, reason(above))
        }
        (None, Stand::Fails | Stand::Waived) => Came::Turned(TurnKind::Gone),
        (None, Stand::Unknown) => Came::Turned(TurnKind::Told),
        (_, Stand::Good | Stand::Absent) => Came::Same,
    }
}

fn reason(finding: &Finding) -> Why {
    let first = finding.unknown.first();
    first.cloned().unwrap_or_else(|| NOT_REQUESTED.clone())
}

fn by_severity(old: Option<&Finding>, new: Option<&Finding>) -> Came {
    let (Some(old), Some(new)) = (old, new) else {
        return Came::Same;
    };
    // The worst severity is the smallest.
    match new.severity.cmp(&old.severity) {
        std::cmp::Ordering::Less => Came::Turned(TurnKind::Severer),
        std::cmp::Ordering::Greater => Came::Turned(TurnKind::Milder),
        std::cmp::Ordering::Equal => Came::Same,
    }
}

/// How a problem turned since a history, which names problems alone; `None` where it is as it was.
pub(super) fn of_history(old: Option<&Finding>, new: &Finding) -> Option<TurnKind> {
    match (stand(old), stand(Some(new))) {
        (Stand::Absent, Stand::Fails) | (Stand::Unknown, Stand::Fails) => Some(TurnKind::Fails),
        (Stand::Absent, Stand::Unknown) => Some(TurnKind::Blind),
        (Stand::Fails, Stand::Unknown) => Some(TurnKind::LostSight),
        (Stand::Fails, Stand::Fails) | (Stand::Unknown, Stand::Unknown) => {
            match by_severity(old, Some(new)) {
                Came::Turned(kind) => Some(kind),
                Came::Same | Came::NotComparable(..) => None,
            }
        }
        (Stand::Fails | Stand::Unknown, Stand::Waived) => Some(TurnKind::Accepted),
        // A line leaves out what is waived, so it may have been so before.
        (Stand::Absent, Stand::Waived) => None,
        (Stand::Good | Stand::Waived, _) | (_, Stand::Good | Stand::Absent) => None,
    }
}

/// Puts the facts of tables that changed to the turns of the rules that look at them.
pub(super) fn put_facts(drift: &mut Drift, looks_at: &BTreeMap<String, BTreeSet<String>>) {
    let mut by_table: BTreeMap<&Place, Vec<(usize, String)>> = BTreeMap::new();
    let of_tables = drift.changed.iter().enumerate();
    for (at, fact) in of_tables.filter(|(_, fact)| fact.place.table.is_some()) {
        let named = (at, as_rules_name(&fact.path));
        by_table.entry(&fact.place).or_default().push(named);
    }
    let mut told = BTreeSet::new();
    let lists = [&mut drift.worse, &mut drift.better, &mut drift.other];
    for turn in lists.into_iter().flatten() {
        let subject = &turn.finding().subject;
        let place = Place {
            account: subject.account.clone(),
            region: subject.region.clone(),
            table: subject.table.clone(),
        };
        let Some(fields) = looks_at.get(&turn.finding().rule) else {
            continue;
        };
        for (at, path) in by_table.get(&place).into_iter().flatten() {
            if fields.iter().any(|field| is_about(field, path)) {
                turn.facts.push(drift.changed[*at].clone());
                told.insert(*at);
            }
        }
    }
    let changed = std::mem::take(&mut drift.changed).into_iter().enumerate();
    let left: Vec<FactChange> = changed
        .filter(|(at, _)| !told.contains(at))
        .map(|(_, fact)| fact)
        .collect();
    drift.changed = left;
}

/// `table.indexes.key_schema.role` for `indexes["GSI1"].key_schema["pk"].role`.
fn as_rules_name(path: &str) -> String {
    let mut named = "table.".to_owned();
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for c in path.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            c if depth == 0 => named.push(c),
            _ => {}
        }
    }
    named
}

/// Whether one of two paths leads through the other.
fn is_about(field: &str, path: &str) -> bool {
    let within = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    within(field, path) || within(path, field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_facts_are_named_as_rules_name_fields() {
        let path = r#"indexes["a].\"b"].key_schema["pk"].role"#;
        assert_eq!(as_rules_name(path), "table.indexes.key_schema.role");
        assert!(is_about("table.pitr.status", "table.pitr"));
        assert!(is_about("table.pitr", "table.pitr.status"));
        assert!(!is_about("table.pitr_status", "table.pitr"));
    }
}
