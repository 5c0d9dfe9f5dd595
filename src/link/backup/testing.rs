//! Whether AWS Backup tests restores of a table by itself: restore testing plan → selection → table, and whether the plan
//! looks into a vault that holds the table's recovery points.
//!
//! Sources: API reference, RestoreTestingSelectionForCreate and RestoreTestingRecoveryPointSelection. What they leave
//! open is [`OPEN`].

use super::selection::{Candidate, matches};
use crate::link::logic::Answer;
use crate::snapshot::backup::TagCondition;
use crate::snapshot::backup::testing::{
    RestoreTestingCriteria, RestoreTestingPlan, RestoreTestingSelection, RestoreTestingSource,
};
use crate::snapshot::fact::{Fact, Listed, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// AWS's pages don't say whether these criteria match.
static OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::GetRestoreTestingSelection);
/// AWS Backup's word for tables.
const DYNAMODB: &str = "DynamoDB";

/// The vaults that a table's recovery points lie in, and why others may be missing.
pub(super) struct Homes<'a> {
    pub(super) arns: Vec<&'a str>,
    pub(super) missing: Option<&'a Why>,
}

/// Whether a plan tests restores of the table.
pub(super) fn covers<'a>(
    plans: &'a Fact<Listed<RestoreTestingPlan>>,
    table: &Candidate<'a>,
    homes: &Homes<'a>,
) -> Answer<'a> {
    match plans.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(plans) => Answer::any(plans.items.iter().map(|it| plan_covers(it, table, homes)))
            .or_missing(plans.missing.as_ref()),
    }
}

fn plan_covers<'a>(
    plan: &'a RestoreTestingPlan,
    table: &Candidate<'a>,
    homes: &Homes<'a>,
) -> Answer<'a> {
    let selected = match plan.selections.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(selections) => {
            let each = selections.items.iter().map(|it| selects(it, table));
            Answer::any(each).or_missing(selections.missing.as_ref())
        }
    };
    let looked_into = match plan.source.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(source) => looks_into(source, homes),
    };
    selected.and(looked_into)
}

fn looks_into<'a>(source: &RestoreTestingSource, homes: &Homes<'a>) -> Answer<'a> {
    if source.include_vaults.is_empty() {
        return Answer::Unknown(&OPEN);
    }
    let everywhere = source.include_vaults.iter().any(|it| it == "*");
    if everywhere && source.exclude_vaults.is_empty() {
        return Answer::Yes;
    }
    let named = |list: &[String], arn: &str| list.iter().any(|it| matches(it, arn));
    let takes = |arn: &&str| {
        Answer::of(named(&source.include_vaults, arn) && !named(&source.exclude_vaults, arn))
    };
    Answer::any(homes.arns.iter().map(takes)).or_missing(homes.missing)
}

fn selects<'a>(selection: &'a RestoreTestingSelection, table: &Candidate<'a>) -> Answer<'a> {
    if selection.resource_type != DYNAMODB {
        return Answer::No;
    }
    match selection.criteria.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(criteria) => meets(criteria, table),
    }
}

fn meets<'a>(criteria: &RestoreTestingCriteria, table: &Candidate<'a>) -> Answer<'a> {
    let equal = criteria.string_equals.iter().map(|it| table.equals(it));
    let unequal = criteria
        .string_not_equals
        .iter()
        .map(|it| unlike(table, it));
    let conditions: Vec<Answer<'a>> = equal.chain(unequal).collect();
    match (criteria.resources.is_empty(), conditions.is_empty()) {
        (true, true) => Answer::Unknown(&OPEN),
        (true, false) => all_or_open(&conditions),
        (false, _) => named(&criteria.resources, table.arn).and(all_or_open(&conditions)),
    }
}

/// ARNs, or `*` alone; other wildcards are not documented.
fn named(resources: &[String], arn: &str) -> Answer<'static> {
    let each = resources.iter().map(|it| match matches(it, arn) {
        false => Answer::No,
        true if it == "*" || !it.contains('*') => Answer::Yes,
        true => Answer::Unknown(&OPEN),
    });
    Answer::any(each)
}

/// A tag that must differ, on a table that lacks it: the pages don't say.
fn unlike<'a>(table: &Candidate<'a>, condition: &TagCondition) -> Answer<'a> {
    match table.tags.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(tags) => tags
            .get(&condition.key)
            .map_or(Answer::Unknown(&OPEN), |value| {
                Answer::of(*value != condition.value)
            }),
    }
}

/// Several conditions: the pages don't say whether one is enough.
fn all_or_open<'a>(conditions: &[Answer<'a>]) -> Answer<'a> {
    let all = Answer::all(conditions.iter().copied());
    let any = Answer::any(conditions.iter().copied());
    match (all, any) {
        (Answer::Yes, _) => Answer::Yes,
        (Answer::No, Answer::No) => Answer::No,
        (_, Answer::Unknown(why)) | (Answer::Unknown(why), _) => Answer::Unknown(why),
        (Answer::No, Answer::Yes) => Answer::Unknown(&OPEN),
    }
}

/// What the answer of [`covers`] rests on.
pub(super) fn grounds<'a>(
    plans: &'a Fact<Listed<RestoreTestingPlan>>,
    table: &Candidate<'a>,
    homes: &Homes<'a>,
) -> Grounds {
    let mut grounds = Grounds::default();
    let plans = match plans.as_ref() {
        Ok(plans) => plans,
        Err(why) => {
            grounds.unknown.push(why.clone());
            return grounds;
        }
    };
    for plan in &plans.items {
        let observed = match plan_covers(plan, table, homes) {
            Answer::Yes => "tests restores of it".to_owned(),
            Answer::No => why_not(plan, homes).to_owned(),
            Answer::Unknown(why) => {
                grounds.unknown.push(why.clone());
                format!("cannot tell: {why}")
            }
        };
        let path = format!("restore testing plan \"{}\"", plan.name);
        grounds.evidence.push(evidence(path, observed));
    }
    if plans.items.is_empty() {
        let path = "restore testing plans".to_owned();
        grounds.evidence.push(evidence(path, "none".to_owned()));
    }
    grounds.unknown.extend(plans.missing.iter().cloned());
    grounds
}

