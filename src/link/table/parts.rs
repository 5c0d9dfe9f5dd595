//! What hangs on a table, by name: its indexes, its stream and who reads it, its backups.

use super::TableView;
use crate::finding::{PartKind, TablePart};
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::table::PitrStatus;

impl TableView<'_> {
    /// All of it, kind by kind. What could not be read stands there without a name.
    pub(super) fn parts(&self) -> Vec<TablePart> {
        let indexes = names(self.indexes.as_ref(), |it| it.index.name.clone());
        let stream = self.table.stream.as_ref();
        let stream = stream.map(|it| it.iter().map(|it| it.view_type.to_string()).collect());
        let consumers = listed(&self.consumers, |it| it.function_name().to_owned());
        let rules = listed(&self.backups.rules, |it| {
            format!("plan {} → vault {}", it.plan.name, it.rule.vault)
        });
        let kinds = [
            (PartKind::Index, indexes),
            (PartKind::Stream, stream.map_or_else(unread, named)),
            (PartKind::Consumer, consumers),
            (PartKind::Backup, self.pitr()),
            (PartKind::Backup, rules),
        ];
        let mut parts = Vec::new();
        for (kind, names) in kinds {
            for name in names {
                let part = TablePart { kind, name };
                // Two rules of a plan may fill one vault, and two facts of a kind be unread for one reason.
                if !parts.contains(&part) {
                    parts.push(part);
                }
            }
        }
        parts
    }

    fn pitr(&self) -> Vec<Option<String>> {
        let Ok(pitr) = self.table.pitr.as_ref() else {
            return vec![None];
        };
        let days = pitr.window_days;
        let days = days.map_or_else(String::new, |days| format!(", {days} days"));
        match &pitr.status {
            on if on.is(PitrStatus::ENABLED) => vec![Some(format!("point-in-time recovery{days}"))],
            off if off.is(PitrStatus::DISABLED) => Vec::new(),
            // A word that this version does not know.
            _ => vec![None],
        }
    }
}

fn unread(_: &Why) -> Vec<Option<String>> {
    vec![None]
}

fn named(names: Vec<String>) -> Vec<Option<String>> {
    names.into_iter().map(Some).collect()
}

fn names<T>(list: Result<&Vec<T>, &Why>, name: impl Fn(&T) -> String) -> Vec<Option<String>> {
    list.map_or_else(unread, |items| items.iter().map(name).map(Some).collect())
}

fn listed<T>(list: &Fact<Listed<T>>, name: impl Fn(&T) -> String) -> Vec<Option<String>> {
    match list.as_ref() {
        Err(why) => unread(why),
        Ok(list) => {
            let missing = list.missing.iter().map(|_| None);
            list.items
                .iter()
                .map(name)
                .map(Some)
                .chain(missing)
                .collect()
        }
    }
}
