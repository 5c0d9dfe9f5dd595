//! What to ask CloudWatch about one table and its indexes. Asks nothing itself.
//!
//! Which causes of throttling there can be follows from the capacity mode ("Throttling diagnosis", developer guide): key
//! ranges in both, provisioned capacity in one, account quotas and the table's own maximum in the other.

use super::{Grain, Wanted};
use crate::snapshot::fact::{UNRECOGNISED, Why};
use crate::snapshot::series::{OPERATIONS, Series, TIMED_OPERATIONS};
use crate::snapshot::table::{BillingMode, Index, MultiRegionConsistency, Table, TtlStatus};

/// One metric to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) metric: &'static str,
    pub(super) stat: &'static str,
    pub(super) grain: Grain,
    pub(super) table: String,
    /// The dimensions beside TableName.
    pub(super) dimensions: Vec<(&'static str, String)>,
}

/// The place of a metric's answer among all answers.
#[derive(Clone, Copy)]
pub(super) struct Ticket(pub(super) usize);

/// All metrics to ask for.
#[derive(Default)]
pub(super) struct Questions {
    pub(super) queries: Vec<Query>,
}

impl Questions {
    fn ask(
        &mut self,
        unit: &Unit<'_>,
        metric: &'static str,
        stat: &'static str,
        grain: Grain,
    ) -> Ticket {
        self.ask_by(unit, metric, stat, grain, None)
    }

    fn ask_by(
        &mut self,
        unit: &Unit<'_>,
        metric: &'static str,
        stat: &'static str,
        grain: Grain,
        by: Option<(&'static str, &str)>,
    ) -> Ticket {
        let index = unit.index.map(|index| ("GlobalSecondaryIndexName", index));
        let dimensions = index.into_iter().chain(by);
        self.queries.push(Query {
            metric,
            stat,
            grain,
            table: unit.table.to_owned(),
            dimensions: dimensions
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
        });
        Ticket(self.queries.len() - 1)
    }
}

/// The questions about a table; nothing where a group of metrics is not wanted.
pub(super) struct Plan {
    pub(super) table: UnitPlan,
    /// In the order of the table's indexes.
    pub(super) indexes: Vec<UnitPlan>,
    pub(super) requests: Option<Vec<(&'static str, Ticket)>>,
    /// The percentile of some of them.
    pub(super) latency: Option<Vec<(&'static str, Ticket)>>,
    pub(super) system_errors: Option<Vec<(&'static str, Ticket)>>,
    /// The inner one is nothing where time to live is off.
    pub(super) ttl_deletions: Option<Option<Ticket>>,
    pub(super) replication: Option<Vec<(String, Ticket)>>,
}

/// The questions about a table or an index: of reads, of writes.
pub(super) struct UnitPlan {
    pub(super) consumed: Option<[Ticket; 2]>,
    /// The inner one is nothing when on-demand.
    pub(super) provisioned: Option<Option<[Ticket; 2]>>,
    pub(super) throttles: Option<[Causes; 2]>,
}

/// The questions about throttling. Nothing is a cause that cannot be.
pub(super) struct Causes {
    pub(super) total: Ticket,
    pub(super) key_range: Ticket,
    pub(super) provisioned: Option<Ticket>,
    pub(super) on_demand_maximum: Option<Ticket>,
    pub(super) account_limit: Option<Ticket>,
}

struct Unit<'t> {
    table: &'t str,
    index: Option<&'t str>,
    on_demand: bool,
    /// Whether there is a maximum of reads, of writes.
    maximum: [bool; 2],
}

impl Plan {
    /// What to ask about a table; the reason where too little is known of it to ask.
    pub(super) fn new<'t>(
        table: &'t Table,
        wanted: &Wanted,
        questions: &mut Questions,
    ) -> Result<Plan, &'t Why> {
        let on_demand = match table.billing_mode.as_ref()?.0.as_str() {
            BillingMode::PAY_PER_REQUEST => true,
            BillingMode::PROVISIONED => false,
            _ => return Err(&UNRECOGNISED),
        };
        let unit = Unit {
            table: &table.name,
            index: None,
            on_demand,
            maximum: [
                table.max_read_request_units.as_ref()?.is_some(),
                table.max_write_request_units.as_ref()?.is_some(),
            ],
        };
        let indexes: Vec<Unit<'_>> = table
            .indexes
            .as_ref()?
            .iter()
            .map(|index| of_index(table, index, on_demand))
            .collect::<Result<_, &Why>>()?;
        let replicas = replicas(table)?;
        let mut of = |series, ask: &mut dyn FnMut(&mut Questions)| {
            if wanted.has(series) {
                ask(questions);
            }
        };
        let (mut requests, mut latency, mut errors) = (None, None, None);
        let (mut ttl, mut replication) = (None, None);
        of(Series::Requests, &mut |it| {
            requests = Some(by_operation(
                it,
                &unit,
                &OPERATIONS,
                "SuccessfulRequestLatency",
                "SampleCount",
                Grain::Day,
            ));
        });
        of(Series::Latency, &mut |it| {
            latency = Some(by_operation(
                it,
                &unit,
                &TIMED_OPERATIONS,
                "SuccessfulRequestLatency",
                "p99",
                Grain::Day,
            ));
        });
        of(Series::SystemErrors, &mut |it| {
            errors = Some(by_operation(
                it,
                &unit,
                &OPERATIONS,
                "SystemErrors",
                "Sum",
                Grain::Hour,
            ));
        });
        of(Series::TtlDeletions, &mut |it| {
            let ask = || it.ask(&unit, "TimeToLiveDeletedItemCount", "Sum", Grain::Day);
            ttl = Some((!is_ttl_off(table)).then(ask));
        });
        of(Series::Replication, &mut |it| {
            let mut ask = |region: &String| {
                let by = Some(("ReceivingRegion", region.as_str()));
                let ticket = it.ask_by(&unit, "ReplicationLatency", "Average", Grain::Hour, by);
                (region.clone(), ticket)
            };
            replication = Some(replicas.iter().map(&mut ask).collect());
        });
        Ok(Plan {
            table: UnitPlan::new(&unit, wanted, questions),
            indexes: indexes
                .iter()
                .map(|unit| UnitPlan::new(unit, wanted, questions))
                .collect(),
            requests,
            latency,
            system_errors: errors,
            ttl_deletions: ttl,
            replication,
        })
    }
}

fn of_index<'t>(table: &'t Table, index: &'t Index, on_demand: bool) -> Result<Unit<'t>, &'t Why> {
    Ok(Unit {
        table: &table.name,
        index: Some(&index.name),
        on_demand,
        maximum: [
            index.max_read_request_units.as_ref()?.is_some(),
            index.max_write_request_units.as_ref()?.is_some(),
        ],
    })
}

