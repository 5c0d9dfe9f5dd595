//! Restore testing plans, the recovery points they take and what they select.
//!
//! Whether a plan covers a table is for `link` to say.

use std::collections::BTreeSet;

use aws_sdk_backup::operation::list_restore_testing_plans::ListRestoreTestingPlansOutput;
use aws_sdk_backup::operation::list_restore_testing_selections::ListRestoreTestingSelectionsOutput;
use aws_sdk_backup::types::{
    KeyValue, RestoreTestingPlanForGet, RestoreTestingPlanForList, RestoreTestingSelectionForGet,
    RestoreTestingSelectionForList,
};
use futures_util::future::join_all;

use super::plan::{sorted, tag_key};
use super::{DYNAMODB, PAGE, unreadable};
use crate::collect::call::Caller;
use crate::collect::classify::Failure;
use crate::collect::client::Clients;
use crate::collect::listing::Page;
use crate::collect::shape::{Malformed, needed, text};
use crate::snapshot::backup::TagCondition;
use crate::snapshot::backup::testing::{
    RestoreTestingCriteria, RestoreTestingPlan, RestoreTestingSelection, RestoreTestingSource,
};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;

/// The restore testing plans of the region, sorted by name.
pub(in crate::collect) async fn plans(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
) -> Fact<Listed<RestoreTestingPlan>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_restore_testing_plans();
        call.max_results(PAGE).set_next_token(token).send()
    };
    let read = |answer: ListRestoreTestingPlansOutput| {
        let plans = answer.restore_testing_plans.iter();
        Some(Page {
            items: plans.map(|each| plan(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListRestoreTestingPlans;
    let mut listing = caller.list(operation, None, send, read).await;
    join_all(listing.items.iter_mut().map(|plan| fill(caller, run, plan))).await;
    listing.into_fact(|plan| plan.name.clone())
}

async fn fill(caller: &Caller<'_>, run: &BTreeSet<Operation>, plan: &mut RestoreTestingPlan) {
    let source = async {
        match run.contains(&Operation::GetRestoreTestingPlan) {
            true => caller.fact(Some(&plan.name), source_of(caller, &plan.name).await),
            false => Fact::not_requested(),
        }
    };
    let selections = async {
        match run.contains(&Operation::ListRestoreTestingSelections) {
            true => selections(caller, run, &plan.name).await,
            false => Fact::not_requested(),
        }
    };
    let (source, selections) = tokio::join!(source, selections);
    plan.source = source;
    plan.selections = selections;
}

async fn source_of(caller: &Caller<'_>, name: &str) -> Result<RestoreTestingSource, Failure> {
    let operation = Operation::GetRestoreTestingPlan;
    let send = |clients: &Clients| {
        let call = clients.backup.get_restore_testing_plan();
        call.restore_testing_plan_name(name).send()
    };
    let answer = caller.call(operation, send).await?;
    source(answer.restore_testing_plan()).map_err(|malformed| unreadable(operation, malformed))
}

async fn selections(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    plan: &str,
) -> Fact<Listed<RestoreTestingSelection>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_restore_testing_selections();
        let call = call.restore_testing_plan_name(plan).max_results(PAGE);
        call.set_next_token(token).send()
    };
    let read = |answer: ListRestoreTestingSelectionsOutput| {
        let selections = answer.restore_testing_selections.iter();
        Some(Page {
            items: selections.map(|each| selection(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListRestoreTestingSelections;
    let mut listing = caller.list(operation, Some(plan), send, read).await;
    if run.contains(&Operation::GetRestoreTestingSelection) {
        let of_tables = |it: &&mut RestoreTestingSelection| it.resource_type == DYNAMODB;
        let fill = async |selection: &mut RestoreTestingSelection| {
            let answer = criteria_of(caller, plan, &selection.name).await;
            selection.criteria = caller.fact(Some(&selection.name), answer);
        };
        join_all(listing.items.iter_mut().filter(of_tables).map(fill)).await;
    }
    listing.into_fact(|selection| selection.name.clone())
}

async fn criteria_of(
    caller: &Caller<'_>,
    plan: &str,
    name: &str,
) -> Result<RestoreTestingCriteria, Failure> {
    let operation = Operation::GetRestoreTestingSelection;
    let send = |clients: &Clients| {
        let call = clients.backup.get_restore_testing_selection();
        let call = call.restore_testing_plan_name(plan);
        call.restore_testing_selection_name(name).send()
    };
    let answer = caller.call(operation, send).await?;
    criteria(answer.restore_testing_selection())
        .map_err(|malformed| unreadable(operation, malformed))
}

fn plan(plan: &RestoreTestingPlanForList) -> Result<RestoreTestingPlan, Malformed> {
    Ok(RestoreTestingPlan {
        name: text(
            Some(plan.restore_testing_plan_name()),
            "RestoreTestingPlanName",
        )?,
        arn: text(
            Some(plan.restore_testing_plan_arn()),
            "RestoreTestingPlanArn",
        )?,
        schedule: text(Some(plan.schedule_expression()), "ScheduleExpression")?,
        source: Fact::not_requested(),
        selections: Fact::not_requested(),
    })
}

fn source(plan: Option<&RestoreTestingPlanForGet>) -> Result<RestoreTestingSource, Malformed> {
    let plan = needed(plan, "RestoreTestingPlan")?;
    let points = needed(plan.recovery_point_selection(), "RecoveryPointSelection")?;
    Ok(RestoreTestingSource {
        include_vaults: sorted(points.include_vaults()),
        exclude_vaults: sorted(points.exclude_vaults()),
    })
}

fn selection(
    selection: &RestoreTestingSelectionForList,
) -> Result<RestoreTestingSelection, Malformed> {
    Ok(RestoreTestingSelection {
        name: text(
            Some(selection.restore_testing_selection_name()),
            "RestoreTestingSelectionName",
        )?,
        resource_type: text(
            Some(selection.protected_resource_type()),
            "ProtectedResourceType",
        )?,
        criteria: Fact::not_requested(),
    })
}

fn criteria(
    selection: Option<&RestoreTestingSelectionForGet>,
) -> Result<RestoreTestingCriteria, Malformed> {
    let selection = needed(selection, "RestoreTestingSelection")?;
    text(
        Some(selection.restore_testing_selection_name()),
        "RestoreTestingSelectionName",
    )?;
    let conditions = selection.protected_resource_conditions();
    Ok(RestoreTestingCriteria {
        resources: sorted(selection.protected_resource_arns()),
        string_equals: tags(conditions.map(|it| it.string_equals()))?,
        string_not_equals: tags(conditions.map(|it| it.string_not_equals()))?,
    })
}

fn tags(conditions: Option<&[KeyValue]>) -> Result<Vec<TagCondition>, Malformed> {
    let read = |condition: &KeyValue| {
        Ok(TagCondition {
            key: tag_key(Some(condition.key()))?,
            value: condition.value().to_owned(),
        })
    };
    conditions.unwrap_or_default().iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_the_plan_or_its_points_is_malformed() {
        assert_eq!(source(None), Err(Malformed("RestoreTestingPlan")));
        assert_eq!(criteria(None), Err(Malformed("RestoreTestingSelection")));
    }
}
