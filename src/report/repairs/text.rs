//! Repairs as text that its tool reads: all that is said to people stands behind `#`.
//!
//! What stands without `#` in commands can run as it is: what is not complete, and what would be lost for good, is put
//! behind one too. Names of other people never leave the line of their comment.

use std::collections::{BTreeMap, BTreeSet};

use super::{Form, Group, Repairs, Step, cli, cloudformation, terraform};
use crate::finding::Finding;
use crate::report::terminal::Detail;
use crate::report::terminal::blind;
use crate::report::terminal::layout::{count, hang, minute, number, pad};
use crate::report::terminal::style::{Ink, Style};
use crate::rule::template::{is_unshown, shell_word};

/// The first line of a script.
const SHELL: &str = "#!/bin/sh\n";

/// How the text is written.
#[derive(Clone, Copy)]
pub struct Look {
    /// What the terminal can show, or the file.
    pub style: Style,
    /// How much is said of each failure.
    pub detail: Detail,
    /// Whether it is a file that is run as a whole.
    pub is_script: bool,
}

/// The whole text.
pub fn page(repairs: &Repairs<'_>, look: Look) -> String {
    let mut page = Page {
        repairs,
        look,
        text: String::new(),
        seen: BTreeMap::new(),
        labels: BTreeSet::new(),
        ids: BTreeSet::new(),
    };
    page.head();
    for group in &repairs.groups {
        page.group(group);
    }
    page.foot();
    page.text
}

/// Whether a file begins as [`page`] does, so that it is one of repairs.
pub fn is_page(file: &[u8]) -> bool {
    let text = file.strip_prefix(SHELL.as_bytes()).unwrap_or(file);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first);
    first.starts_with("# dynalint ") && first.contains(", facts of ")
}

/// `12 repairs of 9 rules on 4 resources: 5 commands can run as they are`.
pub fn summary(repairs: &Repairs<'_>) -> String {
    let steps = repairs.steps().count();
    let rules = repairs.steps().flat_map(|step| &step.of);
    let rules: BTreeSet<&str> = rules.map(|finding| &*finding.rule).collect();
    let is = |wanted: fn(&Step<'_>) -> bool| repairs.steps().filter(|step| wanted(step)).count();
    let of_form = |form: Form| {
        repairs
            .steps()
            .filter(|step| step.form == Some(form))
            .count()
    };
    let other = format!("for {}", repairs.form.title());
    let parts = match repairs.form {
        Form::Cli => [
            (
                is(|step| step.is_ready() && !step.only_looks),
                "can run as they are",
            ),
            (is(|step| step.only_looks), "only show what to change"),
        ],
        Form::Terraform | Form::CloudFormation => [
            (of_form(repairs.form), &*other),
            (of_form(Form::Cli), "for the AWS CLI alone"),
        ],
    };
    let more = [
        (is(|step| !step.snippet.open.is_empty()), "to fill in"),
        (is(|step| step.is_final()), "cannot be taken back"),
        (is(|step| step.form.is_none()), "in words alone"),
    ];
    let parts = parts.iter().chain(&more).filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, what)| format!("{} {what}", number(*count)));
    let parts: Vec<String> = parts.collect();
    match (steps, repairs.unknown) {
        (0, 0) => "nothing to repair".to_owned(),
        (0, unknown) => format!(
            "nothing to repair yet: {} could not be told",
            count(unknown, "result")
        ),
        (_, _) => format!(
            "{} of {} on {}: {}",
            count(steps, "repair"),
            count(rules.len(), "rule"),
            count(repairs.groups.len(), "resource"),
            match parts.is_empty() {
                true => "all complete".to_owned(),
                false => parts.join(", "),
            }
        ),
    }
}

