//! Evidence behind the names of `let`: what they stand for is explained in their place, each once.

use std::collections::{BTreeMap, BTreeSet};

use super::Explainer;
use crate::rule::condition::Local;

/// What has been said of names already: it would be the same again.
#[derive(Default)]
pub(super) struct Told {
    blamed: BTreeSet<(usize, bool)>,
    unread: BTreeSet<usize>,
    paths: BTreeMap<usize, String>,
}

/// Paths longer than this are named instead of spelled out.
const LONGEST_PATH: usize = 120;

impl<'a> Explainer<'a> {
    pub(super) fn blame_local(&mut self, place: usize, local: &'a Local, outcome: bool) {
        if self.told.blamed.insert((place, outcome)) {
            self.behind(local, |explainer| {
                explainer.blame(local.condition.expr(), outcome);
            });
        }
    }

    pub(super) fn unread_local(&mut self, place: usize, local: &'a Local) {
        if self.told.unread.insert(place) {
            self.behind(local, |explainer| explainer.unread(local.condition.expr()));
        }
    }

    /// The fields behind the name, as they are written there.
    pub(super) fn local_path(&mut self, place: usize, local: &'a Local) -> String {
        if let Some(path) = self.told.paths.get(&place) {
            return path.clone();
        }
        let path = self.behind(local, |explainer| explainer.path(local.condition.expr()));
        let path = match path.len() <= LONGEST_PATH {
            true => path,
            false => local.name.clone(),
        };
        self.told.paths.insert(place, path.clone());
        path
    }

    /// Works in the text of the name's value, where the subject alone has names.
    pub(super) fn behind<T>(&mut self, local: &'a Local, work: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.condition, &local.condition);
        let (names, slots) = (
            self.names.split_off(self.frame.of_subject()),
            self.frame.take_lambdas(),
        );
        let done = work(self);
        self.frame.put_lambdas(slots);
        self.names.extend(names);
        self.condition = outer;
        done
    }
}
