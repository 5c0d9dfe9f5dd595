//! The consumers of streams, and then where their failures go: queues and topics.

use std::collections::BTreeSet;

use futures_util::future::join_all;

use super::call::Caller;
use super::client::Clients;
use super::{lambda, sns, sqs};
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::stream::{EventSourceMapping, FailureTopic, Queue};

/// The consumers of a region and the destinations of their failures.
pub(super) struct Consumers {
    /// The mappings, sorted by function.
    pub(super) mappings: Fact<Listed<EventSourceMapping>>,
    /// The queues that they name, sorted by ARN.
    pub(super) queues: Fact<Listed<Queue>>,
    /// The topics that they name, sorted by ARN.
    pub(super) topics: Fact<Listed<FailureTopic>>,
}

/// Reads the consumers of the region's streams.
pub(super) async fn consumers(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Consumers {
    if !run.contains(&Operation::ListEventSourceMappings) {
        return Consumers {
            mappings: Fact::not_requested(),
            queues: Fact::not_requested(),
            topics: Fact::not_requested(),
        };
    }
    let listing = lambda::mappings(caller).await;
    let named = listing.items.iter();
    let named = named.filter_map(|mapping| mapping.failure_destination.as_deref());
    let named: BTreeSet<&str> = named.collect();
    let (queues, topics) = tokio::join!(
        queues(caller, run, &named, clients_of),
        topics(caller, run, &named, clients_of)
    );
    let missing = listing.missing();
    let unread = listing.unread().map(|failure| failure.why.clone());
    Consumers {
        queues: destinations(queues, unread.clone(), missing.clone()),
        topics: destinations(topics, unread, missing),
        mappings: listing.into_fact(|mapping| (mapping.function_arn.clone(), mapping.uuid.clone())),
    }
}

/// What the mappings name is known as far as they are.
fn destinations<T>(items: Vec<T>, unread: Option<Why>, missing: Option<Why>) -> Fact<Listed<T>> {
    match unread {
        Some(why) => Fact::Unknown(why),
        None => Fact::Known(Listed { items, missing }),
    }
}

async fn queues(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    named: &BTreeSet<&str>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Vec<Queue> {
    let attributes = run.contains(&Operation::GetQueueAttributes);
    let read = async |(arn, region): (&str, &str)| {
        if !run.contains(&Operation::GetQueueUrl) {
            return sqs::unasked(arn);
        }
        let elsewhere = (region != caller.region).then(|| clients_of(region));
        sqs::queue(caller, arn, attributes, elsewhere.as_ref()).await
    };
    let all = named.iter().copied();
    let all = all.filter_map(|arn| sqs::queue_region(arn).map(|region| (arn, region)));
    join_all(all.map(read)).await
}

async fn topics(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    named: &BTreeSet<&str>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Vec<FailureTopic> {
    let read = async |(arn, region): (&str, &str)| {
        let subscriptions = match run.contains(&Operation::ListSubscriptionsByTopic) {
            true => {
                let elsewhere = (region != caller.region).then(|| clients_of(region));
                sns::subscriptions(caller, arn, elsewhere.as_ref()).await
            }
            false => Fact::not_requested(),
        };
        FailureTopic {
            arn: arn.to_owned(),
            subscriptions,
        }
    };
    let all = named.iter().copied();
    let all = all.filter_map(|arn| sns::topic_region(arn).map(|region| (arn, region)));
    join_all(all.map(read)).await
}
