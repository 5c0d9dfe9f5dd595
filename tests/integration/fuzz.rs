//! The fuzz targets, run over their seeds: what the fuzzer holds, ordinary tests hold of what it once found.
//!
//! `UPDATE=seeds cargo test fuzz` writes those seeds anew that come from our rules and from the generator.

mod seeds;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

use crate::language;
use crate::yaml::agree;

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target)
}

fn run(target: &str, with: fn(&[u8])) {
    if std::env::var("UPDATE").is_ok_and(|what| what == "seeds") {
        seeds::write(target, &folder(target));
    }
    let entries = fs::read_dir(folder(target)).expect("the seeds are there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a seed").path()).collect();
    files.sort();
    assert!(files.len() >= 15, "only {} seeds", files.len());
    for file in files {
        let bytes = fs::read(&file).expect("a seed");
        let held = std::panic::catch_unwind(|| with(&bytes));
        assert!(held.is_ok(), "{}", file.display());
    }
}

#[test]
fn seeds_of_yaml_read_as_serde_yaml_reads_them() {
    run("yaml_pass", targets::yaml_pass);
}

#[test]
fn seeds_of_conditions_are_checked_or_refused_with_a_place() {
    run("condition", targets::condition);
}

#[test]
fn seeds_of_facts_and_conditions_keep_what_is_decided() {
    run("evaluate", targets::evaluate);
}
