//! One region: which calls run side by side, and which wait for which.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use globset::GlobSet;

use super::call::Caller;
use super::client::Clients;
use super::cloudwatch::Alarms;
use super::listing::Listing;
use super::{autoscaling, backup, cloudwatch, dynamodb, metrics, sns, tagging};
use crate::snapshot::Region;
use crate::snapshot::alarm::Topic;
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;
use crate::snapshot::table::Table;

/// What a run wants of each region.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The calls.
    pub(super) run: &'a BTreeSet<Operation>,
    /// Names of tables; `None` is all.
    pub(super) tables: Option<&'a GlobSet>,
    /// What CloudWatch is asked for.
    pub(super) metrics: &'a metrics::Wanted,
}

/// Tables whose metrics are asked for together: enough to fill calls, few enough that the first need not wait for the
/// last table to be described.
const TOGETHER: usize = 50;

/// Reads everything a run wants of a region whose tables are listed.
///
/// `clients_of` makes the clients of another region, for topics there. Account and partition are for the caller to
/// fill in: they may only be known when all regions are read.
pub(super) async fn read(
    caller: &Caller<'_>,
    names: Listing<String>,
    wanted: Wanted<'_>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Region {
    let run = wanted.run;
    let has = |operation| run.contains(&operation);
    let (tables, alarms, targets, policies, plans, vaults, protected, settings) = tokio::join!(
        tables(caller, names, wanted),
        alarms(caller, run, clients_of),
        fact_if(
            has(Operation::DescribeScalableTargets),
            autoscaling::targets(caller)
        ),
        fact_if(
            has(Operation::DescribeScalingPolicies),
            autoscaling::policies(caller)
        ),
        fact_if(has(Operation::ListBackupPlans), backup::plans(caller, run)),
        fact_if(
            has(Operation::ListBackupVaults),
            backup::vaults(caller, run)
        ),
        fact_if(
            has(Operation::ListProtectedResources),
            backup::protected(caller)
        ),
        fact_if(
            has(Operation::DescribeRegionSettings),
            backup::settings(caller)
        ),
    );
    let (alarms, composite_alarms, topics) = alarms;
    Region {
        account: String::new(),
        partition: String::new(),
        region: caller.region.clone(),
        tables,
        alarms,
        composite_alarms,
        topics,
        scaling_targets: targets,
        scaling_policies: policies,
        backup_plans: plans,
        vaults,
        protected_tables: protected,
        backup_settings: settings,
    }
}

async fn fact_if<T>(wanted: bool, read: impl Future<Output = Fact<T>>) -> Fact<T> {
    match wanted {
        true => read.await,
        false => Fact::not_requested(),
    }
}

/// The tables, while their tags are read beside them, and the metrics of those that are described.
async fn tables(
    caller: &Caller<'_>,
    names: Listing<String>,
    wanted: Wanted<'_>,
) -> Fact<Listed<Table>> {
    let run = wanted.run;
    let chosen = |name: &&String| {
        wanted
            .tables
            .is_none_or(|globs| globs.is_match(name.as_str()))
    };
    let chosen: Vec<&String> = names.items.iter().filter(chosen).collect();
    let tags = async {
        match run.contains(&Operation::GetResources) {
            true => Some(tagging::tags(caller).await),
            false => None,
        }
    };
    let described: FuturesUnordered<_> = chosen
        .iter()
        .map(|name| dynamodb::table(caller, name, run))
        .collect();
    let described = described
        .filter_map(std::future::ready)
        .chunks(TOGETHER)
        .map(|tables| measured(caller, wanted, tables))
        .buffer_unordered(usize::MAX)
        .concat();
    let (tags, described) = tokio::join!(tags, described);
    let tagged = described.into_iter().map(|mut table| {
        if let Some(tags) = &tags {
            table.tags = tags.of(&table.name);
        }
        table
    });
    names
        .with(tagged.collect())
        .into_fact(|table| table.name.clone())
}

/// The tables with what CloudWatch counted of them, if this run asks for that.
async fn measured(caller: &Caller<'_>, wanted: Wanted<'_>, mut tables: Vec<Table>) -> Vec<Table> {
    if wanted.run.contains(&Operation::GetMetricData) {
        metrics::fill(caller, wanted.metrics, &mut tables).await;
    } else {
        for table in &mut tables {
            table.usage = Fact::not_requested();
            table.activity = Fact::not_requested();
        }
    }
    tables
}

type AlarmFacts = (
    Fact<Listed<crate::snapshot::alarm::MetricAlarm>>,
    Fact<Listed<crate::snapshot::alarm::CompositeAlarm>>,
    Fact<Listed<Topic>>,
);

/// The alarms, and then the topics that they notify.
async fn alarms(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    clients_of: &impl Fn(&str) -> Clients,
) -> AlarmFacts {
    if !run.contains(&Operation::DescribeAlarms) {
        return (
            Fact::not_requested(),
            Fact::not_requested(),
            Fact::not_requested(),
        );
    }
    let alarms = cloudwatch::alarms(caller).await;
    let topics = topics(caller, run, &alarms, clients_of).await;
    (alarms.metric, alarms.composite, topics)
}

async fn topics(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    alarms: &Alarms,
    clients_of: &impl Fn(&str) -> Clients,
) -> Fact<Listed<Topic>> {
    if let Some((why, true)) = &alarms.missing {
        return Fact::Unknown(why.clone());
    }
    let items = match run.contains(&Operation::ListSubscriptionsByTopic) {
        true => {
            let read = async |arn: &String| {
                let region = sns::topic_region(arn).unwrap_or(&caller.region);
                let elsewhere = (region != caller.region).then(|| clients_of(region));
                sns::topic(caller, arn, elsewhere.as_ref()).await
            };
            join_all(alarms.topics.iter().map(read)).await
        }
        false => alarms.topics.iter().map(|arn| sns::unasked(arn)).collect(),
    };
    Fact::Known(Listed {
        items,
        missing: alarms.missing.clone().map(|(why, _)| why),
    })
}
