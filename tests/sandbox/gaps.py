"""Operations that moto lacks or answers unlike AWS, except AWS Backup's.

Each function takes a Call and returns the answer as a dict in the API model's names. State stays in moto's backends, so
that tables and alarms made over the wire and by a seed look alike.
"""

from datetime import timedelta
from typing import Any, Callable, Dict, List, Optional, Tuple

from moto.applicationautoscaling.models import FakeApplicationAutoscalingPolicy
from moto.sts.models import sts_backends

from place import Place, aware, facts_of, now
from wire import ACCOUNT_KEY, AwsError, Call


def page(items: List[Any], size: Optional[int], token: Optional[str]) -> Tuple[List[Any], Optional[str]]:
    """One page, and the token of the next. A token is the offset."""
    start = int(token or 0)
    end = start + (size or len(items))
    return items[start:end], str(end) if end < len(items) else None


def present(**members: Any) -> Dict[str, Any]:
    """Without the members that AWS leaves out."""
    return {name: value for name, value in members.items() if value is not None}


# --- sts -----------------------------------------------------------------------------------------------------------


def get_caller_identity(call: Call) -> Dict[str, Any]:
    place = call.place
    if ACCOUNT_KEY.match(call.access_key):
        user, arn = "AIDASANDBOXDYNALINT0", f"arn:{place.partition}:iam::{place.account}:user/dynalint"
        return {"UserId": user, "Account": place.account, "Arn": arn}
    user, arn, account = sts_backends[place.account][place.partition].get_caller_identity(call.access_key, place.region)
    return {"UserId": user, "Account": account, "Arn": arn}


# --- dynamodb ------------------------------------------------------------------------------------------------------


def find_table(place: Place, name_or_arn: str) -> Optional[Any]:
    return place.dynamodb.tables.get(name_or_arn.rsplit(":table/", 1)[-1])


def list_tables(call: Call) -> Dict[str, Any]:
    after = call.params.get("ExclusiveStartTableName", "")
    limit = call.params.get("Limit") or 100
    names = [name for name in sorted(call.place.dynamodb.tables) if name > after]
    more = names[limit - 1] if len(names) > limit else None
    return present(TableNames=names[:limit], LastEvaluatedTableName=more)


