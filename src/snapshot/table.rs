//! A table and its indexes: what DescribeTable, DescribeContinuousBackups, DescribeTimeToLive and the tags say.
//!
//! What absence means is resolved once, by whoever fills these structs: no BillingModeSummary is PROVISIONED, no
//! TableClassSummary is STANDARD, no SSEDescription is the key that AWS owns, no MultiRegionConsistency is EVENTUAL
//! (API reference of DescribeTable).

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::dynamodb::KinesisDestination;
use super::usage::{Activity, Usage};
use crate::{choice, record};

choice! {
    /// State of a table or index.
    ResourceStatus = "resource-status" [CREATING, UPDATING, DELETING, ACTIVE, INACCESSIBLE_ENCRYPTION_CREDENTIALS, ARCHIVING, ARCHIVED, REPLICATION_NOT_AUTHORIZED];
    /// State of a replica.
    ReplicaStatus = "replica-status" [CREATING, CREATION_FAILED, UPDATING, DELETING, ACTIVE, REGION_DISABLED, INACCESSIBLE_ENCRYPTION_CREDENTIALS, ARCHIVING, ARCHIVED, REPLICATION_NOT_AUTHORIZED];
    /// State of a witness.
    WitnessStatus = "witness-status" [CREATING, DELETING, ACTIVE];
    /// How capacity is paid.
    BillingMode = "billing-mode" [PROVISIONED, PAY_PER_REQUEST];
    /// Role of a key attribute.
    KeyRole = "key-role" [HASH, RANGE];
    /// Type of a key attribute.
    AttributeType = "attribute-type" [S, N, B];
    /// What an index copies.
    ProjectionType = "projection-type" [ALL, KEYS_ONLY, INCLUDE];
    /// Whose key encrypts the table. `KMS` is the managed key of AWS or the customer's own: only KMS can tell.
    EncryptionType = "encryption-type" [AWS_OWNED, KMS];
    /// State of the encryption.
    EncryptionStatus = "encryption-status" [ENABLING, ENABLED, DISABLING, DISABLED, UPDATING];
    /// Storage class.
    TableClass = "table-class" [STANDARD, STANDARD_INFREQUENT_ACCESS];
    /// What a stream record holds.
    StreamViewType = "stream-view-type" [NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY];
    /// Consistency between the replicas.
    MultiRegionConsistency = "multi-region-consistency" [EVENTUAL, STRONG];
    /// Whether settings are copied between the replicas.
    SettingsReplication = "settings-replication" [ENABLED, DISABLED, ENABLED_WITH_OVERRIDES];
    /// Whether point-in-time recovery is on.
    PitrStatus = "pitr-status" [ENABLED, DISABLED];
    /// Whether items expire.
    TtlStatus = "ttl-status" [ENABLING, ENABLED, DISABLING, DISABLED];
    /// State of warm throughput.
    WarmStatus = "warm-status" [ACTIVE, UPDATING];
}

