//! The rules of plans as tables see them: how often they run, and the copies that they make.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::History;
use super::schedule::{Firings, Span, firings};
use crate::snapshot::Region;
use crate::snapshot::backup::job::CopyJob;
use crate::snapshot::backup::{BackupPlan, PlanRule, VaultKind};
use crate::snapshot::fact::{Fact, Listed, Reason, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::Table;
use crate::view;

/// The vault lies where nobody looked, and no copy job tells its kind.
static ELSEWHERE: Why = Why::from_call(Reason::NotRequested, Operation::ListBackupVaults);

/// A rule of a plan.
#[derive(Clone)]
pub struct PlanRuleView<'a> {
    /// What was read.
    pub rule: &'a PlanRule,
    /// Its plan.
    pub plan: &'a BackupPlan,
    firings: Arc<Fact<Firings>>,
    interval: Fact<Option<Span>>,
}

view! {
    /// A rule of a backup plan.
    impl PlanRuleView = "plan-rule" over PlanRule = |v| v.rule, labelled |v| format!("{}/{}", v.plan.name, v.rule.name);
    fields {
        /// Name of its plan.
        plan: String, [ListBackupPlans] = |v| Value::Text(&v.plan.name);
        /// The longest time between two runs; null for a schedule that never fires. A rule without a schedule runs daily.
        interval: Fact<Option<Span>>, [GetBackupPlan] = |v| v.interval.value();
    }
    methods {}
}

impl<'a> PlanRuleView<'a> {
    /// The longest time between two runs; absent for a schedule that never fires.
    pub fn interval(&self) -> &Fact<Option<Span>> {
        &self.interval
    }

    pub(super) fn new(plan: &'a BackupPlan, rule: &'a PlanRule) -> PlanRuleView<'a> {
        let firings = firings(rule.schedule.as_deref());
        let interval = match firings.as_ref() {
            Ok(firings) => Fact::Known(firings.interval()),
            Err(why) => Fact::Unknown(why.clone()),
        };
        PlanRuleView {
            rule,
            plan,
            firings: Arc::new(firings),
            interval,
        }
    }
}

/// The intervals of rules together, each worked out once: most tables have the same rules. By the places of these in
/// memory, where they stay for as long as this is.
#[derive(Default)]
pub(super) struct Intervals(Mutex<BTreeMap<Vec<usize>, Fact<Option<Span>>>>);

impl Intervals {
    /// The longest time between two runs of any of the rules; absent if none ever runs.
    pub(super) fn of(&self, rules: &Fact<Listed<PlanRuleView<'_>>>) -> Fact<Option<Span>> {
        let rules = match rules.as_ref() {
            Err(why) => return Fact::Unknown(why.clone()),
            Ok(Listed {
                missing: Some(why), ..
            }) => return Fact::Unknown(why.clone()),
            Ok(listed) => &listed.items,
        };
        if let [only] = rules.as_slice() {
            return only.interval.clone();
        }
        let places = rules.iter().map(|it| std::ptr::from_ref(it.rule).addr());
        let places: Vec<usize> = places.collect();
        let mut known = match self.0.lock() {
            Ok(known) => known,
            Err(poisoned) => poisoned.into_inner(),
        };
        let interval = known.entry(places);
        interval.or_insert_with(|| together(rules)).clone()
    }
}

fn together(rules: &[PlanRuleView<'_>]) -> Fact<Option<Span>> {
    let mut known = Vec::new();
    for rule in rules {
        match rule.firings.as_ref().as_ref() {
            Ok(firings) => known.push(firings),
            Err(why) => return Fact::Unknown(why.clone()),
        }
    }
    let together = Firings::together(known.iter().copied()).interval();
    let zones: BTreeSet<&str> = rules.iter().map(|it| zone(it.rule)).collect();
    let alone = known.iter().filter_map(|it| it.interval());
    let shortest = alone.min_by(|a, b| a.seconds.total_cmp(&b.seconds));
    // Schedules of different zones are shifted against each other: what they give together is not worked out here.
    match zones.len() > 1 && together != shortest {
        true => Fact::Unknown(UNRECOGNISED.clone()),
        false => Fact::Known(together),
    }
}

fn zone(rule: &PlanRule) -> &str {
    rule.time_zone.as_deref().unwrap_or("Etc/UTC")
}

/// A vault that plans copy a table's recovery points to.
pub struct CopyView<'a> {
    vault_arn: &'a str,
    vault: Fact<String>,
    region: Fact<String>,
    account: Fact<String>,
    vault_kind: Fact<VaultKind>,
    interval: Fact<Option<Span>>,
    jobs: Fact<Listed<&'a CopyJob>>,
}

