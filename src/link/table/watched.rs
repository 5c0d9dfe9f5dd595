//! What alarms and dashboards watch of a table: its own metrics, those by operation, its replication.

use super::TableView;
use crate::link::coverage::Unit;
use crate::link::coverage::wanted::Wanted;
use crate::link::logic::Answer;
use crate::link::{metrics, published};
use crate::snapshot::fact::UNRECOGNISED;
use crate::snapshot::record::{Grounds, Value};

/// A metric by operation, and the operations.
fn operation_args<'v>(args: &[Value<'v>]) -> Option<(&'static metrics::Metric, Vec<&'v str>)> {
    let [Value::Text(name), Value::List(operations)] = args else {
        return None;
    };
    let operations = (0..operations.len()).map(|index| match operations.get(index) {
        Value::Text(operation) => Some(operation),
        _ => None,
    });
    Some((
        published::operation_metric(name)?,
        operations.collect::<Option<_>>()?,
    ))
}

impl TableView<'_> {
    pub(super) fn unit(&self) -> Unit<'_> {
        Unit::table(&self.table.name)
    }

    pub(super) fn covered_by(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, metrics::table_metric) {
            Some(metric) => self.watch.covers(&self.unit(), metric),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    pub(super) fn coverage_grounds(&self, args: &[Value<'_>]) -> Grounds {
        let metric = metrics::metric_of(args, metrics::table_metric);
        metric.map_or_else(Grounds::default, |metric| {
            self.watch.grounds(&self.unit(), metric)
        })
    }

    pub(super) fn wakes_someone(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, metrics::table_metric) {
            Some(metric) => self.watch.wakes(&self.unit(), metric),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    pub(super) fn covered_by_operation(&self, args: &[Value<'_>]) -> Answer<'_> {
        let Some((metric, operations)) = operation_args(args) else {
            return Answer::Unknown(&UNRECOGNISED);
        };
        let alone = metric.name == "SystemErrors";
        let wanted = Wanted::Operations(&self.table.name, &operations, alone);
        self.watch.covers_wanted(wanted, metric)
    }

    pub(super) fn operation_grounds(&self, args: &[Value<'_>]) -> Grounds {
        operation_args(args).map_or_else(Grounds::default, |(metric, operations)| {
            let alone = metric.name == "SystemErrors";
            let wanted = Wanted::Operations(&self.table.name, &operations, alone);
            self.watch.grounds_of_wanted(wanted, metric)
        })
    }

    pub(super) fn replication_covered(&self, args: &[Value<'_>]) -> Answer<'_> {
        match args {
            [Value::Text(region)] => {
                let wanted = Wanted::Region(&self.table.name, region);
                self.watch
                    .covers_wanted(wanted, &published::REPLICATION_LATENCY)
            }
            _ => Answer::Unknown(&UNRECOGNISED),
        }
    }

    pub(super) fn replication_grounds(&self, args: &[Value<'_>]) -> Grounds {
        match args {
            [Value::Text(region)] => {
                let wanted = Wanted::Region(&self.table.name, region);
                self.watch
                    .grounds_of_wanted(wanted, &published::REPLICATION_LATENCY)
            }
            _ => Grounds::default(),
        }
    }

    pub(super) fn on_dashboard(&self, args: &[Value<'_>]) -> Answer<'_> {
        match args {
            [Value::Text(metric)] => self.dashboards.show(&self.table.name, metric),
            _ => Answer::Unknown(&UNRECOGNISED),
        }
    }

    pub(super) fn dashboard_grounds(&self, args: &[Value<'_>]) -> Grounds {
        match args {
            [Value::Text(metric)] => self.dashboards.grounds(&self.table.name, metric),
            _ => Grounds::default(),
        }
    }
}
