//! What the user chose to have judged: which rules, which tables; and the calls that this needs.

use std::collections::BTreeSet;

use globset::GlobSet;

use super::args::SelectArgs;
use super::exit::Failure;
use super::project::Project;
use crate::assess::{Selection, Settings, is_out_of_scope, leaves_out};
use crate::checklist::Checklists;
use crate::config::{self, Config, OutOfScope, environment_word};
use crate::finding::{LeftOut, TurnedOff};
use crate::rule::catalog::Catalog;
use crate::rule::{Root, Rule};
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;

/// The rules and tables of a run.
pub(super) struct Choice<'a> {
    /// The rules that are evaluated, with what is in force of them.
    pub(super) settings: Settings<'a>,
    /// The rules that the configuration turns off everywhere.
    pub(super) off: Vec<TurnedOff>,
    /// What the configuration leaves out.
    pub(super) left_out: Vec<LeftOut>,
    /// The rules that are not run because the configuration says so, by either way.
    pub(super) declined: BTreeSet<String>,
    /// How many are left out because no metrics are read.
    pub(super) rules_without_metrics: usize,
    /// The tables.
    pub(super) tables: Selection,
    /// The ids of the rules that are not run, for whatever reason.
    pub(super) not_run: BTreeSet<String>,
}

impl<'a> Choice<'a> {
    /// Finds what is named, or says what may have been meant.
    pub(super) fn new(
        project: &'a Project,
        select: &SelectArgs,
        no_metrics: bool,
    ) -> Result<Choice<'a>, Failure> {
        let catalog = &project.catalog;
        let named = ids(catalog, &select.rule)?;
        let skipped = ids(catalog, &select.skip_rule)?;
        let listed = listed(&project.lists, &select.checklist)?;
        let chosen = |rule: &&Rule| {
            let id = rule.id.as_str();
            let by_name = named.is_empty() || named.contains(id);
            let by_area = select.area.is_empty() || select.area.contains(&rule.area);
            let by_list = select.checklist.is_empty() || listed.contains(id);
            by_name && by_area && by_list && !skipped.contains(id)
        };
        let chosen: Vec<&Rule> = catalog.rules().iter().filter(chosen).collect();
        let config = &project.config;
        let (out, within): (Vec<&Rule>, Vec<&Rule>) = chosen
            .into_iter()
            .partition(|rule| leaves_out(config, rule).is_some());
        let no_metrics = |rule: &&Rule| no_metrics && is_on_metrics(rule);
        let (without, with): (Vec<&Rule>, Vec<&Rule>) = within.into_iter().partition(no_metrics);
        let mut settings = Settings::new(with, catalog, config);
        let off = settings.take_off();
        let runs: BTreeSet<&str> = settings
            .rules
            .iter()
            .map(|it| it.rule.id.as_str())
            .collect();
        let others = catalog.rules().iter().map(|rule| rule.id.to_string());
        let not_run = others.filter(|id| !runs.contains(&**id)).collect();
        let declined = out.iter().map(|rule| rule.id.to_string());
        let declined = declined.chain(off.iter().map(|it| it.rule.clone()));
        let declined: BTreeSet<String> = declined.collect();
        // A checklist may be all signatures.
        if settings.rules.is_empty() && select.checklist.is_empty() {
            return Err(match declined.is_empty() {
                true => nothing_left(select),
                false => Failure::new(
                    "every rule that is left is turned off in dynalint.yaml",
                    "take other rules, or --no-config",
                ),
            });
        }
        Ok(Choice {
            left_out: left_out(config, &out),
            not_run,
            settings,
            off,
            declined,
            rules_without_metrics: without.len(),
            tables: Selection {
                tables: table_globs(&select.table)?,
                environments: select.env.iter().map(|it| environment_word(it)).collect(),
            },
        })
    }

    /// The calls that the rules need.
    pub(super) fn operations(&self) -> BTreeSet<Operation> {
        let rules = self.settings.rules.iter();
        let mut needs: BTreeSet<Operation> = rules.flat_map(|it| it.rule.operations()).collect();
        let tags = Operation::GetResources;
        let config = self.settings.config();
        let may_ask = config.is_none_or(|config| !is_out_of_scope(config, tags));
        // Tier, environment and service stand beside every verdict on a table: in its severity, in waivers and signatures.
        let mut rules = self.settings.rules.iter();
        let on_tables = rules.any(|it| it.rule.for_each.root() == Root::Table);
        if on_tables && may_ask {
            needs.insert(tags);
        }
        Operation::run(&needs)
    }

    /// What the rules need of CloudWatch.
    pub(super) fn series(&self) -> BTreeSet<Series> {
        let on_metrics = self
            .settings
            .rules
            .iter()
            .filter(|it| is_on_metrics(it.rule));
        let series = on_metrics.flat_map(|it| {
            let fields = it.rule.fields();
            Series::of_paths(fields.iter().map(String::as_str))
        });
        series.collect()
    }
}

