//! Keys and indexes of a table's description: global, local and vector.
//!
//! An empty or missing list is no indexes. A missing member of one index is a fact of that index where it can be.

use aws_sdk_dynamodb::types::{
    GlobalSecondaryIndexDescription, GlobalSecondaryIndexWarmThroughputDescription,
    KeySchemaElement, LocalSecondaryIndexDescription, Projection as SdkProjection,
    TableDescription, VectorIndexDescription,
};

use super::table::{on_demand_maximum, provisioned, status};
use super::told;
use crate::collect::shape::{Malformed, choice, count, maybe_choice, needed, text};
use crate::snapshot::fact::Fact;
use crate::snapshot::table::{
    AttributeType, Index, KeyAttribute, LocalIndex, Projection, VectorIndex, WarmThroughput,
};

/// The attributes of a key with their types, in the order of AWS: it matters in an index with several.
pub(super) fn key_schema(
    keys: Option<&[KeySchemaElement]>,
    table: &TableDescription,
) -> Result<Vec<KeyAttribute>, Malformed> {
    let keys = needed(keys.filter(|keys| !keys.is_empty()), "KeySchema")?;
    keys.iter().map(|key| key_attribute(key, table)).collect()
}

fn key_attribute(
    key: &KeySchemaElement,
    table: &TableDescription,
) -> Result<KeyAttribute, Malformed> {
    Ok(KeyAttribute {
        name: text(Some(key.attribute_name()), "AttributeName")?,
        role: choice(Some(key.key_type().as_str()), "KeyType")?,
        data_type: attribute_type(key.attribute_name(), table)?,
    })
}

fn attribute_type(name: &str, table: &TableDescription) -> Result<AttributeType, Malformed> {
    let definitions = table.attribute_definitions().iter();
    let mut named = definitions.filter(|definition| definition.attribute_name() == name);
    let word = named
        .next()
        .map(|definition| definition.attribute_type().as_str());
    choice(word, "AttributeType")
}

fn projection(projection: Option<&SdkProjection>) -> Result<Projection, Malformed> {
    let projection = needed(projection, "Projection")?;
    let mut attributes = projection.non_key_attributes().to_vec();
    attributes.sort();
    Ok(Projection {
        kind: choice(
            projection.projection_type().map(|kind| kind.as_str()),
            "ProjectionType",
        )?,
        attributes,
    })
}

/// The global secondary indexes, sorted by name.
pub(super) fn global(table: &TableDescription, on_demand: bool) -> Result<Vec<Index>, Malformed> {
    let indexes = table.global_secondary_indexes().iter();
    let read = |index| global_index(index, table, on_demand);
    let mut indexes: Vec<Index> = indexes.map(read).collect::<Result<_, _>>()?;
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(indexes)
}

fn global_index(
    index: &GlobalSecondaryIndexDescription,
    table: &TableDescription,
    on_demand: bool,
) -> Result<Index, Malformed> {
    let (read, write) = provisioned(index.provisioned_throughput(), on_demand);
    let (max_read, max_write) = on_demand_maximum(index.on_demand_throughput());
    let word = index.index_status().map(|status| status.as_str());
    Ok(Index {
        name: text(index.index_name(), "IndexName")?,
        arn: Fact::Known(index.index_arn.clone()),
        key_schema: told(key_schema(index.key_schema.as_deref(), table)),
        projection: told(projection(index.projection())),
        status: told(status(word, "IndexStatus")),
        backfilling: Fact::Known(index.backfilling().unwrap_or(false)),
        read_capacity_units: told(read),
        write_capacity_units: told(write),
        max_read_request_units: told(max_read),
        max_write_request_units: told(max_write),
        warm_throughput: told(index.warm_throughput().map(warm).transpose()),
        size_bytes: told(count(index.index_size_bytes(), "IndexSizeBytes")),
        item_count: told(count(index.item_count(), "ItemCount")),
        usage: Fact::not_requested(),
    })
}

fn warm(warm: &GlobalSecondaryIndexWarmThroughputDescription) -> Result<WarmThroughput, Malformed> {
    Ok(WarmThroughput {
        read_units_per_s: count(warm.read_units_per_second(), "ReadUnitsPerSecond")?,
        write_units_per_s: count(warm.write_units_per_second(), "WriteUnitsPerSecond")?,
        status: maybe_choice(warm.status().map(|status| status.as_str())),
    })
}

/// The local secondary indexes, sorted by name.
pub(super) fn local(table: &TableDescription) -> Result<Vec<LocalIndex>, Malformed> {
    let indexes = table.local_secondary_indexes().iter();
    let read = |index| local_index(index, table);
    let mut indexes: Vec<LocalIndex> = indexes.map(read).collect::<Result<_, _>>()?;
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(indexes)
}

fn local_index(
    index: &LocalSecondaryIndexDescription,
    table: &TableDescription,
) -> Result<LocalIndex, Malformed> {
    Ok(LocalIndex {
        name: text(index.index_name(), "IndexName")?,
        key_schema: key_schema(index.key_schema.as_deref(), table)?,
        projection: projection(index.projection())?,
        size_bytes: count(index.index_size_bytes(), "IndexSizeBytes")?,
        item_count: count(index.item_count(), "ItemCount")?,
    })
}

/// The vector indexes, sorted by name.
pub(super) fn vector(table: &TableDescription) -> Result<Vec<VectorIndex>, Malformed> {
    let indexes = table.vector_indexes().iter();
    let mut indexes: Vec<VectorIndex> = indexes.map(vector_index).collect::<Result<_, _>>()?;
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(indexes)
}

fn vector_index(index: &VectorIndexDescription) -> Result<VectorIndex, Malformed> {
    let attribute = index.vector_attribute();
    let word = index.index_status().map(|status| status.as_str());
    Ok(VectorIndex {
        name: text(index.index_name(), "IndexName")?,
        attribute: attribute
            .map(|attribute| attribute.attribute_name().to_owned())
            .filter(|name| !name.is_empty()),
        status: status(word, "IndexStatus")?,
    })
}
