//! Settings of a table as words, so that two tables can be compared setting by setting and a report can say both.

use std::collections::BTreeMap;

use super::coverage::{Unit, Watch};
use super::logic::Answer;
use super::metrics;
use super::table::TableView;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED};
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::{BillingMode, EncryptionType, PitrStatus, Table, TtlStatus};
use crate::view;

pub(super) const ON: &str = "on";
pub(super) const OFF: &str = "off";

/// A setting that should be as it is elsewhere.
#[derive(Clone)]
pub struct Setting<'a> {
    pub(super) name: &'a str,
    pub(super) found: Fact<String>,
    pub(super) wanted: Fact<String>,
}

view! {
    /// A setting that should be as it is elsewhere.
    impl Setting = "setting", labelled |v| v.name.to_owned();
    fields {
        /// What is set: `deletion protection`.
        name: String, [] = |v| Value::Text(v.name);
        /// How it is set here, in words.
        found: Fact<String>, [DescribeTable, DescribeContinuousBackups, DescribeTimeToLive, GetResources, DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy, DescribeScalableTargets] = |v| v.found.value();
        /// How it should be set, in words.
        wanted: Fact<String>, [DescribeTable, DescribeContinuousBackups, DescribeTimeToLive, GetResources, DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy, DescribeScalableTargets] = |v| v.wanted.value();
    }
    methods {}
}

impl<'a> Setting<'a> {
    /// One that must be exactly so.
    pub(super) fn must_be(name: &'a str, found: Fact<String>, wanted: &str) -> Setting<'a> {
        let wanted = Fact::Known(wanted.to_owned());
        Setting {
            name,
            found,
            wanted,
        }
    }

    /// One that must be on if it is elsewhere; nothing where it is off there. Where it is on here, nothing else is asked.
    pub(super) fn on_as(
        name: &'a str,
        found: Fact<String>,
        elsewhere: Fact<String>,
    ) -> Option<Setting<'a>> {
        match elsewhere.known().map(String::as_str) {
            Some(OFF) => None,
            _ if found.known().is_some_and(|it| it == ON) => {
                Some(Setting::must_be(name, found, ON))
            }
            _ => Some(Setting {
                name,
                found,
                wanted: elsewhere,
            }),
        }
    }

    /// One that must be the same as elsewhere, unless it is off there.
    pub(super) fn same_as(
        name: &'a str,
        found: Fact<String>,
        elsewhere: Fact<String>,
    ) -> Option<Setting<'a>> {
        let is_off = elsewhere.known().is_some_and(|it| it == OFF);
        (!is_off).then_some(Setting {
            name,
            found,
            wanted: elsewhere,
        })
    }
}

/// The names of the settings that are known to differ: what could not be read is not said to be missing.
pub(super) fn differing(settings: &Fact<Listed<Setting<'_>>>) -> Fact<Vec<String>> {
    let differs = |it: &&Setting<'_>| match (it.found.known(), it.wanted.known()) {
        (Some(found), Some(wanted)) => found != wanted,
        (None, _) | (_, None) => false,
    };
    match settings.as_ref() {
        Err(why) => Fact::Unknown(why.clone()),
        Ok(listed) => {
            let differing = listed.items.iter().filter(differs);
            Fact::Known(differing.map(|it| it.name.to_owned()).collect())
        }
    }
}

fn switch(on: bool) -> String {
    if on { ON } else { OFF }.to_owned()
}

pub(super) fn pitr(table: &Table) -> Fact<String> {
    word(
        table
            .pitr
            .as_ref()
            .map(|pitr| match pitr.status.0.as_str() {
                PitrStatus::ENABLED => Some(switch(true)),
                PitrStatus::DISABLED => Some(switch(false)),
                _ => None,
            }),
    )
}

pub(super) fn deletion_protection(table: &Table) -> Fact<String> {
    table.deletion_protection.clone().map(switch)
}

/// The attribute by which items expire, or off.
pub(super) fn ttl(table: &Table) -> Fact<String> {
    word(table.ttl.as_ref().map(|ttl| match ttl.status.0.as_str() {
        TtlStatus::ENABLED | TtlStatus::ENABLING => {
            Some(ttl.attribute.clone().unwrap_or_else(|| switch(true)))
        }
        TtlStatus::DISABLED | TtlStatus::DISABLING => Some(switch(false)),
        _ => None,
    }))
}

