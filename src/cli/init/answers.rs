//! What `init` wants to know, from flags or from questions. One reading for both.

use std::io::BufRead;

use crate::cli::args::{FailOn, InitArgs, Pipeline};
use crate::cli::exit::Failure;
use crate::cli::output::Console;
use crate::config;

/// The answers. What is empty or `None` stays at its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Profile of the AWS configuration.
    pub(super) profile: Option<String>,
    /// Regions.
    pub(super) regions: Vec<String>,
    /// Globs of table names.
    pub(super) tables: Vec<String>,
    /// Environments, each with a glob of its tables.
    pub(super) environments: Vec<(String, String)>,
    /// Where the gate stands.
    pub(super) fail_on: Option<FailOn>,
    /// The product outside AWS that watches the tables.
    pub(super) monitoring: Option<String>,
    /// The pipeline to write.
    pub(super) ci: Option<Pipeline>,
}

impl Answers {
    /// What the flags say.
    pub(super) fn of_flags(args: &InitArgs) -> Answers {
        Answers {
            profile: args.profile.clone(),
            regions: args.region.clone(),
            tables: args.table.clone(),
            environments: args.environment.clone(),
            fail_on: args.fail_on,
            monitoring: args.monitoring.clone(),
            ci: args.ci,
        }
    }

    /// Asks for what the flags left open. A line without text leaves the default.
    pub(super) fn asked(
        mut self,
        lines: &mut dyn BufRead,
        console: &mut Console<'_>,
    ) -> Result<Answers, Failure> {
        let mut ask = Questions { lines, console };
        // A pipeline has no profiles.
        if self.profile.is_none() && self.ci.is_none() {
            self.profile = ask.one("AWS profile", "the one of the environment", parse_name)?;
        }
        if self.regions.is_empty() {
            self.regions = ask.many(
                "Regions, with commas",
                "the one of the profile",
                parse_region,
            )?;
        }
        if self.tables.is_empty() {
            self.tables = ask.many("Tables, as shop-*", "all", parse_glob)?;
        }
        if self.environments.is_empty() {
            let default = "by the tags environment, env, stage";
            self.environments = ask.many(
                "Environments by name, as dev=dev-*",
                default,
                parse_environment,
            )?;
        }
        if self.fail_on.is_none() {
            let words = "critical, high, medium, low, never";
            self.fail_on = ask.one(&format!("Fail on ({words})"), "high", parse_fail_on)?;
        }
        if self.monitoring.is_none() {
            self.monitoring = ask.one("Monitoring outside AWS, by name", "none", parse_name)?;
        }
        if self.ci.is_none() {
            let ci = ask.one("Pipeline (github, gitlab, none)", "none", parse_pipeline)?;
            self.ci = ci.flatten();
        }
        Ok(self)
    }
}

struct Questions<'a, 'c> {
    lines: &'a mut dyn BufRead,
    console: &'a mut Console<'c>,
}

impl Questions<'_, '_> {
    /// Asks until the answer is one, or empty.
    fn one<T>(
        &mut self,
        question: &str,
        default: &str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Failure> {
        loop {
            let line = self.line(question, default)?;
            match (line.is_empty(), parse(&line)) {
                (true, _) => return Ok(None),
                (false, Ok(answer)) => return Ok(Some(answer)),
                (false, Err(wanted)) => self.again(&wanted),
            }
        }
    }

    /// The same for a list with commas.
    fn many<T>(
        &mut self,
        question: &str,
        default: &str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, Failure> {
        loop {
            let line = self.line(question, default)?;
            let parts = line.split(',').map(str::trim).filter(|it| !it.is_empty());
            match parts.map(parse).collect() {
                Ok(answers) => return Ok(answers),
                Err(wanted) => self.again(&wanted),
            }
        }
    }

    fn again(&mut self, wanted: &str) {
        self.console.talk(&format!("  it takes {wanted}\n"));
    }

    fn line(&mut self, question: &str, default: &str) -> Result<String, Failure> {
        self.console.talk(&format!("{question} [{default}]: "));
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(0) | Err(_) => Err(Failure::new(
                "the answers ended before the questions, and nothing was written",
                "dynalint init --yes asks nothing; dynalint init --help has a flag for each question",
            )),
            Ok(_) => Ok(line.trim().to_owned()),
        }
    }
}

/// A name as it stands: not empty, on one line.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && !text.contains(char::is_control);
    fits.then(|| text.trim().to_owned())
        .ok_or_else(|| "a name".to_owned())
}

