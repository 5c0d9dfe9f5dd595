//! What could not be read and what that blinds, and what somebody answers for: nothing of either is hidden.

use minijinja::{Value, context};

use crate::report::terminal::blind::{reason, resources};
use crate::report::terminal::layout::number;
use crate::report::terminal::style::Style;
use crate::report::{BlindSpot, Report};
use crate::snapshot::fact::Reason;
use crate::waiver::{self, State};

/// What could not be read: the missing permissions first.
pub(super) fn rows(report: &Report) -> Vec<Value> {
    let mut gaps: Vec<&BlindSpot> = report.gaps.iter().collect();
    gaps.sort_by_key(|gap| (gap.reason != Reason::Denied, gap.rules.is_empty(), *gap));
    let row = |gap: &&BlindSpot| {
        let mut rules = gap.rules.clone();
        rules.sort_unstable();
        context! {
            action => gap.action.clone(),
            is_denied => gap.reason == Reason::Denied,
            reason => reason(gap).unwrap_or_else(|| gap.reason.words().to_owned()),
            detail => gap.detail.clone(),
            about => resources(&Style::default(), gap),
            rules => rules,
        }
    };
    gaps.iter().map(row).collect()
}

/// The waivers and what the baseline came to.
pub(super) fn waivers(report: &Report) -> Value {
    let mut waivers: Vec<&waiver::Standing> = report.waivers.iter().collect();
    waivers.sort_by_key(|it| (it.state, it.waiver.expires, &it.waiver.rule, it.waiver.line));
    let row = |it: &&waiver::Standing| {
        context! {
            rule => it.waiver.rule.clone(),
            on => it.waiver.on.to_string(),
            owner => it.waiver.owner.clone(),
            expires => it.waiver.expires.to_string(),
            reason => it.waiver.reason.clone(),
            ticket => it.waiver.ticket.clone(),
            mark => mark(it.state),
            state => it.state.word(),
            covers => it.covers,
        }
    };
    let baseline = report.baseline.as_ref().map(|it| {
        context! { made => it.made.to_string(), known => number(it.known), stale => it.stale.len() }
    });
    context! { rows => waivers.iter().map(row).collect::<Vec<Value>>(), baseline => baseline }
}

/// The class of its mark.
const fn mark(state: State) -> &'static str {
    match state {
        State::Expired | State::Unmatched => "fail",
        State::Lapsing => "to-sign",
        State::Active => "waived",
    }
}
