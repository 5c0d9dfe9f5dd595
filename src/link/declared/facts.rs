//! What people declare of one table: owner, service, data class, objectives, expected peak, trusted accounts.
//!
//! For each fact the first entry of `tables` in `dynalint.yaml` that is about the table and gives it, else a tag. There is
//! no strict default: nobody can guess what a table holds or what it has to bear; what nobody declared is absent. Tags
//! that could not be read leave unknown what they could have said; so does a tag that cannot be understood.

use std::collections::BTreeMap;

use super::{DATA_CLASS_TAGS, Declared, SERVICE_TAGS, tag};
use crate::config::{Asked, Config, Match, Placed, TableFacts, seconds};
use crate::link::backup::schedule::Span;
use crate::snapshot::Region;
use crate::snapshot::fact::{Fact, Listed, NOT_REQUESTED, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::Table;

const OWNER_TAGS: [&str; 2] = ["owner", "team"];
const RPO_TAGS: [&str; 1] = ["rpo"];
const RTO_TAGS: [&str; 1] = ["rto"];
const PEAK_READS_TAGS: [&str; 2] = ["peak-reads", "peak_reads"];
const PEAK_WRITES_TAGS: [&str; 2] = ["peak-writes", "peak_writes"];

/// A fact that may be declared by nobody.
pub type Perhaps<T> = Fact<Option<Declared<T>>>;

/// What is declared of a table.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Who answers for it.
    pub owner: Perhaps<String>,
    /// The service that it belongs to, in lower case.
    pub service: Perhaps<String>,
    /// The class of its data, in lower case.
    pub data_class: Perhaps<String>,
    /// How much of the latest changes may be lost.
    pub rpo: Perhaps<Span>,
    /// How long it may take until it is back.
    pub rto: Perhaps<Span>,
    /// The most read units a second that are expected.
    pub peak_reads_per_s: Perhaps<f64>,
    /// The most write units a second that are expected.
    pub peak_writes_per_s: Perhaps<f64>,
    /// Accounts that may be given access to it: those trusted everywhere, and its own.
    pub trusted_accounts: Listed<String>,
}

impl Facts {
    /// What is declared of this one.
    pub fn new(config: &Config, table: &Table, region: &Region) -> Facts {
        let reader = Reader {
            config,
            asked: Asked {
                account: &region.account,
                region: Some(&region.region),
                table: Some(&table.name),
                tags: table.tags.as_ref(),
                environment: Err(&NOT_REQUESTED),
                tier: Err(&NOT_REQUESTED),
            },
        };
        let as_is = |value: &str| Some(value.trim().to_owned());
        let lower = |value: &str| Some(value.trim().to_ascii_lowercase());
        Facts {
            owner: reader.fact(|it| it.owner.clone(), &OWNER_TAGS, as_is),
            service: reader.fact(|it| it.service.clone(), &SERVICE_TAGS, lower),
            data_class: reader.fact(|it| it.data_class.clone(), &DATA_CLASS_TAGS, lower),
            rpo: reader.fact(|it| span(it.rpo_s.as_ref()), &RPO_TAGS, read_span),
            rto: reader.fact(|it| span(it.rto_s.as_ref()), &RTO_TAGS, read_span),
            peak_reads_per_s: reader.fact(
                |it| it.peak_reads_per_s.clone(),
                &PEAK_READS_TAGS,
                read_rate,
            ),
            peak_writes_per_s: reader.fact(
                |it| it.peak_writes_per_s.clone(),
                &PEAK_WRITES_TAGS,
                read_rate,
            ),
            trusted_accounts: reader.trusted_accounts(),
        }
    }

    /// Where a fact comes from, by its name in conditions.
    pub fn origin(&self, field: &str) -> Option<&str> {
        match field {
            "owner" => origin(&self.owner),
            "service" => origin(&self.service),
            "data_class" => origin(&self.data_class),
            "rpo" => origin(&self.rpo),
            "rto" => origin(&self.rto),
            "peak_reads_per_s" => origin(&self.peak_reads_per_s),
            "peak_writes_per_s" => origin(&self.peak_writes_per_s),
            _ => None,
        }
    }
}

fn origin<T>(fact: &Perhaps<T>) -> Option<&str> {
    let declared = fact.known()?.as_ref()?;
    Some(declared.origin.as_str())
}

/// The fact as conditions see it: null where nobody declared it.
pub(crate) fn value<T: FactType>(fact: &Perhaps<T>) -> Value<'_> {
    match fact.as_ref() {
        Ok(Some(declared)) => declared.value.value(),
        Ok(None) => Value::Absent,
        Err(why) => Value::Unknown(why),
    }
}

fn span(seconds: Option<&Placed<f64>>) -> Option<Placed<Span>> {
    let placed = seconds?;
    Some(Placed {
        value: Span {
            seconds: placed.value,
        },
        path: placed.path.clone(),
        origin: placed.origin.clone(),
    })
}

fn read_span(text: &str) -> Option<Span> {
    let seconds = seconds(text.trim())? as f64;
    Some(Span { seconds })
}

fn read_rate(text: &str) -> Option<f64> {
    let rate: f64 = text.trim().parse().ok()?;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

struct Reader<'a> {
    config: &'a Config,
    asked: Asked<'a>,
}

impl Reader<'_> {
    fn fact<T>(
        &self,
        by_config: impl Fn(&TableFacts) -> Option<Placed<T>>,
        keys: &[&str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Perhaps<T> {
        for entry in &self.config.tables {
            let Some(placed) = by_config(entry) else {
                continue;
            };
            match entry.place.matches(&self.asked) {
                Match::Yes => {
                    return Fact::Known(Some(Declared {
                        value: placed.value,
                        origin: placed.origin,
                    }));
                }
                Match::Maybe(why) => return Fact::Unknown(why.clone()),
                Match::No => {}
            }
        }
        match self.asked.tags {
            Ok(tags) => by_tag(tags, keys, read),
            Err(why) => Fact::Unknown(why.clone()),
        }
    }

    /// All that are trusted everywhere, and those of the first entry that names any.
    fn trusted_accounts(&self) -> Listed<String> {
        let mut listed = Listed::complete(self.config.trusted_accounts.clone());
        let entries = self.config.tables.iter();
        for entry in entries.filter(|it| !it.trusted_accounts.is_empty()) {
            match entry.place.matches(&self.asked) {
                Match::Yes => {
                    listed.items.extend(entry.trusted_accounts.iter().cloned());
                    return listed;
                }
                Match::Maybe(why) => {
                    listed.missing = Some(why.clone());
                    return listed;
                }
                Match::No => {}
            }
        }
        listed
    }
}

fn by_tag<T>(
    tags: &BTreeMap<String, String>,
    keys: &[&str],
    read: impl Fn(&str) -> Option<T>,
) -> Perhaps<T> {
    let Some((key, text)) = tag(tags, keys) else {
        return Fact::Known(None);
    };
    match read(text) {
        Some(value) => Fact::Known(Some(Declared {
            value,
            origin: format!("tag {key}"),
        })),
        None => Fact::Unknown(Why {
            detail: Some(format!("tag {key} = {text}")),
            ..Why::from_call(Reason::Unrecognised, Operation::GetResources)
        }),
    }
}
