//! Which metrics a summary is made of, and what asking for them costs.
//!
//! GetMetricData is billed by the metric that is asked for, so a run asks for no more than its rules look at. Periods
//! are a bargain: five minutes for consumed units, since a peak over an hour would hide what throttles, an hour for rare
//! events, a day for latencies. The raw series stay out of the snapshot.

use std::collections::BTreeSet;

/// A group of metrics, by what their summary tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// Units consumed.
    Consumed,
    /// Units provisioned: with those consumed, the utilisation.
    Provisioned,
    /// Throttle events by cause.
    Throttles,
    /// Successful requests by operation.
    Requests,
    /// The 99th percentile of latency by operation.
    Latency,
    /// Internal errors by operation.
    SystemErrors,
    /// Items that time to live deleted.
    TtlDeletions,
    /// Delay of replication by receiving region.
    Replication,
}

/// Every operation on items, as the dimension `Operation` spells it ("DynamoDB metrics and dimensions").
pub const OPERATIONS: [&str; 13] = [
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactGetItems",
    "TransactWriteItems",
    "ExecuteStatement",
    "BatchExecuteStatement",
    "ExecuteTransaction",
];

/// The operations whose latency is bounded by DynamoDB more than by what the caller asks for.
pub const TIMED_OPERATIONS: [&str; 5] = ["GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"];

/// US dollars for 1,000 metrics asked for (CloudWatch pricing, "API requests").
pub const USD_PER_1000: f64 = 0.01;

impl Series {
    /// All of them.
    pub const ALL: [Series; 8] = [
        Series::Consumed,
        Series::Provisioned,
        Series::Throttles,
        Series::Requests,
        Series::Latency,
        Series::SystemErrors,
        Series::TtlDeletions,
        Series::Replication,
    ];

    /// What a field of the snapshot, or one derived from it, is made of; nothing for any other field.
    pub fn of_field(name: &str) -> &'static [Series] {
        match name {
            "consumed" | "consumed_reads" | "consumed_writes" => &[Series::Consumed],
            "utilisation" | "read_utilisation" | "write_utilisation" => {
                &[Series::Consumed, Series::Provisioned]
            }
            "throttles" | "throttle_causes" | "read_throttles" | "write_throttles" => {
                &[Series::Throttles]
            }
            "requests" | "request_count" | "scan_share" => &[Series::Requests],
            "latency" => &[Series::Requests, Series::Latency],
            "system_errors" | "system_error_count" => &[Series::SystemErrors],
            "ttl_deletions" => &[Series::TtlDeletions],
            "replication" => &[Series::Replication],
            _ => &[],
        }
    }

    /// What a condition needs that reads these dotted paths and asks for metrics: all, where no path tells.
    pub fn of_paths<'p>(paths: impl IntoIterator<Item = &'p str>) -> BTreeSet<Series> {
        let steps = paths.into_iter().flat_map(|path| path.split('.'));
        let named: BTreeSet<Series> = steps.flat_map(Series::of_field).copied().collect();
        match named.is_empty() {
            true => Series::ALL.into(),
            false => named,
        }
    }

    /// The metrics of this group that a run asks for of a table, at most; replication takes one more for each other region.
    const fn of_table(self, on_demand: bool) -> usize {
        match self {
            Series::Consumed | Series::Provisioned | Series::Throttles => self.of_index(on_demand),
            Series::Requests | Series::SystemErrors => OPERATIONS.len(),
            Series::Latency => TIMED_OPERATIONS.len(),
            Series::TtlDeletions => 1,
            Series::Replication => 0,
        }
    }

    /// The metrics of this group that a run asks for of an index, at most: of reads and of writes.
    const fn of_index(self, on_demand: bool) -> usize {
        match (self, on_demand) {
            (Series::Consumed, _) | (Series::Provisioned, false) => 2,
            // All events, those by key range, by account limit, by on-demand maximum.
            (Series::Throttles, true) => 8,
            // All events, those by key range, by provisioned capacity.
            (Series::Throttles, false) => 6,
            (Series::Provisioned, true)
            | (Series::Requests, _)
            | (Series::Latency, _)
            | (Series::SystemErrors, _)
            | (Series::TtlDeletions, _)
            | (Series::Replication, _) => 0,
        }
    }
}

/// The most metrics that a run asks for of a table without its indexes, and of an index.
pub fn most_metrics(wanted: &BTreeSet<Series>) -> (usize, usize) {
    let most = |count: fn(Series, bool) -> usize| {
        let of = |on_demand| wanted.iter().map(|series| count(*series, on_demand)).sum();
        usize::max(of(true), of(false))
    };
    (most(Series::of_table), most(Series::of_index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::usage::{Activity, Usage};

    #[test]
    fn every_summary_is_made_of_something() {
        for record in [Usage::TYPE, Activity::TYPE] {
            for field in record
                .fields
                .iter()
                .filter(|it| !["since", "until"].contains(&it.name))
            {
                assert!(!Series::of_field(field.name).is_empty(), "{}", field.name);
            }
        }
        assert_eq!(
            Series::of_paths(["table.item_count"]).len(),
            Series::ALL.len()
        );
        assert_eq!(most_metrics(&Series::ALL.into()), (42, 10));
        let one = Series::of_paths(["table.throughputs.throttles.total", "table.tier"]);
        assert_eq!(one, BTreeSet::from([Series::Throttles]));
    }
}
