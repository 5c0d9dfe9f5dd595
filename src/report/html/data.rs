//! The same findings for the script: rules, places and texts once, results as places in those lists.
//!
//! Of a finding that stands in the page as HTML there is only what it is filtered by. In a text the name of the table is
//! left open, so that ten thousand tables with the same problem have one text. Texts have a limit: beyond it, what is
//! said of a finding stays, and its evidence is left to the JSON report.

use std::collections::HashMap;

use serde::Serialize;

use super::checklist::{self, SignedRow};
use super::finding::{self, STATUSES};
use super::part::{Part, Views};
use super::table::{badge, facts, location, worst};
use super::text;
use super::words::{TABLE, Words};
use crate::finding::{Area, Finding, Severity};
use crate::report::terminal::View;
use crate::report::terminal::layout::bytes;
use crate::report::{Counts, Report};
use crate::snapshot::fact::Why;

/// Bytes of evidence and repairs; what a table of ten thousand has to say fits, a text for each of a million would not.
const DETAIL_BYTES: usize = 1_000_000;

#[derive(Serialize)]
struct Data<'a> {
    version: u32,
    statuses: Vec<&'static str>,
    status_words: Vec<&'static str>,
    severities: Vec<&'static str>,
    areas: Vec<&'static str>,
    rules: RuleColumns<'a>,
    parts: PartColumns,
    summary: [usize; 6],
    words: Vec<String>,
    /// What is said of findings, each different one once.
    shapes: Vec<Shape>,
    /// The shapes of the results of a part, in their order: tables with the same problems share a list.
    runs: Vec<Vec<usize>>,
    table: char,
}

#[derive(Default, Serialize)]
struct RuleColumns<'a> {
    id: Vec<&'a str>,
    area: Vec<usize>,
    title: Vec<String>,
}

#[derive(Default, Serialize)]
struct PartColumns {
    name: Vec<String>,
    is_table: Vec<u8>,
    /// Of `words`, as the next ones.
    location: Vec<usize>,
    facts: Vec<usize>,
    environment: Vec<usize>,
    service: Vec<usize>,
    owner: Vec<usize>,
    mode: Vec<usize>,
    badge: Vec<usize>,
    size: Vec<Option<u64>>,
    size_words: Vec<usize>,
    indexes: Vec<Option<usize>>,
    /// The worst severity that fails; -1 is none.
    worst: Vec<i8>,
    /// pass, fail, unknown, not applicable, waived, baselined.
    counts: Vec<[usize; 6]>,
    /// Which list of results it has, of `runs`.
    run: Vec<usize>,
}

/// Rule, severity, status, whether the verdict is unknown, who waived it, and what is said where the page has not all of
/// it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Shape(i32, i8, u8, u8, usize, Option<Said>);

/// Texts, of `words`: what is said, the waiver, the command, what to do, evidence by fours, and what was unread with the
/// settings.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Said(usize, usize, usize, usize, Vec<usize>, Vec<usize>);

