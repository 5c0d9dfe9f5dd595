//! How often a schedule fires: the longest time between two backups that AWS cron and rate expressions give.
//!
//! Syntax: Amazon EventBridge user guide, "Cron expressions"; AWS Backup uses it. Time zones shift all firings alike and
//! don't matter. An expression that this version can't read has no answer, never a guess.

use crate::snapshot::fact::{Fact, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{FactType, Type, Value};

/// The schedule of a rule that gives none (API reference of BackupRule).
const DEFAULT: &str = "cron(0 5 ? * * *)";
const MINUTES_A_DAY: u32 = 24 * 60;
/// Two years, one of them a leap year: every yearly schedule fires at least once, every other one twice.
const DAYS: u32 = 731;

/// The expression is none that this version knows.
static UNREAD: Why = Why::from_call(Reason::Unrecognised, Operation::GetBackupPlan);

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Span {
    /// Seconds.
    pub seconds: f64,
}

impl FactType for Span {
    fn ty() -> Type {
        Type::Duration
    }
    fn value(&self) -> Value<'_> {
        Value::Duration(self.seconds)
    }
}

/// When something fires: minutes since the start of a year before a leap year, sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Firings(Vec<u32>);

/// When a rule's schedule fires; unknown where the expression can't be read.
pub(super) fn firings(schedule: Option<&str>) -> Fact<Firings> {
    let read = read(schedule.unwrap_or(DEFAULT).trim());
    read.map_or_else(|| Fact::Unknown(UNREAD.clone()), Fact::Known)
}

impl Firings {
    /// The longest time without a firing; absent where there is none at all.
    pub(super) fn interval(&self) -> Option<Span> {
        let (first, last) = (*self.0.first()?, *self.0.last()?);
        let inner = self.0.windows(2).map(|pair| pair[1] - pair[0]);
        // What comes before the first and after the last is no longer than that, but for what fires once a year.
        let longest = match inner.max() {
            Some(longest) => longest,
            None => first.max(DAYS * MINUTES_A_DAY - last),
        };
        Some(Span {
            seconds: f64::from(longest) * 60.0,
        })
    }

    /// The firings of several rules together.
    pub(super) fn together<'f>(all: impl IntoIterator<Item = &'f Firings>) -> Firings {
        let mut merged: Vec<u32> = all.into_iter().flat_map(|it| it.0.clone()).collect();
        merged.sort_unstable();
        merged.dedup();
        Firings(merged)
    }
}

fn read(schedule: &str) -> Option<Firings> {
    let inside = |kind: &str| schedule.strip_prefix(kind)?.strip_suffix(')');
    match (inside("cron("), inside("rate(")) {
        (Some(fields), _) => cron(fields),
        (None, Some(rate)) => every(rate),
        (None, None) => None,
    }
}

/// `6 hours`, `1 day`.
fn every(rate: &str) -> Option<Firings> {
    let mut words = rate.split_whitespace();
    let (count, unit) = (words.next()?.parse::<u32>().ok()?, words.next()?);
    let minutes = match unit {
        "minute" | "minutes" => 1,
        "hour" | "hours" => 60,
        "day" | "days" => MINUTES_A_DAY,
        _ => return None,
    };
    let step = usize::try_from(count.checked_mul(minutes)?).ok()?;
    let is_whole = words.next().is_none() && step > 0;
    is_whole.then(|| Firings((0..=DAYS * MINUTES_A_DAY).step_by(step).collect()))
}

/// Minutes, hours, day of month, month, day of week, year.
fn cron(fields: &str) -> Option<Firings> {
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, days, months, weekdays, year] = fields.as_slice() else {
        return None;
    };
    // A schedule of certain years has no lasting interval.
    let is_every_year = *year == "*" || *year == "?";
    let days = Days::read(days, weekdays)?;
    let (minutes, hours) = (numbers(minutes, 0, 59, &[])?, numbers(hours, 0, 23, &[])?);
    let months = numbers(months, 1, 12, &MONTHS)?;
    if !is_every_year {
        return None;
    }
    let mut firings = Vec::new();
    for day in calendar() {
        if months.contains(&day.month) && days.contain(&day) {
            let start = day.number * MINUTES_A_DAY;
            let hour = |hour: &u32| start + hour * 60;
            let times = hours.iter().map(hour);
            firings.extend(times.flat_map(|hour| minutes.iter().map(move |minute| hour + minute)));
        }
    }
    Some(Firings(firings))
}

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
/// From 1, which is Sunday.
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// A field of numbers: `*`, `0/15`, `1-5`, `MON-FRI`, `1,15`. Sorted.
fn numbers(field: &str, least: u32, most: u32, names: &[&str]) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let number = |text: &str| number(text, least, most, names);
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (number(from)?, number(to)?),
            None if range == "*" || range == "?" => (least, most),
            None if part.contains('/') => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        let size = most - least + 1;
        // FRI-MON runs over the end.
        let to = if to < from { to + size } else { to };
        let range = (from..=to).step_by(step);
        found.extend(range.map(|it| if it > most { it - size } else { it }));
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