/// The regions that an eventually consistent global table writes to. Strong consistency has no delay to measure.
fn replicas(table: &Table) -> Result<Vec<String>, &Why> {
    let replicas = table.replicas.as_ref()?;
    if replicas.is_empty() {
        return Ok(Vec::new());
    }
    let consistency = table.multi_region_consistency.as_ref()?;
    Ok(match consistency.is(MultiRegionConsistency::STRONG) {
        true => Vec::new(),
        false => replicas
            .iter()
            .map(|replica| replica.region.clone())
            .collect(),
    })
}

/// Whether nothing expires. Where that was not read the metric is asked for: it says no more than it is asked.
fn is_ttl_off(table: &Table) -> bool {
    let off = |status: &TtlStatus| status.is(TtlStatus::DISABLED);
    table.ttl.known().is_some_and(|ttl| off(&ttl.status))
}

fn by_operation(
    questions: &mut Questions,
    unit: &Unit<'_>,
    operations: &[&'static str],
    metric: &'static str,
    stat: &'static str,
    grain: Grain,
) -> Vec<(&'static str, Ticket)> {
    let mut ask = |operation: &&'static str| {
        let by = Some(("Operation", *operation));
        (*operation, questions.ask_by(unit, metric, stat, grain, by))
    };
    operations.iter().map(&mut ask).collect()
}

impl UnitPlan {
    fn new(unit: &Unit<'_>, wanted: &Wanted, questions: &mut Questions) -> UnitPlan {
        let mut both = |metrics: [&'static str; 2], stat| {
            metrics.map(|metric| questions.ask(unit, metric, stat, Grain::Fine))
        };
        let consumed = wanted.has(Series::Consumed).then(|| {
            both(
                ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"],
                "Sum",
            )
        });
        let provisioned = wanted.has(Series::Provisioned).then(|| {
            let names = [
                "ProvisionedReadCapacityUnits",
                "ProvisionedWriteCapacityUnits",
            ];
            (!unit.on_demand).then(|| both(names, "Average"))
        });
        let throttles = wanted.has(Series::Throttles).then(|| {
            [
                Causes::new(unit, questions, &READS, unit.maximum[0]),
                Causes::new(unit, questions, &WRITES, unit.maximum[1]),
            ]
        });
        UnitPlan {
            consumed,
            provisioned,
            throttles,
        }
    }
}

/// The metrics of throttle events: all, by key range, by provisioned capacity, by on-demand maximum, by account limit.
type Names = [&'static str; 5];

const READS: Names = [
    "ReadThrottleEvents",
    "ReadKeyRangeThroughputThrottleEvents",
    "ReadProvisionedThroughputThrottleEvents",
    "ReadMaxOnDemandThroughputThrottleEvents",
    "ReadAccountLimitThrottleEvents",
];
const WRITES: Names = [
    "WriteThrottleEvents",
    "WriteKeyRangeThroughputThrottleEvents",
    "WriteProvisionedThroughputThrottleEvents",
    "WriteMaxOnDemandThroughputThrottleEvents",
    "WriteAccountLimitThrottleEvents",
];

impl Causes {
    fn new(unit: &Unit<'_>, questions: &mut Questions, names: &Names, maximum: bool) -> Causes {
        let mut ask = |name| questions.ask(unit, name, "Sum", Grain::Hour);
        Causes {
            total: ask(names[0]),
            key_range: ask(names[1]),
            provisioned: (!unit.on_demand).then(|| ask(names[2])),
            on_demand_maximum: (unit.on_demand && maximum).then(|| ask(names[3])),
            account_limit: unit.on_demand.then(|| ask(names[4])),
        }
    }
}
