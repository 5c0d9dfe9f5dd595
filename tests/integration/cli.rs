//! The command line, over a collector whose answers are made up.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Mutex;

use dynalint::cli::collector::{Collector, Live};
use dynalint::cli::exit::Failure;
use dynalint::cli::output::Console;
use dynalint::cli::progress::Progress;
use dynalint::cli::screen::Screen;
use dynalint::snapshot::{Snapshot, file};

use crate::golden::assert_golden;

/// Always the demo account; remembers what it was asked for.
#[derive(Default)]
struct Fixed {
    asked: Mutex<Vec<String>>,
}

fn snapshot() -> Snapshot {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/snapshot.json");
    file::load(&demo).expect("is a snapshot")
}

impl Collector for Fixed {
    fn collect(&self, live: &Live<'_>, progress: &dyn Progress) -> Result<Snapshot, Failure> {
        progress.step(1, 2, "dynamodb:ListTables");
        let asked = format!("{:?} {:?}", live.aws.region, live.tables);
        self.asked.lock().expect("nobody panicked").push(asked);
        Ok(snapshot())
    }
}

struct Ran {
    out: String,
    err: String,
    code: u8,
    asked: Vec<String>,
}

const PIPE: Screen = Screen {
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

fn dynalint(arguments: &[&str]) -> Ran {
    let collector = Fixed::default();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let arguments: Vec<OsString> = ["dynalint"]
        .iter()
        .chain(arguments)
        .map(OsString::from)
        .collect();
    let exit = {
        let mut console = Console::new(&mut out, &mut err, PIPE);
        dynalint::cli::run(&arguments, &collector, &mut console)
    };
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Ran {
        out: text(out),
        err: text(err),
        code: exit.code(),
        asked: collector.asked.into_inner().expect("nobody panicked"),
    }
}

#[track_caller]
fn refused(arguments: &[&str], expected: &str) {
    let ran = dynalint(arguments);
    assert_eq!(ran.err, expected, "{arguments:?}");
    assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}");
}

