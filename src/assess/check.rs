//! What is wrong with a configuration that only those see who know the rules: names of rules, levels, parameters, areas
//! and services, and overrides of rules that their places don't tell apart.

use std::collections::BTreeMap;

use super::scope::{NEEDED, services};
use super::settings::OFF;
use crate::config::{Config, OutOfScope, Override, Placed, RuleSetting};
use crate::finding::{Area, Severity};
use crate::rule::catalog::Catalog;
use crate::rule::{Root, Rule};
use crate::yaml::{SourceError, did_you_mean};

/// Everything that is wrong with what a configuration asks of rules. Where not `all_rules` could be read, a name that is
/// not found is not to blame.
pub fn check(catalog: &Catalog, config: &Config, all_rules: bool) -> Vec<SourceError> {
    let mut checker = Checker {
        catalog,
        config,
        all_rules,
        errors: Vec::new(),
    };
    checker.settings(&config.rules, None);
    for one in &config.overrides {
        checker.settings(&one.rules, Some(one));
    }
    for one in &config.scope {
        checker.scope(one);
    }
    checker.errors
}

struct Checker<'a> {
    catalog: &'a Catalog,
    config: &'a Config,
    all_rules: bool,
    errors: Vec<SourceError>,
}

impl<'a> Checker<'a> {
    fn settings(&mut self, settings: &'a [RuleSetting], place: Option<&Override>) {
        let mut met: BTreeMap<&str, &str> = BTreeMap::new();
        for setting in settings {
            self.level(setting);
            let name = &setting.rule.value;
            let Some(rule) = self.catalog.get(name) else {
                if self.all_rules {
                    let known = self.catalog.names();
                    let hint = did_you_mean(name, known.into_keys());
                    let hint = hint.or_else(|| Some("dynalint explain lists the rules".to_owned()));
                    self.key(&setting.rule, format!("no rule is named \"{name}\""), hint);
                }
                continue;
            };
            if let Some(other) = met.insert(rule.id.as_str(), name) {
                let message = format!("\"{name}\" is set twice: \"{other}\" is the same rule");
                self.key(&setting.rule, message, None);
            }
            if let Some(place) = place {
                self.place(rule, setting, place);
            }
            self.params(rule, setting);
        }
    }

    fn level(&mut self, setting: &RuleSetting) {
        let Some(level) = &setting.level else { return };
        let word = level.value.as_str();
        if word != OFF && word.parse::<Severity>().is_err() {
            let words = Severity::ALL.iter().map(|it| it.word()).chain([OFF]);
            let hint = did_you_mean(word, words);
            let error = self
                .config
                .error(&level.path, format!("unknown level \"{word}\""));
            self.errors.push(error.hinted(hint));
        }
    }

    /// What a rule looks at has to have what the place asks for.
    fn place(&mut self, rule: &Rule, setting: &RuleSetting, place: &Override) {
        let (of_tables, of_regions) = (place.place.is_of_tables(), !place.place.regions.is_empty());
        let wanted = match rule.for_each.root() {
            Root::Account if of_tables => "accounts and regions",
            Root::Iam if of_tables || of_regions => "accounts",
            Root::Table | Root::Account | Root::Iam => return,
        };
        let message = format!(
            "\"{}\" does not look at one table after the other: only {wanted} can tell where it is set",
            setting.rule.value
        );
        self.key(&setting.rule, message, None);
    }

    fn params(&mut self, rule: &Rule, setting: &RuleSetting) {
        for (name, tree) in &setting.params {
            let declared = rule.params.iter().find(|param| param.name == *name);
            let Some(param) = declared else {
                let names = rule.params.iter().map(|param| param.name.as_str());
                let hint = match rule.params.is_empty() {
                    true => Some(format!("{} has no params", rule.id)),
                    false => did_you_mean(name, names),
                };
                let error = self
                    .config
                    .key_error(&tree.path, format!("unknown param \"{name}\""));
                self.errors.push(error.hinted(hint));
                continue;
            };
            if let Err(message) = param.read(&tree.value) {
                let error = self.config.error(&tree.path, format!("{name}: {message}"));
                self.errors.push(error);
            }
        }
    }

    fn scope(&mut self, one: &OutOfScope) {
        let name = one.name.value.as_str();
        if NEEDED.contains(&name) {
            let message = format!("{name} cannot be turned off: nothing would be left");
            return self.key(&one.name, message, None);
        }
        if name.parse::<Area>().is_ok() || services().contains(name) {
            return;
        }
        let words = Area::ALL.iter().map(|area| area.word()).chain(services());
        let words: Vec<&str> = words.collect();
        let hint = did_you_mean(name, words.iter().copied())
            .unwrap_or_else(|| format!("known: {}", words.join(", ")));
        let message = format!("no area or service is named \"{name}\"");
        self.key(&one.name, message, Some(hint));
    }

    fn key(&mut self, name: &Placed<String>, message: String, hint: Option<String>) {
        let error = self.config.key_error(&name.path, message);
        self.errors.push(error.hinted(hint));
    }
}
