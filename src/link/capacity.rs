//! Alarms on consumed capacity, and what the capacity of a table or index can come to.

use super::scaling::ScalingView;
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::fact::{Fact, UNRECOGNISED};
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::BillingMode;
use crate::view;

/// Seconds of unused capacity that DynamoDB keeps for bursts ("Burst and adaptive capacity", developer guide).
pub(super) const BURST_S: f64 = 300.0;

/// An alarm on the sum of consumed units, with what the sum can come to.
pub struct CapacityAlarm<'a> {
    pub(super) alarm: &'a MetricAlarm,
    pub(super) metric: &'a str,
    pub(super) index: Option<&'a String>,
    pub(super) threshold: f64,
    pub(super) highest: Fact<Option<f64>>,
}

view! {
    /// An alarm on the sum of consumed capacity units.
    impl CapacityAlarm = "alarm" over MetricAlarm = |v| v.alarm, labelled |v| v.alarm.name.clone();
    fields {
        /// The metric.
        metric: String, [DescribeAlarms] = |v| Value::Text(v.metric);
        /// The index it watches; null for the table itself.
        index: Option<String>, [DescribeAlarms] = |v| v.index.map_or(Value::Absent, |name| Value::Text(name));
        /// The sum that it compares with.
        threshold: f64, [DescribeAlarms] = |v| Value::Number(v.threshold);
        /// The highest sum of a period: the most units a second that provisioning, auto scaling or the on-demand maximum
        /// allow, for the period and the 300 s of unused capacity that DynamoDB keeps for bursts; null where nothing
        /// bounds it.
        highest_sum: Fact<Option<f64>>, [DescribeTable, DescribeScalableTargets] = |v| v.highest.value();
    }
    methods {}
}

/// The highest units a second that a table or index can be given; absent where nothing bounds it.
pub(super) fn ceiling(
    billing_mode: &Fact<BillingMode>,
    provisioned: &Fact<u64>,
    max_on_demand: &Fact<Option<u64>>,
    scaling: &Fact<Option<ScalingView<'_>>>,
) -> Fact<Option<f64>> {
    let billing_mode = match billing_mode.as_ref() {
        Ok(mode) => mode,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    match billing_mode.0.as_str() {
        BillingMode::PAY_PER_REQUEST => max_on_demand
            .clone()
            .map(|max| max.map(|units| units as f64)),
        BillingMode::PROVISIONED => match (provisioned.as_ref(), scaling.as_ref()) {
            (Err(why), _) | (_, Err(why)) => Fact::Unknown(why.clone()),
            (Ok(units), Ok(scaling)) => {
                let scaled = scaling.as_ref().map_or(0, ScalingView::max_capacity);
                Fact::Known(Some((*units).max(scaled) as f64))
            }
        },
        _ => Fact::Unknown(UNRECOGNISED.clone()),
    }
}
