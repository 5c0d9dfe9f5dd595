//! The waivers that are there: listed, and taken out when their time is over.

use jiff::civil::Date;

use super::super::args::WaiveArgs;
use super::super::check::named;
use super::super::exit::{Exit, Failure};
use super::super::files::mistakes;
use super::super::judge::lapsing_days;
use super::super::output::Console;
use super::super::project::Project;
use super::{LIST, Place, judged};
use crate::report::terminal::layout::{count, pad};
use crate::waiver::{Standing, State, Waiver};
use crate::yaml::edit;

/// Lists them, the one that ends first on top.
pub(super) fn list(
    args: &WaiveArgs,
    project: Project,
    place: &Place,
    today: Date,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut standings = standings(args, &project, today)?;
    if standings.is_empty() {
        console.report(&format!("no waivers in {}\n", place.name))?;
        return Ok(Exit::Done);
    }
    standings.sort_by_key(|(it, _)| (it.expires, it.line));
    let width = standings.iter().map(|(it, _)| it.rule.len()).max();
    let width = width.unwrap_or_default();
    let mut text = format!("{} in {}\n", count(standings.len(), "waiver"), place.name);
    for (waiver, standing) in &standings {
        let state = pad(state(waiver, standing, &project, today).word(), 9);
        let covers = standing.as_ref().map(|it| count(it.covers, "finding"));
        let covers = covers.map_or_else(String::new, |covers| format!(", {covers}"));
        let ticket = waiver.ticket.as_deref();
        let ticket = ticket.map_or_else(String::new, |ticket| format!(" ({ticket})"));
        let rule = pad(&waiver.rule, width);
        text += &format!(
            "  {state}  {}  {rule}  {}: {}{ticket}{covers}\n",
            waiver.expires, waiver.on, waiver.owner
        );
        text += &format!("{:25}{}\n", "", waiver.reason);
    }
    let style = console.screen.style(super::super::args::Color::Never, None);
    let lines: String = text.lines().map(|line| style.clean(line) + "\n").collect();
    console.report(&lines)?;
    Ok(Exit::Done)
}

/// Takes out those that have expired and, where facts were named, those that cover nothing.
pub(super) fn prune(
    args: &WaiveArgs,
    project: Project,
    place: &Place,
    today: Date,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let standings = standings(args, &project, today)?;
    let mut text = place.text.clone();
    let mut told = Vec::new();
    // From the end: what comes before keeps its place.
    for (index, (waiver, standing)) in standings.iter().enumerate().rev() {
        let why = match state(waiver, standing, &project, today) {
            State::Expired => format!("expired {}", waiver.expires),
            State::Unmatched => "covers nothing".to_owned(),
            State::Lapsing | State::Active => continue,
        };
        let edited = edit::remove(&place.name, &text, LIST, index);
        text = edited.map_err(|errors| mistakes(&errors))?;
        let Waiver {
            rule, on, owner, ..
        } = waiver;
        told.push(format!("took out {rule} on {on}, of {owner}: {why}\n"));
    }
    if told.is_empty() {
        console.report(&format!("nothing to take out of {}\n", place.name))?;
        return Ok(Exit::Done);
    }
    place.read(&text, &project, today)?;
    place.write(&text)?;
    told.reverse();
    let style = console.screen.style(super::super::args::Color::Never, None);
    let lines: String = told
        .iter()
        .map(|line| style.clean(line.trim_end()) + "\n")
        .collect();
    console.report(&lines)?;
    Ok(Exit::Done)
}

/// The waivers in the order of the file, and how they stand in the facts that were named.
fn standings(
    args: &WaiveArgs,
    project: &Project,
    today: Date,
) -> Result<Vec<(Waiver, Option<Standing>)>, Failure> {
    let Some(snapshot) = named(args.input.as_deref(), args.demo)? else {
        let alone = project.waivers.iter().map(|it| (it.clone(), None));
        return Ok(alone.collect());
    };
    let report = judged(&snapshot, project, &[], today)?;
    let standings = report.waivers.into_iter();
    Ok(standings.map(|it| (it.waiver.clone(), Some(it))).collect())
}

fn state(waiver: &Waiver, standing: &Option<Standing>, project: &Project, today: Date) -> State {
    let known = standing.as_ref().map(|it| it.state);
    known.unwrap_or_else(|| waiver.state(today, lapsing_days(&project.config)))
}
