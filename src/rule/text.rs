//! How values look to people: in messages and evidence.

use crate::snapshot::record::{Elements, Value};

/// Lists longer than this are folded.
const SHOWN_ELEMENTS: usize = 10;

/// The value in words: no trailing `.0`, durations with their unit, lists joined by commas.
pub fn shown(value: Value<'_>) -> String {
    match value {
        Value::Absent => "none".to_owned(),
        Value::Unknown(_) => "(unknown)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => shown_number(number),
        Value::Duration(seconds) => shown_duration(seconds),
        Value::Time(time) => time.to_string(),
        Value::Text(text) | Value::Choice(text, _) => text.to_owned(),
        Value::Record(record) => record.label(),
        Value::List(list) => shown_list(list),
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key}={value}"));
            joined(entries.collect(), map.len())
        }
    }
}

/// The value in a sentence: long numbers in groups of three, times to the minute.
pub fn for_people(value: Value<'_>) -> String {
    match value {
        Value::Number(number) if number.abs() >= 10_000.0 => grouped(&shown_number(number)),
        Value::Time(time) => time.strftime("%Y-%m-%d %H:%MZ").to_string(),
        other => shown(other),
    }
}

/// `136,080,000` for `136080000`.
fn grouped(number: &str) -> String {
    let whole = number.split('.').next().unwrap_or(number);
    let digits = whole.trim_start_matches('-').len();
    let mut text = whole[..whole.len() - digits].to_owned();
    for (at, digit) in whole[whole.len() - digits..].chars().enumerate() {
        if at > 0 && (digits - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + &number[whole.len()..]
}

/// The value as a condition would spell it: texts in quotes.
pub fn spelled(value: Value<'_>) -> String {
    match value {
        Value::Text(text) | Value::Choice(text, _) => format!("{text:?}"),
        Value::Absent => "null".to_owned(),
        Value::List(list) => {
            let items = (0..list.len().min(SHOWN_ELEMENTS)).map(|i| spelled(list.get(i)));
            format!("[{}]", joined(items.collect(), list.len()))
        }
        other => shown(other),
    }
}

fn shown_list(list: &dyn Elements) -> String {
    let items = (0..list.len().min(SHOWN_ELEMENTS)).map(|index| shown(list.get(index)));
    let mut text = joined(items.collect(), list.len());
    if list.missing().is_some() {
        let comma = if text.is_empty() { "" } else { ", " };
        text = format!("{text}{comma}(perhaps more)");
    }
    if text.is_empty() {
        text.push_str("none");
    }
    text
}

/// Joined by commas, with the number of those left out.
pub(crate) fn joined(mut items: Vec<String>, total: usize) -> String {
    items.truncate(SHOWN_ELEMENTS);
    if total > items.len() {
        items.push(format!("and {} more", total - items.len()));
    }
    items.join(", ")
}

/// A number with at most two decimals.
pub fn shown_number(number: f64) -> String {
    let rounded = (number * 100.0).round() / 100.0;
    if rounded.is_finite() && rounded != 0.0 {
        rounded.to_string()
    } else {
        number.to_string()
    }
}

const UNITS: &[(f64, &str, &str)] = &[
    (86_400.0, "day", "days"),
    (3600.0, "h", "h"),
    (60.0, "min", "min"),
    (1.0, "s", "s"),
];

/// A duration in its largest fitting unit: `26 h`, `35 days`, `1.5 h`.
pub fn shown_duration(seconds: f64) -> String {
    let whole = |size: f64| seconds != 0.0 && seconds % size == 0.0;
    let exact = UNITS.iter().find(|(size, ..)| whole(*size));
    let rough = || UNITS.iter().find(|(size, ..)| seconds.abs() >= 2.0 * size);
    let unit = match exact {
        Some(unit) if seconds.abs() / unit.0 < 1000.0 => Some(unit),
        _ => rough(),
    };
    let (size, one, many) = unit.unwrap_or(&UNITS[3]);
    let count = (seconds / size * 10.0).round() / 10.0;
    let name = if count == 1.0 { one } else { many };
    format!("{count} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::fact::{Listed, UNDEFINED};
    use crate::snapshot::record::FactType;

    #[test]
    fn numbers_and_durations_read_well() {
        for (number, text) in [
            (3.0, "3"),
            (0.5, "0.5"),
            (1.0 / 3.0, "0.33"),
            (0.001, "0.001"),
            (1e6, "1000000"),
        ] {
            assert_eq!(shown_number(number), text);
        }
        for (seconds, text) in [
            (0.0, "0 s"),
            (90.0, "90 s"),
            (93_600.0, "26 h"),
            (86_400.0, "1 day"),
            (3_024_000.0, "35 days"),
            (5_400.0, "90 min"),
            (123_456.7, "34.3 h"),
            (1_000_001.0, "11.6 days"),
            (-3600.0, "-1 h"),
        ] {
            assert_eq!(shown_duration(seconds), text);
        }
    }

    #[test]
    fn long_numbers_in_sentences_are_grouped() {
        for (number, text) in [
            (9_999.0, "9999"),
            (12_400.0, "12,400"),
            (-136_080_000.5, "-136,080,000.5"),
        ] {
            assert_eq!(for_people(Value::Number(number)), text);
        }
        assert_eq!(shown(Value::Number(12_400.0)), "12400");
    }

    #[test]
    fn lists_are_joined_and_folded() {
        let long: Vec<f64> = (0..12).map(f64::from).collect();
        assert_eq!(
            shown(long.value()),
            "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 2 more"
        );
        let partial = Listed {
            items: vec!["a".to_owned()],
            missing: Some(UNDEFINED.clone()),
        };
        assert_eq!(shown(partial.value()), "a, (perhaps more)");
        assert_eq!(spelled(partial.value()), "[\"a\"]");
        assert_eq!(shown(Value::Absent), "none");
    }
}
