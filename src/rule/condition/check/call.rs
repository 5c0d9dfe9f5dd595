//! Functions, macros over lists, and the methods of texts and records.

use globset::GlobBuilder;

use super::{Checked, Checker, Typed, Variable, typed};
use crate::rule::condition::expr::{Each, Expr, Fold, Kind, Lambda, TextTest};
use crate::rule::condition::fault::Fault;
use crate::rule::condition::syntax::{Ast, Name, Syntax};
use crate::snapshot::record::{Method, RecordType, Type};

const FUNCTIONS: &[&str] = &["has", "size", "min", "max", "sum", "age"];
const OF_LISTS: &[&str] = &[
    "all",
    "exists",
    "exists_one",
    "filter",
    "map",
    "size",
    "min",
    "max",
    "sum",
];
const OF_TEXTS: &[&str] = &["startsWith", "endsWith", "contains", "glob", "size"];
const OF_MAPS: &[&str] = &["size"];
const OF_TIMES: &[&str] = &["age"];

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
            Some(value) if name.text == "orValue" => self.or_value(ast, value, name, args),
            Some(value) => {
                let receiver = self.present(value)?;
                self.method(ast, (value, receiver), name, args)
            }
        }
    }

    fn function(&mut self, ast: &Ast, name: &Name, args: &[Ast]) -> Checked<Typed> {
        match name.text.as_str() {
            "has" => {
                let [value] = self.args(name, args)?;
                self.presence(ast, value)
            }
            "size" | "age" => {
                let [value] = self.args(name, args)?;
                let checked = self.present(value)?;
                self.of_one(ast, (value, checked), name)
            }
            "min" | "max" | "sum" => self.fold_args(ast, name, args),
            other => {
                let message = format!("unknown function \"{other}\"");
                self.unknown(message, name, FUNCTIONS.to_vec())
            }
        }
    }

    fn args<'a, const N: usize>(&mut self, name: &Name, args: &'a [Ast]) -> Checked<&'a [Ast; N]> {
        if let Ok(args) = args.try_into() {
            return Ok(args);
        }
        let message = format!("{} takes {N} arguments, found {}", name.text, args.len());
        self.note(Fault::new(name.start, name.end, message))
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
        let known: &[&str] = match &receiver.ty {
            Type::List(_) => OF_LISTS,
            Type::Text => OF_TEXTS,
            Type::Map => OF_MAPS,
            Type::Time => OF_TIMES,
            Type::Record(record) => {
                let record: &'static RecordType = record;
                return self.ask(ast, record, receiver.expr, name, args);
            }
            Type::Bool | Type::Number | Type::Duration | Type::Choice(_) => &[],
        };
        if !known.contains(&name.text.as_str()) {
            let message = format!("a {} has no method \"{}\"", receiver.ty, name.text);
            return self.unknown(message, name, known.to_vec());
        }
        match name.text.as_str() {
            "size" | "age" => {
                let [] = self.args(name, args)?;
                self.of_one(ast, (value, receiver), name)
            }
            "min" | "max" | "sum" => {
                let [] = self.args(name, args)?;
                self.fold(ast, name, vec![receiver])
            }
            "all" => self.each(ast, Each::All, receiver, name, args),
            "exists" => self.each(ast, Each::Exists, receiver, name, args),
            "exists_one" => self.each(ast, Each::ExistsOne, receiver, name, args),
            "filter" => self.each(ast, Each::Filter, receiver, name, args),
            "map" => self.each(ast, Each::Map, receiver, name, args),
            "startsWith" => self.text_test(ast, TextTest::StartsWith, receiver, name, args),
            "endsWith" => self.text_test(ast, TextTest::EndsWith, receiver, name, args),
            "contains" => self.text_test(ast, TextTest::Contains, receiver, name, args),
            _ => self.glob(ast, receiver, name, args),
        }
    }

    fn or_value(&mut self, ast: &Ast, value: &Ast, name: &Name, args: &[Ast]) -> Checked<Typed> {
        let [default] = self.args(name, args)?;
        let (value_checked, default_checked) = (self.value(value), self.present(default));
        let (checked, default_checked) = (value_checked?, default_checked?);
        if !checked.optional && !self.lenient {
            let message = format!("{} is never absent here", super::spelled(value));
            return self.wrong_hinted(ast, message, "leave .orValue(…) out");
        }
        match (&checked.ty, &default_checked.ty) {
            (Type::Choice(choices), Type::Text) => {
                self.words(choices, default, &default_checked.expr)?;
            }
            (one, other) if one == other => {}
            (one, other) => {
                let message = format!("expected {one}, found {other}");
                return self.wrong(default, message);
            }
        }
        let kind = Kind::OrValue(Box::new(checked.expr), Box::new(default_checked.expr));
        Ok(typed(ast, kind, checked.ty))
    }

    fn text_test(
        &mut self,
        ast: &Ast,
        test: TextTest,
        text: Typed,
        name: &Name,
        args: &[Ast],
    ) -> Checked<Typed> {
        let [part] = self.args(name, args)?;
        let part = self.of_type(part, &Type::Text)?;
        let kind = Kind::TextTest(test, Box::new(text.expr), Box::new(part));
        Ok(typed(ast, kind, Type::Bool))
    }

    fn glob(&mut self, ast: &Ast, text: Typed, name: &Name, args: &[Ast]) -> Checked<Typed> {
        let [pattern] = self.args(name, args)?;
        let checked = self.of_type(pattern, &Type::Text)?;
        for literal in self.literals(&checked) {
            if let Err(error) = GlobBuilder::new(&literal).build() {
                let message = format!("bad glob: {}", error.kind());
                return self.wrong(pattern, message);
            }
        }
        let matcher = match &checked.kind {
            Kind::Text(pattern) => GlobBuilder::new(pattern).build().ok(),
            _ => None,
        };
        let matcher = matcher.map(|glob| glob.compile_matcher());
        let kind = Kind::Glob(Box::new(text.expr), Box::new(checked), matcher);
        Ok(typed(ast, kind, Type::Bool))
    }

    fn fold_args(&mut self, ast: &Ast, name: &Name, args: &[Ast]) -> Checked<Typed> {
        let checked: Vec<_> = args.iter().map(|arg| self.present(arg)).collect();
        let parts = checked.into_iter().collect::<Checked<Vec<Typed>>>()?;
        self.fold(ast, name, parts)
    }

    /// `min(list)`, `min(a, b)`: numbers, durations; the least and greatest of times too.
    fn fold(&mut self, ast: &Ast, name: &Name, parts: Vec<Typed>) -> Checked<Typed> {
        let fold = match name.text.as_str() {
            "min" => Fold::Min,
            "max" => Fold::Max,
            _ => Fold::Sum,
        };
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
                let parts = parts.into_iter().map(|part| part.expr).collect();
                Ok(typed(ast, Kind::Fold(fold, parts), ty))
            }
            _ => {
                let message = format!("{} takes a list of numbers, or several numbers", name.text);
                self.note(Fault::new(name.start, name.end, message))
            }
        }
    }

    fn each(
        &mut self,
        ast: &Ast,
        each: Each,
        list: Typed,
        name: &Name,
        args: &[Ast],
    ) -> Checked<Typed> {
        let [variable, body] = self.args(name, args)?;
        let variable_name = self.new_variable(variable)?;
        let Type::List(element) = &list.ty else {
            return self.wrong(ast, "not a list");
        };
        let origin = self.origin(&list.expr);
        self.variables.push(Variable {
            name: variable_name.clone(),
            ty: (**element).clone(),
            origin: origin.unwrap_or_else(|| element.to_string()),
            literals: self.literals(&list.expr),
        });
        let slot = self.variables.len() - 1;
        let body = match each {
            Each::Map => self.present(body),
            Each::All | Each::Exists | Each::ExistsOne | Each::Filter => self
                .truth(body)
                .map(|expr| typed(body, expr.kind, Type::Bool)),
        };
        self.variables.pop();
        let body = body?;
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
        let taken = name == "now" || name == "params";
        if taken || self.variables.iter().any(|v| v.name == *name) {
            return self.wrong(ast, format!("\"{name}\" has a meaning already"));
        }
        Ok(name.clone())
    }

    fn ask(
        &mut self,
        ast: &Ast,
        record: &'static RecordType,
        owner: Expr,
        name: &Name,
        args: &[Ast],
    ) -> Checked<Typed> {
        let Some((slot, method)) = record.method(&name.text) else {
            let known = record.methods.iter().map(|method| method.name).collect();
            let message = format!("{} has no method \"{}\"", record.name, name.text);
            return self.unknown(message, name, known);
        };
        self.use_method(record, &owner, method);
        let args = self.method_args(name, method, args)?;
        let kind = Kind::Ask(Box::new(owner), slot, method, args);
        Ok(typed(ast, kind, Type::Bool))
    }

    fn method_args(
        &mut self,
        name: &Name,
        method: &'static Method,
        args: &[Ast],
    ) -> Checked<Vec<Expr>> {
        if args.len() != method.args.len() {
            let names: Vec<&str> = method.args.iter().map(|(name, _)| *name).collect();
            let message = format!("{} takes ({})", method.name, names.join(", "));
            return self.note(Fault::new(name.start, name.end, message));
        }
        let checked: Vec<_> = args
            .iter()
            .zip(method.args)
            .map(|(arg, (_, ty))| self.of_type(arg, &ty()))
            .collect();
        let exprs = checked.into_iter().collect::<Checked<Vec<Expr>>>()?;
        self.accepts(method, args, &exprs)?;
        Ok(exprs)
    }

    /// Asks the method about the texts that the rule itself gives.
    fn accepts(&mut self, method: &'static Method, args: &[Ast], exprs: &[Expr]) -> Checked<()> {
        let texts: Vec<Vec<String>> = exprs.iter().map(|expr| self.literals(expr)).collect();
        let tried: Vec<Vec<&str>> = match texts.as_slice() {
            [only] => only.iter().map(|text| vec![text.as_str()]).collect(),
            several => {
                let firsts: Vec<&str> = several
                    .iter()
                    .filter_map(|texts| texts.first().map(String::as_str))
                    .collect();
                vec![firsts]
            }
        };
        for literals in tried.iter().filter(|literals| !literals.is_empty()) {
            if let Err(message) = (method.check)(literals) {
                let (start, end) = (args[0].start, args[args.len() - 1].end);
                return self.note(Fault::new(start, end, message));
            }
        }
        Ok(())
    }
}
