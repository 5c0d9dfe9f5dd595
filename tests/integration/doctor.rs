//! `dynalint doctor`: its screens over made-up accounts, the least policy, and the real binary against the sandbox.

use std::collections::BTreeSet;
use std::ffi::OsString;

use dynalint::cli::collector::{Collector, Examined, Live};
use dynalint::cli::exit::Failure;
use dynalint::cli::output::Console;
use dynalint::cli::progress::Progress;
use dynalint::cli::screen::Screen;
use dynalint::report::doctor::Step;
use dynalint::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::binary::dynalint as binary;
use crate::golden::assert_golden;

/// An account in which these calls give these reasons, and these have nothing to be tried on.
#[derive(Default)]
struct Account {
    failing: Vec<(&'static str, Value)>,
    nothing: Vec<&'static str>,
    broken: Option<Step>,
}

impl Account {
    fn snapshot(&self, live: &Live<'_>) -> Snapshot {
        let names = live.operations.iter().map(|it| it.name());
        let calls: serde_json::Map<String, Value> = names
            .filter(|name| !self.nothing.contains(name))
            .map(|name| (name.to_owned(), json!(1)))
            .collect();
        let gap = |(operation, why): &(&str, Value)| {
            json!({"operation": operation, "account": "111122223333", "region": "eu-west-1",
                "resource": null, "why": why})
        };
        let gaps: Vec<Value> = self.failing.iter().map(gap).collect();
        serde_json::from_value(json!({
            "version": 1, "tool_version": "0.0.0", "source": "live",
            "caller_arn": null, "collected_at": "2026-11-22T17:05:00Z",
            "calls": calls, "gaps": gaps,
            "regions": [{"account": "111122223333", "partition": "aws", "region": "eu-west-1"}],
        }))
        .expect("a snapshot")
    }
}

impl Collector for Account {
    fn collect(&self, _live: &Live<'_>, _progress: &dyn Progress) -> Result<Snapshot, Failure> {
        panic!("doctor reads nothing to judge")
    }

    fn examine(&self, live: &Live<'_>, _progress: &dyn Progress) -> Result<Examined, Failure> {
        let good = [
            Step::good("region", "eu-west-1"),
            Step::good("credentials", "SSO login of profile \"prod\""),
            Step::good(
                "identity",
                "account 111122223333, partition aws, role/dynalint",
            ),
        ];
        Ok(match &self.broken {
            None => Examined {
                steps: good.to_vec(),
                snapshot: Some(self.snapshot(live)),
            },
            Some(step) => {
                let before = good.into_iter().take_while(|it| it.name != step.name);
                Examined {
                    steps: before.chain([step.clone()]).collect(),
                    snapshot: None,
                }
            }
        })
    }
}

/// Runs it without a configuration file.
fn doctor(account: &Account, arguments: &[&str]) -> (String, u8) {
    let words = ["dynalint", "doctor", "--no-config"];
    run(account, &[&words[..], arguments].concat())
}

fn run(account: &Account, words: &[&str]) -> (String, u8) {
    let screen = Screen {
        out_is_terminal: false,
        err_is_terminal: false,
        columns: None,
        utf8: true,
        no_color: false,
        force_color: false,
        dumb: false,
        ci: true,
        platform: None,
    };
    let words: Vec<OsString> = words.iter().map(OsString::from).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = {
        let mut console = Console::new(&mut out, &mut err, screen);
        dynalint::cli::run(&words, account, &mut console)
    };
    assert_eq!(String::from_utf8_lossy(&err), "");
    (String::from_utf8(out).expect("UTF-8"), exit.code())
}

#[track_caller]
fn assert_screen(name: &str, account: &Account, arguments: &[&str], code: u8) {
    let (out, ended) = doctor(account, arguments);
    assert_golden(&format!("doctor/{name}.txt"), &out);
    let long = out.lines().find(|line| line.chars().count() > 100);
    assert_eq!((ended, long), (code, None));
}

fn denied() -> Account {
    let scp = "explicit deny in a service control policy";
    Account {
        failing: vec![
            (
                "backup:ListBackupPlans",
                json!({"reason": "denied", "action": "backup:ListBackupPlans"}),
            ),
            (
                "cloudtrail:DescribeTrails",
                json!({"reason": "denied", "action": "cloudtrail:DescribeTrails", "detail": scp}),
            ),
            (
                "dax:DescribeClusters",
                json!({"reason": "not-offered", "action": "dax:DescribeClusters"}),
            ),
        ],
        nothing: vec![
            "backup:GetBackupPlan",
            "backup:ListBackupSelections",
            "backup:GetBackupSelection",
            "cloudtrail:GetTrailStatus",
            "cloudtrail:GetEventSelectors",
            "sqs:GetQueueUrl",
            "sqs:GetQueueAttributes",
        ],
        broken: None,
    }
}

#[test]
fn an_account_where_everything_may_be_read_is_ready_to_check() {
    assert_screen("usable", &Account::default(), &[], 0);
    let (line, code) = doctor(&Account::default(), &["-q"]);
    assert_eq!((line.lines().count(), code), (1, 0));
}

#[test]
fn a_denied_call_is_named_with_the_rules_that_it_blinds() {
    assert_screen("denied", &denied(), &["--no-metrics"], 3);
    let (json, code) = doctor(&denied(), &["--no-metrics", "-f", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (code, &json["version"], &json["exit_code"]),
        (3, &json!(1), &json!(3))
    );
    let gaps = json["permissions"]["gaps"].as_array().expect("gaps");
    let plans = gaps
        .iter()
        .find(|gap| gap["action"] == "backup:ListBackupPlans");
    let rules = plans.expect("named")["rules"].as_array().expect("rules");
    assert!(rules.contains(&json!("in-backup-plan")));
}

#[test]
fn color_stands_beside_the_words() {
    let (out, _) = doctor(&denied(), &["--no-metrics", "--color", "always"]);
    assert_golden("doctor/denied-color.txt", &out);
}

#[test]
fn without_credentials_the_way_ends_there() {
    let account = Account {
        broken: Some(Step::bad(
            "credentials",
            "no AWS credentials found (looked at: environment, profile \"default\", web identity, container, instance)",
            "aws sso login, or name a profile with --profile; or try without an account: dynalint check --demo",
        )),
        ..Account::default()
    };
    assert_screen("no-credentials", &account, &[], 2);
}

#[test]
fn without_a_region_the_way_ends_there() {
    let account = Account {
        broken: Some(Step::bad(
            "region",
            "no region",
            "pass --region, set AWS_REGION, or add region to profile \"default\"",
        )),
        ..Account::default()
    };
    assert_screen("no-region", &account, &[], 2);
    let (json, _) = doctor(&account, &["-f", "json"]);
    assert_golden("doctor/no-region.json", &json);
}

#[test]
fn a_broken_configuration_is_shown_with_its_places() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "version: 1\ntiers:\n  - { name: critcal, tables: [\"pay-*\"] }\ntrusted_accounts: [\"12\"]\n";
    std::fs::write(folder.path().join("dynalint.yaml"), text).expect("writable");
    let output = binary(&["doctor"])
        .current_dir(folder.path())
        .output()
        .expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    let folder = folder.path().display().to_string();
    assert_golden(
        "doctor/broken-config.txt",
        &out.replace(&format!("{folder}/"), ""),
    );
}

#[test]
fn a_configuration_is_named_as_seen_from_here() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("dynalint.yaml"), "version: 1\n").expect("writable");
    let inner = folder.path().join("infra");
    std::fs::create_dir_all(folder.path().join(".git")).expect("writable");
    std::fs::create_dir_all(&inner).expect("writable");
    let output = binary(&["doctor"])
        .current_dir(&inner)
        .output()
        .expect("runs");
    let out = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(out.contains("config       ../dynalint.yaml; "), "{out}");
    assert_eq!(output.status.code(), Some(2), "{out}");
}

