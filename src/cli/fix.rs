//! `dynalint fix`: what repairs the failures that count, printed and never carried out.
//!
//! Finds them as `check` does, with the same files and the same judgement; what is printed of each is the rule's.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::{CheckArgs, FixArgs};
use super::check;
use super::choice::Choice;
use super::collector::Collector;
use super::exit::{Exit, Failure};
use super::format::ListFormat;
use super::judge::{self, Asked};
use super::output::{Console, write_file};
use super::time::today;
use super::variables;
use crate::assess::Listing;
use crate::gate::{GateOutcome, Terms};
use crate::report::repairs::{self, Form, Look, Repairs, Way, json};
use crate::report::terminal::Detail;
use crate::report::terminal::style::Style;
use crate::rule::template::shell_word;
use crate::snapshot::file::trouble;

/// Runs it.
pub(super) fn run(
    args: &FixArgs,
    collector: &dyn Collector,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let form = form(args)?;
    refuse(args)?;
    let asked = args.check();
    let today = today(asked.run.now);
    let (project, earlier) = check::project(&asked, today)?;
    let mut check = check::with_config(&asked, &project)?;
    // How old facts may be is the gate's to say. Here their time stands above the repairs.
    check.gate.max_age = None;
    let choice = Choice::new(&project, &check.select, check.run.no_metrics)?;
    if check.run.dry_run {
        return check::dry(&check, &choice, console);
    }
    let snapshot = check::facts(&check, &choice, collector, console)?;
    let asked = Asked {
        select: &check.select,
        target: check.aws.target.clone(),
        terms: Terms::default(),
        listing: Listing::Repairs,
        today,
        strict_waivers: false,
        updates_baseline: false,
        figures: false,
    };
    let (report, _) = judge::report(&snapshot, &project, earlier.as_ref(), &choice, &asked);
    let rules = judge::rule_facts(&project);
    let repairs = Repairs::of(&report, &rules, form, way(&check));
    write(args, &repairs, console)?;
    Ok(match report.gate.outcome {
        GateOutcome::NothingToCheck { .. } => Exit::NothingToCheck,
        GateOutcome::Ready | GateOutcome::NotReady | GateOutcome::CannotTell => Exit::Done,
    })
}

/// What clap can't refuse.
fn refuse(args: &FixArgs) -> Result<(), Failure> {
    let is_file = |name: &&String| name.ends_with(".json") || Path::new(name).is_file();
    if let Some(file) = args.rule.iter().find(is_file) {
        return Err(Failure::new(
            format!("no rule is named \"{file}\""),
            format!(
                "for a saved snapshot: dynalint fix --input {}",
                shell_word(file)
            ),
        ));
    }
    if let Some(path) = &args.output {
        must_be_ours(path)?;
    }
    let is_live = args.input.is_none() && !args.demo;
    if is_live && variables::is_offline() && !args.run.dry_run {
        return Err(Failure::new(
            "DYNALINT_OFFLINE needs facts that are there already",
            "dynalint fix --input FILE, or dynalint fix --demo",
        ));
    }
    if args.run.dry_run && args.output.is_some() {
        return Err(Failure::new(
            "--dry-run reads nothing, so there is nothing to write to a file",
            "leave --dry-run out, or --output",
        ));
    }
    if args.width.is_some() && args.format == ListFormat::Json {
        return Err(Failure::new(
            "--width is for text, and JSON has none",
            "leave --width out, or take --format terminal",
        ));
    }
    Ok(())
}

/// A file that is there is written over only where it is one of repairs: a user's own file stays as it is.
fn must_be_ours(path: &Path) -> Result<(), Failure> {
    if !path.is_file() {
        return Ok(());
    }
    let text = fs::read(path).map_err(|error| {
        Failure::new(
            format!("cannot read {}: {}", path.display(), trouble(&error)),
            "check the path and its permissions, or name a new file",
        )
    })?;
    if text.is_empty() || repairs::is_page(&text) || json::is_repairs(&text) {
        return Ok(());
    }
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or("sh");
    let new = ["repairs", "new-repairs"].map(|name| format!("{name}.{ending}"));
    let is_other = |name: &&String| path.file_name().is_some_and(|it| it != name.as_str());
    let new = new.iter().find(is_other).map_or("", String::as_str);
    Err(Failure::new(
        format!("{} is not a file of repairs", path.display()),
        format!("name a new file, such as {new}"),
    ))
}

