//! A vault as rules see it: the tables whose backups it holds, how long plans want them kept there, and whether somebody
//! hears of jobs that fail.

use super::Backups;
use crate::link::declared::{Declared, Tier};
use crate::link::key::{KeyClass, KeyView, Keys};
use crate::link::logic::Answer;
use crate::link::reach::{Link, Routes};
use crate::link::signal::{self, Signal, Through};
use crate::link::table::TableView;
use crate::link::vault::Guard;
use crate::snapshot::Region;
use crate::snapshot::alarm::{Comparison, MetricAlarm};
use crate::snapshot::backup::Vault;
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, FactType, Grounds, Value};
use crate::view;

/// The event that a vault sends when a backup job ends, in whatever way. BACKUP_JOB_FAILED and its like are no longer
/// sent (API reference of PutBackupVaultNotifications; "Notification options with AWS Backup").
const JOB_ENDED: &str = "BACKUP_JOB_COMPLETED";
/// The namespace of AWS Backup's metrics.
const NAMESPACE: &str = "AWS/Backup";
const JOBS_FAILED: &str = "NumberOfBackupJobsFailed";

/// A vault with the tables that are backed up into it.
pub struct VaultView<'a> {
    vault: &'a Vault,
    tables: Fact<Listed<VaultTable<'a>>>,
    deposits: Fact<Listed<Deposit<'a>>>,
    heard: Answer<'a>,
    grounds: Grounds,
    guard: Guard<'a>,
}

view! {
    /// A backup vault, with the tables whose backups it holds.
    impl VaultView = "vault" over Vault = |v| v.vault, labelled |v| v.vault.name.clone();
    fields {
        /// The tables whose recovery points it holds, or that a plan backs up or copies into it.
        tables: Fact<Listed<VaultTable<'static>>>, [ListTables, DescribeTable, GetResources, ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings, ListRecoveryPointsByBackupVault] = |v| v.tables.value();
        /// Its KMS key; null for the key that AWS owns.
        key: Fact<Option<KeyView<'static>>>, [ListBackupVaults, DescribeKey] = |v| v.guard.key.value();
        /// Whose key encrypts it.
        key_class: Fact<KeyClass>, [ListBackupVaults, DescribeKey] = |v| v.guard.key_class.value();
        /// The data classes of the tables whose recovery points its key encrypts, as declared by tag.
        data_classes: Fact<Listed<String>>, [ListRecoveryPointsByBackupVault, GetResources] = |v| v.guard.data_classes.value();
        /// How long each rule that backs up or copies tables into it wants them kept.
        deposits: Fact<Listed<Deposit<'static>>>, [ListTables, DescribeTable, GetResources, ListBackupPlans, GetBackupPlan, ListBackupSelections, GetBackupSelection, DescribeRegionSettings] = |v| v.deposits.value();
    }
    methods {
        /// Whether its access policy denies everybody, or all but principals that it names, to delete recovery points.
        denies_deletion() checked |_| Ok(()), [GetBackupVaultAccessPolicy] =
            |v, _| v.guard.denies_deletion().value(), explained |v, _| v.guard.grounds();
        /// Whether somebody hears of backup jobs that fail: by its notifications, or by an alarm on NumberOfBackupJobsFailed.
        failures_reach_someone() checked |_| Ok(()), [GetBackupVaultNotifications, DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, _| v.heard.value(), explained |v, _| v.grounds.clone();
    }
}

/// A table whose backups a vault holds.
pub struct VaultTable<'a> {
    name: &'a str,
    tier: Fact<Tier>,
}

view! {
    /// A table whose backups a vault holds.
    impl VaultTable = "vault-table", labelled |v| v.name.to_owned();
    fields {
        /// Its name.
        name: String, [ListTables] = |v| Value::Text(v.name);
        /// How much hangs on it, as declared.
        tier: Fact<Tier>, [GetResources] = |v| v.tier.value();
    }
    methods {}
}

/// How long a rule wants recovery points kept in a vault.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deposit<'a> {
    plan: &'a str,
    rule: &'a str,
    delete_after_days: Option<u64>,
}

