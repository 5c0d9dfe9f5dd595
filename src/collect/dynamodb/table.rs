//! What a table's description means, member by member; what absence means is resolved here and nowhere else.
//!
//! Sources: API reference of DescribeTable, DescribeContinuousBackups, DescribeTimeToLive and
//! DescribeKinesisStreamingDestination.

use aws_sdk_dynamodb::types::{
    ArchivalSummary, ContinuousBackupsDescription, GlobalTableWitnessDescription,
    KinesisDataStreamDestination, OnDemandThroughput, ProvisionedThroughputDescription,
    ReplicaDescription, RestoreSummary, SseDescription, TableDescription,
    TableWarmThroughputDescription, TimeToLiveDescription,
};

use super::{index, told};
use crate::collect::shape::{
    Malformed, choice, count, maybe_choice, maybe_count, maybe_time, needed, text, time,
};
use crate::snapshot::dynamodb::KinesisDestination;
use crate::snapshot::fact::Fact;
use crate::snapshot::table::{
    Archival, BillingMode, Encryption, EncryptionStatus, EncryptionType, MultiRegionConsistency,
    Pitr, PitrStatus, Replica, ResourceStatus, Restore, SettingsReplication, Stream, Table,
    TableClass, Ttl, WarmThroughput, Witness,
};

/// A table as its description gives it; what other calls tell is left as not requested.
pub(super) fn from_description(name: &str, table: &TableDescription) -> Table {
    let mode = billing_mode(table);
    let on_demand = mode
        .as_ref()
        .is_ok_and(|mode| mode.is(BillingMode::PAY_PER_REQUEST));
    let (read, write) = provisioned(table.provisioned_throughput.as_ref(), on_demand);
    let (max_read, max_write) = on_demand_maximum(table.on_demand_throughput.as_ref());
    let billing = table.billing_mode_summary.as_ref();
    let class = table.table_class_summary.as_ref();
    Table {
        name: name.to_owned(),
        arn: told(text(table.table_arn.as_deref(), "TableArn")),
        id: Fact::Known(table.table_id.clone()),
        status: told(choice(
            table.table_status.as_ref().map(|status| status.as_str()),
            "TableStatus",
        )),
        created_at: told(maybe_time(
            table.creation_date_time.as_ref(),
            "CreationDateTime",
        )),
        key_schema: told(index::key_schema(table.key_schema.as_deref(), table)),
        billing_mode: told(mode),
        on_demand_since: told(maybe_time(
            billing.and_then(|billing| billing.last_update_to_pay_per_request_date_time.as_ref()),
            "LastUpdateToPayPerRequestDateTime",
        )),
        read_capacity_units: told(read),
        write_capacity_units: told(write),
        max_read_request_units: told(max_read),
        max_write_request_units: told(max_write),
        warm_throughput: told(table.warm_throughput.as_ref().map(table_warm).transpose()),
        encryption: told(encryption(table.sse_description.as_ref())),
        table_class: told(table_class(table)),
        table_class_changed_at: told(maybe_time(
            class.and_then(|class| class.last_update_date_time.as_ref()),
            "TableClassSummary.LastUpdateDateTime",
        )),
        deletion_protection: Fact::Known(table.deletion_protection_enabled.unwrap_or(false)),
        disassociation_protection: Fact::Known(table.disassociation_protection_enabled),
        stream: told(stream(table)),
        global_table_version: Fact::Known(table.global_table_version.clone()),
        replicas: told(replicas(table.replicas())),
        multi_region_consistency: Fact::Known(consistency(table)),
        witnesses: told(witnesses(table.global_table_witnesses())),
        settings_replication: Fact::Known(settings_replication(
            table.global_table_settings_replication_mode.as_ref(),
        )),
        indexes: told(index::global(table, on_demand)),
        local_indexes: told(index::local(table)),
        vector_indexes: told(index::vector(table)),
        restore: told(table.restore_summary.as_ref().map(restore).transpose()),
        archival: told(table.archival_summary.as_ref().map(archival).transpose()),
        size_bytes: told(count(table.table_size_bytes, "TableSizeBytes")),
        item_count: told(count(table.item_count, "ItemCount")),
        policy: Fact::not_requested(),
        stream_policy: Fact::not_requested(),
        usage: Fact::not_requested(),
        activity: Fact::not_requested(),
        pitr: Fact::not_requested(),
        ttl: Fact::not_requested(),
        kinesis_destinations: Fact::not_requested(),
        tags: Fact::not_requested(),
    }
}

