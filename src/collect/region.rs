//! One region: which calls run side by side, and which wait for which.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt};
use globset::GlobSet;

use super::call::Caller;
use super::client::Clients;
use super::cloudwatch::Alarms;
use super::listing::Listing;
use super::{
    autoscaling, backup, cloudtrail, cloudwatch, dynamodb, kms, metrics, network, sns, stream,
    tagging,
};
use crate::snapshot::Region;
use crate::snapshot::alarm::{CompositeAlarm, MetricAlarm, Topic};
use crate::snapshot::backup::Vault;
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
    let chosen = |name: &&String| {
        wanted
            .tables
            .is_none_or(|globs| globs.is_match(name.as_str()))
    };
    let left_out = names.items.iter().filter(|name| !chosen(name)).cloned();
    let (table_count, other_tables) = match names.missing() {
        Some(why) => (Fact::Unknown(why.clone()), Fact::Unknown(why)),
        None => (
            Fact::Known(names.items.len() as u64),
            Fact::Known(left_out.collect()),
        ),
    };
    let (
        tables,
        notified,
        audit,
        consumers,
        targets,
        policies,
        plans,
        jobs,
        testing,
        protected,
        settings,
        caches,
        endpoints,
        lists,
    ) = tokio::join!(
        tables(caller, names, wanted),
        notified(caller, run, clients_of),
        cloudtrail::audit(caller, run, clients_of),
        stream::consumers(caller, run, clients_of),
        fact_if(
            has(Operation::DescribeScalableTargets),
            autoscaling::targets(caller)
        ),
        fact_if(
            has(Operation::DescribeScalingPolicies),
            autoscaling::policies(caller)
        ),
        fact_if(has(Operation::ListBackupPlans), backup::plans(caller, run)),
        backup::job::jobs(caller, run),
        fact_if(
            has(Operation::ListRestoreTestingPlans),
            backup::testing::plans(caller, run)
        ),
        fact_if(
            has(Operation::ListProtectedResources),
            backup::protected(caller)
        ),
        fact_if(
            has(Operation::DescribeRegionSettings),
            backup::settings(caller)
        ),
        fact_if(has(Operation::DescribeClusters), network::caches(caller)),
        fact_if(
            has(Operation::DescribeVpcEndpoints),
            network::vpc_endpoints(caller)
        ),
        dynamodb::region::lists(caller, run),
    );
    let (alarms, composite_alarms, topics, vaults) = notified;
    let (backup_jobs, copy_jobs, restore_jobs) = jobs;
    let (trails, event_data_stores) = audit;
    let users = kms::Users {
        tables: &tables,
        vaults: &vaults,
        topics: &topics,
    };
    let keys = kms::keys(caller, run, users, clients_of);
    let keys = fact_if(has(Operation::DescribeKey), keys).await;
    Region {
        account: String::new(),
        partition: String::new(),
        region: caller.region.clone(),
        tables,
        table_count,
        other_tables,
        contributor_insights: lists.contributor_insights,
        native_backups: lists.native_backups,
        exports: lists.exports,
        imports: lists.imports,
        limits: lists.limits,
        alarms,
        composite_alarms,
        topics,
        trails,
        event_data_stores,
        caches,
        vpc_endpoints: endpoints,
        event_source_mappings: consumers.mappings,
        queues: consumers.queues,
        failure_topics: consumers.topics,
        // Those are the account's: they are read once for all regions.
        dashboards: Fact::not_requested(),
        keys,
        scaling_targets: targets,
        scaling_policies: policies,
        backup_plans: plans,
        vaults,
        backup_jobs,
        copy_jobs,
        restore_jobs,
        restore_testing_plans: testing,
        protected_tables: protected,
        backup_settings: settings,
    }
}

/// A fact that is read where this run wants it.
pub(super) async fn fact_if<T>(wanted: bool, read: impl Future<Output = Fact<T>>) -> Fact<T> {
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

type NotifiedFacts = (
    Fact<Listed<MetricAlarm>>,
    Fact<Listed<CompositeAlarm>>,
    Fact<Listed<Topic>>,
    Fact<Listed<Vault>>,
);

/// The alarms and the vaults, and then the topics that they notify.
async fn notified(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    clients_of: &impl Fn(&str) -> Clients,
) -> NotifiedFacts {
    let alarms = async {
        match run.contains(&Operation::DescribeAlarms) {
            true => Some(cloudwatch::alarms(caller).await),
            false => None,
        }
    };
    let vaults = fact_if(
        run.contains(&Operation::ListBackupVaults),
        backup::vaults(caller, run),
    );
    let (alarms, vaults) = tokio::join!(alarms, vaults);
    let Some(alarms) = alarms else {
        return (
            Fact::not_requested(),
            Fact::not_requested(),
            Fact::not_requested(),
            vaults,
        );
    };
    let topics = topics(caller, run, &alarms, backup::topics(&vaults), clients_of).await;
    (alarms.metric, alarms.composite, topics, vaults)
}

/// The topics of vaults, and of the alarms that were read.
async fn topics(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    alarms: &Alarms,
    of_vaults: BTreeSet<String>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Fact<Listed<Topic>> {
    let mut arns = of_vaults;
    arns.extend(alarms.topics.iter().cloned());
    match &alarms.missing {
        Some((why, true)) if arns.is_empty() => return Fact::Unknown(why.clone()),
        Some(_) | None => {}
    }
    let read = async |arn: &String| {
        let region = sns::topic_region(arn).unwrap_or(&caller.region);
        let elsewhere = (region != caller.region).then(|| clients_of(region));
        sns::topic(caller, run, arn, elsewhere.as_ref()).await
    };
    Fact::Known(Listed {
        items: join_all(arns.iter().map(read)).await,
        missing: alarms.missing.clone().map(|(why, _)| why),
    })
}
