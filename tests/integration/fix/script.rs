//! The script of `fix -o`, run by a shell in which `aws` writes down its arguments.

use std::fs;
use std::process::{Command, Output};

use super::demo;

/// The script for these rules, run where `aws` is one that says it belongs to an account and writes down what it is told.
fn run(arguments: &[&str], account: &str) -> (Output, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    demo(&[arguments, &["-q", "-o", &path("repairs.sh")]].concat());
    let spy = format!(
        "#!/bin/sh\nif [ \"$1\" = sts ]; then echo {account}; else echo \"$@\" >> '{}'; fi\n",
        path("told")
    );
    fs::write(path("aws"), spy).expect("it is written");
    let made = Command::new("chmod").args(["+x", &path("aws")]).status();
    assert!(made.expect("it runs").success());
    let places = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .arg(path("repairs.sh"))
        .env("PATH", format!("{}:{places}", folder.path().display()))
        .output();
    let told = fs::read_to_string(path("told")).unwrap_or_default();
    (output.expect("there is a shell"), told)
}

#[test]
fn a_script_runs_what_is_complete_and_nothing_else() {
    let (output, told) = run(
        &["pitr-on", "latency-alarm", "deletion-protection"],
        "111122223333",
    );
    assert!(output.status.success(), "{output:?}");
    let told: Vec<&str> = told.lines().collect();
    assert_eq!(
        told,
        [
            "dynamodb update-continuous-backups --region eu-west-1 --table-name shop-sessions \
             --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
            "dynamodb update-table --region eu-west-1 --table-name feed-follows --deletion-protection-enabled",
        ]
    );
}

#[test]
fn a_script_does_nothing_in_another_account() {
    let (output, told) = run(&["pitr-on"], "999988887777");
    assert_eq!((output.status.code(), &*told), (Some(1), ""));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "these repairs are of account 111122223333, and the credentials of 999988887777\n"
    );
}