/// The policy that the program prints for these rules.
pub(crate) fn policy(arguments: &[&str]) -> Value {
    let (text, code) = doctor(&Account::default(), &[&["--policy"], arguments].concat());
    assert_eq!(code, 0);
    serde_json::from_str(&text).expect("JSON")
}

/// The actions of a policy.
pub(crate) fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().expect("statements");
    let lists = statements.iter().map(|it| &it["Action"]);
    let lists = lists.flat_map(|list| list.as_array().expect("actions"));
    lists
        .map(|it| it.as_str().expect("text").to_owned())
        .collect()
}

#[test]
fn the_policy_is_for_the_chosen_rules() {
    let all = actions(&policy(&[]));
    let without_metrics = actions(&policy(&["--no-metrics"]));
    let billed = "cloudwatch:GetMetricData".to_owned();
    assert!(all.contains(&billed) && !without_metrics.contains(&billed));
    let of_one = actions(&policy(&["--rule", "pitr-on"]));
    let wanted = [
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:ListTables",
    ];
    assert!(
        wanted.iter().all(|action| of_one.contains(*action)),
        "{of_one:?}"
    );
    assert!(!of_one.contains("iam:GetAccountAuthorizationDetails"));
    let fewer = actions(&policy(&["--skip-rule", "cdc-destination-active"]));
    let gone: Vec<&String> = all.difference(&fewer).collect();
    assert_eq!(gone, ["dynamodb:DescribeKinesisStreamingDestination"]);
}

#[test]
fn the_forms_of_the_policy_are_files() {
    let form = |form: &str| {
        doctor(
            &Account::default(),
            &["--policy", "--area", "security", "--as", form],
        )
        .0
    };
    assert_golden("doctor/policy.tf", &form("terraform"));
    assert_golden("doctor/policy.yaml", &form("cloudformation"));
}

#[test]
fn what_asks_aws_does_not_go_with_a_policy() {
    for flags in [
        &["--policy", "--region", "eu-west-1"][..],
        &["--policy", "-f", "json"],
        &["--as", "json"],
    ] {
        let output = binary(&[&["doctor"], flags].concat())
            .output()
            .expect("runs");
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(output.stdout.is_empty());
    }
}

#[cfg(feature = "live")]
mod live;
