//! The files of a project, read whole before anything runs: rules, checklists, configuration. What is wrong with any of
//! them is said in one go, and nothing starts.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::ConfigArgs;
use super::exit::Failure;
use crate::assess;
use crate::baseline::{self, Baseline};
use crate::checklist::{self, Checklists};
use crate::config::{self, Config};
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::file::trouble;
use crate::waiver::{self, Waiver};
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
    /// What somebody answers for; empty where it was not asked for.
    pub(super) waivers: Vec<Waiver>,
    /// The known problems, where they were asked for and there are any.
    pub(super) baseline: Option<Baseline>,
}

/// Which files beside rules and configuration are read.
#[derive(Default)]
pub(super) struct Beside<'a> {
    /// Today, where waivers are read.
    pub(super) waivers: Option<Date>,
    /// Whether a baseline is.
    pub(super) baseline: bool,
    /// The baseline that was named.
    pub(super) named_baseline: Option<&'a Path>,
    /// Whether the baseline may be missing although it was named: it is about to be made.
    pub(super) is_new_baseline: bool,
}

/// The folder of the files beside the configuration.
const FOLDER: &str = "dynalint";

/// Where the waivers are.
pub(super) fn waivers_path(args: &ConfigArgs) -> PathBuf {
    folder(args).join("waivers.yaml")
}

/// Where the baseline is, unless another is named.
pub(super) fn baseline_path(args: &ConfigArgs) -> PathBuf {
    folder(args).join("baseline.json")
}

/// `dynalint`, beside the configuration; without one at the root of the repository, or here.
fn folder(args: &ConfigArgs) -> PathBuf {
    let config = config_file(args);
    let beside = config.as_deref().and_then(Path::parent);
    let here = std::env::current_dir().unwrap_or_default();
    let base = match beside {
        Some(folder) => folder.to_owned(),
        None => root(&here).to_owned(),
    };
    // Named as the user sees it from here, where that is possible.
    let base = match base.strip_prefix(&here) {
        Ok(inside) => inside.to_owned(),
        Err(_) => base,
    };
    base.join(FOLDER)
}

/// The root of the repository, or the folder itself where there is none.
fn root(here: &Path) -> &Path {
    let mut folders = here.ancestors();
    folders
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(here)
}

impl Project {
    /// Reads everything. `rules` are folders beside those that are built in.
    pub(super) fn load(rules: &[PathBuf], args: &ConfigArgs) -> Result<Project, Failure> {
        Project::load_with(rules, args, &Beside::default())
    }

    /// Reads everything, and these files beside it.
    pub(super) fn load_with(
        rules: &[PathBuf],
        args: &ConfigArgs,
        beside: &Beside<'_>,
    ) -> Result<Project, Failure> {
        let mut errors = Vec::new();
        let config = match config_file(args) {
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
        let known = found.is_empty().then_some(&catalog);
        errors.extend(found);
        let mut noted = |found: Vec<SourceError>| errors.extend(found);
        let waivers = beside.waivers.map(|today| waivers(args, known, today));
        let waivers = waivers.transpose()?.unwrap_or_else(|| Ok(Vec::new()));
        let waivers = waivers.map_err(&mut noted).unwrap_or_default();
        let baseline = baseline(args, beside)?.map_err(|error| noted(vec![error]));
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
                    waivers,
                    baseline: baseline.unwrap_or_default(),
                });
            }
        }
        Err(mistakes(&errors))
    }
}

/// The waivers, or what is wrong with their file.
fn waivers(
    args: &ConfigArgs,
    catalog: Option<&Catalog>,
    today: Date,
) -> Result<Result<Vec<Waiver>, Vec<SourceError>>, Failure> {
    let path = waivers_path(args);
    let Some(text) = read_if_there(&path)? else {
        return match path.with_extension("yml") {
            other if other.exists() => Err(Failure::new(
                format!("{} is not read: its name ends otherwise", other.display()),
                format!("name it {}", path.display()),
            )),
            _ => Ok(Ok(Vec::new())),
        };
    };
    let file = path.display().to_string();
    Ok(waiver::read(
        &file,
        &text,
        catalog,
        today,
        waiver::LONGEST_DAYS,
    ))
}

/// The baseline, or what is wrong with its file.
fn baseline(
    args: &ConfigArgs,
    beside: &Beside<'_>,
) -> Result<Result<Option<Baseline>, SourceError>, Failure> {
    if !beside.baseline {
        return Ok(Ok(None));
    }
    let path = beside.named_baseline.map(Path::to_owned);
    let text = match &path {
        Some(named) if !beside.is_new_baseline => Some(read(named)?),
        Some(named) => read_if_there(named)?,
        None => read_if_there(&baseline_path(args))?,
    };
    let file = path.unwrap_or_else(|| baseline_path(args));
    let file = file.display().to_string();
    let read = text.map(|text| baseline::read(&file, &text));
    Ok(read.transpose())
}

/// The text of a file, where there is one.
pub(super) fn read_if_there(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
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

/// A folder or file that cannot be made.
pub(super) fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("cannot write {}: {}", path.display(), trouble(error)),
        "check the path and its permissions",
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
