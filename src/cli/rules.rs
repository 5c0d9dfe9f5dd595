//! `dynalint rules`: for whoever writes rules. Needs no account and no clock.

mod new;
mod test;

use std::path::PathBuf;

use super::args::ConfigArgs;
use super::args::rules::{RulesArgs, RulesCommand};
use super::exit::{Exit, Failure};
use super::files::home;
use super::output::Console;
use super::project::{RULES, rule_folders};

/// Runs it.
pub(super) fn run(args: &RulesArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    match &args.command {
        RulesCommand::Test(args) => test::run(args, console),
        RulesCommand::New(args) => new::run(args, console),
    }
}

/// The folder for a new rule of the project: the first that its configuration names, else the usual one.
fn own_folder() -> Result<PathBuf, Failure> {
    let args = ConfigArgs::default();
    let first = rule_folders(&args)?.into_iter().next();
    Ok(first.unwrap_or_else(|| home(&args).join(RULES)))
}
