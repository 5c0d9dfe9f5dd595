//! A table as rules see it: what was read, and what belongs to it from elsewhere.

mod load;
mod parts;
mod watched;

use std::sync::Arc;

use super::audit::Audit;
use super::backup::history::RestoreView;
use super::backup::rule::{CopyView, PlanRuleView};
use super::backup::schedule::Span;
use super::backup::table::TableBackups;
use super::backup::{Backups, Candidate};
use super::capacity::CapacityAlarm;
use super::consumer::{ConsumerView, Consumers};
use super::coverage::Watch;
use super::dashboard::Dashboards;
use super::declared::facts::{self, Facts};
use super::declared::{self, Declared, Tier};
use super::index::IndexView;
use super::key::{KeyClass, KeyView, Keys, ReplicaKey};
use super::listed::Lists;
use super::logic::Answer;
use super::metrics;
use super::policy::{self, PolicyView};
use super::published;
use super::replica::ReplicaView;
use super::scaling::{Scaling, ScalingView};
use super::setting::{self, Setting};
use super::throughput::ThroughputView;
use crate::config::Config;
use crate::finding::TableBrief;
use crate::policy::{arn_account, is_account};
use crate::snapshot::Region;
use crate::snapshot::backup::RecoveryPoint;
use crate::snapshot::backup::job::{BackupJob, RestoreJob};
use crate::snapshot::dynamodb::{ContributorInsights, Export, Import};
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::record::{FactType, Grounds, Value};
use crate::snapshot::table::{BillingMode, Restore, Table};
use crate::view;

/// What the tables of a region are joined with.
pub struct Joins<'a> {
    /// The alarms, by what they watch.
    pub watch: Arc<Watch<'a>>,
    /// Auto scaling.
    pub scaling: Scaling<'a>,
    /// AWS Backup.
    pub backups: Arc<Backups<'a>>,
    /// Who reads the streams.
    pub consumers: Consumers<'a>,
    /// The dashboards.
    pub dashboards: Arc<Dashboards<'a>>,
    /// The KMS keys.
    pub keys: Keys<'a>,
}

/// A table with what belongs to it.
pub struct TableView<'a> {
    /// What was read.
    pub table: &'a Table,
    /// The account and region it lies in.
    pub region: &'a Region,
    /// The indexes with what belongs to them.
    pub indexes: Fact<Vec<IndexView<'a>>>,
    environment: Fact<Declared<String>>,
    tier: Fact<Declared<Tier>>,
    facts: Facts,
    keys: Fact<Listed<KeyView<'a>>>,
    key_class: Fact<KeyClass>,
    replica_keys: Fact<Vec<ReplicaKey<'a>>>,
    read_scaling: Fact<Option<ScalingView<'a>>>,
    write_scaling: Fact<Option<ScalingView<'a>>>,
    scaling_targets: Fact<Listed<ScalingView<'a>>>,
    capacity_alarms: Fact<Listed<CapacityAlarm<'a>>>,
    consumers: Fact<Listed<ConsumerView<'a>>>,
    old_consumers: Fact<Listed<ConsumerView<'a>>>,
    policy: Fact<Option<PolicyView<'a>>>,
    stream_policy: Fact<Option<PolicyView<'a>>>,
    readers: Fact<u64>,
    /// What AWS Backup does with it.
    pub backups: TableBackups<'a>,
    throughputs: Fact<Listed<ThroughputView<'a>>>,
    replicas: Fact<Vec<ReplicaView<'a>>>,
    restored_settings: Fact<Listed<Setting<'a>>>,
    lost_settings: Fact<Vec<String>>,
    highest_writes: Fact<Option<f64>>,
    contributor_insights: Fact<Option<&'a ContributorInsights>>,
    all_insights: Fact<Listed<&'a ContributorInsights>>,
    latest_exports: Fact<Listed<&'a Export>>,
    imports: Fact<Listed<&'a Import>>,
    contradicting_tags: Fact<Vec<String>>,
    watch: Arc<Watch<'a>>,
    vaults: Arc<Backups<'a>>,
    dashboards: Arc<Dashboards<'a>>,
}

