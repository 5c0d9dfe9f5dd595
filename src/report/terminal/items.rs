//! The checklists that were asked for, item by item: what is done, what is not, and who signs.

use super::View;
use super::finding::{name, unread_reason};
use super::layout::{ends, hang, pad, room, some_of};
use super::signed;
use super::style::{Ink, Style};
use crate::checklist::{Assessed, Item, Standing, State};
use crate::finding::{Finding, Verdict};
use crate::report::Report;

/// The width of the longest state.
const STATE: usize = 14;

/// Each list with its items.
pub(super) fn lists(report: &Report, view: &View<'_>) -> String {
    let asked = report.checklists.iter().filter(|list| list.in_gate);
    let lists = asked.map(|list| heading(list, &view.style) + &items(list, report, view));
    lists.collect::<Vec<String>>().join("\n")
}

fn heading(list: &Assessed, style: &Style) -> String {
    let title = style.clean(&list.list.title);
    let stand = done(list, style);
    ends(style, (Ink::Strong, &title), (Ink::Faint, &stand)) + "\n"
}

/// `8 of 11 done · 1 fail · 2 to sign`.
pub(in crate::report) fn done(list: &Assessed, style: &Style) -> String {
    let done = format!("{} of {} done", list.count(State::Pass), list.applicable());
    let others = [
        (list.count(State::Fail), "fail"),
        (list.count(State::Unknown), "unknown"),
        (list.count(State::NotAssessed), "not assessed"),
        (list.count(State::Waived), "waived"),
        (list.to_sign(), "to sign"),
    ];
    let others = others
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"));
    let parts = [done].into_iter().chain(others);
    let parts: Vec<String> = parts.chain(signed::lapsing(list)).collect();
    parts.join(style.dot())
}

fn items(list: &Assessed, report: &Report, view: &View<'_>) -> String {
    let items = list.items().map(|(item, standing)| {
        let (style, state) = (&view.style, standing.state);
        let (mark, ink) = mark(style, state);
        let word = pad(&format!("{mark} {}", word(state)), STATE + 2);
        let head = format!("  {word}  ");
        let indent = " ".repeat(STATE + 6);
        let text = hang(style, &head, &style.clean(&item.text));
        let word = word.trim_end();
        let text = text.replacen(word, &style.paint(ink, word), 1);
        let mut notes = notes(item, standing, report, view);
        notes.extend(signed::notes(list, item, standing, view));
        let notes = notes.iter().map(|note| hang(style, &indent, note));
        text + &notes.collect::<String>()
    });
    items.collect()
}

/// The word for people.
pub(in crate::report) fn word(state: State) -> &'static str {
    match state {
        State::NotAssessed => "not assessed",
        State::NotApplicable => "not applicable",
        State::Fail
        | State::Unknown
        | State::Open
        | State::Lapsed
        | State::Waived
        | State::Pass => state.word(),
    }
}

/// The symbol, and its colour.
pub(in crate::report) fn mark(style: &Style, state: State) -> (&'static str, Ink) {
    match state {
        State::Fail => (style.mark(Verdict::Fail), Ink::Bad),
        State::Unknown | State::NotAssessed => (style.mark(Verdict::Unknown), Ink::Open),
        State::Open | State::Waived => (style.circle(), Ink::Mild),
        State::Lapsed => ("!", Ink::Mild),
        State::Pass => (style.mark(Verdict::Pass), Ink::Good),
        State::NotApplicable => (style.mark(Verdict::NotApplicable), Ink::Faint),
    }
}

/// What of its rules keeps an item from being done.
pub(in crate::report) fn notes(
    item: &Item,
    standing: &Standing,
    report: &Report,
    view: &View<'_>,
) -> Vec<String> {
    let style = &view.style;
    let of = |verdict| {
        item.rules
            .iter()
            .filter_map(move |rule| what(report, style, rule, verdict))
    };
    let mut notes: Vec<String> = match standing.state {
        State::Fail | State::Unknown => of(Verdict::Fail).chain(of(Verdict::Unknown)).collect(),
        State::NotAssessed
        | State::Open
        | State::Lapsed
        | State::Waived
        | State::Pass
        | State::NotApplicable => Vec::new(),
    };
    if standing.is_left_out {
        notes.push("a rule of it was left out of this run".to_owned());
    } else if standing.state == State::NotAssessed {
        notes.push("a rule of it is turned off in dynalint.yaml".to_owned());
    }
    notes
}

/// `pitr-on fails: orders, users`.
fn what(report: &Report, style: &Style, rule: &str, verdict: Verdict) -> Option<String> {
    let said =
        |finding: &&Finding| finding.rule == rule && finding.verdict == verdict && finding.counts();
    let findings: Vec<&Finding> = report.findings.iter().filter(said).collect();
    let names: Vec<String> = findings.iter().map(|it| name(&it.subject, true)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let room = room(style, &" ".repeat(STATE + 6));
    let names = some_of(
        style,
        &names,
        room.saturating_sub(rule.len() + " fails: ".len()),
    );
    let first = findings.first()?;
    Some(match unread_reason(first) {
        Some(reason) => style.clean(&format!("{rule} cannot tell: {names}; {reason}")),
        None => format!("{rule} fails: {names}"),
    })
}
