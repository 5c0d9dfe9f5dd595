//! `dynalint attest`: signs an item of a checklist, or lists who signed what. Adds a block to the file of signatures and
//! never changes one: an item is signed again by a newer block, and the older ones stay as its history.

mod list;
mod sign;

use super::args::attest::AttestArgs;
use super::exit::{Exit, Failure};
use super::explain::alike;
use super::output::Console;
use super::project::Project;
use super::time::today;
use crate::attestation::Asked;
use crate::checklist::{Checklists, Item};

/// Runs it.
pub(super) fn run(args: &AttestArgs, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let today = today(args.now);
    let project = Project::load(&args.rules, &args.config, today)?;
    match &args.item {
        None => list::run(args, &project, today, console)?,
        Some(name) => {
            let wanted = wanted(&project.lists, name)?;
            sign::run(args, &project, &wanted, today, console)?;
        }
    }
    Ok(Exit::Done)
}

/// The item that is to be signed.
struct Wanted<'a> {
    /// As an attestation names it: `release/load-test`.
    name: &'a str,
    /// What it says.
    item: &'a Item,
    /// What a signature of it needs.
    asked: Asked,
}

fn wanted<'a>(lists: &'a Checklists, name: &'a str) -> Result<Wanted<'a>, Failure> {
    let Some((_, item)) = lists.items().find(|(known, _)| known == name) else {
        return Err(unknown(lists, name));
    };
    let asked = item.asked().ok_or_else(|| {
        let message = format!("{name} is decided by rules alone: nobody signs it");
        Failure::new(
            message,
            "dynalint attest --list names the items that are signed",
        )
    })?;
    Ok(Wanted { name, item, asked })
}

/// No item has this name; and those that were probably meant, by their whole names or without their list's.
fn unknown(lists: &Checklists, name: &str) -> Failure {
    let signable = lists.items().filter(|(_, item)| item.attest.is_some());
    let names: Vec<String> = signable.map(|(name, _)| name).collect();
    let whole = names.iter().map(|known| (&**known, &**known));
    let short = names.iter().filter_map(|known| {
        let (_, id) = known.split_once('/')?;
        Some((id, &**known))
    });
    let near = alike(name, whole.chain(short));
    let hint = match near.is_empty() {
        true => "dynalint attest --list names them".to_owned(),
        false => format!("did you mean {}?", near.join(", ")),
    };
    let message = format!("no item of a checklist is named \"{name}\"");
    Failure::new(message, hint)
}
