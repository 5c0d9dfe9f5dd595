//! `dynalint rules`: for whoever writes rules. Needs no account and no clock.

mod new;
mod test;

use std::path::{Path, PathBuf};

use super::args::ConfigArgs;
use super::args::rules::{RulesArgs, RulesCommand};
use super::exit::{Exit, Failure};
use super::files::home;
use super::output::Console;

/// Where a project keeps the rules of its own.
const FOLDER: &str = "dynalint/rules";

/// Runs it.
pub(super) fn run(args: &RulesArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    match &args.command {
        RulesCommand::Test(args) => test::run(args, console),
        RulesCommand::New(args) => new::run(args, console),
    }
}

/// The folder of the project's own rules, whether it is there or not: beside the configuration, or at the root of the
/// repository.
fn own_folder() -> PathBuf {
    home(&ConfigArgs::default()).join(FOLDER)
}

/// A path as it is said: from here, where it is inside.
fn said(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    inside
        .unwrap_or_else(|| path.to_owned())
        .display()
        .to_string()
}
