//! `dynalint check`: facts in, report out, exit code.

use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;

use super::args::{CheckArgs, FailOn, GroupBy, ShowArg, TalkArgs};
use super::baseline;
use super::choice::Choice;
use super::collector::{Collector, Live};
use super::dry_run;
use super::exit::{Exit, Failure};
use super::files::must_be_there;
use super::fix;
use super::format::{Format, OutputFile};
use super::history;
use super::judge::{self, Asked};
use super::output::{Console, write_file};
use super::pipeline;
use super::project::{Project, Waivers};
use super::time::today;
use super::{target, variables};
use crate::assess::Listing;
use crate::baseline::Baseline;
use crate::finding::Severity;
use crate::gate::Terms;
use crate::report::terminal::style::Style;
use crate::report::terminal::{Detail, Group, Input, Show, View};
use crate::report::{
    Report, csv, github, gitlab, html, json, jsonl, junit, markdown, ocsf, sarif, terminal,
};
use crate::rule::text::shown_duration;
use crate::snapshot::{Snapshot, Source, file};

/// The account of `check --demo`.
const DEMO: &[u8] = include_bytes!("../../demo/snapshot.json");

/// Runs it. `command` is what the user typed, for the next steps.
pub(super) fn run(
    args: &CheckArgs,
    command: &str,
    collector: &dyn Collector,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    refuse(args)?;
    // What is wrong with the user's files is said before any call.
    let today = today(args.run.now);
    if let Some(path) = &args.output.history {
        history::read(path)?;
    }
    let (project, earlier) = project(args, today)?;
    let repair = fix::command(args);
    let args = &with_config(args, &project)?;
    let is_own = args.gate.baseline.is_some();
    if args.gate.update_baseline && !args.select.table.is_empty() && !is_own {
        return Err(Failure::new(
            "--update-baseline needs a look at all tables, and the target names some",
            "give the target a baseline of its own: --baseline FILE",
        ));
    }
    let choice = Choice::new(&project, &args.select, args.run.no_metrics)?;
    let mut asked = asked(args, &project, today)?;
    if args.run.dry_run {
        return dry(args, &choice, console);
    }
    let started = Instant::now();
    let snapshot = facts(args, &choice, collector, console)?;
    let duration_ms = started.elapsed().as_millis();
    if let Some(path) = &args.output.save {
        file::save(&snapshot, path)?;
    }
    if formats(args).any(|format| format == Format::Junit) && lists_passes(args, &snapshot) {
        asked.listing = Listing::All;
    }
    let (mut report, made) = judge::report(&snapshot, &project, earlier.as_ref(), &choice, &asked);
    if args.input.is_none() && !args.demo {
        report.duration_ms = u64::try_from(duration_ms).ok();
    }
    let target = report.config_effects.target.as_deref();
    report.config_effects.anchor = pipeline::anchor(&args.config, &project.config, target);
    let rules = judge::rule_facts(&project);
    let name = args.input.as_deref().map(file_name).unwrap_or_default();
    let screen = View {
        style: console.screen.style(args.talk.color, args.output.width),
        detail: detail(&args.talk),
        show: show(args.output.show),
        group: args.output.group_by.map(group),
        rules: &rules,
        input: input(args, &name),
        command,
        repair: &repair,
    };
    if args.gate.update_baseline {
        baseline::keep(args, made.as_ref(), console)?;
    }
    write_files(args, &report, &screen)?;
    if let Some(path) = &args.output.history {
        history::add(path, &history::of_report(&report, &args.select))?;
    }
    let text = text(args.output.format, &report, &screen)?;
    pipeline::show(args, &text, &report, &screen, console)?;
    let exit = Exit::from(report.gate.outcome);
    // The process ends here. Giving back a million small pieces first takes as long as judging them.
    std::mem::forget((snapshot, report));
    Ok(exit)
}

/// The user's files, and the problems that were known: what is wrong with any of them is said at once.
pub(super) fn project(
    args: &CheckArgs,
    today: Date,
) -> Result<(Project, Option<Baseline>), Failure> {
    let waivers = match args.gate.no_waivers {
        true => Waivers::LeftOut,
        false => Waivers::Read,
    };
    let named = args.gate.baseline.as_deref();
    if let Some(path) = named.filter(|_| !args.gate.update_baseline) {
        must_be_there(path)?;
    }
    let (earlier, unread) = match baseline::earlier(args) {
        Ok(earlier) => (earlier, None),
        Err(error) => (None, Some(error)),
    };
    let project = Project::read(&args.select.rules, &args.config, waivers, today, unread)?;
    Ok((project, earlier))
}

