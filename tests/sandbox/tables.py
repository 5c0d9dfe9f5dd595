"""What DynamoDB lists for a region beside its tables: contributor insights, native backups, exports, imports, limits;
the Kinesis feeds of a table; and edits that restore a table or give it replicas.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Callable, DefaultDict, Dict, List, Optional, Tuple

from gaps import find_table, page, present
from place import Place, aware, facts_of, now
from wire import AwsError, Call


@dataclass
class NativeBackup:
    table: str
    table_arn: str
    table_id: str
    name: str
    arn: str
    created: datetime


@dataclass
class TablesState:
    insights: Dict[Tuple[str, Optional[str]], str] = field(default_factory=dict)  # by table and index: status
    destinations: Dict[str, Dict[str, str]] = field(default_factory=dict)  # by table: stream ARN to status
    backups: List[NativeBackup] = field(default_factory=list)
    exports: List[Dict[str, Any]] = field(default_factory=list)
    imports: List[Dict[str, Any]] = field(default_factory=list)
    limits: Tuple[int, int] = (80_000, 80_000)  # reads and writes of the account


STATE: DefaultDict[Place, TablesState] = defaultdict(TablesState)


# --- operations ----------------------------------------------------------------------------------------------------


def list_contributor_insights(call: Call) -> Dict[str, Any]:
    """Of all tables where none is named; one that never had them is not listed."""
    wanted = call.params.get("TableName")
    found = sorted(STATE[call.place].insights.items(), key=lambda each: (each[0][0], each[0][1] or ""))
    found = [
        each for each in found if find_table(call.place, each[0][0]) and wanted in (None, each[0][0])
    ]
    found, token = page(found, call.params.get("MaxResults") or 100, call.params.get("NextToken"))
    summaries = [
        present(
            TableName=table,
            IndexName=index,
            ContributorInsightsStatus=status,
            ContributorInsightsMode="ACCESSED_AND_THROTTLED_KEYS",
        )
        for (table, index), status in found
    ]
    return present(ContributorInsightsSummaries=summaries, NextToken=token)


def describe_kinesis_streaming_destination(call: Call) -> Dict[str, Any]:
    table = find_table(call.place, call.params["TableName"])
    if table is None:
        message = f"Requested resource not found: Table: {call.params['TableName']} not found"
        raise AwsError("ResourceNotFoundException", message)
    destinations = STATE[call.place].destinations.get(table.name, {})
    described = [{"StreamArn": arn, "DestinationStatus": status} for arn, status in sorted(destinations.items())]
    return {"TableName": table.name, "KinesisDataStreamDestinations": described}


def list_backups(call: Call) -> Dict[str, Any]:
    """Those that people made: the only type that is asked for where none is named."""
    if call.params.get("BackupType", "USER") != "USER" or call.params.get("TableName"):
        raise AwsError("NotReviewed", "this sandbox lists the USER backups of all tables only", 501)
    after = call.params.get("ExclusiveStartBackupArn", "")
    limit = call.params.get("Limit") or 100
    found = sorted((each for each in STATE[call.place].backups if each.arn > after), key=lambda each: each.arn)
    summaries = [
        {
            "TableName": each.table,
            "TableId": each.table_id,
            "TableArn": each.table_arn,
            "BackupArn": each.arn,
            "BackupName": each.name,
            "BackupCreationDateTime": each.created,
            "BackupStatus": "AVAILABLE",
            "BackupType": "USER",
            "BackupSizeBytes": 1024,
        }
        for each in found[:limit]
    ]
    more = found[limit - 1].arn if len(found) > limit else None
    return present(BackupSummaries=summaries, LastEvaluatedBackupArn=more)


def list_exports(call: Call) -> Dict[str, Any]:
    """In reverse order of their ARNs, as AWS."""
    found = sorted(STATE[call.place].exports, key=lambda each: each["ExportArn"], reverse=True)
    found, token = page(found, call.params.get("MaxResults") or 25, call.params.get("NextToken"))
    return present(ExportSummaries=found, NextToken=token)


def list_imports(call: Call) -> Dict[str, Any]:
    found = STATE[call.place].imports
    found, token = page(found, call.params.get("PageSize") or 25, call.params.get("NextToken"))
    return present(ImportSummaryList=found, NextToken=token)


def describe_limits(call: Call) -> Dict[str, Any]:
    reads, writes = STATE[call.place].limits
    return {
        "AccountMaxReadCapacityUnits": reads,
        "AccountMaxWriteCapacityUnits": writes,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "dynamodb:DescribeKinesisStreamingDestination": describe_kinesis_streaming_destination,
    "dynamodb:DescribeLimits": describe_limits,
    "dynamodb:ListBackups": list_backups,
    "dynamodb:ListContributorInsights": list_contributor_insights,
    "dynamodb:ListExports": list_exports,
    "dynamodb:ListImports": list_imports,
}


# --- edits ---------------------------------------------------------------------------------------------------------


def table_arn(place: Place, name: str) -> str:
    return place.arn("dynamodb", f"table/{name}")


def contributor_insights(place: Place, table: str, status: str, index: Optional[str] = None) -> None:
    STATE[place].insights[(table, index)] = status


def kinesis_destination(place: Place, table: str, status: str) -> None:
    STATE[place].destinations[table] = {place.arn("kinesis", f"stream/{table}"): status}


def native_backup(place: Place, table: str, name: str, days: float) -> None:
    """Made that many days ago; the table may be gone."""
    there = find_table(place, table)
    born = aware(there.created_at).isoformat() if there else ""
    backup = NativeBackup(
        table=table,
        table_arn=table_arn(place, table),
        table_id=place.identifier(f"table/{table}/{born}"),
        name=name,
        arn=f"{table_arn(place, table)}/backup/{place.identifier(f'{table}/{name}')}",
        created=now().replace(microsecond=0) - timedelta(days=days),
    )
    STATE[place].backups.append(backup)


def export(place: Place, table: str, status: str, number: int) -> None:
    """The greater the number, the newer the export: ids in ARNs begin with the time."""
    arn = f"{table_arn(place, table)}/export/{1_700_000_000_000 + number:014}-{number:08x}"
    STATE[place].exports.append({"ExportArn": arn, "ExportStatus": status, "ExportType": "FULL_EXPORT"})


def imported(place: Place, table: str, status: str) -> None:
    """That made the table."""
    ended = now().replace(microsecond=0) - timedelta(days=2)
    arn = f"{table_arn(place, table)}/import/{1_700_000_000_000:014}-00000001"
    STATE[place].imports.append(
        {"ImportArn": arn, "ImportStatus": status, "TableArn": table_arn(place, table), "EndTime": ended}
    )


def account_limits(place: Place, reads: int, writes: int) -> None:
    STATE[place].limits = (reads, writes)


def no_on_demand_maximum(place: Place, name: str) -> None:
    facts_of(find_table(place, name)).on_demand_maximum = None


def restored_from(place: Place, name: str, source: str) -> None:
    """The table was born of a restore of the source two months ago; the source may be gone."""
    table = find_table(place, name)
    table.created_at = (now() - timedelta(days=60)).replace(tzinfo=None, microsecond=0)
    facts_of(table).more["RestoreSummary"] = {
        "SourceTableArn": table_arn(place, source),
        "RestoreDateTime": aware(table.created_at),
        "RestoreInProgress": False,
    }


def replicas(place: Place, name: str, regions: List[str]) -> None:
    """The table is a global one with replicas in these other regions."""
    facts_of(find_table(place, name)).more.update(
        GlobalTableVersion="2019.11.21",
        DisassociationProtectionEnabled=True,
        Replicas=[{"RegionName": region, "ReplicaStatus": "ACTIVE"} for region in regions],
    )


EDITS: Dict[str, Callable[..., None]] = {
    "account-limits": account_limits,
    "contributor-insights": contributor_insights,
    "export": export,
    "import": imported,
    "kinesis-destination": kinesis_destination,
    "native-backup": native_backup,
    "no-on-demand-maximum": no_on_demand_maximum,
    "replicas": replicas,
    "restored-from": restored_from,
}


# --- seeds ---------------------------------------------------------------------------------------------------------


def healthy(place: Place) -> None:
    """Lists with an element or two, all of them in order."""
    contributor_insights(place, "shop-orders", "ENABLED")
    contributor_insights(place, "shop-orders", "ENABLED", "GSI1")
    kinesis_destination(place, "shop-orders", "ACTIVE")
    native_backup(place, "shop-orders", "before-index-change", 20)
    export(place, "feed-posts", "COMPLETED", 1)
    posts = facts_of(find_table(place, "feed-posts"))
    posts.on_demand_maximum = {"MaxReadRequestUnits": 12_000, "MaxWriteRequestUnits": 12_000}
    posts.more["DisassociationProtectionEnabled"] = False  # of no meaning where there are no replicas
