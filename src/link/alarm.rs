//! The alarms that people set on DynamoDB, as rules see them: what each watches, whether that publishes anything and still
//! exists, whom the alarm tells and how soon.
//!
//! Auto scaling's own alarms are not among them: they scale, and tell nobody beside. Whether the alarms together cover a
//! table is for [`super::coverage`].

mod grounds;

use std::collections::{BTreeMap, BTreeSet};

use super::listed::others_unlisted;
use super::logic::Answer;
use super::published;
use super::reach::{End, Link, Reach, Routes};
use super::signal::{self, NAMESPACE, Signal, Through};
use crate::config::Config;
use crate::shares;
use crate::snapshot::Region;
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::fact::{Fact, Listed, Reason, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds, Value};
use crate::snapshot::table::{BillingMode, Table};
use crate::view;

/// The alarm says too little of its periods to tell how soon it fires.
static NO_PERIOD: Why = Why::from_call(Reason::Ambiguous, Operation::DescribeAlarms);

/// An alarm that a person set on DynamoDB.
pub struct AlarmView<'a> {
    pub(super) alarm: &'a MetricAlarm,
    signals: Vec<Signal<'a>>,
    tables: Vec<String>,
    reach: Reach<'a>,
    /// Every way from it to somebody, and where it ends.
    pub(super) links: Vec<Link<'a>>,
    external: bool,
    existence: Vec<(String, Answer<'a>)>,
    fresh: Answer<'a>,
    /// For each thing it watches: how soon the alarms on the same go off.
    peers: Vec<Vec<Delay<'a>>>,
}

view! {
    /// An alarm that a person set on a metric of DynamoDB, or on a query over them.
    impl AlarmView = "alarm" over MetricAlarm = |v| v.alarm, labelled |v| v.alarm.name.clone();
    fields {
        /// The names of the tables that it watches; empty for metrics of the account, and for queries.
        tables: Vec<String>, [DescribeAlarms] = |v| Value::List(&v.tables);
        /// Whether it names metrics, alone or in metric math; a query does not.
        names_metrics: bool, [DescribeAlarms] = |v| Value::Bool(!v.signals.is_empty());
        /// Whether it watches consumed capacity units.
        watches_consumed_units: bool, [DescribeAlarms] = |v| Value::Bool(v.consumed().next().is_some());
        /// Whether it watches what users feel at once: throttled requests, errors, latency.
        is_urgent: bool, [DescribeAlarms] = |v| Value::Bool(v.signals.iter().any(is_urgent));
        /// Whether its description holds a link or the word runbook.
        has_runbook: bool, [DescribeAlarms] = |v| Value::Bool(v.has_runbook());
    }
    methods {
        /// Whether each metric that it watches is published under exactly these dimensions.
        dimensions_publish() checked |_| Ok(()), [DescribeAlarms] =
            |v, _| v.dimensions_publish().value(), explained |v, _| v.dimension_grounds();
        /// Whether the tables and indexes that it watches exist.
        watches_what_exists() checked |_| Ok(()), [DescribeAlarms, ListTables, DescribeTable] =
            |v, _| v.watches_what_exists().value(), explained |v, _| v.existence_grounds();
        /// Whether people hear of it by other ways than its own actions: through a composite alarm that acts, or as the
        /// config declares.
        is_heard_elsewhere() checked |_| Ok(()), [DescribeAlarms] =
            |v, _| v.is_heard_elsewhere().value(), explained |v, _| v.elsewhere_grounds();
        /// Whether it reaches someone.
        reaches_someone() checked |_| Ok(()), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, _| v.reaches_someone().value(), explained |v, _| v.reach_grounds();
        /// Whether it sums the consumed units that it watches: other statistics are of one request.
        sums_consumed_units() checked |_| Ok(()), [DescribeAlarms] =
            |v, _| v.sums_consumed_units().value(), explained |v, _| v.statistic_grounds();
        /// Whether all that it watches publishes every minute or five, traffic or not, so that its state is of now.
        has_data_always() checked |_| Ok(()), [DescribeAlarms, ListTables, DescribeTable] =
            |v, _| v.fresh.value(), explained |v, _| v.fresh_grounds();
        /// Whether no period is shorter than that at which its metric is published.
        periods_have_data() checked |_| Ok(()), [DescribeAlarms] =
            |v, _| v.periods_have_data().value(), explained |v, _| v.period_grounds();
        /// Whether it, or another alarm on the same metric and dimensions that reaches someone, fires within so many minutes.
        fires_within(minutes: f64) checked |_| Ok(()), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.fires_within(args).value(), explained |v, args| v.delay_grounds(args);
    }
}

