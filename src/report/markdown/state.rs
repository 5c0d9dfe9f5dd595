//! What surrounds the findings: counts by area, what could not be read, waivers and baseline, checklists, what the
//! configuration did.

use super::rules::folded;
use super::section::Section;
use super::text::{cell, code, cut, html, name, text};
use crate::checklist::Assessed;
use crate::report::terminal::config_effects::{left_out_words, off};
use crate::report::terminal::layout::{count, number};
use crate::report::terminal::summary::{columns, own_lists, rows};
use crate::report::terminal::{View, accepted, blind, items, signed};
use crate::report::{BlindSpot, Report};
use crate::snapshot::fact::Reason;
use crate::waiver::{Standing, State};

/// Rules that a gap names.
const RULES: usize = 6;
/// Characters of a text of somebody's.
const WORDS: usize = 400;
const FOLDED_END: &str = "\n</details>\n\n";

/// The counts by area, and how each area's checklist stands.
pub(super) fn areas(report: &Report, view: &View<'_>) -> Section {
    if report.summary.all.total() == 0 {
        return Section::default();
    }
    let columns = columns(report);
    let line = |name: &str, cells: &[String], list: &str| {
        format!("| {name} | {} | {list} |\n", cells.join(" | "))
    };
    let counts = |counts: &crate::report::Counts, strong: &str| -> Vec<String> {
        let cells = columns.iter().map(|it| match (it.of)(counts) {
            0 => view.style.dash().to_owned(),
            some => format!("{strong}{}{strong}", number(some)),
        });
        cells.collect()
    };
    let heads: Vec<String> = columns.iter().map(|it| it.head.to_owned()).collect();
    let rules: Vec<String> = columns.iter().map(|_| "---:".to_owned()).collect();
    let done = |list: &Assessed| cell(&items::done(list, &view.style));
    let (areas, left_out) = rows(report);
    let mut lines: Vec<String> = areas
        .iter()
        .map(|it| {
            let list = it.list.map(done).unwrap_or_default();
            line(it.area.title(), &counts(&it.counts, ""), &list)
        })
        .collect();
    let none: Vec<String> = columns.iter().map(|_| String::new()).collect();
    let own = own_lists(report).map(|list| line(&cell(&list.list.id), &none, &done(list)));
    lines.extend(own);
    lines.push(line("**all**", &counts(&report.summary.all, "**"), ""));
    let open = line("area", &heads, "checklist") + &line("---", &rules, "---");
    let close = match left_out.is_empty() {
        true => "\n".to_owned(),
        false => format!("\nNot assessed: {}\n\n", left_out.join(", ")),
    };
    Section::of(open, lines, &close, "area")
}

/// What could not be read, and the rules it blinds.
pub(super) fn gaps(report: &Report, view: &View<'_>) -> Section {
    let mut gaps: Vec<&BlindSpot> = report.gaps.iter().collect();
    gaps.sort();
    gaps.sort_by_key(|gap| gap.reason != Reason::Denied);
    let counts = gaps.len() > 1;
    let (idle, gaps): (Vec<&BlindSpot>, Vec<&BlindSpot>) =
        gaps.iter().partition(|gap| counts && gap.rules.is_empty());
    let is_denied = gaps.iter().any(|gap| gap.reason == Reason::Denied);
    let lines = gaps.iter().map(|gap| gap_line(gap, view));
    let idle = match idle.len() {
        0 => String::new(),
        more => format!(
            "And {} more, which blind none of the rules in force. ",
            number(more)
        ),
    };
    let policy = match is_denied {
        true => format!(
            "{} prints the policy that allows all reads.",
            code("dynalint doctor --policy")
        ),
        false => String::new(),
    };
    let close = match format!("{idle}{policy}") {
        words if words.is_empty() => "\n".to_owned(),
        words => format!("\n{}\n\n", words.trim()),
    };
    let open = "### What could not be read\n\n| permission or call | why | rules it blinds |\n| --- | --- | --- |\n";
    Section::of(open.to_owned(), lines.collect(), &close, "call")
}

