//! Backup plans, their rules and selections, member by member.

use aws_sdk_backup::types::{
    BackupPlan as SdkPlan, BackupPlansListMember, BackupRule, BackupSelection as SdkSelection,
    BackupSelectionsListMember, Condition, ConditionParameter, CopyAction as SdkCopy, Lifecycle,
};

use crate::collect::shape::{Malformed, maybe_count, needed, text};
use crate::snapshot::backup::{
    BackupPlan, BackupSelection, CopyAction, PlanRule, SelectionCriteria, TagCondition,
};
use crate::snapshot::fact::Fact;

/// The one condition type of ListOfTags (API reference of Condition).
const STRING_EQUALS: &str = "STRINGEQUALS";
/// What stands before a tag key in Conditions.
const TAG_PREFIX: &str = "aws:ResourceTag/";

/// A plan as its listing gives it.
pub(super) fn plan(plan: &BackupPlansListMember) -> Result<BackupPlan, Malformed> {
    Ok(BackupPlan {
        id: text(plan.backup_plan_id(), "BackupPlanId")?,
        name: text(plan.backup_plan_name(), "BackupPlanName")?,
        arn: text(plan.backup_plan_arn(), "BackupPlanArn")?,
        rules: Fact::not_requested(),
        selections: Fact::not_requested(),
    })
}

/// The rules of a plan, sorted by name.
pub(super) fn rules(plan: Option<&SdkPlan>) -> Result<Vec<PlanRule>, Malformed> {
    let plan = needed(plan, "BackupPlan")?;
    text(Some(plan.backup_plan_name()), "BackupPlanName")?;
    let mut rules: Vec<PlanRule> = plan.rules().iter().map(rule).collect::<Result<_, _>>()?;
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(rules)
}

fn rule(rule: &BackupRule) -> Result<PlanRule, Malformed> {
    let lifecycle = rule.lifecycle();
    let mut copies: Vec<CopyAction> = rule
        .copy_actions()
        .iter()
        .map(copy)
        .collect::<Result<_, _>>()?;
    copies.sort_by(|a, b| a.vault_arn.cmp(&b.vault_arn));
    Ok(PlanRule {
        name: text(Some(rule.rule_name()), "RuleName")?,
        vault: text(
            Some(rule.target_backup_vault_name()),
            "TargetBackupVaultName",
        )?,
        schedule: rule.schedule_expression().map(str::to_owned),
        time_zone: rule.schedule_expression_timezone().map(str::to_owned),
        start_window_minutes: maybe_count(rule.start_window_minutes(), "StartWindowMinutes")?,
        completion_window_minutes: maybe_count(
            rule.completion_window_minutes(),
            "CompletionWindowMinutes",
        )?,
        delete_after_days: delete_after(lifecycle)?,
        cold_after_days: maybe_count(
            lifecycle
                .and_then(|lifecycle| lifecycle.move_to_cold_storage_after_days())
                .filter(is_set),
            "MoveToColdStorageAfterDays",
        )?,
        air_gapped_vault_arn: rule
            .target_logically_air_gapped_backup_vault_arn()
            .map(str::to_owned),
        copies,
    })
}

/// -1 is "never", as is a missing number (API reference of Lifecycle).
fn is_set(days: &i64) -> bool {
    *days != -1
}

fn delete_after(lifecycle: Option<&Lifecycle>) -> Result<Option<u64>, Malformed> {
    let days = lifecycle.and_then(|lifecycle| lifecycle.delete_after_days());
    maybe_count(days.filter(is_set), "DeleteAfterDays")
}

fn copy(copy: &SdkCopy) -> Result<CopyAction, Malformed> {
    Ok(CopyAction {
        vault_arn: text(
            Some(copy.destination_backup_vault_arn()),
            "DestinationBackupVaultArn",
        )?,
        delete_after_days: delete_after(copy.lifecycle())?,
    })
}

