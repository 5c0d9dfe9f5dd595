use serde_json::{Value, json};

use super::*;

const NEEDED: [Operation; 6] = [
    Operation::GetCallerIdentity,
    Operation::ListTables,
    Operation::DescribeTable,
    Operation::ListBackupPlans,
    Operation::GetBackupPlan,
    Operation::GetQueueUrl,
];

fn rules() -> Needs {
    let rule = |name: &str, needs: &[Operation]| (name.to_owned(), needs.iter().copied().collect());
    BTreeMap::from([
        rule("in-backup-plan", &[Operation::GetBackupPlan]),
        rule("sort-key", &[Operation::DescribeTable]),
    ])
}

fn permissions(calls: &[&str], gaps: Value) -> Permissions {
    let calls: BTreeMap<&str, u64> = calls.iter().map(|call| (*call, 1)).collect();
    let snapshot = json!({
        "version": 1, "tool_version": "0.0.0", "source": "live", "caller_arn": null,
        "collected_at": "2026-11-22T17:05:00Z", "calls": calls, "gaps": gaps,
        "regions": [
            {"account": "111122223333", "partition": "aws", "region": "eu-west-1"},
            {"account": "111122223333", "partition": "aws", "region": "us-east-1"},
        ],
    });
    let snapshot = serde_json::from_value(snapshot).expect("a snapshot");
    Permissions::of(&snapshot, &NEEDED.into_iter().collect(), &rules())
}

fn gap(action: &str, region: &str, reason: &str) -> Value {
    json!({"operation": action, "account": "111122223333", "region": region, "resource": null,
        "why": {"reason": reason, "action": action}})
}

#[test]
fn a_denied_listing_blinds_the_rules_that_hang_on_it() {
    let calls = [
        "sts:GetCallerIdentity",
        "dynamodb:ListTables",
        "dynamodb:DescribeTable",
    ];
    let gaps = [gap("backup:ListBackupPlans", "us-east-1", "denied")];
    let found = permissions(
        &[&calls[..], &["backup:ListBackupPlans"]].concat(),
        json!(gaps),
    );
    assert_eq!(found.usable, &NEEDED[..3]);
    assert_eq!(found.gaps.len(), 1);
    assert_eq!(found.gaps[0].rules, ["in-backup-plan"]);
    assert_eq!(found.gaps[0].resources, ["us-east-1"]);
    assert_eq!((found.blind, found.state()), (1, State::Bad));
    let because: Vec<&str> = found.untried.iter().map(|it| &*it.because).collect();
    assert_eq!(
        because,
        ["no failure queue", "backup:ListBackupPlans is denied"]
    );
}

#[test]
fn a_call_on_nothing_is_neither_usable_nor_a_gap() {
    let found = permissions(
        &[
            "sts:GetCallerIdentity",
            "dynamodb:ListTables",
            "backup:ListBackupPlans",
        ],
        json!([]),
    );
    assert_eq!((found.usable.len(), found.state()), (3, State::Good));
    let because: Vec<&str> = found.untried.iter().map(|it| &*it.because).collect();
    assert_eq!(because, ["no table", "no failure queue", "no backup plan"]);
}

#[test]
fn a_call_that_worked_once_and_failed_once_is_not_called_usable() {
    let gaps = [gap("dynamodb:DescribeTable", "eu-west-1", "throttled")];
    let found = permissions(&["dynamodb:DescribeTable"], json!(gaps));
    assert!(found.usable.is_empty());
    assert_eq!((found.blind, found.state()), (2, State::Open));
}

#[test]
fn the_outcome_follows_from_the_steps() {
    let of = |permissions| Diagnosis {
        steps: Vec::new(),
        permissions,
        rules: 2,
    };
    assert_eq!(of(None).outcome(), Outcome::CouldNotRun);
    assert_eq!(
        of(Some(permissions(&[], json!([])))).outcome(),
        Outcome::Ready
    );
    let gaps = [gap("dynamodb:ListTables", "eu-west-1", "not-offered")];
    assert_eq!(
        of(Some(permissions(&[], json!(gaps)))).outcome(),
        Outcome::CannotTell
    );
}
