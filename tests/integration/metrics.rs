//! Metrics against the sandbox: what is asked for, pages, statuses of single metrics, and runs without any.

use serde_json::{Value, json};

use crate::sandbox::{Account, sandbox};

fn summary(report: &Value) -> (u64, u64) {
    let count = |key: &str| report["summary"][key].as_u64().expect("a count");
    (count("fail"), count("unknown"))
}

/// Rule, subject and status of each result, and the sentence of failures: others may say what time it is.
fn said(report: &Value) -> Vec<[String; 4]> {
    let results = report["results"].as_array().expect("results").iter();
    let of = |it: &Value| {
        let sentence = Some(&it["message"]).filter(|_| it["status"] == "fail");
        let parts = [&it["rule"], &it["subject"], &it["status"]].map(Value::to_string);
        let [rule, subject, status] = parts;
        [
            rule,
            subject,
            status,
            sentence.map_or_else(String::new, Value::to_string),
        ]
    };
    results.map(of).collect()
}

fn unknown_rules(report: &Value) -> Vec<&str> {
    let rules = report["summary"]["by_rule"].as_object().expect("rules");
    let blind = rules.iter().filter(|(_, counts)| counts["unknown"] != 0);
    blind.map(|(rule, _)| rule.as_str()).collect()
}

#[test]
fn metrics_that_come_on_many_pages_say_the_same() {
    let account = sandbox().account("broken");
    let (whole, _) = account.check(&[]);
    account.edit(json!([{"metric-page": 1000}]));
    let (paged, _) = account.check(&[]);
    let differs = said(&whole)
        .into_iter()
        .zip(said(&paged))
        .find(|(one, other)| one != other);
    assert_eq!(differs, None);
    let calls = |report: &Value| report["run"]["calls"]["cloudwatch:GetMetricData"].as_u64();
    assert!(calls(&paged) > Some(10) && calls(&paged) > calls(&whole));
}

#[test]
fn a_page_of_metrics_that_fails_leaves_nothing_said_of_what_is_on_it() {
    let account = sandbox().account("healthy");
    account.edit(json!([{"metric-page": 1000}]));
    account.fault(
        "cloudwatch:GetMetricData",
        "denied",
        json!({"resource": "NextToken"}),
    );
    let (report, code) = account.check(&[]);
    let (fail, unknown) = summary(&report);
    assert!(
        fail == 0 && unknown > 0 && code == 3,
        "{:#}",
        report["gaps"]
    );
}

#[test]
fn a_metric_that_is_not_complete_is_unknown_and_not_zero() {
    for (status, reason) in [
        ("InternalError", "failed"),
        ("PartialData", "failed"),
        ("Forbidden", "denied"),
    ] {
        let account = sandbox().account("healthy");
        account.edit(json!([{"metric-status": ["ReadKeyRangeThroughputThrottleEvents", status]}]));
        let (report, code) = account.check(&[]);
        assert_eq!((summary(&report).0, code), (0, 3), "{status}");
        assert_eq!(
            unknown_rules(&report),
            [
                "hot-partition-evidence",
                "on-demand-ceiling-fits",
                "recent-throttles"
            ],
            "{status}"
        );
        let gaps = report["gaps"].as_array().expect("gaps");
        let named = gaps
            .iter()
            .any(|gap| gap["action"] == "cloudwatch:GetMetricData" && gap["reason"] == reason);
        assert!(named, "{status}: {gaps:#?}");
    }
}

#[test]
fn without_metrics_no_rule_on_them_is_assessed_and_the_report_says_so() {
    let account = sandbox().account("healthy");
    let (report, code) = account.check(&["--no-metrics"]);
    assert_eq!((summary(&report), code), ((0, 0), 0));
    assert_eq!(account.calls()["cloudwatch:GetMetricData"], Value::Null);
    let without = report["run"]["rules_without_metrics"]
        .as_u64()
        .expect("a count");
    let all = account.check(&[]).0;
    let rules = |report: &Value| {
        report["summary"]["by_rule"]
            .as_object()
            .map(serde_json::Map::len)
    };
    assert!(without > 10 && rules(&report) < rules(&all));
    let output = account.dynalint(&["check", "--no-metrics"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let words = format!("metrics not read: {without} rules not assessed");
    assert!(text.contains(&words), "{text}");
}

fn saved(account: &Account, args: &[&str]) -> Value {
    let output = account.dynalint(args);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn only_the_metrics_that_rules_look_at_are_asked_for() {
    let account = sandbox().account("healthy");
    let file = std::env::temp_dir().join(format!("dynalint-metrics-{}.json", std::process::id()));
    let path = file.to_str().expect("a path in UTF-8");
    account.check(&["--rule", "unused-index", "--save", path]);
    let text = std::fs::read_to_string(&file).expect("it was saved");
    assert!(
        text.contains("consumed_reads") && !text.contains("throttles"),
        "{text}"
    );
    assert!(!text.contains("system_errors") && !text.contains("utilisation"));
    std::fs::remove_file(file).expect("it is there");
    let all = saved(&account, &["snapshot", "--metrics-window", "1h"]);
    let usage = &all["regions"][0]["tables"][0]["usage"];
    assert!(usage["read_throttles"]["total"].is_u64(), "{usage:#}");
    let none = saved(&account, &["snapshot", "--no-metrics"]);
    assert_eq!(none["regions"][0]["tables"][0]["usage"], Value::Null);
    assert_eq!(none["calls"]["cloudwatch:GetMetricData"], Value::Null);
}