/// The alarms of a region that people set on DynamoDB, joined on so many threads.
pub fn on_dynamodb<'a>(
    region: &'a Region,
    config: &Config,
    routes: &Routes<'a>,
    threads: usize,
) -> Fact<Listed<AlarmView<'a>>> {
    let listed = match region.alarms.as_ref() {
        Ok(listed) => listed,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let of_people: Vec<&MetricAlarm> = listed
        .items
        .iter()
        .filter(|it| watches_dynamodb(it))
        .collect();
    let stock = Stock::new(region);
    let external = config.monitoring.external.is_some();
    let reached = |alarm: &&'a MetricAlarm| {
        let links = routes.links(alarm);
        (routes.reach_of(links.clone()), links)
    };
    let reached = |alarms: &[&'a MetricAlarm]| alarms.iter().map(reached).collect::<Vec<_>>();
    let reaches = shares::of(&of_people, threads, reached);
    let reaches: Vec<(Reach<'a>, Vec<Link<'a>>)> = reaches.into_iter().flatten().collect();
    let heard = reaches.iter().map(|(reach, _)| reach);
    let delays = delays(of_people.iter().copied().zip(heard), external);
    let of_people = of_people.into_iter().zip(reaches);
    let view = |(alarm, reach)| view_of(alarm, reach, &stock, &delays, external);
    Fact::Known(Listed {
        items: of_people.map(view).collect(),
        missing: listed.missing.clone(),
    })
}

/// Whether a person set the alarm on a metric of DynamoDB, or on a query over its namespace.
pub fn watches_dynamodb(alarm: &MetricAlarm) -> bool {
    let on_metric = signal::signals(alarm, 0)
        .iter()
        .any(|signal| signal.stat.namespace == NAMESPACE);
    let mut expressions = alarm.queries.iter().filter_map(|it| it.expression.as_ref());
    let on_dynamodb = on_metric || expressions.any(|it| it.contains(NAMESPACE));
    on_dynamodb && !signal::is_owned_by_auto_scaling(alarm)
}

/// What an alarm watches, as a key: metric and dimensions.
type Watched<'a> = (&'a str, &'a BTreeMap<String, String>);

/// The seconds that an alarm takes to go off, and whether it reaches someone.
type Delay<'a> = (u64, Answer<'a>);

/// How soon the alarms on each thing that is watched go off.
fn delays<'a, 'r>(
    alarms: impl Iterator<Item = (&'a MetricAlarm, &'r Reach<'a>)>,
    external: bool,
) -> BTreeMap<Watched<'a>, Vec<Delay<'a>>>
where
    'a: 'r,
{
    let mut delays: BTreeMap<Watched<'a>, Vec<Delay<'a>>> = BTreeMap::new();
    for (alarm, reach) in alarms {
        let Some(delay_s) = delay_s(alarm) else {
            continue;
        };
        let heard = Answer::of(external).or(reach.answer);
        for signal in of_dynamodb(alarm) {
            let of_same = delays.entry(watched(&signal)).or_default();
            of_same.push((delay_s, heard));
        }
    }
    delays
}

fn watched<'a>(signal: &Signal<'a>) -> Watched<'a> {
    (signal.stat.metric.as_str(), &signal.stat.dimensions)
}

fn of_dynamodb(alarm: &MetricAlarm) -> Vec<Signal<'_>> {
    let mut signals = signal::signals(alarm, 0);
    signals.retain(|signal| signal.stat.namespace == NAMESPACE);
    signals
}

