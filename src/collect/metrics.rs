//! Amazon CloudWatch: what was counted of the tables and their indexes, in bulk, as summaries.
//!
//! GetMetricData takes 500 metrics a call and gives 100,800 datapoints (API reference). It is billed by the metric asked
//! for, and AWS does not say how further pages count, so calls are cut to what fits on one page; pages are followed all
//! the same. Of two weeks by five minutes 25 metrics fit. CloudWatch gives 396,000 datapoints a second (CloudWatch
//! quotas), four full pages: three calls a second are what we allow ourselves.
//!
//! What to ask of a table is in `plan`, what the answers come to in `summary`. A metric whose answer is not complete
//! makes the summaries that it belongs to unknown, and no others.

mod plan;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, StatusCode,
};
use aws_smithy_types::DateTime;
use futures_util::future::join_all;
use jiff::Timestamp;

use self::plan::{Plan, Query, Questions};
use super::call::{Caller, Reach};
use super::classify::{Failure, why};
use super::client::Clients;
use super::listing::{Listing, Page};
use super::shape::{text, time};
use crate::snapshot::fact::{Fact, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;
use crate::snapshot::table::Table;

/// Metrics a call takes.
const QUERIES: usize = 500;
/// Datapoints a page holds.
const DATAPOINTS: usize = 100_800;
/// The finest period, in seconds.
const FINE_S: i64 = 300;
/// How long CloudWatch keeps such periods, in seconds (API reference of GetMetricData).
const KEPT_S: i64 = 63 * DAY_S;
const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// What is read of CloudWatch, and from when to when.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// The groups of metrics.
    pub(super) series: BTreeSet<Series>,
    /// Start of the window.
    pub(super) since: Timestamp,
    /// End of the window.
    pub(super) until: Timestamp,
}

impl Wanted {
    /// The window of this length that ends with the last five minutes that were surely published: metrics come a minute
    /// or two late. It begins and ends at full five minutes, and not before what CloudWatch keeps.
    pub(super) fn new(series: BTreeSet<Series>, now: Timestamp, window: Duration) -> Wanted {
        let now_s = now.as_second();
        let window_s = i64::try_from(window.as_secs())
            .unwrap_or(KEPT_S)
            .min(KEPT_S);
        let until_s = now_s.div_euclid(FINE_S) * FINE_S - FINE_S;
        let kept_s = -(KEPT_S - now_s).div_euclid(FINE_S) * FINE_S;
        let since_s = (until_s - window_s.div_euclid(FINE_S) * FINE_S).max(kept_s);
        let time = |second| Timestamp::from_second(second).unwrap_or(now);
        Wanted {
            series,
            since: time(since_s),
            until: time(until_s),
        }
    }

    fn has(&self, series: Series) -> bool {
        self.series.contains(&series)
    }

    fn window_s(&self) -> i64 {
        self.until.as_second() - self.since.as_second()
    }

    /// The seconds of a period. A window of less than two days is looked at more closely.
    fn period_s(&self, grain: Grain) -> i64 {
        match grain {
            Grain::Fine => FINE_S,
            Grain::Hour if self.window_s() < DAY_S => FINE_S,
            Grain::Hour => HOUR_S,
            Grain::Day if self.window_s() < DAY_S => FINE_S,
            Grain::Day if self.window_s() < 2 * DAY_S => HOUR_S,
            Grain::Day => DAY_S,
        }
    }

    /// The most datapoints that a metric has.
    fn points(&self, grain: Grain) -> usize {
        let points = self.window_s() / self.period_s(grain) + 1;
        usize::try_from(points).unwrap_or(1)
    }
}

/// How finely a metric is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grain {
    Day,
    Hour,
    Fine,
}

/// A datapoint: the start of its period and its value.
type Point = (Timestamp, f64);
/// The datapoints of a metric, oldest first.
type Points = Result<Vec<Point>, Why>;

/// Fills in what CloudWatch counted of these tables and their indexes.
pub(super) async fn fill(caller: &Caller<'_>, wanted: &Wanted, tables: &mut [Table]) {
    let mut questions = Questions::default();
    let plans: Vec<Result<Plan, Why>> = tables
        .iter()
        .map(|table| Plan::new(table, wanted, &mut questions).map_err(Clone::clone))
        .collect();
    let answers = answers(caller, wanted, &questions.queries).await;
    for (table, plan) in tables.iter_mut().zip(plans) {
        match plan {
            Ok(plan) => summary::fill(table, &plan, wanted, &answers),
            Err(why) => {
                table.usage = Fact::Unknown(why.clone());
                table.activity = Fact::Unknown(why);
            }
        }
    }
}

/// The answers to all questions, in their order.
async fn answers(caller: &Caller<'_>, wanted: &Wanted, queries: &[Query]) -> Vec<Points> {
    // Each metric is billed: to see whether they may be read, one is asked for.
    let queries_of_run = match caller.reach() {
        Reach::Everything => queries,
        Reach::Examples => &queries[..queries.len().min(1)],
    };
    let batches = batches(wanted, queries_of_run);
    let asked = batches
        .iter()
        .map(|batch| ask(caller, wanted, queries, batch));
    let answered = join_all(asked).await;
    let mut answers: Vec<Option<Points>> = queries.iter().map(|_| None).collect();
    for (batch, points) in batches.iter().zip(answered) {
        for (index, points) in batch.iter().zip(points) {
            answers[*index] = Some(points);
        }
    }
    let unasked = || Err(why(Operation::GetMetricData, Reason::Failed, "not asked"));
    answers
        .into_iter()
        .map(|it| it.unwrap_or_else(unasked))
        .collect()
}

