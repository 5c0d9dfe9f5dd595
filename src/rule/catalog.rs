//! All rules of a run: those built in and those of the user, by id.

use std::collections::BTreeMap;

use super::file::{self, Loaded};
use super::{Roots, Rule, RuleId};
use crate::shares;
use crate::yaml::{SourceError, nearest};

/// The rule files that are built in: path and text.
pub static BUILTIN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// Files that are worth a thread of their own.
const FILES_A_THREAD: usize = 20;

/// A rule file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user named it.
    pub file: String,
    /// The text.
    pub text: String,
    /// Whether its folder must be its area: so it is for ours.
    pub is_builtin: bool,
}

impl Source {
    /// The rule files that are built in.
    pub fn builtin() -> impl Iterator<Item = Source> {
        BUILTIN.iter().map(|(file, text)| Source {
            file: (*file).to_owned(),
            text: (*text).to_owned(),
            is_builtin: true,
        })
    }

    fn folder(&self) -> Option<&str> {
        let mut parts = self.file.rsplit('/').skip(1);
        parts.next().filter(|_| self.is_builtin)
    }
}

/// Rules by id; the ids they had before find them too.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    rules: Vec<Rule>,
    by_id: BTreeMap<RuleId, usize>,
}

impl Catalog {
    /// Reads all rules, and says everything that is wrong with any of them.
    pub fn load(
        sources: impl IntoIterator<Item = Source>,
        roots: &Roots,
    ) -> (Catalog, Vec<SourceError>) {
        let sources: Vec<Source> = sources.into_iter().collect();
        let read = |it: &Source| file::read(&it.file, &it.text, it.folder(), roots);
        let read = |sources: &[Source]| sources.iter().map(read).collect::<Vec<_>>();
        let read = shares::of_least(&sources, FILES_A_THREAD, shares::threads(), read);
        let mut errors = Vec::new();
        let mut loaded: Vec<(bool, Loaded)> = Vec::new();
        for (source, read) in sources.iter().zip(read.into_iter().flatten()) {
            match read {
                Ok(rule) => loaded.push((source.is_builtin, rule)),
                Err(found) => errors.extend(found),
            }
        }
        // Ours have their names first: a clash is the user's to resolve, and is told in the user's file.
        loaded.sort_by(|(a_ours, a), (b_ours, b)| {
            b_ours.cmp(a_ours).then_with(|| a.rule.id.cmp(&b.rule.id))
        });
        let mut taken = BTreeMap::new();
        let mut rules = Vec::new();
        for (is_builtin, Loaded { rule, spans }) in loaded {
            match claim(&rule, is_builtin, &mut taken) {
                Ok(()) => rules.push(rule),
                Err(Clash {
                    path,
                    message,
                    hint,
                }) => {
                    errors.push(spans.error(&path, message).hinted(hint));
                }
            }
        }
        (Catalog::of(rules), errors)
    }

    /// Rules whose names are their own.
    fn of(mut rules: Vec<Rule>) -> Catalog {
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let names = |(index, rule): (usize, &Rule)| {
            let names = std::iter::once(&rule.id).chain(&rule.aliases);
            let names: Vec<RuleId> = names.cloned().collect();
            names.into_iter().map(move |name| (name, index))
        };
        let by_id = rules.iter().enumerate().flat_map(names).collect();
        Catalog { rules, by_id }
    }

    /// The rules, sorted by id.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this name, or that once had it.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        let index = self.by_id.get(&RuleId(id.to_owned()))?;
        self.rules.get(*index)
    }

    /// The ids of the rules by each name that they have or had.
    pub fn names(&self) -> BTreeMap<&str, &str> {
        let names = self.by_id.iter();
        names
            .map(|(name, index)| (name.as_str(), self.rules[*index].id.as_str()))
            .collect()
    }

    /// The rule that a misspelt name was probably meant to be.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.by_id.keys().map(RuleId::as_str))
    }
}

/// Who has a name: the file, and whether it is one of ours.
type Holder = (String, bool);

/// A name of a rule that another has.
struct Clash {
    /// Where the name stands.
    path: String,
    message: String,
    hint: Option<String>,
}

/// Takes the names of a rule, or none of them where one is taken.
fn claim(rule: &Rule, is_builtin: bool, taken: &mut BTreeMap<RuleId, Holder>) -> Result<(), Clash> {
    let aliases = rule.aliases.iter().enumerate();
    let aliases = aliases.map(|(index, alias)| (format!("aliases.{index}"), alias));
    let names = std::iter::once(("id".to_owned(), &rule.id)).chain(aliases);
    let mut own = BTreeMap::new();
    for (path, name) in names {
        let holder = taken.get(name).or_else(|| own.get(name));
        if let Some(holder) = holder {
            return Err(clash(path, name, holder));
        }
        own.insert(name.clone(), (rule.file.clone(), is_builtin));
    }
    taken.append(&mut own);
    Ok(())
}

fn clash(path: String, name: &RuleId, (file, is_builtin): &Holder) -> Clash {
    let (message, hint) = match is_builtin {
        true => (
            format!("\"{name}\" is the name of a built-in rule"),
            Some(format!("choose another; dynalint explain {name} shows it")),
        ),
        false => (format!("duplicate id \"{name}\", also in {file}"), None),
    };
    Clash {
        path,
        message,
        hint,
    }
}
