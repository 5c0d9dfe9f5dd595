//! A consumer of a table's stream as rules see it: its function, the stream it reads, and what becomes of its failures.
//!
//! Consumers other than Lambda's event source mappings are not seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::coverage::{Unit, Watch};
use super::logic::Answer;
use super::metrics::{self, Metric};
use crate::snapshot::Region;
use crate::snapshot::fact::{Fact, Listed, Reason, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, FactType, Grounds, Value};
use crate::snapshot::stream::{EventSourceMapping, FailureTopic, MappingState, Queue};
use crate::snapshot::table::Table;
use crate::view;

/// Alarms of other regions and accounts are not in the snapshot.
static ELSEWHERE: Why = Why::from_call(Reason::NotRequested, Operation::DescribeAlarms);
/// No call here tells whether a bucket exists.
static NOT_ASKED: Why = Why::from_call(Reason::NotRequested, Operation::ListEventSourceMappings);
/// What AWS always says is missing.
static UNSAID: Why = Why::from_call(Reason::Malformed, Operation::ListEventSourceMappings);

/// The consumers of a region, by table.
pub struct Consumers<'a> {
    region: &'a Region,
    by_table: BTreeMap<&'a str, Vec<&'a EventSourceMapping>>,
    queues: BTreeMap<&'a str, &'a Queue>,
    topics: BTreeMap<&'a str, &'a FailureTopic>,
    watch: Arc<Watch<'a>>,
}

/// The account and name of a table, in the ARN of its stream.
fn table_of(stream_arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = stream_arn.split_once(":dynamodb:")?;
    let mut parts = rest.splitn(3, ':').skip(1);
    let (account, resource) = (parts.next()?, parts.next()?);
    let name = resource.strip_prefix("table/")?.split('/').next()?;
    Some((account, name))
}

fn items<T>(fact: &Fact<Listed<T>>) -> &[T] {
    fact.known().map_or(&[], |listed| &listed.items)
}

