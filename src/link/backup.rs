//! Whether AWS Backup really selects a table, and the recovery points that it has made of it.
//!
//! A selection is (Resources ∪ ListOfTags) ∩ Conditions − NotResources, evaluated whole. Where AWS's own pages leave the
//! answer open, it is unknown, unless ListProtectedResources shows that the table was backed up.
//! Sources: API reference, BackupSelection; "Assigning resources to a backup plan", AWS Backup developer guide.

use std::collections::BTreeMap;

use crate::snapshot::Region;
use crate::snapshot::backup::{
    BackupPlan, BackupSelection, RecoveryPoint, SelectionCriteria, TagCondition,
};
use crate::snapshot::fact::{Fact, Listed, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, FactType, Grounds};

use super::logic::Answer;

/// AWS's own pages don't agree on this combination of criteria.
static OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::GetBackupSelection);

/// What a selection looks at in a table.
pub struct Candidate<'a> {
    /// ARN.
    pub arn: &'a str,
    /// Tags.
    pub tags: &'a Fact<BTreeMap<String, String>>,
}

/// A match of ARN or value with wildcards: `*` is any run of characters.
fn matches(pattern: &str, text: &str) -> bool {
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

impl<'a> Candidate<'a> {
    /// Asks the tags; unreadable ones give unknown.
    fn tagged(&self, ask: impl Fn(&'a BTreeMap<String, String>) -> Answer<'a>) -> Answer<'a> {
        match self.tags.as_ref() {
            Ok(tags) => ask(tags),
            Err(why) => Answer::Unknown(why),
        }
    }

    fn equals(&self, condition: &TagCondition) -> Answer<'a> {
        self.tagged(|tags| {
            Answer::of(
                tags.get(&condition.key)
                    .is_some_and(|value| *value == condition.value),
            )
        })
    }

    fn like(&self, condition: &TagCondition) -> Answer<'a> {
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
        let excluded = criteria
            .not_resources
            .iter()
            .any(|pattern| matches(pattern, self.arn));
        if excluded {
            return Answer::No;
        }
        self.assigned_by(criteria, opted_in)
            .and(self.meets_conditions(criteria))
    }

    /// Resources ∪ ListOfTags. The opt-in of the region counts unless DynamoDB is named in Resources.
    fn assigned_by(&self, criteria: &SelectionCriteria, opted_in: Answer<'a>) -> Answer<'a> {
        let named = |pattern: &String| matches(pattern, self.arn) && pattern.contains(":dynamodb:");
        let everything =
            |pattern: &String| matches(pattern, self.arn) && !pattern.contains(":dynamodb:");
        let by_name = criteria.resources.iter().any(named);
        let by_star = criteria.resources.iter().any(everything);
        let by_tag = Answer::any(
            criteria
                .tagged
                .iter()
                .map(|condition| self.equals(condition)),
        );
        match (criteria.resources.is_empty(), criteria.tagged.is_empty()) {
            (true, true) => opted_in,
            (true, false) => by_tag.and(opted_in),
            (false, true) if by_name => Answer::Yes,
            (false, true) => Answer::of(by_star).and(opted_in),
            (false, false) => both_or_open(Answer::of(by_name || by_star), by_tag),
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
        (_, Answer::Unknown(why)) => Answer::Unknown(why),
        (_, _) => Answer::Unknown(&OPEN),
    }
}

/// AWS Backup in one region.
pub struct Backups<'a> {
    region: &'a Region,
    points: BTreeMap<&'a str, Vec<&'a RecoveryPoint>>,
    points_missing: Option<&'a Why>,
}

