//! What is seen first: the decision and what it rests on, by area and by rule; and what the run was.

use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::part::Part;
use crate::checklist::{Assessed, State};
use crate::finding::{Area, Finding, Severity, Verdict};
use crate::gate::GateOutcome;
use crate::report::terminal::header::{sizes, what_was_done};
use crate::report::terminal::layout::{count, minute, number};
use crate::report::terminal::{Input, Show, View, verdict};
use crate::report::{Counts, LeftOut, Report, TurnedOff};

/// The decision, and what it rests on.
pub(super) fn of(report: &Report, view: &View<'_>, parts: &[Part<'_>]) -> Value {
    let mark = match report.gate.outcome {
        GateOutcome::Ready => "pass",
        GateOutcome::NotReady => "fail",
        GateOutcome::CannotTell => "unknown",
        GateOutcome::NothingToCheck { .. } => "na",
    };
    let tables = parts.iter().filter(|part| part.is_table());
    let failing = tables.filter(|part| part.counts.fail > 0).count();
    context! {
        mark => mark,
        word => verdict::word(report.gate.outcome),
        title => title(report),
        exit => report.gate.outcome.exit_code(),
        counts => verdict::counts(report),
        sizes => sizes(report),
        source => source(report, view),
        collected => minute(report.collected_at),
        scopes => scopes(report),
        target => report.config_effects.target.clone(),
        failing => number(failing),
        tables => number(report.tables),
        tiles => tiles(report),
        areas => areas(report),
        others => other_lists(report),
        has_waived => report.summary.all.waived > 0,
        has_baselined => report.summary.all.baselined > 0,
        has_lists => !report.checklists.is_empty(),
        listed => listed(view.show),
    }
}

fn title(report: &Report) -> String {
    match (&report.config_effects.target, &report.scopes[..]) {
        (Some(target), _) => target.clone(),
        (None, [one]) => format!("account {}", one.account),
        (None, scopes) => count(scopes.len(), "account"),
    }
}

fn scopes(report: &Report) -> Vec<String> {
    let words = |scope: &crate::snapshot::Scope| {
        format!("{} · {}", scope.account, scope.regions.join(", "))
    };
    report.scopes.iter().map(words).collect()
}

fn source(report: &Report, view: &View<'_>) -> String {
    match view.input {
        Input::Live => "live account".to_owned(),
        Input::Demo => "demo account".to_owned(),
        Input::File(name) if report.source == "demo" => format!("demo snapshot {name}"),
        Input::File(name) => format!("snapshot {name}"),
    }
}

/// What is listed, where that is not every problem.
fn listed(show: Show) -> Option<&'static str> {
    match show {
        Show::Findings | Show::All => None,
        Show::Fail => Some("failures"),
        Show::Unknown => Some("unknown results"),
        Show::Waived => Some("waived findings"),
        Show::Baselined => Some("findings of the baseline"),
    }
}

/// Counts as large numbers: failures by severity, then the rest.
fn tiles(report: &Report) -> Vec<(&'static str, String, String)> {
    let summary = &report.summary;
    let fails = Severity::ALL.iter().filter_map(|severity| {
        let count = *summary.fails.get(severity)?;
        let class = if *severity <= Severity::High {
            "fail"
        } else {
            "mild"
        };
        Some((class, number(count), severity.word().to_owned()))
    });
    let all = &summary.all;
    let others = [
        ("unknown", all.unknown, "unknown"),
        ("waived", all.waived, "waived"),
        ("waived", all.baselined, "baselined"),
        ("pass", all.pass, "pass"),
        ("na", all.not_applicable, "not applicable"),
    ];
    let others = others.into_iter().filter(|(_, count, _)| *count > 0);
    let others = others.map(|(class, count, word)| (class, number(count), word.to_owned()));
    fails
        .filter(|(_, count, _)| count != "0")
        .chain(others)
        .collect()
}

/// The areas, each with how its checklist stands.
fn areas(report: &Report) -> Vec<Value> {
    let row = |area: &Area| {
        let counts = report
            .summary
            .by_area
            .get(area)
            .copied()
            .unwrap_or_default();
        let list = report
            .checklists
            .iter()
            .find(|it| it.list.id == area.word());
        context! {
            id => area.word(),
            title => area.title(),
            counts => cells(counts),
            bar => bar(counts),
            found => counts.fail + counts.unknown + counts.waived + counts.baselined > 0,
            list => list.map(done),
        }
    };
    Area::ALL.iter().map(row).collect()
}

/// The lists that are of no area.
fn other_lists(report: &Report) -> Vec<Value> {
    let of_area = |it: &&Assessed| it.list.id.parse::<Area>().is_err();
    let lists = report.checklists.iter().filter(of_area);
    lists.map(done).collect()
}

/// How far a list is done.
pub(super) fn done(list: &Assessed) -> Value {
    context! {
        id => list.list.id.clone(),
        title => list.list.title.clone(),
        done => list.count(State::Pass),
        of => list.applicable(),
        fail => list.count(State::Fail),
        to_sign => list.to_sign(),
        in_gate => list.in_gate,
    }
}

