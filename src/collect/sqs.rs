//! Amazon SQS: the queues for what consumers could not process. Messages are never read.

use serde_json::{Value, json};

use super::call::Caller;
use super::classify::{Cause, Failure};
use super::client::Clients;
use super::protocol::{Answer, Ask};
use super::signed::Service;
use crate::snapshot::fact::Fact;
use crate::snapshot::operation::Operation;
use crate::snapshot::stream::Queue;

const SQS: Service = Service {
    id: "SQS",
    host: "sqs",
};

/// Region, account and name in the ARN of a queue.
fn parts(arn: &str) -> Option<(&str, &str, &str)> {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "sqs", region, account, name] if !region.is_empty() => {
            Some((region, account, name))
        }
        _ => None,
    }
}

/// The region of a queue, if the ARN is one of a queue.
pub(super) fn queue_region(arn: &str) -> Option<&str> {
    parts(arn).map(|(region, _, _)| region)
}

/// A queue of which nothing was asked.
pub(super) fn unasked(arn: &str) -> Queue {
    Queue {
        arn: arn.to_owned(),
        exists: Fact::not_requested(),
        retention_s: Fact::not_requested(),
        key_id: Fact::not_requested(),
    }
}

/// A queue. `elsewhere` are the clients of its region when it is not the caller's.
pub(super) async fn queue(
    caller: &Caller<'_>,
    arn: &str,
    attributes: bool,
    elsewhere: Option<&Clients>,
) -> Queue {
    let Some((_, account, name)) = parts(arn) else {
        return unasked(arn);
    };
    let body = json!({"QueueName": name, "QueueOwnerAWSAccountId": account});
    let answer = ask(caller, Operation::GetQueueUrl, &body, elsewhere).await;
    let url = answer.and_then(|answer| {
        let url = answer.member("QueueUrl").and_then(Value::as_str);
        let malformed = || Failure::malformed(Operation::GetQueueUrl, "no QueueUrl in the answer");
        url.map(str::to_owned).ok_or_else(malformed)
    });
    let mut queue = unasked(arn);
    match url {
        Err(failure) if failure.cause == Cause::NotFound => be_absent(&mut queue),
        Err(failure) => {
            queue.exists = caller.fact(Some(arn), Err(failure));
            if let (true, Fact::Unknown(why)) = (attributes, &queue.exists) {
                queue.retention_s = Fact::Unknown(why.clone());
                queue.key_id = Fact::Unknown(why.clone());
            }
        }
        Ok(url) => {
            queue.exists = Fact::Known(true);
            if attributes {
                read_attributes(caller, &mut queue, &url, elsewhere).await;
            }
        }
    }
    queue
}

fn be_absent(queue: &mut Queue) {
    queue.exists = Fact::Known(false);
    queue.retention_s = Fact::Known(None);
    queue.key_id = Fact::Known(None);
}

async fn read_attributes(
    caller: &Caller<'_>,
    queue: &mut Queue,
    url: &str,
    elsewhere: Option<&Clients>,
) {
    let operation = Operation::GetQueueAttributes;
    let names = ["MessageRetentionPeriod", "KmsMasterKeyId"];
    let body = json!({"QueueUrl": url, "AttributeNames": names});
    let answer = ask(caller, operation, &body, elsewhere).await;
    let read = answer.and_then(|answer| attributes(&answer));
    match read {
        // Deleted since we learnt its address.
        Err(failure) if failure.cause == Cause::NotFound => be_absent(queue),
        read => {
            let read = caller.fact(Some(&queue.arn), read);
            queue.retention_s = read.clone().map(|(retention_s, _)| Some(retention_s));
            queue.key_id = read.map(|(_, key_id)| key_id);
        }
    }
}

/// Retention in seconds, which every queue has, and the key, which not every queue has.
fn attributes(answer: &Answer) -> Result<(u64, Option<String>), Failure> {
    let all = answer.member("Attributes");
    let text = |name: &str| all.and_then(|all| all.get(name)).and_then(Value::as_str);
    let retention_s = text("MessageRetentionPeriod").and_then(|seconds| seconds.parse().ok());
    let malformed = || {
        let detail = "no MessageRetentionPeriod in the answer";
        Failure::malformed(Operation::GetQueueAttributes, detail)
    };
    let key_id = text("KmsMasterKeyId").filter(|key| !key.is_empty());
    Ok((
        retention_s.ok_or_else(malformed)?,
        key_id.map(str::to_owned),
    ))
}

async fn ask(
    caller: &Caller<'_>,
    operation: Operation,
    body: &Value,
    elsewhere: Option<&Clients>,
) -> Result<Answer, Failure> {
    let name = operation.name().rsplit(':').next().unwrap_or_default();
    let send = |clients: &Clients| {
        let signed = elsewhere.unwrap_or(clients).signed.clone();
        let ask = Ask::Json {
            version: "1.0",
            target: "AmazonSQS",
            operation: name,
            body: body.clone(),
        };
        async move { signed.call(SQS, ask).await }
    };
    caller.call(operation, send).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_queues_have_a_queue_region() {
        assert_eq!(queue_region("arn:aws:sqs:eu-west-1:1:q"), Some("eu-west-1"));
        assert_eq!(
            queue_region("arn:aws-cn:sqs:cn-north-1:1:q"),
            Some("cn-north-1")
        );
        assert_eq!(queue_region("arn:aws:sns:eu-west-1:1:t"), None);
        assert_eq!(queue_region("arn:aws:s3:::bucket"), None);
        assert_eq!(queue_region("kafka://topic"), None);
    }

    #[test]
    fn every_queue_has_a_retention() {
        let read = |all: Value| attributes(&Answer::Json(json!({"Attributes": all})));
        let known = read(json!({"MessageRetentionPeriod": "345600"})).expect("attributes");
        assert_eq!(known, (345_600, None));
        for broken in [
            json!({}),
            Value::Null,
            json!({"MessageRetentionPeriod": 345_600}),
        ] {
            assert!(read(broken).is_err());
        }
    }
}
