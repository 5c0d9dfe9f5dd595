//! Functions, macros over lists, and the methods of texts and records.

use super::{Checked, Checker, Typed, Variable, typed};
use crate::rule::condition::expr::{Each, Fold, Kind, Lambda, TextTest};
use crate::rule::condition::fault::Fault;
use crate::rule::condition::pattern::{PatternKind, Patterns};
use crate::rule::condition::reference::{self, Call, CallRow, On, RESERVED};
use crate::rule::condition::syntax::{Ast, Name, Syntax};
use crate::rule::param::Demand;
use crate::snapshot::record::Type;

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        ast: &Ast,
        receiver: Option<&Ast>,
        name: &Name,
        args: &[Ast],
    ) -> Checked<Typed> {
        match receiver {
            None => self.function(ast, name, args),
            Some(value) => match reference::call(On::Optional, &name.text) {
                Some(row) => self.or_value(ast, value, (row, name, args)),
                None => {
                    let receiver = self.present(value)?;
                    self.method(ast, (value, receiver), name, args)
                }
            },
        }
    }

    fn function(&mut self, ast: &Ast, name: &Name, args: &[Ast]) -> Checked<Typed> {
        let Some(row) = reference::call(On::Nothing, &name.text) else {
            return self.no_call(
                format!("unknown function \"{}\"", name.text),
                On::Nothing,
                name,
            );
        };
        match row.call {
            Call::Has => {
                let [value] = self.args(row, name, args)?;
                self.presence(ast, value)
            }
            Call::Min => self.fold_args(ast, Fold::Min, name, args),
            Call::Max => self.fold_args(ast, Fold::Max, name, args),
            Call::Sum => self.fold_args(ast, Fold::Sum, name, args),
            Call::Size
            | Call::Age
            | Call::OrValue
            | Call::All
            | Call::Exists
            | Call::ExistsOne
            | Call::Filter
            | Call::Map
            | Call::StartsWith
            | Call::EndsWith
            | Call::Contains
            | Call::Glob
            | Call::Matches => {
                let [value] = self.args(row, name, args)?;
                let checked = self.present(value)?;
                self.of_one(ast, (value, checked), name)
            }
        }
    }

    fn no_call<T>(&mut self, message: String, on: On, name: &Name) -> Checked<T> {
        if let Some(hint) = reference::elsewhere(on, &name.text) {
            return self.note(Fault::new(name.start, name.end, message).hinted(Some(hint)));
        }
        let known = reference::of(on).map(|row| row.name).collect();
        self.unknown(message, name, known)
    }

    fn args<'a, const N: usize>(
        &mut self,
        row: &CallRow,
        name: &Name,
        args: &'a [Ast],
    ) -> Checked<&'a [Ast; N]> {
        if let Ok(args) = args.try_into() {
            return Ok(args);
        }
        let wanted = if N == 1 {
            "1 argument"
        } else {
            &format!("{N} arguments")
        };
        let message = format!("{} takes {wanted}, found {}", name.text, args.len());
        let hint = format!("it is written {}", row.form);
        self.note(Fault::new(name.start, name.end, message).hinted(Some(hint)))
    }

    fn of_one(&mut self, ast: &Ast, (value, of): (&Ast, Typed), name: &Name) -> Checked<Typed> {
        match (name.text.as_str(), &of.ty) {
            ("age", Type::Time) => Ok(typed(ast, Kind::Age(Box::new(of.expr)), Type::Duration)),
            ("size", Type::List(_) | Type::Map | Type::Text) => {
                Ok(typed(ast, Kind::Size(Box::new(of.expr)), Type::Number))
            }
            (function, ty) => self.wrong(value, format!("a {ty} has no {function}")),
        }
    }

    fn method(
        &mut self,
        ast: &Ast,
        (value, receiver): (&Ast, Typed),
        name: &Name,
        args: &[Ast],
    ) -> Checked<Typed> {
        if let Type::Record(record) = receiver.ty {
            return self.ask(ast, record, receiver.expr, name, args);
        }
        let on = On::of(&receiver.ty);
        let Some(row) = on.and_then(|on| reference::call(on, &name.text)) else {
            let message = format!("a {} has no method \"{}\"", receiver.ty, name.text);
            return match on {
                Some(on) => self.no_call(message, on, name),
                None => self.note(Fault::new(name.start, name.end, message)),
            };
        };
        match row.call {
            Call::All => self.each(ast, Each::All, receiver, (row, name, args)),
            Call::Exists => self.each(ast, Each::Exists, receiver, (row, name, args)),
            Call::ExistsOne => self.each(ast, Each::ExistsOne, receiver, (row, name, args)),
            Call::Filter => self.each(ast, Each::Filter, receiver, (row, name, args)),
            Call::Map => self.each(ast, Each::Map, receiver, (row, name, args)),
            Call::StartsWith => {
                self.text_test(ast, TextTest::StartsWith, receiver, (row, name, args))
            }
            Call::EndsWith => self.text_test(ast, TextTest::EndsWith, receiver, (row, name, args)),
            Call::Contains => self.text_test(ast, TextTest::Contains, receiver, (row, name, args)),
            Call::Glob => self.pattern(ast, PatternKind::Glob, receiver, (row, name, args)),
            Call::Matches => self.pattern(ast, PatternKind::Regex, receiver, (row, name, args)),
            Call::Min => self.fold_of(ast, Fold::Min, receiver, (row, name, args)),
            Call::Max => self.fold_of(ast, Fold::Max, receiver, (row, name, args)),
            Call::Sum => self.fold_of(ast, Fold::Sum, receiver, (row, name, args)),
            Call::Has | Call::OrValue | Call::Size | Call::Age => {
                let [] = self.args(row, name, args)?;
                self.of_one(ast, (value, receiver), name)
            }
        }
    }

    fn fold_of(
        &mut self,
        ast: &Ast,
        fold: Fold,
        receiver: Typed,
        (row, name, args): (&CallRow, &Name, &[Ast]),
    ) -> Checked<Typed> {
        let [] = self.args(row, name, args)?;
        self.fold(ast, fold, name, vec![receiver])
    }

    fn or_value(
        &mut self,
        ast: &Ast,
        value: &Ast,
        (row, name, args): (&CallRow, &Name, &[Ast]),
    ) -> Checked<Typed> {
        let [default] = self.args(row, name, args)?;
        let value_checked = self.value(value);
        if let (Ok(checked), Syntax::List(items)) = (&value_checked, &default.kind)
            && let (Type::List(_), []) = (&checked.ty, items.as_slice())
            && checked.optional
        {
            let empty = typed(default, Kind::List(Vec::new()), checked.ty.clone());
            return value_checked.map(|checked| or_default(ast, checked, empty));
        }
        let default_checked = self.present(default);
        let (checked, default_checked) = (value_checked?, default_checked?);
        if !checked.optional && !self.lenient {
            let message = format!("{} is never absent here", super::spelled(value));
            return self.wrong_hinted(ast, message, "leave .orValue(…) out");
        }
        match (&checked.ty, &default_checked.ty) {
            (Type::Choice(choices), Type::Text) => {
                self.words(choices, default, &default_checked.expr)?;
            }
            (Type::List(one), Type::List(other))
                if matches!((&**one, &**other), (Type::Choice(_), Type::Text)) =>
            {
                if let Type::Choice(choices) = **one {
                    self.words(choices, default, &default_checked.expr)?;
                }
            }
            (one, other) if one == other => {}
            (one, other) => {
                let message = format!("expected {one}, found {other}");
                return self.wrong(default, message);
            }
        }
        Ok(or_default(ast, checked, default_checked))
    }

    fn text_test(
        &mut self,
        ast: &Ast,
        test: TextTest,
        text: Typed,
        (row, name, args): (&CallRow, &Name, &[Ast]),
    ) -> Checked<Typed> {
        let [part] = self.args(row, name, args)?;
        let part = self.of_type(part, &Type::Text)?;
        let kind = Kind::TextTest(test, Box::new(text.expr), Box::new(part));
        Ok(typed(ast, kind, Type::Bool))
    }

    /// `glob` and `matches`: the pattern is the rule's own, so that it is compiled, or refused, when the rule is loaded.
    fn pattern(
        &mut self,
        ast: &Ast,
        kind: PatternKind,
        text: Typed,
        (row, name, args): (&CallRow, &Name, &[Ast]),
    ) -> Checked<Typed> {
        let [pattern] = self.args(row, name, args)?;
        let checked = self.of_type(pattern, &Type::Text)?;
        let written = self.written(&checked);
        if !written.is_all {
            let message = format!("the pattern of {} is not the rule's own", name.text);
            let hint = "write it as a text, or take it from a param";
            return self.wrong_hinted(pattern, message, hint);
        }
        let mut patterns = Patterns::default();
        for text in &written.texts {
            if let Err(message) = patterns.add(kind, text) {
                return self.wrong(pattern, message);
            }
        }
        self.demand(&written, Demand::Pattern(kind));
        let patterns = Box::new(patterns);
        let kind = Kind::Match(kind, Box::new(text.expr), Box::new(checked), patterns);
        Ok(typed(ast, kind, Type::Bool))
    }

    fn fold_args(&mut self, ast: &Ast, fold: Fold, name: &Name, args: &[Ast]) -> Checked<Typed> {
        let checked: Vec<_> = args.iter().map(|arg| self.present(arg)).collect();
        let parts = checked.into_iter().collect::<Checked<Vec<Typed>>>()?;
        self.fold(ast, fold, name, parts)
    }

    /// `min(list)`, `min(a, b)`: numbers, durations; the least and greatest of times too.
    fn fold(&mut self, ast: &Ast, fold: Fold, name: &Name, parts: Vec<Typed>) -> Checked<Typed> {
        let element = match parts.as_slice() {
            [] => None,
            [one] => match &one.ty {
                Type::List(element) => Some((**element).clone()),
                _ => None,
            },
            [first, rest @ ..] => {
                let same = rest.iter().all(|part| part.ty == first.ty);
                same.then(|| first.ty.clone())
            }
        };
        match (fold, element) {
            (_, Some(ty @ (Type::Number | Type::Duration)))
            | (Fold::Min | Fold::Max, Some(ty @ Type::Time)) => {
                let fold = match (fold, &ty) {
                    (Fold::Sum, Type::Duration) => Fold::SumOfDurations,
                    (fold, _) => fold,
                };
                let parts = parts.into_iter().map(|part| part.expr).collect();
                Ok(typed(ast, Kind::Fold(fold, parts), ty))
            }
            _ => {
                let things = match fold {
                    Fold::Min | Fold::Max => "numbers, durations or times",
                    Fold::Sum | Fold::SumOfDurations => "numbers or durations",
                };
                let message = format!(
                    "{} takes a list of {things}, or several of one type",
                    name.text
                );
                self.note(Fault::new(name.start, name.end, message))
            }
        }
    }

    fn each(
        &mut self,
        ast: &Ast,
        each: Each,
        list: Typed,
        (row, name, args): (&CallRow, &Name, &[Ast]),
    ) -> Checked<Typed> {
        let [variable, body] = self.args(row, name, args)?;
        let variable_name = self.new_variable(variable)?;
        let Type::List(element) = &list.ty else {
            return self.wrong(ast, "not a list");
        };
        let origin = self.origin(&list.expr);
        self.variables.push(Variable {
            name: variable_name.clone(),
            ty: (**element).clone(),
            origin: origin.unwrap_or_else(|| element.to_string()),
            written: self.written(&list.expr),
            is_element: true,
        });
        let slot = self.variables.len() - 1;
        let checked_body = match each {
            Each::Map => self.present(body),
            Each::All | Each::Exists | Each::ExistsOne | Each::Filter => self
                .truth(body)
                .map(|expr| typed(body, expr.kind, Type::Bool)),
        };
        self.variables.pop();
        let body_ast = body;
        let body = checked_body?;
        if !body.expr.names(slot) {
            let message = format!("says nothing of \"{variable_name}\"");
            let hint = format!("ask something of it, or leave .{}(…) out", name.text);
            return self.wrong_hinted(body_ast, message, &hint);
        }
        let ty = match each {
            Each::All | Each::Exists | Each::ExistsOne => Type::Bool,
            Each::Filter => list.ty,
            Each::Map => Type::List(Box::new(body.ty)),
        };
        let lambda = Lambda {
            slot,
            name: variable_name,
            body: body.expr,
        };
        let kind = Kind::Each(each, Box::new(list.expr), Box::new(lambda));
        Ok(typed(ast, kind, ty))
    }

    fn new_variable(&mut self, ast: &Ast) -> Checked<String> {
        let Syntax::Name(name) = &ast.kind else {
            return self.wrong(ast, "expected a name for the element");
        };
        let taken = name == "now"
            || name == "params"
            || self.variables.iter().any(|v| v.name == *name)
            || self.locals.iter().any(|local| local.name == *name);
        if taken {
            return self.wrong(ast, format!("\"{name}\" has a meaning already"));
        }
        if RESERVED.contains(&name.as_str()) {
            return self.wrong(
                ast,
                format!("\"{name}\" is a word that CEL keeps for itself"),
            );
        }
        Ok(name.clone())
    }
}

fn or_default(ast: &Ast, value: Typed, default: Typed) -> Typed {
    let kind = Kind::OrValue(Box::new(value.expr), Box::new(default.expr));
    typed(ast, kind, value.ty)
}
