//! Our reading of YAML against an independent one.
//!
//! Rule files and configuration go through our own reader: it alone gives every node a place, shows all mistakes at once
//! and keeps `012` and `no` as text. What it reads must still be what everyone else's YAML says.

use dynalint::rule::catalog::Source;
use dynalint::yaml::{self, Tree};
use serde_json::Value;

#[test]
fn every_rule_file_reads_as_serde_yaml_reads_it() {
    let sources: Vec<Source> = Source::builtin().collect();
    assert!(sources.len() >= 15);
    for source in sources {
        let ours = yaml::read::<Tree>(&source.file, &source.text)
            .expect("a rule file")
            .value;
        let theirs: Value = serde_yaml::from_str(&source.text).expect("YAML");
        assert_eq!(plain(ours.into_json()), plain(theirs), "{}", source.file);
    }
}

/// Numbers by their value: `7` and `7.0` are the same.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, plain(value)))
            .collect(),
        other => other,
    }
}
