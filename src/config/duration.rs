//! Lengths of time as people write them in flags and files: `90d`, `2h`, `35 days`.

/// The longest, in seconds: a thousand years. Anything longer could not be added to a time.
const MOST_S: u64 = 8_760_000 * 3_600;

/// The seconds of a duration; `None` where it is zero, too long, or has no unit or one that is not known.
pub fn seconds(text: &str) -> Option<u64> {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let (amount, unit) = text.split_at(digits);
    let amount: u64 = amount.parse().ok()?;
    let seconds = amount.checked_mul(unit_s(unit.trim())?)?;
    (1..MOST_S).contains(&seconds).then_some(seconds)
}

fn unit_s(unit: &str) -> Option<u64> {
    match unit {
        "s" | "sec" | "second" | "seconds" => Some(1),
        "m" | "min" | "minute" | "minutes" => Some(60),
        "h" | "hour" | "hours" => Some(3_600),
        "d" | "day" | "days" => Some(86_400),
        "w" | "week" | "weeks" => Some(604_800),
        _ => None,
    }
}
