//! One account in one region as rules see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::GlobSet;

use super::alarm::{self, AlarmView};
use super::audit::Audit;
use super::backup::account::PlanView;
use super::backup::vault::VaultView;
use super::backup::{self, Backups};
use super::consumer::Consumers;
use super::coverage::Watch;
use super::coverage::wanted::Wanted;
use super::dashboard::Dashboards;
use super::delivery::{Deliveries, Delivery};
use super::key::Keys;
use super::listed::{self, BackupView, Lists};
use super::logic::Answer;
use super::metrics;
use super::network::{self, EndpointView};
use super::openness;
use super::published;
use super::reach::{End, Link, Routes};
use super::replica::ReplicaView;
use super::restored;
use super::scaling::Scaling;
use super::table::{Joins, TableView};
use crate::config::Config;
use crate::shares;
use crate::snapshot::Region;
use crate::snapshot::alarm::Topic;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, FactType, Grounds, Value};
use crate::snapshot::table::{Index, Table};
use crate::view;

/// One account in one region, with its tables and topics joined.
pub struct AccountView<'a> {
    /// What was read.
    pub region: &'a Region,
    /// The tables; partial where the listing broke off.
    pub tables: Fact<Listed<TableView<'a>>>,
    topics: Fact<Listed<TopicView<'a>>>,
    vpc_endpoints: Fact<Listed<EndpointView<'a>>>,
    dynamodb_alarms: Fact<Listed<AlarmView<'a>>>,
    watch: Arc<Watch<'a>>,
    backup_plans: Fact<Listed<PlanView<'a>>>,
    vaults: Fact<Listed<VaultView<'a>>>,
    relies_on_backup_opt_in: Fact<bool>,
    backup_opt_in: Fact<bool>,
    backup_full_management: Fact<bool>,
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
        /// The topics that alarms or vaults notify.
        topics: Fact<Listed<TopicView<'static>>>, [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] = |v| crate::snapshot::record::FactType::value(&v.topics);
        /// The VPC endpoints of DynamoDB.
        vpc_endpoints: Fact<Listed<EndpointView<'static>>>, [DescribeVpcEndpoints] = |v| crate::snapshot::record::FactType::value(&v.vpc_endpoints);
        /// The alarms that people set on DynamoDB; auto scaling's own are not among them.
        dynamodb_alarms: Fact<Listed<AlarmView<'static>>>, [DescribeAlarms] = |v| crate::snapshot::record::FactType::value(&v.dynamodb_alarms);
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
        /// The backups that people made of tables, not by AWS Backup.
        native_backups: Fact<Listed<BackupView<'static>>>, [ListBackups] = |v| v.native_backups.value();
        /// Provisioned read units a second of all tables and indexes together; unknown where tables were left out.
        provisioned_read_units: Fact<u64>, [ListTables, DescribeTable] = |v| v.provisioned_read_units.value();
        /// Provisioned write units a second of all tables and indexes together; unknown where tables were left out.
        provisioned_write_units: Fact<u64>, [ListTables, DescribeTable] = |v| v.provisioned_write_units.value();
        /// Accounts that may be given access, as declared.
        trusted_accounts: Vec<String>, [] = |v| Value::List(v.trusted_accounts);
    }
    methods {
        /// Whether a trail that is on logs changes to the configuration of DynamoDB here.
        logs_changes() checked |_| Ok(()), [DescribeTrails, GetTrailStatus, GetEventSelectors, ListEventDataStores, GetEventDataStore] =
            |v, _| Audit::new(v.region).logs_changes().value(), explained |v, _| Audit::new(v.region).changes_grounds();
        /// Whether the metric, which the account has without dimensions, has an alarm that can fire and reaches someone.
        covered_by(metric: String) checked |args| published::check(args, published::ACCOUNT_METRICS), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.covered_by(args).value(), explained |v, args| v.coverage_grounds(args);
    }
}

impl<'a> AccountView<'a> {
    /// Why there may be tables in the region that are not here; `None` where all are.
    pub fn unlisted(&self) -> Option<&Why> {
        listed::unlisted(self.region)
    }

