//! Which dimension sets each metric of `AWS/DynamoDB` publishes, and the metrics that are no table's or index's own.
//!
//! A set that publishes nothing gives no error: CloudWatch takes the alarm, and it never has data. Source: "DynamoDB
//! metrics and dimensions", developer guide. What that page leaves open is not held against an alarm.

use super::logic::Answer;
use super::metrics::{self, Metric};
use super::signal::NAMESPACE;
use crate::snapshot::fact::UNRECOGNISED;

/// Names of dimensions, sorted.
type Set = &'static [&'static str];

const TABLE: Set = &["TableName"];
const INDEX: Set = &["GlobalSecondaryIndexName", "TableName"];
const OPERATION: Set = &["Operation", "TableName"];
const STREAM: Set = &["Operation", "StreamLabel", "TableName"];
const REGION: Set = &["ReceivingRegion", "TableName"];
const DELEGATED: Set = &["DelegatedOperation", "TableName"];
const TABLE_SOURCE: Set = &["Source", "TableName"];
const INDEX_SOURCE: Set = &["GlobalSecondaryIndexName", "Source", "TableName"];
const ACCOUNT: Set = &[];

/// The names of operations that have metrics of their own, as the dimension Operation spells them.
pub const OPERATIONS: [&str; 13] = [
    "PutItem",
    "DeleteItem",
    "UpdateItem",
    "GetItem",
    "BatchGetItem",
    "Scan",
    "Query",
    "BatchWriteItem",
    "TransactWriteItems",
    "TransactGetItems",
    "ExecuteTransaction",
    "BatchExecuteStatement",
    "ExecuteStatement",
];

const fn metric(name: &'static str, granularity_s: u64, sparse: bool, summed: bool) -> Metric {
    Metric {
        name,
        granularity_s,
        per_index: false,
        sparse,
        summed,
    }
}

/// The metrics that are published for each operation of a table.
pub const OPERATION_METRICS: &[Metric] = &[
    metric("SuccessfulRequestLatency", 60, false, false),
    metric("SystemErrors", 60, true, true),
    metric("ThrottledRequests", 60, true, true),
    metric("ReturnedItemCount", 60, false, true),
];

/// The metrics of an account in a region, which have no dimensions.
pub const ACCOUNT_METRICS: &[Metric] = &[
    metric("UserErrors", 60, true, true),
    metric(
        "AccountProvisionedReadCapacityUtilization",
        300,
        false,
        false,
    ),
    metric(
        "AccountProvisionedWriteCapacityUtilization",
        300,
        false,
        false,
    ),
    metric(
        "MaxProvisionedTableReadCapacityUtilization",
        300,
        false,
        false,
    ),
    metric(
        "MaxProvisionedTableWriteCapacityUtilization",
        300,
        false,
        false,
    ),
];

/// How long a change takes to another replica. The page of metrics counts it among those of five minutes, and the page of
/// recommended alarms watches it every minute: so a period of a minute is no defect.
pub static REPLICATION_LATENCY: Metric = metric("ReplicationLatency", 60, false, false);

/// The metric of a name that is published for each operation.
pub fn operation_metric(name: &str) -> Option<&'static Metric> {
    OPERATION_METRICS.iter().find(|metric| metric.name == name)
}

/// The metric of a name that an account has.
pub fn account_metric(name: &str) -> Option<&'static Metric> {
    ACCOUNT_METRICS.iter().find(|metric| metric.name == name)
}

/// All metrics that coverage can be asked about, with their namespaces.
pub fn all() -> impl Iterator<Item = (&'static str, &'static Metric)> {
    let of_dynamodb = OPERATION_METRICS
        .iter()
        .chain(ACCOUNT_METRICS)
        .chain(std::iter::once(&REPLICATION_LATENCY));
    metrics::all().chain(of_dynamodb.map(|metric| (NAMESPACE, metric)))
}

/// Whether literal arguments name a metric of these first; the error says which there are. Further arguments, if any,
/// name operations.
pub(super) fn check(args: &[&str], known: &'static [Metric]) -> Result<(), String> {
    let Some(name) = args.first() else {
        return Ok(());
    };
    if known.iter().any(|metric| metric.name == *name) {
        return Ok(());
    }
    let near = crate::yaml::nearest(name, known.iter().map(|metric| metric.name))
        .map_or_else(String::new, |near| format!(", did you mean \"{near}\"?"));
    Err(format!("\"{name}\" is no metric that it publishes{near}"))
}

/// Whether literal arguments name a metric of a table, its own or by operation.
pub(super) fn check_any(args: &[&str]) -> Result<(), String> {
    match args
        .first()
        .is_some_and(|name| operation_metric(name).is_some())
    {
        true => Ok(()),
        false => metrics::check_metric(args, metrics::table_metric),
    }
}

