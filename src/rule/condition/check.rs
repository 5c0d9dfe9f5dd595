//! Checks a condition against the field tables and resolves its names to slots.
//!
//! What gets through cannot misspell a field, compare what cannot be compared, or use an absent value: at run time only
//! unknowns remain. All mistakes of a condition are told at once.

mod ask;
mod call;
mod name;
mod operator;
mod written;

use std::collections::BTreeSet;

pub(crate) use self::written::Written;
use super::expr::{Expr, Kind};
use super::fault::Fault;
use super::guard;
use super::local::Named;
use super::syntax::{Ast, Name, Syntax};
use crate::rule::param::{Demand, Param};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Type;
use crate::yaml::did_you_mean;

/// A mistake was found and noted.
pub(super) struct Noted;

type Checked<T> = Result<T, Noted>;

/// A checked part, its type, and whether it may be absent.
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) ty: Type,
    pub(super) optional: bool,
}

/// A name that conditions can use: a root, or the variable of a lambda.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Where its fields are found in the docs: `table.indexes` for each index.
    pub(crate) origin: String,
    /// What of it is written in the rule.
    pub(crate) written: Written,
    /// Whether it is the variable of a lambda.
    pub(crate) is_element: bool,
}

/// What a condition looks at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) operations: BTreeSet<Operation>,
    pub(crate) fields: BTreeSet<String>,
    pub(crate) params: BTreeSet<usize>,
    pub(crate) locals: BTreeSet<usize>,
    pub(crate) demands: Vec<(usize, Demand)>,
}

impl Uses {
    fn add(&mut self, other: &Uses) {
        self.operations.extend(&other.operations);
        self.fields.extend(other.fields.iter().cloned());
        self.params.extend(&other.params);
        self.locals.extend(&other.locals);
        // Names that use names twice would double them at each step.
        for demand in &other.demands {
            if !self.demands.contains(demand) {
                self.demands.push(*demand);
            }
        }
    }
}

pub(super) struct Checker<'r> {
    pub(super) params: &'r [Param],
    pub(super) locals: &'r [Named],
    pub(super) variables: Vec<Variable>,
    /// Paths that have been shown to be there.
    pub(super) shown: Vec<String>,
    /// Messages may show absent values.
    pub(super) lenient: bool,
    /// Of a value that gets a name: what may be absent in it, for whoever uses the name to guard.
    pub(super) needs: Option<BTreeSet<String>>,
    pub(super) uses: Uses,
    pub(super) faults: Vec<Fault>,
}

