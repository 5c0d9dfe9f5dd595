//! What is in force of each rule in each place: its own file, then `rules` of `dynalint.yaml`, then its `overrides` in
//! their order; the starter tier takes one step off a severity that nobody set.
//!
//! An override that asks for tags, an environment or a tier may hold or not where tags could not be read. Then every
//! setting that is possible is a candidate: see [`At::Open`].

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::config::{Asked, Config, Match, Override, RuleSetting, Where};
use crate::finding::{Setting, Severity, TurnedOff};
use crate::link::account::AccountView;
use crate::link::declared;
use crate::link::table::TableView;
use crate::rule::Rule;
use crate::rule::catalog::Catalog;
use crate::rule::param::{ParamValue, Params};
use crate::snapshot::fact::{NOT_REQUESTED, Why};
use crate::snapshot::table::Table;
use crate::yaml::Tree;

/// The rules of a run and what is set of them.
pub struct Settings<'a> {
    /// The rules with what is in force of them.
    pub rules: Vec<Configured<'a>>,
    config: Option<&'a Config>,
}

/// A rule and what is set of it.
pub struct Configured<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What holds where no override does.
    base: Arc<InForce>,
    /// What the file sets everywhere.
    everywhere: Change,
    /// The overrides that name it, in their order: which one, and what it sets.
    layers: Vec<(usize, Change)>,
    /// What holds where these layers do, made once.
    made: RwLock<BTreeMap<Vec<usize>, Arc<InForce>>>,
}

/// What is in force of a rule in a place.
#[derive(Clone, Debug, PartialEq)]
pub struct InForce {
    /// Why it says nothing here, if so.
    pub off: Option<Off>,
    /// The severity, where the starter tier does not take a step off it.
    pub severity: Severity,
    /// The values of its parameters.
    pub params: Params,
    /// What of it is not from the rule's file.
    pub set: Vec<Setting>,
    is_level_set: bool,
}

/// Why a rule says nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Off {
    /// The reason that was given.
    pub because: String,
    /// `dynalint.yaml:12`.
    pub origin: String,
}

/// What is set in one entry of the file.
#[derive(Clone, Debug, Default)]
struct Change {
    level: Option<(Level, String)>,
    params: BTreeMap<String, (Tree, String)>,
    because: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Off,
    At(Severity),
}

/// What is in force of a rule in one place.
pub enum At<'m> {
    /// This.
    Settled(Arc<InForce>),
    /// One of several: tags that could not be read would tell which.
    Open(Open<'m>),
}

/// What may be in force of a rule, and why it is not known.
pub struct Open<'m> {
    /// Every one that is possible, different ones; not all of them where there are very many.
    pub candidates: Vec<Arc<InForce>>,
    /// Whether these are all.
    pub is_complete: bool,
    /// What could not be read.
    pub why: &'m Why,
}

impl Open<'_> {
    /// Whether every setting that is possible has this value of a parameter.
    pub(super) fn agrees_on(&self, param: (&str, &ParamValue)) -> bool {
        let has = |it: &Arc<InForce>| it.params.iter().any(|other| other == param);
        self.is_complete && self.candidates.iter().all(has)
    }
}

/// Overrides in doubt of which all combinations are looked at.
const MOST_DOUBTS: usize = 5;
/// The word for what says nothing, in the place of a severity.
pub(super) const OFF: &str = "off";
/// Where a severity comes from that the starter tier took a step off.
const STARTER: &str = "starter tier";

