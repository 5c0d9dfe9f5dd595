//! What is a wide grant, and what takes it away.

use serde_json::{Value, json};

use super::*;

fn document(statements: &Value) -> Document {
    let text = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
    Document::parse(&text).expect("a document")
}

/// `admin service tables`: `+` held, `?` unclear, `-` not.
fn wide(statements: &Value, boundary: Option<&Value>) -> String {
    let own = document(statements);
    let boundary = boundary.map(document);
    let held = Held {
        partition: "aws",
        account: "111122223333",
        policies: vec![("p".to_owned(), &own)],
        boundary: boundary.as_ref(),
        missing: None,
    };
    let sign = |found: Listed<String>| match (found.items.is_empty(), found.missing) {
        (false, _) => '+',
        (true, Some(_)) => '?',
        (true, None) => '-',
    };
    [
        held.full_admin(),
        held.service_wildcard(),
        held.all_tables(),
    ]
    .map(sign)
    .iter()
    .collect()
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

#[test]
fn wide_grants_are_found_in_every_spelling() {
    for (statement, expected) in [
        (allow("*", "*"), "+++"),
        (allow("*:*", "*"), "+++"),
        (allow("dynamodb:*", "*"), "-++"),
        (allow("DynamoDB:*", "arn:aws:dynamodb:*:*:table/*"), "-++"),
        (
            allow(
                "dynamodb:*",
                "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
            ),
            "-+-",
        ),
        (
            allow(
                "dynamodb:Get*",
                "arn:aws:dynamodb:eu-west-1:111122223333:table/*",
            ),
            "--+",
        ),
        (
            allow(
                "dynamodb:GetItem",
                "arn:aws:dynamodb:eu-west-1:111122223333:table/app-*",
            ),
            "---",
        ),
        (
            allow(
                "dynamodb:GetItem",
                "arn:aws:dynamodb:eu-west-1:444455556666:table/*",
            ),
            "---",
        ),
        (allow("dynamodb:GetItem", "arn:aws:dynamodb:*:*:*"), "--+"),
        (allow("dynamodb:DescribeTable", "*"), "---"),
        (allow("*", "arn:aws:s3:::bucket/*"), "---"),
        (
            json!({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            "-++",
        ),
        (
            json!({"Effect": "Allow", "NotAction": ["dynamodb:*"], "Resource": "*"}),
            "---",
        ),
        (
            json!({"Effect": "Allow", "Action": "dynamodb:Query", "NotResource": "arn:aws:dynamodb:*:*:table/secret"}),
            "--+",
        ),
        (
            json!({"Effect": "Allow", "Action": "dynamodb:Query", "NotResource": "*"}),
            "---",
        ),
        (
            json!({"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}),
            "---",
        ),
        (
            json!({"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:ResourceTag/team": "a"}}}),
            "--?",
        ),
        (
            json!({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}),
            "-??",
        ),
        (
            json!({"Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}),
            "+++",
        ),
    ] {
        assert_eq!(wide(&json!([statement]), None), expected, "{statement}");
    }
}

#[test]
fn a_deny_that_always_takes_all_of_it_counts() {
    let with = |deny: Value| wide(&json!([allow("dynamodb:*", "*"), deny]), None);
    assert_eq!(
        with(json!({"Effect": "Deny", "Action": "*", "Resource": "*"})),
        "---"
    );
    assert_eq!(
        with(json!({"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"})),
        "---"
    );
    assert_eq!(
        with(json!({"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"})),
        "-++"
    );
    assert_eq!(
        with(json!({"Effect": "Deny", "Action": "dynamodb:*",
        "NotResource": "arn:aws:dynamodb:*:*:table/orders"})),
        "-+-"
    );
    assert_eq!(
        with(json!({"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}}})),
        "-++"
    );
    assert_eq!(
        with(json!({"Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/dba"}}})),
        "-??"
    );
}

#[test]
fn a_boundary_holds_a_grant_only_if_it_is_as_wide() {
    let under = |boundary: Value| wide(&json!([allow("*", "*")]), Some(&json!([boundary])));
    assert_eq!(under(allow("*", "*")), "+++");
    assert_eq!(under(allow("dynamodb:*", "*")), "-++");
    assert_eq!(under(allow("dynamodb:PutItem", "*")), "--+");
    assert_eq!(
        under(allow("dynamodb:PutItem", "arn:aws:dynamodb:*:*:table/a")),
        "---"
    );
    assert_eq!(under(allow("s3:*", "*")), "---");
}
