//! The waivers of a file over the findings of a run.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Pattern, Standing, State, Waiver, days_until};
use crate::finding::looked::Looked;
use crate::finding::{Decoration, Finding, Summary, TableKey, table_key};

/// The environments of the tables where they are known.
pub type Environments = BTreeMap<TableKey, String>;

/// Decorates what the waivers cover, counts it as waived, and says how each waiver stands, in the order of the file.
///
/// `findings` must have every failure and everything unknown, or what is only counted is not waived.
pub fn apply(
    findings: &mut [Finding],
    summary: &mut Summary,
    waivers: &[Waiver],
    environments: &Environments,
    looked: &Looked,
    (today, lapsing_days): (Date, u32),
) -> Vec<Standing> {
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, waiver) in waivers.iter().enumerate() {
        by_rule.entry(&waiver.rule).or_default().push(at);
    }
    let mut covers = vec![0_usize; waivers.len()];
    let mut untold = vec![false; waivers.len()];
    for finding in findings.iter_mut().filter(|finding| finding.is_problem()) {
        let mut covering: Vec<usize> = Vec::new();
        for &at in by_rule.get(&*finding.rule).into_iter().flatten() {
            match waivers[at].covers(finding, environments) {
                Covers::Yes => covering.push(at),
                Covers::No => {}
                Covers::Untold => untold[at] = true,
            }
        }
        // Of several that cover it, the one that holds longest says until when; of equals the first.
        let held = covering.iter().rev().map(|&at| &waivers[at]);
        let held = held.filter(|it| it.holds(today));
        let best = held.max_by_key(|it| it.expires);
        for at in covering {
            // What another one covers is not back.
            if best.is_none() || waivers[at].holds(today) {
                covers[at] += 1;
            }
        }
        if let Some(waiver) = best {
            finding.decoration = Some(waiver.decoration());
            summary.set_aside(finding);
        }
    }
    let standing = |(at, waiver): (usize, &Waiver)| {
        let state = waiver.state(today, lapsing_days);
        let idle = covers[at] == 0 && !untold[at] && waiver.was_looked_at(looked);
        Standing {
            waiver: waiver.clone(),
            state: match state {
                State::Lapsing | State::Active if idle => State::Unmatched,
                State::Expired | State::Unmatched | State::Lapsing | State::Active => state,
            },
            days_left: days_until(today, waiver.expires),
            covers: covers[at],
        }
    };
    waivers.iter().enumerate().map(standing).collect()
}

/// Whether a waiver covers a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Covers {
    Yes,
    No,
    /// It would, if the environment of the table were known and were the one.
    Untold,
}

impl Waiver {
    fn covers(&self, finding: &Finding, environments: &Environments) -> Covers {
        let subject = &finding.subject;
        let key = table_key(subject);
        let table = key.as_ref().map(|(_, _, table)| &**table);
        let index = Some(&*subject.name).filter(|_| subject.kind == "index");
        let region = subject.region.as_deref();
        let on = &self.on;
        let all_match = is_match(&on.table, table)
            && is_match(&on.index, index)
            && is_match(&on.account, Some(&subject.account))
            && is_match(&on.region, region)
            && on.subject.as_ref().is_none_or(|pattern| {
                let names = subject.names();
                let mut names = names
                    .iter()
                    .map(|name| &**name)
                    .chain(subject.arn.as_deref());
                names.any(|name| pattern.matches(name))
            });
        let env = key.as_ref().and_then(|key| environments.get(key));
        match (all_match, &on.env, env) {
            (false, _, _) => Covers::No,
            (true, None, _) => Covers::Yes,
            (true, Some(pattern), Some(env)) if pattern.matches(env) => Covers::Yes,
            (true, Some(_), None) if key.is_some() => Covers::Untold,
            (true, Some(_), _) => Covers::No,
        }
    }

    /// Whether everything that it could cover was looked at, so that finding nothing means that nothing is there.
    fn was_looked_at(&self, looked: &Looked) -> bool {
        let any = |pattern: &Option<Pattern>, name: &str| is_match(pattern, Some(name));
        // Without an account it may be about one that another target names.
        let is_here = self.on.account.is_some() || looked.is_whole();
        is_here
            && looked.at_all_of(&self.rule)
            && looked.at_place(
                |account| any(&self.on.account, account),
                |region| any(&self.on.region, region),
            )
    }

    fn decoration(&self) -> Decoration {
        Decoration::Waived {
            owner: self.owner.clone(),
            expires: self.expires,
            reason: self.reason.clone(),
            ticket: self.ticket.clone(),
        }
    }
}

/// Whether a name matches, where a pattern is given: no name matches none.
fn is_match(pattern: &Option<Pattern>, name: Option<&str>) -> bool {
    let Some(pattern) = pattern else { return true };
    name.is_some_and(|name| pattern.matches(name))
}