/// No BillingModeSummary is PROVISIONED: AWS gives it only to tables that were on-demand once.
fn billing_mode(table: &TableDescription) -> Result<BillingMode, Malformed> {
    match &table.billing_mode_summary {
        None => Ok(BillingMode::from(BillingMode::PROVISIONED)),
        Some(billing) => choice(
            billing.billing_mode.as_ref().map(|mode| mode.as_str()),
            "BillingMode",
        ),
    }
}

type Units = Result<u64, Malformed>;

/// Read and write units a second. They are always there for provisioned capacity; on-demand is 0.
pub(super) fn provisioned(
    throughput: Option<&ProvisionedThroughputDescription>,
    on_demand: bool,
) -> (Units, Units) {
    match throughput {
        None if on_demand => (Ok(0), Ok(0)),
        None => {
            let missing = Err(Malformed("ProvisionedThroughput"));
            (missing, missing)
        }
        Some(throughput) => (
            count(throughput.read_capacity_units, "ReadCapacityUnits"),
            count(throughput.write_capacity_units, "WriteCapacityUnits"),
        ),
    }
}

type Maximum = Result<Option<u64>, Malformed>;

/// Highest read and write request units a second. No OnDemandThroughput is no maximum, and so is -1.
pub(super) fn on_demand_maximum(throughput: Option<&OnDemandThroughput>) -> (Maximum, Maximum) {
    let read = throughput.and_then(|throughput| throughput.max_read_request_units);
    let write = throughput.and_then(|throughput| throughput.max_write_request_units);
    (
        maybe_count(read.filter(|units| *units != -1), "MaxReadRequestUnits"),
        maybe_count(write.filter(|units| *units != -1), "MaxWriteRequestUnits"),
    )
}

fn table_warm(warm: &TableWarmThroughputDescription) -> Result<WarmThroughput, Malformed> {
    Ok(WarmThroughput {
        read_units_per_s: count(warm.read_units_per_second, "ReadUnitsPerSecond")?,
        write_units_per_s: count(warm.write_units_per_second, "WriteUnitsPerSecond")?,
        status: maybe_choice(warm.status.as_ref().map(|status| status.as_str())),
    })
}

/// No SSEDescription is the key that AWS owns; the table is encrypted all the same.
fn encryption(sse: Option<&SseDescription>) -> Result<Encryption, Malformed> {
    let Some(sse) = sse else {
        return Ok(aws_owned());
    };
    let status: Option<EncryptionStatus> =
        maybe_choice(sse.status.as_ref().map(|status| status.as_str()));
    let off = status
        .as_ref()
        .is_some_and(|status| status.is(EncryptionStatus::DISABLED));
    if off && sse.sse_type.is_none() {
        return Ok(aws_owned());
    }
    Ok(Encryption {
        kind: choice(sse.sse_type.as_ref().map(|kind| kind.as_str()), "SSEType")?,
        key_arn: sse.kms_master_key_arn.clone(),
        status,
        inaccessible_since: maybe_time(
            sse.inaccessible_encryption_date_time.as_ref(),
            "InaccessibleEncryptionDateTime",
        )?,
    })
}

fn aws_owned() -> Encryption {
    Encryption {
        kind: EncryptionType::from(EncryptionType::AWS_OWNED),
        key_arn: None,
        status: None,
        inaccessible_since: None,
    }
}

