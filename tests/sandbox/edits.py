"""Small changes to a seeded account: each plants, or mends, one defect.

An edit is an object with one entry, its name and its argument: {"pitr-days": ["shop-orders", 7]}. Several arguments come
as a list.
"""

from datetime import timedelta
from typing import Any, Callable, Dict, List

import perimeter
import streams
import access
import watch
import keys
import metrics
import tables
from backup import STATE
from backup_jobs import JOBS, backup_job
from place import Place, facts_of, now


class NoSuchThing(Exception):
    """The edit, or what it is to change, does not exist."""


def _one(found: List[Any], what: str) -> Any:
    if not found:
        raise NoSuchThing(f"there is no {what}")
    return found[0]


def table_of(place: Place, name: str) -> Any:
    return _one([each for each in place.dynamodb.tables.values() if each.name == name], f"table {name}")


def alarm_of(place: Place, name: str) -> Any:
    return _one([each for each in place.cloudwatch.alarms.values() if each.name == name], f"alarm {name}")


def topic_of(place: Place, name_or_arn: str) -> Any:
    topics = [each for each in place.sns.topics.values() if name_or_arn in (each.name, each.arn)]
    return _one(topics, f"topic {name_or_arn}")


def vault_of(place: Place, name: str) -> Any:
    vaults = [each for each in place.backup.vaults.values() if each.backup_vault_name == name]
    return _one(vaults, f"vault {name}")


# --- tables --------------------------------------------------------------------------------------------------------


def pitr_on(place: Place, name: str, days: int = 35) -> None:
    table = table_of(place, name)
    table.continuous_backups["PointInTimeRecoveryDescription"] = {
        "PointInTimeRecoveryStatus": "ENABLED",
        "EarliestRestorableDateTime": table.created_at,
        "RecoveryPeriodInDays": days,
    }


def pitr_off(place: Place, name: str) -> None:
    table_of(place, name).continuous_backups["PointInTimeRecoveryDescription"] = {
        "PointInTimeRecoveryStatus": "DISABLED"
    }


def pitr_since(place: Place, name: str, hours: float) -> None:
    """PITR is on but was switched on, or off and on again, that many hours ago."""
    facts_of(table_of(place, name)).earliest_restorable = now() - timedelta(hours=hours)


def deletion_protection(enabled: bool) -> Callable[[Place, str], None]:
    def edit(place: Place, name: str) -> None:
        table_of(place, name).deletion_protection_enabled = enabled

    return edit


def delete_table(place: Place, name: str) -> None:
    """Even if it is protected."""
    place.dynamodb.tables.pop(table_of(place, name).name)


def set_tag(place: Place, name: str, key: str, value: str) -> None:
    table = table_of(place, name)
    table.tags = [tag for tag in table.tags if tag["Key"] != key] + [{"Key": key, "Value": value}]


def remove_tag(place: Place, name: str, key: str) -> None:
    table = table_of(place, name)
    if key not in [tag["Key"] for tag in table.tags]:
        raise NoSuchThing(f"table {name} has no tag {key}")
    table.tags = [tag for tag in table.tags if tag["Key"] != key]
    facts_of(table).ever_tagged = True


def ttl_off(place: Place, name: str) -> None:
    table_of(place, name).ttl = {"TimeToLiveStatus": "DISABLED"}


def stream_off(place: Place, name: str) -> None:
    table = table_of(place, name)
    table.stream_specification, table.latest_stream_label = {"StreamEnabled": False}, None


def table_size(place: Place, name: str, size_bytes: int, items: int) -> None:
    facts = facts_of(table_of(place, name))
    facts.size_bytes, facts.item_count = size_bytes, items


def on_demand_maximum(place: Place, name: str, reads: int, writes: int) -> None:
    facts_of(table_of(place, name)).on_demand_maximum = {"MaxReadRequestUnits": reads, "MaxWriteRequestUnits": writes}


def provisioned(place: Place, name: str, reads: int, writes: int) -> None:
    table_of(place, name).throughput.update(ReadCapacityUnits=reads, WriteCapacityUnits=writes)


# --- alarms and topics ---------------------------------------------------------------------------------------------


def delete_alarm(place: Place, name: str) -> None:
    place.cloudwatch.alarms.pop(alarm_of(place, name).name)


def disable_alarm_actions(place: Place, name: str) -> None:
    alarm_of(place, name).actions_enabled = False


def alarm_actions(place: Place, name: str, actions: List[str]) -> None:
    alarm_of(place, name).alarm_actions = actions


def alarm_threshold(place: Place, name: str, threshold: float) -> None:
    alarm_of(place, name).threshold = float(threshold)


