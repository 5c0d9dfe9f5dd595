//! A table as rules see it: what was read, and what belongs to it from elsewhere.

use std::sync::Arc;

use super::audit::Audit;
use super::backup::history::RestoreView;
use super::backup::rule::{CopyView, PlanRuleView};
use super::backup::schedule::Span;
use super::backup::table::TableBackups;
use super::backup::{Backups, Candidate};
use super::capacity::{BURST_S, CapacityAlarm, ceiling};
use super::consumer::{ConsumerView, Consumers};
use super::coverage::wanted::Wanted;
use super::coverage::{Unit, Watch};
use super::dashboard::Dashboards;
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
use super::signal::{NAMESPACE, Signal, Through};
use super::throughput::{self, ThroughputView};
use crate::config::Config;
use crate::finding::TableBrief;
use crate::policy::{arn_account, is_account};
use crate::snapshot::Region;
use crate::snapshot::alarm::Comparison;
use crate::snapshot::backup::RecoveryPoint;
use crate::snapshot::backup::job::{BackupJob, RestoreJob};
use crate::snapshot::dynamodb::{ContributorInsights, Export, Import};
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::record::{FactType, Grounds, Value};
use crate::snapshot::table::{BillingMode, Restore, Table};
use crate::snapshot::usage::OperationRequests;
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
    data_class: Fact<Option<String>>,
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
    impl TableView = "table" over Table = |v| v.table, labelled |v| v.table.name.clone();
    fields {
        /// The account it lies in.
        account: String, [GetCallerIdentity] = |v| Value::Text(&v.region.account);
        /// The region it lies in.
        region: String, [GetCallerIdentity] = |v| Value::Text(&v.region.region);
        /// The environment, as declared: `prod` where nothing says otherwise.
        environment: Fact<String>, [GetResources] = |v| declared_value(&v.environment);
        /// How much hangs on it, as declared: `standard` where nothing says otherwise.
        tier: Fact<Tier>, [GetResources] = |v| declared_value(&v.tier);
        /// The class of its data, as a tag such as `data-class` says, in lower case; null without one.
        data_class: Fact<Option<String>>, [GetResources] = |v| v.data_class.value();
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
        covered_by_operation(metric: String, operations: Vec<String>) checked |args| published::check(args, published::OPERATION_METRICS), [DescribeAlarms, ListSubscriptionsByTopic] =
            |v, args| v.covered_by_operation(args).value(), explained |v, args| v.operation_grounds(args);
        /// Whether the latency of its replication to a region has an alarm that can fire and reaches someone.
        replication_covered(region: String) checked |_| Ok(()), [DescribeAlarms, ListSubscriptionsByTopic] =
            |v, args| v.replication_covered(args).value(), explained |v, args| v.replication_grounds(args);
        /// Whether the table's own metric has an alarm that can fire and tells someone by more than e-mail.
        wakes_someone(metric: String) checked |args| metrics::check_metric(args, metrics::table_metric), [DescribeAlarms, ListSubscriptionsByTopic] =
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

/// A metric by operation, and the operations.
fn operation_args<'v>(args: &[Value<'v>]) -> Option<(&'static metrics::Metric, Vec<&'v str>)> {
    let [Value::Text(name), Value::List(operations)] = args else {
        return None;
    };
    let operations = (0..operations.len()).map(|index| match operations.get(index) {
        Value::Text(operation) => Some(operation),
        _ => None,
    });
    Some((
        published::operation_metric(name)?,
        operations.collect::<Option<_>>()?,
    ))
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
            data_class: declared::data_class(table),
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

    pub(super) fn scaling(&self, reads: bool) -> &Fact<Option<ScalingView<'a>>> {
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
        TableBrief {
            environment,
            capacity_mode: self.table.billing_mode.known().map(mode),
            size_bytes: self.table.size_bytes.known().copied(),
            indexes: self.indexes.known().map(Vec::len),
        }
    }

    fn unit(&self) -> Unit<'_> {
        Unit::table(&self.table.name)
    }

    fn covered_by(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, metrics::table_metric) {
            Some(metric) => self.watch.covers(&self.unit(), metric),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn coverage_grounds(&self, args: &[Value<'_>]) -> Grounds {
        let metric = metrics::metric_of(args, metrics::table_metric);
        metric.map_or_else(Grounds::default, |metric| {
            self.watch.grounds(&self.unit(), metric)
        })
    }

    fn wakes_someone(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, metrics::table_metric) {
            Some(metric) => self.watch.wakes(&self.unit(), metric),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn covered_by_operation(&self, args: &[Value<'_>]) -> Answer<'_> {
        let Some((metric, operations)) = operation_args(args) else {
            return Answer::Unknown(&UNRECOGNISED);
        };
        let alone = metric.name == "SystemErrors";
        let wanted = Wanted::Operations(&self.table.name, &operations, alone);
        self.watch.covers_wanted(wanted, metric)
    }

    fn operation_grounds(&self, args: &[Value<'_>]) -> Grounds {
        operation_args(args).map_or_else(Grounds::default, |(metric, operations)| {
            let alone = metric.name == "SystemErrors";
            let wanted = Wanted::Operations(&self.table.name, &operations, alone);
            self.watch.grounds_of_wanted(wanted, metric)
        })
    }

    fn replication_covered(&self, args: &[Value<'_>]) -> Answer<'_> {
        match args {
            [Value::Text(region)] => {
                let wanted = Wanted::Region(&self.table.name, region);
                self.watch
                    .covers_wanted(wanted, &published::REPLICATION_LATENCY)
            }
            _ => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn replication_grounds(&self, args: &[Value<'_>]) -> Grounds {
        match args {
            [Value::Text(region)] => {
                let wanted = Wanted::Region(&self.table.name, region);
                self.watch
                    .grounds_of_wanted(wanted, &published::REPLICATION_LATENCY)
            }
            _ => Grounds::default(),
        }
    }

    fn on_dashboard(&self, args: &[Value<'_>]) -> Answer<'_> {
        match args {
            [Value::Text(metric)] => self.dashboards.show(&self.table.name, metric),
            _ => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn dashboard_grounds(&self, args: &[Value<'_>]) -> Grounds {
        match args {
            [Value::Text(metric)] => self.dashboards.grounds(&self.table.name, metric),
            _ => Grounds::default(),
        }
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

    /// The alarms on Sum of consumed units that this table or one of its indexes publishes.
    fn find_capacity_alarms(&self) -> Fact<Listed<CapacityAlarm<'a>>> {
        if let Err(why) = self.region.alarms.as_ref() {
            return Fact::Unknown(why.clone());
        }
        let mut items: Vec<CapacityAlarm<'a>> = self
            .watch
            .signals(&self.table.name)
            .iter()
            .filter_map(|it| self.capacity_alarm(it))
            .collect();
        items.sort_by(|a, b| a.alarm.name.cmp(&b.alarm.name));
        Fact::Known(Listed {
            items,
            missing: self.watch.missing().cloned(),
        })
    }

    fn capacity_alarm(&self, signal: &Signal<'a>) -> Option<CapacityAlarm<'a>> {
        let reads = match (signal.stat.namespace.as_str(), signal.stat.metric.as_str()) {
            (NAMESPACE, "ConsumedReadCapacityUnits") => true,
            (NAMESPACE, "ConsumedWriteCapacityUnits") => false,
            _ => return None,
        };
        let is_sum = signal.stat.statistic.as_deref() == Some("Sum");
        let rising = [
            Comparison::GreaterThanThreshold,
            Comparison::GreaterThanOrEqualToThreshold,
        ];
        let compares = signal
            .alarm
            .comparison
            .as_ref()
            .is_some_and(|it| rising.contains(&it.0.as_str()));
        if signal.through != Through::Itself || !is_sum || !compares {
            return None;
        }
        let threshold = signal.alarm.threshold?;
        let index = self.publisher(signal, reads)?;
        let units_per_s = self.ceiling(index.map(String::as_str), reads);
        let highest = match signal.stat.period_s {
            Some(period_s) => {
                units_per_s.map(|units| units.map(|units| units * (period_s as f64 + BURST_S)))
            }
            None => Fact::Unknown(UNRECOGNISED.clone()),
        };
        Some(CapacityAlarm {
            alarm: signal.alarm,
            metric: &signal.stat.metric,
            index,
            threshold,
            highest,
        })
    }

    fn find_throughputs(&self) -> Fact<Listed<ThroughputView<'a>>> {
        let indexes = match self.indexes.as_ref() {
            Ok(indexes) => Ok(indexes.iter().map(IndexView::with_scaling).collect()),
            Err(why) => Err(why.clone()),
        };
        let scaling = [&self.read_scaling, &self.write_scaling];
        throughput::throughputs(self.table, scaling, indexes)
    }

    fn of_requests<T>(&self, read: impl FnOnce(Requests) -> T) -> Result<T, &Why> {
        let requests = self.table.activity.as_ref()?.requests.as_ref()?;
        let count = |it: &OperationRequests| it.count as f64;
        let scans = requests.iter().filter(|it| it.operation == "Scan");
        Ok(read(Requests {
            all: requests.iter().map(count).sum(),
            scans: scans.map(count).sum(),
        }))
    }

    fn system_errors(&self) -> Result<f64, &Why> {
        let errors = self.table.activity.as_ref()?.system_errors.as_ref()?;
        Ok(errors.iter().map(|it| it.count as f64).sum())
    }

    /// Whose consumed units these are: the table's (`None`) or an index's. Nobody's where the dimensions publish nothing
    /// or the index is gone: no threshold is right or wrong there. Writes are published by source too.
    fn publisher(&self, signal: &Signal<'a>, reads: bool) -> Option<Option<&'a String>> {
        let dimensions = &signal.stat.dimensions;
        let has_source = !reads && dimensions.contains_key("Source");
        let index = dimensions.get("GlobalSecondaryIndexName");
        let count = 1 + usize::from(has_source) + usize::from(index.is_some());
        let is_gone = |name: &String| {
            let known = self.indexes.known();
            known.is_some_and(|indexes| indexes.iter().all(|it| it.index.name != *name))
        };
        (dimensions.len() == count && !index.is_some_and(is_gone)).then_some(index)
    }

    /// The highest units a second that the table or an index can be given; absent where nothing bounds it.
    pub(super) fn ceiling(&self, index: Option<&str>, reads: bool) -> Fact<Option<f64>> {
        let Some(name) = index else {
            let scaling = self.scaling(reads);
            let table = self.table;
            return if reads {
                ceiling(
                    &table.billing_mode,
                    &table.read_capacity_units,
                    &table.max_read_request_units,
                    scaling,
                )
            } else {
                ceiling(
                    &table.billing_mode,
                    &table.write_capacity_units,
                    &table.max_write_request_units,
                    scaling,
                )
            };
        };
        match self.indexes.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(indexes) => indexes
                .iter()
                .find(|it| it.index.name == name)
                .map_or(Fact::Known(None), |index| {
                    index.ceiling(&self.table.billing_mode, reads)
                }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::link::Linked;
    use crate::snapshot::Snapshot;

    fn snapshot(table: &Value, alarm: &Value, targets: &Value) -> Snapshot {
        let document = json!({
            "version": 1, "tool_version": "0", "source": "live", "caller_arn": null,
            "collected_at": "2026-11-22T12:00:00Z", "calls": {}, "gaps": [],
            "regions": [{"account": "1", "partition": "aws", "region": "eu-west-1", "tables": [table],
                "alarms": [alarm], "scaling_targets": targets}],
        });
        serde_json::from_value(document).expect("a snapshot")
    }

    /// An alarm on consumed writes with these dimensions and period.
    fn alarm(dimensions: Value, period_s: Value) -> Value {
        json!({
            "name": "a", "arn": "arn:aws:cloudwatch:eu-west-1:1:alarm:a", "description": null,
            "actions_enabled": true, "alarm_actions": [], "ok_actions": [], "insufficient_data_actions": [],
            "metric": {"namespace": NAMESPACE, "metric": "ConsumedWriteCapacityUnits", "dimensions": dimensions,
                "statistic": "Sum", "period_s": period_s},
            "queries": [], "unmodelled": false, "comparison": "GreaterThanThreshold", "threshold": 5.0,
            "threshold_metric_id": null, "evaluation_periods": 5, "datapoints_to_alarm": null,
            "treat_missing_data": null, "state": "OK", "state_updated_at": null,
        })
    }

    fn table(mode: &str) -> Value {
        let units = |units: u64| {
            json!({"read_capacity_units": units, "write_capacity_units": units,
                "max_read_request_units": null, "max_write_request_units": 7})
        };
        let mut table = units(10);
        let mut index = units(20);
        index["name"] = json!("by.day");
        table["name"] = json!("t");
        table["billing_mode"] = json!(mode);
        table["indexes"] = json!([index]);
        table
    }

    /// The highest sums of the alarms on capacity: a number, `null` for no bound, or the word `unknown`.
    fn highest(table: &Value, alarm: &Value, targets: &Value) -> Vec<Value> {
        let (snapshot, config) = (snapshot(table, alarm, targets), Config::default());
        let linked = Linked::new(&snapshot, &config);
        let tables = &linked.accounts[0].tables.known().expect("tables").items;
        let alarms = tables[0].capacity_alarms.known().expect("alarms");
        let sum = |it: &CapacityAlarm<'_>| match it.highest.as_ref() {
            Ok(sum) => json!(sum),
            Err(_) => json!("unknown"),
        };
        alarms.items.iter().map(sum).collect()
    }

    #[test]
    fn the_highest_sum_is_that_of_what_publishes_the_metric() {
        let of = |dimensions: Value| alarm(dimensions, json!(60));
        let (unit, s) = (json!({"TableName": "t"}), 360.0);
        let target = |max: u64| {
            json!([{"resource_id": "table/t", "dimension": "dynamodb:table:WriteCapacityUnits", "min_capacity": 1,
                "max_capacity": max, "scale_in_suspended": false, "scale_out_suspended": false,
                "scheduled_suspended": false, "created_at": null}])
        };
        let (none, denied) = (json!([]), json!({"$unknown": {"reason": "denied"}}));
        let by_source = json!({"TableName": "t", "Source": "Customer"});
        let index = |name: &str| json!({"TableName": "t", "GlobalSecondaryIndexName": name});
        let by_operation = json!({"TableName": "t", "Operation": "PutItem"});
        let unread = json!({"name": "t", "billing_mode": "PROVISIONED", "indexes": {"$unknown": {"reason": "denied"}}});
        for (name, mode, alarm, targets, expected) in [
            (
                "provisioned",
                "PROVISIONED",
                of(unit.clone()),
                &none,
                json!([10.0 * s]),
            ),
            (
                "scaled above it",
                "PROVISIONED",
                of(unit.clone()),
                &target(50),
                json!([50.0 * s]),
            ),
            (
                "scaled below it",
                "PROVISIONED",
                of(unit.clone()),
                &target(5),
                json!([10.0 * s]),
            ),
            (
                "scaling unread",
                "PROVISIONED",
                of(unit.clone()),
                &denied,
                json!(["unknown"]),
            ),
            (
                "an on-demand maximum, leftover target",
                "PAY_PER_REQUEST",
                of(unit.clone()),
                &target(50),
                json!([7.0 * s]),
            ),
            (
                "a mode of the future",
                "PREPAID",
                of(unit.clone()),
                &none,
                json!(["unknown"]),
            ),
            (
                "no period",
                "PROVISIONED",
                alarm(unit, Value::Null),
                &none,
                json!(["unknown"]),
            ),
            (
                "writes by source",
                "PROVISIONED",
                of(by_source),
                &none,
                json!([10.0 * s]),
            ),
            (
                "an index",
                "PROVISIONED",
                of(index("by.day")),
                &none,
                json!([20.0 * s]),
            ),
            (
                "an index that is gone",
                "PROVISIONED",
                of(index("gone")),
                &none,
                json!([]),
            ),
            (
                "dimensions that publish nothing",
                "PROVISIONED",
                of(by_operation),
                &none,
                json!([]),
            ),
        ] {
            let found = highest(&table(mode), &alarm, targets);
            assert_eq!(json!(found), expected, "{name}");
        }
        assert_eq!(
            highest(&unread, &of(index("gone")), &none),
            [json!("unknown")]
        );
    }
}
