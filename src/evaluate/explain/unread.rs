//! What kept a condition from being decided: each reason once.

use super::{Explainer, Unread};
use crate::evaluate::logic::Truth;
use crate::evaluate::value::Val;
use crate::rule::condition::{Expr, Kind, Lambda};
use crate::snapshot::fact::Why;
use crate::snapshot::record::Value;

impl<'a> Explainer<'a> {
    /// Notes why a part is unknown; a part that is known has nothing to note.
    pub(super) fn unread(&mut self, expr: &'a Expr) {
        let Some(why) = self.why(expr) else { return };
        let before = self.made.unknown.len();
        match &expr.kind {
            Kind::Field(record, ..) => self.unread(record),
            Kind::Local(place, local) => {
                self.unread_local(*place, local);
                return;
            }
            Kind::Each(_, list, lambda) => self.unread_each(list, lambda),
            Kind::Choose(test, yes, no) => match self.frame.truth(test) {
                Truth::True => self.unread(yes),
                Truth::False => self.unread(no),
                Truth::Unknown(_) => self.unread(test),
            },
            Kind::Ask(record, method, _, args) => {
                self.unread(record);
                for arg in args {
                    self.unread(arg);
                }
                self.grounds(record, *method, args);
            }
            _ => {
                for part in expr.parts() {
                    self.unread(part);
                }
            }
        }
        if self.made.unknown.len() == before {
            let path = self.path(expr);
            self.add_unread(path, why);
        }
    }

    fn unread_each(&mut self, list: &'a Expr, lambda: &'a Lambda) {
        self.unread(list);
        let Ok(listing) = self.frame.listing(list) else {
            return;
        };
        if let Some(why) = listing.missing() {
            let path = self.path(list);
            self.add_unread(path, why);
        }
        for (index, item) in listing.items().enumerate() {
            if let Some(why) = item.maybe {
                let path = self.path(list);
                self.add_unread(path, why);
            }
            self.within(list, index, item.value, |explainer| {
                explainer.unread(&lambda.body);
            });
        }
    }

    pub(super) fn add_unread(&mut self, path: String, why: &Why) {
        let why = why.clone();
        if self.made.unknown.iter().all(|unread| unread.why != why) {
            self.made.unknown.push(Unread { path, why });
        }
    }

    /// Why a value is unknown, or not known exactly.
    fn why(&mut self, expr: &'a Expr) -> Option<&'a Why> {
        match self.frame.value(expr) {
            Val::Plain(Value::Unknown(why)) | Val::Between(_, _, why) => Some(why),
            Val::Plain(Value::List(list)) => list.missing(),
            Val::Plain(_) => None,
            Val::Seq(seq) => {
                let maybe = seq.items.iter().find_map(|item| item.maybe);
                seq.missing.or(maybe)
            }
        }
    }
}