impl Checker<'_> {
    fn note<T>(&mut self, fault: Fault) -> Checked<T> {
        self.faults.push(fault);
        Err(Noted)
    }

    fn wrong<T>(&mut self, ast: &Ast, message: impl Into<String>) -> Checked<T> {
        self.note(Fault::new(ast.start, ast.end, message))
    }

    fn wrong_hinted<T>(&mut self, ast: &Ast, message: String, hint: &str) -> Checked<T> {
        self.note(Fault::new(ast.start, ast.end, message).hinted(Some(hint)))
    }

    fn unknown<T>(&mut self, what: String, name: &Name, known: Vec<&str>) -> Checked<T> {
        let hint = did_you_mean(&name.text, known);
        self.note(Fault::new(name.start, name.end, what).hinted(hint))
    }

    /// A condition that is true or false, and not always the same.
    pub(super) fn truth(&mut self, ast: &Ast) -> Checked<Expr> {
        let expr = self.bool(ast)?;
        if expr.is_constant() {
            return self.wrong(ast, "always has the same value");
        }
        Ok(expr)
    }

    fn bool(&mut self, ast: &Ast) -> Checked<Expr> {
        let typed = self.present(ast)?;
        if typed.ty != Type::Bool {
            let message = format!("expected true or false, found {}", typed.ty);
            let hint = match typed.ty {
                Type::List(_) | Type::Map => "ask for its size, or for its elements",
                _ => "compare it with something",
            };
            return self.wrong_hinted(ast, message, hint);
        }
        Ok(typed.expr)
    }

    /// A value that is there.
    fn present(&mut self, ast: &Ast) -> Checked<Typed> {
        let typed = self.value(ast)?;
        if typed.optional && !self.lenient && !self.is_left_to_users(ast) {
            let message = format!("{} may be absent", spelled(ast));
            let hint = "guard it with \"!= null\" or give \".orValue(…)\"";
            return self.wrong_hinted(ast, message, hint);
        }
        Ok(typed)
    }

    /// Whether a name is being given here, and whoever uses it can guard this part of its value.
    fn is_left_to_users(&mut self, ast: &Ast) -> bool {
        let of_subject = |name: &str| {
            !self
                .variables
                .iter()
                .any(|v| v.is_element && v.name == name)
        };
        let path =
            guard::path(ast, self.locals).filter(|_| guard::root(ast).is_some_and(of_subject));
        match (&mut self.needs, path) {
            (Some(needs), Some(path)) => {
                needs.insert(path);
                true
            }
            (None, _) | (_, None) => false,
        }
    }

    fn of_type(&mut self, ast: &Ast, wanted: &Type) -> Checked<Expr> {
        let typed = self.present(ast)?;
        if typed.ty != *wanted {
            let message = format!("expected {wanted}, found {}", typed.ty);
            return self.wrong(ast, message);
        }
        Ok(typed.expr)
    }

    /// Checks while some paths are known to be there.
    fn given<T>(
        &mut self,
        present: Vec<String>,
        check: impl FnOnce(&mut Self) -> Checked<T>,
    ) -> Checked<T> {
        let before = self.shown.len();
        self.shown.extend(present);
        let checked = check(self);
        self.shown.truncate(before);
        checked
    }

    pub(super) fn value(&mut self, ast: &Ast) -> Checked<Typed> {
        let plain = |kind, ty| Ok(typed(ast, kind, ty));
        match &ast.kind {
            Syntax::Null => self.wrong_hinted(
                ast,
                "null has no value".to_owned(),
                "compare it with \"==\" or \"!=\"",
            ),
            Syntax::Bool(value) => plain(Kind::Bool(*value), Type::Bool),
            Syntax::Number(value) => plain(Kind::Number(*value), Type::Number),
            Syntax::Duration(value) => plain(Kind::Duration(*value), Type::Duration),
            Syntax::Text(text) => plain(Kind::Text(text.clone()), Type::Text),
            Syntax::List(items) => self.list(ast, items),
            Syntax::Name(name) => self.name(ast, name),
            Syntax::Field(record, name) => self.field(ast, record, name),
            Syntax::Key(map, key) => self.entry(ast, map, key),
            Syntax::Call(receiver, name, args) => self.call(ast, receiver.as_deref(), name, args),
            Syntax::Not(inner) => {
                let inner = self.truth(inner)?;
                plain(Kind::Not(Box::new(inner)), Type::Bool)
            }
            Syntax::Negative(inner) => self.negative(ast, inner),
            Syntax::And(parts) => {
                let parts = self.parts(parts, true)?;
                plain(Kind::And(parts), Type::Bool)
            }
            Syntax::Or(parts) => {
                let parts = self.parts(parts, false)?;
                plain(Kind::Or(parts), Type::Bool)
            }
            Syntax::Binary(operator, left, right) => self.binary(ast, *operator, left, right),
            Syntax::Choose(test, yes, no) => self.choose(ast, test, yes, no),
        }
    }

    /// The parts of `&&` (or `||`): each is looked at when those before were true (or false).
    fn parts(&mut self, parts: &[Ast], outcome: bool) -> Checked<Vec<Expr>> {
        let before = self.shown.len();
        let mut checked = Vec::new();
        for part in parts {
            checked.push(self.truth(part));
            self.shown.extend(guard::shown(part, outcome, self.locals));
        }
        self.shown.truncate(before);
        checked.into_iter().collect()
    }

    fn choose(&mut self, ast: &Ast, test: &Ast, yes: &Ast, no: &Ast) -> Checked<Typed> {
        let checked_test = self.truth(test);
        let [when_true, when_false] =
            [true, false].map(|outcome| guard::shown(test, outcome, self.locals));
        let checked_yes = self.given(when_true, |check| check.present(yes));
        let checked_no = self.given(when_false, |check| check.present(no));
        let (test, yes, no) = (checked_test?, checked_yes?, checked_no?);
        if yes.ty != no.ty {
            let message = format!("one branch is {}, the other {}", yes.ty, no.ty);
            return self.wrong(ast, message);
        }
        let kind = Kind::Choose(Box::new(test), Box::new(yes.expr), Box::new(no.expr));
        Ok(typed(ast, kind, yes.ty))
    }

    fn list(&mut self, ast: &Ast, items: &[Ast]) -> Checked<Typed> {
        let checked: Vec<_> = items.iter().map(|item| self.present(item)).collect();
        let items = checked.into_iter().collect::<Checked<Vec<Typed>>>()?;
        let Some(first) = items.first().map(|item| item.ty.clone()) else {
            return self.wrong(ast, "an empty list has no type");
        };
        if let Some(other) = items.iter().find(|item| item.ty != first) {
            let message = format!("a list of {first} cannot hold {}", other.ty);
            return self.wrong(ast, message);
        }
        let parts = items.into_iter().map(|item| item.expr).collect();
        Ok(typed(ast, Kind::List(parts), Type::List(Box::new(first))))
    }
}

fn typed(ast: &Ast, kind: Kind, ty: Type) -> Typed {
    let expr = Expr {
        kind,
        start: ast.start,
        end: ast.end,
    };
    Typed {
        expr,
        ty,
        optional: false,
    }
}

fn spelled(ast: &Ast) -> String {
    guard::path(ast, &[]).map_or_else(|| "the value".to_owned(), |path| format!("\"{path}\""))
}
