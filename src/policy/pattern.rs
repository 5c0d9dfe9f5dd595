//! Patterns of actions and of ARNs: `*` is any run of characters, `?` is one.
//!
//! `…_matches` compares a pattern with a text, `…_covers` asks whether one pattern holds all that another does, `…_meet`
//! whether two have anything in common. The answers about two patterns are exact for what people write; where a `?` of
//! one stands against a `*` of the other, `covers` errs towards no.

/// Whether an action is one of the pattern's. Case does not count.
pub fn action_matches(pattern: &str, action: &str) -> bool {
    glob(pattern, action, |pattern, action| {
        pattern == '?' || pattern.eq_ignore_ascii_case(&action)
    })
}

/// Whether the pattern holds every action of another pattern.
pub fn action_covers(pattern: &str, inner: &str) -> bool {
    // Every action has a colon, so `*` holds no more than `*:*`.
    let inner = if inner == "*" { "*:*" } else { inner };
    covers(&pattern.to_ascii_lowercase(), &inner.to_ascii_lowercase())
}

/// Whether two patterns have an action in common.
pub fn actions_meet(one: &str, other: &str) -> bool {
    meet(&one.to_ascii_lowercase(), &other.to_ascii_lowercase())
}

/// Whether an ARN is one of the pattern's: part by part, so that a `*` does not reach into the next part. The sixth
/// part keeps its colons, and there `*` crosses them and `/`. Case counts.
pub fn arn_matches(pattern: &str, arn: &str) -> bool {
    by_parts(pattern, arn, matches)
}

/// Whether the pattern holds every ARN of another pattern.
pub fn arn_covers(pattern: &str, inner: &str) -> bool {
    by_parts(pattern, inner, covers)
}

/// Whether two patterns have an ARN in common.
pub fn arns_meet(one: &str, other: &str) -> bool {
    by_parts(one, other, meet)
}

fn by_parts(one: &str, other: &str, same: fn(&str, &str) -> bool) -> bool {
    parts(one)
        .iter()
        .zip(parts(other))
        .all(|(one, other)| same(one, other))
}

/// The six parts of an ARN; a pattern with fewer, such as `*`, is filled up with `*`.
fn parts(arn: &str) -> [&str; 6] {
    let mut parts = ["*"; 6];
    for (slot, part) in parts.iter_mut().zip(arn.splitn(6, ':')) {
        *slot = part;
    }
    parts
}

/// Whether a text is one of the pattern's. Case counts. Time is bounded by the product of the lengths.
pub fn matches(pattern: &str, text: &str) -> bool {
    glob(pattern, text, |pattern, text| {
        pattern == '?' || pattern == text
    })
}

/// A pattern as the text of another: its `*` is a character that only a `*` takes.
fn covers(pattern: &str, inner: &str) -> bool {
    glob(pattern, inner, |pattern, inner| {
        inner != '*' && (pattern == '?' || pattern == inner)
    })
}

fn glob(pattern: &str, text: &str, same: fn(char, char) -> bool) -> bool {
    if pattern.is_ascii() && text.is_ascii() {
        let same = |one: &u8, other: &u8| same(char::from(*one), char::from(*other));
        walk(pattern.as_bytes(), text.as_bytes(), &b'*', same)
    } else {
        let pattern: Vec<char> = pattern.chars().collect();
        let text: Vec<char> = text.chars().collect();
        walk(&pattern, &text, &'*', |one, other| same(*one, *other))
    }
}

/// The usual walk with one place to go back to: the last `*`.
fn walk<C: PartialEq>(pattern: &[C], text: &[C], star: &C, same: impl Fn(&C, &C) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        if pattern.get(p) == Some(star) {
            back = Some((p + 1, t));
            p += 1;
        } else if pattern.get(p).is_some_and(|c| same(c, &text[t])) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((after, from)) = back {
            back = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| c == star)
}

