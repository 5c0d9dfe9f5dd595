//! How a project runs: against what, and what decides.

use std::time::Duration;

use super::Placed;

/// Where live facts are read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Profile of the AWS configuration.
    pub profile: Option<String>,
    /// Role to take on.
    pub role_arn: Option<String>,
    /// External id that the role asks for.
    pub external_id: Option<String>,
    /// Regions; none is that of the profile.
    pub regions: Vec<String>,
    /// Patterns of table names; none is every table.
    pub tables: Vec<String>,
    /// Another endpoint, such as an emulator's.
    pub endpoint_url: Option<String>,
}

/// What the gate is to count, where no flag says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateDefaults {
    /// A severity, or `never`.
    pub fail_on: Option<Placed<String>>,
    /// Whether not knowing is accepted.
    pub allow_unknown: bool,
    /// Whether a run that found nothing to judge is all right.
    pub allow_empty: bool,
    /// How old a saved snapshot may be.
    pub max_age: Option<Duration>,
    /// Whether a waiver that matches nothing fails the run.
    pub strict_waivers: bool,
}

/// How long what people sign may live, in days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lapses {
    /// The longest life; `None` where the file does not say.
    pub longest_days: Option<u32>,
    /// From so many days before the end on, it is said that it lapses; `None` where the file does not say.
    pub lapsing_days: Option<u32>,
}