/// The seconds from the first bad period to ALARM: as many periods as must breach. Metric math has the longest period
/// of its lines.
fn delay_s(alarm: &MetricAlarm) -> Option<u64> {
    let of_lines = alarm.queries.iter().filter_map(|query| {
        query
            .metric
            .as_ref()
            .and_then(|it| it.period_s)
            .or(query.period_s)
    });
    let period_s = match &alarm.metric {
        Some(metric) => metric.period_s,
        None => of_lines.max(),
    };
    let datapoints = alarm.datapoints_to_alarm.or(alarm.evaluation_periods);
    period_s
        .zip(datapoints)
        .map(|(period_s, count)| period_s * count)
}

fn view_of<'a>(
    alarm: &'a MetricAlarm,
    (reach, links): (Reach<'a>, Vec<Link<'a>>),
    stock: &Stock<'a>,
    delays: &BTreeMap<Watched<'a>, Vec<Delay<'a>>>,
    external: bool,
) -> AlarmView<'a> {
    let signals = of_dynamodb(alarm);
    let tables: BTreeSet<&String> = signals
        .iter()
        .filter_map(|signal| signal.stat.dimensions.get("TableName"))
        .collect();
    let existence = signals.iter().filter_map(|signal| stock.has(signal));
    let fresh = match signals.is_empty() {
        true => Answer::No,
        false => Answer::all(signals.iter().map(|signal| stock.is_fresh(signal))),
    };
    AlarmView {
        alarm,
        tables: tables.into_iter().cloned().collect(),
        reach,
        links,
        external,
        existence: existence.collect(),
        fresh,
        peers: signals
            .iter()
            .map(|it| delays.get(&watched(it)).cloned().unwrap_or_default())
            .collect(),
        signals,
    }
}

/// The tables that a region has.
struct Stock<'a> {
    tables: BTreeMap<&'a str, &'a Table>,
    /// The names of those that were not chosen.
    others: BTreeSet<&'a str>,
    /// Why there may be more.
    unlisted: Option<&'a Why>,
}

impl<'a> Stock<'a> {
    fn new(region: &'a Region) -> Stock<'a> {
        let tables = region
            .tables
            .known()
            .map_or(&[][..], |it| it.items.as_slice());
        let others = region.other_tables.known().into_iter().flatten();
        Stock {
            tables: tables.iter().map(|it| (it.name.as_str(), it)).collect(),
            others: others.map(String::as_str).collect(),
            unlisted: others_unlisted(region),
        }
    }

    /// Whether there is such a table, among those too that were not chosen.
    fn has_table(&self, name: &str) -> Answer<'a> {
        match self.tables.contains_key(name) || self.others.contains(name) {
            true => Answer::Yes,
            false => Answer::No.or_missing(self.unlisted),
        }
    }

    /// What a signal watches, in words, and whether it exists. Nothing for metrics of the account.
    fn has(&self, signal: &Signal<'a>) -> Option<(String, Answer<'a>)> {
        let dimensions = &signal.stat.dimensions;
        let table = dimensions.get("TableName")?;
        let is_there = self.has_table(table);
        let Some(index) = dimensions.get("GlobalSecondaryIndexName") else {
            return Some((format!("table \"{table}\""), is_there));
        };
        if is_there == Answer::No {
            return Some((format!("table \"{table}\""), is_there));
        }
        let has_index = match self
            .tables
            .get(table.as_str())
            .map(|it| it.indexes.as_ref())
        {
            Some(Ok(indexes)) => Answer::of(indexes.iter().any(|it| it.name == *index)),
            Some(Err(why)) => Answer::Unknown(why),
            // It was not asked about: other tables were chosen.
            None => Answer::Unknown(&crate::snapshot::fact::NOT_REQUESTED),
        };
        Some((
            format!("index \"{index}\" of \"{table}\""),
            is_there.and(has_index),
        ))
    }

