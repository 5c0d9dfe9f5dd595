//! Figures of tables, for the formats that can show them: what was consumed against what is provided, and how indexes and
//! alarms hang together.
//!
//! A figure is an SVG that takes its colours from the page it stands in, by class, and the same in a table of text.

/// The figures of one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableFigures {
    /// What was consumed in the last days, with the line from which an alarm fires: as small as a word.
    pub sparkline: Option<Figure>,
    /// What was consumed against what is provided, of the table and of its indexes.
    pub capacity: Vec<Figure>,
    /// Its indexes and alarms, and whom those reach.
    pub diagram: Option<Figure>,
}

/// A figure, as a picture and as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// What it shows, as a heading.
    pub title: String,
    /// An `<svg>` element with `<title>` and `<desc>`, escaped, without styles of its own; its ids are its own in the page.
    pub svg: String,
    /// The same in text.
    pub data: FigureTable,
}

/// What a figure shows, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FigureTable {
    /// The headings of the columns.
    pub head: Vec<String>,
    /// The rows, each as wide as the head.
    pub rows: Vec<Vec<String>>,
}
