//! What a rule said about one subject: the words that rules, evaluation, gate and reports share.

pub mod looked;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::record::Evidence;

macro_rules! words {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $word:literal, )* } )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $( $(#[$variant_doc])* #[serde(rename = $word)] $variant, )* }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )* ];

            /// The word in files and machine formats.
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<$name, String> {
                let words: Vec<&str> = $name::ALL.iter().map(|one| one.word()).collect();
                let found = $name::ALL.iter().find(|one| one.word() == word);
                found.copied().ok_or_else(|| format!("\"{word}\" is none of {}", words.join(", ")))
            }
        }
    )* };
}

words! {
    /// How bad it is when a rule fails; worst first.
    Severity {
        /// Data or service is lost at the next accident.
        Critical = "critical",
        /// Do not launch so.
        High = "high",
        /// Repair soon.
        Medium = "medium",
        /// Worth knowing.
        Low = "low",
        /// An opinion.
        Info = "info",
    }

    /// The seven parts of the checklist, in their order.
    Area {
        /// Keys, indexes, access patterns.
        Design = "design",
        /// Capacity, cost and the alarms on both.
        Cost = "cost",
        /// Access and encryption.
        Security = "security",
        /// Alarms that reach someone, dashboards, consumers.
        Observability = "observability",
        /// Backups and their proof.
        Recovery = "recovery",
        /// Changing data and schema.
        Migration = "migration",
        /// Sign-off.
        Release = "release",
    }

    /// What a rule says about a subject.
    Verdict {
        /// What it wants holds.
        Pass = "pass",
        /// It does not hold.
        Fail = "fail",
        /// A fact that decides it could not be read.
        Unknown = "unknown",
        /// The rule does not speak of this subject.
        NotApplicable = "not-applicable",
    }
}

impl Severity {
    /// One step less bad; an opinion stays one.
    pub const fn lowered(self) -> Severity {
        match self {
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium => Severity::Low,
            Severity::Low | Severity::Info => Severity::Info,
        }
    }
}

impl Area {
    /// The heading for people.
    pub const fn title(self) -> &'static str {
        match self {
            Area::Design => "design",
            Area::Cost => "cost & alarms",
            Area::Security => "security & IAM",
            Area::Observability => "observability",
            Area::Recovery => "recovery",
            Area::Migration => "migration",
            Area::Release => "release",
        }
    }
}

/// The thing that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SubjectId {
    /// `table`, `index`, `topic`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table it belongs to, where it belongs to one.
    pub table: Option<String>,
    /// Its ARN, where it has one that is known.
    pub arn: Option<String>,
    /// The account.
    pub account: String,
    /// The region; null for a global subject.
    pub region: Option<String>,
}

impl SubjectId {
    /// How a line names it: `orders`, `orders/GSI1`.
    pub fn short(&self) -> String {
        match &self.table {
            Some(table) if *table != self.name || self.kind != "table" => {
                format!("{table}/{}", self.name)
            }
            Some(_) | None => self.name.clone(),
        }
    }
}

impl SubjectId {
    /// Everything that reports call it: by its own name, behind its table's, by the end of its ARN, behind its kind.
    pub fn names(&self) -> [String; 4] {
        let last = self.name.rsplit(':').next().unwrap_or(&self.name);
        let kind = self.kind.replace('-', " ");
        [
            self.name.clone(),
            self.short(),
            last.to_owned(),
            format!("{kind} {last}"),
        ]
    }
}

/// What to do about a failure; one of the two at least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// A command for a POSIX shell.
    pub command: Option<String>,
    /// What to do instead of the command, or beside it.
    pub words: Option<String>,
    /// The same for every tool, where it was asked for.
    pub forms: Option<Box<Forms>>,
}

/// A repair in every form that the rule has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// Commands for a POSIX shell.
    pub cli: Option<Snippet>,
    /// What goes into Terraform.
    pub terraform: Option<Snippet>,
    /// What goes into a template of CloudFormation, in YAML.
    pub cloudformation: Option<Snippet>,
    /// What it costs.
    pub costs: Option<String>,
    /// What cannot be taken back.
    pub irreversible: Option<String>,
}

/// Text for a tool, with names in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The text.
    pub text: String,
    /// What of it a person has to fill in: `TOPIC_ARN`, `file://policy.json`.
    pub open: BTreeSet<String>,
}

