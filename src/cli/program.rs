//! The commands' view of the rest of the program: rules and configuration from files, facts from AWS or the demo, and
//! the report they make.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::args::SelectArgs;
use super::engine::{Choice, Engine, Live};
use super::exit::Failure;
use super::progress::Progress;
use crate::assess::{self, Configured, Listing, Selection};
use crate::checklist::{self, Assessed, Checklist, Checklists};
use crate::config::{self, Config};
use crate::gate::{self, Seen};
use crate::link::Linked;
use crate::report::explain::{ParamLine, RulePage};
use crate::report::{Report, RuleFacts};
use crate::rule::Rule;
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::operation::Operation;
use crate::snapshot::series::Series;
use crate::snapshot::{Snapshot, file};
use crate::yaml::{self, SourceError};

/// The account of `check --demo`.
const DEMO: &[u8] = include_bytes!("../../demo/snapshot.json");
/// The name of the configuration file.
const CONFIG: &str = "dynalint.yaml";

/// The program itself.
#[derive(Default)]
pub struct Program {
    /// The rules, once they are loaded: a run has one set of rule folders.
    catalog: OnceCell<Catalog>,
    /// The checklists, once they are loaded.
    checklists: OnceCell<Checklists>,
}

impl Program {
    fn catalog(&self, folders: &[PathBuf]) -> Result<&Catalog, Failure> {
        if self.catalog.get().is_none() {
            let (catalog, errors) = assess::load(own_rules(folders)?);
            if !errors.is_empty() {
                return Err(mistakes(&errors));
            }
            return Ok(self.catalog.get_or_init(|| catalog));
        }
        Ok(self.catalog.get_or_init(Catalog::default))
    }

    fn lists(&self, folders: &[PathBuf]) -> Result<&Checklists, Failure> {
        if self.checklists.get().is_none() {
            let names = self.catalog(folders)?.names();
            let (lists, errors) = Checklists::load(checklist::BUILTIN.iter().copied(), &names);
            if !errors.is_empty() {
                return Err(mistakes(&errors));
            }
            return Ok(self.checklists.get_or_init(|| lists));
        }
        Ok(self.checklists.get_or_init(Checklists::default))
    }

    /// The rules that are to be evaluated, with their parameters, and the number of those that are left out because no
    /// metrics are read.
    fn configured(&self, choice: &Choice<'_>) -> Result<(Vec<Configured<'_>>, usize), Failure> {
        let select = choice.select;
        let catalog = self.catalog(&select.rules)?;
        let named = ids(catalog, &select.rule)?;
        let skipped = ids(catalog, &select.skip_rule)?;
        let listed = listed(self.lists(&select.rules)?, &select.checklist)?;
        let chosen = |rule: &&Rule| {
            let id = rule.id.as_str();
            let by_name = named.is_empty() || named.contains(id);
            let by_area = select.area.is_empty() || select.area.contains(&rule.area);
            let by_list = select.checklist.is_empty() || listed.contains(id);
            by_name && by_area && by_list && !skipped.contains(id)
        };
        let left_out = |rule: &&Rule| choice.no_metrics && is_on_metrics(rule);
        let (without, with): (Vec<&Rule>, Vec<&Rule>) =
            catalog.rules().iter().filter(chosen).partition(left_out);
        let rules: Vec<_> = with.into_iter().map(Configured::by_default).collect();
        // A checklist may be all signatures.
        if rules.is_empty() && select.checklist.is_empty() {
            let areas: Vec<&str> = select.area.iter().map(|area| area.word()).collect();
            let message = match areas.is_empty() {
                true => "no rule is left to evaluate".to_owned(),
                false => format!("no rule of {} is left to evaluate", areas.join(", ")),
            };
            return Err(Failure::new(message, "dynalint explain lists the rules"));
        }
        Ok((rules, without.len()))
    }
}

/// Whether metrics decide a verdict of the rule.
fn is_on_metrics(rule: &Rule) -> bool {
    rule.operations().contains(&Operation::GetMetricData)
}

impl Engine for Program {
    fn operations(&self, choice: &Choice<'_>) -> Result<BTreeSet<Operation>, Failure> {
        // What is wrong with the user's files is said before any call.
        configuration(choice)?;
        selection(choice.select)?;
        let (rules, _) = self.configured(choice)?;
        Ok(Operation::run(
            &rules
                .iter()
                .flat_map(|configured| configured.rule.operations())
                .collect(),
        ))
    }

    fn series(&self, choice: &Choice<'_>) -> Result<BTreeSet<Series>, Failure> {
        let (rules, _) = self.configured(choice)?;
        let on_metrics = rules.iter().filter(|it| is_on_metrics(it.rule));
        let series = on_metrics.flat_map(|it| {
            let fields = it.rule.fields();
            Series::of_paths(fields.iter().map(String::as_str))
        });
        Ok(series.collect())
    }

