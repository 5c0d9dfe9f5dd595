//! The files of a project, read whole before anything runs: rules, checklists, configuration, attestations, waivers. What
//! is wrong with any of them is said in one go, and nothing starts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::{ConfigArgs, FailOn};
use super::exit::Failure;
use super::files::{
    config_file, home, misnamed, mistakes, must_be_there, text_if_there, text_of, yaml_files,
};
use super::format::OutputFile;
use crate::assess;
use crate::attestation::{self, Attestations};
use crate::checklist::{self, Checklists, RuleNames};
use crate::config::{self, Config};
use crate::rule::catalog::{Catalog, Source};
use crate::waiver::{self, Waiver};
use crate::yaml::{SourceError, did_you_mean};

/// The file of signatures, beside the configuration.
const ATTESTATIONS: &str = "dynalint/attestations.yaml";

/// The folder of the user's own rules, beside the configuration.
pub(super) const RULES: &str = "dynalint/rules";
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
    /// What the gate counts, where no flag and no variable says so.
    pub(super) fail_on: Option<FailOn>,
    /// The files that every report goes to.
    pub(super) output: Vec<OutputFile>,
    /// Who signed what of them.
    pub(super) attestations: Attestations,
    /// The file of signatures, which need not be there.
    pub(super) attestations_file: PathBuf,
    /// What somebody answers for; empty where it was not asked for.
    pub(super) waivers: Vec<Waiver>,
}

/// Whether waivers are read.
#[derive(Clone, Copy)]
pub(super) enum Waivers {
    /// They are.
    Read,
    /// They have no say in what is done.
    LeftOut,
}

impl Project {
    /// Reads everything but waivers. `rules` are folders beside those that are built in; `today` is what dates are
    /// compared with.
    pub(super) fn load(
        rules: &[PathBuf],
        args: &ConfigArgs,
        today: Date,
    ) -> Result<Project, Failure> {
        Project::read(rules, args, Waivers::LeftOut, today, None)
    }

    /// Reads everything; `also` is wrong with a file that is not of the project.
    pub(super) fn read(
        rules: &[PathBuf],
        args: &ConfigArgs,
        waivers: Waivers,
        today: Date,
        also: Option<SourceError>,
    ) -> Result<Project, Failure> {
        let home = home(args);
        let attestations_file = home.join(ATTESTATIONS);
        let (config_name, waivers_file) = (home.join(config::NAME), waivers_path(args));
        let is_found = !args.no_config && args.config.is_none();
        let files = [&*attestations_file, &*waivers_file];
        let files = files.into_iter().chain(is_found.then_some(&*config_name));
        if let Some(failure) = files.filter_map(misnamed).next() {
            return Err(failure);
        }
        let mut errors = Errors::default();
        let mut config = match config_file(args) {
            Some(path) => {
                must_be_there(&path)?;
                configuration(&path, &mut errors)
            }
            None => Config::default(),
        };
        let own = folders(&home, &config, OwnFiles::Rules, &mut errors);
        let own = each_once(rules.iter().cloned().chain(own));
        let (sources, unread) = own_rules(&own)?;
        let (catalog, broken) = assess::load(sources);
        // Where a rule could not be read, whoever names it is not to blame.
        let are_all = unread.is_empty() && broken.is_empty();
        let fail_on = fail_on(&config, &mut errors);
        let output = output(&config, &mut errors);
        errors.0.extend(assess::check(&catalog, &config, are_all));
        errors.0.sort_by_key(|error| (error.line, error.column));
        errors.0.extend(unread.into_iter().chain(broken));
        let names = RuleNames {
            ids: &catalog.names(),
            are_all,
        };
        let lists = folders(&home, &config, OwnFiles::Checklists, &mut errors);
        let own = own_checklists(&lists, &mut errors)?;
        config.checklists = Some(lists);
        let own = own.iter().map(|(file, text)| (&**file, &**text));
        let (lists, found) = Checklists::load(checklist::BUILTIN.iter().copied().chain(own), names);
        // Nor is an attestation of an item, where a list could not be read.
        let items = lists.signable(found.is_empty());
        errors.0.extend(found);
        let text = errors.kept(text_if_there(&attestations_file)).flatten();
        let attestations = text.map(|text| {
            let file = attestations_file.display().to_string();
            errors.all(attestation::read(&file, &text, &items, today))
        });
        let waivers = match waivers {
            Waivers::Read => own_waivers(
                args,
                &config,
                are_all.then_some(&catalog),
                today,
                &mut errors,
            ),
            Waivers::LeftOut => Vec::new(),
        };
        errors.0.extend(also);
        match errors.0.is_empty() {
            true => Ok(Project {
                config,
                catalog,
                lists,
                fail_on,
                output,
                attestations: attestations.unwrap_or_default(),
                attestations_file,
                waivers,
            }),
            false => Err(mistakes(&errors.0)),
        }
    }
}

/// What is wrong with any of the files.
#[derive(Default)]
struct Errors(Vec<SourceError>);

