//! Who reads the change streams of tables: Lambda event source mappings, and where what they could not process goes.
//!
//! Other readers (the Kinesis adapter, programs of one's own) leave no trace in any API. What a mapping leaves out has the
//! default that the API documents: CreateEventSourceMapping, Lambda API reference.

use super::alarm::Subscription;
use super::fact::Listed;
use crate::{choice, record};

choice! {
    /// State of an event source mapping.
    MappingState = "mapping-state" [Creating, Enabling, Enabled, Disabling, Disabled, Updating, Deleting];
    /// What a function may answer.
    ResponseType = "response-type" [ReportBatchItemFailures];
    /// Where in a stream reading begins.
    StartingPosition = "starting-position" [TRIM_HORIZON, LATEST, AT_TIMESTAMP];
}

record! {
    /// A Lambda event source mapping on the stream of a table.
    pub struct EventSourceMapping = "event-source-mapping" labelled function_arn {
        /// Id.
        uuid: String, Identity [ListEventSourceMappings];
        /// ARN of the stream.
        stream_arn: String, Config [ListEventSourceMappings];
        /// ARN of the function, perhaps of one of its versions or aliases.
        function_arn: String, Config [ListEventSourceMappings];
        /// State.
        state: MappingState, Config [ListEventSourceMappings];
        /// Who or what changed the state last; null where AWS does not say.
        state_reason: Option<String>, Volatile [ListEventSourceMappings];
        /// The result of the last attempt: `OK`, `PROBLEM: …`; null where AWS does not say.
        last_result: Option<String>, Volatile [ListEventSourceMappings];
        /// Most records in a batch.
        batch_size: u64, Config [ListEventSourceMappings];
        /// Batches of one shard that are processed side by side.
        parallelisation: u64, Config [ListEventSourceMappings];
        /// Whether a batch that failed is tried again in halves.
        bisects: bool, Config [ListEventSourceMappings];
        /// Most retries of a batch; null is until its records expire.
        max_retries: Option<u64>, Config [ListEventSourceMappings];
        /// Seconds after which a record is given up; null is when it expires, after 24 hours.
        max_record_age_s: Option<u64>, Config [ListEventSourceMappings];
        /// ARN of what is told of batches that were given up; null if nothing is.
        failure_destination: Option<String>, Config [ListEventSourceMappings];
        /// What the function may answer.
        response_types: Vec<ResponseType>, Config [ListEventSourceMappings];
        /// Whether only some records get to the function.
        filtered: bool, Config [ListEventSourceMappings];
        /// Where reading began; null where AWS does not say.
        starting_position: Option<StartingPosition>, Config [ListEventSourceMappings];
    }
}

record! {
    /// An SQS queue for what a consumer could not process.
    pub struct Queue = "queue" labelled arn {
        /// ARN.
        arn: String, Identity [ListEventSourceMappings];
    } facts {
        /// Whether there is such a queue.
        exists: bool, Config [GetQueueUrl];
        /// Seconds that a message is kept; null when there is no such queue.
        retention_s: Option<u64>, Config [GetQueueUrl, GetQueueAttributes];
        /// Id, alias or ARN of its KMS key; null if it has none.
        key_id: Option<String>, Config [GetQueueUrl, GetQueueAttributes];
    }
}

record! {
    /// An SNS topic for what a consumer could not process.
    pub struct FailureTopic = "failure-topic" labelled arn {
        /// ARN.
        arn: String, Identity [ListEventSourceMappings];
    } facts {
        /// Its subscriptions; null when there is no such topic.
        subscriptions: Option<Listed<Subscription>>, Config [ListSubscriptionsByTopic];
    }
}
