//! What DynamoDB lists for a whole region: contributor insights, native backups, exports, imports, limits.
//!
//! Listings without a table's name cover all tables, so nothing here is asked table by table.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::describe_limits::DescribeLimitsOutput;
use aws_sdk_dynamodb::operation::list_backups::ListBackupsOutput;
use aws_sdk_dynamodb::operation::list_contributor_insights::ListContributorInsightsOutput;
use aws_sdk_dynamodb::operation::list_exports::ListExportsOutput;
use aws_sdk_dynamodb::operation::list_imports::ListImportsOutput;
use aws_sdk_dynamodb::types::{
    BackupSummary, ContributorInsightsSummary, ExportSummary, ImportSummary,
};

use super::unreadable;
use crate::collect::call::Caller;
use crate::collect::client::Clients;
use crate::collect::listing::Page;
use crate::collect::region::fact_if;
use crate::collect::shape::{
    Malformed, choice, count, maybe_choice, maybe_count, maybe_time, text, time,
};
use crate::snapshot::dynamodb::{AccountLimits, ContributorInsights, Export, Import, NativeBackup};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;

/// Elements of a page of [`Operation::ListContributorInsights`]; 100 is the most (API model).
const INSIGHTS_A_PAGE: i32 = 100;

/// What DynamoDB lists for the whole region.
pub(in crate::collect) struct Lists {
    pub(in crate::collect) contributor_insights: Fact<Listed<ContributorInsights>>,
    pub(in crate::collect) native_backups: Fact<Listed<NativeBackup>>,
    pub(in crate::collect) exports: Fact<Listed<Export>>,
    pub(in crate::collect) imports: Fact<Listed<Import>>,
    pub(in crate::collect) limits: Fact<AccountLimits>,
}

/// What a run wants of it, side by side.
pub(in crate::collect) async fn lists(caller: &Caller<'_>, run: &BTreeSet<Operation>) -> Lists {
    let has = |operation| run.contains(&operation);
    let (contributor_insights, native_backups, exports, imports, limits) = tokio::join!(
        fact_if(has(Operation::ListContributorInsights), insights(caller)),
        fact_if(has(Operation::ListBackups), native_backups(caller)),
        fact_if(has(Operation::ListExports), exports(caller)),
        fact_if(has(Operation::ListImports), imports(caller)),
        fact_if(has(Operation::DescribeLimits), limits(caller)),
    );
    Lists {
        contributor_insights,
        native_backups,
        exports,
        imports,
        limits,
    }
}