def describe_table(call: Call) -> Dict[str, Any]:
    name = call.params["TableName"]
    table = find_table(call.place, name)
    if table is None:
        raise AwsError("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
    facts = facts_of(table)
    on_demand = table.billing_mode == "PAY_PER_REQUEST"
    created = aware(table.created_at)
    streams = bool(table.stream_specification and table.stream_specification.get("StreamEnabled"))
    encrypted = bool(table.sse_specification and table.sse_specification.get("Enabled"))

    # Only a table that is, or once was, on demand has a BillingModeSummary.
    billing = None
    if on_demand:
        since = facts.on_demand_since or created
        billing = {"BillingMode": "PAY_PER_REQUEST", "LastUpdateToPayPerRequestDateTime": since}
    elif facts.on_demand_since:
        billing = {"BillingMode": "PROVISIONED", "LastUpdateToPayPerRequestDateTime": facts.on_demand_since}

    return {
        "Table": present(
            AttributeDefinitions=table.attr,
            TableName=table.name,
            KeySchema=table.schema,
            TableStatus="ACTIVE",
            CreationDateTime=created,
            ProvisionedThroughput=_throughput(table.throughput, on_demand),
            TableSizeBytes=facts.size_bytes,
            ItemCount=len(table) if facts.item_count is None else facts.item_count,
            TableArn=table.table_arn,
            TableId=call.place.identifier(f"table/{table.name}/{created.isoformat()}"),
            BillingModeSummary=billing,
            OnDemandThroughput=facts.on_demand_maximum if on_demand else None,
            WarmThroughput=_warm_throughput(table.warm_throughput),
            LocalSecondaryIndexes=[_local_index(table, index) for index in table.indexes] or None,
            GlobalSecondaryIndexes=[_global_index(table, index, on_demand) for index in table.global_indexes] or None,
            StreamSpecification=table.stream_specification if streams else None,
            LatestStreamLabel=table.latest_stream_label,
            LatestStreamArn=table.latest_stream_label and f"{table.table_arn}/stream/{table.latest_stream_label}",
            SSEDescription={
                "Status": "ENABLED",
                "SSEType": "KMS",
                "KMSMasterKeyArn": table.sse_specification.get("KMSMasterKeyId"),
            }
            if encrypted
            else None,
            TableClassSummary={"TableClass": facts.table_class} if facts.table_class else None,
            DeletionProtectionEnabled=bool(table.deletion_protection_enabled),
            **facts.more,
        )
    }


def _throughput(throughput: Dict[str, Any], on_demand: bool) -> Dict[str, Any]:
    return {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 0 if on_demand else throughput["ReadCapacityUnits"],
        "WriteCapacityUnits": 0 if on_demand else throughput["WriteCapacityUnits"],
    }


def _warm_throughput(warm: Dict[str, Any]) -> Dict[str, Any]:
    return {name: warm[name] for name in ("ReadUnitsPerSecond", "WriteUnitsPerSecond", "Status") if name in warm}


def _sized_index(table: Any, index: Any) -> Dict[str, Any]:
    sizes = facts_of(table).index_sizes.get(index.name, {})
    return {
        "IndexName": index.name,
        "IndexArn": f"{table.table_arn}/index/{index.name}",
        "KeySchema": index.schema,
        "Projection": index.projection,
        "IndexSizeBytes": sizes.get("bytes", 0),
        "ItemCount": sizes.get("items", 0),
    }


def _local_index(table: Any, index: Any) -> Dict[str, Any]:
    return _sized_index(table, index)


def _global_index(table: Any, index: Any, on_demand: bool) -> Dict[str, Any]:
    maximum = facts_of(table).index_on_demand_maximum.get(index.name) if on_demand else None
    return present(
        **_sized_index(table, index),
        IndexStatus=index.status,
        ProvisionedThroughput=_throughput(index.throughput, on_demand),
        OnDemandThroughput=maximum,
        WarmThroughput=_warm_throughput(index.warm_throughput),
    )


def describe_time_to_live(call: Call) -> Dict[str, Any]:
    name = call.params["TableName"]
    table = find_table(call.place, name)
    if table is None:
        raise AwsError("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
    return {"TimeToLiveDescription": dict(table.ttl)}


def describe_continuous_backups(call: Call) -> Dict[str, Any]:
    name = call.params["TableName"]
    table = find_table(call.place, name)
    if table is None:
        raise AwsError("TableNotFoundException", f"Table not found: {name}")
    kept = table.continuous_backups["PointInTimeRecoveryDescription"]
    recovery: Dict[str, Any] = {"PointInTimeRecoveryStatus": kept["PointInTimeRecoveryStatus"]}
    if kept["PointInTimeRecoveryStatus"] == "ENABLED":
        moment = now()
        days = kept.get("RecoveryPeriodInDays", 35)
        enabled = aware(kept["EarliestRestorableDateTime"])
        earliest = facts_of(table).earliest_restorable or max(enabled, moment - timedelta(days=days))
        recovery["RecoveryPeriodInDays"] = days
        recovery["EarliestRestorableDateTime"] = earliest
        recovery["LatestRestorableDateTime"] = max(moment - timedelta(minutes=5), earliest)
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": recovery,
        }
    }


def tag_resource(call: Call) -> Dict[str, Any]:
    """moto keeps the old value of a tag beside the new one."""
    table = _tagged_table(call)
    new = call.params["Tags"]
    replaced = {tag["Key"] for tag in new}
    table.tags = [tag for tag in table.tags if tag["Key"] not in replaced] + new
    return {}


def untag_resource(call: Call) -> Dict[str, Any]:
    table = _tagged_table(call)
    facts_of(table).ever_tagged = facts_of(table).ever_tagged or bool(table.tags)
    table.tags = [tag for tag in table.tags if tag["Key"] not in call.params["TagKeys"]]
    return {}


