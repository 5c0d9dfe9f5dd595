//! Facts that people declare: environment and tier, by config, tag or name. Those without a default are in [`facts`].
//!
//! Each has a strict built-in default, so that an untagged table is not exempt, and remembers where its value came from.
//! Tags that could not be read leave it unknown, for they could have said otherwise.

pub mod facts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::choice;
use crate::config::{Config, Matcher, NOT_PRODUCTION, TIERS, environment_word};
use crate::snapshot::fact::Fact;
use crate::snapshot::table::Table;

choice! {
    /// How much hangs on a table. In the starter tier every severity is one step lower.
    Tier = "tier" [critical, standard, starter, ephemeral];
}

/// A declared fact and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Declared<T> {
    /// The value.
    pub value: T,
    /// `tag environment`, `dynalint.yaml`, `built-in default`.
    pub origin: String,
}

/// Where a value comes from that nobody declared.
const BUILT_IN: &str = "built-in default";

impl Declared<String> {
    /// The value, and that it is nobody's word where it is not: `prod`, `prod by default`.
    pub fn shown(&self) -> String {
        match self.origin.as_str() {
            BUILT_IN => format!("{} by default", self.value),
            _ => self.value.clone(),
        }
    }

    fn or_starter(self, environment: &Declared<String>) -> Declared<String> {
        match self.origin.as_str() {
            BUILT_IN => Declared {
                value: Tier::starter.to_owned(),
                origin: format!("environment {}", environment.value),
            },
            _ => self,
        }
    }
}

const ENVIRONMENT_TAGS: [&str; 3] = ["environment", "env", "stage"];
const TIER_TAGS: [&str; 2] = ["tier", "criticality"];
const SERVICE_TAGS: [&str; 4] = ["service", "application", "app", "system"];
const DATA_CLASS_TAGS: [&str; 6] = [
    "data-class",
    "data_class",
    "dataclass",
    "data-classification",
    "dataclassification",
    "classification",
];
/// Untagged is not exempt.
const STRICT_ENVIRONMENT: &str = "prod";
const STRICT_TIER: &str = Tier::standard;
/// The environment of a table: the config's, else the value of a tag `environment`, `env` or `stage`, else `prod`.
pub fn environment(config: &Config, table: &Table) -> Fact<Declared<String>> {
    declared(
        &config.environments,
        table,
        |tags| by_tag(tags, &ENVIRONMENT_TAGS),
        STRICT_ENVIRONMENT,
    )
    .map(|declared| Declared {
        value: environment_word(&declared.value),
        origin: declared.origin,
    })
}

/// The tier of a table: the config's, else the value of a tag `tier` or `criticality` that is a tier, else `starter`
/// where its environment says that it is not production, else `standard`.
pub fn tier(config: &Config, table: &Table) -> Fact<Declared<Tier>> {
    let by_tag = |tags: &BTreeMap<String, String>| {
        by_tag(tags, &TIER_TAGS).filter(|declared| TIERS.contains(&declared.value.as_str()))
    };
    let declared = declared(&config.tiers, table, by_tag, STRICT_TIER);
    let declared = match environment(config, table).known() {
        Some(environment) if NOT_PRODUCTION.contains(&environment.value.as_str()) => {
            declared.map(|declared| declared.or_starter(environment))
        }
        Some(_) | None => declared,
    };
    declared.map(|declared| Declared {
        value: Tier(declared.value),
        origin: declared.origin,
    })
}

/// Words for one environment. Two tags contradict each other only where both values are known words for different
/// ones: a `stage` may be anything else.
const SAME_ENVIRONMENT: [&[&str]; 5] = [
    &["prod", "production", "live", "prd"],
    &["dev", "development"],
    &["test", "testing", "qa"],
    &["staging", "stage", "stg", "uat", "preprod", "pre-prod"],
    &["sandbox", "playground"],
];

