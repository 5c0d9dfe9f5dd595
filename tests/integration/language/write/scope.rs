//! The names that a condition can use at a place: roots, variables of lambdas, and optional values that were guarded.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use dynalint::snapshot::record::{RecordType, Type};

use super::super::dice::Dice;
use super::super::world::{Part, Place, Seen, Shelf};
use super::{Language, Level, Writer, Written, atom};

/// A value that can be reached from a name: the path from there, its type, and whether it may be absent.
#[derive(Clone)]
struct Offer {
    suffix: String,
    ty: Type,
    is_optional: bool,
}

/// The offers of each kind of record, by its name.
static OFFERS: LazyLock<BTreeMap<&'static str, Vec<Offer>>> = LazyLock::new(|| {
    let all = [Shelf::TYPE, Place::TYPE, Part::TYPE, Seen::TYPE];
    let of = |record: &'static RecordType| (record.name, offers(record, 1));
    all.into_iter().map(of).collect()
});

fn offers(record: &'static RecordType, deeper: usize) -> Vec<Offer> {
    let mut found = Vec::new();
    for field in record.visible_fields() {
        let ty = (field.ty)();
        if let (Type::Record(inner), false, true) = (&ty.ty, ty.optional, deeper > 0) {
            let inner = offers(inner, deeper - 1).into_iter();
            found.extend(inner.map(|offer| Offer {
                suffix: format!(".{}{}", field.name, offer.suffix),
                ..offer
            }));
        }
        found.push(Offer {
            suffix: format!(".{}", field.name),
            ty: ty.ty,
            is_optional: ty.optional,
        });
    }
    found
}

struct Variable {
    path: String,
    ty: Type,
    is_root: bool,
    /// A name of `let` for a value that may be absent.
    is_optional: bool,
}

pub(super) struct Scope {
    variables: Vec<Variable>,
    language: Language,
}

/// An optional value.
pub(super) struct Optional {
    pub(super) path: String,
    pub(super) ty: Type,
}

impl Scope {
    pub(super) fn new(language: Language) -> Scope {
        let table = match language {
            Language::Shared => Place::TYPE,
            Language::Whole => Seen::TYPE,
        };
        let root = |name: &str, record| Variable {
            path: name.to_owned(),
            ty: Type::Record(record),
            is_root: true,
            is_optional: false,
        };
        Scope {
            variables: vec![root("account", Shelf::TYPE), root("table", table)],
            language,
        }
    }

    /// Every path of a kind; those from the innermost name alone where there are some and the dice say so.
    fn reach<T>(
        &self,
        inner: bool,
        wanted: impl Fn(&str, &str, &Type, bool) -> Option<T>,
    ) -> Vec<T> {
        let from = |variable: &Variable| {
            let mut found = Vec::new();
            if !variable.is_root {
                found.extend(wanted(
                    &variable.path,
                    "",
                    &variable.ty,
                    variable.is_optional,
                ));
            }
            if let (Type::Record(record), false) = (&variable.ty, variable.is_optional) {
                let offers = OFFERS[record.name].iter();
                found.extend(offers.filter_map(|offer| {
                    wanted(&variable.path, &offer.suffix, &offer.ty, offer.is_optional)
                }));
            }
            found
        };
        if inner && let Some(innermost) = self.variables.last().filter(|v| !v.is_root) {
            let found = from(innermost);
            if !found.is_empty() {
                return found;
            }
        }
        self.variables.iter().flat_map(from).collect()
    }

    /// Adds a name that stays.
    pub(super) fn add(&mut self, path: String, ty: Type, is_optional: bool) {
        self.variables.push(Variable {
            path,
            ty,
            is_root: false,
            is_optional,
        });
    }

    /// Whether a name stands for a value that is surely there.
    fn holds(&self, path: &str) -> bool {
        let mut named = self.variables.iter().filter(|v| v.path == path);
        named.any(|v| !v.is_optional)
    }

    /// A path to a value of this type that is surely there.
    pub(super) fn find(&self, dice: &mut Dice<'_>, wanted: &Type) -> Option<String> {
        let found = self.reach(dice.flip(), |path, suffix, ty, is_optional| {
            (!is_optional && ty == wanted).then(|| format!("{path}{suffix}"))
        });
        (!found.is_empty()).then(|| found[dice.below(found.len())].clone())
    }

    /// A path to a value that may be absent, and of which that isn't settled yet.
    pub(super) fn find_optional(
        &self,
        dice: &mut Dice<'_>,
        wanted: Option<&Type>,
    ) -> Option<Optional> {
        let is_shared = |ty: &Type| !matches!(ty, Type::Time | Type::Duration);
        let mut found = self.reach(dice.flip(), |path, suffix, ty, is_optional| {
            let fits = wanted.is_none_or(|wanted| ty == wanted);
            let is_known = self.language == Language::Whole || is_shared(ty);
            (is_optional && fits && is_known).then(|| Optional {
                path: format!("{path}{suffix}"),
                ty: ty.clone(),
            })
        });
        found.retain(|optional| !self.holds(&optional.path));
        if found.is_empty() {
            return None;
        }
        let chosen = dice.below(found.len());
        Some(found.swap_remove(chosen))
    }
}

impl Writer<'_> {
    /// A path to a value of a type that is always within reach.
    pub(super) fn path(&mut self, ty: &Type) -> Written {
        let path = self.find_path(ty);
        path.unwrap_or_else(|| panic!("nothing of type {ty} is within reach"))
    }

    pub(super) fn find_path(&mut self, ty: &Type) -> Option<Written> {
        let path = self.scope.find(&mut self.dice, ty)?;
        self.count(if path.contains('[') {
            "map[key]"
        } else {
            "path"
        });
        Some(atom(Level::Member, &path, true))
    }

    /// Writes while one more name can be used.
    pub(super) fn with<T>(
        &mut self,
        path: String,
        ty: Type,
        write: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.scope.variables.push(Variable {
            path,
            ty,
            is_root: false,
            is_optional: false,
        });
        let written = write(self);
        self.scope.variables.pop();
        written
    }

    /// Whether this path was guarded already.
    pub(super) fn is_named(&self, path: &str) -> bool {
        self.scope.holds(path)
    }

    /// The innermost name.
    pub(super) fn innermost(&self) -> String {
        let last = self.scope.variables.last();
        last.map(|v| v.path.clone()).unwrap_or_default()
    }

    /// A name for the variable of a lambda: the same beside each other, another inside.
    pub(super) fn fresh_name(&self) -> String {
        let is_lambda = |path: &str| path.starts_with('x') && !path.contains(['.', '[']);
        let lambdas = self.scope.variables.iter();
        format!("x{}", lambdas.filter(|v| is_lambda(&v.path)).count())
    }
}
