//! The file as it is written, by key. What its values mean is read in `read.rs`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::yaml::Tree;

type ByName<T> = BTreeMap<String, T>;

/// What a project tells dynalint: what no API can, and what it asks of the rules.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Config")]
pub(super) struct File {
    /// The version of the format: 1.
    pub(super) version: u32,
    /// Where live facts are read from, by name.
    #[serde(default)]
    pub(super) targets: ByName<TargetFile>,
    /// The target that is taken where --target names none.
    pub(super) default_target: Option<String>,
    /// How tables get their environment: the first entry that matches.
    #[serde(default)]
    pub(super) environments: Vec<MatcherFile>,
    /// How tables get their tier: the first entry that matches. Names: critical, standard, starter, ephemeral.
    #[serde(default)]
    pub(super) tiers: Vec<MatcherFile>,
    /// Account ids that may be given access to any table.
    #[serde(default)]
    pub(super) trusted_accounts: Vec<String>,
    /// Monitoring that no API of AWS shows.
    #[serde(default)]
    pub(super) monitoring: MonitoringFile,
    /// What people declare of tables; for each fact the first entry that matches and gives it.
    #[serde(default)]
    pub(super) tables: Vec<TableFile>,
    /// What holds of rules everywhere, by their id.
    #[serde(default)]
    pub(super) rules: ByName<RuleFile>,
    /// What holds of rules in some places; later entries win.
    #[serde(default)]
    pub(super) overrides: Vec<OverrideFile>,
    /// Areas and services of AWS that are not looked at.
    #[serde(default)]
    pub(super) scope: ByName<ScopeFile>,
    /// Folders with rules of your own, from this file. Without it: dynalint/rules.
    pub(super) rule_folders: Option<Vec<String>>,
    /// Folders with checklists of your own, from this file. Without it: dynalint/checklists.
    pub(super) checklists: Option<Vec<String>>,
    /// What decides the exit code, where no flag says so.
    #[serde(default)]
    pub(super) gate: GateFile,
    /// Files that every report goes to, as --output takes them: json:report.json.
    #[serde(default)]
    pub(super) output: Vec<String>,
    /// What a table is known by across runs, where its name is generated.
    pub(super) identity: Option<IdentityFile>,
    /// How long waivers may hold.
    #[serde(default)]
    pub(super) waivers: WaiversFile,
    /// When signatures are told to lapse.
    #[serde(default)]
    pub(super) attestations: AttestationsFile,
}

/// Where live facts are read from.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Target")]
pub(super) struct TargetFile {
    /// A profile of the AWS configuration.
    pub(super) profile: Option<String>,
    /// A role to take on.
    pub(super) role_arn: Option<String>,
    /// The external id that the role asks for.
    pub(super) external_id: Option<String>,
    /// Regions.
    #[serde(default)]
    pub(super) regions: Vec<String>,
    /// Names of tables, * for any run of characters.
    pub(super) tables: Option<Vec<String>>,
    /// Another endpoint, such as an emulator's.
    pub(super) endpoint_url: Option<String>,
}

/// A word, and the tables that have it: by name or by tag.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Matcher")]
pub(super) struct MatcherFile {
    /// The word.
    pub(super) name: String,
    /// Tag keys, and the values any of which matches.
    #[serde(default)]
    pub(super) tags: ByName<Vec<String>>,
    /// Names of tables, * for any run of characters.
    #[serde(default)]
    pub(super) tables: Vec<String>,
}

/// Monitoring that no API of AWS shows: it counts as declared, and reports say so.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Monitoring")]
pub(super) struct MonitoringFile {
    /// ARNs of topics that reach someone although their subscribers cannot be read, * for any run of characters.
    #[serde(default)]
    pub(super) trusted_topics: Vec<String>,
    /// Whether EventBridge rules bring the state changes of every alarm to someone.
    #[serde(default)]
    pub(super) eventbridge: bool,
    /// The product outside AWS that watches the tables.
    pub(super) external: Option<String>,
}

