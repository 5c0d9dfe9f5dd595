//! Snapshots in files: JSON, written whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::ser::Error;
use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::error::Category;
use serde_json::ser::PrettyFormatter;

use super::{Snapshot, VERSION};

/// The largest file that is read, in bytes: some 500,000 tables.
const MAX_BYTES: u64 = 1 << 30;

/// Why a snapshot could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be opened, read or written.
    #[error("cannot {verb} {}: {}", path.display(), trouble(source))]
    Io {
        /// `read` or `write`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is larger than any snapshot.
    #[error("{}: {bytes} bytes is more than a snapshot may have ({MAX_BYTES})", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is no snapshot, or a broken one.
    #[error("{}:{line}:{column}: not a dynalint snapshot: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// The file was written by a newer program.
    #[error("{}: snapshot version {found}, this dynalint reads version {VERSION}", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// The version in the file.
        found: u32,
    },
}

impl FileError {
    /// What to do next.
    pub fn hint(&self) -> &'static str {
        match self {
            FileError::Io {
                verb: "read",
                source,
                ..
            } if source.kind() == ErrorKind::IsADirectory => {
                "name one snapshot file: dynalint check FILE"
            }
            FileError::Io { .. } => "check the path and its permissions",
            FileError::TooLarge { .. } => "collect fewer tables: dynalint snapshot --table 'GLOB'",
            FileError::Malformed { .. } => "write a new one: dynalint snapshot --save FILE",
            FileError::OtherVersion { .. } => {
                "use the dynalint that wrote it, or write a new one: dynalint snapshot --save FILE"
            }
        }
    }
}

/// What went wrong with a file, in words: neither the number of the system nor the name of our temporary file.
pub fn trouble(error: &io::Error) -> String {
    let kind = error.kind();
    match kind {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::NotADirectory => "it is no folder".to_owned(),
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        ErrorKind::StorageFull => "no space left".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        kind => kind.to_string(),
    }
}

/// The version alone; everything else is skipped.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

/// Reads a snapshot.
///
/// # Errors
/// Where the file cannot be read, is not a snapshot, or is one of another version.
pub fn load(path: &Path) -> Result<Snapshot, FileError> {
    let io = |source| FileError::Io {
        verb: "read",
        path: path.to_owned(),
        source,
    };
    let bytes = fs::metadata(path).map_err(io)?.len();
    if bytes > MAX_BYTES {
        return Err(FileError::TooLarge {
            path: path.to_owned(),
            bytes,
        });
    }
    parse(path, &fs::read(path).map_err(io)?)
}

/// Reads a snapshot from the bytes of a file.
///
/// # Errors
/// As [`load`].
pub fn parse(path: &Path, bytes: &[u8]) -> Result<Snapshot, FileError> {
    serde_json::from_slice(bytes)
        .map_err(|error| match serde_json::from_slice::<Head>(bytes) {
            Ok(head) if head.version != VERSION => FileError::OtherVersion {
                path: path.to_owned(),
                found: head.version,
            },
            _ => malformed(path, &error),
        })
        .and_then(|snapshot: Snapshot| match snapshot.version {
            VERSION => Ok(snapshot),
            found => Err(FileError::OtherVersion {
                path: path.to_owned(),
                found,
            }),
        })
}

fn malformed(path: &Path, error: &serde_json::Error) -> FileError {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = match (error.classify(), error.line()) {
        (Category::Eof, 0 | 1) if error.column() == 0 => "it is empty".to_owned(),
        (Category::Eof, _) => "it ends too early".to_owned(),
        (Category::Syntax | Category::Data | Category::Io, _) => {
            let text = text.strip_suffix(&place).unwrap_or(&text);
            text.replace("struct ", "").replace('`', "\"")
        }
    };
    FileError::Malformed {
        path: path.to_owned(),
        line: error.line(),
        column: error.column().max(1),
        message,
    }
}

/// Writes a snapshot, whole or not at all.
///
/// # Errors
/// Where the folder cannot be written to.
pub fn save(snapshot: &Snapshot, path: &Path) -> Result<(), FileError> {
    let text = text(snapshot).map_err(|error| FileError::Io {
        verb: "write",
        path: path.to_owned(),
        source: error.into(),
    })?;
    write_whole(path, text.as_bytes())
}

/// A snapshot as it stands in a file: a line for each value, so that two can be compared by lines, and no blanks in front
/// of them, which would make it a third larger.
///
/// # Errors
/// Where it cannot be written as JSON.
pub fn text(snapshot: &Snapshot) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    let lines = PrettyFormatter::with_indent(b"");
    snapshot.serialize(&mut Serializer::with_formatter(&mut bytes, lines))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(serde_json::Error::custom)
}

/// A file beside the one that is to be, with the permissions that a new file has here.
#[cfg(unix)]
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    let as_umask_says = fs::Permissions::from_mode(0o666);
    tempfile::Builder::new()
        .permissions(as_umask_says)
        .tempfile_in(folder)
}

/// A file beside the one that is to be.
#[cfg(not(unix))]
fn temporary(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(folder)
}

/// Writes a file through a temporary one beside it, so that nobody ever sees half of it.
///
/// # Errors
/// Where the folder cannot be written to.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let io = |source| FileError::Io {
        verb: "write",
        path: path.to_owned(),
        source,
    };
    // A pipe or a device is written to: in its place a file would be found by nobody. So are the names of open files, which
    // may stand for a plain one.
    let is_open = ["/dev/fd", "/dev/stdout", "/dev/stderr", "/proc/self/fd"];
    let is_open = is_open.iter().any(|it| path.starts_with(it));
    if is_open || fs::metadata(path).is_ok_and(|it| !it.is_file() && !it.is_dir()) {
        let mut there = fs::OpenOptions::new().write(true).open(path).map_err(io)?;
        return there.write_all(bytes).map_err(io);
    }
    // A link stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = temporary(folder).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.persist(&path).map_err(|error| io(error.error))?;
    Ok(())
}
