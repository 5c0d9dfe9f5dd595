//! The page of a rule or a checklist, and the catalogue of all rules, for people at a terminal.
//!
//! Pure text out of plain structs; knows neither how rules are loaded nor what they found. The same as Markdown is in
//! [`markdown`].

pub mod facts;
pub mod language;
pub mod markdown;
pub mod page;

use unicode_width::UnicodeWidthStr;

use super::terminal::layout::{command, hang, hang_paragraphs, keep, number, pad};
use super::terminal::signed::asked;
use super::terminal::style::{Ink, Style};
use crate::checklist::{Checklist, Item};
use crate::finding::{Area, Severity};

/// What is to be told of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulePage {
    /// Its id.
    pub id: String,
    /// Its area.
    pub area: Area,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// The version it came with.
    pub since: String,
    /// What must hold.
    pub title: String,
    /// What of it can be set.
    pub params: Vec<ParamLine>,
    /// What goes wrong where it does not hold.
    pub why: String,
    /// The fields its condition reads.
    pub looks_at: Vec<String>,
    /// The permissions it needs.
    pub needs: Vec<String>,
    /// The repairs: in what, and the text.
    pub fix: Vec<(String, String)>,
    /// The items of checklists that it decides: `recovery/pitr`.
    pub listed: Vec<String>,
    /// Pages to read.
    pub refs: Vec<String>,
    /// The file that it is written in.
    pub file: String,
    /// What the configuration sets of it, a line each.
    pub set: Vec<String>,
    /// What is in force of it in the places that were asked for.
    pub places: Vec<Place>,
}

/// What is in force of a rule in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place: `orders, account 111122223333, eu-west-1`.
    pub name: String,
    /// Each value with where it came from: `min_days = 35 (dynalint.yaml:12)`.
    pub lines: Vec<String>,
}

/// A parameter of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamLine {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: String,
    /// What holds where nobody sets it.
    pub default: String,
    /// What it is for.
    pub about: String,
}

/// The page of one rule.
pub fn page(rule: &RulePage, style: &Style) -> String {
    let sections = [
        heading(rule, style) + &hang(style, "  ", &style.clean(&rule.title)),
        hang_paragraphs(style, &label("Why"), &rule.why),
        facts(rule, style),
        in_force(rule, style),
        repairs(rule, style),
        reading(rule, style),
    ];
    let sections = sections.into_iter().filter(|text| !text.trim().is_empty());
    sections.collect::<Vec<String>>().join("\n")
}

fn heading(rule: &RulePage, style: &Style) -> String {
    let id = style.paint(Ink::Strong, &style.clean(&rule.id));
    let since = format!("since {}", style.clean(&rule.since));
    let parts = [id.as_str(), rule.area.title(), rule.severity.word(), &since];
    format!("{}\n\n", parts.join(style.dot()))
}

fn label(word: &str) -> String {
    format!("  {}", pad(word, 10))
}

fn row(style: &Style, word: &str, text: &str) -> String {
    match text.is_empty() {
        true => String::new(),
        false => hang(style, &label(word), &style.clean(text)),
    }
}

fn facts(rule: &RulePage, style: &Style) -> String {
    let needs = match rule.needs.is_empty() {
        true => "no permission".to_owned(),
        false => rule.needs.join(", "),
    };
    row(style, "Looks at", &rule.looks_at.join(", "))
        + &row(style, "Needs", &needs)
        + &params(rule, style)
}

fn params(rule: &RulePage, style: &Style) -> String {
    let mut lines = String::new();
    for (at, param) in rule.params.iter().enumerate() {
        let ParamLine {
            name,
            kind,
            default,
            about,
        } = param;
        let word = if at == 0 { "Settings" } else { "" };
        lines += &row(style, word, &format!("{name}: {kind} = {default}"));
        lines += &row(style, "", about);
    }
    lines
}

fn in_force(rule: &RulePage, style: &Style) -> String {
    let mut lines = String::new();
    for (at, set) in rule.set.iter().enumerate() {
        lines += &row(style, if at == 0 { "Set" } else { "" }, set);
    }
    for place in &rule.places {
        lines += &row(style, "Table", &place.name);
        lines += &place
            .lines
            .iter()
            .map(|line| row(style, "", line))
            .collect::<String>();
    }
    lines
}

