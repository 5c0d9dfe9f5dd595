//! Whether a metric of one table, index, function or queue has an alarm that can fire and reaches someone.

pub mod wanted;

use std::collections::{BTreeMap, HashMap};

use super::logic::Answer;
use super::metrics::Metric;
use super::published;
use super::reach::Reach;
use super::signal::{self, LAMBDA, NAMESPACE, SQS, Signal};
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// The dimension that says whose a metric is, by namespace.
const OWNERS: [(&str, &str); 3] = [
    (NAMESPACE, "TableName"),
    (LAMBDA, "FunctionName"),
    (SQS, "QueueName"),
];

/// The alarms of a region, by what they watch.
pub struct Watch<'a> {
    /// By namespace and owner. Hashed: each table asks for its own some thirty times.
    by_owner: BTreeMap<&'a str, HashMap<&'a str, Vec<Signal<'a>>>>,
    reaches: Vec<Option<Reach<'a>>>,
    /// With their places in `reaches`.
    unreadable: Vec<(&'a MetricAlarm, usize)>,
    missing: Option<&'a Why>,
    external: bool,
}

/// What publishes metrics, as CloudWatch names it: a namespace and an exact dimension set.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// The namespace.
    pub namespace: &'static str,
    /// The dimensions; the first says whose the metrics are.
    pub dimensions: Vec<(&'static str, &'a str)>,
}

impl<'a> Unit<'a> {
    /// A table.
    pub fn table(name: &'a str) -> Unit<'a> {
        Unit {
            namespace: NAMESPACE,
            dimensions: vec![("TableName", name)],
        }
    }

    /// An index of a table.
    pub fn index(table: &'a str, name: &'a str) -> Unit<'a> {
        let mut unit = Unit::table(table);
        unit.dimensions.push(("GlobalSecondaryIndexName", name));
        unit
    }

    /// A Lambda function.
    pub fn function(name: &'a str) -> Unit<'a> {
        Unit {
            namespace: LAMBDA,
            dimensions: vec![("FunctionName", name)],
        }
    }

    /// A version or alias of a Lambda function, or its unpublished code: `NAME:ALIAS`, `NAME`.
    pub fn function_resource(name: &'a str, resource: &'a str) -> Unit<'a> {
        let mut unit = Unit::function(name);
        unit.dimensions.push(("Resource", resource));
        unit
    }

    /// An SQS queue.
    pub fn queue(name: &'a str) -> Unit<'a> {
        Unit {
            namespace: SQS,
            dimensions: vec![("QueueName", name)],
        }
    }

    fn owner(&self) -> &'a str {
        self.dimensions[0].1
    }
}

