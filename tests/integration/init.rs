//! `dynalint init` with the real binary: what it writes, and what it refuses.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::binary::dynalint;
use crate::golden::assert_golden;

fn init(folder: &Path, arguments: &[&str]) -> Output {
    dynalint(&[&["init"], arguments].concat())
        .current_dir(folder)
        .output()
        .expect("the binary runs")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[track_caller]
fn talk(output: &Output, code: i32) -> String {
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{talk}");
    talk
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).expect("was written")
}

#[test]
fn without_a_terminal_nothing_is_asked_and_nothing_written() {
    let folder = folder();
    let output = init(folder.path(), &[]);
    assert_eq!(
        talk(&output, 2),
        "error: init asks questions, and there is no terminal to ask on\n hint: dynalint init --yes takes the defaults; \
         dynalint init --help has a flag for each question\n"
    );
    assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 0);
}

#[test]
fn yes_writes_the_defaults_and_says_what_comes_next() {
    let folder = folder();
    let output = init(folder.path(), &["--yes"]);
    assert_eq!(
        talk(&output, 0),
        "wrote dynalint.yaml\n  next    dynalint doctor    # can everything be read?\n  then    dynalint check\n"
    );
    assert_golden("init/defaults.yaml", &read(folder.path(), "dynalint.yaml"));
    // What it writes is read without a mistake, and changes nothing.
    let check = |arguments: &[&str]| {
        let output = dynalint(arguments).current_dir(folder.path()).output();
        output.expect("the binary runs").stdout
    };
    let demo = ["check", "--demo", "-f", "json"];
    assert_eq!(check(&demo), check(&[&demo[..], &["--no-config"]].concat()));
}

#[test]
fn flags_are_answers() {
    let folder = folder();
    let flags = [
        "--yes",
        "--region",
        "eu-west-1,us-east-1",
        "--table",
        "shop-*",
        "--environment",
        "dev=dev-*,prod=shop-*",
        "--fail-on",
        "medium",
        "--monitoring",
        "Watchtower",
        "--ci",
        "github",
    ];
    let told = talk(&init(folder.path(), &flags), 0);
    assert!(
        told.contains("wrote .github/workflows/dynalint.yml: replace"),
        "{told}"
    );
    assert_golden("init/answers.yaml", &read(folder.path(), "dynalint.yaml"));
    let workflow = read(folder.path(), ".github/workflows/dynalint.yml");
    assert_golden("init/github.yml", &workflow);
}

#[test]
fn a_pipeline_has_no_profile() {
    let folder = folder();
    let flags = ["--yes", "--ci", "github", "--profile", "prod"];
    let told = talk(&init(folder.path(), &flags), 2);
    assert!(told.contains("--profile does not go with --ci"), "{told}");
    assert!(!folder.path().join("dynalint.yaml").exists());
}

#[test]
fn a_gitlab_job_is_a_file_to_include() {
    let folder = folder();
    talk(&init(folder.path(), &["--yes", "--ci", "gitlab"]), 0);
    assert_golden(
        "init/gitlab.yml",
        &read(folder.path(), ".gitlab-ci.dynalint.yml"),
    );
}

#[test]
fn a_file_that_is_there_is_never_overwritten() {
    let folder = folder();
    let path = folder.path().join("dynalint.yaml");
    fs::write(&path, "version: 1\nteirs: []\n").expect("writable");
    let told = talk(&init(folder.path(), &["--yes"]), 2);
    assert_eq!(
        told,
        "error: dynalint.yaml is there already: 2 lines, with 1 mistake\n hint: dynalint doctor shows them; move it away \
         for a new one\n"
    );
    fs::write(&path, "version: 1\n").expect("writable");
    let told = talk(&init(folder.path(), &["--yes"]), 2);
    assert!(
        told.starts_with("error: dynalint.yaml is there already: 1 line, no mistake"),
        "{told}"
    );
    assert_eq!(read(folder.path(), "dynalint.yaml"), "version: 1\n");
}

#[test]
fn the_root_of_the_repository_is_where_it_goes() {
    let folder = folder();
    let inner = folder.path().join("infra");
    fs::create_dir_all(folder.path().join(".git")).expect("writable");
    fs::create_dir_all(&inner).expect("writable");
    let told = talk(&init(&inner, &["--yes"]), 0);
    assert!(
        told.starts_with("wrote dynalint.yaml in the root of the repository\n"),
        "{told}"
    );
    assert!(folder.path().join("dynalint.yaml").is_file());
    let told = talk(&init(&inner, &["--yes"]), 2);
    assert!(
        told.contains("in the root of the repository is there already"),
        "{told}"
    );
}

#[test]
fn a_pipeline_can_come_later_and_is_shown_where_one_is_there() {
    let folder = folder();
    talk(&init(folder.path(), &["--yes"]), 0);
    let told = talk(&init(folder.path(), &["--ci", "gitlab"]), 0);
    assert!(
        told.starts_with("dynalint.yaml is there already, and is left as it is\nwrote .gitlab-ci"),
        "{told}"
    );
    let path = folder.path().join(".gitlab-ci.dynalint.yml");
    let ours = fs::read_to_string(&path).expect("was written");
    fs::write(&path, "mine: {}\n").expect("writable");
    let output = init(folder.path(), &["--ci", "gitlab"]);
    talk(&output, 0);
    assert_eq!(String::from_utf8_lossy(&output.stdout), ours);
    assert_eq!(read(folder.path(), ".gitlab-ci.dynalint.yml"), "mine: {}\n");
}

#[test]
fn a_wrong_answer_is_refused_before_anything_is_written() {
    let folder = folder();
    for flags in [
        &["--yes", "--region", "ireland"][..],
        &["--yes", "--table", "a["],
        &["--yes", "--environment", "dev"],
        &["--yes", "--ci", "jenkins"],
        &["--yes", "--fail-on", "info"],
    ] {
        let told = talk(&init(folder.path(), flags), 2);
        assert!(told.starts_with(&format!("error: {}", flags[1])), "{told}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("there").count(), 0);
}