    #[cfg(feature = "live")]
    fn collect(
        &self,
        live: &Live<'_>,
        operations: &BTreeSet<Operation>,
        progress: &dyn Progress,
    ) -> Result<Snapshot, Failure> {
        use crate::collect::{self, CONCURRENCY, METRICS_WINDOW, Options};
        let options = Options {
            profile: live.aws.profile.clone(),
            regions: live.aws.region.clone(),
            role_arn: live.aws.role_arn.clone(),
            external_id: live.aws.external_id.clone(),
            endpoint_url: live.aws.endpoint_url.clone(),
            tables: table_globs(live.tables)?,
            timeout: live.timeout,
            concurrency: live.concurrency.map_or(CONCURRENCY, usize::from),
            rate_limit: None,
            series: live.series.clone(),
            metrics_window: live.metrics_window.unwrap_or(METRICS_WINDOW),
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        collect::collect(&options, operations, live.now, &Steps(progress))
            .map_err(|error| Failure::new(error.message(), error.hint()))
    }

    #[cfg(not(feature = "live"))]
    fn collect(
        &self,
        _live: &Live<'_>,
        _operations: &BTreeSet<Operation>,
        _progress: &dyn Progress,
    ) -> Result<Snapshot, Failure> {
        Err(Failure::not_live())
    }

    fn demo(&self) -> Result<Snapshot, Failure> {
        let mut snapshot = file::parse(Path::new("demo/snapshot.json"), DEMO)?;
        snapshot.source = crate::snapshot::Source::Demo;
        Ok(snapshot)
    }

    fn assess(&self, snapshot: &Snapshot, choice: &Choice<'_>) -> Result<Report, Failure> {
        let config = configuration(choice)?;
        let (rules, without_metrics) = self.configured(choice)?;
        let listing = if choice.keep_all {
            Listing::All
        } else {
            Listing::Problems
        };
        let linked = Linked::new(snapshot, &config);
        let made = assess::assess(&rules, &linked, &selection(choice.select)?, listing);
        // A rule on the account that does not apply to an empty one has checked nothing.
        let all = &made.summary.all;
        let anything = made.tables > 0 || all.total() > all.not_applicable;
        let ran = rules.iter().map(|it| it.rule.id.to_string()).collect();
        let run = checklist::Run {
            rules: &ran,
            summary: &made.summary,
            tables: made.tables,
        };
        let checklists = assessed(self.lists(&choice.select.rules)?, &run, choice.select);
        let asked = || checklists.iter().filter(|list| list.in_gate);
        let gate = gate::decide(
            choice.terms,
            &Seen {
                fails: &made.summary.fails,
                unknowns: &made.summary.unknowns,
                open_items: asked().map(Assessed::to_sign).sum(),
                unassessed_items: asked().map(Assessed::left_out).sum(),
                anything_checked: anything,
            },
        );
        Ok(Report {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules_digest: assess::digest(&rules),
            source: snapshot.source.word().to_owned(),
            scopes: snapshot.scopes(),
            caller_arn: snapshot.caller_arn.known().cloned().flatten(),
            collected_at: snapshot.collected_at,
            duration_ms: None,
            calls: snapshot.calls.clone(),
            tables: made.tables,
            indexes: made.indexes,
            rules: rules.len(),
            rules_without_metrics: without_metrics,
            briefs: made.briefs,
            gate,
            summary: made.summary,
            findings: made.findings,
            checklists,
            gaps: made.gaps,
        })
    }

    fn rule_facts(&self, folders: &[PathBuf]) -> Result<BTreeMap<String, RuleFacts>, Failure> {
        let facts = |rule: &Rule| {
            let facts = RuleFacts {
                title: rule.title.clone(),
                why: rule.why.clone(),
                refs: rule.refs.clone(),
            };
            (rule.id.to_string(), facts)
        };
        Ok(self.catalog(folders)?.rules().iter().map(facts).collect())
    }

    fn pages(&self, folders: &[PathBuf]) -> Result<Vec<RulePage>, Failure> {
        let lists = self.lists(folders)?;
        let rules = self.catalog(folders)?.rules().iter();
        Ok(rules.map(|rule| rule_page(rule, lists)).collect())
    }

    fn checklists(&self, folders: &[PathBuf]) -> Result<Checklists, Failure> {
        self.lists(folders).cloned()
    }
}

#[cfg(feature = "live")]
struct Steps<'a>(&'a dyn Progress);

#[cfg(feature = "live")]
impl crate::collect::Progress for Steps<'_> {
    fn step(&self, done: usize, total: usize, what: &str) {
        self.0.step(done, total, what);
    }
}

/// The rule files of the user's folders, sorted; folders in them are walked too.
fn own_rules(folders: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for folder in folders {
        let mut files = Vec::new();
        yaml_files(folder, 0, &mut files)?;
        if files.is_empty() {
            let message = format!("no rule file (*.yaml) in {}", folder.display());
            return Err(Failure::new(
                message,
                "name the folder that holds your rules",
            ));
        }
        for path in files {
            let text = yaml_text(&path)?;
            sources.push(Source {
                file: path.display().to_string(),
                text,
                is_builtin: false,
            });
        }
    }
    Ok(sources)
}

