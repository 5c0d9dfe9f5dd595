//! What DynamoDB lists for a whole region rather than by table: contributor insights, native backups, exports, imports
//! and the limits of the account; and where a table sends its changes.
//!
//! Backups that AWS Backup made are not here: ListBackups leaves them out.

use jiff::Timestamp;

use crate::{choice, record};

choice! {
    /// State of contributor insights.
    InsightsStatus = "insights-status" [ENABLING, ENABLED, DISABLING, DISABLED, FAILED];
    /// What contributor insights count.
    InsightsMode = "insights-mode" [ACCESSED_AND_THROTTLED_KEYS, THROTTLED_KEYS];
    /// State of a Kinesis destination.
    DestinationStatus = "destination-status" [ENABLING, ACTIVE, DISABLING, DISABLED, ENABLE_FAILED, UPDATING];
    /// State of a native backup.
    NativeBackupStatus = "native-backup-status" [CREATING, DELETED, AVAILABLE];
    /// State of an export.
    ExportStatus = "export-status" [IN_PROGRESS, COMPLETED, FAILED];
    /// Kind of export.
    ExportKind = "export-kind" [FULL_EXPORT, INCREMENTAL_EXPORT];
    /// State of an import.
    ImportStatus = "import-status" [IN_PROGRESS, COMPLETED, CANCELLING, CANCELLED, FAILED];
}

record! {
    /// The contributor insights of a table or index. One that never had them is not listed.
    pub struct ContributorInsights = "contributor-insights" labelled resource_id {
        /// `table/NAME` or `table/NAME/index/INDEX`.
        resource_id: String, Identity [ListContributorInsights];
        /// State.
        status: InsightsStatus, Config [ListContributorInsights];
        /// What they count; null where AWS does not say.
        mode: Option<InsightsMode>, Config [ListContributorInsights];
    }
}

record! {
    /// A Kinesis stream that gets the changes of a table.
    pub struct KinesisDestination = "kinesis-destination" labelled stream {
        /// Name of the Kinesis stream.
        stream: String, Identity [DescribeKinesisStreamingDestination];
        /// ARN of the Kinesis stream.
        stream_arn: String, Identity [DescribeKinesisStreamingDestination];
        /// State. One that was switched off stays in the list.
        status: DestinationStatus, Config [DescribeKinesisStreamingDestination];
        /// What AWS says of the state; null for nothing.
        status_detail: Option<String>, Volatile [DescribeKinesisStreamingDestination];
    }
}

record! {
    /// A backup that someone made of a table, not by AWS Backup: it stays until someone deletes it.
    pub struct NativeBackup = "native-backup" labelled name {
        /// ARN.
        arn: String, Identity [ListBackups];
        /// Name; several may have the same.
        name: String, Identity [ListBackups];
        /// Name of the table.
        table: String, Identity [ListBackups];
        /// ARN of the table.
        table_arn: String, Identity [ListBackups];
        /// Id of the table; null where AWS does not say.
        table_id: Option<String>, Identity [ListBackups];
        /// State.
        status: NativeBackupStatus, Volatile [ListBackups];
        /// When it was made.
        created_at: Timestamp, Identity [ListBackups];
        /// Size in bytes; null where AWS does not say.
        size_bytes: Option<u64>, Volatile [ListBackups];
    }
}

record! {
    /// An export of a table to S3, of the last 90 days.
    pub struct Export = "export" labelled id {
        /// Id: the end of the ARN, which begins with the time.
        id: String, Identity [ListExports];
        /// ARN: that of the table, `/export/` and an id that begins with the time.
        arn: String, Identity [ListExports];
        /// State.
        status: ExportStatus, Volatile [ListExports];
        /// Kind; null where AWS does not say.
        kind: Option<ExportKind>, Identity [ListExports];
    }
}

record! {
    /// An import of a table from S3, of the last 90 days. An import makes its table.
    pub struct Import = "import" labelled id {
        /// Id: the end of the ARN.
        id: String, Identity [ListImports];
        /// ARN.
        arn: String, Identity [ListImports];
        /// ARN of the table.
        table_arn: String, Identity [ListImports];
        /// State.
        status: ImportStatus, Volatile [ListImports];
        /// When it ended; null if it has not.
        ended_at: Option<Timestamp>, Volatile [ListImports];
    }
}

record! {
    /// How much capacity the account may provision in a region.
    pub struct AccountLimits = "account-limits" {
        /// Read units a second of all tables and indexes together.
        read_units: u64, Config [DescribeLimits];
        /// Write units a second of all tables and indexes together.
        write_units: u64, Config [DescribeLimits];
        /// Read units a second of a new table with its indexes.
        table_read_units: u64, Config [DescribeLimits];
        /// Write units a second of a new table with its indexes.
        table_write_units: u64, Config [DescribeLimits];
    }
}
