//! What a case gives, as a snapshot: the facts of one region, in the snapshot's encoding. What it does not give was not
//! asked for.
//!
//! Account, partition and region have names of their own where the case has none; `table` is short for one table, whose
//! name may be left out; `iam` is what is known of the account's identities.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Place;
use crate::rule::param::{ParamError, Params};
use crate::rule::{Case, Rule};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::iam::Iam;
use crate::snapshot::table::Table;
use crate::snapshot::{Region, Snapshot, Source, VERSION};
use crate::yaml::{self, Document, Part, SourceError, Spans, Tree};

/// The time of a case's facts: its dates are written so that they are young or old at this time.
const COLLECTED_AT: Timestamp = Timestamp::constant(1_795_348_800, 0);
/// What `account`, `partition` and `region` are where a case does not say.
const HOME: [(&str, &str); 3] = [
    ("account", "111122223333"),
    ("partition", "aws"),
    ("region", "eu-west-1"),
];
/// What the table is called where a case does not say.
const TABLE: &str = "Orders";

/// All cases of a rule.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) spans: Spans,
    pub(super) cases: Vec<Given>,
}

/// What one case gives.
#[derive(Debug)]
pub(super) struct Given {
    /// Where its facts stand: `tests.0.given`.
    path: String,
    pub(super) snapshot: Snapshot,
    pub(super) params: Params,
}

impl Cases {
    /// The place of a path in the file.
    pub(super) fn place(&self, path: &str) -> Place {
        let (line, column) = self.spans.at(path);
        Place { line, column }
    }

    /// A fact of the snapshot as the case spells it, and its place; `None` for what no case gives.
    pub(super) fn fact(&self, given: &Given, pointer: &str) -> Option<(String, Place)> {
        let steps = pointer.strip_prefix('/')?.replace('/', ".");
        let is_short = self.spans.part(&format!("{}.table", given.path)).is_some();
        let fact = match (steps.strip_prefix("regions.0."), is_short) {
            (Some("tables"), true) => "table".to_owned(),
            (Some(fact), true) => fact.replacen("tables.0.", "table.", 1),
            (Some(fact), false) => fact.to_owned(),
            (None, _) => format!("iam.{}", steps.strip_prefix("iam.0.")?),
        };
        let place = self.place(&format!("{}.{fact}", given.path));
        Some((fact, place))
    }
}

/// Reads what the cases of a rule give, or says everything that is wrong with any of it.
pub(super) fn read(rule: &Rule) -> Result<Cases, Vec<SourceError>> {
    let Document { spans, .. } = yaml::read::<Tree>(&rule.file, &rule.text)?;
    let mut reader = Reader {
        spans: &spans,
        errors: Vec::new(),
    };
    let cases = reader.cases(rule);
    let mut errors = reader.errors;
    errors.sort();
    match errors.is_empty() {
        true => Ok(Cases { spans, cases }),
        false => Err(errors),
    }
}

struct Reader<'s> {
    spans: &'s Spans,
    errors: Vec<SourceError>,
}

impl Reader<'_> {
    fn cases(&mut self, rule: &Rule) -> Vec<Given> {
        let mut given = Vec::new();
        for (index, case) in rule.tests.iter().enumerate() {
            self.name(&rule.tests[..index], case, &format!("tests.{index}.name"));
            let params = self.params(rule, case, &format!("tests.{index}.params"));
            let path = format!("tests.{index}.given");
            let snapshot = self.snapshot(&path);
            if let (Some(params), Some(snapshot)) = (params, snapshot) {
                given.push(Given {
                    path,
                    snapshot,
                    params,
                });
            }
        }
        given
    }

    /// Two cases of one name cannot be told apart in what is printed.
    fn name(&mut self, earlier: &[Case], case: &Case, path: &str) {
        if case.name.trim().is_empty() {
            let error = self.spans.error(path, "the case has no name");
            let hint = "say what it shows, as in: denied is unknown, not off";
            self.errors.push(error.hinted(Some(hint.to_owned())));
        } else if earlier.iter().any(|other| other.name == case.name) {
            let message = format!("another case is named \"{}\" too", case.name);
            self.errors.push(self.spans.error(path, message));
        }
    }

    fn params(&mut self, rule: &Rule, case: &Case, path: &str) -> Option<Params> {
        let placed = |error: ParamError| {
            let path = format!("{path}.{}", error.name);
            let is_known = rule.params.iter().any(|param| param.name == error.name);
            let placed = match is_known {
                true => self.spans.error(&path, error.message),
                false => self.spans.key_error(&path, error.message),
            };
            placed.hinted(error.hint)
        };
        let read = rule.params_with(&case.params);
        let read = read.map_err(|errors| errors.into_iter().map(placed).collect::<Vec<_>>());
        self.noted(read)
    }

    fn snapshot(&mut self, path: &str) -> Option<Snapshot> {
        let mut facts = self.spans.part(path)?;
        let [account, partition, _] = HOME.map(|(key, text)| facts.text_or(key, text));
        let iam = match facts.take("iam") {
            Some(mut part) => {
                part.text_or("account", &account);
                part.text_or("partition", &partition);
                self.noted(part.read::<Iam>()).map(|iam| vec![iam])
            }
            None => Some(Vec::new()),
        };
        let tables = self.tables(&mut facts);
        let mut region = self.noted(facts.read::<Region>())?;
        if let Some(tables) = tables? {
            region.tables = Fact::Known(Listed::complete(tables));
        }
        Some(Snapshot {
            version: VERSION,
            tool_version: String::new(),
            source: Source::Live,
            caller_arn: Fact::Known(None),
            collected_at: COLLECTED_AT,
            calls: BTreeMap::new(),
            gaps: Vec::new(),
            iam: iam?,
            regions: vec![region],
        })
    }

    /// The one table of `table`, or no table; nothing inside where the facts have `tables` of their own, nothing at all
    /// where it is broken.
    fn tables(&mut self, facts: &mut Part) -> Option<Option<Vec<Table>>> {
        let Some(mut table) = facts.take("table") else {
            return Some((!facts.has("tables")).then(Vec::new));
        };
        if let Some(tables) = facts.take("tables") {
            let error = tables.key_error("\"tables\" stands beside \"table\"");
            let hint = "\"table\" is short for one table: leave one of them out";
            self.errors.push(error.hinted(Some(hint.to_owned())));
        }
        table.text_or("name", TABLE);
        let table = self.noted(table.read::<Table>())?;
        Some(Some(vec![table]))
    }

    fn noted<T>(&mut self, read: Result<T, Vec<SourceError>>) -> Option<T> {
        read.map_err(|errors| self.errors.extend(errors)).ok()
    }
}
