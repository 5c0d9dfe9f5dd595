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
use crate::config::{self, Config};
use crate::gate;
use crate::link::Linked;
use crate::report::explain::{ParamLine, RulePage};
use crate::report::{Gate, Report, RuleFacts};
use crate::rule::Rule;
use crate::rule::catalog::{Catalog, Source};
use crate::snapshot::operation::Operation;
use crate::snapshot::{Snapshot, file};
use crate::yaml::SourceError;

/// The account of `check --demo`.
const DEMO: &[u8] = include_bytes!("../../demo/snapshot.json");
/// The name of the configuration file.
const CONFIG: &str = "dynalint.yaml";

/// The program itself.
#[derive(Default)]
pub struct Program {
    /// The rules, once they are loaded: a run has one set of rule folders.
    catalog: OnceCell<Catalog>,
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

    /// The rules that are to be evaluated, with their parameters.
    fn configured(&self, select: &SelectArgs) -> Result<Vec<Configured<'_>>, Failure> {
        let catalog = self.catalog(&select.rules)?;
        let named = ids(catalog, &select.rule)?;
        let skipped = ids(catalog, &select.skip_rule)?;
        let chosen = |rule: &&Rule| {
            let id = rule.id.as_str();
            let by_name = named.is_empty() || named.contains(id);
            let by_area = select.area.is_empty() || select.area.contains(&rule.area);
            by_name && by_area && !skipped.contains(id)
        };
        let rules: Vec<_> = catalog
            .rules()
            .iter()
            .filter(chosen)
            .map(Configured::by_default)
            .collect();
        if rules.is_empty() {
            let areas: Vec<&str> = select.area.iter().map(|area| area.word()).collect();
            let message = match areas.is_empty() {
                true => "no rule is left to evaluate".to_owned(),
                false => format!("no rule of {} is left to evaluate", areas.join(", ")),
            };
            return Err(Failure::new(message, "dynalint explain lists the rules"));
        }
        Ok(rules)
    }
}

impl Engine for Program {
    fn operations(&self, choice: &Choice<'_>) -> Result<BTreeSet<Operation>, Failure> {
        // What is wrong with the user's files is said before any call.
        configuration(choice)?;
        selection(choice.select)?;
        let rules = self.configured(choice.select)?;
        Ok(Operation::run(
            &rules
                .iter()
                .flat_map(|configured| configured.rule.operations())
                .collect(),
        ))
    }

    #[cfg(feature = "live")]
    fn collect(
        &self,
        live: &Live<'_>,
        operations: &BTreeSet<Operation>,
        progress: &dyn Progress,
    ) -> Result<Snapshot, Failure> {
        use crate::collect::{self, CONCURRENCY, Options};
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
        let rules = self.configured(choice.select)?;
        let listing = if choice.keep_all {
            Listing::All
        } else {
            Listing::Problems
        };
        let linked = Linked::new(snapshot, &config);
        let made = assess::assess(&rules, &linked, &selection(choice.select)?, listing);
        // That no rule on the account applies to one without tables checks nothing.
        let all = &made.summary.all;
        let applied = all.total() - all.not_applicable;
        let anything = applied > 0 || (made.tables > 0 && all.total() > 0);
        let outcome = gate::decide(
            choice.terms,
            &made.summary.fails,
            &made.summary.unknowns,
            anything,
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
            briefs: made.briefs,
            gate: Gate {
                fail_on: choice.terms.fail_on,
                outcome,
            },
            summary: made.summary,
            findings: made.findings,
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
        Ok(self
            .catalog(folders)?
            .rules()
            .iter()
            .map(rule_page)
            .collect())
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
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
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

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let hint = match error.kind() {
        ErrorKind::InvalidData => "save it as UTF-8",
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
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
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

fn rule_page(rule: &Rule) -> RulePage {
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
