//! Whether CloudWatch or AWS Backup can publish to a topic: its access policy, and for an encrypted one its key.
//!
//! Neither of them nor SNS tells anybody when it cannot: the alarm goes off, and the message is dropped. Who is
//! subscribed is for `reach` to say.
//!
//! An encrypted topic takes alarms only if the policy of its key lets CloudWatch use it, which the policy of the key
//! that AWS manages does not and nobody can change ("Amazon SNS key management", on event sources and encrypted topics;
//! "Why didn't I receive an SNS notification for my CloudWatch alarm trigger?", AWS re:Post knowledge center).

use std::collections::BTreeMap;

use super::key::{Found, Keys};
use super::logic::Answer;
use super::permit::{Permit, Request};
use crate::policy::{Document, PolicyError, arn_account};
use crate::snapshot::alarm::{Topic, TopicAttributes};
use crate::snapshot::fact::{Fact, Listed, NOT_REQUESTED, Reason, Why};
use crate::snapshot::key::{Key, KeyManager, KeyMetadata, KeyState};
use crate::snapshot::operation::Operation;

/// How policies name CloudWatch alarms.
const SERVICE: &str = "cloudwatch.amazonaws.com";
/// How policies name AWS Backup ("Notification options with AWS Backup", AWS Backup developer guide).
const BACKUP: &str = "backup.amazonaws.com";
/// What CloudWatch needs of the key of an encrypted topic.
const KEY_ACTIONS: [&str; 2] = ["kms:Decrypt", "kms:GenerateDataKey"];

/// AWS's pages leave open what a policy gives CloudWatch, or it could not be understood.
static TOPIC_OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::GetTopicAttributes);
static TOPIC_ODD: Why = Why::from_call(Reason::Unrecognised, Operation::GetTopicAttributes);
static KEY_OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::GetKeyPolicy);
static KEY_ODD: Why = Why::from_call(Reason::Unrecognised, Operation::GetKeyPolicy);
static STATE_ODD: Why = Why::from_call(Reason::Unrecognised, Operation::DescribeKey);

/// Whether an alarm's message gets into a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// It does.
    Delivered,
    /// It does not, and why.
    Dropped(Obstacle),
    /// What decides it could not be read, or AWS's pages leave it open.
    Unknown(&'a Why),
}

/// What keeps an alarm's message out of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The access policy of the topic gives CloudWatch nothing.
    NotGiven,
    /// A statement of the access policy takes it away.
    Denied,
    /// AWS manages the topic's key.
    AwsManagedKey,
    /// The topic's key does not exist.
    NoKey,
    /// The topic's key is in a state in which it cannot be used.
    KeyUnusable,
    /// The policy of the topic's key does not let CloudWatch use it.
    KeyNotGiven,
}

impl Obstacle {
    /// It in words, as it keeps out this service.
    pub fn words(self, service: &str) -> String {
        match self {
            Obstacle::NotGiven => format!("its policy does not let {service} publish"),
            Obstacle::Denied => format!("its policy denies {service} to publish"),
            Obstacle::AwsManagedKey => {
                format!("{service} cannot use its key, which AWS manages")
            }
            Obstacle::NoKey => "its key does not exist".to_owned(),
            Obstacle::KeyUnusable => "its key is not enabled".to_owned(),
            Obstacle::KeyNotGiven => {
                format!("the policy of its key does not let {service} use it")
            }
        }
    }

    /// The call that saw it.
    pub fn seen_by(self) -> Operation {
        match self {
            Obstacle::NotGiven | Obstacle::Denied | Obstacle::AwsManagedKey => {
                Operation::GetTopicAttributes
            }
            Obstacle::NoKey | Obstacle::KeyUnusable => Operation::DescribeKey,
            Obstacle::KeyNotGiven => Operation::GetKeyPolicy,
        }
    }
}

