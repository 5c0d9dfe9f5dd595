//! A part of the page made of rows, and how much of it a given room takes.
//!
//! Cut at whole rows, and never without saying how many are missing.

use crate::report::terminal::layout::number;

/// Room kept for the note of what is missing.
const NOTE: usize = 100;

/// A row in full, and in brief for when there is no room.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// With its details.
    pub(super) full: String,
    /// Without them.
    pub(super) brief: String,
}

/// A part of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// What stands before its rows.
    pub(super) open: String,
    /// Its rows; none where there is nothing to say, and then the part is left out.
    pub(super) rows: Vec<Row>,
    /// What stands behind them.
    pub(super) close: String,
    /// What a row is, for counting those left out: `rule`.
    pub(super) things: &'static str,
}

/// As much of a part as had room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fitted {
    /// The text.
    pub(super) text: String,
    /// Whether anything is missing.
    pub(super) is_cut: bool,
}

impl Section {
    /// A part whose rows have no details.
    pub(super) fn of(
        open: String,
        rows: Vec<String>,
        close: &str,
        things: &'static str,
    ) -> Section {
        let row = |text: String| Row {
            full: text.clone(),
            brief: text,
        };
        Section {
            open,
            rows: rows.into_iter().map(row).collect(),
            close: close.to_owned(),
            things,
        }
    }

    /// As much of it as has room: all rows in brief before any has its details, the first rows before the last.
    pub(super) fn fitted(&self, room: usize) -> Fitted {
        if self.rows.is_empty() {
            return Fitted::default();
        }
        let frame = self.open.len() + self.close.len() + NOTE;
        let Some(room) = room.checked_sub(frame) else {
            return self.with(0, 0);
        };
        let sizes = self.rows.iter().scan(0, |sum, row| {
            *sum += row.brief.len();
            Some(*sum)
        });
        let listed = sizes.take_while(|size| *size <= room).count();
        let briefs: usize = self
            .rows
            .iter()
            .take(listed)
            .map(|row| row.brief.len())
            .sum();
        let more = self.rows.iter().take(listed).scan(briefs, |sum, row| {
            *sum = *sum - row.brief.len() + row.full.len();
            Some(*sum)
        });
        let in_full = more.take_while(|size| *size <= room).count();
        self.with(listed, in_full)
    }

    /// The text with so many rows, the first of them in full.
    fn with(&self, listed: usize, in_full: usize) -> Fitted {
        let left_out = self.rows.len() - listed;
        let plain = listed - in_full;
        if listed == 0 {
            return Fitted {
                text: String::new(),
                is_cut: true,
            };
        }
        let rows = self.rows.iter().take(listed).enumerate();
        let rows = rows.map(|(at, row)| match at < in_full {
            true => &*row.full,
            false => &*row.brief,
        });
        let rows: String = rows.collect();
        let things = crate::report::terminal::layout::plural(self.things);
        let note = match (left_out, plain) {
            (0, 0) => String::new(),
            (0, plain) => format!("\n_{} {things} without details_\n\n", number(plain)),
            (more, _) => format!("\n_and {} more {things}_\n\n", number(more)),
        };
        Fitted {
            is_cut: !note.is_empty(),
            text: format!("{}{rows}{note}{}", self.open, self.close),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(rows: usize) -> Section {
        let row = |at| Row {
            full: format!("- {at} and its details, many of them\n"),
            brief: format!("- {at}\n"),
        };
        Section {
            open: "### Head\n\n".to_owned(),
            rows: (0..rows).map(row).collect(),
            close: "\n".to_owned(),
            things: "rule",
        }
    }

    #[test]
    fn what_has_room_is_whole() {
        let fitted = section(3).fitted(10_000);
        assert!(!fitted.is_cut && fitted.text.matches("details").count() == 3);
    }

    #[test]
    fn no_part_is_longer_than_its_room_and_each_cut_is_counted() {
        for room in 0..3_000 {
            let fitted = section(100).fitted(room);
            assert!(fitted.text.len() <= room, "{room}");
            assert!(fitted.is_cut);
            let listed = fitted.text.matches("- ").count();
            let says = format!("and {} more rules", 100 - listed);
            let says_all = fitted.text.contains("rules without details") && listed == 100;
            assert!(
                listed == 0 || fitted.text.contains(&says) || says_all,
                "{room}: {}",
                fitted.text
            );
        }
    }

    #[test]
    fn all_rows_in_brief_come_before_the_details_of_any() {
        let fitted = section(20).fitted(300);
        assert!(fitted.text.contains("- 19\n"));
        assert!(fitted.text.contains("- 0 and its details"));
    }

    #[test]
    fn a_part_without_rows_is_left_out() {
        assert_eq!(section(0).fitted(10_000), Fitted::default());
    }
}
