//! One rule file: its schema, and the way from it to a checked rule.
//!
//! Every mistake of the file is told in one go.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::condition::reference::RESERVED;
use super::condition::{Condition, Fault, Named, Names, Variable, Written};
use super::lets::{Lets, Mistake};
use super::message::Message;
use super::param::{Param, ParamFile};
use super::template::{Language, Template};
use super::{Area, Case, Fix, ForEach, Root, Roots, Rule, RuleId, Severity};
use crate::snapshot::record::Type;
use crate::yaml::{self, SourceError, Spans, did_you_mean};

/// A rule: what must hold, why, what to do about it, and its own test cases.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Rule")]
pub(super) struct RuleFile {
    /// Its name in kebab-case, saying what must hold: also the name of the file.
    id: String,
    /// The part of the checklist that it belongs to.
    area: Area,
    /// What must hold, as a heading.
    title: String,
    /// How bad it is when it does not hold.
    severity: Severity,
    /// The version that brought it: 0.1.0.
    since: String,
    /// What it gives one result for: table, account, iam, or "index in table.indexes".
    for_each: String,
    /// Where this condition is false, the rule does not apply.
    applies_when: Option<String>,
    /// Values that users may set, by name.
    #[serde(default)]
    params: BTreeMap<String, ParamFile>,
    /// Names for values that conditions and texts use, in their order; later ones may use earlier ones.
    #[serde(default, rename = "let")]
    #[schemars(with = "BTreeMap<String, String>")]
    lets: Lets,
    /// The condition that must hold.
    assert: String,
    /// The sentence of a result; {…} shows a value: "{table.name}: the window is {table.pitr.window_days} days".
    message: String,
    /// For people: what goes wrong, and when.
    why: String,
    /// What to do about a failure.
    fix: FixFile,
    /// Pages to read, https.
    refs: Vec<String>,
    /// Names it had before.
    #[serde(default)]
    aliases: Vec<String>,
    /// Whether a waiver may cover it.
    #[serde(default = "waivable_unless_said")]
    waivable: bool,
    /// Its own cases: at least one each that passes, fails and is unknown.
    #[serde(default)]
    tests: Vec<Case>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fix")]
pub(super) struct FixFile {
    /// With the command line of AWS.
    cli: Option<String>,
    /// With Terraform.
    terraform: Option<String>,
    /// With CloudFormation.
    cloudformation: Option<String>,
    /// By a person, where no tool does it.
    text: Option<String>,
    /// What it costs, where it costs anything.
    costs: Option<String>,
    /// What cannot be taken back.
    irreversible: Option<String>,
}

fn waivable_unless_said() -> bool {
    true
}

/// A rule and the places of its file.
pub(super) struct Loaded {
    pub(super) rule: Rule,
    pub(super) spans: Spans,
}

pub(super) fn read(
    file: &str,
    text: &str,
    folder: Option<&str>,
    roots: &Roots,
) -> Result<Loaded, Vec<SourceError>> {
    let (document, errors) = yaml::read_anyway::<RuleFile>(file, text);
    let Some(document) = document else {
        return Err(errors);
    };
    let mut reader = Reader {
        spans: &document.spans,
        errors,
    };
    let rule = reader.rule(document.value, folder, roots);
    let mut errors = reader.errors;
    errors.sort();
    match rule {
        Some(rule) if errors.is_empty() => Ok(Loaded {
            rule,
            spans: document.spans,
        }),
        _ => Err(errors),
    }
}

struct Reader<'s> {
    spans: &'s Spans,
    errors: Vec<SourceError>,
}

