//! `dynalint doctor`: whether a check can run, step by step; and the least policy for it.
//!
//! Reads nothing to judge: each call that the rules need is tried on the first things there are.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::args::{ConfigArgs, DoctorArgs, PolicyForm};
use super::choice::Choice;
use super::collector::{Collector, Live, no_step};
use super::exit::{Exit, Failure};
use super::files::config_file;
use super::format::ListFormat;
use super::output::Console;
use super::progress::Shown;
use super::project::{Project, Waivers};
use super::time::today;
use super::{target, variables};
use crate::report::doctor::policy::Policy;
use crate::report::doctor::terminal::Commands;
use crate::report::doctor::{Diagnosis, Needs, Outcome, Permissions, Step, json, terminal};
use crate::report::terminal::Detail;
use crate::report::terminal::layout::count;
use crate::rule::template::shell_word;

/// Time for all calls together: a service that hangs is told of, and not waited for.
const TIME: Duration = Duration::from_secs(120);
/// The shortest window of metrics: what is in it does not matter.
const METRICS_WINDOW: Duration = Duration::from_secs(3_600);

/// Runs it. `command` is what the user typed, for the next steps.
pub(super) fn run(
    args: &DoctorArgs,
    command: &str,
    collector: &dyn Collector,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if args.policy {
        return policy(args, console);
    }
    if variables::is_offline() {
        return Err(Failure::new(
            "DYNALINT_OFFLINE is set, and doctor asks AWS",
            "unset it, or take dynalint doctor --policy, which asks nobody",
        ));
    }
    let diagnosis = match project(args) {
        Ok(project) => diagnosis(args, &project, collector, console)?,
        Err(failure) => Diagnosis {
            steps: vec![no_step("config", &failure)],
            permissions: None,
            rules: 0,
        },
    };
    console.report(&text(args, command, &diagnosis, console)?)?;
    Ok(match diagnosis.outcome() {
        Outcome::Ready => Exit::Done,
        Outcome::CannotTell => Exit::CannotTell,
        Outcome::CouldNotRun => Exit::CouldNotRun,
    })
}

/// The files that a check reads too.
fn project(args: &DoctorArgs) -> Result<Project, Failure> {
    let rules = &args.rules.rules;
    Project::read(rules, &args.config, Waivers::Read, today(None), None)
}

fn policy(args: &DoctorArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let project = project(args)?;
    let choice = Choice::new(&project, &args.rules.select(), args.no_metrics)?;
    let policy = Policy::of(&choice.operations());
    let text = match args.form {
        PolicyForm::Json => policy.json().map_err(unwritable)?,
        PolicyForm::Terraform => policy.terraform(),
        PolicyForm::Cloudformation => policy.cloudformation(),
    };
    console.report(&text)?;
    Ok(Exit::Done)
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::new(
        format!("cannot write JSON: {error}"),
        "take another form, and tell us",
    )
}

fn diagnosis(
    args: &DoctorArgs,
    project: &Project,
    collector: &dyn Collector,
    console: &Console<'_>,
) -> Result<Diagnosis, Failure> {
    let choice = Choice::new(project, &args.rules.select(), args.no_metrics)?;
    let aimed = target::aim(&project.config, &args.aws, &args.rules.table, true)?;
    let operations = choice.operations();
    let live = Live {
        aws: &aimed.aws,
        tables: &aimed.tables,
        operations: &operations,
        series: &choice.series(),
        metrics_window: Some(METRICS_WINDOW),
        timeout: Some(TIME),
        concurrency: None,
        now: Timestamp::now(),
    };
    let progress = Shown::fitting(console.screen, &args.talk);
    let examined = collector.examine(&live, &progress);
    progress.finish();
    let examined = examined?;
    let rules = choice.settings.rules.len();
    let needs: Needs = choice
        .settings
        .rules
        .iter()
        .map(|it| (it.rule.id.to_string(), it.rule.operations()))
        .collect();
    let snapshot = examined.snapshot.as_ref();
    Ok(Diagnosis {
        steps: [config_step(&args.config, rules)]
            .into_iter()
            .chain(examined.steps)
            .collect(),
        permissions: snapshot.map(|it| Permissions::of(it, &operations, &needs)),
        rules,
    })
}

fn config_step(args: &ConfigArgs, rules: usize) -> Step {
    let rules = format!("{} in force", count(rules, "rule"));
    let said = match config_file(args) {
        Some(path) if args.config.is_some() => format!("{}; {rules}", path.display()),
        Some(path) => format!("{}; {rules}", from_here(&path).display()),
        None if args.no_config => format!("none, as --no-config says; {rules}"),
        None => format!("no dynalint.yaml, so the built-in defaults hold; {rules}"),
    };
    Step::good("config", said)
}

/// A path as seen from the current folder: home folders are nobody's business in a shared screen.
fn from_here(path: &Path) -> PathBuf {
    let Ok(here) = std::env::current_dir() else {
        return path.to_owned();
    };
    let above = |(up, folder): (usize, &Path)| {
        let rest = path.strip_prefix(folder).ok()?;
        Some(PathBuf::from("../".repeat(up)).join(rest))
    };
    let near = here.ancestors().enumerate().find_map(above);
    near.unwrap_or_else(|| path.to_owned())
}

fn text(
    args: &DoctorArgs,
    command: &str,
    diagnosis: &Diagnosis,
    console: &Console<'_>,
) -> Result<String, Failure> {
    let detail = match (args.talk.quiet, args.talk.verbose) {
        (true, _) => Detail::Verdict,
        (false, 0) => Detail::Lines,
        (false, _) => Detail::Full,
    };
    let commands = Commands {
        check: &command.replacen("dynalint doctor", "dynalint check", 1),
        again: command,
        policy: &policy_command(args),
    };
    match args.format {
        ListFormat::Terminal => {
            let style = console.screen.style(args.talk.color, None);
            Ok(terminal::render(diagnosis, &style, detail, commands))
        }
        ListFormat::Json => json::render(diagnosis).map_err(unwritable),
    }
}

/// The command for the least policy of the same rules.
fn policy_command(args: &DoctorArgs) -> String {
    let listed = |flag: &str, values: Vec<String>| {
        let values: Vec<String> = values.iter().map(|value| shell_word(value)).collect();
        (!values.is_empty()).then(|| format!(" {flag} {}", values.join(",")))
    };
    let paths = |paths: &[PathBuf]| paths.iter().map(|it| it.display().to_string()).collect();
    let each_folder = args.rules.rules.iter();
    let folders: String = each_folder
        .filter_map(|folder| listed("--rules", paths(std::slice::from_ref(folder))))
        .collect();
    let areas = args.rules.area.iter().map(|area| area.word().to_owned());
    let config: Vec<PathBuf> = args.config.config.iter().cloned().collect();
    let parts = [
        Some(folders),
        listed("--area", areas.collect()),
        listed("--rule", args.rules.rule.clone()),
        listed("--skip-rule", args.rules.skip_rule.clone()),
        listed("--checklist", args.rules.checklist.clone()),
        args.no_metrics.then(|| " --no-metrics".to_owned()),
        listed("--config", paths(&config)),
        args.config.no_config.then(|| " --no-config".to_owned()),
    ];
    let parts: String = parts.into_iter().flatten().collect();
    format!("dynalint doctor --policy{parts}")
}
