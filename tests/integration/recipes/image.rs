//! The container image: no engine runs here, so its file is read by an independent reader and held to what it promises.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{python, root, text};

const READ: &str = "\
import json, sys
from dockerfile_parse import DockerfileParser
parser = DockerfileParser(path=sys.argv[1])
print(json.dumps([[step['instruction'], step['value']] for step in parser.structure]))
";

/// The steps, each with its words; those of the last stage from its FROM on.
fn steps() -> Vec<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("Dockerfile"), text("Containerfile")).expect("writable");
    let output = Command::new(python())
        .args(["-c", READ])
        .arg(folder.path())
        .output();
    let output = output.expect("the interpreter is there");
    let steps: Vec<(String, String)> =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}"));
    let steps = steps.into_iter().filter(|(step, _)| step != "COMMENT");
    steps.collect()
}

#[test]
fn the_image_holds_the_program_alone_and_runs_it_without_rights() {
    let steps = steps();
    let stages: Vec<usize> = (0..steps.len())
        .filter(|at| steps[*at].0 == "FROM")
        .collect();
    assert_eq!(stages.len(), 2);
    let last = &steps[stages[1]..];
    let of = |name: &str| {
        let found = last.iter().filter(|(step, _)| step == name);
        found
            .map(|(_, value)| value.as_str())
            .collect::<Vec<&str>>()
    };
    assert_eq!(of("RUN"), [""; 0]);
    assert_eq!(of("USER"), ["65532:65532"]);
    let program = "/usr/local/bin/dynalint";
    let copied = format!("--from=build /src/target/release/dynalint {program}");
    assert!(of("COPY").contains(&&*copied));
    let entry: Value = serde_json::from_str(of("ENTRYPOINT")[0]).expect("words");
    assert_eq!(entry, serde_json::json!([program]));
    let args: Vec<&str> = steps[..stages[0]]
        .iter()
        .map(|(_, value)| &**value)
        .collect();
    assert!(
        args.iter()
            .any(|arg| arg.starts_with("BASE=gcr.io/distroless/")),
        "{args:?}"
    );
    assert!(of("ARG").contains(&concat!("VERSION=", env!("CARGO_PKG_VERSION"))));
    // It is built by the compiler that these tests are built by.
    let toolchain = text("rust-toolchain.toml");
    let (_, channel) = toolchain.split_once("channel = \"").expect("a channel");
    let (channel, _) = channel.split_once('"').expect("its end");
    let image = format!("RUST=docker.io/library/rust:{channel}-");
    assert!(args.iter().any(|arg| arg.starts_with(&image)), "{args:?}");
}

#[test]
fn what_the_build_reads_is_copied_and_let_through() {
    let steps = steps();
    let copies = steps
        .iter()
        .filter(|(step, value)| step == "COPY" && !value.contains("--from"));
    let copied: Vec<&str> = copies
        .flat_map(|(_, value)| value.split(' ').rev().skip(1))
        .collect();
    let ignored = text(".dockerignore");
    let let_through: Vec<&str> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    for name in &copied {
        assert!(root().join(name).exists(), "{name}");
        assert!(let_through.contains(name), "{name}");
    }
    assert_eq!(let_through.len(), copied.len());
    // Files that are built into the program, and those that Cargo.toml names.
    let mut needed = vec![
        "Cargo.lock".to_owned(),
        "rules".to_owned(),
        "checklists".to_owned(),
    ];
    embedded(&root().join("src"), &mut needed);
    // The action knows a program in its cache by the same files.
    let action = text("action.yml");
    let (_, hashed) = action.split_once("$(find ").expect("the digest");
    let (hashed, _) = hashed.split_once(" -type f").expect("its end");
    for name in &needed {
        assert!(
            hashed.split(' ').any(|it| it == name),
            "{name} is not hashed: {hashed}"
        );
    }
    if text("Cargo.toml").contains("[[bench]]") {
        needed.push("benches".to_owned());
    }
    assert!(needed.contains(&"demo".to_owned()), "{needed:?}");
    for name in needed {
        assert!(copied.contains(&&*name), "{name} is not copied: {copied:?}");
    }
}

/// The folders at the root of which a source file holds a file.
fn embedded(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            embedded(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).expect("UTF-8");
        let files = ["include_str!(\"", "include_bytes!(\""].iter();
        let files = files.flat_map(|call| text.split(call).skip(1));
        for file in files.filter_map(|rest| rest.split('"').next()) {
            let from = path.parent().unwrap_or(folder);
            let Ok(file) = from.join(file).canonicalize() else {
                continue;
            };
            let inner = file.strip_prefix(root()).unwrap_or(&file);
            let first = inner.components().next();
            let first = first.map(|it| it.as_os_str().to_string_lossy().into_owned());
            found.extend(first.into_iter().filter(|it| it != "src"));
        }
    }
}
