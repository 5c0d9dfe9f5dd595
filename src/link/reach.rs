//! Whom an alarm reaches when it goes off: actions enabled → topic that CloudWatch may publish to → confirmed
//! subscription.
//!
//! An alarm without actions of its own may reach people through a composite alarm. EventBridge rules and products
//! outside AWS are not seen by any API here: the config declares them, and then they count, and evidence says so.

mod waking;

use std::collections::BTreeMap;

use globset::GlobSet;

use super::composite::{Composites, Going};
use super::delivery::{Deliveries, Delivery, Obstacle};
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
    /// Whether anybody by more than e-mail.
    pub wakes: Answer<'a>,
    /// The links of the chain that broke, or the one that holds.
    pub links: Vec<Link<'a>>,
}

/// One way from an alarm to somebody, and where it ends.
#[derive(Clone, Debug)]
pub struct Link<'a> {
    /// The alarm whose action it is: the alarm itself or a composite one.
    pub alarm: &'a str,
    /// The ARN of that alarm.
    pub alarm_arn: &'a str,
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
    /// What the alarm sends does not get into the topic.
    Dropped(&'a str, Obstacle),
    /// Whether what the alarm sends gets into the topic could not be told.
    DeliveryUnread(&'a str, &'a Why),
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
    /// The config declares that the topic reaches somebody.
    Trusted(&'a str),
    /// The composite alarms could not be read.
    CompositesUnread(&'a Why),
    /// A composite alarm's rule could not be understood; these are its actions.
    RuleUnread(&'a [String]),
    /// Its actions are held back by a suppressor that goes off with it, or always is.
    Suppressed,
}

/// An alarm, metric or composite, and what it does when it goes off.
#[derive(Clone, Copy)]
struct Acting<'a> {
    name: &'a str,
    arn: &'a str,
    enabled: bool,
    actions: &'a [String],
}

impl<'a> Acting<'a> {
    fn ends(self, end: End<'a>) -> Link<'a> {
        Link {
            alarm: self.name,
            alarm_arn: self.arn,
            end,
        }
    }
}

/// What reach is decided from, in one region.
pub struct Routes<'a> {
    composites: Composites<'a>,
    topics: BTreeMap<&'a str, &'a Topic>,
    topics_unread: Option<&'a Why>,
    deliveries: Deliveries<'a>,
    trusted: GlobSet,
    eventbridge: bool,
}

impl<'a> Routes<'a> {
    /// The routes of a region.
    pub fn new(
        composites: &'a Fact<Listed<CompositeAlarm>>,
        topics: &'a Fact<Listed<Topic>>,
        deliveries: Deliveries<'a>,
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
            deliveries,
            trusted: monitoring.trusted_topics.clone(),
            eventbridge: monitoring.eventbridge,
        }
    }

    /// Whom the alarm reaches, itself or through composite alarms that go off with it.
    pub fn reach(&self, alarm: &'a MetricAlarm) -> Reach<'a> {
        self.reach_of(self.links(alarm))
    }

    /// Whom an alarm reaches by these ways.
    pub fn reach_of(&self, mut links: Vec<Link<'a>>) -> Reach<'a> {
        let answer = Answer::any(links.iter().map(|link| link.end.answer()));
        let wakes = self.wakes(&links);
        // The way that holds, or else the ways that break; never both.
        links.retain(|link| link.end.answer() == answer || answer == Answer::No);
        Reach {
            answer,
            wakes,
            links,
        }
    }

    /// Every way from the alarm, and where it ends.
    pub fn links(&self, alarm: &'a MetricAlarm) -> Vec<Link<'a>> {
        let mut links = Vec::new();
        let own = Acting {
            name: &alarm.name,
            arn: &alarm.arn,
            enabled: alarm.actions_enabled,
            actions: &alarm.alarm_actions,
        };
        if self.eventbridge {
            links.push(own.ends(End::Declared("monitoring.eventbridge")));
        }
        self.follow(own, &mut links);
        self.follow_composites(alarm, &mut links);
        links
    }

    fn follow(&self, alarm: Acting<'a>, links: &mut Vec<Link<'a>>) {
        if alarm.actions.is_empty() {
            links.push(alarm.ends(End::NoAction));
        } else if !alarm.enabled {
            links.push(alarm.ends(End::ActionsDisabled));
        } else {
            let end = |action: &'a String| alarm.ends(self.end(alarm.arn, action));
            links.extend(alarm.actions.iter().map(end));
        }
    }

    fn follow_composites(&self, alarm: &'a MetricAlarm, links: &mut Vec<Link<'a>>) {
        for (composite, going) in self.composites.going_off_with(alarm) {
            self.follow_composite(composite, going, links);
        }
        if let Some(why) = self.composites.missing {
            links.push(Link {
                alarm: &alarm.name,
                alarm_arn: &alarm.arn,
                end: End::CompositesUnread(why),
            });
        }
    }

    fn follow_composite(
        &self,
        composite: &'a CompositeAlarm,
        going: Going,
        links: &mut Vec<Link<'a>>,
    ) {
        let (enabled, actions) = (composite.actions_enabled, &composite.alarm_actions);
        let alarm = Acting {
            name: &composite.name,
            arn: &composite.arn,
            enabled,
            actions,
        };
        let end = match going {
            Going::Suppressed => Some(End::Suppressed),
            Going::Unclear if enabled && !actions.is_empty() => Some(End::RuleUnread(actions)),
            Going::Unclear | Going::Off => None,
        };
        match end {
            Some(end) => links.push(alarm.ends(end)),
            None => self.follow(alarm, links),
        }
    }

    /// Whether what an alarm sends gets into a topic.
    pub fn delivery(&self, topic_arn: &str, alarm_arn: &str) -> Delivery<'a> {
        self.deliveries.of(topic_arn, alarm_arn)
    }

    fn end(&self, alarm_arn: &str, action: &'a str) -> End<'a> {
        match action.split(':').nth(2) {
            Some("sns") => self.topic_end(alarm_arn, action),
            Some("lambda" | "ssm" | "ssm-incidents" | "aiops") => End::Acts(action),
            Some("autoscaling" | "automate" | "swf") => End::TellsNobody(action),
            Some(_) | None => End::UnknownAction(action),
        }
    }

    /// Where a message to the topic ends that AWS Backup sends.
    pub fn backup_end(&self, arn: &'a str) -> End<'a> {
        self.delivered(arn, || self.deliveries.of_backup(arn))
    }

    fn topic_end(&self, alarm_arn: &str, arn: &'a str) -> End<'a> {
        self.delivered(arn, || self.deliveries.of(arn, alarm_arn))
    }

    fn delivered(&self, arn: &'a str, delivery: impl Fn() -> Delivery<'a>) -> End<'a> {
        if self.trusted.is_match(arn) {
            return End::Trusted(arn);
        }
        let subscribed = self.subscribed(arn);
        if subscribed.answer() == Answer::No {
            return subscribed;
        }
        match (delivery(), subscribed.answer()) {
            (Delivery::Dropped(obstacle), _) => End::Dropped(arn, obstacle),
            (Delivery::Unknown(why), Answer::Yes) => End::DeliveryUnread(arn, why),
            (Delivery::Delivered | Delivery::Unknown(_), _) => subscribed,
        }
    }

    /// Whether the topic has a confirmed subscriber.
    fn subscribed(&self, arn: &'a str) -> End<'a> {
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
            End::Confirmed(_) | End::Acts(_) | End::Declared(_) | End::Trusted(_) => Answer::Yes,
            End::TopicUnread(_, why) | End::DeliveryUnread(_, why) | End::CompositesUnread(why) => {
                Answer::Unknown(why)
            }
            End::UnknownAction(_) | End::RuleUnread(_) => Answer::Unknown(&UNRECOGNISED),
            End::ActionsDisabled
            | End::NoAction
            | End::Suppressed
            | End::NoTopic(_)
            | End::NobodyConfirmed(_)
            | End::Dropped(..)
            | End::TellsNobody(_) => Answer::No,
        }
    }
}

impl Link<'_> {
    /// The link as evidence.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            path: format!("alarm \"{}\"{}", self.alarm, self.end.place()),
            observed: self.end.words("CloudWatch"),
            expected: "an action that reaches someone".to_owned(),
            from: Some(self.end.seen_by()),
        }
    }
}

impl End<'_> {
    /// What of the alarm was looked at: a field, a target.
    fn place(&self) -> String {
        match self {
            End::ActionsDisabled => " actions_enabled".to_owned(),
            End::NoTopic(target)
            | End::NobodyConfirmed(target)
            | End::TopicUnread(target, _)
            | End::Dropped(target, _)
            | End::DeliveryUnread(target, _)
            | End::Confirmed(target)
            | End::Acts(target)
            | End::TellsNobody(target)
            | End::UnknownAction(target)
            | End::Trusted(target) => format!(" → {target}"),
            End::NoAction
            | End::Declared(_)
            | End::CompositesUnread(_)
            | End::Suppressed
            | End::RuleUnread(_) => String::new(),
        }
    }

    /// The end in words, of a message that this service sends.
    pub fn words(&self, service: &str) -> String {
        match self {
            End::ActionsDisabled => "false".to_owned(),
            End::NoAction => "no alarm action".to_owned(),
            End::NoTopic(_) => "the topic does not exist".to_owned(),
            End::NobodyConfirmed(_) => "no confirmed subscription".to_owned(),
            End::TopicUnread(_, why) => format!("subscriptions unknown: {why}"),
            End::Dropped(_, obstacle) => obstacle.words(service),
            End::DeliveryUnread(_, why) => format!("delivery unknown: {why}"),
            End::Confirmed(_) => "a confirmed subscription".to_owned(),
            End::Acts(_) => "an action that runs".to_owned(),
            End::TellsNobody(_) => "an action that tells nobody".to_owned(),
            End::UnknownAction(_) => "an action of unknown kind".to_owned(),
            End::Declared(key) => format!("declared in {key}"),
            End::Trusted(_) => "declared in monitoring.trusted_topics".to_owned(),
            End::CompositesUnread(why) => format!("composite alarms unknown: {why}"),
            End::Suppressed => "its suppressor is in ALARM too".to_owned(),
            End::RuleUnread(_) => "its rule could not be understood".to_owned(),
        }
    }

    /// The call that saw it.
    pub fn seen_by(&self) -> Operation {
        match self {
            End::Dropped(_, obstacle) => obstacle.seen_by(),
            End::DeliveryUnread(..) => Operation::GetTopicAttributes,
            End::NoTopic(_)
            | End::NobodyConfirmed(_)
            | End::TopicUnread(..)
            | End::Confirmed(_) => Operation::ListSubscriptionsByTopic,
            End::ActionsDisabled
            | End::NoAction
            | End::Acts(_)
            | End::TellsNobody(_)
            | End::UnknownAction(_)
            | End::Declared(_)
            | End::Trusted(_)
            | End::CompositesUnread(_)
            | End::Suppressed
            | End::RuleUnread(_) => Operation::DescribeAlarms,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::Region;
    use crate::snapshot::fact::Reason;

    const PAGER: &str = "arn:aws:sns:eu-west-1:1:pager";
    const SILENT: &str = "arn:aws:sns:eu-west-1:1:silent";
    const CLOSED: &str = "arn:aws:sns:eu-west-1:1:closed";

    fn alarm(enabled: bool, actions: &[&str]) -> MetricAlarm {
        let alarm = json!({
            "name": "a", "arn": "arn:aws:cloudwatch:eu-west-1:1:alarm:a", "description": null,
            "actions_enabled": enabled, "alarm_actions": actions, "ok_actions": [PAGER],
            "insufficient_data_actions": [], "metric": null, "queries": [], "unmodelled": false, "comparison": null,
            "threshold": null, "threshold_metric_id": null, "evaluation_periods": null, "datapoints_to_alarm": null,
            "treat_missing_data": null, "state": "OK", "state_updated_at": null,
        });
        serde_json::from_value(alarm).expect("an alarm")
    }

    fn composite(name: &str, rule: &str, actions: &[&str], suppressor: Option<&str>) -> Value {
        json!({"name": name, "arn": format!("arn:aws:cloudwatch:eu-west-1:1:alarm:{name}"), "rule": rule,
            "actions_enabled": true, "alarm_actions": actions, "suppressor": suppressor, "state": "OK"})
    }

    fn topics() -> Value {
        let subscription = |confirmed| json!([{"protocol": "email", "endpoint_hash": "h", "confirmed": confirmed}]);
        let open = |principal: Value| {
            json!({"policy": json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sns:Publish",
                "Resource": "*"}]}).to_string(), "key_id": null})
        };
        let attributes = open(json!({"Service": "cloudwatch.amazonaws.com"}));
        json!([
            {"arn": PAGER, "subscriptions": subscription(true), "attributes": attributes},
            {"arn": SILENT, "subscriptions": subscription(false), "attributes": attributes},
            {"arn": CLOSED, "subscriptions": subscription(true),
                "attributes": open(json!({"Service": "events.amazonaws.com"}))},
            {"arn": "arn:aws:sns:eu-west-1:1:closed-and-unread", "subscriptions": {"$unknown": {"reason": "denied"}},
                "attributes": open(json!({"Service": "events.amazonaws.com"}))},
            {"arn": "arn:aws:sns:eu-west-1:1:unread", "subscriptions": subscription(true),
                "attributes": {"$unknown": {"reason": "denied"}}},
            {"arn": "arn:aws:sns:eu-west-1:1:gone", "subscriptions": null},
            {"arn": "arn:aws:sns:eu-west-1:2:theirs", "subscriptions": {"$unknown": {"reason": "denied"}}},
            {"arn": "arn:aws:sns:eu-west-1:1:half",
                "subscriptions": {"$partial": {"reason": "throttled"}, "items": subscription(false)}},
        ])
    }

    fn region(topics: Value) -> Region {
        let region =
            json!({"account": "1", "partition": "aws", "region": "eu-west-1", "topics": topics});
        serde_json::from_value(region).expect("a region")
    }

    fn routes<'a>(
        composites: &'a Fact<Listed<CompositeAlarm>>,
        region: &'a Region,
        monitoring: &Monitoring,
    ) -> Routes<'a> {
        let keys = crate::link::key::Keys::new(region);
        let deliveries = Deliveries::new(&region.topics, &keys, &region.region);
        Routes::new(composites, &region.topics, deliveries, monitoring)
    }

    fn reached(alarm: &MetricAlarm, composites: Value, monitoring: &Monitoring) -> &'static str {
        let composites = serde_json::from_value(composites).expect("composites");
        let region = region(topics());
        match routes(&composites, &region, monitoring).reach(alarm).answer {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn an_alarm_reaches_whom_its_actions_reach() {
        let none = Monitoring::default();
        for (enabled, actions, expected) in [
            (true, vec![PAGER], "yes"),
            (false, vec![PAGER], "no"),
            (true, vec![], "no"),
            (true, vec![SILENT], "no"),
            (true, vec![SILENT, PAGER], "yes"),
            (true, vec![CLOSED], "no"),
            (true, vec![CLOSED, PAGER], "yes"),
            (
                true,
                vec!["arn:aws:sns:eu-west-1:1:closed-and-unread"],
                "no",
            ),
            (true, vec!["arn:aws:sns:eu-west-1:1:unread"], "unknown"),
            (
                true,
                vec!["arn:aws:sns:eu-west-1:1:unread", CLOSED],
                "unknown",
            ),
            (true, vec!["arn:aws:sns:eu-west-1:1:unread", PAGER], "yes"),
            (true, vec!["arn:aws:sns:eu-west-1:1:gone"], "no"),
            (true, vec!["arn:aws:sns:eu-west-1:2:theirs"], "unknown"),
            (true, vec!["arn:aws:sns:eu-west-1:1:half"], "unknown"),
            (true, vec!["arn:aws:sns:us-east-1:1:not-listed"], "unknown"),
            (
                true,
                vec!["arn:aws:lambda:eu-west-1:1:function:page"],
                "yes",
            ),
            (true, vec!["arn:aws:automate:eu-west-1:ec2:stop"], "no"),
            (true, vec!["arn:aws:telepathy:eu-west-1:1:x"], "unknown"),
        ] {
            let alarm = alarm(enabled, &actions);
            assert_eq!(
                reached(&alarm, json!([]), &none),
                expected,
                "{enabled} {actions:?}"
            );
        }
    }

    #[test]
    fn a_composite_alarm_tells_when_it_goes_off_with_the_alarm() {
        let c = |rule| json!([composite("c", rule, &[PAGER], None)]);
        let two = |first, second| {
            json!([
                composite("b", first, &[], None),
                composite("c", second, &[PAGER], None)
            ])
        };
        for (name, composites, expected) in [
            ("either", c("ALARM(a) OR ALARM(z)"), "yes"),
            ("both", c("ALARM(a) AND ALARM(z)"), "no"),
            (
                "its ARN",
                c("ALARM(\"arn:aws:cloudwatch:eu-west-1:1:alarm:a\")"),
                "yes",
            ),
            (
                "of the same name elsewhere",
                c("ALARM(\"arn:aws:cloudwatch:us-east-1:1:alarm:a\")"),
                "no",
            ),
            ("in ALARM before and after", c("ALARM(a) OR OK(z)"), "no"),
            (
                "another grammar",
                c("AT_LEAST(1, ALARM, (a, z))"),
                "unknown",
            ),
            (
                "another grammar, of others",
                c("AT_LEAST(1, ALARM, (x, z))"),
                "no",
            ),
            ("through another", two("ALARM(a)", "ALARM(b)"), "yes"),
            (
                "through another that is not understood",
                two("AT_LEAST(1, ALARM, (a, z))", "ALARM(b)"),
                "unknown",
            ),
            (
                "held by one that went off too",
                two("ALARM(a)", "ALARM(a) AND NOT ALARM(b)"),
                "no",
            ),
            (
                "with one that always is",
                two("NOT ALARM(z)", "ALARM(b) AND ALARM(a)"),
                "yes",
            ),
            (
                "a cycle",
                two("ALARM(c) OR ALARM(a)", "ALARM(b) AND NOT ALARM(c)"),
                "unknown",
            ),
            (
                "suppressed at times",
                json!([composite("c", "ALARM(a)", &[PAGER], Some("maintenance"))]),
                "yes",
            ),
            (
                "suppressed by itself",
                json!([composite("c", "ALARM(a)", &[PAGER], Some("a"))]),
                "no",
            ),
            (
                "suppressed for good",
                json!([
                    composite("s", "TRUE", &[], None),
                    composite("c", "ALARM(a)", &[PAGER], Some("s"))
                ]),
                "no",
            ),
            (
                "not read",
                json!({"$unknown": {"reason": "denied"}}),
                "unknown",
            ),
            (
                "not all read",
                json!({"$partial": {"reason": "throttled"}, "items": []}),
                "unknown",
            ),
        ] {
            let alarm = alarm(true, &[]);
            assert_eq!(
                reached(&alarm, composites, &Monitoring::default()),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_declared_counts_and_says_so() {
        let trusted = Monitoring {
            trusted_topics: crate::config::globs(&["arn:aws:sns:*:2:*".to_owned()]).expect("globs"),
            ..Monitoring::default()
        };
        let theirs = alarm(true, &["arn:aws:sns:eu-west-1:2:theirs"]);
        assert_eq!(reached(&theirs, json!([]), &trusted), "yes");
        assert_eq!(reached(&alarm(true, &[SILENT]), json!([]), &trusted), "no");
        // EventBridge hears of every change of state, also where actions are off.
        let eventbridge = Monitoring {
            eventbridge: true,
            ..Monitoring::default()
        };
        assert_eq!(reached(&alarm(false, &[]), json!([]), &eventbridge), "yes");
    }

    #[test]
    fn an_unknown_end_gives_its_reason() {
        let (composites, region) = (Fact::Known(Listed::complete(vec![])), region(topics()));
        let routes = routes(&composites, &region, &Monitoring::default());
        let alarm = alarm(true, &["arn:aws:sns:eu-west-1:2:theirs", SILENT]);
        let reach = routes.reach(&alarm);
        assert!(matches!(reach.answer, Answer::Unknown(why) if why.reason == Reason::Denied));
        assert_eq!(
            reach.links.len(),
            1,
            "only what keeps it open: {:?}",
            reach.links
        );
    }
}