def alarm_state(place: Place, name: str, state: str) -> None:
    alarm_of(place, name).update_state("Set by the sandbox", "{}", state)


def composite_rule(place: Place, name: str, rule: str) -> None:
    alarm_of(place, name).rule = rule


def unconfirm_topic(place: Place, name: str) -> None:
    """Every subscription of the topic waits for confirmation."""
    topic = topic_of(place, name)
    for subscription in place.sns.subscriptions.values():
        if subscription.topic.arn == topic.arn:
            subscription.attributes["PendingConfirmation"] = True


def delete_topic(place: Place, name: str) -> None:
    place.sns.delete_topic(topic_of(place, name).arn)


# --- scaling -------------------------------------------------------------------------------------------------------


def delete_scaling_policy(place: Place, resource: str, dimension: str) -> None:
    policies = [
        each
        for each in place.scaling.policies.values()
        if (each.resource_id, each.scalable_dimension) == (resource, dimension)
    ]
    policy = _one(policies, f"scaling policy for {resource}, {dimension}")
    place.scaling.delete_scaling_policy(policy.policy_name, "dynamodb", resource, dimension)


def deregister_target(place: Place, resource: str, dimension: str) -> None:
    """With its policies, as AWS does."""
    if resource not in place.scaling.targets.get(dimension, {}):
        raise NoSuchThing(f"there is no scalable target {resource}, {dimension}")
    for policy in list(place.scaling.policies.values()):
        if (policy.resource_id, policy.scalable_dimension) == (resource, dimension):
            delete_scaling_policy(place, resource, dimension)
    place.scaling.deregister_scalable_target("dynamodb", resource, dimension)


def suspend_target(place: Place, resource: str, dimension: str) -> None:
    target = place.scaling.targets.get(dimension, {}).get(resource)
    _one([target] if target else [], f"scalable target {resource}, {dimension}").suspended_state = {
        "DynamicScalingOutSuspended": True
    }


def scaling_maximum(place: Place, resource: str, dimension: str, maximum: int) -> None:
    target = place.scaling.targets.get(dimension, {}).get(resource)
    _one([target] if target else [], f"scalable target {resource}, {dimension}").max_capacity = maximum


# --- backup --------------------------------------------------------------------------------------------------------


def delete_recovery_points(place: Place, name: str) -> None:
    state = STATE[place]
    state.recovery_points = [
        each for each in state.recovery_points if each.resource_arn != table_of(place, name).table_arn
    ]


def age_recovery_points(place: Place, name: str, days: float) -> None:
    """Moves the table's recovery points into the past, so that the newest is that old."""
    points = [each for each in STATE[place].recovery_points if each.resource_arn == table_of(place, name).table_arn]
    newest = max((each.created for each in points), default=now())
    for each in points:
        each.created += now() - timedelta(days=days) - newest


def delete_backup_selection(place: Place, name: str) -> None:
    state = STATE[place]
    found = _one([each for each in state.selections if each.body["SelectionName"] == name], f"backup selection {name}")
    state.selections.remove(found)


def delete_backup_plan(place: Place, name: str) -> None:
    plans = [each for each in place.backup.plans.values() if each.backup_plan["BackupPlanName"] == name]
    plan = _one(plans, f"backup plan {name}")
    place.backup.plans.pop(plan.backup_plan_id)
    state = STATE[place]
    state.selections = [each for each in state.selections if each.plan_id != plan.backup_plan_id]


def unlock_vault(place: Place, name: str) -> None:
    vault = vault_of(place, name)
    vault.locked, vault.min_retention_days, vault.max_retention_days, vault.lock_date = False, None, None, None


def vault_lock_days(place: Place, name: str, least: int, most: int) -> None:
    vault = vault_of(place, name)
    vault.min_retention_days, vault.max_retention_days = least, most


def vault_events(place: Place, name: str, events: List[str]) -> None:
    """What the vault tells its topic."""
    JOBS[place].notifications[vault_of(place, name).backup_vault_name]["BackupVaultEvents"] = events


def no_vault_notifications(place: Place, name: str) -> None:
    JOBS[place].notifications.pop(vault_of(place, name).backup_vault_name)


def completion_window(place: Place, name: str, minutes: int) -> None:
    plans = [each for each in place.backup.plans.values() if each.backup_plan["BackupPlanName"] == name]
    for rule in _one(plans, f"backup plan {name}").backup_plan["Rules"]:
        rule["CompletionWindowMinutes"] = minutes


