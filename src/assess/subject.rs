//! What a finding is about: the subject's name in reports, and the fingerprint that is the same in every run.

use sha2::{Digest, Sha256};

use super::hex;
use super::run::Held;
use crate::config::Match;
use crate::evaluate::Subject;
use crate::finding::{Finding, SubjectId, Verdict};
use crate::link::table::TableView;
use crate::snapshot::record::{Record, Value};
/// Where a rule looks: what it starts from, and the account and region of its subjects.
pub(super) struct Home<'h> {
    pub(super) account: &'h str,
    /// `None` for what is the same in all regions.
    pub(super) region: Option<&'h str>,
    pub(super) root: &'h dyn Record,
    pub(super) table: Option<&'h TableView<'h>>,
    /// Which overrides hold here.
    pub(super) matches: Vec<Match<'h>>,
    /// What the table is named by, where that is not its name.
    pub(super) identity: Option<&'h str>,
}

/// The subject's name in reports.
pub(super) fn subject_id(home: &Home<'_>, subject: Subject<'_>) -> SubjectId {
    let table = home.table;
    let id = |kind: &str, name: String, arn: Option<String>| SubjectId {
        kind: kind.to_owned(),
        name,
        table: table.map(|view| view.table.name.clone()),
        arn,
        account: home.account.to_owned(),
        region: home.region.map(str::to_owned),
    };
    let parent: &dyn Record = match table {
        Some(table) => table,
        None => home.root,
    };
    match subject {
        Subject::Element(Value::Record(record)) => {
            id(record.record_type().name, record.label(), arn(record))
        }
        Subject::Element(value) => id("value", crate::rule::text::shown(value), None),
        Subject::Root | Subject::List(_) => {
            id(parent.record_type().name, parent.label(), arn(parent))
        }
    }
}

fn arn(record: &dyn Record) -> Option<String> {
    let (slot, _) = record.record_type().field("arn")?;
    match record.get(slot) {
        Value::Text(arn) => Some(arn.to_owned()),
        _ => None,
    }
}

/// Hash of rule and subject, of nothing that is measured: the same in every run until the subject is another. What has the
/// table's name in its own has its identity there too.
pub(super) fn fingerprint(rule: &str, subject: &SubjectId, identity: Option<&str>) -> String {
    let region = subject.region.as_deref().unwrap_or_default();
    let table = subject.table.as_deref().unwrap_or_default();
    let (table, name) = match identity {
        None => (table, subject.name.clone()),
        Some(identity) => {
            let parts = subject.name.split_inclusive(['/', ' ']);
            let known = parts.map(|part| {
                let word = part.trim_end_matches(['/', ' ']);
                match word == table {
                    true => part.replacen(word, identity, 1),
                    false => part.to_owned(),
                }
            });
            (identity, known.collect())
        }
    };
    let mut text = String::with_capacity(256);
    // Names of what belongs to no table are not always its own: topics of two regions may share one.
    let own = subject.arn.as_deref().filter(|_| subject.table.is_none());
    let name = own.unwrap_or(&name);
    for part in [rule, &subject.account, region, &subject.kind, table, name] {
        text.push_str(part);
        text.push('\0');
    }
    hex(&Sha256::digest(text)[..16])
}

/// A finding with nothing in it yet but what it is about, and what is in force.
pub(super) fn finding(
    held: &Held<'_>,
    home: &Home<'_>,
    subject: SubjectId,
    verdict: Verdict,
    message: String,
) -> Finding {
    let Held {
        rule,
        place: _,
        in_force,
        severity,
        open,
    } = held;
    Finding {
        rule: rule.id.to_string(),
        area: rule.area,
        severity: *severity,
        verdict,
        fingerprint: fingerprint(rule.id.as_str(), &subject, home.identity),
        subject,
        message,
        evidence: Vec::new(),
        unknown: Vec::new(),
        fix: None,
        settings: match open {
            Some(_) => Vec::new(),
            None => in_force.set_on(home.table),
        },
        // What not every candidate has the same is not in force for certain.
        params: in_force
            .params
            .iter()
            .filter(|param| open.is_none_or(|open| open.agrees_on(*param)))
            .map(|(name, value)| (name.to_owned(), value.to_json()))
            .collect(),
        source: (rule.file.clone(), rule.line),
        decoration: None,
    }
}
