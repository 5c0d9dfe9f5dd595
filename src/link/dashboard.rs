//! Whether a dashboard shows a metric of a table: named by a widget, found by a search, or drawn with an alarm.

mod index;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use self::index::Index;
use self::search::{Search, Sought};
use super::logic::Answer;
use super::published;
use super::signal::{self, NAMESPACE};
use crate::snapshot::Region;
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::dashboard::{Dashboard, DashboardContent, ShownMetric};
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// What a widget shows can't be told from its body.
static OPEN: Why = Why::from_call(Reason::Ambiguous, Operation::GetDashboard);

/// The dashboards as they concern one region.
pub struct Dashboards<'a> {
    region: &'a Region,
    items: &'a [Dashboard],
    /// Why others may be missing.
    missing: Option<&'a Why>,
    /// The alarms that are drawn on one of them, by ARN.
    alarms: BTreeMap<&'a str, &'a MetricAlarm>,
    /// The searches of each of them.
    searches: Vec<Vec<Search<'a>>>,
    index: Index<'a>,
}

impl<'a> Dashboards<'a> {
    /// Sorts the dashboards of a region.
    pub fn new(region: &'a Region) -> Dashboards<'a> {
        let (items, missing) = match region.dashboards.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        let contents = items.iter().filter_map(|it| it.content.known());
        let drawn: BTreeSet<&String> = contents.flat_map(|it| &it.alarms).collect();
        let alarms = region
            .alarms
            .known()
            .map_or(&[][..], |it| it.items.as_slice());
        let drawn = alarms.iter().filter(|alarm| drawn.contains(&alarm.arn));
        let mut dashboards = Dashboards {
            region,
            items,
            missing,
            alarms: drawn.map(|alarm| (alarm.arn.as_str(), alarm)).collect(),
            searches: items.iter().map(searches).collect(),
            index: Index::default(),
        };
        dashboards.index = Index::new(&dashboards);
        dashboards
    }

    /// Whether one of them shows the metric of the table: its own, or by any operation. An index's is not the table's.
    pub fn show(&self, table: &str, metric: &str) -> Answer<'a> {
        let places = self.index.places(table, metric, self.items.len());
        let shown = |place: usize| self.shows(place, table, metric);
        Answer::any(places.into_iter().map(shown)).or_missing(self.missing)
    }

