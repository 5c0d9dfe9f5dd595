//! The inventory: what was read of an account, and what could not be, at one time.
//!
//! Facts as AWS gave them, in our own types, sorted; configuration and metrics only, never item data. What is joined
//! from several facts is not stored here: see [`crate::link`]. Knows neither the AWS SDK nor rules.

pub mod alarm;
pub mod backup;
pub mod dashboard;
pub mod dynamodb;
pub mod fact;
pub mod file;
pub mod iam;
pub mod key;
pub mod network;
pub mod operation;
pub mod places;
pub mod record;
pub mod scaling;
pub mod series;
pub mod stream;
pub mod table;
pub mod trail;
pub mod usage;

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::alarm::{CompositeAlarm, MetricAlarm, Topic};
use self::backup::job::{BackupJob, CopyJob, RestoreJob};
use self::backup::testing::RestoreTestingPlan;
use self::backup::{BackupPlan, BackupSettings, ProtectedResource, Vault};
use self::dashboard::Dashboard;
use self::dynamodb::{AccountLimits, ContributorInsights, Export, Import, NativeBackup};
use self::fact::{Fact, Listed, Why};
use self::iam::Iam;
use self::key::Key;
use self::network::{Cache, VpcEndpoint};
use self::operation::Operation;
use self::scaling::{ScalableTarget, ScalingPolicy};
use self::stream::{EventSourceMapping, FailureTopic, Queue};
use self::table::Table;
use self::trail::{EventDataStore, Trail};
use crate::record;

/// The version of the file format that this program writes and reads.
pub const VERSION: u32 = 1;

/// What was read of one or more accounts, at one time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Version of the format: [`VERSION`].
    pub version: u32,
    /// Version of the program that wrote it.
    pub tool_version: String,
    /// Where the facts come from.
    pub source: Source,
    /// Who asked; the ARN that AWS gave.
    pub caller_arn: Fact<Option<String>>,
    /// When it was collected: the `now` of its facts.
    pub collected_at: Timestamp,
    /// Requests sent, retries among them, by operation.
    pub calls: BTreeMap<String, u64>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// Who may do what in the accounts, sorted; empty in a file that was written before it was read.
    #[serde(default)]
    pub iam: Vec<Iam>,
    /// The accounts and regions, sorted.
    pub regions: Vec<Region>,
}

/// Where facts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An account, through the API of AWS.
    Live,
    /// The demo account inside the program.
    Demo,
}

impl Source {
    /// The word in machine formats.
    pub fn word(self) -> &'static str {
        match self {
            Source::Live => "live",
            Source::Demo => "demo",
        }
    }
}

/// One call that did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The call.
    pub operation: Operation,
    /// The account.
    pub account: String,
    /// The region; null for a call about all regions.
    pub region: Option<String>,
    /// The thing it was about: a table, a plan; null for a listing.
    pub resource: Option<String>,
    /// Why.
    pub why: Why,
}

