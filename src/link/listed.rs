//! What DynamoDB lists for a whole region, sorted to its tables: contributor insights, exports, imports, and native
//! backups with whether their table is still there.

use std::collections::BTreeMap;

use crate::snapshot::Region;
use crate::snapshot::dynamodb::{ContributorInsights, Export, Import, NativeBackup};
use crate::snapshot::fact::{Fact, Listed, NOT_REQUESTED, Why};
use crate::snapshot::record::{FactType, Type, Value};
use crate::snapshot::table::Table;
use crate::view;

/// The lists of one region, by table.
pub struct Lists<'a> {
    insights: Found<'a, ContributorInsights>,
    exports: Found<'a, Export>,
    imports: Found<'a, Import>,
}

/// The elements of a list by the table or index that they are about, or why there are none or not all.
struct Found<'a, T> {
    by_resource: BTreeMap<&'a str, Vec<&'a T>>,
    unread: Option<&'a Why>,
    missing: Option<&'a Why>,
}

impl<'a, T> Found<'a, T> {
    fn new(list: &'a Fact<Listed<T>>, resource: impl Fn(&'a T) -> &'a str) -> Found<'a, T> {
        let mut found = Found {
            by_resource: BTreeMap::new(),
            unread: None,
            missing: None,
        };
        match list.as_ref() {
            Err(why) => found.unread = Some(why),
            Ok(listed) => {
                found.missing = listed.missing.as_ref();
                for each in &listed.items {
                    let of_resource = found.by_resource.entry(resource(each)).or_default();
                    of_resource.push(each);
                }
            }
        }
        found
    }

    fn of(&self, resource: &str) -> &[&'a T] {
        self.by_resource.get(resource).map_or(&[], Vec::as_slice)
    }

    /// Some elements as a list that lacks what the whole list lacks.
    fn listed(&self, items: Vec<&'a T>) -> Fact<Listed<&'a T>> {
        match self.unread {
            Some(why) => Fact::Unknown(why.clone()),
            None => Fact::Known(Listed {
                items,
                missing: self.missing.cloned(),
            }),
        }
    }
}

impl<'a> Lists<'a> {
    /// Sorts the lists of a region.
    pub fn new(region: &'a Region) -> Lists<'a> {
        Lists {
            insights: Found::new(&region.contributor_insights, |it| &it.resource_id),
            exports: Found::new(&region.exports, |it| exported_table(&it.arn)),
            imports: Found::new(&region.imports, |it| &it.table_arn),
        }
    }

    /// The contributor insights of a table and of those of its indexes that are there.
    pub fn insights(&self, table: &Table) -> Fact<Listed<&'a ContributorInsights>> {
        let own = format!("table/{}", table.name);
        let mut items = self.insights.of(&own).to_vec();
        let mut missing = None;
        match table.indexes.as_ref() {
            Ok(indexes) => {
                for index in indexes {
                    items.extend(self.insights.of(&format!("{own}/index/{}", index.name)));
                }
            }
            Err(why) => missing = Some(why),
        }
        match self.insights.listed(items) {
            Fact::Known(mut listed) => {
                listed.missing = listed.missing.or(missing.cloned());
                Fact::Known(listed)
            }
            unread => unread,
        }
    }

    /// The contributor insights of the table itself; absent where AWS lists none.
    pub fn table_insights(&self, table: &Table) -> Fact<Option<&'a ContributorInsights>> {
        let own = self.insights.of(&format!("table/{}", table.name));
        match (own.first(), self.insights.unread.or(self.insights.missing)) {
            (Some(insights), _) => Fact::Known(Some(insights)),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::Known(None),
        }
    }

