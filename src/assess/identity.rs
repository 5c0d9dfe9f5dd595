//! What fingerprints name a table by, where its own name is generated and so another after each replacement.
//!
//! A tag of its own, or its logical id in its CloudFormation stack. A table that has no such tag keeps its name; so do tables
//! of one account and region that share one, and all of them where not every table could be looked at: the finding of one must
//! never pass for that of another.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Identity;
use crate::finding::TableKey;
use crate::link::account::AccountView;

/// The tags that CloudFormation puts on what it makes: the stack, and the name in its template.
const STACK: [&str; 2] = [
    "aws:cloudformation:stack-name",
    "aws:cloudformation:logical-id",
];

/// What tables are named by, where that is not their name.
#[derive(Default)]
pub struct Identities {
    of: BTreeMap<TableKey, String>,
    /// What several tables share, in words.
    pub(super) shared: Vec<String>,
}

impl Identities {
    pub(super) fn new(identity: Option<&Identity>, accounts: &[AccountView<'_>]) -> Identities {
        let mut identities = Identities::default();
        let Some(identity) = identity else {
            return identities;
        };
        for account in accounts {
            let (id, region) = (&account.region.account, &account.region.region);
            if !sees_all(account) {
                let words =
                    "not every table was looked at, with its tags: fingerprints keep the names";
                identities.shared.push(format!("{id} {region}: {words}"));
                continue;
            }
            for (words, tables) in by_identity(identity, account) {
                match &tables[..] {
                    [table] => {
                        let key = (id.clone(), region.clone(), (*table).to_owned());
                        identities.of.insert(key, words);
                    }
                    tables => identities.shared.push(format!(
                        "{words} is on {}: fingerprints keep the names",
                        tables.join(", ")
                    )),
                }
            }
        }
        identities
    }

    /// Takes both to what both have, each once: what only one of two snapshots has would name a table otherwise in each.
    pub fn agree(&mut self, other: &mut Identities) {
        let (own, others) = (self.words(), other.words());
        self.keep(&others);
        other.keep(&own);
    }

    fn words(&self) -> BTreeSet<(String, String, String)> {
        let each = self
            .of
            .iter()
            .map(|((account, region, _), words)| (account.clone(), region.clone(), words.clone()));
        each.collect()
    }

    fn keep(&mut self, agreed: &BTreeSet<(String, String, String)>) {
        self.of.retain(|(account, region, _), words| {
            agreed.contains(&(account.clone(), region.clone(), words.clone()))
        });
    }

    /// What a table is named by, where that is not its name.
    pub fn of(&self, account: &str, region: &str, table: &str) -> Option<&str> {
        if self.of.is_empty() {
            return None;
        }
        let key = (account.to_owned(), region.to_owned(), table.to_owned());
        self.of.get(&key).map(String::as_str)
    }
}

/// Whether all tables are here with their tags: one that is not could have the same identity as one that is.
fn sees_all(account: &AccountView<'_>) -> bool {
    let all_tagged = account.tables.known().is_some_and(|listed| {
        let mut tables = listed.items.iter();
        tables.all(|view| view.table.tags.known().is_some())
    });
    account.unlisted().is_none() && all_tagged
}

fn by_identity<'a>(
    identity: &Identity,
    account: &'a AccountView<'_>,
) -> BTreeMap<String, Vec<&'a str>> {
    let mut found: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let listed = account.tables.known().into_iter();
    for view in listed.flat_map(|listed| &listed.items) {
        let tags = view.table.tags.known();
        if let Some(words) = tags.and_then(|tags| words(identity, tags)) {
            found.entry(words).or_default().push(&view.table.name);
        }
    }
    found
}

/// The identity with where it is from, so that it is nobody's name.
fn words(identity: &Identity, tags: &BTreeMap<String, String>) -> Option<String> {
    let tag = |key: &str| tags.get(key).filter(|value| !value.trim().is_empty());
    match identity {
        Identity::Tag(key) => Some(format!("tag {key} = {}", tag(key)?)),
        Identity::LogicalId => {
            let [stack, id] = STACK.map(tag);
            Some(format!("{} of stack {}", id?, stack?))
        }
    }
}
