//! `dynalint drift`: what became of an account since an earlier snapshot.

pub(super) mod format;
mod old;
mod sides;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use self::format::{DriftFile, DriftFormat};
use self::old::Old;
use super::args::{DriftArgs, FailOn};
use super::check::{CLOCKS_DIFFER_S, detail, file_name, named};
use super::choice::Choice;
use super::collector::{Collector, Live};
use super::dry_run;
use super::exit::{Exit, Failure};
use super::files::must_be_there;
use super::judge::rule_facts;
use super::output::{Console, write_file};
use super::project::{Project, Waivers};
use super::time::today;
use super::{history, target, variables};
use crate::assess;
use crate::drift::history::{Line, Run};
use crate::drift::{Drift, Outcome, Terms, history as lines};
use crate::finding::Severity;
use crate::report::drift::{DriftReport, DriftView, Of, json, markdown, slack, sns, terminal};
use crate::report::terminal::Detail;
use crate::report::terminal::style::Style;
use crate::snapshot::Snapshot;
use crate::snapshot::file::{self, FileError};

/// Runs it. `command` is what the user typed, for the next steps.
pub(super) fn run(
    args: &DriftArgs,
    command: &str,
    collector: &dyn Collector,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    refuse(args)?;
    // Whatever comes of this run: a message of an earlier one must not be posted again.
    take_away(&args.output)?;
    let waivers = match args.no_waivers {
        true => Waivers::LeftOut,
        false => Waivers::Read,
    };
    let project = Project::read(
        &args.select.rules,
        &args.config,
        waivers,
        today(args.run.now),
        None,
    )?;
    let is_live = args.new.is_none() && !args.demo;
    let aimed = target::aim(&project.config, &args.aws, &args.select.table, is_live)?;
    let mut aimed_args = args.clone();
    aimed_args.aws = aimed.aws;
    aimed_args.select.table = aimed.tables;
    let args = &aimed_args;
    let terms = Terms {
        any: args.any,
        allow_empty: args.allow_empty || project.config.gate.allow_empty,
        fail_on: fail_on(&project)?,
    };
    let choice = Choice::new(&project, &args.select, args.run.no_metrics)?;
    if let Some(path) = &args.history {
        history::read(path)?;
    }
    if args.run.dry_run {
        return dry(args, &choice, console);
    }
    let old = old::read(&args.old)?;
    let new = facts(args, &choice, collector, console)?;
    let (report, line) = compared(&old, &new, args, &project, &choice, terms)?;
    write(args, &report, &project, command, console)?;
    // Not before: it may be the file, or in the folder, that the earlier side was read from.
    if let Some(path) = &args.save {
        file::save(&new, path)?;
    }
    if let Some(path) = &args.history {
        history::add(path, &line)?;
    }
    let exit = exit(report.outcome);
    // The process ends here. Giving back a million small pieces first takes as long as judging them.
    std::mem::forget((old, new, report));
    Ok(exit)
}

fn exit(outcome: Outcome) -> Exit {
    match outcome {
        Outcome::Steady | Outcome::NothingToCompare { allowed: true } => Exit::Done,
        Outcome::Drifted => Exit::NotReady,
        Outcome::CannotTell => Exit::CannotTell,
        Outcome::NothingToCompare { allowed: false } => Exit::NothingToCheck,
    }
}

/// What clap can't refuse.
fn refuse(args: &DriftArgs) -> Result<(), Failure> {
    let is_live = args.new.is_none() && !args.demo;
    if is_live && (args.offline || (variables::is_offline() && !args.run.dry_run)) {
        let word = match args.offline {
            true => "--offline",
            false => "DYNALINT_OFFLINE",
        };
        return Err(Failure::new(
            format!("{word} needs facts that are there already"),
            "dynalint drift OLD NEW --offline, or dynalint drift OLD --demo",
        ));
    }
    let is_terminal = |format: DriftFormat| format == DriftFormat::Terminal;
    let mut formats = args.output.iter().map(|file| file.format);
    if args.width.is_some() && !is_terminal(args.format) && !formats.any(is_terminal) {
        return Err(Failure::new(
            "--width is for the terminal format, and none is written",
            "leave --width out, or take --format terminal",
        ));
    }
    if args.run.dry_run && (args.save.is_some() || !args.output.is_empty()) {
        return Err(Failure::new(
            "--dry-run reads nothing, so there is nothing to write to a file",
            "leave --dry-run out, or --save and --output",
        ));
    }
    let inputs = [Some(&args.old), args.new.as_ref(), args.history.as_ref()];
    let of_input = |path: &Path| inputs.iter().flatten().any(|it| is_same(it, path));
    match args.output.iter().find(|file| of_input(&file.path)) {
        Some(file) => Err(Failure::new(
            format!(
                "{} is compared, and would be written over",
                file.path.display()
            ),
            "name another file for --output",
        )),
        None => Ok(()),
    }
}

