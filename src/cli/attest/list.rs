//! All items that people sign, and who did: by the file alone, or for what a snapshot has.

use jiff::civil::Date;

use crate::cli::args::attest::AttestArgs;
use crate::cli::check::named;
use crate::cli::exit::Failure;
use crate::cli::judge::{day, subjects};
use crate::cli::output::Console;
use crate::cli::project::Project;
use crate::report::signatures;

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
    let rows = match named(args.input.as_deref(), args.demo)? {
        Some(snapshot) => {
            let subjects = subjects(&snapshot, project);
            signatures::of_run(lists, &subjects, signed, day)
        }
        None => signatures::of_file(lists, signed, day),
    };
    let style = console.screen.style(args.color, args.width);
    console.report(&signatures::page(&rows, &style))
}
