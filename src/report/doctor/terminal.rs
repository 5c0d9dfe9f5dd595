//! The diagnosis for people: a line for each step, what is missing with the rules it blinds, and the next command.
//!
//! Decides nothing: the outcome is the diagnosis's own.

use super::{Diagnosis, Outcome, Permissions, State, Step, Untried};
use crate::finding::Verdict;
use crate::report::terminal::layout::{count, ends, hang, keep, number, pad};
use crate::report::terminal::style::{Ink, Style};
use crate::report::terminal::{Detail, blind};
use crate::snapshot::fact::Reason;
use crate::snapshot::operation::Operation;

/// What each outcome leads to, as whole commands.
#[derive(Clone, Copy, Debug)]
pub struct Commands<'a> {
    /// The check that this makes ready for.
    pub check: &'a str,
    /// This diagnosis once more.
    pub again: &'a str,
    /// The least policy.
    pub policy: &'a str,
}

const UNTRIED_NOTE: &str =
    "Whether these may be made shows once there is something to try them on.";
const BILLED: &str =
    "One metric in each region was asked for, which CloudWatch bills; --no-metrics leaves it out.";

/// The screen.
pub fn render(
    diagnosis: &Diagnosis,
    style: &Style,
    detail: Detail,
    commands: Commands<'_>,
) -> String {
    if detail == Detail::Verdict {
        return verdict(diagnosis, style);
    }
    let steps: String = diagnosis.steps.iter().map(|it| step(style, it)).collect();
    let permissions = diagnosis.permissions.as_ref();
    let permissions_step = permissions.map(|it| step(style, &as_step(it)));
    let gaps = permissions.map(|it| blind::table(&it.gaps, style, detail));
    let untried = permissions.map(|it| untried(style, &it.untried));
    let first = steps + &permissions_step.unwrap_or_default();
    let sections = [
        Some(first),
        gaps,
        untried,
        Some(verdict(diagnosis, style)),
        Some(next(diagnosis, style, commands)),
    ];
    let sections = sections.into_iter().flatten().filter(|it| !it.is_empty());
    sections.collect::<Vec<String>>().join("\n")
}

/// Columns of the names of steps.
const NAME: usize = 13;

fn step(style: &Style, step: &Step) -> String {
    let (ink, mark) = match step.state {
        State::Good => (Ink::Good, style.mark(Verdict::Pass)),
        State::Bad => (Ink::Bad, style.mark(Verdict::Fail)),
        State::Open => (Ink::Open, style.mark(Verdict::Unknown)),
    };
    let head = format!("{mark} {}", pad(step.name, NAME));
    let indent = match step.said.contains('\n') {
        true => " ".to_owned(),
        false => " ".repeat(NAME + 2),
    };
    let text = match step.said.split_once('\n') {
        None => hang(style, &head, &style.clean(&step.said)),
        // The place of a mistake is drawn with lines below it, which are kept as they are.
        Some((first, rest)) => hang(style, &head, &style.clean(first)) + &keep(style, "", rest),
    };
    let hint = step.next.as_deref();
    let hint = hint.map(|hint| hang(style, &format!("{indent}hint: "), &style.clean(hint)));
    text.replacen(mark, &style.paint(ink, mark), 1) + &hint.unwrap_or_default()
}

fn as_step(permissions: &Permissions) -> Step {
    let denied = |reason: Reason| reason == Reason::Denied;
    let (denied, others): (Vec<_>, Vec<_>) =
        permissions.gaps.iter().partition(|gap| denied(gap.reason));
    let usable = format!(
        "tried on the first of each kind, {} of {} can be made",
        number(permissions.usable.len()),
        count(permissions.needed, "call")
    );
    let parts = [
        (denied.len(), "denied"),
        (others.len(), "not answered"),
        (permissions.untried.len(), "with nothing to try on"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, words)| format!("{} {words}", number(*count)));
    let said = [usable].into_iter().chain(parts).collect::<Vec<_>>();
    let mut said = said.join(", ");
    if permissions.usable.contains(&Operation::GetMetricData) {
        said.push_str(". ");
        said.push_str(BILLED);
    }
    Step {
        name: "permissions",
        state: permissions.state(),
        said,
        next: None,
    }
}

fn untried(style: &Style, untried: &[Untried]) -> String {
    if untried.is_empty() {
        return String::new();
    }
    let names = untried.iter().map(|it| it.operation.name().len());
    let width = names.max().unwrap_or(0).clamp(24, 50);
    let heads = format!("  {}  nothing to try it on", pad("not tried", width));
    let row = |it: &Untried| {
        let head = format!("  {}  ", pad(it.operation.name(), width));
        hang(style, &head, &style.clean(&it.because))
    };
    let rows: String = untried.iter().map(row).collect();
    let note = hang(style, "  ", UNTRIED_NOTE);
    format!("{}\n{rows}{note}", style.paint(Ink::Faint, &heads))
}

fn verdict(diagnosis: &Diagnosis, style: &Style) -> String {
    let rules = count(diagnosis.rules, "rule");
    let permissions = diagnosis.permissions.as_ref();
    let blind = permissions.map_or(0, |it| it.blind);
    let all_tried = permissions.is_none_or(|it| it.untried.is_empty());
    let as_far = match all_tried {
        true => "",
        false => ", as far as there was something to try",
    };
    let outcome = diagnosis.outcome();
    let (ink, word, text) = match outcome {
        Outcome::Ready => (
            Ink::Good,
            "READY TO CHECK",
            format!("what {rules} need can be read{as_far}"),
        ),
        Outcome::CannotTell => (
            Ink::Open,
            "CANNOT TELL",
            format!("{} of {rules} would lack facts", number(blind)),
        ),
        Outcome::CouldNotRun => (Ink::Bad, "COULD NOT RUN", broken(diagnosis)),
    };
    let exit = format!("exit {}", outcome.exit_code());
    let line = ends(
        style,
        (Ink::Plain, &format!("{word}   {text}")),
        (Ink::Plain, &exit),
    );
    line.replacen(word, &style.paint(ink, word), 1)
}

fn broken(diagnosis: &Diagnosis) -> String {
    let bad = diagnosis.steps.iter().find(|it| it.state == State::Bad);
    let step = bad.map_or("a step", |step| step.name);
    format!("{step}: see above")
}

fn next(diagnosis: &Diagnosis, style: &Style, commands: Commands<'_>) -> String {
    let denied = diagnosis.permissions.as_ref().is_some_and(|it| {
        let denied = |gap: &crate::finding::BlindSpot| gap.reason == Reason::Denied;
        it.gaps.iter().any(denied)
    });
    let steps = match diagnosis.outcome() {
        Outcome::Ready => vec![("next", commands.check)],
        Outcome::CannotTell if denied => vec![
            ("allow", commands.policy),
            ("again", commands.again),
            ("anyway", commands.check),
        ],
        Outcome::CannotTell => vec![("again", commands.again), ("anyway", commands.check)],
        Outcome::CouldNotRun => vec![("again", commands.again)],
    };
    let line = |(label, text): &(&str, &str)| format!("  {label:<8}{}\n", style.clean(text));
    steps.iter().map(line).collect()
}