view! {
    /// A vault that plans copy a table's recovery points to.
    impl CopyView = "copy", labelled |v| v.vault_arn.to_owned();
    fields {
        /// ARN of the vault.
        vault_arn: String, [GetBackupPlan] = |v| Value::Text(v.vault_arn);
        /// Name of the vault.
        vault: Fact<String>, [GetBackupPlan] = |v| v.vault.value();
        /// The region that it lies in.
        region: Fact<String>, [GetBackupPlan] = |v| v.region.value();
        /// The account that it lies in.
        account: Fact<String>, [GetBackupPlan] = |v| v.account.value();
        /// Its kind: told by the list of vaults, or by copy jobs for a vault elsewhere.
        vault_kind: Fact<VaultKind>, [ListBackupVaults, ListCopyJobs] = |v| v.vault_kind.value();
        /// The longest time between two runs of the rule that copies to it most often; null if none ever runs.
        interval: Fact<Option<Span>>, [GetBackupPlan] = |v| v.interval.value();
        /// The copy jobs of the table to it, newest first.
        jobs: Fact<Listed<CopyJob>>, [ListCopyJobs, DescribeTable] = |v| v.jobs.value();
    }
    methods {}
}

/// Where the rules copy the table's recovery points to: each vault once.
pub(super) fn copies<'a>(
    table: &'a Table,
    region: &'a Region,
    rules: &Fact<Listed<PlanRuleView<'a>>>,
    history: &History<'a>,
) -> Fact<Listed<CopyView<'a>>> {
    let rules = match rules.as_ref() {
        Ok(rules) => rules,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let arns = |it: &PlanRuleView<'a>| it.rule.copies.iter().map(|copy| copy.vault_arn.as_str());
    let all: BTreeSet<&'a str> = rules.items.iter().flat_map(arns).collect();
    let view = |arn: &'a str| {
        let makes =
            |it: &&PlanRuleView<'a>| it.rule.copies.iter().any(|copy| copy.vault_arn == arn);
        let jobs = history.copies(table, arn);
        CopyView {
            vault_arn: arn,
            vault: part(arn, 6),
            region: part(arn, 3),
            account: part(arn, 4),
            vault_kind: kind(arn, region, &jobs),
            interval: shortest(rules.items.iter().filter(makes)),
            jobs,
        }
    };
    Fact::Known(Listed {
        items: all.into_iter().map(view).collect(),
        missing: rules.missing.clone(),
    })
}

/// A part of an ARN.
fn part(arn: &str, place: usize) -> Fact<String> {
    let part = arn.split(':').nth(place).filter(|part| !part.is_empty());
    part.map_or_else(
        || Fact::Unknown(UNRECOGNISED.clone()),
        |part| Fact::Known(part.to_owned()),
    )
}

fn shortest<'r, 'a: 'r>(rules: impl Iterator<Item = &'r PlanRuleView<'a>>) -> Fact<Option<Span>> {
    let mut shortest: Option<Span> = None;
    for rule in rules {
        match rule.interval.as_ref() {
            Err(why) => return Fact::Unknown(why.clone()),
            Ok(Some(span)) if shortest.is_none_or(|it| span.seconds < it.seconds) => {
                shortest = Some(*span);
            }
            Ok(Some(_) | None) => {}
        }
    }
    Fact::Known(shortest)
}

/// The kind of a vault that a plan copies to.
fn kind(arn: &str, region: &Region, jobs: &Fact<Listed<&CopyJob>>) -> Fact<VaultKind> {
    let (here, unread) = match region.vaults.as_ref() {
        Ok(vaults) => (
            vaults.items.iter().find(|it| it.arn == arn),
            vaults.missing.as_ref(),
        ),
        Err(why) => (None, Some(why)),
    };
    let copied = jobs.known().map_or(&[][..], |jobs| &jobs.items);
    let told = here.and_then(|it| it.kind.as_ref()).or_else(|| {
        let mut kinds = copied.iter().filter_map(|it| it.destination_kind.as_ref());
        kinds.next()
    });
    let unjobbed = jobs.as_ref().err();
    match told {
        Some(kind) => Fact::Known(kind.clone()),
        None => Fact::Unknown(unjobbed.or(unread).unwrap_or(&ELSEWHERE).clone()),
    }
}
