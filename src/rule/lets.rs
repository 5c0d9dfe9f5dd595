//! The names that a rule gives to values under `let`: read in the order of the file, each checked with those before it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use super::condition::reference::RESERVED;
use super::condition::{Condition, Fault, MAX_LOCALS, Named, Names};
use super::file::is_snake;

/// Names and what they stand for, in the order of the file.
#[derive(Default)]
pub(super) struct Lets(Vec<(String, String)>);

/// A mistake in `let`: in the name at a path, or inside the text at it.
pub(super) enum Mistake {
    Key(String, String),
    Inside(String, Vec<Fault>),
}

impl Lets {
    /// The checked names, and everything that is wrong with any. One that is wrong keeps its name, so that nothing more
    /// is said where it is used.
    pub(super) fn check(&self, names: Names<'_>) -> (Vec<Named>, Vec<Mistake>) {
        let (mut named, mut mistakes) = (Vec::new(), Vec::new());
        if self.0.len() > MAX_LOCALS {
            let message = format!("{} names, at most {MAX_LOCALS} are taken", self.0.len());
            mistakes.push(Mistake::Key("let".to_owned(), message));
        }
        for (name, text) in &self.0 {
            let path = format!("let.{name}");
            let value = match refused(name, names) {
                Some(message) => Err(Mistake::Key(path, message)),
                None => {
                    let names = Names {
                        locals: &named,
                        ..names
                    };
                    let value = Condition::named(name, text, names);
                    value.map_err(|faults| Mistake::Inside(path, faults))
                }
            };
            let value = value.map_err(|mistake| mistakes.push(mistake)).ok();
            named.push(Named {
                name: name.clone(),
                value,
            });
        }
        (named, mistakes)
    }
}

/// Why a name cannot be given.
fn refused(name: &str, names: Names<'_>) -> Option<String> {
    if !is_snake(name) {
        return Some(format!("\"{name}\" is not in snake_case"));
    }
    if RESERVED.contains(&name) {
        return Some(format!("\"{name}\" is a word that CEL keeps for itself"));
    }
    if names.params.iter().any(|param| param.name == name) {
        return Some(format!("\"{name}\" is the name of a param already"));
    }
    let roots = ["account", "table", "iam", "now", "params"];
    let taken = roots.contains(&name) || names.variables.iter().any(|v| v.name == name);
    taken.then(|| format!("\"{name}\" has a meaning already"))
}

impl<'de> Deserialize<'de> for Lets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Lets, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Lets;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names with a value each")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Lets, A::Error> {
                let mut lets = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    lets.push(entry);
                }
                Ok(Lets(lets))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
