//! What CloudTrail logs: the calls on a table's items, and the calls that change the account.
//!
//! A trail's selectors and those of an event data store are read the same way. A selector that looks at fields this
//! version does not judge (an event's name, a caller) logs some calls and not others: that is unknown, not a yes.

use super::logic::Answer;
use crate::snapshot::Region;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};
use crate::snapshot::trail::{
    AdvancedSelector, DataResource, EventDataStore, EventSelector, ReadWrite, SelectorField,
    Selectors, StoreStatus, Trail,
};

/// The type of resource whose data events are calls on a table's items.
const TABLE_TYPE: &str = "AWS::DynamoDB::Table";
const EVENT_SOURCE: &str = "dynamodb.amazonaws.com";

/// What is logged in a region.
#[derive(Clone, Copy)]
pub struct Audit<'a> {
    trails: &'a Fact<Listed<Trail>>,
    stores: &'a Fact<Listed<EventDataStore>>,
}

/// Calls that a selector may log or not.
#[derive(Clone, Copy)]
enum Calls<'t> {
    /// Reads of the items of the table with this ARN.
    ItemReads(&'t str),
    /// Writes of them.
    ItemWrites(&'t str),
    /// Changes to the configuration of DynamoDB.
    Changes,
}

impl<'a> Audit<'a> {
    /// What is logged in a region.
    pub fn new(region: &'a Region) -> Audit<'a> {
        Audit {
            trails: &region.trails,
            stores: &region.event_data_stores,
        }
    }

    /// Whether reads and writes of the items of a table are logged.
    pub fn logs_items(self, table_arn: &'a Fact<String>) -> Answer<'a> {
        match table_arn.as_ref() {
            Err(why) => Answer::Unknown(why),
            Ok(arn) => {
                let writes = self.logs(Calls::ItemWrites(arn));
                self.logs(Calls::ItemReads(arn)).and(writes)
            }
        }
    }

    /// Whether changes to the configuration are logged.
    pub fn logs_changes(self) -> Answer<'a> {
        self.logs(Calls::Changes)
    }

    fn logs(self, calls: Calls<'_>) -> Answer<'a> {
        let trails = search(self.trails, |trail| trail_logs(trail, calls));
        let stores = search(self.stores, |store| store_logs(store, calls));
        trails.or(stores)
    }

    /// What [`Audit::logs_items`] rests on.
    pub fn items_grounds(self, table_arn: &Fact<String>) -> Grounds {
        match table_arn.as_ref() {
            Err(why) => Grounds {
                evidence: Vec::new(),
                unknown: vec![why.clone()],
            },
            Ok(arn) => {
                let (reads, writes) = (Calls::ItemReads(arn), Calls::ItemWrites(arn));
                let (of_reads, of_writes) = (self.logs(reads), self.logs(writes));
                let telling = match of_reads == of_reads.and(of_writes) {
                    true => reads,
                    false => writes,
                };
                self.grounds(telling, "reads and writes of its items")
            }
        }
    }

    /// What [`Audit::logs_changes`] rests on.
    pub fn changes_grounds(self) -> Grounds {
        self.grounds(Calls::Changes, "changes to the configuration")
    }

    fn grounds(self, calls: Calls<'_>, wanted: &str) -> Grounds {
        let mut grounds = Grounds::default();
        let answer = self.logs(calls);
        let mut say = |path: String, one: Answer<'_>, idle: bool, from: Operation| match one {
            Answer::Unknown(why) => {
                let mut why = why.clone();
                why.detail.get_or_insert_with(|| path.clone());
                grounds.unknown.push(why);
            }
            Answer::Yes | Answer::No if one == answer => grounds.evidence.push(Evidence {
                path,
                observed: observed(one, idle).to_owned(),
                expected: wanted.to_owned(),
                from: Some(from),
            }),
            Answer::Yes | Answer::No => {}
        };
        for trail in self.trails.known().map_or(&[][..], |listed| &listed.items) {
            let idle = trail.logging.known() == Some(&false);
            let path = format!("trail \"{}\"", trail.name);
            say(
                path,
                trail_logs(trail, calls),
                idle,
                Operation::GetEventSelectors,
            );
        }
        for store in self.stores.known().map_or(&[][..], |listed| &listed.items) {
            let idle = store
                .status
                .known()
                .is_some_and(|it| !it.is(StoreStatus::ENABLED));
            let path = format!("event data store {}", store.arn);
            say(
                path,
                store_logs(store, calls),
                idle,
                Operation::GetEventDataStore,
            );
        }
        if answer != Answer::Yes {
            let unread = [missing(self.trails), missing(self.stores)];
            grounds
                .unknown
                .extend(unread.into_iter().flatten().cloned());
            if grounds.evidence.is_empty() && grounds.unknown.is_empty() {
                grounds.evidence.push(Evidence {
                    path: "trails".to_owned(),
                    observed: "none".to_owned(),
                    expected: format!("one that logs {wanted}"),
                    from: Some(Operation::DescribeTrails),
                });
            }
        }
        grounds
    }
}

fn observed(answer: Answer<'_>, idle: bool) -> &'static str {
    match (answer, idle) {
        (Answer::Yes, _) => "logs them",
        (Answer::No | Answer::Unknown(_), true) => "is switched off",
        (Answer::No | Answer::Unknown(_), false) => "does not log them",
    }
}

fn missing<T>(list: &Fact<Listed<T>>) -> Option<&Why> {
    match list.as_ref() {
        Ok(listed) => listed.missing.as_ref(),
        Err(why) => Some(why),
    }
}

fn search<'a, T>(list: &'a Fact<Listed<T>>, holds: impl Fn(&'a T) -> Answer<'a>) -> Answer<'a> {
    match list.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(listed) => {
            Answer::any(listed.items.iter().map(holds)).or_missing(listed.missing.as_ref())
        }
    }
}

fn trail_logs<'a>(trail: &'a Trail, calls: Calls<'_>) -> Answer<'a> {
    let logging = match trail.logging.as_ref() {
        Ok(logging) => Answer::of(*logging),
        Err(why) => Answer::Unknown(why),
    };
    let selected = match trail.selectors.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(Selectors { basic, advanced }) => {
            let basic = Answer::any(basic.iter().map(|it| basic_logs(it, calls)));
            basic.or(Answer::any(
                advanced.iter().map(|it| advanced_logs(it, calls)),
            ))
        }
    };
    logging.and(selected)
}

