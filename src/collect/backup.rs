//! AWS Backup: plans with their selections, vaults with their recovery points, protected tables, settings.
//!
//! Whether a plan selects a table is for `link` to say. What the answers mean is in [`plan`] and [`vault`]; jobs are in
//! [`job`], restore testing in [`testing`].

pub(super) mod job;
mod plan;
pub(super) mod testing;
mod vault;

use std::collections::BTreeSet;

use aws_sdk_backup::operation::list_backup_plans::ListBackupPlansOutput;
use aws_sdk_backup::operation::list_backup_selections::ListBackupSelectionsOutput;
use aws_sdk_backup::operation::list_backup_vaults::ListBackupVaultsOutput;
use aws_sdk_backup::operation::list_protected_resources::ListProtectedResourcesOutput;
use aws_sdk_backup::operation::list_recovery_points_by_backup_vault::ListRecoveryPointsByBackupVaultOutput;
use futures_util::future::join_all;

use super::call::Caller;
use super::classify::{Cause, Failure};
use super::client::Clients;
use super::listing::Page;
use super::shape::{Malformed, text};
use super::sns::topic_region;
use crate::snapshot::backup::{
    BackupPlan, BackupSelection, BackupSettings, PlanRule, ProtectedResource, RecoveryPoint,
    SelectionCriteria, Vault, VaultNotifications,
};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;

/// Elements a page: the most that AWS gives (API reference of AWS Backup).
const PAGE: i32 = 1000;
/// AWS Backup's word for tables.
const DYNAMODB: &str = "DynamoDB";