/// A region by its name: `eu-west-1`, `us-gov-east-1`.
pub(crate) fn parse_region(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split('-').collect();
    let word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    let fits = match parts.split_last() {
        Some((number, words)) => {
            words.len() >= 2 && words.iter().all(word) && number.parse::<u8>().is_ok()
        }
        None => false,
    };
    fits.then(|| text.to_owned())
        .ok_or_else(|| "regions such as eu-west-1".to_owned())
}

/// A pattern of table names.
pub(crate) fn parse_glob(text: &str) -> Result<String, String> {
    let name = parse_name(text).map_err(|_| "a pattern such as shop-*".to_owned())?;
    match config::globs(std::slice::from_ref(&name)) {
        Ok(_) => Ok(name),
        Err((_, message)) => Err(format!("a pattern such as shop-*; {message}")),
    }
}

/// An environment and its tables: `dev=dev-*`.
pub(crate) fn parse_environment(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').ok_or("NAME=GLOB, such as dev=dev-*")?;
    let name = parse_name(parts.0).map_err(|_| "NAME=GLOB, such as dev=dev-*".to_owned())?;
    Ok((name, parse_glob(parts.1)?))
}

fn parse_fail_on(text: &str) -> Result<FailOn, String> {
    text.parse()
}

fn parse_pipeline(text: &str) -> Result<Option<Pipeline>, String> {
    match text {
        "none" => Ok(None),
        "github" => Ok(Some(Pipeline::Github)),
        "gitlab" => Ok(Some(Pipeline::Gitlab)),
        _ => Err("github, gitlab or none".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::Screen;

    fn asked(given: Answers, typed: &str) -> (Result<Answers, Failure>, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let answers = {
            let mut console = Console::new(&mut out, &mut err, Screen::from_environment());
            given.asked(&mut typed.as_bytes(), &mut console)
        };
        (answers, String::from_utf8(err).expect("UTF-8"))
    }

    #[test]
    fn empty_lines_leave_every_default() {
        let (answers, questions) = asked(Answers::default(), "\n\n\n\n\n\n\n");
        assert_eq!(answers, Ok(Answers::default()));
        assert_eq!(questions.matches("]: ").count(), 7);
    }

    #[test]
    fn what_a_flag_says_is_not_asked() {
        let given = Answers {
            profile: Some("prod".to_owned()),
            fail_on: Some(FailOn(None)),
            ..Answers::default()
        };
        let (answers, questions) = asked(given.clone(), "\n\n\n\n\n");
        assert_eq!(answers, Ok(given));
        assert!(!questions.contains("profile ["), "{questions}");
    }

    #[test]
    fn a_wrong_answer_is_asked_for_again() {
        let typed =
            "prod\nireland\neu-west-1, us-east-1\nshop-*\nprod\ndev=dev-*\ninfo\nlow\n\ngithub\n";
        let (answers, questions) = asked(Answers::default(), typed);
        let answers = answers.expect("answered");
        assert_eq!(answers.regions, ["eu-west-1", "us-east-1"]);
        assert_eq!(
            answers.environments,
            [("dev".to_owned(), "dev-*".to_owned())]
        );
        assert_eq!(
            answers.fail_on,
            Some(FailOn(Some(crate::finding::Severity::Low)))
        );
        assert_eq!(answers.ci, Some(Pipeline::Github));
        assert_eq!(questions.matches("it takes").count(), 3);
    }

    #[test]
    fn answers_that_end_early_are_a_failure() {
        assert!(asked(Answers::default(), "prod\n").0.is_err());
    }

    #[test]
    fn regions_are_known_by_their_form() {
        for right in [
            "eu-west-1",
            "us-gov-east-1",
            "ap-southeast-5",
            "mx-central-1",
        ] {
            assert!(parse_region(right).is_ok(), "{right}");
        }
        for wrong in ["all", "eu-west", "eu_west-1", "EU-west-1", "eu--1", ""] {
            assert!(parse_region(wrong).is_err(), "{wrong}");
        }
    }
}