/// What is left out, with how many of these rules each time.
fn left_out(config: &Config, out: &[&Rule]) -> Vec<LeftOut> {
    let left_out = |one: &OutOfScope| {
        let by_it = |rule: &&&Rule| leaves_out(config, rule).is_some_and(|it| it == one);
        LeftOut {
            name: one.name.value.clone(),
            because: one.because.clone(),
            origin: one.name.origin.clone(),
            rules: out.iter().filter(by_it).count(),
        }
    };
    config.scope.iter().map(left_out).collect()
}

/// Whether metrics decide a verdict of the rule.
fn is_on_metrics(rule: &Rule) -> bool {
    rule.operations().contains(&Operation::GetMetricData)
}

fn nothing_left(select: &SelectArgs) -> Failure {
    let areas: Vec<&str> = select.area.iter().map(|area| area.word()).collect();
    let message = match areas.is_empty() {
        true => "no rule is left to evaluate".to_owned(),
        false => format!("no rule of {} is left to evaluate", areas.join(", ")),
    };
    Failure::new(message, "dynalint explain lists the rules")
}

/// The ids of these names, by their old names too.
pub(super) fn ids(catalog: &Catalog, names: &[String]) -> Result<BTreeSet<String>, Failure> {
    let id = |name: &String| match catalog.get(name) {
        Some(rule) => Ok(rule.id.to_string()),
        None => Err(unknown_rule(catalog, name)),
    };
    names.iter().map(id).collect()
}

/// No rule has this name; and the one that was probably meant.
pub(super) fn unknown_rule(catalog: &Catalog, name: &str) -> Failure {
    let near = catalog
        .nearest(name)
        .map(|near| format!("did you mean {near}?"));
    let hint = near.unwrap_or_else(|| "dynalint explain lists the rules".to_owned());
    Failure::new(format!("no rule is named \"{name}\""), hint)
}

/// The rules of the checklists of these names.
fn listed(lists: &Checklists, names: &[String]) -> Result<BTreeSet<String>, Failure> {
    let mut rules = BTreeSet::new();
    for name in names {
        let Some(list) = lists.get(name) else {
            return Err(unknown_checklist(lists, name));
        };
        let of_items = list.items.iter().flat_map(|item| &item.rules);
        rules.extend(of_items.cloned());
    }
    Ok(rules)
}

fn unknown_checklist(lists: &Checklists, name: &str) -> Failure {
    let hint = match lists.nearest(name) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            let names: Vec<&str> = lists.lists().iter().map(|list| &*list.id).collect();
            format!("there are {}", names.join(", "))
        }
    };
    Failure::new(format!("no checklist is named \"{name}\""), hint)
}

/// The names of tables that `--table` takes; `None` is all of them.
pub(super) fn table_globs(patterns: &[String]) -> Result<Option<GlobSet>, Failure> {
    if patterns.is_empty() {
        return Ok(None);
    }
    if patterns.iter().any(String::is_empty) {
        return Err(Failure::new(
            "--table is empty, and no table has an empty name",
            "as in --table 'orders-*'",
        ));
    }
    let globs = config::globs(patterns);
    globs
        .map(Some)
        .map_err(|(_, message)| Failure::new(message, "as in --table 'orders-*'"))
}