/// The backup plans of the region, sorted by name.
pub(super) async fn plans(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
) -> Fact<Listed<BackupPlan>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_backup_plans();
        call.max_results(PAGE).set_next_token(token).send()
    };
    let read = |answer: ListBackupPlansOutput| {
        let plans = answer.backup_plans_list?;
        Some(Page {
            items: plans.iter().map(|each| plan::plan(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListBackupPlans;
    let mut listing = caller.list(operation, None, send, read).await;
    join_all(listing.items.iter_mut().map(|plan| fill(caller, run, plan))).await;
    listing.into_fact(|plan| (plan.name.clone(), plan.id.clone()))
}

async fn fill(caller: &Caller<'_>, run: &BTreeSet<Operation>, plan: &mut BackupPlan) {
    let rules = async {
        match run.contains(&Operation::GetBackupPlan) {
            true => caller.fact(Some(&plan.name), rules(caller, &plan.id).await),
            false => Fact::not_requested(),
        }
    };
    let selections = async {
        match run.contains(&Operation::ListBackupSelections) {
            true => selections(caller, run, &plan.id, &plan.name).await,
            false => Fact::not_requested(),
        }
    };
    let (rules, selections) = tokio::join!(rules, selections);
    plan.rules = rules;
    plan.selections = selections;
}

async fn rules(caller: &Caller<'_>, id: &str) -> Result<Vec<PlanRule>, Failure> {
    let operation = Operation::GetBackupPlan;
    let send = |clients: &Clients| clients.backup.get_backup_plan().backup_plan_id(id).send();
    let answer = caller.call(operation, send).await?;
    plan::rules(answer.backup_plan()).map_err(|malformed| unreadable(operation, malformed))
}

async fn selections(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    plan_id: &str,
    plan_name: &str,
) -> Fact<Listed<BackupSelection>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_backup_selections();
        let call = call.backup_plan_id(plan_id).max_results(PAGE);
        call.set_next_token(token).send()
    };
    let read = |answer: ListBackupSelectionsOutput| {
        let selections = answer.backup_selections_list?;
        Some(Page {
            items: selections
                .iter()
                .map(|each| plan::selection(each).ok())
                .collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListBackupSelections;
    let mut listing = caller.list(operation, Some(plan_name), send, read).await;
    if run.contains(&Operation::GetBackupSelection) {
        let fill = |selection| fill_selection(caller, plan_id, selection);
        join_all(listing.items.iter_mut().map(fill)).await;
    }
    listing.into_fact(|selection| (selection.name.clone(), selection.id.clone()))
}

async fn fill_selection(caller: &Caller<'_>, plan_id: &str, selection: &mut BackupSelection) {
    let answer = criteria(caller, plan_id, &selection.id).await;
    selection.criteria = caller.fact(Some(&selection.name), answer);
}

async fn criteria(
    caller: &Caller<'_>,
    plan_id: &str,
    id: &str,
) -> Result<SelectionCriteria, Failure> {
    let operation = Operation::GetBackupSelection;
    let send = |clients: &Clients| {
        let call = clients.backup.get_backup_selection();
        call.backup_plan_id(plan_id).selection_id(id).send()
    };
    let answer = caller.call(operation, send).await?;
    plan::criteria(answer.backup_selection()).map_err(|malformed| unreadable(operation, malformed))
}

/// The backup vaults of the region, sorted by name.
pub(super) async fn vaults(caller: &Caller<'_>, run: &BTreeSet<Operation>) -> Fact<Listed<Vault>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_backup_vaults();
        call.max_results(PAGE).set_next_token(token).send()
    };
    let read = |answer: ListBackupVaultsOutput| {
        let vaults = answer.backup_vault_list?;
        Some(Page {
            items: vaults.iter().map(|each| vault::vault(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListBackupVaults;
    let mut listing = caller.list(operation, None, send, read).await;
    if run.contains(&Operation::ListRecoveryPointsByBackupVault) {
        let fill = async |vault: &mut Vault| {
            vault.recovery_points = recovery_points(caller, &vault.name).await;
            let is_empty = |listed: &Listed<_>| listed.items.is_empty() && listed.missing.is_none();
            let holds_none = vault.recovery_points.known().is_some_and(is_empty);
            if run.contains(&Operation::GetBackupVaultAccessPolicy) && !holds_none {
                let answer = access_policy(caller, &vault.name).await;
                vault.access_policy = caller.fact(Some(&vault.name), answer);
            }
        };
        join_all(listing.items.iter_mut().map(fill)).await;
    }
    if run.contains(&Operation::GetBackupVaultNotifications) {
        let fill = async |vault: &mut Vault| {
            vault.notifications = notifications(caller, &vault.name).await;
        };
        join_all(listing.items.iter_mut().map(fill)).await;
    }
    listing.into_fact(|vault| vault.name.clone())
}

/// The access policy of a vault. A vault without one is told as a resource that is not there.
async fn access_policy(caller: &Caller<'_>, vault: &str) -> Result<Option<String>, Failure> {
    let operation = Operation::GetBackupVaultAccessPolicy;
    let send = |clients: &Clients| {
        let call = clients.backup.get_backup_vault_access_policy();
        call.backup_vault_name(vault).send()
    };
    match caller.call(operation, send).await {
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
        Ok(answer) => {
            let policy = text(answer.policy(), "Policy").map(Some);
            policy.map_err(|malformed| unreadable(operation, malformed))
        }
    }
}

/// A vault that tells nobody has no configuration to find (API reference of GetBackupVaultNotifications).
async fn notifications(caller: &Caller<'_>, vault: &str) -> Fact<Option<VaultNotifications>> {
    let operation = Operation::GetBackupVaultNotifications;
    let send = |clients: &Clients| {
        let call = clients.backup.get_backup_vault_notifications();
        call.backup_vault_name(vault).send()
    };
    let answer = match caller.call(operation, send).await {
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
        Ok(answer) => vault::notifications(&answer)
            .map(Some)
            .map_err(|malformed| unreadable(operation, malformed)),
    };
    caller.fact(Some(vault), answer)
}

/// The SNS topics that vaults notify.
pub(super) fn topics(vaults: &Fact<Listed<Vault>>) -> BTreeSet<String> {
    let vaults = vaults.known().map_or(&[][..], |listed| &listed.items);
    let told = vaults
        .iter()
        .filter_map(|vault| vault.notifications.known());
    let arns = told.flatten().map(|told| told.topic_arn.clone());
    arns.filter(|arn| topic_region(arn).is_some()).collect()
}

async fn recovery_points(caller: &Caller<'_>, vault: &str) -> Fact<Listed<RecoveryPoint>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_recovery_points_by_backup_vault();
        let call = call.backup_vault_name(vault).by_resource_type(DYNAMODB);
        call.max_results(PAGE).set_next_token(token).send()
    };
    let read = |answer: ListRecoveryPointsByBackupVaultOutput| {
        let points = answer.recovery_points?;
        Some(Page {
            items: points
                .iter()
                .map(|each| vault::recovery_point(each).ok())
                .collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListRecoveryPointsByBackupVault;
    let listing = caller.list(operation, Some(vault), send, read).await;
    listing.into_fact(|point| {
        (
            point.resource_arn.clone(),
            point.created_at,
            point.arn.clone(),
        )
    })
}

/// The tables of the region that AWS Backup has backed up, sorted by ARN.
pub(super) async fn protected(caller: &Caller<'_>) -> Fact<Listed<ProtectedResource>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_protected_resources();
        call.max_results(PAGE).set_next_token(token).send()
    };
    let read = |answer: ListProtectedResourcesOutput| {
        let resources = answer.results?;
        let tables = resources
            .iter()
            .filter(|each| each.resource_type() == Some(DYNAMODB));
        Some(Page {
            items: tables.map(|each| vault::protected(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListProtectedResources;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|resource| resource.arn.clone())
}

/// The settings of AWS Backup in the region.
pub(super) async fn settings(caller: &Caller<'_>) -> Fact<BackupSettings> {
    let operation = Operation::DescribeRegionSettings;
    let send = |clients: &Clients| clients.backup.describe_region_settings().send();
    let answer = caller.call(operation, send).await.and_then(|answer| {
        let opt_in = answer.resource_type_opt_in_preference();
        let management = answer.resource_type_management_preference();
        if opt_in.is_none() && management.is_none() {
            return Err(Failure::malformed(
                operation,
                "an answer without preferences",
            ));
        }
        Ok(BackupSettings {
            dynamodb_opt_in: opt_in.and_then(|types| types.get(DYNAMODB).copied()),
            dynamodb_full_management: management.and_then(|types| types.get(DYNAMODB).copied()),
        })
    });
    caller.fact(None, answer)
}

fn unreadable(operation: Operation, malformed: Malformed) -> Failure {
    let Malformed(member) = malformed;
    Failure::malformed(operation, format!("no {member} in the answer"))
}
