//! `dynalint check --update-baseline`: the problems of a run are written down.

use std::fs;
use std::path::Path;

use super::args::CheckArgs;
use super::exit::Failure;
use super::judge::Made;
use super::output::{Console, write_file};
use super::project::{baseline_path, unwritable};
use crate::report::terminal::layout::count;

/// Writes the baseline whole, and says what changed. A run that checked nothing makes none: it would forget everything.
pub(super) fn keep(
    args: &CheckArgs,
    made: Option<&Made>,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let named = args.gate.baseline.clone();
    let path = named.unwrap_or_else(|| baseline_path(&args.config));
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

/// The folder of a file that is to be written.
pub(super) fn make_folder(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    match folder {
        Some(folder) => fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error)),
        None => Ok(()),
    }
}
