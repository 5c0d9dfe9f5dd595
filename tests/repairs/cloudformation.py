"""CloudFormation: put into the least template that is right without it, and read by cfn-lint."""

import copy
import json

import cfnlint.api
import yaml

TABLE = "AWS::DynamoDB::Table"
REGIONS = ["eu-west-1"]
# Two resources of one name: they are of two repairs, and meet here alone.
SAME_NAME = "E3019"
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
DEFINED = [{"AttributeName": "id", "AttributeType": "S"}]
PLAN_RULE = {"RuleName": "daily", "TargetBackupVault": "prod-vault"}
TRACKING = {"TargetValue": 50, "PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}
ROLE = "arn:aws:iam::111122223333:role/service"

# The least properties of each resource that repairs go into.
LEAST = {
    "AWS::DynamoDB::Table": {"KeySchema": KEY, "AttributeDefinitions": DEFINED, "BillingMode": "PAY_PER_REQUEST"},
    "AWS::DynamoDB::GlobalTable": {
        "KeySchema": KEY,
        "AttributeDefinitions": DEFINED,
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"},
        "Replicas": [{"Region": "eu-west-1"}],
    },
    "AWS::CloudWatch::Alarm": {
        "Namespace": "AWS/DynamoDB",
        "MetricName": "UserErrors",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 5,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
    },
    "AWS::ApplicationAutoScaling::ScalableTarget": {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        "MinCapacity": 1,
        "MaxCapacity": 10,
    },
    "AWS::ApplicationAutoScaling::ScalingPolicy": {
        "PolicyName": "reads",
        "PolicyType": "TargetTrackingScaling",
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/orders",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
        "TargetTrackingScalingPolicyConfiguration": TRACKING,
    },
    "AWS::Lambda::EventSourceMapping": {
        "FunctionName": "orders-indexer",
        "EventSourceArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000",
        "StartingPosition": "TRIM_HORIZON",
    },
    "AWS::DAX::Cluster": {"IAMRoleARN": ROLE, "NodeType": "dax.r5.large", "ReplicationFactor": 1},
    "AWS::SQS::Queue": {},
    "AWS::Backup::BackupVault": {"BackupVaultName": "prod-vault"},
    "AWS::Backup::BackupPlan": {"BackupPlan": {"BackupPlanName": "daily", "BackupPlanRule": [PLAN_RULE]}},
    "AWS::KMS::Key": {},
    "AWS::SNS::TopicPolicy": {"Topics": ["arn:aws:sns:eu-west-1:111122223333:pager"]},
    "AWS::CloudTrail::Trail": {"S3BucketName": "orders-archive", "IsLogging": True},
    "AWS::EC2::VPCEndpoint": {"VpcId": "vpc-0123456789abcdef0", "ServiceName": "com.amazonaws.eu-west-1.dynamodb"},
}

# Where the parts stand that a repair may go into.
PARTS = {
    "BackupPlanRule": ["BackupPlan", "BackupPlanRule", 0],
    "ReplicaSpecification": ["Replicas", 0],
    "TargetTrackingScalingPolicyConfiguration": ["TargetTrackingScalingPolicyConfiguration"],
}


class Loader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions, and dates as text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_constructor("!Ref", lambda loader, node: {"Ref": loader.construct_scalar(node)})


def template(read, resource, block):
    if all(isinstance(it, dict) and "Type" in it for it in read.values()):
        return read
    properties = copy.deepcopy(LEAST[resource])
    part = properties
    for step in PARTS[block] if block else []:
        part = part[step]
    if "ProvisionedThroughput" in read:
        properties.pop("BillingMode")
    part.update(read)
    return {"It": {"Type": resource, "Properties": properties}}


def apart(value, prefix, names):
    """With a prefix before each resource of the template, so that many templates are one."""
    if isinstance(value, dict):
        if set(value) == {"Ref"} and value["Ref"] in names:
            return {"Ref": prefix + value["Ref"]}
        return {key: apart(item, prefix, names) for key, item in value.items()}
    return [apart(item, prefix, names) for item in value] if isinstance(value, list) else value


def wrong_in(entries):
    """Pairs of an entry's number and what is wrong with it. One run for all: cfn-lint takes a second to begin."""
    resources, found = {}, []
    for number, (text, resource, block) in enumerate(entries):
        try:
            read = template(yaml.load(text, Loader), resource, block)
        except Exception as failure:  # whatever the parser throws is what the repair is told
            found.append((number, f"{type(failure).__name__}: {failure}"))
            continue
        for name, body in read.items():
            resources[f"R{number}X{name}"] = apart(body, f"R{number}X", read)
    whole = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}
    for match in cfnlint.api.lint(json.dumps(whole, indent=1), regions=REGIONS):
        if match.rule.id.startswith("E") and match.rule.id != SAME_NAME:
            at = next((str(step) for step in match.path or [] if str(step).startswith("R") and "X" in str(step)), "R0X")
            found.append((int(at[1:].split("X")[0]), f"{match.rule.id} {match.message}"))
    return found
