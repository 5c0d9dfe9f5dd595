//! The real binary against the sandbox: whole accounts, each call denied or broken in turn, paging, two regions.

use std::collections::{BTreeMap, BTreeSet};

use dynalint::snapshot::operation::Operation;
use serde_json::{Value, json};

use crate::golden::assert_golden;
use crate::sandbox::{Account, REGION, sandbox};

/// Every operation whose failure leaves a run with something to say.
fn operations() -> impl Iterator<Item = &'static str> {
    let first = [Operation::GetCallerIdentity, Operation::ListTables];
    let others = Operation::ALL.iter().filter(move |it| !first.contains(it));
    others.map(|operation| operation.name())
}

/// Status by rule, kind, table and name.
fn verdicts(report: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let key = |result: &Value| {
        let subject = &result["subject"];
        let parts = [
            &result["rule"],
            &subject["kind"],
            &subject["region"],
            &subject["table"],
            &subject["name"],
        ];
        parts.map(text).join(" ")
    };
    let results = report["results"].as_array().expect("results");
    results
        .iter()
        .map(|result| (key(result), text(&result["status"])))
        .collect()
}

fn failures(report: &Value) -> Vec<String> {
    let failed = verdicts(report)
        .into_iter()
        .filter(|(_, status)| status == "fail");
    let short = |key: String| {
        let parts: Vec<&str> = key.splitn(4, ' ').collect();
        format!("{} {}", parts[0], parts[3])
    };
    failed.map(|(key, _)| short(key)).collect()
}

#[test]
fn a_healthy_account_is_ready() {
    let account = sandbox().account("healthy");
    let (report, code) = account.check(&[]);
    assert_eq!(failures(&report), [""; 0]);
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
    assert_eq!(
        report["gate"],
        json!({"fail_on": "high", "verdict": "ready", "exit_code": 0})
    );
    assert_eq!(code, 0);
}

#[test]
fn a_broken_account_fails_where_it_was_broken_and_nowhere_else() {
    // By number: findings on the account name it.
    let account = sandbox().account_named("200000100003");
    account.seed(REGION, "broken", json!({}));
    let (report, code) = account.check(&[]);
    // One line for each defect that the scenario plants, in `tests/sandbox/seeds.py`.
    let failed = failures(&report).join("\n") + "\n";
    assert_golden("live/broken.txt", &failed.replace(&account.id, "ACCOUNT"));
    assert_eq!(report["summary"]["unknown"], 0, "{:#}", report["gaps"]);
    assert_eq!(code, 1);
}

