//! What the answers about an alarm rest on.

use super::{
    AlarmView, Answer, Evidence, Grounds, NO_PERIOD, Operation, UNRECOGNISED, Value, Why, acts,
    delay_s, is_within, published, publishes,
};

impl AlarmView<'_> {
    fn evidence(&self, field: &str, observed: String, expected: String) -> Evidence {
        Evidence {
            path: format!("alarm \"{}\"{field}", self.alarm.name),
            observed,
            expected,
            from: Some(Operation::DescribeAlarms),
        }
    }

    fn unclear(&self, why: &Why, what: &str) -> Why {
        let mut why = why.clone();
        if why.detail.is_none() {
            why.detail = Some(format!("{what} of alarm \"{}\"", self.alarm.name));
        }
        why
    }

    pub(super) fn dimension_grounds(&self) -> Grounds {
        let mut grounds = Grounds::default();
        for signal in &self.signals {
            let stat = signal.stat;
            let names: Vec<&str> = stat.dimensions.keys().map(String::as_str).collect();
            match publishes(signal) {
                Answer::Unknown(why) => {
                    let what = format!("metric {} by {}", stat.metric, published::in_words(&names));
                    grounds.unknown.push(self.unclear(why, &what));
                }
                Answer::Yes | Answer::No => grounds.evidence.push(self.evidence(
                    " dimensions",
                    format!("{} by {}", stat.metric, published::in_words(&names)),
                    published::sets_in_words(&stat.metric),
                )),
            }
        }
        if self.signals.is_empty() {
            grounds
                .unknown
                .push(self.unclear(&UNRECOGNISED, "the query"));
        }
        grounds
    }

    pub(super) fn existence_grounds(&self) -> Grounds {
        let mut grounds = Grounds::default();
        for (what, there) in &self.existence {
            match there {
                Answer::Unknown(why) => grounds.unknown.push((*why).clone()),
                Answer::Yes | Answer::No => {
                    let word = if *there == Answer::Yes {
                        "exists"
                    } else {
                        "does not exist"
                    };
                    let mut evidence =
                        self.evidence(&format!(" → {what}"), word.to_owned(), "exists".to_owned());
                    evidence.from = Some(Operation::ListTables);
                    grounds.evidence.push(evidence);
                }
            }
        }
        grounds
    }

    pub(super) fn elsewhere_grounds(&self) -> Grounds {
        let mut grounds = Grounds::default();
        let mut seen = "no composite alarm acts for it".to_owned();
        for link in &self.links {
            match acts(link, &self.alarm.name) {
                Answer::Yes => seen = link.evidence().path + " acts for it",
                Answer::Unknown(why) => grounds.unknown.push(why.clone()),
                Answer::No => {}
            }
        }
        if self.external {
            seen = "declared in monitoring.external".to_owned();
        }
        let expected = "another way to someone".to_owned();
        grounds.evidence.push(self.evidence("", seen, expected));
        grounds
    }

    pub(super) fn reach_grounds(&self) -> Grounds {
        let unknown = self
            .reach
            .links
            .iter()
            .filter_map(|link| match link.end.answer() {
                Answer::Unknown(why) => Some(why.clone()),
                Answer::Yes | Answer::No => None,
            });
        Grounds {
            evidence: self.reach.links.iter().map(super::Link::evidence).collect(),
            unknown: unknown.collect(),
        }
    }

    pub(super) fn statistic_grounds(&self) -> Grounds {
        let mut grounds = Grounds::default();
        for signal in self.consumed() {
            let statistic = signal
                .stat
                .statistic
                .clone()
                .unwrap_or_else(|| "none".to_owned());
            let known = super::signal::grows(signal.stat.statistic.as_deref()).is_some();
            if !known {
                grounds
                    .unknown
                    .push(self.unclear(&UNRECOGNISED, &format!("statistic {statistic}")));
            }
            let expected = "Sum: others are of one request".to_owned();
            grounds
                .evidence
                .push(self.evidence(" statistic", statistic, expected));
        }
        grounds
    }

    pub(super) fn fresh_grounds(&self) -> Grounds {
        let mut grounds = self.existence_grounds();
        if let Answer::Unknown(why) = self.fresh {
            grounds.unknown.push(why.clone());
        }
        grounds
    }

    pub(super) fn period_grounds(&self) -> Grounds {
        let short = self.too_short().map(|(signal, period_s, granularity_s)| {
            let expected = format!(
                "{granularity_s} s or more: {} publishes no oftener",
                signal.stat.metric
            );
            self.evidence(" period", format!("{period_s} s"), expected)
        });
        Grounds {
            evidence: short.collect(),
            unknown: Vec::new(),
        }
    }

    pub(super) fn delay_grounds(&self, args: &[Value<'_>]) -> Grounds {
        let [Value::Number(minutes)] = args else {
            return Grounds::default();
        };
        let Some(delay_s) = delay_s(self.alarm) else {
            return Grounds {
                evidence: Vec::new(),
                unknown: vec![self.unclear(&NO_PERIOD, "the periods")],
            };
        };
        // Another alarm would do, if anybody heard of it.
        let unknown = match self.peers_fire_within(*minutes) {
            Answer::Unknown(why) if !is_within(delay_s, *minutes) => vec![why.clone()],
            Answer::Unknown(_) | Answer::Yes | Answer::No => Vec::new(),
        };
        Grounds {
            evidence: vec![self.evidence(
                " period × datapoints",
                format!("{} min", delay_s as f64 / 60.0),
                format!("{minutes} min or less"),
            )],
            unknown,
        }
    }
}
