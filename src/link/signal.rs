//! What alarms watch: each metric with its exact dimensions, through metric math and anomaly bands, and whether the alarm
//! can fire on it.
//!
//! A wrong or missing dimension gives no error in CloudWatch; the alarm just never has data. So the exact set counts.
//! State is not looked at: throttle metrics publish only when something happens, and DynamoDB alarms keep their last
//! state when data is missing (PutMetricAlarm, TreatMissingData).

use std::collections::BTreeMap;

use super::capacity::BURST_S;
use super::coverage::Unit;
use super::logic::Answer;
use super::metrics::Metric;
use crate::snapshot::alarm::{Comparison, MetricAlarm, MetricQuery, MetricStat};
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Evidence;

/// The namespace of DynamoDB's metrics.
pub const NAMESPACE: &str = "AWS/DynamoDB";
/// The namespace of Lambda's metrics.
pub const LAMBDA: &str = "AWS/Lambda";
/// The namespace of SQS's metrics.
pub const SQS: &str = "AWS/SQS";

/// How the metric acts on the alarm can't be told from what AWS documents.
static OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::DescribeAlarms);
/// The alarm says something that this version does not know, or leaves out what every alarm has.
static UNCLEAR: Why = Why::from_call(Reason::Unrecognised, Operation::DescribeAlarms);

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
    // A line may name the alarm's own account too (MetricDataQuery, AccountId).
    let own = alarm.arn.split(':').nth(4);
    let is_own = |query: &&MetricQuery| query.account.is_none() || query.account.as_deref() == own;
    alarm
        .queries
        .iter()
        .filter(is_own)
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
    let mut compared = lines.values().filter(|line| line.returns_data);
    let (Some(compared), None) = (compared.next(), compared.next()) else {
        // One line is compared; AWS does not say which where there are several (PutMetricAlarm, Metrics).
        return Through::Expression;
    };
    if query.returns_data {
        return Through::Itself;
    }
    let is_metric = |id: &str| lines.get(id).is_some_and(|line| line.metric.is_some());
    match compared.expression.as_deref() {
        Some(expression) if rises_with(expression, &query.id, is_metric) => Through::Rising,
        Some(expression)
            if is_numerator(expression, &query.id, is_metric)
                && is_within(alarm.threshold, expression, query) =>
        {
            Through::Rising
        }
        Some(_) | None => Through::Expression,
    }
}

/// The shortest period of the metrics that CloudWatch has of tables, in seconds: in it a burst is the steepest.
const SHORTEST_S: u64 = 60;

/// Whether a quotient can come to the threshold: `m1/PERIOD(m1)/m2` is a share, which never comes to 80 without `*100`.
/// A quotient without PERIOD counts units a period, and one without another metric has no full measure. How far above
/// its provisioned units a table may go in a period is what [`BURST_S`] adds to it.
fn is_within(threshold: Option<f64>, expression: &str, query: &MetricQuery) -> bool {
    let flat: String = expression.chars().filter(|c| !c.is_whitespace()).collect();
    let period = format!("PERIOD({})", query.id);
    let is_share = flat.contains(&period) && flat.matches('/').count() > 1;
    let Some(threshold) = threshold.filter(|_| is_share) else {
        return true;
    };
    let flat = flat.replace(&period, "1").replace(['(', ')'], "");
    let (mut full, mut divides) = (1.0, false);
    for part in flat.split_inclusive(['*', '/']) {
        if let Ok(number) = part.trim_end_matches(['*', '/']).parse::<f64>() {
            full = if divides {
                full / number
            } else {
                full * number
            };
        }
        divides = part.ends_with('/');
    }
    let period_s = query.metric.as_ref().and_then(|stat| stat.period_s);
    let period_s = period_s.unwrap_or(SHORTEST_S) as f64;
    threshold <= full * (1.0 + BURST_S / period_s)
}

