//! What a project asks of its rules. Names, levels and values are as they are written: what they mean is for whoever
//! knows the rules.

use std::collections::BTreeMap;

use super::{Placed, Where};
use crate::yaml::Tree;

/// What is set of one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSetting {
    /// The rule, by a name that it has or had.
    pub rule: Placed<String>,
    /// A severity, or `off`.
    pub level: Option<Placed<String>>,
    /// Values of parameters, by name.
    pub params: BTreeMap<String, Placed<Tree>>,
    /// Why it is set so; there for `off` always.
    pub because: Option<String>,
}

/// What is set of rules in some places.
#[derive(Clone, Debug)]
pub struct Override {
    /// The places.
    pub place: Where,
    /// What is set there.
    pub rules: Vec<RuleSetting>,
    /// Where it stands, for people.
    pub origin: String,
}

/// An area or a service that is not looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfScope {
    /// `security`, `iam`, `backup`.
    pub name: Placed<String>,
    /// Why.
    pub because: String,
}
