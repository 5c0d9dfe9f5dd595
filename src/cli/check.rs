//! `dynalint check`: facts in, report out, exit code.

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;

use super::args::{CheckArgs, GroupBy, ShowArg, TalkArgs};
use super::engine::{Choice, Engine, Live};
use super::exit::{Exit, Failure};
use super::format::Format;
use super::output::{Console, write_file};
use super::progress::Shown;
use super::{dry_run, progress};
use crate::report::terminal::style::Style;
use crate::report::terminal::{Detail, Group, Input, Show, View};
use crate::report::{Report, json, terminal};
use crate::snapshot::{Snapshot, file};

/// Runs it. `command` is what the user typed, for the next steps.
pub(super) fn run(
    args: &CheckArgs,
    command: &str,
    engine: &dyn Engine,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    refuse(args)?;
    let choice = choice(args);
    if args.run.dry_run {
        return dry(args, &choice, engine, console);
    }
    let started = Instant::now();
    let snapshot = facts(args, &choice, engine, console)?;
    let duration_ms = started.elapsed().as_millis();
    if let Some(path) = &args.output.save {
        file::save(&snapshot, path)?;
    }
    let mut report = engine.assess(&snapshot, &choice)?;
    if args.input.is_none() && !args.demo {
        report.duration_ms = u64::try_from(duration_ms).ok();
    }
    let rules = engine.rule_facts(&args.select.rules)?;
    let name = args.input.as_deref().map(file_name).unwrap_or_default();
    let screen = View {
        style: console.screen.style(args.talk.color, args.output.width),
        detail: detail(&args.talk),
        show: show(args.output.show),
        group: args.output.group_by.map(group),
        rules: &rules,
        input: input(args, &name),
        command,
    };
    write_files(args, &report, &screen)?;
    console.report(&text(args.output.format, &report, &screen)?)?;
    let exit = Exit::from(report.gate.outcome);
    // The process ends here. Giving back a million small pieces first takes as long as judging them.
    std::mem::forget((snapshot, report));
    Ok(exit)
}

/// What clap can't refuse.
fn refuse(args: &CheckArgs) -> Result<(), Failure> {
    let is_terminal = |format: Format| format == Format::Terminal;
    let files = args.output.output.iter().map(|file| file.format);
    if args.offline && args.input.is_none() && !args.demo {
        return Err(Failure::new(
            "--offline needs facts that are there already",
            "dynalint check FILE --offline, or dynalint check --demo",
        ));
    }
    let for_terminal = [
        ("--width", args.output.width.is_some()),
        ("--group-by", args.output.group_by.is_some()),
    ];
    let given = for_terminal.into_iter().find(|(_, is_given)| *is_given);
    if let Some((flag, _)) = given
        && !files.chain([args.output.format]).any(is_terminal)
    {
        return Err(Failure::new(
            format!("{flag} is for the terminal report, and none is written"),
            format!("leave {flag} out, or take --format terminal"),
        ));
    }
    if args.run.now.is_some() && (args.input.is_some() || args.demo) {
        return Err(Failure::new(
            "--now cannot be used with facts that are there already: they are judged at their own time",
            "leave --now out",
        ));
    }
    if args.run.dry_run && (args.output.save.is_some() || !args.output.output.is_empty()) {
        return Err(Failure::new(
            "--dry-run reads nothing, so there is nothing to write to a file",
            "leave --dry-run out, or --save and --output",
        ));
    }
    Ok(())
}

fn choice(args: &CheckArgs) -> Choice<'_> {
    Choice {
        select: &args.select,
        config: args.config.config.as_deref(),
        no_config: args.config.no_config,
        terms: args.gate.terms(),
        keep_all: args.output.show == Some(ShowArg::All),
        no_metrics: args.run.no_metrics,
        now: args.run.now,
    }
}

fn dry(
    args: &CheckArgs,
    choice: &Choice<'_>,
    engine: &dyn Engine,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let (operations, series) = (engine.operations(choice)?, engine.series(choice)?);
    let style = console.screen.style(args.talk.color, args.output.width);
    let scope = dry_run::scope(&args.aws, &args.select.table);
    console.report(&dry_run::table(&operations, &series, &scope, &style))?;
    Ok(Exit::Done)
}

fn facts(
    args: &CheckArgs,
    choice: &Choice<'_>,
    engine: &dyn Engine,
    console: &Console<'_>,
) -> Result<Snapshot, Failure> {
    match &args.input {
        Some(path) => Ok(file::load(path)?),
        None if args.demo => engine.demo(),
        None => live(args, choice, engine, console),
    }
}

fn live(
    args: &CheckArgs,
    choice: &Choice<'_>,
    engine: &dyn Engine,
    console: &Console<'_>,
) -> Result<Snapshot, Failure> {
    let (operations, series) = (engine.operations(choice)?, engine.series(choice)?);
    let live = Live {
        aws: &args.aws,
        tables: &args.select.table,
        timeout: args.run.timeout,
        concurrency: args.run.concurrency,
        series: &series,
        metrics_window: args.run.metrics_window,
        now: args.run.now.unwrap_or_else(Timestamp::now),
    };
    let progress = Shown::fitting(console.screen, &args.talk);
    let snapshot = engine.collect(&live, &operations, &progress as &dyn progress::Progress);
    progress.finish();
    snapshot
}

fn detail(talk: &TalkArgs) -> Detail {
    match (talk.quiet, talk.verbose) {
        (true, _) => Detail::Verdict,
        (false, 0) => Detail::Lines,
        (false, _) => Detail::Full,
    }
}

fn show(show: Option<ShowArg>) -> Show {
    match show {
        None => Show::Findings,
        Some(ShowArg::Fail) => Show::Fail,
        Some(ShowArg::Unknown) => Show::Unknown,
        Some(ShowArg::All) => Show::All,
    }
}

fn group(by: GroupBy) -> Group {
    match by {
        GroupBy::Table => Group::Table,
        GroupBy::Rule => Group::Rule,
    }
}

fn input<'a>(args: &CheckArgs, name: &'a str) -> Input<'a> {
    match (&args.input, args.demo) {
        (Some(_), _) => Input::File(name),
        (None, true) => Input::Demo,
        (None, false) => Input::Live,
    }
}

/// The name without its folders: home folders are nobody's business in a shared report.
fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

fn write_files(args: &CheckArgs, report: &Report, screen: &View<'_>) -> Result<(), Failure> {
    let style = Style {
        width: args
            .output
            .width
            .map_or(Style::default().width, usize::from),
        ..Style::default()
    };
    // A file is read by somebody else and later: it has what the screen left out for quietness.
    let detail = match screen.detail {
        Detail::Verdict => Detail::Lines,
        Detail::Lines | Detail::Full => screen.detail,
    };
    let page = View {
        style,
        detail,
        ..*screen
    };
    for output in &args.output.output {
        write_file(&output.path, &text(output.format, report, &page)?)?;
    }
    Ok(())
}

fn text(format: Format, report: &Report, view: &View<'_>) -> Result<String, Failure> {
    match format {
        Format::Terminal => Ok(terminal::render(report, view)),
        Format::Json => machine(report, view.show),
    }
}

fn machine(report: &Report, show: Show) -> Result<String, Failure> {
    let shown = terminal::only(report, show);
    json::render(&shown).map_err(|error| {
        Failure::new(
            format!("cannot write the JSON report: {error}"),
            "take --format terminal, and tell us",
        )
    })
}