impl<'a> Delivery<'a> {
    /// Gets through where both do; what certainly stops it counts before what may.
    fn and(self, other: impl FnOnce() -> Delivery<'a>) -> Delivery<'a> {
        match self {
            Delivery::Delivered => other(),
            Delivery::Dropped(obstacle) => Delivery::Dropped(obstacle),
            Delivery::Unknown(why) => match other() {
                Delivery::Dropped(obstacle) => Delivery::Dropped(obstacle),
                Delivery::Delivered | Delivery::Unknown(_) => Delivery::Unknown(why),
            },
        }
    }

    fn of(permit: Permit, not_given: Obstacle, denied: Obstacle, open: &'a Why) -> Delivery<'a> {
        match permit {
            Permit::Given => Delivery::Delivered,
            Permit::NotGiven => Delivery::Dropped(not_given),
            Permit::Denied => Delivery::Dropped(denied),
            Permit::Open => Delivery::Unknown(open),
        }
    }

    /// Whether it gets in.
    pub fn answer(self) -> Answer<'a> {
        match self {
            Delivery::Delivered => Answer::Yes,
            Delivery::Dropped(_) => Answer::No,
            Delivery::Unknown(why) => Answer::Unknown(why),
        }
    }
}

/// The topics of a region with their policies and keys.
pub struct Deliveries<'a> {
    topics: BTreeMap<&'a str, Prepared<'a>>,
    missing: &'a Why,
}

/// A topic whose documents are read once for all alarms.
struct Prepared<'a> {
    attributes: &'a Fact<Option<TopicAttributes>>,
    /// `None`: it could not be read; `Err`: it could not be understood.
    policy: Option<Result<Document, PolicyError>>,
    /// `None`: it is not encrypted, or nobody knows.
    key: Option<TopicKey<'a>>,
}

/// The key of an encrypted topic.
enum TopicKey<'a> {
    AwsManaged,
    Unread(&'a Why),
    Read(&'a Key, Option<Result<Document, PolicyError>>),
}

impl<'a> Deliveries<'a> {
    /// Prepares the topics of a region.
    pub fn new(topics: &'a Fact<Listed<Topic>>, keys: &Keys<'a>, region: &str) -> Deliveries<'a> {
        let (items, missing) = match topics.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        let prepare = |topic: &'a Topic| (topic.arn.as_str(), prepare(topic, keys, region));
        Deliveries {
            topics: items.iter().map(prepare).collect(),
            missing: missing.unwrap_or(&NOT_REQUESTED),
        }
    }

    /// Whether what an alarm sends gets into a topic. A topic that does not exist takes nothing for its own reason,
    /// which is not told here.
    pub fn of(&self, topic_arn: &str, alarm_arn: &str) -> Delivery<'a> {
        self.from(Sender::Alarm(alarm_arn), topic_arn)
    }

    /// Whether what AWS Backup sends gets into a topic, as for an alarm. Which conditions its messages meet is not
    /// documented.
    pub fn of_backup(&self, topic_arn: &str) -> Delivery<'a> {
        self.from(Sender::Backup, topic_arn)
    }

    fn from(&self, sender: Sender<'_>, topic_arn: &str) -> Delivery<'a> {
        let Some(topic) = self.topics.get(topic_arn) else {
            return Delivery::Unknown(self.missing);
        };
        let policy = match (topic.attributes.as_ref(), &topic.policy) {
            (Err(why), _) => return Delivery::Unknown(why),
            (Ok(_), None) => return Delivery::Dropped(Obstacle::NotGiven),
            (Ok(_), Some(Err(_))) => Delivery::Unknown(&TOPIC_ODD),
            (Ok(_), Some(Ok(policy))) => published(policy, topic_arn, sender),
        };
        policy.and(|| {
            let key = match &topic.key {
                None => Delivery::Delivered,
                Some(TopicKey::AwsManaged) => Delivery::Dropped(Obstacle::AwsManagedKey),
                Some(TopicKey::Unread(why)) => Delivery::Unknown(why),
                Some(TopicKey::Read(key, policy)) => {
                    encrypted(key, policy.as_ref(), topic_arn, sender)
                }
            };
            match (key, sender) {
                // No page says what AWS Backup needs of the key of a topic.
                (
                    Delivery::Dropped(Obstacle::AwsManagedKey | Obstacle::KeyNotGiven),
                    Sender::Backup,
                ) => Delivery::Unknown(&KEY_OPEN),
                (told, _) => told,
            }
        })
    }
}

/// Who publishes to a topic.
#[derive(Clone, Copy)]
enum Sender<'s> {
    /// The alarm with this ARN.
    Alarm(&'s str),
    Backup,
}

impl<'s> Sender<'s> {
    fn service(self) -> &'static str {
        match self {
            Sender::Alarm(_) => SERVICE,
            Sender::Backup => BACKUP,
        }
    }

    /// The keys of conditions that tell for whom it publishes.
    fn source(self) -> Vec<(&'static str, &'s str)> {
        match self {
            Sender::Alarm(arn) => {
                let account = arn_account(arn).unwrap_or_default();
                vec![("aws:SourceAccount", account), ("aws:SourceArn", arn)]
            }
            Sender::Backup => Vec::new(),
        }
    }
}

