//! A global secondary index as rules see it: what was read, and what belongs to it from elsewhere.

use std::sync::Arc;

use super::capacity::ceiling;
use super::coverage::{Unit, Watch};
use super::logic::Answer;
use super::metrics;
use super::scaling::{Scaling, ScalingView};
use super::throughput::BothScalings;
use crate::snapshot::fact::{Fact, UNRECOGNISED};
use crate::snapshot::record::{FactType, Grounds, Value};
use crate::snapshot::table::{BillingMode, Index, KeyAttribute, Table};
use crate::view;

/// A global secondary index with what belongs to it.
pub struct IndexView<'a> {
    /// What was read.
    pub index: &'a Index,
    table: &'a str,
    read_scaling: Fact<Option<ScalingView<'a>>>,
    write_scaling: Fact<Option<ScalingView<'a>>>,
    highest_writes: Fact<Option<f64>>,
    key: Fact<String>,
    watch: Arc<Watch<'a>>,
}

view! {
    /// A global secondary index, with what belongs to it.
    impl IndexView = "index" over Index = |v| v.index, labelled |v| v.index.name.clone();
    fields {
        /// Auto scaling of its reads; null if there is none.
        read_scaling: Fact<Option<ScalingView<'static>>>, [DescribeScalableTargets] = |v| v.read_scaling.value();
        /// Auto scaling of its writes; null if there is none.
        write_scaling: Fact<Option<ScalingView<'static>>>, [DescribeScalableTargets] = |v| v.write_scaling.value();
        /// The most write units a second that provisioning, auto scaling or the on-demand maximum allow; null where
        /// nothing bounds them.
        highest_writes: Fact<Option<f64>>, [DescribeTable, DescribeScalableTargets] = |v| v.highest_writes.value();
        /// Its key in words, such as `GSI1PK HASH, GSI1SK RANGE`.
        key: Fact<String>, [DescribeTable] = |v| v.key.value();
    }
    methods {
        /// Whether the index's own metric has an alarm that can fire and reaches someone.
        covered_by(metric: String) checked |args| metrics::check_metric(args, metrics::index_metric), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.covered_by(args).value(), explained |v, args| v.coverage_grounds(args);
    }
}

fn key_words(key: &[KeyAttribute]) -> String {
    let words = |attribute: &KeyAttribute| format!("{} {}", attribute.name, attribute.role);
    let words: Vec<String> = key.iter().map(words).collect();
    words.join(", ")
}

impl<'a> IndexView<'a> {
    pub(super) fn new(
        index: &'a Index,
        table: &'a Table,
        watch: &Arc<Watch<'a>>,
        scaling: &Scaling<'a>,
    ) -> IndexView<'a> {
        let resource = format!("table/{}/index/{}", table.name, index.name);
        let mut view = IndexView {
            index,
            table: &table.name,
            read_scaling: scaling.of(&resource, "dynamodb:index:ReadCapacityUnits"),
            write_scaling: scaling.of(&resource, "dynamodb:index:WriteCapacityUnits"),
            highest_writes: Fact::not_requested(),
            key: index.key_schema.clone().map(|key| key_words(&key)),
            watch: Arc::clone(watch),
        };
        view.highest_writes = view.ceiling(&table.billing_mode, false);
        view
    }

    /// Auto scaling of its reads, or of its writes; absent if there is none.
    pub fn scaling(&self, reads: bool) -> &Fact<Option<ScalingView<'a>>> {
        match reads {
            true => &self.read_scaling,
            false => &self.write_scaling,
        }
    }

    /// The index with the auto scaling of its reads and of its writes.
    pub(super) fn with_scaling<'s>(&'s self) -> (&'a Index, BothScalings<'s, 'a>) {
        (self.index, [&self.read_scaling, &self.write_scaling])
    }

    fn unit(&self) -> Unit<'_> {
        Unit::index(self.table, &self.index.name)
    }

    fn covered_by(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, metrics::index_metric) {
            Some(metric) => self.watch.covers(&self.unit(), metric),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn coverage_grounds(&self, args: &[Value<'_>]) -> Grounds {
        let metric = metrics::metric_of(args, metrics::index_metric);
        metric.map_or_else(Grounds::default, |metric| {
            self.watch.grounds(&self.unit(), metric)
        })
    }

    pub(super) fn ceiling(
        &self,
        billing_mode: &Fact<BillingMode>,
        reads: bool,
    ) -> Fact<Option<f64>> {
        let index = self.index;
        if reads {
            ceiling(
                billing_mode,
                &index.read_capacity_units,
                &index.max_read_request_units,
                &self.read_scaling,
            )
        } else {
            ceiling(
                billing_mode,
                &index.write_capacity_units,
                &index.max_write_request_units,
                &self.write_scaling,
            )
        }
    }
}
