//! Tables as rows: how each stands, and what is worth knowing of it.

use minijinja::{Value, context};

use super::part::Part;
use super::{Room, STATIC_ROWS, takes};
use crate::finding::{Severity, Verdict};
use crate::report::terminal::layout::{bytes, count, number};
use crate::report::{Counts, Report};

/// How a part stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Badge {
    /// Something fails.
    Fail,
    /// Nothing fails, and something cannot be told.
    Unknown,
    /// What is wrong with it does not count.
    Aside,
    /// Nothing is wrong with it.
    Pass,
    /// No rule speaks of it.
    Nothing,
}

impl Badge {
    /// Of counts.
    pub(super) fn of(counts: Counts) -> Badge {
        match counts {
            Counts { fail: 1.., .. } => Badge::Fail,
            Counts { unknown: 1.., .. } => Badge::Unknown,
            Counts { waived: 1.., .. } | Counts { baselined: 1.., .. } => Badge::Aside,
            Counts { pass: 1.., .. } => Badge::Pass,
            Counts { .. } => Badge::Nothing,
        }
    }

    /// The class of its mark, and its word.
    pub(super) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Badge::Fail => ("fail", "fail"),
            Badge::Unknown => ("unknown", "unknown"),
            Badge::Aside => ("waived", "set aside"),
            Badge::Pass => ("pass", "pass"),
            Badge::Nothing => ("na", "no rule"),
        }
    }
}

/// How a part stands: the class of its mark, and its word.
pub(super) fn badge(part: &Part<'_>) -> (&'static str, &'static str) {
    Badge::of(part.counts).words()
}

/// The rows that are written as HTML, and how many tables there are.
pub(super) fn rows(report: &Report, parts: &[Part<'_>], room: &mut Room) -> Value {
    let tables = || parts.iter().enumerate().filter(|(_, it)| it.is_table());
    let rows = tables().take(STATIC_ROWS);
    let rows: Vec<Value> = rows.map(|(at, part)| row(report, at, part, room)).collect();
    let any = |has: fn(&Part<'_>) -> bool| tables().any(|(_, part)| has(part));
    let sparkline = |part: &Part<'_>| part.figures.is_some_and(|it| it.sparkline.is_some());
    context! {
        total => tables().count(),
        all => count(tables().count(), "table"),
        rest => number(tables().count() - rows.len()),
        has_rest => tables().count() > rows.len(),
        rows => rows,
        has_environment => any(|part| part.brief.is_some_and(|it| it.environment.is_some())),
        has_service => any(|part| part.brief.is_some_and(|it| it.service.is_some())),
        has_owner => any(|part| part.brief.is_some_and(|it| it.owner.is_some())),
        has_sparkline => any(sparkline),
    }
}

fn row(report: &Report, at: usize, part: &Part<'_>, room: &mut Room) -> Value {
    let brief = part.brief.cloned().unwrap_or_default();
    let sparkline = part.figures.and_then(|it| it.sparkline.as_ref());
    let sparkline = sparkline.filter(|it| takes(&mut room.sparklines, it.svg.len()));
    context! {
        id => at,
        name => part.name(),
        location => location(report, part),
        badge => badge(part),
        worst => worst(part).map(Severity::word),
        fail => part.counts.fail,
        unknown => part.counts.unknown,
        aside => part.counts.waived + part.counts.baselined,
        pass => number(part.counts.pass),
        mode => brief.capacity_mode,
        size => brief.size_bytes.map(bytes),
        indexes => brief.indexes,
        environment => brief.environment,
        service => brief.service,
        owner => brief.owner,
        sparkline => sparkline.map(|figure| figure.svg.as_str()),
    }
}

/// The worst severity that fails.
pub(super) fn worst(part: &Part<'_>) -> Option<Severity> {
    let counts = part.findings.iter().filter(|it| it.counts());
    let fails = counts.filter(|it| it.verdict == Verdict::Fail);
    fails.map(|it| it.severity).min()
}

/// Where it is, as far as that tells it from others of the report.
pub(super) fn location(report: &Report, part: &Part<'_>) -> String {
    let (account, region) = part.location();
    match report.scopes.len() {
        0 | 1 => region.to_owned(),
        _ => format!("{account} · {region}"),
    }
}

/// `eu-west-1 · prod · on-demand · 41.2 GB · 3 GSI`.
pub(super) fn facts(report: &Report, part: &Part<'_>) -> String {
    let brief = part.brief.cloned().unwrap_or_default();
    let parts = [
        Some(location(report, part)),
        brief.environment,
        brief.service,
        brief.owner.map(|owner| format!("owner {owner}")),
        brief.capacity_mode,
        brief.size_bytes.map(bytes),
        brief.indexes.map(|indexes| match indexes {
            0 => "no GSI".to_owned(),
            indexes => count(indexes, "GSI"),
        }),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}