fn prepare<'a>(topic: &'a Topic, keys: &Keys<'a>, region: &str) -> Prepared<'a> {
    let attributes = topic.attributes.known().and_then(Option::as_ref);
    let home = topic.arn.split(':').nth(3).unwrap_or(region);
    let key = attributes.and_then(|it| it.key_id.as_ref());
    let key = key.map(|id| match keys.find(id, &topic.arn, home) {
        Found::AwsManaged => TopicKey::AwsManaged,
        Found::Unread(why) => TopicKey::Unread(why),
        Found::Key(key) => {
            let policy = key.policy.known();
            TopicKey::Read(key, policy.map(|text| Document::parse(text)))
        }
    });
    Prepared {
        attributes: &topic.attributes,
        policy: attributes.map(|it| Document::parse(&it.policy)),
        key,
    }
}

/// Whether the access policy of a topic lets an alarm or AWS Backup publish. `AWS:SourceOwner` is what the policy that
/// SNS gives a new topic asks for.
fn published(policy: &Document, topic_arn: &str, sender: Sender<'_>) -> Delivery<'static> {
    let mut context = sender.source();
    if let Sender::Alarm(arn) = sender {
        context.push(("aws:SourceOwner", arn_account(arn).unwrap_or_default()));
    }
    context.extend([
        ("aws:SecureTransport", "true"),
        ("aws:PrincipalIsAWSService", "true"),
        ("aws:PrincipalServiceName", sender.service()),
    ]);
    let request = Request {
        service: sender.service(),
        action: "sns:Publish",
        resource: topic_arn,
        context: &context,
        // No page says whether a statement for the account lets its alarms in.
        account_may_mean_service: true,
    };
    Delivery::of(
        request.permit(policy),
        Obstacle::NotGiven,
        Obstacle::Denied,
        &TOPIC_OPEN,
    )
}

/// Whether an alarm or AWS Backup can use the key of a topic.
fn encrypted<'a>(
    key: &'a Key,
    policy: Option<&Result<Document, PolicyError>>,
    topic_arn: &str,
    sender: Sender<'_>,
) -> Delivery<'a> {
    let metadata = match key.metadata.as_ref() {
        Err(why) => return Delivery::Unknown(why),
        Ok(None) => return Delivery::Dropped(Obstacle::NoKey),
        Ok(Some(metadata)) => metadata,
    };
    if metadata.manager.is(KeyManager::AWS) {
        return Delivery::Dropped(Obstacle::AwsManagedKey);
    }
    usable(metadata).and(|| match (key.policy.as_ref(), policy) {
        (Err(why), _) => Delivery::Unknown(why),
        (Ok(_), Some(Ok(policy))) => used(policy, &metadata.arn, topic_arn, sender),
        (Ok(_), Some(Err(_)) | None) => Delivery::Unknown(&KEY_ODD),
    })
}

fn usable(metadata: &KeyMetadata) -> Delivery<'static> {
    let state = metadata.state.0.as_str();
    match [KeyState::Enabled, KeyState::Updating].contains(&state) {
        true => Delivery::Delivered,
        false if KeyState::CHOICES.knows(state) => Delivery::Dropped(Obstacle::KeyUnusable),
        false => Delivery::Unknown(&STATE_ODD),
    }
}