/// Whether two paths lead to one file, however they are spelt.
fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| fs::canonicalize(path).ok();
    one == other || whole(one).is_some_and(|one| whole(other) == Some(one))
}

/// Takes away the messages of an earlier run.
fn take_away(files: &[DriftFile]) -> Result<(), Failure> {
    let messages = files.iter().filter(|file| file.format.is_notification());
    for message in messages {
        match fs::remove_file(&message.path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => {
                let told = FileError::Io {
                    verb: "take away",
                    path: message.path.clone(),
                    source: error,
                };
                return Err(Failure::new(
                    told.to_string(),
                    "a message of an earlier run would be posted again: check the path and its permissions",
                ));
            }
        }
    }
    Ok(())
}

/// The failures of a new table that count: the variable, then the file, then what is built in.
fn fail_on(project: &Project) -> Result<Option<Severity>, Failure> {
    let set = variables::fail_on()?.or(project.fail_on);
    let built_in = crate::gate::Terms::default().fail_on;
    Ok(set.map_or(built_in, |FailOn(severity)| severity))
}

fn dry(args: &DriftArgs, choice: &Choice<'_>, console: &mut Console<'_>) -> Result<Exit, Failure> {
    // A folder or a file that is not there is told now, and not in the night.
    match args.old.is_dir() {
        true => drop(old::read(&args.old)?),
        false => must_be_there(&args.old)?,
    }
    let style = console.screen.style(args.talk.color, args.width);
    let scope = dry_run::scope(&args.aws, &args.select.table);
    let table = dry_run::table(&choice.operations(), &choice.series(), &scope, &style);
    console.report(&table)?;
    Ok(Exit::Done)
}

fn facts(
    args: &DriftArgs,
    choice: &Choice<'_>,
    collector: &dyn Collector,
    console: &Console<'_>,
) -> Result<Snapshot, Failure> {
    if let Some(named) = named(args.new.as_deref(), args.demo)? {
        return Ok(named);
    }
    let (operations, series) = (choice.operations(), choice.series());
    let account = (&args.aws, &*args.select.table);
    let live = Live::new(account, (&operations, &series), &args.run);
    live.read(collector, &args.talk, console)
}

/// The report, and the line of the later side.
fn compared(
    old: &Old,
    new: &Snapshot,
    args: &DriftArgs,
    project: &Project,
    choice: &Choice<'_>,
    terms: Terms,
) -> Result<(DriftReport, Line), Failure> {
    let name = file_name(&args.old);
    let of_new = Of {
        input: match (&args.new, args.demo) {
            (Some(path), _) => file_name(path),
            (None, true) => "demo".to_owned(),
            (None, false) => "live".to_owned(),
        },
        ..side(new, String::new())
    };
    match old {
        Old::Snapshot(old) => {
            of_snapshots((old, name), (new, of_new), args, project, choice, terms)
        }
        Old::Folder(kept) => {
            let (old, name) = old::choose(kept, &args.old, new)?;
            of_snapshots((&old, name), (new, of_new), args, project, choice, terms)
        }
        Old::History(kept) => {
            let judged = sides::judged(new, project, choice);
            let made = &judged.assessment;
            let now = line(new, made, args, choice);
            let before = old::line(kept, &now)?;
            let rules = choice.settings.rules.len();
            let drift = lines::compare(before, &now, &made.findings, rules);
            let of_old = Of {
                input: name,
                collected_at: before.at,
                tool_version: before.tool_version.clone(),
                scopes: before.scopes.clone(),
            };
            Ok((report(drift, (of_old, of_new), choice, terms, true), now))
        }
    }
}

