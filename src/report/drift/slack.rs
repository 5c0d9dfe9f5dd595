//! Drift as a message of Slack's Block Kit, to be posted to a webhook by whoever has one: `curl -d @FILE URL`.
//!
//! Keeps Slack's limits (Block Kit reference: 50 blocks, 3,000 characters a text, 150 a header) and says how much was left
//! out. Posts nothing, and knows no webhook: its address is a secret.

use serde::Serialize;

use super::words::{fact, not_comparable, place, results, said_in_all, seen, subject, told};
use super::{DriftReport, DriftView};
use crate::drift::Turn;
use crate::report::terminal::layout::{minute, number};

/// The most characters of a header and of a text.
const HEADER: usize = 150;
const TEXT: usize = 3_000;
/// The most blocks of a message, and what of them is kept for the last one.
const BLOCKS: usize = 50;
/// Lines of one list that are shown, and characters of a line.
const LINES: usize = 20;
const LINE: usize = 280;

#[derive(Serialize)]
struct Message {
    /// What a notification shows, and readers without blocks.
    text: String,
    blocks: Vec<Block>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Header { text: Text },
    Context { elements: Vec<Text> },
    Section { text: Text },
}

#[derive(Serialize)]
struct Text {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
}

fn plain(text: &str, most: usize) -> Text {
    Text {
        kind: "plain_text",
        text: cut(text, most),
    }
}

fn marked(text: String) -> Text {
    Text {
        kind: "mrkdwn",
        text,
    }
}

/// The message as JSON.
///
/// # Errors
/// None that is known: every value is text.
pub fn render(report: &DriftReport, view: &DriftView<'_>) -> Result<String, serde_json::Error> {
    let said = said_in_all(report).join(", ");
    let title = format!("DynamoDB drift: {said}");
    let mut blocks = vec![
        Block::Header {
            text: plain(&title, HEADER),
        },
        Block::Context {
            elements: vec![marked(fitting(&sides(report)))],
        },
    ];
    for (heading, lines) in lists(report, view) {
        blocks.extend(sections(heading, &lines));
    }
    if blocks.len() > BLOCKS {
        blocks.truncate(BLOCKS - 1);
        let text = marked("_more did not fit; -o drift.json has all_".to_owned());
        blocks.push(Block::Section { text });
    }
    let message = Message {
        text: fitting(&title),
        blocks,
    };
    Ok(serde_json::to_string_pretty(&message)? + "\n")
}

fn sides(report: &DriftReport) -> String {
    let scopes = report.new.scopes.iter();
    let scopes = scopes.map(|it| format!("{} {}", it.account, it.regions.join(" ")));
    let (old, new) = (&report.old, &report.new);
    format!(
        "since {} ({}), now {} ({}), account {}",
        minute(old.collected_at),
        old.input,
        minute(new.collected_at),
        new.input,
        scopes.collect::<Vec<String>>().join(", ")
    )
}

fn lists(report: &DriftReport, view: &DriftView<'_>) -> Vec<(&'static str, Vec<String>)> {
    let drift = &report.drift;
    let turns = |turns: &[Turn]| turns.iter().map(|it| turned(it, view)).collect();
    let mut changed: Vec<String> = turns(&drift.other);
    changed.extend(drift.changed.iter().map(|it| {
        let line = format!("{}  {}", place(&it.place), fact(it));
        escaped(&cut(&line, LINE))
    }));
    let table = |it: &crate::drift::TableResults| {
        format!("*{}*  {}", escaped(&it.table.2), escaped(&results(it)))
    };
    let unseen = not_comparable(&drift.not_comparable);
    let lists = [
        (":small_red_triangle: *Worse*", turns(&drift.worse)),
        (":white_check_mark: *Better*", turns(&drift.better)),
        ("*Changed*", changed),
        ("*New*", drift.new_tables.iter().map(table).collect()),
        ("*Gone*", drift.gone_tables.iter().map(table).collect()),
        (
            "*Not comparable*",
            unseen.iter().map(|it| escaped(&cut(it, LINE))).collect(),
        ),
    ];
    lists.into_iter().filter(|(_, it)| !it.is_empty()).collect()
}

fn turned(turn: &Turn, view: &DriftView<'_>) -> String {
    let rule = escaped(&turn.finding().rule);
    let words = format!("{}: {}", subject(turn), told(turn, view.rules));
    let mut line = format!(
        "*{}*  `{rule}`  {}",
        turn.severity(),
        escaped(&cut(&words, LINE))
    );
    for seen in seen(turn).iter().take(3) {
        line += &format!("\n      {}", escaped(&cut(seen, LINE)));
    }
    line
}

/// A list in as many sections as it needs, at most a few.
fn sections(heading: &str, lines: &[String]) -> Vec<Block> {
    let mut texts = vec![heading.to_owned()];
    for line in lines.iter().take(LINES) {
        let bullet = format!("\n• {line}");
        match texts.last_mut() {
            Some(text) if text.chars().count() + bullet.chars().count() <= TEXT => *text += &bullet,
            Some(_) | None => texts.push(bullet.trim_start().to_owned()),
        }
    }
    if lines.len() > LINES {
        let more = format!("\n_and {} more_", number(lines.len() - LINES));
        match texts.last_mut() {
            Some(text) if text.chars().count() + more.chars().count() <= TEXT => *text += &more,
            Some(_) | None => texts.push(more.trim_start().to_owned()),
        }
    }
    let section = |text: String| Block::Section { text: marked(text) };
    texts.into_iter().map(section).collect()
}

/// The three characters that Slack reads as its own (formatting text for app surfaces); no name can mention anybody.
fn escaped(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let text = text.replace('&', "&amp;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

/// The longest beginning of a text that fits once it is escaped.
fn fitting(text: &str) -> String {
    let mut most = TEXT;
    loop {
        let cut = escaped(&cut(text, most));
        if cut.chars().count() <= TEXT {
            return cut;
        }
        most /= 2;
    }
}

fn cut(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        false => text.to_owned(),
        true => text.chars().take(most - 1).chain(['…']).collect(),
    }
}
