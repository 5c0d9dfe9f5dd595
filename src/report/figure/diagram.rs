//! A table with what belongs to it: its backups, its indexes and consumers, and the way from its alarms to people.

use super::Figure;
use super::alarms::Alarms;
use super::sketch::{self, Mark, Section};
use super::{backups, structure, svg};
use crate::link::table::TableView;
use crate::report::terminal::layout::count;

/// The diagram of a table.
pub(super) fn of(id: &str, table: &TableView<'_>, alarms: &Alarms<'_, '_>) -> Figure {
    let first = [structure::table(table), backups::section(table)];
    let second = [structure::indexes(table, alarms), structure::changes(table)];
    let third = [alarms.section()];
    let title = svg::clean(&format!("{}: what belongs to it", table.table.name));
    let all: Vec<Section> = [&first[..], &second, &third].concat();
    let svg = sketch::picture(
        &format!("{id}d"),
        [&first, &second, &third],
        (&title, &description(&all)),
    );
    Figure {
        title,
        svg,
        data: sketch::data(&all),
    }
}

/// How much of it is missing, and how much unknown.
fn description(sections: &[Section]) -> String {
    let nodes = || sections.iter().flat_map(|it| &it.nodes);
    let leaves = nodes().flat_map(|it| &it.leaves);
    let marks: Vec<Mark> = nodes()
        .map(|it| it.mark)
        .chain(leaves.map(|it| it.mark))
        .collect();
    let of = |mark: Mark| marks.iter().filter(|it| **it == mark).count();
    let (bad, unknown) = (of(Mark::Bad), of(Mark::Unknown));
    format!(
        "The table, its indexes and consumers, its alarms and backups: {} missing or broken, {} unknown.",
        count(bad, "link"),
        unknown
    )
}