view! {
    /// A table in one region, with what belongs to it.
    impl TableView = "table" over Table = |v| v.table, labelled |v| v.table.name.clone(), told |v, field| v.facts.origin(field);
    fields {
        /// The account it lies in.
        account: String, [GetCallerIdentity] = |v| Value::Text(&v.region.account);
        /// The region it lies in.
        region: String, [GetCallerIdentity] = |v| Value::Text(&v.region.region);
        /// The environment, as declared: `prod` where nothing says otherwise.
        environment: Fact<String>, [GetResources] = |v| declared_value(&v.environment);
        /// How much hangs on it, as declared: `standard` where nothing says otherwise.
        tier: Fact<Tier>, [GetResources] = |v| declared_value(&v.tier);
        /// Who answers for it, as dynalint.yaml or a tag `owner` or `team` says; null where nothing does.
        owner: Fact<Option<String>>, [GetResources] = |v| facts::value(&v.facts.owner);
        /// The service that it belongs to, as dynalint.yaml or a tag such as `service` says, in lower case; null where
        /// nothing does.
        service: Fact<Option<String>>, [GetResources] = |v| facts::value(&v.facts.service);
        /// The class of its data, as dynalint.yaml or a tag such as `data-class` says, in lower case; null where nothing
        /// does.
        data_class: Fact<Option<String>>, [GetResources] = |v| facts::value(&v.facts.data_class);
        /// How much of the latest changes may be lost, as dynalint.yaml or a tag `rpo` says; null where nothing does.
        rpo: Fact<Option<Span>>, [GetResources] = |v| facts::value(&v.facts.rpo);
        /// How long it may take until it is back, as dynalint.yaml or a tag `rto` says; null where nothing does.
        rto: Fact<Option<Span>>, [GetResources] = |v| facts::value(&v.facts.rto);
        /// The most read units a second that are expected, as dynalint.yaml or a tag `peak-reads` says; null where nothing
        /// does.
        peak_reads_per_s: Fact<Option<f64>>, [GetResources] = |v| facts::value(&v.facts.peak_reads_per_s);
        /// The most write units a second that are expected, as dynalint.yaml or a tag `peak-writes` says; null where
        /// nothing does.
        peak_writes_per_s: Fact<Option<f64>>, [GetResources] = |v| facts::value(&v.facts.peak_writes_per_s);
        /// Accounts that may be given access to it, as declared: everywhere, or for it.
        trusted_accounts: Fact<Listed<String>>, [GetResources] = |v| Value::List(&v.facts.trusted_accounts);
        /// The KMS keys of the table and its replicas; none for the key that DynamoDB owns.
        keys: Fact<Listed<KeyView<'static>>>, [DescribeTable, DescribeKey] = |v| v.keys.value();
        /// Whose key encrypts it.
        key_class: Fact<KeyClass>, [DescribeTable, DescribeKey] = |v| v.key_class.value();
        /// Whose keys encrypt its replicas.
        replica_keys: Fact<Vec<ReplicaKey<'static>>>, [DescribeTable, DescribeKey] = |v| v.replica_keys.value();
        /// The global secondary indexes with what belongs to them.
        indexes: Fact<Vec<IndexView<'static>>>, [DescribeTable] = |v| v.indexes.value();
        /// Auto scaling of its reads; null if there is none.
        read_scaling: Fact<Option<ScalingView<'static>>>, [DescribeScalableTargets] = |v| v.read_scaling.value();
        /// Auto scaling of its writes; null if there is none.
        write_scaling: Fact<Option<ScalingView<'static>>>, [DescribeScalableTargets] = |v| v.write_scaling.value();
        /// The scalable targets of the table and its indexes.
        scaling_targets: Fact<Listed<ScalingView<'static>>>, [DescribeScalableTargets] = |v| v.scaling_targets.value();
        /// The alarms on the consumed capacity of the table and its indexes.
        capacity_alarms: Fact<Listed<CapacityAlarm<'static>>>, [DescribeAlarms, DescribeScalableTargets] = |v| v.capacity_alarms.value();
        /// Its resource policy; null if it has none.
        policy: Fact<Option<PolicyView<'static>>>, [GetResourcePolicy] = |v| v.policy.value();
        /// The resource policy of its stream; null if it has none, or no stream.
        stream_policy: Fact<Option<PolicyView<'static>>>, [GetResourcePolicy] = |v| v.stream_policy.value();
        /// Its reads and its writes, and those of each of its indexes, with what they came to of late.
        throughputs: Fact<Listed<ThroughputView<'static>>>, [DescribeTable, GetMetricData] = |v| v.throughputs.value();
        /// Successful requests in the window, to it and its indexes.
        request_count: Fact<f64>, [GetMetricData] = |v| v.of_requests(|it| it.all).map_or_else(Value::Unknown, Value::Number);
        /// Share of those that were scans, 0 to 1; null where there were none.
        scan_share: Fact<Option<f64>>, [GetMetricData] = |v| v.of_requests(Requests::scan_share).map_or_else(Value::Unknown, |it| it.map_or(Value::Absent, Value::Number));
        /// Internal errors of DynamoDB (HTTP 500) in the window.
        system_error_count: Fact<f64>, [GetMetricData] = |v| v.system_errors().map_or_else(Value::Unknown, Value::Number);
        /// The recovery points that AWS Backup made of it, newest first.
        recovery_points: Fact<Listed<RecoveryPoint>>, [ListBackupVaults, ListRecoveryPointsByBackupVault, DescribeTable] = |v| v.backups.recovery_points.value();
        /// The rules of the backup plans that select it.
        backup_rules: Fact<Listed<PlanRuleView<'static>>>, [ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings, GetResources, DescribeTable] = |v| v.backups.rules.value();
        /// The longest time between two backups by these rules together; null if none ever runs.
        backup_interval: Fact<Option<Span>>, [ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings, GetResources, DescribeTable] = |v| v.backups.interval.value();
        /// The vaults that these rules copy its recovery points to.
        backup_copies: Fact<Listed<CopyView<'static>>>, [ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings, GetResources, DescribeTable] = |v| v.backups.copies.value();
        /// Its backup jobs of the last 30 days, newest first: of each vault and state the newest.
        backup_jobs: Fact<Listed<BackupJob>>, [ListBackupJobs, DescribeTable] = |v| v.backups.jobs.value();
        /// The restore jobs of its recovery points that AWS still lists, newest first.
        restore_jobs: Fact<Listed<RestoreJob>>, [ListRestoreJobs, DescribeTable] = |v| v.backups.restores.value();
        /// The restores of it that other tables of the region were born of, newest first.
        restored_tables: Fact<Listed<Restore>>, [ListTables, DescribeTable] = |v| v.backups.born.value();
        /// The last restore job of its recovery points that was completed; null if there is none.
        latest_restore: Fact<Option<RestoreView<'static>>>, [ListRestoreJobs, DescribeTable] = |v| v.backups.latest_restore.value();
        /// The Lambda consumers of the stream that it writes now.
        consumers: Fact<Listed<ConsumerView<'static>>>, [DescribeTable, ListEventSourceMappings] = |v| v.consumers.value();
        /// How many of its consumers read the stream: all that are not disabled.
        readers: Fact<u64>, [DescribeTable, ListEventSourceMappings] = |v| v.readers.value();
        /// The Lambda consumers of streams that it wrote once and writes no longer.
        old_consumers: Fact<Listed<ConsumerView<'static>>>, [DescribeTable, ListEventSourceMappings] = |v| v.old_consumers.value();
        /// The replicas in other regions, with the settings that they should share.
        replicas: Fact<Vec<ReplicaView<'static>>>, [DescribeTable] = |v| v.replicas.value();
        /// What a restored table has to have regained; none for one that was not restored.
        restored_settings: Fact<Listed<Setting<'static>>>, [ListTables, DescribeTable] = |v| v.restored_settings.value();
        /// The names of those of them that it is known to lack.
        lost_settings: Fact<Vec<String>>, [ListTables, DescribeTable] = |v| v.lost_settings.value();
        /// The most write units a second that provisioning, auto scaling or the on-demand maximum allow; null where
        /// nothing bounds them.
        highest_writes: Fact<Option<f64>>, [DescribeTable, DescribeScalableTargets] = |v| v.highest_writes.value();
        /// The contributor insights of the table itself; null if it never had them.
        contributor_insights: Fact<Option<ContributorInsights>>, [ListContributorInsights] = |v| v.contributor_insights.value();
        /// The contributor insights of the table and its indexes.
        all_insights: Fact<Listed<ContributorInsights>>, [ListContributorInsights, DescribeTable] = |v| v.all_insights.value();
        /// The newest export of each kind, of the last 90 days.
        latest_exports: Fact<Listed<Export>>, [ListExports, DescribeTable] = |v| v.latest_exports.value();
        /// The import that made it, if that was within the last 90 days.
        imports: Fact<Listed<Import>>, [ListImports, DescribeTable] = |v| v.imports.value();
        /// Tags that name different environments or tiers, where the config does not decide.
        contradicting_tags: Fact<Vec<String>>, [GetResources] = |v| v.contradicting_tags.value();
    }
    methods {
        /// Whether the table's own metric has an alarm that can fire and reaches someone.
        covered_by(metric: String) checked |args| metrics::check_metric(args, metrics::table_metric), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.covered_by(args).value(), explained |v, args| v.coverage_grounds(args);
        /// Whether its metric, by one of these operations, has an alarm that can fire and reaches someone. For
        /// SystemErrors an alarm by TableName alone will do: AWS recommends it so.
        covered_by_operation(metric: String, operations: Vec<String>) checked |args| published::check(args, published::OPERATION_METRICS), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.covered_by_operation(args).value(), explained |v, args| v.operation_grounds(args);
        /// Whether the latency of its replication to a region has an alarm that can fire and reaches someone.
        replication_covered(region: String) checked |_| Ok(()), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.replication_covered(args).value(), explained |v, args| v.replication_grounds(args);
        /// Whether the table's own metric has an alarm that can fire and tells someone by more than e-mail.
        wakes_someone(metric: String) checked |args| metrics::check_metric(args, metrics::table_metric), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.wakes_someone(args).value(), explained |v, args| v.coverage_grounds(args);
        /// Whether a dashboard shows the table's metric: its own, or by any operation.
        on_dashboard(metric: String) checked |args| published::check_any(args), [ListDashboards, GetDashboard, DescribeAlarms] =
            |v, args| v.on_dashboard(args).value(), explained |v, args| v.dashboard_grounds(args);
        /// Whether a backup plan with a schedule selects it.
        in_backup_plan() checked |_| Ok(()), [ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, ListProtectedResources, DescribeRegionSettings, GetResources] =
            |v, _| v.in_backup_plan().value(), explained |v, _| v.backup_grounds();
        /// Whether a trail that is on logs reads and writes of its items.
        logs_items() checked |_| Ok(()), [DescribeTrails, GetTrailStatus, GetEventSelectors, ListEventDataStores, GetEventDataStore, DescribeTable] =
            |v, _| Audit::new(v.region).logs_items(&v.table.arn).value(), explained |v, _| Audit::new(v.region).items_grounds(&v.table.arn);
        /// Whether a restore testing plan selects it and looks into a vault that holds its recovery points.
        in_restore_testing() checked |_| Ok(()), [ListRestoreTestingPlans, GetRestoreTestingPlan, ListRestoreTestingSelections, GetRestoreTestingSelection, ListBackupVaults, ListRecoveryPointsByBackupVault, ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings, GetResources, DescribeTable] =
            |v, _| v.in_restore_testing().value(), explained |v, _| v.testing_grounds();
    }
}

