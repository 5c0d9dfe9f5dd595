//! AWS Backup: plans, what they select, vaults, recovery points, protected resources, settings of the region.
//!
//! What it did is in [`job`], how restores are tested in [`testing`].

pub mod job;
pub mod testing;

use jiff::Timestamp;

use super::fact::Listed;
use crate::{choice, record};

choice! {
    /// State of a recovery point. Only COMPLETED and AVAILABLE can be restored.
    RecoveryPointStatus = "recovery-point-status" [COMPLETED, AVAILABLE, PARTIAL, EXPIRED, STOPPED, CREATING, DELETING];
    /// Kind of vault.
    VaultKind = "vault-kind" [BACKUP_VAULT, LOGICALLY_AIR_GAPPED_BACKUP_VAULT, RESTORE_ACCESS_BACKUP_VAULT];
    /// Whose key encrypts a vault. `CUSTOMER_MANAGED_KMS_KEY` is a key of the account: who manages it only KMS can tell.
    VaultKeyKind = "vault-key-kind" [AWS_OWNED_KMS_KEY, CUSTOMER_MANAGED_KMS_KEY];
}

record! {
    /// A backup plan.
    pub struct BackupPlan = "plan" labelled name {
        /// Id.
        id: String, Identity [ListBackupPlans];
        /// Name.
        name: String, Config [ListBackupPlans];
        /// ARN.
        arn: String, Identity [ListBackupPlans];
    } facts {
        /// What it does, when.
        rules: Vec<PlanRule>, Config [GetBackupPlan];
        /// What it backs up.
        selections: Listed<BackupSelection>, Config [ListBackupSelections];
    }
}

record! {
    /// A rule of a backup plan.
    pub struct PlanRule = "plan-rule" labelled name {
        /// Name.
        name: String, Config [GetBackupPlan];
        /// Name of the vault it fills.
        vault: String, Config [GetBackupPlan];
        /// Schedule, as AWS writes it; null where there is none.
        schedule: Option<String>, Config [GetBackupPlan];
        /// Time zone of the schedule; null is UTC.
        time_zone: Option<String>, Config [GetBackupPlan];
        /// Minutes in which a backup must start; null is the default of AWS.
        start_window_minutes: Option<u64>, Config [GetBackupPlan];
        /// Minutes in which a backup must complete; null is the default of AWS.
        completion_window_minutes: Option<u64>, Config [GetBackupPlan];
        /// Days until a recovery point is deleted; null is never.
        delete_after_days: Option<u64>, Config [GetBackupPlan];
        /// Days until a recovery point moves to cold storage; null is never.
        cold_after_days: Option<u64>, Config [GetBackupPlan];
        /// ARN of the logically air-gapped vault that it fills as well; null if none.
        air_gapped_vault_arn: Option<String>, Config [GetBackupPlan];
        /// Where copies go.
        copies: Vec<CopyAction>, Config [GetBackupPlan];
    }
}

record! {
    /// A copy that a plan's rule makes.
    pub struct CopyAction = "copy-action" labelled vault_arn {
        /// ARN of the vault it goes to.
        vault_arn: String, Config [GetBackupPlan];
        /// Days until the copy is deleted; null is never.
        delete_after_days: Option<u64>, Config [GetBackupPlan];
    }
}

record! {
    /// What a plan backs up: (resources ∪ tagged) ∩ conditions − exclusions.
    pub struct BackupSelection = "backup-selection" labelled name {
        /// Id.
        id: String, Identity [ListBackupSelections];
        /// Name.
        name: String, Config [ListBackupSelections];
        /// ARN of the role that makes the backups.
        role_arn: String, Config [ListBackupSelections];
    } facts {
        /// What it selects.
        criteria: SelectionCriteria, Config [GetBackupSelection];
    }
}

record! {
    /// The criteria of a selection.
    pub struct SelectionCriteria = "selection-criteria" {
        /// ARNs with wildcards that it selects.
        resources: Vec<String>, Config [GetBackupSelection];
        /// ARNs with wildcards that it leaves out.
        not_resources: Vec<String>, Config [GetBackupSelection];
        /// Tags, any of which selects: `StringEquals` is the one condition type here.
        tagged: Vec<TagCondition>, Config [GetBackupSelection];
        /// Conditions, all of which must hold: `StringEquals`.
        string_equals: Vec<TagCondition>, Config [GetBackupSelection];
        /// Conditions, all of which must hold: `StringNotEquals`.
        string_not_equals: Vec<TagCondition>, Config [GetBackupSelection];
        /// Conditions, all of which must hold: `StringLike`.
        string_like: Vec<TagCondition>, Config [GetBackupSelection];
        /// Conditions, all of which must hold: `StringNotLike`.
        string_not_like: Vec<TagCondition>, Config [GetBackupSelection];
    }
}

