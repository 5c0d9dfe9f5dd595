//! What must not end a run, and must not make anything up either.

use dynalint::snapshot::fact::{Fact, Reason};

use super::child::Home;
use super::stub::{Answer, Stub, identity, json_error, query_error};

const TABLE: &str = r#"{"Table":{"TableName":"orders","TableArn":"arn:aws:dynamodb:eu-west-1:444455556666:table/orders","TableStatus":"ACTIVE","KeySchema":[{"AttributeName":"PK","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"PK","AttributeType":"S"}],"ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},"TableSizeBytes":1,"ItemCount":1}}"#;

fn ok(body: &str) -> Option<Answer> {
    Some(Answer(200, body.to_owned()))
}

fn one_table(operation: &str) -> Option<Answer> {
    match operation {
        "GetCallerIdentity" => identity(),
        "ListTables" => ok(r#"{"TableNames":["orders"]}"#),
        "DescribeTable" => ok(TABLE),
        _ => None,
    }
}

#[test]
fn when_sts_is_out_of_order_the_account_comes_from_a_table() {
    for broken in [
        query_error(400, "Throttling", "Rate exceeded"),
        query_error(403, "AccessDenied", "no"),
        query_error(500, "InternalFailure", "no"),
        ok("<html>sign in</html>"),
    ] {
        let stub = Stub::start(move |operation| match operation {
            "GetCallerIdentity" => broken.clone(),
            other => one_table(other),
        });
        let outcome = Home::with_keys()
            .option("endpoint_url", &stub.url)
            .collect();
        let snapshot = outcome.snapshot();
        assert_eq!(snapshot.regions[0].account, "444455556666");
        assert_eq!(snapshot.regions[0].partition, "aws");
        assert!(matches!(snapshot.caller_arn, Fact::Unknown(_)));
    }
}

#[test]
fn a_page_that_no_aws_service_sends_is_malformed_and_never_absent() {
    let stub = Stub::start(one_table);
    let outcome = Home::with_keys()
        .option("endpoint_url", &stub.url)
        .collect();
    let snapshot = outcome.snapshot();
    let region = &snapshot.regions[0];
    let tables = region.tables.known().expect("listed");
    let reason = |why: Result<(), &dynalint::snapshot::fact::Why>| why.err().map(|why| why.reason);
    let malformed = Some(Reason::Malformed);
    assert_eq!(reason(tables.items[0].pitr.as_ref().map(|_| ())), malformed);
    assert_eq!(reason(tables.items[0].ttl.as_ref().map(|_| ())), malformed);
    assert_eq!(reason(tables.items[0].tags.as_ref().map(|_| ())), malformed);
    assert_eq!(reason(region.alarms.as_ref().map(|_| ())), malformed);
    assert_eq!(reason(region.topics.as_ref().map(|_| ())), malformed);
    assert_eq!(reason(region.backup_plans.as_ref().map(|_| ())), malformed);
    assert_eq!(snapshot.calls["dynamodb:DescribeTable"], 1);
}

#[test]
fn answers_without_their_structure_are_malformed() {
    let stub = Stub::start(|operation| match operation {
        "GetCallerIdentity" => identity(),
        "ListTables" => ok(r#"{"TableNames":["orders"]}"#),
        _ => ok("{}"),
    });
    let outcome = Home::with_keys()
        .option("endpoint_url", &stub.url)
        .collect();
    let region = &outcome.snapshot().regions[0];
    let table = &region.tables.known().expect("listed").items[0];
    let facts = [
        table.deletion_protection.as_ref().err(),
        table.pitr.as_ref().err(),
        table.ttl.as_ref().err(),
        table.tags.as_ref().err(),
        region.scaling_targets.as_ref().err(),
        region.backup_settings.as_ref().err(),
    ];
    for why in facts {
        assert_eq!(why.map(|why| why.reason), Some(Reason::Malformed));
    }
}

#[test]
fn a_table_that_is_deleted_during_the_run_is_gone_and_no_gap() {
    let stub = Stub::start(|operation| match operation {
        "DescribeTable" => json_error(400, "ResourceNotFoundException", "gone"),
        "DescribeContinuousBackups" => json_error(400, "TableNotFoundException", "gone"),
        other => one_table(other),
    });
    let outcome = Home::with_keys()
        .option("endpoint_url", &stub.url)
        .collect();
    let snapshot = outcome.snapshot();
    let tables = snapshot.regions[0].tables.known().expect("listed");
    assert!(tables.items.is_empty() && tables.missing.is_none());
    let about = |gap: &&dynalint::snapshot::Gap| gap.resource.as_deref() == Some("orders");
    assert_eq!(snapshot.gaps.iter().find(about), None);
}

#[test]
fn a_table_that_is_there_is_not_gone_because_one_call_says_so() {
    let stub = Stub::start(|operation| match operation {
        "DescribeContinuousBackups" => json_error(400, "TableNotFoundException", "gone"),
        other => one_table(other),
    });
    let outcome = Home::with_keys()
        .option("endpoint_url", &stub.url)
        .collect();
    let tables = outcome.snapshot().regions[0]
        .tables
        .known()
        .expect("listed");
    let why = tables.items[0].pitr.as_ref().expect_err("unknown");
    assert_eq!(why.reason, Reason::Failed);
}
