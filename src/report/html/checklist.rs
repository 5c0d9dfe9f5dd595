//! The checklists: how each item stands, who signed it, and who has to.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use crate::attestation::Hold;
use crate::checklist::{Assessed, Attest, Item, Signature, Standing, State};
use crate::finding::Area;
use crate::report::Report;
use crate::report::terminal::layout::some_of;
use crate::report::terminal::signed::{asked, may_lack, who, whom};
use crate::report::terminal::style::Style;

/// An item that people sign, as a row among the findings.
pub(super) struct SignedRow {
    /// The list, where it is named as an area.
    pub(super) area: Option<Area>,
    /// `attested`, `to-sign` or `rejected`.
    pub(super) status: &'static str,
    /// `recovery/restore-drill`.
    pub(super) name: String,
    /// The item's words.
    pub(super) said: String,
    /// Who signed it, and who has to.
    pub(super) notes: String,
    /// Who signed.
    pub(super) by: Vec<String>,
}

/// The room for the names of what is open, in letters.
const NAMES: usize = 120;

/// The items that people sign, in the order of the lists; those that apply to nothing are left out.
pub(super) fn signed(report: &Report) -> Vec<SignedRow> {
    let lists = report.checklists.iter();
    let items = lists.flat_map(|list| list.items().map(move |(item, it)| (list, item, it)));
    items
        .filter_map(|(list, item, standing)| signed_row(list, item, standing))
        .collect()
}

fn signed_row(list: &Assessed, item: &Item, standing: &Standing) -> Option<SignedRow> {
    let attested = |it: &Signature<'_>| it.hold == Hold::Attested || it.hold == Hold::NotApplicable;
    let signatures = standing.signatures();
    let status = match (standing.is_rejected, standing.to_sign) {
        (true, _) => "rejected",
        (false, true) => "to-sign",
        (false, false) if signatures.iter().any(attested) => "attested",
        (false, false) => return None,
    };
    let notes = notes(item, standing).join("; ");
    Some(SignedRow {
        area: list.list.id.parse().ok(),
        status,
        name: list.list.name_of(item),
        said: item.text.clone(),
        notes,
        by: signatures
            .iter()
            .map(|it| it.attestation.by.clone())
            .collect(),
    })
}

/// The lists as the template shows them.
pub(super) fn lists(report: &Report) -> Vec<Value> {
    let problems = report.findings.iter().filter(|it| it.is_problem());
    let found: BTreeSet<&str> = problems.map(|it| &*it.rule).collect();
    let list = |list: &Assessed| {
        let items = list.items();
        let items: Vec<Value> = items
            .map(|(item, it)| view(list, item, it, &found))
            .collect();
        context! { items => items, ..super::overview::done(list) }
    };
    report.checklists.iter().map(list).collect()
}

fn view(list: &Assessed, item: &Item, standing: &Standing, found: &BTreeSet<&str>) -> Value {
    let (mark, word) = mark(standing.state);
    let name = list.list.name_of(item);
    let signs = standing.to_sign || standing.is_rejected;
    // A rule without findings has nothing to lead to.
    let rules = item.rules.iter();
    let rules: Vec<(String, bool)> = rules
        .map(|it| (it.clone(), found.contains(&**it)))
        .collect();
    context! {
        mark => mark,
        word => word,
        text => item.text.clone(),
        rules => rules,
        notes => notes(item, standing),
        command => signs.then(|| format!("dynalint attest {name}")),
    }
}

/// The class of its mark, and its word.
const fn mark(state: State) -> (&'static str, &'static str) {
    match state {
        State::Fail => ("fail", "fail"),
        State::Unknown => ("unknown", "unknown"),
        State::NotAssessed => ("unknown", "not assessed"),
        State::Open => ("to-sign", "to sign"),
        State::Lapsed => ("to-sign", "lapsed"),
        State::Waived => ("waived", "set aside"),
        State::Pass => ("pass", "done"),
        State::NotApplicable => ("na", "not applicable"),
    }
}

/// Who signed, who has to, and what keeps it from being done beside its rules.
fn notes(item: &Item, standing: &Standing) -> Vec<String> {
    let mut notes = Vec::new();
    for one in standing.signatures() {
        let said = who(one.attestation, one.hold, one.lapses_in_days);
        let whom = item.attest.as_ref();
        let whom = whom.map(|it| whom_of(it, &one, standing));
        notes.push(format!(
            "{} {said}{}",
            one.hold.word(),
            whom.unwrap_or_default()
        ));
        let evidence = one.attestation.evidence.iter();
        notes.extend(evidence.map(|link| format!("evidence {link}")));
        notes.extend(
            one.attestation
                .notes
                .iter()
                .map(|text| format!("note: {text}")),
        );
    }
    let Some(attest) = &item.attest else {
        return notes;
    };
    let open = standing.signed.iter().filter(|it| it.hold.is_to_sign());
    let open: Vec<&str> = open.map(|it| &*it.subject.label).collect();
    if standing.to_sign {
        notes.push(format!("to be signed {}", asked(attest)));
        if standing.signed.len() > 1 {
            let names = some_of(&Style::default(), &open, NAMES);
            notes.push(format!("open for {names}"));
        }
    }
    if standing.is_partial {
        notes.push(may_lack(attest.per));
    }
    notes
}

fn whom_of(attest: &Attest, one: &Signature<'_>, standing: &Standing) -> String {
    whom(attest, &one.subjects, standing.signed.len(), ", ")
}
