"""Alarms beside those on throttles and consumed units, and dashboards: their operations, seeds and edits.

Dashboards are an account's, whatever region they are asked for in: all lie in one backend here.
"""

import json
from typing import Any, Callable, Dict, List, Optional

from moto.cloudwatch.models import Dimension

from gaps import page, present
from place import Place, aware
from wire import AwsError, Call


# --- operations ----------------------------------------------------------------------------------------------------


def dashboards_of(place: Place) -> Dict[str, Any]:
    return Place(place.account, "us-east-1").cloudwatch.dashboards


def list_dashboards(call: Call) -> Dict[str, Any]:
    prefix = call.params.get("DashboardNamePrefix", "")
    found = [each for name, each in sorted(dashboards_of(call.place).items()) if name.startswith(prefix)]
    found, token = page(found, 1000, call.params.get("NextToken"))
    entries = [
        {
            "DashboardName": each.name,
            "DashboardArn": _arn(call.place, each.name),
            "LastModified": aware(each.last_modified),
            "Size": len(each.body),
        }
        for each in found
    ]
    return present(DashboardEntries=entries, NextToken=token)


def get_dashboard(call: Call) -> Dict[str, Any]:
    name = call.params["DashboardName"]
    found = dashboards_of(call.place).get(name)
    if found is None:
        raise AwsError("DashboardNotFoundError", f"Dashboard {name} does not exist", 404)
    return {"DashboardName": name, "DashboardArn": _arn(call.place, name), "DashboardBody": found.body}


def _arn(place: Place, name: str) -> str:
    return f"arn:{place.partition}:cloudwatch::{place.account}:dashboard/{name}"


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "cloudwatch:GetDashboard": get_dashboard,
    "cloudwatch:ListDashboards": list_dashboards,
}


# --- seeds ---------------------------------------------------------------------------------------------------------


def recommended_alarms(place: Place, tables: List[Any], actions: List[str]) -> None:
    """What AWS recommends beside throttles: system errors, latency, the account's provisioned capacity."""
    for each in tables:
        by_table = {"TableName": each.name}
        _alarm(place, f"{each.name}-system-errors", "SystemErrors", by_table, actions, "Sum", 0, 60, 15)
        by_query = {**by_table, "Operation": "Query"}
        _alarm(place, f"{each.name}-latency", "SuccessfulRequestLatency", by_query, actions, "p99", 50, 60, 10)
    for kind in ("Read", "Write"):
        metric = f"AccountProvisioned{kind}CapacityUtilization"
        _alarm(place, f"account-provisioned-{kind.lower()}s", metric, {}, actions, "Maximum", 80, 300, 2)


def _alarm(
    place: Place,
    name: str,
    metric: str,
    by: Dict[str, str],
    actions: List[str],
    statistic: str,
    threshold: float,
    period: int,
    periods: int,
) -> None:
    is_percentile = statistic.startswith("p")
    placed = place.cloudwatch.put_metric_alarm(
        name=name,
        namespace="AWS/DynamoDB",
        metric_name=metric,
        statistic=None if is_percentile else statistic,
        extended_statistic=statistic if is_percentile else None,
        period=period,
        dimensions=[{"Name": key, "Value": value} for key, value in by.items()],
        comparison_operator="GreaterThanThreshold",
        threshold=float(threshold),
        evaluation_periods=periods,
        datapoints_to_alarm=periods,
        treat_missing_data="missing",
        description=f"{metric}: see the runbook",
        alarm_actions=actions,
        ok_actions=[],
    )
    placed.state_reason = "Threshold not crossed"


def dashboard(place: Place, tables: List[Any]) -> None:
    """A widget for each table, and one that searches the latency of all."""

    def widget(title: str, metrics: List[List[Any]]) -> Dict[str, Any]:
        properties = {"title": title, "region": place.region, "view": "timeSeries", "metrics": metrics}
        return {"type": "metric", "width": 12, "height": 6, "properties": properties}

    def of_table(name: str) -> List[List[Any]]:
        return [
            ["AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", name, {"stat": "Sum"}],
            [".", "ConsumedWriteCapacityUnits", ".", ".", {"stat": "Sum"}],
            [".", "ReadThrottleEvents", ".", "."],
            [".", "WriteThrottleEvents", "..."],
        ]

    search = "SEARCH('{AWS/DynamoDB,TableName,Operation} MetricName=\"SuccessfulRequestLatency\"', 'p99', 60)"
    widgets = [widget(each.name, of_table(each.name)) for each in tables]
    widgets.append(widget("latency", [[{"expression": search, "label": "", "id": "e1"}]]))
    # A note that must not get into a snapshot.
    widgets.append({"type": "text", "properties": {"markdown": "On call: https://wiki.example.com, not-a-secret"}})
    name = dashboard_name(place)
    dashboards_of(place)[name] = place.cloudwatch.put_dashboard(name, json.dumps({"widgets": widgets}))


def dashboard_name(place: Place) -> str:
    return f"tables-{place.region}"


# --- edits ---------------------------------------------------------------------------------------------------------


def _alarm_of(place: Place, name: str) -> Any:
    return place.cloudwatch.alarms[name]


def alarm_dimensions(place: Place, name: str, by: Dict[str, str]) -> None:
    _alarm_of(place, name).dimensions = [Dimension(key, value) for key, value in by.items()]


def alarm_statistic(place: Place, name: str, statistic: str) -> None:
    _alarm_of(place, name).statistic = statistic


def alarm_periods(place: Place, name: str, seconds: int, count: int) -> None:
    alarm = _alarm_of(place, name)
    alarm.period, alarm.evaluation_periods, alarm.datapoints_to_alarm = seconds, count, count


def alarm_description(place: Place, name: str, description: Optional[str]) -> None:
    _alarm_of(place, name).description = description


def alarm_topic_gone(place: Place, name: str) -> None:
    """The alarm notifies a topic that does not exist."""
    _alarm_of(place, name).alarm_actions = [place.arn("sns", "deleted-topic")]


def disable_scaling_alarms(place: Place, resource: str, dimension: str) -> None:
    """Someone switched off the actions of the alarms that auto scaling made."""
    for policy in place.scaling.policies.values():
        if (policy.resource_id, policy.scalable_dimension) == (resource, dimension):
            for alarm in policy.alarms:
                place.cloudwatch.alarms[alarm.name].actions_enabled = False


def off_dashboard(place: Place, table: str) -> None:
    """The table's widget is taken away."""
    found = dashboards_of(place)[dashboard_name(place)]
    body = json.loads(found.body)
    body["widgets"] = [each for each in body["widgets"] if each["properties"].get("title") != table]
    found.body = json.dumps(body)


EDITS: Dict[str, Callable[..., None]] = {
    "alarm-description": alarm_description,
    "alarm-dimensions": alarm_dimensions,
    "alarm-periods": alarm_periods,
    "alarm-statistic": alarm_statistic,
    "alarm-topic-gone": alarm_topic_gone,
    "disable-scaling-alarms": disable_scaling_alarms,
    "off-dashboard": off_dashboard,
}
