//! Amazon DynamoDB: the tables, and for each DescribeTable, DescribeContinuousBackups, DescribeTimeToLive and
//! GetResourcePolicy, DescribeKinesisStreamingDestination.
//!
//! Control plane only: no call here reads an item. What an answer means is in the modules `table` and `index`; what
//! is listed for the whole region is in `region`.

mod index;
mod policy;
pub(super) mod region;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::call::Caller;
use super::classify::{Cause, Failure};
use super::listing::{Listing, Page};
use super::shape::{Malformed, fact};
use crate::snapshot::dynamodb::KinesisDestination;
use crate::snapshot::fact::{Fact, Reason};
use crate::snapshot::operation::Operation;
use crate::snapshot::table::{Pitr, ResourceStatus, Table, Ttl};

/// Names of all tables of the region.
pub(super) async fn tables(caller: &Caller<'_>) -> Listing<String> {
    let send = |clients: &super::client::Clients, token| {
        let call = clients.dynamodb.list_tables();
        call.set_exclusive_start_table_name(token).send()
    };
    let read = |answer: aws_sdk_dynamodb::operation::list_tables::ListTablesOutput| {
        let names = answer.table_names?.into_iter();
        Some(Page {
            items: names
                .map(|name| Some(name).filter(|name| !name.is_empty()))
                .collect(),
            next: answer.last_evaluated_table_name,
        })
    };
    caller.list(Operation::ListTables, None, send, read).await
}

/// Everything about one table but its tags; nothing when it was deleted since it was listed.
pub(super) async fn table(
    caller: &Caller<'_>,
    name: &str,
    run: &BTreeSet<Operation>,
) -> Option<Table> {
    let (described, pitr, ttl, destinations) = tokio::join!(
        describe(caller, name),
        wanted(
            run,
            Operation::DescribeContinuousBackups,
            pitr(caller, name)
        ),
        wanted(run, Operation::DescribeTimeToLive, ttl(caller, name)),
        wanted(
            run,
            Operation::DescribeKinesisStreamingDestination,
            destinations(caller, name)
        ),
    );
    let found_missing = |failure: &Failure| failure.cause == Cause::NotFound;
    if described.as_ref().err().is_some_and(found_missing) {
        return None;
    }
    let says_missing = |failure: Option<&Failure>| failure.is_some_and(found_missing);
    let said_missing = says_missing(failure_of(&pitr))
        || says_missing(failure_of(&ttl))
        || says_missing(failure_of(&destinations));
    if said_missing && is_gone(caller, name).await {
        return None;
    }
    let mut table = match described {
        Ok(description) => table::from_description(name, &description),
        Err(failure) => {
            caller.missed(Some(name), &failure);
            Table::unread(name.to_owned(), &failure.why)
        }
    };
    if let Some(why) = first_malformed(&table) {
        caller.missed(
            Some(name),
            &Failure {
                why,
                cause: Cause::Plain,
            },
        );
    }
    if run.contains(&Operation::GetResourcePolicy) {
        let policies = policy::policies(caller, &table).await;
        if policies.no_table && is_gone(caller, name).await {
            return None;
        }
        table.policy = policies.of_table;
        table.stream_policy = policies.of_stream;
    }
    table.pitr = requested(caller, name, pitr);
    table.ttl = requested(caller, name, ttl);
    table.kinesis_destinations = requested(caller, name, destinations);
    table.tags = Fact::not_requested();
    Some(table)
}

/// The answer of a call if this run makes it.
async fn wanted<T>(
    run: &BTreeSet<Operation>,
    operation: Operation,
    call: impl Future<Output = Result<T, Failure>>,
) -> Option<Result<T, Failure>> {
    match run.contains(&operation) {
        true => Some(call.await),
        false => None,
    }
}

fn failure_of<T>(answer: &Option<Result<T, Failure>>) -> Option<&Failure> {
    answer.as_ref().and_then(|answer| answer.as_ref().err())
}

fn requested<T>(caller: &Caller<'_>, name: &str, answer: Option<Result<T, Failure>>) -> Fact<T> {
    answer.map_or_else(Fact::not_requested, |answer| {
        caller.fact(Some(name), answer)
    })
}

/// The first thing about a table that its description should have told and did not: one gap a table is enough.
fn first_malformed(table: &Table) -> Option<crate::snapshot::fact::Why> {
    let malformed = |why: &crate::snapshot::fact::Why| why.reason == Reason::Malformed;
    let arn = table.arn.as_ref().err();
    let status = table.status.as_ref().err();
    let key_schema = table.key_schema.as_ref().err();
    let indexes = table.indexes.as_ref().err();
    let units = table.read_capacity_units.as_ref().err();
    let size = table.size_bytes.as_ref().err();
    let all = [arn, status, key_schema, indexes, units, size];
    all.into_iter()
        .flatten()
        .find(|why| malformed(why))
        .cloned()
}

async fn describe(
    caller: &Caller<'_>,
    name: &str,
) -> Result<aws_sdk_dynamodb::types::TableDescription, Failure> {
    let operation = Operation::DescribeTable;
    let send = |clients: &super::client::Clients| {
        clients.dynamodb.describe_table().table_name(name).send()
    };
    let answer = caller.call(operation, send).await?;
    let no_table = || Failure::malformed(operation, "an answer without Table");
    answer.table.ok_or_else(no_table)
}

/// Whether a table that another call does not find is really gone: one that is being deleted counts as gone.
async fn is_gone(caller: &Caller<'_>, name: &str) -> bool {
    match describe(caller, name).await {
        Ok(description) => {
            let status = description
                .table_status
                .map(|status| status.as_str().to_owned());
            status.as_deref() == Some(ResourceStatus::DELETING)
        }
        Err(failure) => failure.cause == Cause::NotFound,
    }
}

async fn pitr(caller: &Caller<'_>, name: &str) -> Result<Pitr, Failure> {
    let operation = Operation::DescribeContinuousBackups;
    let send = |clients: &super::client::Clients| {
        let call = clients.dynamodb.describe_continuous_backups();
        call.table_name(name).send()
    };
    let answer = caller.call(operation, send).await?;
    let read = table::pitr(answer.continuous_backups_description.as_ref());
    read.map_err(|malformed| unreadable(operation, malformed))
}

async fn ttl(caller: &Caller<'_>, name: &str) -> Result<Ttl, Failure> {
    let operation = Operation::DescribeTimeToLive;
    let send = |clients: &super::client::Clients| {
        let call = clients.dynamodb.describe_time_to_live();
        call.table_name(name).send()
    };
    let answer = caller.call(operation, send).await?;
    let read = table::ttl(answer.time_to_live_description.as_ref());
    read.map_err(|malformed| unreadable(operation, malformed))
}

async fn destinations(caller: &Caller<'_>, name: &str) -> Result<Vec<KinesisDestination>, Failure> {
    let operation = Operation::DescribeKinesisStreamingDestination;
    let send = |clients: &super::client::Clients| {
        let call = clients.dynamodb.describe_kinesis_streaming_destination();
        call.table_name(name).send()
    };
    let answer = caller.call(operation, send).await?;
    let read = table::destinations(
        answer.table_name(),
        answer.kinesis_data_stream_destinations.as_deref(),
    );
    read.map_err(|malformed| unreadable(operation, malformed))
}

fn unreadable(operation: Operation, Malformed(member): Malformed) -> Failure {
    Failure::malformed(operation, format!("no {member} in the answer"))
}

/// A fact that DescribeTable tells.
fn told<T>(read: Result<T, Malformed>) -> Fact<T> {
    fact(Operation::DescribeTable, read)
}
