//! What `fix` prints: for each failure that counts, what repairs it, put together by the thing it is about.
//!
//! Carries nothing out, and decides nothing about readiness. What is the same for two rules stands once; what was not
//! read has nothing to repair and is counted. The text is in `text`, the machine format in `json`.

mod cli;
mod cloudformation;
mod files;
pub mod json;
mod terraform;
mod text;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use self::files::Files;
pub use self::text::{Look, is_page, page, summary};
use super::{Report, RuleFacts};
use crate::finding::{Decoration, Finding, Severity, Snippet, Verdict, table_key};

/// What repairs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Commands for a POSIX shell.
    Cli,
    /// What goes into Terraform.
    Terraform,
    /// What goes into a template of CloudFormation.
    CloudFormation,
}

impl Form {
    /// The word in machine formats, which is also that of `--as`.
    pub const fn word(self) -> &'static str {
        match self {
            Form::Cli => "cli",
            Form::Terraform => "terraform",
            Form::CloudFormation => "cloudformation",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Form::Cli => "the AWS CLI",
            Form::Terraform => "Terraform",
            Form::CloudFormation => "CloudFormation",
        }
    }
}

/// How the facts were read, as far as commands must go the same way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way<'a> {
    /// Profile of the AWS configuration.
    pub profile: Option<&'a str>,
    /// Another endpoint.
    pub endpoint_url: Option<&'a str>,
    /// The role that was taken on; the AWS CLI has no flag for it.
    pub role_arn: Option<&'a str>,
}

/// Names the region in the commands of these findings, wherever they are shown: a table of the same name may be in the
/// region that is usual at the terminal where they are pasted.
pub fn aim(findings: &mut [Finding]) {
    for finding in findings {
        let region = finding.subject.region.as_deref();
        let command = finding.fix.as_mut().and_then(|it| it.command.as_mut());
        if let Some(command) = command {
            *command = cli::aimed(command, region, Way::default());
        }
    }
}

/// The repairs of a run.
pub struct Repairs<'a> {
    /// The run.
    pub report: &'a Report,
    /// What is known of the rules, by id.
    pub rules: &'a BTreeMap<String, RuleFacts>,
    /// What was asked for.
    pub form: Form,
    /// How the facts were read.
    pub way: Way<'a>,
    /// By what they are about; the worst first in each account and region.
    pub groups: Vec<Group<'a>>,
    /// Results that could not be told.
    pub unknown: usize,
    /// Failures that waivers cover.
    pub waived: usize,
    /// Failures that the baseline knows.
    pub baselined: usize,
}

/// One thing, and what repairs it.
pub struct Group<'a> {
    /// The account.
    pub account: &'a str,
    /// The region; `None` for what is in all.
    pub region: Option<&'a str>,
    /// `table`, `vault`, `account`.
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// In the order in which to do them.
    pub steps: Vec<Step<'a>>,
}

/// One repair, and the failures that it is for.
pub struct Step<'a> {
    /// The failures.
    pub of: Vec<&'a Finding>,
    /// The form of the text, which may be another than was asked for; `None` where there are words alone.
    pub form: Option<Form>,
    /// The text for its tool.
    pub snippet: Snippet,
    /// What to do instead, or beside it.
    pub words: Option<Cow<'a, str>>,
    /// What it costs.
    pub costs: Option<&'a str>,
    /// What cannot be taken back.
    pub irreversible: Option<&'a str>,
    /// Whether a command deletes something.
    pub deletes: bool,
    /// Whether its commands only show what a person has to change.
    pub only_looks: bool,
}

impl<'a> Repairs<'a> {
    /// The repairs of a run whose failures have them in every form.
    pub fn of(
        report: &'a Report,
        rules: &'a BTreeMap<String, RuleFacts>,
        form: Form,
        way: Way<'a>,
    ) -> Repairs<'a> {
        let mut repairs = Repairs {
            report,
            rules,
            form,
            way,
            groups: Vec::new(),
            unknown: 0,
            waived: 0,
            baselined: 0,
        };
        let mut groups: BTreeMap<Key<'a>, Group<'a>> = BTreeMap::new();
        for finding in &report.findings {
            match (finding.verdict, &finding.decoration) {
                (Verdict::Pass | Verdict::NotApplicable, _) => {}
                (Verdict::Unknown, None) => repairs.unknown += 1,
                (Verdict::Unknown, Some(_)) => {}
                (Verdict::Fail, Some(Decoration::Waived { .. })) => repairs.waived += 1,
                (Verdict::Fail, Some(Decoration::Baselined)) => repairs.baselined += 1,
                (Verdict::Fail, None) => {
                    let group = group_of(finding);
                    let key = (group.account, group.region, group.kind, group.name);
                    let step = Step::of(finding, form, way);
                    groups.entry(key).or_insert(group).add(step);
                }
            }
        }
        repairs.groups = groups.into_values().collect();
        for group in &mut repairs.groups {
            group
                .steps
                .sort_by(|left, right| left.turn().cmp(&right.turn()));
        }
        let place = |group: &Group<'a>| {
            let region = (group.region.is_none(), group.region);
            (group.account, region, group.worst())
        };
        repairs.groups.sort_by_key(place);
        repairs.name_files();
        repairs
    }

    /// Gives each repair files of its own, in the order in which they are printed.
    fn name_files(&mut self) {
        let mut files = Files::default();
        for group in &mut self.groups {
            let place = (group.account, group.region);
            let commands = group.steps.iter_mut();
            for step in commands.filter(|step| step.form == Some(Form::Cli)) {
                files.name(place, &mut step.snippet, &mut step.words);
            }
        }
    }

    /// All repairs, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step<'a>> {
        self.groups.iter().flat_map(|group| &group.steps)
    }

    /// What a person has to fill in, with the rules that ask for it.
    pub fn open(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut open: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for step in self.steps() {
            for name in &step.snippet.open {
                let rules = step.of.iter().map(|finding| &*finding.rule);
                open.entry(name).or_default().extend(rules);
            }
        }
        open
    }
}