record! {
    /// A DynamoDB table in one region.
    pub struct Table = "table" labelled name {
        /// Name.
        name: String, Identity [ListTables];
    } facts {
        /// ARN.
        arn: String, Identity [DescribeTable];
        /// Id that AWS gives; a table that was deleted and made again has another.
        id: Option<String>, Identity [DescribeTable];
        /// State.
        status: ResourceStatus, Volatile [DescribeTable];
        /// When it was created.
        created_at: Option<Timestamp>, Identity [DescribeTable];
        /// The attributes of the primary key: one HASH, perhaps one RANGE.
        key_schema: Vec<KeyAttribute>, Config [DescribeTable];
        /// How capacity is paid.
        billing_mode: BillingMode, Config [DescribeTable];
        /// When it was last switched to on-demand; null if it never was.
        on_demand_since: Option<Timestamp>, Volatile [DescribeTable];
        /// Provisioned read units a second; 0 when on-demand. Auto scaling moves it.
        read_capacity_units: u64, Volatile [DescribeTable];
        /// Provisioned write units a second; 0 when on-demand. Auto scaling moves it.
        write_capacity_units: u64, Volatile [DescribeTable];
        /// Highest read request units a second when on-demand; null is no maximum.
        max_read_request_units: Option<u64>, Config [DescribeTable];
        /// Highest write request units a second when on-demand; null is no maximum.
        max_write_request_units: Option<u64>, Config [DescribeTable];
        /// The throughput it serves at once, without growing first.
        warm_throughput: Option<WarmThroughput>, Volatile [DescribeTable];
        /// Whose key encrypts it.
        encryption: Encryption, Config [DescribeTable];
        /// Storage class.
        table_class: TableClass, Config [DescribeTable];
        /// When the storage class last changed; null if it never did.
        table_class_changed_at: Option<Timestamp>, Volatile [DescribeTable];
        /// Whether DeleteTable is refused.
        deletion_protection: bool, Config [DescribeTable];
        /// Whether this replica may not leave its global table; null where AWS does not say.
        disassociation_protection: Option<bool>, Config [DescribeTable];
        /// The change stream; null is off.
        stream: Option<Stream>, Config [DescribeTable];
        /// Version of the global table; null if it is none.
        global_table_version: Option<String>, Config [DescribeTable];
        /// The replicas in other regions.
        replicas: Vec<Replica>, Config [DescribeTable];
        /// Consistency between the replicas.
        multi_region_consistency: MultiRegionConsistency, Config [DescribeTable];
        /// The witness region of a strongly consistent global table.
        witnesses: Vec<Witness>, Config [DescribeTable];
        /// Whether settings are copied between the replicas; null where AWS does not say.
        settings_replication: Option<SettingsReplication>, Config [DescribeTable];
        /// The global secondary indexes.
        indexes: Vec<Index>, Config [DescribeTable];
        /// The local secondary indexes.
        local_indexes: Vec<LocalIndex>, Config [DescribeTable];
        /// The vector indexes.
        vector_indexes: Vec<VectorIndex>, Config [DescribeTable];
        /// The restore it was born of; null if it was created empty or imported.
        restore: Option<Restore>, Identity [DescribeTable];
        /// Why it was archived; null if it was not.
        archival: Option<Archival>, Volatile [DescribeTable];
        /// Size in bytes, about six hours old.
        size_bytes: u64, Volatile [DescribeTable];
        /// Number of items, about six hours old.
        item_count: u64, Volatile [DescribeTable];
        /// The resource policy of the table as AWS gave it, JSON text; null if it has none.
        policy: Option<String>, Config [GetResourcePolicy];
        /// The resource policy of its stream as AWS gave it, JSON text; null if there is none, or no stream.
        stream_policy: Option<String>, Config [GetResourcePolicy];
        /// What its reads and writes came to of late, without its indexes.
        usage: Usage, Volatile [GetMetricData];
        /// What was asked of it and its indexes of late.
        activity: Activity, Volatile [GetMetricData];
        /// Point-in-time recovery.
        pitr: Pitr, Config [DescribeContinuousBackups];
        /// Time to live.
        ttl: Ttl, Config [DescribeTimeToLive];
        /// The Kinesis streams that get its changes, or got them once.
        kinesis_destinations: Vec<KinesisDestination>, Config [DescribeKinesisStreamingDestination];
        /// The tags.
        tags: BTreeMap<String, String>, Config [GetResources];
    }
}

record! {
    /// An attribute of a key.
    pub struct KeyAttribute = "key-attribute" labelled name {
        /// Name.
        name: String, Config [DescribeTable];
        /// HASH or RANGE.
        role: KeyRole, Config [DescribeTable];
        /// S, N or B.
        data_type: AttributeType, Config [DescribeTable];
    }
}

record! {
    /// The throughput that is served at once, without growing first.
    pub struct WarmThroughput = "warm-throughput" labelled read_units_per_s {
        /// Read units a second.
        read_units_per_s: u64, Volatile [DescribeTable];
        /// Write units a second.
        write_units_per_s: u64, Volatile [DescribeTable];
        /// Whether it is being changed; null where AWS does not say.
        status: Option<WarmStatus>, Volatile [DescribeTable];
    }
}

record! {
    /// The encryption of a table.
    pub struct Encryption = "encryption" labelled kind {
        /// Whose key.
        kind: EncryptionType, Config [DescribeTable];
        /// ARN of the KMS key; null for the key that AWS owns.
        key_arn: Option<String>, Config [DescribeTable];
        /// State; null for the key that AWS owns.
        status: Option<EncryptionStatus>, Volatile [DescribeTable];
        /// Since when the key cannot be used; null if it can.
        inaccessible_since: Option<Timestamp>, Volatile [DescribeTable];
    }
}

record! {
    /// The change stream of a table.
    pub struct Stream = "stream" labelled label {
        /// What its records hold.
        view_type: StreamViewType, Config [DescribeTable];
        /// ARN; a stream that was turned off and on has another.
        arn: String, Identity [DescribeTable];
        /// When it was turned on, as AWS labels it.
        label: String, Identity [DescribeTable];
    }
}

record! {
    /// A replica of a global table in another region.
    pub struct Replica = "replica" labelled region {
        /// Region.
        region: String, Config [DescribeTable];
        /// State.
        status: ReplicaStatus, Volatile [DescribeTable];
        /// ARN of its own KMS key; null when it has none of its own.
        key_arn: Option<String>, Config [DescribeTable];
        /// Read units that override the table's; null if they don't.
        read_capacity_units: Option<u64>, Config [DescribeTable];
        /// Highest read request units that override the table's; null if they don't.
        max_read_request_units: Option<u64>, Config [DescribeTable];
        /// Storage class; null is the table's.
        table_class: Option<TableClass>, Config [DescribeTable];
        /// Since when it cannot be used; null if it can.
        inaccessible_since: Option<Timestamp>, Volatile [DescribeTable];
        /// Whether settings are copied to it; null where AWS does not say.
        settings_replication: Option<SettingsReplication>, Config [DescribeTable];
        /// ARN of the table there, which may be another account's; null where AWS does not say.
        arn: Option<String>, Identity [DescribeTable];
    }
}