/// What people declare of some tables.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TableFacts")]
pub(super) struct TableFile {
    /// Names of tables, * for any run of characters.
    pub(super) tables: Option<Vec<String>>,
    /// Tag keys, and the values any of which matches.
    pub(super) tags: Option<ByName<Vec<String>>>,
    /// Who answers for them.
    pub(super) owner: Option<String>,
    /// The service that they belong to.
    pub(super) service: Option<String>,
    /// The class of their data.
    pub(super) data_class: Option<String>,
    /// How much data may be lost, as a time: 5m.
    pub(super) rpo: Option<String>,
    /// How long a restore may take: 1h.
    pub(super) rto: Option<String>,
    /// The load at its highest.
    pub(super) peak: Option<PeakFile>,
    /// Account ids that may be given access to these tables.
    #[serde(default)]
    pub(super) trusted_accounts: Vec<String>,
}

/// The load at its highest, in capacity units a second.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Peak")]
pub(super) struct PeakFile {
    /// Read units a second.
    pub(super) reads: Option<f64>,
    /// Write units a second.
    pub(super) writes: Option<f64>,
}

/// What holds of a rule.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RuleSetting")]
pub(super) struct RuleFile {
    /// The severity, or off: critical, high, medium, low, info, off.
    pub(super) level: Option<String>,
    /// Values of its parameters, by name.
    #[serde(default)]
    pub(super) params: ByName<Tree>,
    /// Why; needed where it is turned off.
    pub(super) because: Option<String>,
}

/// What holds of rules in some places: all that is given must match.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Override")]
pub(super) struct OverrideFile {
    /// Names of tables, * for any run of characters.
    pub(super) tables: Option<Vec<String>>,
    /// Tag keys, and the values any of which matches.
    pub(super) tags: Option<ByName<Vec<String>>>,
    /// Environments.
    pub(super) environments: Option<Vec<String>>,
    /// Tiers.
    pub(super) tiers: Option<Vec<String>>,
    /// Account ids.
    pub(super) accounts: Option<Vec<String>>,
    /// Regions.
    pub(super) regions: Option<Vec<String>>,
    /// What holds of rules there, by their id.
    pub(super) rules: ByName<RuleFile>,
    /// Why.
    pub(super) because: Option<String>,
}

/// An area or a service that is not looked at.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OutOfScope")]
pub(super) struct ScopeFile {
    /// off
    pub(super) level: String,
    /// Why; shown in each report.
    pub(super) because: Option<String>,
}

/// What decides the exit code, where no flag says so.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Gate")]
pub(super) struct GateFile {
    /// Failures of this severity and worse count: critical, high, medium, low, never.
    pub(super) fail_on: Option<String>,
    /// Whether not knowing is accepted.
    #[serde(default)]
    pub(super) allow_unknown: bool,
    /// Whether finding nothing to check is accepted.
    #[serde(default)]
    pub(super) allow_empty: bool,
    /// How old a saved snapshot may be: 24h.
    pub(super) max_age: Option<String>,
    /// Whether waivers that match nothing fail the run.
    #[serde(default)]
    pub(super) strict_waivers: bool,
}

/// What a table is known by, instead of its name.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Identity")]
pub(super) struct IdentityFile {
    /// The value of this tag.
    pub(super) tag: Option<String>,
    /// Its logical id and stack in CloudFormation.
    pub(super) logical_id: Option<bool>,
}

/// How long waivers may hold.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Waivers")]
pub(super) struct WaiversFile {
    /// The longest life of a waiver: 180d.
    pub(super) longest: Option<String>,
    /// How long before its end a waiver is told to lapse: 14d.
    pub(super) lapsing: Option<String>,
}

/// When signatures are told to lapse.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Attestations")]
pub(super) struct AttestationsFile {
    /// How long before its end a signature is told to lapse: 14d.
    pub(super) lapsing: Option<String>,
}
