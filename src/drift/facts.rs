//! Two snapshots, fact by fact: every field that somebody configured, or that says which thing it is. What moves by itself
//! is passed over, with all that is in it. Knows no field by its name but the tables of a region and the threshold of an alarm.

use super::elements::{content, matched, name};
use super::tables::Tables;
use super::{Change, FactChange, NotComparable, Place, Unseen, Which, document};
use crate::rule::text::spelled;
use crate::snapshot::Snapshot;
use crate::snapshot::fact::Why;
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Elements, Field, Mark, Record, Value};
use crate::snapshot::table::Table;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The facts that changed.
    pub(super) changed: Vec<FactChange>,
    /// Those that only one side could see.
    pub(super) not_comparable: Vec<NotComparable>,
}

/// Compares all that is on both sides.
pub(super) fn compare(old: &Snapshot, new: &Snapshot, tables: &Tables<'_>) -> Found {
    let mut found = Found::default();
    for (old, new) in tables.regions(old, new) {
        let place = Place {
            account: new.account.clone(),
            region: Some(new.region.clone()),
            table: None,
        };
        let (old_lacks, new_lacks) = tables.narrowed(old, new);
        let mut walk = Walk {
            found: &mut found,
            place,
            old_lacks,
            new_lacks,
        };
        walk.fields("", old, new, |field| field.name != TABLES);
    }
    for (key, old, new) in tables.pairs() {
        let (account, region, name) = key;
        walk_table(&mut found, (account, region, name), old, new);
    }
    for iam in &new.iam {
        let same = |it: &&crate::snapshot::iam::Iam| it.account == iam.account;
        let Some(old) = old.iam.iter().find(same) else {
            continue;
        };
        let place = Place {
            account: iam.account.clone(),
            ..Place::default()
        };
        Walk::at(&mut found, place).fields("", old, iam, |_| true);
    }
    found
}

/// The list of a region that is compared by what fingerprints name tables by.
const TABLES: &str = "tables";

fn walk_table(
    found: &mut Found,
    (account, region, name): (&str, &str, &str),
    old: &Table,
    new: &Table,
) {
    let place = Place {
        account: account.to_owned(),
        region: Some(region.to_owned()),
        table: Some(name.to_owned()),
    };
    Walk::at(found, place).fields("", old, new, |_| true);
}

struct Walk<'f, 'w> {
    found: &'f mut Found,
    place: Place,
    /// Why what the old side lacks may be there all the same.
    old_lacks: Option<&'w Why>,
    /// The same of the new side.
    new_lacks: Option<&'w Why>,
}

impl<'f, 'w> Walk<'f, 'w> {
    fn at(found: &'f mut Found, place: Place) -> Walk<'f, 'w> {
        Walk {
            found,
            place,
            old_lacks: None,
            new_lacks: None,
        }
    }

    /// The fields of two records of one kind.
    fn fields(
        &mut self,
        path: &str,
        old: &dyn Record,
        new: &dyn Record,
        wanted: impl Fn(&Field) -> bool,
    ) {
        let fields = new.record_type().fields.iter().enumerate();
        for (slot, field) in fields.filter(|(_, field)| wanted(field)) {
            match field.mark {
                Mark::Config | Mark::Identity => {}
                Mark::Volatile | Mark::Derived => continue,
            }
            if moves_with_capacity(field, old) && moves_with_capacity(field, new) {
                continue;
            }
            let path = match path {
                "" => field.name.to_owned(),
                path => format!("{path}.{}", field.name),
            };
            let from = field.from.first().copied();
            self.value(&path, from, old.get(slot), new.get(slot));
        }
    }

