"""KMS keys and the access policies of backup vaults: their operations, the keys of `healthy`, and edits to them.

The keys live in moto's backend, each under an alias of its own, by which seeds and edits call it. moto itself answers
DescribeKey of alias/aws/dynamodb with the wrong manager and rotates whatever it is asked to, so the answers are ours.
"""

import json
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, DefaultDict, Dict, List, Optional

from moto.kms.models import kms_backends

from gaps import present
from place import Place, aware
from wire import AwsError, Call

CLOUDWATCH = "cloudwatch.amazonaws.com"
ROTATION_DAYS = 365

VAULT_POLICIES: DefaultDict[Place, Dict[str, str]] = defaultdict(dict)


class NoSuchKey(ValueError):
    """The key that an edit is to change does not exist."""


# --- operations ----------------------------------------------------------------------------------------------------


def _not_found(message: str) -> AwsError:
    return AwsError("NotFoundException", message, 400)


def asked(call: Call) -> Any:
    """The key that a call names by id, alias or ARN of either."""
    name = call.params["KeyId"]
    if name.startswith("arn:"):
        _, _, _, region, account, name = name.split(":", 5)
        if region != call.place.region:
            raise _not_found(f"Invalid arn {region}")
        if account != call.place.account:
            raise AwsError("AccessDeniedException", "The key is in another account", 400)
    name = name.removeprefix("key/")
    for key in kms_backends[call.place.account][call.place.region].keys.values():
        if name == key.id or name in key.aliases:
            return key
    raise _not_found(f"Key '{call.place.arn('kms', f'key/{name}')}' does not exist")


def describe_key(call: Call) -> Dict[str, Any]:
    key = asked(call)
    return {
        "KeyMetadata": present(
            AWSAccountId=key.account_id,
            KeyId=key.id,
            Arn=key.arn,
            CreationDate=aware(key.creation_date),
            Enabled=key.key_state == "Enabled",
            Description=key.description,
            KeyUsage=key.key_usage,
            KeyState=key.key_state,
            DeletionDate=aware(key.deletion_date) if key.key_state == "PendingDeletion" else None,
            Origin=key.origin,
            KeyManager=key.key_manager,
            KeySpec=key.key_spec,
            CustomerMasterKeySpec=key.key_spec,
            EncryptionAlgorithms=key.encryption_algorithms,
            MultiRegion=key.multi_region,
        )
    }


def get_key_rotation_status(call: Call) -> Dict[str, Any]:
    key = asked(call)
    if key.origin != "AWS_KMS" or key.key_spec != "SYMMETRIC_DEFAULT":
        raise AwsError("UnsupportedOperationException", f"{key.arn} is not a key that can rotate", 400)
    # A key that waits for its deletion does not rotate (API reference of GetKeyRotationStatus).
    rotates = key.key_manager == "AWS" or key.key_rotation_status and key.key_state != "PendingDeletion"
    return present(
        KeyId=key.arn, KeyRotationEnabled=bool(rotates), RotationPeriodInDays=ROTATION_DAYS if rotates else None
    )


def get_key_policy(call: Call) -> Dict[str, Any]:
    return {"Policy": asked(call).policy, "PolicyName": "default"}


def get_backup_vault_access_policy(call: Call) -> Dict[str, Any]:
    name = call.params["BackupVaultName"]
    vault = call.place.backup.vaults.get(name)
    policy = VAULT_POLICIES[call.place].get(name)
    if vault is None or policy is None:
        raise AwsError("ResourceNotFoundException", "Failed reading Backup vault access policy", 400)
    return {"BackupVaultName": name, "BackupVaultArn": vault.backup_vault_arn, "Policy": policy}


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "backup:GetBackupVaultAccessPolicy": get_backup_vault_access_policy,
    "kms:DescribeKey": describe_key,
    "kms:GetKeyPolicy": get_key_policy,
    "kms:GetKeyRotationStatus": get_key_rotation_status,
}


# --- seeds ---------------------------------------------------------------------------------------------------------


