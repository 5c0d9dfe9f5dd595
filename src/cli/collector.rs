//! Reading the live account, behind one trait: the command line is tested without AWS.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::args::{AwsArgs, RunArgs, TalkArgs};
use super::exit::Failure;
use super::output::Console;
use super::progress::{Progress, Shown};
#[cfg(feature = "live")]
use crate::report::doctor::State;
use crate::report::doctor::Step;
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

impl<'a> Live<'a> {
    /// What the flags say of an account with these tables, of these calls and metrics.
    pub(super) fn new(
        (aws, tables): (&'a AwsArgs, &'a [String]),
        (operations, series): (&'a BTreeSet<Operation>, &'a BTreeSet<Series>),
        run: &RunArgs,
    ) -> Live<'a> {
        Live {
            aws,
            tables,
            operations,
            series,
            metrics_window: run.metrics_window,
            timeout: run.timeout,
            concurrency: run.concurrency,
            now: run.now.unwrap_or_else(Timestamp::now),
        }
    }

    /// Reads it, and shows how far that is.
    pub(super) fn read(
        &self,
        collector: &dyn Collector,
        talk: &TalkArgs,
        console: &Console<'_>,
    ) -> Result<Snapshot, Failure> {
        let progress = Shown::fitting(console.screen, talk);
        let snapshot = collector.collect(self, &progress);
        progress.finish();
        snapshot
    }
}

/// Where live facts come from.
pub trait Collector {
    /// Reads the account.
    ///
    /// # Errors
    /// Where there is no identity, no region or no connection, or nothing can be listed.
    fn collect(&self, live: &Live<'_>, progress: &dyn Progress) -> Result<Snapshot, Failure>;

    /// Goes the same way with an example of each call.
    fn examine(&self, _live: &Live<'_>, _progress: &dyn Progress) -> Result<Examined, Failure> {
        Ok(Examined {
            steps: vec![no_step("account", &Failure::not_live())],
            snapshot: None,
        })
    }
}

/// How far the way to an account was gone.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The steps: region, credentials, identity. One that is bad is the last.
    pub steps: Vec<Step>,
    /// What the examples gave; `None` where a step was bad.
    pub snapshot: Option<Snapshot>,
}

/// A step that ended in a failure.
pub(super) fn no_step(name: &'static str, failure: &Failure) -> Step {
    Step::bad(name, failure.message(), failure.hint().unwrap_or_default())
}

/// AWS itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Aws;

impl Collector for Aws {
    #[cfg(feature = "live")]
    fn collect(&self, live: &Live<'_>, progress: &dyn Progress) -> Result<Snapshot, Failure> {
        let options = options(live)?;
        crate::collect::collect(&options, live.operations, live.now, &Steps(progress))
            .map_err(|error| Failure::new(error.message(), error.hint()))
    }

    #[cfg(feature = "live")]
    fn examine(&self, live: &Live<'_>, progress: &dyn Progress) -> Result<Examined, Failure> {
        let options = options(live)?;
        let steps = &Steps(progress);
        Ok(examined(crate::collect::examine(
            &options,
            live.operations,
            live.now,
            steps,
        )))
    }

    #[cfg(not(feature = "live"))]
    fn collect(&self, _live: &Live<'_>, _progress: &dyn Progress) -> Result<Snapshot, Failure> {
        Err(Failure::not_live())
    }
}

#[cfg(feature = "live")]
fn options(live: &Live<'_>) -> Result<crate::collect::Options, Failure> {
    use super::choice::table_globs;
    use crate::collect::{CONCURRENCY, METRICS_WINDOW, Options};
    Ok(Options {
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
    })
}

/// The steps that were gone, by how far it went.
#[cfg(feature = "live")]
fn examined(way: crate::collect::Examined) -> Examined {
    use crate::collect::CollectError;
    let region = way
        .regions
        .as_ref()
        .map(|regions| Step::good("region", regions.join(", ")));
    let credentials = way
        .credentials
        .as_ref()
        .map(|source| Step::good("credentials", source.clone()));
    let mut steps: Vec<Step> = region.into_iter().chain(credentials).collect();
    let snapshot = way.read.map_err(|error| {
        let name = match (&error, &way.regions, &way.credentials) {
            (CollectError::NoRegion { .. } | CollectError::RegionsDisabled { .. }, _, _) => {
                "region"
            }
            (_, Some(_), Some(_)) => "identity",
            (_, _, None) | (_, None, _) => "credentials",
        };
        steps.retain(|step| step.name != name);
        Step::bad(name, error.message(), error.hint())
    });
    match snapshot {
        Ok(snapshot) => {
            steps.push(identity(&snapshot));
            Examined {
                steps,
                snapshot: Some(snapshot),
            }
        }
        Err(step) => {
            steps.push(step);
            Examined {
                steps,
                snapshot: None,
            }
        }
    }
}

/// Who asks, and in which account.
#[cfg(feature = "live")]
fn identity(snapshot: &Snapshot) -> Step {
    let home = snapshot.regions.first();
    let home = home.map(|it| format!("account {}, partition {}", it.account, it.partition));
    let home = home.unwrap_or_default();
    match snapshot.caller_arn.as_ref() {
        Ok(Some(arn)) => Step::good("identity", format!("{arn}, {home}")),
        Ok(None) => Step::good("identity", home),
        Err(why) => Step {
            name: "identity",
            state: State::Open,
            said: format!("AWS does not say who asks: {why}; by the tables, {home}"),
            next: None,
        },
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
