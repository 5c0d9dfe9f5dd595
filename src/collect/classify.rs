//! What went wrong with a call, in our words: the one place that reads errors of the AWS SDK.
//!
//! Walks the source chain to typed causes; text comes last. Decides nothing about the run.

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::wire::{Refused, is_nobodys_name};
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;

/// The longest detail that is kept, in characters.
const DETAIL_CHARS: usize = 160;

/// A call that gave nothing.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// The reason, as the snapshot keeps it.
    pub(super) why: Why,
    /// What the rest of the run makes of it.
    pub(super) cause: Cause,
}

/// What a failure means for the rest of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// AWS says that there is no such thing.
    NotFound,
    /// AWS says that the thing has no policy.
    NoPolicy,
    /// AWS says that things of this kind have no such property.
    Unsupported,
    /// AWS does not accept the credentials, whatever they may do.
    Credentials(CredentialFault),
    /// Nobody was reached.
    Unreachable,
    /// Nothing beyond its reason.
    Plain,
}

/// Why AWS does not accept credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CredentialFault {
    /// They have expired.
    Expired,
    /// AWS does not know the key.
    Unknown,
    /// The signature does not match: a wrong secret, or a clock that is off.
    Signature,
}

impl CredentialFault {
    const fn words(self) -> &'static str {
        match self {
            CredentialFault::Expired => "the credentials expired",
            CredentialFault::Unknown => "AWS does not know the access key",
            CredentialFault::Signature => {
                "AWS does not accept the signature: wrong secret key or wrong clock"
            }
        }
    }
}

impl Failure {
    /// A failure that is nothing beyond its reason.
    pub(super) fn new(operation: Operation, reason: Reason, detail: impl Into<String>) -> Failure {
        Failure {
            why: why(operation, reason, detail),
            cause: Cause::Plain,
        }
    }

    /// An answer that lacks what AWS always gives.
    pub(super) fn malformed(operation: Operation, detail: impl Into<String>) -> Failure {
        Failure::new(operation, Reason::Malformed, detail)
    }
}

/// A reason with the call that met it and a short detail.
pub(super) fn why(operation: Operation, reason: Reason, detail: impl Into<String>) -> Why {
    let detail: String = detail.into();
    Why {
        reason,
        operation: Some(operation),
        detail: (!detail.is_empty()).then(|| shortened(&detail)),
    }
}

/// What went wrong with a call.
pub(super) fn classify<E>(operation: Operation, error: &SdkError<E, HttpResponse>) -> Failure
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::TimeoutError(_) => Failure::new(operation, Reason::TimedOut, ""),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) => unreached(operation, connector),
            None => unsent(operation, error),
        },
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            Failure::malformed(operation, format!("HTTP {status}, but half an answer"))
        }
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            match service.err().code() {
                Some(code) => said(operation, status, code, service.err().message()),
                None => Failure::malformed(operation, unsaid(status)),
            }
        }
        SdkError::ConstructionFailure(_) => unsent(operation, error),
        _ => Failure::new(operation, Reason::Failed, "an unknown kind of error"),
    }
}

fn unsaid(status: u16) -> String {
    match status {
        200..300 => format!("HTTP {status}, but no answer of AWS"),
        _ => format!("HTTP {status} without an AWS error code: a proxy's page?"),
    }
}

/// The first cause of a type in the chain of an error.
pub(super) fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    causes(error).find_map(|error| error.downcast_ref::<T>())
}

/// An error and the chain of its causes.
pub(super) fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'e (dyn Error + 'static)| {
        (*error).source()
    })
}

