//! The page of the rule language: written in `language.md`, with the tables that the checker itself works from.

use super::page::{Page, Table, code};
use crate::rule::anatomy::KEYS;
use crate::rule::condition::reference::{ARITHMETIC, CALLS, OPERATORS, RESERVED, SIZES, TIMES};

/// What is written by hand.
const WRITTEN: &str = include_str!("language.md");

/// The page.
pub fn page() -> Page {
    Page::read(WRITTEN, table)
}

fn table(name: &str) -> Option<Table> {
    Some(match name {
        "keys" => keys(),
        "units" => units(),
        "operators" => operators(),
        "arithmetic" => arithmetic(),
        "calls" => calls(),
        "reserved" => reserved(),
        _ => return None,
    })
}

fn keys() -> Table {
    KEYS.iter()
        .fold(Table::new(&["key", "needed", "holds"]), |table, row| {
            let needed = if row.needed { "yes" } else { "" };
            table.row([code(row.key), needed.to_owned(), row.about.to_owned()])
        })
}

fn units() -> Table {
    let names = |units: &[(&str, f64)]| {
        let names = units
            .iter()
            .map(|(name, size)| format!("{} = {size}", code(name)));
        names.collect::<Vec<String>>().join(", ")
    };
    Table::new(&["unit of", "units"])
        .row(["time, in seconds".to_owned(), names(TIMES)])
        .row(["size, in bytes".to_owned(), names(SIZES)])
}

fn operators() -> Table {
    let head = [
        "form",
        "level",
        "takes and gives",
        "means",
        "where something is unknown",
    ];
    OPERATORS.iter().fold(Table::new(&head), |table, row| {
        table.row([
            code(row.form),
            row.level.to_string(),
            row.types.to_owned(),
            row.about.to_owned(),
            row.unknown.to_owned(),
        ])
    })
}

fn arithmetic() -> Table {
    let head = ["operands", "gives"];
    ARITHMETIC.iter().fold(
        Table::new(&head),
        |table, (left, operators, right, result)| {
            let signs: Vec<&str> = operators.iter().map(|operator| operator.sign()).collect();
            let operands = format!("{left} {} {right}", signs.join(" "));
            table.row([code(&operands), result.to_string()])
        },
    )
}

fn calls() -> Table {
    let head = [
        "form",
        "takes",
        "gives",
        "means",
        "where something is unknown",
        "example",
    ];
    CALLS.iter().fold(Table::new(&head), |table, row| {
        table.row([
            code(row.form),
            row.takes.to_owned(),
            row.gives.to_owned(),
            row.about.to_owned(),
            row.unknown.to_owned(),
            code(row.example),
        ])
    })
}

fn reserved() -> Table {
    let words = RESERVED.iter().map(|word| code(word));
    let words = words.collect::<Vec<String>>().join(", ");
    Table::new(&["reserved", "words"]).row(["of CEL".to_owned(), words])
}
