//! The decision of a run: what its failures and its unknowns mean for the exit code.
//!
//! Sees counts by severity and nothing else; how they came about, and how they are shown, is not its business.

use std::collections::BTreeMap;

use crate::finding::Severity;

/// How many, by severity.
pub type BySeverity = BTreeMap<Severity, usize>;

/// What the user asked of the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Failures of this severity and worse count; `None` is never.
    pub fail_on: Option<Severity>,
    /// Whether not knowing is accepted.
    pub allow_unknown: bool,
    /// Whether a run that found nothing to judge is all right.
    pub allow_empty: bool,
}

impl Default for Terms {
    fn default() -> Terms {
        Terms {
            fail_on: Some(Severity::High),
            allow_unknown: false,
            allow_empty: false,
        }
    }
}

/// What decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Failures of this severity and worse count; `None` is never.
    pub fail_on: Option<Severity>,
    /// Items of the checklists that were asked for and wait for a signature: each counts as a failure.
    pub open_items: usize,
    /// Items of those that somebody who was to sign them found not to hold: each counts as a failure.
    pub rejected_items: usize,
    /// Waivers that cover nothing, where that was to count: each counts as a failure.
    pub idle_waivers: usize,
    /// The decision.
    pub outcome: GateOutcome,
}

/// What a run came to, as far as the gate is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Failures.
    pub fails: &'a BySeverity,
    /// Unknown.
    pub unknowns: &'a BySeverity,
    /// Items of the checklists that were asked for and wait for a signature.
    pub open_items: usize,
    /// Items of those that somebody who was to sign them found not to hold.
    pub rejected_items: usize,
    /// Items of those whose rules were not run, or that may have to be signed for more than is known.
    pub unassessed_items: usize,
    /// Waivers that cover nothing, where that is to count.
    pub idle_waivers: usize,
    /// Whether there was anything to judge.
    pub anything_checked: bool,
}

/// The decision of a gate; see the exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateOutcome {
    /// Nothing at or above the gate fails, nothing there is unknown. 0.
    Ready,
    /// A failure at or above the gate. 1.
    NotReady,
    /// No failure, but something at or above the gate is unknown. 3.
    CannotTell,
    /// No resource matched. 4, or 0 when that is allowed.
    NothingToCheck {
        /// Whether the user said that this is all right.
        allowed: bool,
    },
}

impl GateOutcome {
    /// The word in machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            GateOutcome::Ready => "ready",
            GateOutcome::NotReady => "not-ready",
            GateOutcome::CannotTell => "cannot-tell",
            GateOutcome::NothingToCheck { .. } => "nothing-to-check",
        }
    }

    /// The exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            GateOutcome::Ready | GateOutcome::NothingToCheck { allowed: true } => 0,
            GateOutcome::NotReady => 1,
            GateOutcome::CannotTell => 3,
            GateOutcome::NothingToCheck { allowed: false } => 4,
        }
    }
}

/// Decides. A failure wins over anything unknown, and an unknown over finding nothing: where the tables cannot be
/// listed, "no table" would be a guess.
pub fn decide(terms: Terms, seen: &Seen<'_>) -> Gate {
    // What waits for a signature waits for it in an account without tables too.
    let signs = terms.fail_on.is_some();
    let open_items = if signs { seen.open_items } else { 0 };
    let rejected_items = if signs { seen.rejected_items } else { 0 };
    let unassessed = if signs { seen.unassessed_items } else { 0 };
    let idle_waivers = match signs && seen.anything_checked {
        true => seen.idle_waivers,
        false => 0,
    };
    let unknown = counted(terms.fail_on, seen.unknowns) + unassessed;
    let not_right = open_items + rejected_items + idle_waivers;
    let outcome = if counted(terms.fail_on, seen.fails) + not_right > 0 {
        GateOutcome::NotReady
    } else if !terms.allow_unknown && unknown > 0 {
        GateOutcome::CannotTell
    } else if !seen.anything_checked {
        GateOutcome::NothingToCheck {
            allowed: terms.allow_empty,
        }
    } else {
        GateOutcome::Ready
    };
    Gate {
        fail_on: terms.fail_on,
        open_items,
        rejected_items,
        idle_waivers,
        outcome,
    }
}

