//! Evidence about lists: the elements that violate, and those that came nearest.

use super::Explainer;
use super::distance::distance;
use crate::evaluate::logic::True;
use crate::evaluate::value::{Item, Val};
use crate::rule::condition::{Each, Expr, Kind, Lambda, Operator};
use crate::snapshot::record::{Evidence, Value};

/// So many elements are shown one by one.
const SHOWN_ELEMENTS: usize = 3;

impl<'a> Explainer<'a> {
    pub(super) fn blame_each(
        &mut self,
        each: Each,
        expr: &'a Expr,
        list: &'a Expr,
        lambda: &'a Lambda,
        outcome: bool,
    ) {
        match (each, outcome) {
            (Each::All, false) => self.elements(expr, list, lambda, false),
            (Each::All, true) if list.is_detached() => self.elements(expr, list, lambda, true),
            (Each::Exists, true) => self.elements(expr, list, lambda, true),
            (Each::Exists, false) => self.near_misses(expr, list, lambda),
            (Each::ExistsOne, true) => self.elements(expr, list, lambda, true),
            (Each::ExistsOne, false) => self.not_one(expr, list, lambda),
            (Each::All, true) | (Each::Filter | Each::Map, _) => {
                self.whole_list(expr, list, outcome);
            }
        }
    }

    fn whole_list(&mut self, expr: &'a Expr, list: &'a Expr, outcome: bool) {
        let spelling = self.condition.spelling(expr);
        let asked = spelling.get(list.end - expr.start..).unwrap_or(spelling);
        let asked = asked.trim_start_matches('.').to_owned();
        let expected = self.said(outcome, asked);
        let before = self.made.evidence.len();
        self.seen(list, expected);
        // What the rule itself gives, such as a parameter, has no path; the condition has a name for it.
        if let (true, Some(made)) = (list.is_detached(), self.made.evidence.get_mut(before)) {
            let named = spelling.get(..list.end - expr.start).unwrap_or(spelling);
            named.trim().clone_into(&mut made.path);
        }
    }

    /// The elements for which the body has this outcome.
    fn elements(&mut self, expr: &'a Expr, list: &'a Expr, lambda: &'a Lambda, outcome: bool) {
        let Ok(listing) = self.frame.listing(list) else {
            return;
        };
        let matching: Vec<(usize, Item<'a>)> = listing
            .items()
            .enumerate()
            .filter(|(_, item)| {
                let value = item.value.clone();
                let truth = self.frame.with(value, |frame| frame.truth(&lambda.body));
                item.maybe.is_none() && truth.is(outcome)
            })
            .collect();
        if matching.is_empty() {
            return self.whole_list(expr, list, outcome);
        }
        // One witness will do, but a list that the rule itself gives says nothing: there all are.
        let one_will_do = self.wants_same && !list.is_detached();
        let shown = if one_will_do { 1 } else { SHOWN_ELEMENTS };
        let total = matching.len();
        for (index, item) in matching.into_iter().take(shown) {
            self.inside(list, lambda, index, item.value, outcome);
        }
        if !self.wants_same {
            self.rest(list, total, "more like these");
        }
    }

    /// The elements that came nearest to what `exists` asks for.
    fn near_misses(&mut self, expr: &'a Expr, list: &'a Expr, lambda: &'a Lambda) {
        let Ok(listing) = self.frame.listing(list) else {
            return;
        };
        let mut misses: Vec<(usize, usize, Item<'a>)> = Vec::new();
        for (index, item) in listing.items().enumerate() {
            let value = item.value.clone();
            let faults = self
                .frame
                .with(value, |frame| distance(frame, &lambda.body, true));
            misses.push((faults, index, item));
        }
        if misses.is_empty() {
            return self.whole_list(expr, list, false);
        }
        misses.sort_by_key(|(faults, index, _)| (*faults, *index));
        let total = misses.len();
        for (_, index, item) in misses.into_iter().take(SHOWN_ELEMENTS) {
            self.inside(list, lambda, index, item.value, false);
        }
        self.rest(list, total, "more, further off");
    }

    /// Of the number of elements that a filter left: those that are too many, or those that it nearly left.
    pub(super) fn counted(&mut self, list: &'a Expr, wanted: Operator, other: &'a Expr) {
        if self.wants_same {
            return;
        }
        let wants_more = match wanted {
            Operator::More | Operator::AtLeast => true,
            Operator::Less | Operator::AtMost => false,
            _ => {
                let (Ok(listing), Value::Number(other)) =
                    (self.frame.listing(list), self.frame.value(other).plain())
                else {
                    return;
                };
                other > listing.len() as f64
            }
        };
        self.left_by_filter(list, wants_more);
    }

    fn left_by_filter(&mut self, list: &'a Expr, wants_more: bool) {
        match &list.kind {
            Kind::Local(_, local) => self.behind(local, |explainer| {
                explainer.left_by_filter(local.condition.expr(), wants_more);
            }),
            Kind::Each(Each::Filter, all, lambda) => match self.frame.listing(all) {
                Ok(listing) if listing.len() == 0 => {}
                Ok(_) if wants_more => self.near_misses(list, all, lambda),
                Ok(_) => self.elements(list, all, lambda, true),
                Err(_) => {}
            },
            _ => {}
        }
    }

    /// Of `exists_one`: those that are too many, or those that came nearest.
    fn not_one(&mut self, expr: &'a Expr, list: &'a Expr, lambda: &'a Lambda) {
        let Ok(listing) = self.frame.listing(list) else {
            return;
        };
        let hits = listing.items().filter(|item| {
            let value = item.value.clone();
            self.frame.with(value, |frame| frame.truth(&lambda.body)) == True
        });
        match hits.count() {
            0 => self.near_misses(expr, list, lambda),
            _ => self.elements(expr, list, lambda, true),
        }
    }

    fn rest(&mut self, list: &'a Expr, total: usize, words: &str) {
        if total > SHOWN_ELEMENTS {
            let evidence = Evidence {
                path: self.path(list),
                observed: format!("and {} {words}", total - SHOWN_ELEMENTS),
                expected: String::new(),
                from: list.source(),
            };
            self.add(evidence);
        }
    }

    fn inside(
        &mut self,
        list: &'a Expr,
        lambda: &'a Lambda,
        index: usize,
        element: Val<'a>,
        outcome: bool,
    ) {
        self.within(list, index, element, |explainer| {
            explainer.blame(&lambda.body, outcome);
        });
    }

    /// Works with the element under its path.
    pub(super) fn within(
        &mut self,
        list: &'a Expr,
        index: usize,
        element: Val<'a>,
        work: impl FnOnce(&mut Self),
    ) {
        let path = self.element_path(list, &element, Some(index));
        self.names.push(path.unwrap_or_default());
        self.frame.push(element);
        work(self);
        self.frame.pop();
        self.names.pop();
    }
}