    /// Whether what a signal watches publishes all the time: consumed units are zero in idle minutes ("DynamoDB metrics
    /// and dimensions": their minimum is influenced by periods of inactivity), provisioned ones are there while the
    /// table is provisioned. All else is published when there is traffic, or trouble.
    fn is_fresh(&self, signal: &Signal<'a>) -> Answer<'a> {
        let metric = signal.stat.metric.as_str();
        let of_kind = match metric {
            "ConsumedReadCapacityUnits" | "ConsumedWriteCapacityUnits" => Answer::Yes,
            "ProvisionedReadCapacityUnits" | "ProvisionedWriteCapacityUnits" => {
                self.is_provisioned(signal)
            }
            _ => Answer::No,
        };
        let dimensions = &signal.stat.dimensions;
        // Writes of replication are published apart, and only where there are any.
        let by_source = Answer::of(!dimensions.contains_key("Source"));
        let is_there = self.has(signal).map_or(Answer::No, |(_, there)| there);
        of_kind.and(by_source).and(publishes(signal)).and(is_there)
    }

    fn is_provisioned(&self, signal: &Signal<'a>) -> Answer<'a> {
        let table = signal.stat.dimensions.get("TableName");
        match table
            .and_then(|name| self.tables.get(name.as_str()))
            .map(|it| it.billing_mode.as_ref())
        {
            Some(Ok(mode)) if BillingMode::CHOICES.knows(&mode.0) => {
                Answer::of(mode.is(BillingMode::PROVISIONED))
            }
            Some(Ok(_)) => Answer::Unknown(&UNRECOGNISED),
            Some(Err(why)) => Answer::Unknown(why),
            None => Answer::Unknown(&crate::snapshot::fact::NOT_REQUESTED),
        }
    }
}

/// An operation that this version does not know may be a new one, or misspelt.
fn publishes(signal: &Signal<'_>) -> Answer<'static> {
    let dimensions = &signal.stat.dimensions;
    let names: Vec<&str> = dimensions.keys().map(String::as_str).collect();
    let is_known = |it: &String| it == "GetRecords" || published::OPERATIONS.contains(&it.as_str());
    let of_operation = match dimensions.get("Operation").is_none_or(is_known) {
        true => Answer::Yes,
        false => Answer::Unknown(&UNRECOGNISED),
    };
    published::publishes(&signal.stat.metric, &names).and(of_operation)
}

fn is_urgent(signal: &Signal<'_>) -> bool {
    let metric = signal.stat.metric.as_str();
    let named = matches!(
        metric,
        "ThrottledRequests" | "SystemErrors" | "UserErrors" | "SuccessfulRequestLatency"
    );
    named || metric.ends_with("ThrottleEvents")
}

/// Whether a composite alarm at the end of this way does something, whoever hears of it.
fn acts<'a>(link: &Link<'a>, own: &str) -> Answer<'a> {
    match &link.end {
        End::Declared(_) => Answer::Yes,
        End::CompositesUnread(why) => Answer::Unknown(why),
        _ if link.alarm == own => Answer::No,
        End::NoTopic(_)
        | End::NobodyConfirmed(_)
        | End::TopicUnread(..)
        | End::Dropped(..)
        | End::DeliveryUnread(..)
        | End::Confirmed(_)
        | End::Acts(_)
        | End::Trusted(_) => Answer::Yes,
        End::UnknownAction(_) | End::RuleUnread(_) => Answer::Unknown(&UNRECOGNISED),
        End::ActionsDisabled | End::NoAction | End::TellsNobody(_) | End::Suppressed => Answer::No,
    }
}

impl<'a> AlarmView<'a> {
    fn consumed(&self) -> impl Iterator<Item = &Signal<'a>> {
        let is_consumed = |it: &&Signal<'_>| {
            matches!(
                it.stat.metric.as_str(),
                "ConsumedReadCapacityUnits" | "ConsumedWriteCapacityUnits"
            )
        };
        self.signals.iter().filter(is_consumed)
    }

    fn has_runbook(&self) -> bool {
        let words = self
            .alarm
            .description
            .as_deref()
            .unwrap_or_default()
            .to_ascii_lowercase();
        ["https://", "http://", "runbook", "playbook"]
            .iter()
            .any(|it| words.contains(it))
    }

    /// The alarm as AWS gave it.
    pub fn alarm(&self) -> &'a MetricAlarm {
        self.alarm
    }

    /// The metrics of DynamoDB that it watches; none for a query.
    pub fn signals(&self) -> &[Signal<'a>] {
        &self.signals
    }

    /// Every way from it to somebody, and where it ends.
    pub fn links(&self) -> &[Link<'a>] {
        &self.links
    }

    /// Whether it can fire on what it watches of a table: the metrics publish, what is watched exists, and the settings
    /// let it. Unknown for metrics that this version does not know.
    pub fn can_fire_on(&self, table: &str) -> Answer<'a> {
        let of_table = |it: &&Signal<'a>| {
            it.stat
                .dimensions
                .get("TableName")
                .is_some_and(|name| name == table)
        };
        let fires = |signal: &Signal<'a>| -> Answer<'a> {
            let metric = published::all()
                .find(|(namespace, it)| *namespace == NAMESPACE && it.name == signal.stat.metric);
            metric.map_or(Answer::Unknown(&UNRECOGNISED), |(_, it)| {
                signal.can_fire(it)
            })
        };
        let each = self.signals.iter().filter(of_table).map(fires);
        self.dimensions_publish()
            .and(self.watches_what_exists())
            .and(Answer::all(each))
    }

    /// Queries name no dimensions of their own here: whether they find anything is not known.
    fn dimensions_publish(&self) -> Answer<'a> {
        match self.signals.is_empty() {
            true => Answer::Unknown(&UNRECOGNISED),
            false => Answer::all(self.signals.iter().map(publishes)),
        }
    }

    fn watches_what_exists(&self) -> Answer<'a> {
        Answer::all(self.existence.iter().map(|(_, there)| *there))
    }

    fn is_heard_elsewhere(&self) -> Answer<'a> {
        let declared = Answer::of(self.external);
        let acts = |link| acts(link, &self.alarm.name);
        declared.or(Answer::any(self.links.iter().map(acts)))
    }

    /// Whether it reaches someone, by itself, through another alarm, or as the config declares.
    pub fn reaches_someone(&self) -> Answer<'a> {
        Answer::of(self.external).or(self.reach.answer)
    }

    /// Within expressions of unknown shape any statistic may be right.
    fn sums_consumed_units(&self) -> Answer<'a> {
        let judged = self
            .consumed()
            .filter(|it| it.through != Through::Expression);
        Answer::all(judged.map(|signal| match signal.stat.statistic.as_deref() {
            Some("SampleCount") => Answer::No,
            statistic => match signal::grows(statistic) {
                Some(grows) => Answer::of(grows),
                None => Answer::Unknown(&UNRECOGNISED),
            },
        }))
    }

    /// Lines of metric math may be filled; only the metric that is compared itself is judged.
    fn periods_have_data(&self) -> Answer<'a> {
        Answer::of(self.too_short().next().is_none())
    }

    fn too_short(&self) -> impl Iterator<Item = (&Signal<'a>, u64, u64)> {
        self.signals.iter().filter_map(|signal| {
            let granularity_s = granularity_s(&signal.stat.metric)?;
            let period_s = signal.stat.period_s?;
            let is_short = signal.through == Through::Itself && period_s < granularity_s;
            is_short.then_some((signal, period_s, granularity_s))
        })
    }

    fn fires_within(&self, args: &[Value<'_>]) -> Answer<'a> {
        let [Value::Number(minutes)] = args else {
            return Answer::Unknown(&UNRECOGNISED);
        };
        let own = match delay_s(self.alarm) {
            Some(delay_s) => Answer::of(is_within(delay_s, *minutes)),
            None => Answer::Unknown(&NO_PERIOD),
        };
        match self.peers.is_empty() {
            true => own,
            false => own.or(self.peers_fire_within(*minutes)),
        }
    }

    /// Whether all that it watches has an alarm that fires in time and is heard: one that nobody hears of warns nobody,
    /// however soon it fires.
    fn peers_fire_within(&self, minutes: f64) -> Answer<'a> {
        let in_time = |of_same: &Vec<Delay<'a>>| {
            let in_time = of_same.iter().filter(|it| is_within(it.0, minutes));
            Answer::any(in_time.map(|(_, heard)| *heard))
        };
        Answer::all(self.peers.iter().map(in_time))
    }
}

fn is_within(delay_s: u64, minutes: f64) -> bool {
    delay_s as f64 <= minutes * 60.0
}

/// Seconds between two data points of a metric, where this version knows it.
fn granularity_s(name: &str) -> Option<u64> {
    let mut all = published::all();
    all.find(|(namespace, metric)| *namespace == NAMESPACE && metric.name == name)
        .map(|(_, metric)| metric.granularity_s)
}