/// How many of them are at or above the gate.
pub fn counted(fail_on: Option<Severity>, counts: &BySeverity) -> usize {
    let Some(gate) = fail_on else { return 0 };
    // The worst severity is the smallest.
    counts.range(..=gate).map(|(_, count)| count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(
        terms: Terms,
        fails: &BySeverity,
        unknowns: &BySeverity,
        anything_checked: bool,
    ) -> GateOutcome {
        let seen = Seen {
            fails,
            unknowns,
            open_items: 0,
            rejected_items: 0,
            unassessed_items: 0,
            idle_waivers: 0,
            anything_checked,
        };
        super::decide(terms, &seen).outcome
    }

    /// With items that wait for a signature, and items whose rules were not run.
    fn with_items(terms: Terms, open_items: usize, unassessed_items: usize) -> Gate {
        let (fails, unknowns) = (none(), none());
        let seen = Seen {
            fails: &fails,
            unknowns: &unknowns,
            open_items,
            rejected_items: 0,
            unassessed_items,
            idle_waivers: 0,
            anything_checked: true,
        };
        super::decide(terms, &seen)
    }

    #[test]
    fn a_waiver_that_covers_nothing_counts_as_a_failure_where_that_was_asked_for() {
        let fails = none();
        let decided = |terms, idle_waivers| {
            let seen = Seen {
                fails: &fails,
                unknowns: &fails,
                open_items: 0,
                rejected_items: 0,
                unassessed_items: 0,
                idle_waivers,
                anything_checked: true,
            };
            super::decide(terms, &seen).outcome
        };
        assert_eq!(decided(Terms::default(), 1), GateOutcome::NotReady);
        assert_eq!(decided(Terms::default(), 0), GateOutcome::Ready);
        assert_eq!(decided(NEVER, 1), GateOutcome::Ready);
    }

    const NEVER: Terms = Terms {
        fail_on: None,
        allow_unknown: false,
        allow_empty: false,
    };

    fn at(severity: Severity) -> Terms {
        Terms {
            fail_on: Some(severity),
            ..Terms::default()
        }
    }

    fn one(severity: Severity) -> BySeverity {
        BySeverity::from([(severity, 1)])
    }

    fn none() -> BySeverity {
        BySeverity::new()
    }

    #[test]
    fn a_failure_counts_at_and_above_the_gate() {
        for &failing in Severity::ALL {
            for &gate in Severity::ALL {
                let expected = match failing <= gate {
                    true => GateOutcome::NotReady,
                    false => GateOutcome::Ready,
                };
                assert_eq!(decide(at(gate), &one(failing), &none(), true), expected);
            }
        }
    }

    #[test]
    fn an_unknown_counts_at_and_above_the_gate() {
        let high = at(Severity::High);
        let decided = |severity| decide(high, &none(), &one(severity), true);
        assert_eq!(decided(Severity::Critical), GateOutcome::CannotTell);
        assert_eq!(decided(Severity::High), GateOutcome::CannotTell);
        assert_eq!(decided(Severity::Medium), GateOutcome::Ready);
    }

    #[test]
    fn a_failure_wins_over_an_unknown() {
        let decided = |fail, unknown| {
            let terms = Terms::default();
            decide(terms, &one(fail), &one(unknown), true)
        };
        assert_eq!(
            decided(Severity::High, Severity::Critical),
            GateOutcome::NotReady
        );
        assert_eq!(
            decided(Severity::Low, Severity::Critical),
            GateOutcome::CannotTell
        );
    }

    #[test]
    fn accepted_unknowns_do_not_count() {
        let terms = Terms {
            allow_unknown: true,
            ..Terms::default()
        };
        let high = one(Severity::High);
        assert_eq!(decide(terms, &none(), &high, true), GateOutcome::Ready);
        assert_eq!(decide(terms, &high, &high, true), GateOutcome::NotReady);
    }

    #[test]
    fn with_never_nothing_counts_but_an_empty_run() {
        let critical = one(Severity::Critical);
        assert_eq!(
            decide(NEVER, &critical, &critical, true),
            GateOutcome::Ready
        );
        assert_eq!(
            decide(NEVER, &none(), &none(), false),
            GateOutcome::NothingToCheck { allowed: false }
        );
    }

    #[test]
    fn an_empty_run_is_ready_only_when_allowed() {
        for allowed in [false, true] {
            let terms = Terms {
                allow_empty: allowed,
                ..Terms::default()
            };
            let outcome = decide(terms, &none(), &none(), false);
            assert_eq!(outcome, GateOutcome::NothingToCheck { allowed });
            assert_eq!(outcome.exit_code(), if allowed { 0 } else { 4 });
        }
    }

    #[test]
    fn tables_that_cannot_be_listed_are_unknown_and_not_nothing() {
        let unread = one(Severity::Critical);
        assert_eq!(
            decide(Terms::default(), &none(), &unread, false),
            GateOutcome::CannotTell
        );
    }

    #[test]
    fn an_open_item_counts_as_a_failure_and_one_that_was_not_assessed_as_unknown() {
        let outcome = |open, unassessed| with_items(Terms::default(), open, unassessed).outcome;
        assert_eq!(outcome(1, 0), GateOutcome::NotReady);
        assert_eq!(outcome(1, 1), GateOutcome::NotReady);
        assert_eq!(outcome(0, 1), GateOutcome::CannotTell);
        assert_eq!(outcome(0, 0), GateOutcome::Ready);
        assert_eq!(with_items(NEVER, 1, 1).outcome, GateOutcome::Ready);
        assert_eq!(with_items(NEVER, 1, 1).open_items, 0);
    }

    #[test]
    fn a_rejected_item_counts_as_a_failure() {
        let decided = |terms| {
            let (fails, unknowns) = (none(), none());
            let seen = Seen {
                fails: &fails,
                unknowns: &unknowns,
                open_items: 0,
                rejected_items: 1,
                unassessed_items: 0,
                idle_waivers: 0,
                anything_checked: true,
            };
            super::decide(terms, &seen).outcome
        };
        assert_eq!(decided(Terms::default()), GateOutcome::NotReady);
        assert_eq!(decided(NEVER), GateOutcome::Ready);
    }

    #[test]
    fn a_signature_that_is_missing_counts_where_no_table_is_there_too() {
        let terms = Terms {
            allow_empty: true,
            ..Terms::default()
        };
        let (fails, unknowns) = (none(), none());
        let decided = |open_items, rejected_items| {
            let seen = Seen {
                fails: &fails,
                unknowns: &unknowns,
                open_items,
                rejected_items,
                unassessed_items: 0,
                idle_waivers: 0,
                anything_checked: false,
            };
            super::decide(terms, &seen).outcome
        };
        assert_eq!(decided(1, 0), GateOutcome::NotReady);
        assert_eq!(decided(0, 1), GateOutcome::NotReady);
        assert_eq!(decided(0, 0), GateOutcome::NothingToCheck { allowed: true });
    }

    #[test]
    fn tables_that_could_not_be_listed_are_not_nothing_to_sign_for() {
        let terms = Terms {
            allow_empty: true,
            ..Terms::default()
        };
        let none = none();
        let seen = Seen {
            fails: &none,
            unknowns: &none,
            open_items: 0,
            rejected_items: 0,
            unassessed_items: 1,
            idle_waivers: 0,
            anything_checked: false,
        };
        assert_eq!(super::decide(terms, &seen).outcome, GateOutcome::CannotTell);
    }
}