/// Whether an expression is a plain sum or maximum of metrics that has this line among its terms, and so rises when it
/// does. Terms that are expressions themselves could fall meanwhile.
fn rises_with(expression: &str, id: &str, is_metric: impl Fn(&str) -> bool) -> bool {
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
    let names = terms.map(|term| match term.strip_prefix("FILL(") {
        Some(filled) => filled.trim(),
        None => term.trim_end_matches(')').trim(),
    });
    // Terms that FILL split in two (`FILL(m1` and `0)`) leave behind what it fills with, which is neutral.
    let is_neutral = |name: &str| {
        matches!(name, "REPEAT" | "LINEAR") || name.chars().all(|c| c.is_ascii_digit())
    };
    let all: Vec<&str> = names.collect();
    all.iter().all(|name| is_metric(name) || is_neutral(name)) && all.contains(&id)
}

/// Whether an expression is a quotient with this line as its one numerator, and so rises when it does: utilisation as the
/// developer guide writes it, `m1/PERIOD(m1)/m2*100`.
fn is_numerator(expression: &str, id: &str, is_metric: impl Fn(&str) -> bool) -> bool {
    let flat: String = expression.chars().filter(|c| !c.is_whitespace()).collect();
    let period = format!("PERIOD({id})");
    // A bracket behind a division would turn what is in it upside down.
    if flat.replace(&period, "").contains("/(") {
        return false;
    }
    let flat = flat.replace(&period, "1").replace(['(', ')'], "");
    let mut numerators = 0;
    let mut divides = false;
    let is_number = |factor: &str| factor.parse::<f64>().is_ok_and(|number| number > 0.0);
    for part in flat.split_inclusive(['*', '/']) {
        let factor = part.trim_end_matches(['*', '/']);
        numerators += usize::from(factor == id && !divides);
        let is_denominator = divides && factor != id && is_metric(factor);
        if !(is_number(factor) || is_denominator || (factor == id && !divides)) {
            return false;
        }
        divides = part.ends_with('/');
    }
    numerators == 1
}

/// Whether auto scaling owns the alarm: it scales, and tells nobody beside.
pub fn is_owned_by_auto_scaling(alarm: &MetricAlarm) -> bool {
    let scales =
        |action: &String| action.contains(":autoscaling:") && action.contains(":scalingPolicy:");
    let says_so = alarm.name.starts_with("TargetTracking-") || !alarm.alarm_actions.is_empty();
    says_so && alarm.alarm_actions.iter().all(scales)
}

/// Whether an alarm watches something in a way this version can't read, and that could be the namespace's metric of this
/// name.
pub fn may_watch(alarm: &MetricAlarm, namespace: &str, metric: &str) -> bool {
    let is_query = |expression: &String| {
        let head = expression.trim_start().get(..6).unwrap_or_default();
        let (on_namespace, on_metric) =
            (expression.contains(namespace), expression.contains(metric));
        // A search may name a part of the metric's name; a query names it and its namespace (Metrics Insights, FROM).
        match head.eq_ignore_ascii_case("SELECT") {
            true => on_namespace && on_metric,
            false => expression.contains("SEARCH(") && (on_namespace || on_metric),
        }
    };
    alarm.unmodelled
        || alarm
            .queries
            .iter()
            .filter_map(|query| query.expression.as_ref())
            .any(is_query)
}

