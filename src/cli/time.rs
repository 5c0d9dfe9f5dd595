//! Times and durations as people write them in flags.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::attestation::parse_date;
use crate::config::seconds;

/// A time: RFC 3339, or a date, which is its first second in UTC.
///
/// # Errors
/// Where it is neither.
pub fn parse_now(text: &str) -> Result<Timestamp, String> {
    let time = text.parse::<Timestamp>().ok();
    time.or_else(|| first_second(text)).ok_or_else(|| {
        "a time such as 2026-11-22T17:05:00Z, or a date such as 2026-11-22".to_owned()
    })
}

fn first_second(text: &str) -> Option<Timestamp> {
    // A date alone: the library would take a time without a zone, and forget the time.
    let date = parse_date(text)?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The day that it is, in UTC: of this time, or of the clock's.
pub fn today(now: Option<Timestamp>) -> Date {
    let now = now.unwrap_or_else(Timestamp::now);
    now.to_zoned(TimeZone::UTC).date()
}

/// A duration: `90d`, `2h`, `35 days`, `30s`.
///
/// # Errors
/// Where it is zero, or has no unit or one that is not known.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a duration such as 30s, 2h, 90d or \"35 days\"".to_owned();
    seconds(text).map(Duration::from_secs).ok_or_else(wrong)
}

/// The shortest and the longest window of metrics, in seconds: an hour is twelve periods, and CloudWatch keeps periods of
/// five minutes for 63 days (API reference of GetMetricData).
const METRICS_WINDOW_S: std::ops::RangeInclusive<u64> = 3_600..=63 * 86_400;

/// A duration from an hour to 63 days.
///
/// # Errors
/// Where it is no duration, or shorter or longer.
pub fn parse_metrics_window(text: &str) -> Result<Duration, String> {
    let window = parse_duration(text)?;
    match METRICS_WINDOW_S.contains(&window.as_secs()) {
        true => Ok(window),
        false => Err("a duration from 1h to 63d".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_dates_are_read() {
        let text = |now: &str| parse_now(now).map(|time| time.to_string());
        assert_eq!(text("2026-11-22"), Ok("2026-11-22T00:00:00Z".to_owned()));
        assert_eq!(
            text("2026-11-22T17:05:00+01:00"),
            Ok("2026-11-22T16:05:00Z".to_owned())
        );
        assert!(text("2026-11-22T17:05").is_err());
        assert!(text("tomorrow").is_err());
        assert!(text("2026-13-01").is_err());
    }

    #[test]
    fn a_window_of_metrics_is_an_hour_to_63_days() {
        assert!(parse_metrics_window("1h").is_ok() && parse_metrics_window("63d").is_ok());
        for wrong in ["59m", "64d", "14"] {
            assert!(parse_metrics_window(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_units() {
        let seconds = |text: &str| parse_duration(text).map(|duration| duration.as_secs());
        assert_eq!(seconds("90d"), Ok(90 * 86_400));
        assert_eq!(seconds("2h"), Ok(7_200));
        assert_eq!(seconds("35 days"), Ok(35 * 86_400));
        for wrong in [
            "",
            "90",
            "d",
            "-2h",
            "1.5h",
            "3 fortnights",
            "99999999999999999999d",
            "9999999999999w",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