#[test]
fn a_check_prints_the_report_and_ends_with_the_gate() {
    let ran = dynalint(&[
        "check",
        "--region",
        "eu-west-1,us-east-1",
        "--table",
        "shop-*",
        "--area",
        "cost",
    ]);
    assert!(ran.out.contains("NOT READY"));
    assert!(
        ran.out.contains(
            "dynalint check --region eu-west-1,us-east-1 --table 'shop-*' --area cost -v"
        )
    );
    assert_eq!((ran.code, &*ran.err), (1, ""));
    let asked = [r#"["eu-west-1", "us-east-1"] ["shop-*"]"#];
    assert_eq!(ran.asked, asked);
}

#[test]
fn the_gate_is_the_users() {
    let code = |arguments: &[&str]| dynalint(arguments).code;
    assert_eq!(code(&["check", "--demo", "--fail-on", "never"]), 0);
    assert_eq!(code(&["check", "--demo", "--fail-on", "critical"]), 1);
    assert_eq!(code(&["check", "--demo", "-f", "json"]), 1);
}

#[test]
fn quiet_leaves_one_line() {
    let ran = dynalint(&["check", "--demo", "-q"]);
    assert_eq!(ran.out.lines().count(), 1);
}

#[test]
fn a_report_goes_to_many_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (json, text) = (path("r.json"), format!("terminal:{}", path("r.out")));
    let ran = dynalint(&[
        "check", "--demo", "-q", "-o", &json, "--output", &text, "--show", "fail",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("was written");
    let report: serde_json::Value = serde_json::from_str(&read("r.json")).expect("JSON");
    let results = report["results"].as_array().expect("a list");
    assert!(results.iter().all(|result| result["status"] == "fail"));
    assert_eq!(report["summary"]["unknown"], 4);
    assert!(read("r.out").contains("shop-orders"));
}

#[test]
fn a_snapshot_can_be_kept_and_judged_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder
        .path()
        .join("prod.snapshot.json")
        .display()
        .to_string();
    let saved = dynalint(&["snapshot", "--save", &path, "-v"]);
    assert!(saved.err.contains("nothing was changed\n"), "{}", saved.err);
    assert!(
        saved.err.contains("  dynamodb:ListTables\n"),
        "{}",
        saved.err
    );
    assert_eq!(saved.code, 0);
    assert_eq!(
        file::load(Path::new(&path)).expect("is a snapshot"),
        snapshot()
    );
    let judged = dynalint(&["check", &path, "--offline"]);
    assert!(
        judged
            .out
            .contains("snapshot prod.snapshot.json, collected 2026-")
    );
    assert!(judged.out.contains("no AWS call was made"));
    assert_eq!(judged.code, 1);
}

#[test]
fn a_dry_run_asks_nobody() {
    let ran = dynalint(&["check", "--dry-run", "--region", "eu-west-1"]);
    assert_eq!((ran.code, ran.asked.len()), (0, 0));
    assert_golden("cli/dry-run.txt", &ran.out);
    let all = dynalint(&["snapshot", "--dry-run"]);
    assert_golden("cli/dry-run-all.txt", &all.out);
}

#[test]
fn a_rule_is_explained_and_a_near_name_suggested() {
    assert_eq!(dynalint(&["explain"]).code, 0);
    assert!(dynalint(&["explain", "recovery"]).out.contains("pitr-on"));
    assert!(
        dynalint(&["explain", "pitr-on"])
            .out
            .starts_with("pitr-on · recovery")
    );
    refused(
        &["explain", "pitr-off"],
        "error: no rule, area or checklist is named \"pitr-off\"\n hint: did you mean pitr-on, pitr-fresh, pitr-window, pitr-history?\n",
    );
}

#[test]
fn a_checklist_is_explained_and_a_width_for_markdown_refused() {
    let text = dynalint(&["explain", "release"]).out;
    assert!(text.starts_with("release · Release readiness"), "{text}");
    let text = dynalint(&["explain", "pitr-on", "-f", "markdown"]).out;
    assert!(text.starts_with("## `pitr-on`"), "{text}");
    refused(
        &["explain", "recovery", "-f", "markdown", "--width", "80"],
        "error: --width is for text at a terminal, and Markdown has none\n hint: leave --width out, or take --format terminal\n",
    );
    refused(
        &["explain", "relase"],
        "error: no rule, area or checklist is named \"relase\"\n hint: did you mean release, replica-healthy?\n",
    );
}

#[test]
fn shells_and_manual_readers_are_told_of_the_flags() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = dynalint(&["completions", shell]);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{shell}");
        for word in ["fail-on", "checklist", "snapshot", "explain"] {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
    }
    let ran = dynalint(&["man"]);
    assert_eq!((ran.code, &*ran.err), (0, ""));
    for words in [
        ".TH dynalint 1",
        "dynalint\\-check",
        "dynalint\\-snapshot",
        "dynalint\\-explain",
        "\\-\\-fail\\-on",
        "nothing to check: no resource matched",
    ] {
        assert!(ran.out.contains(words), "{words}\n{}", ran.out);
    }
    refused(
        &["completions", "tcsh"],
        "error: SHELL is one of bash, elvish, fish, powershell, zsh, not \"tcsh\"\n hint: did you mean zsh?\n",
    );
}

