//! A replica as rules see it: what this region says of it, and the table there, where it was read in the same run.
//!
//! A replica in a region or account that was not read is unknown, never different.

use std::collections::BTreeMap;

use super::account::AccountView;
use super::setting::{self, Setting};
use super::table::TableView;
use crate::snapshot::fact::{Fact, Listed, NOT_REQUESTED};
use crate::snapshot::record::FactType;
use crate::snapshot::table::Replica;
use crate::view;

/// A replica of a table, with the settings that it should share.
pub struct ReplicaView<'a> {
    replica: &'a Replica,
    settings: Fact<Listed<Setting<'a>>>,
}

view! {
    /// A replica of a global table in another region, with the settings that it should share with the table.
    impl ReplicaView = "replica" over Replica = |v| v.replica, labelled |v| v.replica.region.clone();
    fields {
        /// The settings that the table has on and the replica should have too; unknown where the other region was not read.
        settings: Fact<Listed<Setting<'static>>>, [DescribeTable] = |v| v.settings.value();
    }
    methods {}
}

/// Where a table lies: account, region, name.
type Place<'a> = (&'a str, &'a str, &'a str);

/// The replicas of each table of each account, by the order of accounts and tables.
pub(super) fn join<'a>(accounts: &[AccountView<'a>]) -> Vec<Vec<Fact<Vec<ReplicaView<'a>>>>> {
    let tables_of =
        |account: &AccountView<'a>| account.tables.known().map(|listed| listed.items.len());
    if accounts.iter().all(|account| tables_of(account).is_none()) {
        return Vec::new();
    }
    let mut by_place: BTreeMap<Place<'a>, &TableView<'a>> = BTreeMap::new();
    for account in accounts {
        for table in account
            .tables
            .known()
            .into_iter()
            .flat_map(|listed| &listed.items)
        {
            let region = account.region;
            by_place.insert((&region.account, &region.region, &table.table.name), table);
        }
    }
    let of_account = |account: &AccountView<'a>| {
        let tables = account.tables.known().into_iter();
        let tables = tables.flat_map(|listed| &listed.items);
        tables.map(|table| replicas(table, &by_place)).collect()
    };
    accounts.iter().map(of_account).collect()
}

fn replicas<'a>(
    view: &TableView<'a>,
    by_place: &BTreeMap<Place<'a>, &TableView<'a>>,
) -> Fact<Vec<ReplicaView<'a>>> {
    match view.table.replicas.as_ref() {
        Err(why) => Fact::Unknown(why.clone()),
        Ok(replicas) => Fact::Known(
            replicas
                .iter()
                .map(|replica| ReplicaView {
                    replica,
                    settings: match by_place.get(&place(view, replica)) {
                        Some(there) => Fact::Known(Listed::complete(shared(view, there))),
                        None => Fact::Unknown(NOT_REQUESTED.clone()),
                    },
                })
                .collect(),
        ),
    }
}

/// By ARN where AWS gives one, as a replica may be in another account; else in the table's own.
fn place<'v>(view: &'v TableView<'_>, replica: &'v Replica) -> Place<'v> {
    let by_arn = || {
        let mut parts = replica.arn.as_deref()?.splitn(6, ':').skip(3);
        let (region, account) = (parts.next()?, parts.next()?);
        Some((account, region, parts.next()?.strip_prefix("table/")?))
    };
    by_arn().unwrap_or((&view.region.account, &replica.region, &view.table.name))
}

/// What the table has on, and how the replica has it. TTL, billing mode and indexes are copied by DynamoDB.
fn shared<'a>(here: &TableView<'a>, there: &TableView<'a>) -> Vec<Setting<'a>> {
    let (table, other) = (here.table, there.table);
    let on_as = |name, of: &dyn Fn(&TableView<'a>) -> Fact<String>| {
        Setting::on_as(name, of(there), of(here))
    };
    let alarm = |metric: &'static str| move |view: &TableView<'a>| view.alarm(metric);
    let settings = [
        on_as("point-in-time recovery", &|it| setting::pitr(it.table)),
        on_as("deletion protection", &|it| {
            setting::deletion_protection(it.table)
        }),
        on_as("key in KMS", &|it| setting::kms_key(it.table)),
        on_as("read throttle alarm", &alarm("ReadThrottleEvents")),
        on_as("write throttle alarm", &alarm("WriteThrottleEvents")),
        on_as("auto scaling of reads", &|it| {
            setting::scaling(it.scaling(true))
        }),
        on_as("auto scaling of writes", &|it| {
            setting::scaling(it.scaling(false))
        }),
        setting::tags_as(other, table),
    ];
    settings
        .into_iter()
        .flatten()
        .chain(capacity(here, there))
        .collect()
}

/// The units a second that the replica can come to, where the table can come to more.
fn capacity<'a>(here: &TableView<'a>, there: &TableView<'a>) -> Vec<Setting<'a>> {
    let side = |name: &'static str, reads: bool| {
        let (found, wanted) = (there.ceiling(None, reads), here.ceiling(None, reads));
        let is_enough = match (found.as_ref(), wanted.as_ref()) {
            (Ok(None), Ok(_)) => true,
            (Ok(Some(found)), Ok(Some(wanted))) => found >= wanted,
            (Ok(Some(_)), Ok(None)) | (Err(_), _) | (_, Err(_)) => false,
        };
        let words = |units: Fact<Option<f64>>| {
            units.map(|units| units.map_or_else(|| "no maximum".to_owned(), |it| it.to_string()))
        };
        let found = words(found);
        Setting {
            name,
            wanted: if is_enough {
                found.clone()
            } else {
                words(wanted)
            },
            found,
        }
    };
    vec![
        side("reads a second at most", true),
        side("writes a second at most", false),
    ]
}
