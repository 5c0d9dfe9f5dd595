//! Jobs of AWS Backup on tables: backups, copies, restores.
//!
//! AWS lists backup jobs of the last 30 days (API reference of ListBackupJobs); how long it lists the others is not
//! documented, so nothing is asked by date. Of backups and copies the newest of each kind and state are kept: an hourly
//! plan makes 720 jobs a month and table.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_backup::operation::list_backup_jobs::ListBackupJobsOutput;
use aws_sdk_backup::operation::list_copy_jobs::ListCopyJobsOutput;
use aws_sdk_backup::operation::list_restore_jobs::ListRestoreJobsOutput;
use aws_sdk_backup::types::{BackupJob as SdkBackup, CopyJob as SdkCopy, RestoreJobsListMember};
use jiff::Timestamp;

use super::{DYNAMODB, PAGE};
use crate::collect::call::Caller;
use crate::collect::client::Clients;
use crate::collect::listing::Page;
use crate::collect::region::fact_if;
use crate::collect::shape::{Malformed, choice, maybe_choice, maybe_time, text, time};
use crate::snapshot::backup::job::{BackupJob, CopyJob, RestoreJob};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;

pub(in crate::collect) type JobFacts = (
    Fact<Listed<BackupJob>>,
    Fact<Listed<CopyJob>>,
    Fact<Listed<RestoreJob>>,
);

/// What AWS Backup did, as far as this run wants to know.
pub(in crate::collect) async fn jobs(caller: &Caller<'_>, run: &BTreeSet<Operation>) -> JobFacts {
    let has = |operation| run.contains(&operation);
    tokio::join!(
        fact_if(has(Operation::ListBackupJobs), backups(caller)),
        fact_if(has(Operation::ListCopyJobs), copies(caller)),
        fact_if(has(Operation::ListRestoreJobs), restores(caller)),
    )
}

