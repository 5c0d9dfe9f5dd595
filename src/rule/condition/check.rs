//! Checks a condition against the field tables and resolves its names to slots.
//!
//! What gets through cannot misspell a field, compare what cannot be compared, or use an absent value: at run time only
//! unknowns remain. All mistakes of a condition are told at once.

mod call;
mod operator;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::expr::{Expr, Kind};
use super::fault::Fault;
use super::guard;
use super::local::Named;
use super::syntax::{Ast, Name, Syntax};
use crate::rule::param::{Demand, Param, ParamType};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Choices, Method, RecordType, Type};
use crate::yaml::did_you_mean;

/// A mistake was found and noted.
pub(super) struct Noted;

type Checked<T> = Result<T, Noted>;

/// A checked part, its type, and whether it may be absent.
pub(super) struct Typed {
    pub(super) expr: Expr,
    pub(super) ty: Type,
    pub(super) optional: bool,
}

/// A name that conditions can use: a root, or the variable of a lambda.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) ty: Type,
    /// Where its fields are found in the docs: `table.indexes` for each index.
    pub(crate) origin: String,
    /// What of it is written in the rule.
    pub(crate) written: Written,
    /// Whether it is the variable of a lambda.
    pub(crate) is_element: bool,
}

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

/// What a condition looks at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) operations: BTreeSet<Operation>,
    pub(crate) fields: BTreeSet<String>,
    pub(crate) params: BTreeSet<usize>,
    pub(crate) locals: BTreeSet<usize>,
    pub(crate) demands: Vec<(usize, Demand)>,
}

impl Uses {
    fn add(&mut self, other: &Uses) {
        self.operations.extend(&other.operations);
        self.fields.extend(other.fields.iter().cloned());
        self.params.extend(&other.params);
        self.locals.extend(&other.locals);
    }
}

pub(super) struct Checker<'r> {
    pub(super) params: &'r [Param],
    pub(super) locals: &'r [Named],
    pub(super) variables: Vec<Variable>,
    /// Paths that have been shown to be there.
    pub(super) shown: Vec<String>,
    /// Messages may show absent values.
    pub(super) lenient: bool,
    /// Of a value that gets a name: what may be absent in it, for whoever uses the name to guard.
    pub(super) needs: Option<BTreeSet<String>>,
    pub(super) uses: Uses,
    pub(super) faults: Vec<Fault>,
}

