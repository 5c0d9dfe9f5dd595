//! Whether a metric of one table or index has an alarm that can fire and reaches someone.

use std::collections::BTreeMap;

use super::logic::Answer;
use super::metrics::{self, Metric};
use super::reach::Reach;
use super::signal::{self, NAMESPACE, Signal};
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// The alarms of a region, by the table that they watch.
pub struct Watch<'a> {
    by_table: BTreeMap<&'a str, Vec<Signal<'a>>>,
    reaches: Vec<Option<Reach<'a>>>,
    /// With their places in `reaches`.
    unreadable: Vec<(&'a MetricAlarm, usize)>,
    missing: Option<&'a Why>,
    external: bool,
}

/// A table or one of its indexes, as CloudWatch names it.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    /// The table.
    pub table: &'a str,
    /// The index; `None` is the table itself.
    pub index: Option<&'a str>,
}

impl<'a> Unit<'a> {
    fn dimensions(self) -> Vec<(&'static str, &'a str)> {
        let index = self.index.map(|index| ("GlobalSecondaryIndexName", index));
        std::iter::once(("TableName", self.table))
            .chain(index)
            .collect()
    }
}

impl<'a> Watch<'a> {
    /// Sorts the alarms of a region by what they watch. `reach` is asked once for each alarm that watches DynamoDB.
    pub fn new(
        alarms: &'a Fact<Listed<MetricAlarm>>,
        external: bool,
        reach: impl Fn(&'a MetricAlarm) -> Reach<'a>,
    ) -> Watch<'a> {
        let (items, missing) = match alarms.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        let mut watch = Watch {
            by_table: BTreeMap::new(),
            reaches: Vec::new(),
            unreadable: Vec::new(),
            missing,
            external,
        };
        for (index, alarm) in items.iter().enumerate() {
            watch.add(alarm, index, &reach);
        }
        watch
    }

    fn add(
        &mut self,
        alarm: &'a MetricAlarm,
        index: usize,
        reach: &impl Fn(&'a MetricAlarm) -> Reach<'a>,
    ) {
        let mut found = None;
        if !signal::is_owned_by_auto_scaling(alarm) {
            for signal in signal::signals(alarm, index) {
                let table = signal.stat.dimensions.get("TableName");
                if let (NAMESPACE, Some(table)) = (signal.stat.namespace.as_str(), table) {
                    found.get_or_insert_with(|| reach(alarm));
                    self.by_table.entry(table).or_default().push(signal);
                }
            }
        }
        // Few alarms are such; each of them is asked about again for every table and index.
        let of_dynamodb = |metric: &Metric| signal::may_watch(alarm, metric.name);
        if metrics::TABLE_METRICS.iter().any(of_dynamodb) {
            found.get_or_insert_with(|| reach(alarm));
            self.unreadable.push((alarm, index));
        }
        self.reaches.push(found);
    }

    /// The signals on a table and its indexes.
    pub fn signals(&self, table: &str) -> &[Signal<'a>] {
        self.by_table.get(table).map_or(&[], Vec::as_slice)
    }

    /// Why alarms may be missing.
    pub fn missing(&self) -> Option<&'a Why> {
        self.missing
    }

    /// Whether the metric of the unit has an alarm that can fire and reaches someone.
    pub fn covers(&self, unit: Unit<'_>, metric: &Metric) -> Answer<'a> {
        if self.external {
            return Answer::Yes;
        }
        let dimensions = unit.dimensions();
        let on_unit = self
            .signals(unit.table)
            .iter()
            .filter(|signal| signal.watches(metric.name, &dimensions));
        let mut answer = Answer::any(on_unit.map(|signal| self.works(signal, metric)));
        if answer != Answer::Yes && self.unreadable(metric).next().is_some() {
            answer = answer.or(Answer::Unknown(&UNRECOGNISED));
        }
        answer.or_missing(self.missing)
    }

    /// Whether the alarm of a signal can fire on it and reaches someone.
    fn works(&self, signal: &Signal<'a>, metric: &Metric) -> Answer<'a> {
        let reach = self.reach(signal.alarm_index);
        let reaches = reach.map_or(Answer::No, |reach| reach.answer);
        signal.can_fire(metric).and(reaches)
    }

    fn reach(&self, alarm_index: usize) -> Option<&Reach<'a>> {
        self.reaches.get(alarm_index).and_then(Option::as_ref)
    }

    /// The alarms that may watch the metric in a way this version can't read, and may reach someone.
    fn unreadable(&self, metric: &Metric) -> impl Iterator<Item = &'a MetricAlarm> {
        let may_tell = |index| self.reach(index).is_some_and(|it| it.answer != Answer::No);
        let all = self.unreadable.iter().copied();
        all.filter(move |(alarm, index)| signal::may_watch(alarm, metric.name) && may_tell(*index))
            .map(|(alarm, _)| alarm)
    }

