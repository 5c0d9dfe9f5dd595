//! What alarms watch: each metric with its exact dimensions, through metric math and anomaly bands, and whether the alarm
//! can fire on it.
//!
//! A wrong or missing dimension gives no error in CloudWatch; the alarm just never has data. So the exact set counts.
//! State is not looked at: throttle metrics publish only when something happens, and DynamoDB alarms keep their last
//! state when data is missing (PutMetricAlarm, TreatMissingData).

use std::collections::BTreeMap;

use super::metrics::{self, Metric};
use crate::snapshot::alarm::{Comparison, MetricAlarm, MetricQuery, MetricStat};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Evidence;

/// The namespace of DynamoDB's metrics.
pub const NAMESPACE: &str = "AWS/DynamoDB";

/// One metric that one alarm watches.
#[derive(Clone, Debug)]
pub struct Signal<'a> {
    /// The alarm.
    pub alarm: &'a MetricAlarm,
    /// Its place in the region's list of alarms.
    pub alarm_index: usize,
    /// The metric.
    pub stat: &'a MetricStat,
    /// How the metric acts on the alarm.
    pub through: Through,
}

/// How a metric acts on an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// The alarm compares the metric itself.
    Itself,
    /// The alarm compares a sum, maximum or fill of it: it fires when the metric rises.
    Rising,
    /// The alarm compares it with an anomaly band.
    Band,
    /// The alarm compares an expression whose direction this version can't tell.
    Expression,
}

/// Why an alarm can't fire on a metric that it names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Defect {
    /// It fires when the metric falls.
    Direction,
    /// The statistic never reaches the threshold.
    Statistic,
    /// The period is shorter than the metric's.
    Period(u64),
    /// It wants more breaching data points than it looks at.
    Datapoints,
    /// It has no threshold.
    NoThreshold,
}

/// All signals of an alarm.
pub fn signals(alarm: &MetricAlarm, alarm_index: usize) -> Vec<Signal<'_>> {
    let signal = |stat, through| Signal {
        alarm,
        alarm_index,
        stat,
        through,
    };
    if let Some(stat) = &alarm.metric {
        return vec![signal(stat, Through::Itself)];
    }
    let lines: BTreeMap<&str, &MetricQuery> = alarm
        .queries
        .iter()
        .map(|query| (query.id.as_str(), query))
        .collect();
    let through = |query: &MetricQuery| through(alarm, &lines, query);
    let metrics = alarm.queries.iter().filter(|query| query.account.is_none());
    metrics
        .filter_map(|query| {
            query
                .metric
                .as_ref()
                .map(|stat| signal(stat, through(query)))
        })
        .collect()
}

/// How a line of metric math acts on the line that is compared.
fn through(
    alarm: &MetricAlarm,
    lines: &BTreeMap<&str, &MetricQuery>,
    query: &MetricQuery,
) -> Through {
    if alarm.threshold_metric_id.is_some() {
        return if query.returns_data {
            Through::Band
        } else {
            Through::Expression
        };
    }
    if query.returns_data {
        return Through::Itself;
    }
    let compared = lines
        .values()
        .find(|line| line.returns_data)
        .and_then(|line| line.expression.as_deref());
    match compared {
        Some(expression) if rises_with(expression, &query.id) => Through::Rising,
        Some(_) | None => Through::Expression,
    }
}

/// Whether an expression is a plain sum or maximum that has this line among its terms, and so rises when it does.
fn rises_with(expression: &str, id: &str) -> bool {
    let inner = expression.trim();
    if inner.eq_ignore_ascii_case("SUM(METRICS())") || inner.eq_ignore_ascii_case("MAX(METRICS())")
    {
        return true;
    }
    let bare = ["SUM([", "MAX([", "SUM(", "MAX("].iter().find_map(|open| {
        let rest = inner.strip_prefix(open)?;
        rest.strip_suffix(if open.ends_with('[') { "])" } else { ")" })
    });
    let terms = bare.unwrap_or(inner).split(['+', ',']).map(str::trim);
    let mut names = terms.map(|term| match term.strip_prefix("FILL(") {
        Some(filled) => filled.trim(),
        None => term.trim_end_matches(')').trim(),
    });
    // Terms that FILL split in two (`FILL(m1` and `0)`) leave a number behind, which is neutral.
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let all: Vec<&str> = names.by_ref().collect();
    all.iter().all(|name| is_name(name)) && all.contains(&id)
}

/// Whether auto scaling owns the alarm: it scales, it tells nobody.
pub fn is_owned_by_auto_scaling(alarm: &MetricAlarm) -> bool {
    let scales =
        |action: &String| action.contains(":autoscaling:") && action.contains(":scalingPolicy:");
    alarm.name.starts_with("TargetTracking-") || alarm.alarm_actions.iter().any(scales)
}

