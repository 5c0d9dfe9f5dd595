//! How long a whole `check` takes, step by step, of two accounts of 10,000 tables: one with alarms on few of them, and
//! one with much of everything. Prints for each step the median of a few rounds: what a clock says, and what the
//! processors did. And how long all rules take to load.
//!
//! `cargo bench --no-default-features --bench check` is all of it; `-- few` and `-- much` one of them; `-- drift` the comparison of two
//! such accounts; `-- rules` the rules
//! that take longest, each judged by itself.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod account;
mod changes;
mod clock;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use dynalint::assess::{self, Listing, Selection, Settings};
use dynalint::config::Config;
use dynalint::gate::{self, Seen, Terms};
use dynalint::link::Linked;
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Input, Show, View};
use dynalint::report::{ConfigEffects, Report, json, terminal};
use dynalint::rule::catalog::Catalog;
use dynalint::snapshot::{Snapshot, file};

use self::account::{FEW, MUCH, Size, TABLES};
use self::clock::{Clock, Spent};

const ROUNDS: usize = 5;
/// Of the rules that take longest.
const SHOWN_RULES: usize = 20;
const STEPS: [&str; 5] = ["load", "link", "assess", "screen", "json"];

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asks = |word: &str| asked.iter().any(|it| it == word);
    let all = !["few", "much", "rules", "drift"].into_iter().any(asks);
    if all {
        load_rules();
    }
    if all || asks("few") {
        steps("alarms on few", &FEW);
    }
    if all || asks("much") {
        steps("much of everything", &MUCH);
    }
    if all || asks("drift") {
        changes::compared("alarms on few", &FEW);
        changes::compared("much of everything", &MUCH);
    }
    if asks("rules") {
        rule_by_rule(&FEW);
        rule_by_rule(&MUCH);
    }
}

/// All rules, their test cases too: read and checked, as at the start of each command.
fn load_rules() {
    let mut rounds: Vec<Duration> = (0..20)
        .map(|_| {
            let start = Instant::now();
            let catalog = rules();
            let spent = start.elapsed();
            assert!(!catalog.rules().is_empty());
            spent
        })
        .collect();
    rounds.sort();
    let (least, median) = (rounds[0], rounds[rounds.len() / 2]);
    println!("all rules read and checked: least {least:?}, median {median:?}");
}

fn steps(name: &str, size: &Size) {
    let bytes = account::synthetic(size);
    println!("{TABLES} tables, {name}, in {} MB", bytes.len() / 1_000_000);
    println!("{:>8}  {:>7}  {:>7}", "step", "clock", "cpu");
    let rounds: Vec<[Spent; STEPS.len()]> = (0..ROUNDS).map(|_| round(&bytes)).collect();
    for (step, name) in STEPS.iter().enumerate() {
        let spent = Spent::median(rounds.iter().map(|round| round[step]).collect());
        println!("{name:>8}  {spent}");
    }
}

fn rules() -> Catalog {
    let (catalog, errors) = assess::load([]);
    assert!(errors.is_empty(), "{}", errors[0]);
    catalog
}

fn round(bytes: &[u8]) -> [Spent; STEPS.len()] {
    let catalog = rules();
    let settings = Settings::by_default(catalog.rules());
    let config = Config::default();
    let mut clock = Clock::start();
    let snapshot = file::parse(Path::new("synthetic.json"), bytes).expect("a snapshot");
    let loaded = clock.lap();
    let linked = Linked::new(&snapshot, &config);
    let joined = clock.lap();
    let made = assess::assess(&settings, &linked, &Selection::default(), Listing::Problems);
    let assessed = clock.lap();
    assert!(made.tables == TABLES && made.findings.len() > TABLES);
    let report = report(&snapshot, made, settings.rules.len());
    clock.lap();
    let text = terminal::render(&report, &view());
    let shown = clock.lap();
    assert!(text.lines().count() < 60, "more than a screenful:\n{text}");
    let text = json::render(&report).expect("JSON");
    let written = clock.lap();
    assert!(text.len() > TABLES);
    [loaded, joined, assessed, shown, written]
}

/// The rules that take longest.
fn rule_by_rule(size: &Size) {
    let bytes = account::synthetic(size);
    let snapshot = file::parse(Path::new("synthetic.json"), &bytes).expect("a snapshot");
    let (catalog, config) = (rules(), Config::default());
    let linked = Linked::new(&snapshot, &config);
    let spent = |rule| {
        let settings = Settings::by_default([rule]);
        let mut clock = Clock::start();
        let made = assess::assess(&settings, &linked, &Selection::default(), Listing::Problems);
        (clock.lap(), made.findings.len(), rule.id.to_string())
    };
    let mut each: Vec<(Spent, usize, String)> = catalog.rules().iter().map(spent).collect();
    each.sort_by_key(|(spent, ..)| std::cmp::Reverse(*spent));
    for (spent, findings, rule) in each.iter().take(SHOWN_RULES) {
        println!("{spent}  {findings:>6} findings  {rule}");
    }
}

fn view() -> View<'static> {
    static NO_RULES: BTreeMap<String, dynalint::report::RuleFacts> = BTreeMap::new();
    View {
        style: Style::default(),
        detail: Detail::Lines,
        show: Show::Findings,
        group: None,
        rules: &NO_RULES,
        input: Input::File("synthetic.json"),
        command: "dynalint check synthetic.json",
        repair: "dynalint fix --input synthetic.json",
    }
}

fn report(snapshot: &Snapshot, made: assess::Assessment, rules: usize) -> Report {
    let terms = Terms::default();
    let summary = &made.summary;
    let gate = gate::decide(
        terms,
        &Seen {
            fails: &summary.fails,
            unknowns: &summary.unknowns,
            open_items: 0,
            rejected_items: 0,
            idle_waivers: 0,
            unassessed_items: 0,
            anything_checked: true,
        },
    );
    Report {
        tool_version: "0".to_owned(),
        rules_digest: String::new(),
        source: "live".to_owned(),
        scopes: snapshot.scopes(),
        caller_arn: None,
        collected_at: snapshot.collected_at,
        duration_ms: None,
        calls: BTreeMap::new(),
        tables: made.tables,
        indexes: made.indexes,
        rules,
        rules_without_metrics: 0,
        briefs: made.briefs,
        figures: BTreeMap::new(),
        gate,
        summary: made.summary,
        findings: made.findings,
        checklists: Vec::new(),
        gaps: made.gaps,
        config_effects: ConfigEffects::default(),
        waivers: Vec::new(),
        baseline: None,
    }
}
