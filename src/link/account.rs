//! One account in one region as rules see it.

use globset::GlobSet;

use super::backup::Backups;
use super::coverage::Watch;
use super::listed::{self, BackupView, Lists};
use super::reach::{End, Routes};
use super::replica::ReplicaView;
use super::restored;
use super::scaling::Scaling;
use super::signal::{self, NAMESPACE};
use super::table::TableView;
use crate::config::Config;
use crate::snapshot::Region;
use crate::snapshot::alarm::{MetricAlarm, Topic};
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::{Index, Table};
use crate::view;

/// One account in one region, with its tables and topics joined.
pub struct AccountView<'a> {
    /// What was read.
    pub region: &'a Region,
    /// The tables; partial where the listing broke off.
    pub tables: Fact<Listed<TableView<'a>>>,
    topics: Fact<Listed<TopicView<'a>>>,
    native_backups: Fact<Listed<BackupView<'a>>>,
    provisioned_read_units: Fact<u64>,
    provisioned_write_units: Fact<u64>,
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
        /// The backups that people made of tables, not by AWS Backup.
        native_backups: Fact<Listed<BackupView<'static>>>, [ListBackups] = |v| v.native_backups.value();
        /// Provisioned read units a second of all tables and indexes together; unknown where tables were left out.
        provisioned_read_units: Fact<u64>, [ListTables, DescribeTable] = |v| v.provisioned_read_units.value();
        /// Provisioned write units a second of all tables and indexes together; unknown where tables were left out.
        provisioned_write_units: Fact<u64>, [ListTables, DescribeTable] = |v| v.provisioned_write_units.value();
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
        let lists = Lists::new(region);
        let tables = match region.tables.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(listed) => {
                let join = |table| {
                    let mut view =
                        TableView::new(table, region, config, &watch, &scaling, &backups);
                    view.put_lists(&lists);
                    view
                };
                let mut items: Vec<TableView<'a>> = listed.items.iter().map(join).collect();
                let restored = restored::settings(&items, region, &watch);
                for (view, settings) in items.iter_mut().zip(restored) {
                    view.put_restored(settings);
                }
                Fact::Known(Listed {
                    items,
                    missing: listed.missing.clone(),
                })
            }
        };
        let topics = topics(region, &config.monitoring.trusted_topics, &routes);
        AccountView {
            region,
            tables,
            topics,
            native_backups: listed::native_backups(region),
            provisioned_read_units: provisioned(
                region,
                |table| &table.read_capacity_units,
                |index| &index.read_capacity_units,
            ),
            provisioned_write_units: provisioned(
                region,
                |table| &table.write_capacity_units,
                |index| &index.write_capacity_units,
            ),
            trusted_accounts: &config.trusted_accounts,
        }
    }

    pub(super) fn put_replicas(&mut self, replicas: Vec<Fact<Vec<ReplicaView<'a>>>>) {
        if let Fact::Known(listed) = &mut self.tables {
            for (table, replicas) in listed.items.iter_mut().zip(replicas) {
                table.put_replicas(replicas);
            }
        }
    }
}

/// The units of all tables and indexes together.
fn provisioned(
    region: &Region,
    of_table: impl Fn(&Table) -> &Fact<u64>,
    of_index: impl Fn(&Index) -> &Fact<u64>,
) -> Fact<u64> {
    if let Some(why) = listed::unlisted(region) {
        return Fact::Unknown(why.clone());
    }
    let mut sum: u64 = 0;
    let mut add = |units: &Fact<u64>| match units.as_ref() {
        Ok(units) => {
            sum = sum.saturating_add(*units);
            Ok(())
        }
        Err(why) => Err(why.clone()),
    };
    let tables = region.tables.known().into_iter();
    for table in tables.flat_map(|listed| &listed.items) {
        let added = add(of_table(table)).and_then(|()| match table.indexes.as_ref() {
            Ok(indexes) => indexes.iter().try_for_each(|index| add(of_index(index))),
            Err(why) => Err(why.clone()),
        });
        if let Err(why) = added {
            return Fact::Unknown(why);
        }
    }
    Fact::Known(sum)
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