/// The backup jobs of tables.
async fn backups(caller: &Caller<'_>) -> Fact<Listed<BackupJob>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_backup_jobs();
        let call = call.by_resource_type(DYNAMODB).max_results(PAGE);
        call.set_next_token(token).send()
    };
    let read = |answer: ListBackupJobsOutput| {
        let jobs = answer.backup_jobs?;
        Some(Page {
            items: jobs.iter().map(|each| backup(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListBackupJobs;
    let mut listing = caller.list(operation, None, send, read).await;
    let kind = |it: &BackupJob| (it.resource_arn.clone(), it.vault.clone(), it.state.clone());
    listing.items = newest(listing.items, kind, |it| (it.created_at, it.id.clone()));
    listing.into_fact(|it| (it.resource_arn.clone(), it.created_at, it.id.clone()))
}

/// The copy jobs of tables.
async fn copies(caller: &Caller<'_>) -> Fact<Listed<CopyJob>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_copy_jobs();
        let call = call.by_resource_type(DYNAMODB).max_results(PAGE);
        call.set_next_token(token).send()
    };
    let read = |answer: ListCopyJobsOutput| {
        let jobs = answer.copy_jobs?;
        Some(Page {
            items: jobs.iter().map(|each| copy(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListCopyJobs;
    let mut listing = caller.list(operation, None, send, read).await;
    let kind = |it: &CopyJob| {
        let destination = it.destination_arn.clone();
        (it.resource_arn.clone(), destination, it.state.clone())
    };
    listing.items = newest(listing.items, kind, |it| {
        (it.completed_at, it.created_at, it.id.clone())
    });
    listing.into_fact(|it| (it.resource_arn.clone(), it.created_at, it.id.clone()))
}

/// The restore jobs of tables.
async fn restores(caller: &Caller<'_>) -> Fact<Listed<RestoreJob>> {
    let send = |clients: &Clients, token| {
        let call = clients.backup.list_restore_jobs();
        let call = call.by_resource_type(DYNAMODB).max_results(PAGE);
        call.set_next_token(token).send()
    };
    let read = |answer: ListRestoreJobsOutput| {
        let jobs = answer.restore_jobs?;
        Some(Page {
            items: jobs.iter().map(|each| restore(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListRestoreJobs;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|it| (it.created_at, it.id.clone()))
}

/// Of each kind the last.
fn newest<T, K: Ord, O: Ord>(
    jobs: Vec<T>,
    kind: impl Fn(&T) -> K,
    order: impl Fn(&T) -> O,
) -> Vec<T> {
    let mut last: BTreeMap<K, T> = BTreeMap::new();
    for job in jobs {
        let key = kind(&job);
        let is_older = last.get(&key).is_some_and(|it| order(&job) < order(it));
        if !is_older {
            last.insert(key, job);
        }
    }
    last.into_values().collect()
}

fn backup(job: &SdkBackup) -> Result<BackupJob, Malformed> {
    Ok(BackupJob {
        id: text(job.backup_job_id(), "BackupJobId")?,
        resource_arn: text(job.resource_arn(), "ResourceArn")?,
        vault: text(job.backup_vault_name(), "BackupVaultName")?,
        state: choice(job.state().map(|it| it.as_str()), "State")?,
        created_at: time(job.creation_date(), "CreationDate")?,
        completed_at: maybe_time(job.completion_date(), "CompletionDate")?,
    })
}

fn copy(job: &SdkCopy) -> Result<CopyJob, Malformed> {
    let destination = job.destination_backup_vault_arn();
    Ok(CopyJob {
        id: text(job.copy_job_id(), "CopyJobId")?,
        resource_arn: text(job.resource_arn(), "ResourceArn")?,
        destination_arn: text(destination, "DestinationBackupVaultArn")?,
        destination_kind: maybe_choice(job.destination_vault_type()),
        state: choice(job.state().map(|it| it.as_str()), "State")?,
        created_at: time(job.creation_date(), "CreationDate")?,
        completed_at: ended(
            job.state().map(|it| it.as_str()),
            maybe_time(job.completion_date(), "CompletionDate")?,
        )?,
    })
}

fn restore(job: &RestoreJobsListMember) -> Result<RestoreJob, Malformed> {
    let status = job.status().map(|it| it.as_str());
    let by = job.created_by();
    Ok(RestoreJob {
        id: text(job.restore_job_id(), "RestoreJobId")?,
        recovery_point_arn: job.recovery_point_arn().map(str::to_owned),
        source_arn: job.source_resource_arn().map(str::to_owned),
        status: choice(status, "Status")?,
        validation: maybe_choice(job.validation_status().map(|it| it.as_str())),
        testing_plan_arn: by
            .and_then(|it| it.restore_testing_plan_arn())
            .map(str::to_owned),
        created_at: time(job.creation_date(), "CreationDate")?,
        completed_at: ended(status, maybe_time(job.completion_date(), "CompletionDate")?)?,
    })
}

/// A job that is COMPLETED has an end.
fn ended(
    state: Option<&str>,
    completed_at: Option<Timestamp>,
) -> Result<Option<Timestamp>, Malformed> {
    match (state, completed_at) {
        (Some("COMPLETED"), None) => Err(Malformed("CompletionDate")),
        (_, completed_at) => Ok(completed_at),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_backup::types::{BackupJobState, RestoreJobStatus};
    use aws_smithy_types::DateTime;

    use super::*;

    fn job(id: &str, state: BackupJobState, secs: i64) -> BackupJob {
        let job = SdkBackup::builder().backup_job_id(id).state(state);
        let job = job.resource_arn("arn:aws:dynamodb:eu-west-1:1:table/t");
        let job = job.creation_date(DateTime::from_secs(secs));
        backup(&job.backup_vault_name("v").build()).expect("complete")
    }

    #[test]
    fn of_each_state_the_newest_job_is_kept() {
        let jobs = vec![
            job("1", BackupJobState::Completed, 300),
            job("2", BackupJobState::Failed, 200),
            job("3", BackupJobState::Completed, 100),
            job("4", BackupJobState::Failed, 250),
        ];
        let kept = newest(jobs, |it| it.state.clone(), |it| it.created_at);
        let ids: Vec<&str> = kept.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["1", "4"]);
    }

    #[test]
    fn a_completed_restore_has_an_end() {
        let job = RestoreJobsListMember::builder().restore_job_id("1");
        let job = job.creation_date(DateTime::from_secs(100));
        let running = job.clone().status(RestoreJobStatus::Running).build();
        assert_eq!(restore(&running).map(|it| it.completed_at), Ok(None));
        let completed = job.status(RestoreJobStatus::Completed).build();
        assert_eq!(restore(&completed), Err(Malformed("CompletionDate")));
    }
}