/// No TableClassSummary is STANDARD.
fn table_class(table: &TableDescription) -> Result<TableClass, Malformed> {
    match &table.table_class_summary {
        None => Ok(TableClass::from(TableClass::STANDARD)),
        Some(class) => choice(
            class.table_class.as_ref().map(|class| class.as_str()),
            "TableClass",
        ),
    }
}

/// The stream only while it is on: LatestStreamArn lingers after it was turned off.
fn stream(table: &TableDescription) -> Result<Option<Stream>, Malformed> {
    let Some(specification) = &table.stream_specification else {
        return Ok(None);
    };
    if !specification.stream_enabled {
        return Ok(None);
    }
    Ok(Some(Stream {
        view_type: choice(
            specification
                .stream_view_type
                .as_ref()
                .map(|view| view.as_str()),
            "StreamViewType",
        )?,
        arn: text(table.latest_stream_arn.as_deref(), "LatestStreamArn")?,
        label: text(table.latest_stream_label.as_deref(), "LatestStreamLabel")?,
    }))
}

fn replicas(replicas: &[ReplicaDescription]) -> Result<Vec<Replica>, Malformed> {
    let mut replicas: Vec<Replica> = replicas.iter().map(replica).collect::<Result<_, _>>()?;
    replicas.sort_by(|a, b| a.region.cmp(&b.region));
    Ok(replicas)
}

fn replica(replica: &ReplicaDescription) -> Result<Replica, Malformed> {
    let provisioned = replica.provisioned_throughput_override.as_ref();
    let on_demand = replica.on_demand_throughput_override.as_ref();
    let class = replica.replica_table_class_summary.as_ref();
    Ok(Replica {
        region: text(replica.region_name.as_deref(), "RegionName")?,
        status: choice(
            replica
                .replica_status
                .as_ref()
                .map(|status| status.as_str()),
            "ReplicaStatus",
        )?,
        key_arn: replica.kms_master_key_id.clone(),
        read_capacity_units: maybe_count(
            provisioned.and_then(|units| units.read_capacity_units),
            "ReadCapacityUnits",
        )?,
        max_read_request_units: maybe_count(
            on_demand
                .and_then(|units| units.max_read_request_units)
                .filter(|units| *units != -1),
            "MaxReadRequestUnits",
        )?,
        table_class: maybe_choice(
            class
                .and_then(|class| class.table_class.as_ref())
                .map(|class| class.as_str()),
        ),
        inaccessible_since: maybe_time(
            replica.replica_inaccessible_date_time.as_ref(),
            "ReplicaInaccessibleDateTime",
        )?,
        settings_replication: settings_replication(
            replica.global_table_settings_replication_mode.as_ref(),
        ),
        arn: replica.replica_arn.clone(),
    })
}

fn settings_replication(
    mode: Option<&aws_sdk_dynamodb::types::GlobalTableSettingsReplicationMode>,
) -> Option<SettingsReplication> {
    maybe_choice(mode.map(|mode| mode.as_str()))
}

/// No MultiRegionConsistency is EVENTUAL.
fn consistency(table: &TableDescription) -> MultiRegionConsistency {
    let said = table
        .multi_region_consistency
        .as_ref()
        .map(|mode| mode.as_str());
    MultiRegionConsistency::from(said.unwrap_or(MultiRegionConsistency::EVENTUAL))
}

fn witnesses(witnesses: &[GlobalTableWitnessDescription]) -> Result<Vec<Witness>, Malformed> {
    let read = |witness: &GlobalTableWitnessDescription| {
        Ok(Witness {
            region: text(witness.region_name.as_deref(), "RegionName")?,
            status: choice(
                witness
                    .witness_status
                    .as_ref()
                    .map(|status| status.as_str()),
                "WitnessStatus",
            )?,
        })
    };
    let mut witnesses: Vec<Witness> = witnesses.iter().map(read).collect::<Result<_, _>>()?;
    witnesses.sort_by(|a, b| a.region.cmp(&b.region));
    Ok(witnesses)
}

