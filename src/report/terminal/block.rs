//! The results by table: a block for each, the worst first; what is of no table in blocks by account and region.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::finding::Lines;
use super::layout::{bytes, count, ends, hang, number, room, some_of, tally};
use super::style::{Ink, Style};
use super::{Detail, Show, View, listed};
use crate::finding::{Finding, Severity, Verdict};
use crate::report::{Counts, Report, TableKey, table_key};

/// Tables without a finding that still get a line each.
const FEW: usize = 3;
/// Unknown results of a table that still get a line each.
const FEW_UNKNOWN: usize = 4;

/// What a block is about; tables before accounts where nothing else decides.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Table(TableKey),
    Region(String, Option<String>),
}

struct Block<'a> {
    place: Place,
    counts: Counts,
    findings: Vec<&'a Finding>,
}

/// All blocks, and a line on the tables without findings.
pub(super) fn by_table(report: &Report, view: &View<'_>) -> String {
    let (blocks, clean): (Vec<Block<'_>>, Vec<Block<'_>>) = blocks(report, view)
        .into_iter()
        .partition(|block| !block.findings.is_empty());
    let (blind, blocks): (Vec<Block<'_>>, Vec<Block<'_>>) = blocks
        .into_iter()
        .partition(|block| block.only_unknown() && block.folds_unknown(view));
    let shown = listed(report, view.show);
    let mut lines = Lines::of(view, &shown);
    let mut texts: Vec<String> = Vec::new();
    for block in &blocks {
        texts.push(block.text(report, view, &mut lines));
    }
    texts.extend(not_told(&view.style, &blind));
    let clean: Vec<&Block<'_>> = clean.iter().collect();
    texts.extend(without_findings(report, view, &clean));
    texts.join("\n")
}

/// The tables of which little could be read, in one line.
fn not_told(style: &Style, blind: &[Block<'_>]) -> Option<String> {
    let names: Vec<&str> = blind.iter().filter_map(Block::table).collect();
    let results: usize = blind.iter().map(|block| block.findings.len()).sum();
    let mark = style.mark(Verdict::Unknown);
    let results = count(results, "unknown result");
    let head = format!(
        "{mark} {} with {results}, see below: ",
        count(names.len(), "table")
    );
    let names = some_of(style, &names, room(style, &head));
    let lines = hang(style, &head, &names);
    let head = head.trim_end();
    (!blind.is_empty()).then(|| lines.replacen(head, &style.paint(Ink::Open, head), 1))
}

/// The tables that have nothing listed, in a line each or in one.
fn without_findings(report: &Report, view: &View<'_>, clean: &[&Block<'_>]) -> Option<String> {
    if clean.is_empty() || matches!(view.show, Show::Waived | Show::Baselined) {
        return None;
    }
    if clean.len() > FEW {
        let tables = clean.iter();
        let tables = tables.filter_map(|block| Some((block.table()?, block.counts)));
        return Some(clean_lines(&view.style, tables, view.show)).filter(|it| !it.is_empty());
    }
    let line = |block: &&Block<'_>| {
        let words = block.all_pass(&view.style);
        let name = block.name(report, &view.style);
        ends(&view.style, (Ink::Strong, &name), (Ink::Good, &words))
    };
    Some(clean.iter().map(line).collect())
}

/// `17 tables without findings: a, b and 15 more`, and those of which all that is found does not count.
pub(super) fn clean_lines<'a>(
    style: &Style,
    tables: impl Iterator<Item = (&'a str, Counts)>,
    show: Show,
) -> String {
    let lacking = match show {
        Show::Findings | Show::All => "findings",
        Show::Fail => "failures",
        Show::Unknown => "unknown results",
        Show::Waived | Show::Baselined => return String::new(),
    };
    let aside = |(_, counts): &(&str, Counts)| counts.waived + counts.baselined > 0;
    let (aside, clean): (Vec<_>, Vec<_>) = tables.partition(aside);
    let without = (Ink::Good, format!("without {lacking}"));
    let only = (Ink::Mild, "with nothing that counts".to_owned());
    let lines = [(clean, without), (aside, only)].map(|(tables, (ink, words))| {
        let names: Vec<&str> = tables.into_iter().map(|(name, _)| name).collect();
        let head = format!("{} {words}: ", count(names.len(), "table"));
        if names.is_empty() {
            return String::new();
        }
        let lines = hang(style, &head, &some_of(style, &names, room(style, &head)));
        lines.replacen(head.trim_end(), &style.paint(ink, head.trim_end()), 1)
    });
    lines.concat()
}

fn blocks<'a>(report: &'a Report, view: &View<'_>) -> Vec<Block<'a>> {
    let mut places: BTreeMap<Place, Vec<&Finding>> = BTreeMap::new();
    for key in report.summary.by_table.keys() {
        places.entry(Place::Table(key.clone())).or_default();
    }
    for finding in listed(report, view.show) {
        places.entry(place(finding)).or_default().push(finding);
    }
    let block = |(place, findings): (Place, Vec<&'a Finding>)| Block {
        counts: counts(report, &place, &findings),
        place,
        findings,
    };
    let mut blocks: Vec<Block<'_>> = places.into_iter().map(block).collect();
    blocks.sort_by_cached_key(|block| (block.badness(), block.place.clone()));
    blocks
}

fn place(finding: &Finding) -> Place {
    let subject = &finding.subject;
    match table_key(subject) {
        Some(key) => Place::Table(key),
        None => Place::Region(subject.account.clone(), subject.region.clone()),
    }
}