struct Page<'a, 'r> {
    repairs: &'r Repairs<'a>,
    look: Look,
    text: String,
    /// Where a text stands already: account, region and text, and the name of its group.
    seen: BTreeMap<(&'r str, Option<&'r str>, &'r str), &'r str>,
    /// The blocks of Terraform that have a name.
    labels: BTreeSet<(String, String)>,
    /// The logical ids of CloudFormation that stand already.
    ids: BTreeSet<String>,
}

impl<'a, 'r> Page<'a, 'r> {
    fn head(&mut self) {
        let repairs = self.repairs;
        if self.look.is_script && repairs.form == Form::Cli {
            self.text += SHELL;
        }
        let facts = minute(repairs.report.collected_at);
        let version = &repairs.report.tool_version;
        let first = format!(
            "dynalint {version}, facts of {facts}. {}.",
            capital(&summary(repairs))
        );
        self.comment("# ", Ink::Faint, &first);
        if repairs.groups.is_empty() {
            return;
        }
        let how = match repairs.form {
            Form::Cli => {
                "Nothing was changed. What stands without \"#\" can run as it is, by someone who may write."
            }
            Form::Terraform => {
                "Nothing was changed. Each part goes where its comment says, or replaces what is there."
            }
            Form::CloudFormation => {
                "Nothing was changed. Each part goes under the Properties of its resource, or replaces what is there."
            }
        };
        self.comment("# ", Ink::Faint, how);
        if repairs.form != Form::Cli {
            return;
        }
        if let Some(role) = repairs.way.role_arn {
            let said = format!(
                "The facts were read with {role}; commands need credentials of the same account."
            );
            self.comment("# ", Ink::Faint, &said);
        }
        if self.look.is_script {
            self.text += "set -eu\n";
        }
    }

    fn group(&mut self, group: &'r Group<'a>) {
        let place = match group.region {
            Some(region) => format!("{region}, account {}", group.account),
            None => format!("account {}, all regions", group.account),
        };
        let kind = group.kind.replace('-', " ");
        let name = match group.kind {
            "account" | "iam" => format!("=== {place} ==="),
            _ => format!("=== {kind} {}, {place} ===", group.name),
        };
        self.text.push('\n');
        self.comment("# ", Ink::Strong, &name);
        self.guard(group);
        let mut heads: BTreeMap<&str, &str> = BTreeMap::new();
        let mut updates = 0;
        for step in &group.steps {
            self.text.push('\n');
            for finding in &step.of {
                self.why(finding);
            }
            self.warnings(step);
            match step.form {
                None => {}
                Some(Form::Cli) if self.repairs.form == Form::Cli => {
                    updates += self.wait(group, step, updates);
                    self.command(group, step);
                }
                Some(Form::Cli) => self.instead(step),
                Some(Form::Terraform | Form::CloudFormation) => self.part(step, &mut heads),
            }
        }
    }

    /// In a script, nothing runs in another account; to whoever copies commands it is said.
    fn guard(&mut self, group: &Group<'_>) {
        let is_known =
            group.account.len() == 12 && group.account.bytes().all(|b| b.is_ascii_digit());
        let before = self
            .repairs
            .groups
            .iter()
            .take_while(|it| !std::ptr::eq(*it, group));
        let is_new = before.last().is_none_or(|it| it.account != group.account);
        if !(self.repairs.form == Form::Cli && is_known && is_new) {
            return;
        }
        let account = group.account;
        let flags = cli::flags("", None, self.repairs.way);
        if !self.look.is_script {
            let said = format!("aws sts get-caller-identity{flags} must say {account}");
            return self.comment("# ", Ink::Faint, &said);
        }
        self.text += &format!(
            "account=$(aws sts get-caller-identity{flags} --query Account --output text)\n\
             if [ \"$account\" != {account} ]; then\n  \
             echo \"these repairs are of account {account}, and the credentials of $account\" >&2\n  \
             exit 1\nfi\n"
        );
    }

