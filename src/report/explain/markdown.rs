//! The pages of rules and checklists as Markdown, for a wiki or a pull request.
//!
//! Each item of a list is a box to tick. What stands in text is escaped, so that nothing in it is taken for markup.

use super::RulePage;
use crate::checklist::{Checklist, Item};
use crate::finding::Area;
use crate::report::terminal::signed::asked;

/// A checklist: a box for each item, with its reason, its rules and who signs.
pub fn checklist(list: &Checklist) -> String {
    let items = list.items.iter().map(item);
    format!("## {}\n\n{}", text(&list.title), items.collect::<String>())
}

fn item(item: &Item) -> String {
    let mut lines = format!("- [ ] **{}**  \n  {}\n", text(&item.text), text(&item.why));
    if !item.rules.is_empty() {
        let rules: Vec<String> = item.rules.iter().map(|rule| code(rule)).collect();
        lines += &format!("  - checked by {}\n", rules.join(", "));
    }
    if let Some(attest) = &item.attest {
        lines += &format!("  - to be signed {}\n", text(&asked(attest)));
    }
    lines
}

/// The page of one rule.
pub fn page(rule: &RulePage) -> String {
    let needs: Vec<String> = rule.needs.iter().map(|action| code(action)).collect();
    let needs = match needs.is_empty() {
        true => String::new(),
        false => format!("\nNeeds {}.\n", needs.join(", ")),
    };
    let params = rule.params.iter().map(|param| {
        let (name, default) = (code(&param.name), code(&param.default));
        let about = text(&param.about);
        format!("- {name} ({}, {default}): {about}\n", text(&param.kind))
    });
    let set = rule.set.iter().map(|line| format!("- {}\n", text(line)));
    let places = rule.places.iter().map(|place| {
        let lines = place.lines.iter().map(|line| format!("- {}\n", text(line)));
        section(&text(&place.name), &lines.collect::<String>())
    });
    let fixes = rule.fix.iter().filter(|(_, fix)| !fix.trim().is_empty());
    let mut fixes: Vec<String> = fixes.map(|(kind, fix)| repair(kind, fix)).collect();
    if !fixes.is_empty() {
        let command = code(&format!("dynalint fix {}", rule.id));
        fixes.push(format!("With your names in it: {command}\n"));
    }
    let refs = rule.refs.iter().map(|page| format!("- <{page}>\n"));
    format!(
        "## {}\n\n{}, {}: {}.\n\n{}\n{needs}{}{}{}{}{}",
        code(&rule.id),
        text(rule.area.title()),
        rule.severity,
        text(&rule.title),
        text(rule.why.trim()),
        section("Settings", &params.collect::<String>()),
        section("Set", &set.collect::<String>()),
        places.collect::<String>(),
        section("Repair", &fixes.join("\n")),
        section("Read", &refs.collect::<String>()),
    )
}

fn repair(kind: &str, fix: &str) -> String {
    match kind {
        "text" => format!("{}\n", text(fix.trim())),
        _ => format!("{kind}:\n\n```\n{}\n```\n", fix.trim_end()),
    }
}

fn section(heading: &str, body: &str) -> String {
    match body.is_empty() {
        true => String::new(),
        false => format!("\n### {heading}\n\n{body}"),
    }
}

/// The list of rules: a table for each area, the worst first.
pub fn catalogue(rules: &[RulePage]) -> String {
    let areas = Area::ALL.iter().map(|area| area_table(rules, *area));
    let areas: Vec<String> = areas.filter(|text| !text.is_empty()).collect();
    areas.join("\n")
}

fn area_table(rules: &[RulePage], area: Area) -> String {
    let mut rules: Vec<&RulePage> = rules.iter().filter(|rule| rule.area == area).collect();
    rules.sort_by_key(|rule| (rule.severity, &rule.id));
    let row = |rule: &&RulePage| {
        let title = text(&rule.title);
        format!("| {} | {} | {title} |\n", code(&rule.id), rule.severity)
    };
    let rows: String = rules.iter().map(row).collect();
    let head = "| rule | severity | what must hold |\n| --- | --- | --- |\n";
    match rules.is_empty() {
        true => String::new(),
        false => format!("## {}\n\n{head}{rows}", text(area.title())),
    }
}

/// Text whose characters mean themselves.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_<>[]#|&".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A name. Ours have no backtick; in a user's it is left out, since nothing can escape it there.
fn code(name: &str) -> String {
    format!("`{}`", name.replace('`', ""))
}