impl<'a> Settings<'a> {
    /// Rules as their files have them.
    pub fn by_default(rules: impl IntoIterator<Item = &'a Rule>) -> Settings<'a> {
        Settings::of(rules.into_iter().map(Configured::by_default).collect())
    }

    /// These rules, without a configuration.
    pub fn of(rules: Vec<Configured<'a>>) -> Settings<'a> {
        Settings {
            rules,
            config: None,
        }
    }

    /// Rules as a configuration has them in which [`check`](super::check()) found nothing wrong.
    pub fn new(
        rules: impl IntoIterator<Item = &'a Rule>,
        catalog: &Catalog,
        config: &'a Config,
    ) -> Settings<'a> {
        let of = |rule: &Rule, settings: &[RuleSetting]| {
            let is_it = |it: &&RuleSetting| {
                let named = catalog.get(&it.rule.value);
                named.is_some_and(|named| named.id == rule.id)
            };
            settings.iter().find(is_it).map(Change::new)
        };
        let configured = |rule: &'a Rule| {
            let overrides = config.overrides.iter().enumerate();
            let layers = overrides.filter_map(|(at, one)| Some((at, of(rule, &one.rules)?)));
            let everywhere = of(rule, &config.rules).unwrap_or_default();
            Configured::new(rule, everywhere, layers.collect())
        };
        Settings {
            rules: rules.into_iter().map(configured).collect(),
            config: Some(config),
        }
    }

    /// What was declared, where anything was.
    pub fn config(&self) -> Option<&'a Config> {
        self.config
    }

    fn overrides(&self) -> &'a [Override] {
        self.config.map_or(&[], |config| &config.overrides)
    }

    /// Which overrides hold for a table, or for an account itself; nothing where no override is there.
    pub fn matches<'m>(
        &self,
        account: &'m str,
        region: Option<&'m str>,
        table: Option<&'m TableView<'_>>,
    ) -> Vec<Match<'m>> {
        let overrides = self.overrides();
        if overrides.is_empty() {
            return Vec::new();
        }
        let unasked = &NOT_REQUESTED;
        let asked = Asked {
            account,
            region,
            table: table.map(|table| table.table.name.as_str()),
            tags: table.map_or(Err(unasked), |table| table.table.tags.as_ref()),
            environment: table.map_or(Err(unasked), TableView::environment_or_why),
            tier: table.map_or(Err(unasked), TableView::tier_or_why),
        };
        let matches = |one: &Override| one.place.matches(&asked);
        overrides.iter().map(matches).collect()
    }

    /// Which overrides hold for a table of which nothing is known but its name.
    pub fn matches_by_name(&self, name: &str) -> Vec<Match<'static>> {
        let Some(config) = self.config else {
            return Vec::new();
        };
        let unasked = &NOT_REQUESTED;
        let table = Table::unread(name.to_owned(), unasked);
        let environment = declared::environment(config, &table);
        let tier = declared::tier(config, &table);
        let asked = Asked {
            account: "",
            region: None,
            table: Some(name),
            tags: Err(unasked),
            environment: environment.as_ref().map(|it| it.value.as_str()),
            tier: tier.as_ref().map(|it| it.value.0.as_str()),
        };
        let matches = |one: &Override| {
            let place = &one.place;
            let any_home = Where {
                accounts: Vec::new(),
                regions: Vec::new(),
                ..place.clone()
            };
            let has_home = !place.accounts.is_empty() || !place.regions.is_empty();
            match any_home.matches(&asked) {
                Match::No => Match::No,
                Match::Yes if !has_home => Match::Yes,
                Match::Yes | Match::Maybe(_) => Match::Maybe(unasked),
            }
        };
        config.overrides.iter().map(matches).collect()
    }

    /// Takes out the rules that say nothing anywhere, and tells of them.
    pub fn take_off(&mut self) -> Vec<TurnedOff> {
        let (off, on) = std::mem::take(&mut self.rules)
            .into_iter()
            .partition(|it: &Configured<'_>| it.is_off_everywhere());
        self.rules = on;
        let off: Vec<Configured<'_>> = off;
        let tell = |it: &Configured<'_>| {
            let off = it.base.off.clone()?;
            Some(TurnedOff {
                rule: it.rule.id.to_string(),
                because: off.because,
                origin: off.origin,
                places: None,
            })
        };
        off.iter().filter_map(tell).collect()
    }

    /// The overrides of a rule: the place of each among those that [`Settings::matches`] tells of, and what it sets.
    pub fn overrides_of(
        &self,
        configured: &Configured<'_>,
    ) -> Vec<(usize, &'a Override, Vec<Setting>)> {
        let overrides = self.overrides();
        let layers = configured.layers.iter();
        layers
            .filter_map(|(at, change)| Some((*at, overrides.get(*at)?, change.settings())))
            .collect()
    }

    /// The overrides that ask for tables by name and found none among these, in words.
    pub(super) fn unmatched(&self, accounts: &[AccountView<'_>]) -> Vec<String> {
        let Some(config) = self.config else {
            return Vec::new();
        };
        let overrides = config.overrides.iter().map(|it| (&it.place, &it.origin));
        let facts = config.tables.iter().map(|it| (&it.place, &it.origin));
        overrides
            .chain(facts)
            .filter(|(place, _)| finds_none(place, accounts))
            .map(|(place, origin)| {
                let names = place.patterns.join(", ");
                format!("{origin}: no table is named {names}")
            })
            .collect()
    }
}