    /// What must hold, and what was found instead.
    fn why(&mut self, finding: &Finding) {
        let facts = self.repairs.rules.get(&finding.rule);
        let title = facts.map_or("", |facts| &*facts.title);
        let rule = format!("{}, {}: {title}", finding.rule, finding.severity);
        self.comment("# ", Ink::Plain, &rule);
        self.labelled("found", &finding.message);
        if let (Detail::Full, Some(facts)) = (self.look.detail, facts) {
            self.labelled("why", &facts.why);
        }
    }

    fn warnings(&mut self, step: &Step<'_>) {
        let open: Vec<&str> = step.snippet.open.iter().map(String::as_str).collect();
        let open = open.join(", ");
        let to_do = match step.form {
            Some(_) => "note",
            None => "to do",
        };
        let lost = match step.irreversible {
            None if step.deletes => Some("it deletes"),
            words => words,
        };
        let shows = "the command shows what to change, and changes nothing";
        let said = [
            ("shows", Some(shows).filter(|_| step.only_looks)),
            (to_do, step.words.as_deref()),
            ("costs", step.costs),
            ("for good", lost),
            ("fill in", Some(&*open).filter(|it| !it.is_empty())),
        ];
        for (label, words) in said {
            if let Some(words) = words {
                self.labelled(label, words);
            }
        }
        if step.form.is_none() && step.words.is_none() {
            self.labelled(
                "to do",
                "no tool does it; dynalint explain tells of the rule",
            );
        }
    }

    /// DynamoDB takes one update of a table at a time. Gives the number of updates that this step is.
    fn wait(&mut self, group: &Group<'_>, step: &Step<'_>, updates: usize) -> usize {
        if step.turn().1 != cli::Turn::UpdatesTable || group.kind != "table" {
            return 0;
        }
        if updates > 0 {
            let said = match cli::changes_indexes(&step.snippet.text) {
                true => "one index at a time: wait until the one before is ACTIVE or gone",
                false => "one update at a time: wait until the one before is done",
            };
            self.labelled("first", said);
            let name = shell_word(group.name);
            let wait = format!("aws dynamodb wait table-exists --table-name {name}");
            let wait = cli::aimed(&wait, group.region, self.repairs.way);
            self.run(&wait, step.is_ready());
        }
        1
    }

    fn command(&mut self, group: &'r Group<'a>, step: &'r Step<'a>) {
        let key = (group.account, group.region, &*step.snippet.text);
        match self.seen.get(&key) {
            Some(name) => self.labelled("see", &format!("the same command stands at {name} above")),
            None => {
                self.seen.insert(key, group.name);
                self.run(&step.snippet.text, step.is_ready());
            }
        }
    }

    /// A command, behind `#` where it must not run as it is.
    fn run(&mut self, command: &str, is_ready: bool) {
        let (head, width) = if is_ready {
            ("", self.width())
        } else {
            ("# ", self.width() - 2)
        };
        for line in cli::lines(command, width) {
            let line = format!("{head}{line}");
            let ink = if is_ready { Ink::Plain } else { Ink::Faint };
            self.text += &self.look.style.paint(ink, line.trim_end());
            self.text.push('\n');
        }
    }

    /// The command, where the rule has nothing for the tool that was asked for.
    fn instead(&mut self, step: &Step<'_>) {
        let said = format!(
            "nothing for {}; with the AWS CLI:",
            self.repairs.form.title()
        );
        self.labelled("instead", &said);
        for line in cli::lines(&step.snippet.text, self.width() - 4) {
            let line = self.look.style.paint(Ink::Faint, &format!("#   {line}"));
            self.text += &(line + "\n");
        }
    }

