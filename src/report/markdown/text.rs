//! Foreign text in Markdown: names, messages and reasons come from accounts and files and may hold anything.
//!
//! A word of letters, digits and harmless punctuation stands as it is; any other becomes code. Nothing is special inside
//! code to Markdown, and platforms look there neither for `@mentions` nor for `#123`, links, emoji or formulas, while people
//! can still copy what they see. Nothing here begins a line: what a line begins with is ours.

use crate::report::terminal::style::Style;

/// Punctuation that means nothing inside a line.
const HARMLESS: &str = "-.,;'\"()%+=/?";
/// What is taken from the ends of a word before it is looked at, and stands outside of the code.
const BEFORE: [char; 3] = ['(', '"', '\''];
const AFTER: [char; 9] = ['.', ',', ';', ':', ')', '"', '\'', '?', '!'];
/// The same where a bracket or quote at the end belongs to one inside.
const STOPS: [char; 6] = ['.', ',', ';', ':', '?', '!'];
/// The most characters of a name.
const NAME: usize = 120;

/// A text in a line of Markdown.
pub(super) fn text(foreign: &str) -> String {
    words(foreign, code)
}

/// A text inside HTML, such as a summary, where Markdown is not looked at.
pub(super) fn html(foreign: &str) -> String {
    words(foreign, |word| {
        format!("<code>{}</code>", entities(&cleaned(word)))
    })
}

/// A text in a cell of a table. A pipe ends a cell even inside code.
pub(super) fn cell(foreign: &str) -> String {
    text(&foreign.replace('|', "¦"))
}

/// A name or a command as code, whatever it holds.
pub(super) fn code(foreign: &str) -> String {
    let foreign = cleaned(foreign);
    let fence = "`".repeat(longest_run(&foreign) + 1);
    // A blank on each side is taken away again, and keeps backticks from melting into the fence.
    let pad = if fence.len() > 1 { " " } else { "" };
    match foreign.trim() {
        "" => String::new(),
        foreign => format!("{fence}{pad}{foreign}{pad}{fence}"),
    }
}

/// A name as code, cut where it is too long.
pub(super) fn name(foreign: &str) -> String {
    code(&cut(foreign, NAME))
}

/// Lines of code.
pub(super) fn block(language: &str, foreign: &str) -> String {
    let lines = foreign.trim_end().lines().map(cleaned);
    let lines = lines.collect::<Vec<String>>().join("\n");
    let fence = "`".repeat((longest_run(&lines) + 1).max(3));
    format!("{fence}{language}\n{lines}\n{fence}\n")
}

/// The first characters of a text.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}

/// A page to read, where its address is plain: pages stand in rule files, never in account data.
pub(super) fn page(address: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#=&%+,".contains(c);
    let plain = address.starts_with("https://") && address.chars().all(is_plain);
    plain.then(|| format!("<{address}>"))
}

/// One line, in which no character steers the reader's screen.
fn cleaned(foreign: &str) -> String {
    let foreign = Style::default().clean(foreign);
    let words: Vec<&str> = foreign.split_whitespace().collect();
    words.join(" ")
}

fn words(foreign: &str, code: impl Fn(&str) -> String) -> String {
    let foreign = cleaned(foreign);
    let words = foreign.split(' ').map(|word| {
        let start = word.len() - word.trim_start_matches(BEFORE).len();
        let after: &[char] = match word[start..].contains(['(', '[', '{']) {
            true => &STOPS,
            false => &AFTER,
        };
        let end = word.trim_end_matches(after).len().max(start);
        let (before, inner, after) = (&word[..start], &word[start..end], &word[end..]);
        match is_harmless(inner) {
            true => word.to_owned(),
            false => format!("{before}{}{after}", code(inner)),
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

fn is_harmless(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || HARMLESS.contains(c);
    let lower = word.to_ascii_lowercase();
    // Commits are found by their digits, issues by this prefix, and pages by that one.
    let is_commit = word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_reference = lower.starts_with("gh-") || lower.starts_with("www.");
    let is_plain = word.chars().all(plain) || is_time(word);
    is_plain && !is_commit && !is_reference
}

/// `17:05Z`: a colon between digits, and no second one that would make an emoji of what is between.
fn is_time(word: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let parts = word.trim_end_matches('Z').split_once(':');
    parts.is_some_and(|(hours, minutes)| is_digits(hours) && is_digits(minutes))
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

fn entities(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    escaped.replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_as_they_are() {
        let said =
            "point-in-time recovery is off, wanted on (35 days): 44.44 % of 136,080,000 at 17:05Z";
        assert_eq!(text(said), said);
        assert_eq!(html(said), said);
    }

    #[test]
    fn what_a_platform_would_act_on_becomes_code() {
        let acts = [
            "@all",
            "me@example.com",
            "#123",
            "GH-12",
            "owner/repo#1",
            "!7",
            "~bug",
            "$x$",
            "https://evil.example",
            "www.evil.example",
            ":tada:",
            "1:100:2",
            "deadbeef",
            "<script>",
            "![x](y)",
            "[a](b)",
            "a_b_c",
            "**x**",
            "&lt;",
            "\\x",
            "a|b",
            "{x}",
        ];
        for word in acts {
            assert!(
                text(word).starts_with('`') && html(word).starts_with("<code>"),
                "{word}"
            );
        }
        assert_eq!(text("see #123, (@me)."), "see `#123`, (`@me`).");
        assert_eq!(text("glob(a*), then"), "`glob(a*)`, then");
        assert_eq!(
            html("<b>&x @me"),
            "<code>&lt;b&gt;&amp;x</code> <code>@me</code>"
        );
    }

    #[test]
    fn backticks_cannot_end_the_code_that_holds_them() {
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(block("sh", "a\n````\nb"), "`````sh\na\n````\nb\n`````\n");
    }

    #[test]
    fn a_text_is_one_line_and_steers_no_screen() {
        assert_eq!(text("a\r\n/close\u{2028}b"), "a\u{fffd} /close b");
        assert_eq!(text("a\u{1b}[31m"), "`a\u{fffd}[31m`");
        assert_eq!(text("gnp.\u{202e}exe"), "gnp.\u{fffd}exe");
    }

    #[test]
    fn a_cell_keeps_its_table_whole() {
        assert_eq!(cell("a|b \\| c"), "a¦b `\\¦` c");
    }

    #[test]
    fn only_plain_addresses_are_pages() {
        assert!(page("https://docs.aws.amazon.com/a/b.html#c").is_some());
        for address in [
            "http://x",
            "javascript:x",
            "https://x/<b>",
            "https://x y",
            "https://x)",
        ] {
            assert!(page(address).is_none(), "{address}");
        }
    }

    #[test]
    fn a_cut_text_says_so() {
        assert_eq!(cut("abcdef", 3), "abc…");
        assert_eq!(cut("abc", 3), "abc");
    }
}