def list_tags_of_resource(call: Call) -> Dict[str, Any]:
    """Ten to a page, as AWS."""
    tags, token = page(_tagged_table(call).tags, 10, call.params.get("NextToken"))
    return present(Tags=tags, NextToken=token)


def _tagged_table(call: Call) -> Any:
    arn = call.params["ResourceArn"]
    table = find_table(call.place, arn)
    if table is None or table.table_arn != arn:
        raise AwsError("ResourceNotFoundException", f"Requested resource not found: ResourcArn: {arn} not found")
    return table


def remember_table_options(call: Call) -> None:
    """After moto's CreateTable or UpdateTable: keep what it drops."""
    table = find_table(call.place, call.params["TableName"])
    if table is None:
        return
    facts = facts_of(table)
    facts.table_class = call.params.get("TableClass", facts.table_class)
    facts.on_demand_maximum = call.params.get("OnDemandThroughput", facts.on_demand_maximum)
    for index in call.params.get("GlobalSecondaryIndexes", []):
        if "OnDemandThroughput" in index:
            facts.index_on_demand_maximum[index["IndexName"]] = index["OnDemandThroughput"]
    if table.billing_mode == "PAY_PER_REQUEST":
        facts.on_demand_since = facts.on_demand_since or now()


# --- resource groups tagging ---------------------------------------------------------------------------------------


def get_resources(call: Call) -> Dict[str, Any]:
    """DynamoDB tables only. A table that never had a tag is left out, as AWS does."""
    if call.params.get("ResourceTypeFilters") not in (["dynamodb"], ["dynamodb:table"]):
        raise AwsError("NotReviewed", "this sandbox answers GetResources for dynamodb:table only", 501)
    found = []
    for name in sorted(call.place.dynamodb.tables):
        table = find_table(call.place, name)
        if table is None or not (table.tags or facts_of(table).ever_tagged):
            continue
        tags = {tag["Key"]: tag["Value"] for tag in table.tags}
        if all(_tag_matches(tags, wanted) for wanted in call.params.get("TagFilters", [])):
            found.append({"ResourceARN": table.table_arn, "Tags": list(table.tags)})
    resources, token = page(found, call.params.get("ResourcesPerPage") or 50, call.params.get("PaginationToken"))
    return {"ResourceTagMappingList": resources, "PaginationToken": token or ""}


def _tag_matches(tags: Dict[str, str], wanted: Dict[str, Any]) -> bool:
    return wanted["Key"] in tags and (not wanted.get("Values") or tags[wanted["Key"]] in wanted["Values"])


# --- cloudwatch ----------------------------------------------------------------------------------------------------


def describe_alarms(call: Call) -> Dict[str, Any]:
    params = call.params
    types = params.get("AlarmTypes") or ["MetricAlarm"]
    known = {"MetricAlarm", "CompositeAlarm"} | ({"LogAlarm"} if call.place.partition == "aws" else set())
    if unknown := sorted(set(types) - known):
        message = f"Value '{unknown}' at 'alarmTypes' failed to satisfy constraint: Member must satisfy enum value set"
        raise AwsError("ValidationError", message)

    def wanted(alarm: Any) -> bool:
        return (
            ("CompositeAlarm" if alarm.rule else "MetricAlarm") in types
            and (not params.get("AlarmNames") or alarm.name in params["AlarmNames"])
            and alarm.name.startswith(params.get("AlarmNamePrefix") or "")
            and params.get("StateValue") in (None, alarm.state_value)
            and any(action.startswith(params.get("ActionPrefix") or "") for action in alarm.alarm_actions or [""])
        )

    alarms = sorted(filter(wanted, list(call.place.cloudwatch.alarms.values())), key=lambda a: (a.rule is None, a.name))
    alarms, token = page(alarms, params.get("MaxRecords") or 50, params.get("NextToken"))
    return present(
        MetricAlarms=[_metric_alarm(alarm) for alarm in alarms if not alarm.rule],
        CompositeAlarms=[_composite_alarm(alarm) for alarm in alarms if alarm.rule],
        NextToken=token,
    )


