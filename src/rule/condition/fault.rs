//! A mistake inside a condition, before its file and line are known.

use crate::yaml::{SourceError, Spans};

/// What is wrong with which bytes of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// First byte that is wrong.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// What is wrong.
    pub message: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl Fault {
    pub(crate) fn new(start: usize, end: usize, message: impl Into<String>) -> Fault {
        Fault {
            start,
            end,
            message: message.into(),
            hint: None,
        }
    }

    pub(crate) fn hinted<S: Into<String>>(mut self, hint: Option<S>) -> Fault {
        self.hint = hint.map(Into::into);
        self
    }

    /// The same mistake in a text that begins further on.
    pub(crate) fn moved(mut self, by: usize) -> Fault {
        self.start += by;
        self.end += by;
        self
    }

    /// The same mistake with its place in the file.
    pub(crate) fn placed(self, spans: &Spans, path: &str) -> SourceError {
        spans
            .error_in(path, self.start, self.end, self.message)
            .hinted(self.hint)
    }
}
