//! The last lines: the verdict with its exit code, and what to do next.

use unicode_width::UnicodeWidthStr;

use super::layout::{command, count, ends, hang, number};
use super::style::{Ink, Style};
use super::{Detail, Input, View, listed};
use crate::checklist::Assessed;
use crate::finding::{Severity, Verdict};
use crate::gate::{BySeverity, GateOutcome, counted};
use crate::report::Report;

/// Verdict, counts, gate and exit code.
pub(super) fn line(report: &Report, style: &Style) -> String {
    let outcome = report.gate.outcome;
    let word = word(outcome);
    let ink = match outcome {
        GateOutcome::Ready => Ink::Good,
        GateOutcome::NotReady => Ink::Bad,
        GateOutcome::CannotTell | GateOutcome::NothingToCheck { .. } => Ink::Open,
    };
    let text = format!("{word}   {}", counts(report).join(style.dot()));
    let exit = format!("exit {}", outcome.exit_code());
    let wrapped = hang(style, "", &text);
    let (first, last) = wrapped
        .trim_end()
        .rsplit_once('\n')
        .unwrap_or(("", wrapped.trim_end()));
    let first = if first.is_empty() {
        String::new()
    } else {
        format!("{first}\n")
    };
    let line = first + &ends(style, (Ink::Plain, last), (Ink::Plain, &exit));
    line.replacen(word, &style.paint(ink, word), 1)
}

/// The word for people.
pub(in crate::report) const fn word(outcome: GateOutcome) -> &'static str {
    match outcome {
        GateOutcome::Ready => "READY",
        GateOutcome::NotReady => "NOT READY",
        GateOutcome::CannotTell => "CANNOT TELL",
        GateOutcome::NothingToCheck { .. } => "NOTHING TO CHECK",
    }
}

/// What decided, and what else there is.
pub(in crate::report) fn counts(report: &Report) -> Vec<String> {
    let gate = report.gate.fail_on;
    let fails = Split::at(gate, &report.summary.fails);
    let unknowns = Split::at(gate, &report.summary.unknowns);
    let words = gate_words(gate);
    let counts = match report.gate.outcome {
        GateOutcome::NotReady => {
            let blocking = format!("{} ({words})", fails.blocking);
            let blocking = (!fails.blocking.is_empty()).then_some(blocking);
            let open = report.gate.open_items;
            let open = (open > 0).then(|| format!("{} to sign", count(open, "item")));
            let rejected = report.gate.rejected_items;
            let rejected = (rejected > 0).then(|| format!("{} rejected", count(rejected, "item")));
            let idle = report.gate.idle_waivers;
            let idle = (idle > 0).then(|| format!("{} without effect", count(idle, "waiver")));
            blocking
                .into_iter()
                .chain(rejected)
                .chain(open)
                .chain(idle)
                .chain(fails.others)
                .chain(unknown(unknowns.all))
                .collect()
        }
        GateOutcome::CannotTell => {
            let blocking = format!("no failure, {} unknown ({words})", number(unknowns.at_gate));
            let asked = report.checklists.iter().filter(|list| list.in_gate);
            let left_out: usize = asked.map(Assessed::undecided).sum();
            let left_out =
                (left_out > 0).then(|| format!("{} not assessed", count(left_out, "item")));
            let below = unknowns.all - unknowns.at_gate;
            let below = (below > 0).then(|| format!("{} more unknown below it", number(below)));
            vec![blocking]
                .into_iter()
                .chain(left_out)
                .chain(fails.others)
                .chain(below)
                .collect()
        }
        GateOutcome::Ready => {
            let pass = format!("{} pass ({words})", number(report.summary.all.pass));
            let below = fails.others.map(|fails| format!("below it {fails}"));
            vec![pass]
                .into_iter()
                .chain(below)
                .chain(unknown(unknowns.all))
                .collect()
        }
        GateOutcome::NothingToCheck { .. } => vec!["no table or other resource matched".to_owned()],
    };
    counts.into_iter().chain(aside(report)).collect()
}

