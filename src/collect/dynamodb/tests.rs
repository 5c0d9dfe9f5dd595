//! What a missing member of a description means, one by one.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode as SdkBilling, BillingModeSummary,
    ContinuousBackupsDescription, ContinuousBackupsStatus, GlobalSecondaryIndexDescription,
    KeySchemaElement, KeyType, OnDemandThroughput, PointInTimeRecoveryDescription,
    PointInTimeRecoveryStatus, Projection, ProjectionType, ProvisionedThroughputDescription,
    ScalarAttributeType, SseDescription, SseStatus, SseType, StreamSpecification, StreamViewType,
    TableDescription, TableStatus, TimeToLiveDescription, TimeToLiveStatus,
};

use super::table::{from_description, pitr, ttl};
use crate::collect::shape::Malformed;
use crate::snapshot::fact::{Fact, Reason};
use crate::snapshot::table::{BillingMode, EncryptionType, Table, TableClass};

fn key(name: &str, role: KeyType) -> KeySchemaElement {
    let key = KeySchemaElement::builder().attribute_name(name);
    key.key_type(role).build().expect("complete")
}

fn attribute(name: &str) -> AttributeDefinition {
    let attribute = AttributeDefinition::builder().attribute_name(name);
    let attribute = attribute.attribute_type(ScalarAttributeType::S);
    attribute.build().expect("complete")
}

/// The least that AWS gives of a table that never was anything special.
fn plain() -> aws_sdk_dynamodb::types::builders::TableDescriptionBuilder {
    let throughput = ProvisionedThroughputDescription::builder()
        .read_capacity_units(5)
        .write_capacity_units(5);
    TableDescription::builder()
        .table_name("orders")
        .table_arn("arn:aws:dynamodb:eu-west-1:123456789012:table/orders")
        .table_status(TableStatus::Active)
        .key_schema(key("PK", KeyType::Hash))
        .attribute_definitions(attribute("PK"))
        .provisioned_throughput(throughput.build())
        .table_size_bytes(0)
        .item_count(0)
}

fn read(description: aws_sdk_dynamodb::types::builders::TableDescriptionBuilder) -> Table {
    from_description("orders", &description.build())
}

fn known<T>(fact: &Fact<T>) -> &T {
    fact.as_ref().map_err(ToString::to_string).expect("known")
}

fn is_malformed<T: std::fmt::Debug>(fact: &Fact<T>) -> bool {
    fact.as_ref()
        .is_err_and(|why| why.reason == Reason::Malformed)
}

#[test]
fn what_a_plain_table_leaves_out_has_its_documented_meaning() {
    let table = read(plain());
    assert!(known(&table.billing_mode).is(BillingMode::PROVISIONED));
    assert!(known(&table.encryption).kind.is(EncryptionType::AWS_OWNED));
    assert!(known(&table.table_class).is(TableClass::STANDARD));
    assert!(known(&table.multi_region_consistency).is("EVENTUAL"));
    assert!(!known(&table.deletion_protection));
    assert_eq!(known(&table.stream), &None);
    assert_eq!(known(&table.max_read_request_units), &None);
    assert_eq!(known(&table.on_demand_since), &None);
    assert_eq!(known(&table.restore), &None);
    assert!(known(&table.indexes).is_empty() && known(&table.local_indexes).is_empty());
    assert!(known(&table.replicas).is_empty() && known(&table.vector_indexes).is_empty());
    assert!(table.pitr.is_not_requested() && table.tags.is_not_requested());
}

#[test]
fn what_is_always_there_is_malformed_when_it_is_not() {
    let table = from_description("orders", &TableDescription::builder().build());
    assert!(is_malformed(&table.arn) && is_malformed(&table.status));
    assert!(is_malformed(&table.key_schema) && is_malformed(&table.size_bytes));
    assert!(is_malformed(&table.read_capacity_units));
    let undefined = plain().set_attribute_definitions(None);
    assert!(is_malformed(&read(undefined).key_schema));
}

