//! The steps of the GitHub Action, taken from its file and run.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{bash, demo, package, root, said, shellcheck, succeeds, yaml};

/// The steps that are shell, by name.
fn steps() -> BTreeMap<String, Value> {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_array().expect("steps").clone();
    let named = |step: Value| Some((step["name"].as_str()?.to_owned(), step));
    let shell = steps.into_iter().filter(|step| step["run"].is_string());
    shell.filter_map(named).collect()
}

/// Runs a step with these variables in the place of those that the runner would fill in; gives what it put out.
fn step(
    folder: &Path,
    name: &str,
    variables: &[(&str, &str)],
) -> (Output, BTreeMap<String, String>) {
    let step = &steps()[name];
    let named = step["env"].as_object().expect("variables");
    for (variable, _) in variables {
        let runners = ["GITHUB_ACTIONS"].contains(variable);
        assert!(
            runners || named.contains_key(*variable),
            "{name} has no {variable}"
        );
    }
    let put_out = folder.join("output");
    fs::write(&put_out, "").expect("writable");
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (out, summary, temp) = (path("output"), path("summary"), path(""));
    let runner = [
        ("GITHUB_OUTPUT", &*out),
        ("GITHUB_STEP_SUMMARY", &summary),
        ("RUNNER_TEMP", &temp),
    ];
    let script = step["run"].as_str().expect("shell");
    let output = bash(folder, script, &[&runner, variables].concat());
    let lines = fs::read_to_string(&put_out).expect("there");
    let lines = lines.lines().filter_map(|line| line.split_once('='));
    let lines = lines.map(|(name, value)| (name.to_owned(), value.to_owned()));
    (output, lines.collect())
}

#[test]
fn the_shell_of_the_action_is_sound() {
    let steps = steps();
    assert_eq!(steps.len(), 4, "{:?}", steps.keys());
    for (name, step) in &steps {
        assert_eq!(step["shell"], "bash", "{name}");
        let script = step["run"].as_str().expect("shell");
        // What users write comes in as a variable: in the script it would be run.
        assert!(!script.contains("${{"), "{name}");
        shellcheck("step.sh", "bash", &format!("set -eo pipefail\n{script}"));
    }
}

#[test]
fn outputs_are_those_of_steps_that_put_them_out() {
    let action = yaml("action.yml");
    let outputs = action["outputs"].as_object().expect("outputs");
    let check = &steps()["Check"];
    let script = check["run"].as_str().expect("shell");
    for (name, output) in outputs {
        let value = format!("${{{{ steps.check.outputs.{name} }}}}");
        assert_eq!(output["value"], *value);
        assert!(script.contains(&format!("echo \"{name}=")), "{name}");
    }
}

fn found(folder: &Path, system: &str, install: &str) -> (Output, BTreeMap<String, String>) {
    let sources = root().to_string_lossy();
    let variables = [
        ("SYSTEM", system),
        ("INSTALL", install),
        ("SOURCES", &sources),
    ];
    step(folder, "See what fits this runner", &variables)
}

