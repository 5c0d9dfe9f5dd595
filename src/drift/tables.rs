//! Which tables, accounts and regions are on which side, and which of them may be on a side without having been seen there.

use std::collections::{BTreeMap, BTreeSet};

use super::{NotComparable, Place, Side, TableResults, Unseen, Which};
use crate::assess::Identities;
use crate::finding::{Finding, TableKey, Verdict, table_of};
use crate::link::listed::may_be_there;
use crate::snapshot::fact::{NOT_REQUESTED, Why};
use crate::snapshot::table::Table;
use crate::snapshot::{Region, Snapshot};

/// Account and region.
type Where<'a> = (&'a str, &'a str);

/// The tables of both sides.
pub(super) struct Tables<'a> {
    /// The accounts and regions that are on both sides.
    regions: BTreeSet<Where<'a>>,
    /// The accounts whose identities are on both sides.
    accounts: BTreeSet<&'a str>,
    /// By account, region and what names a table on both sides.
    pairs: BTreeMap<(&'a str, &'a str, String), Pair<'a>>,
    /// The tables of each side whose results are compared, by their name there.
    compared: [BTreeSet<(&'a str, &'a str, &'a str)>; 2],
    not_comparable: Vec<NotComparable>,
    is_blind: bool,
}

#[derive(Default)]
struct Pair<'a> {
    old: Option<&'a Table>,
    new: Option<&'a Table>,
}

