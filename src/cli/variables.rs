//! The environment variables of dynalint: between flags, which win, and the configuration file. Those of AWS are not
//! read here.

use std::path::PathBuf;

use super::args::FailOn;
use super::exit::Failure;

/// `DYNALINT_CONFIG`: the configuration file.
pub(super) fn config() -> Option<PathBuf> {
    let path = std::env::var_os("DYNALINT_CONFIG")?;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// `DYNALINT_FAIL_ON`: as `--fail-on`.
pub(super) fn fail_on() -> Result<Option<FailOn>, Failure> {
    let Some(word) = text("DYNALINT_FAIL_ON") else {
        return Ok(None);
    };
    let read = word.parse().map(Some);
    read.map_err(|message: String| {
        Failure::new(
            format!("DYNALINT_FAIL_ON: {message}"),
            "set it to one of these, or unset it",
        )
    })
}

/// `DYNALINT_OFFLINE`: as `--offline`, unless it is `0` or `false`.
pub(super) fn is_offline() -> bool {
    text("DYNALINT_OFFLINE").is_some_and(|word| !matches!(word.as_str(), "0" | "false"))
}

/// `GITHUB_STEP_SUMMARY`: the file in which a runner of GitHub keeps the page of a step.
pub(super) fn step_summary() -> Option<PathBuf> {
    let path = std::env::var_os("GITHUB_STEP_SUMMARY")?;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

fn text(name: &str) -> Option<String> {
    let text = std::env::var_os(name)?.to_string_lossy().into_owned();
    (!text.is_empty()).then_some(text)
}
