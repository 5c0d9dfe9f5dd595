//! From datapoints to the summaries of the snapshot. Pure.
//!
//! Numbers are kept to three decimals: further digits are noise, and two recordings of the same traffic must agree.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::plan::{Causes, Plan, Ticket, UnitPlan};
use super::{DAY_S, FINE_S, Point, Points, Wanted};
use crate::snapshot::fact::{Fact, Why};
use crate::snapshot::table::Table;
use crate::snapshot::usage::{
    Activity, Consumption, OperationErrors, OperationLatency, OperationRequests, ReplicationDelay,
    Throttles, Usage, Utilisation,
};

/// The answers to a run's questions.
type Answers = [Points];

/// Fills in what the answers come to.
pub(super) fn fill(table: &mut Table, plan: &Plan, wanted: &Wanted, answers: &Answers) {
    table.usage = Fact::Known(usage(&plan.table, wanted, answers));
    table.activity = Fact::Known(activity(plan, wanted, answers));
    if let Fact::Known(indexes) = &mut table.indexes {
        for (index, plan) in indexes.iter_mut().zip(&plan.indexes) {
            index.usage = Fact::Known(usage(plan, wanted, answers));
        }
    }
}

fn points(answers: &Answers, ticket: Ticket) -> Result<&[Point], Why> {
    answers[ticket.0].as_deref().map_err(Clone::clone)
}

/// A fact of a group of metrics: not requested where it was not wanted.
fn of<P, T>(plan: Option<&P>, read: impl FnOnce(&P) -> Result<T, Why>) -> Fact<T> {
    plan.map_or_else(Fact::not_requested, |plan| Fact::from(read(plan)))
}

fn usage(plan: &UnitPlan, wanted: &Wanted, answers: &Answers) -> Usage {
    let consumed = |side: usize| {
        of(plan.consumed.as_ref(), |tickets| {
            points(answers, tickets[side]).map(|points| consumption(points, wanted))
        })
    };
    let utilisation = |side: usize| {
        let both = plan.consumed.as_ref().zip(plan.provisioned.as_ref());
        of(both.as_ref(), |(consumed, provisioned)| {
            let Some(provisioned) = provisioned else {
                return Ok(None);
            };
            let consumed = points(answers, consumed[side])?;
            Ok(share(consumed, points(answers, provisioned[side])?))
        })
    };
    let throttles = |side: usize| {
        of(plan.throttles.as_ref(), |causes| {
            throttles(&causes[side], answers)
        })
    };
    Usage {
        since: wanted.since,
        until: wanted.until,
        consumed_reads: consumed(0),
        consumed_writes: consumed(1),
        read_utilisation: utilisation(0),
        write_utilisation: utilisation(1),
        read_throttles: throttles(0),
        write_throttles: throttles(1),
    }
}

/// Consumed units. They are published as 0 when idle, so without any datapoint nothing is known of them.
pub(super) fn consumption(points: &[Point], wanted: &Wanted) -> Option<Consumption> {
    if points.is_empty() {
        return None;
    }
    let sum: f64 = points.iter().map(|(_, units)| units).sum();
    let periods = points.len() as f64;
    let fine_s = FINE_S as f64;
    let mut by_size: Vec<f64> = points.iter().map(|(_, units)| units / fine_s).collect();
    by_size.sort_by(f64::total_cmp);
    let used = points.iter().rev().find(|(_, units)| *units > 0.0);
    Some(Consumption {
        sum: rounded(sum),
        average_per_s: rounded(sum / (periods * fine_s)),
        p95_per_s: rounded(rank(&by_size, 0.95)),
        peak_per_s: rounded(rank(&by_size, 1.0)),
        coverage: rounded((periods * fine_s / wanted.window_s() as f64).min(1.0)),
        last_used_at: used.map(|(at, _)| *at),
        daily: daily(points, wanted),
    })
}

/// Units of each 24 hours, counted back from the end of the window.
fn daily(points: &[Point], wanted: &Wanted) -> Vec<f64> {
    let days = usize::try_from(wanted.window_s().div_euclid(DAY_S)).unwrap_or(0)
        + usize::from(wanted.window_s() % DAY_S > 0);
    let mut daily = vec![0.0; days];
    for (at, units) in points {
        let before_s = wanted.until.as_second() - at.as_second() - 1;
        let day = usize::try_from(before_s.div_euclid(DAY_S)).ok();
        let place = day.and_then(|day| days.checked_sub(day + 1));
        if let Some(sum) = place.and_then(|place| daily.get_mut(place)) {
            *sum += units;
        }
    }
    daily.into_iter().map(rounded).collect()
}

