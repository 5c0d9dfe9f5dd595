//! Whether AWS Backup really selects a table, and the recovery points that it has made of it.
//!
//! What else hangs on plans is in [`rule`], [`vault`] and [`account`], what was done in [`history`].
//! Where AWS's own pages leave open whether a selection's criteria match, the answer is unknown, unless
//! ListProtectedResources shows that the table was backed up.

pub mod account;
pub mod history;
pub mod rule;
pub mod schedule;
mod selection;
pub mod table;
mod testing;
pub mod vault;

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::Region;
use crate::snapshot::backup::job::{BackupJob, CopyJob, RestoreJob};
use crate::snapshot::backup::{BackupPlan, BackupSelection, RecoveryPoint, SelectionCriteria};
use crate::snapshot::fact::{Fact, Listed, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, FactType, Grounds};
use crate::snapshot::table::{Restore, Table};

pub use self::history::History;
use self::rule::{Intervals, PlanRuleView};
pub use self::selection::Candidate;
use self::selection::OPEN;
use super::logic::Answer;

/// AWS Backup in one region.
pub struct Backups<'a> {
    region: &'a Region,
    points: BTreeMap<&'a str, Vec<&'a RecoveryPoint>>,
    points_missing: Option<&'a Why>,
    /// The vaults that hold recovery points, by table.
    held_in: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The rules of each plan, in its order.
    rules: Vec<Vec<PlanRuleView<'a>>>,
    intervals: Intervals,
    history: History<'a>,
    /// The ARNs of the tables that were backed up since they were created.
    backed_up: BTreeSet<&'a str>,
}

impl<'a> Backups<'a> {
    /// Sorts the recovery points of a region by table.
    pub fn new(region: &'a Region) -> Backups<'a> {
        let mut backups = Backups {
            region,
            points: BTreeMap::new(),
            points_missing: None,
            held_in: BTreeMap::new(),
            rules: rules(region),
            intervals: Intervals::default(),
            history: History::new(region),
            backed_up: backed_up(region),
        };
        match region.vaults.as_ref() {
            Err(why) => backups.points_missing = Some(why),
            Ok(vaults) => {
                backups.points_missing = vaults.missing.as_ref();
                for vault in &vaults.items {
                    backups.add_points(&vault.name, vault.recovery_points.as_ref());
                }
            }
        }
        backups
    }

    fn add_points(&mut self, vault: &'a str, points: Result<&'a Listed<RecoveryPoint>, &'a Why>) {
        match points {
            Err(why) => self.points_missing = Some(why),
            Ok(listed) => {
                self.points_missing = self.points_missing.or(listed.missing.as_ref());
                for point in &listed.items {
                    let held_in = self.held_in.entry(&point.resource_arn).or_default();
                    held_in.insert(vault);
                    self.points
                        .entry(&point.resource_arn)
                        .or_default()
                        .push(point);
                }
            }
        }
    }

    /// Whether a vault holds recovery points of a table, as far as they were read.
    pub fn holds(&self, vault: &str, table_arn: &str) -> bool {
        let held_in = self.held_in.get(table_arn);
        held_in.is_some_and(|it| it.contains(vault))
    }

    /// The recovery points of a table, newest first; partial where a vault could not be read. Those begun before the
    /// table was created are of another one that had its name, and so its ARN.
    pub fn recovery_points(&self, table: &Table) -> Fact<Listed<&'a RecoveryPoint>> {
        let (arn, created_at) = match (table.arn.as_ref(), table.created_at.as_ref()) {
            (Ok(arn), Ok(created_at)) => (arn.as_str(), created_at),
            (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        };
        let mut items = self.points.get(arn).cloned().unwrap_or_default();
        items.retain(|point| created_at.is_none_or(|created_at| point.created_at >= created_at));
        items.sort_by(|a, b| {
            b.created_at
                .cmp(&a.created_at)
                .then_with(|| a.arn.cmp(&b.arn))
        });
        match (items.is_empty(), self.points_missing) {
            (true, Some(why)) => Fact::Unknown(why.clone()),
            (_, missing) => Fact::Known(Listed {
                items,
                missing: missing.cloned(),
            }),
        }
    }

    /// Whether a plan with a schedule selects the table.
    pub fn selects(&self, table: &Candidate<'a>) -> Answer<'a> {
        let plans = match self.region.backup_plans.as_ref() {
            Ok(plans) => plans,
            Err(why) => return Answer::Unknown(why),
        };
        let answer = Answer::any(
            plans
                .items
                .iter()
                .map(|plan| self.plan_selects(plan, table)),
        );
        self.settle(answer.or_missing(plans.missing.as_ref()), table)
    }

    /// An open question of the criteria is settled by a backup that was made; a lack of permission is not, and a backup
    /// from before the table was created is of another one that had its name.
    fn settle(&self, answer: Answer<'a>, table: &Candidate<'a>) -> Answer<'a> {
        match answer {
            Answer::Unknown(why)
                if std::ptr::eq(why, &OPEN) && self.backed_up.contains(table.arn) =>
            {
                Answer::Yes
            }
            Answer::Yes | Answer::No | Answer::Unknown(_) => answer,
        }
    }

    /// A plan with a rule runs: a rule without a schedule has that of AWS, daily at 5:00 (API reference of BackupRule).
    fn plan_selects(&self, plan: &'a BackupPlan, table: &Candidate<'a>) -> Answer<'a> {
        let scheduled = match plan.rules.as_ref() {
            Ok(rules) => Answer::of(!rules.is_empty()),
            Err(why) => Answer::Unknown(why),
        };
        scheduled.and(selected(plan, table, self.opted_in()))
    }

