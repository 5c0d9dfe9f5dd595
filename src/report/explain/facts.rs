//! The page of facts: every field that a condition can look at, from the field tables themselves.

use std::collections::{BTreeMap, VecDeque};

use super::page::{Block, Page, Table, code, codes};
use crate::rule::Roots;
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Choices, Field, Mark, Method, RecordType, Type};

/// What stands above the tables.
const INTRODUCTION: &str = include_str!("facts.md");

/// The page.
pub fn page(roots: &Roots) -> Page {
    let mut page = Page::read(INTRODUCTION, |_| None);
    let found = reached(roots);
    let mut words = BTreeMap::new();
    for (at, (record, paths)) in found.iter().enumerate() {
        let is_first = found[..at]
            .iter()
            .all(|(other, _)| other.name != record.name);
        let title = match (is_first, paths.first()) {
            (false, Some(path)) => format!("{}, at {path}", record.name),
            (true, _) | (_, None) => record.name.to_owned(),
        };
        page.blocks.extend(section(&title, record, paths));
        for field in record.visible_fields() {
            note_words(&(field.ty)().ty, &mut words);
        }
    }
    page.blocks.push(heading("Words"));
    let text = "The sets of words that AWS defines. A condition that compares one of these with a word that is not in \
                it does not load; a word that AWS sends and this version does not know leaves a comparison unknown.";
    page.blocks.push(Block::Text(text.to_owned()));
    let table = words
        .values()
        .fold(Table::new(&["type", "words"]), |table, choices| {
            table.row([code(choices.name), codes(choices.known.iter().copied())])
        });
    page.blocks.push(Block::Table(table));
    page
}

fn heading(text: &str) -> Block {
    Block::Heading(2, text.to_owned())
}

/// The kinds of records that conditions come to, nearest first, each with the paths to it.
fn reached(roots: &Roots) -> Vec<(&'static RecordType, Vec<String>)> {
    let mut found: Vec<(&'static RecordType, Vec<String>)> = Vec::new();
    let mut open = VecDeque::from([
        (roots.table, "table".to_owned()),
        (roots.account, "account".to_owned()),
        (roots.iam, "iam".to_owned()),
    ]);
    while let Some((record, path)) = open.pop_front() {
        if let Some((_, paths)) = found.iter_mut().find(|(known, _)| *known == record) {
            paths.push(path);
            continue;
        }
        let name = record.name;
        for field in record.visible_fields() {
            let inner = format!("{name}.{}", field.name);
            open.extend(record_of(&(field.ty)().ty, inner));
        }
        found.push((record, vec![path]));
    }
    found
}

fn record_of(ty: &Type, path: String) -> Option<(&'static RecordType, String)> {
    match ty {
        Type::Record(record) => Some((record, path)),
        Type::List(element) => record_of(element, format!("{path}[]")),
        Type::Bool
        | Type::Number
        | Type::Duration
        | Type::Time
        | Type::Text
        | Type::Choice(_)
        | Type::Map => None,
    }
}

fn note_words(ty: &Type, words: &mut BTreeMap<&'static str, &'static Choices>) {
    match ty {
        Type::Choice(choices) => {
            words.insert(choices.name, choices);
        }
        Type::List(element) => note_words(element, words),
        Type::Bool
        | Type::Number
        | Type::Duration
        | Type::Time
        | Type::Text
        | Type::Record(_)
        | Type::Map => {}
    }
}

fn section(title: &str, record: &'static RecordType, paths: &[String]) -> Vec<Block> {
    let places = codes(paths.iter().map(String::as_str));
    let about = format!("{} At {places}.", one_line(record.doc));
    let mut blocks = vec![heading(title), Block::Text(about)];
    let head = ["field", "type", "means", "kind", "told by"];
    let fields = record.visible_fields();
    let table = fields
        .iter()
        .fold(Table::new(&head), |table, field| table.row(row(field)));
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    let head = ["method", "asks", "told by"];
    let methods = record.methods.iter();
    let table = methods.fold(Table::new(&head), |table, method| table.row(ask(method)));
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    blocks
}

fn row(field: &Field) -> [String; 5] {
    let ty = (field.ty)();
    let absent = if ty.optional { ", may be absent" } else { "" };
    [
        code(field.name),
        format!("{}{absent}", code(&ty.ty.to_string())),
        one_line(field.doc),
        kind(field.mark).to_owned(),
        told_by(field.from),
    ]
}

fn ask(method: &Method) -> [String; 3] {
    let args = method.args.iter();
    let args: Vec<String> = args.map(|(name, ty)| format!("{name}: {}", ty())).collect();
    [
        code(&format!("{}({})", method.name, args.join(", "))),
        one_line(method.doc),
        told_by(method.from),
    ]
}

/// What a change of it means.
fn kind(mark: Mark) -> &'static str {
    match mark {
        Mark::Config => "config",
        Mark::Identity => "identity",
        Mark::Volatile => "volatile",
        Mark::Derived => "derived",
    }
}

/// The calls that tell it; with their permission, where that has another name.
fn told_by(operations: &[Operation]) -> String {
    let call = |operation: &Operation| match operation.action() {
        Some(action) if action == operation.name() => code(operation.name()),
        Some(action) => format!("{} (permission {})", code(operation.name()), code(action)),
        None => format!("{} (no permission)", code(operation.name())),
    };
    let calls: Vec<String> = operations.iter().map(call).collect();
    calls.join(", ")
}

fn one_line(doc: &str) -> String {
    let words: Vec<&str> = doc.split_whitespace().collect();
    words.join(" ")
}
