"""The scenarios: whole accounts put into moto's backends in one go.

`healthy` is an e-commerce and a social-feed service in production with everything in order. `broken` and `demo` are
`healthy` and a list of edits, so each planted defect can be read as one line.
"""

from datetime import timedelta
from typing import Any, Callable, Dict, List, Optional, Tuple

from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat
from moto.moto_api._internal import mock_random

import access
import edits
import watch
import metrics
import tables as tables_of_region
from backup import STATE, RecoveryPoint, place_selection
from backup_jobs import healthy_jobs
from gaps import place_composite_alarm
from perimeter import healthy_perimeter
from keys import customer_key, healthy_keys, let_backup_publish
from place import Place, aware, facts_of, now
from streams import healthy_consumers, place_mapping

GIB = 1024**3


# --- building blocks -----------------------------------------------------------------------------------------------


def keys(*names: str) -> List[Dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"))]


def units(capacity: Tuple[int, int]) -> Dict[str, int]:
    return {"ReadCapacityUnits": capacity[0], "WriteCapacityUnits": capacity[1]}


def table(
    place: Place,
    name: str,
    key: List[str],
    indexes: Optional[Dict[str, List[str]]] = None,
    capacity: Optional[
        Dict[str, Tuple[int, int]]
    ] = None,  # of the table, under "", and of its indexes; None: on demand
    stream: Optional[str] = None,
    encrypted_by: Optional[str] = None,  # alias of a customer's key; None: DynamoDB's own
    ttl: Optional[str] = None,
    tags: Optional[Dict[str, str]] = None,
    days_old: int = 400,
    size: Tuple[int, int] = (0, 0),  # bytes, items
) -> Any:
    indexes = indexes or {}
    attributes = sorted({*key, *(name for index in indexes.values() for name in index)})
    created = place.dynamodb.create_table(
        name=name,
        schema=keys(*key),
        attr=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in attributes],
        throughput=units(capacity[""]) if capacity else None,
        billing_mode="PROVISIONED" if capacity else "PAY_PER_REQUEST",
        global_indexes=[
            {
                "IndexName": index,
                "KeySchema": keys(*index_key),
                "Projection": {"ProjectionType": "ALL"},
                **({"ProvisionedThroughput": units(capacity[index])} if capacity else {}),
            }
            for index, index_key in indexes.items()
        ],
        indexes=[],
        streams={"StreamEnabled": True, "StreamViewType": stream} if stream else None,
        sse_specification={
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": customer_key(place, encrypted_by),
        }
        if encrypted_by
        else None,
        tags=[{"Key": tag, "Value": value} for tag, value in (tags or {}).items()],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    # moto keeps naive UTC.
    created.created_at = (now() - timedelta(days=days_old)).replace(tzinfo=None, microsecond=0)
    if stream:
        created.latest_stream_label = created.created_at.strftime("%Y-%m-%dT%H:%M:%S.000")
    if ttl:
        created.ttl = {"TimeToLiveStatus": "ENABLED", "AttributeName": ttl}
    facts = facts_of(created)
    facts.size_bytes, facts.item_count = size
    facts.on_demand_since = None if capacity else aware(created.created_at)
    facts.index_sizes = {index: {"bytes": size[0] // 2, "items": size[1] // 2} for index in indexes}
    return created


def scaled(place: Place, resource: str, kind: str, minimum: int, maximum: int) -> None:
    """A scalable target and its target-tracking policy at 70 percent. `kind` is Read or Write."""
    dimension = f"dynamodb:{'index' if '/index/' in resource else 'table'}:{kind}CapacityUnits"
    place.scaling.register_scalable_target("dynamodb", resource, dimension, minimum, maximum, None, None)
    place.scaling.put_scaling_policy(
        policy_name=f"{resource.replace('/', '-')}-{kind.lower()}-70",
        service_namespace="dynamodb",
        resource_id=resource,
        scalable_dimension=dimension,
        policy_type="TargetTrackingScaling",
        policy_body={
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"},
            "ScaleInCooldown": 60,
            "ScaleOutCooldown": 60,
        },
    )


def dimensions(table_name: Optional[str], index: Optional[str] = None) -> List[Dict[str, str]]:
    named = [("TableName", table_name), ("GlobalSecondaryIndexName", index)]
    return [{"Name": name, "Value": value} for name, value in named if value]


def alarm(
    place: Place,
    name: str,
    metric: str,
    watched: List[Dict[str, str]],
    actions: List[str],
    threshold: float = 0,
    comparison: str = "GreaterThanThreshold",
    periods: Tuple[int, int] = (5, 3),  # evaluated, and of those in alarm
    queries: Optional[List[MetricDataQuery]] = None,
) -> Any:
    plain = not queries
    placed = place.cloudwatch.put_metric_alarm(
        name=name,
        namespace="AWS/DynamoDB" if plain else None,
        metric_name=metric if plain else None,
        statistic="Sum" if plain else None,
        period=60 if plain else None,
        dimensions=watched if plain else [],
        metric_data_queries=queries,
        comparison_operator=comparison,
        threshold=float(threshold),
        evaluation_periods=periods[0],
        datapoints_to_alarm=periods[1],
        treat_missing_data="notBreaching",
        description=f"{metric}: see the runbook",
        alarm_actions=actions,
        ok_actions=[],
    )
    placed.state_reason = "Threshold not crossed"
    return placed


def filled(metric: str, watched: List[Dict[str, str]]) -> List[MetricDataQuery]:
    """The same signal as a plain alarm on the metric, written as metric math."""
    by = [Dimension(each["Name"], each["Value"]) for each in watched]
    stat = MetricStat(Metric(metric, "AWS/DynamoDB", by), 60, "Sum", None)
    return [
        MetricDataQuery("m1", None, None, False, metric_stat=stat),
        MetricDataQuery("e1", f"{metric}, gaps as 0", None, True, expression="FILL(m1, 0)"),
    ]


def topic(place: Place, name: str, endpoints: Dict[str, str]) -> str:
    arn = place.sns.create_topic(name).arn
    for protocol, endpoint in endpoints.items():
        place.sns.subscribe(arn, endpoint, protocol).confirmed = True
    return arn


# --- scenarios -----------------------------------------------------------------------------------------------------


def tagged(owner: str, data_class: str) -> Dict[str, str]:
    return {"environment": "prod", "owner": owner, "data-class": data_class, "backup": "daily"}


def healthy(place: Place, options: Dict[str, Any]) -> None:
    # moto draws ids from this generator: the same account gets the same ids on every run.
    mock_random.seed(f"{place.account}/{place.region}")

    gsi1 = ["GSI1PK", "GSI1SK"]
    table(
        place,
        "shop-orders",
        ["PK", "SK"],
        {"GSI1": gsi1, "GSI2": ["GSI2PK", "GSI2SK"]},
        capacity={"": (100, 50), "GSI1": (100, 50), "GSI2": (40, 50)},
        stream="NEW_AND_OLD_IMAGES",
        encrypted_by="orders",
        ttl="expires_at",
        tags={**tagged("checkout", "confidential"), "tier": "critical"},
        size=(48 * GIB, 61_000_000),
    )
    sessions = table(
        place,
        "shop-sessions",
        ["session_id"],
        encrypted_by="sessions",
        ttl="expires_at",
        tags=tagged("checkout", "confidential"),
        days_old=380,
        size=(2 * GIB, 3_400_000),
    )
    facts_of(sessions).table_class = "STANDARD"
    edits.on_demand_maximum(place, "shop-sessions", 4000, 4000)
    table(
        place,
        "feed-posts",
        ["PK", "SK"],
        {"GSI1": gsi1},
        stream="NEW_IMAGE",
        tags=tagged("feed", "internal"),
        days_old=410,
        size=(120 * GIB, 210_000_000),
    )
    table(
        place,
        "feed-follows",
        ["PK", "SK"],
        {"GSI1": ["SK", "PK"]},
        capacity={"": (50, 50), "GSI1": (50, 50)},
        tags=tagged("feed", "internal"),
        days_old=405,
        size=(9 * GIB, 95_000_000),
    )
    tables = list(place.dynamodb.tables.values())
    for each in tables:
        each.deletion_protection_enabled = True
        edits.pitr_on(place, each.name, 35)

    for name, minimum, maximum in (("shop-orders", 25, 400), ("feed-follows", 10, 200)):
        resources = [f"table/{name}"] + [
            f"table/{name}/index/{index.name}" for index in place.dynamodb.tables[name].global_indexes
        ]
        for resource in resources:
            low = 5 if resource.endswith("GSI2") else minimum
            scaled(place, resource, "Read", low, maximum)
            scaled(place, resource, "Write", low, 200)

    healthy_alarms(place, tables)
    healthy_consumers(place, [place.arn("sns", "pager"), place.arn("sns", "team-mail")])
    healthy_backups(place, tables)
    healthy_perimeter(place)
    access.seed_access(place)
    access.seed_resource_policies(place)
    healthy_keys(place, place.arn("sns", "team-mail"))
    metrics.daily_traffic(place, tables)
    tables_of_region.healthy(place)


def healthy_alarms(place: Place, tables: List[Any]) -> None:
    queue = place.arn("sqs", "pager")
    pager = topic(place, "pager", {"https": "https://pager.example.com/hooks/dynamodb", "sqs": queue})
    let_backup_publish(place, "pager")
    both = [pager, topic(place, "team-mail", {"email": "database-team@example.com"})]

    for each in tables:
        for index in [None] + [index.name for index in each.global_indexes]:
            watched = dimensions(each.name, index)
            prefix = f"{each.name}-{index}" if index else each.name
            for kind in ("Read", "Write"):
                metric, name = f"{kind}ThrottleEvents", f"{prefix}-{kind.lower()}-throttles"
                math = filled(metric, watched) if name == "shop-orders-GSI2-write-throttles" else None
                # Feed posts page through a composite alarm.
                actions = [] if name == "feed-posts-GSI1-write-throttles" else both
                alarm(place, name, metric, watched, actions, queries=math)
        if each.billing_mode == "PROVISIONED":
            for kind in ("Read", "Write"):
                alarm(
                    place,
                    f"{each.name}-consumed-{kind.lower()}s",
                    f"Consumed{kind}CapacityUnits",
                    dimensions(each.name),
                    both,
                    threshold=0.8 * each.throughput[f"{kind}CapacityUnits"] * 60,
                    comparison="GreaterThanOrEqualToThreshold",
                )
    place_composite_alarm(
        place,
        "feed-posts-degraded",
        'ALARM("feed-posts-GSI1-write-throttles") OR ALARM("feed-posts-write-throttles")',
        [pager],
        description="Posts cannot be written",
    )
    alarm(place, "account-user-errors", "UserErrors", [], both, threshold=50, periods=(10, 10))
    watch.recommended_alarms(place, tables, both)
    watch.dashboard(place, tables)


def healthy_backups(place: Place, tables: List[Any]) -> None:
    key = customer_key(place, "backups")
    role = f"arn:{place.partition}:iam::{place.account}:role/service-role/AWSBackupDefaultServiceRole"
    elsewhere = "eu-central-1" if place.region != "eu-central-1" else "eu-west-1"
    far = Place(place.account, elsewhere).arn("backup", "backup-vault:prod-vault-copy")
    bunker = Place("999900001111", elsewhere).arn("backup", "backup-vault:bunker")  # of an account that nobody works in
    place.backup.create_backup_vault("prod-vault", {}, key, None)
    place.backup.put_backup_vault_lock_configuration("prod-vault", 7, 365, None)
    place.backup.vaults["prod-vault"].lock_date = now().replace(microsecond=0) - timedelta(days=200)
    plan = place.backup.create_backup_plan(
        {
            "BackupPlanName": "daily-35",
            "Rules": [
                {
                    "RuleName": "daily",
                    "TargetBackupVaultName": "prod-vault",
                    "ScheduleExpression": "cron(0 3 * * ? *)",
                    "StartWindowMinutes": 60,
                    "CompletionWindowMinutes": 240,
                    "Lifecycle": {"DeleteAfterDays": 35},
                    "CopyActions": [
                        {"DestinationBackupVaultArn": arn, "Lifecycle": {"DeleteAfterDays": 35}}
                        for arn in (far, bunker)
                    ],
                }
            ],
        },
        {},
        None,
    )
    by_tag = [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "daily"}]
    selection = place_selection(
        place, plan.backup_plan_id, {"SelectionName": "tagged-tables", "IamRoleArn": role, "ListOfTags": by_tag}
    )
    selection.created = now() - timedelta(days=300)
    plan.creation_date = place.backup.vaults["prod-vault"].creation_date = selection.created.timestamp()
    for each in tables:
        for day in range(5):
            STATE[place].recovery_points.append(
                RecoveryPoint(
                    arn=place.arn("backup", f"recovery-point:{place.identifier(f'{each.name}/{day}')}"),
                    vault="prod-vault",
                    resource_arn=each.table_arn,
                    created=now().replace(microsecond=0) - timedelta(hours=5 + 24 * day),
                    size_bytes=facts_of(each).size_bytes,
                    keep_days=35,
                    plan_id=plan.backup_plan_id,
                    role_arn=role,
                )
            )
    healthy_jobs(
        place, tables, "prod-vault", {far: "BACKUP_VAULT", bunker: "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"}
    )


ONLY_TABLE_WRITES = 'ALARM("feed-posts-write-throttles")'

BROKEN: List[Dict[str, Any]] = [
    {"deregister-target": ["table/shop-orders/index/GSI2", "dynamodb:index:ReadCapacityUnits"]},
    {"deregister-target": ["table/shop-orders/index/GSI2", "dynamodb:index:WriteCapacityUnits"]},
    {"delete-scaling-policy": ["table/shop-orders/index/GSI1", "dynamodb:index:WriteCapacityUnits"]},
    {"alarm-threshold": ["shop-orders-consumed-writes", 200 * 60 * 10]},  # ten times what scaling can ever reach
    {"consumed": ["shop-orders", None, "Read", 1, 8]},  # of 100
    {"consumed": ["shop-orders", "GSI1", "Read", 300, 390]},  # auto scaling ends at 400
    {"consumed": ["shop-orders", "GSI2", "Read", 0, 0]},
    {"throttle": ["shop-orders", "GSI2", "Write", "Provisioned", 900]},
    {"ttl-deletes-nothing": "shop-orders"},
    {"consumed": ["shop-sessions", None, "Read", 100, 3900]},  # of 4000
    {"throttle": ["feed-posts", None, "Write", "KeyRange", 900]},
    {"consumed": ["feed-posts", "GSI1", "Write", 1000, 36_000]},
    {"system-errors": ["feed-posts", "PutItem", 5000]},
    {"slow": ["feed-posts", "UpdateItem", 140]},
    {"consumed": ["feed-follows", None, "Write", 20, 49]},  # of 50, and its target is gone: see below
    {"scan-heavy": "feed-follows"},
    {"pitr-off": "shop-sessions"},
    {"remove-tag": ["shop-sessions", "backup"]},
    {"delete-recovery-points": "shop-sessions"},
    {"remove-tag": ["shop-sessions", "owner"]},
    {"pitr-days": ["feed-posts", 1]},
    {"deletion-protection-off": "feed-posts"},
    {"share-table": ["feed-follows", "*", "dynamodb:GetItem"]},
    {"share-table": ["shop-orders", "999900001111", "dynamodb:Query"]},
    {"share-table": ["shop-sessions", "role/shop-analytics", "dynamodb:*"]},
    {"share-table": ["feed-posts", "redshift.amazonaws.com", "dynamodb:DescribeTable"]},
    {"share-stream": ["feed-posts", "999900001111", "dynamodb:GetRecords"]},
    {"grant": ["shop-orders-api", "dynamodb:*", "table/shop-orders"]},
    {"grant": ["developers", "dynamodb:Query", "table/*"]},  # and so the user in that group
    {"make-admin": "shop-sessions-api"},
    {"delete-alarm": "feed-posts-GSI1-write-throttles"},
    {"composite-rule": ["feed-posts-degraded", ONLY_TABLE_WRITES]},
    {"change-consumer": ["feed-fanout", {"MaximumRetryAttempts": -1}]},
    {"change-consumer": ["feed-search", {"State": "Disabled", "LastProcessingResult": "No records processed"}]},
    {"delete-alarm": "feed-fanout-failed-depth"},
    {"queue-retention": ["feed-fanout-failed", 4]},
    {"delete-queue": "shop-order-events-failed"},
    {"alarm-threshold": ["shop-order-events-iterator-age", 24 * 3600 * 1000]},
    {"deregister-target": ["table/feed-follows", "dynamodb:table:WriteCapacityUnits"]},
    {"disable-alarm-actions": "feed-follows-write-throttles"},
    {"disable-scaling-alarms": ["table/shop-orders", "dynamodb:table:ReadCapacityUnits"]},
    {"alarm-periods": ["shop-orders-read-throttles", 300, 12]},  # an hour
    {"alarm-state": ["shop-orders-consumed-reads", "ALARM"]},
    {"alarm-dimensions": ["shop-sessions-latency", {"TableName": "shop-sessions"}]},  # without Operation: no data
    {"alarm-actions": ["shop-sessions-system-errors", []]},
    {"delete-alarm": "shop-sessions-write-throttles"},  # it has an on-demand maximum
    {"alarm-dimensions": ["feed-posts-system-errors", {"TableName": "feed-posts-old"}]},
    {"alarm-statistic": ["feed-follows-consumed-reads", "Average"]},
    {"alarm-topic-gone": "feed-follows-system-errors"},
    {"alarm-description": ["feed-follows-latency", "Slow!"]},
    {"delete-alarm": "account-provisioned-writes"},
    {"delete-alarm": "account-user-errors"},
    {"off-dashboard": "feed-posts"},
    {"age-recovery-points": ["feed-follows", 9]},
    {"age-restore-jobs": ["feed-follows", 120]},
    {"restore-took-hours": ["shop-orders", 9]},
    {"fail-copy-jobs": ["feed-posts", "prod-vault-copy"]},
    {"fail-last-backup-job": "shop-orders"},
    {"completion-window": ["daily-35", 10080]},
    {"vault-lock-days": ["prod-vault", 1, 365]},
    {"vault-events": ["prod-vault", ["BACKUP_JOB_FAILED"]]},  # AWS sends it no longer
    {"testing-vaults": ["tables_every_week", "dev-*"]},
    {"unconfirm-topic": "team-mail"},
    {"stop-trail": "items"},
    {"cache-without": ["feed-cache", "tls"]},
    {"cache-without": ["feed-cache", "zones"]},
    {"open-endpoint": "feed"},
    {"unroute-endpoint": "shop"},
    {"key-policy-of-account": "alarms"},  # the key of topic team-mail: CloudWatch cannot use it any more
    {"open-topic-policy": "pager"},
    {"schedule-key-deletion": "sessions"},
    {"key-rotation-off": "orders"},
    {"open-key-policy": "orders"},
    {"set-tag": ["feed-follows", "data-class", "confidential"]},
    {"vault-key-of-aws": "prod-vault"},
    {"unlock-vault": "prod-vault"},
    {"deny-deletion": ["prod-vault", "app"]},  # to one role, which leaves everybody else
    {"restored-from": ["feed-follows", "shop-orders"]},  # which has a stream and TTL
    {"kinesis-destination": ["shop-orders", "ENABLE_FAILED"]},
    {"contributor-insights": ["shop-orders", "DISABLED"]},
    {"contributor-insights": ["shop-orders", "FAILED", "GSI1"]},
    {"scaling-maximum": ["table/shop-orders/index/GSI1", "dynamodb:index:WriteCapacityUnits", 100]},
    {"import": ["shop-sessions", "CANCELLED"]},
    {"export": ["feed-posts", "FAILED", 2]},
    {"native-backup": ["shop-baskets", "last-of-its-kind", 200]},  # a table that is gone
    {"no-on-demand-maximum": "feed-posts"},
    {"set-tag": ["feed-posts", "stage", "dev"]},
    {"account-limits": [400, 80_000]},
]

DEMO: List[Dict[str, Any]] = [
    {"pitr-off": "shop-sessions"},
    {"share-table": ["shop-orders", "999900001111", "dynamodb:Query"]},
    {"grant": ["shop-orders-api", "dynamodb:*", "table/shop-orders"]},
    {"delete-alarm": "feed-posts-GSI1-write-throttles"},
    {"composite-rule": ["feed-posts-degraded", ONLY_TABLE_WRITES]},
    {"alarm-threshold": ["shop-orders-consumed-writes", 200 * 60 * 10]},
    {"delete-alarm": "feed-fanout-failed-depth"},
    {"change-consumer": ["feed-search", {"State": "Disabled", "LastProcessingResult": "No records processed"}]},
    {"consumed": ["shop-orders", "GSI2", "Read", 0, 0]},
    {"throttle": ["feed-posts", None, "Write", "KeyRange", 900]},
    {"scan-heavy": "feed-follows"},
    {"deletion-protection-off": "feed-follows"},
    {"disable-scaling-alarms": ["table/shop-orders", "dynamodb:table:ReadCapacityUnits"]},
    {"alarm-dimensions": ["feed-posts-latency", {"TableName": "feed-posts"}]},
    {"fail-copy-jobs": ["shop-orders", "prod-vault-copy"]},
    {"vault-events": ["prod-vault", ["BACKUP_JOB_FAILED"]]},  # AWS sends it no longer
    {"unconfirm-topic": "team-mail"},
    {"key-policy-of-account": "alarms"},
    {"schedule-key-deletion": "sessions"},
    {"restored-from": ["feed-follows", "shop-orders"]},  # which has a stream and TTL
]


def healthy_but(defects: List[Dict[str, Any]]) -> Callable[[Place, Dict[str, Any]], None]:
    def scenario(place: Place, options: Dict[str, Any]) -> None:
        healthy(place, options)
        edits.apply(place, defects)

    return scenario


def starter(place: Place, options: Dict[str, Any]) -> None:
    for name, key in (("app-users", ["user_id"]), ("app-items", ["PK", "SK"]), ("app-events", ["event_id"])):
        table(place, name, key, days_old=12, size=(3_000_000, 9_000))


def big(place: Place, options: Dict[str, Any]) -> None:
    """Many things, for paging: {"tables": 105, "alarms": 120, "mappings": 0, "roles": 0}. Every other table has tags."""
    count = int(options.get("tables", 105))
    for number in range(count):
        tags = tagged("bulk", "internal") if number % 2 == 0 else None
        table(place, f"t-{number:04}", ["PK", "SK"], tags=tags, days_old=60)
    for number in range(int(options.get("alarms", 120))):
        watched = dimensions(f"t-{number % max(count, 1):04}")
        metric = "ReadThrottleEvents" if number < count else "WriteThrottleEvents"
        alarm(place, f"a-{number:04}", metric, watched, [])
    for number in range(int(options.get("mappings", 0))):
        place_mapping(place, place.arn("sqs", "bulk"), f"worker-{number:04}", BatchSize=10)
    access.seed_roles(place, int(options.get("roles", 0)))


def empty(place: Place, options: Dict[str, Any]) -> None:
    """Nothing at all."""


SCENARIOS: Dict[str, Callable[[Place, Dict[str, Any]], None]] = {
    "big": big,
    "broken": healthy_but(BROKEN),
    "demo": healthy_but(DEMO),
    "empty": empty,
    "healthy": healthy,
    "starter": starter,
}
