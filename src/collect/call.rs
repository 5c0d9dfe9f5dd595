//! The one place every call goes through: pace, concurrency, time budget, storms, and what could not be read.
//!
//! Retries themselves are the SDK's. What a failure means for a fact is for the collector of its service to say.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::classify::{Cause, CredentialFault, Failure, classify};
use super::client::{Clients, Patience};
use super::lane::{Lane, Pass, given_up};
use super::listing::{Listing, Page};
use super::meter::Meter;
use super::wire::Tally;
use crate::snapshot::fact::{Fact, Reason, Why};
use crate::snapshot::operation::Operation;

/// How all calls of a run are bounded.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Calls in flight to one service in one region.
    pub(super) concurrency: usize,
    /// Whether to keep to the rates of the table of operations.
    pub(super) paced: bool,
    /// When the run's time is up.
    pub(super) deadline: Option<Instant>,
    /// How much of the account is read.
    pub(super) reach: Reach,
}

/// How much of an account is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All there is.
    Everything,
    /// Of each kind of call the first ones, to see whether they may be made. What is left out is not requested.
    Examples,
}

/// The most calls of an operation that tells others what to ask about: one of so many tables may have a key or a
/// stream to try them on.
const EXAMPLES: usize = 10;

impl Reach {
    /// The most calls of an operation in one region.
    fn calls(self, operation: Operation) -> usize {
        let leads_on = |other: &Operation| other.listing() == Some(operation);
        match self {
            Reach::Everything => usize::MAX,
            Reach::Examples if Operation::ALL.iter().any(leads_on) => EXAMPLES,
            Reach::Examples => 1,
        }
    }
}

/// Makes the calls of one region.
pub(super) struct Caller<'a> {
    /// The region.
    pub(super) region: String,
    full: Clients,
    once: Clients,
    bounds: Bounds,
    doors: BTreeMap<&'static str, Semaphore>,
    lanes: BTreeMap<Operation, Lane>,
    gaps: Mutex<Vec<Missed>>,
    meter: &'a Meter<'a>,
}

/// A call that gave nothing, before the account is known.
#[derive(Clone)]
pub(super) struct Missed {
    /// What it was about; `None` for a listing.
    pub(super) resource: Option<String>,
    /// The call and the reason.
    pub(super) why: Why,
}