record! {
    /// One account in one region.
    pub struct Region = "region" labelled region {
        /// Account id, twelve digits.
        account: String, Identity [GetCallerIdentity];
        /// Partition: `aws`, `aws-cn`, `aws-us-gov`.
        partition: String, Identity [GetCallerIdentity];
        /// Region.
        region: String, Identity [GetCallerIdentity];
    } facts {
        /// The tables, sorted by name.
        tables: Listed<Table>, Config [ListTables];
        /// How many tables there are, with those that the run was told to leave out.
        table_count: u64, Volatile [ListTables];
        /// The names of the tables that the run was told to leave out.
        other_tables: Vec<String>, Volatile [ListTables];
        /// The contributor insights of tables and indexes, sorted.
        contributor_insights: Listed<ContributorInsights>, Config [ListContributorInsights];
        /// The backups that people made of tables, not by AWS Backup, sorted by ARN.
        native_backups: Listed<NativeBackup>, Volatile [ListBackups];
        /// The exports of the last 90 days, sorted by ARN.
        exports: Listed<Export>, Volatile [ListExports];
        /// The imports of the last 90 days, sorted by ARN.
        imports: Listed<Import>, Volatile [ListImports];
        /// How much capacity the account may provision.
        limits: AccountLimits, Config [DescribeLimits];
        /// The metric alarms, sorted by name.
        alarms: Listed<MetricAlarm>, Config [DescribeAlarms];
        /// The composite alarms, sorted by name.
        composite_alarms: Listed<CompositeAlarm>, Config [DescribeAlarms];
        /// The topics that alarms and vaults notify, sorted by ARN.
        topics: Listed<Topic>, Config [DescribeAlarms, ListSubscriptionsByTopic];
        /// The trails that log here, sorted by ARN.
        trails: Listed<Trail>, Config [DescribeTrails];
        /// The event data stores of CloudTrail Lake, sorted by ARN.
        event_data_stores: Listed<EventDataStore>, Config [ListEventDataStores];
        /// The DAX clusters, sorted by name.
        caches: Listed<Cache>, Config [DescribeClusters];
        /// The VPC endpoints of DynamoDB, sorted by id.
        vpc_endpoints: Listed<VpcEndpoint>, Config [DescribeVpcEndpoints];
        /// The Lambda event source mappings on streams of tables, sorted by function.
        event_source_mappings: Listed<EventSourceMapping>, Config [ListEventSourceMappings];
        /// The queues for what these could not process, sorted by ARN.
        queues: Listed<Queue>, Config [ListEventSourceMappings];
        /// The topics for what these could not process, sorted by ARN.
        failure_topics: Listed<FailureTopic>, Config [ListEventSourceMappings, ListSubscriptionsByTopic];
        /// The dashboards, with what they show of this region, sorted by name.
        dashboards: Listed<Dashboard>, Config [ListDashboards];
        /// The KMS keys that tables, their replicas, vaults and topics name, sorted by ARN.
        keys: Listed<Key>, Config [DescribeTable, DescribeKey];
        /// What auto scaling may move.
        scaling_targets: Listed<ScalableTarget>, Config [DescribeScalableTargets];
        /// How auto scaling moves it.
        scaling_policies: Listed<ScalingPolicy>, Config [DescribeScalingPolicies];
        /// The backup plans, sorted by name.
        backup_plans: Listed<BackupPlan>, Config [ListBackupPlans];
        /// The backup vaults, sorted by name.
        vaults: Listed<Vault>, Config [ListBackupVaults];
        /// Backup jobs of the last 30 days: of each table, vault and state the newest.
        backup_jobs: Listed<BackupJob>, Volatile [ListBackupJobs];
        /// Copy jobs that AWS still lists: of each table, destination and state the newest.
        copy_jobs: Listed<CopyJob>, Volatile [ListCopyJobs];
        /// Restore jobs that AWS still lists, oldest first.
        restore_jobs: Listed<RestoreJob>, Volatile [ListRestoreJobs];
        /// The restore testing plans, sorted by name.
        restore_testing_plans: Listed<RestoreTestingPlan>, Config [ListRestoreTestingPlans];
        /// The tables that AWS Backup has backed up.
        protected_tables: Listed<ProtectedResource>, Volatile [ListProtectedResources];
        /// The settings of AWS Backup.
        backup_settings: BackupSettings, Config [DescribeRegionSettings];
    }
}

/// An account and the regions of it that were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// Account id, twelve digits.
    pub account: String,
    /// Partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: String,
    /// Regions, sorted.
    pub regions: Vec<String>,
}

impl Snapshot {
    /// The accounts and regions that were looked at.
    pub fn scopes(&self) -> Vec<Scope> {
        let mut scopes: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for region in &self.regions {
            scopes
                .entry((&region.account, &region.partition))
                .or_default()
                .push(region.region.clone());
        }
        let scope = |((account, partition), regions): ((&str, &str), Vec<String>)| Scope {
            account: account.to_owned(),
            partition: partition.to_owned(),
            regions,
        };
        scopes.into_iter().map(scope).collect()
    }
}
