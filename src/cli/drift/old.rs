//! What to compare with: a snapshot, the one of a folder that fits, or a line of a history. All of it is read before any
//! call, so that a broken file is told at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;

use crate::cli::check::file_name;
use crate::cli::exit::Failure;
use crate::cli::files::{must_be_there, unreadable};
use crate::cli::history;
use crate::drift::history::Line;
use crate::snapshot::file::FileError;
use crate::snapshot::{Snapshot, file};

/// What was named.
pub(super) enum Old {
    /// A snapshot.
    Snapshot(Box<Snapshot>),
    /// The snapshots of a folder.
    Folder(Vec<Kept>),
    /// The lines of a history.
    History(Vec<Line>),
}

/// A snapshot in a folder, as far as is needed to choose one.
pub(super) struct Kept {
    path: PathBuf,
    collected_at: Timestamp,
    places: Places,
}

/// Accounts, each with its regions.
type Places = BTreeSet<(String, String)>;

#[derive(Deserialize)]
struct Head {
    collected_at: Timestamp,
    regions: Vec<HeadOfRegion>,
}

#[derive(Deserialize)]
struct HeadOfRegion {
    account: String,
    region: String,
}

/// Reads what was named.
pub(super) fn read(path: &Path) -> Result<Old, Failure> {
    if path.is_dir() {
        return folder(path).map(Old::Folder);
    }
    if path.extension().is_some_and(|it| it == "jsonl") {
        must_be_there(path)?;
        let lines = history::read(path)?;
        return match lines.is_empty() {
            false => Ok(Old::History(lines)),
            true => Err(Failure::new(
                format!("{} has no line yet", path.display()),
                format!("begin it: dynalint check --history {}", path.display()),
            )),
        };
    }
    Ok(Old::Snapshot(Box::new(file::load(path)?)))
}

/// The snapshots of a folder. Every `.json` in it has to be one: a broken one that was passed over would make an older
/// one look like the newest.
fn folder(folder: &Path) -> Result<Vec<Kept>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|it| it.path())).collect();
    let mut paths = paths.map_err(|error| unreadable(folder, &error))?;
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    if paths.is_empty() {
        let first = folder.join("first.json");
        return Err(Failure::new(
            format!("there is no snapshot (*.json) in {}", folder.display()),
            format!("make one: dynalint snapshot --save {}", first.display()),
        ));
    }
    let (kept, broken): (Vec<_>, Vec<_>) = paths.into_iter().map(head).partition(Result::is_ok);
    let broken: Vec<String> = broken.into_iter().filter_map(Result::err).collect();
    match broken.is_empty() {
        true => Ok(kept.into_iter().filter_map(Result::ok).collect()),
        false => Err(Failure::new(
            broken.join("\nerror: "),
            "take what is no good snapshot out of the folder",
        )),
    }
}

fn head(path: PathBuf) -> Result<Kept, String> {
    let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error).message().to_owned())?;
    match serde_json::from_slice::<Head>(&bytes) {
        Ok(head) => Ok(Kept {
            path,
            collected_at: head.collected_at,
            places: head
                .regions
                .into_iter()
                .map(|it| (it.account, it.region))
                .collect(),
        }),
        Err(error) => {
            // The reader of snapshots says it better.
            let told = file::parse(&path, &bytes).err();
            let told = told.map(|error: FileError| error.to_string());
            Err(told.unwrap_or_else(|| format!("{}: {error}", path.display())))
        }
    }
}

/// The newest snapshot of the same accounts that is older.
pub(super) fn choose(
    kept: &[Kept],
    folder: &Path,
    new: &Snapshot,
) -> Result<(Snapshot, String), Failure> {
    let places = new.regions.iter();
    let places: Places = places
        .map(|it| (it.account.clone(), it.region.clone()))
        .collect();
    let accounts = accounts_of(&places);
    let fits = |it: &&Kept| {
        let is_of_place = accounts_of(&it.places) == accounts && !it.places.is_disjoint(&places);
        is_of_place && it.collected_at < new.collected_at
    };
    let newest = kept.iter().filter(fits).max_by_key(|it| it.collected_at);
    let Some(newest) = newest else {
        let accounts: Vec<&str> = accounts.into_iter().collect();
        return Err(Failure::new(
            format!(
                "no snapshot in {} is of account {}, of a region of this run, and older than {}",
                folder.display(),
                accounts.join(", "),
                new.collected_at
            ),
            "name another folder, or one snapshot",
        ));
    };
    Ok((file::load(&newest.path)?, file_name(&newest.path)))
}

fn accounts_of(places: &Places) -> BTreeSet<&str> {
    places.iter().map(|(account, _)| account.as_str()).collect()
}

/// The newest line of a run that asked the same, and is older.
pub(super) fn line<'l>(lines: &'l [Line], new: &Line) -> Result<&'l Line, Failure> {
    let fits = |line: &&Line| line.asked_the_same(new) && line.at < new.at;
    let newest = lines.iter().filter(fits).max_by_key(|line| line.at);
    newest.ok_or_else(|| {
        let mut same_rules = lines
            .iter()
            .filter(|it| it.rules_digest == new.rules_digest);
        let why = match same_rules.next() {
            Some(_) => "is of the same accounts, regions and tables, and older",
            None => "was made with the rules and settings of today",
        };
        Failure::new(
            format!("no line of the history {why}, so nothing can be compared"),
            "add one with --history FILE; or compare with a snapshot, which is judged anew",
        )
    })
}
