//! AWS Backup in one account and region as rules see it: plans with the tables that they select, and settings.

use super::Backups;
use super::Candidate;
use crate::link::logic::Answer;
use crate::link::table::TableView;
use crate::snapshot::Region;
use crate::snapshot::backup::{BackupPlan, BackupSettings};
use crate::snapshot::fact::{Fact, Listed, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::FactType;
use crate::view;

/// The settings don't mention DynamoDB.
static UNSAID: Why = Why::from_call(Reason::Malformed, Operation::DescribeRegionSettings);

/// A backup plan with the tables that it selects.
pub struct PlanView<'a> {
    plan: &'a BackupPlan,
    tables: Fact<Listed<String>>,
}

view! {
    /// A backup plan, with the tables that it selects.
    impl PlanView = "plan" over BackupPlan = |v| v.plan, labelled |v| v.plan.name.clone();
    fields {
        /// The names of the tables that it backs up.
        tables: Fact<Listed<String>>, [ListTables, DescribeTable, GetResources, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings] = |v| v.tables.value();
    }
    methods {}
}

/// The plans of the region with the tables that they select.
pub(in crate::link) fn plans<'a>(
    region: &'a Region,
    tables: &Fact<Listed<TableView<'a>>>,
) -> Fact<Listed<PlanView<'a>>> {
    let plans = match region.backup_plans.as_ref() {
        Ok(plans) => plans,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let view = |plan| PlanView {
        plan,
        tables: selected(plan, tables),
    };
    Fact::Known(Listed {
        items: plans.items.iter().map(view).collect(),
        missing: plans.missing.clone(),
    })
}

fn selected(plan: &BackupPlan, tables: &Fact<Listed<TableView<'_>>>) -> Fact<Listed<String>> {
    let tables = match tables.as_ref() {
        Ok(tables) => tables,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let (mut items, mut missing) = (Vec::new(), tables.missing.as_ref());
    for table in &tables.items {
        match table.backups.rules.as_ref() {
            Err(why) => missing = missing.or(Some(why)),
            Ok(rules) if rules.items.iter().any(|it| std::ptr::eq(it.plan, plan)) => {
                items.push(table.table.name.clone());
            }
            Ok(rules) => missing = missing.or(rules.missing.as_ref()),
        }
    }
    items.sort();
    Fact::Known(Listed {
        items,
        missing: missing.cloned(),
    })
}

/// Whether a plan selects a table only while the region opts in to DynamoDB.
pub(in crate::link) fn relies_on_opt_in<'a>(
    region: &'a Region,
    backups: &Backups<'a>,
) -> Fact<bool> {
    let tables = match region.tables.as_ref() {
        Ok(tables) => tables,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let answers = tables.items.iter().map(|table| match table.arn.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(arn) => backups.relies_on_opt_in(&Candidate {
            arn,
            tags: &table.tags,
        }),
    });
    match Answer::any(answers).or_missing(tables.missing.as_ref()) {
        Answer::Yes => Fact::Known(true),
        Answer::No => Fact::Known(false),
        Answer::Unknown(why) => Fact::Unknown(why.clone()),
    }
}

/// A setting of the region for DynamoDB.
pub(in crate::link) fn setting(
    region: &Region,
    of: impl Fn(&BackupSettings) -> Option<bool>,
) -> Fact<bool> {
    match region.backup_settings.as_ref() {
        Err(why) => Fact::Unknown(why.clone()),
        Ok(settings) => of(settings).map_or_else(|| Fact::Unknown(UNSAID.clone()), Fact::Known),
    }
}
