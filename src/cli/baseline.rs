//! `dynalint check --update-baseline`: the problems of a run are written down.

use std::fs;
use std::path::{Path, PathBuf};

use super::args::CheckArgs;
use super::exit::Failure;
use super::files::{home, text_if_there, text_of};
use super::judge::Made;
use super::output::{Console, write_file};
use crate::baseline::{self, Baseline};
use crate::report::terminal::layout::count;
use crate::snapshot::file::trouble;
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

/// The known problems, where they are asked for and there are any. A file that was named must be there, unless it is
/// about to be made.
pub(super) fn earlier(args: &CheckArgs) -> Result<Option<Baseline>, SourceError> {
    if args.gate.no_baseline {
        return Ok(None);
    }
    let path = path(args);
    let file = path.display().to_string();
    let text = match args.gate.baseline.is_some() && !args.gate.update_baseline {
        true => text_of(&file, &path).map(Some),
        false => text_if_there(&path),
    };
    let read = |text: String| baseline::read(&file, &text);
    text.and_then(|text| text.map(read).transpose())
}

/// The folder of a file that is to be written.
pub(super) fn make_folder(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    match folder {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| {
            Failure::new(
                format!("cannot write {}: {}", folder.display(), trouble(&error)),
                "check the path and its permissions",
            )
        }),
        None => Ok(()),
    }
}
