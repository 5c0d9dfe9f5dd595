//! The alarms of one table: what of them can be drawn as a line over its consumption, and whom they tell.

use std::collections::{BTreeMap, BTreeSet};

use super::sketch::{Leaf, Mark, Node, Section};
use super::structure::folded;
use super::svg::clean;
use crate::link::account::AccountView;
use crate::link::alarm::AlarmView;
use crate::link::coverage::Unit;
use crate::link::logic::Answer;
use crate::link::reach::{End, Link};
use crate::link::signal::{Signal, Through};
use crate::link::table::TableView;
use crate::report::terminal::layout::count;
use crate::snapshot::Region;
use crate::snapshot::alarm::Comparison;
use crate::snapshot::fact::Why;

/// Groups of alarms that a diagram shows; the others are counted.
const GROUPS: usize = 5;
/// Ways to somebody that a group shows.
const WAYS: usize = 5;

/// The alarms of a region by the tables that they watch.
pub(super) struct Watching<'l, 'a> {
    account: &'l AccountView<'a>,
    by_table: BTreeMap<&'l str, Vec<&'l AlarmView<'a>>>,
    has_unreadable: bool,
}

/// The alarms that watch something of one table, and what is not known of them.
pub(super) struct Alarms<'l, 'a> {
    table: &'l str,
    region: &'a Region,
    items: Vec<&'l AlarmView<'a>>,
    /// Why there may be more; `None` where all were read.
    missing: Option<&'l Why>,
    /// Whether none at all were read.
    is_unread: bool,
    /// Whether an alarm watches in a way that can't be read.
    has_unreadable: bool,
    /// Whether something outside AWS watches, as declared.
    is_external: bool,
}

/// The line of an alarm over what it watches.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Threshold<'l> {
    /// Name of the alarm.
    pub(super) alarm: &'l str,
    /// What it compares with, in units a second.
    pub(super) per_s: f64,
}

fn table_of<'a>(signal: &Signal<'a>) -> Option<&'a str> {
    signal.stat.dimensions.get("TableName").map(String::as_str)
}

fn index_of<'a>(signal: &Signal<'a>) -> Option<&'a str> {
    let index = signal.stat.dimensions.get("GlobalSecondaryIndexName");
    index.map(String::as_str)
}

/// A line of the alarm in units a second: only where it compares the sum of units itself, and fires when that rises. What
/// other statistics and expressions compare is in other units.
fn per_s(signal: &Signal<'_>) -> Option<f64> {
    let rising = [
        Comparison::GreaterThanThreshold,
        Comparison::GreaterThanOrEqualToThreshold,
    ];
    let comparison = signal.alarm.comparison.as_ref()?;
    let is_sum = signal.stat.statistic.as_deref() == Some("Sum");
    let fits =
        signal.through == Through::Itself && is_sum && rising.contains(&comparison.0.as_str());
    let period_s = signal.stat.period_s.filter(|it| *it > 0)?;
    let threshold = signal
        .alarm
        .threshold
        .filter(|it| it.is_finite() && *it >= 0.0)?;
    fits.then(|| threshold / period_s as f64)
}

impl<'l, 'a> Watching<'l, 'a> {
    /// Sorts the alarms of a region.
    pub(super) fn new(account: &'l AccountView<'a>) -> Watching<'l, 'a> {
        let mut by_table: BTreeMap<&'l str, Vec<&'l AlarmView<'a>>> = BTreeMap::new();
        let alarms = account.alarms().known().map_or(&[][..], |it| &it.items);
        for alarm in alarms {
            let tables: BTreeSet<&str> = alarm.signals().iter().filter_map(table_of).collect();
            for table in tables {
                by_table.entry(table).or_default().push(alarm);
            }
        }
        Watching {
            account,
            by_table,
            has_unreadable: account.has_unreadable_alarms(),
        }
    }

    /// Those of one table.
    pub(super) fn of(&self, table: &'l TableView<'a>) -> Alarms<'l, 'a> {
        let name = table.table.name.as_str();
        let read = self.account.alarms().as_ref();
        Alarms {
            table: name,
            region: self.account.region,
            items: self.by_table.get(name).cloned().unwrap_or_default(),
            missing: match read {
                Ok(listed) => listed.missing.as_ref(),
                Err(why) => Some(why),
            },
            is_unread: read.is_err(),
            has_unreadable: self.has_unreadable,
            is_external: self.account.is_watched_elsewhere(),
        }
    }
}