/// Whether a metric publishes anything under exactly these dimensions; the names must be sorted. Unknown for a metric
/// that this version does not know, and for the dimensions of PartiQL, whose sets the page does not list.
pub fn publishes(metric: &str, dimensions: &[&str]) -> Answer<'static> {
    let of_partiql = |name: &&str| matches!(*name, "OperationType" | "Verb");
    if dimensions.iter().any(of_partiql) {
        return Answer::Unknown(&UNRECOGNISED);
    }
    match sets(metric) {
        Some(sets) => Answer::of(sets.contains(&dimensions)),
        None => Answer::Unknown(&UNRECOGNISED),
    }
}

/// The dimension sets of a metric in words: `TableName + Operation`.
pub fn sets_in_words(metric: &str) -> String {
    let words = |set: &Set| match set.is_empty() {
        true => "no dimensions".to_owned(),
        false => in_words(set),
    };
    let sets = sets(metric).unwrap_or_default();
    sets.iter().map(words).collect::<Vec<_>>().join(", or ")
}

/// A dimension set in words, TableName first.
pub fn in_words(set: &[&str]) -> String {
    let mut names = set.to_vec();
    names.sort_by_key(|name| (*name != "TableName", *name));
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(" + "),
    }
}

fn sets(metric: &str) -> Option<Vec<Set>> {
    if let Some(known) = metrics::table_metric(metric) {
        let mut sets = vec![TABLE];
        sets.extend(known.per_index.then_some(INDEX));
        if metric == "ConsumedWriteCapacityUnits" {
            sets.extend([TABLE_SOURCE, INDEX_SOURCE]);
        }
        return Some(sets);
    }
    let sets = match metric {
        "SuccessfulRequestLatency" | "ThrottledRequests" => vec![OPERATION, STREAM],
        // The page of metrics says with Operation; the page of recommended alarms watches it by TableName alone.
        "SystemErrors" => vec![OPERATION, TABLE, STREAM],
        "ReturnedItemCount" | "FaultInjectionServiceInducedErrors" => vec![OPERATION],
        "ReturnedBytes" | "ReturnedRecordsCount" => vec![STREAM],
        "OnDemandMaxReadRequestUnits" | "OnDemandMaxWriteRequestUnits" => vec![TABLE, INDEX],
        "OnlineIndexPercentageProgress"
        | "OnlineIndexConsumedWriteCapacity"
        | "OnlineIndexThrottleEvents" => vec![INDEX],
        "ReplicationLatency" | "PendingReplicationCount" => vec![REGION],
        "AgeOfOldestUnreplicatedRecord"
        | "ConsumedChangeDataCaptureUnits"
        | "FailedToReplicateRecordCount"
        | "ThrottledPutRecordCount" => vec![DELEGATED],
        "AccountMaxReads"
        | "AccountMaxWrites"
        | "AccountMaxTableLevelReads"
        | "AccountMaxTableLevelWrites" => vec![ACCOUNT],
        _ => return account_metric(metric).map(|_| vec![ACCOUNT]),
    };
    Some(sets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_dimension_set_publishes() {
        for (metric, dimensions, expected) in [
            ("WriteThrottleEvents", &["TableName"][..], Answer::Yes),
            ("WriteThrottleEvents", INDEX, Answer::Yes),
            ("WriteThrottleEvents", OPERATION, Answer::No),
            ("WriteThrottleEvents", &[], Answer::No),
            ("TransactionConflict", INDEX, Answer::No),
            ("ThrottledRequests", TABLE, Answer::No),
            ("ThrottledRequests", OPERATION, Answer::Yes),
            ("SuccessfulRequestLatency", TABLE, Answer::No),
            ("SystemErrors", TABLE, Answer::Yes),
            ("SystemErrors", OPERATION, Answer::Yes),
            ("UserErrors", &[], Answer::Yes),
            ("UserErrors", TABLE, Answer::No),
            ("ReplicationLatency", REGION, Answer::Yes),
            ("ReplicationLatency", TABLE, Answer::No),
            ("ConsumedWriteCapacityUnits", TABLE_SOURCE, Answer::Yes),
            ("ConsumedReadCapacityUnits", TABLE_SOURCE, Answer::No),
        ] {
            assert_eq!(
                publishes(metric, dimensions),
                expected,
                "{metric} {dimensions:?}"
            );
        }
        let open = Answer::Unknown(&UNRECOGNISED);
        assert_eq!(publishes("VectorSearchRequestBytes", TABLE), open);
        assert_eq!(
            publishes("ThrottledRequests", &["Operation", "TableName", "Verb"]),
            open
        );
    }

    #[test]
    fn every_set_is_sorted_so_that_it_can_be_compared() {
        let names = [
            "SystemErrors",
            "ReplicationLatency",
            "ReturnedBytes",
            "ThrottledPutRecordCount",
        ];
        for set in names
            .iter()
            .chain(&["ConsumedWriteCapacityUnits"])
            .flat_map(|it| sets(it))
        {
            assert!(set.iter().all(|set| set.is_sorted()), "{set:?}");
        }
    }
}
