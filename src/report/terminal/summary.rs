//! The counts by area, each beside how its checklist stands.

use super::items::done;
use super::layout::{hang, number, pad, pad_left};
use super::style::{Ink, Style};
use crate::checklist::{Assessed, Item, Standing, State};
use crate::finding::Area;
use crate::report::{Counts, Report};

const NAME: usize = 18;
const COLUMNS: [(&str, usize); 3] = [("pass", 8), ("fail", 8), ("unknown", 10)];

/// The table.
pub(super) fn by_area(report: &Report, style: &Style) -> String {
    if report.summary.all.total() == 0 {
        return String::new();
    }
    let heads = COLUMNS.map(|(head, width)| pad_left(head, width)).concat();
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
            (counts, list) => text += &row(style, *area, counts.unwrap_or_default(), list),
        }
    }
    let own = report.checklists.iter().filter(|list| !is_of_area(list));
    let own = own.map(|list| own_row(style, list));
    text + &own.collect::<String>() + &not_assessed(style, &left_out)
}

fn is_of_area(list: &Assessed) -> bool {
    Area::ALL.iter().any(|area| area.word() == list.list.id)
}

/// A list of the user's: its rules are counted in their areas.
fn own_row(style: &Style, list: &Assessed) -> String {
    let used = NAME + COLUMNS.iter().map(|(_, width)| width).sum::<usize>() + 3;
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

fn row(style: &Style, area: Area, counts: Counts, list: Option<&Assessed>) -> String {
    let Counts {
        pass,
        fail,
        unknown,
        not_applicable: _,
        waived: _,
        baselined: _,
    } = counts;
    let inks = [Ink::Plain, Ink::Bad, Ink::Open];
    let cells = [pass, fail, unknown].into_iter().zip(inks).zip(COLUMNS);
    let cells: String = cells
        .map(|((count, ink), (_, width))| cell(style, count, ink, width))
        .collect();
    let stand = list.map_or_else(String::new, |list| done(list, style));
    let used = NAME + COLUMNS.iter().map(|(_, width)| width).sum::<usize>() + 3;
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
