//! The reads or the writes of a table or an index: what they came to, beside what they may come to.
//!
//! A table and each of its indexes have capacity, limits and metrics of their own, for reads and for writes apart. Rules on
//! use ask the same of each, so here they are one list.

use super::scaling::ScalingView;
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::{BillingMode, Index, Table};
use crate::snapshot::usage::{Consumption, Throttles, Usage, Utilisation};
use crate::view;

/// The reads or the writes of a table or an index.
pub struct ThroughputView<'a> {
    index: Option<&'a String>,
    side: Side,
    name: String,
    billing_mode: &'a Fact<BillingMode>,
    provisioned: &'a Fact<u64>,
    maximum: &'a Fact<Option<u64>>,
    scaling: Fact<Option<ScalingView<'a>>>,
    usage: &'a Fact<Usage>,
    causes: Fact<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Read,
    Write,
}

view! {
    /// The reads or the writes of a table or one of its indexes.
    impl ThroughputView = "throughput", labelled |v| v.name.clone();
    fields {
        /// `reads`, or `GSI1 writes` where it is an index's.
        name: String, [DescribeTable] = |v| Value::Text(&v.name);
        /// The index; null for the table itself.
        index: Option<String>, [DescribeTable] = |v| v.index.map_or(Value::Absent, |name| Value::Text(name));
        /// `read` or `write`.
        side: String, [DescribeTable] = |v| Value::Text(v.side.word());
        /// How capacity is paid.
        billing_mode: Fact<BillingMode>, [DescribeTable] = |v| v.billing_mode.value();
        /// Provisioned units a second; 0 when on-demand. Auto scaling moves it.
        provisioned_units: Fact<u64>, [DescribeTable] = |v| v.provisioned.value();
        /// Highest request units a second when on-demand; null is no maximum.
        max_request_units: Fact<Option<u64>>, [DescribeTable] = |v| v.maximum.value();
        /// Its auto scaling; null if there is none.
        scaling: Fact<Option<ScalingView<'static>>>, [DescribeScalableTargets] = |v| v.scaling.value();
        /// Units consumed in the window; null where CloudWatch has no datapoint.
        consumed: Fact<Option<Consumption>>, [GetMetricData] = |v| v.of_usage(|usage| v.consumed(usage).value());
        /// Consumed over provisioned units; null when on-demand, or where CloudWatch has no datapoint.
        utilisation: Fact<Option<Utilisation>>, [GetMetricData] = |v| v.of_usage(|usage| v.utilisation(usage).value());
        /// Throttle events in the window.
        throttles: Fact<Throttles>, [GetMetricData] = |v| v.of_usage(|usage| v.throttles(usage).value());
        /// The causes of the throttle events, in words.
        throttle_causes: Fact<String>, [GetMetricData] = |v| v.causes.value();
    }
    methods {}
}

impl Side {
    const BOTH: [Side; 2] = [Side::Read, Side::Write];

    fn word(self) -> &'static str {
        match self {
            Side::Read => "read",
            Side::Write => "write",
        }
    }

    fn of<T>(self, read: T, write: T) -> T {
        match self {
            Side::Read => read,
            Side::Write => write,
        }
    }
}

/// The scaling of a table or an index: of reads, of writes.
pub(super) type BothScalings<'s, 'a> = [&'s Fact<Option<ScalingView<'a>>>; 2];

/// The reads and writes of a table and of its indexes. Nothing is known of them where the table was not measured; those
/// of indexes are missing where the indexes could not be read.
pub(super) fn throughputs<'a>(
    table: &'a Table,
    scaling: BothScalings<'_, 'a>,
    indexes: Result<Vec<(&'a Index, BothScalings<'_, 'a>)>, Why>,
) -> Fact<Listed<ThroughputView<'a>>> {
    if let Err(why) = table.usage.as_ref() {
        return Fact::Unknown(why.clone());
    }
    let mut items: Vec<ThroughputView<'a>> =
        Side::BOTH.map(|side| of_table(table, side, scaling)).into();
    let missing = match indexes {
        Err(why) => Some(why),
        Ok(indexes) => {
            for (index, scaling) in indexes {
                items.extend(Side::BOTH.map(|side| of_index(table, index, side, scaling)));
            }
            None
        }
    };
    Fact::Known(Listed { items, missing })
}

