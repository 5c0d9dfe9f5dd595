//! What the configuration did to the run: rules turned off, areas and services not looked at, entries that found nothing.

use super::layout::{count, hang, pad};
use super::style::Style;
use crate::report::{LeftOut, Report, TurnedOff};

/// The width of the longest word.
const WORD: usize = 12;

/// A line each.
pub(super) fn lines(report: &Report, style: &Style) -> String {
    let effects = &report.config_effects;
    let off = effects.off.iter().map(|it| line(style, "off", &off(it)));
    let left_out = effects.left_out.iter();
    let left_out = left_out.map(|it| line(style, "not assessed", &left_out_words(it)));
    let notices = effects.notices.iter().map(|it| line(style, "note", it));
    off.chain(left_out).chain(notices).collect()
}

fn line(style: &Style, word: &str, text: &str) -> String {
    hang(
        style,
        &format!("  {}  ", pad(word, WORD)),
        &style.clean(text),
    )
}

/// `unused-index: migration until spring (dynalint.yaml:12)`.
pub(in crate::report) fn off(it: &TurnedOff) -> String {
    let places = it
        .places
        .map(|places| format!(", in {}", count(places, "place")));
    let places = places.unwrap_or_default();
    format!("{}: {} ({}{places})", it.rule, it.because, it.origin)
}

/// `security, 12 rules: reviewed elsewhere (dynalint.yaml:9)`.
pub(in crate::report) fn left_out_words(it: &LeftOut) -> String {
    let rules = count(it.rules, "rule");
    format!("{}, {rules}: {} ({})", it.name, it.because, it.origin)
}
