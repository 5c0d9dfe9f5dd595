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
    lacks: Fact<Vec<String>>,
}

view! {
    /// A replica of a global table in another region, with the settings that it should share with the table.
    impl ReplicaView = "replica" over Replica = |v| v.replica, labelled |v| v.replica.region.clone();
    fields {
        /// The settings that the table has on and the replica should have too; unknown where the other region was not read.
        settings: Fact<Listed<Setting<'static>>>, [DescribeTable] = |v| v.settings.value();
        /// The names of those of them that it is known to lack.
        lacks: Fact<Vec<String>>, [DescribeTable] = |v| v.lacks.value();
    }
    methods {}
}

/// Where a table lies: account, region, name.
type Place<'a> = (&'a str, &'a str, &'a str);

/// The replicas of each table of each account, by the order of accounts and tables.
pub(super) fn join<'a>(accounts: &[AccountView<'a>]) -> Vec<Vec<Fact<Vec<ReplicaView<'a>>>>> {
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
        Ok(replicas) => {
            let joined = |replica| {
                let settings = match by_place.get(&place(view, replica)) {
                    Some(there) => Fact::Known(Listed::complete(shared(view, there))),
                    None => Fact::Unknown(NOT_REQUESTED.clone()),
                };
                ReplicaView {
                    replica,
                    lacks: setting::differing(&settings),
                    settings,
                }
            };
            Fact::Known(replicas.iter().map(joined).collect())
        }
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
        setting::scaling_as(there, here, true),
        setting::scaling_as(there, here, false),
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::config::Config;
    use crate::link::Linked;
    use crate::snapshot::Snapshot;

    fn table(region: &str, other: &str, protected: bool) -> Value {
        json!({
            "name": "t", "arn": format!("arn:aws:dynamodb:{region}:1:table/t"), "deletion_protection": protected,
            "replicas": [{"region": other, "status": "ACTIVE", "arn": format!("arn:aws:dynamodb:{other}:1:table/t")}],
        })
    }

    /// What each replica of each region is known to lack.
    fn lacks(regions: &[(&str, Value)]) -> Vec<Value> {
        let region = |(region, table): &(&str, Value)| json!({"account": "1", "partition": "aws", "region": region, "tables": [table]});
        let regions: Vec<Value> = regions.iter().map(region).collect();
        let document = json!({
            "version": 1, "tool_version": "0", "source": "live", "caller_arn": null,
            "collected_at": "2026-11-22T12:00:00Z", "calls": {}, "gaps": [], "regions": regions,
        });
        let snapshot: Snapshot = serde_json::from_value(document).expect("a snapshot");
        let config = Config::default();
        let linked = Linked::new(&snapshot, &config);
        let tables = linked.accounts.iter().filter_map(|it| it.tables.known());
        let replicas = tables.filter_map(|it| it.items[0].replicas().known());
        let shown = |names: Option<&Vec<String>>| names.map_or(json!("unknown"), |it| json!(it));
        replicas
            .flatten()
            .map(|it| shown(it.lacks.known()))
            .collect()
    }

    #[test]
    fn a_replica_is_compared_where_its_region_was_read_and_unknown_elsewhere() {
        let (here, there) = ("eu-west-1", "us-east-1");
        let (ours, theirs) = (table(here, there, true), table(there, here, false));
        assert_eq!(lacks(&[(here, ours.clone())]), [json!("unknown")]);
        // The side that has less is told of; the other has all that it has.
        assert_eq!(
            lacks(&[(here, ours), (there, theirs)]),
            [json!(["deletion protection"]), json!([])]
        );
    }
}
