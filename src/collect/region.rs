//! One region: which calls run side by side, and which wait for which.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use globset::GlobSet;

use super::call::Caller;
use super::client::Clients;
use super::cloudwatch::Alarms;
use super::listing::Listing;
use super::{autoscaling, backup, cloudwatch, dynamodb, sns, tagging};
use crate::snapshot::Region;
use crate::snapshot::alarm::Topic;
use crate::snapshot::dynamodb::{AccountLimits, ContributorInsights, Export, Import, NativeBackup};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;
use crate::snapshot::table::Table;

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
    let chosen = |name: &&String| globs.is_none_or(|globs| globs.is_match(name.as_str()));
    let left_out = names.items.iter().filter(|name| !chosen(name)).cloned();
    let (table_count, other_tables) = match names.missing() {
        Some(why) => (Fact::Unknown(why.clone()), Fact::Unknown(why)),
        None => (
            Fact::Known(names.items.len() as u64),
            Fact::Known(left_out.collect()),
        ),
    };
    let lists = lists(caller, run);
    let (tables, lists, alarms, targets, policies, plans, vaults, protected, settings) = tokio::join!(
        tables(caller, names, run, globs),
        lists,
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
        scaling_targets: targets,
        scaling_policies: policies,
        backup_plans: plans,
        vaults,
        protected_tables: protected,
        backup_settings: settings,
    }
}

/// What DynamoDB lists for the whole region.
struct Lists {
    contributor_insights: Fact<Listed<ContributorInsights>>,
    native_backups: Fact<Listed<NativeBackup>>,
    exports: Fact<Listed<Export>>,
    imports: Fact<Listed<Import>>,
    limits: Fact<AccountLimits>,
}

async fn lists(caller: &Caller<'_>, run: &BTreeSet<Operation>) -> Lists {
    use dynamodb::region;
    let has = |operation| run.contains(&operation);
    let (contributor_insights, native_backups, exports, imports, limits) = tokio::join!(
        fact_if(
            has(Operation::ListContributorInsights),
            region::insights(caller)
        ),
        fact_if(has(Operation::ListBackups), region::native_backups(caller)),
        fact_if(has(Operation::ListExports), region::exports(caller)),
        fact_if(has(Operation::ListImports), region::imports(caller)),
        fact_if(has(Operation::DescribeLimits), region::limits(caller)),
    );
    Lists {
        contributor_insights,
        native_backups,
        exports,
        imports,
        limits,
    }
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
