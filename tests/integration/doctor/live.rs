//! The real binary against the sandbox: the policy is exactly what is called, and each denial is named.

use serde_json::{Value, json};

use super::{actions, policy};
use crate::binary::dynalint;
use crate::sandbox::{Account, sandbox};

/// The diagnosis of an account, and the exit code.
fn doctor(account: &Account, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = account.dynalint(&[&["doctor", "-f", "json"], arguments].concat());
    let read = serde_json::from_slice(&output.stdout);
    let talk = String::from_utf8_lossy(&output.stderr);
    (
        read.unwrap_or_else(|error| panic!("{error}\n{talk}")),
        output.status.code(),
    )
}

fn step<'a>(diagnosis: &'a Value, name: &str) -> &'a Value {
    let steps = diagnosis["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["step"] == name);
    step.unwrap_or_else(|| panic!("no step {name}: {diagnosis:#}"))
}

#[test]
fn a_healthy_account_is_ready_to_check() {
    let account = sandbox().account("healthy");
    let (found, code) = doctor(&account, &[]);
    assert_eq!(code, Some(0), "{found:#}");
    assert_eq!(found["permissions"]["gaps"], json!([]));
    assert_eq!(found["permissions"]["untried"], json!([]));
    let said = step(&found, "identity")["message"].as_str().expect("text");
    assert!(said.contains(&account.id), "{said}");
    let source = step(&found, "credentials")["message"].as_str();
    assert_eq!(source, Some("access key in the environment"));
    assert!(!found.to_string().contains("not-a-secret"));
}

#[test]
fn a_large_account_costs_no_more_calls_than_a_small_one() {
    let account = sandbox().account("empty");
    let big = json!({"tables": 105, "alarms": 120});
    account.seed(crate::sandbox::REGION, "big", big);
    let (found, code) = doctor(&account, &[]);
    assert_eq!(code, Some(0), "{found:#}");
    let calls = account.calls();
    let calls = calls.as_object().expect("calls");
    let count = |name: &str| calls.get(name).and_then(Value::as_u64);
    assert_eq!(count("dynamodb:ListTables"), Some(1));
    assert_eq!(count("dynamodb:DescribeTable"), Some(10));
    assert_eq!(count("dynamodb:DescribeTimeToLive"), Some(1));
    assert_eq!(count("cloudwatch:DescribeAlarms"), Some(1));
    assert_eq!(count("cloudwatch:GetMetricData"), Some(1));
}

/// Accounts that are looked at side by side: most of a run is waiting.
const SIDE_BY_SIDE: usize = 4;

#[test]
fn without_any_one_action_of_the_policy_that_action_is_named() {
    let whole = policy(&[]);
    let actions: Vec<String> = actions(&whole).into_iter().collect();
    let (whole, each) = (&whole, actions.len().div_ceil(SIDE_BY_SIDE));
    std::thread::scope(|scope| {
        for part in actions.chunks(each) {
            scope.spawn(move || {
                let account = sandbox().account("healthy");
                account.enforce(whole);
                assert_eq!(doctor(&account, &[]).1, Some(0));
                part.iter()
                    .for_each(|action| is_named(&account, whole, action));
            });
        }
    });
}

/// With all other actions allowed this one is denied, is named alone, and has rules.
fn is_named(account: &Account, whole: &Value, action: &str) {
    let mut less = whole.clone();
    let statements = less["Statement"].as_array_mut().expect("statements");
    for statement in statements.iter_mut() {
        let list = statement["Action"].as_array_mut().expect("actions");
        list.retain(|it| *it != *action);
    }
    statements.retain(|it| it["Action"] != json!([]));
    account.enforce(&less);
    let (found, code) = doctor(account, &[]);
    assert_eq!(code, Some(3), "{action}: {found:#}");
    let gaps = found["permissions"]["gaps"].as_array().expect("gaps");
    let named: Vec<&Value> = gaps.iter().map(|gap| &gap["action"]).collect();
    assert_eq!(named, [&json!(action)], "{found:#}");
    assert_eq!(gaps[0]["reason"], "denied");
    let rules = gaps[0]["rules"].as_array().expect("rules");
    assert!(!rules.is_empty(), "{action}");
}

#[test]
fn the_kind_of_policy_that_denies_is_told_where_aws_says_so() {
    let account = sandbox().account("healthy");
    account.fault("cloudwatch:DescribeAlarms", "denied-scp", json!({}));
    let output = account.dynalint(&["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert!(
        text.contains("denied by a service control policy"),
        "{text}"
    );
}

#[test]
fn a_call_that_fails_otherwise_cannot_be_told() {
    let account = sandbox().account("healthy");
    account.fault("dynamodb:DescribeLimits", "error500", json!({}));
    let (found, code) = doctor(&account, &[]);
    assert_eq!(code, Some(3), "{found:#}");
    assert_eq!(found["permissions"]["state"], "cannot-tell");
}

#[test]
fn nobody_there_ends_the_way_and_names_what_chose_the_address() {
    let keys = [
        ("AWS_ACCESS_KEY_ID", "AKIA111122223333TEST"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
    ];
    let output = dynalint(&["doctor", "--region", "eu-west-1"])
        .envs(keys)
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .output()
        .expect("the binary runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("✗ identity     cannot reach http://127.0.0.1:1 (connection refused)"),
        "{text}"
    );
    assert!(text.contains("hint: AWS_ENDPOINT_URL is set"), "{text}");
}

#[test]
fn without_region_or_credentials_the_step_says_so() {
    let bare = dynalint(&["doctor"]).output().expect("the binary runs");
    let text = String::from_utf8_lossy(&bare.stdout);
    assert_eq!(bare.status.code(), Some(2), "{text}");
    assert!(text.contains("✗ region       no region"), "{text}");
    let no_key = dynalint(&["doctor", "--region", "eu-west-1"]).output();
    let no_key = no_key.expect("the binary runs");
    let text = String::from_utf8_lossy(&no_key.stdout);
    assert_eq!(no_key.status.code(), Some(2), "{text}");
    assert!(
        text.contains("✓ region       eu-west-1\n✗ credentials  no AWS credentials"),
        "{text}"
    );
}
