//! A snapshot becomes a report: the rules that were chosen, the checklists, the gate.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::args::SelectArgs;
use super::choice::Choice;
use super::project::Project;
use crate::assess::{self, Listing};
use crate::baseline::{self, Baseline};
use crate::checklist::{self, Assessed, Checklist, Checklists};
use crate::finding::Finding;
use crate::finding::looked::Looked;
use crate::gate::{self, Seen, Terms};
use crate::link::Linked;
use crate::report::{Report, RuleFacts};
use crate::rule::Rule;
use crate::snapshot::Snapshot;
use crate::waiver::{self, Environments, State};

/// What the user asked of the report.
pub(super) struct Asked<'a> {
    /// Rules, tables and checklists.
    pub(super) select: &'a SelectArgs,
    /// What the gate is to count.
    pub(super) terms: Terms,
    /// Which findings are kept, not only counted.
    pub(super) listing: Listing,
    /// The day on which waivers hold or have lapsed.
    pub(super) today: Date,
    /// Whether a waiver that covers nothing counts.
    pub(super) strict_waivers: bool,
    /// Whether the baseline is made anew.
    pub(super) updates_baseline: bool,
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
    choice: &Choice<'_>,
    asked: &Asked<'_>,
) -> (Report, Option<Made>) {
    let linked = Linked::new(snapshot, &project.config);
    let mut made = assess::assess(&choice.rules, &linked, &choice.tables, asked.listing);
    // A rule on the account that does not apply to an empty one has checked nothing.
    let all = &made.summary.all;
    let anything = made.tables > 0 || all.total() > all.not_applicable;
    let looked = looked(snapshot, choice, &made.findings);
    let waivers = waiver::apply(
        &mut made.findings,
        &mut made.summary,
        &project.waivers,
        &environments(&linked),
        &looked,
        (asked.today, waiver::LAPSING_DAYS),
    );
    let earlier = project.baseline.as_ref();
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
    let ran = choice.rules.iter().map(|it| it.rule.id.to_string());
    let run = checklist::Run {
        rules: &ran.collect(),
        summary: &made.summary,
        tables: made.tables,
    };
    let checklists = assessed(&project.lists, &run, asked.select);
    let in_gate = || checklists.iter().filter(|list| list.in_gate);
    let gate = gate::decide(
        asked.terms,
        &Seen {
            fails: &made.summary.fails,
            unknowns: &made.summary.unknowns,
            open_items: in_gate().map(Assessed::to_sign).sum(),
            unassessed_items: in_gate().map(Assessed::left_out).sum(),
            idle_waivers: if asked.strict_waivers { idle } else { 0 },
            anything_checked: anything,
        },
    );
    let report = Report {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rules_digest: assess::digest(&choice.rules),
        source: snapshot.source.word().to_owned(),
        scopes: snapshot.scopes(),
        caller_arn: snapshot.caller_arn.known().cloned().flatten(),
        collected_at: snapshot.collected_at,
        duration_ms: None,
        calls: snapshot.calls.clone(),
        tables: made.tables,
        indexes: made.indexes,
        rules: choice.rules.len(),
        rules_without_metrics: choice.rules_without_metrics,
        briefs: made.briefs,
        gate,
        summary: made.summary,
        findings: made.findings,
        checklists,
        gaps: made.gaps,
        waivers,
        baseline: known,
    };
    (report, new)
}

fn looked(snapshot: &Snapshot, choice: &Choice<'_>, findings: &[Finding]) -> Looked {
    let rules = choice.rules.iter().map(|it| {
        let rule = it.rule;
        (rule.id.as_str(), rule.for_each.kind())
    });
    Looked::new(
        &rules.collect(),
        choice.left_out.clone(),
        choice.tables.narrows(),
        snapshot.scopes(),
        findings,
    )
}

/// The environments of the tables where they are known.
fn environments(linked: &Linked<'_>) -> Environments {
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
        };
        (rule.id.to_string(), facts)
    };
    project.catalog.rules().iter().map(facts).collect()
}
