//! GetResourcePolicy for a table and for its stream, which has a policy of its own.

use super::{Caller, Fact, Failure, Operation};
use crate::collect::classify::Cause;
use crate::snapshot::table::Table;

/// What became of the question for a table's policies.
pub(super) struct Policies {
    pub(super) of_table: Fact<Option<String>>,
    pub(super) of_stream: Fact<Option<String>>,
    /// Whether AWS says that there is no such table.
    pub(super) no_table: bool,
}

/// Both policies. They are asked for by ARN, so a table that was not described has none that could be read.
pub(super) async fn policies(caller: &Caller<'_>, table: &Table) -> Policies {
    let of_table = async {
        match table.arn.as_ref() {
            Ok(arn) => policy(caller, arn).await.map_err(Some),
            Err(_) => Err(None),
        }
    };
    let of_stream = async {
        match table.stream.as_ref() {
            Ok(Some(stream)) => policy(caller, &stream.arn).await.map_err(Some),
            Ok(None) => Ok(None),
            Err(_) => Err(None),
        }
    };
    let (of_table, of_stream) = tokio::join!(of_table, of_stream);
    let no_table = matches!(&of_table, Err(Some(failure)) if failure.cause == Cause::NotFound);
    let arn = table.arn.known().map(String::as_str);
    let stream_arn = table.stream.known().and_then(Option::as_ref);
    let stream_arn = stream_arn.map(|stream| stream.arn.as_str());
    Policies {
        of_table: fact(caller, arn, of_table, table.arn.as_ref().err()),
        of_stream: fact(caller, stream_arn, of_stream, table.stream.as_ref().err()),
        no_table,
    }
}

type Answer = Result<Option<String>, Option<Failure>>;

/// A failure is a gap of its own; what hangs on another answer is unknown for the reason of that one.
fn fact(
    caller: &Caller<'_>,
    resource: Option<&str>,
    answer: Answer,
    undescribed: Option<&crate::snapshot::fact::Why>,
) -> Fact<Option<String>> {
    match answer {
        Ok(policy) => Fact::Known(policy),
        Err(Some(failure)) => caller.fact(resource, Err(failure)),
        Err(None) => match undescribed {
            Some(why) => Fact::Unknown(why.clone()),
            None => Fact::not_requested(),
        },
    }
}

/// PolicyNotFoundException is the answer for a table without a policy (API reference of GetResourcePolicy).
async fn policy(caller: &Caller<'_>, arn: &str) -> Result<Option<String>, Failure> {
    let operation = Operation::GetResourcePolicy;
    let send = |clients: &crate::collect::client::Clients| {
        clients
            .dynamodb
            .get_resource_policy()
            .resource_arn(arn)
            .send()
    };
    match caller.call(operation, send).await {
        Ok(answer) => match answer.policy.filter(|policy| !policy.is_empty()) {
            Some(policy) => Ok(Some(policy)),
            None => Err(Failure::malformed(operation, "an answer without Policy")),
        },
        Err(failure) if failure.cause == Cause::NoPolicy => Ok(None),
        Err(failure) => Err(failure),
    }
}