/// Consumed over provisioned units, period by period. Where a period lacks what was provisioned, the last that was told
/// counts. Nothing where no period can be compared.
pub(super) fn share(consumed: &[Point], provisioned: &[Point]) -> Option<Utilisation> {
    let told: BTreeMap<Timestamp, f64> = provisioned.iter().copied().collect();
    let mut shares = Vec::with_capacity(consumed.len());
    let (mut used, mut had) = (0.0, 0.0);
    for (at, units) in consumed {
        let Some((_, capacity)) = told.range(..=*at).next_back() else {
            continue;
        };
        if *capacity > 0.0 {
            let per_s = units / FINE_S as f64;
            shares.push(per_s / capacity);
            used += per_s;
            had += capacity;
        }
    }
    shares.sort_by(f64::total_cmp);
    (!shares.is_empty()).then(|| Utilisation {
        average: rounded(used / had),
        p95: rounded(rank(&shares, 0.95)),
        peak: rounded(rank(&shares, 1.0)),
    })
}

fn throttles(causes: &Causes, answers: &Answers) -> Result<Throttles, Why> {
    let sum = |ticket: Ticket| points(answers, ticket).map(events);
    let maybe = |ticket: Option<Ticket>| ticket.map(sum).transpose();
    let total = points(answers, causes.total)?;
    Ok(Throttles {
        total: events(total),
        key_range: sum(causes.key_range)?,
        provisioned: maybe(causes.provisioned)?,
        on_demand_maximum: maybe(causes.on_demand_maximum)?,
        account_limit: maybe(causes.account_limit)?,
        last_at: last_event(total),
    })
}

fn activity(plan: &Plan, wanted: &Wanted, answers: &Answers) -> Activity {
    let both = plan.requests.as_ref().zip(plan.latency.as_ref());
    Activity {
        since: wanted.since,
        until: wanted.until,
        requests: of(plan.requests.as_ref(), |tickets| requests(tickets, answers)),
        latency: of(both.as_ref(), |(requests, latency)| {
            timed(requests, latency, answers)
        }),
        system_errors: of(plan.system_errors.as_ref(), |tickets| {
            errors(tickets, answers)
        }),
        ttl_deletions: of(plan.ttl_deletions.as_ref(), |ticket| {
            let sum = |ticket| points(answers, ticket).map(events);
            ticket.map(sum).transpose()
        }),
        replication: of(plan.replication.as_ref(), |tickets| {
            let delay = |(region, ticket): &(String, Ticket)| {
                points(answers, *ticket).map(|points| delay(region, points))
            };
            tickets.iter().map(delay).collect()
        }),
    }
}

fn requests(
    tickets: &[(&'static str, Ticket)],
    answers: &Answers,
) -> Result<Vec<OperationRequests>, Why> {
    let mut requests = Vec::new();
    for (operation, ticket) in tickets {
        let count = events(points(answers, *ticket)?);
        if count > 0 {
            requests.push(OperationRequests {
                operation: (*operation).to_owned(),
                count,
            });
        }
    }
    requests.sort_by(|a, b| a.operation.cmp(&b.operation));
    Ok(requests)
}

fn timed(
    counted: &[(&'static str, Ticket)],
    tickets: &[(&'static str, Ticket)],
    answers: &Answers,
) -> Result<Vec<OperationLatency>, Why> {
    let counts = requests(counted, answers)?;
    let mut timed = Vec::new();
    for (operation, ticket) in tickets {
        let mut days: Vec<f64> = points(answers, *ticket)?
            .iter()
            .map(|(_, ms)| *ms)
            .collect();
        days.sort_by(f64::total_cmp);
        let count = counts.iter().find(|it| it.operation == *operation);
        if let (Some(count), false) = (count, days.is_empty()) {
            timed.push(OperationLatency {
                operation: (*operation).to_owned(),
                count: count.count,
                p99_ms: rounded(rank(&days, 0.5)),
                worst_p99_ms: rounded(rank(&days, 1.0)),
            });
        }
    }
    timed.sort_by(|a, b| a.operation.cmp(&b.operation));
    Ok(timed)
}

fn errors(
    tickets: &[(&'static str, Ticket)],
    answers: &Answers,
) -> Result<Vec<OperationErrors>, Why> {
    let mut errors = Vec::new();
    for (operation, ticket) in tickets {
        let points = points(answers, *ticket)?;
        if let Some(last_at) = last_event(points) {
            errors.push(OperationErrors {
                operation: (*operation).to_owned(),
                count: events(points),
                last_at,
            });
        }
    }
    errors.sort_by(|a, b| a.operation.cmp(&b.operation));
    Ok(errors)
}

fn delay(region: &str, points: &[Point]) -> ReplicationDelay {
    let total: f64 = points.iter().map(|(_, ms)| ms).sum();
    let worst = points.iter().map(|(_, ms)| *ms).reduce(f64::max);
    ReplicationDelay {
        region: region.to_owned(),
        average_ms: worst.map(|_| rounded(total / points.len() as f64)),
        worst_hour_ms: worst.map(rounded),
    }
}

/// Events in all. None where there is no datapoint: such metrics are published only when something happens.
fn events(points: &[Point]) -> u64 {
    let sum: f64 = points.iter().map(|(_, count)| count).sum();
    sum.round() as u64
}

fn last_event(points: &[Point]) -> Option<Timestamp> {
    let last = points.iter().rev().find(|(_, count)| *count > 0.0);
    last.map(|(at, _)| *at)
}

/// The value that this share of the sorted values does not exceed; of nothing 0.
fn rank(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(0.0)
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
