"""What the repairs of rules change, beside moto's own writes: each writes where the reads of this sandbox look.

Only that: no checks that AWS makes of the values, and no jobs that run afterwards.
"""

import json
from typing import Any, Callable, Dict

from moto.kms.models import kms_backends

import access
import backup_jobs
import keys
import perimeter
import streams
import tables
from backup import find_plan
from gaps import present
from place import Place, now
from wire import AwsError, Call


def put_resource_policy(call: Call) -> Dict[str, Any]:
    access.RESOURCE_POLICIES[call.params["ResourceArn"]] = json.loads(call.params["Policy"])
    return {"RevisionId": "1709841168700"}


def update_contributor_insights(call: Call) -> Dict[str, Any]:
    table, index = call.params["TableName"], call.params.get("IndexName")
    status = {"ENABLE": "ENABLED", "DISABLE": "DISABLED"}[call.params["ContributorInsightsAction"]]
    tables.STATE[call.place].insights[(table, index)] = status
    return present(TableName=table, IndexName=index, ContributorInsightsStatus=status)


def enable_kinesis_streaming_destination(call: Call) -> Dict[str, Any]:
    table, arn = call.params["TableName"], call.params["StreamArn"]
    tables.STATE[call.place].destinations.setdefault(table, {})[arn] = "ACTIVE"
    return {"TableName": table, "StreamArn": arn, "DestinationStatus": "ENABLING"}


def delete_backup(call: Call) -> Dict[str, Any]:
    state = tables.STATE[call.place]
    state.backups = [each for each in state.backups if each.arn != call.params["BackupArn"]]
    return {}


def put_dashboard(call: Call) -> Dict[str, Any]:
    json.loads(call.params["DashboardBody"])
    Place(call.place.account, "us-east-1").cloudwatch.put_dashboard(call.params["DashboardName"], call.params["DashboardBody"])
    return {"DashboardValidationMessages": []}


def update_event_source_mapping(call: Call) -> Dict[str, Any]:
    for mapping in streams.STATE[call.place].mappings:
        if mapping["UUID"] == call.params["UUID"]:
            changes = {name: value for name, value in call.params.items() if name not in ("UUID", "Enabled")}
            if call.params.get("Enabled"):
                changes.update(State="Enabled", LastProcessingResult="OK")
            mapping.update(changes)
            return mapping
    raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)


def set_queue_attributes(call: Call) -> Dict[str, Any]:
    name = call.params["QueueUrl"].rsplit("/", 1)[1]
    if name not in streams.STATE[call.place].queues:
        raise streams.no_such_queue()
    streams.STATE[call.place].queues[name].update(call.params["Attributes"])
    return {}


def modify_vpc_endpoint(call: Call) -> Dict[str, Any]:
    for endpoint in perimeter.STATE[call.place].endpoints:
        if endpoint["VpcEndpointId"] == call.params["VpcEndpointId"]:
            if "PolicyDocument" in call.params:
                endpoint["PolicyDocument"] = call.params["PolicyDocument"]
            added = call.params.get("AddRouteTableIds", [])
            endpoint["RouteTableIds"] = endpoint.get("RouteTableIds", []) + added
            return {"Return": True}
    raise AwsError("InvalidVpcEndpointId.NotFound", "The VPC endpoint does not exist")


def put_event_selectors(call: Call) -> Dict[str, Any]:
    arn = perimeter.trail_arn(call, call.params["TrailName"])
    chosen = {"AdvancedEventSelectors": call.params["AdvancedEventSelectors"]}
    perimeter.STATE[call.place].selectors[arn] = chosen
    return {"TrailARN": arn, **chosen}


def enable_key_rotation(call: Call) -> Dict[str, Any]:
    keys.asked(call).key_rotation_status = True
    return {}


def put_key_policy(call: Call) -> Dict[str, Any]:
    keys.asked(call).policy = call.params["Policy"]
    return {}


