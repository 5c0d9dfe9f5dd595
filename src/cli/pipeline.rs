//! What a check does for the pipeline that it runs in, beside its report: the annotations and the page of a GitHub step,
//! and the line of the repository that findings are shown at.
//!
//! GitLab shows reports from files alone. Its markers of sections are left out: they are escape sequences that would
//! stand in a file just the same, and whether stdout is one can't be told from a job's log.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use super::args::{CheckArgs, ConfigArgs};
use super::check::{formats, text};
use super::exit::Failure;
use super::files::{config_file, home, repository};
use super::format::Format;
use super::output::Console;
use super::screen::Platform;
use super::variables;
use crate::config::{Config, NAME};
use crate::report::github;
use crate::report::terminal::layout::{count, number};
use crate::report::terminal::{Detail, View, only};
use crate::report::{Anchor, Report, gitlab, markdown};
use crate::snapshot::file::trouble;

/// Bytes that a step's page may have; GitHub refuses all of a larger one. Its own limit is 1,048,576.
const MOST_PAGE: usize = 1_000_000;
/// Bytes without which a report has no room for its verdict.
const LEAST_PAGE: usize = 8_000;

/// Writes the report to stdout, and what the pipeline shows of it to where it looks for that.
pub(super) fn show(
    args: &CheckArgs,
    stdout: &str,
    report: &Report,
    view: &View<'_>,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let format = args.output.format;
    match console.screen.platform(args.talk.ci) {
        Some(Platform::Github) => {
            console.report(&disarmed(format, stdout))?;
            if format == Format::Terminal && view.detail != Detail::Verdict {
                console.report(&text(Format::Github, report, view)?)?;
            }
            keep_page(&only(report, view.show), view, console);
        }
        Some(Platform::Gitlab) | None => console.report(stdout)?,
    }
    if formats(args).any(|format| format == Format::Gitlab) {
        console.talk(&beside_gitlab(&only(report, view.show)));
    }
    Ok(())
}

/// Adds the report to the page of the step. The verdict does not hang on it, so trouble with it is only told.
fn keep_page(report: &Report, view: &View<'_>, console: &mut Console<'_>) {
    let Some(path) = variables::step_summary() else {
        return;
    };
    match add(&path, report, view) {
        Ok(true) => {}
        Ok(false) => {
            console.talk("warning: the page of the step is full, so the report is not on it\n");
        }
        Err(error) => console.talk(&format!(
            "warning: cannot write to GITHUB_STEP_SUMMARY, so the step has no page: {}\n",
            trouble(&error)
        )),
    }
}

/// What the log of a job shows, in a format for machines or people, without what its runner would take for a command.
fn disarmed(format: Format, stdout: &str) -> String {
    match format {
        // These are commands.
        Format::Github => stdout.to_owned(),
        Format::Json | Format::Jsonl | Format::Sarif | Format::Gitlab | Format::Ocsf => {
            github::disarmed_json(stdout)
        }
        Format::Junit => github::disarmed_xml(stdout),
        Format::Terminal | Format::Markdown | Format::Html | Format::Csv => {
            github::disarmed(stdout)
        }
    }
}

/// The runner reads all that the commands of a step have added: it is added to in one go, and never replaced. Whether
/// there was room for it.
fn add(path: &Path, report: &Report, view: &View<'_>) -> io::Result<bool> {
    let used = match fs::metadata(path) {
        Ok(there) => usize::try_from(there.len()).unwrap_or(usize::MAX),
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    let room = MOST_PAGE.saturating_sub(used);
    if room < LEAST_PAGE {
        return Ok(false);
    }
    let text = markdown::within(report, view, room);
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(true)
}

/// What has no place in GitLab's file.
fn beside_gitlab(report: &Report) -> String {
    let left_out = gitlab::left_out(report);
    let accepted = (left_out.accepted > 0).then(|| {
        let results = count(left_out.accepted, "result");
        format!("note: {results} waived or baselined: not in the file for GitLab, which has no word for it\n")
    });
    let beyond = (left_out.beyond > 0).then(|| {
        let beyond = number(left_out.beyond);
        format!("note: {beyond} results are not in the file for GitLab; the worst are\n")
    });
    accepted.into_iter().chain(beyond).collect()
}

/// Where findings are shown: at the target that was read, else at the top of the configuration. A file outside of the
/// repository can't be shown, so the usual one stands for it.
pub(super) fn anchor(args: &ConfigArgs, config: &Config, target: Option<&str>) -> Anchor {
    let file = config_file(args).and_then(|path| in_repository(&path));
    let line = file.is_some().then_some(target).flatten();
    let usual = || in_repository(&home(args).join(NAME));
    Anchor {
        file: file.or_else(usual).unwrap_or_else(|| NAME.to_owned()),
        line: line.map_or(1, |target| config.line_of_target(target)),
    }
}

/// A path from the root of the repository, with forward slashes; platforms follow no links. The file itself need not be
/// there.
fn in_repository(path: &Path) -> Option<String> {
    let here = fs::canonicalize(std::env::current_dir().ok()?).ok()?;
    let whole = fs::canonicalize(path).or_else(|_| {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        let folder = fs::canonicalize(folder.unwrap_or(Path::new(".")))?;
        Ok::<PathBuf, io::Error>(folder.join(path.file_name().unwrap_or_default()))
    });
    let whole = whole.ok()?;
    let inside = whole.strip_prefix(repository(&here)).ok()?;
    let names = inside.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            None
        }
    });
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| names.join("/"))
}
