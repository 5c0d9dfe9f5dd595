//! One finding: what is said of it, on what that rests, and what to do.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{Value, context};

use super::checklist;
use super::part::Part;
use crate::finding::{Area, Decoration, Finding, Severity, Verdict};
use crate::report::terminal::View;
use crate::report::terminal::finding::{named, said_of, unknown};
use crate::report::terminal::layout::number;
use crate::report::{Report, Setting};
use crate::snapshot::fact::Why;
use crate::snapshot::record::Evidence;

/// The statuses that a reader can filter by, each with its class and its words; those after the first four only where
/// somebody asks for them.
pub(super) const STATUSES: [(&str, &str); 9] = [
    ("fail", "fail"),
    ("unknown", "unknown"),
    ("waived", "waived"),
    ("baselined", "baselined"),
    ("attested", "attested"),
    ("to-sign", "to sign"),
    ("rejected", "rejected"),
    ("pass", "pass"),
    ("not-applicable", "not applicable"),
];

/// What a reader finds it by: what stands beside the verdict, else the verdict.
pub(super) fn status(finding: &Finding) -> &'static str {
    match &finding.decoration {
        Some(decoration) => decoration.word(),
        None => finding.verdict.word(),
    }
}

/// What is said of it under the heading of its part.
pub(super) fn said(finding: &Finding, view: &View<'_>) -> String {
    let said = match finding.verdict {
        Verdict::Unknown => unknown(finding, Why::brief),
        Verdict::Fail => said_of(finding).to_owned(),
        Verdict::Pass | Verdict::NotApplicable => {
            let rule = view.rules.get(&finding.rule);
            rule.map_or_else(String::new, |rule| rule.title.clone())
        }
    };
    named(finding, said, false)
}

/// Who answers for it, until when and why.
pub(super) fn waiver(finding: &Finding) -> Option<String> {
    let (verdict, decoration) = (finding.verdict, finding.decoration.as_ref()?);
    Some(match decoration.answer() {
        Some(answer) => format!("{verdict}, waived {answer}"),
        None => format!("{verdict}, and known since the baseline was made"),
    })
}

/// Who answers for it.
pub(super) fn waived_by(finding: &Finding) -> Option<&str> {
    match &finding.decoration {
        Some(Decoration::Waived { owner, .. }) => Some(owner),
        Some(Decoration::Baselined) | None => None,
    }
}

/// What was seen: path, what is there, what should be, and the call that saw it.
pub(super) fn evidence(evidence: &Evidence) -> [String; 4] {
    let from = evidence.from.map_or("", |operation| operation.name());
    [
        evidence.path.clone(),
        evidence.observed.clone(),
        evidence.expected.clone(),
        from.to_owned(),
    ]
}

/// What of severity and parameters is not the rule's own: `min_days = 35 (dynalint.yaml:12)`.
pub(super) fn setting(it: &Setting) -> String {
    let because = it.because.iter().map(|because| format!(": {because}"));
    let because: String = because.collect();
    format!("{} = {} ({}{because})", it.name, it.shown, it.origin)
}

/// How much room its evidence and its repair take in a page, about.
pub(super) fn detail_bytes(finding: &Finding) -> usize {
    let seen = finding.evidence.iter();
    let seen = seen.map(|it| it.path.len() + it.observed.len() + it.expected.len() + 100);
    let fix = finding.fix.iter();
    let fix = fix.flat_map(|it| it.command.iter().chain(&it.words));
    200 + seen.sum::<usize>() + fix.map(|text| text.len() + 60).sum::<usize>()
}

/// As the template shows it; `row` is its place among all.
pub(super) fn view(finding: &Finding, row: usize, has_details: bool, view: &View<'_>) -> Value {
    let fix = finding.fix.as_ref();
    let unread: Vec<String> = finding.unknown.iter().map(Why::to_string).collect();
    let settings: Vec<String> = finding.settings.iter().map(setting).collect();
    let seen: Vec<Vec<String>> = finding
        .evidence
        .iter()
        .map(|it| evidence(it).to_vec())
        .collect();
    context! {
        row => row,
        has_details => has_details,
        status => status(finding),
        severity => finding.severity.word(),
        rule => finding.rule.clone(),
        said => said(finding, view),
        waiver => waiver(finding),
        evidence => seen,
        unread => unread,
        command => fix.and_then(|fix| fix.command.as_deref()).map(str::trim),
        words => fix.and_then(|fix| fix.words.as_deref()).map(str::trim),
        settings => settings,
        arn => finding.subject.arn.clone(),
    }
}

/// What there is to filter by, with how many findings each has.
pub(super) fn filters(report: &Report, parts: &[Part<'_>]) -> Value {
    let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
    let mut severities: BTreeMap<Severity, usize> = BTreeMap::new();
    let mut areas: BTreeMap<Area, usize> = BTreeMap::new();
    let mut rules: BTreeSet<&str> = BTreeSet::new();
    let mut owners: BTreeSet<&str> = BTreeSet::new();
    for finding in parts.iter().flat_map(|part| &part.findings) {
        *statuses.entry(status(finding)).or_default() += 1;
        owners.extend(waived_by(finding));
        if finding.is_problem() {
            *severities.entry(finding.severity).or_default() += 1;
            *areas.entry(finding.area).or_default() += 1;
            rules.insert(&finding.rule);
        }
    }
    owners.extend(parts.iter().filter_map(|it| it.brief?.owner.as_deref()));
    let signed = checklist::signed(report);
    for row in &signed {
        *statuses.entry(row.status).or_default() += 1;
        owners.extend(row.by.iter().map(String::as_str));
    }
    let chip =
        |value: &str, word: &str, count: usize| (value.to_owned(), word.to_owned(), number(count));
    let statuses = STATUSES
        .iter()
        .filter_map(|(status, word)| Some(chip(status, word, *statuses.get(status)?)));
    let severities = severities
        .iter()
        .map(|(it, count)| chip(it.word(), it.word(), *count));
    let areas = areas
        .iter()
        .map(|(it, count)| chip(it.word(), it.title(), *count));
    let tables = parts.iter().filter(|part| part.is_table());
    let tables: BTreeSet<String> = tables.take(MOST_NAMES).map(Part::name).collect();
    context! {
        statuses => statuses.collect::<Vec<_>>(),
        severities => severities.collect::<Vec<_>>(),
        areas => areas.collect::<Vec<_>>(),
        rules => owned(&rules),
        owners => owned(&owners),
        tables => tables.into_iter().collect::<Vec<String>>(),
    }
}

fn owned(names: &BTreeSet<&str>) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The most names that are offered where one is typed.
const MOST_NAMES: usize = 500;
