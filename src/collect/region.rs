//! One region: which calls run side by side, and which wait for which.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use globset::GlobSet;

use super::call::Caller;
use super::client::Clients;
use super::cloudwatch::Alarms;
use super::listing::Listing;
use super::{
    autoscaling, backup, cloudtrail, cloudwatch, dynamodb, kms, network, sns, stream, tagging,
};
use crate::snapshot::Region;
use crate::snapshot::alarm::Topic;
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;
use crate::snapshot::table::Table;
use crate::snapshot::trail::{EventDataStore, Trail};

/// Reads everything a run wants of a region whose tables are listed.
///
/// `clients_of` makes the clients of another region, for topics there. Account and partition are for the caller to
/// fill in: they may only be known when all regions are read.
pub(super) async fn read(
    caller: &Caller<'_>,
    names: Listing<String>,
    run: &BTreeSet<Operation>,
    globs: Option<&GlobSet>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Region {
    let has = |operation| run.contains(&operation);
    let table_names = names.with(names.items.clone()).into_fact(String::clone);
    let (
        tables,
        alarms,
        audit,
        consumers,
        targets,
        policies,
        plans,
        vaults,
        protected,
        settings,
        caches,
        endpoints,
    ) = tokio::join!(
        tables(caller, names, run, globs),
        alarms(caller, run, clients_of),
        audit(caller, run, clients_of),
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
        fact_if(has(Operation::DescribeClusters), network::caches(caller)),
        fact_if(
            has(Operation::DescribeVpcEndpoints),
            network::vpc_endpoints(caller)
        ),
    );
    let (alarms, composite_alarms, topics) = alarms;
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
        table_names,
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
        protected_tables: protected,
        backup_settings: settings,
    }
}

async fn audit(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    clients_of: &impl Fn(&str) -> Clients,
) -> (Fact<Listed<Trail>>, Fact<Listed<EventDataStore>>) {
    let has = |operation| run.contains(&operation);
    tokio::join!(
        fact_if(
            has(Operation::DescribeTrails),
            cloudtrail::trails(caller, clients_of)
        ),
        fact_if(
            has(Operation::ListEventDataStores),
            cloudtrail::stores(caller)
        ),
    )
}

async fn fact_if<T>(wanted: bool, read: impl Future<Output = Fact<T>>) -> Fact<T> {
    match wanted {
        true => read.await,
        false => Fact::not_requested(),
    }
}

/// The tables, while their tags are read beside them.
async fn tables(
    caller: &Caller<'_>,
    names: Listing<String>,
    run: &BTreeSet<Operation>,
    globs: Option<&GlobSet>,
) -> Fact<Listed<Table>> {
    let chosen = |name: &&String| globs.is_none_or(|globs| globs.is_match(name.as_str()));
    let chosen: Vec<&String> = names.items.iter().filter(chosen).collect();
    let tags = async {
        match run.contains(&Operation::GetResources) {
            true => Some(tagging::tags(caller).await),
            false => None,
        }
    };
    let described = join_all(chosen.iter().map(|name| dynamodb::table(caller, name, run)));
    let (tags, described) = tokio::join!(tags, described);
    let tagged = described.into_iter().flatten().map(|mut table| {
        if let Some(tags) = &tags {
            table.tags = tags.of(&table.name);
        }
        table
    });
    names
        .with(tagged.collect())
        .into_fact(|table| table.name.clone())
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
    let read = async |arn: &String| {
        let region = sns::topic_region(arn).unwrap_or(&caller.region);
        let elsewhere = (region != caller.region).then(|| clients_of(region));
        sns::topic(caller, run, arn, elsewhere.as_ref()).await
    };
    Fact::Known(Listed {
        items: join_all(alarms.topics.iter().map(read)).await,
        missing: alarms.missing.clone().map(|(why, _)| why),
    })
}
