//! Questions to the person at the terminal. Each has a flag, and without a terminal none is asked.

use std::io::{BufRead, IsTerminal};

use super::exit::Failure;
use super::output::Console;

/// Whether somebody is there to answer: stdin and stderr are terminals.
pub(super) fn can_ask(console: &Console<'_>) -> bool {
    console.screen.err_is_terminal && std::io::stdin().is_terminal()
}

/// Asks until something is said; with a default, nothing is that.
pub(super) fn ask(
    question: &str,
    default: Option<&str>,
    answers: &mut dyn BufRead,
    console: &mut Console<'_>,
) -> Result<String, Failure> {
    loop {
        match default {
            Some(default) => console.talk(&format!("{question} [{default}]: ")),
            None => console.talk(&format!("{question}: ")),
        }
        let answer = line(answers)?;
        match (answer.is_empty(), default) {
            (false, _) => return Ok(answer),
            (true, Some(default)) => return Ok(default.to_owned()),
            (true, None) => {}
        }
    }
}

/// Whether the answer is `yes`, in full.
pub(super) fn confirm(
    question: &str,
    answers: &mut dyn BufRead,
    console: &mut Console<'_>,
) -> Result<bool, Failure> {
    console.talk(&format!("{question} Type yes: "));
    Ok(line(answers)?.eq_ignore_ascii_case("yes"))
}

fn line(answers: &mut dyn BufRead) -> Result<String, Failure> {
    let mut text = String::new();
    match answers.read_line(&mut text) {
        Ok(1..) => Ok(text.trim().to_owned()),
        Ok(0) | Err(_) => Err(Failure::new(
            "the question was not answered, and nothing was written",
            "answer it, or give its flag: dynalint attest --help",
        )),
    }
}