impl<'l, 'a> Alarms<'l, 'a> {
    /// The lines of the alarms on a metric of exactly this table or index, lowest first, and how many alarms on it have
    /// none.
    pub(super) fn thresholds(
        &self,
        index: Option<&str>,
        metric: &str,
    ) -> (Vec<Threshold<'l>>, usize) {
        let unit = match index {
            Some(index) => Unit::index(self.table, index),
            None => Unit::table(self.table),
        };
        let (mut lines, mut others) = (Vec::new(), 0);
        for alarm in &self.items {
            let watching = alarm
                .signals()
                .iter()
                .filter(|it| it.watches(&unit, metric));
            for signal in watching {
                match per_s(signal) {
                    Some(per_s) => lines.push(Threshold {
                        alarm: &signal.alarm.name,
                        per_s,
                    }),
                    None => others += 1,
                }
            }
        }
        lines.sort_by(|a, b| a.per_s.total_cmp(&b.per_s).then(a.alarm.cmp(b.alarm)));
        (lines, others)
    }

    /// Why there may be alarms that are not among those that were read, in words.
    pub(super) fn doubt(&self) -> Option<String> {
        let missing = self.missing.map(|why| format!("? alarms: {}", why.brief()));
        let query = || "? an alarm's query may watch it too".to_owned();
        missing.or_else(|| self.has_unreadable.then(query))
    }

    /// Whether something outside AWS watches, as declared.
    pub(super) fn is_external(&self) -> bool {
        self.is_external
    }

    /// Whether alarms watch an index of its own and reach someone.
    pub(super) fn of_index(&self, index: &str) -> Leaf {
        let on_index =
            |it: &&&AlarmView<'a>| it.signals().iter().any(|it| index_of(it) == Some(index));
        let all: Vec<_> = self.items.iter().filter(on_index).collect();
        let works = |it: &&&AlarmView<'a>| self.works(it);
        let working = all.iter().filter(|it| works(it) == Answer::Yes).count();
        let unclear = all.iter().find_map(|it| works(it).reason());
        let unclear = unclear.or(self.missing);
        match (working, unclear, self.has_unreadable) {
            (1.., _, _) => Leaf::new(Mark::Good, count(working, "alarm")),
            (0, _, _) if self.is_external => {
                Leaf::new(Mark::Plain, "watched outside AWS, as declared")
            }
            (0, Some(why), _) => Leaf::new(Mark::Unknown, format!("alarms: {}", why.brief())),
            (0, None, true) => Leaf::new(Mark::Unknown, "an alarm's query may watch it"),
            (0, None, false) if all.is_empty() => Leaf::new(Mark::Bad, "no alarm of its own"),
            (0, None, false) => Leaf::new(Mark::Bad, "no alarm of its own that works"),
        }
    }