    /// The newest export of each kind. Ids begin with the time, so that ARNs of one table are in its order. Of a list
    /// that is not complete nobody knows the newest.
    pub fn latest_exports(&self, table: &Table) -> Fact<Listed<&'a Export>> {
        let arn = match (self.exports.missing, table.arn.as_ref()) {
            (Some(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
            (None, Ok(arn)) => arn,
        };
        let mut latest: BTreeMap<Option<&str>, &'a Export> = BTreeMap::new();
        for export in self.exports.of(arn) {
            let kind = export.kind.as_ref().map(|kind| kind.0.as_str());
            let newest = latest.entry(kind).or_insert(export);
            if export.arn > newest.arn {
                *newest = export;
            }
        }
        self.exports.listed(latest.into_values().collect())
    }

    /// The imports that made the table: one that ended before the table was created made another of its name.
    pub fn imports(&self, table: &Table) -> Fact<Listed<&'a Import>> {
        let (arn, created_at) = match (table.arn.as_ref(), table.created_at.as_ref()) {
            (Ok(arn), Ok(created_at)) => (arn, *created_at),
            (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        };
        let mut items = self.imports.of(arn).to_vec();
        items.retain(|import| match (import.ended_at, created_at) {
            (Some(ended_at), Some(created_at)) => ended_at >= created_at,
            (None, _) | (_, None) => true,
        });
        self.imports.listed(items)
    }
}

/// The ARN of the table that an export is of.
fn exported_table(arn: &str) -> &str {
    arn.split_once("/export/").map_or(arn, |(table, _)| table)
}

/// A native backup and whether its table is still there.
pub struct BackupView<'a> {
    backup: &'a NativeBackup,
    table_exists: Fact<bool>,
}

view! {
    /// A backup that someone made of a table, not by AWS Backup.
    impl BackupView = "native-backup" over NativeBackup = |v| v.backup, labelled |v| v.backup.name.clone();
    fields {
        /// Whether the table that it was made of is still there. One of the same name that was created later is another.
        table_exists: Fact<bool>, [ListTables, DescribeTable] = |v| v.table_exists.value();
    }
    methods {}
}

/// The native backups of a region.
pub(super) fn native_backups(region: &Region) -> Fact<Listed<BackupView<'_>>> {
    let listed = match region.native_backups.as_ref() {
        Ok(listed) => listed,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let by_name: BTreeMap<&str, &Table> = match region.tables.as_ref() {
        Ok(tables) => tables
            .items
            .iter()
            .map(|table| (table.name.as_str(), table))
            .collect(),
        Err(_) => BTreeMap::new(),
    };
    let view = |backup| BackupView {
        backup,
        table_exists: table_exists(backup, &by_name, region),
    };
    Fact::Known(Listed {
        items: listed.items.iter().map(view).collect(),
        missing: listed.missing.clone(),
    })
}

fn table_exists(
    backup: &NativeBackup,
    by_name: &BTreeMap<&str, &Table>,
    region: &Region,
) -> Fact<bool> {
    match by_name.get(backup.table.as_str()) {
        Some(table) => match (&backup.table_id, table.id.as_ref()) {
            (_, Err(why)) => Fact::Unknown(why.clone()),
            (Some(then), Ok(Some(now))) => Fact::Known(then == now),
            (None, Ok(_)) | (_, Ok(None)) => Fact::Known(true),
        },
        None => match may_be_there(region, &backup.table) {
            Some(why) => Fact::Unknown(why.clone()),
            None => Fact::Known(false),
        },
    }
}

/// Why there may be tables in the region that the snapshot does not have; `None` where it has all.
pub(super) fn unlisted(region: &Region) -> Option<&Why> {
    match (region.tables.as_ref(), region.other_tables.as_ref()) {
        (Err(why), _) => Some(why),
        (Ok(listed), _) if listed.missing.is_some() => listed.missing.as_ref(),
        (Ok(_), Err(why)) => Some(why),
        (Ok(_), Ok(others)) if others.is_empty() => None,
        (Ok(_), Ok(_)) => Some(&NOT_REQUESTED),
    }
}

/// Why there may be a table of this name that the snapshot does not have; `None` where there is none.
pub fn may_be_there<'a>(region: &'a Region, name: &str) -> Option<&'a Why> {
    let others = region.other_tables.known();
    match others.is_some_and(|it| it.iter().any(|other| other == name)) {
        true => unlisted(region),
        false => others_unlisted(region),
    }
}

/// Why there may be tables that the snapshot neither has nor names as left out; `None` where there are none.
pub(super) fn others_unlisted(region: &Region) -> Option<&Why> {
    let whole = region.tables.known().is_some_and(|it| it.missing.is_none());
    match whole && region.other_tables.known().is_some() {
        true => None,
        false => unlisted(region),
    }
}

macro_rules! borrowed {
    ($($record:ty),*) => { $(
        impl FactType for &$record {
            fn ty() -> Type {
                <$record>::ty()
            }
            fn value(&self) -> Value<'_> {
                (*self).value()
            }
        }
    )* };
}

borrowed!(ContributorInsights, Export, Import);
