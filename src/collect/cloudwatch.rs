//! Amazon CloudWatch: metric and composite alarms, in one bulk listing.
//!
//! Log alarms are not asked for: some partitions refuse the whole call for that one type. What an alarm watches and
//! whom it reaches is for `link` to say.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::types::{
    AlarmType, CompositeAlarm as SdkComposite, Dimension, MetricAlarm as SdkAlarm, MetricDataQuery,
};

use super::call::Caller;
use super::client::Clients;
use super::listing::Page;
use super::shape::{Malformed, choice, maybe_choice, maybe_count, maybe_time, needed, text};
use super::sns::topic_region;
use crate::snapshot::alarm::{CompositeAlarm, MetricAlarm, MetricQuery, MetricStat};
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::operation::Operation;

/// Alarms a page: the most that AWS gives (API reference of DescribeAlarms).
const PAGE: i32 = 100;

/// The alarms of a region.
pub(super) struct Alarms {
    /// The metric alarms, sorted by name.
    pub(super) metric: Fact<Listed<MetricAlarm>>,
    /// The composite alarms, sorted by name.
    pub(super) composite: Fact<Listed<CompositeAlarm>>,
    /// The SNS topics that they notify.
    pub(super) topics: BTreeSet<String>,
    /// Why topics may be missing, and whether none is known at all.
    pub(super) missing: Option<(Why, bool)>,
}

/// Either kind, as they come on one page.
enum Alarm {
    Metric(Box<MetricAlarm>),
    Composite(CompositeAlarm),
}

/// Reads all alarms of the region.
pub(super) async fn alarms(caller: &Caller<'_>) -> Alarms {
    let send = |clients: &Clients, token| {
        let call = clients.cloudwatch.describe_alarms();
        let call = call.alarm_types(AlarmType::MetricAlarm);
        let call = call.alarm_types(AlarmType::CompositeAlarm);
        call.max_records(PAGE).set_next_token(token).send()
    };
    let operation = Operation::DescribeAlarms;
    let mut listing = caller
        .list(operation, None, send, |answer| Some(page(answer)))
        .await;
    let (mut metric, mut composite) = (Vec::new(), Vec::new());
    for alarm in std::mem::take(&mut listing.items) {
        match alarm {
            Alarm::Metric(alarm) => metric.push(*alarm),
            Alarm::Composite(alarm) => composite.push(alarm),
        }
    }
    let topics = topics(&metric, &composite);
    Alarms {
        metric: listing.with(metric).into_fact(|alarm| alarm.name.clone()),
        composite: listing
            .with(composite)
            .into_fact(|alarm| alarm.name.clone()),
        topics,
        missing: listing
            .missing()
            .map(|why| (why, listing.unread().is_some())),
    }
}

/// A page. Its two lists may be left out when they are empty: the protocol (CBOR) does not say that they never are.
fn page(answer: DescribeAlarmsOutput) -> Page<Alarm> {
    let metric = answer.metric_alarms().iter();
    let metric =
        metric.map(|alarm| metric_alarm(alarm).map(|alarm| Alarm::Metric(Box::new(alarm))));
    let composite = answer.composite_alarms().iter();
    let composite = composite.map(|alarm| composite_alarm(alarm).map(Alarm::Composite));
    Page {
        items: metric.chain(composite).map(Result::ok).collect(),
        next: answer.next_token.clone(),
    }
}

fn topics(metric: &[MetricAlarm], composite: &[CompositeAlarm]) -> BTreeSet<String> {
    let metric = metric.iter().flat_map(|alarm| &alarm.alarm_actions);
    let composite = composite.iter().flat_map(|alarm| &alarm.alarm_actions);
    let actions = metric.chain(composite);
    actions
        .filter(|action| topic_region(action).is_some())
        .cloned()
        .collect()
}

fn metric_alarm(alarm: &SdkAlarm) -> Result<MetricAlarm, Malformed> {
    let queries = alarm.metrics().iter().map(query);
    let queries: Vec<MetricQuery> = queries.collect::<Result<_, _>>()?;
    let metric = alarm
        .metric_name()
        .map(|name| one_metric(alarm, name))
        .transpose()?;
    Ok(MetricAlarm {
        name: text(alarm.alarm_name(), "AlarmName")?,
        arn: text(alarm.alarm_arn(), "AlarmArn")?,
        description: alarm.alarm_description().map(str::to_owned),
        actions_enabled: needed(alarm.actions_enabled(), "ActionsEnabled")?,
        alarm_actions: sorted(alarm.alarm_actions()),
        ok_actions: sorted(alarm.ok_actions()),
        insufficient_data_actions: sorted(alarm.insufficient_data_actions()),
        unmodelled: alarm.evaluation_criteria().is_some()
            || (metric.is_none() && queries.is_empty()),
        metric,
        queries,
        comparison: maybe_choice(
            alarm
                .comparison_operator()
                .map(|operator| operator.as_str()),
        ),
        threshold: alarm.threshold(),
        threshold_metric_id: alarm.threshold_metric_id().map(str::to_owned),
        evaluation_periods: maybe_count(alarm.evaluation_periods(), "EvaluationPeriods")?,
        datapoints_to_alarm: maybe_count(alarm.datapoints_to_alarm(), "DatapointsToAlarm")?,
        treat_missing_data: alarm.treat_missing_data().map(str::to_owned),
        state: choice(
            alarm.state_value().map(|state| state.as_str()),
            "StateValue",
        )?,
        state_updated_at: maybe_time(alarm.state_updated_timestamp(), "StateUpdatedTimestamp")?,
    })
}

