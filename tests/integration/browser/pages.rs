//! The pages that the browser opens, each beside its JSON report: of accounts that are made up, and of the demo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dynalint::finding::Verdict;
use dynalint::gate::Terms;
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Input, Show, View};
use dynalint::report::{Report, html, json};

use serde_json::Value;

use crate::binary::dynalint;
use crate::report::accounts;

/// Of the largest page.
const TABLES: usize = 10_000;
/// Names that are no markup, no end of a script, no end of an attribute, and turn no direction of writing.
const HOSTILE: [&str; 5] = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\"><b onmouseover='alert(1)'>",
    "abc\u{202e}txt.exe",
    "&lt;b&gt; {{ 1 }} \u{2028}end",
];

/// Writes them, and says where.
pub(super) fn written() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    // Where an earlier run left nothing, there is nothing to remove.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("target is writable");
    run(&folder, "check --demo -o demo.html -o demo.json", 1);
    run(
        &folder,
        "check --demo --show all -o all.html -o all.json",
        1,
    );
    accepted(&folder);
    write(&folder, "empty", &accounts::empty());
    write(&folder, "healthy", &accounts::healthy());
    write(&folder, "broken", &accounts::broken());
    write(&folder, "hostile", &hostile());
    write(&folder, "large", &large());
    folder
}

fn run(folder: &Path, words: &str, code: i32) {
    let args: Vec<&str> = words.split(' ').collect();
    exits(dynalint(&args).current_dir(folder), words, code);
}

fn exits(command: &mut Command, words: &str, code: i32) {
    let output = command.output().expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{words}\n{said}");
}

/// The demo with a waiver, a signature and a baseline.
fn accepted(folder: &Path) {
    let project = folder.join("project");
    fs::create_dir_all(&project).expect("target is writable");
    fs::write(project.join("dynalint.yaml"), "version: 1\n").expect("target is writable");
    let waive = "waive deletion-protection --table feed-follows --owner team-feed --expires 90d";
    let mut args: Vec<&str> = waive.split(' ').collect();
    args.extend(["--reason", "it goes away with the next release"]);
    exits(dynalint(&args).current_dir(&project), waive, 0);
    run(
        &project,
        "attest release/keys-final --account * --by maria@example.com",
        0,
    );
    let known = "check --demo --baseline known.json --update-baseline";
    run(&project, known, 0);
    only_of(&project.join("known.json"), "recent-throttles");
    run(
        &project,
        "check --demo --baseline known.json -o ../accepted.html -o ../accepted.json",
        1,
    );
}

/// Leaves the entries of one rule in a baseline.
fn only_of(path: &Path, rule: &str) {
    let text = fs::read_to_string(path).expect("it was written");
    let mut baseline: Value = serde_json::from_str(&text).expect("JSON");
    let lists = baseline.as_object_mut().expect("an object").values_mut();
    for list in lists.filter_map(Value::as_array_mut) {
        list.retain(|entry| entry["rule"] == rule);
    }
    fs::write(path, baseline.to_string()).expect("target is writable");
}

fn write(folder: &Path, name: &str, report: &Report) {
    let rules = accounts::rules();
    let view = View {
        style: Style::default(),
        detail: Detail::Lines,
        show: Show::Findings,
        group: None,
        rules: &rules,
        input: Input::Live,
        command: "dynalint check",
        repair: "dynalint fix",
    };
    let page = html::render(report, &view).expect("renders");
    let json = json::render(report).expect("renders");
    fs::write(folder.join(format!("{name}.html")), page).expect("target is writable");
    fs::write(folder.join(format!("{name}.json")), json).expect("target is writable");
}

/// Everything that AWS or people may write, as something else than a name.
fn hostile() -> Report {
    let mut results = Vec::new();
    for name in HOSTILE {
        let message = format!("{name}: {name} is off");
        let mut finding =
            accounts::result(accounts::table(name), "pitr-on", Verdict::Fail, &message);
        finding.fix = Some(dynalint::finding::Repair {
            command: Some(format!("echo '{name}'")),
            words: Some(format!("see {name}")),
            forms: None,
        });
        results.push(finding);
    }
    let mut report = accounts::report(results, Vec::new(), Terms::default());
    for brief in report.briefs.values_mut() {
        brief.owner = Some(HOSTILE[0].to_owned());
        brief.environment = Some(HOSTILE[1].to_owned());
    }
    report.config_effects.notices = HOSTILE.map(str::to_owned).to_vec();
    report
}

/// Ten thousand tables, ten findings each, and passes that are counted.
fn large() -> Report {
    let mut results = Vec::new();
    let rules = [
        ("pitr-on", "point-in-time recovery is off"),
        ("deletion-protection", "deletion protection is off"),
        ("backup-plan-covers", "no backup plan covers it"),
        ("required-tags", "tags are missing: owner, env"),
        ("sort-key-encodes-order", "the sort key has no order"),
    ];
    for at in 0..TABLES {
        let name = format!("service-{:03}-table-{at:05}", at % 400);
        for (rule, said) in rules {
            for part in 0..2 {
                let message = format!("{name}: {said} ({part}, {} times)", at % 37);
                let verdict = match (at + part) % 9 {
                    0 => Verdict::Unknown,
                    _ => Verdict::Fail,
                };
                results.push(accounts::result(
                    accounts::table(&name),
                    rule,
                    verdict,
                    &message,
                ));
            }
        }
    }
    let mut report = accounts::report(results, Vec::new(), Terms::default());
    for counts in report.summary.by_table.values_mut() {
        counts.pass = 110;
    }
    report.summary.all.pass = 110 * TABLES;
    report
}