view! {
    /// How long a rule wants recovery points kept in a vault.
    impl Deposit = "deposit", labelled |v| format!("{}/{}", v.plan, v.rule);
    fields {
        /// Name of the plan.
        plan: String, [ListBackupPlans] = |v| Value::Text(v.plan);
        /// Name of its rule.
        rule: String, [GetBackupPlan] = |v| Value::Text(v.rule);
        /// Days until the recovery point is deleted; null is never.
        delete_after_days: Option<u64>, [GetBackupPlan] = |v| v.delete_after_days.value();
    }
    methods {}
}

impl<'a> VaultView<'a> {
    /// Joins a vault.
    pub fn new(
        vault: &'a Vault,
        region: &'a Region,
        tables: &Fact<Listed<TableView<'a>>>,
        backups: &Backups<'a>,
        routes: &Routes<'a>,
        keys: &Keys<'a>,
    ) -> VaultView<'a> {
        let guard = Guard::new(vault, tables, keys);
        let (tables, deposits) = users(vault, tables, backups);
        let ways = ways(vault, region, routes);
        let heard = Answer::any(ways.iter().map(|way| way.answer));
        // The way that holds, or else those that break.
        let shown = ways
            .iter()
            .filter(|way| way.answer == heard || heard == Answer::No);
        let unknown = shown.clone().filter_map(|way| way.answer.reason());
        VaultView {
            vault,
            tables,
            deposits,
            heard,
            grounds: Grounds {
                unknown: unknown.cloned().collect(),
                evidence: shown.map(|way| way.evidence.clone()).collect(),
            },
            guard,
        }
    }
}

type Users<'a> = (Fact<Listed<VaultTable<'a>>>, Fact<Listed<Deposit<'a>>>);

fn users<'a>(
    vault: &Vault,
    tables: &Fact<Listed<TableView<'a>>>,
    backups: &Backups<'a>,
) -> Users<'a> {
    let tables = match tables.as_ref() {
        Ok(tables) => tables,
        Err(why) => return (Fact::Unknown(why.clone()), Fact::Unknown(why.clone())),
    };
    let (mut users, mut deposits) = (Vec::new(), Vec::new());
    let mut rules_missing = tables.missing.as_ref();
    let points_missing = match vault.recovery_points.as_ref() {
        Ok(points) => points.missing.as_ref(),
        Err(why) => Some(why),
    };
    for table in &tables.items {
        let (own, missing) = deposits_of(vault, table);
        let holds = |arn: &String| backups.holds(&vault.name, arn);
        if !own.is_empty() || table.table.arn.known().is_some_and(holds) {
            users.push(VaultTable {
                name: &table.table.name,
                tier: tier(table),
            });
        }
        deposits.extend(own);
        rules_missing = rules_missing.or(missing);
    }
    users.sort_by_key(|it| it.name);
    deposits.sort();
    deposits.dedup();
    let unknown_arn = tables
        .items
        .iter()
        .find_map(|it| it.table.arn.as_ref().err());
    let users_missing = rules_missing.or(points_missing).or(unknown_arn);
    (
        Fact::Known(Listed {
            items: users,
            missing: users_missing.cloned(),
        }),
        Fact::Known(Listed {
            items: deposits,
            missing: rules_missing.cloned(),
        }),
    )
}

fn tier(table: &TableView<'_>) -> Fact<Tier> {
    match table.tier().as_ref() {
        Ok(Declared { value, .. }) => Fact::Known(value.clone()),
        Err(why) => Fact::Unknown(why.clone()),
    }
}

