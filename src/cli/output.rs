//! Where text goes: stdout is the report, stderr is talk.
//!
//! A closed pipe is a quiet end: `dynalint check | head` is no error, and its exit code stays the verdict's.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::exit::Failure;
use super::screen::Screen;
use crate::snapshot::file::{trouble, write_whole};

/// The streams of a command.
pub struct Console<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    /// What they are.
    pub screen: Screen,
}

impl<'a> Console<'a> {
    /// A console over two streams.
    pub fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, screen: Screen) -> Console<'a> {
        Console { out, err, screen }
    }

    /// Writes to stdout.
    ///
    /// # Errors
    /// Where it cannot be written to; a reader that has gone is none.
    pub fn report(&mut self, text: &str) -> Result<(), Failure> {
        let written = self
            .out
            .write_all(text.as_bytes())
            .and_then(|()| self.out.flush());
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            Err(error) => Err(Failure::new(
                format!("cannot write to stdout: {}", trouble(&error)),
                "write the report to a file: -o report.json",
            )),
            Ok(()) => Ok(()),
        }
    }

    /// Writes to stderr; where nobody listens there, nothing is lost.
    pub fn talk(&mut self, text: &str) {
        let written: io::Result<()> = self
            .err
            .write_all(text.as_bytes())
            .and_then(|()| self.err.flush());
        drop(written);
    }
}

/// Writes a file whole, or not at all.
///
/// # Errors
/// Where the folder cannot be written to.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write_whole(path, text.as_bytes()).map_err(Failure::from)
}

/// Makes the folder of a file that is to be written.
///
/// # Errors
/// Where it cannot be made.
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
