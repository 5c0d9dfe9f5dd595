//! What ends a run before it has anything to judge.
//!
//! No identity, no region, nobody reachable, nothing listable. Everything else is data: a gap in the snapshot. How it
//! is said is in `error`.

use std::error::Error;

use aws_config::profile::credentials::ProfileFileError;
use aws_config::profile::{ProfileFileLoadError, ProfileSet};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_types::error::ErrorMetadata;

use super::classify::{
    Cause, CredentialFault, Failure, causes, chain_text, connection_words, credential_fault, find,
    is_denied,
};
use super::endpoint;
use super::error::CollectError;
use super::listing::Listing;
use super::session::Origin;
use crate::snapshot::fact::Reason;

/// The error for a profile that is not there.
pub(super) fn no_such_profile(name: &str, profiles: &ProfileSet) -> CollectError {
    let mut known: Vec<String> = profiles.profiles().map(str::to_owned).collect();
    known.sort();
    let alike = known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), known));
    let nearest = alike.max_by(|(a, _), (b, _)| a.total_cmp(b));
    let near = nearest.filter(|(likeness, _)| *likeness > 0.75);
    CollectError::NoSuchProfile {
        name: name.to_owned(),
        near: near.map(|(_, near)| near.clone()),
        known,
    }
}

/// The error for profile files that cannot be read.
pub(super) fn unreadable_profiles(error: &ProfileFileLoadError) -> CollectError {
    let problem = match error {
        ProfileFileLoadError::ParseError { .. } => {
            format!("cannot read the AWS profiles: {}", deepest(error))
        }
        _ => "cannot read the AWS profiles: a file that is named cannot be opened".to_owned(),
    };
    CollectError::BrokenProfile { problem }
}

/// The error when no provider has credentials.
pub(super) fn no_credentials(origin: &Origin) -> CollectError {
    CollectError::NoCredentials {
        profile: origin.profile.clone(),
    }
}

/// The error for credentials that could not be had; `role_arn` is the role of the command line, when that was next.
pub(super) fn credentials(
    error: &CredentialsError,
    origin: &Origin,
    role_arn: Option<&str>,
) -> CollectError {
    let text = chain_text(error);
    let profile = find::<ProfileFileError>(error);
    if let Some(problem) = profile.and_then(|error| profile_problem(error, origin)) {
        return problem;
    }
    if is_sso(origin) && (text.contains("sso") || text.contains("unauthorized")) {
        return sso(&text, origin);
    }
    if let Some(said) = find::<ErrorMetadata>(error) {
        let code = said.code().unwrap_or_default();
        let role_arn = role_arn.or_else(|| origin.property("role_arn"));
        return match (credential_fault(code), role_arn) {
            (Some(fault), _) => refused(fault, origin, true),
            (None, Some(role_arn)) if is_denied(code) => CollectError::RoleRefused {
                role_arn: role_arn.to_owned(),
                mfa_profile: origin
                    .property("mfa_serial")
                    .map(|_| origin.profile.clone()),
            },
            (None, _) => CollectError::CredentialsFailed {
                from: from(origin),
                problem: format!("{code}: {}", said.message().unwrap_or_default()),
            },
        };
    }
    if text.contains("dispatch failure") {
        let problem = connection_words(error)
            .unwrap_or("no answer in time")
            .to_owned();
        return CollectError::CredentialsFailed {
            from: from(origin),
            problem,
        };
    }
    match error {
        CredentialsError::CredentialsNotLoaded(_) => without(origin),
        CredentialsError::ProviderTimedOut(_) => CollectError::CredentialsFailed {
            from: from(origin),
            problem: "no answer in time".to_owned(),
        },
        _ => CollectError::CredentialsFailed {
            from: from(origin),
            problem: deepest(error),
        },
    }
}

