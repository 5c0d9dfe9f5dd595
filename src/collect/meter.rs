//! How far a run is: calls done out of calls known to be coming.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Progress;
use crate::snapshot::operation::Operation;

/// Counts logical calls; retries don't show.
pub(super) struct Meter<'a> {
    done: AtomicUsize,
    total: AtomicUsize,
    progress: &'a dyn Progress,
}

impl<'a> Meter<'a> {
    /// Counts from nothing.
    pub(super) fn new(progress: &'a dyn Progress) -> Meter<'a> {
        Meter {
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            progress,
        }
    }

    /// One more call is coming.
    pub(super) fn begin(&self) {
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    /// A call has ended, one way or another.
    pub(super) fn end(&self, operation: Operation) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.total.load(Ordering::Relaxed);
        self.progress.step(done, total, operation.name());
    }
}
