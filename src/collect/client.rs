//! The AWS clients of one region, all made in one place, so that each is counted, bounded and retried alike.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_types::region::Region;

use super::signed::Signed;
use super::wire::{NobodyThere, Tally};

/// Tries of a call, unless the user's configuration says otherwise.
pub(super) const ATTEMPTS: u32 = 8;
/// Tries of GetCallerIdentity: what it tells is known from elsewhere too, so nobody waits long for it.
const IDENTITY_ATTEMPTS: u32 = 3;
/// The first pause between tries; each further one is up to twice as long.
pub(super) const FIRST_BACKOFF: Duration = Duration::from_millis(100);
/// The longest pause between tries.
pub(super) const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// How patient a set of clients is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// All tries.
    Full,
    /// One try, for operations that have failed too often in a row.
    Once,
}

/// The clients of one region.
#[derive(Clone)]
pub(super) struct Clients {
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) tagging: aws_sdk_resourcegroupstagging::Client,
    pub(super) cloudwatch: aws_sdk_cloudwatch::Client,
    pub(super) autoscaling: aws_sdk_applicationautoscaling::Client,
    pub(super) sns: aws_sdk_sns::Client,
    pub(super) kms: aws_sdk_kms::Client,
    pub(super) backup: aws_sdk_backup::Client,
    /// Services without an SDK crate of their own here.
    pub(super) signed: Signed,
    pub(super) iam: aws_sdk_iam::Client,
}

/// A client whose retries cost no tokens: the SDK's bucket of 500 is shared by all calls to a service and region, so
/// one throttled operation would take the retries of all others. What bounds a storm instead is in `call`.
macro_rules! client {
    ($sdk:ident, $config:expr, $tally:expr, $attempts:expr) => {{
        let retry = $config.retry_config().cloned();
        let retry = retry.unwrap_or_else($sdk::config::retry::RetryConfig::standard);
        let region = $config.region().map_or("", |region| region.as_ref());
        let partition = format!("dynalint-{}-{region}", stringify!($sdk));
        let partition = $sdk::config::retry::RetryPartition::custom(partition)
            .token_bucket($sdk::config::retry::TokenBucket::unlimited())
            .build();
        let attempts = retry.max_attempts().min($attempts);
        let built = $sdk::config::Builder::from($config)
            .retry_config(retry.with_max_attempts(attempts))
            .retry_partition(partition)
            .retry_classifier(NobodyThere)
            .interceptor($tally.clone())
            .build();
        $sdk::Client::from_conf(built)
    }};
}

impl Clients {
    /// The clients of a region.
    pub(super) fn new(
        base: &SdkConfig,
        region: &str,
        patience: Patience,
        tally: &Tally,
    ) -> Clients {
        let region = Region::new(region.to_owned());
        let config = &base.to_builder().region(region).build();
        let most = match patience {
            Patience::Full => u32::MAX,
            Patience::Once => 1,
        };
        Clients {
            sts: client!(aws_sdk_sts, config, tally, most.min(IDENTITY_ATTEMPTS)),
            dynamodb: client!(aws_sdk_dynamodb, config, tally, most),
            tagging: client!(aws_sdk_resourcegroupstagging, config, tally, most),
            cloudwatch: client!(aws_sdk_cloudwatch, config, tally, most),
            autoscaling: client!(aws_sdk_applicationautoscaling, config, tally, most),
            sns: client!(aws_sdk_sns, config, tally, most),
            kms: client!(aws_sdk_kms, config, tally, most),
            backup: client!(aws_sdk_backup, config, tally, most),
            signed: Signed::new(config, most, tally),
            iam: client!(aws_sdk_iam, config, tally, most),
        }
    }
}
