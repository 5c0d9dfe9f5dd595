//! Columns, line breaks and numbers, as people read them.
//!
//! Knows widths and nothing of what the text means.

use unicode_width::UnicodeWidthStr;

use super::style::{Ink, Style};
use crate::rule::template::shell_words;

/// Text filled up with blanks to a width.
pub fn pad(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{text}{:blanks$}", "")
}

/// Text filled up in front.
pub fn pad_left(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    format!("{:blanks$}{text}", "")
}

/// A line with a text at each end. Where both don't fit, the right one goes to a line of its own.
pub fn ends(style: &Style, left: (Ink, &str), right: (Ink, &str)) -> String {
    let (left_width, right_width) = (left.1.width(), right.1.width());
    let left = style.paint(left.0, left.1);
    let painted = style.paint(right.0, right.1);
    if right_width == 0 {
        return format!("{left}\n");
    }
    if left_width + 2 + right_width <= style.width {
        let blanks = style.width - left_width - right_width;
        return format!("{left}{:blanks$}{painted}\n", "");
    }
    if right_width > style.width {
        let lines = hang(style, "  ", right.1);
        return format!("{left}\n{}\n", style.paint(right.0, lines.trim_end()));
    }
    let blanks = style.width - right_width;
    format!("{left}\n{:blanks$}{painted}\n", "")
}

/// A heading, and beside it what is less important, on a line of its own where there is no room.
pub fn beside(style: &Style, heading: &str, note: &str) -> String {
    let strong = style.paint(Ink::Strong, heading);
    match note {
        "" => format!("{strong}\n"),
        note if heading.width() + 2 + note.width() <= style.width => {
            format!("{strong}  {}\n", style.paint(Ink::Faint, note))
        }
        note => {
            let note = hang(style, "  ", note);
            format!("{strong}\n{}\n", style.paint(Ink::Faint, note.trim_end()))
        }
    }
}

/// The columns for text after a head: beside it, or below it as [`hang`] puts it there.
pub fn room(style: &Style, head: &str) -> usize {
    match style.width.saturating_sub(head.width()) {
        beside if beside >= LEAST => beside,
        _ => style
            .width
            .saturating_sub(head.width() - head.trim_start().width() + SHALLOW),
    }
}

/// Text in lines of the style's width; the first begins with `head`, the others stand under its end. Where there is no
/// room beside it, the text stands under the head's beginning. A word is never broken: what is copied from there works.
pub fn hang(style: &Style, head: &str, text: &str) -> String {
    let room = style.width.saturating_sub(head.width());
    let words = text.split(' ').map(UnicodeWidthStr::width);
    let least = words.max().unwrap_or(0).max(LEAST);
    if least <= room || text.width() <= room {
        return filled(style, head, &" ".repeat(head.width()), text);
    }
    let lead = head.width() - head.trim_start().width();
    // A word for which no line is long enough needs no room.
    let least = if least + SHALLOW <= style.width {
        least
    } else {
        LEAST
    };
    let most = style.width.saturating_sub(least).max(SHALLOW);
    let (first, deepest) = match head.trim_end() {
        "" => (String::new(), head.width()),
        head => (format!("{head}\n"), lead + SHALLOW),
    };
    let indent = " ".repeat(deepest.min(most));
    first + &filled(style, &indent, &indent, text)
}

/// Text that begins beside a head, in lines that stand under the head's beginning.
pub fn flow(style: &Style, head: &str, text: &str) -> String {
    let lead = head.width() - head.trim_start().width();
    filled(style, head, &" ".repeat(lead + SHALLOW), text)
}

/// Columns with fewer than which text is hard to read.
const LEAST: usize = 24;
/// The least indentation of what belongs to the line above.
const SHALLOW: usize = 2;

fn filled(style: &Style, head: &str, indent: &str, text: &str) -> String {
    let options = textwrap::Options::new(style.width)
        .initial_indent(head)
        .subsequent_indent(indent)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    let mut filled = textwrap::fill(text, options);
    filled.truncate(filled.trim_end().len());
    filled.push('\n');
    filled
}

/// Paragraphs, each in lines of the style's width; line breaks inside one are the author's and go.
pub fn hang_paragraphs(style: &Style, head: &str, text: &str) -> String {
    let indent = " ".repeat(head.width());
    let mut lines = String::new();
    for (at, paragraph) in text.trim().split("\n\n").enumerate() {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        let head = if at == 0 { head } else { &indent };
        lines.push_str(if at == 0 { "" } else { "\n" });
        lines.push_str(&hang(style, head, &style.clean(&words.join(" "))));
    }
    lines
}

/// Text whose lines are kept as they are, such as commands.
pub fn keep(style: &Style, head: &str, text: &str) -> String {
    let indent = " ".repeat(head.width());
    let mut lines = String::new();
    for (at, line) in text.trim_end().lines().enumerate() {
        let head = if at == 0 { head } else { &indent };
        lines.push_str(format!("{head}{}", style.clean(line)).trim_end());
        lines.push('\n');
    }
    lines
}

