//! The report as one HTML file: for those who open it in a browser, and for those whom it is sent to.
//!
//! Asks nobody for anything: style and script stand in the file, and its policy lets nothing else in. Without script it
//! has the summary, the tables and the problems, up to 2,000 rows; with script also search, filters, sorting
//! and what is behind those rows. Decides nothing; words for people are those of the terminal where both say the same.

mod checklist;
mod data;
mod finding;
mod overview;
mod part;
mod policy;
mod table;
mod text;
mod unread;
mod words;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};
use serde::ser::Error;

use self::part::Part;
use super::Report;
use super::terminal::View;

/// Rows that are written as HTML, of tables and of findings each: more of them no browser is quick with, so the others
/// are shown by the script, a screenful at a time.
const STATIC_ROWS: usize = 2_000;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");

/// The templates, by the name that they call each other by.
const TEMPLATES: [(&str, &str); 7] = [
    ("page.html", include_str!("html/page.html")),
    ("marks.html", include_str!("html/marks.html")),
    ("tables.html", include_str!("html/tables.html")),
    ("findings.html", include_str!("html/findings.html")),
    ("checklists.html", include_str!("html/checklists.html")),
    ("rules.html", include_str!("html/rules.html")),
    ("run.html", include_str!("html/run.html")),
];

/// The report as one HTML file.
///
/// # Errors
/// None that is known: every key is text and every number finite, and the templates are ours.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, serde_json::Error> {
    let parts = Part::in_order(report);
    let rows = StaticRows::of(&parts);
    let mut room = Room::new();
    let tables = table::rows(report, &parts, &mut room);
    let views = part::views(report, view, &parts, &rows, &mut room);
    let data = data::script(report, view, &parts, &views)?;
    let (style, script) = (unix_lines(STYLE), unix_lines(SCRIPT));
    let written = written(
        &environment().map_err(serde_json::Error::custom)?,
        context! {
            policy => policy::header(&style, &script),
            style => style,
            script => script,
            data => data,
            overview => overview::of(report, view, &parts),
            rules => overview::rules(report, view),
            tables => tables,
            parts => views.parts,
            filters => finding::filters(report, &parts),
            checklists => checklist::lists(report),
            unread => unread::rows(report),
            waivers => unread::waivers(report),
            run => overview::run(report, view),
            rest => rows.rest,
        },
    );
    written.map_err(serde_json::Error::custom)
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut syntax = SyntaxConfig::builder();
    let syntax = syntax.trim_blocks(true).lstrip_blocks(true).build()?;
    environment.set_syntax(syntax);
    environment.set_formatter(text::escape);
    for (name, text) in TEMPLATES {
        environment.add_template(name, text)?;
    }
    Ok(environment)
}

fn written(
    environment: &Environment<'_>,
    page: minijinja::Value,
) -> Result<String, minijinja::Error> {
    environment.get_template("page.html")?.render(page)
}

/// A browser reads every end of a line as one character, and that is what is hashed.
fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// Which findings are written as HTML: the first of those that are problems, part by part.
struct StaticRows {
    /// How many findings of each part, from its first.
    of_part: Vec<usize>,
    /// How many parts.
    parts: usize,
    /// How many problems are left to the script.
    rest: usize,
}

impl StaticRows {
    /// A part takes a row for its heading.
    fn of(parts: &[Part<'_>]) -> StaticRows {
        let mut room = STATIC_ROWS;
        let mut rows = StaticRows {
            of_part: Vec::with_capacity(parts.len()),
            parts: 0,
            rest: 0,
        };
        for part in parts {
            let problems = part.problems();
            let written = problems.min(room.saturating_sub(1));
            rows.parts += usize::from(room > 0);
            room = room.saturating_sub(written + 1);
            rows.rest += problems - written;
            rows.of_part.push(written);
        }
        rows
    }
}

/// Room in the page for what is large and of which nobody reads all: the worst have it first.
struct Room {
    /// Bytes of evidence and repairs: those of further rows are written by the script.
    details: usize,
    /// Bytes of figures in parts.
    figures: usize,
    /// Bytes of small figures in the list of tables.
    sparklines: usize,
}

impl Room {
    const fn new() -> Room {
        Room {
            details: 40_000,
            figures: 300_000,
            sparklines: 300_000,
        }
    }
}

/// Whether so many bytes still fit, which then are taken.
fn takes(room: &mut usize, bytes: usize) -> bool {
    let fits = bytes <= *room;
    // What is worse than others comes first, so that the rest goes together.
    *room = if fits { *room - bytes } else { 0 };
    fits
}
