//! What is in force of a rule, everywhere and on one table, and where each of it came from.

use std::path::Path;
use std::sync::Arc;

use crate::assess::{At, Configured, InForce, Settings, leaves_out};
use crate::cli::args::ExplainArgs;
use crate::cli::check::demo;
use crate::cli::exit::Failure;
use crate::cli::project::Project;
use crate::config::Match;
use crate::finding::Setting;
use crate::link::Linked;
use crate::link::table::TableView;
use crate::report::explain::Place;
use crate::rule::{Root, Rule};
use crate::snapshot::{Snapshot, file};
use crate::yaml::nearest;

/// What the configuration sets of a rule, a line each.
pub(super) fn set(project: &Project, rule: &Rule) -> Vec<String> {
    if let Some(out) = leaves_out(&project.config, rule) {
        return vec![format!(
            "off, {} is out of scope: {} ({})",
            out.name.value, out.because, out.name.origin
        )];
    }
    let settings = Settings::new([rule], &project.catalog, &project.config);
    let Some(configured) = settings.rules.first() else {
        return Vec::new();
    };
    let everywhere = match &configured.base().off {
        Some(off) => vec![format!("off: {} ({})", off.because, off.origin)],
        None => configured
            .base()
            .set
            .iter()
            .map(|it| line(it, None))
            .collect(),
    };
    let overrides = settings.overrides_of(configured);
    let of_places = overrides.iter().flat_map(|(_, place, set)| {
        let place = place.place.words();
        set.iter().map(move |it| line(it, Some(&place)))
    });
    everywhere.into_iter().chain(of_places).collect()
}

/// `min_days = 35 where tables pay-* (dynalint.yaml:12: as agreed)`.
fn line(setting: &Setting, place: Option<&str>) -> String {
    let place = place.map(|place| format!(" where {place}"));
    let because = setting.because.as_ref().map(|it| format!(": {it}"));
    let Setting {
        name,
        shown,
        origin,
        ..
    } = setting;
    format!(
        "{name} = {shown}{} ({origin}{})",
        place.unwrap_or_default(),
        because.unwrap_or_default()
    )
}

/// What is in force on the table that was asked for: by its facts where there are any, else by its name alone.
pub(super) fn places(
    project: &Project,
    rule: &Rule,
    args: &ExplainArgs,
) -> Result<Vec<Place>, Failure> {
    let Some(name) = &args.table else {
        return Ok(Vec::new());
    };
    if rule.for_each.root() != Root::Table {
        return Err(Failure::new(
            format!("{} does not look at one table after the other", rule.id),
            format!("dynalint explain {}", rule.id),
        ));
    }
    let settings = Settings::new([rule], &project.catalog, &project.config);
    let configured = settings.rules.first();
    let configured = configured.expect("the settings of one rule have that rule");
    match (&args.input, args.demo) {
        (None, false) => {
            let matches = settings.matches_by_name(name);
            let heading = format!("{name}, by its name alone");
            Ok(vec![place(&settings, configured, &matches, None, heading)])
        }
        (Some(path), _) => on_tables(
            project,
            &settings,
            configured,
            name,
            &file::load(path)?,
            path,
        ),
        (None, true) => {
            let path = Path::new("the demo account");
            on_tables(project, &settings, configured, name, &demo()?, path)
        }
    }
}

fn on_tables(
    project: &Project,
    settings: &Settings<'_>,
    configured: &Configured<'_>,
    name: &str,
    snapshot: &Snapshot,
    path: &Path,
) -> Result<Vec<Place>, Failure> {
    let linked = Linked::new(snapshot, &project.config);
    let mut places = Vec::new();
    let mut names = Vec::new();
    for account in &linked.accounts {
        let (id, region) = (&account.region.account, &account.region.region);
        let listed = account.tables.known().into_iter();
        for table in listed.flat_map(|listed| &listed.items) {
            names.push(table.table.name.as_str());
            if table.table.name == name {
                let matches = settings.matches(id, Some(region), Some(table));
                let heading = format!("{name}, account {id}, {region}");
                places.push(place(settings, configured, &matches, Some(table), heading));
            }
        }
    }
    if places.is_empty() {
        let hint = match nearest(name, names) {
            Some(near) => format!("did you mean {near}?"),
            None => "leave --input and --demo out, and it is told by its name alone".to_owned(),
        };
        let message = format!("no table of {} is named \"{name}\"", path.display());
        return Err(Failure::new(message, hint));
    }
    Ok(places)
}

fn place(
    settings: &Settings<'_>,
    configured: &Configured<'_>,
    matches: &[Match<'_>],
    table: Option<&TableView<'_>>,
    name: String,
) -> Place {
    let sure = surely(configured, matches, None);
    let mut lines = values(configured.rule, &sure, table);
    for (at, one, set) in settings.overrides_of(configured) {
        let doubt = matches.get(at);
        // What a later entry sets in any case is not in doubt.
        let matters = || {
            let other = surely(configured, matches, Some(at));
            other != sure && (other.off.is_none() || sure.off.is_none())
        };
        if let Some(Match::Maybe(why)) = doubt
            && matters()
        {
            let place = one.place.words();
            let why = match table {
                Some(_) => format!(" ({})", why.brief()),
                None => String::new(),
            };
            let set = set.iter().map(|it| line(it, Some(&place)));
            lines.extend(set.map(|it| format!("perhaps {it}{why}")));
        }
    }
    Place { name, lines }
}

/// What is in force where no override in doubt holds but this one.
fn surely(configured: &Configured<'_>, matches: &[Match<'_>], but: Option<usize>) -> Arc<InForce> {
    let sure = matches.iter().enumerate().map(|(at, it)| match it {
        Match::Maybe(_) if but == Some(at) => Match::Yes,
        Match::Maybe(_) => Match::No,
        Match::Yes | Match::No => *it,
    });
    match configured.at(&sure.collect::<Vec<Match<'_>>>()) {
        At::Settled(in_force) => in_force,
        At::Open(open) => Arc::clone(&open.candidates[0]),
    }
}

/// Severity and parameters, with where each came from.
fn values(rule: &Rule, in_force: &InForce, table: Option<&TableView<'_>>) -> Vec<String> {
    if let Some(off) = &in_force.off {
        return vec![format!("off: {} ({})", off.because, off.origin)];
    }
    let set = in_force.set_on(table);
    let value = |name: &str, value: String| {
        let set = set.iter().find(|it| it.name == name);
        match set {
            Some(set) => line(set, None),
            None => format!("{name} = {value} (rule)"),
        }
    };
    let severity = value("severity", rule.severity.to_string());
    let params = in_force.params.iter();
    let params = params.map(|(name, it)| value(name, it.to_string()));
    std::iter::once(severity).chain(params).collect()
}
