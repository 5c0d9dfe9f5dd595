//! The pace of one operation in one region, and what becomes of it when it fails again and again.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::call::lock;
use super::classify::{Cause, Failure, why};
use crate::snapshot::fact::Reason;
use crate::snapshot::operation::Operation;

/// Failures in a row after which an operation gets one try a call, and after twice as many none: whatever is broken
/// stays broken, and a thousand tables times eight tries would take the user's hour to learn nothing.
const STORM: usize = 32;
/// A call that was never answered takes a minute: eight of them are a storm.
const TIMED_OUT_WEIGHT: usize = 4;

/// The state of one operation in one region.
pub(super) struct Lane {
    every: Option<Duration>,
    next: Mutex<Instant>,
    /// Calls that may still be made.
    left: Mutex<usize>,
    /// Failures in a row, and the last of them.
    failed: Mutex<(usize, Option<Failure>)>,
}

/// What a lane lets a call do.
pub(super) enum Pass {
    /// All tries.
    Full,
    /// One try.
    Once,
    /// None: it would fail like the last one.
    None(Failure),
}

impl Lane {
    /// Nothing has failed yet, and so many calls may be made.
    pub(super) fn new(operation: Operation, paced: bool, calls: usize) -> Lane {
        let rate = operation.calls_per_s().filter(|_| paced);
        Lane {
            every: rate.map(|rate| Duration::from_secs(1) / rate),
            next: Mutex::new(Instant::now()),
            left: Mutex::new(calls),
            failed: Mutex::new((0, None)),
        }
    }

    /// Whether one more call may be made; it counts.
    pub(super) fn admits(&self) -> bool {
        let mut left = lock(&self.left);
        let admits = *left > 0;
        *left = left.saturating_sub(1);
        admits
    }

    /// Waits for its turn. Evenly spaced, without bursts: the published rates leave no room for them.
    pub(super) async fn turn(&self) {
        let Some(every) = self.every else { return };
        let at = {
            let mut next = lock(&self.next);
            let at = (*next).max(Instant::now());
            *next = at + every;
            at
        };
        tokio::time::sleep_until(at).await;
    }

    /// What a call may do now.
    pub(super) fn pass(&self) -> Pass {
        let failed = lock(&self.failed);
        match &*failed {
            (count, Some(last)) if *count >= 2 * STORM => Pass::None(last.clone()),
            (count, _) if *count >= STORM => Pass::Once,
            _ => Pass::Full,
        }
    }

    /// Remembers how a call ended. That a thing is not there is an answer. A denial says nothing about the operation:
    /// it may be about one table.
    pub(super) fn ended(&self, failure: Option<&Failure>) {
        let is_answer = |it: &&Failure| {
            let answers = [Cause::NotFound, Cause::NoPolicy, Cause::Unsupported];
            answers.contains(&it.cause)
        };
        let Some(failure) = failure.filter(|it| !is_answer(it)) else {
            *lock(&self.failed) = (0, None);
            return;
        };
        let weight = match failure.why.reason {
            Reason::Throttled | Reason::Failed | Reason::Malformed => 1,
            Reason::TimedOut => TIMED_OUT_WEIGHT,
            Reason::Denied
            | Reason::NotOffered
            | Reason::RegionDenied
            | Reason::NotRequested
            | Reason::KnownAfterApply
            | Reason::NeedsLive
            | Reason::Unrecognised
            | Reason::Undefined
            | Reason::Ambiguous => return,
        };
        let mut failed = lock(&self.failed);
        *failed = (failed.0 + weight, Some(failure.clone()));
    }
}

/// The failure of a call that was not made.
pub(super) fn given_up(operation: Operation, last: &Failure) -> Failure {
    let said = last.why.detail.clone();
    let said = said.map_or(String::new(), |said| format!("{said}; "));
    Failure {
        why: why(
            operation,
            last.why.reason,
            format!("{said}not asked again after many failures in a row"),
        ),
        cause: last.cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(failures: usize, reason: Reason) -> Pass {
        let lane = Lane::new(Operation::DescribeTable, false, usize::MAX);
        let failure = Failure::new(Operation::DescribeTable, reason, "");
        for _ in 0..failures {
            lane.ended(Some(&failure));
        }
        lane.pass()
    }

    #[test]
    fn a_storm_leaves_one_try_and_then_none() {
        assert!(matches!(after(STORM - 1, Reason::Throttled), Pass::Full));
        assert!(matches!(after(STORM, Reason::Failed), Pass::Once));
        assert!(matches!(after(2 * STORM, Reason::Failed), Pass::None(_)));
        assert!(matches!(after(STORM / 2, Reason::TimedOut), Pass::None(_)));
    }

    #[test]
    fn denials_and_missing_things_are_no_storm() {
        assert!(matches!(after(10 * STORM, Reason::Denied), Pass::Full));
        let lane = Lane::new(Operation::ListSubscriptionsByTopic, false, usize::MAX);
        let missing = Failure {
            why: Failure::new(Operation::ListSubscriptionsByTopic, Reason::Failed, "").why,
            cause: Cause::NotFound,
        };
        (0..10 * STORM).for_each(|_| lane.ended(Some(&missing)));
        assert!(matches!(lane.pass(), Pass::Full));
        let no_policy = Failure {
            cause: Cause::NoPolicy,
            ..missing
        };
        (0..10 * STORM).for_each(|_| lane.ended(Some(&no_policy)));
        assert!(matches!(lane.pass(), Pass::Full));
    }

    #[test]
    fn that_a_thing_is_not_there_ends_a_storm_like_any_answer() {
        let lane = Lane::new(Operation::GetResourcePolicy, false, usize::MAX);
        let failure = Failure::new(Operation::GetResourcePolicy, Reason::Throttled, "");
        for cause in [Cause::NotFound, Cause::NoPolicy, Cause::Unsupported] {
            (0..STORM).for_each(|_| lane.ended(Some(&failure)));
            assert!(matches!(lane.pass(), Pass::Once));
            let answer = Failure {
                cause,
                ..failure.clone()
            };
            lane.ended(Some(&answer));
            assert!(matches!(lane.pass(), Pass::Full));
        }
    }

    #[test]
    fn one_success_ends_a_storm() {
        let lane = Lane::new(Operation::DescribeTable, false, usize::MAX);
        let failure = Failure::new(Operation::DescribeTable, Reason::Failed, "");
        (0..STORM).for_each(|_| lane.ended(Some(&failure)));
        lane.ended(None);
        assert!(matches!(lane.pass(), Pass::Full));
    }
}