fn finds_none(place: &Where, accounts: &[AccountView<'_>]) -> bool {
    let Some(globs) = &place.tables else {
        return false;
    };
    let here = |list: &[String], one: &String| list.is_empty() || list.contains(one);
    let homes = accounts.iter().filter(|it| {
        here(&place.accounts, &it.region.account) && here(&place.regions, &it.region.region)
    });
    let homes: Vec<&AccountView<'_>> = homes.collect();
    // Where there may be tables that are not here, one of them may have the name.
    let may_have = |it: &&AccountView<'_>| {
        let mut listed = it
            .tables
            .known()
            .into_iter()
            .flat_map(|listed| &listed.items);
        it.unlisted().is_some() || listed.any(|view| globs.is_match(&view.table.name))
    };
    !homes.is_empty() && !homes.iter().any(may_have)
}

impl<'a> Configured<'a> {
    /// The rule with the parameters that its file gives.
    pub fn by_default(rule: &'a Rule) -> Configured<'a> {
        Configured::new(rule, Change::default(), Vec::new())
    }

    /// The rule with these values of its parameters, as its own cases give them.
    pub fn with_params(rule: &'a Rule, params: Params) -> Configured<'a> {
        let by_default = Configured::by_default(rule);
        let base = InForce {
            params,
            ..by_default.base().clone()
        };
        Configured {
            base: Arc::new(base),
            ..by_default
        }
    }

    fn new(rule: &'a Rule, everywhere: Change, layers: Vec<(usize, Change)>) -> Configured<'a> {
        Configured {
            rule,
            base: Arc::new(InForce::new(rule, std::iter::once(&everywhere))),
            everywhere,
            layers,
            made: RwLock::default(),
        }
    }

    /// What holds where no override does.
    pub fn base(&self) -> &InForce {
        &self.base
    }

    fn is_off_everywhere(&self) -> bool {
        let turns_on = |change: &Change| matches!(change.level, Some((Level::At(_), _)));
        self.base.off.is_some() && !self.layers.iter().any(|(_, change)| turns_on(change))
    }

    /// The worst severity that it has anywhere; `None` where it is off everywhere.
    pub(super) fn strictest(&self) -> Option<Severity> {
        let severity = |change: &Change| match change.level {
            Some((Level::At(severity), _)) => Some(severity),
            Some((Level::Off, _)) | None => None,
        };
        let base = Some(self.base.severity).filter(|_| self.base.off.is_none());
        let layers = self.layers.iter().map(|(_, change)| severity(change));
        layers.chain([base]).flatten().min()
    }

    /// What is in force where these overrides hold.
    pub fn at<'m>(&self, matches: &[Match<'m>]) -> At<'m> {
        let (mut sure, mut doubts, mut unread) = (Vec::new(), Vec::new(), None);
        for (layer, (place, _)) in self.layers.iter().enumerate() {
            match matches.get(*place) {
                Some(Match::Yes) => sure.push(layer),
                Some(Match::Maybe(why)) => {
                    doubts.push(layer);
                    unread.get_or_insert(*why);
                }
                Some(Match::No) | None => {}
            }
        }
        let Some(why) = unread else {
            return At::Settled(self.with(sure));
        };
        let is_complete = doubts.len() <= MOST_DOUBTS;
        doubts.truncate(MOST_DOUBTS);
        let mut candidates: Vec<Arc<InForce>> = Vec::new();
        for some in 0..1_usize << doubts.len() {
            let chosen = doubts.iter().enumerate();
            let chosen = chosen.filter(|(at, _)| some & (1 << at) != 0);
            let mut layers: Vec<usize> = chosen.map(|(_, layer)| *layer).collect();
            layers.extend(&sure);
            layers.sort_unstable();
            let candidate = self.with(layers);
            if !candidates.iter().any(|it| it.is_same(&candidate)) {
                candidates.push(candidate);
            }
        }
        match &candidates[..] {
            [one] if is_complete => At::Settled(Arc::clone(one)),
            [..] => At::Open(Open {
                candidates,
                is_complete,
                why,
            }),
        }
    }