/// What one rule said about one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Rule id.
    pub rule: String,
    /// Area of the rule.
    pub area: Area,
    /// Severity in force.
    pub severity: Severity,
    /// What was said.
    pub verdict: Verdict,
    /// About what.
    pub subject: SubjectId,
    /// In words: subject, what is, what should be.
    pub message: String,
    /// What was seen, near misses first.
    pub evidence: Vec<Evidence>,
    /// What could not be read.
    pub unknown: Vec<Why>,
    /// What to do, of a failure.
    pub fix: Option<Repair>,
    /// The parameters in force.
    pub params: BTreeMap<String, serde_json::Value>,
    /// What of severity and parameters is not from the rule's file.
    pub settings: Vec<Setting>,
    /// Hash of rule and subject; the same in every run, whatever was measured.
    pub fingerprint: String,
    /// The rule's file, and the line of its assertion.
    pub source: (String, usize),
    /// What stands beside the verdict, and takes the finding out of the gate.
    pub decoration: Option<Decoration>,
}

/// What stands beside a verdict, never instead of it: the finding is listed, and does not count in the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoration {
    /// Somebody answers for it until a date.
    Waived {
        /// Who.
        owner: String,
        /// Until when: the last day, in UTC.
        expires: jiff::civil::Date,
        /// Why it is accepted.
        reason: String,
        /// Where it is followed up.
        ticket: Option<String>,
    },
    /// It was there, and no less bad, when the baseline was made.
    Baselined,
}

impl Decoration {
    /// Who answers for it, until when and why; nobody does for what a baseline knows.
    pub fn answer(&self) -> Option<String> {
        match self {
            Decoration::Waived {
                owner,
                expires,
                reason,
                ticket,
            } => {
                let ticket = ticket.as_deref();
                let ticket = ticket.map_or_else(String::new, |ticket| format!(" ({ticket})"));
                Some(format!("until {expires} by {owner}{ticket}: {reason}"))
            }
            Decoration::Baselined => None,
        }
    }

    /// The word in machine formats.
    pub const fn word(&self) -> &'static str {
        match self {
            Decoration::Waived { .. } => "waived",
            Decoration::Baselined => "baselined",
        }
    }
}

/// The severity or a parameter of a rule, where its file does not decide it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// `severity`, or the name of the parameter.
    pub name: String,
    /// The value in force, as machine formats write it.
    pub value: serde_json::Value,
    /// The same for people: `5 min`.
    pub shown: String,
    /// Where it came from: `dynalint.yaml:12`, `starter tier`.
    pub origin: String,
    /// Why, where somebody said so.
    pub because: Option<String>,
}

/// A rule that says nothing because somebody turned it off.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TurnedOff {
    /// Rule id.
    pub rule: String,
    /// The reason that was given.
    pub because: String,
    /// Where: `dynalint.yaml:12`.
    pub origin: String,
    /// For how many tables, or accounts and regions; `None` is everywhere.
    pub places: Option<usize>,
}

/// An area or a service that is not looked at, and the rules that were not run for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// `security`, `iam`.
    pub name: String,
    /// The reason that was given.
    pub because: String,
    /// Where: `dynalint.yaml:12`.
    pub origin: String,
    /// How many rules of the run it took out.
    pub rules: usize,
}

/// Which table: account, region, name.
pub type TableKey = (String, String, String);

/// A table in a few words; what is unknown is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableBrief {
    /// The environment it is taken to be of: `prod`.
    pub environment: Option<String>,
    /// The service it belongs to, as declared.
    pub service: Option<String>,
    /// Who owns it, as declared.
    pub owner: Option<String>,
    /// `on-demand`, `provisioned`.
    pub capacity_mode: Option<String>,
    /// Size in bytes.
    pub size_bytes: Option<u64>,
    /// Number of global secondary indexes.
    pub indexes: Option<usize>,
    /// What hangs on it, for a picture; `None` where nobody looked.
    pub parts: Option<Vec<TablePart>>,
}

/// Something that hangs on a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePart {
    /// What it is.
    pub kind: PartKind,
    /// What it is called; `None` where it could not be read what there is of this kind, or whether that is all.
    pub name: Option<String>,
}

