//! The two sides, judged with the same rules and settings. The waivers of each hold or have ended on the day of its facts,
//! so that one that ended between the two is seen.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::assess::{self, Assessment, Identities, Listing};
use crate::cli::choice::Choice;
use crate::cli::judge::{environments, lapsing_days, looked};
use crate::cli::project::Project;
use crate::drift::{self, Drift, Side};
use crate::finding::Finding;
use crate::link::Linked;
use crate::snapshot::Snapshot;
use crate::waiver;

/// A snapshot and what was said of it.
pub(super) struct Judged<'a> {
    linked: Linked<'a>,
    identities: Identities,
    /// What the rules said, waivers laid over it.
    pub(super) assessment: Assessment,
}

/// Judges one snapshot.
pub(super) fn judged<'a>(
    snapshot: &'a Snapshot,
    project: &'a Project,
    choice: &Choice<'_>,
) -> Judged<'a> {
    let linked = Linked::new(snapshot, &project.config);
    let identities = assess::identities(&choice.settings, &linked);
    judge(linked, identities, project, choice)
}

/// Judges two snapshots, with tables named in both by what is in both.
pub(super) fn both<'a>(
    (old, new): (&'a Snapshot, &'a Snapshot),
    project: &'a Project,
    choice: &Choice<'_>,
) -> [Judged<'a>; 2] {
    let [old, new] = [old, new].map(|it| Linked::new(it, &project.config));
    let [mut of_old, mut of_new] = [&old, &new].map(|it| assess::identities(&choice.settings, it));
    of_old.agree(&mut of_new);
    [
        judge(old, of_old, project, choice),
        judge(new, of_new, project, choice),
    ]
}

fn judge<'a>(
    linked: Linked<'a>,
    identities: Identities,
    project: &Project,
    choice: &Choice<'_>,
) -> Judged<'a> {
    let (settings, listing) = (&choice.settings, Listing::Problems);
    let mut made = assess::assess_as(settings, &linked, &choice.tables, listing, &identities);
    let looked = looked(&linked, choice, &made);
    let day = linked.now.to_zoned(TimeZone::UTC).date();
    waiver::apply(
        &mut made.findings,
        &mut made.summary,
        &project.waivers,
        &environments(&linked),
        &looked,
        (day, lapsing_days(&project.config)),
    );
    Judged {
        linked,
        identities,
        assessment: made,
    }
}

/// What became of the old one.
pub(super) fn compare(old: &Judged<'_>, new: &Judged<'_>, choice: &Choice<'_>) -> Drift {
    let wanted = drift::differing(&old.assessment.findings, &new.assessment.findings);
    let [of_old, of_new] = [old, new].map(|it| {
        let (settings, tables) = (&choice.settings, &choice.tables);
        assess::those(settings, &it.linked, tables, &it.identities, &wanted)
    });
    let rules = choice.settings.rules.iter().map(|it| it.rule);
    let looks_at: BTreeMap<String, BTreeSet<String>> = rules
        .map(|rule| (rule.id.to_string(), rule.fields()))
        .collect();
    drift::compare(&side(old, &of_old), &side(new, &of_new), &looks_at)
}

fn side<'s>(judged: &'s Judged<'_>, others: &'s [Finding]) -> Side<'s> {
    Side {
        snapshot: judged.linked.snapshot,
        assessment: &judged.assessment,
        others,
        identities: &judged.identities,
    }
}
