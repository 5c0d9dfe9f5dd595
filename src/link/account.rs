//! One account in one region as rules see it.

use globset::GlobSet;

use super::backup::account::PlanView;
use super::backup::vault::VaultView;
use super::backup::{self, Backups};
use super::coverage::Watch;
use super::reach::{End, Routes};
use super::scaling::Scaling;
use super::signal::{self, NAMESPACE};
use super::table::TableView;
use crate::config::Config;
use crate::snapshot::Region;
use crate::snapshot::alarm::{MetricAlarm, Topic};
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::record::Value;
use crate::view;

/// One account in one region, with its tables and topics joined.
pub struct AccountView<'a> {
    /// What was read.
    pub region: &'a Region,
    /// The tables; partial where the listing broke off.
    pub tables: Fact<Listed<TableView<'a>>>,
    topics: Fact<Listed<TopicView<'a>>>,
    backup_plans: Fact<Listed<PlanView<'a>>>,
    vaults: Fact<Listed<VaultView<'a>>>,
    relies_on_backup_opt_in: Fact<bool>,
    backup_opt_in: Fact<bool>,
    backup_full_management: Fact<bool>,
    trusted_accounts: &'a Vec<String>,
}

view! {
    /// One account in one region.
    impl AccountView = "account" over Region = |v| v.region, labelled |v| format!("{} {}", v.region.account, v.region.region);
    fields {
        /// The tables with what belongs to them.
        tables: Fact<Listed<TableView<'static>>>, [ListTables] = |v| crate::snapshot::record::FactType::value(&v.tables);
        /// The topics that alarms notify.
        topics: Fact<Listed<TopicView<'static>>>, [DescribeAlarms, ListSubscriptionsByTopic] = |v| crate::snapshot::record::FactType::value(&v.topics);
        /// The backup plans with the tables that they select.
        backup_plans: Fact<Listed<PlanView<'static>>>, [ListBackupPlans] = |v| crate::snapshot::record::FactType::value(&v.backup_plans);
        /// The backup vaults with the tables whose backups they hold.
        vaults: Fact<Listed<VaultView<'static>>>, [ListBackupVaults] = |v| crate::snapshot::record::FactType::value(&v.vaults);
        /// Whether a backup plan selects a table only while the region opts in to DynamoDB: by tags alone, or by `*`.
        relies_on_backup_opt_in: Fact<bool>, [ListTables, DescribeTable, GetResources, ListBackupPlans, ListBackupSelections, GetBackupSelection] = |v| crate::snapshot::record::FactType::value(&v.relies_on_backup_opt_in);
        /// Whether the region opts in to backups of DynamoDB.
        backup_opt_in: Fact<bool>, [DescribeRegionSettings] = |v| crate::snapshot::record::FactType::value(&v.backup_opt_in);
        /// Whether AWS Backup manages DynamoDB backups fully: what copies and cold storage need.
        backup_full_management: Fact<bool>, [DescribeRegionSettings] = |v| crate::snapshot::record::FactType::value(&v.backup_full_management);
        /// Accounts that may be given access, as declared.
        trusted_accounts: Vec<String>, [] = |v| Value::List(v.trusted_accounts);
    }
    methods {}
}

impl<'a> AccountView<'a> {
    /// Joins a region.
    pub fn new(region: &'a Region, config: &'a Config) -> AccountView<'a> {
        let routes = Routes::new(&region.composite_alarms, &region.topics, &config.monitoring);
        let watch = Watch::new(
            &region.alarms,
            config.monitoring.external.is_some(),
            |alarm| routes.reach(alarm),
        );
        let scaling = Scaling::new(region);
        let backups = Backups::new(region);
        let watch = std::sync::Arc::new(watch);
        let backups = std::sync::Arc::new(backups);
        let tables = match region.tables.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(listed) => {
                let join =
                    |table| TableView::new(table, region, config, &watch, &scaling, &backups);
                Fact::Known(Listed {
                    items: listed.items.iter().map(join).collect(),
                    missing: listed.missing.clone(),
                })
            }
        };
        let topics = topics(region, &config.monitoring.trusted_topics, &routes);
        let vaults = vaults(region, &tables, &backups, &routes);
        AccountView {
            region,
            backup_plans: backup::account::plans(region, &tables),
            tables,
            topics,
            vaults,
            relies_on_backup_opt_in: backup::account::relies_on_opt_in(region, &backups),
            backup_opt_in: backup::account::setting(region, |it| it.dynamodb_opt_in),
            backup_full_management: backup::account::setting(region, |it| {
                it.dynamodb_full_management
            }),
            trusted_accounts: &config.trusted_accounts,
        }
    }
}