impl Checker<'_> {
    fn note<T>(&mut self, fault: Fault) -> Checked<T> {
        self.faults.push(fault);
        Err(Noted)
    }

    fn wrong<T>(&mut self, ast: &Ast, message: impl Into<String>) -> Checked<T> {
        self.note(Fault::new(ast.start, ast.end, message))
    }

    fn wrong_hinted<T>(&mut self, ast: &Ast, message: String, hint: &str) -> Checked<T> {
        self.note(Fault::new(ast.start, ast.end, message).hinted(Some(hint)))
    }

    fn unknown<T>(&mut self, what: String, name: &Name, known: Vec<&str>) -> Checked<T> {
        let hint = did_you_mean(&name.text, known);
        self.note(Fault::new(name.start, name.end, what).hinted(hint))
    }

    /// A condition that is true or false, and not always the same.
    pub(super) fn truth(&mut self, ast: &Ast) -> Checked<Expr> {
        let expr = self.bool(ast)?;
        if expr.is_constant() {
            return self.wrong(ast, "always has the same value");
        }
        Ok(expr)
    }

    fn bool(&mut self, ast: &Ast) -> Checked<Expr> {
        let typed = self.present(ast)?;
        if typed.ty != Type::Bool {
            let message = format!("expected true or false, found {}", typed.ty);
            let hint = match typed.ty {
                Type::List(_) | Type::Map => "ask for its size, or for its elements",
                _ => "compare it with something",
            };
            return self.wrong_hinted(ast, message, hint);
        }
        Ok(typed.expr)
    }

    /// A value that is there.
    fn present(&mut self, ast: &Ast) -> Checked<Typed> {
        let typed = self.value(ast)?;
        if typed.optional && !self.lenient && !self.is_left_to_users(ast) {
            let message = format!("{} may be absent", spelled(ast));
            let hint = "guard it with \"!= null\" or give \".orValue(…)\"";
            return self.wrong_hinted(ast, message, hint);
        }
        Ok(typed)
    }

    /// Whether a name is being given here, and whoever uses it can guard this part of its value.
    fn is_left_to_users(&mut self, ast: &Ast) -> bool {
        let of_subject = |name: &str| {
            !self
                .variables
                .iter()
                .any(|v| v.is_element && v.name == name)
        };
        let path =
            guard::path(ast, self.locals).filter(|_| guard::root(ast).is_some_and(of_subject));
        match (&mut self.needs, path) {
            (Some(needs), Some(path)) => {
                needs.insert(path);
                true
            }
            (None, _) | (_, None) => false,
        }
    }

    fn of_type(&mut self, ast: &Ast, wanted: &Type) -> Checked<Expr> {
        let typed = self.present(ast)?;
        if typed.ty != *wanted {
            let message = format!("expected {wanted}, found {}", typed.ty);
            return self.wrong(ast, message);
        }
        Ok(typed.expr)
    }

    /// Checks while some paths are known to be there.
    fn given<T>(
        &mut self,
        present: Vec<String>,
        check: impl FnOnce(&mut Self) -> Checked<T>,
    ) -> Checked<T> {
        let before = self.shown.len();
        self.shown.extend(present);
        let checked = check(self);
        self.shown.truncate(before);
        checked
    }

    pub(super) fn value(&mut self, ast: &Ast) -> Checked<Typed> {
        let expr = |kind| Expr {
            kind,
            start: ast.start,
            end: ast.end,
        };
        let plain = |kind, ty| {
            Ok(Typed {
                expr: expr(kind),
                ty,
                optional: false,
            })
        };
        match &ast.kind {
            Syntax::Null => self.wrong_hinted(
                ast,
                "null has no value".to_owned(),
                "compare it with \"==\" or \"!=\"",
            ),
            Syntax::Bool(value) => plain(Kind::Bool(*value), Type::Bool),
            Syntax::Number(value) => plain(Kind::Number(*value), Type::Number),
            Syntax::Duration(value) => plain(Kind::Duration(*value), Type::Duration),
            Syntax::Text(text) => plain(Kind::Text(text.clone()), Type::Text),
            Syntax::List(items) => self.list(ast, items),
            Syntax::Name(name) => self.name(ast, name),
            Syntax::Field(record, name) => self.field(ast, record, name),
            Syntax::Key(map, key) => self.entry(ast, map, key),
            Syntax::Call(receiver, name, args) => self.call(ast, receiver.as_deref(), name, args),
            Syntax::Not(inner) => {
                let inner = self.truth(inner)?;
                plain(Kind::Not(Box::new(inner)), Type::Bool)
            }
            Syntax::Negative(inner) => self.negative(ast, inner),
            Syntax::And(parts) => {
                let parts = self.parts(parts, true)?;
                plain(Kind::And(parts), Type::Bool)
            }
            Syntax::Or(parts) => {
                let parts = self.parts(parts, false)?;
                plain(Kind::Or(parts), Type::Bool)
            }
            Syntax::Binary(operator, left, right) => self.binary(ast, *operator, left, right),
            Syntax::Choose(test, yes, no) => self.choose(ast, test, yes, no),
        }
    }

    /// The parts of `&&` (or `||`): each is looked at when those before were true (or false).
    fn parts(&mut self, parts: &[Ast], outcome: bool) -> Checked<Vec<Expr>> {
        let before = self.shown.len();
        let mut checked = Vec::new();
        for part in parts {
            checked.push(self.truth(part));
            self.shown.extend(guard::shown(part, outcome, self.locals));
        }
        self.shown.truncate(before);
        checked.into_iter().collect()
    }

    fn choose(&mut self, ast: &Ast, test: &Ast, yes: &Ast, no: &Ast) -> Checked<Typed> {
        let checked_test = self.truth(test);
        let [when_true, when_false] =
            [true, false].map(|outcome| guard::shown(test, outcome, self.locals));
        let checked_yes = self.given(when_true, |check| check.present(yes));
        let checked_no = self.given(when_false, |check| check.present(no));
        let (test, yes, no) = (checked_test?, checked_yes?, checked_no?);
        if yes.ty != no.ty {
            let message = format!("one branch is {}, the other {}", yes.ty, no.ty);
            return self.wrong(ast, message);
        }
        let kind = Kind::Choose(Box::new(test), Box::new(yes.expr), Box::new(no.expr));
        Ok(typed(ast, kind, yes.ty))
    }

    fn list(&mut self, ast: &Ast, items: &[Ast]) -> Checked<Typed> {
        let checked: Vec<_> = items.iter().map(|item| self.present(item)).collect();
        let items = checked.into_iter().collect::<Checked<Vec<Typed>>>()?;
        let Some(first) = items.first().map(|item| item.ty.clone()) else {
            return self.wrong(ast, "an empty list has no type");
        };
        if let Some(other) = items.iter().find(|item| item.ty != first) {
            let message = format!("a list of {first} cannot hold {}", other.ty);
            return self.wrong(ast, message);
        }
        let parts = items.into_iter().map(|item| item.expr).collect();
        Ok(typed(ast, Kind::List(parts), Type::List(Box::new(first))))
    }

    fn name(&mut self, ast: &Ast, name: &str) -> Checked<Typed> {
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
    fn is_shown(&self, ast: &Ast) -> bool {
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

    fn field(&mut self, ast: &Ast, record: &Ast, name: &Name) -> Checked<Typed> {
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

    fn entry(&mut self, ast: &Ast, map: &Ast, key: &Ast) -> Checked<Typed> {
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
    pub(super) fn origin(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            Kind::Variable(slot, _) => Some(self.variables[*slot].origin.clone()),
            Kind::Field(record, _, field) => {
                Some(format!("{}.{}", self.origin(record)?, field.name))
            }
            Kind::Each(super::expr::Each::Filter, list, _) => self.origin(list),
            Kind::Local(place, _) => self.locals[*place].value.as_ref()?.origin.clone(),
            _ => None,
        }
    }

    /// The texts that a value may have, as far as the rule says so itself.
    pub(super) fn written(&self, expr: &Expr) -> Written {
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
            Kind::Each(super::expr::Each::Filter, list, _) => self.written(list),
            _ => Written::default(),
        }
    }

    /// Notes what is wanted of the params that a value comes from.
    fn demand(&mut self, written: &Written, demand: Demand) {
        let demands = written.params.iter().map(|param| (*param, demand));
        self.uses.demands.extend(demands);
    }

    /// A text that is compared with a choice must be one of its words.
    fn words(&mut self, choices: &'static Choices, ast: &Ast, expr: &Expr) -> Checked<()> {
        let written = self.written(expr);
        self.demand(&written, Demand::Word(choices));
        let Some(word) = written.texts.iter().find(|word| !choices.knows(word)) else {
            return Ok(());
        };
        let message = format!("{} is never \"{word}\"", choices.name);
        let hint = did_you_mean(word, choices.known.iter().copied());
        self.note(Fault::new(ast.start, ast.end, message).hinted(hint))
    }

    fn use_method(&mut self, record: &'static RecordType, owner: &Expr, method: &'static Method) {
        self.uses.operations.extend(method.from);
        let origin = self.origin(owner);
        let origin = origin.unwrap_or_else(|| record.name.to_owned());
        self.uses.fields.insert(format!("{origin}.{}", method.name));
    }
}

fn typed(ast: &Ast, kind: Kind, ty: Type) -> Typed {
    let expr = Expr {
        kind,
        start: ast.start,
        end: ast.end,
    };
    Typed {
        expr,
        ty,
        optional: false,
    }
}

fn spelled(ast: &Ast) -> String {
    guard::path(ast, &[]).map_or_else(|| "the value".to_owned(), |path| format!("\"{path}\""))
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