/// The tags that name different environments, or different tiers, where the config does not decide.
pub fn contradictions(config: &Config, table: &Table) -> Fact<Vec<String>> {
    let known_environment = |value: &str| {
        SAME_ENVIRONMENT
            .iter()
            .position(|words| words.contains(&value))
    };
    let known_tier = |value: &str| TIERS.iter().position(|tier| *tier == value);
    let environments = clash(
        &config.environments,
        table,
        &ENVIRONMENT_TAGS,
        known_environment,
    );
    let tiers = clash(&config.tiers, table, &TIER_TAGS, known_tier);
    match (environments, tiers) {
        (Fact::Known(environments), Fact::Known(tiers)) => {
            Fact::Known(environments.into_iter().chain(tiers).collect())
        }
        (Fact::Unknown(why), _) | (_, Fact::Unknown(why)) => Fact::Unknown(why),
    }
}

/// The tags with one of the keys, in any spelling, whose values are words for different things.
fn clash(
    matchers: &[Matcher],
    table: &Table,
    keys: &[&str],
    meaning: impl Fn(&str) -> Option<usize>,
) -> Fact<Vec<String>> {
    let by_config = |tags: &BTreeMap<String, String>| {
        let matches = |it: &Matcher| it.names.is_match(&table.name) || tagged(it, tags);
        matchers.iter().any(matches)
    };
    let tags = match table.tags.as_ref() {
        Ok(tags) if by_config(tags) => return Fact::Known(Vec::new()),
        Ok(tags) => tags,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let of_keys = |key: &str| keys.iter().any(|wanted| key.eq_ignore_ascii_case(wanted));
    let known = |(key, value): (&String, &String)| {
        let value = value.trim().to_ascii_lowercase();
        let meaning = meaning(&value).filter(|_| of_keys(key))?;
        Some((meaning, format!("{key}={value}")))
    };
    let found: Vec<(usize, String)> = tags.iter().filter_map(known).collect();
    let one = found.first().map(|(meaning, _)| *meaning);
    let agree = found.iter().all(|(meaning, _)| Some(*meaning) == one);
    let words = found.into_iter().map(|(_, words)| words);
    Fact::Known(if agree { Vec::new() } else { words.collect() })
}

fn declared(
    matchers: &[Matcher],
    table: &Table,
    by_tag: impl Fn(&BTreeMap<String, String>) -> Option<Declared<String>>,
    strict: &str,
) -> Fact<Declared<String>> {
    let by_config = |value: &str| Declared {
        value: value.to_owned(),
        origin: "dynalint.yaml".to_owned(),
    };
    for matcher in matchers {
        match (matcher.names.is_match(&table.name), table.tags.as_ref()) {
            (true, _) => return Fact::Known(by_config(&matcher.value)),
            (false, Ok(tags)) if tagged(matcher, tags) => {
                return Fact::Known(by_config(&matcher.value));
            }
            (false, Err(why)) if !matcher.tags.is_empty() => return Fact::Unknown(why.clone()),
            (false, Ok(_) | Err(_)) => {}
        }
    }
    match table.tags.as_ref() {
        Err(why) => Fact::Unknown(why.clone()),
        Ok(tags) => Fact::Known(by_tag(tags).unwrap_or_else(|| Declared {
            value: strict.to_owned(),
            origin: BUILT_IN.to_owned(),
        })),
    }
}

fn tagged(matcher: &Matcher, tags: &BTreeMap<String, String>) -> bool {
    matcher
        .tags
        .iter()
        .any(|(key, values)| tags.get(key).is_some_and(|value| values.contains(value)))
}

fn by_tag(tags: &BTreeMap<String, String>, keys: &[&str]) -> Option<Declared<String>> {
    let (key, value) = tag(tags, keys)?;
    Some(Declared {
        value: value.trim().to_ascii_lowercase(),
        origin: format!("tag {key}"),
    })
}

/// The first of these tags, in any spelling, that says anything: an empty value says no more than no tag.
fn tag<'t>(tags: &'t BTreeMap<String, String>, keys: &[&str]) -> Option<(&'t String, &'t String)> {
    let find = |wanted: &&str| {
        tags.iter()
            .find(|(key, value)| key.eq_ignore_ascii_case(wanted) && !value.trim().is_empty())
    };
    keys.iter().find_map(find)
}