/// Account, region, kind and name.
type Key<'a> = (&'a str, Option<&'a str>, &'a str, &'a str);

/// What a finding is repaired at: the table it belongs to, or its own subject.
fn group_of(finding: &Finding) -> Group<'_> {
    let subject = &finding.subject;
    let table = table_key(subject).is_some();
    let table = subject.table.as_deref().filter(|_| table);
    Group {
        account: &subject.account,
        region: subject.region.as_deref(),
        kind: if table.is_some() {
            "table"
        } else {
            &subject.kind
        },
        name: table.unwrap_or(&subject.name),
        steps: Vec::new(),
    }
}

impl<'a> Group<'a> {
    /// Adds a repair, or its failure to one that is the same.
    fn add(&mut self, step: Step<'a>) {
        let like = |other: &&mut Step<'a>| other.form == step.form && other.is_like(&step);
        match self.steps.iter_mut().find(like) {
            Some(other) => other.join(step),
            None => self.steps.push(step),
        }
    }

    fn worst(&self) -> Option<Severity> {
        self.steps.iter().map(Step::severity).min()
    }
}

impl<'a> Step<'a> {
    /// Takes in the same command of another rule, with what that says of it.
    fn join(&mut self, other: Step<'a>) {
        self.costs = self.costs.or(other.costs);
        self.irreversible = self.irreversible.or(other.irreversible);
        self.words = match (self.words.take(), other.words) {
            (Some(own), Some(more)) if own != more => Some(Cow::Owned(format!("{own} {more}"))),
            (own, more) => own.or(more),
        };
        self.of.extend(other.of);
    }

    fn of(finding: &'a Finding, form: Form, way: Way<'a>) -> Step<'a> {
        let repair = finding.fix.as_ref();
        let forms = repair.and_then(|repair| repair.forms.as_deref());
        let in_form = |form: Form| {
            let snippet = match form {
                Form::Cli => &forms?.cli,
                Form::Terraform => &forms?.terraform,
                Form::CloudFormation => &forms?.cloudformation,
            };
            Some((form, snippet.clone()?))
        };
        let found = in_form(form).or_else(|| in_form(Form::Cli));
        let (form, mut snippet) = match found {
            Some((form, snippet)) => (Some(form), snippet),
            None => (None, Snippet::default()),
        };
        let is_command = form == Some(Form::Cli);
        if is_command {
            snippet.text = cli::aimed(&snippet.text, finding.subject.region.as_deref(), way);
        }
        Step {
            of: vec![finding],
            deletes: is_command && cli::deletes(&snippet.text),
            only_looks: is_command && cli::only_looks(&snippet.text),
            form,
            snippet,
            words: repair.and_then(|repair| repair.words.as_deref().map(Cow::Borrowed)),
            costs: forms.and_then(|forms| forms.costs.as_deref()),
            irreversible: forms.and_then(|forms| forms.irreversible.as_deref()),
        }
    }

    /// Whether the other says the same, so that doing one does both.
    fn is_like(&self, other: &Step<'_>) -> bool {
        let same = self.snippet.text == other.snippet.text;
        same && (self.form.is_some() || self.words == other.words)
    }

    /// The worst of its failures.
    pub fn severity(&self) -> Severity {
        let severities = self.of.iter().map(|finding| finding.severity);
        severities.min().unwrap_or(Severity::Info)
    }

    /// Whether it is a command that can run as it is: nothing is open, and nothing is lost by it.
    pub fn is_ready(&self) -> bool {
        self.form == Some(Form::Cli) && self.snippet.open.is_empty() && !self.is_final()
    }

    /// Whether it cannot be taken back.
    pub fn is_final(&self) -> bool {
        self.deletes || self.irreversible.is_some()
    }

    /// What comes first: what others build on, then updates of the table, of which it takes one at a time, then the rest
    /// from the worst on; deletions last.
    fn turn(&self) -> (bool, cli::Turn, Severity, Option<(&str, &str)>) {
        let turn = match self.form {
            Some(Form::Cli) => cli::turn(&self.snippet.text),
            Some(Form::Terraform | Form::CloudFormation) | None => cli::Turn::Other,
        };
        let first = self.of.first();
        let first = first.map(|finding| (&*finding.rule, &*finding.subject.name));
        (self.deletes, turn, self.severity(), first)
    }
}
