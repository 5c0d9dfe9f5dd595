//! The language of conditions: a strict, typed subset of CEL with durations, sizes and a real unknown.
//!
//! Text becomes tokens, a syntax tree, and a checked [`Expr`] whose names are slots. Every condition ends; none looks
//! outside its roots. Evaluation is in [`crate::evaluate`].

mod check;
mod expr;
mod fault;
mod guard;
mod local;
mod parse;
pub mod pattern;
pub mod reference;
mod syntax;
mod token;

use std::collections::BTreeSet;

use self::check::Checker;
pub(crate) use self::check::{Uses, Variable, Written};
pub use self::expr::{Each, Expr, Fold, Kind, Lambda, TextTest};
pub use self::fault::Fault;
pub use self::local::Local;
use self::local::NamedValue;
pub(crate) use self::local::{MAX_LOCALS, Named};
pub use self::syntax::Operator;
pub(crate) use self::token::duration;
use super::param::{Demand, Param};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Type;

/// A checked condition.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    expr: Expr,
    uses: Uses,
    /// How deep it is nested, the names of `let` in it included.
    depth: usize,
}

/// What a condition may name.
#[derive(Clone, Copy)]
pub(crate) struct Names<'r> {
    /// Roots, by slot of the frame.
    pub(crate) variables: &'r [Variable],
    pub(crate) params: &'r [Param],
    /// The names of `let`, by their place.
    pub(crate) locals: &'r [Named],
    /// Paths that are there whenever this condition is looked at.
    pub(crate) shown: &'r [String],
}

impl Condition {
    /// Checks a condition that must be true or false.
    pub(crate) fn new(text: &str, names: Names<'_>) -> Result<Condition, Vec<Fault>> {
        let ast = parse::parse(text).map_err(|fault| vec![fault])?;
        let mut checker = names.checker();
        let expr = checker.truth(&ast).ok();
        let condition = finish(text, expr, checker, ast.depth)?;
        if condition.expr.is_detached() {
            let message = "looks at nothing of the subject";
            return Err(vec![Fault::new(0, text.len(), message)]);
        }
        Ok(condition)
    }

    /// The paths that are there when a condition is true, whatever is wrong with it.
    pub(crate) fn guards(text: &str, names: Names<'_>) -> Vec<String> {
        let ast = parse::parse(text);
        ast.map(|ast| guard::shown(&ast, true, names.locals))
            .unwrap_or_default()
    }

    /// Checks a value that gets a name: of any type, perhaps absent.
    pub(crate) fn named(
        name: &str,
        text: &str,
        names: Names<'_>,
    ) -> Result<NamedValue, Vec<Fault>> {
        let ast = parse::parse(text).map_err(|fault| vec![fault])?;
        let mut checker = names.checker();
        checker.needs = Some(BTreeSet::new());
        let typed = checker.value(&ast).ok();
        let needs = checker.needs.take().unwrap_or_default();
        let known = typed.as_ref().map(|typed| {
            let (origin, written) = (checker.origin(&typed.expr), checker.written(&typed.expr));
            (typed.ty.clone(), typed.optional, origin, written)
        });
        let condition = finish(text, typed.map(|typed| typed.expr), checker, ast.depth)?;
        let Some((ty, optional, origin, written)) = known else {
            return Err(Vec::new());
        };
        Ok(NamedValue {
            ty,
            optional,
            needs,
            origin,
            written,
            ..NamedValue::new(name, condition, &ast, names)
        })
    }

    /// Checks a value that a message shows: of any type, perhaps absent.
    pub(crate) fn shown_value(text: &str, names: Names<'_>) -> Result<Condition, Vec<Fault>> {
        let ast = parse::parse(text).map_err(|fault| vec![fault])?;
        let mut checker = names.checker();
        checker.lenient = true;
        let typed = checker.value(&ast).ok();
        finish(text, typed.map(|typed| typed.expr), checker, ast.depth)
    }

    /// Checks a path to a list, and gives the type of its elements.
    pub(crate) fn list(text: &str, names: Names<'_>) -> Result<(Condition, Type), Vec<Fault>> {
        let ast = parse::parse(text).map_err(|fault| vec![fault])?;
        let mut checker = names.checker();
        let typed = checker.value(&ast).ok();
        let ty = typed.as_ref().map(|typed| typed.ty.clone());
        let optional = typed.as_ref().is_some_and(|typed| typed.optional);
        let condition = finish(text, typed.map(|typed| typed.expr), checker, ast.depth)?;
        let is_path = !condition
            .expr
            .any(&|kind| !matches!(kind, Kind::Field(..) | Kind::Variable(..)));
        match ty {
            Some(Type::List(element)) if is_path && !optional => Ok((condition, *element)),
            _ => {
                let message = "expected a list of the table or the account";
                let hint = "as in \"index in table.indexes\"";
                let fault = Fault::new(0, text.len(), message).hinted(Some(hint));
                Err(vec![fault])
            }
        }
    }

    /// The condition as it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The checked tree.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The text of a part of it.
    pub fn spelling(&self, expr: &Expr) -> &str {
        self.text.get(expr.start..expr.end).unwrap_or_default()
    }

    /// The calls whose answers it looks at.
    pub fn operations(&self) -> &BTreeSet<Operation> {
        &self.uses.operations
    }

    /// The fields and methods it looks at, as dotted paths.
    pub fn fields(&self) -> &BTreeSet<String> {
        &self.uses.fields
    }

    /// The params it uses, by index.
    pub(crate) fn params(&self) -> &BTreeSet<usize> {
        &self.uses.params
    }

    /// The names of `let` that it uses, by their place, those behind them included.
    pub(crate) fn locals(&self) -> &BTreeSet<usize> {
        &self.uses.locals
    }

    /// What it wants of the texts of params.
    pub(crate) fn demands(&self) -> &[(usize, Demand)] {
        &self.uses.demands
    }
}

impl<'r> Names<'r> {
    fn checker(self) -> Checker<'r> {
        Checker {
            params: self.params,
            locals: self.locals,
            variables: self.variables.to_vec(),
            shown: self.shown.to_vec(),
            lenient: false,
            needs: None,
            uses: Uses::default(),
            faults: Vec::new(),
        }
    }
}

fn finish(
    text: &str,
    expr: Option<Expr>,
    checker: Checker<'_>,
    depth: usize,
) -> Result<Condition, Vec<Fault>> {
    let behind = checker.uses.locals.iter().filter_map(|local| {
        let value = checker.locals.get(*local)?.value.as_ref()?;
        Some(value.depth)
    });
    let depth = depth + behind.max().unwrap_or(0);
    let mut faults = checker.faults;
    if depth > parse::MAX_DEPTH {
        let message = format!(
            "nested deeper than {} levels with what its names stand for",
            parse::MAX_DEPTH
        );
        faults.push(Fault::new(0, text.len(), message));
    }
    let mut uses = checker.uses;
    let paths = uses.fields.clone();
    let has_longer = |path: &String| {
        let inner = format!("{path}.");
        paths.iter().any(|other| other.starts_with(&inner))
    };
    uses.fields.retain(|path| !has_longer(path));
    match expr {
        Some(expr) if faults.is_empty() => Ok(Condition {
            text: text.to_owned(),
            expr,
            uses,
            depth,
        }),
        _ => {
            faults.sort_by_key(|fault| fault.start);
            Err(faults)
        }
    }
}
