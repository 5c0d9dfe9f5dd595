//! What does not count: the waivers and how they stand, and what the baseline knows. Never hidden, folded when many.

use super::layout::{count, hang, number, pad};
use super::style::{Ink, Style};
use super::{Detail, Show, View};
use crate::report::Report;
use crate::waiver::{Standing, State};

/// The most waivers of one state that get a line each.
const FEW: usize = 5;
/// The width of the longest state.
const STATE: usize = 9;

/// The waivers, and the baseline.
pub(super) fn section(report: &Report, view: &View<'_>) -> String {
    let parts = [waivers(report, view), baseline(report, view)];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<String>>().join("\n")
}

fn waivers(report: &Report, view: &View<'_>) -> String {
    let style = &view.style;
    if report.waivers.is_empty() {
        return String::new();
    }
    let waived = report.summary.all.waived;
    let listing = match (waived, view.show) {
        (0, _) | (_, Show::Waived) => "",
        (_, Show::Findings | Show::Fail | Show::Unknown | Show::Baselined | Show::All) => {
            "; --show waived lists them"
        }
    };
    let covered = format!("  cover {}{listing}", count(waived, "finding"));
    let mut text = format!(
        "{}{}\n",
        style.paint(Ink::Strong, "Waivers"),
        style.paint(Ink::Faint, &covered)
    );
    let mut waivers: Vec<&Standing> = report.waivers.iter().collect();
    waivers.sort_by_key(|it| (it.state, it.waiver.expires, &it.waiver.rule, it.waiver.line));
    let rules = waivers.iter().map(|it| it.waiver.rule.len());
    let width = rules.max().unwrap_or(0).clamp(12, 30);
    for of_state in waivers.chunk_by(|one, next| one.state == next.state) {
        let all = view.detail == Detail::Full || view.show == Show::Waived;
        let shown = match all || of_state.len() <= FEW + 1 {
            true => of_state.len(),
            false => FEW,
        };
        let lines = of_state.iter().take(shown).map(|it| line(style, it, width));
        text += &lines.collect::<String>();
        if let (more @ 1.., Some(first)) = (of_state.len() - shown, of_state.first()) {
            text += &format!("    and {} more {}: -v\n", number(more), first.state.word());
        }
    }
    text
}

fn line(style: &Style, standing: &Standing, width: usize) -> String {
    let state = pad(standing.state.word(), STATE);
    let mark = format!("{} {state}", style.warning());
    let rule = pad(&style.clean(&standing.waiver.rule), width);
    let head = format!("  {mark}  {rule}  ");
    let lines = hang(style, &head, &style.clean(&words(standing)));
    let ink = match standing.state {
        State::Expired | State::Unmatched => Ink::Bad,
        State::Lapsing => Ink::Mild,
        State::Active => Ink::Faint,
    };
    lines.replacen(&mark, &style.paint(ink, &mark), 1)
}

/// What is known of a waiver, and what to do about it.
pub(in crate::report) fn words(standing: &Standing) -> String {
    let Standing {
        waiver,
        state,
        days_left,
        covers,
    } = standing;
    let ticket = waiver.ticket.as_deref();
    let ticket = ticket.map_or_else(String::new, |ticket| format!(" ({ticket})"));
    let who = format!("waiver of {}{ticket} on {}", waiver.owner, waiver.on);
    let expires = waiver.expires;
    let findings = count(*covers, "finding");
    match state {
        State::Expired if *covers == 0 => format!("{who} expired {expires}, and covers nothing"),
        State::Expired if *covers == 1 => format!("{who} expired {expires}: {findings} is back"),
        State::Expired => format!("{who} expired {expires}: {findings} are back"),
        State::Unmatched => format!("{who} covers nothing: nothing fails or is unknown there"),
        State::Lapsing => format!("{who}: {findings}, until {expires}, {}", left(*days_left)),
        State::Active => format!("{who}: {findings}, until {expires}"),
    }
}

fn left(days: i32) -> String {
    match days {
        0 => "which is today".to_owned(),
        1 => "which is tomorrow".to_owned(),
        days => format!("in {days} days"),
    }
}

fn baseline(report: &Report, view: &View<'_>) -> String {
    let style = &view.style;
    let Some(standing) = &report.baseline else {
        return String::new();
    };
    let title = format!("Baseline of {}", standing.made);
    let listing = match (standing.known, view.show) {
        (0, _) | (_, Show::Baselined) => "",
        (_, Show::Findings | Show::Fail | Show::Unknown | Show::Waived | Show::All) => {
            "; --show baselined lists them"
        }
    };
    let known = count(standing.known, "known problem");
    let rest = format!("  {known} not counted{listing}");
    let mut text = format!(
        "{}{}\n",
        style.paint(Ink::Strong, &title),
        style.paint(Ink::Faint, &rest)
    );
    let stale = standing.stale.len();
    if stale > 0 {
        let head = format!("  {} settled    ", style.warning());
        let (are, them) = if stale == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        let entries = count(stale, "entry");
        let update = "dynalint check --update-baseline";
        let words = format!("{entries} {are} no longer found: {update} takes {them} out");
        text += &hang(style, &head, &words);
        if view.detail == Detail::Full {
            let lines = standing.stale.iter().map(|entry| {
                let line = format!("{} {}", entry.rule, entry.subject);
                hang(style, "    ", &style.clean(&line))
            });
            text += &lines.collect::<String>();
        }
    }
    text
}