def _any_alarm(alarm: Any) -> Dict[str, Any]:
    return present(
        AlarmName=alarm.name,
        AlarmArn=alarm.alarm_arn,
        AlarmDescription=alarm.description,
        AlarmConfigurationUpdatedTimestamp=aware(alarm.configuration_updated_timestamp),
        ActionsEnabled=alarm.actions_enabled,
        OKActions=alarm.ok_actions,
        AlarmActions=alarm.alarm_actions,
        InsufficientDataActions=alarm.insufficient_data_actions,
        StateValue=alarm.state_value,
        StateReason=alarm.state_reason,
        StateReasonData=alarm.state_reason_data,
        StateUpdatedTimestamp=aware(alarm.state_updated_timestamp),
        StateTransitionedTimestamp=aware(alarm.state_updated_timestamp),
    )


def _composite_alarm(alarm: Any) -> Dict[str, Any]:
    return present(**_any_alarm(alarm), AlarmRule=alarm.rule)


def _dimensions(dimensions: List[Any]) -> List[Dict[str, str]]:
    return [{"Name": dimension.name, "Value": dimension.value} for dimension in dimensions]


def _metric_alarm(alarm: Any) -> Dict[str, Any]:
    return present(
        **_any_alarm(alarm),
        MetricName=alarm.metric_name,
        Namespace=alarm.namespace,
        Statistic=alarm.statistic,
        ExtendedStatistic=alarm.extended_statistic,
        Dimensions=_dimensions(alarm.dimensions),
        Period=alarm.period,
        Unit=alarm.unit,
        EvaluationPeriods=alarm.evaluation_periods,
        DatapointsToAlarm=alarm.datapoints_to_alarm,
        Threshold=alarm.threshold,
        ComparisonOperator=alarm.comparison_operator,
        TreatMissingData=alarm.treat_missing_data,
        EvaluateLowSampleCountPercentile=alarm.evaluate_low_sample_count_percentile,
        Metrics=[_metric_query(query) for query in alarm.metric_data_queries] or None,
        ThresholdMetricId=alarm.threshold_metric_id,
    )


def _metric_query(query: Any) -> Dict[str, Any]:
    stat = query.metric_stat and present(
        Metric={
            "Namespace": query.metric_stat.metric.namespace,
            "MetricName": query.metric_stat.metric.metric_name,
            "Dimensions": _dimensions(query.metric_stat.metric.dimensions),
        },
        Period=query.metric_stat.period,
        Stat=query.metric_stat.stat,
        Unit=query.metric_stat.unit,
    )
    # AWS fills in ReturnData: true if the request leaves it out.
    returned = True if query.return_data is None else query.return_data
    return present(
        Id=query.id,
        MetricStat=stat,
        Expression=query.expression,
        Label=query.label,
        ReturnData=returned,
        Period=query.period,
    )


def put_composite_alarm(call: Call) -> Dict[str, Any]:
    params = call.params
    place_composite_alarm(
        call.place,
        params["AlarmName"],
        params["AlarmRule"],
        params.get("AlarmActions", []),
        params.get("ActionsEnabled", True),
        params.get("AlarmDescription"),
    )
    return {}


def place_composite_alarm(
    place: Place,
    name: str,
    rule: str,
    actions: List[str],
    actions_enabled: bool = True,
    description: Optional[str] = None,
) -> Any:
    return place.cloudwatch.put_metric_alarm(
        name=name,
        rule=rule,
        alarm_actions=actions,
        actions_enabled=actions_enabled,
        description=description,
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        dimensions=[],
    )


# --- application auto scaling --------------------------------------------------------------------------------------