impl Signal<'_> {
    /// Whether it watches this metric of exactly this unit.
    pub fn watches(&self, unit: &Unit<'_>, metric: &str) -> bool {
        let stat = self.stat;
        stat.namespace == unit.namespace
            && stat.metric == metric
            && stat.dimensions.len() == unit.dimensions.len()
            && unit
                .dimensions
                .iter()
                .all(|(key, value)| stat.dimensions.get(*key).is_some_and(|seen| seen == value))
    }

    /// Whether the alarm can fire when this metric rises.
    pub fn can_fire(&self, metric: &Metric) -> Answer<'static> {
        if self.through == Through::Expression {
            return Answer::Unknown(&OPEN);
        }
        match (self.defects(metric).as_slice(), self.doubt(metric)) {
            ([], Some(why)) => Answer::Unknown(why),
            (defects, _) => Answer::of(defects.is_empty()),
        }
    }

    /// Whether it goes off before the metric is above a number. What an expression compares may be in other units, and
    /// what a band does is learnt.
    pub fn fires_below(&self, most: f64) -> Answer<'static> {
        match (self.through, self.alarm.threshold) {
            (Through::Itself, Some(threshold)) => Answer::of(threshold <= most),
            (Through::Itself, None) => Answer::No,
            (Through::Rising | Through::Band | Through::Expression, _) => Answer::Unknown(&OPEN),
        }
    }

    /// That it goes off too late, as evidence.
    pub fn late(&self, most: f64) -> Option<Evidence> {
        let threshold = self.alarm.threshold?;
        (self.fires_below(most) == Answer::No).then(|| Evidence {
            path: format!("alarm \"{}\" threshold", self.alarm.name),
            observed: threshold.to_string(),
            expected: format!("{most} or less"),
            from: Some(Operation::DescribeAlarms),
        })
    }

    /// Why it surely can't fire when this metric rises.
    pub fn defects(&self, metric: &Metric) -> Vec<Defect> {
        let alarm = self.alarm;
        let mut defects = Vec::new();
        if self.fires_when_it_rises() == Some(false) {
            defects.push(Defect::Direction);
        }
        if alarm.threshold.is_none() && self.through != Through::Band {
            defects.push(Defect::NoThreshold);
        }
        if self.rises_with_load(metric) == Some(false) {
            defects.push(Defect::Statistic);
        }
        if let Some(period_s) = self.stat.period_s.filter(|it| *it < metric.granularity_s) {
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

    /// Why it can't be told whether it fires. A band is learnt from data, and a sparse metric has none until the day it
    /// matters: what the band is then, AWS does not say ("Using CloudWatch anomaly detection").
    fn doubt(&self, metric: &Metric) -> Option<&'static Why> {
        if self.through == Through::Band && metric.sparse {
            return Some(&OPEN);
        }
        let is_clear = self.fires_when_it_rises().is_some()
            && self.rises_with_load(metric).is_some()
            && self.stat.period_s.is_some();
        (!is_clear).then_some(&UNCLEAR)
    }

    /// `None` where the comparison is not known.
    fn fires_when_it_rises(&self) -> Option<bool> {
        let comparison = self.alarm.comparison.as_ref()?;
        let rising = [
            Comparison::GreaterThanThreshold,
            Comparison::GreaterThanOrEqualToThreshold,
            Comparison::GreaterThanUpperThreshold,
            Comparison::LessThanLowerOrGreaterThanUpperThreshold,
        ];
        Comparison::CHOICES
            .knows(&comparison.0)
            .then(|| rising.contains(&comparison.0.as_str()))
    }

    /// Whether what the alarm compares reaches the threshold as the load rises; `None` where the statistic does not tell.
    /// Each event is one sample of the value 1, so most statistics of events stay at 1 however many there are.
    fn rises_with_load(&self, metric: &Metric) -> Option<bool> {
        if !metric.summed {
            return follows(self.stat.statistic.as_deref());
        }
        let or_equal = self
            .alarm
            .comparison
            .as_ref()
            .is_some_and(|it| it.is(Comparison::GreaterThanOrEqualToThreshold));
        let threshold = self.alarm.threshold.filter(|_| metric.sparse);
        let one_will_do = threshold.is_some_and(|it| it < 1.0 || (or_equal && it <= 1.0));
        grows(self.stat.statistic.as_deref()).map(|grows| grows || one_will_do)
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
                match metric.summed {
                    true => "Sum: others are of one event or request".to_owned(),
                    false => "one of the values: this one counts samples".to_owned(),
                },
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

/// Whether a statistic follows the values of a metric and not the number of its samples; `None` for a percentile rank,
/// whose direction depends on its bounds.
fn follows(statistic: Option<&str>) -> Option<bool> {
    match statistic {
        Some(it) if it.starts_with("PR(") => None,
        Some(it) => Some(it != "SampleCount" && !it.starts_with("TC")),
        None => Some(true),
    }
}

/// Whether a statistic of samples of the value 1 grows with their number; `None` for those of which that is not certain,
/// such as trimmed counts ("CloudWatch statistics definitions").
pub(super) fn grows(statistic: Option<&str>) -> Option<bool> {
    match statistic? {
        "Sum" | "SampleCount" => Some(true),
        "Average" | "Minimum" | "Maximum" | "IQM" => Some(false),
        other => {
            let percentile = other.strip_prefix('p')?;
            percentile.parse::<f64>().is_ok().then_some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::link::metrics;

    #[test]
    fn utilisation_rises_with_what_is_consumed() {
        let is_metric = |id: &str| ["m1", "m2"].contains(&id);
        let rising = [
            "m1/PERIOD(m1)/m2*100",
            "100 * (m1 / PERIOD(m1)) / m2",
            "(m1/60)/m2",
            "m1 * 0.5",
        ];
        for expression in rising {
            assert!(is_numerator(expression, "m1", is_metric), "{expression}");
        }
        let others = [
            "m2/m1",
            "m1/m1",
            "m1*m2",
            "100 - m1/m2",
            "m1/(m2*m1)",
            "m1 * -1",
            "m1/m3",
            "ABS(m1)",
            "m1/0",
            "",
        ];
        for expression in others {
            assert!(!is_numerator(expression, "m1", is_metric), "{expression}");
        }
    }

    #[test]
    fn a_share_never_comes_to_a_threshold_in_per_cent() {
        let query = |period_s: u64| -> MetricQuery {
            let metric = json!({"namespace": "AWS/DynamoDB", "metric": "ConsumedWriteCapacityUnits",
                "dimensions": {"TableName": "orders"}, "statistic": "Sum", "period_s": period_s});
            let line = json!({"id": "m1", "expression": null, "metric": metric, "period_s": null,
                "returns_data": false, "account": null});
            serde_json::from_value(line).expect("a line")
        };
        let share = "m1/PERIOD(m1)/m2*100";
        for (period_s, threshold, expected) in
            [(60, 400.0, true), (300, 400.0, false), (300, 200.0, true)]
        {
            let within = is_within(Some(threshold), share, &query(period_s));
            assert_eq!(within, expected, "above {threshold} in {period_s} s");
        }
        for (expression, threshold, expected) in [
            ("m1/PERIOD(m1)/m2*100", 80.0, true),
            ("100*(m1/PERIOD(m1))/m2", 80.0, true),
            ("m1/PERIOD(m1)/m2", 0.8, true),
            ("m1/PERIOD(m1)/m2", 80.0, false),
            ("m1/PERIOD(m1)/m2*100", 8000.0, false),
            ("m1/m2*100", 8000.0, true),
            ("m1/PERIOD(m1)", 80.0, true),
        ] {
            let within = is_within(Some(threshold), expression, &query(60));
            assert_eq!(within, expected, "{expression} above {threshold}");
        }
    }

    #[test]
    fn sums_and_maxima_rise_with_their_terms() {
        let is_metric = |id: &str| ["m1", "m2", "m3"].contains(&id);
        for expression in [
            "m1 + m2",
            "SUM([m1, m2])",
            "MAX([m1,m2])",
            "SUM(METRICS())",
            "FILL(m1, 0) + FILL(m2, 0)",
            "FILL(m1, REPEAT)",
        ] {
            assert!(rises_with(expression, "m1", is_metric), "{expression}");
        }
        for expression in [
            "m2 + m3",
            "m1 / m2",
            "100 - m1",
            "IF(m1 > 5, 1, 0)",
            "RATE(m1)",
            "SUM(METRICS(\"m\"))",
            "ANOMALY_DETECTION_BAND(m1, 2)",
            "m1 + e1",
        ] {
            assert!(!rises_with(expression, "m1", is_metric), "{expression}");
        }
    }

    fn throttles() -> Value {
        json!({"namespace": NAMESPACE, "metric": "WriteThrottleEvents", "dimensions": {"TableName": "t"},
            "statistic": "Sum", "period_s": 60})
    }

    /// An alarm that fires on throttled writes, with other fields laid over it.
    fn alarm(changes: Value) -> MetricAlarm {
        let mut alarm = json!({
            "name": "a", "arn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a", "description": null,
            "actions_enabled": true, "alarm_actions": [], "ok_actions": [], "insufficient_data_actions": [],
            "metric": throttles(), "queries": [], "unmodelled": false, "comparison": "GreaterThanThreshold",
            "threshold": 5.0, "threshold_metric_id": null, "evaluation_periods": 5, "datapoints_to_alarm": null,
            "treat_missing_data": null, "state": "OK", "state_updated_at": null,
        });
        for (key, value) in changes.as_object().expect("fields") {
            match key.strip_prefix("metric.") {
                Some(key) => alarm["metric"][key] = value.clone(),
                None => alarm[key] = value.clone(),
            }
        }
        serde_json::from_value(alarm).expect("an alarm")
    }

    fn line(
        id: &str,
        expression: Option<&str>,
        returns_data: bool,
        account: Option<&str>,
    ) -> Value {
        let metric = expression.is_none().then(throttles);
        json!({"id": id, "expression": expression, "metric": metric, "period_s": null,
            "returns_data": returns_data, "account": account})
    }

    fn word(alarm: &MetricAlarm) -> &'static str {
        let metric = metrics::table_metric("WriteThrottleEvents").expect("ours");
        let firing = signals(alarm, 0)
            .iter()
            .map(|it| it.can_fire(metric))
            .collect::<Vec<_>>();
        match Answer::any(firing) {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn an_alarm_fires_on_what_it_can_see_rise() {
        for (changes, expected) in [
            (json!({}), "yes"),
            (json!({"threshold": -1.0}), "yes"),
            (json!({"comparison": "LessThanThreshold"}), "no"),
            (json!({"comparison": "RoughlyAboveThreshold"}), "unknown"),
            (json!({"comparison": null}), "unknown"),
            (json!({"threshold": null}), "no"),
            (json!({"datapoints_to_alarm": 5}), "yes"),
            (json!({"datapoints_to_alarm": 6}), "no"),
            (json!({"metric.statistic": "SampleCount"}), "yes"),
            (json!({"metric.statistic": "p99"}), "no"),
            (json!({"metric.statistic": "p99", "threshold": 0.0}), "yes"),
            (
                json!({"metric.statistic": "Average", "threshold": 1.0}),
                "no",
            ),
            (json!({"metric.statistic": "TC(10:)"}), "unknown"),
            (json!({"metric.statistic": null}), "unknown"),
            (json!({"metric.period_s": 30}), "no"),
            (json!({"metric.period_s": null}), "unknown"),
            // A defect decides, whatever else is unclear.
            (
                json!({"metric.period_s": null, "comparison": "LessThanThreshold"}),
                "no",
            ),
        ] {
            assert_eq!(word(&alarm(changes.clone())), expected, "{changes}");
        }
    }

    #[test]
    fn consumed_units_are_seen_by_their_sum_alone() {
        let metric = metrics::table_metric("ConsumedWriteCapacityUnits").expect("ours");
        for (statistic, expected) in [
            ("Sum", Answer::Yes),
            ("Average", Answer::No),
            ("Maximum", Answer::No),
        ] {
            let alarm = alarm(
                json!({"metric.metric": metric.name, "metric.statistic": statistic, "threshold": 0.5}),
            );
            assert_eq!(
                signals(&alarm, 0)[0].can_fire(metric),
                expected,
                "{statistic}"
            );
        }
        let provisioned = metrics::table_metric("ProvisionedWriteCapacityUnits").expect("ours");
        let alarm = alarm(json!({"metric.statistic": "Maximum", "metric.period_s": 300}));
        assert_eq!(signals(&alarm, 0)[0].can_fire(provisioned), Answer::Yes);
    }

    #[test]
    fn metric_math_is_followed_as_far_as_it_is_plain() {
        let m1 = |returns| line("m1", None, returns, None);
        let own = line("m1", None, true, Some("111122223333"));
        let foreign = line("m1", None, true, Some("444455556666"));
        let band = line("ad1", Some("ANOMALY_DETECTION_BAND(m1, 2)"), true, None);
        for (name, lines, expected) in [
            ("one metric", json!([m1(true)]), "yes"),
            (
                "sum",
                json!([m1(false), line("e1", Some("m1 + m1"), true, None)]),
                "yes",
            ),
            (
                "rate",
                json!([m1(false), line("e1", Some("RATE(m1)"), true, None)]),
                "unknown",
            ),
            (
                "an expression among the terms",
                json!([
                    m1(false),
                    line("e1", Some("0 - m1"), false, None),
                    line("e2", Some("m1 + e1"), true, None)
                ]),
                "unknown",
            ),
            (
                "two lines return data",
                json!([m1(true), line("e1", Some("m1 / 60"), true, None)]),
                "unknown",
            ),
            ("no line does", json!([m1(false)]), "unknown"),
            ("the account itself, by name", json!([own]), "yes"),
            ("another account", json!([foreign]), "no"),
        ] {
            let alarm = alarm(json!({"metric": null, "queries": lines}));
            assert_eq!(word(&alarm), expected, "{name}");
        }
        let learnt = json!({"metric": null, "queries": [m1(true), band], "threshold": null,
            "threshold_metric_id": "ad1", "comparison": "GreaterThanUpperThreshold"});
        assert_eq!(
            word(&alarm(learnt)),
            "unknown",
            "a band of what has no data yet"
        );
    }

    #[test]
    fn auto_scaling_owns_what_only_scales() {
        let policy = "arn:aws:autoscaling:eu-west-1:1:scalingPolicy:p";
        for (name, actions, owned) in [
            ("TargetTracking-table/t-AlarmHigh", json!([policy]), true),
            ("TargetTracking-table/t-AlarmHigh", json!([]), true),
            (
                "TargetTracking-table/t-AlarmHigh",
                json!([policy, "arn:aws:sns:eu-west-1:1:pager"]),
                false,
            ),
            ("mine", json!([policy]), true),
            ("mine", json!([]), false),
        ] {
            let alarm = alarm(json!({"name": name, "alarm_actions": actions}));
            assert_eq!(is_owned_by_auto_scaling(&alarm), owned, "{name} {actions}");
        }
    }

    #[test]
    fn queries_and_searches_may_watch_what_they_name() {
        for (expression, expected) in [
            (
                "SELECT SUM(WriteThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", TableName)",
                true,
            ),
            (
                "SELECT SUM(ReadThrottleEvents) FROM SCHEMA(\"AWS/DynamoDB\", TableName)",
                false,
            ),
            ("SELECT SUM(WriteThrottleEvents) FROM \"mine\"", false),
            (
                "SUM(SEARCH('{AWS/DynamoDB,TableName} Throttle', 'Sum'))",
                true,
            ),
            ("m1 + m2", false),
        ] {
            let alarm = alarm(
                json!({"metric": null, "queries": [line("q1", Some(expression), true, None)]}),
            );
            assert_eq!(
                may_watch(&alarm, NAMESPACE, "WriteThrottleEvents"),
                expected,
                "{expression}"
            );
        }
    }
}