def fail_last_backup_job(place: Place, name: str) -> None:
    """A job ran since the last one, and failed."""
    jobs = [job for job in JOBS[place].backup if job["ResourceArn"] == table_of(place, name).table_arn]
    last = max(jobs, key=lambda job: job["CreationDate"])
    created = last["CreationDate"] + timedelta(hours=1)
    arn, vault = last["ResourceArn"], last["BackupVaultName"]
    JOBS[place].backup.append(backup_job(place, arn, vault, created, last["IamRoleArn"], None, "FAILED"))


def fail_copy_jobs(place: Place, name: str, vault: str) -> None:
    """Every copy of the table to that vault failed."""
    for job in JOBS[place].copy:
        to_vault = job["DestinationBackupVaultArn"].endswith(f":{vault}")
        if job["ResourceArn"] == table_of(place, name).table_arn and to_vault:
            job["State"], job["StatusMessage"] = "FAILED", "Access denied trying to call AWS Backup service"


def _restore_jobs(place: Place, name: str) -> List[Any]:
    return [job for job in JOBS[place].restore if job["SourceResourceArn"] == table_of(place, name).table_arn]


def age_restore_jobs(place: Place, name: str, days: float) -> None:
    for job in _restore_jobs(place, name):
        took = job["CompletionDate"] - job["CreationDate"]
        job["CreationDate"] = now().replace(microsecond=0) - timedelta(days=days)
        job["CompletionDate"] = job["CreationDate"] + took


def restore_took_hours(place: Place, name: str, hours: float) -> None:
    for job in _restore_jobs(place, name):
        job["CompletionDate"] = job["CreationDate"] + timedelta(hours=hours)


def testing_vaults(place: Place, plan: str, vault: str) -> None:
    """The restore testing plan looks into vaults of this name only."""
    arn = place.arn("backup", f"backup-vault:{vault}")
    JOBS[place].testing_plans[plan]["RecoveryPointSelection"]["IncludeVaults"] = [arn]


def backup_opt_in(place: Place, opted_in: bool) -> None:
    STATE[place].opt_in["DynamoDB"] = opted_in


EDITS: Dict[str, Callable[..., None]] = {
    **access.EDITS,
    **watch.EDITS,
    **keys.EDITS,
    **metrics.EDITS,
    **tables.EDITS,
    "age-recovery-points": age_recovery_points,
    "age-restore-jobs": age_restore_jobs,
    "alarm-actions": alarm_actions,
    "alarm-state": alarm_state,
    "alarm-threshold": alarm_threshold,
    "backup-opt-in": backup_opt_in,
    "completion-window": completion_window,
    "composite-rule": composite_rule,
    "delete-alarm": delete_alarm,
    "delete-backup-plan": delete_backup_plan,
    "delete-backup-selection": delete_backup_selection,
    "delete-recovery-points": delete_recovery_points,
    "delete-scaling-policy": delete_scaling_policy,
    "delete-table": delete_table,
    "delete-topic": delete_topic,
    "deletion-protection-off": deletion_protection(False),
    "deletion-protection-on": deletion_protection(True),
    "deregister-target": deregister_target,
    "disable-alarm-actions": disable_alarm_actions,
    "fail-copy-jobs": fail_copy_jobs,
    "fail-last-backup-job": fail_last_backup_job,
    "no-vault-notifications": no_vault_notifications,
    "on-demand-maximum": on_demand_maximum,
    "pitr-days": pitr_on,
    "pitr-off": pitr_off,
    "pitr-on": pitr_on,
    "pitr-since-hours": pitr_since,
    "provisioned": provisioned,
    "remove-tag": remove_tag,
    "restore-took-hours": restore_took_hours,
    "scaling-maximum": scaling_maximum,
    "set-tag": set_tag,
    "stream-off": stream_off,
    "suspend-target": suspend_target,
    "table-size": table_size,
    "testing-vaults": testing_vaults,
    "ttl-off": ttl_off,
    "unconfirm-topic": unconfirm_topic,
    "unlock-vault": unlock_vault,
    **perimeter.EDITS,
    **streams.EDITS,
    "vault-events": vault_events,
    "vault-lock-days": vault_lock_days,
}


def check(wanted: List[Dict[str, Any]]) -> None:
    for edit in wanted:
        if len(edit) != 1 or next(iter(edit)) not in EDITS:
            raise NoSuchThing(f"no edit {edit}; there are: {', '.join(EDITS)}")


def apply(place: Place, wanted: List[Dict[str, Any]]) -> None:
    check(wanted)
    for edit in wanted:
        [(name, argument)] = edit.items()
        EDITS[name](place, *(argument if isinstance(argument, list) else [argument]))