fn vaults<'a>(
    region: &'a Region,
    tables: &Fact<Listed<TableView<'a>>>,
    backups: &Backups<'a>,
    routes: &Routes<'a>,
) -> Fact<Listed<VaultView<'a>>> {
    let vaults = match region.vaults.as_ref() {
        Ok(vaults) => vaults,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let view = |vault| VaultView::new(vault, region, tables, backups, routes);
    Fact::Known(Listed {
        items: vaults.items.iter().map(view).collect(),
        missing: vaults.missing.clone(),
    })
}

fn topics<'a>(
    region: &'a Region,
    trusted: &GlobSet,
    routes: &Routes<'a>,
) -> Fact<Listed<TopicView<'a>>> {
    let (topics, alarms) = match (region.topics.as_ref(), region.alarms.as_ref()) {
        (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        (Ok(topics), Ok(alarms)) => (topics, alarms),
    };
    let notifying: Vec<Notifying<'_>> = alarms
        .items
        .iter()
        .filter(|alarm| watches_dynamodb(alarm))
        .map(|alarm| notified(alarm, routes))
        .collect();
    let view = |topic: &'a Topic| TopicView {
        topic,
        alarms: alarms_of(topic, &notifying, alarms.missing.as_ref()),
        declared: trusted.is_match(&topic.arn),
    };
    Fact::Known(Listed {
        items: topics.items.iter().map(view).collect(),
        missing: topics.missing.clone(),
    })
}

/// Whether a person set the alarm on a metric of DynamoDB, or on a query over its namespace.
fn watches_dynamodb(alarm: &MetricAlarm) -> bool {
    let on_metric = signal::signals(alarm, 0)
        .iter()
        .any(|signal| signal.stat.namespace == NAMESPACE);
    let mut expressions = alarm.queries.iter().filter_map(|it| it.expression.as_ref());
    let on_dynamodb = on_metric || expressions.any(|it| it.contains(NAMESPACE));
    on_dynamodb && !signal::is_owned_by_auto_scaling(alarm)
}

/// An alarm and the topics that hear of it, through composite alarms too.
struct Notifying<'a> {
    alarm: &'a str,
    topics: Vec<&'a str>,
    /// The actions of composite alarms of which it is not clear whether they go off with it.
    unclear: Vec<&'a String>,
    /// Why others may hear of it.
    missing: Option<&'a Why>,
}

fn notified<'a>(alarm: &'a MetricAlarm, routes: &Routes<'a>) -> Notifying<'a> {
    let mut notifying = Notifying {
        alarm: &alarm.name,
        topics: Vec::new(),
        unclear: Vec::new(),
        missing: None,
    };
    for link in routes.links(alarm) {
        match link.end {
            End::NoTopic(arn)
            | End::NobodyConfirmed(arn)
            | End::TopicUnread(arn, _)
            | End::Trusted(arn)
            | End::Confirmed(arn) => notifying.topics.push(arn),
            End::CompositesUnread(why) => notifying.missing = Some(why),
            End::RuleUnread(actions) => notifying.unclear.extend(actions),
            End::ActionsDisabled
            | End::NoAction
            | End::Suppressed
            | End::Acts(_)
            | End::TellsNobody(_)
            | End::UnknownAction(_)
            | End::Declared(_) => {}
        }
    }
    notifying
}

fn alarms_of(topic: &Topic, notifying: &[Notifying<'_>], missing: Option<&Why>) -> Listed<String> {
    let heard = notifying
        .iter()
        .filter(|it| it.topics.contains(&topic.arn.as_str()));
    let unread = notifying.iter().find_map(|it| it.missing);
    let is_unclear = notifying.iter().any(|it| it.unclear.contains(&&topic.arn));
    let unclear = is_unclear.then_some(&UNRECOGNISED);
    Listed {
        items: heard.map(|it| it.alarm.to_owned()).collect(),
        missing: missing.or(unread).or(unclear).cloned(),
    }
}

/// A topic with the alarms on DynamoDB that notify it.
pub struct TopicView<'a> {
    topic: &'a Topic,
    alarms: Listed<String>,
    declared: bool,
}

view! {
    /// An SNS topic that alarms notify.
    impl TopicView = "topic" over Topic = |v| v.topic, labelled |v| v.name().to_owned();
    fields {
        /// Its name: the last part of the ARN.
        name: String, [DescribeAlarms] = |v| Value::Text(v.name());
        /// The names of the alarms on DynamoDB that notify it, themselves or through a composite alarm.
        dynamodb_alarms: Listed<String>, [DescribeAlarms] = |v| Value::List(&v.alarms);
        /// Whether the config says that it reaches someone.
        declared: bool, [] = |v| Value::Bool(v.declared);
    }
    methods {}
}

impl TopicView<'_> {
    fn name(&self) -> &str {
        self.topic.arn.rsplit(':').next().unwrap_or_default()
    }
}
