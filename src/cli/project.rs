//! The files of a project, read whole before anything runs: rules, checklists, configuration, attestations. What is wrong
//! with any of them is said in one go, and nothing starts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::ConfigArgs;
use super::exit::Failure;
use crate::assess;
use crate::attestation::{self, Attestations};
use crate::checklist::{self, Checklists, RuleNames};
use crate::config::{self, Config};
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::file::trouble;
use crate::yaml::SourceError;

/// The name of the configuration file.
const CONFIG: &str = "dynalint.yaml";
/// The file of signatures, beside the configuration.
const ATTESTATIONS: &str = "dynalint/attestations.yaml";
/// The folder of the user's own checklists, beside the configuration.
const CHECKLISTS: &str = "dynalint/checklists";

/// What the user's files say, and what is built in.
pub(super) struct Project {
    /// What no API can tell.
    pub(super) config: Config,
    /// All rules.
    pub(super) catalog: Catalog,
    /// All checklists.
    pub(super) lists: Checklists,
    /// Who signed what of them.
    pub(super) attestations: Attestations,
    /// The file of signatures, which need not be there.
    pub(super) attestations_file: PathBuf,
}

impl Project {
    /// Reads everything. `rules` are folders beside those that are built in; `today` is what dates are compared with.
    pub(super) fn load(
        rules: &[PathBuf],
        args: &ConfigArgs,
        today: Date,
    ) -> Result<Project, Failure> {
        let mut errors = Vec::new();
        let path = config_file(args);
        let home = home(path.as_deref());
        let config = match path {
            Some(path) => {
                let text = read(&path)?;
                config::read(&path.display().to_string(), &text).unwrap_or_else(|found| {
                    errors.extend(found);
                    Config::default()
                })
            }
            None => Config::default(),
        };
        let (catalog, found) = assess::load(own_rules(rules)?);
        // Where a rule could not be read, an item that names it is not to blame.
        let names = RuleNames {
            ids: &catalog.names(),
            are_all: found.is_empty(),
        };
        errors.extend(found);
        let own = own_checklists(&home.join(CHECKLISTS))?;
        let own = own.iter().map(|(file, text)| (&**file, &**text));
        let (lists, found) = Checklists::load(checklist::BUILTIN.iter().copied().chain(own), names);
        // Nor is an attestation of an item, where a list could not be read.
        let items = lists.signable(found.is_empty());
        errors.extend(found);
        let attestations_file = home.join(ATTESTATIONS);
        let attestations = match attestations_text(&attestations_file)? {
            Some(text) => {
                let file = attestations_file.display().to_string();
                let read = attestation::read(&file, &text, &items, today);
                read.unwrap_or_else(|found| {
                    errors.extend(found);
                    Attestations::default()
                })
            }
            None => Attestations::default(),
        };
        match errors.is_empty() {
            true => Ok(Project {
                config,
                catalog,
                lists,
                attestations,
                attestations_file,
            }),
            false => Err(mistakes(&errors)),
        }
    }
}

/// The folder that the user's files lie in: the configuration's, else the root of the repository, else the current one.
/// Where it is the current one or beneath it, it is told from there: home folders are nobody's business.
fn home(config: Option<&Path>) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let folder = match config {
        Some(path) => path.parent().unwrap_or(Path::new("")).to_owned(),
        None => root(&here).to_owned(),
    };
    match folder.strip_prefix(&here) {
        Ok(inside) => inside.to_owned(),
        Err(_) => folder,
    }
}

/// The text of the file of signatures, where there is one.
pub(super) fn attestations_text(path: &Path) -> Result<Option<String>, Failure> {
    match path.try_exists() {
        Ok(false) => Ok(None),
        Ok(true) | Err(_) => read(path).map(Some),
    }
}

/// The user's checklists, sorted: file and text.
fn own_checklists(folder: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut files = Vec::new();
    if folder.is_dir() {
        yaml_files(folder, 0, &mut files)?;
    }
    let texts = files.iter().map(|path| {
        let text = read(path)?;
        Ok((path.display().to_string(), text))
    });
    texts.collect()
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
    let root = root(&here);
    let inside = here
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    inside
        .map(|folder| folder.join(CONFIG))
        .find(|path| path.is_file())
}

/// The root of the repository, or the folder itself where there is none.
fn root(here: &Path) -> &Path {
    let mut folders = here.ancestors();
    let root = folders.find(|folder| folder.join(".git").exists());
    root.unwrap_or(here)
}