/// What is asked for by name, or by the ending of the file; never two of them.
fn form(args: &FixArgs) -> Result<Form, Failure> {
    let named = args.form.map(|form| form.form());
    let path = args.output.as_deref();
    let of_file = path.and_then(of_ending);
    match (named, of_file) {
        (Some(named), Some(other)) if named != other => {
            let file = path
                .map(|path| path.display().to_string())
                .unwrap_or_default();
            Err(Failure::new(
                format!("--as {} does not fit a file named {file}", named.word()),
                format!("leave --as out, or take --as {}", other.word()),
            ))
        }
        (Some(form), _) | (None, Some(form)) => Ok(form),
        (None, None) => Ok(Form::Cli),
    }
}

fn of_ending(path: &Path) -> Option<Form> {
    match path.extension()?.to_str()? {
        "sh" => Some(Form::Cli),
        "tf" => Some(Form::Terraform),
        "yaml" | "yml" => Some(Form::CloudFormation),
        _ => None,
    }
}

/// The command for the repairs of what a check finds: with what says which account, rules, tables and time it
/// looks at.
pub(super) fn command(check: &CheckArgs) -> String {
    let (aws, select, gate) = (&check.aws, &check.select, &check.gate);
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let areas: Vec<&str> = select.area.iter().map(|area| area.word()).collect();
    let lists = [
        ("--region", aws.region.join(",")),
        ("--table", select.table.join(",")),
        ("--area", areas.join(",")),
        ("--skip-rule", select.skip_rule.join(",")),
        ("--checklist", select.checklist.join(",")),
    ];
    let lists = lists.map(|(flag, list)| (flag, Some(list).filter(|list| !list.is_empty())));
    let values = [
        ("--input", path(&check.input)),
        ("--target", aws.target.clone()),
        ("--profile", aws.profile.clone()),
        ("--role-arn", aws.role_arn.clone()),
        ("--external-id", aws.external_id.clone()),
        ("--endpoint-url", aws.endpoint_url.clone()),
        ("--env", select.env.clone()),
        ("--baseline", path(&gate.baseline)),
        ("--config", path(&check.config.config)),
        (
            "--metrics-window",
            check
                .run
                .metrics_window
                .map(|it| format!("{}s", it.as_secs())),
        ),
        ("--now", check.run.now.map(|it| it.to_string())),
    ];
    let folders = select.rules.iter();
    let folders = folders.map(|folder| ("--rules", Some(folder.display().to_string())));
    let values = values.into_iter().chain(lists).chain(folders);
    let values = values.filter_map(|(flag, value)| Some(format!("{flag} {}", shell_word(&value?))));
    let switches = [
        ("--demo", check.demo),
        ("--no-waivers", gate.no_waivers),
        ("--no-baseline", gate.no_baseline),
        ("--no-config", check.config.no_config),
        ("--no-metrics", check.run.no_metrics),
    ];
    let switches = switches.iter().filter(|(_, is_given)| *is_given);
    let switches = switches.map(|(flag, _)| (*flag).to_owned());
    let rules = select.rule.iter().map(|rule| shell_word(rule));
    let words = rules.chain(switches).chain(values);
    ["dynalint fix".to_owned()]
        .into_iter()
        .chain(words)
        .collect::<Vec<String>>()
        .join(" ")
}

fn way(check: &CheckArgs) -> Way<'_> {
    Way {
        profile: check.aws.profile.as_deref(),
        endpoint_url: check.aws.endpoint_url.as_deref(),
        role_arn: check.aws.role_arn.as_deref(),
    }
}

fn write(args: &FixArgs, repairs: &Repairs<'_>, console: &mut Console<'_>) -> Result<(), Failure> {
    let detail = match args.talk.verbose {
        0 => Detail::Lines,
        _ => Detail::Full,
    };
    if let Some(path) = &args.output {
        let look = Look {
            style: Style::default(),
            detail,
            is_script: true,
        };
        let is_json = path.extension().is_some_and(|it| it == "json");
        let text = match is_json {
            true => json_text(repairs)?,
            false => repairs::page(repairs, look),
        };
        write_file(path, &text)?;
    }
    let text = match args.format {
        ListFormat::Json => json_text(repairs)?,
        ListFormat::Terminal if args.talk.quiet => repairs::summary(repairs) + "\n",
        ListFormat::Terminal => repairs::page(
            repairs,
            Look {
                style: console.screen.style(args.talk.color, args.width),
                detail,
                is_script: false,
            },
        ),
    };
    console.report(&text)
}

fn json_text(repairs: &Repairs<'_>) -> Result<String, Failure> {
    json::render(repairs).map_err(|error| {
        Failure::new(
            format!("cannot write the repairs: {error}"),
            "take --format terminal, and tell us",
        )
    })
}
