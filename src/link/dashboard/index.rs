//! Which dashboards have to be looked at for a metric of a table: those that name the table, and those of which a look at
//! the table's name is needed to tell. All others surely don't show it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Dashboards, finds};
use crate::link::metrics::TABLE_METRICS;
use crate::link::published::OPERATION_METRICS;
use crate::link::signal;
use crate::snapshot::dashboard::DashboardContent;

/// The places of dashboards in their list, by metric.
#[derive(Default)]
pub(super) struct Index<'a> {
    /// For the metrics that conditions may name; of others each dashboard has to be looked at.
    metrics: BTreeMap<&'static str, Places<'a>>,
}

#[derive(Default)]
struct Places<'a> {
    /// Those with a widget or an alarm that names the table, by table.
    naming: BTreeMap<&'a str, BTreeSet<usize>>,
    /// Those that may show it of any table.
    any: BTreeSet<usize>,
}

impl<'a> Index<'a> {
    pub(super) fn new(dashboards: &Dashboards<'a>) -> Index<'a> {
        let mut index = Index::default();
        if dashboards.items.is_empty() {
            return index;
        }
        let metrics = TABLE_METRICS.iter().chain(OPERATION_METRICS);
        index.metrics = metrics.map(|it| (it.name, Places::default())).collect();
        for (place, dashboard) in dashboards.items.iter().enumerate() {
            let content = dashboard.content.known();
            for (metric, places) in &mut index.metrics {
                if content.is_none_or(|it| dashboards.may_show(place, it, metric)) {
                    places.any.insert(place);
                }
            }
            if let Some(content) = content {
                index.add(place, content, dashboards);
            }
        }
        index
    }

    fn add(&mut self, place: usize, content: &'a DashboardContent, dashboards: &Dashboards<'a>) {
        let widgets = content.metrics.iter();
        let widgets = widgets.map(|it| (it.metric.as_str(), &it.dimensions));
        let alarms = content.alarms.iter();
        let alarms = alarms.filter_map(|arn| dashboards.alarms.get(arn.as_str()));
        let signals = alarms.flat_map(|alarm| signal::signals(alarm, 0));
        let drawn = signals.map(|it| (it.stat.metric.as_str(), &it.stat.dimensions));
        for (metric, dimensions) in widgets.chain(drawn) {
            let table = dimensions.get("TableName");
            if let (Some(table), Some(places)) = (table, self.metrics.get_mut(metric)) {
                places.naming.entry(table).or_default().insert(place);
            }
        }
    }

    /// The places of those that may show the metric of the table, of so many in all, in their order.
    pub(super) fn places(&self, table: &str, metric: &str, all: usize) -> Vec<usize> {
        let Some(places) = self.metrics.get(metric) else {
            return (0..all).collect();
        };
        match places.naming.get(table) {
            Some(naming) => naming.union(&places.any).copied().collect(),
            None => places.any.iter().copied().collect(),
        }
    }
}

impl Dashboards<'_> {
    /// Whether a dashboard may show the metric of a table that neither its widgets nor its alarms name.
    fn may_show(&self, place: usize, content: &DashboardContent, metric: &str) -> bool {
        let mut searches = self.searches[place].iter();
        !content.unmodelled.is_empty()
            || !content.variables.is_empty()
            || content
                .alarms
                .iter()
                .any(|arn| !self.alarms.contains_key(arn.as_str()))
            || searches.any(|it| finds(it, None, metric) != Some(false))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::link::logic::Answer;
    use crate::snapshot::Region;

    fn widget(metric: &str, dimensions: Value) -> Value {
        json!({"namespace": "AWS/DynamoDB", "metric": metric, "dimensions": dimensions, "region": "eu-west-1",
            "account": null})
    }

    fn dashboard(changes: Value) -> Value {
        let mut content =
            json!({"metrics": [], "searches": [], "alarms": [], "variables": [], "unmodelled": []});
        for (key, value) in changes.as_object().expect("fields") {
            content[key] = value.clone();
        }
        json!({"name": "d", "content": content})
    }

    fn search(terms: &str) -> Value {
        json!([{"expression": format!("SEARCH('{{AWS/DynamoDB,TableName}} {terms}', 'Sum', 60)"),
            "region": "eu-west-1", "account": null}])
    }

    fn alarm(name: &str, table: &str) -> Value {
        json!({
            "name": name, "arn": name, "description": null, "actions_enabled": true, "alarm_actions": [],
            "ok_actions": [], "insufficient_data_actions": [],
            "metric": {"namespace": "AWS/DynamoDB", "metric": "ReadThrottleEvents",
                "dimensions": {"TableName": table}, "statistic": "Sum", "period_s": 60},
            "queries": [], "unmodelled": false, "comparison": "GreaterThanThreshold", "threshold": 5.0,
            "threshold_metric_id": null, "evaluation_periods": 5, "datapoints_to_alarm": null,
            "treat_missing_data": null, "state": "OK", "state_updated_at": null,
        })
    }

    #[test]
    fn a_dashboard_that_is_not_looked_at_does_not_show_the_metric() {
        let orders = json!({"TableName": "orders"});
        let by_operation = json!({"TableName": "users", "Operation": "Query"});
        let variable = |values: Value| json!([{"property": "TableName", "values": values}]);
        let dashboards = json!([
            dashboard(json!({"metrics": [widget("ReadThrottleEvents", orders.clone())]})),
            dashboard(json!({"metrics": [widget("SuccessfulRequestLatency", by_operation)]})),
            dashboard(json!({"metrics": [widget("ReadThrottleEvents", json!({}))]})),
            dashboard(
                json!({"metrics": [widget("ReadThrottleEvents", orders.clone())],
                "variables": variable(json!(["users"]))})
            ),
            dashboard(
                json!({"metrics": [widget("ReadThrottleEvents", orders)], "variables": variable(json!([]))})
            ),
            dashboard(json!({"searches": search("ReadThrottleEvents")})),
            dashboard(
                json!({"searches": search("MetricName=\"ReadThrottleEvents\" TableName=\"users\"")})
            ),
            dashboard(json!({"searches": search("Throttle")})),
            dashboard(json!({"searches": search("users")})),
            dashboard(json!({"alarms": ["a"]})),
            dashboard(json!({"alarms": ["gone"]})),
            dashboard(json!({"unmodelled": ["explorer"]})),
            json!({"name": "d", "content": {"$unknown": {"reason": "denied"}}}),
            dashboard(json!({})),
        ]);
        for alarms in [
            json!([alarm("a", "users")]),
            json!({"$partial": {"reason": "throttled"}, "items": [alarm("a", "users")]}),
            json!({"$unknown": {"reason": "denied"}}),
        ] {
            let region = json!({"account": "1", "partition": "aws", "region": "eu-west-1", "alarms": alarms,
                "dashboards": dashboards});
            let region: Region = serde_json::from_value(region).expect("a region");
            let dashboards = Dashboards::new(&region);
            let all = dashboards.items.len();
            let mut passed_over = 0;
            for table in ["orders", "users", "others"] {
                for metric in ["ReadThrottleEvents", "SuccessfulRequestLatency", "Odd"] {
                    let places = dashboards.index.places(table, metric, all);
                    for place in (0..all).filter(|it| !places.contains(it)) {
                        let shown = dashboards.shows(place, table, metric);
                        assert_eq!(shown, Answer::No, "{place}: {metric} of {table}");
                        passed_over += 1;
                    }
                }
            }
            assert!(passed_over > all, "{passed_over}");
        }
    }
}
