//! CloudWatch alarms as DescribeAlarms gives them, and the SNS topics that they notify.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fact::Listed;
use crate::{choice, record};

choice! {
    /// State of an alarm.
    AlarmState = "alarm-state" [OK, ALARM, INSUFFICIENT_DATA];
    /// How an alarm compares with its threshold.
    Comparison = "comparison" [GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold, LessThanLowerOrGreaterThanUpperThreshold, LessThanLowerThreshold, GreaterThanUpperThreshold];
}

record! {
    /// A metric with its exact dimensions and how it is summed up.
    pub struct MetricStat = "metric-stat" labelled metric {
        /// Namespace: `AWS/DynamoDB`.
        namespace: String, Config [DescribeAlarms];
        /// Metric name.
        metric: String, Config [DescribeAlarms];
        /// The exact dimension set.
        dimensions: BTreeMap<String, String>, Config [DescribeAlarms];
        /// `Sum`, `Average`, `p99`; null where AWS does not say.
        statistic: Option<String>, Config [DescribeAlarms];
        /// Period in seconds; null where AWS does not say.
        period_s: Option<u64>, Config [DescribeAlarms];
    }
}

record! {
    /// One line of a metric-math alarm: a metric or an expression over other lines.
    pub struct MetricQuery = "metric-query" labelled id {
        /// Id that expressions use.
        id: String, Config [DescribeAlarms];
        /// Expression; null for a metric.
        expression: Option<String>, Config [DescribeAlarms];
        /// Metric; null for an expression.
        metric: Option<MetricStat>, Config [DescribeAlarms];
        /// Period of an expression in seconds; null where AWS does not say.
        period_s: Option<u64>, Config [DescribeAlarms];
        /// Whether this line is the one compared with the threshold.
        returns_data: bool, Config [DescribeAlarms];
        /// Account that the metric comes from; null for this one.
        account: Option<String>, Config [DescribeAlarms];
    }
}

record! {
    /// A metric alarm: on one metric, on metric math, or on an anomaly band.
    pub struct MetricAlarm = "alarm" labelled name {
        /// Name.
        name: String, Identity [DescribeAlarms];
        /// ARN.
        arn: String, Identity [DescribeAlarms];
        /// Description; null if it has none.
        description: Option<String>, Config [DescribeAlarms];
        /// Whether its actions run.
        actions_enabled: bool, Config [DescribeAlarms];
        /// What happens when it goes to ALARM.
        alarm_actions: Vec<String>, Config [DescribeAlarms];
        /// What happens when it goes to OK.
        ok_actions: Vec<String>, Config [DescribeAlarms];
        /// What happens when it goes to INSUFFICIENT_DATA.
        insufficient_data_actions: Vec<String>, Config [DescribeAlarms];
        /// The one metric; null for metric math.
        metric: Option<MetricStat>, Config [DescribeAlarms];
        /// The lines of metric math; empty for one metric.
        queries: Vec<MetricQuery>, Config [DescribeAlarms];
        /// Whether it watches in a way this version does not model: PromQL or a log query.
        unmodelled: bool, Config [DescribeAlarms];
        /// How it compares; null where AWS does not say.
        comparison: Option<Comparison>, Config [DescribeAlarms];
        /// What it compares with; null for an anomaly band.
        threshold: Option<f64>, Config [DescribeAlarms];
        /// The line of metric math that holds the anomaly band; null if there is none.
        threshold_metric_id: Option<String>, Config [DescribeAlarms];
        /// How many periods it looks at; null where AWS does not say.
        evaluation_periods: Option<u64>, Config [DescribeAlarms];
        /// How many of them must breach; null is all.
        datapoints_to_alarm: Option<u64>, Config [DescribeAlarms];
        /// What it makes of missing data; null where AWS does not say. Without effect in AWS/DynamoDB.
        treat_missing_data: Option<String>, Config [DescribeAlarms];
        /// State.
        state: AlarmState, Volatile [DescribeAlarms];
        /// When the state last changed; null where AWS does not say.
        state_updated_at: Option<Timestamp>, Volatile [DescribeAlarms];
    }
}

record! {
    /// A composite alarm: a rule over the states of other alarms.
    pub struct CompositeAlarm = "composite-alarm" labelled name {
        /// Name.
        name: String, Identity [DescribeAlarms];
        /// ARN.
        arn: String, Identity [DescribeAlarms];
        /// The rule: `ALARM("a") OR ALARM("b")`.
        rule: String, Config [DescribeAlarms];
        /// Whether its actions run.
        actions_enabled: bool, Config [DescribeAlarms];
        /// What happens when it goes to ALARM.
        alarm_actions: Vec<String>, Config [DescribeAlarms];
        /// The alarm that holds its actions back; null if there is none.
        suppressor: Option<String>, Config [DescribeAlarms];
        /// State.
        state: AlarmState, Volatile [DescribeAlarms];
    }
}

record! {
    /// An SNS topic that an alarm notifies.
    pub struct Topic = "topic" labelled arn {
        /// ARN.
        arn: String, Identity [DescribeAlarms];
    } facts {
        /// Its subscriptions; null when there is no such topic.
        subscriptions: Option<Listed<Subscription>>, Config [ListSubscriptionsByTopic];
        /// Who may publish to it and how it is encrypted; null when there is no such topic.
        attributes: Option<TopicAttributes>, Config [GetTopicAttributes];
    }
}

record! {
    /// Who may publish to a topic, and how it is encrypted.
    pub struct TopicAttributes = "topic-attributes" {
        /// Its access policy, as JSON.
        policy: String, Config [GetTopicAttributes];
        /// The KMS key that encrypts it, by id, ARN or alias; null when none does.
        key_id: Option<String>, Config [GetTopicAttributes];
    }
}

record! {
    /// A subscription of a topic. The endpoint itself stays out of the snapshot: webhook addresses hold keys, and
    /// e-mail addresses are personal data.
    pub struct Subscription = "subscription" labelled protocol {
        /// `email`, `https`, `sqs`, `lambda`, …
        protocol: String, Config [ListSubscriptionsByTopic];
        /// Keyed hash of the endpoint: the same endpoint gives the same hash within an account.
        endpoint_hash: String, Identity [ListSubscriptionsByTopic];
        /// Whether the subscriber confirmed it.
        confirmed: bool, Config [ListSubscriptionsByTopic];
    }
}