/// Whether an alarm watches something in a way this version can't read, and that could be DynamoDB's metric of this name.
pub fn may_watch(alarm: &MetricAlarm, metric: &str) -> bool {
    let is_query = |expression: &String| {
        let head = expression.trim_start().get(..6).unwrap_or_default();
        let searches = expression.contains("SEARCH(") || head.eq_ignore_ascii_case("SELECT");
        searches && expression.contains(metric)
    };
    alarm.unmodelled
        || alarm
            .queries
            .iter()
            .filter_map(|query| query.expression.as_ref())
            .any(is_query)
}

impl Signal<'_> {
    /// Whether it watches this metric with exactly these dimensions.
    pub fn watches(&self, metric: &str, dimensions: &[(&str, &str)]) -> bool {
        let stat = self.stat;
        stat.namespace == NAMESPACE
            && stat.metric == metric
            && stat.dimensions.len() == dimensions.len()
            && dimensions
                .iter()
                .all(|(key, value)| stat.dimensions.get(*key).is_some_and(|seen| seen == value))
    }

    /// Why the alarm can't fire when this metric, a count of events, rises; empty if it can.
    pub fn defects(&self, metric: &Metric) -> Vec<Defect> {
        let alarm = self.alarm;
        let mut defects = Vec::new();
        if !self.fires_when_it_rises() {
            defects.push(Defect::Direction);
        }
        match alarm.threshold {
            None if self.through != Through::Band => defects.push(Defect::NoThreshold),
            Some(threshold) if metric.sparse && !self.reaches(threshold) => {
                defects.push(Defect::Statistic)
            }
            Some(_) | None => {}
        }
        let period_s = self.stat.period_s.unwrap_or(metric.granularity_s);
        if period_s < metric.granularity_s {
            defects.push(Defect::Period(period_s));
        }
        if alarm
            .datapoints_to_alarm
            .zip(alarm.evaluation_periods)
            .is_some_and(|(wanted, seen)| wanted > seen)
        {
            defects.push(Defect::Datapoints);
        }
        defects
    }

    fn fires_when_it_rises(&self) -> bool {
        self.alarm.comparison.as_ref().is_some_and(|comparison| {
            [
                Comparison::GreaterThanThreshold,
                Comparison::GreaterThanOrEqualToThreshold,
                Comparison::GreaterThanUpperThreshold,
                Comparison::LessThanLowerOrGreaterThanUpperThreshold,
            ]
            .contains(&comparison.0.as_str())
        })
    }

    /// Whether a count of events can reach the threshold. Each event is one sample of the value 1, so every statistic
    /// but Sum and SampleCount stays at 1 however many there are.
    fn reaches(&self, threshold: f64) -> bool {
        let grows = matches!(self.stat.statistic.as_deref(), Some("Sum" | "SampleCount"));
        let or_equal = self
            .alarm
            .comparison
            .as_ref()
            .is_some_and(|it| it.is(Comparison::GreaterThanOrEqualToThreshold));
        grows || threshold < 1.0 || (or_equal && threshold <= 1.0)
    }

    /// A defect as evidence.
    pub fn evidence(&self, defect: Defect, metric: &Metric) -> Evidence {
        let alarm = self.alarm;
        let text = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        let (field, observed, expected) = match defect {
            Defect::Direction => (
                "comparison",
                text(alarm.comparison.as_ref().map(ToString::to_string)),
                "GreaterThanThreshold or its like".to_owned(),
            ),
            Defect::Statistic => (
                "statistic",
                text(self.stat.statistic.clone()),
                "Sum: others stay at 1 an event".to_owned(),
            ),
            Defect::Period(period_s) => (
                "period",
                format!("{period_s} s"),
                format!(
                    "{} s or more: {} publishes no oftener",
                    metric.granularity_s, metric.name
                ),
            ),
            Defect::Datapoints => (
                "datapoints_to_alarm",
                text(alarm.datapoints_to_alarm.map(|it| it.to_string())),
                format!(
                    "at most {} evaluation periods",
                    text(alarm.evaluation_periods.map(|it| it.to_string()))
                ),
            ),
            Defect::NoThreshold => ("threshold", "none".to_owned(), "a number".to_owned()),
        };
        Evidence {
            path: format!("alarm \"{}\" {field}", alarm.name),
            observed,
            expected,
            from: Some(Operation::DescribeAlarms),
        }
    }
}

/// The metric of a signal, where it is one that a table or index publishes.
pub fn published(stat: &MetricStat) -> Option<&'static Metric> {
    metrics::table_metric(&stat.metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_maxima_rise_with_their_terms() {
        for expression in [
            "m1 + m2",
            "SUM([m1, m2])",
            "MAX([m1,m2])",
            "SUM(METRICS())",
            "FILL(m1, 0) + FILL(m2, 0)",
        ] {
            assert!(rises_with(expression, "m1"), "{expression}");
        }
        for expression in [
            "m2 + m3",
            "m1 / m2",
            "100 - m1",
            "IF(m1 > 5, 1, 0)",
            "ANOMALY_DETECTION_BAND(m1, 2)",
        ] {
            assert!(!rises_with(expression, "m1"), "{expression}");
        }
    }
}
