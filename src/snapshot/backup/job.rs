//! What AWS Backup did: backup, copy and restore jobs of tables.

use jiff::Timestamp;

use super::VaultKind;
use crate::{choice, record};

choice! {
    /// State of a backup job. EXPIRED never started in its window.
    BackupJobState = "backup-job-state" [CREATED, PENDING, RUNNING, ABORTING, ABORTED, COMPLETED, FAILED, EXPIRED, PARTIAL];
    /// State of a copy job.
    CopyJobState = "copy-job-state" [CREATED, RUNNING, COMPLETED, FAILED, PARTIAL];
    /// State of a restore job.
    RestoreJobStatus = "restore-job-status" [PENDING, RUNNING, COMPLETED, ABORTED, FAILED];
    /// What the validation of a restore test found.
    ValidationStatus = "validation-status" [FAILED, SUCCESSFUL, TIMED_OUT, VALIDATING];
}

record! {
    /// A job that backed up a table.
    pub struct BackupJob = "backup-job" labelled created_at {
        /// Id.
        id: String, Volatile [ListBackupJobs];
        /// ARN of the table.
        resource_arn: String, Volatile [ListBackupJobs];
        /// Name of the vault.
        vault: String, Volatile [ListBackupJobs];
        /// State.
        state: BackupJobState, Volatile [ListBackupJobs];
        /// When it was created.
        created_at: Timestamp, Volatile [ListBackupJobs];
        /// When it ended; null if it has not.
        completed_at: Option<Timestamp>, Volatile [ListBackupJobs];
    }
}

record! {
    /// A job that copied a recovery point of a table to another vault.
    pub struct CopyJob = "copy-job" labelled created_at {
        /// Id.
        id: String, Volatile [ListCopyJobs];
        /// ARN of the table.
        resource_arn: String, Volatile [ListCopyJobs];
        /// ARN of the vault it copies to.
        destination_arn: String, Volatile [ListCopyJobs];
        /// Kind of the vault it copies to; null where AWS does not say.
        destination_kind: Option<VaultKind>, Volatile [ListCopyJobs];
        /// State.
        state: CopyJobState, Volatile [ListCopyJobs];
        /// When it was created.
        created_at: Timestamp, Volatile [ListCopyJobs];
        /// When it ended; null if it has not.
        completed_at: Option<Timestamp>, Volatile [ListCopyJobs];
    }
}

record! {
    /// A job that restored a recovery point of a table.
    pub struct RestoreJob = "restore-job" labelled created_at {
        /// Id.
        id: String, Volatile [ListRestoreJobs];
        /// ARN of the recovery point; null where AWS does not say.
        recovery_point_arn: Option<String>, Volatile [ListRestoreJobs];
        /// ARN of the table that was backed up; null where AWS does not say.
        source_arn: Option<String>, Volatile [ListRestoreJobs];
        /// State.
        status: RestoreJobStatus, Volatile [ListRestoreJobs];
        /// What validation found; null where nothing was to be validated.
        validation: Option<ValidationStatus>, Volatile [ListRestoreJobs];
        /// ARN of the restore testing plan that made it; null if none did.
        testing_plan_arn: Option<String>, Volatile [ListRestoreJobs];
        /// When it was created.
        created_at: Timestamp, Volatile [ListRestoreJobs];
        /// When it ended; null if it has not.
        completed_at: Option<Timestamp>, Volatile [ListRestoreJobs];
    }
}
