//! Boxes in columns, with what hangs on them: how a diagram is laid out and drawn, whatever it is of.

use super::FigureTable;
use super::svg::{self, group, px, texts};

/// Width of a column.
const COLUMN: f64 = 226.0;
/// Room between two columns.
const GAP: f64 = 41.0;
/// Room inside a box.
const PAD: f64 = 10.0;
/// From one line of text to the next.
const LINE: f64 = 16.0;
/// How far what hangs on a box is moved in.
const INDENT: f64 = 14.0;
/// Where the first heading stands; above it runs the line to the last column.
const TOP: f64 = 34.0;
/// Where that line runs.
const OVER: f64 = 10.0;
/// Lines of one text.
const MOST_LINES: usize = 3;

/// How a place or a way stands; those that people should see first come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// It is missing, or broken.
    Bad,
    /// It could not be read.
    Unknown,
    /// It holds to its end.
    Good,
    /// It is there.
    Plain,
}

impl Mark {
    fn symbol(self) -> &'static str {
        match self {
            Mark::Bad => "✗",
            Mark::Unknown => "?",
            Mark::Good => "✓",
            Mark::Plain => "",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Mark::Bad => "missing or broken",
            Mark::Unknown => "unknown",
            Mark::Good => "holds",
            Mark::Plain => "",
        }
    }
}

/// A line that hangs on a box.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leaf {
    /// How it stands.
    pub(super) mark: Mark,
    /// What it is; foreign text, not escaped.
    pub(super) text: String,
}

impl Leaf {
    pub(super) fn new(mark: Mark, text: impl Into<String>) -> Leaf {
        let text = text.into();
        Leaf { mark, text }
    }
}

/// A box with what hangs on it. One that is bad is an empty place, one that is unknown is dashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// How it stands.
    pub(super) mark: Mark,
    /// Its lines, the first a name; foreign text, not escaped.
    pub(super) lines: Vec<String>,
    /// What hangs on it.
    pub(super) leaves: Vec<Leaf>,
}

impl Node {
    pub(super) fn new(mark: Mark, lines: impl IntoIterator<Item = String>) -> Node {
        Node {
            mark,
            lines: lines.into_iter().collect(),
            leaves: Vec::new(),
        }
    }
}

/// Boxes under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The heading.
    pub(super) head: &'static str,
    /// The boxes.
    pub(super) nodes: Vec<Node>,
}

/// What was drawn, by class: one group each keeps a picture small.
#[derive(Default)]
struct Canvas {
    links: String,
    boxes: [String; 3],
    names: String,
    text: String,
    faint: String,
    good: String,
    bad: String,
}

/// A picture of columns: all boxes hang on the first box of the first.
pub(super) fn picture(id: &str, columns: [&[Section]; 3], (title, desc): (&str, &str)) -> String {
    let mut canvas = Canvas::default();
    let mut bottom = TOP;
    let mut heights: [Vec<f64>; 3] = Default::default();
    for (at, sections) in columns.iter().enumerate() {
        let mut y = TOP;
        for section in *sections {
            y = canvas.section(section, left(at), y, &mut heights[at]);
        }
        bottom = bottom.max(y);
    }
    canvas.join(&heights);
    svg::picture(
        id,
        (left(2) + COLUMN + 1.0, bottom),
        (title, desc),
        &canvas.body(),
    )
}

fn left(column: usize) -> f64 {
    1.0 + (COLUMN + GAP) * column as f64
}

impl Canvas {
    /// Draws a section and gives the height where the next begins; `heights` are those of its boxes' names.
    fn section(&mut self, section: &Section, x: f64, y: f64, heights: &mut Vec<f64>) -> f64 {
        self.faint.push_str(&svg::text(x, y, section.head));
        let mut y = y + 8.0;
        for node in &section.nodes {
            heights.push(y + PAD + 8.0);
            y = self.node(node, x, y) + 10.0;
        }
        y + 18.0
    }

    fn node(&mut self, node: &Node, x: f64, y: f64) -> f64 {
        let (mut lines, mut names) = (Vec::new(), 0);
        for (at, line) in node.lines.iter().enumerate() {
            let room = match at {
                // Names are bold.
                0 => (COLUMN - 2.0 * PAD - mark_room(node.mark)) / svg::BOLD,
                _ => COLUMN - 2.0 * PAD,
            };
            let most = if at == 0 { MOST_LINES } else { MOST_LINES + 2 };
            lines.extend(svg::wrapped(line, room, most));
            if at == 0 {
                names = lines.len();
            }
        }
        let height = LINE * lines.len() as f64 + PAD + 4.0;
        self.boxed(node.mark, x, y, height);
        for (at, line) in lines.iter().enumerate() {
            let base = y + PAD + 8.0 + LINE * at as f64;
            let into = if at < names {
                mark_room(node.mark)
            } else {
                0.0
            };
            let text = svg::text(x + PAD + into, base, line);
            match at < names {
                true => self.names.push_str(&text),
                false => self.text.push_str(&text),
            }
            if at == 0 {
                self.marked(node.mark, x + PAD, base);
            }
        }
        self.leaves(&node.leaves, x, y + height)
    }