    /// What the answer of [`Watch::covers`] rests on: the alarm that works, or the near misses.
    pub fn grounds(&self, unit: Unit<'_>, metric: &Metric) -> Grounds {
        let mut grounds = Grounds::default();
        if self.external {
            let observed = "declared in monitoring.external".to_owned();
            grounds.evidence.push(watched(metric, observed, None));
            return grounds;
        }
        let answer = self.covers(unit, metric);
        let dimensions = unit.dimensions();
        let of_metric: Vec<_> = self
            .signals(unit.table)
            .iter()
            .filter(|it| it.stat.metric == metric.name)
            .collect();
        let (exact, astray): (Vec<_>, Vec<_>) = of_metric
            .into_iter()
            .partition(|signal| signal.watches(metric.name, &dimensions));
        for signal in &exact {
            if self.works(signal, metric) == answer || answer != Answer::Yes {
                self.ground(signal, metric, &mut grounds);
            }
        }
        if answer != Answer::Yes {
            grounds
                .evidence
                .extend(astray.iter().filter_map(|signal| stray(signal, unit)));
            grounds.unknown.extend(self.missing.cloned());
            if grounds.evidence.is_empty() && self.missing.is_none() {
                grounds.evidence.push(watched(
                    metric,
                    "no alarm".to_owned(),
                    Some(Operation::DescribeAlarms),
                ));
            }
            self.ground_unreadable(answer, metric, &mut grounds);
        }
        grounds
    }

    fn ground(&self, signal: &Signal<'a>, metric: &Metric, grounds: &mut Grounds) {
        match signal.can_fire(metric) {
            Answer::Unknown(why) => {
                let mut why = why.clone();
                why.detail = Some(format!("what makes alarm \"{}\" fire", signal.alarm.name));
                grounds.unknown.push(why);
            }
            Answer::Yes | Answer::No => {
                let defects = signal.defects(metric).into_iter();
                let evidence = defects.map(|defect| signal.evidence(defect, metric));
                grounds.evidence.extend(evidence);
            }
        }
        for link in self
            .reach(signal.alarm_index)
            .into_iter()
            .flat_map(|reach| &reach.links)
        {
            grounds.evidence.push(link.evidence());
            if let Answer::Unknown(why) = link.end.answer() {
                grounds.unknown.push(why.clone());
            }
        }
    }

    fn ground_unreadable(&self, answer: Answer<'_>, metric: &Metric, grounds: &mut Grounds) {
        if !matches!(answer, Answer::Unknown(_)) {
            return;
        }
        for alarm in self.unreadable(metric) {
            let mut why = UNRECOGNISED.clone();
            why.detail = Some(format!("the query of alarm \"{}\"", alarm.name));
            grounds.unknown.push(why);
        }
    }
}

fn watched(metric: &Metric, observed: String, from: Option<Operation>) -> Evidence {
    Evidence {
        path: format!("alarms on {}", metric.name),
        observed,
        expected: "one that can fire and reaches someone".to_owned(),
        from,
    }
}

