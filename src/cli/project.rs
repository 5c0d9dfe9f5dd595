//! The files of a project, read whole before anything runs: rules, checklists, configuration. What is wrong with any of
//! them is said in one go, and nothing starts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::args::ConfigArgs;
use super::exit::Failure;
use crate::assess;
use crate::checklist::{self, Checklists};
use crate::config::{self, Config};
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::file::trouble;
use crate::yaml::SourceError;

/// The name of the configuration file.
const CONFIG: &str = "dynalint.yaml";

/// What the user's files say, and what is built in.
pub(super) struct Project {
    /// What no API can tell.
    pub(super) config: Config,
    /// All rules.
    pub(super) catalog: Catalog,
    /// All checklists.
    pub(super) lists: Checklists,
}

impl Project {
    /// Reads everything. `rules` are folders beside those that are built in.
    pub(super) fn load(rules: &[PathBuf], args: &ConfigArgs) -> Result<Project, Failure> {
        let mut errors = Vec::new();
        let config = match config_file(args) {
            Some(path) => {
                let text = read(&path)?;
                let (config, found) = config::read_all(&path.display().to_string(), &text);
                errors.extend(found);
                config
            }
            None => Config::default(),
        };
        let (catalog, found) = assess::load(own_rules(rules)?);
        errors.extend(assess::check(&catalog, &config, found.is_empty()));
        errors.extend(found);
        // Where a rule could not be read, an item that names it is not to blame.
        if errors.is_empty() {
            let (lists, found) =
                Checklists::load(checklist::BUILTIN.iter().copied(), &catalog.names());
            errors.extend(found);
            if errors.is_empty() {
                return Ok(Project {
                    config,
                    catalog,
                    lists,
                });
            }
        }
        Err(mistakes(&errors))
    }
}

/// The rule files of the user's folders, sorted; folders in them are walked too.
fn own_rules(folders: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for folder in folders {
        let mut files = Vec::new();
        yaml_files(folder, 0, &mut files)?;
        if files.is_empty() {
            let message = format!("no rule file (*.yaml) in {}", folder.display());
            return Err(Failure::new(
                message,
                "name the folder that holds your rules",
            ));
        }
        for path in files {
            sources.push(Source {
                text: read(&path)?,
                file: path.display().to_string(),
                is_builtin: false,
            });
        }
    }
    Ok(sources)
}

/// Folders are followed so deep: a link that leads back to its own folder ends somewhere.
const MAX_FOLDERS: usize = 8;

/// The YAML files of a folder and of those in it, sorted.
pub(super) fn yaml_files(
    folder: &Path,
    depth: usize,
    found: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths = entries
        .map(|entry| {
            entry
                .map(|entry| entry.path())
                .map_err(|error| unreadable(folder, &error))
        })
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() && depth < MAX_FOLDERS {
            yaml_files(&path, depth + 1, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
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

/// The configuration file: the named one, or the one that is found by walking up to the root of the repository.
fn config_file(args: &ConfigArgs) -> Option<PathBuf> {
    match (args.no_config, &args.config) {
        (true, _) => None,
        (false, Some(path)) => Some(path.clone()),
        (false, None) => find_config(),
    }
}

fn find_config() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let root = here
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(&here);
    let inside = here
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    inside
        .map(|folder| folder.join(CONFIG))
        .find(|path| path.is_file())
}
