//! What has to be signed in a run, and whether it is.
//!
//! Of several signatures that cover one subject the latest decides, whatever it says and however wide it is. One that has
//! lapsed does not bring back the one before it: what was rejected after it was signed would pass again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Attestation, Attestations, On, Outcome, Per};
use crate::finding::{TableBrief, TableKey};

/// The day on which signatures are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Today, in UTC.
    pub today: Date,
    /// From how many days before its end on a signature is said to lapse soon.
    pub notice_days: u32,
}

/// What one signature is wanted for: a table, a service of an account, or an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The account.
    pub account: String,
    /// The service: a table's, or the subject itself. `None` is what has no service declared.
    pub service: Option<String>,
    /// Region and name, of a table.
    pub table: Option<(String, String)>,
    /// What it is called among those of the run.
    pub label: String,
}

impl Subject {
    /// A name for machines, the same in every run: `111122223333/eu-west-1/orders`, `111122223333/shop`,
    /// `111122223333`. What has no service declared is `111122223333/`.
    pub fn id(&self, per: Per) -> String {
        let Subject { account, table, .. } = self;
        match (per, table) {
            (Per::Account, _) => account.clone(),
            (Per::Service, _) => format!("{account}/{}", self.service.as_deref().unwrap_or("")),
            (Per::Table, Some((region, name))) => format!("{account}/{region}/{name}"),
            (Per::Table, None) => account.clone(),
        }
    }
}

/// All that a run looked at, as far as people sign for it.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    tables: Vec<Arc<Subject>>,
    services: Vec<Arc<Subject>>,
    accounts: Vec<Arc<Subject>>,
    /// Whether all tables are known that were to be looked at.
    are_all: bool,
}

impl Subjects {
    /// From the tables that were judged. `are_all` says that no other is to be judged as far as is known. What has no
    /// service declared is, in each account, one service without a name.
    pub fn new<'a>(
        tables: &BTreeMap<TableKey, TableBrief>,
        accounts: impl IntoIterator<Item = &'a str>,
        are_all: bool,
    ) -> Subjects {
        let accounts: BTreeSet<&str> = accounts.into_iter().collect();
        let several = accounts.len() > 1;
        let pairs = tables
            .iter()
            .map(|((account, _, _), brief)| (account.as_str(), brief.service.as_deref()));
        let services: BTreeSet<(&str, Option<&str>)> = pairs.collect();
        Subjects {
            tables: of_tables(tables, several),
            services: services
                .into_iter()
                .map(|(account, service)| of_service(account, service, several))
                .collect(),
            accounts: accounts.into_iter().map(of_account).collect(),
            are_all,
        }
    }

    /// Those that an item is signed for.
    pub fn per(&self, per: Per) -> &[Arc<Subject>] {
        match per {
            Per::Table => &self.tables,
            Per::Service => &self.services,
            Per::Account => &self.accounts,
        }
    }

    /// Whether these may lack some: a table that could not be listed has to be signed for too.
    pub fn may_lack(&self, per: Per) -> bool {
        match per {
            Per::Table | Per::Service => !self.are_all,
            Per::Account => false,
        }
    }
}

fn of_tables(tables: &BTreeMap<TableKey, TableBrief>, several: bool) -> Vec<Arc<Subject>> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, _, name) in tables.keys() {
        *names.entry(name).or_default() += 1;
    }
    let subject = |((account, region, name), brief): (&TableKey, &TableBrief)| {
        let label = match (names.get(name.as_str()), several) {
            (Some(2..), true) => format!("{name} in {region} of {account}"),
            (Some(2..), false) => format!("{name} in {region}"),
            (Some(_) | None, _) => name.clone(),
        };
        Arc::new(Subject {
            account: account.clone(),
            service: brief.service.clone(),
            table: Some((region.clone(), name.clone())),
            label,
        })
    };
    tables.iter().map(subject).collect()
}

fn of_service(account: &str, service: Option<&str>, several: bool) -> Arc<Subject> {
    let name = service.unwrap_or("tables without a service");
    let label = match several {
        true => format!("{name} of {account}"),
        false => name.to_owned(),
    };
    Arc::new(Subject {
        account: account.to_owned(),
        service: service.map(str::to_owned),
        table: None,
        label,
    })
}

fn of_account(account: &str) -> Arc<Subject> {
    Arc::new(Subject {
        account: account.to_owned(),
        service: None,
        table: None,
        label: account.to_owned(),
    })
}

