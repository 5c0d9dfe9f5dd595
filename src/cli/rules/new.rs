//! `dynalint rules new`: a rule to start from. It holds as it is written, so that whoever changes it sees what the change
//! does.

use std::fs;
use std::path::Path;

use super::own_folder;
use crate::assess;
use crate::cli::args::rules::NewArgs;
use crate::cli::exit::{Exit, Failure};
use crate::cli::output::{Console, write_file};
use crate::cli::project::own_rules;
use crate::finding::Area;
use crate::rule::catalog::Catalog;
use crate::rule::template::shell_word;
use crate::rule::{is_kebab, to_kebab};
use crate::snapshot::file::trouble;
use crate::yaml::did_you_mean;

/// The rule that is written; `AREA` and `ID` stand for what the user named.
const STUB: &str = include_str!("stub.yaml");

/// Runs it.
pub(super) fn run(args: &NewArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let (area, id) = named(&args.name)?;
    let folder = match &args.dir {
        Some(dir) => dir.clone(),
        None => own_folder()?,
    };
    let path = folder.join(format!("{id}.yaml"));
    free(id, &folder, &path)?;
    fs::create_dir_all(&folder).map_err(|error| {
        Failure::new(
            format!(
                "cannot make the folder {}: {}",
                folder.display(),
                trouble(&error)
            ),
            "name another with --dir",
        )
    })?;
    let text = STUB.replace("AREA", area.word()).replace("ID", id);
    write_file(&path, &text)?;
    let dir = shell_word(&folder.display().to_string());
    console.report(&format!(
        "{} is written. Its three cases hold;\nchange what must hold, and the cases with it.\n\n  \
         test    dynalint rules test {dir}\n  \
         run     dynalint check --demo --rules {dir} --rule {id}\n",
        path.display()
    ))?;
    Ok(Exit::Done)
}

/// `recovery/backup-every-night`.
fn named(name: &str) -> Result<(Area, &str), Failure> {
    let Some((area, id)) = name.split_once('/') else {
        let area = name.parse::<Area>().map_or("recovery", Area::word);
        return Err(Failure::new(
            format!("\"{name}\" is not AREA/ID"),
            format!("as in dynalint rules new {area}/backup-every-night"),
        ));
    };
    let words = || Area::ALL.iter().map(|area| area.word());
    let area: Area = area.parse().map_err(|_: String| {
        let hint = did_you_mean(area, words()).unwrap_or_default();
        Failure::new(format!("no area is named \"{area}\""), hint)
    })?;
    if is_kebab(id) {
        return Ok((area, id));
    }
    let hint = match to_kebab(id) {
        Some(kebab) => format!("did you mean {}/{kebab}?", area.word()),
        None => format!("as in {}/backup-every-night", area.word()),
    };
    Err(Failure::new(
        format!("\"{id}\" is not in kebab-case: a-z, 0-9, -"),
        hint,
    ))
}

/// Whether neither file nor id is there already: ours, ours of old, and those of the folder.
fn free(id: &str, folder: &Path, path: &Path) -> Result<(), Failure> {
    let taken = |message: String| Err(Failure::new(message, "choose another id"));
    if path.exists() {
        return taken(format!("{} is there already", path.display()));
    }
    // What else is wrong with the folder's rules is no matter here: rules test tells it.
    let own = own_rules(&[folder.to_owned()]);
    let own = own.map_or_else(|_| Vec::new(), |(own, _)| own);
    let (catalog, _): (Catalog, _) = assess::load(own);
    match catalog.get(id) {
        None => Ok(()),
        Some(rule) if rule.id.as_str() == id => taken(format!(
            "a rule is named \"{id}\" already, in {}",
            rule.file
        )),
        Some(rule) => taken(format!(
            "\"{id}\" was the name of {}, and finds it still ({})",
            rule.id, rule.file
        )),
    }
}
