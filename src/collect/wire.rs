//! What goes on the wire: every request is counted, and none leaves that the table of operations does not name.
//!
//! An interceptor of the SDK, attached to every client, so no call can go round it. Calls that the SDK makes for
//! itself to get credentials (AssumeRole, SSO) use clients of its own and are not counted.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
    InterceptorContext,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::result::ConnectorError;
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

    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
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
fn prefix(service: &str) -> String {
    match service {
        "Application Auto Scaling" => "application-autoscaling".to_owned(),
        "Resource Groups Tagging API" => "tag".to_owned(),
        other => other.to_ascii_lowercase(),
    }
}

/// Says that a refused connection and a name without a host are not worth trying again: one waits for nothing.
#[derive(Debug)]
pub(super) struct NobodyThere;

impl ClassifyRetry for NobodyThere {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        match error.as_connector_error().is_some_and(is_final) {
            true => RetryAction::RetryForbidden,
            false => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynalint: nobody there"
    }
}

/// The resolver's words for a name that has no host (EAI_NONAME of glibc and of macOS). A resolver in temporary
/// trouble says something else.
const NO_SUCH_NAME: [&str; 2] = ["name or service not known", "nodename nor servname"];

fn is_final(connector: &ConnectorError) -> bool {
    let refused = classify::find::<io::Error>(connector)
        .is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    refused || is_nobodys_name(connector)
}

/// Whether the address is the name of no host.
pub(super) fn is_nobodys_name(connector: &ConnectorError) -> bool {
    let text = classify::chain_text(connector);
    NO_SUCH_NAME.iter().any(|words| text.contains(words))
}

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, SdkConfig};
    use aws_types::region::Region;

    use super::*;
    use crate::collect::client::{Clients, Patience};

    #[test]
    fn a_call_that_the_table_does_not_name_is_refused_before_it_is_sent() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let base = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .endpoint_url("http://127.0.0.1:9")
            .build();
        let tally = Tally::default();
        let clients = Clients::new(&base, "eu-west-1", Patience::Full, &tally);
        let scan = clients.dynamodb.scan().table_name("orders").send();
        let error = runtime.block_on(scan).expect_err("refused");
        let refused = classify::find::<Refused>(&error).expect("by us");
        assert_eq!(refused.0, "dynamodb:Scan");
        assert!(tally.calls().is_empty());
    }

    #[test]
    fn every_service_of_the_table_has_a_client_that_goes_by_its_prefix() {
        let known = [
            "Application Auto Scaling",
            "Backup",
            "CloudTrail",
            "CloudWatch",
            "DAX",
            "DynamoDB",
            "EC2",
            "IAM",
            "KMS",
            "Lambda",
            "Resource Groups Tagging API",
            "SNS",
            "SQS",
            "STS",
        ];
        for operation in Operation::ALL {
            let named = known.iter().any(|name| prefix(name) == operation.service());
            assert!(named, "{operation}");
        }
    }
}