/// Nobody panics while holding one of our locks; if somebody did, the data is whole all the same.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Caller<'a> {
    /// Makes calls in a region.
    pub(super) fn new(
        base: &aws_config::SdkConfig,
        region: &str,
        bounds: Bounds,
        tally: &Tally,
        meter: &'a Meter<'a>,
    ) -> Caller<'a> {
        let all = Operation::ALL.iter();
        let doors = all
            .clone()
            .map(|operation| (operation.service(), Semaphore::new(bounds.concurrency)));
        let lanes = all.map(|operation| {
            let calls = bounds.reach.calls(*operation);
            (*operation, Lane::new(*operation, bounds.paced, calls))
        });
        Caller {
            region: region.to_owned(),
            full: Clients::new(base, region, Patience::Full, tally),
            once: Clients::new(base, region, Patience::Once, tally),
            bounds,
            doors: doors.collect(),
            lanes: lanes.collect(),
            gaps: Mutex::new(Vec::new()),
            meter,
        }
    }

    /// Makes a call.
    pub(super) async fn call<T, E, F>(
        &self,
        operation: Operation,
        send: impl Fn(&Clients) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        if !self.lanes[&operation].admits() {
            return Err(left_out(operation));
        }
        self.meter.begin();
        let answer = match self.bounds.deadline {
            None => self.patiently(operation, send).await,
            Some(deadline) => {
                let call = self.patiently(operation, send);
                let late = Failure::new(operation, Reason::TimedOut, "the run's time was up");
                let timed = tokio::time::timeout_at(deadline, call).await;
                timed.unwrap_or(Err(late))
            }
        };
        self.meter.end(operation);
        answer
    }

    /// A throttled call goes once more to the end of the queue: by then others have met the throttle for it.
    async fn patiently<T, E, F>(
        &self,
        operation: Operation,
        send: impl Fn(&Clients) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        match self.once_through(operation, &send).await {
            Err(failure) if failure.why.reason == Reason::Throttled => {
                self.once_through(operation, &send).await
            }
            answer => answer,
        }
    }

    async fn once_through<T, E, F>(
        &self,
        operation: Operation,
        send: &impl Fn(&Clients) -> F,
    ) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let lane = &self.lanes[&operation];
        if let Pass::None(last) = lane.pass() {
            return Err(given_up(operation, &last));
        }
        lane.turn().await;
        let permit = self.doors[operation.service()].acquire().await;
        let clients = match lane.pass() {
            Pass::Full => &self.full,
            Pass::Once => &self.once,
            Pass::None(last) => return Err(given_up(operation, &last)),
        };
        let answer = send(clients).await;
        drop(permit);
        let answer = answer.map_err(|error| here(&self.region, classify(operation, &error)));
        lane.ended(answer.as_ref().err());
        answer
    }

    /// Makes the calls of a listing, page by page, until the last or the first that fails.
    ///
    /// `read` gives the elements of a page, `None` for one that lacks what AWS always gives, and the token of the
    /// next; it gives nothing for a page without the list.
    pub(super) async fn list<T, O, E, F>(
        &self,
        operation: Operation,
        resource: Option<&str>,
        send: impl Fn(&Clients, Option<String>) -> F,
        read: impl Fn(O) -> Option<Page<T>>,
    ) -> Listing<T>
    where
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let listing = self.pages(operation, send, read).await;
        if let Some(failure) = &listing.failure {
            self.missed(resource, failure);
        }
        listing
    }

    /// As [`Caller::list`], without remembering a gap: for failures that may be answers.
    pub(super) async fn pages<T, O, E, F>(
        &self,
        operation: Operation,
        send: impl Fn(&Clients, Option<String>) -> F,
        read: impl Fn(O) -> Option<Page<T>>,
    ) -> Listing<T>
    where
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut listing = Listing::empty();
        let mut token: Option<String> = None;
        loop {
            let answer = self
                .call(operation, |clients| send(clients, token.clone()))
                .await;
            let no_list = || Failure::malformed(operation, "an answer without the list");
            let page = answer.and_then(|answer| read(answer).ok_or_else(no_list));
            match page {
                Ok(page) => {
                    let next = page.next.clone().filter(|next| !next.is_empty());
                    listing.add(operation, page);
                    if next.is_some() && next == token {
                        listing.failure = Some(Failure::malformed(operation, "a page twice"));
                        break;
                    }
                    token = next;
                }
                Err(failure) => {
                    listing.failure = Some(failure);
                    break;
                }
            }
            if token.is_none() {
                break;
            }
            if self.reach() == Reach::Examples {
                listing.failure = Some(left_out(operation));
                break;
            }
        }
        listing
    }

    /// A fact from a call that may have failed; a failure is remembered as a gap.
    pub(super) fn fact<T>(&self, resource: Option<&str>, answer: Result<T, Failure>) -> Fact<T> {
        match answer {
            Ok(value) => Fact::Known(value),
            Err(failure) => {
                self.missed(resource, &failure);
                Fact::Unknown(failure.why)
            }
        }
    }

    /// How much of the account is read.
    pub(super) fn reach(&self) -> Reach {
        self.bounds.reach
    }

    /// Remembers that a call gave nothing. One that was left out on purpose leaves no gap.
    pub(super) fn missed(&self, resource: Option<&str>, failure: &Failure) {
        if failure.why.reason == Reason::NotRequested {
            return;
        }
        lock(&self.gaps).push(Missed {
            resource: resource.map(str::to_owned),
            why: failure.why.clone(),
        });
    }

    /// Everything that was missed so far.
    pub(super) fn gaps(&self) -> Vec<Missed> {
        lock(&self.gaps).clone()
    }
}

/// What stands for a call that this run leaves out.
fn left_out(operation: Operation) -> Failure {
    Failure::new(operation, Reason::NotRequested, "")
}

/// Regions that every account of the partition `aws` has; all others are for the account to enable (AWS Account
/// Management Reference Guide, "Enable or disable AWS Regions").
const ALWAYS_ENABLED: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// A region that is not enabled says that it does not know the access key.
fn here(region: &str, failure: Failure) -> Failure {
    let unknown = failure.cause == Cause::Credentials(CredentialFault::Unknown);
    let may_be_off = !ALWAYS_ENABLED.contains(&region)
        && !region.starts_with("cn-")
        && !region.starts_with("us-gov-");
    let about_us = failure.why.operation == Some(Operation::GetCallerIdentity);
    match (failure.why.operation, unknown && may_be_off && !about_us) {
        (Some(operation), true) => Failure::new(
            operation,
            Reason::RegionDenied,
            "it does not know the access key",
        ),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_in_a_region_that_may_be_off_is_about_the_region() {
        let unknown = || Failure {
            cause: Cause::Credentials(CredentialFault::Unknown),
            ..Failure::new(Operation::ListTables, Reason::Failed, "")
        };
        let reason = |region| here(region, unknown()).why.reason;
        assert_eq!(reason("ap-east-1"), Reason::RegionDenied);
        assert_eq!(reason("eu-west-1"), Reason::Failed);
        assert_eq!(reason("cn-north-1"), Reason::Failed);
    }
}
