//! Reading the live account, behind one trait: the command line is tested without AWS.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::args::AwsArgs;
use super::exit::Failure;
use super::progress::Progress;
use crate::snapshot::Snapshot;
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;

/// What is to be read, and how.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// Which account.
    pub aws: &'a AwsArgs,
    /// Only tables whose whole name matches; all where there is none.
    pub tables: &'a [String],
    /// The calls that may be made.
    pub operations: &'a BTreeSet<Operation>,
    /// What is read of CloudWatch.
    pub series: &'a BTreeSet<Series>,
    /// How far back CloudWatch is read, where the user said so.
    pub metrics_window: Option<Duration>,
    /// Time for the whole run.
    pub timeout: Option<Duration>,
    /// Calls at a time to one service in one region.
    pub concurrency: Option<u16>,
    /// The time of the snapshot.
    pub now: Timestamp,
}

/// Where live facts come from.
pub trait Collector {
    /// Reads the account.
    ///
    /// # Errors
    /// Where there is no identity, no region or no connection, or nothing can be listed.
    fn collect(&self, live: &Live<'_>, progress: &dyn Progress) -> Result<Snapshot, Failure>;
}

/// AWS itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aws;

impl Collector for Aws {
    #[cfg(feature = "live")]
    fn collect(&self, live: &Live<'_>, progress: &dyn Progress) -> Result<Snapshot, Failure> {
        use super::choice::table_globs;
        use crate::collect::{self, CONCURRENCY, METRICS_WINDOW, Options};
        let options = Options {
            profile: live.aws.profile.clone(),
            regions: live.aws.region.clone(),
            role_arn: live.aws.role_arn.clone(),
            external_id: live.aws.external_id.clone(),
            endpoint_url: live.aws.endpoint_url.clone(),
            tables: table_globs(live.tables)?,
            timeout: live.timeout,
            concurrency: live.concurrency.map_or(CONCURRENCY, usize::from),
            rate_limit: None,
            series: live.series.clone(),
            metrics_window: live.metrics_window.unwrap_or(METRICS_WINDOW),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        collect::collect(&options, live.operations, live.now, &Steps(progress))
            .map_err(|error| Failure::new(error.message(), error.hint()))
    }

    #[cfg(not(feature = "live"))]
    fn collect(&self, _live: &Live<'_>, _progress: &dyn Progress) -> Result<Snapshot, Failure> {
        Err(Failure::not_live())
    }
}

#[cfg(feature = "live")]
struct Steps<'a>(&'a dyn Progress);

#[cfg(feature = "live")]
impl crate::collect::Progress for Steps<'_> {
    fn step(&self, done: usize, total: usize, what: &str) {
        self.0.step(done, total, what);
    }
}