impl<'a> Watch<'a> {
    /// Sorts the alarms of a region by what they watch. `reach` is asked once for each alarm that watches one of ours.
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
            by_owner: BTreeMap::new(),
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
                if let Some((namespace, owner)) = owner(&signal) {
                    found.get_or_insert_with(|| reach(alarm));
                    let owners = self.by_owner.entry(namespace).or_default();
                    owners.entry(owner).or_default().push(signal);
                }
            }
        }
        // Few alarms are such; each of them is asked about again for every unit.
        let mut ours = published::all();
        if ours.any(|(namespace, metric)| signal::may_watch(alarm, namespace, metric.name)) {
            found.get_or_insert_with(|| reach(alarm));
            self.unreadable.push((alarm, index));
        }
        self.reaches.push(found);
    }

    /// The signals on a table and its indexes.
    pub fn signals(&self, table: &str) -> &[Signal<'a>] {
        self.on_owner(&Unit::table(table))
    }

    fn on_owner(&self, unit: &Unit<'_>) -> &[Signal<'a>] {
        let owners = self.by_owner.get(unit.namespace);
        let signals = owners.and_then(|owners| owners.get(unit.owner()));
        signals.map_or(&[], Vec::as_slice)
    }

    /// Whether the config declares that something outside AWS watches.
    pub fn is_external(&self) -> bool {
        self.external
    }

    /// Whether an alarm watches, in a way this version can't read, what may be a metric of DynamoDB.
    pub fn has_unreadable(&self) -> bool {
        let may_watch = |alarm: &MetricAlarm| {
            let mut ours = published::all().filter(|(namespace, _)| *namespace == NAMESPACE);
            ours.any(|(namespace, metric)| signal::may_watch(alarm, namespace, metric.name))
        };
        self.unreadable.iter().any(|(alarm, _)| may_watch(alarm))
    }

    /// Why alarms may be missing.
    pub fn missing(&self) -> Option<&'a Why> {
        self.missing
    }

    /// Whether the metric of the unit has an alarm that can fire and reaches someone.
    pub fn covers(&self, unit: &Unit<'_>, metric: &Metric) -> Answer<'a> {
        self.covers_below(unit, metric, None)
    }

    /// As [`Watch::covers`], by an alarm that goes off before the metric is above a number.
    pub fn covers_below(&self, unit: &Unit<'_>, metric: &Metric, most: Option<f64>) -> Answer<'a> {
        if self.external {
            return Answer::Yes;
        }
        let on_unit = self
            .on_owner(unit)
            .iter()
            .filter(|signal| signal.watches(unit, metric.name));
        let mut answer = Answer::any(on_unit.map(|signal| self.works(signal, metric, most)));
        if answer != Answer::Yes && self.unreadable(unit, metric).next().is_some() {
            answer = answer.or(Answer::Unknown(&UNRECOGNISED));
        }
        answer.or_missing(self.missing)
    }

    /// Whether the alarm of a signal can fire on it and reaches someone.
    fn works(&self, signal: &Signal<'a>, metric: &Metric, most: Option<f64>) -> Answer<'a> {
        let reach = self.reach(signal.alarm_index);
        let reaches = reach.map_or(Answer::No, |reach| reach.answer);
        let in_time = most.map_or(Answer::Yes, |most| signal.fires_below(most));
        signal.can_fire(metric).and(in_time).and(reaches)
    }

    fn reach(&self, alarm_index: usize) -> Option<&Reach<'a>> {
        self.reaches.get(alarm_index).and_then(Option::as_ref)
    }

    /// The alarms that may watch the metric in a way this version can't read, and may reach someone.
    fn unreadable(
        &self,
        unit: &Unit<'_>,
        metric: &Metric,
    ) -> impl Iterator<Item = &'a MetricAlarm> {
        let namespace = unit.namespace;
        let may_tell = |index| self.reach(index).is_some_and(|it| it.answer != Answer::No);
        let may_watch = move |alarm| signal::may_watch(alarm, namespace, metric.name);
        let all = self.unreadable.iter().copied();
        all.filter(move |(alarm, index)| may_watch(alarm) && may_tell(*index))
            .map(|(alarm, _)| alarm)
    }

    /// What the answer of [`Watch::covers`] rests on: the alarm that works, or the near misses.
    pub fn grounds(&self, unit: &Unit<'_>, metric: &Metric) -> Grounds {
        self.grounds_below(unit, metric, None)
    }

    /// What the answer of [`Watch::covers_below`] rests on.
    pub fn grounds_below(&self, unit: &Unit<'_>, metric: &Metric, most: Option<f64>) -> Grounds {
        let mut grounds = Grounds::default();
        if self.external {
            let observed = "declared in monitoring.external".to_owned();
            grounds.evidence.push(watched(metric, observed, None));
            return grounds;
        }
        let answer = self.covers_below(unit, metric, most);
        let of_metric: Vec<_> = self
            .on_owner(unit)
            .iter()
            .filter(|it| it.stat.metric == metric.name)
            .collect();
        let (exact, astray): (Vec<_>, Vec<_>) = of_metric
            .into_iter()
            .partition(|signal| signal.watches(unit, metric.name));
        for signal in &exact {
            if self.works(signal, metric, most) == answer || answer != Answer::Yes {
                let late = most.and_then(|most| signal.late(most));
                grounds.evidence.extend(late);
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
            self.ground_unreadable(answer, unit, metric, &mut grounds);
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

    fn ground_unreadable(
        &self,
        answer: Answer<'_>,
        unit: &Unit<'_>,
        metric: &Metric,
        grounds: &mut Grounds,
    ) {
        if !matches!(answer, Answer::Unknown(_)) {
            return;
        }
        for alarm in self.unreadable(unit, metric) {
            let mut why = UNRECOGNISED.clone();
            why.detail = Some(format!("the query of alarm \"{}\"", alarm.name));
            grounds.unknown.push(why);
        }
    }
}

/// The namespace and owner of a signal, if it is one of those that units have.
fn owner<'a>(signal: &Signal<'a>) -> Option<(&'a str, &'a str)> {
    let (namespace, dimension) = OWNERS
        .into_iter()
        .find(|(namespace, _)| signal.stat.namespace == *namespace)?;
    match signal.stat.dimensions.get(dimension) {
        Some(owner) => Some((namespace, owner)),
        // Those of the account have no table: they are kept under none.
        None => (namespace == NAMESPACE).then_some((namespace, "")),
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
/// no near miss, they are right where they are; so are those of another version of a function.
fn stray(signal: &Signal<'_>, unit: &Unit<'_>) -> Option<Evidence> {
    let mut dimensions = unit.dimensions.iter();
    let index = dimensions.find(|(key, _)| *key == "GlobalSecondaryIndexName");
    let seen = &signal.stat.dimensions;
    let known = |key: &&String| matches!(key.as_str(), "TableName" | "GlobalSecondaryIndexName");
    let of_unit = index.is_none_or(|(key, index)| seen.get(*key).is_none_or(|it| it == index));
    if unit.namespace != NAMESPACE || !of_unit || seen.keys().all(|key| known(&key)) {
        return None;
    }
    let names: Vec<&str> = seen.keys().map(String::as_str).collect();
    let wanted: Vec<&str> = unit.dimensions.iter().map(|(key, _)| *key).collect();
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
    fn covered(alarms: &Value, unit: &Unit<'_>, external: bool) -> (&'static str, Grounds) {
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
        let table = &Unit::table("orders");
        let index = &Unit::index("orders", "by.day");
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
