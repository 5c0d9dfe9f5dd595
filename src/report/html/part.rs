//! The findings by what they belong to: a table, or an account and a region; the worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use minijinja::{Value, context};

use super::finding;
use super::table::{badge, facts};
use super::{Room, StaticRows, takes};
use crate::finding::{Finding, SubjectId, Verdict, table_of, worst_first};
use crate::report::figure::{Figure, TableFigures};
use crate::report::terminal::View;
use crate::report::terminal::layout::{self, number};
use crate::report::{Counts, Report, TableBrief, TableKey};

/// What findings belong to; tables before accounts where nothing else decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place<'a> {
    /// A table.
    Table(&'a TableKey),
    /// Everything else of an account, by region.
    Region(&'a str, Option<&'a str>),
}

/// A table, or what there is beside the tables, and its findings.
pub(super) struct Part<'a> {
    /// What it is about.
    pub(super) place: Place<'a>,
    /// What is worth saying of a table.
    pub(super) brief: Option<&'a TableBrief>,
    /// Its figures.
    pub(super) figures: Option<&'a TableFigures>,
    /// Counts over all its findings, listed or not.
    pub(super) counts: Counts,
    /// Those that are listed: what counts, then what is set aside, then the rest.
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Part<'a> {
    /// All parts of a report, the worst first.
    pub(super) fn in_order(report: &'a Report) -> Vec<Part<'a>> {
        let mut places: BTreeMap<Place<'a>, Vec<&'a Finding>> = BTreeMap::new();
        let tables = report.summary.by_table.keys().chain(report.briefs.keys());
        let known: BTreeMap<(&str, &str, &str), &TableKey> = tables
            .map(|key| ((&*key.0, &*key.1, &*key.2), key))
            .collect();
        for key in known.values() {
            places.entry(Place::Table(key)).or_default();
        }
        for finding in &report.findings {
            let table = table_of(&finding.subject).and_then(|key| known.get(&key));
            let place = table.map_or_else(|| beside(&finding.subject), |key| Place::Table(key));
            places.entry(place).or_default().push(finding);
        }
        let mut parts: Vec<Part<'a>> = places
            .into_iter()
            .map(|(place, findings)| Part::new(report, place, findings))
            .collect();
        parts.sort_by_cached_key(|part| (part.badness(), part.place));
        parts
    }

    fn new(report: &'a Report, place: Place<'a>, mut findings: Vec<&'a Finding>) -> Part<'a> {
        findings.sort_by(|left, right| {
            let class = |it: &Finding| (!it.counts(), !it.is_problem());
            class(left)
                .cmp(&class(right))
                .then_with(|| worst_first(left, right))
        });
        let table = match place {
            Place::Table(key) => Some(key),
            Place::Region(..) => None,
        };
        let known = table.and_then(|key| report.summary.by_table.get(key));
        let listed = || {
            let mut counts = Counts::default();
            findings.iter().for_each(|finding| counts.count(finding));
            counts
        };
        Part {
            place,
            brief: table.and_then(|key| report.briefs.get(key)),
            figures: table.and_then(|key| report.figures.get(key)),
            counts: known.copied().unwrap_or_else(listed),
            findings,
        }
    }

    /// More failures of a worse severity come first, then what is unknown; what was not looked at comes last.
    fn badness(&self) -> (Reverse<[usize; 10]>, Reverse<usize>) {
        let mut counts = [0; 10];
        for finding in self.findings.iter().filter(|it| it.counts()) {
            let unknown = usize::from(finding.verdict == Verdict::Unknown) * 5;
            counts[unknown + finding.severity as usize] += 1;
        }
        let Counts { fail, unknown, .. } = self.counts;
        (Reverse(counts), Reverse(fail + unknown))
    }

    /// How many of its findings are problems, decorated or not; they are the first.
    pub(super) fn problems(&self) -> usize {
        self.findings.iter().filter(|it| it.is_problem()).count()
    }

    /// What it is called: the table's name, or what it is about.
    pub(super) fn name(&self) -> String {
        match self.place {
            Place::Table((_, _, name)) => name.clone(),
            Place::Region(..) => "beside the tables".to_owned(),
        }
    }

    /// Account and region.
    pub(super) fn location(&self) -> (&'a str, &'a str) {
        match self.place {
            Place::Table((account, region, _)) => (account, region),
            Place::Region(account, region) => (account, region.unwrap_or("all regions")),
        }
    }

    /// Whether it is a table.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.place, Place::Table(_))
    }
}