fn of_snapshots(
    (old, name): (&Snapshot, String),
    (new, of_new): (&Snapshot, Of),
    args: &DriftArgs,
    project: &Project,
    choice: &Choice<'_>,
    terms: Terms,
) -> Result<(DriftReport, Line), Failure> {
    refuse_strangers(old, new)?;
    refuse_later(old, new)?;
    let [before, now] = sides::both((old, new), project, choice);
    let drift = sides::compare(&before, &now, choice);
    let line = line(new, &now.assessment, args, choice);
    let sides = (side(old, name), of_new);
    let report = report(drift, sides, choice, terms, false);
    std::mem::forget((before, now));
    Ok((report, line))
}

/// Two snapshots of other accounts or regions have nothing that could be compared.
fn refuse_strangers(old: &Snapshot, new: &Snapshot) -> Result<(), Failure> {
    let places = |snapshot: &Snapshot| -> Vec<String> {
        let places = snapshot.regions.iter();
        places
            .map(|region| format!("{} {}", region.account, region.region))
            .collect()
    };
    let (old, new) = (places(old), places(new));
    match old.iter().any(|place| new.contains(place)) {
        true => Ok(()),
        false => Err(Failure::new(
            format!(
                "the two sides have no account and region in common: {}, and {}",
                list(&old),
                list(&new)
            ),
            "compare with a snapshot of the same account and region",
        )),
    }
}

/// The wrong way round, what became worse would be told as better.
fn refuse_later(old: &Snapshot, new: &Snapshot) -> Result<(), Failure> {
    let later = old.collected_at.duration_since(new.collected_at);
    match later.as_secs_f64() > CLOCKS_DIFFER_S {
        false => Ok(()),
        true => Err(Failure::new(
            format!(
                "OLD is later than NEW: it was collected at {}, and NEW at {}",
                old.collected_at, new.collected_at
            ),
            "name the earlier one first: dynalint drift OLD NEW",
        )),
    }
}

fn list(places: &[String]) -> String {
    match places.is_empty() {
        true => "none".to_owned(),
        false => places.join(", "),
    }
}

fn side(snapshot: &Snapshot, input: String) -> Of {
    Of {
        input,
        collected_at: snapshot.collected_at,
        tool_version: snapshot.tool_version.clone(),
        scopes: snapshot.scopes(),
    }
}

fn report(
    drift: Drift,
    (old, new): (Of, Of),
    choice: &Choice<'_>,
    terms: Terms,
    by_result_alone: bool,
) -> DriftReport {
    DriftReport {
        outcome: drift.outcome(terms),
        drift,
        fail_on: terms.fail_on,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rules_digest: assess::digest(&choice.settings),
        old,
        new,
        by_result_alone,
    }
}

/// The line of the history on the later side.
fn line(
    snapshot: &Snapshot,
    made: &assess::Assessment,
    args: &DriftArgs,
    choice: &Choice<'_>,
) -> Line {
    let run = Run {
        at: snapshot.collected_at,
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rules_digest: assess::digest(&choice.settings),
        scopes: snapshot.scopes(),
        selected: history::selected(&args.select),
        tables: made.tables,
    };
    Line::of(run, &made.summary.all, &made.findings)
}

fn write(
    args: &DriftArgs,
    report: &DriftReport,
    project: &Project,
    command: &str,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let rules = rule_facts(project);
    let view = DriftView {
        style: console.screen.style(args.talk.color, args.width),
        detail: detail(&args.talk),
        rules: &rules,
        command,
    };
    // A file is read by somebody else and later: it has what the screen left out for quietness.
    let page = DriftView {
        style: Style {
            width: args.width.map_or(Style::default().width, usize::from),
            ..Style::default()
        },
        detail: match view.detail {
            Detail::Verdict => Detail::Lines,
            Detail::Lines | Detail::Full => view.detail,
        },
        ..view
    };
    for output in &args.output {
        if report.has_changed() || !output.format.is_notification() {
            write_file(&output.path, &text(output.format, report, &page)?)?;
        }
    }
    console.report(&text(args.format, report, &view)?)
}

fn text(
    format: DriftFormat,
    report: &DriftReport,
    view: &DriftView<'_>,
) -> Result<String, Failure> {
    let text = match format {
        DriftFormat::Terminal => Ok(terminal::render(report, view)),
        DriftFormat::Json => json::render(report),
        DriftFormat::Markdown => Ok(markdown::render(report, view)),
        DriftFormat::Slack => slack::render(report, view),
        DriftFormat::Sns => sns::render(report, view),
    };
    text.map_err(|error| {
        Failure::new(
            format!("cannot write the comparison: {error}"),
            "take --format terminal, and tell us",
        )
    })
}
