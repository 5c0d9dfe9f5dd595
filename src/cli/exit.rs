//! Exit codes, the same for all commands, and what is said when a command could not run.

use std::process::ExitCode;

use crate::gate::GateOutcome;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at or above the gate fails, nothing there is unknown; or the command did what it was asked to. 0.
    Done,
    /// A failure at or above the gate. 1.
    NotReady,
    /// Usage, file, credentials, region or network: no verdict was reached. 2.
    CouldNotRun,
    /// No failure, but something at or above the gate is unknown. 3.
    CannotTell,
    /// No resource matched. 4.
    NothingToCheck,
    /// Ctrl-C. 130.
    Interrupted,
}

impl Exit {
    /// The code.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::NotReady => 1,
            Exit::CouldNotRun => 2,
            Exit::CannotTell => 3,
            Exit::NothingToCheck => 4,
            Exit::Interrupted => 130,
        }
    }
}

impl From<GateOutcome> for Exit {
    fn from(outcome: GateOutcome) -> Exit {
        match outcome {
            GateOutcome::Ready | GateOutcome::NothingToCheck { allowed: true } => Exit::Done,
            GateOutcome::NotReady => Exit::NotReady,
            GateOutcome::CannotTell => Exit::CannotTell,
            GateOutcome::NothingToCheck { allowed: false } => Exit::NothingToCheck,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why a command could not run, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    text: String,
    hint: Option<String>,
}

impl Failure {
    /// One sentence, lower case, without a final period; and one command.
    pub fn new(message: impl AsRef<str>, hint: impl Into<String>) -> Failure {
        Failure {
            text: format!("error: {}", message.as_ref()),
            hint: Some(hint.into()),
        }
    }

    /// Text that is laid out already, such as mistakes in rule files with their lines.
    pub fn rendered(text: impl Into<String>, hint: Option<String>) -> Failure {
        Failure {
            text: text.into(),
            hint,
        }
    }

    /// What is wrong, without the word that all errors begin with.
    pub fn message(&self) -> &str {
        self.text.strip_prefix("error: ").unwrap_or(&self.text)
    }

    /// What to do next.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What a build without the feature `live` says.
    pub fn not_live() -> Failure {
        Failure::new(
            "this build cannot read live accounts",
            "judge a saved snapshot with dynalint check FILE, or install a build with the feature \"live\"",
        )
    }
}

impl From<crate::snapshot::file::FileError> for Failure {
    fn from(error: crate::snapshot::file::FileError) -> Failure {
        Failure::new(error.to_string(), error.hint())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text.trim_end())?;
        match &self.hint {
            Some(hint) => writeln!(f, " hint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_and_the_program_agree_on_codes() {
        let outcomes = [
            GateOutcome::Ready,
            GateOutcome::NotReady,
            GateOutcome::CannotTell,
            GateOutcome::NothingToCheck { allowed: true },
            GateOutcome::NothingToCheck { allowed: false },
        ];
        for outcome in outcomes {
            assert_eq!(Exit::from(outcome).code(), outcome.exit_code());
        }
    }
}
