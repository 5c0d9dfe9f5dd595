//! The package of a release: what is in it, and that it is the same each time.

use std::fs;
use std::path::Path;

use super::{bash, root, succeeds};

/// Packs the program into a folder. In its place stands a script that starts it: a debug build is large.
pub(super) fn pack(folder: &Path, target: &str) {
    let own = tempfile::tempdir().expect("a folder");
    let binary = env!("CARGO_BIN_EXE_dynalint");
    let program = super::tool(own.path(), "dynalint", &format!("exec {binary} \"$@\""));
    let script = format!("{} {target}", root().join("scripts/dist").display());
    let output = bash(
        own.path(),
        &script,
        &[
            ("BINARY", &*program.to_string_lossy()),
            ("OUT", &folder.to_string_lossy()),
            ("SOURCE_DATE_EPOCH", "1700000000"),
        ],
    );
    succeeds(&output);
}

#[test]
fn a_package_has_the_program_its_completions_and_its_pages() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    pack(folder, "x86_64-unknown-linux-musl");
    let name = format!(
        "dynalint-{}-x86_64-unknown-linux-musl",
        env!("CARGO_PKG_VERSION")
    );
    let archive = format!("{name}.tar.gz");
    succeeds(&bash(
        folder,
        &format!("sha256sum --check {archive}.sha256"),
        &[],
    ));
    let listed = succeeds(&bash(folder, &format!("tar -tvzf {archive}"), &[]));
    for line in listed.lines() {
        assert!(
            line.contains(" 0/0 ") && line.contains("2023-11-14"),
            "{line}"
        );
    }
    let has = |path: &str| {
        listed
            .lines()
            .any(|line| line.ends_with(&format!("{name}/{path}")))
    };
    for path in ["dynalint", "README.md", "LICENSE", "CHANGELOG.md"] {
        assert!(has(path), "{path}\n{listed}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(has(&format!("completions/{shell}")), "{shell}\n{listed}");
    }
    for page in ["dynalint", "dynalint-check", "dynalint-rules-test"] {
        assert!(has(&format!("man/{page}.1")), "{page}\n{listed}");
    }
    assert!(
        !listed.contains("dynalint-schema.1"),
        "hidden commands have no page"
    );
    let unpacked = format!(
        "tar -xzf {archive} && cd {name} && bash -n completions/bash && ./dynalint --version"
    );
    let said = succeeds(&bash(folder, &unpacked, &[]));
    assert!(said.starts_with("dynalint "), "{said}");
}

#[test]
fn a_package_is_the_same_each_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = |part: &str| {
        let folder = folder.path().join(part);
        pack(&folder, "any");
        let archive = format!("dynalint-{}-any.tar.gz", env!("CARGO_PKG_VERSION"));
        fs::read(folder.join(archive)).expect("was packed")
    };
    assert!(bytes("one") == bytes("two"));
}

#[test]
fn the_pages_refer_to_pages_that_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().to_string_lossy().into_owned();
    let output = crate::binary::dynalint(&["man", "--dir", &folder]).output();
    succeeds(&output.expect("the binary runs"));
    let page = fs::read_to_string(Path::new(&folder).join("dynalint.1")).expect("was written");
    let named = page.split('\n').filter(|line| line.ends_with("(1)"));
    let named: Vec<String> = named
        .map(|line| line.replace('\\', "").replace("(1)", ".1"))
        .collect();
    assert!(named.len() > 5, "{page}");
    for name in named {
        assert!(Path::new(&folder).join(&name).is_file(), "{name}");
    }
}
