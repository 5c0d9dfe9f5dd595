//! Where the first seeds come from: our own rules, and the generators of the other tests.

use std::fs;
use std::path::Path;

use dynalint::rule::catalog::Source;
use dynalint::yaml::{self, Tree};

use crate::language::dice;
use crate::yaml::document::document;

/// Writes the seeds of a target; those that the fuzzer found stay.
pub(crate) fn write(target: &str, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    let seeds = match target {
        "yaml_pass" => yaml_pass(),
        "condition" => conditions(),
        _ => (0..24)
            .map(|seed| dice::bytes(1 << 28 | seed, 40 + 50 * seed as usize))
            .collect(),
    };
    for (index, seed) in seeds.into_iter().enumerate() {
        fs::write(folder.join(format!("written-{index:02}")), seed).expect("a seed");
    }
}

fn yaml_pass() -> Vec<Vec<u8>> {
    let mut files: Vec<String> = Source::builtin().map(|source| source.text).collect();
    files.sort_by_key(|text| (text.len(), text.clone()));
    let rules = files.into_iter().step_by(12).take(10);
    let made = (0..20).map(|seed| document(&dice::bytes(1 << 27 | seed, 200)));
    rules.chain(made).map(String::into_bytes).collect()
}

/// Subject and condition of the rules that name no param, the shortest of each start.
fn conditions() -> Vec<Vec<u8>> {
    let mut seeds: Vec<String> = Source::builtin()
        .filter_map(|source| {
            let rule = yaml::read::<Tree>(&source.file, &source.text)
                .expect("a rule file")
                .value;
            let text = |key: &str| rule.as_json()[key].as_str().map(str::to_owned);
            let seed = format!("{}\n{}", text("for_each")?, text("assert")?.trim());
            (!seed.contains("params.")).then_some(seed)
        })
        .collect();
    seeds.sort_by_key(|seed| (seed.len(), seed.clone()));
    seeds.dedup_by_key(|seed| seed.chars().take(24).collect::<String>());
    seeds.into_iter().take(40).map(String::into_bytes).collect()
}
