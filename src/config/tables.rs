//! What people declare of tables.

use super::{Placed, Where};

/// Facts of the tables in some places; each may be left to another entry.
#[derive(Clone, Debug, Default)]
pub struct TableFacts {
    /// The tables: by name, by tags, or by both.
    pub place: Where,
    /// Where the entry stands, for people.
    pub origin: String,
    /// Who answers for them.
    pub owner: Option<Placed<String>>,
    /// The service that they belong to, in lower case.
    pub service: Option<Placed<String>>,
    /// The class of their data, in lower case.
    pub data_class: Option<Placed<String>>,
    /// How much of the latest changes may be lost, in seconds.
    pub rpo_s: Option<Placed<f64>>,
    /// How long it may take until they are back, in seconds.
    pub rto_s: Option<Placed<f64>>,
    /// The most read units a second that are expected.
    pub peak_reads_per_s: Option<Placed<f64>>,
    /// The most write units a second that are expected.
    pub peak_writes_per_s: Option<Placed<f64>>,
    /// Accounts that may be given access to them, beside those that may everywhere.
    pub trusted_accounts: Vec<String>,
}

/// What tells a table apart from others whose name is generated, and so another after each replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The value of a tag.
    Tag(String),
    /// The logical id in its CloudFormation stack, by the tags that CloudFormation gives.
    LogicalId,
}