/// The questions by call, by their index: as many as one page can answer.
fn batches(wanted: &Wanted, queries: &[Query]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..queries.len()).collect();
    order.sort_by_key(|index| queries[*index].grain);
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let mut points = 0;
    for index in order {
        let more = wanted.points(queries[index].grain);
        match batches.last_mut() {
            Some(batch) if batch.len() < QUERIES && points + more <= DATAPOINTS => {
                points += more;
                batch.push(index);
            }
            _ => {
                points = more;
                batches.push(vec![index]);
            }
        }
    }
    batches
}

/// Makes one call, with its further pages, and remembers what it did not give.
async fn ask(
    caller: &Caller<'_>,
    wanted: &Wanted,
    queries: &[Query],
    batch: &[usize],
) -> Vec<Points> {
    let asked: Vec<MetricDataQuery> = batch
        .iter()
        .enumerate()
        .map(|(place, index)| sdk_query(place, &queries[*index], wanted))
        .collect();
    let (since, until) = (wanted.since.as_second(), wanted.until.as_second());
    let send = |clients: &Clients, token| {
        let call = clients.cloudwatch.get_metric_data();
        let call = call.set_metric_data_queries(Some(asked.clone()));
        let call = call.start_time(DateTime::from_secs(since));
        let call = call.end_time(DateTime::from_secs(until));
        call.set_next_token(token).send()
    };
    let read = |answer: GetMetricDataOutput| {
        Some(Page {
            items: answer.metric_data_results().iter().map(part).collect(),
            next: answer.next_token.clone(),
        })
    };
    let listing = caller
        .list(Operation::GetMetricData, None, send, read)
        .await;
    let mut parts = joined(&listing);
    let points = batch.iter().enumerate().map(|(place, index)| {
        let points = finished(parts.remove(&name(place)), &listing);
        if let (Err(why), None) = (&points, &listing.failure) {
            let failure = Failure {
                why: why.clone(),
                ..Failure::malformed(Operation::GetMetricData, "")
            };
            caller.missed(Some(&queries[*index].table), &failure);
        }
        points
    });
    points.collect()
}

/// The id of a metric in its call: a small letter first (API reference of MetricDataQuery).
fn name(place: usize) -> String {
    format!("m{place}")
}

fn sdk_query(place: usize, query: &Query, wanted: &Wanted) -> MetricDataQuery {
    let dimension =
        |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    let table = [("TableName", query.table.clone())];
    let dimensions = table.iter().chain(&query.dimensions).map(dimension);
    let metric = Metric::builder()
        .namespace("AWS/DynamoDB")
        .metric_name(query.metric)
        .set_dimensions(Some(dimensions.collect()));
    let period_s = i32::try_from(wanted.period_s(query.grain)).unwrap_or(i32::MAX);
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(period_s)
        .stat(query.stat);
    MetricDataQuery::builder()
        .id(name(place))
        .metric_stat(stat.build())
        .return_data(true)
        .build()
}

/// What one page says of one metric.
struct Part {
    id: String,
    status: StatusCode,
    points: Vec<Point>,
}

/// A page's part of a metric; nothing where it lacks its id or status, or has times without values. Empty lists may be
/// left out: the protocol (CBOR) does not say that they never are.
fn part(result: &MetricDataResult) -> Option<Part> {
    let (times, values) = (result.timestamps(), result.values());
    let point = |(at, value): (&DateTime, &f64)| {
        let at = time(Some(at), "Timestamps").ok()?;
        (value.is_finite() && *value >= 0.0).then_some((at, *value))
    };
    let points = times.iter().zip(values).map(point).collect::<Option<_>>()?;
    (times.len() == values.len()).then_some(())?;
    Some(Part {
        id: text(result.id(), "Id").ok()?,
        status: result.status_code()?.clone(),
        points,
    })
}

/// The pages of each metric put together; its last status counts: PartialData is followed by the rest on the next page.
fn joined(listing: &Listing<Part>) -> BTreeMap<String, (StatusCode, Vec<Point>)> {
    let mut joined: BTreeMap<String, (StatusCode, Vec<Point>)> = BTreeMap::new();
    for part in &listing.items {
        let entry = joined
            .entry(part.id.clone())
            .or_insert_with(|| (part.status.clone(), Vec::new()));
        entry.0 = part.status.clone();
        entry.1.extend(&part.points);
    }
    joined
}

/// The datapoints of a metric, where AWS says that they are all.
fn finished(part: Option<(StatusCode, Vec<Point>)>, listing: &Listing<Part>) -> Points {
    let operation = Operation::GetMetricData;
    let failed = listing.missing();
    match part {
        Some((StatusCode::Complete, mut points)) => {
            points.sort_by_key(|(at, _)| *at);
            points.dedup_by_key(|(at, _)| *at);
            Ok(points)
        }
        Some((StatusCode::Forbidden, _)) => {
            Err(why(operation, Reason::Denied, "StatusCode Forbidden"))
        }
        Some((status, _)) => Err(failed.unwrap_or_else(|| {
            why(
                operation,
                Reason::Failed,
                format!("StatusCode {}", status.as_str()),
            )
        })),
        None => Err(failed.unwrap_or_else(|| {
            why(
                operation,
                Reason::Malformed,
                "an answer without one of the metrics asked for",
            )
        })),
    }
}

#[cfg(test)]
mod tests;
