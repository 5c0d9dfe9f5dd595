//! The one table of AWS operations dynalint may call: name, IAM action, published rate and how often a run needs it.
//!
//! Dispatch, `--dry-run`, unknown verdicts, generated pages and the least IAM policy all read this table, so an
//! operation that is not here cannot be called. Every entry is a Describe, List or Get of configuration or metrics;
//! no data-plane read of DynamoDB exists in the program.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::yaml::did_you_mean;

/// How many calls of an operation a run makes; shown by `--dry-run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Once in a run.
    Run,
    /// Once in each region.
    Region,
    /// Once for each page of this many things, in each region.
    Page(u32, &'static str),
    /// Once for each page of this many things, for all regions together.
    Global(u32, &'static str),
    /// Once for each thing of this kind.
    Each(&'static str),
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Per::Run => f.write_str("1"),
            Per::Region => f.write_str("1 per region"),
            Per::Page(size, things) | Per::Global(size, things) => {
                write!(f, "1 per {size} {things}")
            }
            Per::Each(thing) => write!(f, "1 per {thing}"),
        }
    }
}

macro_rules! operations {
    ($( $variant:ident = $service:literal $name:literal, $action:expr, $per:expr, $rate:expr; )*) => {
        /// An AWS operation that dynalint may call.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each variant is the AWS operation of the same name")]
        pub enum Operation { $( $variant, )* }

        impl Operation {
            /// Every operation, in the order of this table.
            pub const ALL: &'static [Operation] = &[ $( Operation::$variant, )* ];

            /// `service:Name`, as reports and call counts write it.
            pub const fn name(self) -> &'static str {
                match self { $( Operation::$variant => concat!($service, ":", $name), )* }
            }

            /// The IAM action that allows it; `None` where AWS asks for none.
            pub const fn action(self) -> Option<&'static str> {
                match self { $( Operation::$variant => $action, )* }
            }

            /// How often a run calls it.
            pub const fn per(self) -> Per {
                match self { $( Operation::$variant => $per, )* }
            }

            /// The calls a second we allow ourselves in one account and region, where AWS publishes a limit.
            ///
            /// About half of the published rate is left to others (DynamoDB and CloudWatch quota pages).
            pub const fn calls_per_s(self) -> Option<u32> {
                match self { $( Operation::$variant => $rate, )* }
            }
        }
    };
}

