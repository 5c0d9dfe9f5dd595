//! The names that a rule gives to values with `let`.
//!
//! A name stands for its value wherever it is used: what it looks at counts as looked at there, and what is shown of it
//! is shown of the fields behind it. Its value is worked out when it is first needed, once for a subject.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::check::{Uses, Written};
use super::syntax::Ast;
use super::{Condition, Names, guard};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Type;

/// The most names of a rule.
pub(crate) const MAX_LOCALS: usize = 32;

/// A named value.
#[derive(Clone, Debug)]
pub struct Local {
    /// The name.
    pub name: String,
    /// What it stands for.
    pub condition: Condition,
    /// Whether it looks at nothing of the subject, nor at the time.
    pub(super) is_detached: bool,
    /// Whether it can only have one value.
    pub(super) is_constant: bool,
    /// The call that tells it.
    pub(super) source: Option<Operation>,
}

/// A name of `let` as conditions after it see it.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Nothing where its own mistakes have been told.
    pub(crate) value: Option<NamedValue>,
}

/// What is known of a named value.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    pub(super) local: Arc<Local>,
    pub(super) ty: Type,
    pub(super) optional: bool,
    /// What must be there wherever the name is used.
    pub(super) needs: BTreeSet<String>,
    /// The field or entry that it is, as guards spell it.
    pub(super) path: Option<String>,
    /// The paths that are there when it is true.
    pub(super) shown_when_true: Vec<String>,
    /// The paths that are there when it is false.
    pub(super) shown_when_false: Vec<String>,
    /// Where its fields are found in the docs.
    pub(super) origin: Option<String>,
    pub(super) written: Written,
    pub(super) uses: Uses,
    /// How deep it is nested, the names in it included.
    pub(super) depth: usize,
}

impl NamedValue {
    pub(super) fn new(name: &str, condition: Condition, ast: &Ast, names: Names<'_>) -> NamedValue {
        let of_outcome = |outcome: bool| {
            let mut shown = guard::shown(ast, outcome, names.locals);
            shown.sort();
            shown.dedup();
            shown
        };
        let expr = condition.expr();
        NamedValue {
            ty: Type::Bool,
            optional: false,
            needs: BTreeSet::new(),
            path: guard::path(ast, names.locals),
            shown_when_true: of_outcome(true),
            shown_when_false: of_outcome(false),
            origin: None,
            written: Written::default(),
            uses: condition.uses.clone(),
            depth: condition.depth,
            local: Arc::new(Local {
                name: name.to_owned(),
                is_detached: expr.is_detached(),
                is_constant: expr.is_constant(),
                source: expr.source(),
                condition,
            }),
        }
    }
}

/// The value of this name.
pub(super) fn find<'n>(locals: &'n [Named], name: &str) -> Option<&'n NamedValue> {
    let found = locals.iter().find(|local| local.name == name)?;
    found.value.as_ref()
}