/// A shell command in lines of the style's width, each but the last one continued with a backslash.
pub fn command(style: &Style, head: &str, text: &str) -> String {
    let indent = " ".repeat(head.width());
    let lines = command_lines(text, style.width.saturating_sub(head.width()));
    let lines = lines.iter().enumerate().map(|(at, line)| {
        let head = if at == 0 { head } else { &indent };
        format!("{}\n", format!("{head}{}", style.clean(line)).trim_end())
    });
    lines.collect()
}

/// The lines of a shell command, as wide as there is room where a word is not wider.
pub fn command_lines(text: &str, width: usize) -> Vec<String> {
    let room = width.saturating_sub(" \\".len());
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim().lines() {
        let mut begun = String::new();
        for part in options(line, room) {
            if begun.ends_with("&&") {
                lines.push(std::mem::take(&mut begun));
            }
            if !begun.is_empty() && begun.width() + 1 + part.width() > room {
                lines.push(format!("{begun} \\"));
                begun = " ".to_owned();
            }
            begun += if begun.is_empty() { "" } else { " " };
            begun += &part;
        }
        lines.push(begun);
    }
    lines
}

/// The words of a command, each option in one piece with its values where a line has room for them.
fn options(line: &str, room: usize) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in shell_words(line) {
        match parts.last_mut() {
            Some(part)
                if part.starts_with('-')
                    && !part.ends_with("&&")
                    && !word.starts_with('-')
                    && part.width() + 3 + word.width() <= room =>
            {
                part.push(' ');
                part.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// `a, b and 3 more`: as many as fit into a width, at least one.
pub fn some_of(style: &Style, names: &[&str], width: usize) -> String {
    let total = names.len();
    // Each takes a column at least: of more of them than columns the rest is only counted.
    let names = names.iter().take(width.max(1));
    let names: Vec<String> = names.map(|name| style.clean(name)).collect();
    let shown = |count: usize| and(&names[..count], total - count);
    let all = shown(names.len());
    if all.width() <= width {
        return all;
    }
    let fitting = (1..names.len()).take_while(|count| shown(*count).width() <= width);
    style.cut(&shown(fitting.last().unwrap_or(1).min(names.len())), width)
}

fn and(names: &[String], more: usize) -> String {
    match more {
        0 => names.join(", "),
        more => format!("{} and {} more", names.join(", "), number(more)),
    }
}

/// `12,400`.
pub fn number(value: impl TryInto<u64>) -> String {
    let digits = value.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 table`, `12 tables`.
pub fn count(value: usize, thing: &str) -> String {
    match value {
        1 => format!("1 {thing}"),
        _ => format!("{} {}", number(value), plural(thing)),
    }
}

/// `indexes`, `policies`.
pub fn plural(thing: &str) -> String {
    match thing.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        Some(_) | None if thing.ends_with(['s', 'x']) => format!("{thing}es"),
        Some(_) | None => format!("{thing}s"),
    }
}

/// `41.2 GB`, in powers of 1,000 as AWS bills.
pub fn bytes(value: u64) -> String {
    const UNITS: [(&str, u64); 4] = [
        ("TB", 1_000_000_000_000),
        ("GB", 1_000_000_000),
        ("MB", 1_000_000),
        ("kB", 1_000),
    ];
    match UNITS.iter().find(|(_, size)| value >= *size) {
        // Rounding down to a tenth never shows more than there is.
        Some((unit, size)) => {
            let tenths = u128::from(value) * 10 / u128::from(*size);
            format!(
                "{}.{} {unit}",
                number(u64::try_from(tenths / 10).unwrap_or(u64::MAX)),
                tenths % 10
            )
        }
        None => format!("{value} B"),
    }
}

/// `3.1 s`, `240 ms`, `4 min 10 s`.
pub fn duration(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{}.{} s", millis / 1_000, millis % 1_000 / 100),
        _ => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1_000),
    }
}

/// `2026-11-22 17:05Z`.
pub fn minute(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// Counts with their words, without those that are none: `51 pass`, `6 not applicable`.
pub fn tally<const N: usize>(counts: [(usize, &str); N]) -> Vec<String> {
    let some = counts.into_iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| format!("{} {word}", number(count)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands() {
        let texts = [0u64, 999, 1_000, 12_400, 1_234_567].map(number);
        assert_eq!(texts, ["0", "999", "1,000", "12,400", "1,234,567"]);
    }

    #[test]
    fn sizes_and_times_have_units() {
        assert_eq!(bytes(41_234_567_890), "41.2 GB");
        assert_eq!(bytes(512), "512 B");
        assert_eq!(duration(3_140), "3.1 s");
        assert_eq!(duration(250_000), "4 min 10 s");
    }

    #[test]
    fn plurals_are_english() {
        let words = ["table", "index", "policy", "key"].map(plural);
        assert_eq!(words, ["tables", "indexes", "policies", "keys"]);
    }

    #[test]
    fn a_long_list_says_how_many_are_left() {
        let style = Style::default();
        let names = ["alpha", "beta", "gamma", "delta"];
        assert_eq!(some_of(&style, &names, 40), "alpha, beta, gamma, delta");
        assert_eq!(some_of(&style, &names, 20), "alpha and 3 more");
        assert_eq!(some_of(&style, &names, 22), "alpha, beta and 2 more");
    }
}
