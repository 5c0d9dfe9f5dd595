//! Reads live AWS accounts into a [`Snapshot`]. Needs the feature `live`.
//!
//! One file per AWS service; here is the run as a whole: who asks, which tables there are, then everything about each
//! region side by side. One call's failure is data: an unknown fact and a [`Gap`]. Only no identity, no region, nobody
//! reachable and nothing listable end a run, as a [`CollectError`]. Nothing is written anywhere, nothing is printed, no
//! item of a table is read: every call is in [`Operation::ALL`], and one that is not is refused on its way out.

mod autoscaling;
mod backup;
mod call;
mod classify;
mod client;
mod cloudtrail;
mod cloudwatch;
mod dashboard;
mod doctor;
mod dynamodb;
mod endpoint;
mod error;
mod iam;
mod identity;
mod kms;
mod lambda;
mod lane;
mod listing;
mod meter;
mod metrics;
mod network;
mod preflight;
mod protocol;
mod region;
mod session;
mod shape;
mod signed;
mod sns;
mod sqs;
mod stream;
mod tagging;
mod wire;
mod xml;

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use globset::GlobSet;
use jiff::Timestamp;
use tokio::time::Instant;

use self::call::{Bounds, Caller, Reach};
use self::classify::Failure;
use self::client::{Clients, Patience};
pub use self::doctor::{Examined, examine};
pub use self::error::CollectError;
use self::identity::Identity;
use self::listing::Listing;
use self::meter::Meter;
use self::metrics::Wanted;
use self::session::Session;
use self::wire::Tally;
use crate::snapshot::fact::Fact;
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;
use crate::snapshot::{Gap, Region, Snapshot, Source, VERSION};

/// Calls in flight to one service in one region, unless the user says otherwise.
pub const CONCURRENCY: usize = 16;
/// How far back CloudWatch is read, unless the user says otherwise: two weeks show each day of the week twice.
pub const METRICS_WINDOW: Duration = Duration::from_secs(14 * 86_400);
/// What stands for an account that nothing told.
const UNKNOWN_ACCOUNT: &str = "unknown";
/// Threads for the network; the work between is small.
const THREADS: usize = 2;

/// What to read, and as whom.
#[derive(Clone, Debug)]
pub struct Options {
    /// Profile; its credentials win over those in the environment. `None` is what the environment says.
    pub profile: Option<String>,
    /// Regions; empty is the one of environment or profile.
    pub regions: Vec<String>,
    /// ARN of a role to assume before anything is read.
    pub role_arn: Option<String>,
    /// External id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Endpoint of all services: an emulator, a sandbox.
    pub endpoint_url: Option<String>,
    /// Tables to describe; `None` is all.
    pub tables: Option<GlobSet>,
    /// Time for the whole run; what is not read by then is unknown. `None` is no limit.
    pub timeout: Option<Duration>,
    /// Calls in flight to one service in one region; see [`CONCURRENCY`].
    pub concurrency: usize,
    /// Whether to keep to the rates of the table of operations; `None` is yes, unless an endpoint was chosen.
    pub rate_limit: Option<bool>,
    /// What is read of CloudWatch; see [`Series`].
    pub series: BTreeSet<Series>,
    /// How far back CloudWatch is read: an hour to 63 days.
    pub metrics_window: Duration,
    /// Version of the program, for the snapshot.
    pub tool_version: String,
}

/// Someone who shows how far a run is.
pub trait Progress: Sync {
    /// `done` of `total` calls have ended, the last of them `what` (`dynamodb:DescribeTable`). The total grows as
    /// tables and pages become known.
    fn step(&self, done: usize, total: usize, what: &str);
}

/// Reads what `needs` names, and what must be known before: see [`Operation::run`]. `now` is stamped on the snapshot.
///
/// # Errors
/// Where there is nothing to read with, nobody to ask, or no table may be listed.
pub fn collect(
    options: &Options,
    needs: &BTreeSet<Operation>,
    now: Timestamp,
    progress: &dyn Progress,
) -> Result<Snapshot, CollectError> {
    on_network(async {
        let asked = Asked::new(options, needs, now, progress, Reach::Everything);
        read(&session::open(options).await?, &asked).await
    })?
}

/// Runs it to its end on threads of its own.
fn on_network<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    Ok(done)
}

/// What is asked for.
struct Asked<'a> {
    options: &'a Options,
    needs: &'a BTreeSet<Operation>,
    now: Timestamp,
    progress: &'a dyn Progress,
    reach: Reach,
    deadline: Option<Instant>,
}

impl<'a> Asked<'a> {
    /// Its time begins to run.
    fn new(
        options: &'a Options,
        needs: &'a BTreeSet<Operation>,
        now: Timestamp,
        progress: &'a dyn Progress,
        reach: Reach,
    ) -> Asked<'a> {
        Asked {
            options,
            needs,
            now,
            progress,
            reach,
            deadline: options.timeout.map(|timeout| Instant::now() + timeout),
        }
    }
}