/// An alarm on the right metric of this table whose dimensions publish nothing for the unit. Those of another index are
/// no near miss, they are right where they are.
fn stray(signal: &Signal<'_>, unit: Unit<'_>) -> Option<Evidence> {
    let seen = &signal.stat.dimensions;
    let known = |key: &&String| matches!(key.as_str(), "TableName" | "GlobalSecondaryIndexName");
    let of_unit = unit.index.is_none_or(|index| {
        seen.get("GlobalSecondaryIndexName")
            .is_none_or(|it| it == index)
    });
    if !of_unit || seen.keys().all(|key| known(&key)) {
        return None;
    }
    let names: Vec<&str> = seen.keys().map(String::as_str).collect();
    let wanted: Vec<&str> = unit.dimensions().iter().map(|(key, _)| *key).collect();
    Some(Evidence {
        path: format!("alarm \"{}\" dimensions", signal.alarm.name),
        observed: names.join(" + "),
        expected: format!("{}: no other set has data", wanted.join(" + ")),
        from: Some(Operation::DescribeAlarms),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::link::delivery::Deliveries;
    use crate::link::key::Keys;
    use crate::link::metrics;
    use crate::link::reach::Routes;
    use crate::snapshot::Region;

    const PAGER: &str = "arn:aws:sns:eu-west-1:1:pager";

    /// An alarm on throttled writes; `watching` is its dimensions, or the expression of its one line.
    fn alarm(watching: Value, actions: &[&str]) -> Value {
        let (metric, queries) = match &watching {
            Value::String(expression) => (
                Value::Null,
                json!([{"id": "q1", "expression": expression, "metric": null, "period_s": 60,
                    "returns_data": true, "account": null}]),
            ),
            dimensions => (
                json!({"namespace": NAMESPACE, "metric": "WriteThrottleEvents", "dimensions": dimensions,
                    "statistic": "Sum", "period_s": 60}),
                json!([]),
            ),
        };
        json!({
            "name": "a", "arn": "arn:aws:cloudwatch:eu-west-1:1:alarm:a", "description": null,
            "actions_enabled": true, "alarm_actions": actions, "ok_actions": [], "insufficient_data_actions": [],
            "metric": metric, "queries": queries, "unmodelled": false, "comparison": "GreaterThanThreshold",
            "threshold": 0.0, "threshold_metric_id": null, "evaluation_periods": 5, "datapoints_to_alarm": null,
            "treat_missing_data": null, "state": "OK", "state_updated_at": null,
        })
    }

    /// Whether the unit is covered, and what is said for it.
    fn covered(alarms: &Value, unit: Unit<'_>, external: bool) -> (&'static str, Grounds) {
        let alarms: Fact<Listed<MetricAlarm>> =
            serde_json::from_value(alarms.clone()).expect("alarms");
        let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish",
            "Resource": "*"}]});
        let topics = json!([{"arn": PAGER, "subscriptions":
            [{"protocol": "email", "endpoint_hash": "h", "confirmed": true}],
            "attributes": {"policy": policy.to_string(), "key_id": null}}]);
        let region =
            json!({"account": "1", "partition": "aws", "region": "eu-west-1", "topics": topics});
        let region: Region = serde_json::from_value(region).expect("a region");
        let composites = Fact::Known(Listed::complete(vec![]));
        let deliveries = Deliveries::new(&region.topics, &Keys::new(&region), &region.region);
        let routes = Routes::new(&composites, &region.topics, deliveries, &Default::default());
        let watch = Watch::new(&alarms, external, |alarm| routes.reach(alarm));
        let metric = metrics::table_metric("WriteThrottleEvents").expect("ours");
        let word = match watch.covers(unit, metric) {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        };
        (word, watch.grounds(unit, metric))
    }

    #[test]
    fn a_unit_is_covered_by_an_alarm_on_exactly_its_dimensions() {
        let table = Unit {
            table: "orders",
            index: None,
        };
        let index = Unit {
            index: Some("by.day"),
            ..table
        };
        let on = |dimensions: Value| json!([alarm(dimensions, &[PAGER])]);
        let of_table = |name: &str| on(json!({"TableName": name}));
        let of_index =
            |name: &str| on(json!({"TableName": "orders", "GlobalSecondaryIndexName": name}));
        let query =
            json!("SELECT SUM(WriteThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", TableName)");
        let partial = json!({"$partial": {"reason": "throttled"}, "items": []});
        for (name, alarms, unit, expected) in [
            ("the table", of_table("orders"), table, "yes"),
            (
                "a table that begins so",
                of_table("orders-old"),
                table,
                "no",
            ),
            (
                "the table's ARN",
                of_table("arn:aws:dynamodb:eu-west-1:1:table/orders"),
                table,
                "no",
            ),
            ("the table for its index", of_table("orders"), index, "no"),
            ("the index", of_index("by.day"), index, "yes"),
            ("an index that begins so", of_index("by"), index, "no"),
            ("the index for its table", of_index("by.day"), table, "no"),
            (
                "one dimension too many",
                on(json!({"TableName": "orders", "Operation": "PutItem"})),
                table,
                "no",
            ),
            ("none at all", on(json!({})), table, "no"),
            (
                "it tells nobody",
                json!([alarm(json!({"TableName": "orders"}), &[])]),
                table,
                "no",
            ),
            (
                "a query",
                json!([alarm(query.clone(), &[PAGER])]),
                table,
                "unknown",
            ),
            (
                "a query that tells nobody",
                json!([alarm(query, &[])]),
                table,
                "no",
            ),
            ("a page is missing", partial, table, "unknown"),
            (
                "not read",
                json!({"$unknown": {"reason": "denied"}}),
                table,
                "unknown",
            ),
        ] {
            let (word, grounds) = covered(&alarms, unit, false);
            assert_eq!(word, expected, "{name}");
            assert_eq!(
                grounds.unknown.is_empty(),
                word != "unknown",
                "{name}: {grounds:?}"
            );
            assert!(word == "unknown" || !grounds.evidence.is_empty(), "{name}");
            assert_eq!(covered(&alarms, unit, true).0, "yes", "{name}: declared");
        }
    }
}
