//! Patterns that texts are compared with: globs, and regular expressions. Compiled when a rule is loaded, never while it
//! is evaluated; both take time that grows with the text alone, whatever the pattern.

use std::collections::BTreeMap;

use globset::{GlobBuilder, GlobMatcher};
use regex::{Regex, RegexBuilder};

/// The longest pattern, in bytes: a condition can hold no longer one.
const MAX_BYTES: usize = 4096;
/// The most memory that a compiled regular expression takes, in bytes.
const MAX_COMPILED: usize = 256 * 1024;
/// The deepest nesting of a regular expression.
const MAX_DEPTH: u32 = 64;

/// The language of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatternKind {
    /// `prod-*`: matches the whole text. `*` and `?` match any characters.
    Glob,
    /// `^prod-[0-9]+$`: matches anywhere in the text, as RE2 has it.
    Regex,
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// A glob.
    Glob(GlobMatcher),
    /// A regular expression.
    Regex(Regex),
}

/// The compiled patterns of a condition or of a rule's parameters, by their text.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    globs: BTreeMap<String, Pattern>,
    regexes: BTreeMap<String, Pattern>,
}

impl PatternKind {
    /// The name of the method that takes it.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            PatternKind::Glob => "glob",
            PatternKind::Regex => "matches",
        }
    }

    /// Compiles it, or says what is wrong with it.
    pub(crate) fn compile(self, text: &str) -> Result<Pattern, String> {
        match self {
            _ if text.len() > MAX_BYTES => {
                Err(format!("pattern is longer than {} KB", MAX_BYTES / 1024))
            }
            PatternKind::Glob => match GlobBuilder::new(text).build() {
                Ok(glob) => Ok(Pattern::Glob(glob.compile_matcher())),
                Err(error) => Err(format!("bad glob: {}", error.kind())),
            },
            PatternKind::Regex => RegexBuilder::new(text)
                .size_limit(MAX_COMPILED)
                .dfa_size_limit(MAX_COMPILED)
                .nest_limit(MAX_DEPTH)
                .build()
                .map(Pattern::Regex)
                .map_err(|error| format!("bad regular expression: {}", in_words(&error))),
        }
    }
}

/// The last line of what the parser says: the others draw the pattern.
fn in_words(error: &regex::Error) -> String {
    if let regex::Error::CompiledTooBig(_) = error {
        return format!("it takes more than {} KB", MAX_COMPILED / 1024);
    }
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default().trim();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}

impl Pattern {
    /// Whether the text matches.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self {
            Pattern::Glob(glob) => glob.is_match(text),
            Pattern::Regex(regex) => regex.is_match(text),
        }
    }
}

impl Patterns {
    /// Compiles one more, or says what is wrong with it.
    pub(crate) fn add(&mut self, kind: PatternKind, text: &str) -> Result<(), String> {
        let pattern = kind.compile(text)?;
        let of_kind = match kind {
            PatternKind::Glob => &mut self.globs,
            PatternKind::Regex => &mut self.regexes,
        };
        of_kind.insert(text.to_owned(), pattern);
        Ok(())
    }

    /// The pattern of this text.
    pub(crate) fn get(&self, kind: PatternKind, text: &str) -> Option<&Pattern> {
        match kind {
            PatternKind::Glob => self.globs.get(text),
            PatternKind::Regex => self.regexes.get(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_cannot_be_says_why() {
        for (kind, text, expected) in [
            (
                PatternKind::Glob,
                "[",
                "bad glob: unclosed character class; missing ']'",
            ),
            (
                PatternKind::Regex,
                "a(b",
                "bad regular expression: unclosed group",
            ),
            (
                PatternKind::Regex,
                "(?=a)",
                "bad regular expression: look-around, including look-ahead and look-behind, is not supported",
            ),
            (
                PatternKind::Regex,
                r"(a)\1",
                "bad regular expression: backreferences are not supported",
            ),
            (
                PatternKind::Regex,
                r"(\w{100}){100}",
                "bad regular expression: it takes more than 256 KB",
            ),
        ] {
            assert_eq!(kind.compile(text).map(drop), Err(expected.to_owned()));
        }
        let deep = "(".repeat(100) + &")".repeat(100);
        for text in [deep.as_str(), &"a".repeat(5000)] {
            assert!(PatternKind::Regex.compile(text).is_err());
        }
    }

    #[test]
    fn a_glob_matches_the_whole_and_a_regular_expression_a_part() {
        let is_match = |kind: PatternKind, pattern: &str, text: &str| {
            kind.compile(pattern).expect("it is good").is_match(text)
        };
        assert!(is_match(PatternKind::Glob, "prod-*", "prod-a/b"));
        assert!(!is_match(PatternKind::Glob, "prod-*", "x-prod-a"));
        assert!(is_match(PatternKind::Regex, r"\d{2}", "a12b"));
        assert!(!is_match(PatternKind::Regex, r"^\d{2}$", "a12b"));
        assert!(is_match(PatternKind::Regex, "(?i)PROD", "a prod b"));
    }
}
