"""CloudWatch's GetMetricData, over series that are declared, not recorded.

moto answers percentiles wrongly, and pages nothing. Here a series is a rule: a daily wave of traffic, events some hours ago, a
level. Values follow from the time of day alone, and any full number of days sums up to the same, so that recordings of
different times agree.

Consumed and provisioned units have datapoints for every minute that the table is there, 0 when idle; everything else only
where something happened ("DynamoDB metrics and dimensions").
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from math import cos, pi
from typing import Any, Callable, DefaultDict, Dict, List, NamedTuple, Optional, Tuple

from gaps import present
from place import Place, aware, now
from wire import AwsError, Call

SLOT = 300  # seconds: the finest period that is answered
DAY = 86_400


class Key(NamedTuple):
    """A metric with its dimensions. `by` is the value of Operation or ReceivingRegion."""

    table: str
    index: Optional[str]
    metric: str
    by: Optional[str] = None


@dataclass
class Traffic:
    """So many a second: `low` at midnight, `high` at noon, in a wave between."""

    low: float
    high: float

    def slot(self, start: int) -> int:
        share = (1 - cos(2 * pi * (start % DAY) / DAY)) / 2
        return round(SLOT * (self.low + (self.high - self.low) * share))

    def total(self, start: int, period: int) -> int:
        return sum(self.slot(each) for each in range(start, start + period, SLOT))


@dataclass
class Events:
    """So many in each of some hours in a row; nothing else."""

    began: int  # a full hour, seconds since 1970
    hours: int
    per_hour: int

    def total(self, start: int, period: int) -> int:
        hits = 0
        for hour in range(self.began, self.began + self.hours * 3600, 3600):
            # All at the start of the hour, so that periods of any length agree.
            hits += start <= hour < start + period
        return hits * self.per_hour


@dataclass
class Level:
    """Always the same: statistics by their name, such as Average and p99."""

    statistics: Dict[str, float]


@dataclass
class MetricState:
    series: Dict[Key, List[Any]] = field(default_factory=dict)
    page: int = 100_800  # datapoints of a page
    statuses: Dict[str, str] = field(default_factory=dict)  # by metric; Complete where none is set


STATE: DefaultDict[Place, MetricState] = defaultdict(MetricState)

DENSE = {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"}


# --- answers -------------------------------------------------------------------------------------------------------


def get_metric_data(call: Call) -> Dict[str, Any]:
    params = call.params
    queries = params["MetricDataQueries"]
    start, end = (_seconds(params[name]) for name in ("StartTime", "EndTime"))
    if len(queries) > 500 or start >= end:
        raise AwsError("ValidationError", "at most 500 queries, and StartTime before EndTime")
    state = STATE[call.place]
    number, offset = (int(part) for part in params.get("NextToken", "0:0").split(":"))
    room = min(params.get("MaxDatapoints") or state.page, state.page)
    results = []
    while number < len(queries):
        query = queries[number]
        points = _points(call.place, query, start, end)[offset:]
        status = state.statuses.get(query["MetricStat"]["Metric"]["MetricName"], "Complete")
        cut = len(points) > room
        shown = points[:room] if status in ("Complete", "PartialData") else []
        results.append(
            {
                "Id": query["Id"],
                "Label": query.get("Label", query["MetricStat"]["Metric"]["MetricName"]),
                "Timestamps": [datetime.fromtimestamp(at, timezone.utc) for at, _ in shown],
                "Values": [float(value) for _, value in shown],
                "StatusCode": "PartialData" if cut else status,
            }
        )
        room -= len(shown)
        if cut:
            return {"MetricDataResults": results, "NextToken": f"{number}:{offset + len(shown)}"}
        number, offset = number + 1, 0
        if room == 0 and number < len(queries):
            return {"MetricDataResults": results, "NextToken": f"{number}:0"}
    return present(MetricDataResults=results)


def _seconds(moment: Any) -> int:
    return int(aware(moment).timestamp())


def _points(place: Place, query: Dict[str, Any], start: int, end: int) -> List[Tuple[int, float]]:
    """The datapoints of a query, newest first as AWS sends them."""
    stat = query["MetricStat"]
    metric, period, statistic = stat["Metric"], stat["Period"], stat["Stat"]
    if metric["Namespace"] != "AWS/DynamoDB" or period % SLOT:
        raise AwsError("ValidationError", "the sandbox knows AWS/DynamoDB, in periods of five minutes")
    key = _key(metric)
    there = _there_since(place, key, end)
    if there is None:
        return []
    # A period counts from the start that was asked for; hours and less begin with the clock.
    first = start if period > 3600 else -(-start // period) * period
    points = []
    for at in range(first, end, period):
        value = _value(place, key, statistic, max(at, there), min(at + period, end))
        if value is not None:
            points.append((at, value))
    return points[::-1]


def _key(metric: Dict[str, Any]) -> Key:
    by = {each["Name"]: each["Value"] for each in metric["Dimensions"]}
    table, index = by.pop("TableName", ""), by.pop("GlobalSecondaryIndexName", None)
    other = by.pop("Operation", None) or by.pop("ReceivingRegion", None)
    # Dimensions that publish nothing.
    return Key("" if by else table, index, metric["MetricName"], other)


def _there_since(place: Place, key: Key, end: int) -> Optional[int]:
    """Since when a table or index is there: full days before the end, so that two recordings agree."""
    table = place.dynamodb.tables.get(key.table)
    if table is None or (key.index and key.index not in [each.name for each in table.global_indexes]):
        return None
    days = (now() - aware(table.created_at)) // timedelta(days=1)
    return end - days * DAY


def _value(place: Place, key: Key, statistic: str, start: int, end: int) -> Optional[float]:
    if start >= end:
        return None
    if key.metric.startswith("Provisioned"):
        return _provisioned(place, key)
    declared = STATE[place].series.get(key, [])
    if statistic in ("Sum", "SampleCount"):
        counted = [each for each in declared if not isinstance(each, Level)]
        total = sum(each.total(start, end - start) for each in counted)
        return total if total or key.metric in DENSE else None
    traffic = any(isinstance(each, Traffic) and each.total(start, end - start) for each in declared)
    levels = [each.statistics[statistic] for each in declared if isinstance(each, Level) and statistic in each.statistics]
    # A level without traffic of its own, such as a delay of replication, is always there.
    measured = traffic or not any(isinstance(each, Traffic) for each in declared)
    return levels[-1] if levels and measured else None


def _provisioned(place: Place, key: Key) -> Optional[float]:
    table = place.dynamodb.tables[key.table]
    if table.billing_mode != "PROVISIONED":
        return None
    unit = next((each for each in table.global_indexes if each.name == key.index), table)
    kind = "Read" if "Read" in key.metric else "Write"
    return float(unit.throughput[f"{kind}CapacityUnits"])


# --- seeds ---------------------------------------------------------------------------------------------------------


def declare(place: Place, key: Key, *series: Any) -> None:
    STATE[place].series[key] = list(series)


def hours_ago(hours: int) -> int:
    return int(now().timestamp()) // 3600 * 3600 - hours * 3600


def consumed(place: Place, table: str, index: Optional[str], kind: str, low: float, high: float) -> None:
    """Units a second of Read or Write: from night to noon."""
    declare(place, Key(table, index, f"Consumed{kind}CapacityUnits"), Traffic(low, high))


def requests(place: Place, table: str, operation: str, low: float, high: float, p99: float) -> None:
    declare(place, Key(table, None, "SuccessfulRequestLatency", operation), Traffic(low, high), Level({"p99": p99}))


def daily_traffic(place: Place, tables: List[Any]) -> None:
    """Every table and index is busy by day and quiet by night; at noon two thirds of what is provisioned are used."""
    for table in tables:
        for unit in [table, *table.global_indexes]:
            index = None if unit is table else unit.name
            for kind, on_demand in (("Read", 900.0), ("Write", 300.0)):
                noon = 0.65 * unit.throughput[f"{kind}CapacityUnits"] if table.billing_mode == "PROVISIONED" else on_demand
                consumed(place, table.name, index, kind, noon / 4, noon)
        for operation, noon, p99 in (("GetItem", 60, 6), ("Query", 20, 14), ("PutItem", 12, 9), ("UpdateItem", 8, 9)):
            requests(place, table.name, operation, noon / 4, noon, p99)
        # A job that looks over the table now and then.
        requests(place, table.name, "Scan", 0.01, 0.02, 90)
        if table.ttl.get("TimeToLiveStatus") == "ENABLED":
            declare(place, Key(table.name, None, "TimeToLiveDeletedItemCount"), Traffic(1, 4))


# --- edits ---------------------------------------------------------------------------------------------------------


def throttle(place: Place, table: str, index: Optional[str], kind: str, cause: str, per_hour: int) -> None:
    """Three hours of throttling, a day ago. The cause as metrics spell it: KeyRange, Provisioned, MaxOnDemand."""
    events = Events(hours_ago(24), 3, per_hour)
    declare(place, Key(table, index, f"{kind}ThrottleEvents"), events)
    declare(place, Key(table, index, f"{kind}{cause}ThroughputThrottleEvents"), events)


def scan_heavy(place: Place, table: str) -> None:
    requests(place, table, "Scan", 40, 60, 300)


def system_errors(place: Place, table: str, operation: str, per_hour: int) -> None:
    declare(place, Key(table, None, "SystemErrors", operation), Events(hours_ago(30), 4, per_hour))


def slow(place: Place, table: str, operation: str, p99: float) -> None:
    requests(place, table, operation, 3, 12, p99)


def ttl_deletes_nothing(place: Place, table: str) -> None:
    declare(place, Key(table, None, "TimeToLiveDeletedItemCount"))


def metric_page(place: Place, datapoints: int) -> None:
    STATE[place].page = datapoints


def metric_status(place: Place, metric: str, status: str) -> None:
    STATE[place].statuses[metric] = status


EDITS: Dict[str, Callable[..., None]] = {
    "consumed": consumed,
    "metric-page": metric_page,
    "metric-status": metric_status,
    "scan-heavy": scan_heavy,
    "slow": slow,
    "system-errors": system_errors,
    "throttle": throttle,
    "ttl-deletes-nothing": ttl_deletes_nothing,
}

OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {"cloudwatch:GetMetricData": get_metric_data}