impl Reader<'_> {
    fn wrong(&mut self, path: &str, message: impl Into<String>) {
        self.errors.push(self.spans.error(path, message));
    }

    fn faults(&mut self, path: &str, shift: usize, faults: Vec<Fault>) {
        let placed = faults
            .into_iter()
            .map(|fault| fault.moved(shift).placed(self.spans, path));
        self.errors.extend(placed);
    }

    fn rule(&mut self, file: RuleFile, folder: Option<&str>, roots: &Roots) -> Option<Rule> {
        self.identity(&file, folder);
        self.texts(&file);
        let mut params = self.params(file.params)?;
        let (for_each, variables) = self.for_each(&file.for_each, roots)?;
        let names = Names {
            variables: &variables,
            params: &params,
            locals: &[],
            shown: &[],
        };
        let locals = self.locals(&file.lets, names);
        let names = Names {
            locals: &locals,
            ..names
        };
        let applies_when = file.applies_when.as_deref();
        let shown = applies_when.map_or_else(Vec::new, |text| Condition::guards(text, names));
        let applies_when = applies_when.map(|text| self.condition("applies_when", text, names));
        let after = Names {
            shown: &shown,
            ..names
        };
        let assert = self.condition("assert", &file.assert, after);
        let message = Message::new(&file.message, names);
        let message = message
            .map_err(|faults| self.faults("message", 0, faults))
            .ok();
        let fix = self.fix(&file.fix, names);
        let applies_when = match applies_when {
            Some(None) => return None,
            Some(Some(condition)) => Some(condition),
            None => None,
        };
        let (assert, message) = (assert?, message?);
        let used = [Some(&assert), applies_when.as_ref()];
        let used: Vec<&Condition> = used
            .into_iter()
            .flatten()
            .chain(message.values())
            .chain(fix.values())
            .collect();
        self.unused(&params, &locals, &used);
        let demands: Vec<_> = used.iter().flat_map(|it| it.demands()).copied().collect();
        for (param, demand) in demands {
            params[param].demands.push(demand);
        }
        Some(Rule {
            id: RuleId(file.id),
            area: file.area,
            title: file.title,
            severity: file.severity,
            since: file.since,
            for_each,
            applies_when,
            params,
            assert,
            message,
            why: file.why,
            fix,
            refs: file.refs,
            aliases: file.aliases.into_iter().map(RuleId).collect(),
            waivable: file.waivable,
            tests: file.tests,
            file: self.spans.file().to_owned(),
            line: self.spans.at("assert").0,
            text: self.spans.text().to_owned(),
        })
    }

    fn identity(&mut self, file: &RuleFile, folder: Option<&str>) {
        let name = std::path::Path::new(self.spans.file()).file_stem();
        let name = name.map(|name| name.to_string_lossy().into_owned());
        if !is_kebab(&file.id) {
            let message = format!("id \"{}\" is not in kebab-case: a-z, 0-9, -", file.id);
            let hint = to_kebab(&file.id).map(|id| format!("did you mean \"{id}\"?"));
            self.errors
                .push(self.spans.error("id", message).hinted(hint));
        } else if name.as_deref() != Some(&file.id) {
            let message = format!("id \"{}\" is not the name of the file", file.id);
            let hint = format!("call the file {}.yaml, or change the id", file.id);
            self.errors
                .push(self.spans.error("id", message).hinted(Some(hint)));
        }
        if folder.is_some_and(|folder| folder != file.area.word()) {
            let message = format!("area \"{}\" is not the folder of the file", file.area);
            self.wrong("area", message);
        }
        for (index, alias) in file.aliases.iter().enumerate() {
            if !is_kebab(alias) {
                let message = format!("alias \"{alias}\" is not in kebab-case");
                self.wrong(&format!("aliases.{index}"), message);
            }
        }
    }

    fn texts(&mut self, file: &RuleFile) {
        for (path, text) in [
            ("title", &file.title),
            ("message", &file.message),
            ("why", &file.why),
        ] {
            if text.trim().is_empty() {
                self.wrong(path, format!("{path} is empty"));
            }
        }
        if file.since.split('.').count() != 3
            || file
                .since
                .split('.')
                .any(|part| part.parse::<u32>().is_err())
        {
            self.wrong("since", "expected a version: 0.1.0");
        }
        for (index, link) in file.refs.iter().enumerate() {
            let host = link.strip_prefix("https://");
            if host.is_none_or(|host| host.is_empty() || host.contains(char::is_whitespace)) {
                self.wrong(&format!("refs.{index}"), "expected a link: https://…");
            }
        }
    }

    fn params(&mut self, files: BTreeMap<String, ParamFile>) -> Option<Vec<Param>> {
        let declared = files.len();
        let mut params = Vec::new();
        for (name, file) in files {
            if !is_snake(&name) {
                let message = format!("param \"{name}\" is not in snake_case");
                let error = self.spans.key_error(&format!("params.{name}"), message);
                self.errors.push(error);
                continue;
            }
            match Param::new(&name, file) {
                Ok(param) => params.push(param),
                Err(error) => {
                    let path = format!("params.{}", error.name);
                    let placed = self.spans.error(&path, error.message);
                    self.errors.push(placed.hinted(error.hint));
                }
            }
        }
        (params.len() == declared).then_some(params)
    }

    fn condition(&mut self, path: &str, text: &str, names: Names<'_>) -> Option<Condition> {
        let condition = Condition::new(text, names);
        condition
            .map_err(|faults| self.faults(path, 0, faults))
            .ok()
    }

    fn fix(&mut self, fix: &FixFile, names: Names<'_>) -> Fix {
        let mut template = |path: &str, text: &Option<String>, language| {
            let read = Template::new(text.as_deref()?, language, names);
            read.map_err(|faults| self.faults(path, 0, faults)).ok()
        };
        Fix {
            cli: template("fix.cli", &fix.cli, Language::Shell),
            terraform: template("fix.terraform", &fix.terraform, Language::Terraform),
            cloudformation: template(
                "fix.cloudformation",
                &fix.cloudformation,
                Language::CloudFormation,
            ),
            text: template("fix.text", &fix.text, Language::Words),
            costs: template("fix.costs", &fix.costs, Language::Words),
            irreversible: template("fix.irreversible", &fix.irreversible, Language::Words),
        }
    }

    fn for_each(&mut self, text: &str, roots: &Roots) -> Option<(ForEach, Vec<Variable>)> {
        match text.split_once(" in ") {
            None => self.root(text, roots),
            Some((variable, path)) => {
                let shift = variable.len() + " in ".len();
                self.element(variable.trim(), path, shift, roots)
            }
        }
    }

    fn root(&mut self, text: &str, roots: &Roots) -> Option<(ForEach, Vec<Variable>)> {
        let root = match text.trim() {
            "table" => Root::Table,
            "account" => Root::Account,
            "iam" => Root::Iam,
            other => {
                let hint = did_you_mean(other, ["table", "account", "iam"])
                    .filter(|hint| hint.starts_with("did"))
                    .unwrap_or_else(|| "as in \"table\" or \"index in table.indexes\"".to_owned());
                let error = self
                    .spans
                    .error("for_each", format!("unknown subject \"{other}\""));
                self.errors.push(error.hinted(Some(hint)));
                return None;
            }
        };
        Some((ForEach::Root(root), roots.variables(root)))
    }

    fn element(
        &mut self,
        variable: &str,
        path: &str,
        shift: usize,
        roots: &Roots,
    ) -> Option<(ForEach, Vec<Variable>)> {
        let starts_with = |root: &str| path.trim_start().split('.').next() == Some(root);
        let root = if starts_with("account") {
            Root::Account
        } else if starts_with("iam") {
            Root::Iam
        } else {
            Root::Table
        };
        let mut variables = roots.variables(root);
        let taken = ["account", "table", "iam", "now", "params"];
        if !is_snake(variable) || taken.contains(&variable) || RESERVED.contains(&variable) {
            let mut message = format!("\"{variable}\" cannot name an element");
            if RESERVED.contains(&variable) {
                message += ": it is a word that CEL keeps for itself";
            }
            self.wrong("for_each", message);
            return None;
        }
        let names = Names {
            variables: &variables,
            params: &[],
            locals: &[],
            shown: &[],
        };
        let list = Condition::list(path, names);
        let (list, ty) = list
            .map_err(|faults| self.faults("for_each", shift, faults))
            .ok()?;
        variables.push(Variable {
            name: variable.to_owned(),
            ty: ty.clone(),
            origin: path.trim().to_owned(),
            written: Written::default(),
            is_element: false,
        });
        let for_each = ForEach::Element {
            root,
            variable: variable.to_owned(),
            kind: ty.to_string(),
            list: Box::new(list),
        };
        Some((for_each, variables))
    }

    fn locals(&mut self, lets: &Lets, names: Names<'_>) -> Vec<Named> {
        let (named, mistakes) = lets.check(names);
        for mistake in mistakes {
            match mistake {
                Mistake::Key(path, message) => {
                    self.errors.push(self.spans.key_error(&path, message));
                }
                Mistake::Inside(path, faults) => self.faults(&path, 0, faults),
            }
        }
        named
    }

    /// Params and names of `let` that nothing looks at.
    fn unused(&mut self, params: &[Param], locals: &[Named], conditions: &[&Condition]) {
        let used = |of: fn(&Condition) -> &BTreeSet<usize>| -> BTreeSet<usize> {
            let used = conditions.iter().flat_map(|condition| of(condition));
            used.copied().collect()
        };
        let (used_params, used_locals) = (used(Condition::params), used(Condition::locals));
        let params = params.iter().enumerate();
        let params = params
            .filter(|(index, _)| !used_params.contains(index))
            .map(|(_, param)| ("params", "param", param.name.as_str()));
        let locals = locals.iter().enumerate();
        let locals = locals
            .filter(|(index, local)| local.value.is_some() && !used_locals.contains(index))
            .map(|(_, local)| ("let", "name", local.name.as_str()));
        for (key, what, name) in params.chain(locals) {
            let message = format!("{what} \"{name}\" is not used");
            let error = self.spans.key_error(&format!("{key}.{name}"), message);
            let spelled = if key == "params" {
                format!("params.{name}")
            } else {
                name.to_owned()
            };
            let hint = format!("use it as {spelled}, or take it out");
            self.errors.push(error.hinted(Some(hint)));
        }
    }
}

impl Roots {
    /// The roots of a rule, by slot of the frame.
    fn variables(&self, root: Root) -> Vec<Variable> {
        let variable = |root: &Root| Variable {
            name: root.name().to_owned(),
            ty: Type::Record(match root {
                Root::Account => self.account,
                Root::Table => self.table,
                Root::Iam => self.iam,
            }),
            origin: root.name().to_owned(),
            written: Written::default(),
            is_element: false,
        };
        root.slots().iter().map(variable).collect()
    }
}

/// Whether a text can be the id of a rule.
pub(crate) fn is_kebab(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.split('-').all(part)
}

/// The id that a text was probably meant to be.
pub(crate) fn to_kebab(text: &str) -> Option<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for c in text.chars() {
        let starts = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && was_lower);
        if starts {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    let id = words.join("-");
    is_kebab(&id).then_some(id)
}

pub(super) fn is_snake(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