def _policy(statements: List[Dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _of_account(place: Place) -> Dict[str, Any]:
    root = f"arn:{place.partition}:iam::{place.account}:root"
    return {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}


def _of_alarms(place: Place) -> Dict[str, Any]:
    return {
        "Sid": "Alarms",
        "Effect": "Allow",
        "Principal": {"Service": CLOUDWATCH},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": place.account}},
    }


def customer_key(place: Place, name: str) -> str:
    """The ARN of the customer's key with alias `name`; made, with rotation on, when it is not there yet."""
    backend = kms_backends[place.account][place.region]
    for key in backend.keys.values():
        if f"alias/{name}" in key.aliases:
            return key.arn
    statements = [_of_account(place)] + ([_of_alarms(place)] if name == "alarms" else [])
    key = _made(place, name, _policy(statements))
    key.key_rotation_status = True
    backend.create_alias(key.id, f"alias/{name}")
    return key.arn


def _made(place: Place, name: str, policy: Optional[str]) -> Any:
    """A key of which the id is the same on every run."""
    backend = kms_backends[place.account][place.region]
    key = backend.create_key(policy, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", name, None)
    backend.keys.pop(key.id)
    key.id = place.identifier(f"key/{name}")
    key.arn = place.arn("kms", f"key/{key.id}")
    backend.keys[key.id] = key
    return key


def healthy_keys(place: Place, topic_arn: str) -> None:
    """A topic is encrypted with a key that CloudWatch may use. The vault is locked, so it has no access policy."""
    place.sns.topics[topic_arn].kms_master_key_id = customer_key(place, "alarms")


# --- edits ---------------------------------------------------------------------------------------------------------


def _key(place: Place, name: str) -> Any:
    for key in kms_backends[place.account][place.region].keys.values():
        if f"alias/{name}" in key.aliases:
            return key
    raise NoSuchKey(f"there is no key {name}")


def disable_key(place: Place, name: str) -> None:
    _key(place, name).key_state = "Disabled"


def schedule_key_deletion(place: Place, name: str, days: int = 7) -> None:
    key = _key(place, name)
    key.key_state, key.deletion_date = "PendingDeletion", datetime.now(timezone.utc) + timedelta(days=days)


def delete_key(place: Place, name: str) -> None:
    kms_backends[place.account][place.region].keys.pop(_key(place, name).id)


def key_rotation_off(place: Place, name: str) -> None:
    _key(place, name).key_rotation_status = False


def import_key_material(place: Place, name: str) -> None:
    """The key's material comes from outside, so AWS cannot rotate it."""
    _key(place, name).origin = "EXTERNAL"


def key_policy_of_account(place: Place, name: str) -> None:
    """Only the account itself may use the key: what KMS gives a key by default."""
    _key(place, name).policy = _policy([_of_account(place)])


def open_key_policy(place: Place, name: str) -> None:
    """Everybody may use the key who comes through DynamoDB, of whatever account."""
    through = {"StringEquals": {"kms:ViaService": f"dynamodb.{place.region}.amazonaws.com"}}
    everybody = {**_of_account(place), "Sid": "ThroughDynamoDB", "Principal": {"AWS": "*"}, "Condition": through}
    _key(place, name).policy = _policy([_of_account(place), everybody])


def _topic(place: Place, name: str) -> Any:
    for topic in place.sns.topics.values():
        if topic.name == name:
            return topic
    raise NoSuchKey(f"there is no topic {name}")


def topic_key(place: Place, name: str, key_id: str) -> None:
    """`key_id` as SetTopicAttributes takes it: `alias/aws/sns`, an id, an ARN; empty for none."""
    _topic(place, name).kms_master_key_id = key_id


def topic_for_service(place: Place, name: str, service: str) -> None:
    """Only this service may publish."""
    topic = _topic(place, name)
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": topic.arn}
    topic.policy = _policy([allow])


def let_backup_publish(place: Place, name: str) -> None:
    """AWS Backup may publish too, besides those whom the policy that SNS gives a topic lets in."""
    topic = _topic(place, name)
    document = json.loads(topic.policy)
    service = {"Service": "backup.amazonaws.com"}
    allow = {"Effect": "Allow", "Sid": "Backups", "Principal": service, "Action": "SNS:Publish", "Resource": topic.arn}
    document["Statement"].append(allow)
    topic.policy = json.dumps(document)


def open_topic_policy(place: Place, name: str) -> None:
    """Everybody may publish, of whatever account."""
    topic = _topic(place, name)
    topic.policy = _policy([{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic.arn}])


def vault_key_of_aws(place: Place, name: str) -> None:
    """The vault has the key that AWS manages for AWS Backup."""
    key = _made(place, "of-aws-backup", None)
    key.key_manager = "AWS"
    place.backup.vaults[name].encryption_key_arn = key.arn


def deny_deletion(place: Place, name: str, role: Optional[str] = None) -> None:
    """The vault's access policy lets nobody delete recovery points, or only takes it from one role."""
    arn = f"arn:{place.partition}:iam::{place.account}:role/{role}"
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": arn} if role else "*",
        "Action": "backup:DeleteRecoveryPoint",
        "Resource": "*",
    }
    VAULT_POLICIES[place][name] = _policy([deny])


EDITS: Dict[str, Callable[..., None]] = {
    "delete-key": delete_key,
    "deny-deletion": deny_deletion,
    "disable-key": disable_key,
    "import-key-material": import_key_material,
    "key-policy-of-account": key_policy_of_account,
    "key-rotation-off": key_rotation_off,
    "open-key-policy": open_key_policy,
    "open-topic-policy": open_topic_policy,
    "schedule-key-deletion": schedule_key_deletion,
    "topic-for-service": topic_for_service,
    "topic-key": topic_key,
    "vault-key-of-aws": vault_key_of_aws,
}