impl<'a> Backups<'a> {
    /// Sorts the recovery points of a region by table.
    pub fn new(region: &'a Region) -> Backups<'a> {
        let mut backups = Backups {
            region,
            points: BTreeMap::new(),
            points_missing: None,
        };
        match region.vaults.as_ref() {
            Err(why) => backups.points_missing = Some(why),
            Ok(vaults) => {
                backups.points_missing = vaults.missing.as_ref();
                for vault in &vaults.items {
                    backups.add_points(vault.recovery_points.as_ref());
                }
            }
        }
        backups
    }

    fn add_points(&mut self, points: Result<&'a Listed<RecoveryPoint>, &'a Why>) {
        match points {
            Err(why) => self.points_missing = Some(why),
            Ok(listed) => {
                self.points_missing = self.points_missing.or(listed.missing.as_ref());
                for point in &listed.items {
                    self.points
                        .entry(&point.resource_arn)
                        .or_default()
                        .push(point);
                }
            }
        }
    }

    /// The recovery points of a table, newest first; partial where a vault could not be read.
    pub fn recovery_points(&self, arn: &Fact<String>) -> Fact<Listed<&'a RecoveryPoint>> {
        let arn = match arn.as_ref() {
            Ok(arn) => arn.as_str(),
            Err(why) => return Fact::Unknown(why.clone()),
        };
        let mut items = self.points.get(arn).cloned().unwrap_or_default();
        items.sort_by(|a, b| {
            b.created_at
                .cmp(&a.created_at)
                .then_with(|| a.arn.cmp(&b.arn))
        });
        match (items.is_empty(), self.points_missing) {
            (true, Some(why)) => Fact::Unknown(why.clone()),
            (_, missing) => Fact::Known(Listed {
                items,
                missing: missing.cloned(),
            }),
        }
    }

    /// Whether a plan with a schedule selects the table.
    pub fn selects(&self, table: &Candidate<'a>) -> Answer<'a> {
        let plans = match self.region.backup_plans.as_ref() {
            Ok(plans) => plans,
            Err(why) => return Answer::Unknown(why),
        };
        let answer = Answer::any(
            plans
                .items
                .iter()
                .map(|plan| self.plan_selects(plan, table)),
        );
        self.settle(answer.or_missing(plans.missing.as_ref()), table)
    }

    /// An open question of the criteria is settled by a backup that was made; a lack of permission is not.
    fn settle(&self, answer: Answer<'a>, table: &Candidate<'a>) -> Answer<'a> {
        let was_backed_up = || {
            let protected = self.region.protected_tables.known()?;
            let found = protected.items.iter().find(|it| it.arn == table.arn)?;
            found.last_backup_at
        };
        match answer {
            Answer::Unknown(why) if std::ptr::eq(why, &OPEN) && was_backed_up().is_some() => {
                Answer::Yes
            }
            Answer::Yes | Answer::No | Answer::Unknown(_) => answer,
        }
    }

