//! What shells and manual readers want to know of the command line, made from its arguments.

use std::io;

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::args::{Cli, ManArgs};
use super::exit::{Exit, Failure};
use super::output::{Console, write_file};

/// Prints the completions for a shell.
pub(super) fn completions(shell: Shell, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "dynalint", &mut text);
    console.report(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Done)
}

/// Prints the manual page: the program, and after it each command that is not hidden. Or writes a page for each.
pub(super) fn manual(args: &ManArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let mut program = Cli::command();
    program.build();
    match &args.dir {
        Some(folder) => {
            for (name, page) in pages(&program).map_err(not_written)? {
                write_file(&folder.join(name), &page)?;
            }
        }
        None => console.report(&whole(&program).map_err(not_written)?)?,
    }
    Ok(Exit::Done)
}

fn not_written(error: io::Error) -> Failure {
    Failure::new(
        format!("cannot write the manual page: {error}"),
        "dynalint --help has the same, and tell us",
    )
}

/// The pages by their files' names: `dynalint.1`, `dynalint-check.1`, `dynalint-rules-test.1`.
fn pages(command: &Command) -> io::Result<Vec<(String, String)>> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render(&mut text)?;
    let page = String::from_utf8_lossy(&text).into_owned();
    let mut all = vec![(man.get_filename(), page)];
    for command in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        all.extend(pages(command)?);
    }
    Ok(all)
}

fn whole(program: &Command) -> io::Result<String> {
    let mut text = Vec::new();
    Man::new(program.clone()).render(&mut text)?;
    chapters(program, &mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The commands of a command that are not hidden, and theirs.
fn chapters(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    for command in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        chapter(command, text)?;
        chapters(command, text)?;
    }
    Ok(())
}

/// A command in the page of its program: what stands above its name there is said once.
fn chapter(command: &Command, text: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone());
    man.render_name_section(text)?;
    man.render_synopsis_section(text)?;
    man.render_options_section(text)?;
    if command.get_after_help().is_some() {
        man.render_extra_section(text)?;
    }
    Ok(())
}
