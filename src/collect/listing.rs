//! A listing that came page by page, perhaps not to its end.

use super::classify::Failure;
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::operation::Operation;

/// A page of a listing.
pub(super) struct Page<T> {
    /// Its elements; `None` for one that lacks what AWS always gives.
    pub(super) items: Vec<Option<T>>,
    /// The token of the next page.
    pub(super) next: Option<String>,
}

/// What a listing gave.
pub(super) struct Listing<T> {
    /// The elements, in the order of AWS.
    pub(super) items: Vec<T>,
    /// The pages that were read.
    pages: usize,
    /// Why others may be missing.
    pub(super) failure: Option<Failure>,
}

impl<T> Listing<T> {
    /// Nothing read yet.
    pub(super) fn empty() -> Listing<T> {
        Listing {
            items: Vec::new(),
            pages: 0,
            failure: None,
        }
    }

    /// Takes in a page.
    pub(super) fn add(&mut self, operation: Operation, page: Page<T>) {
        self.pages += 1;
        for item in page.items {
            match item {
                Some(item) => self.items.push(item),
                None => {
                    let detail = "an element without what AWS always gives";
                    self.failure = Some(Failure::malformed(operation, detail));
                }
            }
        }
    }

    /// The failure of a listing of which nothing was read.
    pub(super) fn unread(&self) -> Option<&Failure> {
        self.failure.as_ref().filter(|_| self.pages == 0)
    }

    /// Why elements may be missing.
    pub(super) fn missing(&self) -> Option<Why> {
        self.failure.as_ref().map(|failure| failure.why.clone())
    }

    /// The listing as a fact: unknown when nothing was read, partial when some pages were.
    pub(super) fn into_fact<K: Ord>(self, key: impl FnMut(&T) -> K) -> Fact<Listed<T>> {
        match self.unread() {
            Some(failure) => Fact::Unknown(failure.why.clone()),
            None => {
                let missing = self.missing();
                let mut items = self.items;
                items.sort_by_cached_key(key);
                Fact::Known(Listed { items, missing })
            }
        }
    }

    /// The same listing of other things.
    pub(super) fn with<U>(&self, items: Vec<U>) -> Listing<U> {
        Listing {
            items,
            pages: self.pages,
            failure: self.failure.clone(),
        }
    }
}
