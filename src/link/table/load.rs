//! How much a table can be given, and what came to it: alarms on its consumed units, its throughputs, its requests.

use super::{Requests, TableView};
use crate::link::capacity::{BURST_S, CapacityAlarm, ceiling};
use crate::link::index::IndexView;
use crate::link::signal::{NAMESPACE, Signal, Through};
use crate::link::throughput::{self, ThroughputView};
use crate::snapshot::alarm::Comparison;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::usage::OperationRequests;

impl<'a> TableView<'a> {
    /// The alarms on Sum of consumed units that this table or one of its indexes publishes.
    pub(super) fn find_capacity_alarms(&self) -> Fact<Listed<CapacityAlarm<'a>>> {
        if let Err(why) = self.region.alarms.as_ref() {
            return Fact::Unknown(why.clone());
        }
        let mut items: Vec<CapacityAlarm<'a>> = self
            .watch
            .signals(&self.table.name)
            .iter()
            .filter_map(|it| self.capacity_alarm(it))
            .collect();
        items.sort_by(|a, b| a.alarm.name.cmp(&b.alarm.name));
        Fact::Known(Listed {
            items,
            missing: self.watch.missing().cloned(),
        })
    }

    fn capacity_alarm(&self, signal: &Signal<'a>) -> Option<CapacityAlarm<'a>> {
        let reads = match (signal.stat.namespace.as_str(), signal.stat.metric.as_str()) {
            (NAMESPACE, "ConsumedReadCapacityUnits") => true,
            (NAMESPACE, "ConsumedWriteCapacityUnits") => false,
            _ => return None,
        };
        let is_sum = signal.stat.statistic.as_deref() == Some("Sum");
        let rising = [
            Comparison::GreaterThanThreshold,
            Comparison::GreaterThanOrEqualToThreshold,
        ];
        let compares = signal
            .alarm
            .comparison
            .as_ref()
            .is_some_and(|it| rising.contains(&it.0.as_str()));
        if signal.through != Through::Itself || !is_sum || !compares {
            return None;
        }
        let threshold = signal.alarm.threshold?;
        let index = self.publisher(signal, reads)?;
        let units_per_s = self.ceiling(index.map(String::as_str), reads);
        let highest = match signal.stat.period_s {
            Some(period_s) => {
                units_per_s.map(|units| units.map(|units| units * (period_s as f64 + BURST_S)))
            }
            None => Fact::Unknown(UNRECOGNISED.clone()),
        };
        Some(CapacityAlarm {
            alarm: signal.alarm,
            metric: &signal.stat.metric,
            index,
            threshold,
            highest,
        })
    }

    pub(super) fn find_throughputs(&self) -> Fact<Listed<ThroughputView<'a>>> {
        let indexes = match self.indexes.as_ref() {
            Ok(indexes) => Ok(indexes.iter().map(IndexView::with_scaling).collect()),
            Err(why) => Err(why.clone()),
        };
        let scaling = [&self.read_scaling, &self.write_scaling];
        throughput::throughputs(self.table, scaling, indexes)
    }

    pub(super) fn of_requests<T>(&self, read: impl FnOnce(Requests) -> T) -> Result<T, &Why> {
        let requests = self.table.activity.as_ref()?.requests.as_ref()?;
        let count = |it: &OperationRequests| it.count as f64;
        let scans = requests.iter().filter(|it| it.operation == "Scan");
        Ok(read(Requests {
            all: requests.iter().map(count).sum(),
            scans: scans.map(count).sum(),
        }))
    }

    pub(super) fn system_errors(&self) -> Result<f64, &Why> {
        let errors = self.table.activity.as_ref()?.system_errors.as_ref()?;
        Ok(errors.iter().map(|it| it.count as f64).sum())
    }

    /// Whose consumed units these are: the table's (`None`) or an index's. Nobody's where the dimensions publish nothing
    /// or the index is gone: no threshold is right or wrong there. Writes are published by source too.
    fn publisher(&self, signal: &Signal<'a>, reads: bool) -> Option<Option<&'a String>> {
        let dimensions = &signal.stat.dimensions;
        let has_source = !reads && dimensions.contains_key("Source");
        let index = dimensions.get("GlobalSecondaryIndexName");
        let count = 1 + usize::from(has_source) + usize::from(index.is_some());
        let is_gone = |name: &String| {
            let known = self.indexes.known();
            known.is_some_and(|indexes| indexes.iter().all(|it| it.index.name != *name))
        };
        (dimensions.len() == count && !index.is_some_and(is_gone)).then_some(index)
    }

    /// The highest units a second that the table or an index can be given; absent where nothing bounds it.
    pub(in crate::link) fn ceiling(&self, index: Option<&str>, reads: bool) -> Fact<Option<f64>> {
        let Some(name) = index else {
            let scaling = self.scaling(reads);
            let table = self.table;
            return if reads {
                ceiling(
                    &table.billing_mode,
                    &table.read_capacity_units,
                    &table.max_read_request_units,
                    scaling,
                )
            } else {
                ceiling(
                    &table.billing_mode,
                    &table.write_capacity_units,
                    &table.max_write_request_units,
                    scaling,
                )
            };
        };
        match self.indexes.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(indexes) => indexes
                .iter()
                .find(|it| it.index.name == name)
                .map_or(Fact::Known(None), |index| {
                    index.ceiling(&self.table.billing_mode, reads)
                }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Config;
    use crate::link::Linked;
    use crate::snapshot::Snapshot;

    fn snapshot(table: &Value, alarm: &Value, targets: &Value) -> Snapshot {
        let document = json!({
            "version": 1, "tool_version": "0", "source": "live", "caller_arn": null,
            "collected_at": "2026-11-22T12:00:00Z", "calls": {}, "gaps": [],
            "regions": [{"account": "1", "partition": "aws", "region": "eu-west-1", "tables": [table],
                "alarms": [alarm], "scaling_targets": targets}],
        });
        serde_json::from_value(document).expect("a snapshot")
    }

    /// An alarm on consumed writes with these dimensions and period.
    fn alarm(dimensions: Value, period_s: Value) -> Value {
        json!({
            "name": "a", "arn": "arn:aws:cloudwatch:eu-west-1:1:alarm:a", "description": null,
            "actions_enabled": true, "alarm_actions": [], "ok_actions": [], "insufficient_data_actions": [],
            "metric": {"namespace": NAMESPACE, "metric": "ConsumedWriteCapacityUnits", "dimensions": dimensions,
                "statistic": "Sum", "period_s": period_s},
            "queries": [], "unmodelled": false, "comparison": "GreaterThanThreshold", "threshold": 5.0,
            "threshold_metric_id": null, "evaluation_periods": 5, "datapoints_to_alarm": null,
            "treat_missing_data": null, "state": "OK", "state_updated_at": null,
        })
    }

    fn table(mode: &str) -> Value {
        let units = |units: u64| {
            json!({"read_capacity_units": units, "write_capacity_units": units,
                "max_read_request_units": null, "max_write_request_units": 7})
        };
        let mut table = units(10);
        let mut index = units(20);
        index["name"] = json!("by.day");
        table["name"] = json!("t");
        table["billing_mode"] = json!(mode);
        table["indexes"] = json!([index]);
        table
    }

    /// The highest sums of the alarms on capacity: a number, `null` for no bound, or the word `unknown`.
    fn highest(table: &Value, alarm: &Value, targets: &Value) -> Vec<Value> {
        let (snapshot, config) = (snapshot(table, alarm, targets), Config::default());
        let linked = Linked::new(&snapshot, &config);
        let tables = &linked.accounts[0].tables.known().expect("tables").items;
        let alarms = tables[0].capacity_alarms.known().expect("alarms");
        let sum = |it: &CapacityAlarm<'_>| match it.highest.as_ref() {
            Ok(sum) => json!(sum),
            Err(_) => json!("unknown"),
        };
        alarms.items.iter().map(sum).collect()
    }

    #[test]
    fn the_highest_sum_is_that_of_what_publishes_the_metric() {
        let of = |dimensions: Value| alarm(dimensions, json!(60));
        let (unit, s) = (json!({"TableName": "t"}), 360.0);
        let target = |max: u64| {
            json!([{"resource_id": "table/t", "dimension": "dynamodb:table:WriteCapacityUnits", "min_capacity": 1,
                "max_capacity": max, "scale_in_suspended": false, "scale_out_suspended": false,
                "scheduled_suspended": false, "created_at": null}])
        };
        let (none, denied) = (json!([]), json!({"$unknown": {"reason": "denied"}}));
        let by_source = json!({"TableName": "t", "Source": "Customer"});
        let index = |name: &str| json!({"TableName": "t", "GlobalSecondaryIndexName": name});
        let by_operation = json!({"TableName": "t", "Operation": "PutItem"});
        let unread = json!({"name": "t", "billing_mode": "PROVISIONED", "indexes": {"$unknown": {"reason": "denied"}}});
        for (name, mode, alarm, targets, expected) in [
            (
                "provisioned",
                "PROVISIONED",
                of(unit.clone()),
                &none,
                json!([10.0 * s]),
            ),
            (
                "scaled above it",
                "PROVISIONED",
                of(unit.clone()),
                &target(50),
                json!([50.0 * s]),
            ),
            (
                "scaled below it",
                "PROVISIONED",
                of(unit.clone()),
                &target(5),
                json!([10.0 * s]),
            ),
            (
                "scaling unread",
                "PROVISIONED",
                of(unit.clone()),
                &denied,
                json!(["unknown"]),
            ),
            (
                "an on-demand maximum, leftover target",
                "PAY_PER_REQUEST",
                of(unit.clone()),
                &target(50),
                json!([7.0 * s]),
            ),
            (
                "a mode of the future",
                "PREPAID",
                of(unit.clone()),
                &none,
                json!(["unknown"]),
            ),
            (
                "no period",
                "PROVISIONED",
                alarm(unit, Value::Null),
                &none,
                json!(["unknown"]),
            ),
            (
                "writes by source",
                "PROVISIONED",
                of(by_source),
                &none,
                json!([10.0 * s]),
            ),
            (
                "an index",
                "PROVISIONED",
                of(index("by.day")),
                &none,
                json!([20.0 * s]),
            ),
            (
                "an index that is gone",
                "PROVISIONED",
                of(index("gone")),
                &none,
                json!([]),
            ),
            (
                "dimensions that publish nothing",
                "PROVISIONED",
                of(by_operation),
                &none,
                json!([]),
            ),
        ] {
            let found = highest(&table(mode), &alarm, targets);
            assert_eq!(json!(found), expected, "{name}");
        }
        assert_eq!(
            highest(&unread, &of(index("gone")), &none),
            [json!("unknown")]
        );
    }
}