/// The innermost cause that says something.
fn deepest(error: &(dyn Error + 'static)) -> String {
    let last = causes(error).last().map(ToString::to_string);
    last.unwrap_or_default()
}

fn profile_problem(error: &ProfileFileError, origin: &Origin) -> Option<CollectError> {
    match error {
        ProfileFileError::NoProfilesDefined { .. }
        | ProfileFileError::ProfileDidNotContainCredentials { .. } => Some(without(origin)),
        ProfileFileError::MissingProfile { profile, .. } => {
            Some(match origin.profiles.get_profile(profile) {
                None => no_such_profile(profile, &origin.profiles),
                Some(_) => broken(error),
            })
        }
        ProfileFileError::CredentialLoop { .. }
        | ProfileFileError::MissingCredentialSource { .. }
        | ProfileFileError::InvalidCredentialSource { .. }
        | ProfileFileError::UnknownProvider { .. }
        | ProfileFileError::MissingSsoSession { .. }
        | ProfileFileError::InvalidSsoConfig { .. } => Some(broken(error)),
        ProfileFileError::FeatureNotEnabled { .. } => Some(CollectError::LoginSession {
            profile: origin.profile.clone(),
        }),
        _ => None,
    }
}

/// No credentials at all, or none in the one profile that was to give them.
fn without(origin: &Origin) -> CollectError {
    match origin.profile_alone {
        true => CollectError::BrokenProfile {
            problem: format!("profile \"{}\" holds no credentials", origin.profile),
        },
        false => no_credentials(origin),
    }
}

fn broken(error: &ProfileFileError) -> CollectError {
    CollectError::BrokenProfile {
        problem: error.to_string().replace('`', "\""),
    }
}

fn is_sso(origin: &Origin) -> bool {
    origin
        .property("sso_session")
        .or(origin.property("sso_start_url"))
        .is_some()
}

fn sso(text: &str, origin: &Origin) -> CollectError {
    let session = origin.property("sso_session").map(str::to_owned);
    let profile = origin.profile.clone();
    match text.contains("expired") || text.contains("unauthorized") {
        true => CollectError::SsoExpired { session, profile },
        false => CollectError::SsoMissing { session, profile },
    }
}

/// Where the credentials come from, in words.
fn from(origin: &Origin) -> String {
    match (
        &origin.role_arn,
        origin.profile_named,
        Origin::environment_key(),
    ) {
        (Some(role_arn), _, _) => format!("of role {role_arn}"),
        (None, _, true) => "in the environment".to_owned(),
        (None, true, false) => format!("of profile \"{}\"", origin.profile),
        (None, false, false) => "in use".to_owned(),
    }
}

/// What ends the run, now that AWS was asked who asks and which tables there are.
pub(super) fn verdict(
    identity: Option<&Failure>,
    listings: &[(String, Listing<String>)],
    origin: &Origin,
) -> Option<CollectError> {
    if let Some(Cause::Credentials(fault)) = identity.map(|failure| failure.cause) {
        return Some(refused(fault, origin, true));
    }
    let unread: Vec<&Failure> = listings
        .iter()
        .filter_map(|(_, listing)| listing.unread())
        .collect();
    if unread.len() < listings.len() {
        return None;
    }
    let first = unread.first()?;
    let all = |is: fn(&Failure) -> bool| unread.iter().all(|failure| is(failure));
    let regions: Vec<&str> = listings.iter().map(|(region, _)| region.as_str()).collect();
    let regions = regions.join(", ");
    if let Cause::Credentials(fault) = first.cause {
        return Some(refused(fault, origin, false));
    }
    if all(|failure| failure.cause == Cause::Unreachable) {
        return Some(unreachable(first, origin, &listings[0].0));
    }
    if all(|failure| failure.why.reason == Reason::Denied) {
        let detail = first.why.detail.clone();
        return Some(CollectError::ListingDenied { regions, detail });
    }
    if all(|failure| failure.why.reason == Reason::RegionDenied) {
        return Some(CollectError::RegionsDisabled { regions });
    }
    None
}

fn refused(fault: CredentialFault, origin: &Origin, by_sts: bool) -> CollectError {
    let from = from(origin);
    match fault {
        CredentialFault::Expired => CollectError::Expired { from },
        CredentialFault::Unknown => {
            let chosen = endpoint::dynamodb(origin).map(|chosen| chosen.by);
            let alone = chosen.filter(|by| by_sts && by == "AWS_ENDPOINT_URL_DYNAMODB");
            CollectError::UnknownKey {
                from,
                redirected_by: alone,
            }
        }
        CredentialFault::Signature => CollectError::WrongSignature { from },
    }
}

fn unreachable(failure: &Failure, origin: &Origin, region: &str) -> CollectError {
    let cause = failure.why.detail.clone();
    let cause = cause.unwrap_or_else(|| "no answer in time".to_owned());
    let chosen = endpoint::dynamodb(origin);
    match chosen {
        Some(chosen) => CollectError::Unreachable {
            url: chosen.url,
            cause,
            chosen_by: Some(chosen.by),
        },
        None => CollectError::Unreachable {
            url: format!("DynamoDB in {region}"),
            cause,
            chosen_by: None,
        },
    }
}