def cancel_key_deletion(call: Call) -> Dict[str, Any]:
    key = keys.asked(call)
    if key.key_state != "PendingDeletion":
        raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    kms_backends[call.place.account][call.place.region].cancel_key_deletion(key.id)
    return {"KeyId": key.arn}


def enable_key(call: Call) -> Dict[str, Any]:
    kms_backends[call.place.account][call.place.region].enable_key(keys.asked(call).id)
    return {}


def put_backup_vault_access_policy(call: Call) -> Dict[str, Any]:
    keys.VAULT_POLICIES[call.place][call.params["BackupVaultName"]] = call.params["Policy"]
    return {}


def put_backup_vault_notifications(call: Call) -> Dict[str, Any]:
    kept = {name: call.params[name] for name in ("SNSTopicArn", "BackupVaultEvents")}
    backup_jobs.JOBS[call.place].notifications[call.params["BackupVaultName"]] = kept
    return {}


def update_backup_plan(call: Call) -> Dict[str, Any]:
    plan = find_plan(call)
    wanted = call.params["BackupPlan"]
    rules = [{"RuleId": call.place.identifier(f"rule/{rule['RuleName']}"), **rule} for rule in wanted["Rules"]]
    plan.backup_plan = {**wanted, "Rules": rules}
    return {"BackupPlanId": plan.backup_plan_id, "BackupPlanArn": plan.backup_plan_arn, "VersionId": plan.version_id}


def create_restore_testing_plan(call: Call) -> Dict[str, Any]:
    wanted = call.params["RestoreTestingPlan"]
    name = wanted["RestoreTestingPlanName"]
    arn = call.place.arn("backup", f"restore-testing-plan:{name}-{call.place.identifier(name)}")
    made = {"RestoreTestingPlanArn": arn, "CreationTime": now()}
    backup_jobs.JOBS[call.place].testing_plans[name] = {**wanted, **made, "Selections": []}
    return {"RestoreTestingPlanName": name, **made}


def create_restore_testing_selection(call: Call) -> Dict[str, Any]:
    plan = call.params["RestoreTestingPlanName"]
    wanted = call.params["RestoreTestingSelection"]
    kept = backup_jobs.JOBS[call.place].testing_plans[plan]
    selection = {**wanted, "RestoreTestingPlanName": plan, "CreationTime": now()}
    kept["Selections"].append(selection)
    return {
        "CreationTime": selection["CreationTime"],
        "RestoreTestingPlanArn": kept["RestoreTestingPlanArn"],
        "RestoreTestingPlanName": plan,
        "RestoreTestingSelectionName": wanted["RestoreTestingSelectionName"],
    }


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "backup:CreateRestoreTestingPlan": create_restore_testing_plan,
    "backup:CreateRestoreTestingSelection": create_restore_testing_selection,
    "backup:PutBackupVaultAccessPolicy": put_backup_vault_access_policy,
    "backup:PutBackupVaultNotifications": put_backup_vault_notifications,
    "backup:UpdateBackupPlan": update_backup_plan,
    "cloudtrail:PutEventSelectors": put_event_selectors,
    "cloudwatch:PutDashboard": put_dashboard,
    "dynamodb:DeleteBackup": delete_backup,
    "dynamodb:EnableKinesisStreamingDestination": enable_kinesis_streaming_destination,
    "dynamodb:PutResourcePolicy": put_resource_policy,
    "dynamodb:UpdateContributorInsights": update_contributor_insights,
    "ec2:ModifyVpcEndpoint": modify_vpc_endpoint,
    "kms:CancelKeyDeletion": cancel_key_deletion,
    "kms:EnableKey": enable_key,
    "kms:EnableKeyRotation": enable_key_rotation,
    "kms:PutKeyPolicy": put_key_policy,
    "lambda:UpdateEventSourceMapping": update_event_source_mapping,
    "sqs:SetQueueAttributes": set_queue_attributes,
}
