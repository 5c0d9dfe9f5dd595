//! `dynalint explain`: a rule, an area with its checklist, the list of all rules, or a page of the manual. Needs no account.

mod in_force;

use std::collections::BTreeSet;

use super::args::ExplainArgs;
use super::choice;
use super::exit::{Exit, Failure};
use super::format::PageFormat;
use super::output::Console;
use super::project::Project;
use super::time::today;
use crate::assess::ROOTS;
use crate::checklist::Checklists;
use crate::finding::Area;
use crate::report::explain::page::Page;
use crate::report::explain::{self, ParamLine, RulePage, markdown};
use crate::report::terminal::style::Style;
use crate::rule::Rule;
use crate::rule::param::Param;
use crate::snapshot::operation::Operation;

/// How alike two names must be for one to be suggested for the other.
const ALIKE: f64 = 0.75;
/// The most names that are suggested.
const MOST_NAMES: usize = 5;
/// The page of the rule language.
const LANGUAGE: &str = "language";
/// The page of what conditions can look at.
const FACTS: &str = "facts";

/// Runs it.
pub(super) fn run(args: &ExplainArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    if args.format == PageFormat::Markdown && args.width.is_some() {
        return Err(Failure::new(
            "--width is for text at a terminal, and Markdown has none",
            "leave --width out, or take --format terminal",
        ));
    }
    let style = console.screen.style(args.color, args.width);
    if let Some(page) = args.name.as_deref().and_then(manual) {
        let text = match args.format {
            PageFormat::Terminal => page.terminal(&style),
            PageFormat::Markdown => page.markdown(),
        };
        console.report(&text)?;
        return Ok(Exit::Done);
    }
    let project = Project::load(&args.rules, &args.config, today(None))?;
    let rules = project.catalog.rules().iter();
    let mut pages: Vec<RulePage> = rules.map(|rule| page(rule, &project.lists)).collect();
    let rule = args.name.as_ref();
    let rule = rule.and_then(|name| project.catalog.get(name));
    match rule {
        Some(rule) => {
            let page = pages.iter_mut().find(|page| page.id == rule.id.as_str());
            if let Some(page) = page {
                page.set = in_force::set(&project, rule);
                page.places = in_force::places(&project, rule, args)?;
            }
        }
        None if args.table.is_some() => {
            return Err(match &args.name {
                Some(name) => choice::unknown_rule(&project.catalog, name),
                None => Failure::new("--table needs a rule", "dynalint explain RULE --table T"),
            });
        }
        None => {}
    }
    let name = rule.map(|rule| rule.id.as_str()).or(args.name.as_deref());
    let text = match (name, args.format) {
        (None, PageFormat::Markdown) => markdown::catalogue(&pages),
        (None, PageFormat::Terminal) => {
            explain::catalogue(&pages, &style)
                + "\n  why     dynalint explain RULE\n  write   dynalint explain language, dynalint explain facts\n"
        }
        (Some(name), format) => named(name, &pages, &project.lists, format, &style)?,
    };
    console.report(&text)?;
    Ok(Exit::Done)
}

/// The pages of the manual for those who write rules.
fn manual(name: &str) -> Option<Page> {
    match name {
        LANGUAGE => Some(explain::language::page()),
        FACTS => Some(explain::facts::page(&ROOTS)),
        _ => None,
    }
}

/// A rule; or a checklist and the rules of the area of that name.
fn named(
    name: &str,
    pages: &[RulePage],
    lists: &Checklists,
    format: PageFormat,
    style: &Style,
) -> Result<String, Failure> {
    if let Some(rule) = pages.iter().find(|rule| rule.id == name) {
        return Ok(match format {
            PageFormat::Terminal => explain::page(rule, style),
            PageFormat::Markdown => markdown::page(rule),
        });
    }
    let (list, area) = (lists.get(name), name.parse::<Area>().ok());
    if list.is_none() && area.is_none() {
        return Err(unknown(name, pages, lists));
    }
    let of_area = |rule: &&RulePage| Some(rule.area) == area;
    let rules: Vec<RulePage> = pages.iter().filter(of_area).cloned().collect();
    let (list, rules) = match format {
        PageFormat::Terminal => (
            list.map(|list| explain::checklist(list, style)),
            explain::catalogue(&rules, style),
        ),
        PageFormat::Markdown => (list.map(markdown::checklist), markdown::catalogue(&rules)),
    };
    let parts = list.into_iter().chain([rules]);
    let parts: Vec<String> = parts.filter(|text| !text.is_empty()).collect();
    Ok(parts.join("\n"))
}

fn unknown(name: &str, pages: &[RulePage], lists: &Checklists) -> Failure {
    let known = pages
        .iter()
        .map(|rule| &*rule.id)
        .chain(Area::ALL.iter().map(|area| area.word()))
        .chain(lists.lists().iter().map(|list| &*list.id))
        .chain([LANGUAGE, FACTS]);
    let names = alike(name, known.map(|known| (known, known)));
    let hint = match names.is_empty() {
        true => "dynalint explain lists the rules".to_owned(),
        false => format!("did you mean {}?", names.join(", ")),
    };
    Failure::new(
        format!("no rule, area or checklist is named \"{name}\""),
        hint,
    )
}

/// The names that may have been meant, the likeliest first. Each is known by a word, which may be another one.
pub(super) fn alike<'a>(
    name: &str,
    known: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<&'a str> {
    let known: BTreeSet<(&str, &str)> = known.into_iter().collect();
    let mut near: Vec<(f64, &str)> = known
        .into_iter()
        .map(|(word, known)| (strsim::jaro_winkler(name, word), known))
        .filter(|(alike, _)| *alike > ALIKE)
        .collect();
    near.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    let mut names: Vec<&str> = Vec::new();
    for (_, known) in near {
        if !names.contains(&known) {
            names.push(known);
        }
    }
    names.truncate(MOST_NAMES);
    names
}

fn page(rule: &Rule, lists: &Checklists) -> RulePage {
    let fix = &rule.fix;
    let fixes = [
        ("cli", &fix.cli),
        ("terraform", &fix.terraform),
        ("cloudformation", &fix.cloudformation),
        ("text", &fix.text),
    ];
    let mut needs: Vec<String> = Operation::run(&rule.operations())
        .into_iter()
        .filter_map(Operation::action)
        .map(str::to_owned)
        .collect();
    needs.sort();
    RulePage {
        id: rule.id.to_string(),
        area: rule.area,
        severity: rule.severity,
        since: rule.since.clone(),
        title: rule.title.clone(),
        params: rule.params.iter().map(param_line).collect(),
        why: rule.why.clone(),
        looks_at: rule.fields().into_iter().collect(),
        needs,
        fix: fixes
            .iter()
            .filter_map(|(kind, text)| {
                Some(((*kind).to_owned(), text.as_ref()?.with_placeholders()))
            })
            .collect(),
        listed: lists.listing(rule.id.as_str()),
        refs: rule.refs.clone(),
        file: rule.file.clone(),
        set: Vec::new(),
        places: Vec::new(),
    }
}

fn param_line(param: &Param) -> ParamLine {
    ParamLine {
        name: param.name.clone(),
        kind: param.ty.name().to_owned(),
        default: param.default.to_string(),
        about: param.about.clone(),
    }
}