impl<'a> Consumers<'a> {
    /// Sorts the mappings of a region.
    pub fn new(region: &'a Region, watch: &Arc<Watch<'a>>) -> Consumers<'a> {
        let mut by_table: BTreeMap<&str, Vec<&EventSourceMapping>> = BTreeMap::new();
        for mapping in items(&region.event_source_mappings) {
            let table = table_of(&mapping.stream_arn);
            let own = table
                .filter(|(account, _)| region.account.is_empty() || region.account == *account);
            if let (Some((_, table)), false) = (own, mapping.state.is(MappingState::Deleting)) {
                by_table.entry(table).or_default().push(mapping);
            }
        }
        Consumers {
            region,
            by_table,
            queues: items(&region.queues)
                .iter()
                .map(|it| (it.arn.as_str(), it))
                .collect(),
            topics: items(&region.failure_topics)
                .iter()
                .map(|it| (it.arn.as_str(), it))
                .collect(),
            watch: Arc::clone(watch),
        }
    }

    /// The consumers of the stream that the table writes now; none where its stream is off.
    pub(super) fn of(&self, table: &Table) -> Fact<Listed<ConsumerView<'a>>> {
        match table.stream.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(None) => Fact::Known(Listed::complete(Vec::new())),
            Ok(Some(stream)) => self.listed(table, |mapping| mapping.stream_arn == stream.arn),
        }
    }

    /// The consumers of streams that the table wrote once: one that was turned off and on has another ARN.
    pub(super) fn of_old_streams(&self, table: &Table) -> Fact<Listed<ConsumerView<'a>>> {
        match table.stream.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            Ok(stream) => {
                let now = stream.as_ref().map(|stream| &stream.arn);
                self.listed(table, |mapping| Some(&mapping.stream_arn) != now)
            }
        }
    }

    /// How many of the consumers of the table's stream read it: all that are not disabled.
    pub(super) fn readers(&self, table: &Table) -> Fact<u64> {
        let consumers = match self.of(table) {
            Fact::Unknown(why) => return Fact::Unknown(why),
            Fact::Known(consumers) => consumers,
        };
        let states = consumers.items.iter().map(|it| &it.mapping.state);
        let unclear = |state: &&MappingState| !MappingState::CHOICES.knows(&state.0);
        match (consumers.missing.as_ref(), states.clone().find(unclear)) {
            (Some(why), _) => Fact::Unknown(why.clone()),
            (None, Some(_)) => Fact::Unknown(UNRECOGNISED.clone()),
            (None, None) => {
                let reading = states.filter(|state| !state.is(MappingState::Disabled));
                Fact::Known(reading.count() as u64)
            }
        }
    }

    fn listed(
        &self,
        table: &Table,
        is_wanted: impl Fn(&EventSourceMapping) -> bool,
    ) -> Fact<Listed<ConsumerView<'a>>> {
        let missing = match self.region.event_source_mappings.as_ref() {
            Err(why) => return Fact::Unknown(why.clone()),
            Ok(listed) => listed.missing.clone(),
        };
        let all = self.by_table.get(table.name.as_str()).into_iter().flatten();
        let wanted = all.filter(|mapping| is_wanted(mapping));
        let mut items: Vec<_> = wanted.map(|mapping| self.view(mapping)).collect();
        items.sort_by(|a, b| {
            let key =
                |it: &ConsumerView<'a>| (it.mapping.function_arn.clone(), it.mapping.uuid.clone());
            key(a).cmp(&key(b))
        });
        Fact::Known(Listed { items, missing })
    }

    fn view(&self, mapping: &'a EventSourceMapping) -> ConsumerView<'a> {
        let destination = mapping.failure_destination.as_deref();
        let failure_queue = match destination.filter(|arn| service(arn) == Some("sqs")) {
            None => Fact::Known(None),
            Some(arn) => match self.queues.get(arn) {
                Some(queue) => Fact::Known(Some(self.queue(queue))),
                None => Fact::Unknown(unlisted(&self.region.queues).clone()),
            },
        };
        ConsumerView {
            mapping,
            last_result_ok: last_result_ok(mapping),
            failure_queue,
            destination_exists: match destination {
                None => Answer::No,
                Some(arn) => self.exists(arn),
            },
            watch: Arc::clone(&self.watch),
        }
    }

    fn queue(&self, queue: &'a Queue) -> QueueView<'a> {
        let mut parts = queue.arn.split(':').skip(3);
        let (region, account) = (parts.next(), parts.next());
        let is_here = region == Some(&self.region.region)
            && (self.region.account.is_empty() || account == Some(&self.region.account));
        QueueView {
            queue,
            watch: is_here.then(|| Arc::clone(&self.watch)),
        }
    }

    fn exists(&self, arn: &'a str) -> Answer<'a> {
        let region: &'a Region = self.region;
        match service(arn) {
            Some("sqs") => match self.queues.get(arn).map(|queue| queue.exists.as_ref()) {
                Some(Ok(exists)) => Answer::of(*exists),
                Some(Err(why)) => Answer::Unknown(why),
                None => Answer::Unknown(unlisted(&region.queues)),
            },
            Some("sns") => match self
                .topics
                .get(arn)
                .map(|topic| topic.subscriptions.as_ref())
            {
                Some(Ok(subscriptions)) => Answer::of(subscriptions.is_some()),
                Some(Err(why)) => Answer::Unknown(why),
                None => Answer::Unknown(unlisted(&region.failure_topics)),
            },
            Some("s3") => Answer::Unknown(&NOT_ASKED),
            Some(_) | None => Answer::Unknown(&UNRECOGNISED),
        }
    }
}

/// The service of an ARN.
fn service(arn: &str) -> Option<&str> {
    arn.starts_with("arn:").then(|| arn.split(':').nth(2))?
}

/// Why a destination that a mapping names is not in a listing.
fn unlisted<T>(fact: &Fact<Listed<T>>) -> &Why {
    match fact.as_ref() {
        Err(why) => why,
        Ok(listed) => listed.missing.as_ref().unwrap_or(&NOT_ASKED),
    }
}

/// `No records processed` is the result of a consumer with nothing to do; trouble begins with `PROBLEM` (Lambda developer
/// guide, event source mappings). AWS names no other words.
fn last_result_ok(mapping: &EventSourceMapping) -> Fact<bool> {
    match mapping.last_result.as_deref() {
        None => Fact::Unknown(UNSAID.clone()),
        Some("OK" | "No records processed") => Fact::Known(true),
        Some(words) if words.starts_with("PROBLEM") => Fact::Known(false),
        Some(_) => Fact::Unknown(UNRECOGNISED.clone()),
    }
}

/// A Lambda event source mapping with what belongs to it.
pub struct ConsumerView<'a> {
    /// What was read.
    pub mapping: &'a EventSourceMapping,
    last_result_ok: Fact<bool>,
    failure_queue: Fact<Option<QueueView<'a>>>,
    destination_exists: Answer<'a>,
    watch: Arc<Watch<'a>>,
}

view! {
    /// A consumer of a table's stream: a Lambda event source mapping.
    impl ConsumerView = "consumer" over EventSourceMapping = |v| v.mapping, labelled |v| v.resource().to_owned();
    fields {
        /// The name of its function.
        function_name: String, [ListEventSourceMappings] = |v| Value::Text(v.function_name());
        /// Whether its last attempt went well, or there was nothing to do.
        last_result_ok: Fact<bool>, [ListEventSourceMappings] = |v| v.last_result_ok.value();
        /// The queue for what it could not process; null if its failures go elsewhere or nowhere.
        failure_queue: Fact<Option<QueueView<'static>>>, [ListEventSourceMappings, GetQueueUrl] = |v| v.failure_queue.value();
    }
    methods {
        /// Whether what is told of its failures exists.
        failure_destination_exists() checked |_| Ok(()), [ListEventSourceMappings, GetQueueUrl, ListSubscriptionsByTopic] =
            |v, _| v.destination_exists.value(), explained |v, _| v.destination_grounds();
        /// Whether a metric of its function has an alarm that can fire and reaches someone.
        covered_by(metric: String) checked |args| metrics::check_metric(args, metrics::function_metric), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.covered_by(args).value(), explained |v, args| v.coverage_grounds(args);
        /// Whether an alarm on the age of what it reads goes off before that is above so many hours, and reaches someone.
        age_alarm_below(hours: f64) checked |_| Ok(()), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.age_alarm_below(args).value(), explained |v, args| v.age_grounds(args);
    }
}

impl ConsumerView<'_> {
    /// Whether what is told of its failures exists; no where nothing is told.
    pub fn failure_destination_exists(&self) -> Answer<'_> {
        self.destination_exists
    }

    /// What follows `function:` in the ARN: name, and perhaps version or alias.
    pub fn resource(&self) -> &str {
        let arn = &self.mapping.function_arn;
        arn.split_once(":function:")
            .map_or(arn.as_str(), |(_, resource)| resource)
    }

    pub(super) fn function_name(&self) -> &str {
        self.resource().split(':').next().unwrap_or_default()
    }

    /// The units that publish what its function does: the function as a whole, or what of it the mapping invokes.
    fn units(&self) -> [Unit<'_>; 2] {
        let name = self.function_name();
        let resource = self.resource();
        [
            Unit::function(name),
            Unit::function_resource(name, resource),
        ]
    }

    fn covers(&self, metric: &Metric, most: Option<f64>) -> Answer<'_> {
        let units = self.units();
        Answer::any(
            units
                .iter()
                .map(|unit| self.watch.covers_below(unit, metric, most)),
        )
    }

    fn grounds(&self, metric: &Metric, most: Option<f64>) -> Grounds {
        let answer = self.covers(metric, most);
        let units = self.units();
        let deciding = units
            .iter()
            .find(|unit| self.watch.covers_below(unit, metric, most) == answer);
        deciding.map_or_else(Grounds::default, |unit| {
            self.watch.grounds_below(unit, metric, most)
        })
    }

    fn covered_by(&self, args: &[Value<'_>]) -> Answer<'_> {
        match metrics::metric_of(args, metrics::function_metric) {
            Some(metric) => self.covers(metric, None),
            None => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn coverage_grounds(&self, args: &[Value<'_>]) -> Grounds {
        let metric = metrics::metric_of(args, metrics::function_metric);
        metric.map_or_else(Grounds::default, |metric| self.grounds(metric, None))
    }

    fn age_alarm_below(&self, args: &[Value<'_>]) -> Answer<'_> {
        match (iterator_age(), milliseconds(args)) {
            (Some(metric), Some(most)) => self.covers(metric, Some(most)),
            _ => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn age_grounds(&self, args: &[Value<'_>]) -> Grounds {
        match (iterator_age(), milliseconds(args)) {
            (Some(metric), Some(most)) => self.grounds(metric, Some(most)),
            _ => Grounds::default(),
        }
    }

    fn destination_grounds(&self) -> Grounds {
        let destination = self.mapping.failure_destination.as_deref();
        let (observed, unknown) = match (destination, self.destination_exists) {
            (None, _) => ("none".to_owned(), None),
            (Some(arn), Answer::Yes) => (format!("{arn}, which exists"), None),
            (Some(arn), Answer::No) => (format!("{arn}, which does not exist"), None),
            (Some(arn), Answer::Unknown(why)) => {
                let mut why = why.clone();
                why.detail
                    .get_or_insert_with(|| format!("whether {arn} exists"));
                (arn.to_owned(), Some(why))
            }
        };
        Grounds {
            evidence: vec![Evidence {
                path: "consumer.failure_destination".to_owned(),
                observed,
                expected: "one that exists".to_owned(),
                from: Some(Operation::ListEventSourceMappings),
            }],
            unknown: unknown.into_iter().collect(),
        }
    }
}

fn iterator_age() -> Option<&'static Metric> {
    metrics::function_metric("IteratorAge")
}

/// The metric is in milliseconds.
fn milliseconds(args: &[Value<'_>]) -> Option<f64> {
    match args {
        [Value::Number(hours)] => Some(hours * 3_600_000.0),
        _ => None,
    }
}

/// A queue for what a consumer could not process, with its alarms.
pub struct QueueView<'a> {
    queue: &'a Queue,
    /// `None` for a queue of another region or account: its alarms are there.
    watch: Option<Arc<Watch<'a>>>,
}

view! {
    /// An SQS queue for what a consumer could not process.
    impl QueueView = "failure-queue" over Queue = |v| v.queue, labelled |v| v.name().to_owned();
    fields {
        /// Its name: the last part of the ARN.
        name: String, [ListEventSourceMappings] = |v| Value::Text(v.name());
    }
    methods {
        /// Whether a metric of the queue has an alarm that can fire and reaches someone.
        covered_by(metric: String) checked |args| metrics::check_metric(args, metrics::queue_metric), [DescribeAlarms, ListSubscriptionsByTopic, GetTopicAttributes, DescribeKey, GetKeyPolicy] =
            |v, args| v.covered_by(args).value(), explained |v, args| v.coverage_grounds(args);
    }
}

impl QueueView<'_> {
    fn name(&self) -> &str {
        self.queue.arn.rsplit(':').next().unwrap_or_default()
    }

    fn covered_by(&self, args: &[Value<'_>]) -> Answer<'_> {
        match (metrics::metric_of(args, metrics::queue_metric), &self.watch) {
            (Some(metric), Some(watch)) => watch.covers(&Unit::queue(self.name()), metric),
            (Some(_), None) => Answer::Unknown(&ELSEWHERE),
            (None, _) => Answer::Unknown(&UNRECOGNISED),
        }
    }

    fn coverage_grounds(&self, args: &[Value<'_>]) -> Grounds {
        match (metrics::metric_of(args, metrics::queue_metric), &self.watch) {
            (Some(metric), Some(watch)) => watch.grounds(&Unit::queue(self.name()), metric),
            (Some(_), None) => Grounds {
                evidence: Vec::new(),
                unknown: vec![elsewhere(&self.queue.arn)],
            },
            (None, _) => Grounds::default(),
        }
    }
}

fn elsewhere(arn: &str) -> Why {
    Why {
        detail: Some(format!("the alarms where {arn} is")),
        ..ELSEWHERE.clone()
    }
}
