//! Drift as Markdown, for an issue, a pull request or a mail. Under 60,000 characters, with a note of what was cut.

use super::words::{fact, not_comparable, place, results, said_in_all, seen, subject, told};
use super::{DriftReport, DriftView};
use crate::drift::{TableResults, Turn};
use crate::report::terminal::layout::{minute, number};

/// Bytes that are left for the note at the end: GitHub takes 65,536 characters.
const MOST: usize = 58_000;

/// The page.
pub fn render(report: &DriftReport, view: &DriftView<'_>) -> String {
    let drift = &report.drift;
    let said = said_in_all(report).join(", ");
    let mut page = format!("## DynamoDB drift: {said}\n");
    if report.has_changed() {
        let (old, new) = (&report.old, &report.new);
        page += &format!(
            "\nSince {} ({}), now {} ({}).\n",
            minute(old.collected_at),
            escaped(&old.input),
            minute(new.collected_at),
            escaped(&new.input)
        );
    }
    let turns = |turns: &[Turn]| turns.iter().map(|it| turned(it, view)).collect();
    let mut changed: Vec<String> = turns(&drift.other);
    changed.extend(
        drift
            .changed
            .iter()
            .map(|it| format!("**{}** {}", escaped(&place(&it.place)), escaped(&fact(it)))),
    );
    let table = |it: &TableResults| format!("**{}** {}", escaped(&it.table.2), results(it));
    let lists: [(&str, Vec<String>); 6] = [
        ("Worse", turns(&drift.worse)),
        ("Better", turns(&drift.better)),
        ("Changed", changed),
        ("New tables", drift.new_tables.iter().map(table).collect()),
        ("Gone tables", drift.gone_tables.iter().map(table).collect()),
        (
            "Not comparable",
            not_comparable(&drift.not_comparable)
                .iter()
                .map(|it| escaped(it))
                .collect(),
        ),
    ];
    let mut left = 0;
    for (heading, lines) in lists.into_iter().filter(|(_, it)| !it.is_empty()) {
        page += &format!("\n### {heading} ({})\n\n", number(lines.len()));
        for line in lines {
            match page.len() + line.len() < MOST {
                true => page += &format!("- {line}\n"),
                false => left += 1,
            }
        }
    }
    if left > 0 {
        page += &format!(
            "\n{} more did not fit; `-o drift.json` has all.\n",
            number(left)
        );
    }
    page
}

fn turned(turn: &Turn, view: &DriftView<'_>) -> String {
    let mut line = format!(
        "{} `{}` **{}**: {}",
        turn.severity(),
        turn.finding().rule.replace('`', "'"),
        escaped(&subject(turn)),
        escaped(&told(turn, view.rules))
    );
    for seen in seen(turn).iter().take(3) {
        line += &format!("<br>{}", escaped(seen));
    }
    line
}

/// Foreign text that Markdown takes as it is: no link, no tag, no mention.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '@' => escaped.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
