//! The counts by area, each beside how its checklist stands.

use super::items::done;
use super::layout::{flow, hang, number, pad, pad_left};
use super::style::{Ink, Style};
use crate::checklist::{Assessed, Item, Standing, State};
use crate::finding::Area;
use crate::report::{Counts, Report};

const NAME: usize = 18;
/// The fewest columns in which it can be said how a checklist stands.
const LEAST: usize = 24;

/// A count beside an area.
pub(in crate::report) struct Column {
    /// The word above it.
    pub(in crate::report) head: &'static str,
    width: usize,
    ink: Ink,
    /// The count.
    pub(in crate::report) of: fn(&Counts) -> usize,
}

/// An area with its counts and its checklist; one of the two at least.
pub(in crate::report) struct Row<'a> {
    /// The area.
    pub(in crate::report) area: Area,
    /// What its rules said.
    pub(in crate::report) counts: Counts,
    /// How its checklist stands.
    pub(in crate::report) list: Option<&'a Assessed>,
}

const COLUMNS: [Column; 5] = [
    Column {
        head: "pass",
        width: 8,
        ink: Ink::Plain,
        of: |counts| counts.pass,
    },
    Column {
        head: "fail",
        width: 8,
        ink: Ink::Bad,
        of: |counts| counts.fail,
    },
    Column {
        head: "unknown",
        width: 10,
        ink: Ink::Open,
        of: |counts| counts.unknown,
    },
    Column {
        head: "waived",
        width: 9,
        ink: Ink::Mild,
        of: |counts| counts.waived,
    },
    Column {
        head: "baselined",
        width: 12,
        ink: Ink::Mild,
        of: |counts| counts.baselined,
    },
];
/// The columns that are there even where they count nothing.
const ALWAYS: usize = 3;

/// The table.
pub(super) fn by_area(report: &Report, style: &Style) -> String {
    if report.summary.all.total() == 0 {
        return String::new();
    }
    let columns = columns(report);
    if style.width < used(&columns) + LEAST {
        return in_lines(report, style);
    }
    let heads = columns.iter().map(|it| pad_left(it.head, it.width));
    let heads: String = heads.collect();
    let heads = format!("{:NAME$}{heads}   checklist", "");
    let text = style.paint(Ink::Faint, &heads) + "\n";
    let (rows, left_out) = rows(report);
    let rows = rows
        .iter()
        .map(|it| row(style, &columns, it.area, it.counts, it.list));
    let own = own_lists(report).map(|list| own_row(style, &columns, list));
    text + &rows.chain(own).collect::<String>() + &not_assessed(style, &left_out)
}

/// The columns that this report has.
pub(in crate::report) fn columns(report: &Report) -> Vec<&'static Column> {
    let columns = COLUMNS.iter().enumerate();
    let columns = columns.filter(|(at, it)| *at < ALWAYS || (it.of)(&report.summary.all) > 0);
    columns.map(|(_, column)| column).collect()
}

/// A row for each area, and the areas of which nothing was assessed.
pub(in crate::report) fn rows(report: &Report) -> (Vec<Row<'_>>, Vec<&'static str>) {
    let (mut rows, mut left_out) = (Vec::new(), Vec::new());
    for area in Area::ALL {
        let counts = report.summary.by_area.get(area).copied();
        let mut lists = report.checklists.iter();
        let list = lists.find(|it| it.list.id == area.word());
        match (counts, list) {
            (None, Some(list)) if !is_assessed(list) => left_out.push(area.title()),
            (None, None) => {}
            (counts, list) => rows.push(Row {
                area: *area,
                counts: counts.unwrap_or_default(),
                list,
            }),
        }
    }
    (rows, left_out)
}

/// The lists that are of no area: the user's.
pub(in crate::report) fn own_lists(report: &Report) -> impl Iterator<Item = &Assessed> {
    let is_of_area = |list: &Assessed| Area::ALL.iter().any(|area| area.word() == list.list.id);
    report
        .checklists
        .iter()
        .filter(move |list| !is_of_area(list))
}

/// The same where there is no room for columns.
fn in_lines(report: &Report, style: &Style) -> String {
    let (rows, left_out) = rows(report);
    let lines = rows.iter().map(|row| {
        let counted = COLUMNS.iter().filter(|it| (it.of)(&row.counts) > 0);
        let counted = counted.map(|it| format!("{} {}", number((it.of)(&row.counts)), it.head));
        let counted = counted.collect::<Vec<String>>().join(", ");
        let stand = row
            .list
            .map(|list| format!("checklist {}", done(list, style)));
        let parts = [Some(counted).filter(|it| !it.is_empty()), stand];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        flow(
            style,
            &format!("  {}: ", row.area.title()),
            &parts.join("; "),
        )
    });
    let own = own_lists(report).map(|list| {
        let name = style.clean(&list.list.id);
        let stand = format!("checklist {}", done(list, style));
        flow(style, &format!("  {name}: "), &stand)
    });
    lines.chain(own).collect::<String>() + &not_assessed(style, &left_out)
}

/// The columns before the one of the checklists.
fn used(columns: &[&Column]) -> usize {
    NAME + columns.iter().map(|it| it.width).sum::<usize>() + 3
}

/// A list of the user's: its rules are counted in their areas.
fn own_row(style: &Style, columns: &[&Column], list: &Assessed) -> String {
    let used = used(columns);
    let name = format!("  {}", style.clean(&list.list.id));
    let name = style.cut(&name, used - 2);
    hang(style, &pad(&name, used), &done(list, style))
}

/// Whether any rule of the list was run, or it has none.
fn is_assessed(list: &Assessed) -> bool {
    let by_rules = |(item, standing): (&Item, &Standing)| {
        !item.rules.is_empty() && standing.state != State::NotAssessed
    };
    list.left_out() == 0 || list.items().any(by_rules)
}

fn not_assessed(style: &Style, names: &[&str]) -> String {
    match names.is_empty() {
        true => String::new(),
        false => hang(style, "  not assessed: ", &names.join(", ")),
    }
}

fn row(
    style: &Style,
    columns: &[&Column],
    area: Area,
    counts: Counts,
    list: Option<&Assessed>,
) -> String {
    let cells = columns.iter();
    let cells: String = cells
        .map(|it| cell(style, (it.of)(&counts), it.ink, it.width))
        .collect();
    let stand = list.map_or_else(String::new, |list| done(list, style));
    let used = used(columns);
    let name = pad(&format!("  {}", area.title()), NAME);
    if stand.is_empty() {
        return format!("{name}{cells}\n");
    }
    let stand = hang(style, &" ".repeat(used), &stand);
    format!("{name}{cells}   {}", stand.trim_start())
}

fn cell(style: &Style, count: usize, ink: Ink, width: usize) -> String {
    match count {
        0 => pad_left(style.dash(), width),
        count => style.paint(ink, &pad_left(&number(count), width)),
    }
}