    fn with(&self, layers: Vec<usize>) -> Arc<InForce> {
        if layers.is_empty() {
            return Arc::clone(&self.base);
        }
        // A thread that panicked cannot have left half a value in the map.
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = made.get(&layers) {
            return Arc::clone(one);
        }
        drop(made);
        let of_layers = layers.iter().filter_map(|at| self.layers.get(*at));
        let changes = std::iter::once(&self.everywhere).chain(of_layers.map(|(_, it)| it));
        let one = Arc::new(InForce::new(self.rule, changes));
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(layers).or_insert(one))
    }

    /// All that decides what it says, for a digest.
    pub(super) fn fingerprint(&self, overrides: &[Override]) -> String {
        let mut text = format!("{}\0{:?}\0", self.rule.text, self.base.params);
        if let Some(level) = &self.everywhere.level {
            text += &format!("{:?}\0", level.0);
        }
        for (at, change) in &self.layers {
            let place = overrides.get(*at).map(|one| one.place.words());
            let level = change.level.as_ref().map(|(level, _)| level);
            let params = change.params.iter();
            let params: Vec<_> = params.map(|(name, (tree, _))| (name, tree)).collect();
            text += &format!("{place:?}\0{level:?}\0{params:?}\0");
        }
        text
    }
}

/// What is in force of rules that are set so.
pub(super) fn digested<'s>(settings: &'s Settings<'_>) -> impl Iterator<Item = String> + 's {
    let overrides = settings.overrides();
    settings
        .rules
        .iter()
        .map(move |it| it.fingerprint(overrides))
}

impl Change {
    fn new(setting: &RuleSetting) -> Change {
        let level = setting.level.as_ref().map(|level| {
            let read = match level.value.as_str() {
                OFF => Level::Off,
                word => Level::At(
                    word.parse()
                        .expect("each level was checked when the file was read"),
                ),
            };
            (read, level.origin.clone())
        });
        let params = setting.params.iter();
        let params = params.map(|(name, it)| (name.clone(), (it.value.clone(), it.origin.clone())));
        Change {
            level,
            params: params.collect(),
            because: setting.because.clone(),
        }
    }

    /// What it sets, as it is written.
    fn settings(&self) -> Vec<Setting> {
        let level = self.level.as_ref().map(|(level, origin)| {
            let word = match level {
                Level::Off => OFF,
                Level::At(severity) => severity.word(),
            };
            self.setting("severity", word.into(), word.to_owned(), origin)
        });
        let params = self.params.iter().map(|(name, (tree, origin))| {
            let value = tree.as_json().clone();
            let shown = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            self.setting(name, value, shown, origin)
        });
        level.into_iter().chain(params).collect()
    }

