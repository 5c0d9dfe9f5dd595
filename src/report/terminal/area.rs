//! The results by area: a block for each that has any, in the order of the areas, like findings folded by rule.

use super::finding::Lines;
use super::layout::{ends, tally};
use super::style::Ink;
use super::{Detail, Show, View, listed, steps};
use crate::finding::{Area, Finding};
use crate::report::Report;

/// The blocks. Every result that is to be listed is there: who asks for areas reads one of them.
pub(super) fn by_area(report: &Report, view: &View<'_>) -> String {
    let shown = listed(report, view.show);
    let mut lines = Lines::of(view, &shown);
    let mut blocks = Vec::new();
    for area in Area::ALL {
        let of_area = shown.iter().filter(|it| it.area == *area);
        let of_area: Vec<&Finding> = of_area.copied().collect();
        if of_area.is_empty() {
            continue;
        }
        let mut block = heading(report, view, *area);
        for step in steps::steps(&of_area) {
            let each = view.detail == Detail::Full || view.show == Show::Waived;
            block += &match each {
                true => step.iter().map(|one| lines.finding(one, true)).collect(),
                false => steps::line(report, view, &mut lines, &step),
            };
        }
        blocks.push(block);
    }
    blocks.join("\n")
}

fn heading(report: &Report, view: &View<'_>, area: Area) -> String {
    let counts = report.summary.by_area.get(&area).copied();
    let counts = counts.unwrap_or_default();
    let counted = tally([
        (counts.fail, "fail"),
        (counts.unknown, "unknown"),
        (counts.waived, "waived"),
        (counts.baselined, "baselined"),
        (counts.pass, "pass"),
    ]);
    let counted = counted.join(view.style.dot());
    let style = &view.style;
    ends(style, (Ink::Strong, area.title()), (Ink::Faint, &counted))
}
