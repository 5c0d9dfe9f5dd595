//! The file as it is written, by key. What its values mean is read in `read.rs`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::yaml::Tree;

type ByName<T> = BTreeMap<String, T>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: u32,
    #[serde(default)]
    pub(super) targets: ByName<TargetFile>,
    pub(super) default_target: Option<String>,
    #[serde(default)]
    pub(super) environments: Vec<MatcherFile>,
    #[serde(default)]
    pub(super) tiers: Vec<MatcherFile>,
    #[serde(default)]
    pub(super) trusted_accounts: Vec<String>,
    #[serde(default)]
    pub(super) monitoring: MonitoringFile,
    #[serde(default)]
    pub(super) tables: Vec<TableFile>,
    #[serde(default)]
    pub(super) rules: ByName<RuleFile>,
    #[serde(default)]
    pub(super) overrides: Vec<OverrideFile>,
    #[serde(default)]
    pub(super) scope: ByName<ScopeFile>,
    pub(super) rule_folders: Option<Vec<String>>,
    pub(super) checklists: Option<Vec<String>>,
    #[serde(default)]
    pub(super) gate: GateFile,
    #[serde(default)]
    pub(super) output: Vec<String>,
    pub(super) identity: Option<IdentityFile>,
    #[serde(default)]
    pub(super) waivers: WaiversFile,
    #[serde(default)]
    pub(super) attestations: AttestationsFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TargetFile {
    pub(super) profile: Option<String>,
    pub(super) role_arn: Option<String>,
    pub(super) external_id: Option<String>,
    #[serde(default)]
    pub(super) regions: Vec<String>,
    pub(super) tables: Option<Vec<String>>,
    pub(super) endpoint_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatcherFile {
    pub(super) name: String,
    #[serde(default)]
    pub(super) tags: ByName<Vec<String>>,
    #[serde(default)]
    pub(super) tables: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MonitoringFile {
    #[serde(default)]
    pub(super) trusted_topics: Vec<String>,
    #[serde(default)]
    pub(super) eventbridge: bool,
    pub(super) external: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TableFile {
    pub(super) tables: Option<Vec<String>>,
    pub(super) tags: Option<ByName<Vec<String>>>,
    pub(super) owner: Option<String>,
    pub(super) service: Option<String>,
    pub(super) data_class: Option<String>,
    pub(super) rpo: Option<String>,
    pub(super) rto: Option<String>,
    pub(super) peak: Option<PeakFile>,
    #[serde(default)]
    pub(super) trusted_accounts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PeakFile {
    pub(super) reads: Option<f64>,
    pub(super) writes: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) level: Option<String>,
    #[serde(default)]
    pub(super) params: ByName<Tree>,
    pub(super) because: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OverrideFile {
    pub(super) tables: Option<Vec<String>>,
    pub(super) tags: Option<ByName<Vec<String>>>,
    pub(super) environments: Option<Vec<String>>,
    pub(super) tiers: Option<Vec<String>>,
    pub(super) accounts: Option<Vec<String>>,
    pub(super) regions: Option<Vec<String>>,
    pub(super) rules: ByName<RuleFile>,
    pub(super) because: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScopeFile {
    pub(super) level: String,
    pub(super) because: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GateFile {
    pub(super) fail_on: Option<String>,
    #[serde(default)]
    pub(super) allow_unknown: bool,
    #[serde(default)]
    pub(super) allow_empty: bool,
    pub(super) max_age: Option<String>,
    #[serde(default)]
    pub(super) strict_waivers: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdentityFile {
    pub(super) tag: Option<String>,
    pub(super) logical_id: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WaiversFile {
    pub(super) longest: Option<String>,
    pub(super) lapsing: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttestationsFile {
    pub(super) lapsing: Option<String>,
}
