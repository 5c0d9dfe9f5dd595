//! A snapshot becomes a report: the rules that were chosen, the checklists, the gate.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::args::SelectArgs;
use super::choice::Choice;
use super::project::Project;
use crate::assess::{self, Assessment, Listing, Selection, Settings};
use crate::attestation::{Day, Subjects};
use crate::checklist::{self, Assessed, Checklist, Checklists};
use crate::gate::{self, Seen, Terms};
use crate::link::Linked;
use crate::report::{Asides, Report, RuleFacts};
use crate::rule::Rule;
use crate::snapshot::Snapshot;

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
    /// Today, in UTC: for what people signed until a day.
    pub(super) today: Date,
}

/// From how many days before its end on a signature is said to lapse soon.
const NOTICE_DAYS: u32 = 14;

/// A day of signatures.
pub(super) const fn day(today: Date) -> Day {
    Day {
        today,
        notice_days: NOTICE_DAYS,
    }
}

/// Judges.
pub(super) fn report(
    snapshot: &Snapshot,
    project: &Project,
    choice: &Choice<'_>,
    asked: &Asked<'_>,
) -> Report {
    let linked = Linked::new(snapshot, &project.config);
    let made = assess::assess(&choice.settings, &linked, &choice.tables, asked.listing);
    // A rule on the account that does not apply to an empty one has checked nothing.
    let all = &made.summary.all;
    let anything = made.tables > 0 || all.total() > all.not_applicable;
    let ran = choice
        .settings
        .rules
        .iter()
        .map(|it| it.rule.id.to_string());
    let run = checklist::Run {
        rules: &ran.collect(),
        off: &choice.declined,
        summary: &made.summary,
        subjects: &subjects_of(&linked, &made),
        attestations: &project.attestations,
        day: day(asked.today),
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
            unassessed_items: in_gate().map(Assessed::undecided).sum(),
            anything_checked: anything,
        },
    );
    Report {
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
        gate,
        summary: made.summary,
        findings: made.findings,
        checklists,
        gaps: made.gaps,
        asides: Asides {
            target: asked.target.clone(),
            off: choice.off.iter().cloned().chain(made.off).collect(),
            left_out: choice.left_out.clone(),
            notices: made.notices,
        },
    }
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
        };
        (rule.id.to_string(), facts)
    };
    project.catalog.rules().iter().map(facts).collect()
}