    /// The rules of the plans that select the table; those are missing of which it can't be told.
    pub fn rules_of(&self, table: &Candidate<'a>) -> Fact<Listed<PlanRuleView<'a>>> {
        let plans = match self.region.backup_plans.as_ref() {
            Ok(plans) => plans,
            Err(why) => return Fact::Unknown(why.clone()),
        };
        let (mut items, mut missing) = (Vec::new(), plans.missing.as_ref());
        for (plan, rules) in plans.items.iter().zip(&self.rules) {
            match self.plan_selects(plan, table) {
                Answer::Yes => items.extend(rules.iter().cloned()),
                Answer::No => {}
                Answer::Unknown(why) => missing = missing.or(Some(why)),
            }
        }
        items.sort_by_key(|it| (&it.plan.name, &it.plan.id, &it.rule.name));
        match (items.is_empty(), missing) {
            (true, Some(why)) => Fact::Unknown(why.clone()),
            (_, missing) => Fact::Known(Listed {
                items,
                missing: missing.cloned(),
            }),
        }
    }

    /// Whether a plan selects the table only while the region opts in to DynamoDB.
    pub fn relies_on_opt_in(&self, table: &Candidate<'a>) -> Answer<'a> {
        let plans = match self.region.backup_plans.as_ref() {
            Ok(plans) => plans,
            Err(why) => return Answer::Unknown(why),
        };
        let relies = |plan| match selected(plan, table, Answer::No) {
            Answer::Yes => Answer::No,
            Answer::No => selected(plan, table, Answer::Yes),
            Answer::Unknown(why) => Answer::Unknown(why),
        };
        Answer::any(plans.items.iter().map(relies)).or_missing(plans.missing.as_ref())
    }

    fn selection_selects(
        &self,
        selection: &'a BackupSelection,
        table: &Candidate<'a>,
    ) -> Answer<'a> {
        selection_selects(selection, table, self.opted_in())
    }

    /// Whether the region backs up DynamoDB without naming it.
    fn opted_in(&self) -> Answer<'a> {
        match self.region.backup_settings.as_ref() {
            Ok(settings) => settings
                .dynamodb_opt_in
                .map_or(Answer::Unknown(&OPEN), Answer::of),
            Err(why) => Answer::Unknown(why),
        }
    }

    /// What the answer of [`Backups::selects`] rests on.
    pub fn grounds(&self, table: &Candidate<'a>) -> Grounds {
        let mut grounds = Grounds::default();
        let plans = match self.region.backup_plans.as_ref() {
            Ok(plans) => plans,
            Err(why) => {
                grounds.unknown.push(why.clone());
                return grounds;
            }
        };
        let answer = self.selects(table);
        for plan in &plans.items {
            if answer != Answer::Yes || self.plan_selects(plan, table) == Answer::Yes {
                self.ground_plan(plan, table, &mut grounds);
            }
        }
        if plans.items.is_empty() {
            let found = if plans.missing.is_some() {
                "none among those read"
            } else {
                "none"
            };
            grounds.evidence.push(evidence(
                "backup plans".to_owned(),
                found,
                Operation::ListBackupPlans,
            ));
        }
        grounds.unknown.extend(plans.missing.iter().cloned());
        grounds
    }

    fn ground_plan(&self, plan: &'a BackupPlan, table: &Candidate<'a>, grounds: &mut Grounds) {
        let path = format!("backup plan \"{}\"", plan.name);
        match plan.rules.as_ref() {
            Err(why) => grounds.unknown.push(why.clone()),
            Ok(rules) if rules.is_empty() => {
                grounds
                    .evidence
                    .push(evidence(path.clone(), "no rule", Operation::GetBackupPlan));
            }
            Ok(_) => {}
        }
        match plan.selections.as_ref() {
            Err(why) => grounds.unknown.push(why.clone()),
            Ok(selections) => {
                grounds.unknown.extend(selections.missing.iter().cloned());
                if hides_selections(plan) {
                    grounds.unknown.push(HIDDEN.clone());
                } else if selections.items.is_empty() {
                    grounds.evidence.push(evidence(
                        path,
                        "no selection",
                        Operation::ListBackupSelections,
                    ));
                }
                for selection in &selections.items {
                    self.ground_selection(plan, selection, table, grounds);
                }
            }
        }
    }