/// The texts of all causes in the chain of an error, in lower case.
pub(super) fn chain_text(error: &(dyn Error + 'static)) -> String {
    let texts: Vec<String> = causes(error).map(ToString::to_string).collect();
    texts.join(": ").to_lowercase()
}

/// Why nobody could be reached, in words; `None` when it took too long.
pub(super) fn connection_words(error: &(dyn Error + 'static)) -> Option<&'static str> {
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => return Some("connection refused"),
        Some(io::ErrorKind::ConnectionReset) => return Some("connection reset"),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            return Some("no route to it");
        }
        Some(io::ErrorKind::TimedOut) => return None,
        _ => {}
    }
    let text = chain_text(error);
    let known = [
        ("dns error", "no such host"),
        ("lookup address", "no such host"),
        ("certificate", "its certificate is not trusted"),
        ("tls", "no TLS connection"),
        ("proxy", "the proxy refused"),
    ];
    let words = known.iter().find(|(sign, _)| text.contains(sign));
    Some(words.map_or("the connection broke", |(_, words)| words))
}

fn unreached(operation: Operation, connector: &ConnectorError) -> Failure {
    let words = match connector.is_timeout() {
        true => None,
        false => connection_words(connector),
    };
    let Some(words) = words else {
        return Failure {
            why: why(operation, Reason::TimedOut, "no connection in time"),
            cause: Cause::Unreachable,
        };
    };
    // A service that a region lacks has no address there. Every region has these two.
    let is_everywhere = matches!(operation.service(), "dynamodb" | "sts");
    let reason = match is_nobodys_name(connector) && !is_everywhere {
        true => Reason::NotOffered,
        false => Reason::Failed,
    };
    Failure {
        why: why(operation, reason, words),
        cause: Cause::Unreachable,
    }
}

/// A request that never left: no credentials any more, or not ours to make.
fn unsent(operation: Operation, error: &(dyn Error + 'static)) -> Failure {
    if let Some(refused) = find::<Refused>(error) {
        return Failure::new(operation, Reason::Failed, refused.to_string());
    }
    if find::<CredentialsError>(error).is_some() {
        let detail = "the credentials could not be renewed";
        return Failure::new(operation, Reason::Failed, detail);
    }
    if chain_text(error).contains("timed out") {
        return Failure::new(operation, Reason::TimedOut, "");
    }
    Failure::new(
        operation,
        Reason::Failed,
        "the request could not be made up",
    )
}

/// What an error code of AWS says.
fn said(operation: Operation, status: u16, code: &str, message: Option<&str>) -> Failure {
    let message = message.unwrap_or_default();
    let plain = |reason, detail: &str| Failure::new(operation, reason, detail);
    if is_denied(code) {
        return plain(Reason::Denied, policy_kind(message).unwrap_or_default());
    }
    if is_throttled(code) {
        return plain(Reason::Throttled, "");
    }
    if let Some(fault) = credential_fault(code) {
        return Failure {
            why: why(operation, Reason::Failed, fault.words()),
            cause: Cause::Credentials(fault),
        };
    }
    match code {
        "ResourceNotFoundException"
        | "TableNotFoundException"
        | "DashboardNotFoundError"
        | "NotFound"
        | "NotFoundException" => Failure {
            why: why(operation, Reason::Failed, "AWS says there is no such thing"),
            cause: Cause::NotFound,
        },
        // SQS says the same of a queue of others that we may not see; then it adds "or you do not have access to it".
        "QueueDoesNotExist" | "AWS.SimpleQueueService.NonExistentQueue" => {
            let may_hide = message.contains("access");
            let detail = match may_hide {
                true => "there is no such queue, or no access to it",
                false => "AWS says there is no such thing",
            };
            let cause = if may_hide {
                Cause::Plain
            } else {
                Cause::NotFound
            };
            Failure {
                why: why(operation, Reason::Failed, detail),
                cause,
            }
        }
        "PolicyNotFoundException" => Failure {
            why: why(operation, Reason::Failed, "AWS says there is no policy"),
            cause: Cause::NoPolicy,
        },
        "UnsupportedOperationException" => Failure {
            why: why(operation, Reason::Failed, "AWS does not offer it for this"),
            cause: Cause::Unsupported,
        },
        "RequestTimeout" | "RequestTimeoutException" => plain(Reason::TimedOut, ""),
        "OptInRequired" | "SubscriptionRequiredException" | "RegionDisabledException" => {
            plain(Reason::RegionDenied, "")
        }
        "UnknownOperationException" | "InvalidAction" | "UnsupportedOperation" => {
            plain(Reason::NotOffered, "the endpoint does not know this call")
        }
        _ if status >= 500 => plain(Reason::Failed, &format!("HTTP {status} {code}")),
        _ => plain(Reason::Failed, &format!("{code}: {message}")),
    }
}

/// Whether a code says that a policy does not allow the call.
pub(super) fn is_denied(code: &str) -> bool {
    const DENIED: [&str; 4] = [
        "AccessDenied",
        "AuthorizationError",
        "Unauthorized",
        "NotAuthorized",
    ];
    DENIED.iter().any(|sign| code.contains(sign))
}

fn is_throttled(code: &str) -> bool {
    const THROTTLED: [&str; 6] = [
        "Throttl",
        "TooManyRequests",
        "RequestLimitExceeded",
        "SlowDown",
        "ProvisionedThroughputExceeded",
        "BandwidthLimitExceeded",
    ];
    THROTTLED.iter().any(|sign| code.contains(sign))
}

/// Whether a code says that the credentials are no good, and how.
pub(super) fn credential_fault(code: &str) -> Option<CredentialFault> {
    match code {
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired" => {
            Some(CredentialFault::Expired)
        }
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => Some(CredentialFault::Unknown),
        "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "RequestTimeTooSkewed" => Some(CredentialFault::Signature),
        _ => None,
    }
}

/// Which kind of policy refused, where AWS says so: "… with an explicit deny in a service control policy",
/// "… because no identity-based policy allows the … action" (IAM guide, "Troubleshoot access denied error messages").
fn policy_kind(message: &str) -> Option<&str> {
    if let Some((_, kind)) = message.split_once("with an ") {
        let end = kind.find("policy").map(|at| at + "policy".len());
        let end = end.or_else(|| kind.find("boundary").map(|at| at + "boundary".len()));
        return kind.get(..end?);
    }
    let (_, kind) = message.split_once("because ")?;
    let end = kind.find(" allows").map(|at| at + " allows".len());
    kind.get(..end?)
}

/// The first characters, without what names the request: "(Service: …; Request ID: …)".
fn shortened(text: &str) -> String {
    let text = text.split(" (Service:").next().unwrap_or(text);
    let text = text.split(", request id").next().unwrap_or(text).trim();
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(DETAIL_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, code: &str, message: &str, reason: Reason, detail: Option<&str>) {
        let failure = said(Operation::DescribeTable, status, code, Some(message));
        assert_eq!(failure.why.reason, reason, "{code}");
        assert_eq!(failure.why.detail.as_deref(), detail, "{code}");
    }

    #[test]
    fn a_denial_names_the_kind_of_policy() {
        let user = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: dynamodb:DescribeTable on resource: arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
        for (tail, kind) in [
            (
                "with an explicit deny in a service control policy",
                "explicit deny in a service control policy",
            ),
            (
                "with an explicit deny in a permissions boundary",
                "explicit deny in a permissions boundary",
            ),
            (
                "with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/x",
                "explicit deny in an identity-based policy",
            ),
            (
                "because no identity-based policy allows the dynamodb:DescribeTable action",
                "no identity-based policy allows",
            ),
            (
                "because no session policy allows the dynamodb:DescribeTable action",
                "no session policy allows",
            ),
        ] {
            let message = format!("{user} {tail}");
            check(
                400,
                "AccessDeniedException",
                &message,
                Reason::Denied,
                Some(kind),
            );
        }
        check(403, "AccessDenied", user, Reason::Denied, None);
        check(403, "AuthorizationError", "", Reason::Denied, None);
        check(403, "UnauthorizedOperation", "", Reason::Denied, None);
    }

    #[test]
    fn codes_give_reasons() {
        check(400, "ThrottlingException", "Rate", Reason::Throttled, None);
        check(400, "Throttling", "Rate", Reason::Throttled, None);
        check(400, "RequestLimitExceeded", "Rate", Reason::Throttled, None);
        let detail = Some("HTTP 500 InternalServerError");
        check(500, "InternalServerError", "text", Reason::Failed, detail);
        let detail = Some("the credentials expired");
        check(400, "ExpiredTokenException", "x", Reason::Failed, detail);
        check(403, "OptInRequired", "x", Reason::RegionDenied, None);
    }

    #[test]
    fn a_queue_is_only_absent_where_sqs_does_not_say_that_it_may_be_hidden() {
        let cause = |code, message| said(Operation::GetQueueUrl, 400, code, Some(message)).cause;
        let none = "The specified queue does not exist.";
        let hidden = "The specified queue does not exist or you do not have access to it.";
        for code in [
            "QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
        ] {
            assert_eq!(cause(code, none), Cause::NotFound, "{code}");
            assert_eq!(cause(code, hidden), Cause::Plain, "{code}");
        }
    }

    #[test]
    fn a_service_without_an_address_in_the_region_is_not_offered_there() {
        let unknown = || ConnectorError::io("dns error: Name or service not known".into());
        let reason = |operation| unreached(operation, &unknown()).why.reason;
        assert_eq!(
            reason(Operation::ListEventSourceMappings),
            Reason::NotOffered
        );
        assert_eq!(reason(Operation::ListTables), Reason::Failed);
        let passing = ConnectorError::io("dns error: Temporary failure in name resolution".into());
        let failure = unreached(Operation::ListEventSourceMappings, &passing);
        assert_eq!(failure.why.reason, Reason::Failed);
    }

    #[test]
    fn details_hold_no_request_ids() {
        let message = "bad (Service: DynamoDb, Status Code: 400, Request ID: ABC)";
        let detail = Some("ValidationException: bad");
        check(400, "ValidationException", message, Reason::Failed, detail);
    }
}