def describe_scalable_targets(call: Call) -> Dict[str, Any]:
    params, account = call.params, call.place.account
    role = (
        f"arn:{call.place.partition}:iam::{account}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com"
        "/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
    )
    targets = call.place.scaling.describe_scalable_targets(
        params["ServiceNamespace"], params.get("ResourceIds"), params.get("ScalableDimension")
    )
    targets, token = page(targets, params.get("MaxResults") or 50, params.get("NextToken"))
    described = [
        {
            "ServiceNamespace": target.service_namespace,
            "ResourceId": target.resource_id,
            "ScalableDimension": target.scalable_dimension,
            "MinCapacity": target.min_capacity,
            "MaxCapacity": target.max_capacity,
            "RoleARN": target.role_arn or role,
            "CreationTime": aware(target.creation_time),
            "SuspendedState": {
                "DynamicScalingInSuspended": False,
                "DynamicScalingOutSuspended": False,
                "ScheduledScalingSuspended": False,
                **(target.suspended_state or {}),
            },
            "ScalableTargetARN": target.arn,
        }
        for target in targets
    ]
    return present(ScalableTargets=described, NextToken=token)


def describe_scaling_policies(call: Call) -> Dict[str, Any]:
    params = call.params

    def wanted(policy: Any) -> bool:
        return (
            policy.service_namespace == params["ServiceNamespace"]
            and params.get("ResourceId") in (None, policy.resource_id)
            and params.get("ScalableDimension") in (None, policy.scalable_dimension)
            and (not params.get("PolicyNames") or policy.policy_name in params["PolicyNames"])
        )

    policies = list(filter(wanted, list(call.place.scaling.policies.values())))
    policies, token = page(policies, params.get("MaxResults") or 10, params.get("NextToken"))
    described = [
        present(
            PolicyARN=policy.policy_arn,
            PolicyName=policy.policy_name,
            ServiceNamespace=policy.service_namespace,
            ResourceId=policy.resource_id,
            ScalableDimension=policy.scalable_dimension,
            PolicyType=policy.policy_type,
            StepScalingPolicyConfiguration=policy.step_scaling_policy_configuration,
            TargetTrackingScalingPolicyConfiguration=policy.target_tracking_scaling_policy_configuration,
            Alarms=[{"AlarmName": alarm.name, "AlarmARN": alarm.alarm_arn} for alarm in policy.alarms],
            CreationTime=aware(policy.creation_time),
        )
        for policy in policies
    ]
    return present(ScalingPolicies=described, NextToken=token)


def target_tracking_alarms(policy: Any) -> List[Any]:
    """The four alarms that auto scaling makes for a DynamoDB target-tracking policy.

    moto makes them for the read metric whatever the policy scales, and takes an index for a table.
    """
    place = Place(policy.account_id, policy.region_name)
    resource = policy.resource_id.split("/")  # table/NAME or table/NAME/index/INDEX
    kind = "Write" if policy.scalable_dimension.endswith("WriteCapacityUnits") else "Read"
    dimensions = [{"Name": "TableName", "Value": resource[1]}]
    if len(resource) > 3:
        dimensions.append({"Name": "GlobalSecondaryIndexName", "Value": resource[3]})
    table = place.dynamodb.tables.get(resource[1])
    scaled: Any = table
    if table is not None and len(resource) > 3:
        scaled = next((index for index in table.global_indexes if index.name == resource[3]), None)
    capacity = float(scaled.throughput[f"{kind}CapacityUnits"]) if scaled is not None else 1.0
    share = (policy.target_tracking_scaling_policy_configuration or {}).get("TargetValue", 70.0) / 100

    def alarm(
        suffix: str, metric: str, statistic: str, comparison: str, periods: int, seconds: int, threshold: float
    ) -> Any:
        unique = place.identifier(f"{policy.resource_id}/{kind}/{suffix}")
        return place.cloudwatch.put_metric_alarm(
            name=f"TargetTracking-{policy.resource_id}-{suffix}-{unique}",
            namespace="AWS/DynamoDB",
            metric_name=f"{metric}{kind}CapacityUnits",
            statistic=statistic,
            comparison_operator=comparison,
            evaluation_periods=periods,
            period=seconds,
            threshold=threshold,
            description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.policy_arn}.",
            dimensions=dimensions,
            alarm_actions=[policy.policy_arn],
        )

    used, low = round(capacity * share * 60, 3), round(capacity * max(share - 0.2, 0.0) * 60, 3)
    return [
        alarm("AlarmHigh", "Consumed", "Sum", "GreaterThanThreshold", 2, 60, used),
        alarm("AlarmLow", "Consumed", "Sum", "LessThanThreshold", 15, 60, low),
        alarm("ProvisionedCapacityHigh", "Provisioned", "Average", "GreaterThanThreshold", 3, 300, capacity),
        alarm("ProvisionedCapacityLow", "Provisioned", "Average", "LessThanThreshold", 3, 300, capacity),
    ]


