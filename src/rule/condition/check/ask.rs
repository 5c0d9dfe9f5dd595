//! The questions that records answer, with their arguments.

use super::{Checked, Checker, Typed, Written, typed};
use crate::rule::condition::expr::{Expr, Kind};
use crate::rule::condition::fault::Fault;
use crate::rule::condition::syntax::{Ast, Name};
use crate::rule::param::Demand;
use crate::snapshot::record::{Method, RecordType, Type};

impl Checker<'_> {
    pub(super) fn ask(
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
            .map(|(arg, (_, ty))| self.argument(arg, &ty()))
            .collect();
        let exprs = checked.into_iter().collect::<Checked<Vec<Expr>>>()?;
        self.accepts(method, args, &exprs)?;
        Ok(exprs)
    }

    /// An argument; of a wanted record, one that has its fields and more will do.
    fn argument(&mut self, arg: &Ast, wanted: &Type) -> Checked<Expr> {
        let Type::Record(record) = *wanted else {
            return self.of_type(arg, wanted);
        };
        let typed = self.present(arg)?;
        match typed.ty {
            Type::Record(found) if found.is_a(record) => Ok(typed.expr),
            other => self.wrong(arg, format!("expected {wanted}, found {other}")),
        }
    }

    /// Asks the method about the texts that the rule itself gives: about each, beside the first of the others.
    fn accepts(&mut self, method: &'static Method, args: &[Ast], exprs: &[Expr]) -> Checked<()> {
        let of_text = |(_, ty): &&(&str, fn() -> Type)| {
            matches!(ty(), Type::Text)
                || matches!(ty(), Type::List(element) if *element == Type::Text)
        };
        let texts: Vec<(&Ast, Written)> = args
            .iter()
            .zip(exprs)
            .zip(method.args)
            .filter(|(_, arg)| of_text(arg))
            .map(|((ast, expr), _)| (ast, self.written(expr)))
            .take_while(|(_, written)| !written.texts.is_empty())
            .collect();
        let firsts: Vec<&str> = texts
            .iter()
            .filter_map(|(_, written)| written.texts.first().map(String::as_str))
            .collect();
        for (at, (ast, written)) in texts.iter().enumerate() {
            for text in &written.texts {
                let mut tried = firsts.clone();
                tried[at] = text;
                if let Err(message) = (method.check)(&tried) {
                    return self.note(Fault::new(ast.start, ast.end, message));
                }
            }
        }
        if let Some((_, written)) = texts.first() {
            self.demand(&written.clone(), Demand::Argument(method));
        }
        Ok(())
    }
}
