//! Where an entry of the file holds: tables, accounts and regions that it names. All given keys must match.

use std::collections::BTreeMap;

use globset::GlobSet;

use crate::snapshot::fact::Why;

/// The places that an entry is about.
#[derive(Clone, Debug, Default)]
pub struct Where {
    /// Table names, any of which matches; `None` is every one.
    pub tables: Option<GlobSet>,
    /// The same as they are written.
    pub patterns: Vec<String>,
    /// Tag keys, all of which must be there with one of their values.
    pub tags: BTreeMap<String, Vec<String>>,
    /// Environments, any of which matches; empty is every one.
    pub environments: Vec<String>,
    /// Tiers, any of which matches; empty is every one.
    pub tiers: Vec<String>,
    /// Accounts, any of which matches; empty is every one.
    pub accounts: Vec<String>,
    /// Regions, any of which matches; empty is every one.
    pub regions: Vec<String>,
}

/// Whether an entry is about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match<'a> {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// What would tell could not be read.
    Maybe(&'a Why),
}

/// What an entry may be about: an account in a region, and a table of it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The account.
    pub account: &'a str,
    /// The region; `None` for what is the same in all of them.
    pub region: Option<&'a str>,
    /// The table's name; `None` for the account itself.
    pub table: Option<&'a str>,
    /// Its tags.
    pub tags: Result<&'a BTreeMap<String, String>, &'a Why>,
    /// Its environment.
    pub environment: Result<&'a str, &'a Why>,
    /// Its tier.
    pub tier: Result<&'a str, &'a Why>,
}

impl Match<'_> {
    fn of(is_match: bool) -> Match<'static> {
        match is_match {
            true => Match::Yes,
            false => Match::No,
        }
    }
}

impl Where {
    /// Whether it asks for anything that only tables have.
    pub fn is_of_tables(&self) -> bool {
        self.tables.is_some() || self.needs_tags()
    }

    /// Whether tags can decide it: environments and tiers may come from tags.
    pub fn needs_tags(&self) -> bool {
        !self.tags.is_empty() || !self.environments.is_empty() || !self.tiers.is_empty()
    }

    /// Whether it is about this.
    pub fn matches<'a>(&self, asked: &Asked<'a>) -> Match<'a> {
        let among = |list: &[String], one: Option<&str>| {
            list.is_empty() || one.is_some_and(|one| list.iter().any(|it| it == one))
        };
        if !among(&self.accounts, Some(asked.account)) || !among(&self.regions, asked.region) {
            return Match::No;
        }
        let Some(name) = asked.table else {
            return Match::of(!self.is_of_tables());
        };
        if self.tables.as_ref().is_some_and(|it| !it.is_match(name)) {
            return Match::No;
        }
        let word = |list: &[String], word: Result<&str, &'a Why>| match word {
            _ if list.is_empty() => Match::Yes,
            Ok(word) => Match::of(among(list, Some(word))),
            Err(why) => Match::Maybe(why),
        };
        let tagged = match asked.tags {
            _ if self.tags.is_empty() => Match::Yes,
            Ok(tags) => Match::of(self.tagged(tags)),
            Err(why) => Match::Maybe(why),
        };
        all([
            tagged,
            word(&self.environments, asked.environment),
            word(&self.tiers, asked.tier),
        ])
    }

    fn tagged(&self, tags: &BTreeMap<String, String>) -> bool {
        let has = |(key, values): (&String, &Vec<String>)| {
            tags.get(key).is_some_and(|value| values.contains(value))
        };
        self.tags.iter().all(has)
    }

    /// In words: `tables dev-*, environment dev`.
    pub fn words(&self) -> String {
        let list = |word: &str, values: &[String]| {
            (!values.is_empty()).then(|| format!("{word} {}", values.join(" or ")))
        };
        let tag =
            |(key, values): (&String, &Vec<String>)| format!("tag {key} = {}", values.join(" or "));
        let parts = list("tables", &self.patterns).into_iter();
        let parts = parts.chain(self.tags.iter().map(tag)).chain(
            [
                list("environment", &self.environments),
                list("tier", &self.tiers),
                list("account", &self.accounts),
                list("region", &self.regions),
            ]
            .into_iter()
            .flatten(),
        );
        parts.collect::<Vec<String>>().join(", ")
    }
}

/// No where any is no.
fn all(parts: [Match<'_>; 3]) -> Match<'_> {
    let unread = parts.into_iter().find(|it| matches!(it, Match::Maybe(_)));
    match (parts.contains(&Match::No), unread) {
        (true, _) => Match::No,
        (false, Some(maybe)) => maybe,
        (false, None) => Match::Yes,
    }
}