/// What the rules that back up a table put into a vault, and why others may be missing.
fn deposits_of<'t, 'a>(
    vault: &Vault,
    table: &'t TableView<'a>,
) -> (Vec<Deposit<'a>>, Option<&'t Why>) {
    let rules = match table.backups.rules.as_ref() {
        Ok(rules) => rules,
        Err(why) => return (Vec::new(), Some(why)),
    };
    let mut deposits = Vec::new();
    for view in &rules.items {
        let rule = view.rule;
        let mut deposit = |delete_after_days| {
            deposits.push(Deposit {
                plan: &view.plan.name,
                rule: &rule.name,
                delete_after_days,
            });
        };
        if rule.vault == vault.name || rule.air_gapped_vault_arn.as_ref() == Some(&vault.arn) {
            deposit(rule.delete_after_days);
        }
        let copies = rule.copies.iter().filter(|it| it.vault_arn == vault.arn);
        copies.for_each(|it| deposit(it.delete_after_days));
    }
    (deposits, rules.missing.as_ref())
}

/// One way by which somebody may hear of failed jobs.
struct Way<'a> {
    answer: Answer<'a>,
    evidence: Evidence,
}

fn ways<'a>(vault: &'a Vault, region: &'a Region, routes: &Routes<'a>) -> Vec<Way<'a>> {
    let mut ways = vec![by_notification(vault, routes)];
    match region.alarms.as_ref() {
        Err(why) => ways.push(Way::new(
            "alarms",
            "could not be read",
            Answer::Unknown(why),
        )),
        Ok(alarms) => {
            let each = alarms.items.iter();
            ways.extend(each.filter_map(|alarm| by_alarm(alarm, vault, routes)));
            if let Some(why) = &alarms.missing {
                ways.push(Way::new("alarms", "not all read", Answer::Unknown(why)));
            }
        }
    }
    ways
}

impl<'a> Way<'a> {
    fn new(path: &str, observed: &str, answer: Answer<'a>) -> Way<'a> {
        let from = match path {
            "alarms" => Operation::DescribeAlarms,
            _ => Operation::GetBackupVaultNotifications,
        };
        Way {
            answer,
            evidence: Evidence {
                path: path.to_owned(),
                observed: observed.to_owned(),
                expected: format!("{JOB_ENDED} to a topic that reaches someone"),
                from: Some(from),
            },
        }
    }
}

fn by_notification<'a>(vault: &'a Vault, routes: &Routes<'a>) -> Way<'a> {
    let path = format!("vault \"{}\" notifications", vault.name);
    match vault.notifications.as_ref() {
        Err(why) => Way::new(&path, "could not be read", Answer::Unknown(why)),
        Ok(None) => Way::new(&path, "none", Answer::No),
        Ok(Some(told)) if told.events.iter().all(|it| it != JOB_ENDED) => {
            Way::new(&path, &told.events.join(", "), Answer::No)
        }
        Ok(Some(told)) => {
            let end = routes.backup_end(&told.topic_arn);
            let words = format!("{}: {}", told.topic_arn, end.words("AWS Backup"));
            Way::new(&path, &words, end.answer())
        }
    }
}

/// An alarm that goes off with the first failed job of this vault, if it is one.
fn by_alarm<'a>(alarm: &'a MetricAlarm, vault: &Vault, routes: &Routes<'a>) -> Option<Way<'a>> {
    let watches = |signal: &Signal<'_>| {
        let of_this = |(name, value): (&String, &String)| match name.as_str() {
            "BackupVaultName" => *value == vault.name,
            "ResourceType" => value == "DynamoDB",
            _ => false,
        };
        signal.stat.namespace == NAMESPACE
            && signal.stat.metric == JOBS_FAILED
            && matches!(signal.through, Through::Itself | Through::Rising)
            && signal.stat.dimensions.iter().all(of_this)
    };
    let fires_at_once = match (alarm.comparison.as_ref(), alarm.threshold) {
        (Some(comparison), Some(threshold)) => {
            comparison.is(Comparison::GreaterThanThreshold) && threshold < 1.0
                || comparison.is(Comparison::GreaterThanOrEqualToThreshold) && threshold <= 1.0
        }
        _ => false,
    };
    if !fires_at_once || !signal::signals(alarm, 0).iter().any(watches) {
        return None;
    }
    let reach = routes.reach(alarm);
    let evidence = reach.links.first().map(Link::evidence)?;
    Some(Way {
        answer: reach.answer,
        evidence,
    })
}
