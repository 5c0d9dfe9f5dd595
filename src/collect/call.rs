//! The one place every call goes through: pace, concurrency, time budget, storms, and what could not be read.
//!
//! Retries themselves are the SDK's. What a failure means for a fact is for the collector of its service to say.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::classify::{Failure, classify};
use super::client::{Clients, Patience};
use super::meter::Meter;
use super::wire::Tally;
use crate::snapshot::fact::{Fact, Listed, Reason, Why};
use crate::snapshot::operation::Operation;

/// Failures in a row after which an operation gets one try a call, and after twice as many none: whatever is broken
/// stays broken, and a thousand tables times eight tries would take the user's hour to learn nothing.
const STORM: usize = 32;
/// A call that was never answered takes a minute: eight of them are a storm.
const TIMED_OUT_WEIGHT: usize = 4;

/// How all calls of a run are bounded.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Calls in flight to one service in one region.
    pub(super) concurrency: usize,
    /// Whether to keep to the rates of the table of operations.
    pub(super) paced: bool,
    /// When the run's time is up.
    pub(super) deadline: Option<Instant>,
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

/// The state of one operation in one region.
struct Lane {
    every: Option<Duration>,
    next: Mutex<Instant>,
    /// Failures in a row, and the last of them.
    failed: Mutex<(usize, Option<Failure>)>,
}

/// What a lane lets a call do.
enum Pass {
    Full,
    Once,
    None(Failure),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lane {
    fn new(operation: Operation, paced: bool) -> Lane {
        let rate = operation.calls_per_s().filter(|_| paced);
        Lane {
            every: rate.map(|rate| Duration::from_secs(1) / rate),
            next: Mutex::new(Instant::now()),
            failed: Mutex::new((0, None)),
        }
    }

    /// Waits for its turn. Evenly spaced, without bursts: the published rates leave no room for them.
    async fn turn(&self) {
        let Some(every) = self.every else { return };
        let at = {
            let mut next = lock(&self.next);
            let at = (*next).max(Instant::now());
            *next = at + every;
            at
        };
        tokio::time::sleep_until(at).await;
    }

    fn pass(&self) -> Pass {
        let failed = lock(&self.failed);
        match &*failed {
            (count, Some(last)) if *count >= 2 * STORM => Pass::None(last.clone()),
            (count, _) if *count >= STORM => Pass::Once,
            _ => Pass::Full,
        }
    }

    /// Remembers how a call ended. A denial says nothing about the operation: it may be about one table.
    fn ended(&self, failure: Option<&Failure>) {
        let Some(failure) = failure else {
            *lock(&self.failed) = (0, None);
            return;
        };
        let weight = match failure.why.reason {
            Reason::Throttled | Reason::Failed | Reason::Malformed => 1,
            Reason::TimedOut => TIMED_OUT_WEIGHT,
            Reason::Denied
            | Reason::NotOffered
            | Reason::RegionDenied
            | Reason::NotRequested
            | Reason::KnownAfterApply
            | Reason::NeedsLive
            | Reason::Unrecognised
            | Reason::Undefined
            | Reason::Ambiguous => 0,
        };
        let mut failed = lock(&self.failed);
        *failed = (failed.0 + weight, Some(failure.clone()));
    }
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
        let lanes = all.map(|operation| (*operation, Lane::new(*operation, bounds.paced)));
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
        let answer = answer.map_err(|error| classify(operation, &error));
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
        let mut listing = Listing {
            items: Vec::new(),
            pages: 0,
            failure: None,
        };
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

    /// Remembers that a call gave nothing.
    pub(super) fn missed(&self, resource: Option<&str>, failure: &Failure) {
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

fn given_up(operation: Operation, last: &Failure) -> Failure {
    let said = last.why.detail.clone();
    let said = said.map_or(String::new(), |said| format!("{said}; "));
    Failure {
        why: super::classify::why(
            operation,
            last.why.reason,
            format!("{said}not asked again after many failures in a row"),
        ),
        cause: last.cause,
    }
}

/// A page of a listing.
pub(super) struct Page<T> {
    /// Its elements; `None` for one that lacks what AWS always gives.
    pub(super) items: Vec<Option<T>>,
    /// The token of the next page.
    pub(super) next: Option<String>,
}

/// What a listing gave.
pub(super) struct Listing<T> {
    /// The elements, in the order of AWS.
    pub(super) items: Vec<T>,
    /// The pages that were read.
    pages: usize,
    /// Why others may be missing.
    pub(super) failure: Option<Failure>,
}

impl<T> Listing<T> {
    fn add(&mut self, operation: Operation, page: Page<T>) {
        self.pages += 1;
        for item in page.items {
            match item {
                Some(item) => self.items.push(item),
                None => {
                    let detail = "an element without what AWS always gives";
                    self.failure = Some(Failure::malformed(operation, detail));
                }
            }
        }
    }

    /// The failure of a listing of which nothing was read.
    pub(super) fn unread(&self) -> Option<&Failure> {
        self.failure.as_ref().filter(|_| self.pages == 0)
    }

    /// Why elements may be missing.
    pub(super) fn missing(&self) -> Option<Why> {
        self.failure.as_ref().map(|failure| failure.why.clone())
    }

    /// The listing as a fact: unknown when nothing was read, partial when some pages were.
    pub(super) fn into_fact<K: Ord>(self, key: impl FnMut(&T) -> K) -> Fact<Listed<T>> {
        match self.unread() {
            Some(failure) => Fact::Unknown(failure.why.clone()),
            None => {
                let missing = self.missing();
                let mut items = self.items;
                items.sort_by_cached_key(key);
                Fact::Known(Listed { items, missing })
            }
        }
    }

    /// The same listing of other things.
    pub(super) fn with<U>(&self, items: Vec<U>) -> Listing<U> {
        Listing {
            items,
            pages: self.pages,
            failure: self.failure.clone(),
        }
    }
}
