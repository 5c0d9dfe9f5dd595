//! What clap says of wrong arguments, in our two lines: what is wrong, and what to do.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Error};

use super::args::Cli;
use super::exit::Failure;

/// The mistake in two lines. Help and version are no mistakes and don't come here.
pub(super) fn failure(error: &Error, arguments: &[OsString]) -> Failure {
    let not_text = arguments.iter().find(|it| it.to_str().is_none());
    if let (ErrorKind::InvalidUtf8, Some(argument)) = (error.kind(), not_text) {
        return Failure::new(
            format!("\"{}\" is no UTF-8", argument.to_string_lossy()),
            "give it in UTF-8; only a file that is read may have another name",
        );
    }
    let hint =
        suggestion(error, arguments).unwrap_or_else(|| format!("{} --help", command(arguments)));
    Failure::new(message(error), hint)
}

fn message(error: &Error) -> String {
    let value = text(error, ContextKind::InvalidValue);
    let arg = text(error, ContextKind::InvalidArg);
    let flag = flag(&arg);
    match error.kind() {
        ErrorKind::UnknownArgument if !flag.starts_with('-') => {
            format!("\"{flag}\" is one argument too many")
        }
        ErrorKind::UnknownArgument => format!("unknown flag {flag}"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "unknown command \"{}\"",
                text(error, ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::MissingSubcommand => "no command was given".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => format!("{flag} needs a value"),
        ErrorKind::InvalidValue => {
            let values = text(error, ContextKind::ValidValue);
            format!("{flag} is one of {values}, not \"{value}\"")
        }
        ErrorKind::ValueValidation => format!(
            "{flag} does not take \"{value}\"; it takes {}",
            wanted(error)
        ),
        ErrorKind::ArgumentConflict => conflict(error, &flag),
        ErrorKind::MissingRequiredArgument => format!("{arg} is missing"),
        _ => first_line(error),
    }
}

fn conflict(error: &Error, arg: &str) -> String {
    let prior = text(error, ContextKind::PriorArg);
    let priors: Vec<String> = prior.split(", ").map(flag).collect();
    match priors.iter().any(|prior| prior == arg) {
        true => format!("{arg} was given twice"),
        false => format!("{arg} does not go with {}", priors.join(", ")),
    }
}

/// What our own parsers say they want.
fn wanted(error: &Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    source.unwrap_or_else(|| "another value".to_owned())
}

fn suggestion(error: &Error, arguments: &[OsString]) -> Option<String> {
    let kinds = [
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedArg,
        ContextKind::SuggestedValue,
    ];
    let named = kinds
        .iter()
        .map(|kind| text(error, *kind))
        .find(|text| !text.is_empty());
    match (error.kind(), named) {
        // Of several the likest is the last.
        (_, Some(named)) => {
            let likest = named.rsplit(", ").next().unwrap_or(&named);
            Some(format!("did you mean {}?", flag(likest)))
        }
        (ErrorKind::MissingSubcommand, None) if command(arguments) == "dynalint rules" => {
            Some("dynalint rules test, or dynalint rules new AREA/ID".to_owned())
        }
        (ErrorKind::MissingSubcommand, None) => {
            Some("dynalint check, or without an AWS account: dynalint check --demo".to_owned())
        }
        (ErrorKind::ArgumentConflict, None) => Some("leave one of them out".to_owned()),
        (_, None) => None,
    }
}

/// `dynalint check`, `dynalint rules test`, where the mistake is in its arguments. (Not every error of clap says where it
/// is.)
fn command(arguments: &[OsString]) -> String {
    let mut command = Cli::command();
    let mut named = "dynalint".to_owned();
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        let Some(inner) = command.find_subcommand(word) else {
            break;
        };
        named = format!("{named} {word}");
        command = inner.clone();
    }
    named
}

/// `--region` for `--region <REGION>`, `INPUT` for `[INPUT]`.
fn flag(arg: &str) -> String {
    let word = arg.split_whitespace().next().unwrap_or(arg);
    let word = word.trim_end_matches("...");
    word.trim_matches(['[', ']', '<', '>']).to_owned()
}

fn text(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(ContextValue::Number(number)) => number.to_string(),
        // The enum is clap's and may grow.
        Some(_) | None => String::new(),
    }
}

fn first_line(error: &Error) -> String {
    let text = error.render().to_string();
    let line = text.lines().next().unwrap_or("wrong arguments");
    line.trim_start_matches("error: ").to_owned()
}
