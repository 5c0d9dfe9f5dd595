//! `dynalint.yaml`: what no API can tell: environments and tiers, trusted accounts, monitoring that AWS does not show.
//!
//! Everything in it is optional. What is not declared has a strict built-in default, and reports say which it was. Rule
//! levels, waivers and targets are not read here yet: an unknown key is an error, so nothing is ignored in silence.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::yaml::{self, SourceError, Spans};

/// The configuration in force.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// How tables get their environment, first match first.
    pub environments: Vec<Matcher>,
    /// How tables get their tier, first match first.
    pub tiers: Vec<Matcher>,
    /// Accounts that may be given access.
    pub trusted_accounts: Vec<String>,
    /// Monitoring that no API of AWS shows.
    pub monitoring: Monitoring,
}

/// A value and the tables that have it.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// The value: `prod`, `ephemeral`.
    pub value: String,
    /// Tag keys and the values any of which matches.
    pub tags: BTreeMap<String, Vec<String>>,
    /// Table names.
    pub names: GlobSet,
}

/// Monitoring that no API of AWS shows: counted as declared, and said so.
#[derive(Clone, Debug, Default)]
pub struct Monitoring {
    /// Topics that reach someone although their subscriptions can't be read: another account's.
    pub trusted_topics: GlobSet,
    /// Whether EventBridge rules bring every alarm's state changes to someone.
    pub eventbridge: bool,
    /// The product outside AWS that watches the tables; `None` if there is none.
    pub external: Option<String>,
}

/// The tiers a table may have.
pub const TIERS: [&str; 4] = ["critical", "standard", "starter", "ephemeral"];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    environments: Vec<MatcherFile>,
    #[serde(default)]
    tiers: Vec<MatcherFile>,
    #[serde(default)]
    trusted_accounts: Vec<String>,
    #[serde(default)]
    monitoring: MonitoringFile,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MatcherFile {
    name: String,
    #[serde(default)]
    tags: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    tables: Vec<String>,
}

#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MonitoringFile {
    #[serde(default)]
    trusted_topics: Vec<String>,
    #[serde(default)]
    eventbridge: bool,
    external: Option<String>,
}

/// The JSON Schema of the file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(File)
}

/// Reads a configuration.
///
/// # Errors
/// Everything that is wrong with it, each mistake with its place.
pub fn read(file: &str, text: &str) -> Result<Config, Vec<SourceError>> {
    let document = yaml::read::<File>(file, text)?;
    let mut reader = Reader {
        spans: &document.spans,
        errors: Vec::new(),
    };
    let config = reader.config(document.value);
    if reader.errors.is_empty() {
        Ok(config)
    } else {
        Err(reader.errors)
    }
}

struct Reader<'a> {
    spans: &'a Spans,
    errors: Vec<SourceError>,
}

impl Reader<'_> {
    fn config(&mut self, file: File) -> Config {
        if file.version != 1 {
            self.error(
                "version",
                format!(
                    "version {} is not known, this dynalint reads version 1",
                    file.version
                ),
            );
        }
        for (index, account) in file.trusted_accounts.iter().enumerate() {
            if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
                self.error(
                    &format!("trusted_accounts.{index}"),
                    format!("\"{account}\" is no account id: twelve digits"),
                );
            }
        }
        for (index, tier) in file.tiers.iter().enumerate() {
            if !TIERS.contains(&tier.name.as_str()) {
                let hint = yaml::did_you_mean(&tier.name, TIERS);
                let message = format!(
                    "unknown tier \"{}\": one of {}",
                    tier.name,
                    TIERS.join(", ")
                );
                let error = self
                    .spans
                    .error(&format!("tiers.{index}.name"), message)
                    .hinted(hint);
                self.errors.push(error);
            }
        }
        Config {
            environments: self.matchers("environments", file.environments),
            tiers: self.matchers("tiers", file.tiers),
            trusted_accounts: file.trusted_accounts,
            monitoring: Monitoring {
                trusted_topics: self
                    .globs("monitoring.trusted_topics", &file.monitoring.trusted_topics),
                eventbridge: file.monitoring.eventbridge,
                external: file.monitoring.external,
            },
        }
    }

    fn matchers(&mut self, key: &str, files: Vec<MatcherFile>) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        for (index, file) in files.into_iter().enumerate() {
            let path = format!("{key}.{index}");
            if file.tags.is_empty() && file.tables.is_empty() {
                self.error(&path, "matches no table: give it tags or tables".to_owned());
            }
            let names = self.globs(&format!("{path}.tables"), &file.tables);
            matchers.push(Matcher {
                value: file.name,
                tags: file.tags,
                names,
            });
        }
        matchers
    }

    fn globs(&mut self, path: &str, patterns: &[String]) -> GlobSet {
        globs(patterns).unwrap_or_else(|(index, message)| {
            self.error(&format!("{path}.{index}"), message);
            GlobSet::empty()
        })
    }

    fn error(&mut self, path: &str, message: String) {
        let error = self.spans.error(path, message);
        self.errors.push(error);
    }
}

/// Patterns that match whole names, `*` any run of characters.
///
/// # Errors
/// The index of the pattern that can't be read, and why.
pub fn globs(patterns: &[String]) -> Result<GlobSet, (usize, String)> {
    let mut set = GlobSetBuilder::new();
    for (index, pattern) in patterns.iter().enumerate() {
        let glob = GlobBuilder::new(pattern).literal_separator(false).build();
        set.add(glob.map_err(|error| {
            (
                index,
                format!("bad pattern \"{pattern}\": {}", error.kind()),
            )
        })?);
    }
    set.build()
        .map_err(|error| (0, format!("bad patterns: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_reported_with_its_place() {
        let text = "version: 1\ntiers:\n  - name: critcal\n    tables: [\"pay-*\"]\ntrusted_accounts: [\"12\"]\nmonitoring:\n  trusted_topics: [\"a[\"]\n";
        let errors: Vec<String> = read("dynalint.yaml", text)
            .expect_err("three mistakes")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            errors,
            [
                "dynalint.yaml:5:20: \"12\" is no account id: twelve digits",
                "dynalint.yaml:3:11: unknown tier \"critcal\": one of critical, standard, starter, ephemeral, did you mean \"critical\"?",
                "dynalint.yaml:7:20: bad pattern \"a[\": unclosed character class; missing ']'",
            ]
        );
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let errors = read("dynalint.yaml", "version: 1\nwaivers: []\n").expect_err("unknown key");
        assert!(
            errors[0]
                .to_string()
                .starts_with("dynalint.yaml:2:1: unknown field \"waivers\""),
            "{}",
            errors[0]
        );
    }

    #[test]
    fn account_ids_keep_their_zeros() {
        let config = read(
            "dynalint.yaml",
            "version: 1\ntrusted_accounts: [001234567890]\n",
        )
        .expect("reads");
        assert_eq!(config.trusted_accounts, ["001234567890"]);
    }
}
