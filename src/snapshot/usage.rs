//! What CloudWatch counted of a table and its indexes over a window of time: summaries, never the series themselves.
//!
//! Two kinds of metrics behave differently where nothing happened ("DynamoDB metrics and dimensions", developer guide).
//! Consumed units are published every minute of a table's life, as 0 when it is idle: no datapoint at all means that
//! CloudWatch has nothing to tell, and the summary is null. Throttles, errors, latencies and deletions are published
//! only when they happen: no datapoint in a complete answer is a count of 0.

use jiff::Timestamp;

use crate::record;

record! {
    /// What the reads and writes of a table or index came to in the window. A table's figures leave its indexes out.
    pub struct Usage = "usage" labelled until {
        /// Start of the window.
        since: Timestamp, Volatile [GetMetricData];
        /// End of the window: the last five minutes that were surely published.
        until: Timestamp, Volatile [GetMetricData];
    } facts {
        /// Read units consumed; null where CloudWatch has no datapoint.
        consumed_reads: Option<Consumption>, Volatile [GetMetricData];
        /// Write units consumed; null where CloudWatch has no datapoint.
        consumed_writes: Option<Consumption>, Volatile [GetMetricData];
        /// Consumed over provisioned read units; null when on-demand, or where CloudWatch has no datapoint.
        read_utilisation: Option<Utilisation>, Volatile [GetMetricData];
        /// Consumed over provisioned write units; null when on-demand, or where CloudWatch has no datapoint.
        write_utilisation: Option<Utilisation>, Volatile [GetMetricData];
        /// Reads that were throttled.
        read_throttles: Throttles, Volatile [GetMetricData];
        /// Writes that were throttled.
        write_throttles: Throttles, Volatile [GetMetricData];
    }
}

record! {
    /// Units consumed in the window, from sums of five minutes.
    pub struct Consumption = "consumption" labelled sum {
        /// Units in all.
        sum: f64, Volatile [GetMetricData];
        /// Units a second, on average of the time with datapoints.
        average_per_s: f64, Volatile [GetMetricData];
        /// Units a second that nineteen of twenty periods of five minutes stayed at or below.
        p95_per_s: f64, Volatile [GetMetricData];
        /// Units a second in the busiest five minutes. A shorter peak was higher.
        peak_per_s: f64, Volatile [GetMetricData];
        /// Share of the window with datapoints, 0 to 1: less than 1 where the table or index is younger than the window.
        coverage: f64, Volatile [GetMetricData];
        /// The last five minutes in which something was consumed, by their start; null if there are none.
        last_used_at: Option<Timestamp>, Volatile [GetMetricData];
        /// Units of each 24 hours, oldest first; the last 24 hours end with the window.
        daily: Vec<f64>, Volatile [GetMetricData];
    }
}

record! {
    /// Consumed over provisioned units, from five minutes each; 1 is all of them.
    pub struct Utilisation = "utilisation" labelled peak {
        /// All that was consumed over all that was provisioned.
        average: f64, Volatile [GetMetricData];
        /// What nineteen of twenty periods of five minutes stayed at or below.
        p95: f64, Volatile [GetMetricData];
        /// The busiest five minutes. Above 1 by bursts.
        peak: f64, Volatile [GetMetricData];
    }
}

record! {
    /// Throttle events, by cause. An event may have several causes, and a version of DynamoDB may add one: they need not
    /// add up.
    pub struct Throttles = "throttles" labelled total {
        /// Events of any cause.
        total: u64, Volatile [GetMetricData];
        /// Events because one partition was asked for more than a partition gives.
        key_range: u64, Volatile [GetMetricData];
        /// Events because provisioned capacity was used up; null when on-demand.
        provisioned: Option<u64>, Volatile [GetMetricData];
        /// Events because the on-demand maximum was reached; null when provisioned, or without a maximum.
        on_demand_maximum: Option<u64>, Volatile [GetMetricData];
        /// Events because a quota of the account was reached; null when provisioned.
        account_limit: Option<u64>, Volatile [GetMetricData];
        /// The last hour with an event, by its start; null if there is none.
        last_at: Option<Timestamp>, Volatile [GetMetricData];
    }
}

record! {
    /// What was asked of a table and its indexes together in the window.
    pub struct Activity = "activity" labelled until {
        /// Start of the window.
        since: Timestamp, Volatile [GetMetricData];
        /// End of the window.
        until: Timestamp, Volatile [GetMetricData];
    } facts {
        /// The operations with successful requests. Operations that had none are left out.
        requests: Vec<OperationRequests>, Volatile [GetMetricData];
        /// How long operations on one item, and queries, took. Operations that had no request are left out.
        latency: Vec<OperationLatency>, Volatile [GetMetricData];
        /// The operations with internal errors of DynamoDB (HTTP 500). Operations that had none are left out.
        system_errors: Vec<OperationErrors>, Volatile [GetMetricData];
        /// Items that time to live deleted; null when it is off.
        ttl_deletions: Option<u64>, Volatile [GetMetricData];
        /// How long writes took to reach other regions. Empty for a table that is not replicated by eventual consistency.
        replication: Vec<ReplicationDelay>, Volatile [GetMetricData];
    }
}

record! {
    /// The successful requests of one operation.
    pub struct OperationRequests = "operation-requests" labelled operation {
        /// Operation: `GetItem`.
        operation: String, Volatile [GetMetricData];
        /// Requests. A scan of a whole table is many: one for each page of up to 1 MB.
        count: u64, Volatile [GetMetricData];
    }
}

record! {
    /// How long the successful requests of one operation took inside DynamoDB: no network, no retries.
    pub struct OperationLatency = "operation-latency" labelled operation {
        /// Operation: `GetItem`.
        operation: String, Volatile [GetMetricData];
        /// Requests.
        count: u64, Volatile [GetMetricData];
        /// Milliseconds that 99 of 100 requests stayed below, on the median of the days with requests.
        p99_ms: f64, Volatile [GetMetricData];
        /// The same on the worst day.
        worst_p99_ms: f64, Volatile [GetMetricData];
    }
}

record! {
    /// The internal errors of one operation.
    pub struct OperationErrors = "operation-errors" labelled operation {
        /// Operation: `GetItem`.
        operation: String, Volatile [GetMetricData];
        /// Errors.
        count: u64, Volatile [GetMetricData];
        /// The last hour with one, by its start.
        last_at: Timestamp, Volatile [GetMetricData];
    }
}

record! {
    /// How long writes took to reach one other region.
    pub struct ReplicationDelay = "replication-delay" labelled region {
        /// The receiving region.
        region: String, Volatile [GetMetricData];
        /// Milliseconds on average of the hours; null where nothing was replicated.
        average_ms: Option<f64>, Volatile [GetMetricData];
        /// The average of the worst hour, in milliseconds; null where nothing was replicated.
        worst_hour_ms: Option<f64>, Volatile [GetMetricData];
    }
}
