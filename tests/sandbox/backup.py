"""AWS Backup beyond moto's plans and vaults: selections, recovery points, protected resources, region settings."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Callable, DefaultDict, Dict, List, Optional

from gaps import page, present
from place import Place, aware, now
from wire import AwsError, Call


@dataclass
class Selection:
    identifier: str
    plan_id: str
    body: Dict[str, Any]  # SelectionName, IamRoleArn, Resources, ListOfTags, NotResources, Conditions
    created: datetime


@dataclass
class RecoveryPoint:
    arn: str
    vault: str
    resource_arn: str
    created: datetime
    status: str = "COMPLETED"
    size_bytes: int = 0
    keep_days: Optional[int] = None
    plan_id: Optional[str] = None
    role_arn: Optional[str] = None


@dataclass
class BackupState:
    selections: List[Selection] = field(default_factory=list)
    recovery_points: List[RecoveryPoint] = field(default_factory=list)
    opt_in: Dict[str, bool] = field(default_factory=lambda: {"DynamoDB": True})
    management: Dict[str, bool] = field(default_factory=lambda: {"DynamoDB": True})


STATE: DefaultDict[Place, BackupState] = defaultdict(BackupState)


def place_selection(place: Place, plan_id: str, body: Dict[str, Any]) -> Selection:
    selection = Selection(place.identifier(f"selection/{plan_id}/{body['SelectionName']}"), plan_id, body, now())
    STATE[place].selections.append(selection)
    return selection


def find_plan(call: Call) -> Any:
    plan = call.place.backup.plans.get(call.params["BackupPlanId"])
    if plan is None or plan.deletion_date is not None:
        raise AwsError("ResourceNotFoundException", "Failed reading Backup plan with provided version", 400)
    return plan


def list_backup_plans(call: Call) -> Dict[str, Any]:
    plans = [plan for plan in list(call.place.backup.plans.values()) if plan.deletion_date is None]
    plans, token = page(plans, call.params.get("MaxResults"), call.params.get("NextToken"))
    described = [
        present(
            BackupPlanArn=plan.backup_plan_arn,
            BackupPlanId=plan.backup_plan_id,
            CreationDate=aware(plan.creation_date),
            VersionId=plan.version_id,
            BackupPlanName=plan.backup_plan["BackupPlanName"],
            CreatorRequestId=plan.creator_request_id,
            AdvancedBackupSettings=plan.advanced_backup_settings or None,
        )
        for plan in plans
    ]
    return present(BackupPlansList=described, NextToken=token)


def get_backup_plan(call: Call) -> Dict[str, Any]:
    plan = find_plan(call)
    return present(
        BackupPlan=plan.backup_plan,
        BackupPlanId=plan.backup_plan_id,
        BackupPlanArn=plan.backup_plan_arn,
        VersionId=plan.version_id,
        CreatorRequestId=plan.creator_request_id,
        CreationDate=aware(plan.creation_date),
        AdvancedBackupSettings=plan.advanced_backup_settings or None,
    )


def create_backup_selection(call: Call) -> Dict[str, Any]:
    plan = find_plan(call)
    selection = place_selection(call.place, plan.backup_plan_id, call.params["BackupSelection"])
    return {
        "SelectionId": selection.identifier,
        "BackupPlanId": plan.backup_plan_id,
        "CreationDate": selection.created,
    }


def _selections(call: Call) -> List[Selection]:
    plan = find_plan(call)
    return [each for each in STATE[call.place].selections if each.plan_id == plan.backup_plan_id]


def list_backup_selections(call: Call) -> Dict[str, Any]:
    selections, token = page(_selections(call), call.params.get("MaxResults"), call.params.get("NextToken"))
    described = [
        {
            "SelectionId": each.identifier,
            "SelectionName": each.body["SelectionName"],
            "BackupPlanId": each.plan_id,
            "CreationDate": each.created,
            "IamRoleArn": each.body["IamRoleArn"],
        }
        for each in selections
    ]
    return present(BackupSelectionsList=described, NextToken=token)


def get_backup_selection(call: Call) -> Dict[str, Any]:
    for each in _selections(call):
        if each.identifier == call.params["SelectionId"]:
            # AWS answers with empty lists for the parts that the selection does not use.
            conditions = dict.fromkeys(("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"), [])
            body = {"Resources": [], "ListOfTags": [], "NotResources": [], "Conditions": conditions, **each.body}
            return {
                "BackupSelection": body,
                "SelectionId": each.identifier,
                "BackupPlanId": each.plan_id,
                "CreationDate": each.created,
            }
    raise AwsError("ResourceNotFoundException", "Could not find resource", 400)


def delete_backup_selection(call: Call) -> Dict[str, Any]:
    for each in _selections(call):
        if each.identifier == call.params["SelectionId"]:
            STATE[call.place].selections.remove(each)
    return {}


def _vault(place: Place, vault: Any) -> Dict[str, Any]:
    held = sum(point.vault == vault.backup_vault_name for point in STATE[place].recovery_points)
    return present(
        BackupVaultName=vault.backup_vault_name,
        BackupVaultArn=vault.backup_vault_arn,
        VaultType="BACKUP_VAULT",
        CreationDate=aware(vault.creation_date),
        EncryptionKeyArn=vault.encryption_key_arn,
        CreatorRequestId=vault.creator_request_id,
        NumberOfRecoveryPoints=held,
        Locked=vault.locked,
        MinRetentionDays=vault.min_retention_days,
        MaxRetentionDays=vault.max_retention_days,
        LockDate=aware(vault.lock_date) if vault.lock_date is not None else None,
    )


def list_backup_vaults(call: Call) -> Dict[str, Any]:
    vaults = list(call.place.backup.vaults.values())
    vaults, token = page(vaults, call.params.get("MaxResults"), call.params.get("NextToken"))
    return present(BackupVaultList=[_vault(call.place, vault) for vault in vaults], NextToken=token)


def _find_vault(call: Call) -> Any:
    vault = call.place.backup.vaults.get(call.params["BackupVaultName"])
    if vault is None:
        raise AwsError("ResourceNotFoundException", "Backup vault does not exist", 400)
    return vault


def describe_backup_vault(call: Call) -> Dict[str, Any]:
    return _vault(call.place, _find_vault(call))


def _newest_first(place: Place) -> List[RecoveryPoint]:
    return sorted(STATE[place].recovery_points, key=lambda point: point.created, reverse=True)


def list_protected_resources(call: Call) -> Dict[str, Any]:
    newest: Dict[str, RecoveryPoint] = {}
    for point in _newest_first(call.place):
        if point.status in ("COMPLETED", "AVAILABLE"):
            newest.setdefault(point.resource_arn, point)
    points = [newest[arn] for arn in sorted(newest)]
    points, token = page(points, call.params.get("MaxResults"), call.params.get("NextToken"))
    described = [
        {
            "ResourceArn": point.resource_arn,
            "ResourceType": "DynamoDB",
            "ResourceName": point.resource_arn.rsplit("/", 1)[-1],
            "LastBackupTime": point.created,
            "LastBackupVaultArn": call.place.arn("backup", f"backup-vault:{point.vault}"),
            "LastRecoveryPointArn": point.arn,
        }
        for point in points
    ]
    return present(Results=described, NextToken=token)


def _recovery_point(place: Place, point: RecoveryPoint) -> Dict[str, Any]:
    lifecycle = calculated = created_by = None
    if point.keep_days is not None:
        lifecycle = {"DeleteAfterDays": point.keep_days}
        calculated = {"DeleteAt": point.created + timedelta(days=point.keep_days)}
    plan = place.backup.plans.get(point.plan_id)
    if plan is not None:
        created_by = {
            "BackupPlanId": plan.backup_plan_id,
            "BackupPlanArn": plan.backup_plan_arn,
            "BackupPlanName": plan.backup_plan["BackupPlanName"],
            "BackupPlanVersion": plan.version_id,
            "BackupRuleId": plan.backup_plan["Rules"][0]["RuleId"],
            "BackupRuleName": plan.backup_plan["Rules"][0]["RuleName"],
        }
    vault = place.backup.vaults.get(point.vault)
    return present(
        RecoveryPointArn=point.arn,
        BackupVaultName=point.vault,
        BackupVaultArn=place.arn("backup", f"backup-vault:{point.vault}"),
        ResourceArn=point.resource_arn,
        ResourceType="DynamoDB",
        ResourceName=point.resource_arn.rsplit("/", 1)[-1],
        CreatedBy=created_by,
        IamRoleArn=point.role_arn,
        Status=point.status,
        CreationDate=point.created,
        CompletionDate=point.created + timedelta(minutes=20),
        BackupSizeInBytes=point.size_bytes,
        CalculatedLifecycle=calculated,
        Lifecycle=lifecycle,
        EncryptionKeyArn=vault.encryption_key_arn if vault else None,
        IsEncrypted=True,
        VaultType="BACKUP_VAULT",
    )


def list_recovery_points_by_backup_vault(call: Call) -> Dict[str, Any]:
    vault, params = _find_vault(call), call.params
    points = [
        point
        for point in _newest_first(call.place)
        if point.vault == vault.backup_vault_name
        and params.get("ByResourceArn") in (None, point.resource_arn)
        and params.get("ByResourceType") in (None, "DynamoDB")
        and (params.get("ByCreatedBefore") is None or point.created < aware(params["ByCreatedBefore"]))
        and (params.get("ByCreatedAfter") is None or point.created > aware(params["ByCreatedAfter"]))
    ]
    points, token = page(points, params.get("MaxResults"), params.get("NextToken"))
    return present(RecoveryPoints=[_recovery_point(call.place, point) for point in points], NextToken=token)


def list_recovery_points_by_resource(call: Call) -> Dict[str, Any]:
    points = [point for point in _newest_first(call.place) if point.resource_arn == call.params["ResourceArn"]]
    points, token = page(points, call.params.get("MaxResults"), call.params.get("NextToken"))
    shown = (
        "RecoveryPointArn",
        "CreationDate",
        "Status",
        "EncryptionKeyArn",
        "BackupVaultName",
        "ResourceName",
        "VaultType",
    )
    described = []
    for point in points:
        whole = _recovery_point(call.place, point)
        described.append(
            {**{name: whole[name] for name in shown if name in whole}, "BackupSizeBytes": point.size_bytes}
        )
    return present(RecoveryPoints=described, NextToken=token)


def describe_region_settings(call: Call) -> Dict[str, Any]:
    state = STATE[call.place]
    return {
        "ResourceTypeOptInPreference": dict(state.opt_in),
        "ResourceTypeManagementPreference": dict(state.management),
    }


def update_region_settings(call: Call) -> Dict[str, Any]:
    state = STATE[call.place]
    state.opt_in.update(call.params.get("ResourceTypeOptInPreference", {}))
    state.management.update(call.params.get("ResourceTypeManagementPreference", {}))
    return {}


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "backup:CreateBackupSelection": create_backup_selection,
    "backup:DeleteBackupSelection": delete_backup_selection,
    "backup:DescribeBackupVault": describe_backup_vault,
    "backup:DescribeRegionSettings": describe_region_settings,
    "backup:GetBackupPlan": get_backup_plan,
    "backup:GetBackupSelection": get_backup_selection,
    "backup:ListBackupPlans": list_backup_plans,
    "backup:ListBackupSelections": list_backup_selections,
    "backup:ListBackupVaults": list_backup_vaults,
    "backup:ListProtectedResources": list_protected_resources,
    "backup:ListRecoveryPointsByBackupVault": list_recovery_points_by_backup_vault,
    "backup:ListRecoveryPointsByResource": list_recovery_points_by_resource,
    "backup:UpdateRegionSettings": update_region_settings,
}
