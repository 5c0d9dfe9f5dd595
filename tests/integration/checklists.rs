//! The checklists that are built in, and what they do to a run, on the real binary.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;

use dynalint::checklist::{BUILTIN, Checklists, RuleNames};
use dynalint::finding::Area;
use serde_json::Value;

use crate::binary::dynalint;
use crate::golden::assert_golden;
use crate::rules::catalog;

pub(crate) fn lists() -> Checklists {
    let catalog = catalog();
    let names = RuleNames {
        ids: &catalog.names(),
        are_all: true,
    };
    let (lists, errors) = Checklists::load(BUILTIN.iter().copied(), names);
    assert!(errors.is_empty(), "{errors:#?}");
    lists
}

/// Runs in the root of the package, so that paths in the output are the same everywhere.
fn run(args: &[&str]) -> Output {
    let mut command = dynalint(args);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    command.output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

const HEALTHY: &str = "tests/fixtures/snapshots/healthy.json";
const STARTER: &str = "tests/fixtures/snapshots/starter.json";

#[test]
fn there_is_a_checklist_for_each_area() {
    let lists = lists();
    let ids: BTreeSet<&str> = lists.lists().iter().map(|list| &*list.id).collect();
    assert_eq!(ids, Area::ALL.iter().map(|area| area.word()).collect());
}

#[test]
fn every_rule_is_listed_by_some_item() {
    let (lists, catalog) = (lists(), catalog());
    let ids = catalog.rules().iter().map(|rule| rule.id.as_str());
    let unlisted: Vec<&str> = ids.filter(|id| lists.listing(id).is_empty()).collect();
    assert_eq!(unlisted, [""; 0], "name it in an item of checklists/");
}

#[test]
fn an_item_reads_as_a_sentence_and_no_other_says_the_same() {
    let lists = lists();
    let items: Vec<_> = lists.lists().iter().flat_map(|list| &list.items).collect();
    for item in &items {
        for text in [&item.text, &item.why] {
            let (first, last) = (text.chars().next(), text.chars().last());
            assert!(first.is_some_and(char::is_uppercase), "{text}");
            assert_eq!(last, Some('.'), "{text}");
        }
    }
    let texts: BTreeSet<&str> = items.iter().map(|item| &*item.text).collect();
    assert_eq!(texts.len(), items.len());
}

#[test]
fn the_release_checklist_of_the_demo_has_its_screen() {
    let output = run(&["check", "--demo", "--checklist", "release"]);
    assert_eq!(output.status.code(), Some(1));
    assert_golden("checklist/demo-release.txt", &out(&output));
}

#[test]
fn an_open_item_keeps_a_healthy_account_from_being_ready_where_its_list_is_asked_for() {
    assert_eq!(run(&["check", HEALTHY]).status.code(), Some(0));
    let asked = run(&["check", HEALTHY, "--checklist", "recovery,release"]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(out(&asked).contains("items to sign"), "{}", out(&asked));
    let never = [
        "check",
        HEALTHY,
        "--checklist",
        "release",
        "--fail-on",
        "never",
    ];
    assert_eq!(run(&never).status.code(), Some(0));
}

#[test]
fn a_checklist_runs_its_own_rules_and_is_judged_without_any() {
    let output = run(&["check", STARTER, "--checklist", "migration", "-f", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rules = report["summary"]["by_rule"].as_object().expect("an object");
    let listed = lists();
    let list = listed.get("migration").expect("it is there");
    let of_list: BTreeSet<&String> = list.items.iter().flat_map(|item| &item.rules).collect();
    assert!(rules.keys().all(|rule| of_list.contains(rule)));
    let skip = of_list
        .iter()
        .flat_map(|rule| ["--skip-rule", rule.as_str()]);
    let args = ["check", STARTER, "--checklist", "migration"].into_iter();
    let none = run(&args.chain(skip).collect::<Vec<&str>>());
    assert_eq!(none.status.code(), Some(1), "{}", out(&none));
    assert!(out(&none).contains("0 rules"), "{}", out(&none));
}

#[test]
fn what_was_not_run_is_not_assessed() {
    let output = run(&["check", HEALTHY, "--rule", "pitr-on", "-f", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let lists = report["checklists"].as_array().expect("a list");
    assert_eq!(lists.len(), Area::ALL.len());
    let items = lists
        .iter()
        .flat_map(|list| list["items"].as_array().expect("a list"));
    for item in items {
        let rules = item["rules"].as_array().expect("a list");
        let state = item["state"].as_str().expect("a text");
        let all_run = rules.iter().all(|rule| rule == "pitr-on");
        assert_eq!(state == "not-assessed", !all_run, "{item}");
        assert!(all_run || state != "pass", "{item}");
    }
}

#[test]
fn a_misspelt_checklist_is_told_with_the_nearest_name() {
    let output = run(&["check", "--demo", "--checklist", "relase"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: no checklist is named \"relase\"\n hint: did you mean release?\n"
    );
}

#[test]
fn a_small_account_gets_one_screen_and_an_order_in_which_to_act() {
    let output = run(&["check", STARTER]);
    let text = out(&output);
    assert!(text.lines().count() <= 30, "{text}");
    assert!(text.contains(" 1 ✗ critical  pitr-on "), "{text}");
    assert_golden("terminal/starter.txt", &text);
}

#[test]
fn an_area_is_explained_by_its_checklist_and_its_rules() {
    let text = out(&run(&["explain", "recovery"]));
    let list = text.find("Disaster recovery and backup").expect("the list");
    let rules = text.find("  pitr-on  ").expect("the rules");
    assert!(list < rules, "{text}");
    let markdown = out(&run(&["explain", "release", "--format", "markdown"]));
    assert!(markdown.starts_with("## Release readiness"), "{markdown}");
    assert!(markdown.contains("\n- [ ] **"), "{markdown}");
}
