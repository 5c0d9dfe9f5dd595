//! What a rule itself says of a value: words and patterns that it writes are checked when it is loaded, and those of its
//! params whenever a user sets them.

use std::collections::BTreeSet;

use super::{Checked, Checker};
use crate::rule::condition::expr::{Each, Expr, Kind};
use crate::rule::condition::fault::Fault;
use crate::rule::condition::syntax::Ast;
use crate::rule::param::Demand;
use crate::snapshot::record::Choices;
use crate::yaml::did_you_mean;

/// What a rule itself says of a value: its own texts, and those of its params.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// The texts, each once.
    pub(crate) texts: BTreeSet<String>,
    /// The params whose texts it has.
    pub(crate) params: BTreeSet<usize>,
    /// Whether it has no others.
    pub(crate) is_all: bool,
}

impl Written {
    fn text(text: &str) -> Written {
        Written {
            texts: BTreeSet::from([text.to_owned()]),
            is_all: true,
            ..Written::default()
        }
    }

    fn and(mut self, other: Written) -> Written {
        self.texts.extend(other.texts);
        self.params.extend(other.params);
        self.is_all &= other.is_all;
        self
    }
}

impl Checker<'_> {
    /// The texts that a value may have, as far as the rule says so itself.
    pub(in crate::rule::condition) fn written(&self, expr: &Expr) -> Written {
        let none = Written {
            is_all: true,
            ..Written::default()
        };
        match &expr.kind {
            Kind::Text(text) => Written::text(text),
            Kind::List(items) => {
                let items = items.iter().map(|item| self.written(item));
                items.fold(none, Written::and)
            }
            Kind::Param(index) => Written {
                texts: self.params[*index].default.texts().into_iter().collect(),
                params: BTreeSet::from([*index]),
                is_all: true,
            },
            Kind::Variable(slot, _) => self.variables[*slot].written.clone(),
            Kind::Local(place, _) => {
                let value = self.locals[*place].value.as_ref();
                value.map(|value| value.written.clone()).unwrap_or_default()
            }
            Kind::Choose(_, one, other) | Kind::OrValue(one, other) => {
                self.written(one).and(self.written(other))
            }
            Kind::Each(Each::Filter, list, _) => self.written(list),
            _ => Written::default(),
        }
    }

    /// Notes what is wanted of the params that a value comes from.
    pub(super) fn demand(&mut self, written: &Written, demand: Demand) {
        let demands = written.params.iter().map(|param| (*param, demand));
        self.uses.demands.extend(demands);
    }

    /// A text that is compared with a choice must be one of its words.
    pub(super) fn words(
        &mut self,
        choices: &'static Choices,
        ast: &Ast,
        expr: &Expr,
    ) -> Checked<()> {
        let written = self.written(expr);
        self.demand(&written, Demand::Word(choices));
        let Some(word) = written.texts.iter().find(|word| !choices.knows(word)) else {
            return Ok(());
        };
        let message = format!("{} is never \"{word}\"", choices.name);
        let hint = did_you_mean(word, choices.known.iter().copied());
        self.note(Fault::new(ast.start, ast.end, message).hinted(hint))
    }
}
