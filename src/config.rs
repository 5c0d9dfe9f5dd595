//! `dynalint.yaml`: what no API can tell, and what a project asks of its rules.
//!
//! Everything in it is optional. What is not declared has a strict built-in default, and reports say which it was. What is
//! wrong in itself is told here; names of rules, levels, areas and formats are kept as they are written, with their
//! places, for those who know what there is.

mod duration;
mod file;
mod place;
mod read;
mod rules;
mod run;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

pub use self::duration::seconds;
pub use self::place::{Asked, Match, Where};
pub use self::rules::{OutOfScope, Override, RuleSetting};
pub use self::run::{GateDefaults, Lapses, Target};
pub use self::tables::{Identity, TableFacts};
use crate::yaml::{SourceError, Spans};

/// The JSON Schema of the file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(file::File)
}

/// The configuration in force.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where live facts are read from, by name.
    pub targets: BTreeMap<String, Target>,
    /// The target that is taken where none is named.
    pub default_target: Option<String>,
    /// How tables get their environment, first match first.
    pub environments: Vec<Matcher>,
    /// How tables get their tier, first match first.
    pub tiers: Vec<Matcher>,
    /// Accounts that may be given access.
    pub trusted_accounts: Vec<String>,
    /// Monitoring that no API of AWS shows.
    pub monitoring: Monitoring,
    /// What is declared of tables; for each fact the first entry that matches and gives it.
    pub tables: Vec<TableFacts>,
    /// What holds of rules everywhere.
    pub rules: Vec<RuleSetting>,
    /// What holds of rules in some places; later ones win.
    pub overrides: Vec<Override>,
    /// Areas and services that are not looked at.
    pub scope: Vec<OutOfScope>,
    /// Folders with rules of the project; `None` where the file does not say.
    pub rule_folders: Option<Vec<PathBuf>>,
    /// Folders with checklists of the project; `None` where the file does not say.
    pub checklists: Option<Vec<PathBuf>>,
    /// What the gate is to count, where no flag says so.
    pub gate: GateDefaults,
    /// Files that every report goes to, as `--output` takes them.
    pub output: Vec<Placed<String>>,
    /// What tells tables apart whose names are generated.
    pub identity: Option<Identity>,
    /// How long waivers may live.
    pub waivers: Lapses,
    /// When attestations are said to lapse soon.
    pub attestations: Lapses,
    /// The places of the file it was read from.
    spans: Option<Arc<Spans>>,
}

/// A value of the file and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its path in the file, as [`Config::error`] takes it.
    pub path: String,
    /// For people: `dynalint.yaml:12`.
    pub origin: String,
}

/// A value and the tables that have it: by name or by any of the tags.
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

/// The words by which an environment says that it is not production. Any other word may be somebody's production.
pub const NOT_PRODUCTION: [&str; 16] = [
    "ci",
    "demo",
    "dev",
    "develop",
    "development",
    "integration",
    "local",
    "playground",
    "poc",
    "qa",
    "sandbox",
    "stage",
    "staging",
    "test",
    "testing",
    "uat",
];

/// One word for production, whatever it is called; others as they are, in lower case.
pub fn environment_word(word: &str) -> String {
    let word = word.trim().to_ascii_lowercase();
    match word.as_str() {
        "production" | "live" | "prd" => "prod".to_owned(),
        _ => word,
    }
}

/// Reads a configuration.
///
/// # Errors
/// Everything that is wrong with it, each mistake with its place.
pub fn read(file: &str, text: &str) -> Result<Config, Vec<SourceError>> {
    match read_all(file, text) {
        (config, errors) if errors.is_empty() => Ok(config),
        (_, errors) => Err(errors),
    }
}

/// Reads what can be read of a configuration, and everything that is wrong with it: so that others can say what they
/// find wrong in one go with it.
pub fn read_all(file: &str, text: &str) -> (Config, Vec<SourceError>) {
    read::read(file, text)
}

impl Config {
    /// A mistake in a value of the file that was found later.
    pub fn error(&self, path: &str, message: impl Into<String>) -> SourceError {
        match &self.spans {
            Some(spans) => spans.error(path, message),
            None => SourceError::of_file(NAME, message),
        }
    }

    /// A mistake in a key of the file that was found later.
    pub fn key_error(&self, path: &str, message: impl Into<String>) -> SourceError {
        match &self.spans {
            Some(spans) => spans.key_error(path, message),
            None => SourceError::of_file(NAME, message),
        }
    }

    /// The line of a target in the file, from 1.
    pub fn line_of_target(&self, name: &str) -> usize {
        self.key_error(&format!("targets.{name}"), "").line
    }
}

/// The name of the file.
pub const NAME: &str = "dynalint.yaml";

/// The file without its folders, which are nobody's business in a shared report, and the line.
fn origin(spans: &Spans, path: &str) -> String {
    let file = std::path::Path::new(spans.file()).file_name();
    let file = file.map_or_else(|| NAME.into(), |name| name.to_string_lossy());
    format!("{file}:{}", spans.at(path).0)
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

/// Whether it is a URL of a host.
pub fn is_url(text: &str) -> bool {
    let rest = ["http://", "https://"].iter();
    let host = rest.filter_map(|scheme| text.strip_prefix(scheme)).next();
    host.is_some_and(|host| !host.is_empty() && !host.contains(char::is_whitespace))
}
