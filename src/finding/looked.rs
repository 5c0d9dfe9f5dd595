//! What a run looked at: without it, nobody can tell "it is not there any more" from "nobody looked".
//!
//! Says nothing of what was found.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Verdict};
use crate::snapshot::Scope;

/// What a run looked at.
#[derive(Clone, Debug, Default)]
pub struct Looked {
    is_narrowed: bool,
    /// Whether the project has accounts beside those that were looked at.
    has_others: bool,
    /// The rules that were not run, and those whose subjects could not all be listed.
    not_at: BTreeSet<String>,
    scopes: Vec<Scope>,
}

impl Looked {
    /// A run of `rules`, each with the kind of its subjects, over these accounts and regions. `left_out` are the rules
    /// that were not run; `is_narrowed` is whether tables were left out. Where things could not be listed, their rule
    /// has an unknown result about what they belong to, which is of another kind.
    pub fn new(
        rules: &BTreeMap<&str, &str>,
        left_out: BTreeSet<String>,
        is_narrowed: bool,
        scopes: Vec<Scope>,
        findings: &[Finding],
    ) -> Looked {
        let unlisted = |finding: &&Finding| {
            let kind = rules.get(&*finding.rule);
            let is_other = kind.is_some_and(|kind| *kind != finding.subject.kind);
            finding.verdict == Verdict::Unknown && is_other
        };
        let unlisted = findings.iter().filter(unlisted);
        let mut not_at = left_out;
        not_at.extend(unlisted.map(|finding| finding.rule.clone()));
        Looked {
            is_narrowed,
            has_others: false,
            not_at,
            scopes,
        }
    }

    /// The same, where the project may have accounts beside these.
    #[must_use]
    pub fn among_others(self, has_others: bool) -> Looked {
        Looked { has_others, ..self }
    }

    /// Whether the project has no other account, as far as is known.
    pub fn is_whole(&self) -> bool {
        !self.has_others
    }

    /// Whether the rule was run on everything that it speaks of. So it is of a rule that there is no more.
    pub fn at_all_of(&self, rule: &str) -> bool {
        !self.is_narrowed && !self.not_at.contains(rule)
    }

    /// Whether such an account was looked at, in such a region.
    pub fn at_place(&self, account: impl Fn(&str) -> bool, region: impl Fn(&str) -> bool) -> bool {
        let so = |scope: &&Scope| account(&scope.account);
        let mut scopes = self.scopes.iter().filter(so);
        scopes.any(|scope| scope.regions.iter().any(|it| region(it)))
    }
}
