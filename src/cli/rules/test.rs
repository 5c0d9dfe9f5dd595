//! `dynalint rules test`: the cases of rules, built in or of one's own.

use std::path::PathBuf;

use crate::assess::cases::{Tested, Trial};
use crate::assess::{self, ROOTS};
use crate::cli::args::ConfigArgs;
use crate::cli::args::rules::TestArgs;
use crate::cli::choice::ids;
use crate::cli::exit::{Exit, Failure};
use crate::cli::files::mistakes;
use crate::cli::format::ListFormat;
use crate::cli::output::Console;
use crate::cli::project::{own_rules, rule_folders};
use crate::report::cases::{self, json};
use crate::report::terminal::Detail;
use crate::rule::catalog::Catalog;

/// Runs it.
pub(super) fn run(args: &TestArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    refuse(args)?;
    let tested = tested(&catalog(&args.folders)?, &args.rule)?;
    let text = match args.format {
        ListFormat::Terminal => {
            let style = console.screen.style(args.color, args.width);
            cases::render(&tested, detail(args), &style)
        }
        ListFormat::Json => json::render(&tested, env!("CARGO_PKG_VERSION")).map_err(|error| {
            Failure::new(
                format!("cannot write JSON: {error}"),
                "leave --format out, and tell us",
            )
        })?,
    };
    console.report(&text)?;
    match tested.iter().all(Tested::holds) {
        true => Ok(Exit::Done),
        false => Ok(Exit::NotReady),
    }
}

fn refuse(args: &TestArgs) -> Result<(), Failure> {
    let for_terminal = [
        ("--width", args.width.is_some()),
        ("--quiet", args.quiet),
        ("--verbose", args.verbose > 0),
    ];
    let given = for_terminal.into_iter().find(|(_, is_given)| *is_given);
    match (args.format, given) {
        (ListFormat::Json, Some((flag, _))) => Err(Failure::new(
            format!("{flag} is for text at a terminal, and JSON has all of it"),
            format!("leave {flag} out, or take --format terminal"),
        )),
        (ListFormat::Json | ListFormat::Terminal, _) => Ok(()),
    }
}

fn detail(args: &TestArgs) -> Detail {
    match (args.quiet, args.verbose) {
        (true, _) => Detail::Verdict,
        (false, 0) => Detail::Lines,
        (false, _) => Detail::Full,
    }
}

/// The rules that are tried: those of the folders; without one, ours and those of the project.
fn catalog(folders: &[PathBuf]) -> Result<Catalog, Failure> {
    let own = match folders {
        [] => rule_folders(&ConfigArgs::default())?,
        named => named.to_vec(),
    };
    let (sources, mut errors) = own_rules(&own)?;
    // With ours, so that an id that is taken is found; what is wrong with cases is told in the same go.
    let (all, found) = assess::load(sources.clone());
    errors.extend(found);
    let catalog = match folders {
        [] => all,
        _ => Catalog::load(sources, &ROOTS).0,
    };
    let unread = catalog.rules().iter().map(assess::cases::mistakes);
    errors.extend(unread.flatten());
    errors.sort();
    match errors.is_empty() {
        true => Ok(catalog),
        false => Err(mistakes(&errors)),
    }
}

fn tested(catalog: &Catalog, named: &[String]) -> Result<Vec<Tested>, Failure> {
    let named = ids(catalog, named)?;
    let chosen = |id: &str| named.is_empty() || named.contains(id);
    let rules = catalog
        .rules()
        .iter()
        .filter(|rule| chosen(rule.id.as_str()));
    let mut trial = Trial::default();
    let tested: Result<Vec<Tested>, _> = rules.map(|rule| trial.run(rule)).collect();
    tested.map_err(|errors| mistakes(&errors))
}
