"""Who may do what: IAM's GetAccountAuthorizationDetails, and the resource policies of tables and streams.

IAM is global: its state is kept by account alone. moto's answer lacks ids, names and pages, so the whole of it is ours.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Callable, DefaultDict, Dict, List, Optional, Union
from urllib.parse import quote

from gaps import page, present
from place import Place, now
from wire import AwsError, Call

Document = Dict[str, Any]
Texts = Union[str, List[str]]


@dataclass
class Identity:
    """A user, group or role."""

    kind: str
    name: str
    path: str = "/"
    inline: Dict[str, Document] = field(default_factory=dict)
    attached: List[str] = field(default_factory=list)
    groups: List[str] = field(default_factory=list)
    boundary: Optional[str] = None
    trust: Optional[Document] = None
    used: Optional[datetime] = None


@dataclass
class AccountAccess:
    partition: str = "aws"
    identities: Dict[str, Identity] = field(default_factory=dict)
    policies: Dict[str, List[Document]] = field(default_factory=dict)  # by ARN; the first version is the one in force


IAM: DefaultDict[str, AccountAccess] = defaultdict(AccountAccess)
RESOURCE_POLICIES: Dict[str, Document] = {}  # by ARN of the table or stream


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Texts, resources: Texts, **more: Any) -> Document:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


# --- IAM -----------------------------------------------------------------------------------------------------------


def get_account_authorization_details(call: Call) -> Dict[str, Any]:
    account = call.place.account
    kept = IAM[account]
    lists = {"user": "UserDetailList", "group": "GroupDetailList", "role": "RoleDetailList"}
    entries = [(lists[each.kind], _identity(call.place, each)) for each in kept.identities.values()]
    entries += [("Policies", _managed(call.place, arn, versions)) for arn, versions in kept.policies.items()]
    entries, marker = page(entries, call.params.get("MaxItems") or 100, call.params.get("Marker"))
    answer: Dict[str, Any] = {name: [] for name in (*lists.values(), "Policies")}
    for name, entry in entries:
        answer[name].append(entry)
    return present(**answer, IsTruncated=marker is not None, Marker=marker)


def encoded(text: Document) -> str:
    return quote(json.dumps(text), safe="")


def _created(days: int) -> datetime:
    return now().replace(microsecond=0) - timedelta(days=days)


def _id(place: Place, prefix: str, name: str) -> str:
    return prefix + Place(place.account, "global").identifier(f"{prefix}/{name}").replace("-", "").upper()[:17]


def identity_arn(place: Place, each: Identity) -> str:
    return f"arn:{IAM[place.account].partition}:iam::{place.account}:{each.kind}{each.path}{each.name}"


def _identity(place: Place, each: Identity) -> Dict[str, Any]:
    inline = [{"PolicyName": name, "PolicyDocument": encoded(text)} for name, text in each.inline.items()]
    attached = [{"PolicyName": arn.rsplit("/", 1)[-1], "PolicyArn": arn} for arn in each.attached]
    common = {
        "Path": each.path,
        "Arn": identity_arn(place, each),
        "CreateDate": _created(400),
        "AttachedManagedPolicies": attached,
    }
    if each.kind == "group":
        return {**common, "GroupName": each.name, "GroupId": _id(place, "AGPA", each.name), "GroupPolicyList": inline}
    boundary = each.boundary and {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": each.boundary,
    }
    if each.kind == "user":
        return present(
            **common,
            UserName=each.name,
            UserId=_id(place, "AIDA", each.name),
            UserPolicyList=inline,
            GroupList=each.groups,
            PermissionsBoundary=boundary,
            Tags=[],
        )
    used = {"LastUsedDate": each.used, "Region": place.region} if each.used else {}
    return present(
        **common,
        RoleName=each.name,
        RoleId=_id(place, "AROA", each.name),
        AssumeRolePolicyDocument=encoded(each.trust or document()),
        InstanceProfileList=[],
        RolePolicyList=inline,
        PermissionsBoundary=boundary,
        Tags=[],
        RoleLastUsed=used,
    )


def _managed(place: Place, arn: str, versions: List[Document]) -> Dict[str, Any]:
    """The version in force is listed last: it need not be the newest."""
    name = arn.rsplit("/", 1)[-1]
    kept = [
        {
            "Document": encoded(text),
            "VersionId": f"v{number}",
            "IsDefaultVersion": number == 1,
            "CreateDate": _created(300),
        }
        for number, text in enumerate(versions, 1)
    ]
    return {
        "PolicyName": name,
        "PolicyId": _id(place, "ANPA", name),
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": sum(arn in each.attached for each in IAM[place.account].identities.values()),
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": _created(300),
        "UpdateDate": _created(300),
        "PolicyVersionList": kept[::-1],
    }


# --- resource policies ---------------------------------------------------------------------------------------------


def get_resource_policy(call: Call) -> Dict[str, Any]:
    arn = call.params["ResourceArn"]
    tables = list(call.place.dynamodb.tables.values())
    streams = [f"{each.table_arn}/stream/{each.latest_stream_label}" for each in tables if each.latest_stream_label]
    if arn not in [each.table_arn for each in tables] + streams:
        raise AwsError("ResourceNotFoundException", f"Requested resource not found: ResourceArn: {arn} not found")
    if arn not in RESOURCE_POLICIES:
        raise AwsError("PolicyNotFoundException", f"Resource-based policy not found for the provided ResourceArn: {arn}")
    return {"Policy": json.dumps(RESOURCE_POLICIES[arn]), "RevisionId": "1709841168699"}


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "dynamodb:GetResourcePolicy": get_resource_policy,
    "iam:GetAccountAuthorizationDetails": get_account_authorization_details,
}


# --- the healthy account -------------------------------------------------------------------------------------------

ITEMS = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"]
READ_STREAM = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]


def _assumed_by(service: str) -> Document:
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def seed_access(place: Place) -> None:
    """A role for each service, and those that every account has; the same whichever region is seeded."""
    partition = place.partition
    IAM[place.account] = kept = AccountAccess(partition)
    iam, aws = f"arn:{partition}:iam::{place.account}", f"arn:{partition}:iam::aws:policy"
    tables = f"arn:{partition}:dynamodb:*:{place.account}:table"

    def add(kind: str, name: str, **more: Any) -> None:
        used = now().replace(microsecond=0) - timedelta(hours=7) if kind == "role" else None
        kept.identities[name] = Identity(kind, name, used=used, **more)

    def table(name: str) -> List[str]:
        return [f"{tables}/{name}", f"{tables}/{name}/index/*"]

    functions = _assumed_by("lambda.amazonaws.com")
    for name in ("shop-orders", "shop-sessions"):
        own = {"own-table": document(allow(ITEMS, table(name), Sid="OwnTable"))}
        add("role", f"{name}-api", inline=own, trust=functions)
    add("role", "shop-analytics", inline={"read": document(allow("dynamodb:Query", table("shop-orders")))}, trust=functions)

    feed = document(allow(ITEMS + ["dynamodb:DeleteItem"], table("feed-posts") + table("feed-follows")))
    too_much = document(allow("dynamodb:*", "*"))
    boundary = document(allow(["dynamodb:*Item", "dynamodb:Query", "logs:*"], "*"))
    kept.policies[f"{iam}:policy/feed-tables"] = [feed, too_much]
    kept.policies[f"{iam}:policy/workload-boundary"] = [boundary]
    # What its own policy grants beyond that, the boundary does not let through.
    add(
        "role",
        "feed-api",
        attached=[f"{iam}:policy/feed-tables"],
        inline={"from-the-prototype": document(allow("dynamodb:Scan", "*"))},
        boundary=f"{iam}:policy/workload-boundary",
        trust=functions,
    )
    stream = document(allow(READ_STREAM, f"{tables}/feed-posts/stream/*"), allow("dynamodb:ListStreams", "*"))
    add("role", "feed-fanout", inline={"read-stream": stream}, trust=functions)

    manage = ["dynamodb:CreateTable", "dynamodb:UpdateTable", "dynamodb:Describe*", "dynamodb:TagResource"]
    add(
        "role",
        "deployment",
        inline={"tables": document(allow(manage, f"{tables}/*"), allow(["cloudformation:*", "lambda:*"], "*"))},
        trust=_assumed_by("cloudformation.amazonaws.com"),
    )
    me = {"AWS": f"{iam}:root"}
    people = document({"Effect": "Allow", "Principal": me, "Action": "sts:AssumeRole"})
    kept.policies[f"{aws}/AdministratorAccess"] = [document(allow("*", "*"))]
    add("role", "Admin", attached=[f"{aws}/AdministratorAccess"], trust=people)
    look = ["dynamodb:Describe*", "dynamodb:List*", "iam:Get*", "iam:List*", "kms:Describe*", "kms:List*"]
    kept.policies[f"{aws}/SecurityAudit"] = [document(allow(look, "*", Sid="BaseSecurityAuditStatement"))]
    add("role", "auditor", attached=[f"{aws}/SecurityAudit"], trust=people)

    restore = ["dynamodb:Scan", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:BatchWriteItem", "dynamodb:DescribeTable"]
    arn = f"{aws}/service-role/AWSBackupServiceRolePolicyForRestores"
    kept.policies[arn] = [document(allow(restore, f"{tables}/*", Sid="DynamoDBPermissions"))]
    backups = _assumed_by("backup.amazonaws.com")
    add("role", "AWSBackupDefaultServiceRole", path="/service-role/", attached=[arn], trust=backups)
    service = "dynamodb.application-autoscaling.amazonaws.com"
    scaling = f"{aws}/aws-service-role/AWSApplicationAutoscalingDynamoDBTablePolicy"
    kept.policies[scaling] = [document(allow(["dynamodb:DescribeTable", "dynamodb:UpdateTable"], "*"))]
    add(
        "role",
        "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable",
        path=f"/aws-service-role/{service}/",
        attached=[scaling],
        trust=_assumed_by(service),
    )
    add("group", "developers", inline={"look": document(allow(["dynamodb:DescribeTable", "dynamodb:ListTables"], "*"))})
    add("user", "maria", groups=["developers"])


def seed_roles(place: Place, count: int) -> None:
    """Many roles, for paging."""
    tables = f"arn:{place.partition}:dynamodb:*:{place.account}:table"
    IAM[place.account] = AccountAccess(place.partition)
    for number in range(count):
        own = {"own": document(allow("dynamodb:*" if number % 50 == 0 else ITEMS, f"{tables}/t-{number:04}"))}
        IAM[place.account].identities[f"r-{number:04}"] = Identity("role", f"r-{number:04}", inline=own)


def seed_resource_policies(place: Place) -> None:
    for name, role, actions in (("shop-orders", "shop-analytics", ["dynamodb:Query"]), ("feed-posts", "feed-fanout", None)):
        table = place.dynamodb.tables[name]
        principal = {"AWS": f"arn:{place.partition}:iam::{place.account}:role/{role}"}
        arn = table.table_arn if actions else f"{table.table_arn}/stream/{table.latest_stream_label}"
        RESOURCE_POLICIES[arn] = document(allow(actions or READ_STREAM, arn, Sid="OwnReader", Principal=principal))
    orders = place.dynamodb.tables["shop-orders"].table_arn
    RESOURCE_POLICIES[orders]["Statement"].append(
        {
            "Sid": "OnlyTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:*",
            "Resource": orders,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )


# --- edits ---------------------------------------------------------------------------------------------------------


def share(stream: bool) -> Callable[[Place, str, str, str], None]:
    """One more statement in the policy of a table or its stream: who (`*`, an account, an ARN, a service) may do what."""

    def edit(place: Place, name: str, who: str, action: str) -> None:
        table = place.dynamodb.tables[name]
        arn = f"{table.table_arn}/stream/{table.latest_stream_label}" if stream else table.table_arn
        principal: Any = {"Service": who} if who.endswith(".amazonaws.com") else {"AWS": who}
        if who.startswith("role/"):
            principal = {"AWS": f"arn:{place.partition}:iam::{place.account}:{who}"}
        kept = RESOURCE_POLICIES.setdefault(arn, document())
        kept["Statement"].append(allow(action, arn, Sid="Shared", Principal=principal))

    return edit


def grant(place: Place, name: str, action: str, resource: str) -> None:
    """One more policy of a user, group or role: an action on a table, `table/shop-orders`, or on `table/*`."""
    arn = f"arn:{place.partition}:dynamodb:*:{place.account}:{resource}"
    IAM[place.account].identities[name].inline["added-later"] = document(allow(action, arn))


def make_admin(place: Place, name: str) -> None:
    arn = f"arn:{place.partition}:iam::aws:policy/AdministratorAccess"
    IAM[place.account].identities[name].attached.append(arn)


EDITS: Dict[str, Callable[..., None]] = {
    "grant": grant,
    "make-admin": make_admin,
    "share-stream": share(stream=True),
    "share-table": share(stream=False),
}
