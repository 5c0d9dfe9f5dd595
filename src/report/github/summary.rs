//! The page that GitHub keeps of a step: the Markdown report, cut to what a page may have.
//!
//! Writes nothing: the file is the runner's, and the command line's business.

/// Bytes that a step's page may have; GitHub refuses all of a larger one. Its own limit is 1,048,576.
pub const MOST_BYTES: usize = 1_000_000;

const NOTE: &str = "\n_The rest is left out: a step's page has room for a megabyte. The whole report: `-o report.md`._\n";

/// As many whole sections as there is room for, with a note where some are left out; of a first section that is too
/// long by itself, its first lines. `used` are the bytes that the page has already.
pub fn fitting(markdown: &str, used: usize) -> String {
    let room = MOST_BYTES.saturating_sub(used);
    if markdown.len() <= room {
        return markdown.to_owned();
    }
    let Some(room) = room.checked_sub(NOTE.len()) else {
        return String::new();
    };
    let ends = |starts: Vec<usize>| starts.into_iter().take_while(|end| *end <= room).last();
    let end = ends(sections(markdown)).or_else(|| ends(lines(markdown)));
    format!("{}{NOTE}", &markdown[..end.unwrap_or(0)])
}

/// Where sections begin, other than the first. A heading inside a block of code is none.
fn sections(markdown: &str) -> Vec<usize> {
    let (mut at, mut in_code, mut starts) = (0, false, Vec::new());
    for line in markdown.split_inclusive('\n') {
        in_code ^= line.trim_start().starts_with("```");
        if !in_code && at > 0 && (line.starts_with("# ") || line.starts_with("## ")) {
            starts.push(at);
        }
        at += line.len();
    }
    starts
}

fn lines(markdown: &str) -> Vec<usize> {
    let ends = markdown.match_indices('\n');
    ends.map(|(at, end)| at + end.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_as_it_is() {
        assert_eq!(fitting("# a\n", MOST_BYTES - 4), "# a\n");
    }

    #[test]
    fn whole_sections_are_kept_and_the_cut_is_told() {
        let section = |name: &str, size: usize| format!("## {name}\n{}\n", "x".repeat(size));
        let all = section("one", 600_000) + &section("two", 300_000) + &section("three", 200_000);
        let kept = fitting(&all, 0);
        assert!(kept.len() <= MOST_BYTES);
        assert!(kept.contains("## two") && !kept.contains("## three"));
        assert!(kept.ends_with(NOTE));
        let kept = fitting(&all, 200_000);
        assert!(kept.contains("## one") && !kept.contains("## two"));
    }

    #[test]
    fn a_heading_in_code_is_no_section() {
        let text = format!("## one\n```\n## no\n```\n{}\n", "line\n".repeat(300_000));
        let kept = fitting(&text, 0);
        assert!(kept.len() > MOST_BYTES - 200 && kept.len() <= MOST_BYTES);
    }

    #[test]
    fn a_page_that_is_full_gets_nothing() {
        assert_eq!(fitting("# a\n", MOST_BYTES), "");
    }
}