/// What hangs on a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// A global secondary index.
    Index,
    /// Its change stream, by what its records hold.
    Stream,
    /// A function that reads the stream.
    Consumer,
    /// Point-in-time recovery that is on, or a rule of a backup plan with its vault.
    Backup,
}

/// Counts of verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Passes.
    pub pass: usize,
    /// Failures.
    pub fail: usize,
    /// Unknown.
    pub unknown: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Failures and unknowns that somebody answers for until a date. They are in none of the counts above.
    pub waived: usize,
    /// Failures and unknowns that were there when the baseline was made. They are in none of the counts above.
    pub baselined: usize,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Pass => self.pass += 1,
            Verdict::Fail => self.fail += 1,
            Verdict::Unknown => self.unknown += 1,
            Verdict::NotApplicable => self.not_applicable += 1,
        }
    }

    /// Counts a finding: by its decoration where it has one, else by its verdict.
    pub fn count(&mut self, finding: &Finding) {
        self.add(finding.verdict);
        if let Some(decoration) = &finding.decoration {
            self.set_aside(finding.verdict, decoration);
        }
    }

    /// Moves one that was counted by its verdict to where findings with this decoration are counted.
    fn set_aside(&mut self, verdict: Verdict, decoration: &Decoration) {
        let from = match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Unknown => &mut self.unknown,
            Verdict::NotApplicable => &mut self.not_applicable,
        };
        *from = from.saturating_sub(1);
        match decoration {
            Decoration::Waived { .. } => self.waived += 1,
            Decoration::Baselined => self.baselined += 1,
        }
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: Counts) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.unknown += other.unknown;
        self.not_applicable += other.not_applicable;
        self.waived += other.waived;
        self.baselined += other.baselined;
    }

    /// All of them.
    pub fn total(&self) -> usize {
        let Counts {
            pass,
            fail,
            unknown,
            not_applicable,
            waived,
            baselined,
        } = self;
        pass + fail + unknown + not_applicable + waived + baselined
    }
}

/// Counts over all findings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Over everything.
    pub all: Counts,
    /// By area.
    pub by_area: BTreeMap<Area, Counts>,
    /// By rule.
    pub by_rule: BTreeMap<String, Counts>,
    /// By table: account, region, name.
    pub by_table: BTreeMap<TableKey, Counts>,
    /// Failures by severity.
    pub fails: BTreeMap<Severity, usize>,
    /// Unknown by severity.
    pub unknowns: BTreeMap<Severity, usize>,
}

impl Summary {
    /// Counts a finding that has been counted already as what it was decorated with: the gate does not see it any more.
    pub fn set_aside(&mut self, finding: &Finding) {
        let (Some(decoration), verdict) = (&finding.decoration, finding.verdict) else {
            return;
        };
        let table = finding.subject.table.is_some();
        let table = table_key(&finding.subject).filter(|_| table);
        let counts = [
            Some(&mut self.all),
            self.by_area.get_mut(&finding.area),
            self.by_rule.get_mut(&finding.rule),
            table.and_then(|key| self.by_table.get_mut(&key)),
        ];
        for counts in counts.into_iter().flatten() {
            counts.set_aside(verdict, decoration);
        }
        let by_severity = match verdict {
            Verdict::Fail => &mut self.fails,
            Verdict::Unknown => &mut self.unknowns,
            Verdict::Pass | Verdict::NotApplicable => return,
        };
        if let Some(count) = by_severity.get_mut(&finding.severity) {
            *count = count.saturating_sub(1);
        }
        by_severity.retain(|_, count| *count > 0);
    }

    /// Adds the counts of another part of the run.
    pub fn merge(&mut self, other: Summary) {
        let Summary {
            all,
            by_area,
            by_rule,
            by_table,
            fails,
            unknowns,
        } = other;
        self.all.merge(all);
        for (area, counts) in by_area {
            self.by_area.entry(area).or_default().merge(counts);
        }
        for (rule, counts) in by_rule {
            self.by_rule.entry(rule).or_default().merge(counts);
        }
        for (table, counts) in by_table {
            self.by_table.entry(table).or_default().merge(counts);
        }
        for (severity, count) in fails {
            *self.fails.entry(severity).or_default() += count;
        }
        for (severity, count) in unknowns {
            *self.unknowns.entry(severity).or_default() += count;
        }
    }
}

