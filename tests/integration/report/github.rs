//! Annotations, read as the runner of GitHub Actions reads them.

use std::collections::BTreeMap;

use dynalint::report::github::{disarmed, disarmed_json, render};

use super::accounts;
use super::counts::{Told, rendered};
use crate::binary::dynalint;
use crate::golden::assert_golden;

/// A command to the runner.
#[derive(Debug)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// The runner's own rules: a line that begins with two colons, up to the next two; properties between commas; `%25` is
/// unescaped last.
fn command(line: &str) -> Option<Command> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (head, data) = rest.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescaped = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let properties = properties.split(',').filter_map(|it| it.split_once('='));
    Some(Command {
        name: name.to_owned(),
        properties: properties
            .map(|(key, value)| (key.to_owned(), unescaped(value)))
            .collect(),
        data: data
            .replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%25", "%"),
    })
}

/// Every line must be one.
fn read(text: &str) -> Vec<Command> {
    let lines = text.lines();
    lines
        .map(|line| command(line).unwrap_or_else(|| panic!("no command: {line}")))
        .collect()
}

pub(super) fn told(text: &str) -> Told {
    let commands = read(text);
    let unknown = |it: &&Command| it.properties["title"].starts_with("cannot tell: ");
    // What says why the step fails is about no result.
    let of_result = |it: &&Command| it.name != "notice" && it.properties["title"].contains(": ");
    let annotated = || commands.iter().filter(of_result);
    let notice = commands.iter().find(|it| it.name == "notice");
    let notice = notice.map_or("", |it| {
        it.data.trim_start_matches("without an annotation: ")
    });
    let more = |words: &str| {
        let mut parts = notice
            .split(", ")
            .filter_map(|part| part.strip_suffix(words));
        parts.next().map_or(0, |count| {
            count.trim().replace(',', "").parse().expect("a number")
        })
    };
    let unknowns = annotated().filter(unknown).count();
    Told {
        pass: None,
        fail: Some(annotated().count() - unknowns + more("more fail")),
        unknown: Some(unknowns + more("more unknown")),
        waived: Some(more("waived")),
        baselined: Some(more("baselined")),
    }
}

#[test]
fn the_broken_account_as_annotations() {
    let text = rendered(render, &accounts::broken());
    assert_golden("pipelines/broken.commands", &text);
    let commands = read(&text);
    assert_eq!(commands[0].name, "error");
    assert_eq!(commands[0].properties["title"], "critical: pitr-on");
    assert_eq!(commands[0].properties["file"], "dynalint.yaml");
    assert_eq!(commands[0].properties["line"], "1");
}

#[test]
fn ten_errors_and_ten_warnings_are_written_and_the_others_counted() {
    for report in [
        &accounts::many(),
        &accounts::starter(30),
        accounts::ten_thousand(),
    ] {
        let commands = read(&rendered(render, report));
        for name in ["error", "warning"] {
            assert!(commands.iter().filter(|it| it.name == name).count() <= 10);
        }
        assert_eq!(commands.iter().filter(|it| it.name == "notice").count(), 1);
        assert_eq!(commands.last().map(|it| &*it.name), Some("notice"));
    }
}

#[test]
fn a_failure_below_the_gate_is_no_error() {
    let text = rendered(render, &accounts::healthy());
    assert!(
        text.starts_with("::warning ") && !text.contains("::error "),
        "{text}"
    );
}

#[test]
fn hostile_names_make_no_commands() {
    let text = rendered(render, &accounts::hostile());
    let commands = read(&text);
    assert_eq!(commands.len(), 5, "{text}");
    for command in &commands {
        assert!(
            ["error", "warning", "notice"].contains(&&*command.name),
            "{text}"
        );
        assert_eq!(command.properties.len(), 3, "{command:?}");
        assert!(command.data.len() < 5_000);
    }
    assert!(
        commands[0]
            .data
            .contains("%0A<d>&amp;]]> ::error file=x,line=1::no"),
        "{:?}",
        commands[0]
    );
}