fn of_table<'a>(table: &'a Table, side: Side, scaling: BothScalings<'_, 'a>) -> ThroughputView<'a> {
    ThroughputView {
        index: None,
        side,
        name: format!("{}s", side.word()),
        billing_mode: &table.billing_mode,
        provisioned: side.of(&table.read_capacity_units, &table.write_capacity_units),
        maximum: side.of(
            &table.max_read_request_units,
            &table.max_write_request_units,
        ),
        scaling: side.of(scaling[0], scaling[1]).clone(),
        usage: &table.usage,
        causes: causes(&table.usage, side),
    }
}

fn of_index<'a>(
    table: &'a Table,
    index: &'a Index,
    side: Side,
    scaling: BothScalings<'_, 'a>,
) -> ThroughputView<'a> {
    ThroughputView {
        index: Some(&index.name),
        side,
        name: format!("{} {}s", index.name, side.word()),
        billing_mode: &table.billing_mode,
        provisioned: side.of(&index.read_capacity_units, &index.write_capacity_units),
        maximum: side.of(
            &index.max_read_request_units,
            &index.max_write_request_units,
        ),
        scaling: side.of(scaling[0], scaling[1]).clone(),
        usage: &index.usage,
        causes: causes(&index.usage, side),
    }
}

impl ThroughputView<'_> {
    fn of_usage<'v>(&'v self, read: impl FnOnce(&'v Usage) -> Value<'v>) -> Value<'v> {
        match self.usage.as_ref() {
            Ok(usage) => read(usage),
            Err(why) => Value::Unknown(why),
        }
    }

    fn consumed<'v>(&self, usage: &'v Usage) -> &'v Fact<Option<Consumption>> {
        self.side.of(&usage.consumed_reads, &usage.consumed_writes)
    }

    fn utilisation<'v>(&self, usage: &'v Usage) -> &'v Fact<Option<Utilisation>> {
        self.side
            .of(&usage.read_utilisation, &usage.write_utilisation)
    }

    fn throttles<'v>(&self, usage: &'v Usage) -> &'v Fact<Throttles> {
        self.side.of(&usage.read_throttles, &usage.write_throttles)
    }
}

fn causes(usage: &Fact<Usage>, side: Side) -> Fact<String> {
    let known = usage.as_ref().and_then(|usage| {
        side.of(&usage.read_throttles, &usage.write_throttles)
            .as_ref()
    });
    Fact::from(known.map(in_words).map_err(Clone::clone))
}

/// `12 by one partition, 3 by provisioned capacity`.
fn in_words(throttles: &Throttles) -> String {
    let causes = [
        (Some(throttles.key_range), "by one partition"),
        (throttles.provisioned, "by provisioned capacity"),
        (throttles.on_demand_maximum, "by the on-demand maximum"),
        (throttles.account_limit, "by an account quota"),
    ];
    let named: Vec<String> = causes
        .into_iter()
        .filter_map(|(count, words)| Some(format!("{} {words}", count.filter(|it| *it > 0)?)))
        .collect();
    match (named.is_empty(), throttles.total) {
        (false, _) => named.join(", "),
        (true, 0) => "no throttling".to_owned(),
        (true, _) => "of no cause that CloudWatch names".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_named_where_there_are_some() {
        let mut throttles = Throttles {
            total: 5,
            key_range: 0,
            provisioned: Some(0),
            on_demand_maximum: None,
            account_limit: None,
            last_at: None,
        };
        assert_eq!(in_words(&throttles), "of no cause that CloudWatch names");
        throttles.total = 0;
        assert_eq!(in_words(&throttles), "no throttling");
        throttles.total = 5;
        throttles.key_range = 2;
        throttles.provisioned = Some(3);
        assert_eq!(
            in_words(&throttles),
            "2 by one partition, 3 by provisioned capacity"
        );
    }
}