/// Whether some text is of both patterns: which prefixes of one can go with which of the other.
fn meet(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let mut row = vec![false; other.len() + 1];
    row[0] = true;
    for j in 0..other.len() {
        row[j + 1] = row[j] && other[j] == '*';
    }
    for &c in &one {
        let mut next = vec![false; other.len() + 1];
        next[0] = row[0] && c == '*';
        for (j, &d) in other.iter().enumerate() {
            let star = (c == '*' || d == '*') && (next[j] || row[j + 1] || row[j]);
            let same = c == '?' || d == '?' || c == d;
            next[j + 1] = star || (same && row[j]);
        }
        row = next;
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_match_without_case() {
        for (pattern, action, expected) in [
            ("*", "dynamodb:GetItem", true),
            ("dynamodb:*", "dynamodb:GetItem", true),
            ("DynamoDB:get*", "dynamodb:GetItem", true),
            ("dynamodb:GetIte?", "dynamodb:GetItem", true),
            ("dynamodb:GetItem?", "dynamodb:GetItem", false),
            ("dynamodb:Get", "dynamodb:GetItem", false),
            ("dynamodb:*Item", "dynamodb:BatchGetItem", true),
            ("dax:*", "dynamodb:GetItem", false),
            (" dynamodb:GetItem", "dynamodb:GetItem", false),
            ("dynamodb:[G]etItem", "dynamodb:GetItem", false),
        ] {
            assert_eq!(action_matches(pattern, action), expected, "{pattern}");
        }
    }

    #[test]
    fn a_star_stays_in_its_part_of_an_arn() {
        let table = "arn:aws:dynamodb:eu-central-1:111122223333:table/orders";
        for (pattern, expected) in [
            ("*", true),
            ("arn:aws:dynamodb:*:*:table/*", true),
            ("arn:*:dynamodb:*:111122223333:table/orders", true),
            ("arn:aws:dynamodb:*:table/orders", false),
            ("arn:aws:dynamodb:*", true),
            (
                "arn:aws:dynamodb:eu-central-1:111122223333:table/Orders",
                false,
            ),
            (
                "arn:aws:dynamodb:eu-central-1:111122223333:table/orders*",
                true,
            ),
            (
                "arn:aws:dynamodb:eu-central-1:111122223333:table/orders/*",
                false,
            ),
            ("arn:aws:s3:::*", false),
        ] {
            assert_eq!(arn_matches(pattern, table), expected, "{pattern}");
        }
        let stream = format!("{table}/stream/2026-01-01T00:00:00.000");
        assert!(arn_matches("arn:aws:dynamodb:*:*:table/orders/*", &stream));
    }

    #[test]
    fn a_pattern_covers_what_lies_within() {
        for (outer, inner, expected) in [
            ("*", "dynamodb:*", true),
            ("dynamodb:*", "dynamodb:*", true),
            ("dynamo*", "dynamodb:*", true),
            ("*:*", "dynamodb:*", true),
            ("dynamodb:*Item", "dynamodb:*", false),
            ("*:*", "*", true),
            ("*?*", "*", true),
            ("?", "*", false),
            ("dynamodb:?*", "dynamodb:*", false),
            ("dynamodb:Get*", "dynamodb:GetItem*", true),
        ] {
            assert_eq!(action_covers(outer, inner), expected, "{outer} {inner}");
        }
        let tables = "arn:aws:dynamodb:eu-central-1:111122223333:table/*";
        assert!(arn_covers("arn:aws:dynamodb:*:*:*", tables));
        assert!(!arn_covers("arn:aws:dynamodb:*:*:table/app-*", tables));
    }

    #[test]
    fn patterns_meet_where_a_text_is_of_both() {
        for (one, other, expected) in [
            ("dynamodb:Get*", "dynamodb:*Item", true),
            ("dynamodb:*", "d*:DeleteTable", true),
            ("iam:*", "dynamodb:*", false),
            ("*", "", true),
            ("?", "", false),
            ("a*c", "ab*", true),
            ("a*c", "b*", false),
        ] {
            assert_eq!(actions_meet(one, other), expected, "{one} {other}");
            assert_eq!(actions_meet(other, one), expected, "{other} {one}");
        }
    }
}