fn repairs(rule: &RulePage, style: &Style) -> String {
    let mut lines = String::new();
    for (kind, text) in rule.fix.iter().filter(|(_, text)| !text.trim().is_empty()) {
        lines += if lines.is_empty() { "" } else { "\n" };
        lines += &row(style, "Repair", kind);
        let lay_out = match kind.as_str() {
            "cli" => command,
            "text" => hang_paragraphs,
            _ => keep,
        };
        lines += &lay_out(style, &label(""), text);
    }
    if !lines.is_empty() {
        lines += "\n";
        lines += &row(
            style,
            "",
            &format!("with your names in it: dynalint fix {}", rule.id),
        );
    }
    lines
}

fn reading(rule: &RulePage, style: &Style) -> String {
    let pages = rule.refs.iter().enumerate();
    let pages = pages.map(|(at, page)| row(style, if at == 0 { "Read" } else { "" }, page));
    row(style, "Listed", &rule.listed.join(", "))
        + &pages.collect::<String>()
        + &row(style, "File", &rule.file)
}

/// A checklist, with the reason of each item, what decides it, and who signs.
pub fn checklist(list: &Checklist, style: &Style) -> String {
    let id = style.paint(Ink::Strong, &list.id);
    let noun = if list.items.len() == 1 {
        "item"
    } else {
        "items"
    };
    let count = format!("{} {noun}", number(list.items.len()));
    let heading = [id, style.clean(&list.title), count].join(style.dot());
    let items = list.items.iter().map(|item| item_lines(item, style));
    format!("{heading}\n\n{}", items.collect::<Vec<String>>().join("\n"))
}

fn item_lines(item: &Item, style: &Style) -> String {
    let id = style.paint(Ink::Strong, &item.id);
    let text = hang(style, "    ", &style.clean(&item.text));
    let sign = item.attest.as_ref().map(asked).unwrap_or_default();
    let facts = [
        ("why", &*item.why),
        ("rules", &*item.rules.join(", ")),
        ("signed", &sign),
    ];
    let lines = facts.iter().filter(|(_, text)| !text.is_empty());
    let lines = lines.map(|(word, text)| {
        let head = format!("    {}", pad(word, 8));
        hang(style, &head, &style.clean(text))
    });
    format!("  {id}\n{text}{}", lines.collect::<String>())
}

/// The list of rules, by area, the worst first.
pub fn catalogue(rules: &[RulePage], style: &Style) -> String {
    let width = rules.iter().map(|rule| rule.id.width()).max().unwrap_or(0);
    let areas = Area::ALL
        .iter()
        .map(|area| area_list(rules, *area, width, style));
    let areas: Vec<String> = areas.filter(|text| !text.is_empty()).collect();
    areas.join("\n")
}

fn area_list(rules: &[RulePage], area: Area, width: usize, style: &Style) -> String {
    let mut rules: Vec<&RulePage> = rules.iter().filter(|rule| rule.area == area).collect();
    rules.sort_by_key(|rule| (rule.severity, &rule.id));
    if rules.is_empty() {
        return String::new();
    }
    let names = match area.word() == area.title() {
        true => area.title().to_owned(),
        false => format!("{} ({})", area.title(), area.word()),
    };
    let noun = if rules.len() == 1 { "rule" } else { "rules" };
    let heading = format!(
        "{}{}{} {noun}\n",
        style.paint(Ink::Strong, &names),
        style.dot(),
        number(rules.len())
    );
    let lines = rules.iter().map(|rule| line(rule, width, style));
    heading + &lines.collect::<String>()
}

fn line(rule: &RulePage, width: usize, style: &Style) -> String {
    let head = format!(
        "  {}  {}  ",
        pad(&rule.id, width),
        pad(rule.severity.word(), 8)
    );
    let title = style.cut(
        &style.clean(&rule.title),
        style.width.saturating_sub(head.width()).max(20),
    );
    format!("{head}{title}\n")
}
