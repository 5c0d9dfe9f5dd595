"""AWS Backup at work: backup, copy and restore jobs, restore testing plans, notifications of vaults.

Jobs are kept as AWS lists them, in the API model's names. Nothing here runs one: seeds and edits say what happened.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Callable, DefaultDict, Dict, List, Optional

from backup import STATE
from gaps import page, present
from place import Place, aware, facts_of, now
from wire import AwsError, Call


@dataclass
class Jobs:
    backup: List[Dict[str, Any]] = field(default_factory=list)
    copy: List[Dict[str, Any]] = field(default_factory=list)
    restore: List[Dict[str, Any]] = field(default_factory=list)
    testing_plans: Dict[str, Dict[str, Any]] = field(default_factory=dict)  # RestoreTestingPlan and its "Selections"
    notifications: Dict[str, Dict[str, Any]] = field(default_factory=dict)  # by vault


JOBS: DefaultDict[Place, Jobs] = defaultdict(Jobs)

# Request parameter -> member of the job that it must equal.
EQUAL = {
    "ByResourceArn": "ResourceArn",
    "ByResourceType": "ResourceType",
    "ByState": "State",
    "ByStatus": "Status",
    "ByBackupVaultName": "BackupVaultName",
    "ByDestinationVaultArn": "DestinationBackupVaultArn",
    "ByAccountId": "AccountId",
}


def _listed(call: Call, jobs: List[Dict[str, Any]], name: str) -> Dict[str, Any]:
    """Newest first, as AWS lists them; a filter that is not known here is refused aloud."""
    params = dict(call.params)
    size, token = params.pop("MaxResults", None), params.pop("NextToken", None)
    after, before = params.pop("ByCreatedAfter", None), params.pop("ByCreatedBefore", None)
    for filtered, value in params.items():
        jobs = [job for job in jobs if job.get(EQUAL[filtered]) == value]
    jobs = [
        job
        for job in jobs
        if (after is None or job["CreationDate"] > aware(after))
        and (before is None or job["CreationDate"] < aware(before))
    ]
    jobs = sorted(jobs, key=lambda job: job["CreationDate"], reverse=True)
    jobs, token = page(jobs, size, token)
    return present(**{name: jobs}, NextToken=token)


def list_backup_jobs(call: Call) -> Dict[str, Any]:
    month = now() - timedelta(days=30)
    jobs = [job for job in JOBS[call.place].backup if job["CreationDate"] > month]
    return _listed(call, jobs, "BackupJobs")


def list_copy_jobs(call: Call) -> Dict[str, Any]:
    return _listed(call, JOBS[call.place].copy, "CopyJobs")


def list_restore_jobs(call: Call) -> Dict[str, Any]:
    return _listed(call, JOBS[call.place].restore, "RestoreJobs")


# --- restore testing -----------------------------------------------------------------------------------------------


def _testing_plan(call: Call) -> Dict[str, Any]:
    plan = JOBS[call.place].testing_plans.get(call.params["RestoreTestingPlanName"])
    if plan is None:
        raise AwsError("ResourceNotFoundException", "Restore testing plan does not exist", 400)
    return plan


def list_restore_testing_plans(call: Call) -> Dict[str, Any]:
    plans = list(JOBS[call.place].testing_plans.values())
    plans, token = page(plans, call.params.get("MaxResults"), call.params.get("NextToken"))
    left_out = ("RecoveryPointSelection", "Selections")
    described = [{name: value for name, value in plan.items() if name not in left_out} for plan in plans]
    return present(RestoreTestingPlans=described, NextToken=token)


def get_restore_testing_plan(call: Call) -> Dict[str, Any]:
    plan = _testing_plan(call)
    return {"RestoreTestingPlan": {name: value for name, value in plan.items() if name != "Selections"}}


def list_restore_testing_selections(call: Call) -> Dict[str, Any]:
    selections = _testing_plan(call)["Selections"]
    selections, token = page(selections, call.params.get("MaxResults"), call.params.get("NextToken"))
    left_out = ("ProtectedResourceArns", "ProtectedResourceConditions")
    described = [{name: value for name, value in each.items() if name not in left_out} for each in selections]
    return present(RestoreTestingSelections=described, NextToken=token)


def get_restore_testing_selection(call: Call) -> Dict[str, Any]:
    for each in _testing_plan(call)["Selections"]:
        if each["RestoreTestingSelectionName"] == call.params["RestoreTestingSelectionName"]:
            return {"RestoreTestingSelection": each}
    raise AwsError("ResourceNotFoundException", "Restore testing selection does not exist", 400)


# --- notifications -------------------------------------------------------------------------------------------------


def get_backup_vault_notifications(call: Call) -> Dict[str, Any]:
    name = call.params["BackupVaultName"]
    told = JOBS[call.place].notifications.get(name)
    if told is None:
        message = f"Failed reading notifications from database for Backup vault {name}"
        raise AwsError("ResourceNotFoundException", message, 400)
    return {"BackupVaultName": name, "BackupVaultArn": call.place.arn("backup", f"backup-vault:{name}"), **told}


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "backup:GetBackupVaultNotifications": get_backup_vault_notifications,
    "backup:GetRestoreTestingPlan": get_restore_testing_plan,
    "backup:GetRestoreTestingSelection": get_restore_testing_selection,
    "backup:ListBackupJobs": list_backup_jobs,
    "backup:ListCopyJobs": list_copy_jobs,
    "backup:ListRestoreJobs": list_restore_jobs,
    "backup:ListRestoreTestingPlans": list_restore_testing_plans,
    "backup:ListRestoreTestingSelections": list_restore_testing_selections,
}


# --- seed ----------------------------------------------------------------------------------------------------------

PLAN = "tables_every_week"


def healthy_jobs(place: Place, tables: List[Any], vault: str, copies: Dict[str, str]) -> None:
    """What the recovery points of the seed come from, and what became of them. `copies`: vault ARN -> its kind."""
    role = f"arn:{place.partition}:iam::{place.account}:role/service-role/AWSBackupDefaultServiceRole"
    for point in STATE[place].recovery_points:
        JOBS[place].backup.append(backup_job(place, point.resource_arn, vault, point.created, role, point.arn))
        for arn, kind in copies.items():
            JOBS[place].copy.append(copy_job(place, point, vault, arn, kind, role))
    tested = now().replace(microsecond=0) - timedelta(days=6)
    plan_arn = place.arn("backup", f"restore-testing-plan:{PLAN}-{place.identifier(PLAN)}")
    for each in tables:
        points = [point for point in STATE[place].recovery_points if point.resource_arn == each.table_arn]
        oldest = min(points, key=lambda point: point.created)
        JOBS[place].restore.append(
            {
                "AccountId": place.account,
                "RestoreJobId": place.identifier(f"restore/{each.name}"),
                "RecoveryPointArn": oldest.arn,
                "SourceResourceArn": each.table_arn,
                "BackupVaultArn": place.arn("backup", f"backup-vault:{vault}"),
                "CreationDate": tested,
                "CompletionDate": tested + timedelta(minutes=40),
                "Status": "COMPLETED",
                "PercentDone": "100.00%",
                "BackupSizeInBytes": facts_of(each).size_bytes,
                "IamRoleArn": role,
                "ResourceType": "DynamoDB",
                "CreatedResourceArn": place.arn("dynamodb", f"table/awsbackup-restore-test-{each.name}"),
                "RecoveryPointCreationDate": oldest.created,
                "CreatedBy": {"RestoreTestingPlanArn": plan_arn},
                "ValidationStatus": "SUCCESSFUL",
                "DeletionStatus": "SUCCESSFUL",
            }
        )
    JOBS[place].testing_plans[PLAN] = testing_plan(place, plan_arn, role)
    JOBS[place].notifications[vault] = {
        "SNSTopicArn": place.arn("sns", "pager"),
        "BackupVaultEvents": ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"],
    }


def backup_job(
    place: Place, table_arn: str, vault: str, created: Any, role: str, point: Optional[str], state: str = "COMPLETED"
) -> Dict[str, Any]:
    return present(
        AccountId=place.account,
        BackupJobId=place.identifier(f"backup-job/{table_arn}/{created}"),
        BackupVaultName=vault,
        BackupVaultArn=place.arn("backup", f"backup-vault:{vault}"),
        RecoveryPointArn=point,
        ResourceArn=table_arn,
        ResourceType="DynamoDB",
        ResourceName=table_arn.rsplit("/", 1)[-1],
        CreationDate=created,
        CompletionDate=created + timedelta(minutes=20),
        State=state,
        PercentDone="100.0" if state == "COMPLETED" else "0.0",
        IamRoleArn=role,
        IsEncrypted=True,
        MessageCategory="SUCCESS" if state == "COMPLETED" else "AccessDenied",
    )


def copy_job(place: Place, point: Any, vault: str, arn: str, kind: str, role: str) -> Dict[str, Any]:
    identifier = place.identifier(f"copy-job/{point.arn}/{arn}")
    created = point.created + timedelta(minutes=20)
    return {
        "AccountId": place.account,
        "CopyJobId": identifier,
        "SourceBackupVaultArn": place.arn("backup", f"backup-vault:{vault}"),
        "SourceRecoveryPointArn": point.arn,
        "DestinationBackupVaultArn": arn,
        "DestinationVaultType": kind,
        "DestinationRecoveryPointArn": arn.split(":backup-vault:")[0] + f":recovery-point:{identifier}",
        "ResourceArn": point.resource_arn,
        "ResourceType": "DynamoDB",
        "ResourceName": point.resource_arn.rsplit("/", 1)[-1],
        "CreationDate": created,
        "CompletionDate": created + timedelta(minutes=30),
        "State": "COMPLETED",
        "BackupSizeInBytes": point.size_bytes,
        "IamRoleArn": role,
    }


def testing_plan(place: Place, arn: str, role: str) -> Dict[str, Any]:
    created = now().replace(microsecond=0) - timedelta(days=200)

    def selection(name: str, kind: str, **criteria: Any) -> Dict[str, Any]:
        return {
            "CreationTime": created,
            "IamRoleArn": role,
            "ProtectedResourceType": kind,
            "RestoreTestingPlanName": PLAN,
            "RestoreTestingSelectionName": name,
            "ValidationWindowHours": 4,
            **criteria,
        }

    daily = {"StringEquals": [{"Key": "aws:ResourceTag/backup", "Value": "daily"}], "StringNotEquals": []}
    return {
        "CreationTime": created,
        "LastExecutionTime": now().replace(microsecond=0) - timedelta(days=6),
        "RestoreTestingPlanArn": arn,
        "RestoreTestingPlanName": PLAN,
        "ScheduleExpression": "cron(0 6 ? * SUN *)",
        "StartWindowHours": 8,
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "ExcludeVaults": [],
            "IncludeVaults": [place.arn("backup", "backup-vault:prod-*")],
            "RecoveryPointTypes": ["SNAPSHOT"],
            "SelectionWindowDays": 30,
        },
        "Selections": [
            selection("tables", "DynamoDB", ProtectedResourceArns=["*"], ProtectedResourceConditions=daily),
            selection("disks", "EBS", ProtectedResourceArns=["*"]),
        ],
    }