record! {
    /// A tag and the value it is compared with.
    pub struct TagCondition = "tag-condition" labelled key {
        /// Tag key, without the prefix `aws:ResourceTag/`.
        key: String, Config [GetBackupSelection];
        /// Value, with wildcards in the conditions that are `Like`.
        value: String, Config [GetBackupSelection];
    }
}

record! {
    /// A backup vault.
    pub struct Vault = "vault" labelled name {
        /// Name.
        name: String, Identity [ListBackupVaults];
        /// ARN.
        arn: String, Identity [ListBackupVaults];
        /// Kind; null where AWS does not say.
        kind: Option<VaultKind>, Config [ListBackupVaults];
        /// ARN of its KMS key; null where AWS does not say.
        key_arn: Option<String>, Config [ListBackupVaults];
        /// Whose key; null where AWS does not say.
        key_kind: Option<VaultKeyKind>, Config [ListBackupVaults];
        /// When the lock can no longer be removed; null in governance mode, where it always can.
        lock_date: Option<Timestamp>, Config [ListBackupVaults];
        /// Least days a recovery point is kept under the lock; null is none.
        min_retention_days: Option<u64>, Config [ListBackupVaults];
        /// Most days a recovery point is kept under the lock; null is none.
        max_retention_days: Option<u64>, Config [ListBackupVaults];
    } facts {
        /// Whether a vault lock is on.
        locked: bool, Config [ListBackupVaults];
        /// Whom it tells of its jobs; null if nobody.
        notifications: Option<VaultNotifications>, Config [GetBackupVaultNotifications];
        /// The recovery points of DynamoDB tables in it.
        recovery_points: Listed<RecoveryPoint>, Volatile [ListRecoveryPointsByBackupVault];
        /// Its access policy, as JSON; null when it has none. Only asked where it holds recovery points of tables.
        access_policy: Option<String>, Config [GetBackupVaultAccessPolicy];
    }
}

record! {
    /// What a vault tells, and whom.
    pub struct VaultNotifications = "vault-notifications" labelled topic_arn {
        /// ARN of the SNS topic.
        topic_arn: String, Config [GetBackupVaultNotifications];
        /// The events, as AWS writes them: `BACKUP_JOB_COMPLETED` is sent for every end of a job.
        events: Vec<String>, Config [GetBackupVaultNotifications];
    }
}

record! {
    /// A recovery point of a table.
    pub struct RecoveryPoint = "recovery-point" labelled created_at {
        /// ARN.
        arn: String, Volatile [ListRecoveryPointsByBackupVault];
        /// ARN of the table it was made of.
        resource_arn: String, Volatile [ListRecoveryPointsByBackupVault];
        /// State.
        status: RecoveryPointStatus, Volatile [ListRecoveryPointsByBackupVault];
        /// When it was begun.
        created_at: Timestamp, Volatile [ListRecoveryPointsByBackupVault];
        /// When it was complete; null if it is not.
        completed_at: Option<Timestamp>, Volatile [ListRecoveryPointsByBackupVault];
        /// True where AWS says that it is encrypted; null where it says no or nothing, which its SDK does not tell apart.
        encrypted: Option<bool>, Volatile [ListRecoveryPointsByBackupVault];
    }
}

record! {
    /// A table that AWS Backup has backed up.
    pub struct ProtectedResource = "protected-resource" labelled arn {
        /// ARN of the table.
        arn: String, Volatile [ListProtectedResources];
        /// When it was last backed up; null where AWS does not say.
        last_backup_at: Option<Timestamp>, Volatile [ListProtectedResources];
    }
}

record! {
    /// The settings of AWS Backup in a region, by type of resource.
    pub struct BackupSettings = "backup-settings" {
        /// Whether DynamoDB is opted in; null where AWS does not say. Counts for selections by tags alone.
        dynamodb_opt_in: Option<bool>, Config [DescribeRegionSettings];
        /// Whether AWS Backup manages DynamoDB backups fully (copies, cold storage); null where AWS does not say.
        dynamodb_full_management: Option<bool>, Config [DescribeRegionSettings];
    }
}