#[test]
fn in_the_terminal_report_the_runner_finds_no_command_of_others() {
    let text = "name\n::stop-commands::x\n   ::error::y\na ::b::c\n##[add-mask]z\n";
    let disarmed = disarmed(text);
    assert!(
        disarmed.lines().all(|line| command(line).is_none()),
        "{disarmed}"
    );
    assert!(!disarmed.contains("##["), "{disarmed}");
    assert!(disarmed.contains("a ::b::c\n"));
}

#[test]
fn findings_are_shown_at_the_target_that_was_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let inner = folder.path().join("infra/a b");
    std::fs::create_dir_all(&inner).expect("can be made");
    std::fs::create_dir(folder.path().join(".git")).expect("can be made");
    let config = "version: 1\ntargets:\n  dev:\n    regions: [eu-west-1]\n  prod:\n    regions: [eu-west-1]\n";
    std::fs::write(inner.join("dynalint.yaml"), config).expect("is written");
    let shown_at = |folder: &std::path::Path, args: &[&str]| {
        let args = [&["check", "--demo", "-f", "github"], args].concat();
        let output = dynalint(&args).current_dir(folder).output().expect("runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let commands = read(&text);
        let properties = &commands.first().expect("a command").properties;
        format!("{}:{}", properties["file"], properties["line"])
    };
    let file = "infra/a b/dynalint.yaml";
    assert_eq!(shown_at(&inner, &["--target", "prod"]), format!("{file}:5"));
    assert_eq!(shown_at(&inner, &[]), format!("{file}:1"));
    assert_eq!(
        shown_at(folder.path(), &["--config", file, "--target", "dev"]),
        format!("{file}:3")
    );
    assert_eq!(shown_at(folder.path(), &[]), "dynalint.yaml:1");
    // Of a file outside of the repository no platform knows.
    let outside = tempfile::NamedTempFile::with_suffix(".yaml").expect("a file");
    std::fs::write(outside.path(), config).expect("is written");
    let outside = outside.path().display().to_string();
    assert_eq!(
        shown_at(folder.path(), &["--config", &outside, "--target", "dev"]),
        "dynalint.yaml:1"
    );
}

/// The demo in a step of a workflow, with a page for it.
fn step(args: &[&str], page: &std::path::Path) -> (String, String) {
    let mut run = dynalint(args);
    run.env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", page);
    let output = run.output().expect("runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn in_a_workflow_annotations_follow_the_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.md");
    let commands = |args: &[&str]| {
        let (out, err) = step(args, &page);
        assert_eq!(err, "", "{args:?}");
        out.lines().filter(|line| command(line).is_some()).count()
    };
    assert_eq!(commands(&["check", "--demo"]), 17);
    assert_eq!(commands(&["check", "--demo", "--ci", "none"]), 0);
    assert_eq!(commands(&["check", "--demo", "--ci", "gitlab"]), 0);
    assert_eq!(commands(&["check", "--demo", "-q"]), 0);
    assert_eq!(commands(&["check", "--demo", "-f", "json"]), 0);
}

#[test]
fn the_page_of_the_step_is_added_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("page.md");
    std::fs::write(&page, "of an earlier command\n").expect("is written");
    step(&["check", "--demo", "-q"], &page);
    let report = dynalint(&["check", "--demo", "-f", "markdown"])
        .output()
        .expect("runs");
    let report = String::from_utf8(report.stdout).expect("UTF-8");
    let kept = std::fs::read_to_string(&page).expect("is there");
    let added = kept
        .strip_prefix("of an earlier command\n")
        .expect("is kept");
    // The command stands in the report, and here they differ.
    fn shape(text: &str) -> Vec<&str> {
        let lines = text.lines();
        lines
            .filter(|line| !line.contains("dynalint check"))
            .collect()
    }
    assert_eq!(shape(added), shape(&report), "{added}");
}

#[test]
fn a_page_that_cannot_be_written_is_told_and_changes_no_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("not/there.md");
    let mut run = dynalint(&["check", "--demo", "-q"]);
    run.env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", &missing);
    let output = run.output().expect("runs");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        err.starts_with("warning: cannot write to GITHUB_STEP_SUMMARY"),
        "{err}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn json_in_the_log_holds_no_command_and_means_the_same() {
    let text = disarmed_json(r####"{"a":"###[add-mask]"}"####);
    assert!(!text.contains("##["), "{text}");
    let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(read["a"], "###[add-mask]");
}