fn restore(restore: &RestoreSummary) -> Result<Restore, Malformed> {
    Ok(Restore {
        restored_at: time(Some(&restore.restore_date_time), "RestoreDateTime")?,
        in_progress: restore.restore_in_progress,
        source_backup_arn: restore.source_backup_arn.clone(),
        source_table_arn: restore.source_table_arn.clone(),
    })
}

fn archival(archival: &ArchivalSummary) -> Result<Archival, Malformed> {
    Ok(Archival {
        archived_at: maybe_time(archival.archival_date_time.as_ref(), "ArchivalDateTime")?,
        reason: text(archival.archival_reason.as_deref(), "ArchivalReason")?,
        backup_arn: archival.archival_backup_arn.clone(),
    })
}

/// Point-in-time recovery. ContinuousBackupsStatus is ENABLED on every table and says nothing, unless it is DISABLED
/// and there is nothing else.
pub(super) fn pitr(backups: Option<&ContinuousBackupsDescription>) -> Result<Pitr, Malformed> {
    let backups = needed(backups, "ContinuousBackupsDescription")?;
    let Some(pitr) = &backups.point_in_time_recovery_description else {
        return match backups.continuous_backups_status.as_str() {
            PitrStatus::DISABLED => Ok(Pitr {
                status: PitrStatus::from(PitrStatus::DISABLED),
                window_days: None,
                earliest_restorable_at: None,
                latest_restorable_at: None,
            }),
            _ => Err(Malformed("PointInTimeRecoveryDescription")),
        };
    };
    let status = pitr.point_in_time_recovery_status.as_ref();
    let window = pitr.recovery_period_in_days.map(u32::try_from).transpose();
    let earliest = pitr.earliest_restorable_date_time.as_ref();
    let latest = pitr.latest_restorable_date_time.as_ref();
    Ok(Pitr {
        status: choice(
            status.map(|status| status.as_str()),
            "PointInTimeRecoveryStatus",
        )?,
        window_days: window.map_err(|_| Malformed("RecoveryPeriodInDays"))?,
        earliest_restorable_at: maybe_time(earliest, "EarliestRestorableDateTime")?,
        latest_restorable_at: maybe_time(latest, "LatestRestorableDateTime")?,
    })
}

/// Time to live; AttributeName is missing when it is off.
pub(super) fn ttl(ttl: Option<&TimeToLiveDescription>) -> Result<Ttl, Malformed> {
    let ttl = needed(ttl, "TimeToLiveDescription")?;
    let status = ttl.time_to_live_status.as_ref();
    Ok(Ttl {
        status: choice(status.map(|status| status.as_str()), "TimeToLiveStatus")?,
        attribute: ttl.attribute_name.clone(),
    })
}

/// The Kinesis streams of a table. An answer that names its table and has no list is about one that never had any.
pub(super) fn destinations(
    table: Option<&str>,
    destinations: Option<&[KinesisDataStreamDestination]>,
) -> Result<Vec<KinesisDestination>, Malformed> {
    let read = |each: &KinesisDataStreamDestination| {
        let status = each.destination_status();
        let stream_arn = text(each.stream_arn(), "StreamArn")?;
        Ok(KinesisDestination {
            stream: super::region::end(&stream_arn),
            stream_arn,
            status: choice(status.map(|it| it.as_str()), "DestinationStatus")?,
            status_detail: each.destination_status_description().map(str::to_owned),
        })
    };
    text(table, "TableName")?;
    let all = destinations.unwrap_or_default().iter().map(read);
    let mut all: Vec<KinesisDestination> = all.collect::<Result<_, _>>()?;
    all.sort_by(|a, b| a.stream_arn.cmp(&b.stream_arn));
    Ok(all)
}

/// The state of a table or index.
pub(super) fn status(
    word: Option<&str>,
    member: &'static str,
) -> Result<ResourceStatus, Malformed> {
    choice(word, member)
}
