//! Whom an alarm reaches when it goes off: actions enabled → topic → confirmed subscription.
//!
//! An alarm without actions of its own may reach people through a composite alarm. EventBridge rules and products
//! outside AWS are not seen by any API here: the config declares them, and then they count, and evidence says so.

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;

use super::composite::Rule;
use super::logic::Answer;
use crate::config::Monitoring;
use crate::snapshot::alarm::{CompositeAlarm, MetricAlarm, Topic};
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Evidence;

/// Whom one alarm reaches.
#[derive(Clone, Debug)]
pub struct Reach<'a> {
    /// Whether anybody.
    pub answer: Answer<'a>,
    /// The links of the chain that broke, or the one that holds.
    pub links: Vec<Link<'a>>,
}

/// One way from an alarm to somebody, and where it ends.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// The alarm whose action it is: the alarm itself or a composite one.
    pub alarm: &'a str,
    /// The end of the way.
    pub end: End<'a>,
}

/// Where a way from an alarm ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<'a> {
    /// Its actions are switched off.
    ActionsDisabled,
    /// It has no action.
    NoAction,
    /// The topic does not exist.
    NoTopic(&'a str),
    /// Nobody confirmed a subscription of the topic.
    NobodyConfirmed(&'a str),
    /// The subscriptions of the topic could not be read.
    TopicUnread(&'a str, &'a Why),
    /// A subscriber confirmed.
    Confirmed(&'a str),
    /// An action that tells or does something: a function, an incident, an ops item.
    Acts(&'a str),
    /// An action that tells nobody: scaling, stopping an instance.
    TellsNobody(&'a str),
    /// An action this version does not know.
    UnknownAction(&'a str),
    /// The config declares that it reaches somebody.
    Declared(&'static str),
    /// The composite alarms could not be read.
    CompositesUnread(&'a Why),
    /// A composite alarm's rule could not be understood.
    RuleUnread,
}

/// The composite alarms of a region, by the alarms that their rules mention.
struct Composites<'a> {
    all: Vec<(&'a CompositeAlarm, Option<Rule>)>,
    /// Places in `all`, by name or ARN.
    mentioning: BTreeMap<String, Vec<usize>>,
    /// Places in `all` of those whose rule can't be understood.
    unread: Vec<usize>,
    missing: Option<&'a Why>,
}

impl<'a> Composites<'a> {
    fn new(composites: &'a Fact<Listed<CompositeAlarm>>) -> Composites<'a> {
        let (items, missing) = match composites.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        let all: Vec<_> = items.iter().map(|it| (it, Rule::parse(&it.rule))).collect();
        let mut mentioning: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut unread = Vec::new();
        for (index, (_, rule)) in all.iter().enumerate() {
            match rule {
                Some(rule) => {
                    for name in rule.mentions() {
                        mentioning.entry(name.to_owned()).or_default().push(index);
                    }
                }
                None => unread.push(index),
            }
        }
        Composites {
            all,
            mentioning,
            unread,
            missing,
        }
    }

    /// The composite alarms that go off with the alarm, alone or through one another.
    fn going_off_with(&self, alarm: &'a MetricAlarm) -> Vec<&'a CompositeAlarm> {
        let mut firing = BTreeSet::from([alarm.name.as_str(), alarm.arn.as_str()]);
        let mut gone_off: BTreeSet<usize> = BTreeSet::new();
        loop {
            let mentioned = firing
                .iter()
                .filter_map(|name| self.mentioning.get(*name))
                .flatten();
            let holds = |index: &&usize| {
                self.all[**index]
                    .1
                    .as_ref()
                    .is_some_and(|rule| rule.holds(&firing))
            };
            let next = mentioned
                .filter(holds)
                .find(|index| !gone_off.contains(index))
                .copied();
            let Some(next) = next else {
                return gone_off
                    .into_iter()
                    .map(|index| self.all[index].0)
                    .collect();
            };
            gone_off.insert(next);
            firing.extend([
                self.all[next].0.name.as_str(),
                self.all[next].0.arn.as_str(),
            ]);
        }
    }
}

/// What reach is decided from, in one region.
pub struct Routes<'a> {
    composites: Composites<'a>,
    topics: BTreeMap<&'a str, &'a Topic>,
    topics_unread: Option<&'a Why>,
    trusted: GlobSet,
    eventbridge: bool,
}

impl<'a> Routes<'a> {
    /// The routes of a region.
    pub fn new(
        composites: &'a Fact<Listed<CompositeAlarm>>,
        topics: &'a Fact<Listed<Topic>>,
        monitoring: &Monitoring,
    ) -> Routes<'a> {
        let (listed, topics_unread) = match topics.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        Routes {
            composites: Composites::new(composites),
            topics: listed
                .iter()
                .map(|topic| (topic.arn.as_str(), topic))
                .collect(),
            topics_unread,
            trusted: monitoring.trusted_topics.clone(),
            eventbridge: monitoring.eventbridge,
        }
    }

    /// Whom the alarm reaches, itself or through composite alarms that go off with it.
    pub fn reach(&self, alarm: &'a MetricAlarm) -> Reach<'a> {
        let mut links = self.links(alarm);
        let answer = Answer::any(links.iter().map(|link| link.end.answer()));
        // The way that holds, or else the ways that break; never both.
        links.retain(|link| link.end.answer() == answer || answer == Answer::No);
        Reach { answer, links }
    }

    /// Every way from the alarm, and where it ends.
    pub fn links(&self, alarm: &'a MetricAlarm) -> Vec<Link<'a>> {
        let mut links = Vec::new();
        if self.eventbridge {
            links.push(Link {
                alarm: &alarm.name,
                end: End::Declared("monitoring.eventbridge"),
            });
        }
        self.follow(
            &alarm.name,
            alarm.actions_enabled,
            &alarm.alarm_actions,
            &mut links,
        );
        self.follow_composites(alarm, &mut links);
        links
    }

    fn follow(
        &self,
        alarm: &'a str,
        enabled: bool,
        actions: &'a [String],
        links: &mut Vec<Link<'a>>,
    ) {
        if actions.is_empty() {
            links.push(Link {
                alarm,
                end: End::NoAction,
            });
        } else if !enabled {
            links.push(Link {
                alarm,
                end: End::ActionsDisabled,
            });
        } else {
            links.extend(actions.iter().map(|action| Link {
                alarm,
                end: self.end(action),
            }));
        }
    }

    fn follow_composites(&self, alarm: &'a MetricAlarm, links: &mut Vec<Link<'a>>) {
        for composite in self.composites.going_off_with(alarm) {
            self.follow(
                &composite.name,
                composite.actions_enabled,
                &composite.alarm_actions,
                links,
            );
        }
        let unread = self
            .composites
            .unread
            .iter()
            .map(|index| self.composites.all[*index].0);
        let about_it = unread.filter(|composite| composite.rule.contains(alarm.name.as_str()));
        links.extend(about_it.map(|composite| Link {
            alarm: &composite.name,
            end: End::RuleUnread,
        }));
        if let Some(why) = self.composites.missing {
            links.push(Link {
                alarm: &alarm.name,
                end: End::CompositesUnread(why),
            });
        }
    }

    fn end(&self, action: &'a str) -> End<'a> {
        match action.split(':').nth(2) {
            Some("sns") => self.topic_end(action),
            Some("lambda" | "ssm" | "ssm-incidents" | "aiops") => End::Acts(action),
            Some("autoscaling" | "automate" | "swf") => End::TellsNobody(action),
            Some(_) | None => End::UnknownAction(action),
        }
    }

    fn topic_end(&self, arn: &'a str) -> End<'a> {
        if self.trusted.is_match(arn) {
            return End::Declared("monitoring.trusted_topics");
        }
        let subscriptions = match self.topics.get(arn) {
            Some(topic) => topic.subscriptions.as_ref(),
            None => Err(self
                .topics_unread
                .unwrap_or(&crate::snapshot::fact::NOT_REQUESTED)),
        };
        match subscriptions {
            Err(why) => End::TopicUnread(arn, why),
            Ok(None) => End::NoTopic(arn),
            Ok(Some(listed)) if listed.items.iter().any(|it| it.confirmed) => End::Confirmed(arn),
            Ok(Some(Listed {
                missing: Some(why), ..
            })) => End::TopicUnread(arn, why),
            Ok(Some(Listed { missing: None, .. })) => End::NobodyConfirmed(arn),
        }
    }
}

impl<'a> End<'a> {
    /// Whether somebody is there.
    pub fn answer(&self) -> Answer<'a> {
        match self {
            End::Confirmed(_) | End::Acts(_) | End::Declared(_) => Answer::Yes,
            End::TopicUnread(_, why) | End::CompositesUnread(why) => Answer::Unknown(why),
            End::UnknownAction(_) | End::RuleUnread => Answer::Unknown(&UNRECOGNISED),
            End::ActionsDisabled
            | End::NoAction
            | End::NoTopic(_)
            | End::NobodyConfirmed(_)
            | End::TellsNobody(_) => Answer::No,
        }
    }
}

impl Link<'_> {
    /// The link as evidence.
    pub fn evidence(&self) -> Evidence {
        let (what, observed, from) = match &self.end {
            End::ActionsDisabled => (
                "",
                "actions_enabled = false".to_owned(),
                Operation::DescribeAlarms,
            ),
            End::NoAction => ("", "no alarm action".to_owned(), Operation::DescribeAlarms),
            End::NoTopic(arn) => (
                *arn,
                "the topic does not exist".to_owned(),
                Operation::ListSubscriptionsByTopic,
            ),
            End::NobodyConfirmed(arn) => (
                *arn,
                "no confirmed subscription".to_owned(),
                Operation::ListSubscriptionsByTopic,
            ),
            End::TopicUnread(arn, why) => (
                *arn,
                format!("subscriptions unknown: {why}"),
                Operation::ListSubscriptionsByTopic,
            ),
            End::Confirmed(arn) => (
                *arn,
                "a confirmed subscription".to_owned(),
                Operation::ListSubscriptionsByTopic,
            ),
            End::Acts(action) => (
                *action,
                "an action that runs".to_owned(),
                Operation::DescribeAlarms,
            ),
            End::TellsNobody(action) => (
                *action,
                "an action that tells nobody".to_owned(),
                Operation::DescribeAlarms,
            ),
            End::UnknownAction(action) => (
                *action,
                "an action of unknown kind".to_owned(),
                Operation::DescribeAlarms,
            ),
            End::Declared(key) => ("", format!("declared in {key}"), Operation::DescribeAlarms),
            End::CompositesUnread(why) => (
                "",
                format!("composite alarms unknown: {why}"),
                Operation::DescribeAlarms,
            ),
            End::RuleUnread => (
                "",
                "its rule could not be understood".to_owned(),
                Operation::DescribeAlarms,
            ),
        };
        let place = if what.is_empty() {
            String::new()
        } else {
            format!(" → {what}")
        };
        Evidence {
            path: format!("alarm \"{}\"{place}", self.alarm),
            observed,
            expected: "an action that reaches someone".to_owned(),
            from: Some(from),
        }
    }
}
