//! From the shapes of the AWS SDK to ours: times, counts, and members that must be there.
//!
//! The SDK fills required members that an answer lacks with empty text and "no value was set": both are malformed
//! here, never values.

use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::classify::why;
use crate::snapshot::fact::{Fact, Reason};
use crate::snapshot::operation::Operation;

/// The member that was missing or makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// What the SDK puts where a required choice is missing.
const NO_CHOICE: &str = "no value was set";

/// A fact read from an answer.
pub(super) fn fact<T>(operation: Operation, read: Result<T, Malformed>) -> Fact<T> {
    match read {
        Ok(value) => Fact::Known(value),
        Err(Malformed(member)) => {
            let detail = format!("no {member} in the answer");
            Fact::Unknown(why(operation, Reason::Malformed, detail))
        }
    }
}

/// A member that is always there.
pub(super) fn needed<T>(value: Option<T>, member: &'static str) -> Result<T, Malformed> {
    value.ok_or(Malformed(member))
}

/// Text that is always there and never empty.
pub(super) fn text(value: Option<&str>, member: &'static str) -> Result<String, Malformed> {
    match value {
        None | Some("" | NO_CHOICE) => Err(Malformed(member)),
        Some(value) => Ok(value.to_owned()),
    }
}

/// A choice that is always there.
pub(super) fn choice<T: for<'a> From<&'a str>>(
    value: Option<&str>,
    member: &'static str,
) -> Result<T, Malformed> {
    text(value, member).map(|word| T::from(&word))
}

/// A choice that may be left out.
pub(super) fn maybe_choice<T: for<'a> From<&'a str>>(value: Option<&str>) -> Option<T> {
    value.filter(|word| *word != NO_CHOICE).map(T::from)
}

/// A count that is always there and never negative.
pub(super) fn count(
    value: Option<impl TryInto<u64>>,
    member: &'static str,
) -> Result<u64, Malformed> {
    needed(value, member)?
        .try_into()
        .map_err(|_| Malformed(member))
}

/// A count that may be left out.
pub(super) fn maybe_count(
    value: Option<impl TryInto<u64>>,
    member: &'static str,
) -> Result<Option<u64>, Malformed> {
    value.map(|value| count(Some(value), member)).transpose()
}

/// A time that is always there, to the millisecond: the protocols carry seconds as floating-point numbers, whose
/// further digits are noise. The SDK puts 1970 where a required time is missing.
pub(super) fn time(value: Option<&DateTime>, member: &'static str) -> Result<Timestamp, Malformed> {
    let value = needed(value, member)?;
    let millis = value.to_millis().map_err(|_| Malformed(member))?;
    match Timestamp::from_millisecond(millis) {
        Ok(time) if millis != 0 => Ok(time),
        Ok(_) | Err(_) => Err(Malformed(member)),
    }
}

/// A time that may be left out.
pub(super) fn maybe_time(
    value: Option<&DateTime>,
    member: &'static str,
) -> Result<Option<Timestamp>, Malformed> {
    value.map(|value| time(Some(value), member)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sdk_fills_in_is_malformed() {
        assert_eq!(text(Some(""), "Name"), Err(Malformed("Name")));
        assert_eq!(text(Some(NO_CHOICE), "Type"), Err(Malformed("Type")));
        assert_eq!(count(Some(-1i64), "Count"), Err(Malformed("Count")));
        let unset = DateTime::from_secs(0);
        assert_eq!(time(Some(&unset), "Date"), Err(Malformed("Date")));
    }

    #[test]
    fn times_keep_their_milliseconds() {
        let date = DateTime::from_secs_and_nanos(1_700_000_000, 250_000_066);
        let time = time(Some(&date), "Date").expect("a time");
        assert_eq!(time.to_string(), "2023-11-14T22:13:20.25Z");
    }
}