fn sorted(actions: &[String]) -> Vec<String> {
    let mut actions = actions.to_vec();
    actions.sort();
    actions
}

fn one_metric(alarm: &SdkAlarm, name: &str) -> Result<MetricStat, Malformed> {
    let statistic = alarm.statistic().map(|statistic| statistic.as_str());
    Ok(MetricStat {
        namespace: text(alarm.namespace(), "Namespace")?,
        metric: text(Some(name), "MetricName")?,
        dimensions: dimensions(alarm.dimensions())?,
        statistic: statistic.or(alarm.extended_statistic()).map(str::to_owned),
        period_s: maybe_count(alarm.period(), "Period")?,
    })
}

fn dimensions(dimensions: &[Dimension]) -> Result<BTreeMap<String, String>, Malformed> {
    let read = |dimension: &Dimension| {
        let name = text(dimension.name(), "Dimensions.Name")?;
        let value = text(dimension.value(), "Dimensions.Value")?;
        Ok((name, value))
    };
    dimensions.iter().map(read).collect()
}

/// A line of metric math. ReturnData is true where it is left out (API reference of MetricDataQuery).
fn query(query: &MetricDataQuery) -> Result<MetricQuery, Malformed> {
    let stat = query.metric_stat().map(|stat| {
        let metric = needed(stat.metric(), "MetricStat.Metric")?;
        Ok(MetricStat {
            namespace: text(metric.namespace(), "Namespace")?,
            metric: text(metric.metric_name(), "MetricName")?,
            dimensions: dimensions(metric.dimensions())?,
            statistic: stat.stat().map(str::to_owned),
            period_s: maybe_count(stat.period(), "Period")?,
        })
    });
    Ok(MetricQuery {
        id: text(query.id(), "Id")?,
        expression: query.expression().map(str::to_owned),
        metric: stat.transpose()?,
        period_s: maybe_count(query.period(), "Period")?,
        returns_data: query.return_data().unwrap_or(true),
        account: query.account_id().map(str::to_owned),
    })
}

fn composite_alarm(alarm: &SdkComposite) -> Result<CompositeAlarm, Malformed> {
    Ok(CompositeAlarm {
        name: text(alarm.alarm_name(), "AlarmName")?,
        arn: text(alarm.alarm_arn(), "AlarmArn")?,
        rule: text(alarm.alarm_rule(), "AlarmRule")?,
        actions_enabled: needed(alarm.actions_enabled(), "ActionsEnabled")?,
        alarm_actions: sorted(alarm.alarm_actions()),
        suppressor: alarm.actions_suppressor().map(str::to_owned),
        state: choice(
            alarm.state_value().map(|state| state.as_str()),
            "StateValue",
        )?,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::types::{Metric, MetricStat as SdkStat, StateValue};

    use super::*;

    fn alarm() -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
        SdkAlarm::builder()
            .alarm_name("orders-throttles")
            .alarm_arn("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-throttles")
            .actions_enabled(true)
            .state_value(StateValue::Ok)
    }

    fn dimension(name: &str, value: &str) -> Dimension {
        Dimension::builder().name(name).value(value).build()
    }

    #[test]
    fn a_percentile_is_a_statistic_like_others() {
        let alarm = alarm()
            .namespace("AWS/DynamoDB")
            .metric_name("SuccessfulRequestLatency")
            .dimensions(dimension("TableName", "orders"))
            .extended_statistic("p99")
            .period(60)
            .build();
        let read = metric_alarm(&alarm).expect("readable");
        let metric = read.metric.expect("a metric");
        assert_eq!(metric.statistic.as_deref(), Some("p99"));
        assert_eq!(metric.dimensions["TableName"], "orders");
        assert!(!read.unmodelled && read.queries.is_empty());
    }

    #[test]
    fn a_line_of_metric_math_returns_data_unless_it_says_no() {
        let metric = Metric::builder()
            .namespace("AWS/DynamoDB")
            .metric_name("WriteThrottleEvents");
        let stat = SdkStat::builder()
            .metric(metric.build())
            .period(60)
            .stat("Sum");
        let line = MetricDataQuery::builder()
            .id("m1")
            .metric_stat(stat.build());
        let alarm = alarm().metrics(line.build()).build();
        let read = metric_alarm(&alarm).expect("readable");
        assert!(read.queries[0].returns_data && read.metric.is_none());
    }

    #[test]
    fn an_alarm_that_watches_nothing_we_know_is_unmodelled() {
        let read = metric_alarm(&alarm().build()).expect("readable");
        assert!(read.unmodelled);
    }

    #[test]
    fn an_alarm_without_a_state_or_a_dimension_without_a_value_is_malformed() {
        let stateless = alarm().set_state_value(None).build();
        assert_eq!(
            metric_alarm(&stateless).err(),
            Some(Malformed("StateValue"))
        );
        let half = Dimension::builder().name("TableName").build();
        let alarm = alarm()
            .namespace("AWS/DynamoDB")
            .metric_name("M")
            .dimensions(half);
        let error = metric_alarm(&alarm.build()).err();
        assert_eq!(error, Some(Malformed("Dimensions.Value")));
    }
}