fn number(text: &str, least: u32, most: u32, names: &[&str]) -> Option<u32> {
    let named = names.iter().position(|it| it.eq_ignore_ascii_case(text));
    let number = match named {
        Some(place) => least + u32::try_from(place).ok()?,
        None => text.parse().ok()?,
    };
    (least..=most).contains(&number).then_some(number)
}

/// A day of the two years.
struct Day {
    /// Since their start.
    number: u32,
    month: u32,
    /// Of the month, from 1.
    date: u32,
    /// How long the month is.
    month_days: u32,
    /// From 1, which is Sunday.
    weekday: u32,
}

/// Every day of 2027 and 2028.
fn calendar() -> Vec<Day> {
    let mut days = Vec::new();
    for leap in [0, 1] {
        let lengths = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        for (month, month_days) in (1..).zip(lengths) {
            for date in 1..=month_days {
                let number = u32::try_from(days.len()).unwrap_or(0);
                // 1 January 2027 is a Friday.
                let weekday = (number + 5) % 7 + 1;
                days.push(Day {
                    number,
                    month,
                    date,
                    month_days,
                    weekday,
                });
            }
        }
    }
    days
}

/// Which days of a month fire.
enum Days {
    /// Every day.
    All,
    /// These dates.
    Dates(Vec<u32>),
    /// The last of the month.
    Last,
    /// The working day nearest to a date, in the same month.
    WorkingDay(u32),
    /// These days of the week.
    Weekdays(Vec<u32>),
    /// The last of these in the month.
    LastWeekday(u32),
    /// The second Monday: day of the week, and which.
    NthWeekday(u32, u32),
}

impl Days {
    /// One of the two fields says nothing: `?`, or `*` beside one that says something.
    fn read(dates: &str, weekdays: &str) -> Option<Days> {
        let is_any = |field: &str| field == "?" || field == "*";
        match (is_any(dates), is_any(weekdays)) {
            (true, true) => Some(Days::All),
            (false, true) => Days::by_date(dates),
            (true, false) => Days::by_weekday(weekdays),
            (false, false) => None,
        }
    }

    fn by_date(field: &str) -> Option<Days> {
        if field == "L" {
            return Some(Days::Last);
        }
        match field.strip_suffix('W') {
            Some(date) => Some(Days::WorkingDay(number(date, 1, 31, &[])?)),
            None => Some(Days::Dates(numbers(field, 1, 31, &[])?)),
        }
    }

    fn by_weekday(field: &str) -> Option<Days> {
        let weekday = |text: &str| number(text, 1, 7, &WEEKDAYS);
        if let Some((day, nth)) = field.split_once('#') {
            return Some(Days::NthWeekday(weekday(day)?, number(nth, 1, 5, &[])?));
        }
        match field.strip_suffix('L') {
            // Alone it is the last day of the week.
            Some("") => Some(Days::Weekdays(vec![7])),
            Some(day) => Some(Days::LastWeekday(weekday(day)?)),
            None => Some(Days::Weekdays(numbers(field, 1, 7, &WEEKDAYS)?)),
        }
    }

    fn contain(&self, day: &Day) -> bool {
        match self {
            Days::All => true,
            Days::Dates(dates) => dates.contains(&day.date),
            Days::Last => day.date == day.month_days,
            Days::WorkingDay(date) => *date <= day.month_days && is_nearest(day, *date),
            Days::Weekdays(weekdays) => weekdays.contains(&day.weekday),
            Days::LastWeekday(weekday) => day.weekday == *weekday && day.date + 7 > day.month_days,
            Days::NthWeekday(weekday, nth) => {
                day.weekday == *weekday && day.date.div_ceil(7) == *nth
            }
        }
    }
}