/// Counts as a row of a table shows them.
fn cells(counts: Counts) -> Value {
    let cell = |count: usize| match count {
        0 => "–".to_owned(),
        count => number(count),
    };
    context! {
        pass => cell(counts.pass),
        fail => cell(counts.fail),
        unknown => cell(counts.unknown),
        waived => cell(counts.waived),
        baselined => cell(counts.baselined),
        not_applicable => cell(counts.not_applicable),
    }
}

/// Class, start and width of each part of a bar that is 1,000 wide. What does not apply is in none of them.
fn bar(counts: Counts) -> Vec<(&'static str, usize, usize)> {
    let shares = [
        ("fail", counts.fail),
        ("unknown", counts.unknown),
        ("waived", counts.waived + counts.baselined),
        ("pass", counts.pass),
    ];
    let total = shares.iter().map(|(_, count)| count).sum::<usize>().max(1);
    let mut before = 0;
    let mut bar = Vec::new();
    for (class, count) in shares.into_iter().filter(|(_, count)| *count > 0) {
        let (start, end) = (before * 1_000 / total, (before + count) * 1_000 / total);
        // One failure among thousands is still seen.
        bar.push((class, start, (end - start).max(8)));
        before += count;
    }
    bar
}

/// The rules with findings, the worst first, with what is known of each; and those without.
pub(super) fn rules(report: &Report, view: &View<'_>) -> Value {
    let mut found: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|it| it.is_problem()) {
        found.entry(&finding.rule).or_default().push(finding);
    }
    let mut with: Vec<(&str, Vec<&Finding>)> = found.into_iter().collect();
    with.sort_by_cached_key(|(rule, findings)| (urgency(findings), rule.to_owned()));
    let row = |(rule, findings): &(&str, Vec<&Finding>)| rule_row(report, view, rule, findings);
    let is_without = |rule: &&String| with.iter().all(|(other, _)| other != rule);
    let without = report.summary.by_rule.keys().filter(is_without);
    let without = without.map(|rule| {
        let counts = report.summary.by_rule.get(rule).copied();
        (
            rule.clone(),
            title_of(view, rule),
            cells(counts.unwrap_or_default()),
        )
    });
    context! {
        with => with.iter().map(row).collect::<Vec<Value>>(),
        without => without.collect::<Vec<_>>(),
    }
}

/// What counts before what does not, failures before what is unknown, the worst severity first, then how many.
fn urgency(findings: &[&Finding]) -> (bool, Severity, bool, std::cmp::Reverse<usize>) {
    let counting = || findings.iter().filter(|it| it.counts());
    let worst = match counting().count() {
        0 => findings.iter().map(|it| it.severity).min(),
        _ => counting().map(|it| it.severity).min(),
    };
    let fails = counting().filter(|it| it.verdict == Verdict::Fail).count();
    (
        counting().count() == 0,
        worst.unwrap_or(Severity::Info),
        fails == 0,
        std::cmp::Reverse(counting().count()),
    )
}

fn title_of(view: &View<'_>, rule: &str) -> String {
    let facts = view.rules.get(rule);
    facts.map_or_else(String::new, |facts| facts.title.clone())
}

fn rule_row(report: &Report, view: &View<'_>, rule: &str, findings: &[&Finding]) -> Value {
    let (_, severity, ..) = urgency(findings);
    let counts = report
        .summary
        .by_rule
        .get(rule)
        .copied()
        .unwrap_or_default();
    let facts = view.rules.get(rule);
    let why = facts.map_or("", |facts| facts.why.trim());
    let paragraphs: Vec<String> = why.split("\n\n").map(str::to_owned).collect();
    let file = findings
        .first()
        .map(|it| format!("{}:{}", it.source.0, it.source.1));
    context! {
        id => rule,
        title => title_of(view, rule),
        severity => severity.word(),
        area => findings.first().map(|it| it.area.title()),
        counts => cells(counts),
        aside => counts.waived + counts.baselined,
        why => paragraphs,
        refs => facts.map(|facts| facts.refs.clone()),
        file => file,
    }
}

/// What the run was: who asked, what, and what the configuration did to it.
pub(super) fn run(report: &Report, view: &View<'_>) -> Value {
    let effects = &report.config_effects;
    let off = |it: &TurnedOff| {
        let places = it
            .places
            .map(|places| format!(", in {}", count(places, "place")));
        format!(
            "{} ({}{})",
            it.because,
            it.origin,
            places.unwrap_or_default()
        )
    };
    let left_out = |it: &LeftOut| {
        let rules = count(it.rules, "rule");
        format!("{rules}: {} ({})", it.because, it.origin)
    };
    let off = effects
        .off
        .iter()
        .map(|it| ("off", it.rule.clone(), off(it)));
    let outside = effects.left_out.iter();
    let outside = outside.map(|it| ("not assessed", it.name.clone(), left_out(it)));
    let notices = effects.notices.iter();
    let notices = notices.map(|it| ("note", String::new(), it.clone()));
    let calls = report
        .calls
        .iter()
        .map(|(call, times)| (call.clone(), number(*times)));
    context! {
        version => report.tool_version.clone(),
        digest => report.rules_digest.clone(),
        caller => report.caller_arn.clone(),
        done => what_was_done(report, view),
        sizes => sizes(report),
        effects => off.chain(outside).chain(notices).collect::<Vec<_>>(),
        calls => calls.collect::<Vec<_>>(),
        total => number(report.calls.values().sum::<u64>()),
    }
}
