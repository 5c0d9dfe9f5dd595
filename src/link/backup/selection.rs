//! Whether the criteria of a backup selection select a table: (Resources ∪ ListOfTags) ∩ Conditions − NotResources.
//!
//! Knows nothing of plans, schedules or recovery points. Where AWS's own pages leave it open, the answer is [`OPEN`].
//! Sources: API reference, BackupSelection; "Assigning resources to a backup plan", AWS Backup developer guide.

use std::collections::BTreeMap;

use crate::link::logic::Answer;
use crate::snapshot::backup::{SelectionCriteria, TagCondition};
use crate::snapshot::fact::{Fact, Reason, Why};
use crate::snapshot::operation::Operation;

/// AWS's own pages don't agree on this combination of criteria.
pub(super) static OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::GetBackupSelection);

/// What a selection looks at in a table.
pub struct Candidate<'a> {
    /// ARN.
    pub arn: &'a str,
    /// Tags.
    pub tags: &'a Fact<BTreeMap<String, String>>,
}

/// A match of ARN or value with wildcards: `*` is any run of characters.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(inner) = last.replace(part) {
            match rest.find(inner) {
                Some(at) => rest = &rest[at + str::len(inner)..],
                None => return false,
            }
        }
    }
    match last {
        Some(end) => rest.ends_with(end),
        None => rest.is_empty(),
    }
}

/// Whether an ARN pattern of a selection matches. Wildcards stand for whole parts before the resource and at its end
/// ("Assigning resources to a backup plan"); the API reference of BackupSelection calls others not supported, and does
/// not say what becomes of them.
fn arn_matches(pattern: &str, arn: &str) -> Answer<'static> {
    let is_plain = |part: &str| part == "*" || !part.contains('*');
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let supported = match parts.as_slice() {
        [prefix @ .., resource] => {
            let start = resource.strip_suffix('*').unwrap_or(resource);
            prefix.iter().all(|part| is_plain(part)) && !start.contains('*')
        }
        [] => true,
    };
    match (matches(pattern, arn), supported) {
        (false, _) => Answer::No,
        (true, true) => Answer::Yes,
        (true, false) => Answer::Unknown(&OPEN),
    }
}

impl<'a> Candidate<'a> {
    /// Asks the tags; unreadable ones give unknown.
    fn tagged(&self, ask: impl Fn(&'a BTreeMap<String, String>) -> Answer<'a>) -> Answer<'a> {
        match self.tags.as_ref() {
            Ok(tags) => ask(tags),
            Err(why) => Answer::Unknown(why),
        }
    }

