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
        let mut loaded: Vec<Loaded> = Vec::new();
        for read in read.into_iter().flatten() {
            match read {
                Ok(rule) => loaded.push(rule),
                Err(found) => errors.extend(found),
            }
        }
        let mut catalog = Catalog::default();
        loaded.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        for Loaded { rule, spans } in loaded {
            if let Err((path, message)) = catalog.add(rule) {
                errors.push(spans.error(&path, message));
            }
        }
        (catalog, errors)
    }

    fn add(&mut self, rule: Rule) -> Result<(), (String, String)> {
        let index = self.rules.len();
        let aliases = rule.aliases.iter().enumerate();
        let aliases = aliases.map(|(index, alias)| (format!("aliases.{index}"), alias));
        let names: Vec<(String, &RuleId)> = std::iter::once(("id".to_owned(), &rule.id))
            .chain(aliases)
            .collect();
        for (path, name) in &names {
            if let Some(other) = self.by_id.get(*name) {
                let file = &self.rules[*other].file;
                let message = format!("duplicate id \"{name}\", also in {file}");
                return Err((path.clone(), message));
            }
        }
        for (_, name) in names {
            self.by_id.insert(name.clone(), index);
        }
        self.rules.push(rule);
        Ok(())
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