impl Finding {
    /// Whether it says that something is wrong or cannot be told.
    pub fn is_problem(&self) -> bool {
        matches!(self.verdict, Verdict::Fail | Verdict::Unknown)
    }

    /// Whether it is a problem that counts: nobody answers for it, and it is not in the baseline.
    pub fn counts(&self) -> bool {
        self.is_problem() && self.decoration.is_none()
    }
}

/// The table that a finding belongs to, where it belongs to one.
pub fn table_key(subject: &SubjectId) -> Option<TableKey> {
    let (account, region, table) = table_of(subject)?;
    Some((account.to_owned(), region.to_owned(), table.to_owned()))
}

/// As [`table_key`], for looking at many.
pub fn table_of(subject: &SubjectId) -> Option<(&str, &str, &str)> {
    let own = (subject.kind == "table").then_some(&*subject.name);
    let table = subject.table.as_deref().or(own)?;
    let region = subject.region.as_deref().unwrap_or_default();
    Some((&subject.account, region, table))
}

/// The order of findings in every format: the worst first, failures before what is unknown, then by name.
pub fn worst_first(left: &Finding, right: &Finding) -> Ordering {
    rank(left).cmp(&rank(right))
}

/// What comes first in the order of findings: part of the list, severity, verdict and rule.
pub type Rank<'r> = (u8, Severity, u8, &'r str);

/// Findings put together by their rank. Those of one come table by table, and so mostly in order already.
pub type Ranked<'r> = BTreeMap<Rank<'r>, Vec<Finding>>;

/// All of them in the order of [`worst_first`].
pub fn in_order(ranked: Ranked<'_>) -> Vec<Finding> {
    let mut all = Vec::with_capacity(ranked.values().map(Vec::len).sum());
    for findings in ranked.into_values() {
        match findings.is_sorted_by_key(within_rank) {
            true => all.extend(findings),
            false => all.extend(sorted(findings)),
        }
    }
    all
}

/// Findings of one rank in their order. Their places are sorted, since they themselves are large.
fn sorted(findings: Vec<Finding>) -> impl Iterator<Item = Finding> {
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|left, right| within_rank(&findings[*left]).cmp(&within_rank(&findings[*right])));
    let mut findings: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let taken = order.into_iter();
    taken.filter_map(move |place| findings[place].take())
}

fn rank(finding: &Finding) -> (Rank<'_>, (&SubjectId, &str)) {
    (
        rank_of(&finding.rule, finding.severity, finding.verdict),
        within_rank(finding),
    )
}

/// The rank of a finding of a rule.
pub fn rank_of(rule: &str, severity: Severity, verdict: Verdict) -> Rank<'_> {
    let (part, verdict) = match verdict {
        Verdict::Fail => (0, 0),
        Verdict::Unknown => (0, 1),
        Verdict::Pass => (1, 0),
        Verdict::NotApplicable => (2, 0),
    };
    (part, severity, verdict, rule)
}

fn within_rank(finding: &Finding) -> (&SubjectId, &str) {
    (&finding.subject, &finding.message)
}

/// Something that could not be read, and the rules it blinds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlindSpot {
    /// The missing IAM action where it was denied, else the operation that failed.
    pub action: String,
    /// Why.
    pub reason: Reason,
    /// What AWS or the network said, where it said more: `explicit deny in a service control policy`.
    pub detail: Option<String>,
    /// What it was about, where it was about single things; at most a few are kept.
    pub resources: Vec<String>,
    /// How many things it was about.
    pub count: usize,
    /// The rules with an unknown verdict for this reason.
    pub rules: Vec<String>,
}

impl BlindSpot {
    /// What a reason leaves in the dark; of no resource and no rule yet.
    pub fn of(why: &Why) -> BlindSpot {
        let action = match (why.operation, why.reason) {
            (None, _) => "-",
            (Some(operation), Reason::Denied) => operation.permission(),
            (Some(operation), _) => operation.name(),
        };
        BlindSpot {
            action: action.to_owned(),
            reason: why.reason,
            detail: why.detail.clone(),
            resources: Vec::new(),
            count: 0,
            rules: Vec::new(),
        }
    }
}
