//! The nightly run: its script with stand-ins for what it calls, and its units as systemd reads them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{bash, root, said, shellcheck, text, tool};

/// A program that says what it was called with; `$DRIFT` is the code of `drift`.
const STAND_IN: &str = r#"
echo "dynalint $*" >> calls
file() { while [ $# -gt 0 ]; do case "$1" in --save) echo "$2";; -o) echo "${2#*:}";; esac; shift; done; }
case "$1" in
  snapshot) [ -z "$DENIED" ] || exit 2; date +%N > "$(file "$@")" ;;
  drift) if [ "$DRIFT" -eq 1 ]; then for each in $(file "$@"); do echo '{}' > "$each"; done; fi; exit "$DRIFT" ;;
esac"#;

fn night(folder: &Path, variables: &[(&str, &str)]) -> Output {
    tool(folder, "dynalint", STAND_IN);
    tool(
        folder,
        "aws",
        "echo \"aws $*\" >> calls; exit ${AWS_FAILS:-0}",
    );
    let post = "echo \"curl $*\" >> calls; cat >> calls; exit ${CURL_FAILS:-0}";
    tool(folder, "curl", post);
    fs::write(folder.join("calls"), "").expect("writable");
    let script = root().join("recipes/nightly/dynalint-drift");
    let script = format!("{} --target prod", script.display());
    let both = [
        ("DYNALINT_SLACK_URL", "https://hooks.example.com/secret"),
        (
            "DYNALINT_TOPIC_ARN",
            "arn:aws:sns:eu-west-1:111122223333:drift",
        ),
    ];
    bash(folder, &script, &[&both, variables].concat())
}

fn calls(folder: &Path) -> String {
    fs::read_to_string(folder.join("calls")).expect("there")
}

fn last(folder: &Path) -> Option<String> {
    fs::read_to_string(folder.join(".local/state/dynalint/last.json")).ok()
}

#[test]
fn a_night_tells_what_is_worse_and_keeps_its_snapshot() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let first = night(folder, &[("DRIFT", "2")]);
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    assert!(calls(folder).starts_with("dynalint snapshot ") && !calls(folder).contains("drift "));
    assert!(calls(folder).contains("--target prod"));

    let kept = last(folder).expect("kept");
    let quiet = night(folder, &[("DRIFT", "0")]);
    assert_eq!((quiet.status.code(), &*said(&quiet)), (Some(0), ""));
    assert!(!calls(folder).contains("aws ") && !calls(folder).contains("curl "));
    let next = last(folder).expect("kept");
    assert_ne!(kept, next);

    let worse = night(folder, &[("DRIFT", "1")]);
    assert_eq!(worse.status.code(), Some(1), "{}", said(&worse));
    assert!(calls(folder).contains("aws sns publish --topic-arn arn:aws:sns:"));
    assert!(calls(folder).contains("url = \"https://hooks.example.com/secret\""));
    let arguments: String = calls(folder)
        .lines()
        .filter(|line| line.starts_with("curl"))
        .collect();
    assert!(!arguments.contains("secret"), "{arguments}");
    assert_ne!(last(folder), Some(next));
}

#[test]
fn what_could_not_be_told_is_told_the_next_night() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    night(folder, &[("DRIFT", "0")]);
    let kept = last(folder);
    for trouble in [
        &[("DRIFT", "1"), ("CURL_FAILS", "22")][..],
        &[("DRIFT", "1"), ("AWS_FAILS", "254")],
        &[("DRIFT", "2")],
        &[("DRIFT", "0"), ("DENIED", "yes")],
    ] {
        let output = night(folder, trouble);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{trouble:?} {}",
            said(&output)
        );
        assert_eq!(last(folder), kept, "{trouble:?}");
    }
    let quiet = night(folder, &[("DRIFT", "0")]);
    assert_eq!(quiet.status.code(), Some(0));
    assert!(
        !calls(folder).contains("aws "),
        "an old message is sent again"
    );
}

