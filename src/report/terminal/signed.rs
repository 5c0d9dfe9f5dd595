//! Who signed what, until when, and who still has to.
//!
//! Each report has it: what a person vouches for is seen by all who trust the report.

use super::layout::{count, hang, number, pad, plural, some_of};
use super::style::{Ink, Style};
use super::{Detail, Show, View};
use crate::attestation::{Attestation, Hold, Per};
use crate::checklist::{Assessed, Attest, Item, Signature, Standing};
use crate::finding::Verdict;
use crate::report::Report;

/// Signatures in a report that is not asked for all of them.
const FEW: usize = 8;
/// The width of the longest word for how a signature stands.
const WORD: usize = 8;
/// The room for the names of what a signature is for.
const NAMES: usize = 60;

/// The signatures of the lists that are not shown item by item.
pub(super) fn section(report: &Report, view: &View<'_>) -> String {
    let mut lines = Vec::new();
    for list in report.checklists.iter().filter(|list| !list.in_gate) {
        for (item, standing) in list.items() {
            let signatures = standing.signatures().into_iter();
            lines.extend(signatures.map(|one| (list.list.name_of(item), item, standing, one)));
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.sort_by_key(|(_, _, _, one)| (one.hold, one.lapses_in_days.is_none()));
    let style = &view.style;
    let all = view.detail == Detail::Full || view.show == Show::All;
    let shown = if all { lines.len() } else { FEW };
    let names = lines.iter().take(shown).map(|(name, ..)| name.len());
    let width = names.max().unwrap_or(0);
    let mut text = style.paint(Ink::Strong, "Signed") + "\n";
    for (name, item, standing, one) in lines.iter().take(shown) {
        let (mark, ink) = mark(style, one.hold);
        let word = pad(&format!("{mark} {}", one.hold.word()), WORD + 2);
        let head = format!("  {word}  {}  ", pad(name, width));
        let line = hang(
            style,
            &head,
            &style.clean(&said(item, standing, one, style)),
        );
        text += &line.replacen(&word, &style.paint(ink, &word), 1);
    }
    match lines.len().saturating_sub(shown) {
        0 => text,
        more => text + &format!("  and {} more: -v\n", number(more)),
    }
}

pub(crate) fn mark(style: &Style, hold: Hold) -> (&'static str, Ink) {
    match hold {
        Hold::Rejected => (style.mark(Verdict::Fail), Ink::Bad),
        Hold::Open => (style.circle(), Ink::Mild),
        Hold::Reworded | Hold::Lapsed => ("!", Ink::Mild),
        Hold::Attested => (style.mark(Verdict::Pass), Ink::Good),
        Hold::NotApplicable => (style.mark(Verdict::NotApplicable), Ink::Faint),
    }
}

/// `by maria@example.com 2026-11-12, until 2027-05-11; lapses in 9 days · for shop`.
fn said(item: &Item, standing: &Standing, one: &Signature<'_>, style: &Style) -> String {
    let whom = |attest| whom(attest, &one.subjects, standing.signed.len(), style.dot());
    let whom = item.attest.as_ref().map(whom);
    who(one.attestation, one.hold, one.lapses_in_days) + &whom.unwrap_or_default()
}

/// `by maria@example.com 2026-11-12, until 2027-05-11; lapses in 9 days`.
pub(crate) fn who(signature: &Attestation, hold: Hold, lapses_in_days: Option<u32>) -> String {
    let (by, date, expires) = (&signature.by, signature.date, signature.expires);
    let said = match hold {
        Hold::Rejected | Hold::Attested | Hold::Open => format!("by {by} {date}, until {expires}"),
        Hold::NotApplicable => format!("not applicable, by {by} {date}, until {expires}"),
        Hold::Lapsed => format!("{expires}, signed by {by} {date}"),
        Hold::Reworded => format!("reworded since it was signed by {by} {date}"),
    };
    match lapses_in_days {
        None => said,
        Some(0) => said + "; lapses after today",
        Some(days) => format!("{said}; lapses in {}", days_of(days)),
    }
}

/// What a signature is for, after `joint`, where there is more than one thing to sign for.
pub(crate) fn whom(attest: &Attest, names: &[&str], all: usize, joint: &str) -> String {
    match (names.len(), all) {
        (_, 0 | 1) => String::new(),
        (some, all) if some == all => format!("{joint}all {}", subjects(attest.per, all)),
        (_, _) => {
            let names = some_of(&Style::default(), names, NAMES);
            format!("{joint}for {names}")
        }
    }
}

/// What stands under an item of a list: who signed it, who has to, and the command for it.
pub(in crate::report) fn notes(
    list: &Assessed,
    item: &Item,
    standing: &Standing,
    view: &View<'_>,
) -> Vec<String> {
    let style = &view.style;
    let Some(attest) = &item.attest else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    for one in standing.signatures() {
        let said = said(item, standing, &one, style);
        notes.push(match one.hold {
            Hold::Reworded => said,
            hold => format!("{} {said}", hold.word()),
        });
        let links = one.attestation.evidence.iter();
        if view.detail == Detail::Full {
            notes.extend(links.map(|link| format!("evidence {link}")));
            notes.extend(
                one.attestation
                    .notes
                    .iter()
                    .map(|text| format!("note: {text}")),
            );
        }
    }
    notes.extend(still_open(attest, standing, style));
    if standing.to_sign {
        notes.extend(standing.beside.iter().map(|one| of_nothing(one)));
    }
    if standing.is_partial {
        notes.push(may_lack(attest.per));
    }
    if standing.to_sign {
        notes.push(format!("to be signed {}", asked(attest)));
    }
    if standing.to_sign || standing.is_rejected {
        notes.push(format!("dynalint attest {}", list.list.name_of(item)));
    }
    notes.iter().map(|note| style.clean(note)).collect()
}

/// What is said where tables could not be listed.
pub(crate) fn may_lack(per: Per) -> String {
    let things = plural(per.word());
    format!("tables could not be listed: there may be more {things} to sign for")
}

/// `what ben signed 2026-11-12 for service shpo covers nothing of this run`.
pub(crate) fn of_nothing(signature: &Attestation) -> String {
    let Attestation { by, date, on, .. } = signature;
    format!("what {by} signed {date} for {on} covers nothing of this run")
}

/// `2 of 3 services signed; open: feed`.
fn still_open(attest: &Attest, standing: &Standing, style: &Style) -> Option<String> {
    let open = standing.signed.iter().filter(|it| it.hold.is_to_sign());
    let open: Vec<&str> = open.map(|it| it.subject.label.as_str()).collect();
    let all = standing.signed.len();
    let nobody = standing.signed.iter().all(|it| it.signature.is_none());
    if open.is_empty() || nobody || all < 2 {
        return None;
    }
    let done = number(all - open.len());
    let names = some_of(style, &open, NAMES);
    let of = subjects(attest.per, all);
    Some(format!("{done} of {of} signed; open: {names}"))
}

fn subjects(per: Per, all: usize) -> String {
    count(all, per.word())
}

/// How much of a list lapses soon: `1 lapses in 9 days`, `3 lapse, the first in 2 days`.
pub(super) fn lapsing(list: &Assessed) -> Option<String> {
    let days = list.standings.iter().filter_map(Standing::lapses_in_days);
    let days: Vec<u32> = days.collect();
    let soonest = match days.iter().min()? {
        0 => "after today".to_owned(),
        days_left => format!("in {}", days_of(*days_left)),
    };
    Some(match days.len() {
        1 => format!("1 lapses {soonest}"),
        many => format!("{} lapse, the first {soonest}", number(many)),
    })
}

fn days_of(days: u32) -> String {
    count(usize::try_from(days).unwrap_or(usize::MAX), "day")
}

/// `by the on-call lead for each service, every 180 days, with evidence`.
pub(crate) fn asked(attest: &Attest) -> String {
    let scope = match attest.per {
        Per::Table => "each table",
        Per::Service => "each service",
        Per::Account => "the account",
    };
    let evidence = if attest.needs_evidence {
        ", with evidence"
    } else {
        ""
    };
    let days = days_of(attest.valid_days);
    format!("by {} for {scope}, every {days}{evidence}", attest.by)
}