/// Reads with a session whose credentials are there.
async fn read(session: &Session, asked: &Asked<'_>) -> Result<Snapshot, CollectError> {
    let (options, now) = (asked.options, asked.now);
    let tally = Tally::default();
    let meter = Meter::new(asked.progress);
    let bounds = bounds(asked, session);
    let of_region = |region: &String| Caller::new(&session.base, region, bounds, &tally, &meter);
    let callers: Vec<Caller<'_>> = session.regions.iter().map(of_region).collect();
    let global = of_region(&session.regions[0]);

    let (identity, listings) = tokio::join!(
        identity::identity(&callers[0]),
        join_all(callers.iter().map(listed)),
    );
    let verdict = preflight::verdict(identity.as_ref().err(), &listings, &session.origin);
    if let Some(error) = verdict.filter(|error| ends(error, asked.reach)) {
        return Err(error);
    }
    let caller_arn = caller_arn(&callers[0], &identity);

    let run = Operation::run(asked.needs);
    let clients_of = |region: &str| Clients::new(&session.base, region, Patience::Full, &tally);
    let metrics = Wanted::new(options.series.clone(), now, options.metrics_window);
    let wanted = region::Wanted {
        run: &run,
        tables: options.tables.as_ref(),
        metrics: &metrics,
    };
    let read = callers
        .iter()
        .zip(listings)
        .map(|(caller, (_, names))| region::read(caller, names, wanted, &clients_of));
    let dashboards = async {
        match run.contains(&Operation::ListDashboards) {
            true => {
                dashboard::dashboards(&callers[0], run.contains(&Operation::GetDashboard)).await
            }
            false => Fact::not_requested(),
        }
    };
    let (mut regions, mut iam, dashboards) =
        tokio::join!(join_all(read), iam::read(&global, &run), dashboards);
    for region in &mut regions {
        region.dashboards = dashboard::of_region(&dashboards, &region.region);
    }
    stamp(&mut regions, identity.ok().as_ref());
    for each in &mut iam {
        each.account.clone_from(&regions[0].account);
        each.partition.clone_from(&regions[0].partition);
    }
    Ok(Snapshot {
        version: VERSION,
        tool_version: options.tool_version.clone(),
        source: Source::Live,
        caller_arn,
        collected_at: now,
        calls: tally.calls(),
        gaps: gaps(&callers, &global, &regions),
        iam,
        regions,
    })
}

/// Whoever tries what may be called wants to hear of all that is denied, not of the first alone.
fn ends(error: &CollectError, reach: Reach) -> bool {
    reach == Reach::Everything || !matches!(error, CollectError::ListingDenied { .. })
}

fn bounds(asked: &Asked<'_>, session: &Session) -> Bounds {
    let endpoint = endpoint::dynamodb(&session.origin);
    Bounds {
        concurrency: asked.options.concurrency.max(1),
        paced: asked.options.rate_limit.unwrap_or(endpoint.is_none()),
        deadline: asked.deadline,
        reach: asked.reach,
    }
}

async fn listed(caller: &Caller<'_>) -> (String, Listing<String>) {
    (caller.region.clone(), dynamodb::tables(caller).await)
}

fn caller_arn(caller: &Caller<'_>, identity: &Result<Identity, Failure>) -> Fact<Option<String>> {
    let arn = identity.as_ref().map(|identity| Some(identity.arn.clone()));
    caller.fact(None, arn.map_err(Clone::clone))
}

/// Writes account and partition on the regions. When AWS did not say who asks, the ARN of any table tells.
fn stamp(regions: &mut [Region], identity: Option<&Identity>) {
    let witness = identity.map(|identity| (identity.account.clone(), identity.arn.clone()));
    let witness = witness.or_else(|| {
        let arn = regions.iter().find_map(any_table_arn)?;
        Some((identity::account(&arn)?.to_owned(), arn))
    });
    for region in regions {
        let (account, partition) = match &witness {
            Some((account, arn)) => (account.as_str(), identity::partition(arn)),
            None => (UNKNOWN_ACCOUNT, None),
        };
        region.account = account.to_owned();
        region.partition = partition.unwrap_or(partition_of(&region.region)).to_owned();
    }
}

fn any_table_arn(region: &Region) -> Option<String> {
    let tables = region.tables.known()?;
    tables
        .items
        .iter()
        .find_map(|table| table.arn.known().cloned())
}

/// The partition that a region's name tells (AWS General Reference, "AWS service endpoints").
fn partition_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// What each caller missed in its region, and what `global` missed for all of them.
fn gaps(callers: &[Caller<'_>], global: &Caller<'_>, regions: &[Region]) -> Vec<Gap> {
    let of = |caller: &Caller<'_>, region: &Region, named: Option<&String>| {
        let gap = |missed: call::Missed| {
            Some(Gap {
                operation: missed.why.operation?,
                account: region.account.clone(),
                region: named.cloned(),
                resource: missed.resource,
                why: missed.why,
            })
        };
        caller
            .gaps()
            .into_iter()
            .filter_map(gap)
            .collect::<Vec<Gap>>()
    };
    let regional = callers.iter().zip(regions);
    let regional = regional.map(|(caller, region)| of(caller, region, Some(&region.region)));
    let all = regional.chain(regions.first().map(|region| of(global, region, None)));
    let mut gaps: Vec<Gap> = all.flatten().collect();
    gaps.sort();
    gaps.dedup();
    gaps
}