    fn setting(
        &self,
        name: &str,
        value: serde_json::Value,
        shown: String,
        origin: &str,
    ) -> Setting {
        Setting {
            name: name.to_owned(),
            value,
            shown,
            origin: origin.to_owned(),
            because: self.because.clone(),
        }
    }
}

impl InForce {
    /// The rule's file with these over it, the last one first in right.
    fn new<'c>(rule: &Rule, changes: impl Iterator<Item = &'c Change>) -> InForce {
        let mut level: Option<(&Change, Level, &str)> = None;
        let mut trees: BTreeMap<String, Tree> = BTreeMap::new();
        let mut from: BTreeMap<&str, (&Change, &str)> = BTreeMap::new();
        for change in changes {
            if let Some((set, origin)) = &change.level {
                level = Some((change, *set, origin));
            }
            for (name, (tree, origin)) in &change.params {
                trees.insert(name.clone(), tree.clone());
                from.insert(name, (change, origin));
            }
        }
        let params = rule
            .params_with(&trees)
            .expect("each value was checked when the file was read");
        let (severity, off) = match level {
            Some((_, Level::At(severity), _)) => (severity, None),
            Some((change, Level::Off, origin)) => {
                let off = Off {
                    because: change.because.clone().unwrap_or_default(),
                    origin: origin.to_owned(),
                };
                (rule.severity, Some(off))
            }
            None => (rule.severity, None),
        };
        let at_level = level.filter(|_| off.is_none()).map(|(change, _, origin)| {
            change.setting(
                "severity",
                severity.word().into(),
                severity.to_string(),
                origin,
            )
        });
        let of_params = params.iter().filter_map(|(name, value)| {
            let (change, origin) = from.get(name).filter(|(_, origin)| !origin.is_empty())?;
            Some(change.setting(name, value.to_json(), value.to_string(), origin))
        });
        InForce {
            set: at_level.into_iter().chain(of_params).collect(),
            is_level_set: level.is_some(),
            off,
            severity,
            params,
        }
    }

    /// Whether it comes to the same as another, wherever that was set.
    fn is_same(&self, other: &InForce) -> bool {
        self.off.is_some() == other.off.is_some()
            && self.severity == other.severity
            && self.is_level_set == other.is_level_set
            && self.params == other.params
    }

    /// The severity on a table, or on an account itself: one step lower in the starter tier, where nobody set it.
    pub fn severity_on(&self, table: Option<&TableView<'_>>) -> Severity {
        match self.is_lowered(table) {
            true => self.severity.lowered(),
            false => self.severity,
        }
    }

    fn is_lowered(&self, table: Option<&TableView<'_>>) -> bool {
        !self.is_level_set && table.is_some_and(TableView::is_starter)
    }

    /// What is not from the rule's file, on a table or on an account itself.
    pub fn set_on(&self, table: Option<&TableView<'_>>) -> Vec<Setting> {
        let lowered = self.is_lowered(table).then(|| {
            let severity = self.severity.lowered();
            Setting {
                name: "severity".to_owned(),
                value: severity.word().into(),
                shown: severity.to_string(),
                origin: STARTER.to_owned(),
                because: None,
            }
        });
        lowered
            .into_iter()
            .chain(self.set.iter().cloned())
            .collect()
    }

    /// In a few words: `min_days = 35 (dynalint.yaml:12)`, `off (dynalint.yaml:14)`, `as the rule has it`.
    pub fn words(&self) -> String {
        if let Some(off) = &self.off {
            return format!("off ({})", off.origin);
        }
        let words = |it: &Setting| format!("{} = {} ({})", it.name, it.shown, it.origin);
        match self.set.is_empty() {
            true => "as the rule has it".to_owned(),
            false => self
                .set
                .iter()
                .map(words)
                .collect::<Vec<String>>()
                .join(", "),
        }
    }
}
