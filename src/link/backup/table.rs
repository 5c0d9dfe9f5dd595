//! What AWS Backup does with one table: the rules that back it up, the copies, the jobs, the restores.

use super::history::{RestoreView, latest};
use super::rule::{CopyView, PlanRuleView, copies};
use super::schedule::Span;
use super::testing::{self, Homes};
use super::{Backups, Candidate};
use crate::link::logic::Answer;
use crate::snapshot::backup::RecoveryPoint;
use crate::snapshot::backup::job::{BackupJob, RestoreJob};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::record::Grounds;
use crate::snapshot::table::{Restore, Table};

/// What AWS Backup does with one table.
pub struct TableBackups<'a> {
    /// The rules of the plans that select it.
    pub rules: Fact<Listed<PlanRuleView<'a>>>,
    /// The longest time between two runs of these rules together; absent if none ever runs.
    pub interval: Fact<Option<Span>>,
    /// The vaults that they copy to.
    pub copies: Fact<Listed<CopyView<'a>>>,
    /// Its recovery points, newest first.
    pub recovery_points: Fact<Listed<&'a RecoveryPoint>>,
    /// Its backup jobs, newest first.
    pub jobs: Fact<Listed<&'a BackupJob>>,
    /// The restore jobs of its recovery points, newest first.
    pub restores: Fact<Listed<&'a RestoreJob>>,
    /// The restores of it that other tables of the region were born of.
    pub born: Fact<Listed<&'a Restore>>,
    /// The last restore job that was completed.
    pub latest_restore: Fact<Option<RestoreView<'a>>>,
}

impl<'a> TableBackups<'a> {
    /// Joins a table.
    pub fn new(table: &'a Table, backups: &Backups<'a>) -> TableBackups<'a> {
        let rules = match table.arn.as_ref() {
            Ok(arn) => backups.rules_of(&Candidate {
                arn,
                tags: &table.tags,
            }),
            Err(why) => Fact::Unknown(why.clone()),
        };
        let restores = backups.history.restores(table);
        TableBackups {
            interval: backups.intervals.of(&rules),
            copies: copies(table, backups.region, &rules, &backups.history),
            rules,
            recovery_points: backups.recovery_points(table),
            jobs: backups.history.backups(table),
            latest_restore: latest(&restores),
            restores,
            born: backups.history.born(table),
        }
    }
}

impl<'a> Backups<'a> {
    /// Whether a restore testing plan tests restores of the table.
    pub fn tests_restores(&self, table: &Candidate<'a>) -> Answer<'a> {
        testing::covers(
            &self.region.restore_testing_plans,
            table,
            &self.homes(table),
        )
    }

    /// What the answer of [`Backups::tests_restores`] rests on.
    pub fn testing_grounds(&self, table: &Candidate<'a>) -> Grounds {
        testing::grounds(
            &self.region.restore_testing_plans,
            table,
            &self.homes(table),
        )
    }

    /// The vaults of the region that hold recovery points of the table, or that plans fill with them.
    fn homes(&self, table: &Candidate<'a>) -> Homes<'a> {
        let vaults = self.region.vaults.known();
        let vaults = vaults.map_or(&[][..], |it| &it.items);
        let plans = self.region.backup_plans.as_ref();
        let fills = |name: &str| {
            let mut filling = plans.iter().flat_map(|it| it.items.iter().zip(&self.rules));
            filling.any(|(plan, rules)| {
                rules.iter().any(|it| it.rule.vault == name)
                    && self.plan_selects(plan, table) == Answer::Yes
            })
        };
        let is_home = |name: &str| self.holds(name, table.arn) || fills(name);
        let homes = vaults.iter().filter(|it| is_home(&it.name));
        let unread = match plans {
            Err(why) => Some(why),
            Ok(plans) => plans.missing.as_ref().or_else(|| {
                let each = plans.items.iter().map(|it| self.plan_selects(it, table));
                each.filter_map(Answer::reason).next()
            }),
        };
        Homes {
            arns: homes.map(|it| it.arn.as_str()).collect(),
            missing: self.points_missing.or(unread),
        }
    }
}
