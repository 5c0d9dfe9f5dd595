//! Questions at a terminal: only where somebody sits there, and for what a flag would have said.

use std::io::{BufRead, IsTerminal};

use super::exit::Failure;
use super::output::Console;
use crate::waiver::Wrong;

/// Whether somebody can be asked: only where both ends are a terminal.
pub(super) fn can_ask(console: &Console<'_>) -> bool {
    console.screen.err_is_terminal && std::io::stdin().is_terminal()
}

/// A question, and the flag that answers it.
pub(super) struct Question<'q> {
    /// What is asked.
    pub(super) text: &'q str,
    /// What an empty answer means.
    pub(super) default: Option<String>,
    /// The flag.
    pub(super) flag: &'static str,
}

/// Asks until the answer is right.
pub(super) fn ask<T>(
    console: &mut Console<'_>,
    input: &mut dyn BufRead,
    question: &Question<'_>,
    check: impl Fn(&str) -> Result<T, Wrong>,
) -> Result<T, Failure> {
    let unanswered = || {
        let message = format!("nobody answered: {}", question.text);
        Failure::new(message, format!("give {}", question.flag))
    };
    loop {
        let default = question.default.as_deref();
        let shown = default.map_or_else(String::new, |default| format!(" [{default}]"));
        console.talk(&format!("{}{shown}: ", question.text));
        let mut line = String::new();
        let read = input.read_line(&mut line).map_err(|_| unanswered())?;
        if read == 0 {
            return Err(unanswered());
        }
        let answer = Some(line.trim()).filter(|line| !line.is_empty());
        let Some(answer) = answer.or(default) else {
            continue;
        };
        match check(answer) {
            Ok(value) => return Ok(value),
            Err((message, hint)) => {
                let hint = hint.map_or_else(String::new, |hint| format!(": {hint}"));
                console.talk(&format!("{message}{hint}\n"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::Screen;

    fn answered(input: &str, default: Option<&str>) -> (Result<String, Failure>, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let screen = Screen {
            out_is_terminal: true,
            err_is_terminal: true,
            columns: None,
            utf8: true,
            no_color: true,
            force_color: false,
            ci: false,
        };
        let question = Question {
            text: "Why",
            default: default.map(str::to_owned),
            flag: "--reason",
        };
        let check = |text: &str| crate::waiver::reason(text);
        let mut console = Console::new(&mut out, &mut err, screen);
        let answer = ask(&mut console, &mut input.as_bytes(), &question, check);
        (answer, String::from_utf8(err).expect("UTF-8"))
    }

    #[test]
    fn a_wrong_answer_is_asked_for_again_and_an_empty_one_is_the_default() {
        let (answer, said) = answered("\nno\ncopied each night to b\n", None);
        assert_eq!(answer.expect("right"), "copied each night to b");
        assert_eq!(
            said,
            "Why: Why: a reason of 2 characters, at least 15 are needed: say why it is accepted\nWhy: "
        );
        let (answer, said) = answered("\n", Some("copied each night to b"));
        assert_eq!(answer.expect("right"), "copied each night to b");
        assert_eq!(said, "Why [copied each night to b]: ");
    }

    #[test]
    fn whoever_hangs_up_is_told_the_flag() {
        let (answer, _) = answered("", None);
        let failure = answer.expect_err("nobody answered").to_string();
        assert_eq!(
            failure,
            "error: nobody answered: Why\n hint: give --reason\n"
        );
    }
}