    pub(super) fn equals(&self, condition: &TagCondition) -> Answer<'a> {
        self.tagged(|tags| {
            Answer::of(
                tags.get(&condition.key)
                    .is_some_and(|value| *value == condition.value),
            )
        })
    }

    pub(super) fn like(&self, condition: &TagCondition) -> Answer<'a> {
        self.tagged(|tags| {
            Answer::of(
                tags.get(&condition.key)
                    .is_some_and(|value| matches(&condition.value, value)),
            )
        })
    }

    /// A negated condition on a tag that the table lacks: the pages don't say.
    fn not(&self, condition: &TagCondition, holds: Answer<'a>) -> Answer<'a> {
        self.tagged(|tags| match (tags.contains_key(&condition.key), holds) {
            (false, _) => Answer::Unknown(&OPEN),
            (true, Answer::Yes) => Answer::No,
            (true, Answer::No) => Answer::Yes,
            (true, unknown @ Answer::Unknown(_)) => unknown,
        })
    }

    /// Whether the criteria select it.
    pub fn selected_by(&self, criteria: &SelectionCriteria, opted_in: Answer<'a>) -> Answer<'a> {
        self.assigned_by(criteria, opted_in)
            .and(self.meets_conditions(criteria))
            .and(self.is_left_in(criteria))
    }

    pub(super) fn is_left_in(&self, criteria: &SelectionCriteria) -> Answer<'a> {
        let patterns = criteria.not_resources.iter();
        Answer::all(patterns.map(|it| match arn_matches(it, self.arn) {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::Unknown(why) => Answer::Unknown(why),
        }))
    }

    /// Resources ∪ ListOfTags. The opt-in of the region counts unless DynamoDB is named in Resources.
    pub(super) fn assigned_by(
        &self,
        criteria: &SelectionCriteria,
        opted_in: Answer<'a>,
    ) -> Answer<'a> {
        let patterns = |naming: bool| {
            let of_kind = move |it: &&String| it.contains(":dynamodb:") == naming;
            let patterns = criteria.resources.iter().filter(of_kind);
            Answer::any(patterns.map(|it| arn_matches(it, self.arn)))
        };
        let by_resource = patterns(true).or(patterns(false).and(opted_in));
        let by_tag = Answer::any(
            criteria
                .tagged
                .iter()
                .map(|condition| self.equals(condition)),
        );
        match (criteria.resources.is_empty(), criteria.tagged.is_empty()) {
            (true, true) => opted_in,
            (true, false) => by_tag.and(opted_in),
            (false, true) => by_resource,
            (false, false) => both_or_open(by_resource, by_tag),
        }
    }

    fn meets_conditions(&self, criteria: &SelectionCriteria) -> Answer<'a> {
        let equal = criteria.string_equals.iter().map(|it| self.equals(it));
        let alike = criteria.string_like.iter().map(|it| self.like(it));
        let unequal = criteria
            .string_not_equals
            .iter()
            .map(|it| self.not(it, self.equals(it)));
        let unlike = criteria
            .string_not_like
            .iter()
            .map(|it| self.not(it, self.like(it)));
        Answer::all(equal.chain(alike).chain(unequal).chain(unlike))
    }
}

