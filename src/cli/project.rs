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
use crate::attestation::{self, Attestations, Items};
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
        refuse_misnamed(args)?;
        let home = home(args);
        let mut errors = Errors::default();
        let config = configuration(args, &mut errors)?;
        let fail_on = fail_on(&config, &mut errors);
        let output = output(&config, &mut errors);
        let (catalog, found) = own_catalog(rules, &home, &config, &mut errors)?;
        // Where a rule could not be read, whoever names it is not to blame.
        let are_all = found.is_empty();
        errors.0.extend(assess::check(&catalog, &config, are_all));
        errors.0.sort_by_key(|error| (error.line, error.column));
        errors.0.extend(found);
        let (lists, items) = own_lists(&home, &config, &catalog, are_all, &mut errors)?;
        let attestations_file = home.join(ATTESTATIONS);
        let attestations = errors.read(&attestations_file, |file, text| {
            attestation::read(file, text, &items, today)
        });
        let waivers = match waivers {
            Waivers::LeftOut => Vec::new(),
            Waivers::Read => errors.read(&waivers_path(args), |file, text| {
                let known = are_all.then_some(&catalog);
                waiver::read(file, text, known, today, longest_days(&config))
            }),
        };
        errors.0.extend(also);
        match errors.0.is_empty() {
            true => Ok(Project {
                config,
                catalog,
                lists,
                fail_on,
                output,
                attestations,
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

    /// What a file says, where there is one.
    fn read<T: Default>(
        &mut self,
        path: &Path,
        read: impl FnOnce(&str, &str) -> Result<T, Vec<SourceError>>,
    ) -> T {
        let Some(text) = self.kept(text_if_there(path)).flatten() else {
            return T::default();
        };
        read(&path.display().to_string(), &text).unwrap_or_else(|found| {
            self.0.extend(found);
            T::default()
        })
    }
}

/// A file whose name ends otherwise than it must would be passed over without a word.
fn refuse_misnamed(args: &ConfigArgs) -> Result<(), Failure> {
    let home = home(args);
    let is_found = !args.no_config && args.config.is_none();
    let config = is_found.then(|| home.join(config::NAME));
    let paths = [home.join(ATTESTATIONS), waivers_path(args)];
    let mut paths = paths.into_iter().chain(config);
    match paths.find_map(|path| misnamed(&path)) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// All rules, and what is wrong with those of the user.
fn own_catalog(
    rules: &[PathBuf],
    home: &Path,
    config: &Config,
    errors: &mut Errors,
) -> Result<(Catalog, Vec<SourceError>), Failure> {
    let own = folders(home, config, OwnFiles::Rules, errors);
    let own = each_once(rules.iter().cloned().chain(own));
    let (sources, mut found) = own_rules(&own)?;
    let (catalog, broken) = assess::load(sources);
    found.extend(broken);
    Ok((catalog, found))
}

/// All checklists, and what of them can be signed. `are_all` is whether every rule could be read.
fn own_lists(
    home: &Path,
    config: &Config,
    catalog: &Catalog,
    are_all: bool,
    errors: &mut Errors,
) -> Result<(Checklists, Items), Failure> {
    let mut own = Vec::new();
    for folder in folders(home, config, OwnFiles::Checklists, errors) {
        own.extend(texts(&folder, errors)?);
    }
    let own = own.iter().map(|(file, text)| (&**file, &**text));
    let names = RuleNames {
        ids: &catalog.names(),
        are_all,
    };
    let (lists, found) = Checklists::load(checklist::BUILTIN.iter().copied().chain(own), names);
    // Nobody is to blame for naming an item of a list that could not be read.
    let items = lists.signable(found.is_empty());
    errors.0.extend(found);
    Ok((lists, items))
}

/// The configuration, as much of it as could be read.
fn configuration(args: &ConfigArgs, errors: &mut Errors) -> Result<Config, Failure> {
    let Some(path) = config_file(args) else {
        return Ok(Config::default());
    };
    must_be_there(&path)?;
    let file = path.display().to_string();
    let Some(text) = errors.kept(text_of(&file, &path)) else {
        return Ok(Config::default());
    };
    let (config, found) = config::read_all(&file, &text);
    errors.0.extend(found);
    Ok(config)
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
        // One that cannot be read is kept: whoever reads it says so.
        let is_empty = yaml_files(&usual).is_ok_and(|files| files.is_empty());
        let is_kept = usual.is_dir() && !is_empty;
        return is_kept.then_some(usual).into_iter().collect();
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

/// The folders with rules of the project: those that its configuration names, else the usual one where it is there.
pub(super) fn rule_folders(args: &ConfigArgs) -> Result<Vec<PathBuf>, Failure> {
    let mut errors = Errors::default();
    let config = configuration(args, &mut errors)?;
    let found = folders(&home(args), &config, OwnFiles::Rules, &mut errors);
    match errors.0.is_empty() {
        true => Ok(found),
        false => Err(mistakes(&errors.0)),
    }
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

/// The YAML files of a folder, sorted: file and text. Those that cannot be read are mistakes.
fn texts(folder: &Path, errors: &mut Errors) -> Result<Vec<(String, String)>, Failure> {
    let texts = yaml_files(folder)?.into_iter().filter_map(|path| {
        let file = path.display().to_string();
        let text = errors.kept(text_of(&file, &path))?;
        Some((file, text))
    });
    Ok(texts.collect())
}

/// The rule files of the user's folders, sorted, and what is wrong with those that cannot be read; folders in them are
/// walked too.
pub(super) fn own_rules(folders: &[PathBuf]) -> Result<(Vec<Source>, Vec<SourceError>), Failure> {
    let (mut sources, mut errors) = (Vec::new(), Errors::default());
    for folder in folders {
        let before = errors.0.len();
        let texts = texts(folder, &mut errors)?;
        if texts.is_empty() && errors.0.len() == before {
            let message = format!("no rule file (*.yaml) in {}", folder.display());
            return Err(Failure::new(
                message,
                "name the folder that holds your rules",
            ));
        }
        sources.extend(texts.into_iter().map(|(file, text)| Source {
            file,
            text,
            is_builtin: false,
        }));
    }
    Ok((sources, errors.0))
}
