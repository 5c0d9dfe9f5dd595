//! Whether a metric of one table or index has an alarm that can fire and reaches someone.

use std::collections::BTreeMap;

use super::logic::Answer;
use super::metrics::Metric;
use super::reach::Reach;
use super::signal::{self, NAMESPACE, Signal, Through};
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::fact::{Fact, Listed, Reason, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// An alarm's expression whose direction can't be told.
static EXPRESSION: Why = Why::from_call(Reason::Ambiguous, Operation::DescribeAlarms);

/// The alarms of a region, by the table that they watch.
pub struct Watch<'a> {
    by_table: BTreeMap<&'a str, Vec<Signal<'a>>>,
    reaches: Vec<Option<Reach<'a>>>,
    unreadable: Vec<&'a MetricAlarm>,
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
        let queries = alarm.queries.iter().any(|query| query.expression.is_some());
        if alarm.unmodelled || queries {
            self.unreadable.push(alarm);
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
        if answer != Answer::Yes
            && self
                .unreadable
                .iter()
                .any(|alarm| signal::may_watch(alarm, metric.name))
        {
            answer = answer.or(Answer::Unknown(&UNRECOGNISED));
        }
        answer.or_missing(self.missing)
    }

    /// Whether the alarm of a signal can fire on it and reaches someone.
    fn works(&self, signal: &Signal<'a>, metric: &Metric) -> Answer<'a> {
        let can_fire = match signal.through {
            Through::Expression => Answer::Unknown(&EXPRESSION),
            Through::Itself | Through::Rising | Through::Band => {
                Answer::of(signal.defects(metric).is_empty())
            }
        };
        can_fire.and(self.reach(signal).map_or(Answer::No, |reach| reach.answer))
    }

    fn reach(&self, signal: &Signal<'a>) -> Option<&Reach<'a>> {
        self.reaches
            .get(signal.alarm_index)
            .and_then(Option::as_ref)
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
        if signal.through == Through::Expression {
            let mut why = EXPRESSION.clone();
            why.detail = Some(format!("metric math of alarm \"{}\"", signal.alarm.name));
            grounds.unknown.push(why);
        } else {
            let defects = signal.defects(metric);
            grounds.evidence.extend(
                defects
                    .into_iter()
                    .map(|defect| signal.evidence(defect, metric)),
            );
        }
        for link in self
            .reach(signal)
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
        for alarm in self
            .unreadable
            .iter()
            .filter(|alarm| signal::may_watch(alarm, metric.name))
        {
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
