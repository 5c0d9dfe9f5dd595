//! Questions to the person at the terminal. Each has a flag, and without a terminal none is asked.

use std::io::BufRead;
use std::process::{Command, Stdio};

use super::exit::Failure;
use super::output::Console;

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
            "answer it, or give its flag: --help has them",
        )),
    }
}

/// Who commits here, as git knows it: the one who signs, mostly.
pub(super) fn git_user() -> Option<String> {
    let ask = |key: &str| {
        let mut git = Command::new("git");
        let git = git.args(["config", "--get", key]).stdin(Stdio::null());
        let output = git.output().ok().filter(|it| it.status.success())?;
        let text = String::from_utf8(output.stdout).ok()?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    ask("user.email").or_else(|| ask("user.name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::Screen;

    /// What comes of answers, and what was asked.
    fn with<T>(
        answers: &str,
        act: impl FnOnce(&mut dyn BufRead, &mut Console<'_>) -> Result<T, Failure>,
    ) -> (Result<T, Failure>, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut console = Console::new(&mut out, &mut err, Screen::from_environment());
        let done = act(&mut answers.as_bytes(), &mut console);
        (done, String::from_utf8(err).expect("UTF-8"))
    }

    #[test]
    fn what_has_no_default_is_asked_until_it_is_said() {
        let asked = |default: Option<&'static str>| {
            with("\n ben \n", move |answers, console| {
                ask("Who?", default, answers, console)
            })
        };
        assert_eq!(
            asked(None),
            (Ok("ben".to_owned()), "Who?: Who?: ".to_owned())
        );
        assert_eq!(
            asked(Some("ann")),
            (Ok("ann".to_owned()), "Who? [ann]: ".to_owned())
        );
        let (unanswered, _) = with("", |answers, console| ask("Who?", None, answers, console));
        assert!(unanswered.is_err());
    }

    #[test]
    fn nothing_but_yes_is_yes() {
        for (answer, is_yes) in [
            ("yes\n", true),
            ("Yes\n", true),
            ("y\n", false),
            ("\n", false),
        ] {
            let (said, _) = with(answer, |answers, console| {
                confirm("Well?", answers, console)
            });
            assert_eq!(said, Ok(is_yes), "{answer}");
        }
    }
}
