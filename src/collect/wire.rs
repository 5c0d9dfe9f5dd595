//! What goes on the wire: every request is counted, and none leaves that the table of operations does not name.
//!
//! An interceptor of the SDK, attached to every client, so no call can go round it. Calls that the SDK makes for
//! itself to get credentials (AssumeRole, SSO) use clients of its own and are not counted.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::classify;
use crate::snapshot::operation::Operation;

/// Counts requests and refuses those that are not in [`Operation::ALL`].
#[derive(Clone, Debug, Default)]
pub(super) struct Tally(Arc<Mutex<BTreeMap<Operation, u64>>>);

/// A call that is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not a call that dynalint may make")]
pub(super) struct Refused(String);

impl Tally {
    /// The requests sent so far, retries among them, by operation.
    pub(super) fn calls(&self) -> BTreeMap<String, u64> {
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls
            .iter()
            .map(|(operation, count)| (operation.name().to_owned(), *count))
            .collect()
    }

    fn count(&self, operation: Operation) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *calls.entry(operation).or_default() += 1;
    }
}

impl Intercept for Tally {
    fn name(&self) -> &'static str {
        "dynalint tally"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        listed(cfg)?;
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.count(listed(cfg)?);
        Ok(())
    }
}

/// Our operation for the one that is about to be sent.
fn listed(cfg: &ConfigBag) -> Result<Operation, Refused> {
    let Some(metadata) = cfg.load::<Metadata>() else {
        return Err(Refused("a call without a name".to_owned()));
    };
    let name = format!("{}:{}", prefix(metadata.service()), metadata.name());
    name.parse().map_err(|_| Refused(name))
}

/// The service's prefix in our table, by the name that its SDK goes by.
fn prefix(service: &str) -> &str {
    match service {
        "Application Auto Scaling" => "application-autoscaling",
        "Backup" => "backup",
        "CloudWatch" => "cloudwatch",
        "DynamoDB" => "dynamodb",
        "Resource Groups Tagging API" => "tag",
        "SNS" => "sns",
        "STS" => "sts",
        other => other,
    }
}

/// Says that a refused connection is not worth trying again: nobody listens there, and one waits for nothing.
#[derive(Debug)]
pub(super) struct RefusedIsFinal;

impl ClassifyRetry for RefusedIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        let refused = error
            .as_connector_error()
            .and_then(|connector| classify::find::<std::io::Error>(connector))
            .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
        match refused {
            true => RetryAction::RetryForbidden,
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynalint: refused is final"
    }
}