/// Whether the policy of a key lets its sender use it. A service has no identity in IAM, so a statement that leaves it to
/// the account's policies gives it nothing ("Default key policy", KMS developer guide).
fn used(
    policy: &Document,
    key_arn: &str,
    topic_arn: &str,
    sender: Sender<'_>,
) -> Delivery<'static> {
    let mut context = sender.source();
    context.extend([
        ("aws:SecureTransport", "true"),
        ("kms:EncryptionContext:aws:sns:topicArn", topic_arn),
    ]);
    let of = |action| {
        let request = Request {
            service: sender.service(),
            action,
            resource: key_arn,
            context: &context,
            account_may_mean_service: false,
        };
        let obstacle = Obstacle::KeyNotGiven;
        Delivery::of(request.permit(policy), obstacle, obstacle, &KEY_OPEN)
    };
    let [decrypt, generate] = KEY_ACTIONS;
    of(decrypt).and(|| of(generate))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::Region;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:pager";
    const ALARM: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a";
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/k";

    /// What SNS gives a new topic.
    fn by_owner(account: &str) -> Value {
        json!({"Version": "2008-10-17", "Statement": [{"Sid": "__default_statement_ID", "Effect": "Allow",
            "Principal": {"AWS": "*"}, "Action": ["SNS:GetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
            "Resource": TOPIC, "Condition": {"StringEquals": {"AWS:SourceOwner": account}}}]})
    }

    fn key(state: &str, manager: &str, statements: Value) -> Value {
        json!([{"arn": KEY, "policy": json!({"Version": "2012-10-17", "Statement": statements}).to_string(),
            "metadata": {"arn": KEY, "state": state, "manager": manager}}])
    }

    fn delivery(policy: &Value, key_id: Value, keys: Value) -> Delivery<'static> {
        let attributes = json!({"policy": policy.to_string(), "key_id": key_id});
        let region = json!({"account": "111122223333", "partition": "aws", "region": "eu-west-1",
            "topics": [{"arn": TOPIC, "attributes": attributes}], "keys": keys});
        let region: Region = serde_json::from_value(region).expect("a region");
        let region: &'static Region = Box::leak(Box::new(region));
        let keys = Keys::new(region);
        Deliveries::new(&region.topics, &keys, "eu-west-1").of(TOPIC, ALARM)
    }

    #[test]
    fn the_policy_of_a_new_topic_lets_alarms_of_its_account_in() {
        let ours = delivery(&by_owner("111122223333"), Value::Null, json!([]));
        assert_eq!(ours, Delivery::Delivered);
        let theirs = delivery(&by_owner("999999999999"), Value::Null, json!([]));
        assert_eq!(theirs, Delivery::Dropped(Obstacle::NotGiven));
        let unreadable = delivery(&json!("{"), Value::Null, json!([]));
        assert!(matches!(unreadable, Delivery::Unknown(why) if why.reason == Reason::Unrecognised));
    }

    #[test]
    fn an_encrypted_topic_needs_a_key_that_cloudwatch_may_use() {
        let root = json!({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "kms:*", "Resource": "*"});
        let service = |actions: Value| json!([root, {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": actions, "Resource": "*"}]);
        let both = || service(json!(["kms:Decrypt", "kms:GenerateDataKey*"]));
        let dropped = Delivery::Dropped;
        let unread = json!([{"arn": KEY, "metadata": {"$unknown": {"reason": "denied"}}}]);
        let gone = json!([{"arn": KEY, "metadata": null}]);
        for (name, id, keys, expected) in [
            (
                "both actions",
                "k",
                key("Enabled", "CUSTOMER", both()),
                Some(Delivery::Delivered),
            ),
            (
                "by ARN",
                KEY,
                key("Enabled", "CUSTOMER", both()),
                Some(Delivery::Delivered),
            ),
            (
                "one action",
                "k",
                key("Enabled", "CUSTOMER", service(json!("kms:Decrypt"))),
                Some(dropped(Obstacle::KeyNotGiven)),
            ),
            (
                "the default policy",
                "k",
                key("Enabled", "CUSTOMER", json!([root])),
                Some(dropped(Obstacle::KeyNotGiven)),
            ),
            (
                "disabled",
                "k",
                key("Disabled", "CUSTOMER", both()),
                Some(dropped(Obstacle::KeyUnusable)),
            ),
            (
                "in an unknown state",
                "k",
                key("Resting", "CUSTOMER", both()),
                None,
            ),
            (
                "managed by AWS",
                "k",
                key("Enabled", "AWS", json!([])),
                Some(dropped(Obstacle::AwsManagedKey)),
            ),
            (
                "under the alias of AWS",
                "alias/aws/sns",
                json!([]),
                Some(dropped(Obstacle::AwsManagedKey)),
            ),
            ("gone", "k", gone, Some(dropped(Obstacle::NoKey))),
            ("unread", "k", unread, None),
            ("not listed", "k", json!([]), None),
        ] {
            let found = delivery(&by_owner("111122223333"), json!(id), keys.clone());
            match expected {
                Some(expected) => assert_eq!(found, expected, "{name}"),
                None => assert!(matches!(found, Delivery::Unknown(_)), "{name}: {found:?}"),
            }
            // What certainly stops it counts, whatever else is open.
            let closed = delivery(&by_owner("999999999999"), json!(id), keys);
            assert_eq!(closed, dropped(Obstacle::NotGiven), "{name}");
        }
    }
}
