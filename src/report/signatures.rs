//! The page of all items that people sign: what is rejected, open, lapsed, about to lapse, and attested.

use unicode_width::UnicodeWidthStr;

use super::terminal::layout::{hang, hang_paragraphs, number, pad, some_of};
use super::terminal::signed::{asked, mark, may_lack, of_nothing, who, whom};
use super::terminal::style::{Ink, Style};
use crate::attestation::{Attestations, Day, Hold, Subjects};
use crate::checklist::{Attest, Checklists, Item, Standing};

/// One line of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The item: `release/load-test`.
    pub item: String,
    /// How what the line speaks of stands.
    pub hold: Hold,
    /// In how many days it lapses, where that is soon; 0 is after today.
    pub lapses_in_days: Option<u32>,
    /// Who signed, or who has to, and for what.
    pub text: String,
}

/// By the file alone: each item with the latest signature for each thing that it was signed for.
pub fn of_file(lists: &Checklists, signed: &Attestations, day: Day) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, item) in lists.items() {
        let Some(wanted) = item.asked() else { continue };
        let latest = signed.latest_of(&name);
        for one in &latest {
            let hold = one.hold(&wanted.words, day);
            let lapses_in_days = one.lapses_in(hold, day);
            rows.push(Row {
                item: name.clone(),
                hold,
                lapses_in_days,
                text: format!("{}, for {}", who(one, hold, lapses_in_days), one.on),
            });
        }
        if latest.is_empty() {
            rows.push(open(&name, asked(&wanted.attest)));
        }
    }
    rows
}

/// For what a run looked at: each item with the signatures that decide, and what nobody signed for.
pub fn of_run(
    lists: &Checklists,
    subjects: &Subjects,
    signed: &Attestations,
    day: Day,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, item) in lists.items() {
        let Some(wanted) = item.asked() else { continue };
        let of_item = subjects.per(wanted.attest.per);
        let stand = signed.stand(&name, &wanted.words, of_item, day);
        let standing = Standing::of_signatures(stand);
        for one in standing.signatures() {
            let who = who(one.attestation, one.hold, one.lapses_in_days);
            let names = &one.subjects;
            rows.push(Row {
                item: name.clone(),
                hold: one.hold,
                lapses_in_days: one.lapses_in_days,
                text: who + &whom(&wanted.attest, names, standing.signed.len(), ", "),
            });
        }
        let nobody = standing.signed.iter().filter(|it| it.hold == Hold::Open);
        let nobody: Vec<&str> = nobody.map(|it| &*it.subject.label).collect();
        if !nobody.is_empty() {
            let beside = signed.beside(&name, of_item);
            let beside = beside.iter().map(|one| format!("; {}", of_nothing(one)));
            let text = for_whom(&wanted.attest, &nobody) + &beside.collect::<String>();
            rows.push(open(&name, text));
        }
        if subjects.may_lack(wanted.attest.per) {
            rows.push(open(&name, may_lack(wanted.attest.per)));
        }
    }
    rows
}

fn open(item: &str, text: String) -> Row {
    Row {
        item: item.to_owned(),
        hold: Hold::Open,
        lapses_in_days: None,
        text,
    }
}

/// The room for the names of what an item is to be signed for.
const NAMES: usize = 60;

fn for_whom(attest: &Attest, names: &[&str]) -> String {
    let names = some_of(&Style::default(), names, NAMES);
    format!("by {} for {names}", attest.by)
}

/// The groups of the page, the most urgent first.
const GROUPS: [&str; 5] = ["Rejected", "Open", "Lapsed", "Lapses soon", "Attested"];

fn group(row: &Row) -> usize {
    match (row.hold, row.lapses_in_days) {
        (Hold::Rejected, _) => 0,
        (Hold::Open, _) => 1,
        (Hold::Reworded | Hold::Lapsed, _) => 2,
        (Hold::Attested | Hold::NotApplicable, Some(_)) => 3,
        (Hold::Attested | Hold::NotApplicable, None) => 4,
    }
}

/// The page.
pub fn page(rows: &[Row], style: &Style) -> String {
    let width = rows.iter().map(|row| row.item.width()).max().unwrap_or(0);
    let groups = GROUPS.iter().enumerate().map(|(at, title)| {
        let rows: Vec<&Row> = rows.iter().filter(|row| group(row) == at).collect();
        match rows.is_empty() {
            true => String::new(),
            false => heading(title, rows.len(), style) + &lines(&rows, width, style),
        }
    });
    let groups: Vec<String> = groups.filter(|text| !text.is_empty()).collect();
    let sign = "  sign    dynalint attest ITEM\n".to_owned();
    [groups.join("\n"), sign].join("\n")
}

fn heading(title: &str, rows: usize, style: &Style) -> String {
    let title = style.paint(Ink::Strong, title);
    format!("{title}{}{}\n", style.dot(), number(rows))
}

fn lines(rows: &[&Row], width: usize, style: &Style) -> String {
    let line = |row: &&Row| {
        let (mark, ink) = mark(style, row.hold);
        let item = style.clean(&row.item);
        let head = format!("  {mark} {}  ", pad(&item, width));
        let line = hang(style, &head, &style.clean(&row.text));
        line.replacen(mark, &style.paint(ink, mark), 1)
    };
    rows.iter().map(line).collect()
}

/// What is signed, in full: for the person who is about to.
pub fn words(name: &str, item: &Item, style: &Style) -> String {
    let sign = item.attest.as_ref().map(asked).unwrap_or_default();
    let facts = [("", &*item.text), ("why", &*item.why), ("signed", &*sign)];
    let lines = facts.iter().map(|(word, text)| {
        let head = match word.is_empty() {
            true => "  ".to_owned(),
            false => format!("  {}", pad(word, 8)),
        };
        hang_paragraphs(style, &head, text)
    });
    let name = style.paint(Ink::Strong, name);
    format!("{name}\n{}\n", lines.collect::<String>())
}
