//! Files that people write: where they lie, what is in them, and how everything that is wrong with them is said.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::args::ConfigArgs;
use super::exit::Failure;
use super::variables;
use crate::config::NAME;
use crate::snapshot::file::trouble;
use crate::yaml::{self, SourceError};

/// Folders are followed so deep: a link that leads back to its own folder ends somewhere.
const MAX_FOLDERS: usize = 8;

/// The configuration file: the named one, or the one that is found by walking up to the root of the repository.
pub(super) fn config_file(args: &ConfigArgs) -> Option<PathBuf> {
    match (args.no_config, &args.config) {
        (true, _) => None,
        (false, Some(path)) => Some(path.clone()),
        (false, None) => variables::config().or_else(find_config),
    }
}

fn find_config() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let root = repository(&here);
    let inside = here
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    let mut paths = inside.map(|folder| folder.join(NAME)).flat_map(|path| {
        let other = path.with_extension("yml");
        [path, other]
    });
    paths.find(|path| path.is_file())
}

/// A file of a project whose name ends otherwise than it must: it would be passed over without a word.
pub(super) fn misnamed(path: &Path) -> Option<Failure> {
    let other = path.with_extension("yml");
    let is_so = !path.is_file() && other.is_file();
    is_so.then(|| {
        Failure::new(
            format!("{} is not read: its name ends otherwise", other.display()),
            format!("name it {}", path.display()),
        )
    })
}

/// The root of the repository, or the folder itself where there is none.
pub(super) fn repository(here: &Path) -> &Path {
    let mut folders = here.ancestors();
    let root = folders.find(|folder| folder.join(".git").exists());
    root.unwrap_or(here)
}

/// The folder that the user's files lie in: the configuration's, else the root of the repository, else the current one.
/// Where it is the current one or beneath it, it is told from there: home folders are nobody's business.
pub(super) fn home(args: &ConfigArgs) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let folder = match config_file(args) {
        Some(path) => path.parent().unwrap_or(Path::new("")).to_owned(),
        None => repository(&here).to_owned(),
    };
    match folder.strip_prefix(&here) {
        Ok(inside) => inside.to_owned(),
        Err(_) => folder,
    }
}

/// The YAML files of a folder and of those in it, sorted.
pub(super) fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    walk(folder, 0, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let paths: Result<Vec<PathBuf>, _> = paths.collect();
    let mut paths = paths.map_err(|error| unreadable(folder, &error))?;
    paths.sort();
    for path in paths {
        let extension = path.extension();
        if path.is_dir() && depth < MAX_FOLDERS {
            walk(&path, depth + 1, found)?;
        } else if extension.is_some_and(|it| it == "yaml" || it == "yml") {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a YAML file.
pub(super) fn text_of(file: &str, path: &Path) -> Result<String, SourceError> {
    let read = fs::File::open(path).and_then(|opened| yaml::text(file, opened));
    read.unwrap_or_else(|error| {
        let message = format!("cannot be read: {}", trouble(&error));
        Err(SourceError::of_file(file, message))
    })
}

/// The text of a YAML file, where there is one.
pub(super) fn text_if_there(path: &Path) -> Result<Option<String>, SourceError> {
    match path.try_exists() {
        Ok(false) => Ok(None),
        Ok(true) | Err(_) => text_of(&path.display().to_string(), path).map(Some),
    }
}

/// A file that was named must be there.
pub(super) fn must_be_there(path: &Path) -> Result<(), Failure> {
    let opened = fs::File::open(path).map(drop);
    opened.map_err(|error| unreadable(path, &error))
}

/// A file or folder that cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::InvalidData => "save it as UTF-8",
        ErrorKind::IsADirectory => "name a file",
        ErrorKind::NotADirectory => "name the folder that holds it",
        _ => "check the path and its permissions",
    };
    Failure::new(
        format!("cannot read {}: {}", path.display(), trouble(error)),
        hint,
    )
}

/// All mistakes of a run's files, each with its line and a caret.
pub(super) fn mistakes(errors: &[SourceError]) -> Failure {
    let text: Vec<String> = errors.iter().map(SourceError::render).collect();
    let hint = match errors.len() {
        1 => "repair it and run again; no call was made".to_owned(),
        many => format!("repair these {many} and run again; no call was made"),
    };
    Failure::rendered(text.join("\n"), Some(hint))
}
