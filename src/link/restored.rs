//! What a restored table has to have regained. A restore brings back items, keys and indexes; auto scaling, alarms, tags,
//! the stream, TTL, point-in-time recovery and deletion protection are left behind (developer guide, "Restoring a
//! table").
//!
//! Compared with the table that was backed up while that is still there in the account and region, else with what every
//! table of its kind needs.

use std::collections::BTreeMap;

use super::coverage::Watch;
use super::listed::may_be_there;
use super::setting::{self, ON, Setting};
use super::table::TableView;
use crate::snapshot::Region;
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::table::Restore;

/// What a restored table is compared with.
enum Source<'v, 'a> {
    There(&'v TableView<'a>),
    Gone,
    Unknown(&'a Why),
}

/// The tables of a region by name.
type ByName<'v, 'a> = BTreeMap<&'v str, &'v TableView<'a>>;

/// The settings of each table that was restored, in the order of the tables; none for those that were not.
pub(super) fn settings<'a>(
    tables: &[TableView<'a>],
    region: &'a Region,
    watch: &Watch<'a>,
) -> Vec<Fact<Listed<Setting<'a>>>> {
    // The first of a name, as a search would find it.
    let by_name = tables.iter().rev().map(|it| (it.table.name.as_str(), it));
    let by_name: ByName<'_, 'a> = by_name.collect();
    let of = |view: &TableView<'a>| match view.table.restore.as_ref() {
        Err(why) => Fact::Unknown(why.clone()),
        Ok(None) => Fact::Known(Listed::complete(Vec::new())),
        Ok(Some(restore)) => {
            let source = source(view, restore, &by_name, region);
            Fact::Known(compared(view, &source, watch))
        }
    };
    tables.iter().map(of).collect()
}

/// The table that was backed up: gone too where a later one has its name, or this one itself.
fn source<'v, 'a>(
    view: &TableView<'a>,
    restore: &Restore,
    tables: &ByName<'v, 'a>,
    region: &'a Region,
) -> Source<'v, 'a> {
    let Some(arn) = &restore.source_table_arn else {
        return Source::Gone;
    };
    let here = format!(":{}:{}:table/", region.region, region.account);
    let Some((_, name)) = arn.split_once(&here) else {
        return Source::Gone;
    };
    if name == view.table.name {
        return Source::Gone;
    }
    match (tables.get(name).copied(), may_be_there(region, name)) {
        (Some(found), _) => match found.table.created_at.as_ref() {
            Ok(Some(created_at)) if *created_at > restore.restored_at => Source::Gone,
            Ok(_) => Source::There(found),
            Err(why) => Source::Unknown(why),
        },
        (None, Some(why)) => Source::Unknown(why),
        (None, None) => Source::Gone,
    }
}

fn compared<'a>(
    view: &TableView<'a>,
    source: &Source<'_, 'a>,
    watch: &Watch<'a>,
) -> Listed<Setting<'a>> {
    let table = view.table;
    let alarm = |name, metric| Setting::must_be(name, setting::alarm(table, metric, watch), ON);
    let mut items = vec![
        alarm("read throttle alarm", "ReadThrottleEvents"),
        alarm("write throttle alarm", "WriteThrottleEvents"),
    ];
    let mut missing = None;
    match source {
        Source::There(source) => items.extend(as_source(view, source)),
        Source::Gone => items.extend(without_source(view)),
        Source::Unknown(why) => missing = Some((*why).clone()),
    }
    Listed { items, missing }
}

fn as_source<'a>(view: &TableView<'a>, source: &TableView<'a>) -> Vec<Setting<'a>> {
    let (table, other) = (view.table, source.table);
    let settings = [
        Setting::on_as(
            "point-in-time recovery",
            setting::pitr(table),
            setting::pitr(other),
        ),
        Setting::on_as(
            "deletion protection",
            setting::deletion_protection(table),
            setting::deletion_protection(other),
        ),
        Setting::same_as("TTL", setting::ttl(table), setting::ttl(other)),
        Setting::same_as("stream", setting::stream(table), setting::stream(other)),
        setting::tags_as(table, other),
        setting::scaling_as(view, source, true),
        setting::scaling_as(view, source, false),
    ];
    settings.into_iter().flatten().collect()
}

fn without_source<'a>(view: &TableView<'a>) -> Vec<Setting<'a>> {
    let table = view.table;
    let has_tags = table.tags.clone().map(|tags| {
        let some = setting::tag_keys(&tags).next().is_some();
        if some { "some" } else { "none" }.to_owned()
    });
    vec![
        Setting::must_be("point-in-time recovery", setting::pitr(table), ON),
        Setting::must_be(
            "deletion protection",
            setting::deletion_protection(table),
            ON,
        ),
        Setting::must_be("tags", has_tags, "some"),
    ]
}
