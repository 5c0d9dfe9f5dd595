//! A page of the manual: headings, paragraphs, lists, examples and tables, as Markdown or for a terminal.
//!
//! Texts in it are Markdown with code between backticks and no other markup. A terminal gets them as they are: what is
//! code and what is not must be seen there too.

use unicode_width::UnicodeWidthStr;

use crate::report::terminal::layout::{hang, keep, pad};
use crate::report::terminal::style::{Ink, Style};

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its parts, from top to bottom.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading: 1 is the title.
    Heading(usize, String),
    /// A paragraph.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// An example: its language, and its lines.
    Code(String, String),
    /// Columns and rows.
    Table(Table),
}

/// A table of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What stands in each column.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(head: &[&str]) -> Table {
        Table {
            head: head.iter().map(|cell| (*cell).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// One more row.
    #[must_use]
    pub fn row<const N: usize>(mut self, cells: [String; N]) -> Table {
        self.rows.push(cells.into());
        self
    }
}

impl Page {
    /// Reads a page that is written in Markdown; `table` gives what stands for `<!-- table NAME -->`.
    ///
    /// Knows headings, paragraphs, lists of one level, and fences, each after an empty line: what our own pages use.
    pub fn read(text: &str, table: impl Fn(&str) -> Option<Table>) -> Page {
        let mut blocks = Vec::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(language) = line.strip_prefix("```") {
                let code: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
                blocks.push(Block::Code(language.to_owned(), code.join("\n")));
                continue;
            }
            if line.is_empty() {
                continue;
            }
            let mut taken = vec![line];
            while let Some(next) = lines.next_if(|next| !next.is_empty()) {
                taken.push(next);
            }
            blocks.extend(block(&taken, &table));
        }
        Page { blocks }
    }

    /// The page as Markdown.
    pub fn markdown(&self) -> String {
        let parts: Vec<String> = self.blocks.iter().map(Block::markdown).collect();
        parts.join("\n")
    }

    /// The page for a terminal.
    pub fn terminal(&self, style: &Style) -> String {
        let parts = self.blocks.iter().map(|block| block.terminal(style));
        let parts: Vec<String> = parts.collect();
        parts.join("\n")
    }
}

fn block(lines: &[&str], table: &impl Fn(&str) -> Option<Table>) -> Option<Block> {
    let first = lines.first()?;
    let level = first.len() - first.trim_start_matches('#').len();
    if level > 0 {
        return Some(Block::Heading(level, first[level..].trim().to_owned()));
    }
    let name = first.strip_prefix("<!-- table ");
    if let Some(name) = name.and_then(|rest| rest.strip_suffix(" -->")) {
        return table(name).map(Block::Table);
    }
    if !first.starts_with("- ") {
        return Some(Block::Text(lines.join(" ")));
    }
    let mut points: Vec<String> = Vec::new();
    for line in lines {
        match (line.strip_prefix("- "), points.last_mut()) {
            (None, Some(point)) => *point = format!("{point} {}", line.trim()),
            (point, _) => points.push(point.unwrap_or(line).to_owned()),
        }
    }
    Some(Block::List(points))
}

impl Block {
    fn markdown(&self) -> String {
        match self {
            Block::Heading(level, text) => format!("{} {text}\n", "#".repeat(*level)),
            Block::Text(text) => filled("", text),
            Block::List(points) => points.iter().map(|point| filled("- ", point)).collect(),
            Block::Code(language, code) => format!("```{language}\n{code}\n```\n"),
            Block::Table(table) => table.markdown(),
        }
    }

    fn terminal(&self, style: &Style) -> String {
        match self {
            Block::Heading(_, text) => {
                format!("{}\n", style.paint(Ink::Strong, &style.clean(&shown(text))))
            }
            Block::Text(text) => hang(style, "  ", &style.clean(&shown(text))),
            Block::List(points) => points
                .iter()
                .map(|point| hang(style, "  - ", &style.clean(&shown(point))))
                .collect(),
            Block::Code(_, code) => keep(style, "      ", code),
            Block::Table(table) => table.terminal(style),
        }
    }
}

impl Table {
    fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let under = vec!["---".to_owned(); self.head.len()];
        let rows = self.rows.iter().map(|row| line(row));
        line(&self.head) + &line(&under) + &rows.collect::<String>()
    }

    /// Two columns beside each other; of more, the first above the others, each behind its name.
    fn terminal(&self, style: &Style) -> String {
        let width = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.width()).max();
        if self.head.len() == 2 {
            let first = width(&mut self.rows.iter().filter_map(|row| row.first())).unwrap_or(0);
            let row = |row: &Vec<String>| {
                let head = format!("  {}  ", pad(&style.clean(&shown(&row[0])), first));
                hang(style, &head, &style.clean(&shown(&row[1])))
            };
            return self.rows.iter().map(row).collect();
        }
        let names = width(&mut self.head.iter().skip(1)).unwrap_or(0);
        let cell = |(name, text): (&String, &String)| match text.is_empty() {
            true => String::new(),
            false => hang(
                style,
                &format!("      {}  ", pad(name, names)),
                &style.clean(&shown(text)),
            ),
        };
        let row = |row: &Vec<String>| {
            let first = style.paint(Ink::Strong, &style.clean(&shown(&row[0])));
            let cells = self.head.iter().zip(row).skip(1).map(cell);
            format!("  {first}\n{}", cells.collect::<String>())
        };
        self.rows.iter().map(row).collect()
    }
}

/// Lines of at most 120 columns.
fn filled(head: &str, text: &str) -> String {
    let style = Style {
        width: 120,
        ..Style::default()
    };
    hang(&style, head, text)
}

/// Without the backslashes that only Markdown needs.
fn shown(text: &str) -> String {
    text.replace("\\*", "*")
        .replace("\\_", "_")
        .replace("\\<", "<")
}

/// A word between backticks.
pub fn code(text: &str) -> String {
    format!("`{text}`")
}

/// Words between backticks, with commas.
pub fn codes<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(code).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Title\n\nA paragraph with `a || b`\nin two lines.\n\n- one\n  and more\n- two\n\n```yaml\nid: x\n\narea: y\n```\n\n<!-- table t -->\n";

    fn page() -> Page {
        Page::read(TEXT, |name| {
            let table = Table::new(&["sign", "takes", "means"]);
            let row = ["`a || b`", "bool", "Or."].map(str::to_owned);
            (name == "t").then(|| table.row(row))
        })
    }

    #[test]
    fn a_page_is_the_same_in_markdown() {
        let table =
            "| sign | takes | means |\n| --- | --- | --- |\n| `a \\|\\| b` | bool | Or. |\n";
        let expected = TEXT
            .replace("\nin two", " in two")
            .replace("\n  and", " and")
            .replace("<!-- table t -->\n", table);
        assert_eq!(page().markdown(), expected);
    }

    #[test]
    fn a_page_fits_a_terminal() {
        let style = Style {
            width: 24,
            ..Style::default()
        };
        assert_eq!(
            page().terminal(&style),
            "Title\n\n  A paragraph with `a ||\n  b` in two lines.\n\n  - one and more\n  - two\n\n      id: x\n\n      area: y\n\n  `a || b`\n      takes  bool\n      means  Or.\n"
        );
    }
}
