//! How long a whole `check` of 10,000 tables takes, step by step: load, link, assess, render. Prints the median of a few
//! rounds.
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use dynalint::assess::{self, Listing, Selection, Settings};
use dynalint::config::Config;
use dynalint::gate::{self, Seen, Terms};
use dynalint::link::Linked;
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Input, Show, View};
use dynalint::report::{Asides, Report, terminal};
use dynalint::snapshot::{Snapshot, file};
use serde::Serialize;
use serde_json::ser::PrettyFormatter;
use serde_json::{Serializer, Value};

const TABLES: usize = 10_000;
/// One table in so many has its alarms.
const WITH_ALARMS: usize = 10;
const ROUNDS: usize = 3;
const STEPS: [&str; 4] = ["load", "link", "assess", "render"];

fn main() {
    let bytes = synthetic();
    println!("{TABLES} tables in {} MB", bytes.len() / 1_000_000);
    let rounds: Vec<[Duration; 4]> = (0..ROUNDS).map(|_| round(&bytes)).collect();
    for (step, name) in STEPS.iter().enumerate() {
        let mut times: Vec<Duration> = rounds.iter().map(|round| round[step]).collect();
        times.sort();
        println!("{name:>8}  {:?}", times[ROUNDS / 2]);
    }
}

fn round(bytes: &[u8]) -> [Duration; 4] {
    let (catalog, errors) = assess::load([]);
    assert!(errors.is_empty(), "{}", errors[0]);
    let settings = Settings::by_default(catalog.rules());
    let config = Config::default();
    let start = Instant::now();
    let snapshot = file::parse(Path::new("synthetic.json"), bytes).expect("a snapshot");
    let loaded = start.elapsed();
    let linked = Linked::new(&snapshot, &config);
    let joined = start.elapsed();
    let selection = Selection::default();
    let made = assess::assess(&settings, &linked, &selection, Listing::Problems);
    let assessed = start.elapsed();
    assert!(made.tables == TABLES && made.findings.len() > TABLES);
    let report = report(&snapshot, made, settings.rules.len());
    let text = terminal::render(&report, &view());
    assert!(text.lines().count() < 40, "more than a screenful:\n{text}");
    let rendered = start.elapsed();
    [
        loaded,
        joined - loaded,
        assessed - joined,
        rendered - assessed,
    ]
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
            unassessed_items: 0,
            idle_waivers: 0,
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
        gate,
        summary: made.summary,
        findings: made.findings,
        checklists: Vec::new(),
        gaps: made.gaps,
        asides: Asides::default(),
        waivers: Vec::new(),
        baseline: None,
    }
}

/// The healthy account, with its table of most indexes so many times, and all that belongs to it.
fn synthetic() -> Vec<u8> {
    let text = include_str!("../tests/fixtures/snapshots/healthy.json");
    let mut document: Value = serde_json::from_str(text).expect("JSON");
    let region = &mut document["regions"][0];
    let indexes = |table: &&Value| table["indexes"].as_array().map_or(0, Vec::len);
    let tables = region["tables"].as_array().expect("tables");
    let names: Vec<String> = tables.iter().map(name).collect();
    let model = name(tables.iter().max_by_key(indexes).expect("a table"));
    for (list, copies) in [
        ("tables", TABLES),
        ("scaling_targets", TABLES),
        ("scaling_policies", TABLES),
        ("protected_tables", TABLES),
        ("alarms", TABLES / WITH_ALARMS),
    ] {
        multiply(&mut region[list], &names, &model, copies);
    }
    for vault in region["vaults"].as_array_mut().expect("vaults") {
        multiply(&mut vault["recovery_points"], &names, &model, TABLES);
    }
    in_lines(&document)
}

/// As `snapshot --save` writes it.
fn in_lines(document: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b""));
    document.serialize(&mut writer).expect("JSON");
    bytes
}

fn name(table: &Value) -> String {
    table["name"].as_str().expect("a name").to_owned()
}

/// What names the model once for each copy, in place of what names any table.
fn multiply(list: &mut Value, names: &[String], model: &str, copies: usize) {
    let Some(items) = list.as_array_mut() else {
        return;
    };
    let texts: Vec<String> = items.iter().map(Value::to_string).collect();
    let of_model: Vec<&String> = texts.iter().filter(|text| text.contains(model)).collect();
    let of_none = |text: &&String| !names.iter().any(|name| text.contains(name.as_str()));
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let mut made: Vec<Value> = texts
        .iter()
        .filter(of_none)
        .map(|text| read(text))
        .collect();
    for copy in 0..copies {
        let name = format!("table-{copy:05}");
        made.extend(
            of_model
                .iter()
                .map(|text| read(&text.replace(model, &name))),
        );
    }
    *items = made;
}