fn beside(subject: &SubjectId) -> Place<'_> {
    Place::Region(&subject.account, subject.region.as_deref())
}

/// The parts as the template shows them, and how much of their findings stands there.
pub(super) struct Views {
    /// The parts.
    pub(super) parts: Vec<Value>,
    /// The rows, counted over all parts, from which on the script writes evidence and repairs.
    pub(super) detailed: usize,
    /// How many findings of each part stand in the page.
    pub(super) written: Vec<usize>,
}

/// The parts as the template shows them.
pub(super) fn views(
    report: &Report,
    view: &View<'_>,
    parts: &[Part<'_>],
    rows: &StaticRows,
    room: &mut Room,
) -> Views {
    let (mut row, mut detailed) = (0, 0);
    let mut views = Vec::new();
    for (at, part) in parts.iter().enumerate().take(rows.parts) {
        let mut findings = Vec::new();
        for (below, finding) in part.findings.iter().take(rows.of_part[at]).enumerate() {
            let has_details = takes(&mut room.details, finding::detail_bytes(finding));
            if has_details {
                detailed = row + below + 1;
            }
            findings.push(finding::view(finding, row + below, has_details, view));
        }
        row += part.findings.len();
        views.push(context! {
            id => at,
            name => part.name(),
            facts => facts(report, part),
            badge => badge(part),
            tally => tally(part.counts),
            figures => figures(part.figures.map(first_figures), room),
            more_figures => figures(part.figures.map(more_figures), room),
            raw => if room.details > 0 { raw(part) } else { Vec::new() },
            findings => findings,
        });
    }
    Views {
        parts: views,
        detailed,
        written: rows.of_part.clone(),
    }
}

/// `51 pass · 6 not applicable`.
fn tally(counts: Counts) -> String {
    let words = layout::tally([
        (counts.fail, "fail"),
        (counts.unknown, "unknown"),
        (counts.waived, "waived"),
        (counts.baselined, "baselined"),
        (counts.pass, "pass"),
        (counts.not_applicable, "not applicable"),
    ]);
    words.join(" · ")
}

/// What belongs to the table, and its own charts.
fn first_figures(figures: &TableFigures) -> Vec<(&Figure, bool)> {
    let diagram = figures.diagram.iter().map(|figure| (figure, true));
    let own = figures.capacity.iter();
    diagram.chain(own.map(|figure| (figure, false))).collect()
}

/// The charts of its indexes.
fn more_figures(figures: &TableFigures) -> Vec<(&Figure, bool)> {
    let others = figures.indexes.iter();
    others.map(|figure| (figure, false)).collect()
}

/// Figures and whether each is a wide one, as long as there is room for them.
fn figures(figures: Option<Vec<(&Figure, bool)>>, room: &mut Room) -> Vec<Value> {
    let mut shown = Vec::new();
    for (figure, is_wide) in figures.unwrap_or_default() {
        if !takes(&mut room.figures, figure.bytes()) {
            break;
        }
        shown.push(context! {
            is_wide => is_wide,
            title => figure.title.clone(),
            svg => figure.svg.clone(),
            head => figure.data.head.clone(),
            rows => figure.data.rows.clone(),
        });
    }
    shown
}

/// What is known of a table, name by name.
fn raw(part: &Part<'_>) -> Vec<(&'static str, String)> {
    let (account, region) = part.location();
    let brief = part.brief.cloned().unwrap_or_default();
    let unread = || "not read".to_owned();
    let undeclared = || "not known".to_owned();
    let mut raw = vec![
        ("account", account.to_owned()),
        ("region", region.to_owned()),
    ];
    if !part.is_table() {
        return raw;
    }
    raw.extend([
        ("environment", brief.environment.unwrap_or_else(unread)),
        ("service", brief.service.unwrap_or_else(undeclared)),
        ("owner", brief.owner.unwrap_or_else(undeclared)),
        ("capacity mode", brief.capacity_mode.unwrap_or_else(unread)),
        (
            "size",
            brief
                .size_bytes
                .map_or_else(unread, |bytes| format!("{} bytes", number(bytes))),
        ),
        (
            "global secondary indexes",
            brief.indexes.map_or_else(unread, number),
        ),
    ]);
    raw
}