fn store_logs<'a>(store: &'a EventDataStore, calls: Calls<'_>) -> Answer<'a> {
    let enabled = match store.status.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(status) if !StoreStatus::CHOICES.knows(&status.0) => Answer::Unknown(&UNRECOGNISED),
        Ok(status) => Answer::of(status.is(StoreStatus::ENABLED)),
    };
    let selected = match store.selectors.as_ref() {
        Err(why) => Answer::Unknown(why),
        Ok(selectors) => Answer::any(selectors.iter().map(|it| advanced_logs(it, calls))),
    };
    enabled.and(selected)
}

fn basic_logs<'a>(selector: &EventSelector, calls: Calls<'_>) -> Answer<'a> {
    let half = match calls {
        Calls::ItemReads(_) => ReadWrite::ReadOnly,
        Calls::ItemWrites(_) | Calls::Changes => ReadWrite::WriteOnly,
    };
    let direction = match selector.read_write.0.as_str() {
        ReadWrite::All => Answer::Yes,
        word if ReadWrite::CHOICES.knows(word) => Answer::of(word == half),
        _ => Answer::Unknown(&UNRECOGNISED),
    };
    let selected = match calls {
        Calls::ItemReads(arn) | Calls::ItemWrites(arn) => {
            let of_tables = selector
                .data_resources
                .iter()
                .filter(|it| it.kind == TABLE_TYPE);
            Answer::any(of_tables.map(|it| resources_hold(it, arn)))
        }
        Calls::Changes => Answer::of(selector.management_events),
    };
    direction.and(selected)
}

