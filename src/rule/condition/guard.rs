//! Which optional values a condition has shown to be there.
//!
//! `x != null`, `has(x)` and `"k" in map` are guards; `&&`, `||`, `!` and `?:` carry them on. Paths are compared as they
//! are written.

use super::syntax::{Ast, Operator, Syntax};

/// The paths that are there when the condition has this outcome.
pub(super) fn shown(ast: &Ast, outcome: bool) -> Vec<String> {
    match (&ast.kind, outcome) {
        (Syntax::Not(inner), _) => shown(inner, !outcome),
        (Syntax::And(parts), true) | (Syntax::Or(parts), false) => {
            parts.iter().flat_map(|part| shown(part, outcome)).collect()
        }
        (Syntax::Binary(Operator::NotEqual, a, b), true)
        | (Syntax::Binary(Operator::Equal, a, b), false) => {
            beside_null(a, b).and_then(path).into_iter().collect()
        }
        (Syntax::Binary(Operator::In, key, map), true) => entry(map, key).into_iter().collect(),
        (Syntax::Call(None, name, args), true) if name.text == "has" => {
            args.iter().filter_map(path).collect()
        }
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
pub(super) fn path(ast: &Ast) -> Option<String> {
    match &ast.kind {
        Syntax::Name(name) => Some(name.clone()),
        Syntax::Field(record, name) => Some(format!("{}.{}", path(record)?, name.text)),
        Syntax::Key(map, key) => entry(map, key),
        _ => None,
    }
}

fn entry(map: &Ast, key: &Ast) -> Option<String> {
    match &key.kind {
        Syntax::Text(key) => Some(format!("{}[{key:?}]", path(map)?)),
        _ => None,
    }
}