fn gap_line(gap: &BlindSpot, view: &View<'_>) -> String {
    let known = blind::known(&view.style, gap);
    let why = match (gap.reason, known.is_empty()) {
        (Reason::Denied, true) => "missing permission".to_owned(),
        (Reason::Denied, false) => format!("missing permission; {known}"),
        (_, true) => gap.reason.words().to_owned(),
        (_, false) => known,
    };
    let rules = gap.rules.iter().take(RULES).map(|rule| cell(rule));
    let more = gap.rules.len().saturating_sub(RULES);
    let more = (more > 0).then(|| format!("and {} more", number(more)));
    let rules: Vec<String> = rules.chain(more).collect();
    let rules = match rules.is_empty() {
        true => "none of the rules in force".to_owned(),
        false => rules.join(", "),
    };
    let action = name(&gap.action.replace('|', "¦"));
    format!("| {action} | {} | {rules} |\n", cell(&cut(&why, WORDS)))
}

/// Waivers that need somebody and the baseline, then the waivers that just hold.
pub(super) fn accepted(report: &Report) -> [Section; 2] {
    let mut waivers: Vec<&Standing> = report.waivers.iter().collect();
    waivers.sort_by_key(|it| (it.state, it.waiver.expires, &it.waiver.rule, it.waiver.line));
    let (active, others): (Vec<&Standing>, Vec<&Standing>) = waivers
        .into_iter()
        .partition(|it| it.state == State::Active);
    let baseline = report.baseline.as_ref().map(|it| {
        let known = count(it.known, "known problem");
        let stale = match it.stale.len() {
            0 => String::new(),
            stale => format!(
                "; {} no longer found, {} takes them out",
                count(stale, "entry"),
                code("dynalint check --update-baseline")
            ),
        };
        format!("- Baseline of {}: {known} not counted{stale}\n", it.made)
    });
    let waived = count(report.summary.all.waived, "finding");
    let summary = format!(
        "{} in force; {waived} waived",
        count(active.len(), "waiver")
    );
    let lines = others.into_iter().map(waiver).chain(baseline).collect();
    let active = active.into_iter().map(waiver).collect();
    [
        Section::of(
            "### Waivers and baseline\n\n".to_owned(),
            lines,
            "\n",
            "waiver",
        ),
        Section::of(folded(&summary), active, FOLDED_END, "waiver"),
    ]
}

fn waiver(standing: &Standing) -> String {
    let words = text(&cut(&accepted::words(standing), WORDS));
    let state = standing.state.word();
    format!("- ! **{state}** {} {words}\n", name(&standing.waiver.rule))
}

/// The checklists that were asked for, item by item.
pub(super) fn lists(report: &Report, view: &View<'_>) -> Vec<Section> {
    let asked = report.checklists.iter().filter(|list| list.in_gate);
    asked.map(|list| items_of(list, report, view)).collect()
}

fn items_of(list: &Assessed, report: &Report, view: &View<'_>) -> Section {
    let rows = list.items().map(|(item, standing)| {
        let (mark, _) = items::mark(&view.style, standing.state);
        let word = items::word(standing.state);
        let mut notes = items::notes(item, standing, report, view);
        notes.extend(signed::notes(list, item, standing, view));
        let notes = notes
            .iter()
            .map(|note| format!("  - _{}_\n", text(&cut(note, WORDS))));
        let notes: String = notes.collect();
        format!(
            "- {mark} **{word}** {}\n{notes}",
            text(&cut(&item.text, WORDS))
        )
    });
    let title = format!("{}: {}", list.list.title, items::done(list, &view.style));
    let open = folded(&format!("Checklist {}", html(&title)));
    Section::of(open, rows.collect(), FOLDED_END, "item")
}

/// What the configuration did to the run.
pub(super) fn effects(report: &Report) -> Section {
    let effects = &report.config_effects;
    let said = |words: String| text(&cut(&words, WORDS));
    let rules = effects
        .off
        .iter()
        .map(|it| format!("- off: {}\n", said(off(it))));
    let left_out = effects.left_out.iter();
    let left_out = left_out.map(|it| format!("- not assessed: {}\n", said(left_out_words(it))));
    let notices = effects.notices.iter();
    let notices = notices.map(|it| format!("- note: {}\n", said(it.clone())));
    let lines: Vec<String> = rules.chain(left_out).chain(notices).collect();
    let summary = format!(
        "What the configuration changes: {}",
        count(lines.len(), "entry")
    );
    Section::of(folded(&summary), lines, FOLDED_END, "entry")
}
