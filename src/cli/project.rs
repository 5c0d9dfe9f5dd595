//! The files of a project, read whole before anything runs: rules, checklists, configuration, attestations. What is wrong
//! with any of them is said in one go, and nothing starts.

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::args::ConfigArgs;
use super::exit::Failure;
use super::files::{config_file, home, mistakes, text_if_there, text_of, yaml_files};
use crate::assess;
use crate::attestation::{self, Attestations};
use crate::checklist::{self, Checklists, RuleNames};
use crate::config::{self, Config};
use crate::rule::catalog::{Catalog, Source};
use crate::yaml::SourceError;

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
        let home = home(args);
        let mut errors = Errors::default();
        let config = match config_file(args) {
            Some(path) => {
                let file = path.display().to_string();
                let text = errors.kept(text_of(&file, &path));
                text.map(|text| errors.all(config::read(&file, &text)))
            }
            None => None,
        };
        let (own, found) = own_rules(rules)?;
        let mut are_all = found.is_empty();
        errors.0.extend(found);
        let (catalog, found) = assess::load(own);
        // Where a rule could not be read, an item that names it is not to blame.
        are_all &= found.is_empty();
        errors.0.extend(found);
        let names = RuleNames {
            ids: &catalog.names(),
            are_all,
        };
        let own = own_checklists(&home.join(CHECKLISTS), &mut errors)?;
        let own = own.iter().map(|(file, text)| (&**file, &**text));
        let (lists, found) = Checklists::load(checklist::BUILTIN.iter().copied().chain(own), names);
        // Nor is an attestation of an item, where a list could not be read.
        let items = lists.signable(found.is_empty());
        errors.0.extend(found);
        let attestations_file = home.join(ATTESTATIONS);
        let text = errors.kept(text_if_there(&attestations_file)).flatten();
        let attestations = text.map(|text| {
            let file = attestations_file.display().to_string();
            errors.all(attestation::read(&file, &text, &items, today))
        });
        match errors.0.is_empty() {
            true => Ok(Project {
                config: config.unwrap_or_default(),
                catalog,
                lists,
                attestations: attestations.unwrap_or_default(),
                attestations_file,
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

/// The user's checklists, sorted: file and text.
fn own_checklists(folder: &Path, errors: &mut Errors) -> Result<Vec<(String, String)>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
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