/// What clap can't refuse.
fn refuse(args: &CheckArgs) -> Result<(), Failure> {
    let outputs = &args.output.output;
    let twice = outputs.iter().enumerate().find(|(at, it)| {
        let earlier = &outputs[..*at];
        earlier.iter().any(|other| other.path == it.path)
    });
    if let Some((_, twice)) = twice {
        return Err(Failure::new(
            format!("--output names {} twice", twice.path.display()),
            "a file for each format",
        ));
    }
    let is_terminal = |format: Format| format == Format::Terminal;
    let is_live = args.input.is_none() && !args.demo;
    if is_live && (args.offline || (variables::is_offline() && !args.run.dry_run)) {
        let word = match args.offline {
            true => "--offline",
            false => "DYNALINT_OFFLINE",
        };
        return Err(Failure::new(
            format!("{word} needs facts that are there already"),
            "dynalint check FILE --offline, or dynalint check --demo",
        ));
    }
    let for_terminal = [
        ("--width", args.output.width.is_some()),
        ("--group-by", args.output.group_by.is_some()),
    ];
    let given = for_terminal.into_iter().find(|(_, is_given)| *is_given);
    if let Some((flag, _)) = given
        && !formats(args).any(is_terminal)
    {
        return Err(Failure::new(
            format!("{flag} is for the terminal report, and none is written"),
            format!("leave {flag} out, or take --format terminal"),
        ));
    }
    if args.gate.max_age.is_some() && is_live {
        return Err(Failure::new(
            "--max-age is for a saved snapshot, and none is given",
            "dynalint check FILE --max-age 24h, or leave it out",
        ));
    }
    let sources = [
        (ShowArg::Waived, args.gate.no_waivers, "--no-waivers"),
        (ShowArg::Baselined, args.gate.no_baseline, "--no-baseline"),
    ];
    let is_shown = |show: &ShowArg| args.output.show == Some(*show);
    let mut sources = sources.iter();
    if let Some((_, _, flag)) = sources.find(|(show, is_off, _)| is_shown(show) && *is_off) {
        return Err(Failure::new(
            format!("with {flag} there is nothing that --show could list"),
            format!("leave {flag} out, or take another --show"),
        ));
    }
    if args.gate.update_baseline && args.demo && args.gate.baseline.is_none() {
        return Err(Failure::new(
            "the demo account's problems are none of this project's",
            "name another file: --baseline demo-baseline.json",
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

/// The arguments with what the configuration says where they don't.
pub(super) fn with_config(args: &CheckArgs, project: &Project) -> Result<CheckArgs, Failure> {
    let mut args = args.clone();
    let gate = &project.config.gate;
    let is_live = args.input.is_none() && !args.demo;
    let aimed = target::aim(&project.config, &args.aws, &args.select.table, is_live)?;
    args.aws = aimed.aws;
    args.select.table = aimed.tables;
    args.gate.allow_unknown |= gate.allow_unknown;
    args.gate.allow_empty |= gate.allow_empty;
    // The demo account is as old as the program, and nobody's project.
    if args.demo {
        args.gate.max_age = None;
    } else {
        args.gate.max_age = args.gate.max_age.or(gate.max_age);
        // What is named here wins over the file.
        let is_named = |path: &Path| args.output.output.iter().any(|own| own.path == path);
        let more = project.output.iter().filter(|it| !is_named(&it.path));
        let more: Vec<OutputFile> = more.cloned().collect();
        args.output.output.extend(more);
    }
    Ok(args)
}

/// What decides: the flag, then the variable, then the file, then what is built in.
fn fail_on(args: &CheckArgs, project: &Project) -> Result<Option<Severity>, Failure> {
    let set = match args.gate.fail_on {
        Some(flag) => Some(flag),
        None => variables::fail_on()?.or(project.fail_on),
    };
    Ok(set.map_or(Terms::default().fail_on, |FailOn(severity)| severity))
}

fn asked<'a>(args: &'a CheckArgs, project: &Project, today: Date) -> Result<Asked<'a>, Failure> {
    Ok(Asked {
        select: &args.select,
        target: args.aws.target.clone(),
        terms: Terms {
            fail_on: fail_on(args, project)?,
            allow_unknown: args.gate.allow_unknown,
            allow_empty: args.gate.allow_empty,
        },
        listing: match args.output.show {
            Some(ShowArg::All) => Listing::All,
            Some(ShowArg::Fail | ShowArg::Unknown | ShowArg::Waived | ShowArg::Baselined)
            | None => Listing::Problems,
        },
        today,
        strict_waivers: args.gate.strict_waivers || project.config.gate.strict_waivers,
        updates_baseline: args.gate.update_baseline,
        figures: formats(args).any(|format| format == Format::Html),
    })
}

/// The calls that a run would make.
pub(super) fn dry(
    args: &CheckArgs,
    choice: &Choice<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let style = console.screen.style(args.talk.color, args.output.width);
    let scope = dry_run::scope(&args.aws, &args.select.table);
    let table = dry_run::table(&choice.operations(), &choice.series(), &scope, &style);
    console.report(&table)?;
    Ok(Exit::Done)
}

/// What is judged: what is saved, what the program has inside, or what AWS says now.
pub(super) fn facts(
    args: &CheckArgs,
    choice: &Choice<'_>,
    collector: &dyn Collector,
    console: &Console<'_>,
) -> Result<Snapshot, Failure> {
    match &args.input {
        Some(path) => saved(path, args),
        None if args.demo => demo(),
        None => live(args, choice, collector, console),
    }
}

/// A saved snapshot that is not too old.
fn saved(path: &Path, args: &CheckArgs) -> Result<Snapshot, Failure> {
    let snapshot = file::load(path)?;
    let now = args.run.now.unwrap_or_else(Timestamp::now);
    let age = now.duration_since(snapshot.collected_at).as_secs_f64();
    match args.gate.max_age {
        Some(most) if age > most.as_secs_f64() => {
            let (age, most) = (shown_duration(age.round()), most.as_secs_f64());
            Err(Failure::new(
                format!(
                    "{} is {age} old, and at most {} are allowed",
                    file_name(path),
                    shown_duration(most)
                ),
                "take a new one with dynalint snapshot --save FILE, or allow more with --max-age",
            ))
        }
        Some(_) if age < -CLOCKS_DIFFER_S => Err(Failure::new(
            format!("{} is of a time that is yet to come", file_name(path)),
            "look at the clocks, or at --now",
        )),
        Some(_) | None => Ok(snapshot),
    }
}

/// By how many seconds the clocks of two machines may differ.
pub(super) const CLOCKS_DIFFER_S: f64 = 300.0;

/// The account inside the program.
pub(super) fn demo() -> Result<Snapshot, Failure> {
    let mut snapshot = file::parse(Path::new("demo/snapshot.json"), DEMO)?;
    snapshot.source = Source::Demo;
    Ok(snapshot)
}

/// The facts that were named, where any were.
pub(super) fn named(input: Option<&Path>, is_demo: bool) -> Result<Option<Snapshot>, Failure> {
    match (input, is_demo) {
        (Some(path), _) => Ok(Some(file::load(path)?)),
        (None, true) => demo().map(Some),
        (None, false) => Ok(None),
    }
}

fn live(
    args: &CheckArgs,
    choice: &Choice<'_>,
    collector: &dyn Collector,
    console: &Console<'_>,
) -> Result<Snapshot, Failure> {
    let (operations, series) = (choice.operations(), choice.series());
    let account = (&args.aws, &*args.select.table);
    let live = Live::new(account, (&operations, &series), &args.run);
    live.read(collector, &args.talk, console)
}

/// How much is to be said.
pub(super) fn detail(talk: &TalkArgs) -> Detail {
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
        Some(ShowArg::Waived) => Show::Waived,
        Some(ShowArg::Baselined) => Show::Baselined,
        Some(ShowArg::All) => Show::All,
    }
}

fn group(by: GroupBy) -> Group {
    match by {
        GroupBy::Table => Group::Table,
        GroupBy::Area => Group::Area,
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
pub(super) fn file_name(path: &Path) -> String {
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

/// All formats that are written.
pub(super) fn formats(args: &CheckArgs) -> impl Iterator<Item = Format> {
    let files = args.output.output.iter().map(|file| file.format);
    files.chain([args.output.format])
}

/// Whether test reports list passes: where `--show` narrows nothing, and a list of them can be read.
fn lists_passes(args: &CheckArgs, snapshot: &Snapshot) -> bool {
    let regions = snapshot.regions.iter();
    let tables = regions.filter_map(|region| region.tables.known().map(|it| it.items.len()));
    args.output.show.is_none() && tables.sum::<usize>() <= junit::MOST_TABLES
}

/// The report as text. Test reports have its passes too, where it lists them.
pub(super) fn text(format: Format, report: &Report, view: &View<'_>) -> Result<String, Failure> {
    let show = match (format, view.show) {
        (Format::Junit, Show::Findings) => Show::All,
        (_, show) => show,
    };
    let shown = || terminal::only(report, show);
    let text = match format {
        Format::Terminal => Ok(terminal::render(report, view)),
        Format::Json => json::render(&shown()),
        Format::Jsonl => jsonl::render(&shown(), view),
        Format::Sarif => sarif::render(&shown(), view),
        Format::Junit => junit::render(&shown(), view),
        Format::Github => github::render(&shown(), view),
        Format::Gitlab => gitlab::render(&shown(), view),
        Format::Markdown => markdown::render(&shown(), view),
        Format::Html => html::render(&shown(), view),
        Format::Csv => csv::render(&shown(), view),
        Format::Ocsf => ocsf::render(&shown(), view),
    };
    text.map_err(|error| {
        Failure::new(
            format!("cannot write the report: {error}"),
            "take --format terminal, and tell us",
        )
    })
}
