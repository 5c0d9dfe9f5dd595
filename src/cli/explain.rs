//! `dynalint explain`: a rule, an area, or the list of all. Needs no account.

use super::args::ExplainArgs;
use super::engine::Engine;
use super::exit::{Exit, Failure};
use super::output::Console;
use crate::finding::Area;
use crate::report::explain::{RulePage, catalogue, page};
use crate::report::terminal::style::Style;

/// How alike two names must be for one to be suggested for the other.
const ALIKE: f64 = 0.75;
/// The most names that are suggested.
const MOST_NAMES: usize = 5;

/// Runs it.
pub(super) fn run(
    args: &ExplainArgs,
    engine: &dyn Engine,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let pages = engine.pages(&args.rules)?;
    let style = console.screen.style(args.color, args.width);
    let text = match &args.name {
        None => catalogue(&pages, &style) + "\n  why     dynalint explain RULE\n",
        Some(name) => named(name, &pages, &style)?,
    };
    console.report(&text)?;
    Ok(Exit::Done)
}

fn named(name: &str, pages: &[RulePage], style: &Style) -> Result<String, Failure> {
    if let Some(rule) = pages.iter().find(|rule| rule.id == name) {
        return Ok(page(rule, style));
    }
    let Ok(area) = name.parse::<Area>() else {
        return Err(unknown(name, pages));
    };
    let rules: Vec<RulePage> = pages
        .iter()
        .filter(|rule| rule.area == area)
        .cloned()
        .collect();
    match rules.is_empty() {
        true => Ok(format!("{}: no rules yet\n", area.title())),
        false => Ok(catalogue(&rules, style)),
    }
}

fn unknown(name: &str, pages: &[RulePage]) -> Failure {
    let known = pages
        .iter()
        .map(|rule| &*rule.id)
        .chain(Area::ALL.iter().map(|area| area.word()));
    let mut near: Vec<(f64, &str)> = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(alike, _)| *alike > ALIKE)
        .collect();
    near.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    let names: Vec<&str> = near
        .iter()
        .take(MOST_NAMES)
        .map(|(_, name)| *name)
        .collect();
    let hint = match names.is_empty() {
        true => "dynalint explain lists the rules".to_owned(),
        false => format!("did you mean {}?", names.join(", ")),
    };
    Failure::new(format!("no rule or area is named \"{name}\""), hint)
}