def install() -> None:
    """The one place where moto itself is changed."""
    FakeApplicationAutoscalingPolicy._generate_dynamodb_alarms = target_tracking_alarms


# --- sns -----------------------------------------------------------------------------------------------------------


def find_topic(call: Call) -> Any:
    arn = call.params.get("TopicArn", "")
    owner = (arn.split(":") + [""] * 6)[4]
    if owner and owner != call.place.account:
        message = (
            f"User: arn:{call.place.partition}:iam::{call.place.account}:user/dynalint is not authorized to perform: "
            f"SNS:{call.operation} on resource: {arn} because no resource-based policy allows the "
            f"SNS:{call.operation} action"
        )
        raise AwsError("AuthorizationError", message, 403)
    topic = call.place.sns.topics.get(arn)
    if topic is None:
        raise AwsError("NotFound", "Topic does not exist", 404)
    return topic


def _subscriptions(call: Call, topic: Any) -> List[Any]:
    return [each for each in list(call.place.sns.subscriptions.values()) if each.topic.arn == topic.arn]


def pending(subscription: Any) -> bool:
    """Waiting for confirmation: set by the edit `unconfirm-topic`, as moto confirms everything at once."""
    return bool(subscription.attributes.get("PendingConfirmation"))


def get_topic_attributes(call: Call) -> Dict[str, Any]:
    topic = find_topic(call)
    subscriptions = _subscriptions(call, topic)
    waiting = sum(pending(each) for each in subscriptions)
    attributes = present(
        TopicArn=topic.arn,
        Owner=topic.account_id,
        Policy=topic.policy,
        DisplayName=topic.display_name,
        SubscriptionsPending=str(waiting),
        SubscriptionsConfirmed=str(len(subscriptions) - waiting),
        SubscriptionsDeleted="0",
        EffectiveDeliveryPolicy=topic.effective_delivery_policy,
        KmsMasterKeyId=topic.kms_master_key_id or None,
    )
    return {"Attributes": attributes}


def list_subscriptions_by_topic(call: Call) -> Dict[str, Any]:
    topic = find_topic(call)
    subscriptions, token = page(_subscriptions(call, topic), 100, call.params.get("NextToken"))
    described = [
        {
            "SubscriptionArn": "PendingConfirmation" if pending(each) else each.arn,
            "Owner": each.owner,
            "Protocol": each.protocol,
            "Endpoint": each.endpoint,
            "TopicArn": topic.arn,
        }
        for each in subscriptions
    ]
    return present(Subscriptions=described, NextToken=token)


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "application-autoscaling:DescribeScalableTargets": describe_scalable_targets,
    "application-autoscaling:DescribeScalingPolicies": describe_scaling_policies,
    "cloudwatch:DescribeAlarms": describe_alarms,
    "cloudwatch:PutCompositeAlarm": put_composite_alarm,
    "dynamodb:DescribeContinuousBackups": describe_continuous_backups,
    "dynamodb:DescribeTable": describe_table,
    "dynamodb:DescribeTimeToLive": describe_time_to_live,
    "dynamodb:ListTables": list_tables,
    "dynamodb:ListTagsOfResource": list_tags_of_resource,
    "dynamodb:TagResource": tag_resource,
    "dynamodb:UntagResource": untag_resource,
    "sns:GetTopicAttributes": get_topic_attributes,
    "sns:ListSubscriptionsByTopic": list_subscriptions_by_topic,
    "sts:GetCallerIdentity": get_caller_identity,
    "tag:GetResources": get_resources,
}

# Run after moto's own answer to an operation succeeded.
AFTERWARDS: Dict[str, Callable[[Call], None]] = {
    "dynamodb:CreateTable": remember_table_options,
    "dynamodb:UpdateTable": remember_table_options,
}