#[test]
fn on_demand_needs_no_throughput_and_minus_one_is_no_maximum() {
    let mode = BillingModeSummary::builder().billing_mode(SdkBilling::PayPerRequest);
    let maximum = OnDemandThroughput::builder()
        .max_read_request_units(-1)
        .max_write_request_units(400);
    let table = plain()
        .billing_mode_summary(mode.build())
        .set_provisioned_throughput(None)
        .on_demand_throughput(maximum.build());
    let table = read(table);
    assert_eq!(known(&table.read_capacity_units), &0);
    assert_eq!(known(&table.max_read_request_units), &None);
    assert_eq!(known(&table.max_write_request_units), &Some(400));
}

#[test]
fn a_stream_that_is_off_is_none_though_its_arn_lingers() {
    let stream = |on| {
        let specification = StreamSpecification::builder().stream_enabled(on);
        let specification = specification.stream_view_type(StreamViewType::KeysOnly);
        let table = plain()
            .latest_stream_arn("arn:s")
            .latest_stream_label("2026");
        read(table.stream_specification(specification.build().expect("complete")))
    };
    assert_eq!(known(&stream(false).stream), &None);
    let on = stream(true);
    assert!(
        known(&on.stream)
            .as_ref()
            .is_some_and(|stream| stream.view_type.is("KEYS_ONLY"))
    );
}

#[test]
fn a_kms_key_is_kept_with_its_state() {
    let sse = SseDescription::builder()
        .sse_type(SseType::Kms)
        .status(SseStatus::Enabled)
        .kms_master_key_arn("arn:aws:kms:eu-west-1:123456789012:key/k");
    let table = read(plain().sse_description(sse.build()));
    let encryption = known(&table.encryption);
    assert!(encryption.kind.is(EncryptionType::KMS) && encryption.key_arn.is_some());
}

#[test]
fn a_word_that_we_do_not_know_is_kept_as_it_came() {
    let table = read(plain().table_status(TableStatus::from("NAPPING")));
    assert!(known(&table.status).is("NAPPING"));
}

#[test]
fn an_index_without_its_sizes_lacks_them_alone() {
    let throughput = ProvisionedThroughputDescription::builder()
        .read_capacity_units(1)
        .write_capacity_units(1);
    let index = GlobalSecondaryIndexDescription::builder()
        .index_name("GSI1")
        .key_schema(key("PK", KeyType::Hash))
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::All)
                .build(),
        )
        .provisioned_throughput(throughput.build());
    let table = read(plain().global_secondary_indexes(index.build()));
    let index = &known(&table.indexes)[0];
    assert!(is_malformed(&index.size_bytes) && is_malformed(&index.status));
    assert_eq!(known(&index.write_capacity_units), &1);
    assert!(!known(&index.backfilling));
}

#[test]
fn recovery_is_read_from_its_own_status() {
    let backups = |status: &str, pitr| {
        ContinuousBackupsDescription::builder()
            .continuous_backups_status(ContinuousBackupsStatus::from(status))
            .set_point_in_time_recovery_description(pitr)
            .build()
            .expect("complete")
    };
    let off = PointInTimeRecoveryDescription::builder()
        .point_in_time_recovery_status(PointInTimeRecoveryStatus::Disabled);
    let read = pitr(Some(&backups("ENABLED", Some(off.build())))).expect("readable");
    assert!(read.status.is("DISABLED") && read.window_days.is_none());
    let read = pitr(Some(&backups("DISABLED", None))).expect("readable");
    assert!(read.status.is("DISABLED"));
    let missing = Err(Malformed("PointInTimeRecoveryDescription"));
    assert_eq!(pitr(Some(&backups("ENABLED", None))), missing);
    assert_eq!(pitr(None), Err(Malformed("ContinuousBackupsDescription")));
}

#[test]
fn time_to_live_that_is_off_has_no_attribute() {
    let off = TimeToLiveDescription::builder().time_to_live_status(TimeToLiveStatus::Disabled);
    assert_eq!(ttl(Some(&off.build())).expect("readable").attribute, None);
    assert_eq!(ttl(None), Err(Malformed("TimeToLiveDescription")));
    let empty = TimeToLiveDescription::builder().build();
    assert_eq!(ttl(Some(&empty)), Err(Malformed("TimeToLiveStatus")));
}
