//! The recipe files as their platforms read them, and the hooks run by pre-commit itself.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{bash, demo, python, root, shellcheck, succeeds, text, yaml};
use crate::binary::dynalint;

/// A reader of Python packages, by its module.
fn reads(arguments: &[&str]) -> Output {
    let mut command = Command::new(python());
    command.arg("-m").args(arguments).current_dir(root());
    command.output().expect("the interpreter is there")
}

#[test]
fn the_platforms_accept_the_recipes() {
    let schema = |name, files: &[&str]| {
        let schema = ["check_jsonschema", "--builtin-schema", name];
        let transform: &[&str] = match name {
            "vendor.gitlab-ci" => &["--data-transform", "gitlab-ci"],
            _ => &[],
        };
        succeeds(&reads(&[&schema, transform, files].concat()));
    };
    schema("vendor.github-actions", &["action.yml"]);
    let workflows = ["recipes/github.yml", "tests/golden/init/github.yml"];
    schema("vendor.github-workflows", &workflows);
    let jobs = ["recipes/gitlab.yml", "tests/golden/init/gitlab.yml"];
    schema("vendor.gitlab-ci", &jobs);
    succeeds(&reads(&[
        "pre_commit",
        "validate-manifest",
        ".pre-commit-hooks.yaml",
    ]));
}

#[test]
fn the_schemas_refuse_what_the_platforms_refuse() {
    let folder = tempfile::tempdir().expect("a folder");
    let action = text("action.yml").replace("using: composite", "usings: composite");
    let path = folder.path().join("action.yml");
    fs::write(&path, action).expect("writable");
    let path = path.to_string_lossy();
    let schema = [
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
    ];
    let output = reads(&[&schema[..], &[&path]].concat());
    assert!(!output.status.success());
}

#[test]
fn cloudformation_accepts_the_templates() {
    let folder = tempfile::tempdir().expect("a folder");
    let policy = dynalint(&["doctor", "--policy", "--as", "cloudformation"]).output();
    let path = folder.path().join("policy.yaml");
    fs::write(&path, policy.expect("the binary runs").stdout).expect("writable");
    let path = path.to_string_lossy();
    let mut lint = Command::new(python().with_file_name("cfn-lint"));
    lint.args(["recipes/aws/drift.yaml", &path])
        .current_dir(root());
    succeeds(&lint.output().expect("it is installed"));
}

/// A repository with the hooks, and one of a project that uses them.
fn repositories(folder: &Path) {
    let hooks = folder.join("hooks");
    let project = folder.join("project");
    for repository in [&hooks, &project] {
        fs::create_dir_all(repository).expect("writable");
    }
    fs::write(
        hooks.join(".pre-commit-hooks.yaml"),
        text(".pre-commit-hooks.yaml"),
    )
    .expect("writable");
    let run = |arguments: &[&str]| {
        let output = dynalint(arguments).current_dir(&project).output();
        succeeds(&output.expect("the binary runs"));
    };
    run(&["init", "--yes"]);
    run(&["rules", "new", "recovery/backup-every-night"]);
    let commit = "git init -q . && git add -A && \
        git -c user.name=a -c user.email=a@example.com commit -q -m 'what is there'";
    for repository in [&hooks, &project] {
        succeeds(&bash(repository, commit, &[]));
    }
}

/// `pre-commit try-repo` of a hook in the project.
fn hook(folder: &Path, id: &str) -> Output {
    // Its files are the machine's own, and its cache is the test's.
    let script = format!(
        "cd project && git add -A && {} -m pre_commit try-repo ../hooks {id} --all-files",
        python().display()
    );
    let cache = folder.join("cache");
    bash(
        folder,
        &script,
        &[("PRE_COMMIT_HOME", &cache.to_string_lossy())],
    )
}

#[test]
fn the_hooks_stop_a_commit_with_a_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let binary = env!("CARGO_BIN_EXE_dynalint");
    super::tool(folder, "dynalint", &format!("exec {binary} \"$@\""));
    repositories(folder);
    let config = folder.join("project/dynalint.yaml");
    for id in ["dynalint-files", "dynalint-rules"] {
        let said = succeeds(&hook(folder, id));
        assert!(said.contains("Passed"), "{said}");
    }
    fs::write(&config, "version: 1\nteirs: []\n").expect("writable");
    let output = hook(folder, "dynalint-files");
    let said = super::said(&output);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("dynalint.yaml:2:1"), "{said}");
    let rule = folder.join("project/dynalint/rules/backup-every-night.yaml");
    let text = fs::read_to_string(&rule).expect("was written");
    fs::write(&rule, text.replacen("expect: pass", "expect: fail", 1)).expect("writable");
    fs::write(&config, "version: 1\n").expect("writable");
    let output = hook(folder, "dynalint-rules");
    assert!(!output.status.success(), "{}", super::said(&output));
}

#[test]
fn the_job_of_gitlab_runs_and_keeps_its_reports() {
    let job = &yaml("recipes/gitlab.yml")["dynalint"];
    let lines = |key: &str| {
        let lines = job[key].as_array().expect("lines").clone();
        let lines = lines
            .iter()
            .map(|line| line.as_str().expect("text").to_owned());
        lines.collect::<Vec<String>>()
    };
    let script = [lines("before_script"), lines("script")]
        .concat()
        .join("\n");
    shellcheck("gitlab.sh", "sh", &script);
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    demo(folder);
    fs::create_dir_all(folder.join(".dynalint")).expect("writable");
    fs::rename(folder.join("bin"), folder.join(".dynalint/bin")).expect("writable");
    let output = bash(folder, &script, &[("DYNALINT_TOKEN", "a token")]);
    assert_eq!(output.status.code(), Some(1), "{}", super::said(&output));
    let artifacts = &job["artifacts"];
    let files = [
        &artifacts["paths"][0],
        &artifacts["reports"]["codequality"],
        &artifacts["reports"]["junit"],
    ];
    for file in files {
        let name = file.as_str().expect("a name");
        assert!(folder.join(name).is_file(), "{name}");
    }
}