fn unknown(why: &Why) -> Grounds {
    Grounds {
        evidence: Vec::new(),
        unknown: vec![why.clone()],
    }
}

/// Counts of successful requests.
struct Requests {
    all: f64,
    scans: f64,
}

impl Requests {
    fn scan_share(self) -> Option<f64> {
        (self.all > 0.0).then(|| self.scans / self.all)
    }
}

fn declared_value<T: FactType>(declared: &Fact<Declared<T>>) -> Value<'_> {
    match declared.as_ref() {
        Ok(declared) => declared.value.value(),
        Err(why) => Value::Unknown(why),
    }
}

/// The account that the table lies in, where it was told.
fn account_of<'t>(table: &'t Table, region: &'t Region) -> Option<&'t str> {
    let told = Some(region.account.as_str()).filter(|it| is_account(it));
    told.or_else(|| arn_account(table.arn.known()?))
}

impl<'a> TableView<'a> {
    /// Joins a table.
    pub fn new(
        table: &'a Table,
        region: &'a Region,
        config: &Config,
        joins: &Joins<'a>,
    ) -> TableView<'a> {
        let Joins {
            watch,
            scaling,
            backups,
            consumers,
            dashboards,
            keys,
        } = joins;
        let resource = format!("table/{}", table.name);
        let indexes = table.indexes.as_ref().map_err(Clone::clone).map(|indexes| {
            indexes
                .iter()
                .map(|index| IndexView::new(index, table, watch, scaling))
                .collect::<Vec<_>>()
        });
        let indexes = Fact::from(indexes);
        let read_scaling = scaling.of(&resource, "dynamodb:table:ReadCapacityUnits");
        let write_scaling = scaling.of(&resource, "dynamodb:table:WriteCapacityUnits");
        let mut view = TableView {
            table,
            region,
            indexes,
            environment: declared::environment(config, table),
            tier: declared::tier(config, table),
            facts: Facts::new(config, table, region),
            keys: keys.of_table(table),
            key_class: keys.class_of_table(table),
            replica_keys: keys.of_replicas(table),
            read_scaling,
            write_scaling,
            scaling_targets: scaling.of_table(table),
            capacity_alarms: Fact::not_requested(),
            consumers: consumers.of(table),
            old_consumers: consumers.of_old_streams(table),
            policy: policy::view(
                &table.policy,
                account_of(table, region),
                &format!("policy of {}", table.name),
            ),
            stream_policy: policy::view(
                &table.stream_policy,
                account_of(table, region),
                &format!("policy of the stream of {}", table.name),
            ),
            readers: consumers.readers(table),
            backups: TableBackups::new(table, backups),
            throughputs: Fact::not_requested(),
            replicas: Fact::not_requested(),
            restored_settings: Fact::not_requested(),
            lost_settings: Fact::not_requested(),
            highest_writes: Fact::not_requested(),
            contributor_insights: Fact::not_requested(),
            all_insights: Fact::not_requested(),
            latest_exports: Fact::not_requested(),
            imports: Fact::not_requested(),
            contradicting_tags: declared::contradictions(config, table),
            watch: Arc::clone(watch),
            vaults: Arc::clone(backups),
            dashboards: Arc::clone(dashboards),
        };
        view.capacity_alarms = view.find_capacity_alarms();
        view.throughputs = view.find_throughputs();
        view.highest_writes = view.ceiling(None, false);
        view
    }

    pub(super) fn put_lists(&mut self, lists: &Lists<'a>) {
        self.contributor_insights = lists.table_insights(self.table);
        self.all_insights = lists.insights(self.table);
        self.latest_exports = lists.latest_exports(self.table);
        self.imports = lists.imports(self.table);
    }

    pub(super) fn put_restored(&mut self, settings: Fact<Listed<Setting<'a>>>) {
        self.lost_settings = setting::differing(&settings);
        self.restored_settings = settings;
    }

    /// The replicas with the settings that they should share.
    pub fn replicas(&self) -> &Fact<Vec<ReplicaView<'a>>> {
        &self.replicas
    }

    pub(super) fn put_replicas(&mut self, replicas: Fact<Vec<ReplicaView<'a>>>) {
        self.replicas = replicas;
    }

    /// The Lambda consumers of the stream that it writes now.
    pub fn consumers(&self) -> &Fact<Listed<ConsumerView<'a>>> {
        &self.consumers
    }

    /// Auto scaling of its reads, or of its writes; absent if there is none.
    pub fn scaling(&self, reads: bool) -> &Fact<Option<ScalingView<'a>>> {
        if reads {
            &self.read_scaling
        } else {
            &self.write_scaling
        }
    }

    /// Whether an alarm on a metric of the table can fire and reaches someone, in words.
    pub(super) fn alarm(&self, metric: &str) -> Fact<String> {
        setting::alarm(self.table, metric, &self.watch)
    }

    /// The environment, where it is known.
    pub fn environment(&self) -> Option<&str> {
        self.environment
            .known()
            .map(|declared| declared.value.as_str())
    }

    /// The environment, or why it is not known.
    pub fn environment_or_why(&self) -> Result<&str, &Why> {
        self.environment.as_ref().map(|it| it.value.as_str())
    }

    /// The tier, or why it is not known.
    pub fn tier_or_why(&self) -> Result<&str, &Why> {
        self.tier.as_ref().map(|it| it.value.0.as_str())
    }

    /// Whether it is known to be of the tier in which every severity is one step lower.
    pub fn is_starter(&self) -> bool {
        let tier = self.tier.known();
        tier.is_some_and(|declared| declared.value.is(Tier::starter))
    }

    /// It in a few words.
    pub fn brief(&self) -> TableBrief {
        let mode = |mode: &BillingMode| match mode.0.as_str() {
            BillingMode::PAY_PER_REQUEST => "on-demand".to_owned(),
            BillingMode::PROVISIONED => "provisioned".to_owned(),
            other => other.to_owned(),
        };
        let environment = self.environment.known().map(Declared::shown);
        let environment = environment.map(|shown| match self.is_starter() {
            true => format!("{shown}, starter tier"),
            false => shown,
        });
        let service = self.facts.service.known().and_then(Option::as_ref);
        let owner = self.facts.owner.known().and_then(Option::as_ref);
        TableBrief {
            environment,
            service: service.map(|it| it.value.clone()),
            owner: owner.map(|it| it.value.clone()),
            capacity_mode: self.table.billing_mode.known().map(mode),
            size_bytes: self.table.size_bytes.known().copied(),
            indexes: self.indexes.known().map(Vec::len),
            parts: Some(self.parts()),
        }
    }

    /// What is declared of it.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How much hangs on it, as declared.
    pub fn tier(&self) -> &Fact<Declared<Tier>> {
        &self.tier
    }

    /// It as selections of AWS Backup see it.
    fn candidate(&self) -> Result<Candidate<'a>, &'a Why> {
        let arn = self.table.arn.as_ref()?;
        Ok(Candidate {
            arn,
            tags: &self.table.tags,
        })
    }

    fn in_backup_plan(&self) -> Answer<'_> {
        match self.candidate() {
            Ok(candidate) => self.vaults.selects(&candidate),
            Err(why) => Answer::Unknown(why),
        }
    }

    fn backup_grounds(&self) -> Grounds {
        match self.candidate() {
            Ok(candidate) => self.vaults.grounds(&candidate),
            Err(why) => unknown(why),
        }
    }

    fn in_restore_testing(&self) -> Answer<'_> {
        match self.candidate() {
            Ok(candidate) => self.vaults.tests_restores(&candidate),
            Err(why) => Answer::Unknown(why),
        }
    }

    fn testing_grounds(&self) -> Grounds {
        match self.candidate() {
            Ok(candidate) => self.vaults.testing_grounds(&candidate),
            Err(why) => unknown(why),
        }
    }
}