operations! {
    GetCallerIdentity = "sts" "GetCallerIdentity", None, Per::Run, None;
    ListTables = "dynamodb" "ListTables", Some("dynamodb:ListTables"), Per::Page(100, "tables"), None;
    DescribeTable = "dynamodb" "DescribeTable", Some("dynamodb:DescribeTable"), Per::Each("table"), Some(500);
    DescribeContinuousBackups = "dynamodb" "DescribeContinuousBackups", Some("dynamodb:DescribeContinuousBackups"), Per::Each("table"), Some(8);
    DescribeTimeToLive = "dynamodb" "DescribeTimeToLive", Some("dynamodb:DescribeTimeToLive"), Per::Each("table"), Some(8);
    GetResourcePolicy = "dynamodb" "GetResourcePolicy", Some("dynamodb:GetResourcePolicy"), Per::Each("table, stream"), None;
    DescribeKinesisStreamingDestination = "dynamodb" "DescribeKinesisStreamingDestination", Some("dynamodb:DescribeKinesisStreamingDestination"), Per::Each("table"), None;
    ListContributorInsights = "dynamodb" "ListContributorInsights", Some("dynamodb:ListContributorInsights"), Per::Page(100, "tables and indexes"), Some(2);
    ListBackups = "dynamodb" "ListBackups", Some("dynamodb:ListBackups"), Per::Page(100, "backups"), Some(2);
    ListExports = "dynamodb" "ListExports", Some("dynamodb:ListExports"), Per::Page(25, "exports"), None;
    ListImports = "dynamodb" "ListImports", Some("dynamodb:ListImports"), Per::Page(25, "imports"), None;
    DescribeLimits = "dynamodb" "DescribeLimits", Some("dynamodb:DescribeLimits"), Per::Region, None;
    GetResources = "tag" "GetResources", Some("tag:GetResources"), Per::Page(100, "tables"), None;
    DescribeAlarms = "cloudwatch" "DescribeAlarms", Some("cloudwatch:DescribeAlarms"), Per::Page(100, "alarms"), Some(5);
    DescribeTrails = "cloudtrail" "DescribeTrails", Some("cloudtrail:DescribeTrails"), Per::Region, None;
    GetTrailStatus = "cloudtrail" "GetTrailStatus", Some("cloudtrail:GetTrailStatus"), Per::Each("trail"), None;
    GetEventSelectors = "cloudtrail" "GetEventSelectors", Some("cloudtrail:GetEventSelectors"), Per::Each("trail"), None;
    ListEventDataStores = "cloudtrail" "ListEventDataStores", Some("cloudtrail:ListEventDataStores"), Per::Page(1000, "stores"), None;
    GetEventDataStore = "cloudtrail" "GetEventDataStore", Some("cloudtrail:GetEventDataStore"), Per::Each("store"), None;
    DescribeClusters = "dax" "DescribeClusters", Some("dax:DescribeClusters"), Per::Page(100, "clusters"), None;
    DescribeVpcEndpoints = "ec2" "DescribeVpcEndpoints", Some("ec2:DescribeVpcEndpoints"), Per::Page(1000, "endpoints"), None;
    ListDashboards = "cloudwatch" "ListDashboards", Some("cloudwatch:ListDashboards"), Per::Run, Some(5);
    GetDashboard = "cloudwatch" "GetDashboard", Some("cloudwatch:GetDashboard"), Per::Each("dashboard"), Some(5);
    GetMetricData = "cloudwatch" "GetMetricData", Some("cloudwatch:GetMetricData"), Per::Page(25, "metrics"), Some(3);
    DescribeScalableTargets = "application-autoscaling" "DescribeScalableTargets", Some("application-autoscaling:DescribeScalableTargets"), Per::Page(50, "targets"), None;
    DescribeScalingPolicies = "application-autoscaling" "DescribeScalingPolicies", Some("application-autoscaling:DescribeScalingPolicies"), Per::Page(10, "policies"), None;
    ListSubscriptionsByTopic = "sns" "ListSubscriptionsByTopic", Some("sns:ListSubscriptionsByTopic"), Per::Each("alarm topic"), None;
    ListEventSourceMappings = "lambda" "ListEventSourceMappings", Some("lambda:ListEventSourceMappings"), Per::Page(100, "mappings"), Some(7);
    GetQueueUrl = "sqs" "GetQueueUrl", Some("sqs:GetQueueUrl"), Per::Each("failure queue"), None;
    GetQueueAttributes = "sqs" "GetQueueAttributes", Some("sqs:GetQueueAttributes"), Per::Each("failure queue"), None;
    GetTopicAttributes = "sns" "GetTopicAttributes", Some("sns:GetTopicAttributes"), Per::Each("alarm topic"), None;
    DescribeKey = "kms" "DescribeKey", Some("kms:DescribeKey"), Per::Each("key"), None;
    GetKeyRotationStatus = "kms" "GetKeyRotationStatus", Some("kms:GetKeyRotationStatus"), Per::Each("customer key"), None;
    GetKeyPolicy = "kms" "GetKeyPolicy", Some("kms:GetKeyPolicy"), Per::Each("customer key"), None;
    ListBackupPlans = "backup" "ListBackupPlans", Some("backup:ListBackupPlans"), Per::Page(1000, "plans"), None;
    GetBackupPlan = "backup" "GetBackupPlan", Some("backup:GetBackupPlan"), Per::Each("backup plan"), None;
    ListBackupSelections = "backup" "ListBackupSelections", Some("backup:ListBackupSelections"), Per::Each("backup plan"), None;
    GetBackupSelection = "backup" "GetBackupSelection", Some("backup:GetBackupSelection"), Per::Each("selection"), None;
    ListBackupVaults = "backup" "ListBackupVaults", Some("backup:ListBackupVaults"), Per::Page(1000, "vaults"), None;
    ListRecoveryPointsByBackupVault = "backup" "ListRecoveryPointsByBackupVault", Some("backup:ListRecoveryPointsByBackupVault"), Per::Page(1000, "points"), None;
    GetBackupVaultAccessPolicy = "backup" "GetBackupVaultAccessPolicy", Some("backup:GetBackupVaultAccessPolicy"), Per::Each("vault"), None;
    GetBackupVaultNotifications = "backup" "GetBackupVaultNotifications", Some("backup:GetBackupVaultNotifications"), Per::Each("vault"), None;
    ListBackupJobs = "backup" "ListBackupJobs", Some("backup:ListBackupJobs"), Per::Page(1000, "jobs"), None;
    ListCopyJobs = "backup" "ListCopyJobs", Some("backup:ListCopyJobs"), Per::Page(1000, "jobs"), None;
    ListRestoreJobs = "backup" "ListRestoreJobs", Some("backup:ListRestoreJobs"), Per::Page(1000, "jobs"), None;
    ListRestoreTestingPlans = "backup" "ListRestoreTestingPlans", Some("backup:ListRestoreTestingPlans"), Per::Page(1000, "plans"), None;
    GetRestoreTestingPlan = "backup" "GetRestoreTestingPlan", Some("backup:GetRestoreTestingPlan"), Per::Each("restore testing plan"), None;
    ListRestoreTestingSelections = "backup" "ListRestoreTestingSelections", Some("backup:ListRestoreTestingSelections"), Per::Each("restore testing plan"), None;
    GetRestoreTestingSelection = "backup" "GetRestoreTestingSelection", Some("backup:GetRestoreTestingSelection"), Per::Each("restore testing selection"), None;
    ListProtectedResources = "backup" "ListProtectedResources", Some("backup:ListProtectedResources"), Per::Page(1000, "ARNs"), None;
    DescribeRegionSettings = "backup" "DescribeRegionSettings", Some("backup:DescribeRegionSettings"), Per::Region, None;
    GetAccountAuthorizationDetails = "iam" "GetAccountAuthorizationDetails", Some("iam:GetAccountAuthorizationDetails"), Per::Global(100, "identities"), None;
}

