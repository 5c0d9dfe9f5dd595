//! What AWS Backup did with each table: its jobs, and the tables that were born of restores of it.

use std::collections::BTreeMap;

use super::schedule::Span;
use crate::snapshot::Region;
use crate::snapshot::backup::job::{BackupJob, CopyJob, RestoreJob, RestoreJobStatus};
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::record::Value;
use crate::snapshot::table::{Restore, Table};
use crate::view;

/// The jobs of a region, by table.
pub struct History<'a> {
    backups: ByTable<'a, BackupJob>,
    copies: ByTable<'a, CopyJob>,
    restores: ByTable<'a, RestoreJob>,
    born: ByTable<'a, Restore>,
}

/// Things by the ARN of a table, and why others may be missing.
struct ByTable<'a, T> {
    items: BTreeMap<&'a str, Vec<&'a T>>,
    missing: Option<&'a Why>,
}

impl<'a, T> ByTable<'a, T> {
    fn empty(missing: Option<&'a Why>) -> ByTable<'a, T> {
        ByTable {
            items: BTreeMap::new(),
            missing,
        }
    }

    fn new(all: &'a Fact<Listed<T>>, table: impl Fn(&'a T) -> &'a str) -> ByTable<'a, T> {
        let (all, missing) = parts(all);
        let mut sorted = ByTable::empty(missing);
        for each in all {
            sorted.add(table(each), each);
        }
        sorted
    }

    fn add(&mut self, table: &'a str, item: &'a T) {
        self.items.entry(table).or_default().push(item);
    }

    /// Those of a table that `is_its`, in the order of the key from the highest down.
    fn of<K: Ord>(
        &self,
        table: &'a Table,
        is_its: impl Fn(&T, Option<jiff::Timestamp>) -> bool,
        key: impl Fn(&T) -> K,
    ) -> Fact<Listed<&'a T>> {
        let (arn, created_at) = match (table.arn.as_ref(), table.created_at.as_ref()) {
            (Ok(arn), Ok(created_at)) => (arn.as_str(), *created_at),
            (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        };
        let mut items = self.items.get(arn).cloned().unwrap_or_default();
        items.retain(|it| is_its(it, created_at));
        items.sort_by_cached_key(|it| std::cmp::Reverse(key(it)));
        match (items.is_empty(), self.missing) {
            (true, Some(why)) => Fact::Unknown(why.clone()),
            (_, missing) => Fact::Known(Listed {
                items,
                missing: missing.cloned(),
            }),
        }
    }
}

fn parts<T>(listed: &Fact<Listed<T>>) -> (&[T], Option<&Why>) {
    match listed.as_ref() {
        Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
        Err(why) => (&[][..], Some(why)),
    }
}

/// Whether it is of this table, not of an earlier one that had its name and so its ARN.
fn since(created_at: Option<jiff::Timestamp>, at: jiff::Timestamp) -> bool {
    created_at.is_none_or(|created_at| at >= created_at)
}

impl<'a> History<'a> {
    /// Sorts the jobs of a region by table.
    pub fn new(region: &'a Region) -> History<'a> {
        History {
            backups: ByTable::new(&region.backup_jobs, |it| &it.resource_arn),
            copies: ByTable::new(&region.copy_jobs, |it| &it.resource_arn),
            restores: restores(region),
            born: born(region),
        }
    }

    /// The backup jobs of a table, newest first: of each vault and state one.
    pub fn backups(&self, table: &'a Table) -> Fact<Listed<&'a BackupJob>> {
        self.backups.of(
            table,
            |it, created_at| since(created_at, it.created_at),
            |it| (it.created_at, it.id.clone()),
        )
    }

    /// The copy jobs of a table to a vault, newest first: of each state one.
    pub fn copies(&self, table: &'a Table, vault_arn: &str) -> Fact<Listed<&'a CopyJob>> {
        self.copies.of(
            table,
            |it, created_at| it.destination_arn == vault_arn && since(created_at, it.created_at),
            |it| (it.created_at, it.id.clone()),
        )
    }

    /// The restore jobs of a table's recovery points, newest first.
    pub fn restores(&self, table: &'a Table) -> Fact<Listed<&'a RestoreJob>> {
        self.restores.of(
            table,
            |it, created_at| since(created_at, it.created_at),
            |it| (it.created_at, it.id.clone()),
        )
    }

    /// The restores of a table that other tables were born of, newest first.
    pub fn born(&self, table: &'a Table) -> Fact<Listed<&'a Restore>> {
        self.born.of(
            table,
            |it, created_at| since(created_at, it.restored_at),
            |it| it.restored_at,
        )
    }
}

/// A job whose table can't be told may be anybody's.
fn restores(region: &Region) -> ByTable<'_, RestoreJob> {
    let (jobs, missing) = parts(&region.restore_jobs);
    let mut restores = ByTable::empty(missing);
    let mut points: Option<BTreeMap<&str, &str>> = None;
    for job in jobs {
        let by_point = || {
            let arn = job.recovery_point_arn.as_deref()?;
            let known = points.get_or_insert_with(|| points_of(region));
            known.get(arn).copied().or_else(|| table_of(arn))
        };
        match job.source_arn.as_deref().or_else(by_point) {
            Some(table) => restores.add(table, job),
            None if job.status.is(RestoreJobStatus::COMPLETED) => {
                restores.missing = restores.missing.or(Some(&UNRECOGNISED));
            }
            None => {}
        }
    }
    restores
}

fn points_of(region: &Region) -> BTreeMap<&str, &str> {
    let vaults = parts(&region.vaults).0;
    let points = vaults.iter().flat_map(|it| parts(&it.recovery_points).0);
    points
        .map(|it| (it.arn.as_str(), it.resource_arn.as_str()))
        .collect()
}

/// The table in the ARN of a backup that AWS Backup does not manage fully: `…:table/NAME/backup/ID`.
fn table_of(arn: &str) -> Option<&str> {
    let (table, _) = arn.split_once("/backup/")?;
    table.contains(":table/").then_some(table)
}

/// The tables of the region that were born of restores, by the table that was restored.
fn born(region: &Region) -> ByTable<'_, Restore> {
    let (tables, missing) = parts(&region.tables);
    let mut born = ByTable::empty(missing);
    for table in tables {
        match table.restore.as_ref() {
            Err(why) => born.missing = born.missing.or(Some(why)),
            Ok(None) => {}
            Ok(Some(restore)) => {
                if let Some(source) = &restore.source_table_arn {
                    born.add(source, restore);
                }
            }
        }
    }
    born
}

/// A restore that was completed, and how long it took.
pub struct RestoreView<'a> {
    job: &'a RestoreJob,
    duration: Option<Span>,
}

view! {
    /// A restore job of a table that was completed.
    impl RestoreView = "restore-job" over RestoreJob = |v| v.job, labelled |v| v.job.created_at.to_string();
    fields {
        /// From its creation to its end; null where AWS tells no end.
        duration: Option<Span>, [ListRestoreJobs] = |v| v.duration.as_ref().map_or(Value::Absent, crate::snapshot::record::FactType::value);
    }
    methods {}
}

/// The last restore that was completed; absent if there is none.
pub(super) fn latest<'a>(restores: &Fact<Listed<&'a RestoreJob>>) -> Fact<Option<RestoreView<'a>>> {
    let restores = match restores.as_ref() {
        Err(why) => return Fact::Unknown(why.clone()),
        Ok(Listed {
            missing: Some(why), ..
        }) => return Fact::Unknown(why.clone()),
        Ok(listed) => &listed.items,
    };
    let mut latest: Option<&'a RestoreJob> = None;
    for job in restores {
        if !RestoreJobStatus::CHOICES.knows(&job.status.0) {
            return Fact::Unknown(UNRECOGNISED.clone());
        }
        let is_later = latest.is_none_or(|it| job.completed_at > it.completed_at);
        if job.status.is(RestoreJobStatus::COMPLETED) && is_later {
            latest = Some(job);
        }
    }
    Fact::Known(latest.map(|job| RestoreView {
        job,
        duration: job.completed_at.map(|end| Span {
            seconds: end.duration_since(job.created_at).as_secs_f64(),
        }),
    }))
}
