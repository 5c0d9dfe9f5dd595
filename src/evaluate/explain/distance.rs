//! How far an element is from what is asked of it: the near misses of a list are those of the least distance.

use crate::evaluate::run::Frame;
use crate::rule::condition::{Expr, Kind};

/// How many parts would have to turn for the condition to have this outcome. What is unknown may be as it should.
pub(super) fn distance<'a>(frame: &mut Frame<'a>, expr: &'a Expr, wanted: bool) -> usize {
    if !frame.truth(expr).is(!wanted) {
        return 0;
    }
    match &expr.kind {
        Kind::Not(inner) => distance(frame, inner, !wanted),
        Kind::And(parts) if wanted => all(frame, parts, wanted),
        Kind::Or(parts) if !wanted => all(frame, parts, wanted),
        Kind::And(parts) | Kind::Or(parts) => {
            let each = parts.iter().map(|part| distance(frame, part, wanted));
            each.min().unwrap_or(1).max(1)
        }
        _ => 1,
    }
}

fn all<'a>(frame: &mut Frame<'a>, parts: &'a [Expr], wanted: bool) -> usize {
    parts.iter().map(|part| distance(frame, part, wanted)).sum()
}
