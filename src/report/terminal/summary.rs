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
struct Column {
    head: &'static str,
    width: usize,
    ink: Ink,
    of: fn(&Counts) -> usize,
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
    let columns = COLUMNS.iter().enumerate();
    let columns = columns.filter(|(at, it)| *at < ALWAYS || (it.of)(&report.summary.all) > 0);
    let columns: Vec<&Column> = columns.map(|(_, column)| column).collect();
    if style.width < used(&columns) + LEAST {
        return in_lines(report, style);
    }
    let heads = columns.iter().map(|it| pad_left(it.head, it.width));
    let heads: String = heads.collect();
    let heads = format!("{:NAME$}{heads}   checklist", "");
    let mut text = style.paint(Ink::Faint, &heads) + "\n";
    let mut left_out = Vec::new();
    for area in Area::ALL {
        let counts = report.summary.by_area.get(area).copied();
        let list = report
            .checklists
            .iter()
            .find(|it| it.list.id == area.word());
        match (counts, list) {
            (None, Some(list)) if !is_assessed(list) => left_out.push(area.title()),
            (None, None) => {}
            (counts, list) => {
                text += &row(style, &columns, *area, counts.unwrap_or_default(), list);
            }
        }
    }
    let own = report.checklists.iter().filter(|list| !is_of_area(list));
    let own = own.map(|list| own_row(style, &columns, list));
    text + &own.collect::<String>() + &not_assessed(style, &left_out)
}

/// The same where there is no room for columns.
fn in_lines(report: &Report, style: &Style) -> String {
    let lines = Area::ALL.iter().filter_map(|area| {
        let lists = &mut report.checklists.iter();
        let list = lists.find(|it| it.list.id == area.word());
        let counts = report.summary.by_area.get(area).copied();
        if counts.is_none() && list.is_none_or(|list| !is_assessed(list)) {
            return None;
        }
        let counts = counts.unwrap_or_default();
        let counted = COLUMNS.iter().filter(|it| (it.of)(&counts) > 0);
        let counted = counted.map(|it| format!("{} {}", number((it.of)(&counts)), it.head));
        let counted = counted.collect::<Vec<String>>().join(", ");
        let stand = list.map(|list| format!("checklist {}", done(list, style)));
        let parts = [Some(counted).filter(|it| !it.is_empty()), stand];
        let text = parts
            .into_iter()
            .flatten()
            .collect::<Vec<String>>()
            .join("; ");
        Some(flow(style, &format!("  {}: ", area.title()), &text))
    });
    let own = report.checklists.iter().filter(|list| !is_of_area(list));
    let own = own.map(|list| {
        let name = style.clean(&list.list.id);
        flow(
            style,
            &format!("  {name}: "),
            &format!("checklist {}", done(list, style)),
        )
    });
    lines.chain(own).collect()
}

/// The columns before the one of the checklists.
fn used(columns: &[&Column]) -> usize {
    NAME + columns.iter().map(|it| it.width).sum::<usize>() + 3
}

fn is_of_area(list: &Assessed) -> bool {
    Area::ALL.iter().any(|area| area.word() == list.list.id)
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