#[test]
fn wrong_arguments_are_told_in_two_lines() {
    let cases: [(&[&str], &str); 12] = [
        (
            &[],
            "error: no command was given\n hint: dynalint check, or without an AWS account: dynalint check --demo\n",
        ),
        (
            &["chekc"],
            "error: unknown command \"chekc\"\n hint: did you mean check?\n",
        ),
        (
            &["check", "--regoin", "x"],
            "error: unknown flag --regoin\n hint: did you mean --region?\n",
        ),
        (
            &["check", "a", "b"],
            "error: \"b\" is one argument too many\n hint: dynalint check --help\n",
        ),
        (
            &["check", "--fail-on", "hihg"],
            "error: --fail-on is one of critical, high, medium, low, never, not \"hihg\"\n hint: did you mean high?\n",
        ),
        (
            &["check", "--region"],
            "error: --region needs a value\n hint: dynalint check --help\n",
        ),
        (
            &["check", "--now", "tomorrow"],
            "error: --now does not take \"tomorrow\"; it takes a time such as 2026-11-22T17:05:00Z, or a date such as 2026-11-22\n hint: dynalint check --help\n",
        ),
        (
            &["check", "-o", "report.pdf"],
            "error: --output does not take \"report.pdf\"; it takes a name that ends in .html, .json, .jsonl, .sarif, .xml (JUnit), .md, .csv or .txt, or the format before it: json:report.pdf\n hint: dynalint check --help\n",
        ),
        (
            &["check", "--demo", "--profile", "x"],
            "error: --demo does not go with --profile\n hint: leave one of them out\n",
        ),
        (
            &["check", "--offline"],
            "error: --offline needs facts that are there already\n hint: dynalint check FILE --offline, or dynalint check --demo\n",
        ),
        (
            &["check", "--demo", "-f", "json", "--width", "80"],
            "error: --width is for the terminal report, and none is written\n hint: leave --width out, or take --format terminal\n",
        ),
        (
            &["check", "--demo", "--demo"],
            "error: --demo was given twice\n hint: leave one of them out\n",
        ),
    ];
    for (arguments, expected) in cases {
        refused(arguments, expected);
    }
}

#[test]
fn flags_that_cannot_work_together_are_refused() {
    let pairs: [&[&str]; 11] = [
        &["check", "--demo", "snapshot.json"],
        &["check", "--demo", "--save", "x.json"],
        &["check", "--demo", "--dry-run"],
        &["check", "snapshot.json", "--region", "eu-west-1"],
        &[
            "check",
            "snapshot.json",
            "--endpoint-url",
            "http://localhost",
        ],
        &["check", "snapshot.json", "--save", "x.json"],
        &["check", "snapshot.json", "--concurrency", "2"],
        &["check", "--demo", "-q", "-v"],
        &["check", "--config", "x.yaml", "--no-config"],
        &["check", "--dry-run", "-o", "x.json"],
        &["check", "--external-id", "x"],
    ];
    for arguments in pairs {
        let ran = dynalint(arguments);
        assert_eq!((ran.code, ran.asked.len()), (2, 0), "{arguments:?}");
        assert!(
            ran.err.starts_with("error: ") && ran.err.lines().count() == 2,
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.json");
    std::fs::write(&path, "{\"version\": 1,\n nope}").expect("can be written");
    let ran = dynalint(&["check", &path.display().to_string()]);
    assert!(
        ran.err.contains("x.json:2:2: not a dynalint snapshot"),
        "{}",
        ran.err
    );
    assert_eq!(ran.code, 2);
}

#[test]
fn help_and_version_are_no_mistakes() {
    for arguments in [&["--help"][..], &["check", "--help"], &["--version"]] {
        let ran = dynalint(arguments);
        assert_eq!((ran.code, &*ran.err), (0, ""));
        assert!(ran.out.contains("dynalint"));
    }
    let help = dynalint(&["check", "--help"]).out;
    for heading in [
        "AWS:",
        "Select:",
        "Gate:",
        "Output:",
        "Talk:",
        "Run:",
        "Exit codes:",
    ] {
        assert!(help.contains(heading), "{heading}\n{help}");
    }
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (mut closed, mut err) = (Closed, Vec::new());
    let exit = {
        let mut console = Console::new(&mut closed, &mut err, PIPE);
        let arguments = ["dynalint", "check", "--demo"].map(OsString::from);
        dynalint::cli::run(&arguments, &Fixed::default(), &mut console)
    };
    assert_eq!((exit.code(), err.len()), (1, 0));
}