    /// What goes into a file of Terraform or CloudFormation.
    fn part(&mut self, step: &'r Step<'a>, heads: &mut BTreeMap<&'r str, &'r str>) {
        let Some(finding) = step.of.first() else {
            return;
        };
        let text = step.snippet.text.trim_end();
        let own = terraform::is_own(text);
        let kind = finding.subject.kind.replace('-', " ");
        // A key goes by the region that it is of.
        let name = match (kind.as_str(), &finding.subject.arn) {
            ("key", Some(arn)) => arn,
            (_, _) => &finding.subject.name,
        };
        let place = match (own, &finding.subject.table) {
            (true, _) => "a resource of its own".to_owned(),
            (false, Some(table)) if kind == "index" => {
                format!("the resource of table \"{table}\", for its index \"{name}\"")
            }
            (false, _) if kind == "table" && text.starts_with("# in the ") => {
                format!("what the next line names, for table \"{name}\"")
            }
            (false, _) => format!("the resource of {kind} \"{name}\""),
        };
        self.labelled("goes into", &place);
        if !own && kind == "table" {
            for head in terraform::heads(text) {
                match heads.get(head) {
                    Some(rule) => self.labelled(
                        "once",
                        &format!("{head} stands at {rule} above: make one of both"),
                    ),
                    None => drop(heads.insert(head, &finding.rule)),
                }
            }
        }
        self.text += &match self.repairs.form {
            Form::Terraform => terraform::named(text, &finding.subject.name, &mut self.labels),
            Form::CloudFormation => cloudformation::named(text, &mut self.ids),
            Form::Cli => text.to_owned(),
        };
        self.text.push('\n');
    }

    fn foot(&mut self) {
        let repairs = self.repairs;
        let open = repairs.open();
        if !open.is_empty() {
            self.text.push('\n');
            self.comment("# ", Ink::Strong, "To fill in:");
            let width = open
                .keys()
                .map(|name| name.len())
                .max()
                .unwrap_or(0)
                .min(30);
            for (name, rules) in &open {
                let rules: Vec<&str> = rules.iter().copied().collect();
                self.comment(
                    &format!("#   {}  ", pad(name, width)),
                    Ink::Faint,
                    &rules.join(", "),
                );
            }
        }
        if repairs.unknown > 0 {
            self.text.push('\n');
            let results = count(repairs.unknown, "result");
            let said =
                format!("{results} could not be told, so there is nothing to repair of them yet:");
            self.comment("# ", Ink::Strong, &said);
            let style = Style {
                color: false,
                width: self.width() - 2,
                ..self.look.style
            };
            let table = blind::table(&repairs.report.gaps, &style, self.look.detail);
            for line in table.lines() {
                self.comment("# ", Ink::Faint, &one_line(line));
            }
        }
        let aside = [
            (repairs.waived, "waived"),
            (repairs.baselined, "in the baseline"),
        ];
        let aside = aside.iter().filter(|(count, _)| *count > 0);
        let aside: Vec<String> = aside
            .map(|(count, what)| format!("{} {what}", number(*count)))
            .collect();
        if !aside.is_empty() {
            self.text.push('\n');
            let said = format!("Left out, since they don't count: {}", aside.join(", "));
            self.comment("# ", Ink::Faint, &said);
        }
    }

    fn labelled(&mut self, label: &str, text: &str) {
        self.comment(&format!("#   {}  ", pad(label, 9)), Ink::Faint, text);
    }

    /// Words in lines that all begin with `#`.
    fn comment(&mut self, head: &str, ink: Ink, text: &str) {
        let style = Style {
            width: self.width(),
            ..self.look.style
        };
        let words = style.clean(&one_line(text));
        for line in hang(&style, head, words.trim_end()).lines() {
            let line = match line.strip_prefix('#') {
                Some(_) => line.to_owned(),
                None => format!("#{}", line.strip_prefix(' ').unwrap_or(line)),
            };
            self.text += &style.paint(ink, &line);
            self.text.push('\n');
        }
    }

    fn width(&self) -> usize {
        self.look.style.width.max(40)
    }
}

/// Words in one line, whatever reads it: YAML has line ends that others don't.
fn one_line(text: &str) -> String {
    text.trim_end()
        .chars()
        .map(|c| if is_unshown(c) { ' ' } else { c })
        .collect()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
