//! `dynalint init`: writes `dynalint.yaml`, and a pipeline where one is asked for. Overwrites nothing, calls nothing.

pub(super) mod answers;
mod file;
mod pipeline;

use std::path::{Path, PathBuf};

use self::answers::Answers;
use super::args::{ConfigArgs, InitArgs, Pipeline};
use super::exit::{Exit, Failure};
use super::files::{config_file, mistakes, repository, text_of};
use super::output::{Console, make_folder, write_file};
use crate::config;
use crate::report::terminal::layout::count;

/// Runs it.
pub(super) fn run(args: &InitArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    if args.ci.is_some() && args.profile.is_some() {
        return Err(Failure::new(
            "--profile does not go with --ci: a pipeline has no profiles",
            "leave it out; to try it here: dynalint doctor --profile NAME",
        ));
    }
    let there = config_file(&ConfigArgs::default());
    // Where only a pipeline is wanted, a file that is there is left as it is.
    let written = match (&there, args.ci) {
        (Some(path), None) => return Err(is_there(path)),
        (Some(path), Some(_)) => {
            console.talk(&format!(
                "{} is there already, and is left as it is\n",
                name(path)
            ));
            Answers::of_flags(args)
        }
        (None, _) => {
            let answers = answers(args, console)?;
            let path = root().join(config::NAME);
            write_file(&path, &file::text(&answers))?;
            console.talk(&format!("wrote {}\n", from_root(&path)));
            answers
        }
    };
    if let Some(pipeline) = written.ci {
        keep(pipeline, &written, console)?;
    }
    console.talk(NEXT);
    Ok(Exit::Done)
}

const NEXT: &str =
    "  next    dynalint doctor    # can everything be read?\n  then    dynalint check\n";

fn answers(args: &InitArgs, console: &mut Console<'_>) -> Result<Answers, Failure> {
    let answers = Answers::of_flags(args);
    match (args.yes, console.screen.can_ask()) {
        (true, _) => Ok(answers),
        (false, true) => answers.asked(&mut std::io::stdin().lock(), console),
        (false, false) => Err(Failure::new(
            "init asks questions, and there is no terminal to ask on",
            "dynalint init --yes takes the defaults; dynalint init --help has a flag for each question",
        )),
    }
}

/// Writes the pipeline, or shows it where a file of its name is there.
fn keep(pipeline: Pipeline, answers: &Answers, console: &mut Console<'_>) -> Result<(), Failure> {
    let path = root().join(pipeline.path());
    let text = pipeline.text(answers);
    if path.exists() {
        let there = pipeline.path();
        console.talk(&format!(
            "{there} is there already, and is left as it is; this is ours:\n"
        ));
        return console.report(&text);
    }
    make_folder(&path)?;
    write_file(&path, &text)?;
    console.talk(&format!("wrote {}: {}\n", pipeline.path(), pipeline.next()));
    Ok(())
}

/// Nothing is overwritten; what is there is said.
fn is_there(path: &Path) -> Failure {
    let name = name(path);
    let text = match text_of(&name, path) {
        Ok(text) => text,
        Err(error) => return mistakes(&[error]),
    };
    let lines = count(text.lines().count(), "line");
    match config::read(&name, &text) {
        Ok(_) => Failure::new(
            format!(
                "{} is there already: {lines}, no mistake in them",
                from_root(path)
            ),
            "dynalint doctor tells what it leads to; move it away for a new one",
        ),
        Err(errors) => Failure::new(
            format!(
                "{} is there already: {lines}, with {}",
                from_root(path),
                count(errors.len(), "mistake")
            ),
            "dynalint doctor shows them; move it away for a new one",
        ),
    }
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// A file by its name, and where it is if not here.
fn from_root(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    match path.parent() == Some(&here) {
        true => name(path),
        false => format!("{} in the root of the repository", name(path)),
    }
}

/// Where the files go: the root of the repository, or the current folder where there is none.
fn root() -> PathBuf {
    repository(&std::env::current_dir().unwrap_or_default()).to_owned()
}