    fn shows(&self, place: usize, table: &str, metric: &str) -> Answer<'a> {
        let content = match self.items[place].content.as_ref() {
            Ok(content) => content,
            Err(why) => return Answer::Unknown(why),
        };
        let named = content
            .metrics
            .iter()
            .map(|it| self.names(content, it, table, metric));
        let searches = content.searches.iter().zip(&self.searches[place]);
        let found = searches.map(|(it, search)| {
            let is_here = self.is_here(it.region.as_deref(), it.account.as_deref());
            answer(finds(search, Some(table), metric)).and(is_here)
        });
        let drawn = content
            .alarms
            .iter()
            .map(|it| self.draws(it, table, metric));
        let unmodelled = (!content.unmodelled.is_empty()).then_some(Answer::Unknown(&OPEN));
        Answer::any(named.chain(found).chain(drawn).chain(unmodelled))
    }

    /// Whether a widget that names this metric shows the table's.
    fn names(
        &self,
        content: &DashboardContent,
        shown: &ShownMetric,
        table: &str,
        metric: &str,
    ) -> Answer<'static> {
        if shown.metric != metric || shown.namespace != NAMESPACE {
            return Answer::No;
        }
        let named = shown
            .dimensions
            .get("TableName")
            .is_some_and(|it| it == table);
        let keys: Vec<&str> = shown.dimensions.keys().map(String::as_str).collect();
        if !is_tables(metric, &keys) {
            return Answer::No;
        }
        let of_table = Answer::of(named).or(may_become(content, table));
        of_table.and(self.is_here(shown.region.as_deref(), shown.account.as_deref()))
    }

    /// What names no region is shown of the one that its viewer is in.
    fn is_here(&self, region: Option<&str>, account: Option<&str>) -> Answer<'static> {
        let of_account = Answer::of(account.is_none_or(|it| it == self.region.account));
        let of_region = match region {
            Some(region) if region == self.region.region => Answer::Yes,
            Some(_) | None => Answer::Unknown(&OPEN),
        };
        of_account.and(of_region)
    }

    fn draws(&self, arn: &str, table: &str, metric: &str) -> Answer<'a> {
        let Some(alarm) = self.alarms.get(arn) else {
            // Another region's, or one that could not be read.
            return match self.region.alarms.as_ref() {
                Ok(listed) => Answer::No.or_missing(listed.missing.as_ref()),
                Err(why) => Answer::Unknown(why),
            };
        };
        let signals = signal::signals(alarm, 0);
        Answer::of(signals.iter().any(|signal| {
            let stat = signal.stat;
            let keys: Vec<&str> = stat.dimensions.keys().map(String::as_str).collect();
            let of_table = stat
                .dimensions
                .get("TableName")
                .is_some_and(|it| it == table);
            stat.namespace == NAMESPACE
                && stat.metric == metric
                && of_table
                && is_tables(metric, &keys)
        }))
    }

    /// What the answer of [`Dashboards::show`] rests on.
    pub fn grounds(&self, table: &str, metric: &str) -> Grounds {
        let mut grounds = Grounds::default();
        let mut seen = format!("on none of {} dashboards", self.items.len());
        for place in self.index.places(table, metric, self.items.len()) {
            let dashboard = &self.items[place];
            match self.shows(place, table, metric) {
                Answer::Yes => seen = format!("on dashboard \"{}\"", dashboard.name),
                Answer::Unknown(why) => {
                    let mut why = why.clone();
                    if why.detail.is_none() {
                        why.detail = Some(format!("what dashboard \"{}\" shows", dashboard.name));
                    }
                    grounds.unknown.push(why);
                }
                Answer::No => {}
            }
        }
        grounds.unknown.extend(self.missing.cloned());
        grounds.evidence.push(Evidence {
            path: metric.to_owned(),
            observed: seen,
            expected: "on a dashboard".to_owned(),
            from: Some(Operation::GetDashboard),
        });
        grounds
    }
}

fn searches(dashboard: &Dashboard) -> Vec<Search<'_>> {
    let content = dashboard.content.known();
    let searches = content.map_or(&[][..], |it| &it.searches);
    let read = searches.iter().map(|it| Search::new(&it.expression));
    read.collect()
}

/// Whether a dimension set publishes and is the table's own, not an index's or a stream's.
fn is_tables(metric: &str, dimensions: &[&str]) -> bool {
    let of_part = |it: &&str| matches!(*it, "GlobalSecondaryIndexName" | "StreamLabel");
    !dimensions.iter().any(of_part) && published::publishes(metric, dimensions) == Answer::Yes
}

fn answer(known: Option<bool>) -> Answer<'static> {
    known.map_or(Answer::Unknown(&OPEN), Answer::of)
}

/// Whether a search finds the table's metric, by its name or by any operation; for no table: that of each.
fn finds(search: &Search<'_>, table: Option<&str>, metric: &str) -> Option<bool> {
    let sets: [&[&str]; 2] = [&["TableName"], &["Operation", "TableName"]];
    let of_set = |dimensions: &[&str]| {
        let sought = Sought {
            metric,
            table,
            dimensions,
        };
        search.finds(sought)
    };
    let answers = sets
        .into_iter()
        .filter(|set| is_tables(metric, set))
        .map(of_set);
    match Answer::any(answers.map(answer)) {
        Answer::Yes => Some(true),
        Answer::No => Some(false),
        Answer::Unknown(_) => None,
    }
}

/// Whether viewers may turn a widget of another table into one of this: a variable for the table whose values are found
/// or typed, or that has this one among them. What a replaced pattern becomes can't be told.
fn may_become(content: &DashboardContent, table: &str) -> Answer<'static> {
    Answer::any(
        content
            .variables
            .iter()
            .map(|it| match it.property.as_deref() {
                Some("TableName") => {
                    Answer::of(it.values.is_empty() || it.values.iter().any(|it| it == table))
                }
                Some(_) => Answer::No,
                None => Answer::Unknown(&OPEN),
            }),
    )
}