#[test]
fn an_empty_account_has_nothing_to_check() {
    let account = sandbox().account("empty");
    assert_eq!(account.check(&[]).1, 4);
    assert_eq!(account.check(&["--allow-empty"]).1, 0);
    let output = account.dynalint(&["check"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("NOTHING TO CHECK"));
}

/// How many results of a status the gate counts, which stands at high.
fn blocking(report: &Value, status: &str) -> usize {
    let results = report["results"].as_array().expect("results").iter();
    let blocks = |it: &&Value| {
        it["status"] == status && (it["severity"] == "critical" || it["severity"] == "high")
    };
    results.filter(blocks).count()
}

/// Against the fault-free run each verdict is the same or unknown; the exit code is as documented.
fn is_same_or_unknown(account: &Account, clean: &BTreeMap<String, String>, fault: &str) -> Value {
    let (report, code) = account.check(&[]);
    let faulty = verdicts(&report);
    for (key, status) in &faulty {
        let known = clean.get(key).map(String::as_str);
        // A list that could not be read has one result of its own, on what it belongs to.
        let on_list = status == "not-applicable" && known.is_none();
        assert!(
            on_list || status == "unknown" || known == Some(status),
            "{fault}: {key}: {known:?} became {status}"
        );
    }
    let expected = match (blocking(&report, "fail"), blocking(&report, "unknown")) {
        (0, 0) => 0,
        (0, _) => 3,
        _ => 1,
    };
    assert_eq!(code, expected, "{fault}: {:#}", report["gaps"]);
    report
}

#[test]
fn each_denied_call_gives_unknown_and_names_the_missing_permission() {
    let mut blinding = BTreeSet::new();
    for scenario in ["healthy", "broken"] {
        let account = sandbox().account(scenario);
        let clean = verdicts(&account.check(&[]).0);
        for operation in operations() {
            account.fault(operation, "denied", json!({}));
            let report =
                is_same_or_unknown(&account, &clean, &format!("{scenario}, {operation} denied"));
            let gaps = report["gaps"].as_array().expect("gaps");
            let named = gaps
                .iter()
                .any(|gap| gap["action"] == operation && gap["reason"] == "denied");
            assert!(named, "{scenario}, {operation}: {gaps:#?}");
            let blinds = gaps.iter().any(|gap| {
                gap["rules"]
                    .as_array()
                    .is_some_and(|rules| !rules.is_empty())
            });
            if blinds {
                blinding.insert(operation);
            }
            account.heal();
        }
    }
    let all: BTreeSet<&str> = operations().collect();
    // They only settle what selections leave open, and here those leave nothing open.
    let spare = BTreeSet::from(["backup:ListProtectedResources"]);
    let idle: BTreeSet<&str> = all.difference(&blinding).copied().collect();
    assert_eq!(idle, spare, "calls that no rule needs");
}

#[test]
fn each_broken_call_gives_the_same_verdict_or_unknown() {
    // It has passes as well as failures to lose.
    let account = sandbox().account("broken");
    let clean = verdicts(&account.check(&[]).0);
    for operation in operations() {
        for kind in ["throttle", "error500", "malformed", "truncated", "html"] {
            account.fault(operation, kind, json!({}));
            is_same_or_unknown(&account, &clean, &format!("{operation} {kind}"));
            account.heal();
        }
    }
}

#[test]
fn passing_trouble_leaves_no_trace() {
    let account = sandbox().account("healthy");
    for operation in Operation::ALL.iter().map(|it| it.name()) {
        account.fault(operation, "throttle", json!({"count": 1}));
    }
    let (report, code) = account.check(&[]);
    assert_eq!(
        (report["summary"]["unknown"].as_u64(), code),
        (Some(0), 0),
        "{:#}",
        report["gaps"]
    );
}

#[test]
fn without_the_first_listing_there_is_no_verdict() {
    let account = sandbox().account("healthy");
    account.fault("dynamodb:ListTables", "denied", json!({}));
    let output = account.dynalint(&["check"]);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    assert!(talk.contains("dynamodb:ListTables"), "{talk}");
    assert!(output.stdout.is_empty());
}

#[test]
fn a_service_control_policy_is_told_apart() {
    let account = sandbox().account("healthy");
    account.fault("cloudwatch:DescribeAlarms", "denied-scp", json!({}));
    let (report, code) = account.check(&[]);
    assert_eq!(code, 3);
    let gaps = report["gaps"].to_string();
    assert!(gaps.contains("service control policy"), "{gaps}");
}

#[test]
fn one_table_that_cannot_be_read_does_not_end_the_run() {
    let account = sandbox().account("healthy");
    let clean = verdicts(&account.check(&[]).0);
    account.fault(
        "dynamodb:DescribeTable",
        "denied",
        json!({"resource": "feed-posts"}),
    );
    let report = is_same_or_unknown(&account, &clean, "one table denied");
    let faulty = verdicts(&report);
    let others = faulty.iter().filter(|(key, _)| key.contains("shop-orders"));
    assert!(others.clone().count() > 10 && others.clone().all(|(_, status)| status != "unknown"));
    assert_eq!(
        faulty[&format!("deletion-protection table {REGION} feed-posts feed-posts")],
        "unknown"
    );
}

#[test]
fn bulk_calls_are_made_once_a_page_and_table_calls_once_a_table() {
    let account = sandbox().account_named("200000100001");
    account.seed(
        REGION,
        "big",
        json!({"tables": 105, "alarms": 120, "mappings": 120}),
    );
    let (report, code) = account.check(&[]);
    assert_eq!(code, 1);
    let calls = &report["run"]["calls"];
    let text = serde_json::to_string_pretty(calls).expect("JSON") + "\n";
    assert_golden("live/bulk-calls.json", &text);
    assert_eq!(&account.calls(), calls, "the report counts what came in");
    assert_eq!(report["summary"]["by_rule"]["pitr-on"]["fail"], 105);
}

#[test]
fn a_second_page_that_fails_leaves_the_first() {
    let account = sandbox().account_named("200000100002");
    let size = json!({"tables": 105, "alarms": 120, "roles": 130});
    account.seed(REGION, "big", size);
    let clean = verdicts(&account.check(&[]).0);
    for (operation, token) in [
        ("cloudwatch:DescribeAlarms", "NextToken"),
        ("iam:GetAccountAuthorizationDetails", "Marker"),
        ("dynamodb:ListTables", "ExclusiveStartTableName"),
    ] {
        account.fault(operation, "denied", json!({"resource": token}));
        let report = is_same_or_unknown(&account, &clean, &format!("{operation}, second page"));
        assert!(
            report["summary"]["unknown"].as_u64() > Some(0),
            "{operation}"
        );
        account.heal();
    }
}

#[test]
fn a_table_deleted_during_the_run_is_gone() {
    for operation in [
        "dynamodb:DescribeTable",
        "dynamodb:DescribeContinuousBackups",
    ] {
        let account = sandbox().account("healthy");
        account.delete_table_on(operation, "shop-sessions");
        let (report, code) = account.check(&[]);
        assert_eq!(code, 0, "{operation}: {:#}", report["gaps"]);
        let verdicts = verdicts(&report);
        assert!(
            !verdicts.is_empty() && !verdicts.keys().any(|key| key.contains(" shop-sessions ")),
            "{operation}"
        );
    }
}

#[test]
fn a_key_or_topic_that_aws_says_is_not_there_or_cannot_rotate_is_a_finding_not_a_gap() {
    let account = sandbox().account("healthy");
    account.edit(json!([
        {"import-key-material": "orders"},
        {"delete-key": "sessions"},
        {"topic-key": ["pager", "alias/aws/sns"]},
    ]));
    let (report, code) = account.check(&[]);
    // Whether AWS Backup may use the key that AWS manages for SNS, its pages leave open.
    let gaps = report["gaps"].as_array().expect("gaps");
    let told = gaps.iter().all(|gap| gap["reason"] == "ambiguous");
    assert!(told, "{gaps:#?}");
    assert_eq!(code, 1);
    let failed = failures(&report);
    for expected in [
        "table-key-rotates shop-orders eu-west-1",
        "table-key-usable shop-sessions eu-west-1",
        "alarm-topic-deliverable  pager",
    ] {
        assert!(failed.iter().any(|it| it == expected), "{failed:#?}");
    }
    // Feed posts page through a composite alarm, to this topic alone.
    let silent = "index-write-throttle-alarm feed-posts GSI1";
    assert!(failed.iter().any(|it| it == silent), "{failed:#?}");
}

#[test]
fn two_regions_are_judged_apart() {
    let account = sandbox().account("healthy");
    account.seed("us-east-1", "broken", json!({}));
    let (report, code) = account.check(&["--region", "eu-west-1,us-east-1"]);
    assert_eq!(code, 1);
    assert_eq!(
        report["run"]["scopes"][0]["regions"],
        json!(["eu-west-1", "us-east-1"])
    );
    let by_region = |region: &str| {
        let failed = report["results"].as_array().expect("results").iter();
        failed
            .filter(|result| result["status"] == "fail" && result["subject"]["region"] == region)
            .count()
    };
    let planted = include_str!("../golden/live/broken.txt").lines().count();
    assert_eq!(by_region("eu-west-1"), 0);
    // What is wrong with the identities of the account is wrong in all regions, and said once.
    let global = report["results"].as_array().expect("results").iter();
    let global = global.filter(|it| it["status"] == "fail" && it["subject"]["region"].is_null());
    assert_eq!(by_region("us-east-1") + global.count(), planted);
    let asked = &report["run"]["calls"]["iam:GetAccountAuthorizationDetails"];
    assert_eq!(*asked, 1, "IAM is asked once for all regions");
}

#[test]
fn a_saved_snapshot_gives_the_same_report() {
    let account = sandbox().account("broken");
    let file = std::env::temp_dir().join(format!("dynalint-{}.json", std::process::id()));
    let path = file.to_str().expect("a path in UTF-8");
    let live = account.check(&["--save", path]);
    let output = crate::binary::dynalint(&["check", path, "--format", "json", "--show", "all"])
        .output()
        .expect("runs");
    let mut saved: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    saved["run"]["duration_ms"] = live.0["run"]["duration_ms"].clone();
    assert_eq!(saved, live.0);
    assert_eq!(output.status.code(), Some(live.1));
    std::fs::remove_file(file).expect("it is there");
}

#[test]
fn a_snapshot_saved_over_the_old_one_is_compared_with_what_was_there() {
    let account = sandbox().account("healthy");
    let file = std::env::temp_dir().join(format!("dynalint-old-{}.json", std::process::id()));
    let path = file.to_str().expect("a path in UTF-8");
    account.check(&["--save", path]);
    let text = std::fs::read_to_string(&file).expect("saved");
    let mut old: Value = serde_json::from_str(&text).expect("JSON");
    old["regions"][0]["tables"][0]["tags"]["owner"] = json!("somebody else");
    std::fs::write(&file, old.to_string()).expect("writable");
    let drift = || {
        let output = account.dynalint(&["drift", path, "--any", "-f", "json", "--save", path]);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|it| it < 2), "{talk}");
        serde_json::from_slice::<Value>(&output.stdout).expect("JSON")["changed"].clone()
    };
    assert_eq!(drift()[0]["path"], "tags[\"owner\"]");
    assert_eq!(drift(), json!([]), "the old one was replaced");
    std::fs::remove_file(file).expect("it is there");
}

