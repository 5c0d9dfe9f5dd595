//! The recipes: what platforms accept, and their shell run for real, as far as a machine without AWS and without these
//! platforms allows.

mod action;
mod files;
mod image;
mod nightly;
mod package;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of the repository.
#[track_caller]
fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[track_caller]
fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The interpreter that has the readers of the platforms' formats.
fn python() -> PathBuf {
    crate::python::environment(&root().join("tests/recipes"))
}

/// A script in bash as runners start it, in a folder, with the tools of the machine behind those of the folder `bin`.
fn bash(folder: &Path, script: &str, variables: &[(&str, &str)]) -> Output {
    let bin = folder.join("bin");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    let mut command = Command::new("bash");
    command
        .args([
            "--noprofile",
            "--norc",
            "-e",
            "-o",
            "pipefail",
            "-c",
            script,
        ])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null());
    command.envs(variables.iter().copied());
    command.output().expect("bash is there")
}

/// A program of a test's own in the folder `bin`.
fn tool(folder: &Path, name: &str, script: &str) -> PathBuf {
    let path = folder.join("bin").join(name);
    fs::create_dir_all(folder.join("bin")).expect("writable");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writable");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("writable");
    path
}

/// The real program, which looks at the demo account whatever it is told to look at.
fn demo(folder: &Path) -> PathBuf {
    let binary = env!("CARGO_BIN_EXE_dynalint");
    tool(folder, "dynalint", &format!("exec {binary} \"$@\" --demo"))
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

#[track_caller]
fn succeeds(output: &Output) -> String {
    let said = said(output);
    assert!(output.status.success(), "{said}");
    said
}

/// What shellcheck has to say of a script, which must be nothing.
#[track_caller]
fn shellcheck(name: &str, shell: &str, script: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(name);
    fs::write(&file, script).expect("writable");
    let output = Command::new("shellcheck")
        .args(["--norc", "--shell", shell])
        .arg(&file)
        .output();
    let output = output.expect("shellcheck is there (Debian: apt-get install shellcheck)");
    assert!(output.status.success(), "{name}\n{}", said(&output));
}
