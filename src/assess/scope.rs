//! What a configuration leaves out: areas, whose rules are not run, and services, whose calls are not made.

use std::collections::BTreeSet;

use crate::config::{Config, OutOfScope};
use crate::rule::Rule;
use crate::snapshot::operation::Operation;

/// The services that cannot be left out: without identity and tables there would be nothing to judge.
pub(super) const NEEDED: [&str; 2] = ["sts", "dynamodb"];

/// The services that can be left out.
pub(super) fn services() -> BTreeSet<&'static str> {
    let services = Operation::ALL.iter().map(|it| it.service());
    services
        .filter(|service| !NEEDED.contains(service))
        .collect()
}

/// What leaves a rule out: its area, or a service that a verdict of it needs.
pub fn leaves_out<'c>(config: &'c Config, rule: &Rule) -> Option<&'c OutOfScope> {
    let needs = Operation::run(&rule.operations());
    let leaves_out = |one: &&OutOfScope| {
        let name = one.name.value.as_str();
        rule.area.word() == name || needs.iter().any(|it| it.service() == name)
    };
    config.scope.iter().find(leaves_out)
}

/// Whether a call is of a service that is left out.
pub fn is_out_of_scope(config: &Config, operation: Operation) -> bool {
    let mut names = config.scope.iter().map(|one| one.name.value.as_str());
    names.any(|name| name == operation.service())
}