#[test]
fn a_broken_rule_stops_the_run_before_any_call() {
    let account = sandbox().account("healthy");
    let folder = std::env::temp_dir().join(format!("dynalint-rules-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("writable");
    let rule = include_str!("../../rules/recovery/deletion-protection.yaml")
        .replace("id: deletion-protection", "id: mine")
        .replace(
            "assert: table.deletion_protection",
            "assert: table.deletion_protecton",
        );
    std::fs::write(folder.join("mine.yaml"), rule).expect("writable");
    let output = account.dynalint(&["check", "--rules", folder.to_str().expect("UTF-8")]);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{talk}");
    assert!(
        talk.contains("mine.yaml:8:15") && talk.contains("deletion_protection"),
        "{talk}"
    );
    assert_eq!(account.calls(), json!({}));
    std::fs::remove_dir_all(folder).expect("it is there");
}

#[test]
fn the_least_policy_is_enough_and_no_more() {
    let policy = crate::doctor::policy(&[]);
    let account = sandbox().account("healthy");
    account.enforce(&policy);
    let (report, code) = account.check(&[]);
    assert_eq!(
        (report["summary"]["unknown"].as_u64(), code),
        (Some(0), 0),
        "{:#}",
        report["gaps"]
    );
    let called: BTreeSet<String> = account
        .calls()
        .as_object()
        .expect("calls")
        .keys()
        .cloned()
        .collect();
    let mut allowed = crate::doctor::actions(&policy);
    allowed.insert("sts:GetCallerIdentity".to_owned());
    assert_eq!(called, allowed);
}

#[test]
fn a_dry_run_calls_nothing() {
    let account = sandbox().account("healthy");
    let output = account.dynalint(&["check", "--dry-run"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("cloudwatch:DescribeAlarms") && text.contains("never read"),
        "{text}"
    );
    assert_eq!(account.calls(), json!({}));
}