    /// The alarms that people set on DynamoDB.
    pub fn alarms(&self) -> &Fact<Listed<AlarmView<'a>>> {
        &self.dynamodb_alarms
    }

    /// Whether the config declares that something outside AWS watches.
    pub fn is_watched_elsewhere(&self) -> bool {
        self.watch.is_external()
    }

    /// Whether an alarm watches, in a way this version can't read, what may be a metric of DynamoDB.
    pub fn has_unreadable_alarms(&self) -> bool {
        self.watch.has_unreadable()
    }

    /// Joins a region, on so many threads.
    pub fn new(region: &'a Region, config: &'a Config, threads: usize) -> AccountView<'a> {
        let keys = Keys::new(region);
        let deliveries = Deliveries::new(&region.topics, &keys, &region.region);
        let routes = Routes::new(
            &region.composite_alarms,
            &region.topics,
            deliveries,
            &config.monitoring,
        );
        let watch = Watch::new(
            &region.alarms,
            config.monitoring.external.is_some(),
            |alarm| routes.reach(alarm),
        );
        let watch = Arc::new(watch);
        let joins = Joins {
            watch: Arc::clone(&watch),
            scaling: Scaling::new(region),
            backups: Arc::new(Backups::new(region)),
            consumers: Consumers::new(region, &watch),
            dashboards: Arc::new(Dashboards::new(region)),
            keys,
        };
        let lists = Lists::new(region);
        let tables = match region.tables.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(listed) => {
                let join = |table| {
                    let mut view = TableView::new(table, region, config, &joins);
                    view.put_lists(&lists);
                    view
                };
                let join = |tables: &'a [Table]| tables.iter().map(join).collect::<Vec<_>>();
                let joined = shares::of(&listed.items, threads, join);
                let mut items: Vec<TableView<'a>> = joined.into_iter().flatten().collect();
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
        let dynamodb_alarms = alarm::on_dynamodb(region, config, &routes, threads);
        let trusted = &config.monitoring.trusted_topics;
        let topics = topics(region, &dynamodb_alarms, trusted, &routes);
        let vaults = vaults(region, &tables, &joins.backups, &routes, &joins.keys);
        AccountView {
            region,
            backup_plans: backup::account::plans(region, &tables),
            tables,
            topics,
            vpc_endpoints: network::endpoints(region),
            dynamodb_alarms,
            watch,
            vaults,
            relies_on_backup_opt_in: backup::account::relies_on_opt_in(region, &joins.backups),
            backup_opt_in: backup::account::setting(region, |it| it.dynamodb_opt_in),
            backup_full_management: backup::account::setting(region, |it| {
                it.dynamodb_full_management
            }),
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

    fn covered_by(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, published::account_metric) {
            Some(metric) => self.watch.covers_wanted(Wanted::Account, metric),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn coverage_grounds(&self, args: &[Value<'_>]) -> Grounds {
        let metric = metrics::metric_of(args, published::account_metric);
        metric.map_or_else(Grounds::default, |metric| {
            self.watch.grounds_of_wanted(Wanted::Account, metric)
        })
    }

    pub(super) fn put_replicas(&mut self, replicas: Vec<Fact<Vec<ReplicaView<'a>>>>) {
        if let Fact::Known(listed) = &mut self.tables {
            for (table, replicas) in listed.items.iter_mut().zip(replicas) {
                table.put_replicas(replicas);
            }
        }
    }
}

fn vaults<'a>(
    region: &'a Region,
    tables: &Fact<Listed<TableView<'a>>>,
    backups: &Backups<'a>,
    routes: &Routes<'a>,
    keys: &Keys<'a>,
) -> Fact<Listed<VaultView<'a>>> {
    let vaults = match region.vaults.as_ref() {
        Ok(vaults) => vaults,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let view = |vault| VaultView::new(vault, region, tables, backups, routes, keys);
    Fact::Known(Listed {
        items: vaults.items.iter().map(view).collect(),
        missing: vaults.missing.clone(),
    })
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
    alarms: &Fact<Listed<AlarmView<'a>>>,
    trusted: &GlobSet,
    routes: &Routes<'a>,
) -> Fact<Listed<TopicView<'a>>> {
    let (topics, alarms) = match (region.topics.as_ref(), alarms.as_ref()) {
        (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        (Ok(topics), Ok(alarms)) => (topics, alarms),
    };
    let notifying = alarms.items.iter();
    let notifying = notifying.map(|view| notified(&view.alarm.name, &view.links));
    let notifying: Vec<Notifying<'a>> = notifying.collect();
    let view = |topic: &'a Topic| TopicView {
        topic,
        alarms: alarms_of(topic, &notifying, alarms.missing.as_ref()),
        deliveries: deliveries_to(topic, &notifying, routes),
        declared: trusted.is_match(&topic.arn),
    };
    Fact::Known(Listed {
        items: topics.items.iter().map(view).collect(),
        missing: topics.missing.clone(),
    })
}

/// An alarm and the topics that hear of it, through composite alarms too.
struct Notifying<'a> {
    alarm: &'a str,
    topics: Vec<&'a str>,
    /// With the alarm whose action it is: its name, and its ARN.
    sent: Vec<(&'a str, &'a str, &'a str)>,
    /// The actions of composite alarms of which it is not clear whether they go off with it.
    unclear: Vec<&'a String>,
    /// Why others may hear of it.
    missing: Option<&'a Why>,
}

fn notified<'a>(alarm: &'a str, links: &[Link<'a>]) -> Notifying<'a> {
    let mut notifying = Notifying {
        alarm,
        topics: Vec::new(),
        sent: Vec::new(),
        unclear: Vec::new(),
        missing: None,
    };
    for link in links {
        match link.end {
            End::NoTopic(arn)
            | End::NobodyConfirmed(arn)
            | End::TopicUnread(arn, _)
            | End::Dropped(arn, _)
            | End::DeliveryUnread(arn, _)
            | End::Trusted(arn)
            | End::Confirmed(arn) => {
                notifying.topics.push(arn);
                notifying.sent.push((arn, link.alarm, link.alarm_arn));
            }
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

/// Whether what each alarm sends gets into the topic, by the name of the alarm.
fn deliveries_to<'a>(
    topic: &Topic,
    notifying: &[Notifying<'a>],
    routes: &Routes<'a>,
) -> BTreeMap<&'a str, Delivery<'a>> {
    let sent = notifying.iter().flat_map(|it| &it.sent);
    let here = sent.filter(|(to, ..)| *to == topic.arn);
    here.map(|(to, name, arn)| (*name, routes.delivery(to, arn)))
        .collect()
}

/// A topic with the alarms on DynamoDB that notify it.
pub struct TopicView<'a> {
    topic: &'a Topic,
    alarms: Listed<String>,
    deliveries: BTreeMap<&'a str, Delivery<'a>>,
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
    methods {
        /// Whether what those alarms send gets into it: its access policy lets CloudWatch publish, and its key, if it has
        /// one, can be used by CloudWatch.
        takes_alarms() checked |_| Ok(()), [DescribeAlarms, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, _| v.takes_alarms().value(), explained |v, _| v.delivery_grounds();
        /// Whether its access policy lets everybody in, of any account, without a condition that says who.
        is_open() checked |_| Ok(()), [GetTopicAttributes] =
            |v, _| v.is_open().value(), explained |v, _| v.openness_grounds();
    }
}

impl TopicView<'_> {
    fn name(&self) -> &str {
        self.topic.arn.rsplit(':').next().unwrap_or_default()
    }

    fn takes_alarms(&self) -> Answer<'_> {
        let all = Answer::all(self.deliveries.values().map(|it| it.answer()));
        match &self.alarms.missing {
            Some(why) => all.and(Answer::Unknown(why)),
            None => all,
        }
    }

    fn delivery_grounds(&self) -> Grounds {
        let mut grounds = Grounds::default();
        for (alarm, delivery) in &self.deliveries {
            let (observed, from) = match delivery {
                Delivery::Delivered => continue,
                Delivery::Dropped(obstacle) => (obstacle.words("CloudWatch"), obstacle.seen_by()),
                Delivery::Unknown(why) => {
                    grounds.unknown.push((*why).clone());
                    continue;
                }
            };
            grounds.evidence.push(Evidence {
                path: format!("alarm \"{alarm}\" → {}", self.topic.arn),
                observed,
                expected: "a topic that CloudWatch may publish to".to_owned(),
                from: Some(from),
            });
        }
        grounds.unknown.extend(self.alarms.missing.iter().cloned());
        grounds
    }

    fn policy(&self) -> Result<Option<&String>, &Why> {
        let attributes = self.topic.attributes.as_ref()?;
        Ok(attributes.as_ref().map(|it| &it.policy))
    }

    fn is_open(&self) -> Answer<'_> {
        match self.policy() {
            Ok(Some(policy)) => openness::is_open(policy),
            Ok(None) => Answer::No,
            Err(why) => Answer::Unknown(why),
        }
    }

    fn openness_grounds(&self) -> Grounds {
        match self.policy().transpose() {
            Some(policy) => openness::grounds(policy, Operation::GetTopicAttributes),
            None => Grounds::default(),
        }
    }
}