/// `arn:aws:dynamodb` is every table; a whole ARN is that table. Any other first part of an ARN may or may not stop at a
/// name's end.
fn resources_hold<'a>(resources: &DataResource, table_arn: &str) -> Answer<'a> {
    Answer::any(resources.arns.iter().map(|value| {
        let service = value.trim_end_matches(':');
        let is_all = service.split(':').count() == 3;
        match table_arn.strip_prefix(service) {
            Some("") => Answer::Yes,
            Some(rest) if is_all => Answer::of(rest.starts_with(':')),
            Some(_) => Answer::Unknown(&UNRECOGNISED),
            None => Answer::No,
        }
    }))
}

fn advanced_logs<'a>(selector: &AdvancedSelector, calls: Calls<'_>) -> Answer<'a> {
    let has_category = selector.fields.iter().any(|it| it.field == "eventCategory");
    let wanted = selector.fields.iter().map(|it| field_lets(it, calls));
    Answer::of(has_category).and(Answer::all(wanted))
}

fn field_lets<'a>(field: &SelectorField, calls: Calls<'_>) -> Answer<'a> {
    let value = match (field.field.as_str(), calls) {
        ("eventCategory", Calls::Changes) => "Management",
        ("eventCategory", Calls::ItemReads(_) | Calls::ItemWrites(_)) => "Data",
        ("resources.type", Calls::ItemReads(_) | Calls::ItemWrites(_)) => TABLE_TYPE,
        ("resources.ARN", Calls::ItemReads(arn) | Calls::ItemWrites(arn)) => arn,
        ("readOnly", Calls::ItemReads(_)) => "true",
        ("readOnly", Calls::ItemWrites(_) | Calls::Changes) => "false",
        ("eventSource", _) => EVENT_SOURCE,
        _ => return Answer::Unknown(&UNRECOGNISED),
    };
    let wanted = [
        field.equals.iter().any(|it| it == value),
        field
            .starts_with
            .iter()
            .any(|it| value.starts_with(it.as_str())),
        field
            .ends_with
            .iter()
            .any(|it| value.ends_with(it.as_str())),
    ];
    let wants = [&field.equals, &field.starts_with, &field.ends_with];
    let wants_something = wants.iter().any(|list| !list.is_empty());
    let refused = field.not_equals.iter().any(|it| it == value)
        || field
            .not_starts_with
            .iter()
            .any(|it| value.starts_with(it.as_str()))
        || field
            .not_ends_with
            .iter()
            .any(|it| value.ends_with(it.as_str()));
    Answer::of((wanted.contains(&true) || !wants_something) && !refused)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ORDERS: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/Orders";

    fn field(name: &str, key: &str, values: &[&str]) -> Value {
        let mut field = json!({"field": name, "equals": [], "starts_with": [], "ends_with": [],
            "not_equals": [], "not_starts_with": [], "not_ends_with": []});
        field[key] = json!(values);
        field
    }

    fn advanced(fields: &[Value]) -> Value {
        let mut all = vec![
            field("eventCategory", "equals", &["Data"]),
            field("resources.type", "equals", &[TABLE_TYPE]),
        ];
        all.extend_from_slice(fields);
        json!({"basic": [], "advanced": [{"name": null, "fields": all}]})
    }

    fn basic(read_write: &str, arns: &[&str]) -> Value {
        json!({"advanced": [], "basic": [{"read_write": read_write, "management_events": true,
            "data_resources": [{"kind": TABLE_TYPE, "arns": arns}]}]})
    }

    fn trails(selectors: &[Value]) -> Fact<Listed<Trail>> {
        let trail = |selectors: &Value| {
            json!({"name": "t", "arn": "arn:t", "home_region": null, "multi_region": true,
                "organization": false, "logging": true, "selectors": selectors})
        };
        let trails: Vec<Value> = selectors.iter().map(trail).collect();
        serde_json::from_value(json!(trails)).expect("trails")
    }

    fn word(answer: Answer<'_>) -> &'static str {
        match answer {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn item_calls_are_logged_where_reads_and_writes_of_the_table_are_selected() {
        let none = Fact::Known(Listed::complete(vec![]));
        let arn = Fact::Known(ORDERS.to_owned());
        for (name, selectors, expected) in [
            ("no trail", vec![], "no"),
            (
                "all tables",
                vec![basic("All", &["arn:aws:dynamodb"])],
                "yes",
            ),
            ("this table", vec![basic("All", &[ORDERS])], "yes"),
            (
                "another table",
                vec![basic(
                    "All",
                    &["arn:aws:dynamodb:eu-west-1:111122223333:table/Ordersx"],
                )],
                "no",
            ),
            (
                "a first part",
                vec![basic(
                    "All",
                    &["arn:aws:dynamodb:eu-west-1:111122223333:table/Ord"],
                )],
                "unknown",
            ),
            (
                "another partition",
                vec![basic("All", &["arn:aws-cn:dynamodb"])],
                "no",
            ),
            (
                "writes",
                vec![basic("WriteOnly", &["arn:aws:dynamodb"])],
                "no",
            ),
            (
                "writes here, reads there",
                vec![basic("WriteOnly", &[ORDERS]), basic("ReadOnly", &[ORDERS])],
                "yes",
            ),
            (
                "a word of tomorrow",
                vec![basic("Some", &[ORDERS])],
                "unknown",
            ),
            ("advanced", vec![advanced(&[])], "yes"),
            (
                "advanced, writes",
                vec![advanced(&[field("readOnly", "equals", &["false"])])],
                "no",
            ),
            (
                "advanced, others",
                vec![advanced(&[field("resources.ARN", "not_equals", &[ORDERS])])],
                "no",
            ),
            (
                "advanced, by name",
                vec![advanced(&[field(
                    "resources.ARN",
                    "ends_with",
                    &["/Orders"],
                )])],
                "yes",
            ),
            (
                "advanced, some calls",
                vec![advanced(&[field("eventName", "equals", &["GetItem"])])],
                "unknown",
            ),
        ] {
            let trails = trails(&selectors);
            let audit = Audit {
                trails: &trails,
                stores: &none,
            };
            let answer = audit.logs_items(&arn);
            assert_eq!(word(answer), expected, "{name}");
            let grounds = audit.items_grounds(&arn);
            assert_eq!(
                grounds.unknown.is_empty(),
                expected != "unknown",
                "{name}: {grounds:?}"
            );
            assert!(
                expected == "unknown" || !grounds.evidence.is_empty(),
                "{name}"
            );
        }
    }

    #[test]
    fn a_trail_that_is_off_logs_nothing_and_an_unread_one_leaves_it_open() {
        let arn = Fact::Known(ORDERS.to_owned());
        let none = Fact::Known(Listed::complete(vec![]));
        let mut trails = trails(&[basic("All", &[ORDERS])]);
        let Fact::Known(listed) = &mut trails else {
            unreachable!("made above")
        };
        listed.items[0].logging = Fact::Known(false);
        let audit = Audit {
            trails: &trails,
            stores: &none,
        };
        assert_eq!(word(audit.logs_items(&arn)), "no");
        assert_eq!(word(audit.logs_changes()), "no");
        let unread = Fact::Unknown(Why::from_call(
            crate::snapshot::fact::Reason::Denied,
            Operation::DescribeTrails,
        ));
        let audit = Audit {
            trails: &unread,
            stores: &none,
        };
        assert_eq!(word(audit.logs_changes()), "unknown");
        assert_eq!(audit.changes_grounds().unknown.len(), 1);
    }

    #[test]
    fn a_store_counts_as_a_trail_does() {
        let arn = Fact::Known(ORDERS.to_owned());
        let none: Fact<Listed<Trail>> = Fact::Known(Listed::complete(vec![]));
        let stores: Fact<Listed<EventDataStore>> = serde_json::from_value(json!([
            {"arn": "arn:s", "status": "ENABLED", "selectors": advanced(&[])["advanced"]}
        ]))
        .expect("stores");
        let audit = Audit {
            trails: &none,
            stores: &stores,
        };
        assert_eq!(word(audit.logs_items(&arn)), "yes");
        assert_eq!(word(audit.logs_changes()), "no");
    }
}
