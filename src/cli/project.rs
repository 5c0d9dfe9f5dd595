//! The files of a project, read whole before anything runs: rules, checklists, configuration. What is wrong with any of
//! them is said in one go, and nothing starts.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::args::{ConfigArgs, FailOn};
use super::exit::Failure;
use super::format::OutputFile;
use super::variables;
use crate::assess;
use crate::checklist::{self, Checklists};
use crate::config::{self, Config};
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::file::trouble;
use crate::yaml::{SourceError, did_you_mean};

/// What the user's files say, and what is built in.
pub(super) struct Project {
    /// What no API can tell.
    pub(super) config: Config,
    /// All rules.
    pub(super) catalog: Catalog,
    /// All checklists.
    pub(super) lists: Checklists,
    /// What the gate counts, where no flag and no variable says so.
    pub(super) fail_on: Option<FailOn>,
    /// The files that every report goes to.
    pub(super) output: Vec<OutputFile>,
}

impl Project {
    /// Reads everything. `rules` are folders beside those that are built in.
    pub(super) fn load(rules: &[PathBuf], args: &ConfigArgs) -> Result<Project, Failure> {
        let mut errors = Vec::new();
        let file = config_file(args);
        let mut config = match &file {
            Some(path) => {
                let text = read(path)?;
                let (config, found) = config::read_all(&path.display().to_string(), &text);
                errors.extend(found);
                config
            }
            None => Config::default(),
        };
        let folders = Folders {
            config: &config,
            file: file.as_deref(),
        };
        let lists = folders.all("checklists", config.checklists.as_deref(), &[], &mut errors);
        let own = folders.all(
            "rule_folders",
            config.rule_folders.as_deref(),
            rules,
            &mut errors,
        );
        let (catalog, found) = assess::load(own_rules(&own)?);
        config.checklists = Some(lists);
        let fail_on = fail_on(&config, &mut errors);
        let output = output(&config, &mut errors);
        errors.extend(assess::check(&catalog, &config, found.is_empty()));
        errors.sort_by_key(|error| (error.line, error.column));
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
                    fail_on,
                    output,
                });
            }
        }
        Err(mistakes(&errors))
    }
}

/// What the file says of the gate.
fn fail_on(config: &Config, errors: &mut Vec<SourceError>) -> Option<FailOn> {
    let word = config.gate.fail_on.as_ref()?;
    let read = word.value.parse();
    read.map_err(|_: String| {
        let message = format!("unknown severity \"{}\"", word.value);
        let hint = did_you_mean(&word.value, FailOn::words());
        errors.push(config.error(&word.path, message).hinted(hint));
    })
    .ok()
}

/// The files that the file names for reports.
fn output(config: &Config, errors: &mut Vec<SourceError>) -> Vec<OutputFile> {
    let mut files = Vec::new();
    for one in &config.output {
        match one.value.parse() {
            Ok(file) => files.push(file),
            Err(wanted) => {
                let wanted: String = wanted;
                let message = format!("\"{}\" is no output: {wanted}", one.value);
                errors.push(config.error(&one.path, message));
            }
        }
    }
    files
}

/// The folders of a project beside its configuration file.
struct Folders<'a> {
    config: &'a Config,
    file: Option<&'a Path>,
}

impl Folders<'_> {
    /// Those of the flags and those that the file names under a key, each once; where it names none, the one beside it,
    /// if that is there.
    fn all(
        &self,
        key: &str,
        named: Option<&[PathBuf]>,
        flags: &[PathBuf],
        errors: &mut Vec<SourceError>,
    ) -> Vec<PathBuf> {
        let mut folders = flags.to_vec();
        for (index, folder) in named.unwrap_or_default().iter().enumerate() {
            if folder.is_dir() {
                folders.push(folder.clone());
            } else {
                let message = format!("there is no folder {}", folder.display());
                errors.push(self.config.error(&format!("{key}.{index}"), message));
            }
        }
        let usual = match key {
            "rule_folders" => "dynalint/rules",
            _ => "dynalint/checklists",
        };
        let beside = self.file.and_then(Path::parent).map(|it| it.join(usual));
        let beside = beside.filter(|folder| named.is_none() && has_files(folder));
        folders.extend(beside);
        let mut met = BTreeSet::new();
        folders.retain(|it| met.insert(fs::canonicalize(it).unwrap_or_else(|_| it.clone())));
        folders
    }
}

fn has_files(folder: &Path) -> bool {
    let mut files = Vec::new();
    folder.is_dir() && yaml_files(folder, 0, &mut files).is_ok() && !files.is_empty()
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
        (false, None) => variables::config().or_else(find_config),
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
        .map(|folder| folder.join(config::NAME))
        .find(|path| path.is_file())
}