impl<'a> Tables<'a> {
    pub(super) fn of(old: &Side<'a>, new: &Side<'a>) -> Tables<'a> {
        let wheres = |snapshot: &'a Snapshot| -> BTreeSet<Where<'a>> {
            snapshot.regions.iter().map(place_of).collect()
        };
        let (of_old, of_new) = (wheres(old.snapshot), wheres(new.snapshot));
        let accounts = |snapshot: &'a Snapshot| -> BTreeSet<&'a str> {
            snapshot.iam.iter().map(|iam| &*iam.account).collect()
        };
        let (iam_of_old, iam_of_new) = (accounts(old.snapshot), accounts(new.snapshot));
        let mut tables = Tables {
            regions: of_old.intersection(&of_new).copied().collect(),
            accounts: iam_of_old.intersection(&iam_of_new).copied().collect(),
            pairs: BTreeMap::new(),
            compared: [BTreeSet::new(), BTreeSet::new()],
            not_comparable: Vec::new(),
            is_blind: false,
        };
        tables.say_one_sided(&of_old, &of_new);
        tables.say_one_sided_accounts(&iam_of_old, &iam_of_new);
        tables.add(old.snapshot, old.identities, Which::Old);
        tables.add(new.snapshot, new.identities, Which::New);
        tables.is_blind = tables.sees_nothing(old.snapshot) || tables.sees_nothing(new.snapshot);
        tables.sort_out(old, new);
        tables
    }

    /// Whether none of the regions that are on both sides could be listed on this one.
    fn sees_nothing(&self, snapshot: &Snapshot) -> bool {
        let both = |region: &&Region| self.regions.contains(&place_of(region));
        let mut regions = snapshot.regions.iter().filter(both);
        regions.all(|region| region.tables.known().is_none())
    }

    fn say_one_sided(&mut self, of_old: &BTreeSet<Where<'a>>, of_new: &BTreeSet<Where<'a>>) {
        let lacking = [(Which::New, of_old, of_new), (Which::Old, of_new, of_old)];
        for (lacks, has, others) in lacking {
            for (account, region) in has.difference(others) {
                let is_account = !others.iter().any(|(other, _)| other == account);
                let what = if is_account { account } else { region };
                self.not_comparable.push(NotComparable {
                    what: (*what).to_owned(),
                    kind: match is_account {
                        true => Unseen::Account,
                        false => Unseen::Region,
                    },
                    place: Place {
                        account: (*account).to_owned(),
                        region: (!is_account).then(|| (*region).to_owned()),
                        table: None,
                    },
                    lacks,
                    why: NOT_REQUESTED.clone(),
                });
            }
        }
    }

    /// Says whose identities are on one side only, of accounts that are on both.
    fn say_one_sided_accounts(&mut self, of_old: &BTreeSet<&'a str>, of_new: &BTreeSet<&'a str>) {
        let both: BTreeSet<&str> = self.regions.iter().map(|(account, _)| *account).collect();
        let lacking = [(Which::New, of_old, of_new), (Which::Old, of_new, of_old)];
        for (lacks, has, others) in lacking {
            for account in has.difference(others).filter(|it| both.contains(**it)) {
                self.not_comparable.push(NotComparable {
                    what: "identities".to_owned(),
                    kind: Unseen::Fact,
                    place: Place {
                        account: (*account).to_owned(),
                        ..Place::default()
                    },
                    lacks,
                    why: NOT_REQUESTED.clone(),
                });
            }
        }
    }

    fn add(&mut self, snapshot: &'a Snapshot, identities: &Identities, which: Which) {
        for region in &snapshot.regions {
            let (account, name) = place_of(region);
            if !self.regions.contains(&(account, name)) {
                continue;
            }
            for table in region.tables.known().map_or(&[][..], |it| &it.items) {
                let identity = identities.of(account, name, &table.name);
                // No name of a table has a blank in it, and every identity has.
                let named = identity.unwrap_or(&table.name).to_owned();
                let pair = self.pairs.entry((account, name, named)).or_default();
                match which {
                    Which::Old => pair.old = Some(table),
                    Which::New => pair.new = Some(table),
                }
            }
        }
    }

    /// Keeps the tables that are judged on either side, and says which of them only one side could see.
    fn sort_out(&mut self, old: &Side<'a>, new: &Side<'a>) {
        let pairs = std::mem::take(&mut self.pairs);
        for ((account, region, named), pair) in pairs {
            let is_judged = |side: &Side<'a>, table: Option<&Table>| {
                table.is_some_and(|table| {
                    let key = (account.to_owned(), region.to_owned(), table.name.clone());
                    side.assessment.briefs.contains_key(&key)
                })
            };
            let judged = (is_judged(old, pair.old), is_judged(new, pair.new));
            let mut say = |lacks: Which, table: &Table, why: &Why| {
                self.not_comparable.push(NotComparable {
                    what: table.name.clone(),
                    kind: Unseen::Table,
                    place: Place {
                        account: account.to_owned(),
                        region: Some(region.to_owned()),
                        table: Some(table.name.clone()),
                    },
                    lacks,
                    why: why.clone(),
                });
            };
            match (pair.old, pair.new, judged) {
                (_, _, (false, false)) => continue,
                (Some(before), Some(now), (true, true)) => {
                    self.compared[0].insert((account, region, &before.name));
                    self.compared[1].insert((account, region, &now.name));
                }
                // Its facts are compared; who asked for some tables did not ask for it on the other side.
                (Some(_), Some(now), (true, false)) => say(Which::New, now, &NOT_REQUESTED),
                (Some(_), Some(now), (false, true)) => say(Which::Old, now, &NOT_REQUESTED),
                (Some(table), None, _) => {
                    if let Some(why) = may_have(new.snapshot, (account, region), &table.name) {
                        say(Which::New, table, &why);
                        continue;
                    }
                }
                (None, Some(table), _) => {
                    if let Some(why) = may_have(old.snapshot, (account, region), &table.name) {
                        say(Which::Old, table, &why);
                        continue;
                    }
                }
                (None, None, _) => continue,
            }
            self.pairs.insert((account, region, named), pair);
        }
    }

    /// How many tables are on both sides.
    pub(super) fn both(&self) -> usize {
        self.pairs().count()
    }

    /// Whether one side could list no table at all, in no region that is on both.
    pub(super) fn is_blind(&self) -> bool {
        self.is_blind
    }

    pub(super) fn not_comparable(&self) -> &[NotComparable] {
        &self.not_comparable
    }

    /// The tables that are on both sides: account, region and the name of today; as they were, as they are.
    pub(super) fn pairs(&self) -> impl Iterator<Item = ((&str, &str, &str), &'a Table, &'a Table)> {
        self.pairs
            .iter()
            .filter_map(|((account, region, _), pair)| {
                let (old, new) = (pair.old?, pair.new?);
                Some(((*account, *region, new.name.as_str()), old, new))
            })
    }

    /// The regions that are on both sides: as they were, as they are.
    pub(super) fn regions<'s>(
        &self,
        old: &'s Snapshot,
        new: &'s Snapshot,
    ) -> impl Iterator<Item = (&'s Region, &'s Region)> {
        new.regions.iter().filter_map(|region| {
            let same = |it: &&Region| place_of(it) == place_of(region);
            Some((old.regions.iter().find(same)?, region))
        })
    }

    /// Why each side may lack things of a region that are there: it left out tables that the other one has, and with them
    /// their keys, alarms and the like.
    pub(super) fn narrowed(
        &self,
        old: &Region,
        new: &Region,
    ) -> (Option<&'static Why>, Option<&'static Why>) {
        let lacks = |one: &Region, other: &Region| {
            let left_out: BTreeSet<&str> = left_out(one).collect();
            let tables = other.tables.known().map_or(&[][..], |it| &it.items);
            let mut tables = tables.iter();
            let looks = tables.any(|table| left_out.contains(&*table.name));
            looks.then_some(&NOT_REQUESTED)
        };
        (lacks(old, new), lacks(new, old))
    }

    /// The tables that are on one side only, with their results.
    pub(super) fn results(&self, which: Which, side: &Side<'_>) -> Vec<TableResults> {
        let only = self
            .pairs
            .iter()
            .filter_map(|((account, region, _), pair)| {
                let table = match (which, pair.old, pair.new) {
                    (Which::Old, Some(table), None) | (Which::New, None, Some(table)) => table,
                    (Which::Old | Which::New, _, _) => return None,
                };
                let region = (*region).to_owned();
                Some(((*account).to_owned(), region, table.name.clone()))
            });
        let only: Vec<TableKey> = only.collect();
        let mut fails: BTreeMap<(&str, &str, &str), BTreeMap<_, usize>> = BTreeMap::new();
        let findings = side.assessment.findings.iter();
        for finding in findings.filter(|it| it.counts() && it.verdict == Verdict::Fail) {
            if let Some(table) = table_of(&finding.subject) {
                let of_table = fails.entry(table).or_default();
                *of_table.entry(finding.severity).or_default() += 1;
            }
        }
        let results = only.into_iter().map(|table| TableResults {
            counts: side
                .assessment
                .summary
                .by_table
                .get(&table)
                .copied()
                .unwrap_or_default(),
            fails: fails
                .get(&(&*table.0, &*table.1, &*table.2))
                .cloned()
                .unwrap_or_default(),
            table,
        });
        results.collect()
    }

    /// Whether the other side looked at where a finding of this one is.
    pub(super) fn compares(&self, finding: &Finding, which: Which) -> bool {
        let subject = &finding.subject;
        let place = subject.region.as_deref();
        let by_place = match place {
            Some(region) => self.regions.contains(&(&*subject.account, region)),
            None => self.accounts.contains(&*subject.account),
        };
        let of_side = match which {
            Which::Old => &self.compared[0],
            Which::New => &self.compared[1],
        };
        by_place && table_of(subject).is_none_or(|table| of_side.contains(&table))
    }
}

fn place_of(region: &Region) -> Where<'_> {
    (&region.account, &region.region)
}

/// The tables that a run was told to leave out.
fn left_out(region: &Region) -> impl Iterator<Item = &str> {
    let names = region.other_tables.known();
    names.into_iter().flatten().map(String::as_str)
}

/// Why a table may be in a region of a snapshot that does not have it.
fn may_have(snapshot: &Snapshot, place: Where<'_>, table: &str) -> Option<Why> {
    let region = snapshot.regions.iter().find(|it| place_of(it) == place)?;
    may_be_there(region, table).cloned()
}