    fn ground_selection(
        &self,
        plan: &BackupPlan,
        selection: &'a BackupSelection,
        table: &Candidate<'a>,
        grounds: &mut Grounds,
    ) {
        let path = format!(
            "backup plan \"{}\" selection \"{}\"",
            plan.name, selection.name
        );
        let observed = match self.selection_selects(selection, table) {
            Answer::Yes => "selects it".to_owned(),
            Answer::No => selection
                .criteria
                .known()
                .map_or_else(String::new, |it| self.why_not(it, table)),
            Answer::Unknown(why) => {
                grounds.unknown.push(why.clone());
                format!("cannot tell: {why}")
            }
        };
        grounds
            .evidence
            .push(evidence(path, &observed, Operation::GetBackupSelection));
    }

    /// Why the criteria don't select the table, in words.
    fn why_not(&self, criteria: &SelectionCriteria, table: &Candidate<'a>) -> String {
        if table.is_left_in(criteria) == Answer::No {
            return "excludes it (NotResources)".to_owned();
        }
        if table.assigned_by(criteria, Answer::Yes) == Answer::Yes && self.opted_in() == Answer::No
        {
            return "selects it, but the region is not opted in to DynamoDB backups".to_owned();
        }
        let tags = criteria
            .tagged
            .iter()
            .chain(&criteria.string_equals)
            .chain(&criteria.string_like);
        let missing = tags
            .filter(|it| table.like(it) != Answer::Yes)
            .map(|it| format!("{}={}", it.key, it.value));
        let missing: Vec<String> = missing.collect();
        match missing.as_slice() {
            [] => "does not match its ARN or tags".to_owned(),
            wanted => format!("wants tag {}", wanted.join(", ")),
        }
    }
}

/// The ARNs of the tables with a backup since they were created.
fn backed_up(region: &Region) -> BTreeSet<&str> {
    let protected = region
        .protected_tables
        .known()
        .map_or(&[][..], |it| &it.items);
    let last_backup: BTreeMap<&str, _> = protected
        .iter()
        .rev()
        .map(|it| (it.arn.as_str(), it.last_backup_at))
        .collect();
    let tables = region.tables.known().map_or(&[][..], |it| &it.items);
    let is_its = |table: &&Table| {
        let created_at = table.created_at.known();
        let at = table
            .arn
            .known()
            .and_then(|arn| *last_backup.get(arn.as_str())?);
        created_at
            .zip(at)
            .is_some_and(|(created, at)| created.is_none_or(|created| at >= created))
    };
    let arns = tables.iter().filter(is_its).filter_map(|it| it.arn.known());
    arns.map(String::as_str).collect()
}

/// It may select tables, AWS does not say which.
static HIDDEN: Why = Why::from_call(Reason::Ambiguous, Operation::ListBackupSelections);

/// Whether it is a plan of the organization that shows no selection in this account, where it may have some.
fn hides_selections(plan: &BackupPlan) -> bool {
    let empty = |it: &Listed<BackupSelection>| it.items.is_empty() && it.missing.is_none();
    plan.id.starts_with("orgs/") && plan.selections.known().is_some_and(empty)
}

/// Whether a selection of the plan selects the table.
fn selected<'a>(plan: &'a BackupPlan, table: &Candidate<'a>, opted_in: Answer<'a>) -> Answer<'a> {
    match plan.selections.as_ref() {
        Ok(_) if hides_selections(plan) => Answer::Unknown(&HIDDEN),
        Ok(selections) => {
            let selections_select = selections
                .items
                .iter()
                .map(|it| selection_selects(it, table, opted_in));
            Answer::any(selections_select).or_missing(selections.missing.as_ref())
        }
        Err(why) => Answer::Unknown(why),
    }
}

fn selection_selects<'a>(
    selection: &'a BackupSelection,
    table: &Candidate<'a>,
    opted_in: Answer<'a>,
) -> Answer<'a> {
    match selection.criteria.as_ref() {
        Ok(criteria) => table.selected_by(criteria, opted_in),
        Err(why) => Answer::Unknown(why),
    }
}

fn rules_of_plan(plan: &BackupPlan) -> Vec<PlanRuleView<'_>> {
    let rules = plan.rules.known().map_or(&[][..], Vec::as_slice);
    rules.iter().map(|it| PlanRuleView::new(plan, it)).collect()
}

/// The rules of each plan, in the order of plans.
fn rules(region: &Region) -> Vec<Vec<PlanRuleView<'_>>> {
    let plans = region.backup_plans.known().map_or(&[][..], |it| &it.items);
    plans.iter().map(rules_of_plan).collect()
}

fn evidence(path: String, observed: &str, from: Operation) -> Evidence {
    let expected = "a scheduled plan that selects the table".to_owned();
    Evidence {
        path,
        observed: observed.to_owned(),
        expected,
        from: Some(from),
    }
}

/// Records of the snapshot in lists of views.
macro_rules! borrowed {
    ($($record:ty),*) => { $(
        impl FactType for &$record {
            fn ty() -> crate::snapshot::record::Type {
                <$record>::ty()
            }
            fn value(&self) -> crate::snapshot::record::Value<'_> {
                (*self).value()
            }
        }
    )* };
}

borrowed!(RecoveryPoint, BackupJob, CopyJob, RestoreJob, Restore);
