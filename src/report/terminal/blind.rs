//! What could not be read, and the rules it blinds: no permission is missing silently.

use unicode_width::UnicodeWidthStr;

use super::Detail;
use super::layout::{hang, number, pad, room, some_of};
use super::style::{Ink, Style};
use crate::report::BlindSpot;
use crate::snapshot::fact::Reason;

/// Kinds of policies that an account's administrator alone can change, as AWS names them in its refusals.
const ABOVE_THE_ROLE: [&str; 4] = [
    "service control policy",
    "resource control policy",
    "permissions boundary",
    "session policy",
];

const BLINDS: &str = "rules it blinds";

/// How the table is drawn.
#[derive(Clone, Copy)]
struct Drawn<'a> {
    style: &'a Style,
    detail: Detail,
}

/// The table of these gaps.
pub(in crate::report) fn table(gaps: &[BlindSpot], style: &Style, detail: Detail) -> String {
    let view = Drawn { style, detail };
    let mut gaps: Vec<&BlindSpot> = gaps.iter().collect();
    gaps.sort();
    let (denied, failed): (Vec<&BlindSpot>, Vec<&BlindSpot>) =
        gaps.iter().partition(|gap| gap.reason == Reason::Denied);
    let width = gaps
        .iter()
        .map(|gap| gap.action.width())
        .max()
        .unwrap_or(0)
        .clamp(24, 50);
    let parts = [
        ("missing permission", denied),
        ("could not be read", failed),
    ];
    let parts = parts.iter().filter(|(_, gaps)| !gaps.is_empty());
    let parts = parts.map(|(head, gaps)| part(view, head, gaps, width));
    parts.collect::<Vec<String>>().join("\n")
}

fn part(view: Drawn<'_>, head: &str, gaps: &[&BlindSpot], width: usize) -> String {
    let heads = format!("  {}  ", pad(head, width));
    let heads = match view.style.width < heads.width() + BLINDS.len() {
        true => hang(view.style, "  ", &format!("{head}, and the {BLINDS}")),
        false => heads + BLINDS,
    };
    let heads = heads.trim_end();
    let heads = view.style.paint(Ink::Faint, heads);
    // What blinds no rule is counted, unless all detail is asked for or there is nothing else.
    let counts = view.detail != Detail::Full && gaps.len() > 1;
    let (idle, gaps): (Vec<&BlindSpot>, Vec<&BlindSpot>) =
        gaps.iter().partition(|gap| counts && gap.rules.is_empty());
    let same = |a: &&BlindSpot, b: &&BlindSpot| note(view, a) == note(view, b);
    let groups = gaps.chunk_by(same);
    let rows: String = groups.map(|gaps| group(view, gaps, width)).collect();
    let idle = match idle.len() {
        0 => String::new(),
        more => {
            let more = number(more);
            let words = format!("and {more} more, which blind none of the rules in force");
            hang(view.style, "  ", &words)
        }
    };
    format!("{heads}\n{rows}{idle}")
}

/// Gaps of which the same is known, which is said once.
fn group(view: Drawn<'_>, gaps: &[&BlindSpot], width: usize) -> String {
    let rows: String = gaps.iter().map(|gap| row(view, gap, width)).collect();
    let known = gaps.first().and_then(|gap| note(view, gap));
    let known = known.map(|note| match gaps.len() {
        1 => note,
        all => format!("(these {}: {}", number(all), &note[1..]),
    });
    let indent = " ".repeat(width + 4);
    rows + &known.map_or_else(String::new, |note| hang(view.style, &indent, &note))
}

fn row(view: Drawn<'_>, gap: &BlindSpot, width: usize) -> String {
    let style = view.style;
    let head = format!("  {}  ", pad(&style.clean(&gap.action), width));
    let room = room(style, &head);
    let rules: Vec<&str> = gap.rules.iter().map(String::as_str).collect();
    let rules = match (rules.is_empty(), view.detail) {
        (true, _) => "none of the rules in force".to_owned(),
        (false, Detail::Full) => style.clean(&rules.join(", ")),
        (false, Detail::Lines | Detail::Verdict) => some_of(style, &rules, room),
    };
    hang(style, &head, &rules)
}

/// What else is known: why, of what, and what to do about it.
fn note(view: Drawn<'_>, gap: &BlindSpot) -> Option<String> {
    let text = known(view.style, gap);
    (!text.is_empty()).then(|| format!("({text})"))
}

/// As a note has it, without what stands around it; empty where nothing else is known.
pub(in crate::report) fn known(style: &Style, gap: &BlindSpot) -> String {
    let parts: Vec<String> = reason(gap)
        .into_iter()
        .chain(resources(style, gap))
        .collect();
    style.clean(&parts.join("; "))
}

/// Why it could not be read, where that is more than a denial, and what to do about it.
pub(in crate::report) fn reason(gap: &BlindSpot) -> Option<String> {
    match gap.reason {
        Reason::Denied => gap.detail.as_deref().and_then(denial),
        Reason::Throttled => Some(format!("{}: try --concurrency 2", gap.reason.words())),
        Reason::TimedOut => Some(format!("{}: try a longer --timeout", gap.reason.words())),
        Reason::Failed
        | Reason::Malformed
        | Reason::NotOffered
        | Reason::RegionDenied
        | Reason::NotRequested
        | Reason::KnownAfterApply
        | Reason::NeedsLive
        | Reason::Unrecognised
        | Reason::Undefined
        | Reason::Ambiguous => Some(with_detail(gap)),
    }
}

fn with_detail(gap: &BlindSpot) -> String {
    match &gap.detail {
        Some(detail) => format!("{}: {detail}", gap.reason.words()),
        None => gap.reason.words().to_owned(),
    }
}

fn denial(detail: &str) -> Option<String> {
    let lower = detail.to_lowercase();
    let kind = ABOVE_THE_ROLE.iter().find(|kind| lower.contains(**kind))?;
    Some(format!(
        "denied by a {kind}: your administrator must allow it"
    ))
}

pub(in crate::report) fn resources(style: &Style, gap: &BlindSpot) -> Option<String> {
    let names: Vec<&str> = gap.resources.iter().map(String::as_str).collect();
    match (&names[..], gap.count) {
        ([], _) => None,
        ([one], 0..=1) => Some(format!("for {one}")),
        (names, count) if count <= names.len() => {
            Some(format!("for {}", some_of(style, names, 60)))
        }
        ([first, ..], count) => Some(format!("for {first} and {} more", number(count - 1))),
    }
}
