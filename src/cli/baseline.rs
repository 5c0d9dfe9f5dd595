//! `dynalint check --update-baseline`: the problems of a run are written down.

use std::path::PathBuf;

use super::args::CheckArgs;
use super::exit::Failure;
use super::files::{home, text_if_there};
use super::judge::Made;
use super::output::{Console, make_folder, write_file};
use crate::baseline::{self, Baseline};
use crate::report::terminal::layout::count;
use crate::yaml::SourceError;

/// Writes the baseline whole, and says what changed. A run that checked nothing makes none: it would forget everything.
pub(super) fn keep(
    args: &CheckArgs,
    made: Option<&Made>,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let path = path(args);
    let Some(made) = made else {
        console.talk(&format!(
            "{} stays as it is: nothing was checked\n",
            path.display()
        ));
        return Ok(());
    };
    let text = made.new.text().map_err(|error| {
        Failure::new(
            format!("cannot write the baseline: {error}"),
            "tell us; the old one is as it was",
        )
    })?;
    make_folder(&path)?;
    write_file(&path, &text)?;
    if !args.talk.quiet {
        console.talk(&format!(
            "{}: {}, {} added, {} removed\n",
            path.display(),
            count(made.new.len(), "known problem"),
            made.added,
            made.removed
        ));
    }
    Ok(())
}

/// Where the baseline is: the file that was named, or the one beside the configuration.
fn path(args: &CheckArgs) -> PathBuf {
    let named = args.gate.baseline.clone();
    named.unwrap_or_else(|| home(&args.config).join("dynalint/baseline.json"))
}

/// The known problems, where they are asked for and there are any.
pub(super) fn earlier(args: &CheckArgs) -> Result<Option<Baseline>, SourceError> {
    if args.gate.no_baseline {
        return Ok(None);
    }
    let path = path(args);
    let file = path.display().to_string();
    let text = text_if_there(&path);
    let read = |text: String| baseline::read(&file, &text);
    text.and_then(|text| text.map(read).transpose())
}
