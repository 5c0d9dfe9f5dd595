//! What the reads or the writes of a table or an index came to, ready to be drawn: days, limits, lines of alarms.
//!
//! A snapshot keeps the sum of each day. Consumed units are published as 0 when a table is idle, so an incomplete answer
//! leaves open whether a day of 0 was idle or had no data: such a day is a gap.

use jiff::Timestamp;

use super::alarms::{Alarms, Threshold};
use crate::link::index::IndexView;
use crate::link::scaling::ScalingView;
use crate::link::table::TableView;
use crate::snapshot::fact::{Fact, Why};
use crate::snapshot::table::{BillingMode, WarmThroughput};
use crate::snapshot::usage::{Consumption, Throttles, Usage};

const DAY_S: i64 = 86_400;
/// Days that a picture tells apart; of more, the highest of several stands for them.
const MOST_DAYS: usize = 60;

/// Reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Reads.
    Reads,
    /// Writes.
    Writes,
}

impl Side {
    /// Both.
    pub(super) const BOTH: [Side; 2] = [Side::Reads, Side::Writes];

    /// `reads`.
    pub(super) fn word(self) -> &'static str {
        self.of("reads", "writes")
    }

    fn of<T>(self, reads: T, writes: T) -> T {
        match self {
            Side::Reads => reads,
            Side::Writes => writes,
        }
    }

    fn metric(self) -> &'static str {
        self.of("ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits")
    }
}

/// A bound of what can be consumed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limit {
    /// What it is: `provisioned now`.
    pub(super) words: &'static str,
    /// Units a second.
    pub(super) per_s: f64,
    /// Whether it holds requests back, and so belongs into the picture however high it is.
    pub(super) binds: bool,
}

/// What was consumed in a day, or in several.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Day {
    /// Its start.
    pub(super) from: Timestamp,
    /// Units a second on average; `None` where there may be no data.
    pub(super) per_s: Option<f64>,
}

/// The reads or the writes of a table or an index.
pub(super) struct Series<'l> {
    /// Which.
    pub(super) side: Side,
    /// Start and end of the window.
    pub(super) window: (Timestamp, Timestamp),
    /// The days, oldest first.
    pub(super) days: Vec<Day>,
    /// How many days each of them stands for, of which it is the highest.
    pub(super) days_each: usize,
    /// Units a second in the busiest five minutes.
    pub(super) peak_per_s: f64,
    /// Units in all.
    pub(super) sum: f64,
    /// Share of the window with data, 0 to 1.
    pub(super) coverage: f64,
    /// What bounds it.
    pub(super) limits: Vec<Limit>,
    /// The lines of its alarms, lowest first.
    pub(super) alarms: Vec<Threshold<'l>>,
    /// How many alarms watch it in other units.
    pub(super) other_alarms: usize,
    /// Whether there is surely no alarm on it, and nothing outside AWS that watches.
    pub(super) is_unwatched: bool,
    /// Throttle events.
    pub(super) throttles: Result<&'l Throttles, &'l Why>,
    /// What is not known, in words.
    pub(super) unknown: Vec<String>,
}

/// Why there is nothing to draw.
#[derive(Debug)]
pub(super) enum Nothing<'l> {
    /// It was not read.
    Unread(&'l Why),
    /// CloudWatch has no datapoint in the window.
    NoData,
}

/// A table or one of its indexes, as far as figures go.
struct Measured<'l, 'a> {
    index: Option<&'l str>,
    usage: &'l Fact<Usage>,
    billing_mode: &'l Fact<BillingMode>,
    provisioned: [&'l Fact<u64>; 2],
    maximum: [&'l Fact<Option<u64>>; 2],
    warm: &'l Fact<Option<WarmThroughput>>,
    scaling: [&'l Fact<Option<ScalingView<'a>>>; 2],
}

/// What there is to draw of the reads and writes of a table itself.
pub(super) fn of_table<'l>(view: &'l TableView<'_>, alarms: &Alarms<'l, '_>) -> Vec<Series<'l>> {
    let each = Side::BOTH.map(|side| one_of_table(view, side, alarms));
    each.into_iter().flatten().collect()
}

/// The reads or writes of a table itself.
pub(super) fn one_of_table<'l>(
    view: &'l TableView<'_>,
    side: Side,
    alarms: &Alarms<'l, '_>,
) -> Result<Series<'l>, Nothing<'l>> {
    let table = view.table;
    let measured = Measured {
        index: None,
        usage: &table.usage,
        billing_mode: &table.billing_mode,
        provisioned: [&table.read_capacity_units, &table.write_capacity_units],
        maximum: [
            &table.max_read_request_units,
            &table.max_write_request_units,
        ],
        warm: &table.warm_throughput,
        scaling: [view.scaling(true), view.scaling(false)],
    };
    measured.series(side, alarms)
}

/// The reads or writes of an index.
pub(super) fn one_of_index<'l>(
    table: &'l TableView<'_>,
    view: &'l IndexView<'_>,
    side: Side,
    alarms: &Alarms<'l, '_>,
) -> Result<Series<'l>, Nothing<'l>> {
    let index = view.index;
    let measured = Measured {
        index: Some(&index.name),
        usage: &index.usage,
        billing_mode: &table.table.billing_mode,
        provisioned: [&index.read_capacity_units, &index.write_capacity_units],
        maximum: [
            &index.max_read_request_units,
            &index.max_write_request_units,
        ],
        warm: &index.warm_throughput,
        scaling: [view.scaling(true), view.scaling(false)],
    };
    measured.series(side, alarms)
}

