//! `dynalint waive`: somebody answers for what a rule finds. Adds, lists and takes out waivers; changes nothing else.
//!
//! The file is read whole before and after: a broken one is never written over, and never written.

mod answer;
mod tidy;

use std::path::PathBuf;

use jiff::civil::Date;

use self::answer::Answer;
use super::args::{SelectArgs, WaiveArgs};
use super::check::named;
use super::choice::{Choice, unknown_rule};
use super::exit::{Exit, Failure};
use super::files::{mistakes, text_if_there};
use super::judge::{self, Asked};
use super::output::{Console, make_folder, write_file};
use super::project::{Project, Waivers, longest_days, waivers_path};
use super::time::today;
use crate::assess::Listing;
use crate::finding::{Decoration, Finding};
use crate::gate::Terms;
use crate::report::Report;
use crate::report::terminal::layout::{count, number};
use crate::report::terminal::style::Style;
use crate::rule::Rule;
use crate::snapshot::Snapshot;
use crate::waiver::{self, Waiver};
use crate::yaml::edit;

/// The key of the list in the file.
const LIST: &str = "waivers";
/// The most covered findings that are named.
const MOST: usize = 10;

/// Runs it.
pub(super) fn run(args: &WaiveArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let today = today(args.now);
    let project = Project::read(&args.rules, &args.config, Waivers::Read, today, None)?;
    let place = Place::new(args)?;
    match &args.rule {
        None if args.prune => tidy::prune(args, project, &place, today, console),
        None => tidy::list(args, project, &place, today, console),
        Some(name) => add(args, name, project, &place, today, console),
    }
}

/// The file of waivers.
struct Place {
    path: PathBuf,
    /// How messages name it.
    name: String,
    /// What stands in it; empty where it is not there.
    text: String,
}

impl Place {
    fn new(args: &WaiveArgs) -> Result<Place, Failure> {
        let path = waivers_path(&args.config);
        Ok(Place {
            text: text_if_there(&path)
                .map_err(|error| mistakes(&[error]))?
                .unwrap_or_default(),
            name: path.display().to_string(),
            path,
        })
    }

    /// The waivers of another text, which is about to take the place of this one.
    fn read(&self, text: &str, project: &Project, today: Date) -> Result<Vec<Waiver>, Failure> {
        let read = waiver::read(
            &self.name,
            text,
            Some(&project.catalog),
            today,
            longest_days(&project.config),
        );
        read.map_err(|errors| mistakes(&errors))
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        make_folder(&self.path)?;
        write_file(&self.path, text)
    }
}

fn add(
    args: &WaiveArgs,
    name: &str,
    project: Project,
    place: &Place,
    today: Date,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let rule = waivable(&project, name)?.id.to_string();
    // Before anything is asked: a snapshot that cannot be read is no reason to answer twice.
    let snapshot = named(args.input.as_deref(), args.demo)?;
    let answer = Answer::of(args, today, longest_days(&project.config), console)?;
    let block = answer.block(&rule);
    let text = edit::append(&place.name, &place.text, LIST, &block);
    let text = text.map_err(|errors| mistakes(&errors))?;
    refuse_second(&project, &rule, &answer, place)?;
    let mut waivers = place.read(&text, &project, today)?;
    place.write(&text)?;
    console.report(&format!("{block}\n"))?;
    console.talk(&format!("added to {}\n", place.name));
    if let (Some(snapshot), Some(new)) = (snapshot, waivers.pop()) {
        let alone = Project {
            waivers: vec![new],
            ..project
        };
        let report = judged(&snapshot, &alone, &[rule], today)?;
        let style = console.screen.style(super::args::Color::Auto, None);
        console.report(&covered(&report, &style))?;
    }
    Ok(Exit::Done)
}

fn waivable<'p>(project: &'p Project, name: &str) -> Result<&'p Rule, Failure> {
    let rule = project.catalog.get(name);
    let rule = rule.ok_or_else(|| unknown_rule(&project.catalog, name))?;
    match rule.waivable {
        true => Ok(rule),
        false => Err(Failure::new(
            waiver::not_waivable(name),
            format!("repair what it finds: dynalint explain {name}"),
        )),
    }
}

fn refuse_second(
    project: &Project,
    rule: &str,
    answer: &Answer,
    place: &Place,
) -> Result<(), Failure> {
    let same = |it: &&Waiver| it.rule == rule && it.on.given().eq(answer.on.given());
    let Some(other) = project.waivers.iter().find(same) else {
        return Ok(());
    };
    let Waiver {
        owner,
        expires,
        on,
        line,
        ..
    } = other;
    Err(Failure::new(
        format!("there is a waiver of {rule} on {on} already, of {owner} until {expires}"),
        format!("change that one: {}:{line}", place.name),
    ))
}

/// What the rules say of a snapshot with the project's waivers; no rules are all of them.
fn judged(
    snapshot: &Snapshot,
    project: &Project,
    rules: &[String],
    today: Date,
) -> Result<Report, Failure> {
    let select = SelectArgs {
        rule: rules.to_vec(),
        ..SelectArgs::default()
    };
    let choice = Choice::new(project, &select, false)?;
    let asked = Asked {
        select: &select,
        target: None,
        terms: Terms::default(),
        listing: Listing::Problems,
        today,
        strict_waivers: false,
        updates_baseline: false,
        figures: false,
    };
    Ok(judge::report(snapshot, project, None, &choice, &asked).0)
}

/// The findings that do not count any more.
fn covered(report: &Report, style: &Style) -> String {
    let waived = |it: &&Finding| matches!(it.decoration, Some(Decoration::Waived { .. }));
    let findings: Vec<&Finding> = report.findings.iter().filter(waived).collect();
    if findings.is_empty() {
        return "covers nothing there: nothing of the rule fails or is unknown on what it names\n"
            .to_owned();
    }
    let line = |finding: &&Finding| {
        let mark = style.mark(finding.verdict);
        let line = format!("  {mark} {:<8}  {}", finding.severity, finding.message);
        style.cut(&style.clean(&line), style.width) + "\n"
    };
    let lines: String = findings.iter().take(MOST).map(line).collect();
    let more = match findings.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("  and {} more\n", number(more)),
    };
    format!(
        "covers {}:\n{lines}{more}",
        count(findings.len(), "finding")
    )
}
