//! The figures of tables, for reports that can show pictures: small SVG, each with its numbers as a table.
//!
//! Pure: the same snapshot gives the same bytes. Colours are the page's: a picture names only the classes `fig-line`,
//! `fig-area`, `fig-limit`, `fig-alarm`, `fig-bad`, `fig-good`, `fig-text`, `fig-faint` and `fig-box`, and draws grids and
//! links in the colour of the text around it. Judges nothing: what is marked as bad is a link that is missing or broken,
//! what could not be read is drawn dashed and says why.

mod alarms;
mod backups;
mod capacity;
mod diagram;
mod scale;
mod series;
mod sketch;
mod sparkline;
mod structure;
pub(super) mod svg;

use std::collections::{BTreeMap, BTreeSet};

use self::alarms::{Alarms, Watching};
use super::TableKey;
use crate::link::Linked;
use crate::link::account::AccountView;
use crate::link::table::TableView;

/// Bytes that the figures of one report may take, however few its tables are.
const LEAST_BYTES: usize = 90_000;
/// Bytes that each table beyond the first fifty adds to that.
const BYTES_A_TABLE: usize = 150;
/// Bytes that the figures of one report take at most.
const MOST_BYTES: usize = 1_500_000;
/// Where no more than so many bytes are left, nothing is tried any more.
const SMALLEST_DETAIL: usize = 3_000;
/// The sparklines may take one part in so many: the rest is for the larger figures.
const SPARKLINE_SHARE: usize = 2;

/// The figures of one table; those that a large report has no room for are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableFigures {
    /// What was consumed in the window, with the line of the alarm, in one row's height; `None` where it was not read.
    pub sparkline: Option<Figure>,
    /// Capacity against consumption: reads and writes of the table.
    pub capacity: Vec<Figure>,
    /// The same of its indexes.
    pub indexes: Vec<Figure>,
    /// The table with its indexes, consumers, alarms and backups.
    pub diagram: Option<Figure>,
}

/// A picture with its numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it shows; plain text, not escaped.
    pub title: String,
    /// An `<svg>` element, or a `<p>` where nothing was read that could be drawn; safe inside HTML as it stands.
    pub svg: String,
    /// The same as rows.
    pub data: FigureTable,
}

/// The numbers of a picture; plain text, not escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureTable {
    /// The headings.
    pub head: Vec<String>,
    /// The rows, each as long as the headings.
    pub rows: Vec<Vec<String>>,
}

impl Figure {
    /// Bytes that it takes in a page, the marks around its cells included.
    pub fn bytes(&self) -> usize {
        let cells = |row: &Vec<String>| row.iter().map(|cell| cell.len() + 9).sum::<usize>() + 9;
        let rows = self.data.rows.iter().chain([&self.data.head]);
        self.svg.len() + self.title.len() + rows.map(cells).sum::<usize>()
    }
}

/// The figures of the tables, as many as a report of its size has room for: those of the first in `order` (the tables
/// with the worst failures), then the others. First come the sparklines, then diagrams and the
/// charts of tables, then the charts of indexes.
pub fn of_tables(linked: &Linked<'_>, order: &[TableKey]) -> BTreeMap<TableKey, TableFigures> {
    let subjects = subjects(linked);
    let mut left = room(subjects.len());
    let in_order = in_order(&subjects, order);
    let mut figures: BTreeMap<TableKey, TableFigures> = BTreeMap::new();
    let mut for_sparklines = left / SPARKLINE_SHARE;
    for subject in &in_order {
        let Some(sparkline) = sparkline::of(&subject.series()) else {
            continue;
        };
        let Some(rest) = for_sparklines.checked_sub(sparkline.bytes()) else {
            break;
        };
        left -= for_sparklines - rest;
        for_sparklines = rest;
        figures.entry(subject.key()).or_default().sparkline = Some(sparkline);
    }
    for subject in &in_order {
        if left < SMALLEST_DETAIL {
            break;
        }
        let capacity = capacity::of_table(&subject.id, subject.table, &subject.alarms);
        let diagram = diagram::of(&subject.id, subject.table, &subject.alarms);
        let all = capacity.iter().chain([&diagram]);
        // One with very much may not fit where the next one does.
        if let Some(rest) = left.checked_sub(all.map(Figure::bytes).sum()) {
            left = rest;
            let drawn = figures.entry(subject.key()).or_default();
            (drawn.capacity, drawn.diagram) = (capacity, Some(diagram));
        }
    }
    for subject in &in_order {
        if left < SMALLEST_DETAIL {
            break;
        }
        let drawn = figures.get_mut(&subject.key());
        let Some(drawn) = drawn.filter(|it| it.diagram.is_some()) else {
            continue;
        };
        let indexes = capacity::of_indexes(&subject.id, subject.table, &subject.alarms);
        if let Some(rest) = left.checked_sub(indexes.iter().map(Figure::bytes).sum()) {
            left = rest;
            drawn.indexes = indexes;
        }
    }
    figures
}

/// Bytes that the figures of so many tables may take together.
fn room(tables: usize) -> usize {
    (LEAST_BYTES + tables.saturating_sub(50) * BYTES_A_TABLE).min(MOST_BYTES)
}

/// A table with what its figures need.
struct Subject<'l, 'a> {
    /// What its ids begin with: one of its own for each table of a report.
    id: String,
    account: &'l AccountView<'a>,
    table: &'l TableView<'a>,
    alarms: Alarms<'l, 'a>,
}

fn subjects<'l, 'a>(linked: &'l Linked<'a>) -> Vec<Subject<'l, 'a>> {
    let mut subjects = Vec::new();
    for account in &linked.accounts {
        let watching = Watching::new(account);
        let tables = account.tables.known().map_or(&[][..], |it| &it.items);
        for table in tables {
            let alarms = watching.of(table);
            let id = format!("f{}", subjects.len());
            subjects.push(Subject {
                id,
                account,
                table,
                alarms,
            });
        }
    }
    subjects
}

fn in_order<'s, 'l, 'a>(
    subjects: &'s [Subject<'l, 'a>],
    order: &[TableKey],
) -> Vec<&'s Subject<'l, 'a>> {
    let by_key: BTreeMap<TableKey, &Subject<'l, 'a>> =
        subjects.iter().map(|it| (it.key(), it)).collect();
    let mut seen = BTreeSet::new();
    let first = order.iter().filter(|key| seen.insert(*key));
    let first: Vec<_> = first.filter_map(|key| by_key.get(key).copied()).collect();
    let others = by_key.iter().filter(|(key, _)| !seen.contains(key));
    let others: Vec<_> = others.map(|(_, subject)| *subject).collect();
    first.into_iter().chain(others).collect()
}

impl<'l, 'a> Subject<'l, 'a> {
    fn key(&self) -> TableKey {
        let region = self.account.region;
        let name = self.table.table.name.clone();
        (region.account.clone(), region.region.clone(), name)
    }

    fn series(&self) -> Vec<series::Series<'l>> {
        series::of_table(self.table, &self.alarms)
    }
}