/// How a subject stands; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// Somebody found that it does not hold.
    Rejected,
    /// Nobody signed.
    Open,
    /// The item is in other words since.
    Reworded,
    /// The signature has lapsed.
    Lapsed,
    /// Somebody vouches for it.
    Attested,
    /// Somebody vouches for it that it asks for nothing here.
    NotApplicable,
}

impl Hold {
    /// The word for people and machines. What somebody said is attested whatever it was; the outcome says what.
    pub const fn word(self) -> &'static str {
        match self {
            Hold::Rejected => "rejected",
            Hold::Open => "open",
            Hold::Reworded | Hold::Lapsed => "lapsed",
            Hold::Attested | Hold::NotApplicable => "attested",
        }
    }

    /// Whether somebody has to sign.
    pub const fn is_to_sign(self) -> bool {
        match self {
            Hold::Open | Hold::Reworded | Hold::Lapsed => true,
            Hold::Rejected | Hold::Attested | Hold::NotApplicable => false,
        }
    }

    fn of(signature: &Attestation, words: &str, today: Date) -> Hold {
        if signature.words != words {
            return Hold::Reworded;
        }
        // The last day is a whole day.
        match (signature.expires < today, signature.outcome) {
            (true, _) => Hold::Lapsed,
            (false, Outcome::Pass) => Hold::Attested,
            (false, Outcome::Fail) => Hold::Rejected,
            (false, Outcome::NotApplicable) => Hold::NotApplicable,
        }
    }
}

/// A subject and who signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What was to be signed for.
    pub subject: Arc<Subject>,
    /// How it stands.
    pub hold: Hold,
    /// The signature that decides.
    pub signature: Option<Arc<Attestation>>,
    /// In how many days it lapses, where that is soon; 0 is after today.
    pub lapses_in_days: Option<u32>,
}

impl Attestations {
    /// How each of these subjects stands, for an item with these words.
    pub fn stand(
        &self,
        item: &str,
        words: &str,
        subjects: &[Arc<Subject>],
        day: Day,
    ) -> Vec<Signed> {
        let signatures = self.of(item);
        let stand = |subject: &Arc<Subject>| {
            let covers = |one: &&Arc<Attestation>| one.on.covers(subject);
            let signature = signatures.iter().find(covers);
            let hold = signature.map_or(Hold::Open, |one| Hold::of(one, words, day.today));
            Signed {
                subject: Arc::clone(subject),
                hold,
                signature: signature.map(Arc::clone),
                lapses_in_days: signature.and_then(|one| one.lapses_in(hold, day)),
            }
        };
        subjects.iter().map(stand).collect()
    }
}

impl Attestations {
    /// The signatures of an item that are for none of these subjects: a name may be misspelt in them.
    pub fn beside(&self, item: &str, subjects: &[Arc<Subject>]) -> Vec<Arc<Attestation>> {
        let covers_any = |one: &Attestation| subjects.iter().any(|it| one.on.covers(it));
        let latest = self.latest_of(item).into_iter();
        let beside = latest.filter(|one| !covers_any(one));
        beside.map(Arc::clone).collect()
    }
}

impl Attestation {
    /// How it stands by itself: on this day, for an item with these words.
    pub fn hold(&self, words: &str, day: Day) -> Hold {
        Hold::of(self, words, day.today)
    }

    /// In how many days it lapses, where it holds and that is soon.
    pub fn lapses_in(&self, hold: Hold, day: Day) -> Option<u32> {
        let holds = match hold {
            Hold::Attested | Hold::NotApplicable => true,
            Hold::Rejected | Hold::Open | Hold::Reworded | Hold::Lapsed => false,
        };
        let days = (self.expires - day.today).get_days();
        let days = u32::try_from(days).ok().filter(|_| holds);
        days.filter(|days| *days <= day.notice_days)
    }
}

impl On {
    /// Whether it is meant. What has no service declared is meant by a pattern that takes the empty name, such as `*`.
    pub fn covers(&self, subject: &Subject) -> bool {
        let table = subject.table.as_ref().map_or("", |(_, name)| name);
        let service = subject.service.as_deref().unwrap_or("").to_lowercase();
        let names = [table, &service, &subject.account];
        Per::ALL.into_iter().zip(names).all(|(per, name)| {
            let mut patterns = self.patterns().filter(|(of, _)| *of == per);
            patterns.all(|(_, pattern)| pattern.globs.is_match(name))
        })
    }
}
