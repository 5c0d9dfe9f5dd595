//! True, false and unknown; how values are compared and combined.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::value::Val;
use crate::rule::condition::Operator;
use crate::snapshot::fact::{UNDEFINED, UNRECOGNISED, Why};
use crate::snapshot::record::Value;

/// The outcome of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth<'a> {
    True,
    False,
    Unknown(&'a Why),
}

pub(super) use Truth::{False, True, Unknown};

pub(super) const NO_ANSWER: Truth<'static> = Unknown(&UNDEFINED);

impl<'a> Truth<'a> {
    pub(super) fn not(self) -> Truth<'a> {
        match self {
            True => False,
            False => True,
            Unknown(why) => Unknown(why),
        }
    }

    pub(super) fn is(self, outcome: bool) -> bool {
        self == Truth::from(outcome)
    }

    pub(super) fn value(self) -> Val<'a> {
        Val::Plain(match self {
            True => Value::Bool(true),
            False => Value::Bool(false),
            Unknown(why) => Value::Unknown(why),
        })
    }
}

impl From<bool> for Truth<'_> {
    fn from(value: bool) -> Self {
        if value { True } else { False }
    }
}

impl<'a> From<&Val<'a>> for Truth<'a> {
    fn from(val: &Val<'a>) -> Truth<'a> {
        match val {
            Val::Plain(Value::Bool(value)) => Truth::from(*value),
            Val::Plain(Value::Unknown(why)) => Unknown(why),
            Val::Plain(_) | Val::Seq(_) | Val::Between(..) => NO_ANSWER,
        }
    }
}

/// A conjunction of answers that come one by one: `stop` decides, unknown is kept.
pub(super) fn join<'a>(answers: impl IntoIterator<Item = Truth<'a>>, stop: Truth<'a>) -> Truth<'a> {
    let mut joined = stop.not();
    for answer in answers {
        match answer {
            Unknown(_) if !matches!(joined, Unknown(_)) => joined = answer,
            answer if answer == stop => return stop,
            _ => {}
        }
    }
    joined
}

pub(super) fn compare<'a>(operator: Operator, left: &Val<'a>, right: &Val<'a>) -> Truth<'a> {
    match operator {
        Operator::Equal => equal(left, right),
        Operator::NotEqual => equal(left, right).not(),
        Operator::Less => less(left, right, false),
        Operator::AtMost => less(left, right, true),
        Operator::More => less(right, left, false),
        Operator::AtLeast => less(right, left, true),
        Operator::In | Operator::Plus | Operator::Minus | Operator::Times | Operator::Over => {
            NO_ANSWER
        }
    }
}

pub(super) fn equal<'a>(left: &Val<'a>, right: &Val<'a>) -> Truth<'a> {
    if let Some(why) = left.unknown().or(right.unknown()) {
        return Unknown(why);
    }
    let (Val::Plain(a), Val::Plain(b)) = (left, right) else {
        return equal_ranges(left, right);
    };
    match (*a, *b) {
        (Value::Bool(a), Value::Bool(b)) => Truth::from(a == b),
        (Value::Time(a), Value::Time(b)) => Truth::from(a == b),
        (Value::Text(a), Value::Text(b)) => Truth::from(a == b),
        (Value::Choice(a, known), Value::Text(b)) | (Value::Text(b), Value::Choice(a, known)) => {
            equal_words(a, b, known.knows(a))
        }
        (Value::Choice(a, known), Value::Choice(b, _)) => {
            equal_words(a, b, known.knows(a) && known.knows(b))
        }
        _ => equal_ranges(left, right),
    }
}

/// A word that this version does not know may mean the same as another.
fn equal_words(a: &str, b: &str, are_known: bool) -> Truth<'static> {
    match (a == b, are_known) {
        (true, _) => True,
        (false, true) => False,
        (false, false) => Unknown(&UNRECOGNISED),
    }
}

fn equal_ranges<'a>(left: &Val<'a>, right: &Val<'a>) -> Truth<'a> {
    let (Some(a), Some(b)) = (Range::of(left), Range::of(right)) else {
        return NO_ANSWER;
    };
    if a.kind != b.kind {
        return NO_ANSWER;
    }
    match (a.why.or(b.why), a.high < b.low || b.high < a.low) {
        (_, true) => False,
        (None, false) => True,
        (Some(why), false) => Unknown(why),
    }
}