/// What the stream holds, or off.
pub(super) fn stream(table: &Table) -> Fact<String> {
    let view = |stream: &crate::snapshot::table::Stream| stream.view_type.0.clone();
    word(
        table
            .stream
            .as_ref()
            .map(|stream| Some(stream.as_ref().map_or_else(|| switch(false), view))),
    )
}

/// Whether a key in KMS encrypts it.
pub(super) fn kms_key(table: &Table) -> Fact<String> {
    let read = table.encryption.as_ref();
    word(read.map(|encryption| match encryption.kind.0.as_str() {
        EncryptionType::KMS => Some(switch(true)),
        EncryptionType::AWS_OWNED => Some(switch(false)),
        _ => None,
    }))
}

/// Auto scaling of reads or writes that must be on if it is on another table; nothing where one of them is on-demand,
/// for a target that is left over there moves nothing.
pub(super) fn scaling_as<'a>(
    here: &TableView<'_>,
    other: &TableView<'_>,
    reads: bool,
) -> Option<Setting<'a>> {
    let name = if reads {
        "auto scaling of reads"
    } else {
        "auto scaling of writes"
    };
    let modes = [&here.table.billing_mode, &other.table.billing_mode];
    let is = |mode: &Fact<BillingMode>, word| mode.known().is_some_and(|it| it.is(word));
    if modes.iter().any(|it| is(it, BillingMode::PAY_PER_REQUEST)) {
        return None;
    }
    let unread = modes.iter().find(|it| !is(it, BillingMode::PROVISIONED));
    if let Some(mode) = unread {
        let why = mode.as_ref().err().unwrap_or(&UNRECOGNISED);
        return Some(Setting {
            name,
            found: Fact::Unknown(why.clone()),
            wanted: Fact::Unknown(why.clone()),
        });
    }
    let of = |view: &TableView<'_>| {
        let scaling = view.scaling(reads).as_ref();
        word(scaling.map(|scaling| Some(switch(scaling.is_some()))))
    };
    Setting::on_as(name, of(here), of(other))
}

/// Whether an alarm on a metric of the table can fire and reaches someone.
pub(super) fn alarm(table: &Table, metric: &str, watch: &Watch<'_>) -> Fact<String> {
    let unit = Unit::table(&table.name);
    let Some(metric) = metrics::table_metric(metric) else {
        return Fact::Unknown(UNRECOGNISED.clone());
    };
    match watch.covers(&unit, metric) {
        Answer::Yes => Fact::Known(switch(true)),
        Answer::No => Fact::Known(switch(false)),
        Answer::Unknown(why) => Fact::Unknown(why.clone()),
    }
}

/// The keys of tags that people set; those that begin with `aws:` belong to AWS.
pub(super) fn tag_keys(tags: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    tags.keys()
        .map(String::as_str)
        .filter(|key| !key.starts_with("aws:"))
}

/// The tag keys of a table that has to have those of another, and those; nothing where the other has none.
pub(super) fn tags_as<'a>(table: &Table, other: &Table) -> Option<Setting<'a>> {
    let name = "tags";
    let (here, there) = match (table.tags.as_ref(), other.tags.as_ref()) {
        (Ok(here), Ok(there)) => (here, there),
        (Err(why), _) | (_, Err(why)) => {
            let unknown = || Fact::Unknown(why.clone());
            return Some(Setting {
                name,
                found: unknown(),
                wanted: unknown(),
            });
        }
    };
    let wanted: Vec<&str> = tag_keys(there).collect();
    let found = wanted.iter().filter(|key| here.contains_key(**key));
    let found: Vec<&str> = found.copied().collect();
    let found = match found.as_slice() {
        [] => "none".to_owned(),
        found => found.join(", "),
    };
    (!wanted.is_empty()).then(|| Setting::must_be(name, Fact::Known(found), &wanted.join(", ")))
}

/// A word that this version does not know is unknown.
fn word(read: Result<Option<String>, &crate::snapshot::fact::Why>) -> Fact<String> {
    match read {
        Ok(Some(word)) => Fact::Known(word),
        Ok(None) => Fact::Unknown(UNRECOGNISED.clone()),
        Err(why) => Fact::Unknown(why.clone()),
    }
}