record! {
    /// The witness of a strongly consistent global table: a region without data.
    pub struct Witness = "witness" labelled region {
        /// Region.
        region: String, Config [DescribeTable];
        /// State.
        status: WitnessStatus, Volatile [DescribeTable];
    }
}

record! {
    /// What an index copies.
    pub struct Projection = "projection" labelled kind {
        /// ALL, KEYS_ONLY or INCLUDE.
        kind: ProjectionType, Config [DescribeTable];
        /// The attributes beside the keys, for INCLUDE.
        attributes: Vec<String>, Config [DescribeTable];
    }
}

record! {
    /// A global secondary index.
    pub struct Index = "index" labelled name {
        /// Name.
        name: String, Identity [DescribeTable];
    } facts {
        /// ARN.
        arn: Option<String>, Identity [DescribeTable];
        /// The attributes of its key: one to four HASH, up to four RANGE.
        key_schema: Vec<KeyAttribute>, Config [DescribeTable];
        /// What it copies.
        projection: Projection, Config [DescribeTable];
        /// State.
        status: ResourceStatus, Volatile [DescribeTable];
        /// Whether it is being filled.
        backfilling: bool, Volatile [DescribeTable];
        /// Provisioned read units a second; 0 when on-demand. Auto scaling moves it.
        read_capacity_units: u64, Volatile [DescribeTable];
        /// Provisioned write units a second; 0 when on-demand. Auto scaling moves it.
        write_capacity_units: u64, Volatile [DescribeTable];
        /// Highest read request units a second when on-demand; null is no maximum.
        max_read_request_units: Option<u64>, Config [DescribeTable];
        /// Highest write request units a second when on-demand; null is no maximum.
        max_write_request_units: Option<u64>, Config [DescribeTable];
        /// The throughput it serves at once, without growing first.
        warm_throughput: Option<WarmThroughput>, Volatile [DescribeTable];
        /// Size in bytes, about six hours old.
        size_bytes: u64, Volatile [DescribeTable];
        /// Number of entries, about six hours old.
        item_count: u64, Volatile [DescribeTable];
        /// What its reads and writes came to of late.
        usage: Usage, Volatile [GetMetricData];
    }
}

record! {
    /// A local secondary index: no capacity and no state of its own.
    pub struct LocalIndex = "local-index" labelled name {
        /// Name.
        name: String, Identity [DescribeTable];
        /// The attributes of its key.
        key_schema: Vec<KeyAttribute>, Config [DescribeTable];
        /// What it copies.
        projection: Projection, Config [DescribeTable];
        /// Size in bytes, about six hours old.
        size_bytes: u64, Volatile [DescribeTable];
        /// Number of entries, about six hours old.
        item_count: u64, Volatile [DescribeTable];
    }
}

record! {
    /// A vector index.
    pub struct VectorIndex = "vector-index" labelled name {
        /// Name.
        name: String, Identity [DescribeTable];
        /// The attribute that holds the vector; null where AWS does not say.
        attribute: Option<String>, Config [DescribeTable];
        /// State.
        status: ResourceStatus, Volatile [DescribeTable];
    }
}

record! {
    /// The restore that a table was born of.
    pub struct Restore = "restore" labelled restored_at {
        /// When.
        restored_at: Timestamp, Identity [DescribeTable];
        /// Whether it still runs.
        in_progress: bool, Volatile [DescribeTable];
        /// ARN of the backup; null for point-in-time recovery.
        source_backup_arn: Option<String>, Identity [DescribeTable];
        /// ARN of the table that was backed up; null where AWS does not say.
        source_table_arn: Option<String>, Identity [DescribeTable];
    }
}

record! {
    /// The archival of a table whose key was lost.
    pub struct Archival = "archival" labelled reason {
        /// When; null where AWS does not say.
        archived_at: Option<Timestamp>, Volatile [DescribeTable];
        /// Why.
        reason: String, Volatile [DescribeTable];
        /// ARN of the backup it became; null if none.
        backup_arn: Option<String>, Volatile [DescribeTable];
    }
}

record! {
    /// Point-in-time recovery of a table.
    pub struct Pitr = "pitr" labelled status {
        /// Whether it is on. (ContinuousBackupsStatus is ENABLED on every table and says nothing.)
        status: PitrStatus, Config [DescribeContinuousBackups];
        /// How many days back it reaches, 1 to 35; null when off.
        window_days: Option<u32>, Config [DescribeContinuousBackups];
        /// The earliest second it can restore; null when off.
        earliest_restorable_at: Option<Timestamp>, Volatile [DescribeContinuousBackups];
        /// The latest second it can restore; null when off.
        latest_restorable_at: Option<Timestamp>, Volatile [DescribeContinuousBackups];
    }
}

record! {
    /// Time to live of a table.
    pub struct Ttl = "ttl" labelled status {
        /// Whether items expire.
        status: TtlStatus, Config [DescribeTimeToLive];
        /// The attribute that holds the time; null when off.
        attribute: Option<String>, Config [DescribeTimeToLive];
    }
}