/// All of it, as what stands in a `<script>` element.
pub(super) fn script(
    report: &Report,
    view: &View<'_>,
    parts: &[Part<'_>],
    views: &Views,
) -> Result<String, serde_json::Error> {
    let mut making = Making::new(view);
    for (at, part) in parts.iter().enumerate() {
        making.part(report, part, views.written[at], views.detailed);
    }
    making.signed(&checklist::signed(report));
    let data = Data {
        version: 1,
        statuses: STATUSES.map(|(status, _)| status).to_vec(),
        status_words: STATUSES.map(|(_, word)| word).to_vec(),
        severities: Severity::ALL.iter().map(|it| it.word()).collect(),
        areas: Area::ALL.iter().map(|it| it.word()).collect(),
        rules: making.rules,
        parts: making.parts,
        summary: numbers(report.summary.all),
        words: making.words.texts,
        shapes: making.shapes,
        runs: making.runs,
        table: TABLE,
    };
    Ok(text::in_script(&serde_json::to_string(&data)?))
}

struct Making<'a, 'v> {
    view: &'v View<'v>,
    rules: RuleColumns<'a>,
    rule_places: HashMap<&'a str, usize>,
    parts: PartColumns,
    words: Words,
    shapes: Vec<Shape>,
    shape_places: HashMap<Shape, usize>,
    /// The results of the part that is being made.
    results: Vec<usize>,
    runs: Vec<Vec<usize>>,
    run_places: HashMap<Vec<usize>, usize>,
    /// Results of the parts before.
    rows: usize,
}

impl<'a, 'v> Making<'a, 'v> {
    fn new(view: &'v View<'v>) -> Making<'a, 'v> {
        Making {
            view,
            rules: RuleColumns::default(),
            rule_places: HashMap::new(),
            parts: PartColumns::default(),
            words: Words::new(),
            shapes: Vec::new(),
            shape_places: HashMap::new(),
            results: Vec::new(),
            runs: Vec::new(),
            run_places: HashMap::new(),
            rows: 0,
        }
    }

    fn part(&mut self, report: &Report, part: &Part<'a>, written: usize, detailed: usize) {
        let brief = part.brief.cloned().unwrap_or_default();
        let first = self.rows;
        self.rows += part.findings.len();
        let columns = &mut self.parts;
        let words = &mut self.words;
        columns.name.push(text::clean(&part.name()));
        columns.is_table.push(u8::from(part.is_table()));
        columns
            .location
            .push(words.place(&text::clean(&location(report, part))));
        columns
            .facts
            .push(words.place(&text::clean(&facts(report, part))));
        columns
            .environment
            .push(words.optional(brief.environment.as_deref()));
        columns
            .service
            .push(words.optional(brief.service.as_deref()));
        columns.owner.push(words.optional(brief.owner.as_deref()));
        columns
            .mode
            .push(words.optional(brief.capacity_mode.as_deref()));
        columns.badge.push(words.place(badge(part).0));
        columns.size.push(brief.size_bytes);
        columns
            .size_words
            .push(words.optional(brief.size_bytes.map(bytes).as_deref()));
        columns.indexes.push(brief.indexes);
        columns.worst.push(worst(part).map_or(-1, severity));
        columns.counts.push(numbers(part.counts));
        for (at, finding) in part.findings.iter().enumerate() {
            let is_whole = at < written && first + at < detailed;
            let said = (!is_whole).then(|| self.said(finding, part, at < written));
            let shape = Shape(
                self.rule(finding),
                severity(finding.severity),
                status(finding::status(finding)),
                u8::from(finding.verdict == crate::finding::Verdict::Unknown),
                self.words.optional(finding::waived_by(finding)),
                said,
            );
            self.result(shape);
        }
        self.run();
    }

    fn rule(&mut self, finding: &'a Finding) -> i32 {
        let place = match self.rule_places.get(&*finding.rule) {
            Some(place) => *place,
            None => {
                let place = self.rules.id.len();
                let facts = self.view.rules.get(&finding.rule);
                self.rules.id.push(&finding.rule);
                self.rules.area.push(finding.area as usize);
                let title = facts.map_or_else(String::new, |it| text::clean(&it.title));
                self.rules.title.push(title);
                self.rule_places.insert(&finding.rule, place);
                place
            }
        };
        i32::try_from(place).unwrap_or(i32::MAX)
    }

    fn said(&mut self, finding: &Finding, part: &Part<'_>, is_in_page: bool) -> Said {
        let (said, waiver) = match is_in_page {
            true => (0, 0),
            false => {
                let waiver = finding::waiver(finding);
                let said = self.words.open(&finding::said(finding, self.view), part);
                (said, waiver.map_or(0, |it| self.words.open(&it, part)))
            }
        };
        if self.words.bytes > DETAIL_BYTES {
            return Said(said, waiver, 0, 0, Vec::new(), Vec::new());
        }
        let mut text = |text: &str| self.words.open(text, part);
        let fix = finding.fix.as_ref();
        let command = fix
            .and_then(|it| it.command.as_deref())
            .map_or(0, |it| text(it.trim()));
        let words = fix
            .and_then(|it| it.words.as_deref())
            .map_or(0, |it| text(it.trim()));
        let seen = finding.evidence.iter().flat_map(finding::evidence);
        let seen = seen.map(|it| text(&it)).collect();
        let unread = finding.unknown.iter().map(Why::to_string);
        let notes = unread.chain(finding.settings.iter().map(finding::setting));
        let notes = notes.map(|it| text(&it)).collect();
        Said(said, waiver, command, words, seen, notes)
    }

    /// The items that people sign, as a part of their own behind all others.
    fn signed(&mut self, rows: &[SignedRow]) {
        let columns = &mut self.parts;
        columns.name.push("signatures".to_owned());
        columns.is_table.push(2);
        for column in [
            &mut columns.location,
            &mut columns.facts,
            &mut columns.environment,
            &mut columns.service,
            &mut columns.owner,
            &mut columns.mode,
            &mut columns.badge,
            &mut columns.size_words,
        ] {
            column.push(0);
        }
        columns.size.push(None);
        columns.indexes.push(None);
        columns.worst.push(-1);
        columns.counts.push([0; 6]);
        for row in rows {
            let said = self.words.place(&text::clean(&row.said));
            let notes = self.words.place(&text::clean(&row.notes));
            let name = self.words.place(&text::clean(&row.name));
            let by = self.words.optional(row.by.first().map(String::as_str));
            let area = row.area.map_or(-1, |area| area as i32);
            // Of no rule: what stands there is the area, below zero.
            let shape = Shape(
                -2 - area,
                -1,
                status(row.status),
                0,
                by,
                Some(Said(said, notes, 0, 0, vec![name], Vec::new())),
            );
            self.result(shape);
        }
        self.run();
    }

    fn result(&mut self, shape: Shape) {
        let place = match self.shape_places.get(&shape) {
            Some(place) => *place,
            None => {
                let place = self.shapes.len();
                self.shapes.push(shape.clone());
                self.shape_places.insert(shape, place);
                place
            }
        };
        self.results.push(place);
    }

    /// Ends the part.
    fn run(&mut self) {
        let run = std::mem::take(&mut self.results);
        let place = match self.run_places.get(&run) {
            Some(place) => *place,
            None => {
                self.runs.push(run.clone());
                self.run_places.insert(run, self.runs.len() - 1);
                self.runs.len() - 1
            }
        };
        self.parts.run.push(place);
    }
}

fn status(word: &str) -> u8 {
    let place = STATUSES.iter().position(|(status, _)| *status == word);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(0)
}

const fn severity(severity: Severity) -> i8 {
    severity as i8
}

/// pass, fail, unknown, not applicable, waived, baselined.
const fn numbers(counts: Counts) -> [usize; 6] {
    [
        counts.pass,
        counts.fail,
        counts.unknown,
        counts.not_applicable,
        counts.waived,
        counts.baselined,
    ]
}