fn why_not(plan: &RestoreTestingPlan, homes: &Homes<'_>) -> &'static str {
    match plan.source.known().map(|source| looks_into(source, homes)) {
        Some(Answer::No) => "does not look into the vaults that hold its recovery points",
        Some(Answer::Yes | Answer::Unknown(_)) | None => "no selection of its tables selects it",
    }
}

fn evidence(path: String, observed: String) -> Evidence {
    Evidence {
        path,
        observed,
        expected: "a plan that tests restores of the table".to_owned(),
        from: Some(Operation::ListRestoreTestingPlans),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;

    const VAULT: &str = "arn:aws:backup:eu-west-1:1:backup-vault:prod";

    /// Of a table that is tagged backup=daily and lies in the vault.
    fn covered(source: &Value, selections: &Value) -> Answer<'static> {
        let plans = json!([{"name": "monthly", "arn": "arn:aws:backup:eu-west-1:1:restore-testing-plan:monthly",
            "schedule": "cron(0 5 1 * ? *)", "source": source, "selections": selections}]);
        let tags = Fact::Known(BTreeMap::from([("backup".to_owned(), "daily".to_owned())]));
        // Answers borrow their reasons from the plans.
        let plans = Box::leak(Box::new(serde_json::from_value(plans).expect("plans")));
        let table = Candidate {
            arn: "arn:aws:dynamodb:eu-west-1:1:table/orders",
            tags: Box::leak(Box::new(tags)),
        };
        let homes = Homes {
            arns: vec![VAULT],
            missing: None,
        };
        covers(plans, &table, &homes)
    }

    fn selection(
        kind: &str,
        resources: &[&str],
        equal: &[(&str, &str)],
        unequal: &[(&str, &str)],
    ) -> Value {
        let tags = |tags: &[(&str, &str)]| {
            let tag = |(key, value): &(&str, &str)| json!({"key": key, "value": value});
            tags.iter().map(tag).collect::<Vec<_>>()
        };
        json!([{"name": "s", "resource_type": kind, "criteria": {"resources": resources,
            "string_equals": tags(equal), "string_not_equals": tags(unequal)}}])
    }

    #[test]
    fn a_selection_covers_what_it_names() {
        let all = json!({"include_vaults": ["*"], "exclude_vaults": []});
        let orders = "arn:aws:dynamodb:eu-west-1:1:table/orders";
        let carts = "arn:aws:dynamodb:eu-west-1:1:table/carts";
        let (daily, other) = (("backup", "daily"), ("env", "prod"));
        for (name, selections, expected) in [
            ("all", selection(DYNAMODB, &["*"], &[], &[]), Answer::Yes),
            (
                "another type",
                selection("EBS", &["*"], &[], &[]),
                Answer::No,
            ),
            (
                "by ARN",
                selection(DYNAMODB, &[carts, orders], &[], &[]),
                Answer::Yes,
            ),
            (
                "another ARN",
                selection(DYNAMODB, &[carts], &[], &[]),
                Answer::No,
            ),
            (
                "a wildcard that is not documented",
                selection(DYNAMODB, &["arn:aws:dynamodb:*"], &[], &[]),
                Answer::Unknown(&OPEN),
            ),
            (
                "by tag",
                selection(DYNAMODB, &[], &[daily], &[]),
                Answer::Yes,
            ),
            (
                "all with a tag",
                selection(DYNAMODB, &["*"], &[daily], &[]),
                Answer::Yes,
            ),
            (
                "all with another tag",
                selection(DYNAMODB, &["*"], &[other], &[]),
                Answer::No,
            ),
            (
                "one tag of two",
                selection(DYNAMODB, &["*"], &[daily, other], &[]),
                Answer::Unknown(&OPEN),
            ),
            (
                "but this tag",
                selection(DYNAMODB, &["*"], &[], &[daily]),
                Answer::No,
            ),
            (
                "no criteria",
                selection(DYNAMODB, &[], &[], &[]),
                Answer::Unknown(&OPEN),
            ),
            ("nothing", json!([]), Answer::No),
        ] {
            assert_eq!(covered(&all, &selections), expected, "{name}");
        }
    }

    #[test]
    fn a_plan_covers_only_the_vaults_that_it_looks_into() {
        let all = selection(DYNAMODB, &["*"], &[], &[]);
        for (include, exclude, expected) in [
            (json!([VAULT]), json!([]), Answer::Yes),
            (
                json!(["arn:aws:backup:*:*:backup-vault:pr*"]),
                json!([]),
                Answer::Yes,
            ),
            (
                json!(["arn:aws:backup:*:*:backup-vault:dev-*"]),
                json!([]),
                Answer::No,
            ),
            (json!(["*"]), json!([VAULT]), Answer::No),
            (json!([]), json!([]), Answer::Unknown(&OPEN)),
        ] {
            let source = json!({"include_vaults": include, "exclude_vaults": exclude});
            assert_eq!(covered(&source, &all), expected, "{source}");
        }
        let denied = json!({"$unknown": {"reason": "denied"}});
        assert!(
            matches!(covered(&denied, &all), Answer::Unknown(why) if why.reason == Reason::Denied)
        );
        assert_eq!(covered(&denied, &json!([])), Answer::No);
    }
}
