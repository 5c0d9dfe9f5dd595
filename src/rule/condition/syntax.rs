//! The syntax tree of a condition. Knows no names and no types.

/// A part of a condition as it is written.
#[derive(Clone, Debug)]
pub(super) struct Ast {
    pub(super) kind: Syntax,
    pub(super) start: usize,
    pub(super) end: usize,
    /// How deep it is nested, itself included.
    pub(super) depth: usize,
}

/// A name and the bytes it takes.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Syntax {
    Null,
    Bool(bool),
    Number(f64),
    Duration(f64),
    Text(String),
    List(Vec<Ast>),
    Name(String),
    Field(Box<Ast>, Name),
    Key(Box<Ast>, Box<Ast>),
    /// A function, or a method of the first part.
    Call(Option<Box<Ast>>, Name, Vec<Ast>),
    Not(Box<Ast>),
    Negative(Box<Ast>),
    And(Vec<Ast>),
    Or(Vec<Ast>),
    Binary(Operator, Box<Ast>, Box<Ast>),
    Choose(Box<Ast>, Box<Ast>, Box<Ast>),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Over,
}

impl Operator {
    /// As conditions spell it.
    pub const fn sign(self) -> &'static str {
        match self {
            Operator::Equal => "==",
            Operator::NotEqual => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::More => ">",
            Operator::AtLeast => ">=",
            Operator::In => "in",
            Operator::Plus => "+",
            Operator::Minus => "-",
            Operator::Times => "*",
            Operator::Over => "/",
        }
    }

    /// The comparison that is true when this one is false.
    pub(crate) const fn negated(self) -> Operator {
        match self {
            Operator::Equal => Operator::NotEqual,
            Operator::NotEqual => Operator::Equal,
            Operator::Less => Operator::AtLeast,
            Operator::AtMost => Operator::More,
            Operator::More => Operator::AtMost,
            Operator::AtLeast => Operator::Less,
            Operator::In | Operator::Plus | Operator::Minus | Operator::Times | Operator::Over => {
                self
            }
        }
    }

    /// The comparison that says the same with its operands exchanged.
    pub(crate) const fn flipped(self) -> Operator {
        match self {
            Operator::Less => Operator::More,
            Operator::AtMost => Operator::AtLeast,
            Operator::More => Operator::Less,
            Operator::AtLeast => Operator::AtMost,
            Operator::Equal
            | Operator::NotEqual
            | Operator::In
            | Operator::Plus
            | Operator::Minus
            | Operator::Times
            | Operator::Over => self,
        }
    }
}

impl Syntax {
    pub(super) fn children_depth(&self) -> usize {
        let deepest = |parts: &[Ast]| parts.iter().map(|part| part.depth).max().unwrap_or(0);
        match self {
            Syntax::Null
            | Syntax::Bool(_)
            | Syntax::Number(_)
            | Syntax::Duration(_)
            | Syntax::Text(_)
            | Syntax::Name(_) => 0,
            Syntax::List(parts) | Syntax::And(parts) | Syntax::Or(parts) => deepest(parts),
            Syntax::Field(one, _) | Syntax::Not(one) | Syntax::Negative(one) => one.depth,
            Syntax::Key(a, b) | Syntax::Binary(_, a, b) => a.depth.max(b.depth),
            Syntax::Choose(a, b, c) => a.depth.max(b.depth).max(c.depth),
            Syntax::Call(receiver, _, args) => {
                deepest(args).max(receiver.as_ref().map_or(0, |receiver| receiver.depth))
            }
        }
    }
}
