//! A mistake in a file that someone wrote: where, what, and what may have been meant.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A mistake with its place. `Display` is one line; [`SourceError::render`] shows the source line with a caret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceError {
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What may have been meant or done instead.
    pub hint: Option<String>,
    /// The line of the file.
    pub source_line: String,
    /// How many characters are wrong.
    pub width: usize,
}

impl std::error::Error for SourceError {}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = format!("{}:{}:{}", self.file, self.line, self.column);
        write!(f, "{}: {}", printable(&place), printable(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, ", {}", printable(hint)),
            None => Ok(()),
        }
    }
}

/// Lines longer than this are cut around the mistake.
const SHOWN_CHARS: usize = 160;

impl SourceError {
    /// A mistake of a whole file: it cannot be read, it is not UTF-8.
    pub fn of_file(file: &str, message: impl Into<String>) -> SourceError {
        SourceError {
            file: file.to_owned(),
            line: 1,
            column: 1,
            message: message.into(),
            hint: None,
            source_line: String::new(),
            width: 1,
        }
    }

    /// The same mistake with a hint.
    #[must_use]
    pub fn hinted(mut self, hint: Option<String>) -> SourceError {
        self.hint = hint;
        self
    }

    /// The mistake with its source line and a caret, as plain text; without a line where there is none to show.
    pub fn render(&self) -> String {
        let (line, start, end) = self.shown();
        let path = printable(&self.file);
        let message = printable(&self.message);
        let hint = self.hint.as_deref().map(printable);
        if line.is_empty() {
            let help = hint.map(|hint| format!("\n  = help: {hint}"));
            let help = help.unwrap_or_default();
            let (line, column) = (self.line, self.column);
            return format!("error: {message}\n --> {path}:{line}:{column}{help}");
        }
        let snippet = Snippet::source(&line)
            .line_start(self.line)
            .path(&path)
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = Level::ERROR.primary_title(&message).element(snippet);
        if let Some(hint) = &hint {
            group = group.element(Level::HELP.message(hint));
        }
        Renderer::plain().render(&[group]).to_string()
    }

    /// The part of the line that is shown, and the bytes of it that are wrong.
    fn shown(&self) -> (String, usize, usize) {
        let chars: Vec<char> = self.source_line.chars().collect();
        let column = self.column.saturating_sub(1).min(chars.len());
        let from = if chars.len() > SHOWN_CHARS {
            column.saturating_sub(SHOWN_CHARS / 2)
        } else {
            0
        };
        let to = chars.len().min(from + SHOWN_CHARS);
        let end = (column + self.width).clamp(column, to);
        let text = |from: usize, to: usize| -> String {
            chars[from..to].iter().map(|&c| visible(c)).collect()
        };
        let start = text(from, column).len();
        (text(from, to), start, start + text(column, end).len())
    }
}

fn visible(c: char) -> char {
    if c.is_control() && c != '\t' {
        '\u{fffd}'
    } else {
        c
    }
}

/// Text without control characters: file names and values come from others.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c == '\n' { ' ' } else { visible(c) })
        .collect()
}

/// The candidate that the name was probably meant to be.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let allowed = name.chars().count().div_ceil(3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean "…"?`, or the words to choose from where they are few.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    if let Some(candidate) = nearest(name, candidates.iter().copied()) {
        return Some(format!("did you mean \"{candidate}\"?"));
    }
    let few = !candidates.is_empty() && candidates.len() <= 8;
    few.then(|| format!("known: {}", candidates.join(", ")))
}
