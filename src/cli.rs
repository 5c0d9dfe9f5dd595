//! The command line: arguments in, text and an exit code out.
//!
//! The only part that knows clap, the terminal, the clock and the environment, and the only one that prints. Live facts
//! come through [`collector::Collector`].

pub mod args;
mod ask;
mod attest;
mod baseline;
mod check;
mod choice;
pub mod collector;
mod doctor;
mod drift;
mod dry_run;
pub mod exit;
mod explain;
mod files;
mod fix;
pub mod format;
mod history;
mod init;
mod judge;
pub mod output;
mod pages;
mod pipeline;
pub mod progress;
mod project;
mod rules;
mod schema;
pub mod screen;
mod snapshot;
mod target;
pub mod time;
mod usage;
mod variables;
mod waive;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use self::args::{Cli, Command};
use self::collector::Collector;
use self::exit::{Exit, Failure};
use self::output::Console;
use self::screen::Screen;
use crate::rule::template::shell_word;

/// Runs the program on the process's own arguments and streams.
pub fn main(collector: &dyn Collector) -> Exit {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // Text has escape sequences only where they were asked for; on old Windows consoles they are translated.
    let mut out = anstream::AutoStream::always(std::io::stdout());
    let mut err = anstream::AutoStream::always(std::io::stderr());
    let mut console = Console::new(&mut out, &mut err, Screen::from_environment());
    run(&arguments, collector, &mut console)
}

/// Runs the program. The first argument is its name.
pub fn run(arguments: &[OsString], collector: &dyn Collector, console: &mut Console<'_>) -> Exit {
    let ended = match Cli::try_parse_from(arguments) {
        Ok(cli) => dispatch(&cli.command, &typed(arguments), collector, console),
        Err(error) => not_parsed(&error, arguments, console),
    };
    ended.unwrap_or_else(|failure| {
        console.talk(&failure.to_string());
        Exit::CouldNotRun
    })
}

fn dispatch(
    command: &Command,
    typed: &str,
    collector: &dyn Collector,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    match command {
        Command::Check(args) => check::run(args, typed, collector, console),
        Command::Snapshot(args) => snapshot::run(args, collector, console),
        Command::Drift(args) => drift::run(args, typed, collector, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Fix(args) => fix::run(args, collector, console),
        Command::Rules(args) => rules::run(args, console),
        Command::Attest(args) => attest::run(args, console),
        Command::Init(args) => init::run(args, console),
        Command::Doctor(args) => doctor::run(args, typed, collector, console),
        Command::Waive(args) => waive::run(args, console),
        Command::Completions(args) => pages::completions(args.shell, console),
        Command::Man(args) => pages::manual(args, console),
        Command::Schema(args) => schema::run(args.name, console),
    }
}

fn not_parsed(
    error: &clap::Error,
    arguments: &[OsString],
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            console.report(&error.render().to_string())?;
            Ok(Exit::Done)
        }
        _ => Err(usage::failure(error, arguments)),
    }
}

/// The command as it was typed, without what only changes how much is said: it stands in the next steps.
fn typed(arguments: &[OsString]) -> String {
    let talk = ["-q", "-v", "-vv", "--quiet", "--verbose"];
    let words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    let words = words
        .filter(|word| !talk.contains(&&**word))
        .map(|word| shell_word(&word));
    ["dynalint".to_owned()]
        .into_iter()
        .chain(words)
        .collect::<Vec<String>>()
        .join(" ")
}