/// What does not count.
fn aside(report: &Report) -> impl Iterator<Item = String> {
    let all = &report.summary.all;
    let aside = [(all.waived, "waived"), (all.baselined, "baselined")];
    let aside = aside.into_iter().filter(|(count, _)| *count > 0);
    aside.map(|(count, word)| format!("{} {word}", number(count)))
}

/// Counts of one verdict, at the gate and below it.
struct Split {
    blocking: String,
    others: Option<String>,
    at_gate: usize,
    all: usize,
}

impl Split {
    fn at(gate: Option<Severity>, counts: &BySeverity) -> Split {
        let (at_gate, below): (Vec<_>, Vec<_>) = counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .partition(|(severity, _)| gate.is_some_and(|gate| **severity <= gate));
        let words = |part: &[(&Severity, &usize)]| {
            let words = part
                .iter()
                .map(|(severity, count)| format!("{} {severity}", number(**count)));
            words.collect::<Vec<String>>().join(", ")
        };
        Split {
            blocking: words(&at_gate),
            others: (!below.is_empty()).then(|| words(&below)),
            at_gate: counted(gate, counts),
            all: counts.values().sum(),
        }
    }
}

fn unknown(count: usize) -> Option<String> {
    (count > 0).then(|| format!("{} unknown", number(count)))
}

pub(in crate::report) fn gate_words(gate: Option<Severity>) -> String {
    match gate {
        None => "gate: never".to_owned(),
        Some(Severity::Critical) => "gate: critical".to_owned(),
        Some(gate) => format!("gate: {gate} and above"),
    }
}

/// The commands that help from here.
pub(super) fn next_steps(report: &Report, view: &View<'_>) -> String {
    let line = |(label, text): &(&str, String)| step(&view.style, label, text);
    steps(report, view).iter().map(line).collect()
}

/// What each is for, and the command.
pub(in crate::report) fn steps(report: &Report, view: &View<'_>) -> Vec<(&'static str, String)> {
    let command = view.command;
    match report.gate.outcome {
        GateOutcome::Ready | GateOutcome::NotReady => reading(report, view),
        GateOutcome::CannotTell => {
            let calls = (
                "calls",
                "dynalint check --dry-run    # and the permission each one needs".to_owned(),
            );
            let accept = ("accept", format!("{command} --allow-unknown"));
            [calls, accept]
                .into_iter()
                .chain(reading(report, view))
                .collect()
        }
        GateOutcome::NothingToCheck { allowed: true } => Vec::new(),
        GateOutcome::NothingToCheck { allowed: false } => vec![
            ("look", look(view)),
            ("accept", format!("{command} --allow-empty")),
        ],
    }
}

/// A command in one line with what is said of it, or in several without.
fn step(style: &Style, label: &str, text: &str) -> String {
    let line = format!("  {label:<8}{}", style.clean(text));
    match line.width() <= style.width {
        true => line + "\n",
        false => {
            let run = text.split("    # ").next().unwrap_or(text);
            command(style, &format!("  {label:<8}"), run)
        }
    }
}

fn look(view: &View<'_>) -> String {
    match view.input {
        Input::Live => "dynalint check --region REGION --table 'GLOB'".to_owned(),
        Input::Demo => "dynalint check --demo --show all    # without --table and --env".to_owned(),
        Input::File(_) => {
            "dynalint check FILE --show all    # without --table and --env".to_owned()
        }
    }
}

fn reading(report: &Report, view: &View<'_>) -> Vec<(&'static str, String)> {
    let findings = listed(report, view.show);
    let mut steps = Vec::new();
    let order = super::steps::steps(&findings);
    let mut firsts = order.iter().filter_map(|step| step.first());
    if let Some(worst) = firsts.find(|it| it.verdict == Verdict::Fail && it.counts()) {
        steps.push(("why", format!("dynalint explain {}", worst.rule)));
        steps.push(("repair", view.repair.to_owned()));
    }
    if view.detail == Detail::Lines && !findings.is_empty() {
        steps.push(("detail", format!("{} -v", view.command)));
    }
    let is_shared = view.command.contains(".html");
    if report.gate.outcome == GateOutcome::NotReady && !is_shared {
        steps.push(("share", format!("{} -o report.html", view.command)));
    }
    steps
}