impl<'l> Measured<'l, '_> {
    fn series(&self, side: Side, alarms: &Alarms<'l, '_>) -> Result<Series<'l>, Nothing<'l>> {
        let usage = self.usage.as_ref().map_err(Nothing::Unread)?;
        let consumed = side.of(&usage.consumed_reads, &usage.consumed_writes);
        let consumed = consumed.as_ref().map_err(Nothing::Unread)?;
        let consumed = consumed.as_ref().ok_or(Nothing::NoData)?;
        let mut unknown = Vec::new();
        let limits = self.limits(side, &mut unknown);
        let (lines, other_alarms) = alarms.thresholds(self.index, side.metric());
        let is_watched = !lines.is_empty() || other_alarms > 0 || alarms.is_external();
        let is_unwatched = !is_watched && alarms.doubt().is_none();
        unknown.extend(alarms.doubt());
        let (days, days_each) = days(consumed, usage);
        Ok(Series {
            side,
            window: (usage.since, usage.until),
            days,
            days_each,
            peak_per_s: consumed.peak_per_s,
            sum: consumed.sum,
            coverage: consumed.coverage,
            limits,
            alarms: lines,
            other_alarms,
            is_unwatched,
            throttles: side
                .of(&usage.read_throttles, &usage.write_throttles)
                .as_ref(),
            unknown,
        })
    }

    fn limits(&self, side: Side, unknown: &mut Vec<String>) -> Vec<Limit> {
        let at = side.of(0, 1);
        let mut limits = Vec::new();
        let mut limit = |words, per_s: u64, binds| {
            let per_s = per_s as f64;
            limits.push(Limit {
                words,
                per_s,
                binds,
            });
        };
        let mode = match self.billing_mode.as_ref() {
            Ok(mode) => mode.0.as_str(),
            Err(why) => {
                unknown.push(format!("? capacity: {}", why.brief()));
                return limits;
            }
        };
        match mode {
            BillingMode::PROVISIONED => {
                match self.provisioned[at].as_ref() {
                    Ok(units) => limit("provisioned now", *units, true),
                    Err(why) => unknown.push(format!("? provisioned units: {}", why.brief())),
                }
                match self.scaling[at].as_ref() {
                    Ok(Some(scaling)) => {
                        limit("auto scaling, at most", scaling.max_capacity(), false)
                    }
                    Ok(None) => {}
                    Err(why) => unknown.push(format!("? auto scaling: {}", why.brief())),
                }
            }
            BillingMode::PAY_PER_REQUEST => {
                match self.maximum[at].as_ref() {
                    Ok(Some(units)) => limit("on-demand maximum", *units, true),
                    Ok(None) => {}
                    Err(why) => unknown.push(format!("? on-demand maximum: {}", why.brief())),
                }
                match self.warm.as_ref() {
                    Ok(Some(warm)) => {
                        let units = side.of(warm.read_units_per_s, warm.write_units_per_s);
                        limit("warm throughput", units, false);
                    }
                    Ok(None) => {}
                    Err(why) => unknown.push(format!("? warm throughput: {}", why.brief())),
                }
            }
            other => unknown.push(format!("? capacity: {other} is not known to this version")),
        }
        limits
    }
}

/// The days of a window, and how many each stands for.
fn days(consumed: &Consumption, usage: &Usage) -> (Vec<Day>, usize) {
    let number = consumed.daily.len();
    let window_s = usage.until.duration_since(usage.since).as_secs();
    let first_s = window_s - (i64::try_from(number).unwrap_or(i64::MAX) - 1).saturating_mul(DAY_S);
    // Of a window that is none, or that the days don't fill, every day counts as one.
    let first_s = if (1..=DAY_S).contains(&first_s) {
        first_s
    } else {
        DAY_S
    };
    let is_whole = consumed.coverage >= 1.0;
    let day = |(at, sum): (usize, &f64)| {
        let length_s = if at == 0 { first_s } else { DAY_S };
        let before = i64::try_from(number - at)
            .unwrap_or(0)
            .saturating_mul(DAY_S);
        let from = usage.until.as_second().saturating_sub(before) + (DAY_S - length_s);
        Day {
            from: Timestamp::from_second(from).unwrap_or(usage.since),
            per_s: (is_whole || *sum > 0.0).then(|| sum / length_s as f64),
        }
    };
    let days: Vec<Day> = consumed.daily.iter().enumerate().map(day).collect();
    let each = number.div_ceil(MOST_DAYS).max(1);
    let highest = |days: &[Day]| Day {
        from: days[0].from,
        per_s: days.iter().filter_map(|it| it.per_s).reduce(f64::max),
    };
    (days.chunks(each).map(highest).collect(), each)
}