    fn value(&mut self, path: &str, from: Option<Operation>, old: Value<'_>, new: Value<'_>) {
        match (old, new) {
            (Value::Unknown(_), Value::Unknown(_)) => {}
            (Value::Unknown(why), _) => self.unseen(path, Which::Old, why),
            (_, Value::Unknown(why)) => self.unseen(path, Which::New, why),
            (Value::Record(old), Value::Record(new)) => self.fields(path, old, new, |_| true),
            (Value::List(old), Value::List(new)) => self.list(path, from, old, new),
            (Value::Map(old), Value::Map(new)) => {
                let keys = old
                    .keys()
                    .chain(new.keys().filter(|it| !old.contains_key(*it)));
                for key in keys {
                    let entry = |map: &std::collections::BTreeMap<String, String>| {
                        map.get(key)
                            .map_or("none".to_owned(), |it| format!("{it:?}"))
                    };
                    if old.get(key) != new.get(key) {
                        let change = valued(&entry(old), &entry(new));
                        self.changed(&format!("{path}[{key:?}]"), from, change);
                    }
                }
            }
            (Value::Text(old), Value::Text(new)) => {
                if let Some(change) = document::compare(old, new) {
                    self.changed(path, from, change);
                }
            }
            (old, new) => {
                let (before, now) = (content(old), content(new));
                if before != now {
                    let change = valued(&shown(old), &shown(new));
                    self.changed(path, from, change);
                }
            }
        }
    }

    fn list(
        &mut self,
        path: &str,
        from: Option<Operation>,
        old: &dyn Elements,
        new: &dyn Elements,
    ) {
        let matched = matched(old, new);
        for (name, old, new) in &matched.both {
            let path = format!("{path}[{name:?}]");
            self.value(&path, from, *old, *new);
        }
        // What belongs to a thing that is on both sides is all there.
        let is_of_region = !path.contains(['.', '[']);
        let narrowed = |why: Option<&'w Why>| why.filter(|_| is_of_region);
        let old_lacks = old.missing().or(narrowed(self.old_lacks)).cloned();
        let new_lacks = new.missing().or(narrowed(self.new_lacks)).cloned();
        let is_record = |(_, value): &&(String, Value<'_>)| matches!(value, Value::Record(_));
        let mut both = matched.old.iter().chain(&matched.new);
        if both.all(|element| is_record(&element)) {
            let gone = (matched.old, new_lacks, Which::New, Change::Disappeared);
            let come = (matched.new, old_lacks, Which::Old, Change::Appeared);
            for (elements, lacks, which, change) in [gone, come] {
                for (name, _) in elements {
                    let path = format!("{path}[{name:?}]");
                    match &lacks {
                        Some(why) => self.unseen(&path, which, why),
                        None => self.changed(&path, from, change.clone()),
                    }
                }
            }
            return;
        }
        let names = |elements: Vec<(String, Value<'_>)>| {
            let names = elements
                .iter()
                .map(|(_, value)| document::cut(&name(*value)));
            let mut names: Vec<String> = names.collect();
            names.sort();
            names
        };
        let (mut removed, mut added) = (names(matched.old), names(matched.new));
        for (lacks, which, elements) in [
            (&new_lacks, Which::New, &mut removed),
            (&old_lacks, Which::Old, &mut added),
        ] {
            if let Some(why) = lacks.as_ref().filter(|_| !elements.is_empty()) {
                elements.clear();
                self.unseen(path, which, why);
            }
        }
        if !(removed.is_empty() && added.is_empty()) {
            self.changed(path, from, Change::Elements { added, removed });
        }
    }

    fn changed(&mut self, path: &str, from: Option<Operation>, change: Change) {
        self.found.changed.push(FactChange {
            place: self.place.clone(),
            path: path.to_owned(),
            change,
            from,
        });
    }

    fn unseen(&mut self, path: &str, lacks: Which, why: &Why) {
        self.found.not_comparable.push(NotComparable {
            what: path.to_owned(),
            kind: Unseen::Fact,
            place: self.place.clone(),
            lacks,
            why: why.clone(),
        });
    }
}

fn valued(old: &str, new: &str) -> Change {
    Change::Value {
        old: document::cut(old),
        new: document::cut(new),
    }
}

/// A value in a line: a thing by its name, or by what it says where it has none.
fn shown(value: Value<'_>) -> String {
    match value {
        Value::Absent => "none".to_owned(),
        Value::Text(text) => text.to_owned(),
        Value::Choice(word, _) => word.to_owned(),
        Value::Record(record) => match record.label() {
            label if label.is_empty() => "there".to_owned(),
            label => label,
        },
        value => spelled(value),
    }
}

/// Whether it is the threshold of an alarm that target tracking made: it moves whenever capacity is scaled. AWS names such
/// alarms so ("Target tracking scaling policies", Application Auto Scaling user guide).
fn moves_with_capacity(field: &Field, of: &dyn Record) -> bool {
    of.record_type().name == "alarm"
        && field.name == "threshold"
        && of.label().starts_with("TargetTracking-")
}
