//! Conditions, written from bytes: every operator, macro and type of the language, with no more parentheses than needed.
//!
//! Each is written twice, for us and for CEL. What CEL has not got is written only where the whole language is asked for.

#[path = "write/guards.rs"]
mod guards;
#[path = "write/lists.rs"]
mod lists;
#[path = "write/scope.rs"]
mod scope;
#[path = "write/truths.rs"]
mod truths;
#[path = "write/values.rs"]
mod values;

use std::collections::BTreeMap;

use dynalint::snapshot::record::Type;

use self::scope::Scope;
use super::dice::Dice;

/// How far the language goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// What CEL has too.
    Shared,
    /// All of it.
    Whole,
}

/// A condition, or a part of one.
#[derive(Clone)]
pub(crate) struct Written {
    pub(crate) ours: String,
    pub(crate) cel: String,
    level: Level,
    /// Whether it looks at anything: a part that doesn't is refused as constant.
    is_rooted: bool,
}

/// How tightly the outermost operator binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Choice,
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Sign,
    Member,
}

/// How often each construct was written.
pub(crate) type Tally = BTreeMap<&'static str, usize>;

pub(crate) struct Writer<'b> {
    dice: Dice<'b>,
    language: Language,
    scope: Scope,
    /// How many more constructs there may be.
    budget: usize,
    pub(crate) tally: Tally,
    /// The values that have names, in order.
    pub(crate) lets: Vec<(String, String)>,
}

impl<'b> Writer<'b> {
    pub(crate) fn new(bytes: &'b [u8], language: Language) -> Writer<'b> {
        Writer {
            dice: Dice::new(bytes),
            language,
            scope: Scope::new(language),
            budget: 40,
            tally: Tally::new(),
            lets: Vec::new(),
        }
    }

    /// Gives names to a few values, of which some may be absent.
    pub(crate) fn name_values(&mut self) {
        for index in 0..self.dice.below(4) {
            let name = format!("n{index}");
            let types = [
                Type::Number,
                Type::Bool,
                Type::Text,
                Type::Duration,
                Type::Time,
            ];
            let ty = types[self.dice.below(types.len())].clone();
            let optional = match self.dice.below(3) {
                0 => self.scope.find_optional(&mut self.dice, None),
                _ => None,
            };
            self.count("let");
            let (text, ty, is_optional) = match optional {
                Some(optional) => (optional.path, optional.ty, true),
                None => {
                    let value = self.value(&ty, 2);
                    let value = if value.is_rooted {
                        value
                    } else {
                        self.path(&ty)
                    };
                    (value.ours, ty, false)
                }
            };
            self.lets.push((name.clone(), text));
            self.scope.add(name, ty, is_optional);
        }
    }

    /// A condition: true or false, of the account and the table.
    pub(crate) fn condition(&mut self) -> Written {
        self.truth(4)
    }

    /// Whether something that happens once in so many times happens here.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.dice.below(times) == 1
    }

    /// A value of this type, of at most so many levels.
    fn value(&mut self, ty: &Type, fuel: usize) -> Written {
        match ty {
            Type::Bool => self.truth(fuel),
            Type::Number => self.number(fuel),
            Type::Text => self.text(fuel),
            Type::Duration => self.duration(fuel),
            Type::Time => self.time(fuel),
            Type::List(element) => self.list(element, fuel),
            Type::Choice(_) | Type::Record(_) | Type::Map => self.path(ty),
        }
    }

    /// What is left for a part of this one; nothing when enough is written.
    fn less(&mut self, fuel: usize) -> usize {
        self.budget = self.budget.saturating_sub(1);
        if self.budget == 0 {
            0
        } else {
            fuel.saturating_sub(1)
        }
    }

    /// One of so many ways to go on; the first, which ends, when there is no fuel.
    fn way(&mut self, fuel: usize, shared: usize, whole: usize) -> usize {
        let ways = match self.language {
            Language::Shared => shared,
            Language::Whole => whole,
        };
        if fuel == 0 { 0 } else { self.dice.below(ways) }
    }

    fn count(&mut self, construct: &'static str) {
        *self.tally.entry(construct).or_default() += 1;
    }

    /// `test ? yes : no`, of any type.
    fn choice(&mut self, ty: &Type, fuel: usize) -> Written {
        self.count("?:");
        let fuel = self.less(fuel);
        let parts = [self.truth(fuel), self.value(ty, fuel), self.value(ty, fuel)];
        let levels = [Level::Or, Level::Or, Level::Choice];
        write(Level::Choice, "{} ? {} : {}", parts.iter().zip(levels))
    }

    fn brackets(&mut self, part: Written) -> Written {
        if self.one_in(12) {
            return write(Level::Member, "({})", [(&part, Level::Choice)]);
        }
        part
    }
}

/// Fills the holes of a template, each with a part that binds at least so tightly.
fn write<'w>(
    level: Level,
    template: &str,
    parts: impl IntoIterator<Item = (&'w Written, Level)>,
) -> Written {
    let mut pieces = template.split("{}");
    let first = pieces.next().unwrap_or_default().to_owned();
    let mut written = Written {
        ours: first.clone(),
        cel: first,
        level,
        is_rooted: false,
    };
    for ((part, needed), rest) in parts.into_iter().zip(pieces) {
        for (text, of_part) in [
            (&mut written.ours, &part.ours),
            (&mut written.cel, &part.cel),
        ] {
            if part.level < needed {
                *text += &format!("({of_part})");
            } else {
                *text += of_part;
            }
            *text += rest;
        }
        written.is_rooted |= part.is_rooted;
    }
    written
}

/// The same text for us and for CEL.
fn atom(level: Level, text: &str, is_rooted: bool) -> Written {
    Written {
        ours: text.to_owned(),
        cel: text.to_owned(),
        level,
        is_rooted,
    }
}