/// Folders are followed so deep: a link that leads back to its own folder ends somewhere.
const MAX_FOLDERS: usize = 8;

fn yaml_files(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    let mut paths = entries
        .map(|entry| {
            entry
                .map(|entry| entry.path())
                .map_err(|error| unreadable(folder, &error))
        })
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() && depth < MAX_FOLDERS {
            yaml_files(&path, depth + 1, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            found.push(path);
        }
    }
    Ok(())
}

fn yaml_text(path: &Path) -> Result<String, Failure> {
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let text = yaml::text(&path.display().to_string(), file);
    let text = text.map_err(|error| unreadable(path, &error))?;
    text.map_err(|error| mistakes(&[error]))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::IsADirectory => "name a file",
        ErrorKind::NotADirectory => "name the folder that holds it",
        _ => "check the path and its permissions",
    };
    Failure::new(
        format!("cannot read {}: {}", path.display(), file::trouble(error)),
        hint,
    )
}

/// All mistakes of a run's files, each with its line and a caret.
fn mistakes(errors: &[SourceError]) -> Failure {
    let text: Vec<String> = errors.iter().map(SourceError::render).collect();
    let hint = match errors.len() {
        1 => "repair it and run again; no call was made".to_owned(),
        many => format!("repair these {many} and run again; no call was made"),
    };
    Failure::rendered(text.join("\n"), Some(hint))
}

/// The ids of these names, by their old names too.
fn ids(catalog: &Catalog, names: &[String]) -> Result<BTreeSet<String>, Failure> {
    let id = |name: &String| match catalog.get(name) {
        Some(rule) => Ok(rule.id.to_string()),
        None => {
            let near = catalog
                .nearest(name)
                .map(|near| format!("did you mean {near}?"));
            let hint = near.unwrap_or_else(|| "dynalint explain lists the rules".to_owned());
            Err(Failure::new(format!("no rule is named \"{name}\""), hint))
        }
    };
    names.iter().map(id).collect()
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

/// How the checklists stand after a run.
fn assessed(lists: &Checklists, run: &checklist::Run<'_>, select: &SelectArgs) -> Vec<Assessed> {
    let assessed = |list: &Checklist| Assessed {
        list: list.clone(),
        standings: list.standings(run),
        in_gate: select.checklist.contains(&list.id),
    };
    lists.lists().iter().map(assessed).collect()
}

fn selection(select: &SelectArgs) -> Result<Selection, Failure> {
    Ok(Selection {
        tables: table_globs(&select.table)?,
        environments: select.env.iter().cloned().collect(),
    })
}

fn table_globs(patterns: &[String]) -> Result<Option<globset::GlobSet>, Failure> {
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

/// The configuration in force: the named file, or the one that is found by walking up to the root of the repository.
fn configuration(choice: &Choice<'_>) -> Result<Config, Failure> {
    let found = match (choice.no_config, choice.config) {
        (true, _) => None,
        (false, Some(path)) => Some(path.to_owned()),
        (false, None) => find_config(),
    };
    let Some(path) = found else {
        return Ok(Config::default());
    };
    let text = yaml_text(&path)?;
    config::read(&path.display().to_string(), &text).map_err(|errors| mistakes(&errors))
}

fn find_config() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let root = here
        .ancestors()
        .find(|folder| folder.join(".git").exists())
        .unwrap_or(&here);
    let inside = here
        .ancestors()
        .take_while(|folder| folder.starts_with(root));
    inside
        .map(|folder| folder.join(CONFIG))
        .find(|path| path.is_file())
}

fn rule_page(rule: &Rule, lists: &Checklists) -> RulePage {
    let fix = &rule.fix;
    let fixes = [
        ("cli", &fix.cli),
        ("terraform", &fix.terraform),
        ("cloudformation", &fix.cloudformation),
        ("text", &fix.text),
    ];
    let mut needs: Vec<String> = Operation::run(&rule.operations())
        .into_iter()
        .filter_map(Operation::action)
        .map(str::to_owned)
        .collect();
    needs.sort();
    RulePage {
        id: rule.id.to_string(),
        area: rule.area,
        severity: rule.severity,
        since: rule.since.clone(),
        title: rule.title.clone(),
        params: rule.params.iter().map(param_line).collect(),
        why: rule.why.clone(),
        looks_at: rule.fields().into_iter().collect(),
        needs,
        fix: fixes
            .iter()
            .filter_map(|(kind, text)| {
                Some(((*kind).to_owned(), text.as_ref()?.with_placeholders()))
            })
            .collect(),
        listed: lists.listing(rule.id.as_str()),
        refs: rule.refs.clone(),
        file: rule.file.clone(),
    }
}

fn param_line(param: &crate::rule::param::Param) -> ParamLine {
    ParamLine {
        name: param.name.clone(),
        kind: param.ty.name().to_owned(),
        default: param.default.to_string(),
        about: param.about.clone(),
    }
}
