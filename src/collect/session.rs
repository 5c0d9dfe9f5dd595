//! From options, environment and profile to one configuration that every client is made of.
//!
//! Credentials are resolved here once, so that what is wrong with them is told before anything is asked.

use std::env;
use std::time::Duration;

use aws_config::profile::{ProfileFileCredentialsProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::region::Region;

use super::Options;
use super::client::{ATTEMPTS, FIRST_BACKOFF, LONGEST_BACKOFF};
use super::endpoint;
use super::error::CollectError;
use super::preflight;

/// The longest one try may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest all tries of a call may take.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);
/// The name that CloudTrail shows for a role we assumed.
const ROLE_SESSION: &str = "dynalint";

/// What a run works with.
pub(super) struct Session {
    /// The configuration of all clients, but for the region.
    pub(super) base: SdkConfig,
    /// The regions, sorted, each once.
    pub(super) regions: Vec<String>,
    /// What we know of where settings come from.
    pub(super) origin: Origin,
}

/// Where settings come from, for messages.
pub(super) struct Origin {
    /// The endpoint of the command line.
    pub(super) endpoint_url: Option<String>,
    /// The endpoint that environment or profile choose for DynamoDB alone.
    pub(super) dynamodb_url: Option<String>,
    /// The profiles of the user.
    pub(super) profiles: ProfileSet,
    /// The name of the profile in use.
    pub(super) profile: String,
    /// Whether the profile was named, and not just the default.
    pub(super) profile_named: bool,
    /// Whether only that profile may give credentials: the command line names it.
    pub(super) profile_alone: bool,
    /// The role of the command line.
    pub(super) role_arn: Option<String>,
}

impl Origin {
    /// A property of the profile in use.
    pub(super) fn property(&self, key: &str) -> Option<&str> {
        let profile = self.profiles.get_profile(&self.profile)?;
        profile.get(key)
    }

    /// Whether the environment holds an access key.
    pub(super) fn environment_key() -> bool {
        variable("AWS_ACCESS_KEY_ID").is_some()
    }
}

/// A variable of the environment that is set and not empty.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Makes everything ready to ask AWS.
///
/// # Errors
/// Where there is no region, no such profile, or there are no credentials.
pub(super) async fn open(options: &Options) -> Result<Session, CollectError> {
    with_credentials(settle(options).await?, options).await
}

/// Finds out profile and regions. Whether there are credentials is not looked at yet.
///
/// # Errors
/// Where there is no region or no such profile.
pub(super) async fn settle(options: &Options) -> Result<Session, CollectError> {
    let mut origin = origin(options).await?;
    check_profile(&origin, options)?;
    let base = loader(options).load().await;
    origin.dynamodb_url = endpoint::of_service_alone(&base, "DynamoDB");
    let regions = regions(options, &base, &origin)?;
    let home = Region::new(regions[0].clone());
    let retry = retry_config(&base, &origin);
    let base = base.into_builder().region(home).retry_config(retry).build();
    Ok(Session {
        base: with_profile_credentials(base, options),
        regions,
        origin,
    })
}

/// The same session, with the role of the command line taken on.
///
/// # Errors
/// Where there are no credentials.
pub(super) async fn with_credentials(
    session: Session,
    options: &Options,
) -> Result<Session, CollectError> {
    check_credentials(&session.base, &session.origin, None).await?;
    let base = with_role(session.base, options).await;
    if let Some(role_arn) = &options.role_arn {
        check_credentials(&base, &session.origin, Some(role_arn)).await?;
    }
    Ok(Session { base, ..session })
}

async fn origin(options: &Options) -> Result<Origin, CollectError> {
    let named = options.profile.clone().or_else(|| variable("AWS_PROFILE"));
    #[expect(
        deprecated,
        reason = "the crate of its successor is not ours to depend on for one name"
    )]
    let files = aws_config::profile::profile_file::ProfileFiles::default();
    let (files_of, variables) = (Fs::real(), Env::real());
    let profile = named.clone().map(Into::into);
    let loaded = aws_config::profile::load(&files_of, &variables, &files, profile).await;
    let profiles = loaded.map_err(|error| preflight::unreadable_profiles(&error))?;
    Ok(Origin {
        endpoint_url: options.endpoint_url.clone(),
        profile: named.clone().unwrap_or_else(|| "default".to_owned()),
        profile_named: named.is_some(),
        profile_alone: options.profile.is_some(),
        profiles,
        dynamodb_url: None,
        role_arn: options.role_arn.clone(),
    })
}

/// A profile that was named must be there, unless the environment's key comes first anyway.
fn check_profile(origin: &Origin, options: &Options) -> Result<(), CollectError> {
    let needed = options.profile.is_some() || !Origin::environment_key();
    let there = origin.profiles.get_profile(&origin.profile).is_some();
    if origin.profile_named && needed && !there {
        return Err(preflight::no_such_profile(
            &origin.profile,
            &origin.profiles,
        ));
    }
    Ok(())
}

fn loader(options: &Options) -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(region) = options.regions.first() {
        loader = loader.region(Region::new(region.clone()));
    }
    loader
}

fn regions(
    options: &Options,
    base: &SdkConfig,
    origin: &Origin,
) -> Result<Vec<String>, CollectError> {
    let mut regions = options.regions.clone();
    if regions.is_empty() {
        regions.extend(base.region().map(|region| region.as_ref().to_owned()));
    }
    regions.sort();
    regions.dedup();
    match regions.is_empty() {
        true => Err(CollectError::NoRegion {
            profile: origin.profile.clone(),
        }),
        false => Ok(regions),
    }
}

/// The user's number of tries where one is set, ours otherwise; the SDK does not tell its default from a choice.
fn retry_config(base: &SdkConfig, origin: &Origin) -> RetryConfig {
    let retry = base.retry_config().cloned();
    let retry = retry.unwrap_or_else(RetryConfig::standard);
    let chosen =
        variable("AWS_MAX_ATTEMPTS").is_some() || origin.property("max_attempts").is_some();
    let attempts = match chosen {
        true => retry.max_attempts(),
        false => ATTEMPTS,
    };
    retry
        .with_max_attempts(attempts)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF)
}

/// `--profile` means that profile's credentials, as in the AWS CLI; the SDK alone would let keys in the environment win.
fn with_profile_credentials(base: SdkConfig, options: &Options) -> SdkConfig {
    let Some(profile) = &options.profile else {
        return base;
    };
    let config = ProviderConfig::without_region().with_region(base.region().cloned());
    let provider = ProfileFileCredentialsProvider::builder()
        .configure(&config)
        .profile_name(profile)
        .build();
    let provider = SharedCredentialsProvider::new(provider);
    base.into_builder().credentials_provider(provider).build()
}

async fn with_role(base: SdkConfig, options: &Options) -> SdkConfig {
    let Some(role_arn) = &options.role_arn else {
        return base;
    };
    let mut role = AssumeRoleProvider::builder(role_arn)
        .session_name(ROLE_SESSION)
        .configure(&base);
    if let Some(external_id) = &options.external_id {
        role = role.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(role.build().await);
    base.into_builder().credentials_provider(provider).build()
}

async fn check_credentials(
    base: &SdkConfig,
    origin: &Origin,
    role_arn: Option<&str>,
) -> Result<(), CollectError> {
    let Some(provider) = base.credentials_provider() else {
        return Err(preflight::no_credentials(origin));
    };
    match provider.provide_credentials().await {
        Ok(_) => Ok(()),
        Err(error) => Err(preflight::credentials(&error, origin, role_arn)),
    }
}
