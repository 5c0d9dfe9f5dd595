//! The counts by area; left out where there are so few tables that one sees it.

use super::layout::{number, pad, pad_left};
use super::style::{Ink, Style};
use crate::finding::Area;
use crate::report::{Counts, Report};

/// The most tables that need no such table.
const FEW_TABLES: usize = 2;
const NAME: usize = 20;
const COLUMNS: [(&str, usize); 4] = [
    ("pass", 8),
    ("fail", 8),
    ("unknown", 10),
    ("not applicable", 17),
];

/// The table.
pub(super) fn by_area(report: &Report, style: &Style) -> String {
    if report.tables <= FEW_TABLES {
        return String::new();
    }
    let heads = COLUMNS.map(|(head, width)| pad_left(head, width)).concat();
    let heads = style.paint(Ink::Faint, &format!("{:NAME$}{heads}", ""));
    let areas = report.summary.by_area.iter();
    let rows = areas.filter(|(_, counts)| counts.total() > 0);
    let rows: String = rows
        .map(|(area, counts)| row(style, *area, *counts))
        .collect();
    format!("{heads}\n{rows}")
}

fn row(style: &Style, area: Area, counts: Counts) -> String {
    let Counts {
        pass,
        fail,
        unknown,
        not_applicable,
    } = counts;
    let inks = [Ink::Plain, Ink::Bad, Ink::Open, Ink::Plain];
    let cells = [pass, fail, unknown, not_applicable]
        .into_iter()
        .zip(inks)
        .zip(COLUMNS);
    let cells: String = cells
        .map(|((count, ink), (_, width))| cell(style, count, ink, width))
        .collect();
    format!("{}{cells}\n", pad(&format!("  {}", area.title()), NAME))
}

fn cell(style: &Style, count: usize, ink: Ink, width: usize) -> String {
    match count {
        0 => pad_left(style.dash(), width),
        count => style.paint(ink, &pad_left(&number(count), width)),
    }
}
