//! AWS STS: who asks, and in which account and partition.
//!
//! AWS asks for no permission here, so a failure is trouble with the credentials, the network or the endpoint.

use super::call::Caller;
use super::classify::Failure;
use super::client::Clients;
use crate::snapshot::operation::Operation;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// Account id, twelve digits.
    pub(super) account: String,
    /// ARN of the caller.
    pub(super) arn: String,
}

/// Asks AWS who asks.
pub(super) async fn identity(caller: &Caller<'_>) -> Result<Identity, Failure> {
    let operation = Operation::GetCallerIdentity;
    let send = |clients: &Clients| clients.sts.get_caller_identity().send();
    let answer = caller.call(operation, send).await?;
    match (answer.account, answer.arn) {
        (Some(account), Some(arn)) if partition(&arn).is_some() => Ok(Identity { account, arn }),
        _ => Err(Failure::malformed(
            operation,
            "an answer without account and ARN",
        )),
    }
}

/// The partition of an ARN: `aws`, `aws-cn`, `aws-us-gov`.
pub(super) fn partition(arn: &str) -> Option<&str> {
    let (partition, _) = arn.strip_prefix("arn:")?.split_once(':')?;
    Some(partition).filter(|partition| !partition.is_empty())
}

/// The account of an ARN.
pub(super) fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}
