//! How the terminal is drawn on: colour or none, Unicode or ASCII twins, and the width.
//!
//! The only place that knows colours. Each colour stands beside a symbol and a word, never alone. Does not ask the
//! terminal what it can: the command line does.

use owo_colors::Style as Paint;
use unicode_width::UnicodeWidthStr;

use crate::finding::{Severity, Verdict};

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to write colours.
    pub color: bool,
    /// Whether it shows Unicode; else ASCII twins are written.
    pub utf8: bool,
    /// Columns.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style {
            color: false,
            utf8: true,
            width: 100,
        }
    }
}

/// What a piece of text is, as far as colours go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// As it comes.
    Plain,
    /// A heading, a name.
    Strong,
    /// Beside the point.
    Faint,
    /// It holds.
    Good,
    /// It does not hold.
    Bad,
    /// It does not hold, and is not urgent.
    Mild,
    /// Not known.
    Open,
}

impl Ink {
    fn paint(self) -> Paint {
        match self {
            Ink::Plain => Paint::new(),
            Ink::Strong => Paint::new().bold(),
            Ink::Faint => Paint::new().dimmed(),
            Ink::Good => Paint::new().green(),
            Ink::Bad => Paint::new().red().bold(),
            Ink::Mild => Paint::new().yellow(),
            Ink::Open => Paint::new().magenta(),
        }
    }

    /// The colour of a result.
    pub fn of_result(verdict: Verdict, severity: Severity) -> Ink {
        match (verdict, severity) {
            (Verdict::Fail, Severity::Critical | Severity::High) => Ink::Bad,
            (Verdict::Fail, Severity::Medium | Severity::Low | Severity::Info) => Ink::Mild,
            (Verdict::Unknown, _) => Ink::Open,
            (Verdict::Pass, _) => Ink::Good,
            (Verdict::NotApplicable, _) => Ink::Faint,
        }
    }
}

impl Style {
    /// The text in its colour.
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        match self.color && ink != Ink::Plain && !text.is_empty() {
            true => ink.paint().style(text).to_string(),
            false => text.to_owned(),
        }
    }

    /// The symbol of a verdict; a word always stands beside it.
    pub fn mark(&self, verdict: Verdict) -> &'static str {
        let (mark, ascii) = match verdict {
            Verdict::Fail => ("✗", "x"),
            Verdict::Unknown => ("?", "?"),
            Verdict::Pass => ("✓", "+"),
            Verdict::NotApplicable => ("–", "-"),
        };
        self.either(mark, ascii)
    }

    /// The symbol of an item that waits for a signature; a word always stands beside it.
    pub fn circle(&self) -> &'static str {
        self.either("◦", "o")
    }

    /// The symbol of what does not count, or soon counts again; a word always stands beside it.
    pub fn warning(&self) -> &'static str {
        "!"
    }

    /// What stands between the parts of a line.
    pub fn dot(&self) -> &'static str {
        self.either(" · ", " - ")
    }

    /// What stands for a zero in a table.
    pub fn dash(&self) -> &'static str {
        self.either("–", "-")
    }

    /// What stands for text that was cut off.
    pub fn ellipsis(&self) -> &'static str {
        self.either("…", "...")
    }

    fn either(&self, utf8: &'static str, ascii: &'static str) -> &'static str {
        if self.utf8 { utf8 } else { ascii }
    }

    /// Foreign text, made fit for a line: names and messages may hold anything, escape sequences too.
    pub fn clean(&self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' | '\t' => clean.push(' '),
                c if c.is_control() || is_bidi_control(c) => {
                    clean.push_str(self.either("\u{fffd}", "?"))
                }
                c if c.is_ascii() || self.utf8 => clean.push(c),
                c => clean.push_str(ascii_twin(c)),
            }
        }
        clean
    }

    /// The text, cut at a width.
    pub fn cut(&self, text: &str, width: usize) -> String {
        if text.width() <= width {
            return text.to_owned();
        }
        let room = width.saturating_sub(self.ellipsis().width());
        let (mut end, mut used) = (0, 0);
        for (at, c) in text.char_indices() {
            used += unicode_width::UnicodeWidthChar::width(c).unwrap_or(0);
            if used > room {
                break;
            }
            end = at + c.len_utf8();
        }
        format!("{}{}", text[..end].trim_end(), self.ellipsis())
    }
}

/// Characters that turn the direction of text, with which a name could show as another.
pub(in crate::report) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn ascii_twin(c: char) -> &'static str {
    match c {
        '·' | '–' | '—' | '−' => "-",
        '…' => "...",
        '‘' | '’' => "'",
        '“' | '”' => "\"",
        '≥' => ">=",
        '≤' => "<=",
        '≠' => "!=",
        '→' => "->",
        '×' => "x",
        '\u{a0}' => " ",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASCII: Style = Style {
        color: false,
        utf8: false,
        width: 100,
    };

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        let style = Style::default();
        assert_eq!(
            style.clean("a\u{1b}[31mb\u{202e}\r\nc"),
            "a\u{fffd}[31mb\u{fffd}\u{fffd} c"
        );
        assert_eq!(ASCII.clean("a\u{1b}[31mb"), "a?[31mb");
    }

    #[test]
    fn ascii_twins_keep_the_sense() {
        assert_eq!(
            ASCII.clean("reads ≥ 80 % → pager…"),
            "reads >= 80 % -> pager..."
        );
    }

    #[test]
    fn a_cut_counts_columns_and_not_bytes() {
        let style = Style::default();
        assert_eq!(style.cut("表表表表", 7), "表表表…");
        assert_eq!(style.cut("表表表表", 8), "表表表表");
        assert_eq!(ASCII.cut("abcdefgh", 6), "abc...");
        assert_eq!(style.cut("abcd", 0), "…");
    }

    #[test]
    fn without_colour_nothing_is_added() {
        assert_eq!(Style::default().paint(Ink::Bad, "x"), "x");
    }
}
