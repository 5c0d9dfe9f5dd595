//! How evidence spells what was looked at: as the condition does, with the elements of lists named.

use super::Explainer;
use crate::evaluate::value::Val;
use crate::rule::condition::{Expr, Kind};
use crate::rule::text::spelled;
use crate::snapshot::record::Value;

impl<'a> Explainer<'a> {
    pub(super) fn path(&mut self, expr: &'a Expr) -> String {
        match &expr.kind {
            Kind::Variable(slot, name) => match self.names.get(*slot) {
                Some(path) if !path.is_empty() => path.clone(),
                Some(_) | None => name.clone(),
            },
            Kind::Local(place, local) => self.local_path(*place, local),
            Kind::Field(record, _, field) => format!("{}.{}", self.path(record), field.name),
            Kind::Entry(map, key) => {
                let key = spelled(self.frame.value(key).plain());
                format!("{}[{key}]", self.path(map))
            }
            Kind::Size(of) => format!("size({})", self.path(of)),
            Kind::Age(time) => format!("age({})", self.path(time)),
            Kind::OrValue(value, _) => self.path(value),
            Kind::Negative(inner) => format!("-{}", self.path(inner)),
            Kind::Arithmetic(operator, left, right) => {
                let (left, right) = (self.path(left), self.path(right));
                format!("{left} {} {right}", operator.sign())
            }
            Kind::Ask(record, _, method, args) => {
                let args: Vec<String> = args
                    .iter()
                    .map(|arg| match self.frame.value(arg).plain() {
                        Value::Record(_) => self.path(arg),
                        value => spelled(value),
                    })
                    .collect();
                format!("{}.{}({})", self.path(record), method.name, args.join(", "))
            }
            Kind::Param(_) => spelled(self.frame.value(expr).plain()),
            Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Duration(_)
            | Kind::Text(_)
            | Kind::List(_)
            | Kind::Now
            | Kind::HasEntry(..)
            | Kind::Not(_)
            | Kind::And(_)
            | Kind::Or(_)
            | Kind::Choose(..)
            | Kind::Compare(..)
            | Kind::Present(_)
            | Kind::Within(..)
            | Kind::Each(..)
            | Kind::TextTest(..)
            | Kind::Match(..)
            | Kind::Fold(..) => self.condition.spelling(expr).to_owned(),
        }
    }

    /// `table.indexes["GSI1"]`; by number where the element has no name, by value where it is one.
    pub(super) fn element_path(
        &mut self,
        list: &'a Expr,
        element: &Val<'a>,
        index: Option<usize>,
    ) -> Option<String> {
        match element {
            Val::Plain(Value::Record(record)) if !record.label().is_empty() => {
                let list = self.list_path(list);
                Some(format!("{list}[{:?}]", record.label()))
            }
            Val::Plain(value @ (Value::Text(_) | Value::Choice(..) | Value::Number(_))) => {
                Some(spelled(*value))
            }
            // A number counts in the list as it was made, so that is the one to be named.
            Val::Plain(_) | Val::Seq(_) | Val::Between(..) => {
                let list = self.path(list);
                index.map(|index| format!("{list}[{index}]"))
            }
        }
    }

    /// The list that elements come from, before `filter`.
    fn list_path(&mut self, list: &'a Expr) -> String {
        match &list.kind {
            Kind::Each(_, inner, _) => self.list_path(inner),
            Kind::Local(_, local) => self.behind(local, |explainer| {
                explainer.list_path(local.condition.expr())
            }),
            _ => self.path(list),
        }
    }
}
