"""Consumers of streams and their failure queues: the operations of Lambda and SQS that dynalint calls, and their seeds.

Not moto's: its mappings need functions with code, and leave out what AWS always shows for a stream.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

from gaps import page, present
from place import Place, now
from wire import AwsError, Call

MAPPINGS_A_PAGE = 100


@dataclass
class Consumers:
    """Of one account and region."""

    mappings: List[Dict[str, Any]] = field(default_factory=list)
    queues: Dict[str, Dict[str, str]] = field(default_factory=dict)  # attributes by name


STATE: Dict[Place, Consumers] = defaultdict(Consumers)


# --- lambda --------------------------------------------------------------------------------------------------------


def list_event_source_mappings(call: Call) -> Dict[str, Any]:
    source, function = call.params.get("EventSourceArn"), call.params.get("FunctionName")
    chosen = [
        each
        for each in STATE[call.place].mappings
        if source in (None, each.get("EventSourceArn")) and function in (None, function_name(each), each["FunctionArn"])
    ]
    size = min(int(call.params.get("MaxItems") or MAPPINGS_A_PAGE), MAPPINGS_A_PAGE)
    shown, token = page(chosen, size, call.params.get("Marker"))
    return present(EventSourceMappings=shown, NextMarker=token)


def function_name(mapping: Dict[str, Any]) -> str:
    return mapping["FunctionArn"].split(":function:")[1].split(":")[0]


# --- sqs -----------------------------------------------------------------------------------------------------------


def no_such_queue() -> AwsError:
    return AwsError("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")


def get_queue_url(call: Call) -> Dict[str, Any]:
    owner = Place(call.params.get("QueueOwnerAWSAccountId") or call.place.account, call.place.region)
    name = call.params["QueueName"]
    if name not in STATE[owner].queues:
        raise no_such_queue()
    return {"QueueUrl": f"https://sqs.{owner.region}.amazonaws.com/{owner.account}/{name}"}


def get_queue_attributes(call: Call) -> Dict[str, Any]:
    account, name = call.params["QueueUrl"].rsplit("/", 2)[1:]
    owner = Place(account, call.place.region)
    if name not in STATE[owner].queues:
        raise no_such_queue()
    everything = {"QueueArn": owner.arn("sqs", name), **STATE[owner].queues[name]}
    wanted = call.params.get("AttributeNames") or []
    shown = {key: value for key, value in everything.items() if key in wanted or "All" in wanted}
    return present(Attributes=shown or None)


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "lambda:ListEventSourceMappings": list_event_source_mappings,
    "sqs:GetQueueAttributes": get_queue_attributes,
    "sqs:GetQueueUrl": get_queue_url,
}


# --- seeds ---------------------------------------------------------------------------------------------------------


def place_queue(place: Place, name: str, days: int) -> str:
    STATE[place].queues[name] = {"MessageRetentionPeriod": str(days * 86400), "VisibilityTimeout": "30"}
    return place.arn("sqs", name)


def place_mapping(place: Place, source: str, function: str, **settings: Any) -> None:
    STATE[place].mappings.append(
        {
            "UUID": place.identifier(f"mapping/{function}"),
            "EventSourceArn": source,
            "FunctionArn": place.arn("lambda", f"function:{function}"),
            "LastModified": now(),
            "LastProcessingResult": "OK",
            "State": "Enabled",
            "StateTransitionReason": "User action",
            **settings,
        }
    )


def consumer(place: Place, table: Any, function: str, destination: Optional[str]) -> None:
    place_mapping(
        place,
        f"{table.table_arn}/stream/{table.latest_stream_label}",
        function,
        StartingPosition="TRIM_HORIZON",
        BatchSize=100,
        MaximumBatchingWindowInSeconds=0,
        ParallelizationFactor=1,
        DestinationConfig={"OnFailure": {"Destination": destination}} if destination else {},
        MaximumRecordAgeInSeconds=-1,
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=10,
        TumblingWindowInSeconds=0,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )


def alarm(
    place: Place, name: str, namespace: str, metric: str, by: Dict[str, str], threshold: float, actions: List[str]
) -> None:
    placed = place.cloudwatch.put_metric_alarm(
        name=name,
        namespace=namespace,
        metric_name=metric,
        statistic="Sum" if metric == "Errors" else "Maximum",
        period=60,
        dimensions=[{"Name": key, "Value": value} for key, value in by.items()],
        metric_data_queries=None,
        comparison_operator="GreaterThanThreshold",
        threshold=float(threshold),
        evaluation_periods=5,
        datapoints_to_alarm=3,
        treat_missing_data="notBreaching",
        description=f"{metric}: see the runbook",
        alarm_actions=actions,
        ok_actions=[],
    )
    placed.state_reason = "Threshold not crossed"


def healthy_consumers(place: Place, actions: List[str]) -> None:
    """Three consumers of two streams, and a mapping of something else."""
    orders, posts = place.dynamodb.tables["shop-orders"], place.dynamodb.tables["feed-posts"]
    topic = place.sns.create_topic("feed-search-failed").arn
    place.sns.subscribe(topic, "feed-team@example.com", "email").confirmed = True
    consumer(place, orders, "shop-order-events:live", place_queue(place, "shop-order-events-failed", 14))
    consumer(place, posts, "feed-fanout", place_queue(place, "feed-fanout-failed", 14))
    consumer(place, posts, "feed-search", topic)
    place_mapping(place, place_queue(place, "shop-mails", 4), "shop-mailer", BatchSize=10)
    for function in ("shop-order-events", "feed-fanout", "feed-search"):
        by = {"FunctionName": function}
        alarm(place, f"{function}-iterator-age", "AWS/Lambda", "IteratorAge", by, 3_600_000, actions)
        alarm(place, f"{function}-errors", "AWS/Lambda", "Errors", by, 0, actions)
    for queue in ("shop-order-events-failed", "feed-fanout-failed"):
        by = {"QueueName": queue}
        alarm(place, f"{queue}-depth", "AWS/SQS", "ApproximateNumberOfMessagesVisible", by, 0, actions)


# --- edits ---------------------------------------------------------------------------------------------------------


def change_consumer(place: Place, function: str, changes: Dict[str, Any]) -> None:
    [mapping] = [each for each in STATE[place].mappings if function_name(each) == function]
    mapping.update(changes)


def delete_queue(place: Place, name: str) -> None:
    del STATE[place].queues[name]


def queue_retention(place: Place, name: str, days: int) -> None:
    STATE[place].queues[name]["MessageRetentionPeriod"] = str(days * 86400)


def renew_stream(place: Place, table: str) -> None:
    """Turned off and on again: another label, and so another ARN."""
    place.dynamodb.tables[table].latest_stream_label = now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


EDITS: Dict[str, Callable[..., None]] = {
    "change-consumer": change_consumer,
    "delete-queue": delete_queue,
    "queue-retention": queue_retention,
    "renew-stream": renew_stream,
}
