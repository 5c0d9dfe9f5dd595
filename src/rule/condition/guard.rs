//! Which optional values a condition has shown to be there.
//!
//! `x != null`, `has(x)` and `"k" in map` are guards; `&&`, `||`, `!` and `?:` carry them on, and so do the names of
//! `let`. Paths are compared as they are written, with the fields in place of such names.

use super::local::{self, Named};
use super::syntax::{Ast, Operator, Syntax};

/// The paths that are there when the condition has this outcome.
pub(super) fn shown(ast: &Ast, outcome: bool, locals: &[Named]) -> Vec<String> {
    match (&ast.kind, outcome) {
        (Syntax::Not(inner), _) => shown(inner, !outcome, locals),
        (Syntax::And(parts), true) | (Syntax::Or(parts), false) => parts
            .iter()
            .flat_map(|part| shown(part, outcome, locals))
            .collect(),
        (Syntax::Binary(Operator::NotEqual, a, b), true)
        | (Syntax::Binary(Operator::Equal, a, b), false) => beside_null(a, b)
            .and_then(|value| path(value, locals))
            .into_iter()
            .collect(),
        (Syntax::Binary(Operator::In, key, map), true) => {
            entry(map, key, locals).into_iter().collect()
        }
        (Syntax::Call(None, name, args), true) if name.text == "has" => {
            args.iter().filter_map(|arg| path(arg, locals)).collect()
        }
        (Syntax::Name(name), _) => match (local::find(locals, name), outcome) {
            (Some(value), true) => value.shown_when_true.clone(),
            (Some(value), false) => value.shown_when_false.clone(),
            (None, _) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The operand beside a `null`.
pub(super) fn beside_null<'a>(left: &'a Ast, right: &'a Ast) -> Option<&'a Ast> {
    match (&left.kind, &right.kind) {
        (Syntax::Null, _) => Some(right),
        (_, Syntax::Null) => Some(left),
        _ => None,
    }
}

/// The spelling of a path: names, fields and literal keys.
pub(super) fn path(ast: &Ast, locals: &[Named]) -> Option<String> {
    match &ast.kind {
        Syntax::Name(name) => {
            let behind = local::find(locals, name).and_then(|value| value.path.clone());
            Some(behind.unwrap_or_else(|| name.clone()))
        }
        Syntax::Field(record, name) => Some(format!("{}.{}", path(record, locals)?, name.text)),
        Syntax::Key(map, key) => entry(map, key, locals),
        _ => None,
    }
}

/// The name that a path starts from.
pub(super) fn root(ast: &Ast) -> Option<&str> {
    match &ast.kind {
        Syntax::Name(name) => Some(name),
        Syntax::Field(inner, _) | Syntax::Key(inner, _) => root(inner),
        _ => None,
    }
}

fn entry(map: &Ast, key: &Ast, locals: &[Named]) -> Option<String> {
    match &key.kind {
        Syntax::Text(key) => Some(format!("{}[{key:?}]", path(map, locals)?)),
        _ => None,
    }
}
