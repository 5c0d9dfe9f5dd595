//! Coverage of metrics that have more dimensions than a table's name, or none: by operation, by receiving region, of the
//! account; and whether what covers a table wakes someone.

use super::{Unit, Watch, watched};
use crate::link::logic::Answer;
use crate::link::metrics::Metric;
use crate::link::published::in_words;
use crate::link::signal::{NAMESPACE, Signal};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// The dimension sets of a metric, any of which will do.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'w> {
    /// None: the account's.
    Account,
    /// Of a table, by one of these operations, or (SystemErrors) by the table alone.
    Operations(&'w str, &'w [&'w str], bool),
    /// Of a table, towards a region.
    Region(&'w str, &'w str),
}

impl Wanted<'_> {
    fn table(&self) -> &str {
        match self {
            Wanted::Account => "",
            Wanted::Operations(table, ..) | Wanted::Region(table, _) => table,
        }
    }

    fn accepts(&self, signal: &Signal<'_>) -> bool {
        let seen = &signal.stat.dimensions;
        let is = |key: &str, value: &str| seen.get(key).is_some_and(|it| it == value);
        match self {
            Wanted::Account => seen.is_empty(),
            Wanted::Operations(table, operations, alone) => {
                let by_operation = || operations.iter().any(|it| is("Operation", it));
                let fits = match seen.len() {
                    1 => *alone,
                    2 => by_operation(),
                    _ => false,
                };
                fits && is("TableName", table)
            }
            Wanted::Region(table, region) => {
                seen.len() == 2 && is("TableName", table) && is("ReceivingRegion", region)
            }
        }
    }

    fn in_words(&self) -> String {
        match self {
            Wanted::Account => "no dimensions".to_owned(),
            Wanted::Operations(..) => "TableName + Operation".to_owned(),
            Wanted::Region(..) => "TableName + ReceivingRegion".to_owned(),
        }
    }
}

impl<'a> Watch<'a> {
    /// Whether the metric has an alarm, under dimensions that are wanted, that can fire and reaches someone.
    pub fn covers_wanted(&self, wanted: Wanted<'_>, metric: &Metric) -> Answer<'a> {
        if self.external {
            return Answer::Yes;
        }
        let fitting = self
            .of_metric(wanted, metric)
            .filter(|it| wanted.accepts(it));
        let unit = Unit::table(wanted.table());
        let mut answer = Answer::any(fitting.map(|signal| self.works(signal, metric, None)));
        if answer != Answer::Yes && self.unreadable(&unit, metric).next().is_some() {
            answer = answer.or(Answer::Unknown(&crate::snapshot::fact::UNRECOGNISED));
        }
        answer.or_missing(self.missing)
    }

    fn of_metric<'s>(
        &'s self,
        wanted: Wanted<'_>,
        metric: &'s Metric,
    ) -> impl Iterator<Item = &'s Signal<'a>> {
        let of_metric =
            |it: &&Signal<'_>| it.stat.namespace == NAMESPACE && it.stat.metric == metric.name;
        self.signals(wanted.table()).iter().filter(of_metric)
    }

    /// What the answer of [`Watch::covers_wanted`] rests on.
    pub fn grounds_of_wanted(&self, wanted: Wanted<'_>, metric: &Metric) -> Grounds {
        let mut grounds = Grounds::default();
        if self.external {
            let observed = "declared in monitoring.external".to_owned();
            grounds.evidence.push(watched(metric, observed, None));
            return grounds;
        }
        let answer = self.covers_wanted(wanted, metric);
        for signal in self.of_metric(wanted, metric) {
            match wanted.accepts(signal) {
                true if answer != Answer::Yes || self.works(signal, metric, None) == answer => {
                    self.ground(signal, metric, &mut grounds);
                }
                false if answer != Answer::Yes => grounds.evidence.push(astray(signal, wanted)),
                true | false => {}
            }
        }
        if answer != Answer::Yes {
            grounds.unknown.extend(self.missing.cloned());
            if grounds.evidence.is_empty() && self.missing.is_none() {
                let from = Some(Operation::DescribeAlarms);
                grounds
                    .evidence
                    .push(watched(metric, "no alarm".to_owned(), from));
            }
            self.ground_unreadable(answer, &Unit::table(wanted.table()), metric, &mut grounds);
        }
        grounds
    }

    /// Whether an alarm on the unit's metric works and tells someone by more than e-mail.
    pub fn wakes(&self, unit: &Unit<'_>, metric: &Metric) -> Answer<'a> {
        if self.external {
            return Answer::Yes;
        }
        let on_unit = self.on_owner(unit).iter();
        let on_unit = on_unit.filter(|signal| signal.watches(unit, metric.name));
        let wakes = |signal: &Signal<'a>| {
            let reach = self.reach(signal.alarm_index);
            let wakes = reach.map_or(Answer::No, |reach| reach.wakes);
            signal.can_fire(metric).and(wakes)
        };
        let mut answer = Answer::any(on_unit.map(wakes));
        if answer != Answer::Yes && self.unreadable(unit, metric).next().is_some() {
            answer = answer.or(Answer::Unknown(&crate::snapshot::fact::UNRECOGNISED));
        }
        answer.or_missing(self.missing)
    }
}

/// An alarm on the right metric whose dimensions are others: another operation's, or a set that publishes nothing.
fn astray(signal: &Signal<'_>, wanted: Wanted<'_>) -> Evidence {
    let seen = &signal.stat.dimensions;
    let names: Vec<&str> = seen.keys().map(String::as_str).collect();
    let operation = seen.get("Operation").filter(|_| names.len() == 2);
    let region = seen.get("ReceivingRegion").filter(|_| names.len() == 2);
    let observed = match operation.or(region) {
        Some(value) => format!("{} = {value}", in_words(&names)),
        None => in_words(&names),
    };
    Evidence {
        path: format!("alarm \"{}\" dimensions", signal.alarm.name),
        observed,
        expected: wanted.in_words(),
        from: Some(Operation::DescribeAlarms),
    }
}
