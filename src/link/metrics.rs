//! Which dimension sets the metrics of DynamoDB and of what reads its streams publish, how often, and which are sparse.
//!
//! A table of facts, not a question to ListMetrics: that forgets a metric which was silent for two weeks, and throttles
//! are silent until the day they matter. Source: "DynamoDB metrics and dimensions", developer guide.

use super::signal::{LAMBDA, NAMESPACE, SQS};
use crate::snapshot::record::Value;

/// How a metric is published.
#[derive(Debug)]
pub struct Metric {
    /// Name.
    pub name: &'static str,
    /// Seconds between two data points.
    pub granularity_s: u64,
    /// Whether it is published for an index too, with the dimension GlobalSecondaryIndexName.
    pub per_index: bool,
    /// Whether it publishes only when something happens.
    pub sparse: bool,
    /// Whether each sample is of one request or event, so that only its sums grow with the load: the average of consumed
    /// units is what one request takes.
    pub summed: bool,
}

const fn events(name: &'static str) -> Metric {
    Metric {
        name,
        granularity_s: 60,
        per_index: true,
        sparse: true,
        summed: true,
    }
}

/// The metrics that a table publishes with the dimension TableName alone.
pub const TABLE_METRICS: &[Metric] = &[
    Metric {
        name: "ConsumedReadCapacityUnits",
        granularity_s: 60,
        per_index: true,
        sparse: false,
        summed: true,
    },
    Metric {
        name: "ConsumedWriteCapacityUnits",
        granularity_s: 60,
        per_index: true,
        sparse: false,
        summed: true,
    },
    Metric {
        name: "ProvisionedReadCapacityUnits",
        granularity_s: 300,
        per_index: true,
        sparse: false,
        summed: false,
    },
    Metric {
        name: "ProvisionedWriteCapacityUnits",
        granularity_s: 300,
        per_index: true,
        sparse: false,
        summed: false,
    },
    events("ReadThrottleEvents"),
    events("WriteThrottleEvents"),
    events("ReadProvisionedThroughputThrottleEvents"),
    events("WriteProvisionedThroughputThrottleEvents"),
    events("ReadKeyRangeThroughputThrottleEvents"),
    events("WriteKeyRangeThroughputThrottleEvents"),
    events("ReadMaxOnDemandThroughputThrottleEvents"),
    events("WriteMaxOnDemandThroughputThrottleEvents"),
    events("ReadAccountLimitThrottleEvents"),
    events("WriteAccountLimitThrottleEvents"),
    Metric {
        name: "ConditionalCheckFailedRequests",
        granularity_s: 60,
        per_index: false,
        sparse: true,
        summed: true,
    },
    Metric {
        name: "TransactionConflict",
        granularity_s: 60,
        per_index: false,
        sparse: true,
        summed: true,
    },
    Metric {
        name: "TimeToLiveDeletedItemCount",
        granularity_s: 60,
        per_index: false,
        sparse: true,
        summed: true,
    },
];

/// The metrics of a Lambda function that tell of trouble with a stream, with the dimension FunctionName ("Using CloudWatch
/// metrics with Lambda", Lambda developer guide). Each invocation is a sample of Errors, of the value 0 or 1.
pub const FUNCTION_METRICS: &[Metric] = &[
    Metric {
        name: "IteratorAge",
        granularity_s: 60,
        per_index: false,
        sparse: false,
        summed: false,
    },
    Metric {
        per_index: false,
        ..events("Errors")
    },
    Metric {
        per_index: false,
        ..events("Throttles")
    },
];

/// The metrics of an SQS queue that tell of messages in it, with the dimension QueueName ("Available CloudWatch metrics for
/// Amazon SQS", SQS developer guide).
pub const QUEUE_METRICS: &[Metric] = &[
    Metric {
        name: "ApproximateNumberOfMessagesVisible",
        granularity_s: 60,
        per_index: false,
        sparse: false,
        summed: false,
    },
    Metric {
        name: "ApproximateAgeOfOldestMessage",
        granularity_s: 60,
        per_index: false,
        sparse: false,
        summed: false,
    },
];

/// All metrics of this file with their namespaces.
pub(super) fn all() -> impl Iterator<Item = (&'static str, &'static Metric)> {
    let of = |namespace, metrics: &'static [Metric]| metrics.iter().map(move |it| (namespace, it));
    of(NAMESPACE, TABLE_METRICS)
        .chain(of(LAMBDA, FUNCTION_METRICS))
        .chain(of(SQS, QUEUE_METRICS))
}

/// The metric of a name that a function publishes with FunctionName.
pub fn function_metric(name: &str) -> Option<&'static Metric> {
    FUNCTION_METRICS.iter().find(|metric| metric.name == name)
}

/// The metric of a name that a queue publishes with QueueName.
pub fn queue_metric(name: &str) -> Option<&'static Metric> {
    QUEUE_METRICS.iter().find(|metric| metric.name == name)
}

/// The metric of a name that a table publishes with TableName alone.
pub fn table_metric(name: &str) -> Option<&'static Metric> {
    TABLE_METRICS.iter().find(|metric| metric.name == name)
}

/// The metric of a name that an index publishes with TableName and GlobalSecondaryIndexName.
pub fn index_metric(name: &str) -> Option<&'static Metric> {
    table_metric(name).filter(|metric| metric.per_index)
}

/// Whether literal arguments name a metric; the error says which there are.
pub(super) fn check_metric(
    args: &[&str],
    find: fn(&str) -> Option<&'static Metric>,
) -> Result<(), String> {
    let Some(name) = args.first() else {
        return Ok(());
    };
    if find(name).is_some() {
        return Ok(());
    }
    let names = all()
        .map(|(_, metric)| metric.name)
        .filter(|name| find(name).is_some());
    let near = crate::yaml::nearest(name, names)
        .map_or_else(String::new, |near| format!(", did you mean \"{near}\"?"));
    Err(format!("\"{name}\" is no metric that it publishes{near}"))
}

pub(super) fn metric_of(
    args: &[Value<'_>],
    find: fn(&str) -> Option<&'static Metric>,
) -> Option<&'static Metric> {
    match args {
        [Value::Text(name)] => find(name),
        _ => None,
    }
}