    /// Whether an alarm can fire on the table and reaches someone.
    fn works(&self, alarm: &AlarmView<'a>) -> Answer<'a> {
        alarm.can_fire_on(self.table).and(alarm.reaches_someone())
    }

    /// The alarms with the ways from them to somebody: those that do the same are one place.
    pub(super) fn section(&self) -> Section {
        let mut groups: BTreeMap<(Standing, Vec<Leaf>), Vec<&'l str>> = BTreeMap::new();
        for alarm in &self.items {
            let standing = standing(alarm.can_fire_on(self.table));
            let ways = self.ways(alarm, &standing);
            let group = groups.entry((standing, ways)).or_default();
            group.push(&alarm.alarm().name);
        }
        let shown = groups.iter().take(GROUPS);
        let mut nodes: Vec<Node> = shown
            .map(|((standing, ways), names)| group(standing, ways, names, self.table))
            .collect();
        let folded: usize = groups.values().skip(GROUPS).map(Vec::len).sum();
        if folded > 0 {
            nodes.push(Node::new(
                Mark::Plain,
                [format!("and {}", count(folded, "alarm") + " more")],
            ));
        }
        nodes.extend(self.rest());
        Section {
            head: "Alarms",
            nodes,
        }
    }

    /// What is to be said beside the alarms that were read: that there are none, or that there may be others.
    fn rest(&self) -> Option<Node> {
        let place = |mark, lines: &[&str]| {
            let lines = lines.iter().map(|it| (*it).to_owned());
            Some(Node::new(mark, lines))
        };
        match (self.missing, self.items.is_empty()) {
            _ if self.is_external => place(Mark::Plain, &["watched outside AWS", "as declared"]),
            (Some(why), _) if self.is_unread => place(Mark::Unknown, &["alarms", &why.brief()]),
            (Some(why), _) => place(Mark::Unknown, &["more alarms", &why.brief()]),
            (None, _) if self.has_unreadable => {
                place(Mark::Unknown, &["more alarms", "a query may watch it too"])
            }
            (None, true) => place(Mark::Bad, &["no alarm watches it"]),
            (None, false) => None,
        }
    }

    /// The ways from an alarm to somebody. A way is good only where the alarm itself surely works.
    fn ways(&self, alarm: &AlarmView<'a>, standing: &Standing) -> Vec<Leaf> {
        let reaches = alarm.reaches_someone() == Answer::Yes;
        let idle = |link: &&Link<'a>| matches!(link.end, End::NoAction | End::ActionsDisabled);
        // What does nothing by itself is no gap where another way holds.
        let links = alarm.links().iter().filter(|it| !(reaches && idle(it)));
        let mut ways: Vec<Leaf> = links.map(|link| self.way(alarm, link, standing)).collect();
        ways.dedup();
        if let Some(more) = folded(ways.len(), WAYS, "way") {
            // Those that break stay in sight.
            ways.sort_by_key(|leaf| leaf.mark);
            ways.truncate(WAYS);
            ways.push(more);
        }
        ways
    }

    fn way(&self, alarm: &AlarmView<'a>, link: &Link<'a>, standing: &Standing) -> Leaf {
        let mark = match (link.end.answer(), standing) {
            (Answer::No, _) => Mark::Bad,
            (Answer::Unknown(_), _) => Mark::Unknown,
            (Answer::Yes, Standing::Works) => Mark::Good,
            (Answer::Yes, Standing::Unknown(_) | Standing::CannotFire) => Mark::Plain,
        };
        let via = match link.alarm == alarm.alarm().name {
            true => String::new(),
            false => format!("through {}: ", link.alarm),
        };
        Leaf::new(mark, format!("{via}{}", self.end(&link.end)))
    }

    fn end(&self, end: &End<'_>) -> String {
        let words = end.words("CloudWatch");
        match end {
            End::Confirmed(arn) => {
                format!("{}: {}", last(arn), self.subscribers(arn).unwrap_or(words))
            }
            End::NoTopic(arn)
            | End::NobodyConfirmed(arn)
            | End::TopicUnread(arn, _)
            | End::Dropped(arn, _)
            | End::DeliveryUnread(arn, _)
            | End::Acts(arn)
            | End::TellsNobody(arn)
            | End::UnknownAction(arn)
            | End::Trusted(arn) => format!("{}: {words}", last(arn)),
            End::ActionsDisabled => "its actions are switched off".to_owned(),
            End::NoAction
            | End::Declared(_)
            | End::CompositesUnread(_)
            | End::RuleUnread(_)
            | End::Suppressed => words,
        }
    }

    /// `2 confirmed (https, sqs)`.
    fn subscribers(&self, arn: &str) -> Option<String> {
        let topics = &self.region.topics.known()?.items;
        let topic = topics.iter().find(|it| it.arn == arn)?;
        let all = topic.subscriptions.known()?.as_ref()?;
        let confirmed = all.items.iter().filter(|it| it.confirmed);
        let mut protocols: Vec<&str> = confirmed.map(|it| it.protocol.as_str()).collect();
        let number = protocols.len();
        protocols.sort_unstable();
        protocols.dedup();
        Some(format!("{number} confirmed ({})", protocols.join(", ")))
    }
}

/// The name at the end of an ARN.
pub(super) fn last(arn: &str) -> &str {
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}

/// Whether alarms can fire; those that can come first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    CannotFire,
    Unknown(String),
    Works,
}

fn standing(fires: Answer<'_>) -> Standing {
    match fires {
        Answer::Yes => Standing::Works,
        Answer::No => Standing::CannotFire,
        Answer::Unknown(why) => Standing::Unknown(why.brief()),
    }
}

/// The name of an alarm without that of the table in front: in a list of many that is what they have in common.
fn shortened(name: &str, table: &str) -> String {
    let rest = name
        .strip_prefix(table)
        .filter(|it| it.starts_with(['-', '_', '.', '/', ' ']));
    rest.map_or_else(|| name.to_owned(), |rest| format!("…{rest}"))
}

fn group(standing: &Standing, ways: &[Leaf], names: &[&str], table: &str) -> Node {
    let mark = match standing {
        Standing::Works => Mark::Plain,
        Standing::CannotFire => Mark::Bad,
        Standing::Unknown(_) => Mark::Unknown,
    };
    let head = match names {
        [only] => clean(only),
        [..] => count(names.len(), "alarm"),
    };
    let state = match standing {
        Standing::Works => String::new(),
        Standing::CannotFire => "can't fire as set".to_owned(),
        Standing::Unknown(why) => format!("whether it can fire: {why}"),
    };
    let listed = match names {
        [_] => String::new(),
        [..] => {
            let short: Vec<String> = names.iter().map(|it| shortened(it, table)).collect();
            short.join(", ")
        }
    };
    let lines = [head, state, listed];
    let mut node = Node::new(mark, lines.into_iter().filter(|it| !it.is_empty()));
    node.leaves = ways.to_vec();
    node
}