/// A selection as its listing gives it.
pub(super) fn selection(
    selection: &BackupSelectionsListMember,
) -> Result<BackupSelection, Malformed> {
    Ok(BackupSelection {
        id: text(selection.selection_id(), "SelectionId")?,
        name: text(selection.selection_name(), "SelectionName")?,
        role_arn: text(selection.iam_role_arn(), "IamRoleArn")?,
        criteria: Fact::not_requested(),
    })
}

/// What a selection selects.
pub(super) fn criteria(selection: Option<&SdkSelection>) -> Result<SelectionCriteria, Malformed> {
    let selection = needed(selection, "BackupSelection")?;
    text(Some(selection.selection_name()), "SelectionName")?;
    let conditions = selection.conditions();
    Ok(SelectionCriteria {
        resources: sorted(selection.resources()),
        not_resources: sorted(selection.not_resources()),
        tagged: selection
            .list_of_tags()
            .iter()
            .map(tagged)
            .collect::<Result<_, _>>()?,
        string_equals: parameters(conditions.map(|each| each.string_equals()))?,
        string_not_equals: parameters(conditions.map(|each| each.string_not_equals()))?,
        string_like: parameters(conditions.map(|each| each.string_like()))?,
        string_not_like: parameters(conditions.map(|each| each.string_not_like()))?,
    })
}

pub(super) fn sorted(arns: &[String]) -> Vec<String> {
    let mut arns = arns.to_vec();
    arns.sort();
    arns
}

fn tagged(condition: &Condition) -> Result<TagCondition, Malformed> {
    match condition.condition_type().as_str() {
        STRING_EQUALS => Ok(TagCondition {
            key: tag_key(Some(condition.condition_key()))?,
            value: condition.condition_value().to_owned(),
        }),
        _ => Err(Malformed("ConditionType that we know")),
    }
}

fn parameters(parameters: Option<&[ConditionParameter]>) -> Result<Vec<TagCondition>, Malformed> {
    let read = |parameter: &ConditionParameter| {
        Ok(TagCondition {
            key: tag_key(parameter.condition_key())?,
            value: needed(parameter.condition_value(), "ConditionValue")?.to_owned(),
        })
    };
    parameters.unwrap_or_default().iter().map(read).collect()
}

pub(super) fn tag_key(key: Option<&str>) -> Result<String, Malformed> {
    let key = text(key, "ConditionKey")?;
    Ok(key.strip_prefix(TAG_PREFIX).unwrap_or(&key).to_owned())
}

#[cfg(test)]
mod tests {
    use aws_sdk_backup::types::{ConditionType, Conditions};

    use super::*;

    #[test]
    fn tag_keys_lose_their_prefix() {
        let parameter = ConditionParameter::builder()
            .condition_key("aws:ResourceTag/tier")
            .condition_value("prod*")
            .build();
        let conditions = Conditions::builder().string_like(parameter).build();
        let tag = Condition::builder()
            .condition_type(ConditionType::Stringequals)
            .condition_key("backup")
            .condition_value("daily")
            .build()
            .expect("complete");
        let selection = SdkSelection::builder()
            .selection_name("tagged")
            .iam_role_arn("arn:aws:iam::123456789012:role/backup")
            .list_of_tags(tag)
            .conditions(conditions)
            .build()
            .expect("complete");
        let criteria = criteria(Some(&selection)).expect("readable");
        assert_eq!(criteria.tagged[0].key, "backup");
        assert_eq!(criteria.string_like[0].key, "tier");
        assert!(criteria.resources.is_empty() && criteria.string_equals.is_empty());
    }

    #[test]
    fn a_lifecycle_without_days_or_with_minus_one_is_never() {
        let never = Lifecycle::builder().delete_after_days(-1).build();
        assert_eq!(delete_after(Some(&never)), Ok(None));
        assert_eq!(delete_after(None), Ok(None));
        let month = Lifecycle::builder().delete_after_days(30).build();
        assert_eq!(delete_after(Some(&month)), Ok(Some(30)));
    }

    #[test]
    fn an_answer_without_the_selection_is_malformed() {
        assert_eq!(criteria(None), Err(Malformed("BackupSelection")));
        assert_eq!(rules(None), Err(Malformed("BackupPlan")));
    }
}