impl Operation {
    /// The service part of [`Operation::name`].
    pub fn service(self) -> &'static str {
        self.name()
            .split_once(':')
            .map_or("", |(service, _)| service)
    }

    /// The listing that says what to ask this one about; `None` where it can be asked by itself.
    pub const fn listing(self) -> Option<Operation> {
        match self {
            Operation::DescribeTable
            | Operation::DescribeContinuousBackups
            | Operation::DescribeTimeToLive
            | Operation::DescribeKinesisStreamingDestination => Some(Operation::ListTables),
            Operation::GetResourcePolicy => Some(Operation::DescribeTable),
            Operation::GetTrailStatus | Operation::GetEventSelectors => {
                Some(Operation::DescribeTrails)
            }
            Operation::GetEventDataStore => Some(Operation::ListEventDataStores),
            Operation::GetQueueUrl => Some(Operation::ListEventSourceMappings),
            Operation::GetQueueAttributes => Some(Operation::GetQueueUrl),
            Operation::GetDashboard => Some(Operation::ListDashboards),
            Operation::ListSubscriptionsByTopic | Operation::GetTopicAttributes => {
                Some(Operation::DescribeAlarms)
            }
            // Vaults and topics have keys too; a rule that looks at those needs their listings by itself.
            Operation::DescribeKey => Some(Operation::DescribeTable),
            Operation::GetKeyRotationStatus | Operation::GetKeyPolicy => {
                Some(Operation::DescribeKey)
            }
            Operation::GetMetricData => Some(Operation::DescribeTable),
            Operation::GetBackupPlan | Operation::ListBackupSelections => {
                Some(Operation::ListBackupPlans)
            }
            Operation::GetBackupSelection => Some(Operation::ListBackupSelections),
            Operation::GetBackupVaultAccessPolicy => {
                Some(Operation::ListRecoveryPointsByBackupVault)
            }
            Operation::ListRecoveryPointsByBackupVault | Operation::GetBackupVaultNotifications => {
                Some(Operation::ListBackupVaults)
            }
            Operation::GetRestoreTestingPlan | Operation::ListRestoreTestingSelections => {
                Some(Operation::ListRestoreTestingPlans)
            }
            Operation::GetRestoreTestingSelection => Some(Operation::ListRestoreTestingSelections),
            Operation::GetCallerIdentity
            | Operation::ListTables
            | Operation::ListContributorInsights
            | Operation::ListBackups
            | Operation::ListExports
            | Operation::ListImports
            | Operation::DescribeLimits
            | Operation::GetResources
            | Operation::DescribeAlarms
            | Operation::ListDashboards
            | Operation::DescribeScalableTargets
            | Operation::DescribeScalingPolicies
            | Operation::DescribeTrails
            | Operation::ListEventDataStores
            | Operation::DescribeClusters
            | Operation::DescribeVpcEndpoints
            | Operation::ListEventSourceMappings
            | Operation::ListBackupPlans
            | Operation::ListBackupVaults
            | Operation::ListBackupJobs
            | Operation::ListCopyJobs
            | Operation::ListRestoreJobs
            | Operation::ListRestoreTestingPlans
            | Operation::ListProtectedResources
            | Operation::DescribeRegionSettings
            | Operation::GetAccountAuthorizationDetails => None,
        }
    }

    /// What a run calls that needs these: they, the listings they hang on, and who and which tables.
    pub fn run(needs: &BTreeSet<Operation>) -> BTreeSet<Operation> {
        let mut run = BTreeSet::from([
            Operation::GetCallerIdentity,
            Operation::ListTables,
            Operation::DescribeTable,
        ]);
        for need in needs {
            let chain = std::iter::successors(Some(*need), |operation| operation.listing());
            run.extend(chain);
        }
        run
    }

    /// The words for a permission column: the IAM action, or that none is needed.
    pub fn permission(self) -> &'static str {
        self.action().unwrap_or("none needed")
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(name: &str) -> Result<Operation, UnknownOperation> {
        let known = Operation::ALL
            .iter()
            .find(|operation| operation.name() == name);
        known.copied().ok_or_else(|| {
            let names = Operation::ALL.iter().map(|operation| operation.name());
            let near = did_you_mean(name, names).map(|near| format!(", {near}"));
            UnknownOperation(name.to_owned(), near.unwrap_or_default())
        })
    }
}

/// A name that is no operation of ours.
#[derive(Debug, thiserror::Error)]
#[error("unknown operation \"{0}\"{1}")]
pub struct UnknownOperation(String, String);

impl JsonSchema for Operation {
    fn schema_name() -> Cow<'static, str> {
        "Operation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Operation::ALL.iter().map(|it| it.name()).collect();
        json_schema!({ "description": "A call to AWS.", "enum": names })
    }
}

impl Serialize for Operation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Operation, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_makes_the_listings_that_its_calls_hang_on() {
        let run = Operation::run(&BTreeSet::from([Operation::GetBackupSelection]));
        assert!(run.contains(&Operation::ListBackupSelections));
        assert!(run.contains(&Operation::ListBackupPlans));
        assert!(!run.contains(&Operation::GetBackupPlan));
        assert!(run.contains(&Operation::DescribeTable));
    }
}