    fn boxed(&mut self, mark: Mark, x: f64, y: f64, height: f64) {
        let shape = format!(
            r#"<rect x="{}" y="{}" width="{COLUMN}" height="{}" rx="6"/>"#,
            px(x),
            px(y),
            px(height)
        );
        match mark {
            Mark::Plain | Mark::Good => self.boxes[0].push_str(&shape),
            Mark::Bad => self.boxes[1].push_str(&shape),
            Mark::Unknown => self.boxes[2].push_str(&shape),
        }
    }

    fn marked(&mut self, mark: Mark, x: f64, y: f64) {
        let text = svg::text(x, y, mark.symbol());
        match mark {
            Mark::Bad => self.bad.push_str(&text),
            Mark::Good => self.good.push_str(&text),
            Mark::Unknown => self.faint.push_str(&text),
            Mark::Plain => {}
        }
    }

    fn leaves(&mut self, leaves: &[Leaf], x: f64, y: f64) -> f64 {
        let trunk = x + INDENT;
        let (mut at, mut last) = (y + 4.0, None);
        for leaf in leaves {
            let base = at + LINE - 2.0;
            last = Some(base - 4.0);
            self.links
                .push_str(&format!("M{} {}h8", px(trunk), px(base - 4.0)));
            let into = trunk + 13.0;
            self.marked(leaf.mark, into, base);
            let into = into + mark_room(leaf.mark);
            for line in svg::wrapped(&leaf.text, x + COLUMN - into, MOST_LINES) {
                at += LINE;
                self.text.push_str(&svg::text(into, at - 2.0, &line));
            }
            at += 2.0;
        }
        match last {
            Some(last) => {
                self.links
                    .push_str(&format!("M{} {}V{}", px(trunk), px(y), px(last)));
                at
            }
            None => y,
        }
    }

    /// Lines from the first box to all others; that to the last column runs above the one between.
    fn join(&mut self, heights: &[Vec<f64>; 3]) {
        let [first, second, third] = heights;
        let Some((from, below)) = first.split_first() else {
            return;
        };
        let middle = |column: usize| left(column) - GAP / 2.0;
        let branches = |trunk: f64, to: f64, heights: &[f64]| -> String {
            let (trunk, to) = (px(trunk), px(to));
            heights
                .iter()
                .map(|y| format!("M{trunk} {}H{to}", px(*y)))
                .collect()
        };
        let lowest = |heights: &[f64]| heights.last().copied().unwrap_or(TOP);
        let trunks = format!(
            "M{} {}V{}H{}V{}",
            px(middle(1)),
            px(lowest(second).max(lowest(first))),
            px(OVER),
            px(middle(2)),
            px(lowest(third))
        );
        self.links.push_str(&trunks);
        let edge = left(1) - GAP;
        self.links.push_str(&branches(edge, middle(1), &[*from]));
        self.links.push_str(&branches(middle(1), edge, below));
        self.links.push_str(&branches(middle(1), left(1), second));
        self.links.push_str(&branches(middle(2), left(2), third));
    }

    fn body(&self) -> String {
        let [there, missing, unread] = &self.boxes;
        [
            svg::rule(".4", &self.links),
            group("fig-box", "", there),
            group(
                "fig-bad",
                r#" fill-opacity="0" stroke-dasharray="4 3""#,
                missing,
            ),
            group(
                "fig-box",
                r#" fill-opacity="0" stroke-dasharray="4 3""#,
                unread,
            ),
            texts("fig-text", r#" font-weight="600""#, &self.names),
            group("fig-text", "", &self.text),
            group("fig-faint", "", &self.faint),
            texts("fig-good", MARK, &self.good),
            texts("fig-bad", MARK, &self.bad),
        ]
        .concat()
    }
}

/// Marks are filled only: a class of boxes has a line too.
const MARK: &str = r#" stroke="none" font-weight="700""#;

/// Room that a mark takes before its text.
fn mark_room(mark: Mark) -> f64 {
    match mark {
        Mark::Plain => 0.0,
        Mark::Bad | Mark::Unknown | Mark::Good => 14.0,
    }
}

/// The same as rows.
pub(super) fn data(sections: &[Section]) -> FigureTable {
    let mut rows = Vec::new();
    for section in sections {
        for node in &section.nodes {
            let row = |what: String, mark: Mark| {
                vec![
                    section.head.to_owned(),
                    svg::clean(&what),
                    mark.word().to_owned(),
                ]
            };
            rows.push(row(node.lines.join(" · "), node.mark));
            let leaves = node.leaves.iter();
            rows.extend(leaves.map(|it| row(format!("→ {}", it.text), it.mark)));
        }
    }
    let head = ["part", "what", "state"].map(str::to_owned);
    FigureTable {
        head: head.into(),
        rows,
    }
}
