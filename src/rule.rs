//! Rules: what must hold, why, and what to do about it. One YAML file each, checked when it is loaded.
//!
//! Rules are data. Nothing here looks at a snapshot's values: that is [`crate::evaluate`].

pub mod anatomy;
pub mod catalog;
pub mod condition;
mod file;
mod lets;
pub mod message;
pub mod param;
pub mod template;
pub mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::condition::Condition;
pub(crate) use self::file::{is_kebab, to_kebab};
use self::message::Message;
use self::param::{Param, ParamError, Params};
use self::template::Template;
use crate::finding::{Area, Severity, Verdict};
use crate::snapshot::Region;
use crate::snapshot::iam::Iam;
use crate::snapshot::operation::Operation;
use crate::snapshot::record::RecordType;
use crate::snapshot::table::Table;
use crate::yaml::Tree;

/// The JSON Schema of a rule's file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(file::RuleFile)
}

/// The name of a rule, in kebab-case: also the name of its file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(String);

impl RuleId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A rule, checked.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name.
    pub id: RuleId,
    /// What it is about.
    pub area: Area,
    /// What must hold, as a heading.
    pub title: String,
    /// How bad it is when it does not.
    pub severity: Severity,
    /// The version of dynalint that brought it.
    pub since: String,
    /// What it gives one result for.
    pub for_each: ForEach,
    /// Where this is false, the rule does not apply.
    pub applies_when: Option<Condition>,
    /// Its parameters, by name.
    pub params: Vec<Param>,
    /// What must hold.
    pub assert: Condition,
    /// The sentence of a result.
    pub message: Message,
    /// What goes wrong, and when.
    pub why: String,
    /// What to do.
    pub fix: Fix,
    /// Where to read on.
    pub refs: Vec<String>,
    /// Names it had before.
    pub aliases: Vec<RuleId>,
    /// Whether a waiver may cover it.
    pub waivable: bool,
    /// Its own test cases.
    pub tests: Vec<Case>,
    /// The file it was read from.
    pub file: String,
    /// The line of what must hold.
    pub line: usize,
    /// The text of the file.
    pub text: String,
}

/// What a rule gives one result for.
#[derive(Clone, Debug)]
pub enum ForEach {
    /// Each table, or each account and region.
    Root(Root),
    /// Each element of a list of such a root.
    Element {
        /// The root whose list it is.
        root: Root,
        /// The name of the element in conditions.
        variable: String,
        /// The kind of the elements, where they are records.
        kind: String,
        /// The list.
        list: Box<Condition>,
    },
}

impl ForEach {
    /// The root that the rule is asked once for.
    pub fn root(&self) -> Root {
        match self {
            ForEach::Root(root) | ForEach::Element { root, .. } => *root,
        }
    }

    /// What its subjects are: `table`, `index`.
    pub fn kind(&self) -> &str {
        match self {
            ForEach::Root(root) => root.name(),
            ForEach::Element { kind, .. } => kind,
        }
    }
}

/// A thing that conditions start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Root {
    /// One account in one region.
    Account,
    /// One table.
    Table,
    /// The identities of one account, for all regions.
    Iam,
}

impl Root {
    /// The roots that its conditions can name, by slot of the frame.
    pub const fn slots(self) -> &'static [Root] {
        match self {
            Root::Account => &[Root::Account],
            Root::Table => &[Root::Account, Root::Table],
            Root::Iam => &[Root::Iam],
        }
    }

    /// The name in conditions.
    pub const fn name(self) -> &'static str {
        match self {
            Root::Account => "account",
            Root::Table => "table",
            Root::Iam => "iam",
        }
    }
}

/// The kinds of records behind the roots.
#[derive(Clone, Copy, Debug)]
pub struct Roots {
    /// One account in one region.
    pub account: &'static RecordType,
    /// One table.
    pub table: &'static RecordType,
    /// The identities of one account, for all regions.
    pub iam: &'static RecordType,
}

/// What to do about a failed rule, by tool.
#[derive(Clone, Debug, Default)]
pub struct Fix {
    /// With the command line of AWS.
    pub cli: Option<Template>,
    /// With Terraform.
    pub terraform: Option<Template>,
    /// With CloudFormation.
    pub cloudformation: Option<Template>,
    /// By a person, where no tool does it.
    pub text: Option<Template>,
    /// What it costs, where it costs anything.
    pub costs: Option<Template>,
    /// What cannot be taken back.
    pub irreversible: Option<Template>,
}

impl Fix {
    /// The values that the repairs show.
    fn values(&self) -> impl Iterator<Item = &Condition> {
        let ways = [&self.cli, &self.terraform, &self.cloudformation, &self.text];
        let warnings = [&self.costs, &self.irreversible];
        let all = ways.into_iter().chain(warnings);
        all.flatten().flat_map(Template::values)
    }
}

/// A test case of a rule.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The facts, in the snapshot's encoding.
    #[schemars(schema_with = "given")]
    pub given: Tree,
    /// Values for parameters.
    #[serde(default)]
    pub params: BTreeMap<String, Tree>,
    /// The verdict.
    pub expect: Verdict,
    /// The subject it is about, where there are several.
    #[serde(default)]
    pub subject: Option<String>,
    /// Words that the evidence must hold: `path = observed`.
    #[serde(default)]
    pub evidence_mentions: Vec<String>,
}

/// The facts of a case as a JSON Schema: those of a region, of which any may be missing, with one table beside.
fn given(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    let partly = |mut schema: schemars::Schema| {
        schema.remove("required");
        schema
    };
    let table = partly(Table::json_schema(generator)).to_value();
    let iam = partly(Iam::json_schema(generator)).to_value();
    let mut region = partly(Region::json_schema(generator));
    let properties = region
        .get_mut("properties")
        .and_then(|it| it.as_object_mut());
    let properties = properties.expect("a region has fields");
    properties.insert("table".to_owned(), table);
    properties.insert("iam".to_owned(), iam);
    region
}

impl Rule {
    /// The values of the parameters, with the user's over the defaults.
    pub fn params_with(
        &self,
        overrides: &BTreeMap<String, Tree>,
    ) -> Result<Params, Vec<ParamError>> {
        Params::new(&self.params, overrides)
    }

    /// The calls whose answers decide a verdict.
    pub fn operations(&self) -> BTreeSet<Operation> {
        self.deciding()
            .flat_map(|condition| condition.operations().iter().copied())
            .collect()
    }

    /// The fields that decide a verdict, as dotted paths.
    pub fn fields(&self) -> BTreeSet<String> {
        self.deciding()
            .flat_map(|condition| condition.fields().iter().cloned())
            .collect()
    }

    fn deciding(&self) -> impl Iterator<Item = &Condition> {
        let list = match &self.for_each {
            ForEach::Root(_) => None,
            ForEach::Element { list, .. } => Some(&**list),
        };
        list.into_iter()
            .chain(&self.applies_when)
            .chain([&self.assert])
    }
}

#[cfg(test)]
pub(crate) mod tests;
