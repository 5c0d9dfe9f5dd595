//! One account in one region as rules see it.

use std::sync::Arc;

use globset::GlobSet;

use super::alarm::{self, AlarmView, watches_dynamodb};
use super::audit::Audit;
use super::backup::Backups;
use super::consumer::Consumers;
use super::coverage::Watch;
use super::coverage::wanted::Wanted;
use super::dashboard::Dashboards;
use super::logic::Answer;
use super::metrics;
use super::network::{self, EndpointView};
use super::published;
use super::reach::{End, Routes};
use super::scaling::Scaling;
use super::table::{Joins, TableView};
use crate::config::Config;
use crate::snapshot::Region;
use crate::snapshot::alarm::{MetricAlarm, Topic};
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::record::{Grounds, Value};
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
        /// The VPC endpoints of DynamoDB.
        vpc_endpoints: Fact<Listed<EndpointView<'static>>>, [DescribeVpcEndpoints] = |v| crate::snapshot::record::FactType::value(&v.vpc_endpoints);
        /// The alarms that people set on DynamoDB; auto scaling's own are not among them.
        dynamodb_alarms: Fact<Listed<AlarmView<'static>>>, [DescribeAlarms] = |v| crate::snapshot::record::FactType::value(&v.dynamodb_alarms);
        /// Accounts that may be given access, as declared.
        trusted_accounts: Vec<String>, [] = |v| Value::List(v.trusted_accounts);
    }
    methods {
        /// Whether a trail that is on logs changes to the configuration of DynamoDB here.
        logs_changes() checked |_| Ok(()), [DescribeTrails, GetTrailStatus, GetEventSelectors, ListEventDataStores, GetEventDataStore] =
            |v, _| Audit::new(v.region).logs_changes().value(), explained |v, _| Audit::new(v.region).changes_grounds();
        /// Whether the metric, which the account has without dimensions, has an alarm that can fire and reaches someone.
        covered_by(metric: String) checked |args| published::check(args, published::ACCOUNT_METRICS), [DescribeAlarms, ListSubscriptionsByTopic] =
            |v, args| v.covered_by(args).value(), explained |v, args| v.coverage_grounds(args);
    }
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
        let watch = Arc::new(watch);
        let joins = Joins {
            watch: Arc::clone(&watch),
            scaling: Scaling::new(region),
            backups: Arc::new(Backups::new(region)),
            consumers: Consumers::new(region, &watch),
            dashboards: Arc::new(Dashboards::new(region)),
        };
        let tables = match region.tables.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(listed) => {
                let join = |table| TableView::new(table, region, config, &joins);
                Fact::Known(Listed {
                    items: listed.items.iter().map(join).collect(),
                    missing: listed.missing.clone(),
                })
            }
        };
        let topics = topics(region, &config.monitoring.trusted_topics, &routes);
        AccountView {
            region,
            tables,
            topics,
            vpc_endpoints: network::endpoints(region),
            dynamodb_alarms: alarm::on_dynamodb(region, config, &routes),
            watch,
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
