//! A condition after checking: names are slots, types fit, absent values are guarded.

use std::sync::Arc;

use super::local::Local;
use super::pattern::{PatternKind, Patterns};
use super::syntax::Operator;
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Field, Method};

/// A checked part of a condition and the bytes of the text it stands for.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}

/// What a checked part is.
#[derive(Clone)]
#[allow(
    missing_docs,
    reason = "each variant is the construct of the same name"
)]
pub enum Kind {
    Bool(bool),
    Number(f64),
    Duration(f64),
    Text(String),
    List(Vec<Expr>),
    /// A root or a lambda's variable, by slot of the frame.
    Variable(usize, String),
    /// A name of `let`, by its place among them.
    Local(usize, Arc<Local>),
    Now,
    Param(usize),
    Field(Box<Expr>, usize, &'static Field),
    /// `map["key"]`
    Entry(Box<Expr>, Box<Expr>),
    /// `"key" in map`
    HasEntry(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Negative(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Choose(Box<Expr>, Box<Expr>, Box<Expr>),
    Compare(Operator, Box<Expr>, Box<Expr>),
    /// Whether the value is there: `has(x)`, `x != null`.
    Present(Box<Expr>),
    /// `item in list`
    Within(Box<Expr>, Box<Expr>),
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    Each(Each, Box<Expr>, Box<Lambda>),
    Size(Box<Expr>),
    TextTest(TextTest, Box<Expr>, Box<Expr>),
    /// `text.glob(pattern)`, `text.matches(pattern)`, with the patterns that the condition itself holds.
    Match(PatternKind, Box<Expr>, Box<Expr>, Box<Patterns>),
    /// Of one list, or of several numbers.
    Fold(Fold, Vec<Expr>),
    OrValue(Box<Expr>, Box<Expr>),
    Age(Box<Expr>),
    Ask(Box<Expr>, usize, &'static Method, Vec<Expr>),
}

/// The variable and body of `list.all(variable, body)`.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// The slot of the variable.
    pub slot: usize,
    /// Its name.
    pub name: String,
    /// What is asked of, or made from, each element.
    pub body: Expr,
}

/// What is done with each element of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the macro of the same name")]
pub enum Each {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

/// A question about two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the method of the same name")]
pub enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

/// How numbers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the function of the same name")]
pub enum Fold {
    Min,
    Max,
    Sum,
    SumOfDurations,
}

impl Expr {
    /// Whether this part or one inside it passes the test.
    pub fn any(&self, test: &dyn Fn(&Kind) -> bool) -> bool {
        test(&self.kind) || self.parts().iter().any(|part| part.any(test))
    }

    /// The parts directly inside. What a name of `let` stands for is not inside.
    pub fn parts(&self) -> Vec<&Expr> {
        match &self.kind {
            Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Duration(_)
            | Kind::Text(_)
            | Kind::Variable(..)
            | Kind::Local(..)
            | Kind::Now
            | Kind::Param(_) => Vec::new(),
            Kind::List(parts) | Kind::And(parts) | Kind::Or(parts) | Kind::Fold(_, parts) => {
                parts.iter().collect()
            }
            Kind::Field(one, ..)
            | Kind::Not(one)
            | Kind::Negative(one)
            | Kind::Present(one)
            | Kind::Size(one)
            | Kind::Age(one) => vec![one],
            Kind::Entry(a, b)
            | Kind::HasEntry(a, b)
            | Kind::Compare(_, a, b)
            | Kind::Within(a, b)
            | Kind::Arithmetic(_, a, b)
            | Kind::TextTest(_, a, b)
            | Kind::Match(_, a, b, _)
            | Kind::OrValue(a, b) => vec![a, b],
            Kind::Choose(a, b, c) => vec![a, b, c],
            Kind::Each(_, list, lambda) => vec![list, &lambda.body],
            Kind::Ask(record, _, _, args) => std::iter::once(&**record).chain(args).collect(),
        }
    }

    /// Whether it looks at nothing of the subject, nor at the time.
    pub fn is_detached(&self) -> bool {
        !self.any(&|kind| match kind {
            Kind::Local(_, local) => !local.is_detached,
            other => matches!(other, Kind::Variable(..) | Kind::Now),
        })
    }

    /// Whether it can only have one value.
    pub fn is_constant(&self) -> bool {
        self.is_detached()
            && !self.any(&|kind| match kind {
                Kind::Local(_, local) => !local.is_constant,
                other => matches!(other, Kind::Param(_)),
            })
    }

    /// Whether it looks at the value in this slot.
    pub(crate) fn names(&self, slot: usize) -> bool {
        self.any(&|kind| matches!(kind, Kind::Variable(named, _) if *named == slot))
    }

    /// The call that tells its value.
    pub fn source(&self) -> Option<Operation> {
        match &self.kind {
            Kind::Field(record, _, field) => {
                field.from.first().copied().or_else(|| record.source())
            }
            Kind::Ask(_, _, method, _) => method.from.first().copied(),
            Kind::Local(_, local) => local.source,
            _ => self.parts().into_iter().find_map(Expr::source),
        }
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kind")
    }
}
