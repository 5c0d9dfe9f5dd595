//! The tables with what hangs on them, as Mermaid text, which GitHub and GitLab draw.
//!
//! For small accounts: of more than a dozen tables a picture shows nothing. What could not be read is drawn dashed and
//! with a question mark, never left out as if it were not there.

use std::collections::BTreeMap;

use super::rules::folded;
use super::section::Section;
use super::text::cut;
use crate::finding::{PartKind, TableBrief, TableKey, TablePart, Verdict};
use crate::report::Report;
use crate::report::terminal::View;
use crate::report::terminal::layout::number;

/// The most tables of a picture, and the most parts of a kind of one table.
const TABLES: usize = 12;
const PARTS: usize = 8;
/// Characters of a label.
const LABEL: usize = 60;

/// The picture; nothing where no table was looked at, or many were.
pub(super) fn section(report: &Report, view: &View<'_>) -> Section {
    let is_known = report.briefs.values().any(|it| it.parts.is_some());
    if !is_known || report.briefs.len() > TABLES {
        return Section::default();
    }
    let open =
        folded("Tables with their indexes, streams and backups") + "```mermaid\nflowchart LR\n";
    let tables = report.briefs.iter().enumerate();
    let tables = tables.map(|(at, (key, brief))| table(report, view, at, key, brief));
    let close = "classDef unread stroke-dasharray: 5 5\n```\n\n</details>\n\n";
    Section::of(open, tables.collect(), close, "table")
}

fn table(
    report: &Report,
    view: &View<'_>,
    at: usize,
    key: &TableKey,
    brief: &TableBrief,
) -> String {
    let counts = report
        .summary
        .by_table
        .get(key)
        .copied()
        .unwrap_or_default();
    let mark = match (
        counts.fail,
        counts.unknown,
        counts.waived + counts.baselined,
    ) {
        (1.., _, _) => view.style.mark(Verdict::Fail),
        (0, 1.., _) => view.style.mark(Verdict::Unknown),
        // What is wrong with it is answered for, and still wrong.
        (0, 0, 1..) => view.style.warning(),
        (0, 0, 0) if counts.pass > 0 => view.style.mark(Verdict::Pass),
        (0, 0, 0) => view.style.mark(Verdict::NotApplicable),
    };
    let id = format!("t{at}");
    let mut lines = format!("  {id}[\"{mark} {}\"]\n", label(&key.2));
    let mut by_kind: BTreeMap<PartKind, Vec<&TablePart>> = BTreeMap::new();
    for part in brief.parts.iter().flatten() {
        by_kind.entry(part.kind).or_default().push(part);
    }
    let has_stream = by_kind.contains_key(&PartKind::Stream);
    for kind in [
        PartKind::Index,
        PartKind::Stream,
        PartKind::Consumer,
        PartKind::Backup,
    ] {
        let parts = by_kind.get(&kind).map_or(&[][..], Vec::as_slice);
        // Nobody reads a stream that is not there.
        if kind == PartKind::Consumer && !has_stream {
            continue;
        }
        for (nth, part) in parts.iter().take(PARTS).enumerate() {
            lines += &arrow(&id, kind, nth, part);
        }
        if let more @ 1.. = parts.len().saturating_sub(PARTS) {
            lines += &format!(
                "  {id} --> {id}{}more[\"and {} more\"]\n",
                letter(kind),
                number(more)
            );
        }
    }
    if brief.parts.is_some() && !by_kind.contains_key(&PartKind::Backup) {
        lines += &format!("  {id} -.- {id}none[\"no point-in-time recovery, no backup plan\"]\n");
    }
    lines
}

/// An arrow to a part of a table; to who reads the stream from the stream.
fn arrow(table: &str, kind: PartKind, nth: usize, part: &TablePart) -> String {
    let (own, from) = (
        format!("{table}{}{nth}", letter(kind)),
        match kind {
            PartKind::Consumer => format!("{table}{}0", letter(PartKind::Stream)),
            PartKind::Index | PartKind::Stream | PartKind::Backup => table.to_owned(),
        },
    );
    let (word, unread) = match kind {
        PartKind::Index => ("index ", "indexes"),
        PartKind::Stream => ("stream ", "stream"),
        PartKind::Consumer => ("", "consumers"),
        PartKind::Backup => ("", "backups"),
    };
    match &part.name {
        Some(name) => format!("  {from} --> {own}[\"{word}{}\"]\n", label(name)),
        None => format!("  {from} -.-> {own}[\"? {unread}: not all could be read\"]:::unread\n"),
    }
}

const fn letter(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Index => "i",
        PartKind::Stream => "s",
        PartKind::Consumer => "c",
        PartKind::Backup => "b",
    }
}

/// A name between quotes of Mermaid: each character that could mean something is written by its number.
fn label(name: &str) -> String {
    let mut label = String::new();
    for c in cut(name, LABEL).chars() {
        match c {
            c if c.is_alphanumeric() || " -_./,→…".contains(c) => label.push(c),
            c if c.is_control() => label.push(' '),
            c => label += &format!("#{};", u32::from(c)),
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_end_its_quotes_nor_the_block() {
        assert_eq!(label("a\"]\n```"), "a#34;#93; #96;#96;#96;");
        assert_eq!(label("<b>&x;"), "#60;b#62;#38;x#59;");
        assert_eq!(label("prod.orders_v2-a"), "prod.orders_v2-a");
    }
}