/// The contributor insights of tables and indexes.
async fn insights(caller: &Caller<'_>) -> Fact<Listed<ContributorInsights>> {
    let send = |clients: &Clients, token| {
        let call = clients.dynamodb.list_contributor_insights();
        let call = call.max_results(INSIGHTS_A_PAGE);
        call.set_next_token(token).send()
    };
    let read = |answer: ListContributorInsightsOutput| {
        let summaries = answer.contributor_insights_summaries?;
        Some(Page {
            items: summaries.iter().map(|each| insight(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListContributorInsights;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|each| each.resource_id.clone())
}

fn insight(summary: &ContributorInsightsSummary) -> Result<ContributorInsights, Malformed> {
    let table = text(summary.table_name(), "TableName")?;
    let status = summary.contributor_insights_status();
    let mode = summary.contributor_insights_mode();
    Ok(ContributorInsights {
        resource_id: match summary.index_name() {
            None => format!("table/{table}"),
            Some(index) => format!("table/{table}/index/{index}"),
        },
        status: choice(status.map(|it| it.as_str()), "ContributorInsightsStatus")?,
        mode: maybe_choice(mode.map(|it| it.as_str())),
    })
}

/// The backups that people made. Without a type AWS lists those alone: the SYSTEM ones of deleted tables end by
/// themselves (API reference of ListBackups).
async fn native_backups(caller: &Caller<'_>) -> Fact<Listed<NativeBackup>> {
    let send = |clients: &Clients, token| {
        let call = clients.dynamodb.list_backups();
        call.set_exclusive_start_backup_arn(token).send()
    };
    let read = |answer: ListBackupsOutput| {
        let summaries = answer.backup_summaries?;
        Some(Page {
            items: summaries.iter().map(|each| backup(each).ok()).collect(),
            next: answer.last_evaluated_backup_arn,
        })
    };
    let operation = Operation::ListBackups;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|each| each.arn.clone())
}

fn backup(summary: &BackupSummary) -> Result<NativeBackup, Malformed> {
    let status = summary.backup_status();
    let created_at = summary.backup_creation_date_time();
    Ok(NativeBackup {
        arn: text(summary.backup_arn(), "BackupArn")?,
        name: text(summary.backup_name(), "BackupName")?,
        table: text(summary.table_name(), "TableName")?,
        table_arn: text(summary.table_arn(), "TableArn")?,
        table_id: summary.table_id().map(str::to_owned),
        status: choice(status.map(|it| it.as_str()), "BackupStatus")?,
        created_at: time(created_at, "BackupCreationDateTime")?,
        size_bytes: maybe_count(summary.backup_size_bytes(), "BackupSizeBytes")?,
    })
}

/// The exports of the last 90 days.
async fn exports(caller: &Caller<'_>) -> Fact<Listed<Export>> {
    let send =
        |clients: &Clients, token| clients.dynamodb.list_exports().set_next_token(token).send();
    let read = |answer: ListExportsOutput| {
        let summaries = answer.export_summaries?;
        Some(Page {
            items: summaries.iter().map(|each| export(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListExports;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|each| each.arn.clone())
}

fn export(summary: &ExportSummary) -> Result<Export, Malformed> {
    let status = summary.export_status();
    let arn = text(summary.export_arn(), "ExportArn")?;
    Ok(Export {
        id: end(&arn),
        arn,
        status: choice(status.map(|it| it.as_str()), "ExportStatus")?,
        kind: maybe_choice(summary.export_type().map(|it| it.as_str())),
    })
}

/// The imports of the last 90 days.
async fn imports(caller: &Caller<'_>) -> Fact<Listed<Import>> {
    let send =
        |clients: &Clients, token| clients.dynamodb.list_imports().set_next_token(token).send();
    let read = |answer: ListImportsOutput| {
        let summaries = answer.import_summary_list?;
        Some(Page {
            items: summaries.iter().map(|each| import(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::ListImports;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|each| each.arn.clone())
}

fn import(summary: &ImportSummary) -> Result<Import, Malformed> {
    let status = summary.import_status();
    let arn = text(summary.import_arn(), "ImportArn")?;
    Ok(Import {
        id: end(&arn),
        arn,
        table_arn: text(summary.table_arn(), "TableArn")?,
        status: choice(status.map(|it| it.as_str()), "ImportStatus")?,
        ended_at: maybe_time(summary.end_time(), "EndTime")?,
    })
}

/// The id at the end of an ARN.
pub(super) fn end(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}

/// How much capacity the account may provision. AWS may refuse a second call within a minute (quotas page): once a run.
async fn limits(caller: &Caller<'_>) -> Fact<AccountLimits> {
    let operation = Operation::DescribeLimits;
    let send = |clients: &Clients| clients.dynamodb.describe_limits().send();
    let answer = caller.call(operation, send).await.and_then(|answer| {
        account_limits(&answer).map_err(|malformed| unreadable(operation, malformed))
    });
    caller.fact(None, answer)
}

fn account_limits(answer: &DescribeLimitsOutput) -> Result<AccountLimits, Malformed> {
    Ok(AccountLimits {
        read_units: count(
            answer.account_max_read_capacity_units(),
            "AccountMaxReadCapacityUnits",
        )?,
        write_units: count(
            answer.account_max_write_capacity_units(),
            "AccountMaxWriteCapacityUnits",
        )?,
        table_read_units: count(
            answer.table_max_read_capacity_units(),
            "TableMaxReadCapacityUnits",
        )?,
        table_write_units: count(
            answer.table_max_write_capacity_units(),
            "TableMaxWriteCapacityUnits",
        )?,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::{BackupStatus, ContributorInsightsStatus, ExportStatus};

    use super::*;

    #[test]
    fn an_element_without_what_aws_always_gives_is_malformed() {
        let summary = ContributorInsightsSummary::builder().table_name("t");
        assert_eq!(
            insight(&summary.clone().build()),
            Err(Malformed("ContributorInsightsStatus"))
        );
        let enabled =
            summary.contributor_insights_status(ContributorInsightsStatus::from("ENABLED"));
        let of_index = insight(&enabled.clone().index_name("i").build()).expect("readable");
        assert_eq!(of_index.resource_id, "table/t/index/i");
        assert_eq!(
            insight(&enabled.build()).expect("readable").resource_id,
            "table/t"
        );
        let backup_without_date = BackupSummary::builder()
            .backup_arn("a")
            .backup_name("b")
            .table_name("t")
            .table_arn("ta")
            .backup_status(BackupStatus::Available);
        assert_eq!(
            backup(&backup_without_date.build()),
            Err(Malformed("BackupCreationDateTime"))
        );
        let no_arn = ExportSummary::builder().export_status(ExportStatus::Failed);
        assert_eq!(export(&no_arn.build()), Err(Malformed("ExportArn")));
        assert_eq!(
            account_limits(&DescribeLimitsOutput::builder().build()),
            Err(Malformed("AccountMaxReadCapacityUnits"))
        );
    }
}