/// `left < right`, or `left <= right`.
fn less<'a>(left: &Val<'a>, right: &Val<'a>, or_equal: bool) -> Truth<'a> {
    if let Some(why) = left.unknown().or(right.unknown()) {
        return Unknown(why);
    }
    if let (Val::Plain(Value::Time(a)), Val::Plain(Value::Time(b))) = (left, right) {
        let order = a.cmp(b);
        return Truth::from(order == Ordering::Less || or_equal && order == Ordering::Equal);
    }
    let (Some(a), Some(b)) = (Range::of(left), Range::of(right)) else {
        return NO_ANSWER;
    };
    if a.kind != b.kind {
        return NO_ANSWER;
    }
    let below = |a: f64, b: f64| a < b || or_equal && a == b;
    match (below(a.high, b.low), below(a.low, b.high)) {
        (true, _) => True,
        (_, false) => False,
        (false, true) => Unknown(a.why.or(b.why).unwrap_or(&UNDEFINED)),
    }
}

/// A number or duration, perhaps not known exactly.
struct Range<'a> {
    low: f64,
    high: f64,
    why: Option<&'a Why>,
    kind: RangeKind,
}

#[derive(PartialEq)]
enum RangeKind {
    Number,
    Duration,
}

impl<'a> Range<'a> {
    fn of(val: &Val<'a>) -> Option<Range<'a>> {
        let exact = |value: f64, kind| {
            (!value.is_nan()).then_some(Range {
                low: value,
                high: value,
                why: None,
                kind,
            })
        };
        match val {
            Val::Plain(Value::Number(number)) => exact(*number, RangeKind::Number),
            Val::Plain(Value::Duration(seconds)) => exact(*seconds, RangeKind::Duration),
            Val::Between(low, high, why) => Some(Range {
                low: *low,
                high: *high,
                why: Some(why),
                kind: RangeKind::Number,
            }),
            Val::Plain(_) | Val::Seq(_) => None,
        }
    }
}

pub(super) fn calculate<'a>(operator: Operator, left: &Val<'a>, right: &Val<'a>) -> Val<'a> {
    if let Some(why) = left.unknown().or(right.unknown()) {
        return Val::Plain(Value::Unknown(why));
    }
    match (left, right) {
        (Val::Plain(a), Val::Plain(b)) => Val::Plain(calculate_plain(operator, *a, *b)),
        (Val::Between(..), _) | (_, Val::Between(..)) => calculate_range(operator, left, right),
        _ => NO_ANSWER.value(),
    }
}

fn calculate_plain<'a>(operator: Operator, a: Value<'a>, b: Value<'a>) -> Value<'a> {
    use Operator::{Minus, Over, Plus, Times};
    use Value::{Duration, Number, Time};
    let result = match (operator, a, b) {
        (_, Number(a), Number(b)) => Number(apply(operator, a, b)),
        (Plus | Minus, Duration(a), Duration(b)) => Duration(apply(operator, a, b)),
        (Times | Over, Duration(a), Number(b)) => Duration(apply(operator, a, b)),
        (Times, Number(a), Duration(b)) => Duration(a * b),
        (Over, Duration(a), Duration(b)) => Number(a / b),
        (Plus, Time(time), Duration(by)) | (Plus, Duration(by), Time(time)) => shift(time, by),
        (Minus, Time(time), Duration(by)) => shift(time, -by),
        (Minus, Time(a), Time(b)) => Duration(a.duration_since(b).as_secs_f64()),
        _ => Value::Unknown(&UNDEFINED),
    };
    match result {
        Number(number) | Duration(number) if !number.is_finite() => Value::Unknown(&UNDEFINED),
        result => result,
    }
}

fn apply(operator: Operator, a: f64, b: f64) -> f64 {
    match operator {
        Operator::Plus => a + b,
        Operator::Minus => a - b,
        Operator::Times => a * b,
        Operator::Over => a / b,
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::AtMost
        | Operator::More
        | Operator::AtLeast
        | Operator::In => f64::NAN,
    }
}

fn shift(time: Timestamp, seconds: f64) -> Value<'static> {
    let by = SignedDuration::try_from_secs_f64(seconds).ok();
    let shifted = by.and_then(|by| time.checked_add(by).ok());
    shifted.map_or(Value::Unknown(&UNDEFINED), Value::Time)
}

/// Sums of ranges stay ranges; other operators give up.
fn calculate_range<'a>(operator: Operator, left: &Val<'a>, right: &Val<'a>) -> Val<'a> {
    let (Some(a), Some(b)) = (Range::of(left), Range::of(right)) else {
        return NO_ANSWER.value();
    };
    let why = a.why.or(b.why).unwrap_or(&UNDEFINED);
    let (low, high) = match operator {
        Operator::Plus => (a.low + b.low, a.high + b.high),
        Operator::Minus => (a.low - b.high, a.high - b.low),
        _ => return Val::Plain(Value::Unknown(why)),
    };
    if low.is_nan() || high.is_nan() {
        return Val::Plain(Value::Unknown(why));
    }
    Val::Between(low, high, why)
}