#[test]
fn the_same_sources_are_the_same_program_in_the_cache() {
    let folder = tempfile::tempdir().expect("a folder");
    let (output, first) = found(folder.path(), "Linux-X64", "auto");
    succeeds(&output);
    assert_eq!(first["triple"], "x86_64-unknown-linux-musl");
    assert_eq!(first["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(found(folder.path(), "Linux-X64", "auto").1, first);
    let (_, other) = found(folder.path(), "macOS-ARM64", "auto");
    assert_ne!(first["key"], other["key"]);
    assert_eq!(
        found(folder.path(), "Linux-S390X", "auto").1["triple"],
        "none"
    );
    let (output, _) = found(folder.path(), "Linux-X64", "binary");
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("::error::install is one of"));
}

/// The step that installs, from a folder in the place of the releases.
fn install(folder: &Path, install: &str, reference: &str) -> Output {
    // Whether it would build is all there is to see.
    super::tool(folder, "cargo", "echo \"would build: $*\"");
    let releases = format!("file://{}", folder.join("releases").display());
    let target = folder.join("installed").to_string_lossy().into_owned();
    let version = env!("CARGO_PKG_VERSION");
    let variables = [
        ("INSTALL", install),
        ("SOURCES", "/sources"),
        ("FOLDER", &target),
        ("TRIPLE", "x86_64-unknown-linux-musl"),
        ("VERSION", version),
        ("REF", reference),
        ("RELEASES", &releases),
    ];
    step(folder, "Install", &variables).0
}

#[test]
fn a_release_is_installed_and_a_spoilt_one_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let release = folder.join("releases").join(version);
    fs::create_dir_all(&release).expect("writable");
    let built = "would build: install --locked --path /sources";
    // There is none yet.
    assert!(succeeds(&install(folder, "auto", version)).contains(built));
    assert_eq!(install(folder, "release", version).status.code(), Some(2));

    package::pack(&release, "x86_64-unknown-linux-musl");
    // A commit may be ahead of the release of its version.
    assert!(succeeds(&install(folder, "auto", "main")).contains(built));
    assert!(succeeds(&install(folder, "source", version)).contains(built));
    let said = succeeds(&install(folder, "auto", version));
    assert!(!said.contains(built), "{said}");
    assert!(folder.join("installed/bin/dynalint").is_file());

    let archive = format!(
        "dynalint-{}-x86_64-unknown-linux-musl.tar.gz",
        env!("CARGO_PKG_VERSION")
    );
    let mut bytes = fs::read(release.join(&archive)).expect("was packed");
    bytes.push(0);
    fs::write(release.join(&archive), bytes).expect("writable");
    let output = install(folder, "auto", version);
    assert!(!output.status.success());
    assert!(!super::said(&output).contains(built));
}

fn check(folder: &Path, args: &str) -> (Output, BTreeMap<String, String>) {
    let variables = [
        ("INSTALL", "none"),
        ("FOLDER", ""),
        ("TARGET", ""),
        ("ARGS", args),
        ("FORMAT", "terminal"),
        ("GITHUB_ACTIONS", "true"),
    ];
    step(folder, "Check", &variables)
}

#[test]
fn the_check_passes_its_verdict_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    for (args, code, verdict) in [
        ("", "1", "not-ready"),
        ("--fail-on never", "0", "ready"),
        ("--table 'no such'\\''table'", "4", "nothing-to-check"),
        ("--table \"no-*\"\n--allow-empty\n", "0", "ready"),
        ("--rule pitr-on --table feed-follows", "3", "cannot-tell"),
        ("--tabel x", "2", "could-not-run"),
        ("--table 'open", "2", "could-not-run"),
        // Nothing in it is run or expanded.
        (
            "--table $(touch${IFS}hacked) ; touch hacked",
            "2",
            "could-not-run",
        ),
    ] {
        let (output, put_out) = check(folder, args);
        let said = succeeds(&output);
        assert_eq!(put_out["exit-code"], code, "{args}\n{said}");
        assert_eq!(put_out["verdict"], verdict, "{args}\n{said}");
        let reports = Path::new(&put_out["reports"]);
        assert_eq!(reports.join("report.json").is_file(), code != "2", "{args}");
        assert_eq!(
            reports.join("report.sarif").is_file(),
            code != "2",
            "{args}"
        );
        let last = step(folder, "Pass the verdict on", &[("CODE", code)]).0;
        assert_eq!(last.status.code(), code.parse().ok());
    }
    assert!(!folder.join("hacked").exists());
}

/// What runs in Actions writes the summary of the step by itself, so the action need not.
#[test]
fn the_summary_of_the_step_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    demo(folder.path());
    check(folder.path(), "");
    let summary = fs::read_to_string(folder.path().join("summary")).unwrap_or_default();
    assert!(summary.contains("NOT READY"), "{summary}");
}
