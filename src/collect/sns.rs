//! Amazon SNS: the subscriptions, access policies and keys of the topics that alarms notify.
//!
//! Endpoints themselves never get past this file: webhook addresses hold keys, and e-mail addresses are personal data.

use std::collections::BTreeSet;

use aws_sdk_sns::operation::list_subscriptions_by_topic::ListSubscriptionsByTopicOutput;
use aws_sdk_sns::types::Subscription as SdkSubscription;
use sha2::{Digest, Sha256};

use super::call::Caller;
use super::classify::{Cause, Failure};
use super::client::Clients;
use super::identity::account;
use super::listing::Page;
use super::shape::{Malformed, text};
use crate::snapshot::alarm::{Subscription, Topic, TopicAttributes};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;

/// Hexadecimal digits that are kept of an endpoint's hash.
const HASH_DIGITS: usize = 16;

/// The region of a topic, if the ARN is one of a topic.
pub(super) fn topic_region(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    let is_sns = parts.next() == Some("arn") && parts.nth(1) == Some("sns");
    parts.next().filter(|region| is_sns && !region.is_empty())
}

/// A topic and what the run wants of it. `elsewhere` are the clients of the topic's region when it is not the caller's.
pub(super) async fn topic(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    arn: &str,
    elsewhere: Option<&Clients>,
) -> Topic {
    let subscriptions = async {
        match run.contains(&Operation::ListSubscriptionsByTopic) {
            true => subscriptions(caller, arn, elsewhere).await,
            false => Fact::not_requested(),
        }
    };
    let attributes = async {
        match run.contains(&Operation::GetTopicAttributes) {
            true => {
                let answer = attributes(caller, arn, elsewhere).await;
                caller.fact(Some(arn), answer)
            }
            false => Fact::not_requested(),
        }
    };
    let (subscriptions, attributes) = tokio::join!(subscriptions, attributes);
    Topic {
        arn: arn.to_owned(),
        subscriptions,
        attributes,
    }
}

/// Who may publish to a topic, and its key; `None` when there is no such topic.
async fn attributes(
    caller: &Caller<'_>,
    arn: &str,
    elsewhere: Option<&Clients>,
) -> Result<Option<TopicAttributes>, Failure> {
    let operation = Operation::GetTopicAttributes;
    let send = |clients: &Clients| {
        let clients = elsewhere.unwrap_or(clients);
        clients.sns.get_topic_attributes().topic_arn(arn).send()
    };
    match caller.call(operation, send).await {
        Err(failure) if failure.cause == Cause::NotFound => Ok(None),
        Err(failure) => Err(failure),
        Ok(answer) => {
            let attribute = |name: &str| Some(answer.attributes()?.get(name)?.as_str());
            let policy = text(attribute("Policy"), "Policy");
            let attributes = policy.map(|policy| TopicAttributes {
                policy,
                key_id: attribute("KmsMasterKeyId")
                    .filter(|id| !id.is_empty())
                    .map(str::to_owned),
            });
            let malformed = |Malformed(member)| {
                Failure::malformed(operation, format!("no {member} in the answer"))
            };
            attributes.map(Some).map_err(malformed)
        }
    }
}

/// The subscriptions of a topic; absent when there is no such topic.
pub(super) async fn subscriptions(
    caller: &Caller<'_>,
    arn: &str,
    elsewhere: Option<&Clients>,
) -> Fact<Option<Listed<Subscription>>> {
    let send = |clients: &Clients, token| {
        let clients = elsewhere.unwrap_or(clients);
        let call = clients.sns.list_subscriptions_by_topic();
        call.topic_arn(arn).set_next_token(token).send()
    };
    let read = |answer: ListSubscriptionsByTopicOutput| {
        let subscriptions = answer.subscriptions?;
        let read = |each| subscription(arn, each).ok();
        Some(Page {
            items: subscriptions.iter().map(read).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListSubscriptionsByTopic;
    let listing = caller.pages(operation, send, read).await;
    let absent = listing
        .unread()
        .is_some_and(|failure| failure.cause == Cause::NotFound);
    if let (false, Some(failure)) = (absent, &listing.failure) {
        caller.missed(Some(arn), failure);
    }
    let key = |each: &Subscription| {
        (
            each.protocol.clone(),
            each.endpoint_hash.clone(),
            each.confirmed,
        )
    };
    match absent {
        true => Fact::Known(None),
        false => listing.into_fact(key).map(Some),
    }
}

/// A subscription. An unconfirmed one has no ARN but the words `PendingConfirmation` or `Deleted`.
fn subscription(topic: &str, subscription: &SdkSubscription) -> Result<Subscription, Malformed> {
    let protocol = text(subscription.protocol(), "Protocol")?;
    let arn = text(subscription.subscription_arn(), "SubscriptionArn")?;
    let endpoint = subscription.endpoint().unwrap_or_default();
    Ok(Subscription {
        endpoint_hash: endpoint_hash(account(topic).unwrap_or_default(), &protocol, endpoint),
        confirmed: arn.starts_with("arn:"),
        protocol,
    })
}

/// A hash keyed by account, so that the same endpoint shows as the same within an account and not across.
fn endpoint_hash(account: &str, protocol: &str, endpoint: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["dynalint endpoint", account, protocol, endpoint] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let digits: String = hash
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits[..HASH_DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:pager";

    fn read(arn: &str, endpoint: &str) -> Subscription {
        let each = SdkSubscription::builder()
            .protocol("https")
            .endpoint(endpoint);
        subscription(TOPIC, &each.subscription_arn(arn).build()).expect("readable")
    }

    #[test]
    fn only_a_subscription_with_an_arn_is_confirmed() {
        assert!(read("arn:aws:sns:eu-west-1:123456789012:pager:1", "e").confirmed);
        assert!(!read("PendingConfirmation", "e").confirmed);
        assert!(!read("Deleted", "e").confirmed);
    }

    #[test]
    fn an_endpoint_is_known_by_a_hash_that_differs_by_account() {
        let address = "https://hooks.example.com/secret";
        let here = read("arn:1", address).endpoint_hash;
        assert_eq!(here, read("arn:2", address).endpoint_hash);
        assert_eq!(here.len(), HASH_DIGITS);
        assert_ne!(here, endpoint_hash("999999999999", "https", address));
    }

    #[test]
    fn only_topics_have_a_topic_region() {
        assert_eq!(topic_region(TOPIC), Some("eu-west-1"));
        assert_eq!(
            topic_region("arn:aws-cn:sns:cn-north-1:1:t"),
            Some("cn-north-1")
        );
        assert_eq!(topic_region("arn:aws:automate:eu-west-1:ec2:stop"), None);
        assert_eq!(topic_region("arn:aws:lambda:eu-west-1:1:function:f"), None);
    }
}
