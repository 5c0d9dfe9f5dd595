//! A snapshot becomes a report: the rules that were chosen, the checklists, the gate.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::args::SelectArgs;
use super::choice::Choice;
use super::project::Project;
use crate::assess::{self, Assessment, Listing, Selection, Settings};
use crate::attestation::{Day, Subjects};
use crate::baseline::{self, Baseline};
use crate::checklist::{self, Assessed, Checklist, Checklists};
use crate::config::Config;
use crate::finding::looked::Looked;
use crate::finding::{Finding, Verdict};
use crate::gate::{self, Seen, Terms};
use crate::link::Linked;
use crate::report::{
    ConfigEffects, Report, RuleFacts, TableKey, figure, repairs, table_key, worst_first,
};
use crate::rule::Rule;
use crate::snapshot::Snapshot;
use crate::waiver::{self, Environments, State};

/// What the user asked of the report.
pub(super) struct Asked<'a> {
    /// Rules, tables and checklists.
    pub(super) select: &'a SelectArgs,
    /// The target that was read, where one was.
    pub(super) target: Option<String>,
    /// What the gate is to count.
    pub(super) terms: Terms,
    /// Which findings are kept, not only counted.
    pub(super) listing: Listing,
    /// Today, in UTC: for what holds until a day.
    pub(super) today: Date,
    /// Whether a waiver that covers nothing counts.
    pub(super) strict_waivers: bool,
    /// Whether the baseline is made anew.
    pub(super) updates_baseline: bool,
    /// Whether a format is written that shows figures.
    pub(super) figures: bool,
}

/// A day of signatures.
pub(super) fn day(config: &Config, today: Date) -> Day {
    Day {
        today,
        notice_days: config
            .attestations
            .lapsing_days
            .unwrap_or(waiver::LAPSING_DAYS),
    }
}

/// The baseline that a run made, and the one that was there.
pub(super) struct Made {
    /// What is to be written.
    pub(super) new: Baseline,
    /// How many entries it has that were not there.
    pub(super) added: usize,
    /// How many entries it has no more.
    pub(super) removed: usize,
}

/// Judges. With it comes the baseline, where one is to be made: of a run that checked anything.
pub(super) fn report(
    snapshot: &Snapshot,
    project: &Project,
    earlier: Option<&Baseline>,
    choice: &Choice<'_>,
    asked: &Asked<'_>,
) -> (Report, Option<Made>) {
    let linked = Linked::new(snapshot, &project.config);
    let mut made = assess::assess(&choice.settings, &linked, &choice.tables, asked.listing);
    repairs::aim(&mut made.findings);
    // A rule on the account that does not apply to an empty one has checked nothing.
    let all = &made.summary.all;
    let anything = made.tables > 0 || all.total() > all.not_applicable;
    let others = project.config.targets.len() > 1;
    let looked = looked(&linked, choice, &made).among_others(others);
    let waivers = waiver::apply(
        &mut made.findings,
        &mut made.summary,
        &project.waivers,
        &environments(&linked),
        &looked,
        (asked.today, lapsing_days(&project.config)),
    );
    let updates = asked.updates_baseline && anything;
    let new = updates.then(|| Baseline::of(&made.findings, earlier, &looked, asked.today));
    let known = new.as_ref().or(earlier);
    let known = known.map(|it| baseline::apply(&mut made.findings, &mut made.summary, it, &looked));
    let new = new.map(|new| {
        let none = Baseline::none(asked.today);
        let earlier = earlier.unwrap_or(&none);
        Made {
            added: new.beyond(earlier),
            removed: earlier.beyond(&new),
            new,
        }
    });
    let idle = |waiver: &&waiver::Standing| waiver.state == State::Unmatched;
    let idle = waivers.iter().filter(idle).count();
    let ran = choice
        .settings
        .rules
        .iter()
        .map(|it| it.rule.id.to_string());
    let in_part = made.off.iter().map(|it| it.rule.clone());
    let run = checklist::Run {
        rules: &ran.collect(),
        off: &choice.declined.iter().cloned().chain(in_part).collect(),
        summary: &made.summary,
        subjects: &subjects_of(&linked, &made),
        attestations: &project.attestations,
        day: day(&project.config, asked.today),
    };
    let checklists = assessed(&project.lists, &run, asked.select);
    let in_gate = || checklists.iter().filter(|list| list.in_gate);
    let gate = gate::decide(
        asked.terms,
        &Seen {
            fails: &made.summary.fails,
            unknowns: &made.summary.unknowns,
            open_items: in_gate().map(Assessed::to_sign).sum(),
            rejected_items: in_gate().map(Assessed::rejected).sum(),
            // Of nothing, no rule is missing; tables that could not be listed are.
            unassessed_items: match anything {
                true => in_gate().map(Assessed::undecided).sum(),
                false => in_gate().map(Assessed::partial).sum(),
            },
            idle_waivers: if asked.strict_waivers { idle } else { 0 },
            anything_checked: anything,
        },
    );
    let mut report = Report {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rules_digest: assess::digest(&choice.settings),
        source: snapshot.source.word().to_owned(),
        scopes: snapshot.scopes(),
        caller_arn: snapshot.caller_arn.known().cloned().flatten(),
        collected_at: snapshot.collected_at,
        duration_ms: None,
        calls: snapshot.calls.clone(),
        tables: made.tables,
        indexes: made.indexes,
        rules: choice.settings.rules.len(),
        rules_without_metrics: choice.rules_without_metrics,
        briefs: made.briefs,
        figures: BTreeMap::new(),
        gate,
        summary: made.summary,
        findings: made.findings,
        checklists,
        gaps: made.gaps,
        config_effects: ConfigEffects {
            target: asked.target.clone(),
            off: choice.off.iter().cloned().chain(made.off).collect(),
            left_out: choice.left_out.clone(),
            notices: made.notices,
            ..ConfigEffects::default()
        },
        waivers,
        baseline: known,
    };
    if asked.figures {
        report.figures = figure::of_tables(&linked, &worst(&report.findings));
    }
    (report, new)
}

