//! AWS Lambda: the event source mappings on streams of tables, in one bulk listing.
//!
//! Functions themselves are never asked about: their configuration holds their environment, and so secrets.

use serde_json::Value;

use super::call::Caller;
use super::client::Clients;
use super::listing::{Listing, Page};
use super::protocol::{Answer, Ask};
use super::shape::{Malformed, needed, text};
use super::signed::Service;
use crate::snapshot::operation::Operation;
use crate::snapshot::stream::{EventSourceMapping, ResponseType, StartingPosition};

const LAMBDA: Service = Service {
    id: "Lambda",
    host: "lambda",
};
/// Mappings a page: the most that AWS gives (API reference of ListEventSourceMappings).
const PAGE: &str = "100";
/// Records in a batch where AWS does not say ("Lambda parameters for Amazon DynamoDB event source mappings").
const BATCH: u64 = 100;

/// The mappings of the region that read streams of tables.
pub(super) async fn mappings(caller: &Caller<'_>) -> Listing<EventSourceMapping> {
    let send = |clients: &Clients, marker: Option<String>| {
        let mut query = vec![("MaxItems", PAGE.to_owned())];
        query.extend(marker.map(|marker| ("Marker", marker)));
        let ask = Ask::Rest {
            operation: "ListEventSourceMappings",
            path: "/2015-03-31/event-source-mappings",
            query,
        };
        let signed = clients.signed.clone();
        async move { signed.call(LAMBDA, ask).await }
    };
    let operation = Operation::ListEventSourceMappings;
    caller
        .list(operation, None, send, |answer| page(&answer))
        .await
}

fn page(answer: &Answer) -> Option<Page<EventSourceMapping>> {
    let mappings = answer.member("EventSourceMappings")?.as_array()?;
    let next = answer.member("NextMarker").and_then(Value::as_str);
    Some(Page {
        items: mappings.iter().filter_map(element).collect(),
        next: next.map(str::to_owned),
    })
}

/// A mapping of ours, or `Some(None)` for one that lacks what AWS always gives. Kafka of one's own has no ARN.
fn element(mapping: &Value) -> Option<Option<EventSourceMapping>> {
    let is_kafka = |mapping: &Value| mapping["SelfManagedEventSource"].is_object();
    match mapping["EventSourceArn"].as_str() {
        Some(arn) if !is_stream(arn) => None,
        None if is_kafka(mapping) => None,
        Some(_) | None => Some(read(mapping).ok()),
    }
}

/// Whether an ARN is one of a table's stream: `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL`.
fn is_stream(arn: &str) -> bool {
    arn.split(':').nth(2) == Some("dynamodb") && arn.contains("/stream/")
}

fn read(mapping: &Value) -> Result<EventSourceMapping, Malformed> {
    let word = |name: &'static str| mapping[name].as_str();
    let destination = mapping["DestinationConfig"]["OnFailure"]["Destination"].as_str();
    let filters = mapping["FilterCriteria"]["Filters"].as_array();
    // Encrypted criteria are not shown, but their key is (API reference of ListEventSourceMappings).
    let is_encrypted = !mapping["KMSKeyArn"].is_null();
    Ok(EventSourceMapping {
        uuid: text(word("UUID"), "UUID")?,
        stream_arn: text(word("EventSourceArn"), "EventSourceArn")?,
        function_arn: text(word("FunctionArn"), "FunctionArn")?,
        state: text(word("State"), "State")?.as_str().into(),
        state_reason: word("StateTransitionReason").map(str::to_owned),
        last_result: word("LastProcessingResult").map(str::to_owned),
        batch_size: count(mapping, "BatchSize")?.unwrap_or(BATCH),
        parallelisation: count(mapping, "ParallelizationFactor")?.unwrap_or(1),
        bisects: flag(mapping, "BisectBatchOnFunctionError")?,
        max_retries: bound(mapping, "MaximumRetryAttempts")?,
        max_record_age_s: bound(mapping, "MaximumRecordAgeInSeconds")?,
        failure_destination: destination.filter(|arn| !arn.is_empty()).map(str::to_owned),
        response_types: response_types(mapping)?,
        filtered: is_encrypted || filters.is_some_and(|filters| !filters.is_empty()),
        starting_position: word("StartingPosition").map(StartingPosition::from),
    })
}

fn count(mapping: &Value, name: &'static str) -> Result<Option<u64>, Malformed> {
    match &mapping[name] {
        Value::Null => Ok(None),
        value => needed(value.as_u64(), name).map(Some),
    }
}

fn flag(mapping: &Value, name: &'static str) -> Result<bool, Malformed> {
    match &mapping[name] {
        Value::Null => Ok(false),
        value => needed(value.as_bool(), name),
    }
}

/// A bound that -1 takes away, as does leaving it out.
fn bound(mapping: &Value, name: &'static str) -> Result<Option<u64>, Malformed> {
    match mapping[name].as_i64() {
        Some(-1) => Ok(None),
        _ => count(mapping, name),
    }
}

fn response_types(mapping: &Value) -> Result<Vec<ResponseType>, Malformed> {
    const NAME: &str = "FunctionResponseTypes";
    let words = match &mapping[NAME] {
        Value::Null => return Ok(Vec::new()),
        value => needed(value.as_array(), NAME)?,
    };
    let word = |word: &Value| needed(word.as_str(), NAME).map(ResponseType::from);
    words.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const STREAM: &str =
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000";

    fn least() -> Value {
        json!({"UUID": "u", "EventSourceArn": STREAM, "State": "Enabled",
            "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f"})
    }

    #[test]
    fn what_a_mapping_leaves_out_has_the_documented_default() {
        let mapping = element(&least()).flatten().expect("a mapping");
        assert_eq!((mapping.batch_size, mapping.parallelisation), (100, 1));
        assert_eq!(
            (mapping.max_retries, mapping.max_record_age_s),
            (None, None)
        );
        assert_eq!(mapping.failure_destination, None);
        assert!(!mapping.bisects && !mapping.filtered && mapping.response_types.is_empty());
        let mut unbound = least();
        unbound["MaximumRetryAttempts"] = json!(-1);
        unbound["MaximumRecordAgeInSeconds"] = json!(-1);
        unbound["DestinationConfig"] = json!({"OnFailure": {}});
        assert_eq!(element(&unbound).flatten(), Some(mapping));
    }

    #[test]
    fn what_makes_no_sense_is_malformed() {
        for (name, value) in [
            ("UUID", Value::Null),
            ("State", json!("")),
            ("EventSourceArn", Value::Null),
            ("MaximumRetryAttempts", json!("-1")),
            ("MaximumRecordAgeInSeconds", json!(-2)),
            ("BisectBatchOnFunctionError", json!("no")),
            ("FunctionResponseTypes", json!([1])),
        ] {
            let mut mapping = least();
            mapping[name] = value;
            assert_eq!(element(&mapping), Some(None), "{name}");
        }
    }

    #[test]
    fn only_streams_of_tables_are_kept() {
        let mut queue = least();
        queue["EventSourceArn"] = json!("arn:aws:sqs:eu-west-1:111122223333:q");
        assert_eq!(element(&queue), None);
        let kafka = json!({"UUID": "u", "SelfManagedEventSource": {}});
        assert_eq!(element(&kafka), None);
        let answer = |body: Value| page(&Answer::Json(body));
        assert!(answer(json!({"EventSourceMappings": null})).is_none());
        let paged = answer(json!({"EventSourceMappings": [queue, least()], "NextMarker": "m"}));
        let paged = paged.expect("a page");
        assert_eq!((paged.items.len(), paged.next.as_deref()), (1, Some("m")));
    }
}