impl Errors {
    fn kept<T>(&mut self, read: Result<T, SourceError>) -> Option<T> {
        read.map_err(|error| self.0.push(error)).ok()
    }

    fn all<T: Default>(&mut self, read: Result<T, Vec<SourceError>>) -> T {
        read.unwrap_or_else(|found| {
            self.0.extend(found);
            T::default()
        })
    }
}

/// The configuration, as much of it as could be read.
fn configuration(path: &Path, errors: &mut Errors) -> Config {
    let file = path.display().to_string();
    let Some(text) = errors.kept(text_of(&file, path)) else {
        return Config::default();
    };
    let (config, found) = config::read_all(&file, &text);
    errors.0.extend(found);
    config
}

/// What the file says of the gate.
fn fail_on(config: &Config, errors: &mut Errors) -> Option<FailOn> {
    let word = config.gate.fail_on.as_ref()?;
    let read = word.value.parse();
    errors.kept(read.map_err(|_: String| {
        let message = format!("unknown severity \"{}\"", word.value);
        let hint = did_you_mean(&word.value, FailOn::words());
        config.error(&word.path, message).hinted(hint)
    }))
}

/// The files that the file names for reports.
fn output(config: &Config, errors: &mut Errors) -> Vec<OutputFile> {
    let files = config.output.iter().filter_map(|one| {
        let read = one.value.parse();
        errors.kept(read.map_err(|wanted: String| {
            let message = format!("\"{}\" is no output: {wanted}", one.value);
            config.error(&one.path, message)
        }))
    });
    files.collect()
}

/// What a project has folders of.
#[derive(Clone, Copy)]
enum OwnFiles {
    Rules,
    Checklists,
}

/// The folders that the configuration names; where it names none, the usual one, if that is there.
fn folders(home: &Path, config: &Config, of: OwnFiles, errors: &mut Errors) -> Vec<PathBuf> {
    let (key, named, usual) = match of {
        OwnFiles::Rules => ("rule_folders", &config.rule_folders, RULES),
        OwnFiles::Checklists => ("checklists", &config.checklists, CHECKLISTS),
    };
    let Some(named) = named else {
        let usual = home.join(usual);
        let has_files = usual.is_dir() && yaml_files(&usual).is_ok_and(|files| !files.is_empty());
        return has_files.then_some(usual).into_iter().collect();
    };
    let named = named.iter().enumerate().filter_map(|(index, folder)| {
        let there = folder.is_dir().then(|| folder.clone());
        errors.kept(there.ok_or_else(|| {
            let message = format!("there is no folder {}", folder.display());
            config.error(&format!("{key}.{index}"), message)
        }))
    });
    each_once(named)
}

/// Folders without those that are named again, by another path perhaps.
fn each_once(folders: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut met = BTreeSet::new();
    let is_new =
        |folder: &PathBuf| met.insert(fs::canonicalize(folder).unwrap_or_else(|_| folder.clone()));
    folders.filter(is_new).collect()
}

/// Where the waivers are.
pub(super) fn waivers_path(args: &ConfigArgs) -> PathBuf {
    home(args).join("dynalint/waivers.yaml")
}

/// The longest life of a waiver.
pub(super) fn longest_days(config: &Config) -> u32 {
    config.waivers.longest_days.unwrap_or(waiver::LONGEST_DAYS)
}

fn own_waivers(
    args: &ConfigArgs,
    config: &Config,
    catalog: Option<&Catalog>,
    today: Date,
    errors: &mut Errors,
) -> Vec<Waiver> {
    let path = waivers_path(args);
    let Some(text) = errors.kept(text_if_there(&path)).flatten() else {
        return Vec::new();
    };
    let file = path.display().to_string();
    let longest = longest_days(config);
    errors.all(waiver::read(&file, &text, catalog, today, longest))
}

/// The user's checklists, sorted: file and text.
fn own_checklists(
    folders: &[PathBuf],
    errors: &mut Errors,
) -> Result<Vec<(String, String)>, Failure> {
    let mut texts = Vec::new();
    for folder in folders {
        texts.extend(yaml_files(folder)?.into_iter().filter_map(|path| {
            let file = path.display().to_string();
            let text = errors.kept(text_of(&file, &path))?;
            Some((file, text))
        }));
    }
    Ok(texts)
}

/// The rule files of the user's folders, sorted, and what is wrong with those that cannot be read; folders in them are
/// walked too.
pub(super) fn own_rules(folders: &[PathBuf]) -> Result<(Vec<Source>, Vec<SourceError>), Failure> {
    let (mut sources, mut errors) = (Vec::new(), Errors::default());
    for folder in folders {
        let files = yaml_files(folder)?;
        if files.is_empty() {
            let message = format!("no rule file (*.yaml) in {}", folder.display());
            return Err(Failure::new(
                message,
                "name the folder that holds your rules",
            ));
        }
        sources.extend(files.into_iter().filter_map(|path| {
            let file = path.display().to_string();
            let text = errors.kept(text_of(&file, &path))?;
            Some(Source {
                file,
                text,
                is_builtin: false,
            })
        }));
    }
    Ok((sources, errors.0))
}