/// The tables with failures, those with the worst first.
fn worst(findings: &[Finding]) -> Vec<TableKey> {
    let mut failures: Vec<&Finding> = findings
        .iter()
        .filter(|it| it.verdict == Verdict::Fail && it.decoration.is_none())
        .collect();
    failures.sort_by(|left, right| worst_first(left, right));
    let mut seen = BTreeSet::new();
    let keys = failures.iter().filter_map(|it| table_key(&it.subject));
    keys.filter(|key| seen.insert(key.clone())).collect()
}

/// From how many days before its end on a waiver is said to lapse soon.
pub(super) fn lapsing_days(config: &Config) -> u32 {
    config.waivers.lapsing_days.unwrap_or(waiver::LAPSING_DAYS)
}

pub(super) fn looked(linked: &Linked<'_>, choice: &Choice<'_>, made: &Assessment) -> Looked {
    let rules = choice.settings.rules.iter().map(|it| {
        let rule = it.rule;
        (rule.id.as_str(), rule.for_each.kind())
    });
    // A rule that is off in some places has not looked at everything.
    let off = made.off.iter().map(|it| it.rule.clone());
    // A file may have been collected of some tables only.
    let mut accounts = linked.accounts.iter();
    let is_narrowed = choice.tables.narrows() || accounts.any(|it| it.unlisted().is_some());
    Looked::new(
        &rules.collect(),
        choice.not_run.iter().cloned().chain(off).collect(),
        is_narrowed,
        linked.snapshot.scopes(),
        &made.findings,
    )
}

/// The environments of the tables where they are known.
pub(super) fn environments(linked: &Linked<'_>) -> Environments {
    let mut environments = Environments::new();
    for account in &linked.accounts {
        let region = &account.region;
        let tables = account.tables.known().map_or(&[][..], |it| &it.items);
        for view in tables {
            let name = view.table.name.clone();
            let key = (region.account.clone(), region.region.clone(), name);
            let environment = view.environment().map(str::to_owned);
            environments.extend(environment.map(|it| (key, it)));
        }
    }
    environments
}

/// What people sign for, of all that a snapshot has.
pub(super) fn subjects(snapshot: &Snapshot, project: &Project) -> Subjects {
    let linked = Linked::new(snapshot, &project.config);
    let made = assess::assess(
        &Settings::by_default([]),
        &linked,
        &Selection::default(),
        Listing::Failures,
    );
    subjects_of(&linked, &made)
}

fn subjects_of(linked: &Linked<'_>, made: &Assessment) -> Subjects {
    let all_listed = linked.accounts.iter().all(|account| {
        let tables = account.tables.known();
        tables.is_some_and(|listed| listed.missing.is_none())
    });
    let accounts = linked.accounts.iter().map(|it| it.region.account.as_str());
    Subjects::new(&made.briefs, accounts, all_listed)
}

/// How the checklists stand after a run.
fn assessed(lists: &Checklists, run: &checklist::Run<'_>, select: &SelectArgs) -> Vec<Assessed> {
    let assessed = |list: &Checklist| Assessed {
        list: list.clone(),
        standings: list.standings(run),
        in_gate: select.checklist.contains(&list.id),
    };
    lists.lists().iter().map(assessed).collect()
}

/// What a report says of the rules beside their findings, by id.
pub(super) fn rule_facts(project: &Project) -> BTreeMap<String, RuleFacts> {
    let facts = |rule: &Rule| {
        let facts = RuleFacts {
            title: rule.title.clone(),
            why: rule.why.clone(),
            refs: rule.refs.clone(),
            area: Some(rule.area),
            severity: Some(rule.severity),
        };
        (rule.id.to_string(), facts)
    };
    project.catalog.rules().iter().map(facts).collect()
}
