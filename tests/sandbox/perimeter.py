"""CloudTrail, DAX and VPC endpoints: what watches the calls on tables, and what stands before them.

The state is what AWS would answer, in the API models' names; scenarios put it there.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List

from gaps import page, present
from place import Place
from wire import AwsError, Call


@dataclass
class Perimeter:
    trails: List[Dict[str, Any]] = field(default_factory=list)
    logging: Dict[str, bool] = field(default_factory=dict)  # by ARN of the trail
    selectors: Dict[str, Dict[str, Any]] = field(default_factory=dict)  # by ARN of the trail
    stores: List[Dict[str, Any]] = field(default_factory=list)
    caches: List[Dict[str, Any]] = field(default_factory=list)
    endpoints: List[Dict[str, Any]] = field(default_factory=list)


STATE: Dict[Place, Perimeter] = defaultdict(Perimeter)


def describe_trails(call: Call) -> Dict[str, Any]:
    return {"trailList": STATE[call.place].trails}


def trail_arn(call: Call, name: str) -> str:
    for trail in STATE[call.place].trails:
        if name in (trail["TrailARN"], trail["Name"]):
            return trail["TrailARN"]
    raise AwsError("TrailNotFoundException", f"Unknown trail: {name} for the user: {call.place.account}")


def get_trail_status(call: Call) -> Dict[str, Any]:
    return {"IsLogging": STATE[call.place].logging[trail_arn(call, call.params["Name"])]}


def get_event_selectors(call: Call) -> Dict[str, Any]:
    arn = trail_arn(call, call.params["TrailName"])
    return {"TrailARN": arn, **STATE[call.place].selectors[arn]}


def list_event_data_stores(call: Call) -> Dict[str, Any]:
    stores, token = page(STATE[call.place].stores, call.params.get("MaxResults"), call.params.get("NextToken"))
    shown = [{name: store[name] for name in ("EventDataStoreArn", "Name")} for store in stores]
    return present(EventDataStores=shown, NextToken=token)


def get_event_data_store(call: Call) -> Dict[str, Any]:
    for store in STATE[call.place].stores:
        if store["EventDataStoreArn"] == call.params["EventDataStore"]:
            return store
    raise AwsError("EventDataStoreNotFoundException", "There is no such event data store")


def describe_clusters(call: Call) -> Dict[str, Any]:
    clusters, token = page(STATE[call.place].caches, call.params.get("MaxResults"), call.params.get("NextToken"))
    return present(Clusters=clusters, NextToken=token)


def describe_vpc_endpoints(call: Call) -> Dict[str, Any]:
    wanted = [value for each in call.params.get("Filters", []) for value in each["Values"]]
    endpoints = [each for each in STATE[call.place].endpoints if not wanted or each["ServiceName"] in wanted]
    endpoints, token = page(endpoints, call.params.get("MaxResults"), call.params.get("NextToken"))
    return present(VpcEndpoints=endpoints, NextToken=token)


OPERATIONS: Dict[str, Callable[[Call], Dict[str, Any]]] = {
    "cloudtrail:DescribeTrails": describe_trails,
    "cloudtrail:GetEventDataStore": get_event_data_store,
    "cloudtrail:GetEventSelectors": get_event_selectors,
    "cloudtrail:GetTrailStatus": get_trail_status,
    "cloudtrail:ListEventDataStores": list_event_data_stores,
    "dax:DescribeClusters": describe_clusters,
    "ec2:DescribeVpcEndpoints": describe_vpc_endpoints,
}


# --- scenarios -----------------------------------------------------------------------------------------------------

FULL_ACCESS = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'


def healthy_perimeter(place: Place) -> None:
    """A trail of this region and one of another, a store of CloudTrail Lake, a cache, and endpoints of two VPCs."""
    state = STATE[place]
    tables = {"Field": "resources.type", "Equals": ["AWS::DynamoDB::Table"]}
    items = f"items-{place.region}"
    home = {"audit": place, items: Place(place.account, "eu-north-1")}
    for name, at in home.items():
        arn = at.arn("cloudtrail", f"trail/{name}")
        state.trails.append(
            {
                "Name": name,
                "TrailARN": arn,
                "HomeRegion": at.region,
                "S3BucketName": f"{place.account}-{name}",
                "IsMultiRegionTrail": True,
                "IsOrganizationTrail": False,
                "IncludeGlobalServiceEvents": True,
                "HasCustomEventSelectors": True,
            }
        )
        # The trail's home region is asked for its status and selectors.
        STATE[at].logging[arn] = True
        if at != place:
            STATE[at].trails.append(state.trails[-1])
    STATE[home["audit"]].selectors[home["audit"].arn("cloudtrail", "trail/audit")] = {
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [],
                "ExcludeManagementEventSources": [],
            }
        ]
    }
    STATE[home[items]].selectors[home[items].arn("cloudtrail", f"trail/{items}")] = {
        "AdvancedEventSelectors": [
            {"Name": "items", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, tables]}
        ]
    }
    state.stores.append(
        {
            "EventDataStoreArn": place.arn("cloudtrail", f"eventdatastore/{place.identifier('store')}"),
            "Name": "objects",
            "Status": "ENABLED",
            "AdvancedEventSelectors": [
                {
                    "Name": "objects",
                    "FieldSelectors": [
                        {"Field": "eventCategory", "Equals": ["Data"]},
                        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                    ],
                }
            ],
        }
    )
    state.caches.append(
        {
            "ClusterName": "feed-cache",
            "ClusterArn": place.arn("dax", "cache/feed-cache"),
            "Status": "available",
            "TotalNodes": 3,
            "ActiveNodes": 3,
            "NodeType": "dax.r5.large",
            "Nodes": [
                {"NodeId": f"feed-cache-{zone}", "AvailabilityZone": f"{place.region}{zone}", "NodeStatus": "available"}
                for zone in "abc"
            ],
            "IamRoleArn": f"arn:{place.partition}:iam::{place.account}:role/feed-cache",
            "SSEDescription": {"Status": "ENABLED"},
            "ClusterEndpointEncryptionType": "TLS",
        }
    )
    fenced = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"dynamodb:*",'
        f'"Resource":"arn:{place.partition}:dynamodb:{place.region}:{place.account}:table/*"}}]}}'
    )
    for vpc, kind in (("shop", "Gateway"), ("feed", "Interface")):
        state.endpoints.append(
            {
                "VpcEndpointId": f"vpce-{vpc}",
                "VpcEndpointType": kind,
                "VpcId": f"vpc-{vpc}",
                "ServiceName": f"com.amazonaws.{place.region}.dynamodb",
                "State": "available",
                "PolicyDocument": fenced,
                "RouteTableIds": ["rtb-private"] if kind == "Gateway" else [],
            }
        )


# --- edits ---------------------------------------------------------------------------------------------------------


def stop_trail(place: Place, name: str) -> None:
    for trail in STATE[place].trails:
        if trail["Name"].startswith(name):
            STATE[Place(place.account, trail["HomeRegion"])].logging[trail["TrailARN"]] = False


def cache_without(place: Place, name: str, what: str) -> None:
    """The cluster is not encrypted ("sse"), not TLS ("tls"), or in one zone ("zones")."""
    for cache in STATE[place].caches:
        if cache["ClusterName"] == name and what == "sse":
            cache["SSEDescription"] = {"Status": "DISABLED"}
        elif cache["ClusterName"] == name and what == "tls":
            cache["ClusterEndpointEncryptionType"] = "NONE"
        elif cache["ClusterName"] == name and what == "zones":
            for node in cache["Nodes"]:
                node["AvailabilityZone"] = f"{place.region}a"


def open_endpoint(place: Place, vpc: str) -> None:
    """The endpoint has the policy that AWS gives by default."""
    for endpoint in STATE[place].endpoints:
        if endpoint["VpcId"] == f"vpc-{vpc}":
            endpoint["PolicyDocument"] = FULL_ACCESS


def unroute_endpoint(place: Place, vpc: str) -> None:
    for endpoint in STATE[place].endpoints:
        if endpoint["VpcId"] == f"vpc-{vpc}":
            endpoint["RouteTableIds"] = []


EDITS: Dict[str, Callable[..., None]] = {
    "cache-without": cache_without,
    "open-endpoint": open_endpoint,
    "stop-trail": stop_trail,
    "unroute-endpoint": unroute_endpoint,
}
