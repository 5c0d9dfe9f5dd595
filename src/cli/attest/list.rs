//! All items that people sign, and who did: by the file alone, or for what a snapshot has.

use jiff::civil::Date;

use crate::cli::args::attest::AttestArgs;
use crate::cli::check::demo;
use crate::cli::exit::Failure;
use crate::cli::judge::{day, subjects};
use crate::cli::output::Console;
use crate::cli::project::Project;
use crate::report::signatures;
use crate::snapshot::file;

/// Prints the list.
pub(super) fn run(
    args: &AttestArgs,
    project: &Project,
    today: Date,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let (lists, signed, day) = (
        &project.lists,
        &project.attestations,
        day(&project.config, today),
    );
    let snapshot = match (&args.input, args.demo) {
        (Some(path), _) => Some(file::load(path)?),
        (None, true) => Some(demo()?),
        (None, false) => None,
    };
    let rows = match snapshot {
        Some(snapshot) => {
            let subjects = subjects(&snapshot, project);
            signatures::of_run(lists, &subjects, signed, day)
        }
        None => signatures::of_file(lists, signed, day),
    };
    let style = console.screen.style(args.color, args.width);
    console.report(&signatures::page(&rows, &style))
}