#[test]
fn the_scripts_are_sound() {
    for (path, shell) in [
        ("recipes/nightly/dynalint-drift", "sh"),
        ("scripts/dist", "bash"),
        (".ci/run", "bash"),
    ] {
        shellcheck("script", shell, &text(path));
    }
    shellcheck("tell", "sh", &format!("set -eu\n{}", tell()));
}

/// The last step of the task on Fargate. The tags of CloudFormation are for CloudFormation alone.
fn tell() -> String {
    let template = text("recipes/aws/drift.yaml");
    let (_, rest) = template
        .split_once("          Command:\n            - |\n")
        .expect("shell");
    let indent = " ".repeat(14);
    let lines = rest.lines().map_while(|line| line.strip_prefix(&*indent));
    lines.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_task_sends_only_what_was_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    tool(folder, "aws", "echo \"aws $*\"; exit ${AWS_FAILS:-0}");
    let script = tell()
        .replace("cd /state", "cd .")
        .replace("\"$TOPIC\"", "topic");
    let script = format!("set -eu\n{script}");
    let there = |name: &str| folder.join(name).exists();
    let write = |name: &str| fs::write(folder.join(name), "{}").expect("writable");
    // The first night.
    write("new.json");
    let output = bash(folder, &script, &[]);
    assert_eq!((output.status.code(), &*said(&output)), (Some(0), ""));
    assert!(there("last.json") && !there("new.json"));
    // There was no comparison: the last snapshot stays.
    write("new.json");
    assert_eq!(bash(folder, &script, &[]).status.code(), Some(2));
    assert!(there("new.json"));
    // Nor where no table could be listed; the words are those of the report.
    let report = text("tests/golden/drift/drift.json");
    assert!(report.contains("\"exit_code\": 1,"));
    let blind = report.replace("\"exit_code\": 1,", "\"exit_code\": 3,");
    fs::write(folder.join("drift.json"), blind).expect("writable");
    assert_eq!(bash(folder, &script, &[]).status.code(), Some(2));
    assert!(there("new.json"));
    // Something changed, and could not be sent at first.
    write("drift.json");
    write("sns.json");
    assert!(
        !bash(folder, &script, &[("AWS_FAILS", "1")])
            .status
            .success()
    );
    assert!(there("new.json"));
    // What was compared in an earlier night is no comparison of this one.
    assert_eq!(bash(folder, &script, &[]).status.code(), Some(2));
    assert!(there("new.json"));
    write("drift.json");
    write("sns.json");
    let output = bash(folder, &script, &[]);
    assert!(said(&output).contains("aws sns publish"));
    assert!(!there("new.json") && !there("sns.json") && !there("drift.json"));
}

#[test]
fn systemd_reads_the_units_and_finds_them_closed() {
    let units = root().join("recipes/nightly");
    // Where there is no systemd, there is nothing that could read them.
    if !Path::new("/usr/bin/systemd-analyze").exists() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["dynalint-drift.service", "dynalint-drift.timer"] {
        let unit = fs::read_to_string(units.join(name)).expect("there");
        let here = units.join("dynalint-drift").display().to_string();
        let unit = unit.replace("/usr/local/bin/dynalint-drift", &here);
        fs::write(folder.path().join(name), unit).expect("writable");
    }
    let analyze = |arguments: &[&str]| {
        let mut command = Command::new("systemd-analyze");
        let output = command.args(arguments).current_dir(folder.path()).output();
        output.expect("systemd-analyze is there")
    };
    let verify = [
        "verify",
        "--man=no",
        "./dynalint-drift.service",
        "./dynalint-drift.timer",
    ];
    let output = analyze(&verify);
    assert_eq!((output.status.success(), &*said(&output)), (true, ""));
    // 2.0 of 10, in tenths: 9.6 is a service without any of it.
    let closed = [
        "security",
        "--offline=yes",
        "--threshold=20",
        "./dynalint-drift.service",
    ];
    let output = analyze(&closed);
    assert!(output.status.success(), "{}", said(&output));
}