fn counts(report: &Report, place: &Place, findings: &[&Finding]) -> Counts {
    let known = match place {
        Place::Table(key) => report.summary.by_table.get(key).copied(),
        Place::Region(..) => None,
    };
    known.unwrap_or_else(|| {
        let mut counts = Counts::default();
        findings.iter().for_each(|finding| counts.count(finding));
        counts
    })
}

impl Block<'_> {
    /// More failures of a worse severity come first, then what is unknown.
    fn badness(&self) -> Vec<Reverse<usize>> {
        let count = |verdict: Verdict, severity: Severity| {
            let same = |finding: &&&Finding| {
                finding.counts() && finding.verdict == verdict && finding.severity == severity
            };
            Reverse(self.findings.iter().filter(same).count())
        };
        let verdicts = [Verdict::Fail, Verdict::Unknown];
        let of = |verdict| {
            Severity::ALL
                .iter()
                .map(move |severity| (verdict, *severity))
        };
        let pairs = verdicts.into_iter().flat_map(of);
        pairs
            .map(|(verdict, severity)| count(verdict, severity))
            .collect()
    }

    fn table(&self) -> Option<&str> {
        match &self.place {
            Place::Table((_, _, name)) => Some(name),
            Place::Region(..) => None,
        }
    }

    fn name(&self, report: &Report, style: &Style) -> String {
        let several = report.scopes.len() > 1;
        match &self.place {
            Place::Table((account, _, name)) if several => {
                style.clean(&format!("{account}/{name}"))
            }
            Place::Table((_, _, name)) => style.clean(name),
            Place::Region(account, _) => style.clean(&format!("account {account}")),
        }
    }

    fn text<'a>(&'a self, report: &Report, view: &View<'_>, lines: &mut Lines<'a>) -> String {
        let style = &view.style;
        let name = self.name(report, style);
        let facts = self.facts(report).join(style.dot());
        let heading = ends(
            style,
            (Ink::Strong, &name),
            (Ink::Faint, &style.clean(&facts)),
        );
        heading + &self.results(view, lines) + &self.rest(style)
    }

    fn facts(&self, report: &Report) -> Vec<String> {
        match &self.place {
            Place::Table(key) => table_facts(report, key),
            Place::Region(_, region) => {
                let region = region.clone().unwrap_or("all regions".to_owned());
                vec![region, "of no single table".to_owned()]
            }
        }
    }

    fn results<'a>(&'a self, view: &View<'_>, lines: &mut Lines<'a>) -> String {
        let unknown = |finding: &&Finding| finding.verdict == Verdict::Unknown;
        let folds = self.folds_unknown(view);
        let each = self
            .findings
            .iter()
            .filter(|finding| !(folds && unknown(finding)));
        let mut text: String = each.map(|finding| lines.finding(finding, false)).collect();
        if folds {
            text += &self.unknown_line(&view.style);
        }
        text
    }

    fn unknowns(&self) -> usize {
        let unknown = |finding: &&&Finding| finding.verdict == Verdict::Unknown;
        self.findings.iter().filter(unknown).count()
    }

    fn only_unknown(&self) -> bool {
        self.table().is_some() && self.unknowns() == self.findings.len()
    }

    /// Whether so much is unknown that the table of what could not be read says it better.
    fn folds_unknown(&self, view: &View<'_>) -> bool {
        self.unknowns() > FEW_UNKNOWN && view.show == Show::Findings && view.detail == Detail::Lines
    }

    fn unknown_line(&self, style: &Style) -> String {
        let unknowns = self.unknowns();
        let mark = format!("{} unknown", style.mark(Verdict::Unknown));
        let text = format!(
            "cannot tell {}: see the table below",
            count(unknowns, "result")
        );
        let lines = hang(style, &format!("  {mark}   "), &text);
        lines.replacen(&mark, &style.paint(Ink::Open, &mark), 1)
    }

    /// The results that are only counted.
    fn rest(&self, style: &Style) -> String {
        let parts = tally([
            (self.counts.pass, "pass"),
            (self.counts.waived, "waived"),
            (self.counts.baselined, "baselined"),
            (self.counts.not_applicable, "not applicable"),
        ]);
        match parts.is_empty() {
            true => String::new(),
            false => {
                let line = hang(style, "    ", &parts.join(style.dot()));
                style.paint(Ink::Faint, line.trim_end()) + "\n"
            }
        }
    }

    fn all_pass(&self, style: &Style) -> String {
        let mark = style.mark(Verdict::Pass);
        let Counts {
            pass,
            fail,
            unknown,
            not_applicable,
            waived,
            baselined,
        } = self.counts;
        let counted = [
            (fail, "fail"),
            (unknown, "unknown"),
            (waived, "waived"),
            (baselined, "baselined"),
            (not_applicable, "not applicable"),
        ];
        let others = counted.iter().filter(|(count, _)| *count > 0);
        let others =
            others.map(|(count, word)| format!("{}{} {word}", style.dot(), number(*count)));
        format!("{mark} {} pass{}", number(pass), others.collect::<String>())
    }
}

fn table_facts(report: &Report, key: &TableKey) -> Vec<String> {
    let brief = report.briefs.get(key);
    let known = brief.map(|brief| {
        [
            brief.environment.clone(),
            brief.capacity_mode.clone(),
            brief.size_bytes.map(bytes),
            brief.indexes.map(|indexes| format!("{indexes} GSI")),
        ]
    });
    let facts = known.into_iter().flatten().flatten();
    let region = Some(key.1.clone()).filter(|region| !region.is_empty());
    region.into_iter().chain(facts).collect()
}