/// Whether the day is the working day nearest to a date of its month.
fn is_nearest(day: &Day, date: u32) -> bool {
    let weekday = (day.weekday + 34 + date - day.date) % 7 + 1;
    let (saturday, sunday) = (weekday == 7, weekday == 1);
    let nearest = match (saturday, sunday) {
        (true, _) if date == 1 => 3,
        (true, _) => date - 1,
        (_, true) if date == day.month_days => date - 2,
        (_, true) => date + 1,
        (false, false) => date,
    };
    day.date == nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours between firings; `None` for an expression that has none.
    fn hours(schedule: &str) -> Option<f64> {
        let firings = firings(Some(schedule));
        let interval = firings.known()?.interval()?;
        Some(interval.seconds / 3600.0)
    }

    #[test]
    fn the_longest_time_between_firings_counts() {
        for (schedule, expected) in [
            ("cron(0 3 * * ? *)", 24.0),
            ("cron(0 5 ? * * *)", 24.0),
            ("cron(15 * ? * * *)", 1.0),
            ("cron(0/30 * * * ? *)", 0.5),
            ("cron(0 0/6 * * ? *)", 6.0),
            ("cron(0 */6 * * ? *)", 6.0),
            ("cron(0 0,12 * * ? *)", 12.0),
            // At 8 and 18: the night is longer than the day.
            ("cron(0 8,18 * * ? *)", 14.0),
            ("cron(0 8-18/5 * * ? *)", 14.0),
            ("cron(0 22-2/2 * * ? *)", 20.0),
            ("cron(0 5 ? * MON-FRI *)", 72.0),
            ("cron(0 5 ? * 2-6 *)", 72.0),
            ("cron(0 5 ? * FRI-MON *)", 96.0),
            ("cron(0 5 ? * sun *)", 168.0),
            ("cron(0 5 ? * L *)", 168.0),
            ("cron(0 5 1 * ? *)", 31.0 * 24.0),
            ("cron(0 5 L * ? *)", 31.0 * 24.0),
            ("cron(0 5 1,15 * ? *)", 17.0 * 24.0),
            ("cron(0 5 ? * 2#1 *)", 35.0 * 24.0),
            ("cron(0 5 ? * 6L *)", 35.0 * 24.0),
            ("cron(0 5 1 JAN,JUL ? *)", 184.0 * 24.0),
            ("cron(0 5 1 1 ? *)", 365.0 * 24.0),
            ("rate(1 hour)", 1.0),
            ("rate(7 days)", 168.0),
        ] {
            assert_eq!(hours(schedule), Some(expected), "{schedule}");
        }
        // The working day nearest to the first moves to the third where the first is a Saturday.
        assert!(
            hours("cron(0 5 1W * ? *)").is_some_and(|it| (31.0 * 24.0..34.0 * 24.0).contains(&it))
        );
        assert!(hours("cron(0 5 29 2 ? *)").is_some_and(|it| it > 365.0 * 24.0));
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        for schedule in [
            "",
            "daily",
            "cron(0 3 * * ?)",
            "cron(0 25 * * ? *)",
            "cron(0 3 1 * MON *)",
            "cron(0 3 * * ? 2027)",
            "cron(0 3/0 * * ? *)",
            "cron(0 3 * SMARCH ? *)",
            "rate(5 fortnights)",
            "rate(0 hours)",
            "at(2027-01-01T00:00:00)",
        ] {
            assert!(firings(Some(schedule)).known().is_none(), "{schedule}");
        }
        assert!(firings(None).known().is_some());
    }

    #[test]
    fn a_schedule_that_never_fires_has_no_interval() {
        assert_eq!(hours("cron(0 5 31 2 ? *)"), None);
        assert!(firings(Some("cron(0 5 31 2 ? *)")).known().is_some());
    }

    #[test]
    fn two_schedules_fill_each_others_gaps() {
        let [one, other] = ["cron(0 0 * * ? *)", "cron(0 12 * * ? *)"]
            .map(|it| firings(Some(it)).known().expect("readable").clone());
        let interval = Firings::together([&one, &other]).interval();
        assert_eq!(
            interval,
            Some(Span {
                seconds: 12.0 * 3600.0
            })
        );
    }
}
