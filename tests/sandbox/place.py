"""Where state lives: one AWS account in one region, and moto's backends for it.

Also the facts about a table for which moto's own objects have no room.
"""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Dict, NamedTuple, Optional
from uuid import NAMESPACE_URL, uuid5

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.backup.models import backup_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.sns.models import sns_backends
from moto.utilities.utils import get_partition


class Place(NamedTuple):
    """One account in one region."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        return get_partition(self.region)

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def identifier(self, what: str) -> str:
        """A UUID that is the same on every run."""
        return str(uuid5(NAMESPACE_URL, f"{self.account}/{self.region}/{what}"))

    @property
    def dynamodb(self) -> Any:
        return dynamodb_backends[self.account][self.region]

    @property
    def cloudwatch(self) -> Any:
        return cloudwatch_backends[self.account][self.region]

    @property
    def scaling(self) -> Any:
        return applicationautoscaling_backends[self.account][self.region]

    @property
    def sns(self) -> Any:
        return sns_backends[self.account][self.region]

    @property
    def backup(self) -> Any:
        return backup_backends[self.account][self.region]


@dataclass
class TableFacts:
    """What DescribeTable shows and moto does not keep. None or empty: AWS shows nothing."""

    table_class: Optional[str] = None
    on_demand_maximum: Optional[Dict[str, int]] = None
    index_on_demand_maximum: Dict[str, Dict[str, int]] = field(default_factory=dict)
    size_bytes: int = 0
    item_count: Optional[int] = None  # None: count the items that moto has
    index_sizes: Dict[str, Dict[str, int]] = field(default_factory=dict)
    on_demand_since: Optional[datetime] = None
    earliest_restorable: Optional[datetime] = None  # None: follows from the recovery period
    ever_tagged: bool = False
    more: Dict[str, Any] = field(default_factory=dict)  # other members of DescribeTable, as AWS gives them


def facts_of(table: Any) -> TableFacts:
    """The facts attached to one of moto's tables; they go when the table goes."""
    return table.__dict__.setdefault("sandbox_facts", TableFacts())


def now() -> datetime:
    return datetime.now(timezone.utc)


def aware(moment: Any) -> datetime:
    """moto keeps times as naive UTC or as epoch seconds; both become an unambiguous time."""
    if isinstance(moment, (int, float)):
        return datetime.fromtimestamp(moment, timezone.utc)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
