//! The commands of repairs, run against the sandbox: a rule fails, its command runs, the rule passes.
//!
//! All in one account, as `broken` plants it. Which rules are not tried, and why, stands in `tests/repairs/applied.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, Stdio};

use dynalint::finding::{Finding, Verdict};
use dynalint::rule::catalog::Catalog;
use serde_json::{Value, json};

use super::{folder, kept, only_looks, section};
use crate::python;
use crate::rules::{assess, catalog};
use crate::sandbox::{Account, REGION, sandbox};

/// What is said of the account now, without metrics: those are of days before the repair.
fn findings(account: &Account, catalog: &Catalog) -> Vec<Finding> {
    let output = account.dynalint(&["snapshot", "--no-metrics"]);
    let talk = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{talk}");
    let snapshot = serde_json::from_slice(&output.stdout).expect("a snapshot");
    assess(catalog, &snapshot).findings
}

fn key(finding: &Finding) -> (String, String) {
    (finding.rule.clone(), finding.subject.short())
}

/// What went wrong with each command.
fn run(account: &Account, entries: &[Value]) -> Vec<String> {
    let mut child = Command::new(python::environment(&folder()))
        .arg(folder().join("run.py"))
        .arg(sandbox().url())
        .env("AWS_ACCESS_KEY_ID", format!("AKIA{}TEST", account.id))
        .env("AWS_SECRET_ACCESS_KEY", "not-a-secret")
        .env("AWS_DEFAULT_REGION", REGION)
        .env_remove("AWS_REGION")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = child.stdin.take().expect("stdin is piped");
    let entries = serde_json::to_vec(entries).expect("JSON");
    input.write_all(&entries).expect("the runner reads");
    drop(input);
    let output = child.wait_with_output().expect("the runner ends");
    assert!(output.status.success(), "the runner failed");
    serde_json::from_slice(&output.stdout).expect("a list of texts")
}

/// Rules whose commands change something.
fn with_repair(catalog: &Catalog) -> BTreeSet<String> {
    let rules = catalog.rules().iter().filter(|rule| {
        let cli = rule.fix.cli.as_ref();
        cli.is_some_and(|cli| !only_looks(&cli.with_placeholders()))
    });
    rules.map(|rule| rule.id.to_string()).collect()
}

#[test]
fn what_a_repair_says_repairs() {
    let catalog = catalog();
    let repairable = with_repair(&catalog);
    let given = kept("applied.json");
    let not_tried = section(&given, "not tried");
    let (mut tried, mut wrong) = (BTreeSet::new(), Vec::new());
    for (number, round) in given["rounds"]
        .as_array()
        .expect("rounds")
        .iter()
        .enumerate()
    {
        let account = sandbox().account_named(&format!("20000010020{number}"));
        let scenario = round["scenario"].as_str().expect("a scenario");
        account.seed(REGION, scenario, json!({}));
        account.edit(round["edits"].clone());
        let before = findings(&account, &catalog);
        let failed = before.iter().filter(|it| it.verdict == Verdict::Fail);
        let failed =
            failed.filter(|it| repairable.contains(&it.rule) && !not_tried.contains_key(&it.rule));
        let failed: Vec<&Finding> = failed.collect();
        tried.extend(failed.iter().map(|it| it.rule.clone()));
        wrong.extend(unrepaired(&account, &catalog, &failed));
    }
    // Whatever has a command is tried, or says why not: the list cannot grow unseen.
    let left_out: BTreeSet<&String> = repairable.difference(&tried).collect();
    let listed: BTreeSet<&String> = not_tried.keys().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let differs: Vec<_> = left_out.symmetric_difference(&listed).collect();
    assert!(differs.is_empty(), "applied.json, not tried: {differs:?}");
}

/// Runs the repairs, and tells of which findings still fail, or are unknown.
fn unrepaired(account: &Account, catalog: &Catalog, failed: &[&Finding]) -> Vec<String> {
    let given = kept("applied.json")
        .to_string()
        .replace("ACCOUNT", &account.id);
    let given: Value = serde_json::from_str(&given).expect("JSON");
    // What is deleted goes first: an alarm on a table that is gone may have the name that a new one is given.
    let deletes = |it: &&&Finding| {
        it.fix
            .as_ref()
            .and_then(|fix| fix.command.as_ref())
            .is_some_and(|it| it.contains(" delete-"))
    };
    let (first, then): (Vec<&Finding>, Vec<&Finding>) = failed.iter().partition(deletes);
    let failed: Vec<&Finding> = first.into_iter().chain(then).collect();
    let entries: Vec<Value> = failed.iter().map(|it| entry(it, &given)).collect();
    let told = run(account, &entries);
    let after: BTreeMap<_, _> = findings(account, catalog)
        .iter()
        .map(|it| (key(it), it.verdict))
        .collect();
    let ran = failed.iter().zip(told).zip(&entries);
    let wrong = ran.filter_map(|((finding, told), entry)| match after.get(&key(finding)) {
        // What was deleted is judged no more.
        Some(Verdict::Pass) | None => None,
        Some(verdict) => Some(format!(
            "{:?} is {verdict} after\n    {}\n    {told}",
            key(finding),
            entry["command"]
        )),
    });
    wrong.collect()
}

fn entry(finding: &Finding, given: &Value) -> Value {
    let fix = finding.fix.as_ref().expect("a repair");
    let mut placeholders = section(&given["placeholders"], "*");
    if given["placeholders"].get(&finding.rule).is_some() {
        placeholders.extend(section(&given["placeholders"], &finding.rule));
    }
    let plan = std::fs::read_to_string(folder().join("files/plan.json")).expect("it is there");
    let mut files = BTreeMap::from([("plan.json".to_owned(), plan)]);
    if given["files"].get(&finding.rule).is_some() {
        files.extend(section(&given["files"], &finding.rule));
    }
    json!({"rule": finding.rule, "command": fix.command, "placeholders": placeholders, "files": files})
}
