//! Names, fields and entries: what they stand for, and whether they are there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Checked, Checker, Noted, Typed, spelled, typed};
use crate::rule::condition::expr::{Each, Expr, Kind};
use crate::rule::condition::fault::Fault;
use crate::rule::condition::guard;
use crate::rule::condition::syntax::{Ast, Name, Syntax};
use crate::rule::param::ParamType;
use crate::snapshot::record::{Method, RecordType, Type};
use crate::yaml::did_you_mean;

impl Checker<'_> {
    pub(super) fn name(&mut self, ast: &Ast, name: &str) -> Checked<Typed> {
        if name == "now" {
            return Ok(typed(ast, Kind::Now, Type::Time));
        }
        if name == "params" {
            let hint = "write \"params.name\"";
            return self.wrong_hinted(ast, "params is no value".to_owned(), hint);
        }
        let slot = self.variables.iter().position(|v| v.name == name);
        if let Some(slot) = slot {
            let ty = self.variables[slot].ty.clone();
            return Ok(typed(ast, Kind::Variable(slot, name.to_owned()), ty));
        }
        if let Some(place) = self.locals.iter().position(|local| local.name == name) {
            return self.local(ast, place);
        }
        let hint = self.owner_of(name).or_else(|| {
            let roots = self.variables.iter().map(|v| v.name.as_str());
            let locals = self.locals.iter().map(|local| local.name.as_str());
            did_you_mean(name, roots.chain(locals).chain(["now", "params"]))
        });
        self.note(Fault::new(ast.start, ast.end, format!("unknown name \"{name}\"")).hinted(hint))
    }

    /// A name of `let`; nothing more is said of one whose own mistakes have been told.
    fn local(&mut self, ast: &Ast, place: usize) -> Checked<Typed> {
        let locals = self.locals;
        let Some(value) = &locals[place].value else {
            return Err(Noted);
        };
        self.uses.add(&value.uses);
        self.uses.locals.insert(place);
        self.guarded(ast, &value.needs)?;
        let kind = Kind::Local(place, Arc::clone(&value.local));
        Ok(Typed {
            optional: value.optional && !self.is_shown(ast),
            ..typed(ast, kind, value.ty.clone())
        })
    }

    /// What a name looks at must be there where the name is used.
    fn guarded(&mut self, ast: &Ast, needs: &BTreeSet<String>) -> Checked<()> {
        let open = |path: &&String| !self.shown.contains(path);
        let open: Vec<String> = needs.iter().filter(open).cloned().collect();
        let (Some(first), false) = (open.first(), self.lenient) else {
            return Ok(());
        };
        if let Some(needs) = &mut self.needs {
            needs.extend(open);
            return Ok(());
        }
        let message = format!("{} looks at {first}, which may be absent", spelled(ast));
        let hint = format!("guard it with \"{first} != null\"");
        self.wrong_hinted(ast, message, &hint)
    }

    /// Whether the value has been shown to be there.
    pub(super) fn is_shown(&self, ast: &Ast) -> bool {
        guard::path(ast, self.locals).is_some_and(|path| self.shown.contains(&path))
    }

    /// Someone wrote `pitr` for `table.pitr`.
    fn owner_of(&self, name: &str) -> Option<String> {
        let owner = self.variables.iter().rev().find(|v| match v.ty {
            Type::Record(record) => record.field(name).is_some(),
            _ => false,
        })?;
        Some(format!("did you mean \"{}.{name}\"?", owner.name))
    }

    pub(super) fn field(&mut self, ast: &Ast, record: &Ast, name: &Name) -> Checked<Typed> {
        if matches!(&record.kind, Syntax::Name(root) if root == "params") {
            return self.param(ast, name);
        }
        let owner = self.present(record)?;
        let Type::Record(record_type) = owner.ty else {
            return self.no_fields(&owner.ty, name);
        };
        let Some((slot, field)) = record_type.field(&name.text) else {
            return self.no_field(record_type, name);
        };
        self.uses.operations.extend(field.from);
        let origin = self.origin(&owner.expr);
        let origin = origin.unwrap_or_else(|| record_type.name.to_owned());
        self.uses.fields.insert(format!("{origin}.{}", name.text));
        let field_type = (field.ty)();
        let is_shown = self.is_shown(ast);
        let kind = Kind::Field(Box::new(owner.expr), slot, field);
        Ok(Typed {
            optional: field_type.optional && !is_shown,
            ..typed(ast, kind, field_type.ty)
        })
    }

    fn no_fields<T>(&mut self, ty: &Type, name: &Name) -> Checked<T> {
        let hint = match ty {
            Type::List(_) => Some("ask its elements with .all(x, …) or .exists(x, …)"),
            Type::Map => Some("write [\"key\"]"),
            _ => None,
        };
        let message = format!("a {ty} has no field \"{}\"", name.text);
        self.note(Fault::new(name.start, name.end, message).hinted(hint))
    }

    fn no_field<T>(&mut self, record: &'static RecordType, name: &Name) -> Checked<T> {
        if record.method(&name.text).is_some() {
            let message = format!("{} is a method", name.text);
            let hint = format!("write \"{}(…)\"", name.text);
            return self.note(Fault::new(name.start, name.end, message).hinted(Some(hint)));
        }
        let known = record.visible_fields().iter().map(|f| f.name).collect();
        let message = format!("{} has no field \"{}\"", record.name, name.text);
        self.unknown(message, name, known)
    }

    fn param(&mut self, ast: &Ast, name: &Name) -> Checked<Typed> {
        let params = self.params;
        let Some(index) = params.iter().position(|param| param.name == name.text) else {
            let known: Vec<&str> = params.iter().map(|param| param.name.as_str()).collect();
            if known.is_empty() {
                let message = format!("unknown param \"{}\"", name.text);
                let hint = "the rule has no params: declare it under \"params\"";
                return self.note(Fault::new(name.start, name.end, message).hinted(Some(hint)));
            }
            return self.unknown(format!("unknown param \"{}\"", name.text), name, known);
        };
        self.uses.params.insert(index);
        Ok(typed(ast, Kind::Param(index), params[index].ty.as_type()))
    }

    pub(super) fn entry(&mut self, ast: &Ast, map: &Ast, key: &Ast) -> Checked<Typed> {
        let checked = self.present(map);
        let key = self.of_type(key, &Type::Text);
        let (checked, key) = (checked?, key?);
        if checked.ty != Type::Map {
            let message = format!("expected a map before \"[\", found {}", checked.ty);
            return self.wrong(map, message);
        }
        let is_shown = self.is_shown(ast);
        let kind = Kind::Entry(Box::new(checked.expr), Box::new(key));
        Ok(Typed {
            optional: !is_shown,
            ..typed(ast, kind, Type::Text)
        })
    }

    /// Where the fields of a value are found in the docs.
    pub(in crate::rule::condition) fn origin(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            Kind::Variable(slot, _) => Some(self.variables[*slot].origin.clone()),
            Kind::Field(record, _, field) => {
                Some(format!("{}.{}", self.origin(record)?, field.name))
            }
            Kind::Each(Each::Filter, list, _) => self.origin(list),
            Kind::Local(place, _) => self.locals[*place].value.as_ref()?.origin.clone(),
            _ => None,
        }
    }

    pub(super) fn use_method(
        &mut self,
        record: &'static RecordType,
        owner: &Expr,
        method: &'static Method,
    ) {
        self.uses.operations.extend(method.from);
        let origin = self.origin(owner);
        let origin = origin.unwrap_or_else(|| record.name.to_owned());
        self.uses.fields.insert(format!("{origin}.{}", method.name));
    }
}

impl ParamType {
    fn as_type(self) -> Type {
        match self {
            ParamType::Number => Type::Number,
            ParamType::Duration => Type::Duration,
            ParamType::Bool => Type::Bool,
            ParamType::String => Type::Text,
            ParamType::Strings => Type::List(Box::new(Type::Text)),
            ParamType::Numbers => Type::List(Box::new(Type::Number)),
        }
    }
}