/// Resources and ListOfTags in one selection: the pages don't agree whether one is enough.
fn both_or_open<'a>(by_resource: Answer<'a>, by_tag: Answer<'a>) -> Answer<'a> {
    match (by_resource, by_tag) {
        (Answer::Yes, Answer::Yes) => Answer::Yes,
        (Answer::No, Answer::No) => Answer::No,
        (_, Answer::Unknown(why)) | (Answer::Unknown(why), _) => Answer::Unknown(why),
        (Answer::Yes, Answer::No) | (Answer::No, Answer::Yes) => Answer::Unknown(&OPEN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_any_run() {
        let arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
        for pattern in [
            "*",
            arn,
            "arn:aws:dynamodb:*:*:table/*",
            "arn:aws:dynamodb:*:table/ord*s",
            "*orders",
            "arn:*orders*",
        ] {
            assert!(matches(pattern, arn), "{pattern}");
        }
        for pattern in [
            "",
            "orders",
            "arn:aws:dynamodb:*:*:table/*x",
            "*order",
            "arn:aws:s3:::*",
        ] {
            assert!(!matches(pattern, arn), "{pattern}");
        }
    }

    fn criteria() -> SelectionCriteria {
        SelectionCriteria {
            resources: vec![],
            not_resources: vec![],
            tagged: vec![],
            string_equals: vec![],
            string_not_equals: vec![],
            string_like: vec![],
            string_not_like: vec![],
        }
    }

    fn tag(key: &str, value: &str) -> Vec<TagCondition> {
        vec![TagCondition {
            key: key.into(),
            value: value.into(),
        }]
    }

    #[test]
    fn a_selection_is_evaluated_whole() {
        let tags = Fact::Known(BTreeMap::from([("backup".to_owned(), "daily".to_owned())]));
        let table = Candidate {
            arn: "arn:aws:dynamodb:eu-west-1:1:table/orders",
            tags: &tags,
        };
        let all = vec!["arn:aws:dynamodb:*:*:table/*".to_owned()];
        let cases = [
            (
                "by name, opt-in or not",
                SelectionCriteria {
                    resources: all.clone(),
                    ..criteria()
                },
                Answer::No,
                Answer::Yes,
            ),
            (
                "by tag",
                SelectionCriteria {
                    tagged: tag("backup", "daily"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::Yes,
            ),
            (
                "by tag, not opted in",
                SelectionCriteria {
                    tagged: tag("backup", "daily"),
                    ..criteria()
                },
                Answer::No,
                Answer::No,
            ),
            (
                "other value",
                SelectionCriteria {
                    tagged: tag("backup", "weekly"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::No,
            ),
            (
                "excluded",
                SelectionCriteria {
                    resources: all.clone(),
                    not_resources: vec!["arn:aws:dynamodb:*:*:table/ord*".into()],
                    ..criteria()
                },
                Answer::Yes,
                Answer::No,
            ),
            (
                "excluded by a wildcard that is not supported",
                SelectionCriteria {
                    resources: all.clone(),
                    not_resources: vec!["*orders".into()],
                    ..criteria()
                },
                Answer::Yes,
                Answer::Unknown(&OPEN),
            ),
            (
                "named by a wildcard that is not supported",
                SelectionCriteria {
                    resources: vec!["arn:aws:dynamodb:*:*:table/*ers".into()],
                    ..criteria()
                },
                Answer::Yes,
                Answer::Unknown(&OPEN),
            ),
            (
                "everything and tagged, not opted in",
                SelectionCriteria {
                    resources: vec!["*".into()],
                    tagged: tag("backup", "daily"),
                    ..criteria()
                },
                Answer::No,
                Answer::Unknown(&OPEN),
            ),
            (
                "conditions alone, not opted in",
                SelectionCriteria {
                    string_equals: tag("backup", "daily"),
                    ..criteria()
                },
                Answer::No,
                Answer::No,
            ),
            (
                "alike, tag absent",
                SelectionCriteria {
                    resources: all.clone(),
                    string_like: tag("env", "*"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::No,
            ),
            (
                "condition fails",
                SelectionCriteria {
                    resources: all.clone(),
                    string_equals: tag("env", "prod"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::No,
            ),
            (
                "condition holds",
                SelectionCriteria {
                    resources: all.clone(),
                    string_like: tag("backup", "d*"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::Yes,
            ),
            (
                "negated, tag absent",
                SelectionCriteria {
                    resources: all.clone(),
                    string_not_equals: tag("env", "dev"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::Unknown(&OPEN),
            ),
            (
                "negated, tag there",
                SelectionCriteria {
                    resources: all.clone(),
                    string_not_equals: tag("backup", "none"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::Yes,
            ),
            (
                "resources or tags",
                SelectionCriteria {
                    resources: all,
                    tagged: tag("backup", "weekly"),
                    ..criteria()
                },
                Answer::Yes,
                Answer::Unknown(&OPEN),
            ),
            (
                "nothing named, opted in",
                criteria(),
                Answer::Yes,
                Answer::Yes,
            ),
        ];
        for (name, criteria, opted_in, expected) in cases {
            assert_eq!(table.selected_by(&criteria, opted_in), expected, "{name}");
        }
    }

    #[test]
    fn unreadable_tags_decide_nothing() {
        let tags = Fact::Unknown(Why::from_call(Reason::Denied, Operation::GetResources));
        let table = Candidate {
            arn: "arn:aws:dynamodb:eu-west-1:1:table/orders",
            tags: &tags,
        };
        let by_tag = SelectionCriteria {
            tagged: tag("backup", "daily"),
            ..criteria()
        };
        assert!(
            matches!(table.selected_by(&by_tag, Answer::Yes), Answer::Unknown(why) if why.reason == Reason::Denied)
        );
        assert_eq!(table.selected_by(&by_tag, Answer::No), Answer::No);
    }
}
