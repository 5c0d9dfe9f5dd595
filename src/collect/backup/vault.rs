//! Vaults, recovery points and protected resources, member by member.

use aws_sdk_backup::operation::get_backup_vault_notifications::GetBackupVaultNotificationsOutput;
use aws_sdk_backup::types::{
    BackupVaultListMember, ProtectedResource as SdkProtected, RecoveryPointByBackupVault,
};

use crate::collect::shape::{
    Malformed, choice, maybe_choice, maybe_count, maybe_time, needed, text, time,
};
use crate::snapshot::backup::{ProtectedResource, RecoveryPoint, Vault, VaultNotifications};
use crate::snapshot::fact::{Fact, Reason, Why};
use crate::snapshot::operation::Operation;

/// A vault as its listing gives it.
pub(super) fn vault(vault: &BackupVaultListMember) -> Result<Vault, Malformed> {
    Ok(Vault {
        name: text(vault.backup_vault_name(), "BackupVaultName")?,
        arn: text(vault.backup_vault_arn(), "BackupVaultArn")?,
        kind: maybe_choice(vault.vault_type().map(|kind| kind.as_str())),
        key_arn: vault.encryption_key_arn().map(str::to_owned),
        key_kind: maybe_choice(vault.encryption_key_type().map(|kind| kind.as_str())),
        // A vault of which AWS does not say it is not known to be open.
        locked: vault.locked().map_or_else(unsaid, Fact::Known),
        lock_date: maybe_time(vault.lock_date(), "LockDate")?,
        min_retention_days: maybe_count(vault.min_retention_days(), "MinRetentionDays")?,
        max_retention_days: maybe_count(vault.max_retention_days(), "MaxRetentionDays")?,
        notifications: Fact::not_requested(),
        recovery_points: Fact::not_requested(),
        access_policy: Fact::not_requested(),
    })
}

fn unsaid() -> Fact<bool> {
    Fact::Unknown(Why::from_call(
        Reason::Malformed,
        Operation::ListBackupVaults,
    ))
}

/// A recovery point.
pub(super) fn recovery_point(
    point: &RecoveryPointByBackupVault,
) -> Result<RecoveryPoint, Malformed> {
    Ok(RecoveryPoint {
        arn: text(point.recovery_point_arn(), "RecoveryPointArn")?,
        resource_arn: text(point.resource_arn(), "ResourceArn")?,
        status: choice(point.status().map(|status| status.as_str()), "Status")?,
        created_at: time(point.creation_date(), "CreationDate")?,
        completed_at: maybe_time(point.completion_date(), "CompletionDate")?,
        encrypted: point.is_encrypted().then_some(true),
    })
}

/// What a vault tells, and whom.
pub(super) fn notifications(
    answer: &GetBackupVaultNotificationsOutput,
) -> Result<VaultNotifications, Malformed> {
    let events = needed(answer.backup_vault_events.as_ref(), "BackupVaultEvents")?;
    let mut events: Vec<String> = events.iter().map(|it| it.as_str().to_owned()).collect();
    events.sort();
    Ok(VaultNotifications {
        topic_arn: text(answer.sns_topic_arn(), "SNSTopicArn")?,
        events,
    })
}

/// A table that was backed up.
pub(super) fn protected(resource: &SdkProtected) -> Result<ProtectedResource, Malformed> {
    Ok(ProtectedResource {
        arn: text(resource.resource_arn(), "ResourceArn")?,
        last_backup_at: maybe_time(resource.last_backup_time(), "LastBackupTime")?,
    })
}
