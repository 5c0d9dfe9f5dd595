//! The order of modules, and the map of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module may use those before it.
const ORDER: [&str; 20] = [
    "shares",
    "yaml",
    "policy",
    "snapshot",
    "finding",
    "config",
    "collect",
    "link",
    "rule",
    "evaluate",
    "assess",
    "waiver",
    "baseline",
    "attestation",
    "gate",
    "checklist",
    "drift",
    "report",
    "cli",
    "main",
];
/// Siblings that don't see each other: the later one of a pair would otherwise be allowed to use the earlier.
const APART: [(&str, &str); 5] = [
    ("link", "collect"),
    ("config", "finding"),
    ("rule", "link"),
    ("checklist", "gate"),
    ("gate", "attestation"),
];
/// Macros live at the root of the crate.
const MACROS: [&str; 3] = ["choice", "record", "view"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .expect("a folder of sources")
        .map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let mut found: Vec<_> = files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect();
    found.extend(folders.iter().flat_map(|folder| rust_files(folder)));
    found.sort();
    found
}

/// The modules that a source names after `crate::` or `dynalint::`, in `use` lines and in paths, braces opened.
fn named(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code
        .match_indices("crate::")
        .chain(code.match_indices("dynalint::"))
    {
        let rest = &code[at..][code[at..].find("::").expect("it has one") + 2..];
        match rest.strip_prefix('{') {
            Some(group) => found.extend(heads(group)),
            None => found.extend(head(rest)),
        }
    }
    found
}

fn head(text: &str) -> Option<String> {
    let name: String = text
        .trim_start()
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

/// The first names of the parts of `{a, b::{c, d}, e}`.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().expect("never empty").push(c),
        }
    }
    parts.iter().filter_map(|part| head(part)).collect()
}

#[test]
fn modules_use_only_those_before_them() {
    let source = root().join("src");
    let place = |name: &str| ORDER.iter().position(|module| *module == name);
    let mut wrong = Vec::new();
    for file in rust_files(&source) {
        let path = file
            .strip_prefix(&source)
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        let module = path.split(['/', '.']).next().expect("a name").to_owned();
        if module == "lib" {
            continue;
        }
        let own = place(&module)
            .unwrap_or_else(|| panic!("{path}: module {module} has no place in the order"));
        for used in named(&fs::read_to_string(&file).expect("a source")) {
            let apart = APART.contains(&(module.as_str(), used.as_str()));
            match place(&used) {
                Some(other) if other <= own && !apart => {}
                None if MACROS.contains(&used.as_str()) => {}
                Some(_) | None => wrong.push(format!("{path} uses {used}")),
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
}

#[test]
fn names_are_found_in_every_form() {
    let text = "use crate::snapshot::fact::{Fact, Why};\nuse crate::{choice, link::{a, b}};\nlet x = crate::yaml::nearest();\n// crate::cli";
    let found: Vec<String> = named(text).into_iter().collect();
    assert_eq!(found, ["choice", "link", "snapshot", "yaml"]);
}

#[test]
fn third_parties_stay_in_their_place() {
    let places = [
        ("aws_", "collect"),
        ("saphyr_parser", "yaml"),
        ("clap", "cli"),
        ("owo_colors", "report"),
        ("indicatif", "cli"),
        ("annotate_snippets", "yaml"),
    ];
    let source = root().join("src");
    for file in rust_files(&source) {
        let path = file
            .strip_prefix(&source)
            .expect("inside")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&file).expect("a source");
        for (crate_name, place) in places {
            let used = text
                .lines()
                .any(|line| line.trim_start().starts_with(&format!("use {crate_name}")));
            assert!(!used || path.starts_with(place), "{path} uses {crate_name}");
        }
    }
}

#[test]
fn every_path_on_the_map_is_there() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(page)).expect("a page");
        let quoted = text.split('`').skip(1).step_by(2);
        let ours = [
            "src/",
            "tests/",
            "rules/",
            "demo/",
            "benches/",
            "docs/",
            "schema/",
            "recipes/",
            "fuzz/",
            "scripts/",
            "checklists/",
            "build.rs",
            ".ci/",
        ];
        let paths = quoted.filter(|word| {
            ours.iter().any(|prefix| word.starts_with(prefix)) && !word.contains(['<', '*'])
        });
        for path in paths {
            assert!(root().join(path).exists(), "{page} names {path}");
        }
    }
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    for module in ORDER.iter().filter(|module| **module != "main") {
        assert!(
            map.contains(&format!("src/{module}.rs")),
            "the map lacks {module}"
        );
    }
}
