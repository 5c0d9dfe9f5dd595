//! `dynalint doctor` where AWS does not take the credentials, or denies the very first call.

use super::stub::{Stub, identity, json_error, query_error};
use crate::binary::dynalint;

fn doctor(stub: &Stub) -> (String, Option<i32>) {
    let output = dynalint(&["doctor", "--endpoint-url", &stub.url, "--rule", "pitr-on"])
        .env("AWS_ACCESS_KEY_ID", "ASIA111122223333TEST")
        .env("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        .env("AWS_SESSION_TOKEN", "not-a-token")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .output()
        .expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!text.contains("not-a-"), "{text}");
    (text, output.status.code())
}

#[test]
fn an_expired_token_ends_the_way_at_the_identity() {
    let (text, code) = doctor(&Stub::start(|_| query_error(403, "ExpiredToken", "no")));
    assert_eq!(code, Some(2), "{text}");
    let lines = "✗ identity     the temporary credentials in the environment expired\n               hint: get new ones";
    assert!(text.contains(lines), "{text}");
    assert!(!text.contains("permissions"), "{text}");
}

#[test]
fn a_denied_first_listing_is_a_missing_permission_like_any_other() {
    let (text, code) = doctor(&Stub::start(|operation| match operation {
        "GetCallerIdentity" => identity(),
        _ => json_error(400, "AccessDeniedException", "no"),
    }));
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("dynamodb:ListTables       pitr-on"), "{text}");
    let untried = "dynamodb:DescribeContinuousBackups  dynamodb:ListTables is denied";
    assert!(text.contains(untried), "{text}");
}