    fn plan_selects(&self, plan: &'a BackupPlan, table: &Candidate<'a>) -> Answer<'a> {
        let scheduled = match plan.rules.as_ref() {
            Ok(rules) => Answer::of(rules.iter().any(|rule| rule.schedule.is_some())),
            Err(why) => Answer::Unknown(why),
        };
        let selected = match plan.selections.as_ref() {
            Ok(selections) => Answer::any(
                selections
                    .items
                    .iter()
                    .map(|it| self.selection_selects(it, table)),
            )
            .or_missing(selections.missing.as_ref()),
            Err(why) => Answer::Unknown(why),
        };
        scheduled.and(selected)
    }

    fn selection_selects(
        &self,
        selection: &'a BackupSelection,
        table: &Candidate<'a>,
    ) -> Answer<'a> {
        match selection.criteria.as_ref() {
            Ok(criteria) => table.selected_by(criteria, self.opted_in()),
            Err(why) => Answer::Unknown(why),
        }
    }

    /// Whether the region backs up DynamoDB without naming it.
    fn opted_in(&self) -> Answer<'a> {
        match self.region.backup_settings.as_ref() {
            Ok(settings) => settings
                .dynamodb_opt_in
                .map_or(Answer::Unknown(&OPEN), Answer::of),
            Err(why) => Answer::Unknown(why),
        }
    }

    /// What the answer of [`Backups::selects`] rests on.
    pub fn grounds(&self, table: &Candidate<'a>) -> Grounds {
        let mut grounds = Grounds::default();
        let plans = match self.region.backup_plans.as_ref() {
            Ok(plans) => plans,
            Err(why) => {
                grounds.unknown.push(why.clone());
                return grounds;
            }
        };
        let answer = self.selects(table);
        for plan in &plans.items {
            if answer != Answer::Yes || self.plan_selects(plan, table) == Answer::Yes {
                self.ground_plan(plan, table, &mut grounds);
            }
        }
        if plans.items.is_empty() {
            let found = if plans.missing.is_some() {
                "none among those read"
            } else {
                "none"
            };
            grounds.evidence.push(evidence(
                "backup plans".to_owned(),
                found,
                Operation::ListBackupPlans,
            ));
        }
        grounds.unknown.extend(plans.missing.iter().cloned());
        grounds
    }

    fn ground_plan(&self, plan: &'a BackupPlan, table: &Candidate<'a>, grounds: &mut Grounds) {
        let path = format!("backup plan \"{}\"", plan.name);
        match plan.rules.as_ref() {
            Err(why) => grounds.unknown.push(why.clone()),
            Ok(rules) if !rules.iter().any(|rule| rule.schedule.is_some()) => {
                grounds.evidence.push(evidence(
                    path.clone(),
                    "no rule with a schedule",
                    Operation::GetBackupPlan,
                ));
            }
            Ok(_) => {}
        }
        match plan.selections.as_ref() {
            Err(why) => grounds.unknown.push(why.clone()),
            Ok(selections) => {
                grounds.unknown.extend(selections.missing.iter().cloned());
                if selections.items.is_empty() {
                    grounds.evidence.push(evidence(
                        path,
                        "no selection",
                        Operation::ListBackupSelections,
                    ));
                }
                for selection in &selections.items {
                    self.ground_selection(plan, selection, table, grounds);
                }
            }
        }
    }

    fn ground_selection(
        &self,
        plan: &BackupPlan,
        selection: &'a BackupSelection,
        table: &Candidate<'a>,
        grounds: &mut Grounds,
    ) {
        let path = format!(
            "backup plan \"{}\" selection \"{}\"",
            plan.name, selection.name
        );
        let observed = match self.selection_selects(selection, table) {
            Answer::Yes => "selects it".to_owned(),
            Answer::No => selection
                .criteria
                .known()
                .map_or_else(String::new, |it| self.why_not(it, table)),
            Answer::Unknown(why) => {
                grounds.unknown.push(why.clone());
                format!("cannot tell: {why}")
            }
        };
        grounds
            .evidence
            .push(evidence(path, &observed, Operation::GetBackupSelection));
    }

    /// Why the criteria don't select the table, in words.
    fn why_not(&self, criteria: &SelectionCriteria, table: &Candidate<'a>) -> String {
        if criteria
            .not_resources
            .iter()
            .any(|pattern| matches(pattern, table.arn))
        {
            return "excludes it (NotResources)".to_owned();
        }
        if table.assigned_by(criteria, Answer::Yes) == Answer::Yes && self.opted_in() == Answer::No
        {
            return "selects it, but the region is not opted in to DynamoDB backups".to_owned();
        }
        let tags = criteria
            .tagged
            .iter()
            .chain(&criteria.string_equals)
            .chain(&criteria.string_like);
        let missing = tags
            .filter(|it| table.like(it) != Answer::Yes)
            .map(|it| format!("{}={}", it.key, it.value));
        let missing: Vec<String> = missing.collect();
        match missing.as_slice() {
            [] => "does not match its ARN or tags".to_owned(),
            wanted => format!("wants tag {}", wanted.join(", ")),
        }
    }
}

fn evidence(path: String, observed: &str, from: Operation) -> Evidence {
    let expected = "a scheduled plan that selects the table".to_owned();
    Evidence {
        path,
        observed: observed.to_owned(),
        expected,
        from: Some(from),
    }
}

impl FactType for &RecoveryPoint {
    fn ty() -> crate::snapshot::record::Type {
        RecoveryPoint::ty()
    }
    fn value(&self) -> crate::snapshot::record::Value<'_> {
        (*self).value()
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
                    not_resources: vec!["*orders".into()],
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
