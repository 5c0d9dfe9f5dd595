//! Signing items of checklists, checklists of one's own, and what both mean for a run: on the real binary, in a folder
//! that looks like a user's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::binary::dynalint;
use crate::golden::assert_golden;

const NOW: &str = "2026-11-22";
const FILE: &str = "dynalint/attestations.yaml";

/// A folder with an empty configuration.
struct Home(PathBuf);

impl Home {
    fn new(name: &str) -> Home {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("attest")
            .join(name);
        // Where an earlier run left nothing, there is nothing to remove.
        drop(fs::remove_dir_all(&folder));
        let home = Home(folder);
        home.write("dynalint.yaml", "version: 1\n");
        home
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).expect("target is writable");
        fs::write(path, text).expect("target is writable");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect("it is there")
    }

    fn run(&self, command: &str) -> Output {
        let args: Vec<&str> = command.split(' ').collect();
        let mut command = dynalint(&args);
        command.current_dir(&self.0).args(["--now", NOW]);
        command.output().expect("it runs")
    }

    fn out(&self, command: &str, code: i32) -> String {
        let output = self.run(command);
        let err = String::from_utf8_lossy(&output.stderr);
        let out = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(output.status.code(), Some(code), "{command}\n{err}{out}");
        out
    }

    fn err(&self, command: &str) -> String {
        let output = self.run(command);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert_eq!(output.stdout, b"", "{command}");
        String::from_utf8(output.stderr).expect("UTF-8")
    }

    /// Signs all that the release checklist asks for.
    fn sign_release(&self) {
        for (item, evidence) in [
            ("keys-final", ""),
            ("idempotency", " --evidence https://example.com/idempotency"),
            ("load-test", " --evidence https://example.com/load"),
            ("security-review", " --evidence https://example.com/review"),
            ("on-call", ""),
        ] {
            let who = "--account * --by maria@example.com";
            self.out(&format!("attest release/{item} {who}{evidence}"), 0);
        }
    }
}

fn healthy() -> String {
    let root = env!("CARGO_MANIFEST_DIR");
    format!("{root}/tests/fixtures/snapshots/healthy.json")
}

/// An item of the release checklist in a report.
fn item(report: &str, id: &str) -> Value {
    let report: Value = serde_json::from_str(report).expect("JSON");
    let lists = report["checklists"].as_array().expect("a list");
    let list = lists.iter().find(|list| list["id"] == "release");
    let items = list.expect("it is there")["items"].as_array();
    let mut items = items.expect("a list").iter();
    items
        .find(|it| it["id"] == id)
        .expect("it is there")
        .clone()
}

#[test]
fn a_signature_is_added_and_comments_stay() {
    let home = Home::new("added");
    let first = "attest release/on-call --service shop --by maria@example.com --date 2026-11-01";
    assert_golden("attest/signed.txt", &home.out(first, 0));
    let commented = format!("# ours\n{}# the end\n", home.read(FILE));
    home.write(FILE, &commented);
    home.out(
        "attest release/on-call --service shop --by ben --expires 30d --notes no:1",
        0,
    );
    let text = home.read(FILE);
    assert!(text.starts_with("# ours\nversion: 1\n"), "{text}");
    assert!(text.contains("by: maria@example.com"), "{text}");
    assert_golden("attest/attestations.yaml", &text);
    let list = home.out("attest --list", 0);
    assert!(
        list.contains("by ben 2026-11-22, until 2026-12-22"),
        "{list}"
    );
    assert!(!list.contains("maria"), "{list}");
}

#[test]
fn who_is_not_at_a_terminal_is_told_of_every_flag_that_is_missing() {
    let home = Home::new("flags");
    for (command, expected) in [
        (
            "attest release/load-test",
            "error: --service, --by, --evidence are missing\n hint: dynalint attest release/load-test --service GLOB --by WHO --evidence URL\n",
        ),
        (
            "attest release/load-test --service shop --outcome fail",
            "error: --by is missing\n hint: dynalint attest release/load-test --by WHO\n",
        ),
        (
            "attest load-tset",
            "error: no item of a checklist is named \"load-tset\"\n hint: did you mean release/load-test?\n",
        ),
        (
            "attest release/profile --by me",
            "error: release/profile is decided by rules alone: nobody signs it\n hint: dynalint attest --list names the items that are signed\n",
        ),
        (
            "attest",
            "error: <ITEM> is missing\n hint: dynalint attest --help\n",
        ),
        (
            "attest --list --by me",
            "error: --list does not go with --by\n hint: leave one of them out\n",
        ),
        (
            "attest release/on-call --expires 30h",
            "error: --expires does not take \"30h\"; it takes whole days such as 90d, or a date such as 2027-05-11\n hint: dynalint attest --help\n",
        ),
        (
            "attest release/on-call --table orders --by me --date 2026-11-23 --expires 2027-06-01 --evidence wiki",
            "error: --date: 2026-11-23 is in the future: today is 2026-11-22 in UTC\n\
             error: --expires: a signature of this item holds for 90 days at the longest, 2027-02-21 or earlier\n\
             error: --evidence: \"wiki\" is no link: https://…\n\
             error: release/on-call is signed for each service, name the service, or the account for all of its\n \
             hint: nothing was written; dynalint attest --help\n",
        ),
    ] {
        assert_eq!(home.err(command), expected);
    }
    assert!(!home.0.join("dynalint").exists());
}

#[test]
fn the_same_is_not_signed_twice_and_a_broken_file_is_not_added_to() {
    let home = Home::new("twice");
    let command = "attest release/on-call --service shop --by maria@example.com";
    home.out(command, 0);
    let once = home.read(FILE);
    assert_eq!(
        home.err(command),
        "error: this is signed already, in dynalint/attestations.yaml:3\n hint: commit the file; what is signed once need not be signed again\n"
    );
    assert_eq!(home.read(FILE), once);
    let broken = once.replace("outcome: pass", "outcome: passed");
    home.write(FILE, &broken);
    let err = home.err("attest release/on-call --service feed --by ben");
    assert!(err.contains("did you mean \"pass\"?"), "{err}");
    assert_eq!(home.read(FILE), broken);
}

#[test]
fn a_checklist_is_ready_when_all_of_it_is_signed_and_not_a_day_longer() {
    let home = Home::new("gate");
    let check = format!("check {} --checklist release", healthy());
    home.out(&check, 1);
    home.sign_release();
    home.out(&check, 0);
    let signed = home.read(FILE);
    // The last day of the shortest signature is a day on which it holds.
    let on = |day: &str| {
        let mut command = dynalint(&["check", &healthy(), "--checklist", "release", "--now", day]);
        let output = command.current_dir(&home.0).output().expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.code(), text)
    };
    assert_eq!(on("2027-02-20").0, Some(0));
    let (code, text) = on("2027-02-21");
    assert_eq!(code, Some(1));
    assert!(
        text.contains("lapsed 2027-02-20, signed by maria@example.com"),
        "{text}"
    );
    let (code, text) = on("2027-02-10");
    assert_eq!(code, Some(0));
    assert!(text.contains("3 lapse, the first in 10 days"), "{text}");
    // Other words than those that were signed.
    let words = signed.lines().rfind(|line| line.contains("text: "));
    home.write(
        FILE,
        &signed.replace(words.expect("a digest"), "    text: sha256:000000000000"),
    );
    let text = home.out(&check, 1);
    assert!(
        text.contains("reworded since it was signed by maria"),
        "{text}"
    );
    home.write(FILE, &signed);
    home.out(
        "attest release/on-call --account * --by ben --outcome fail",
        0,
    );
    let text = home.out(&check, 1);
    assert!(text.contains("✗ fail "), "{text}");
    assert!(text.contains("rejected by ben 2026-11-22"), "{text}");
    assert!(text.contains("NOT READY   1 item rejected"), "{text}");
    // A list that nobody asked for gates nothing.
    home.out(&format!("check {}", healthy()), 0);
    home.out(
        "attest release/on-call --account * --by ben --outcome not-applicable",
        0,
    );
    home.out(&check, 0);
}

#[test]
fn a_misspelt_service_is_told_where_its_item_is_open() {
    let home = Home::new("misspelt");
    home.out("attest release/on-call --service shpo --by ben", 0);
    let said = "what ben signed 2026-11-22 for service shpo covers nothing of this run";
    let text = home.out("check --demo --checklist release", 1);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(said), "{text}");
    let list = home.out("attest --list --demo", 0);
    let list = list.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(list.contains(said), "{list}");
}

#[test]
fn who_signed_and_until_when_stands_in_every_report() {
    let home = Home::new("reports");
    home.sign_release();
    home.out(
        "attest release/on-call --account * --by ben --outcome fail",
        0,
    );
    home.out(
        "attest design/key-names --table shop-* --by ben --expires 9d",
        0,
    );
    home.out(
        "attest design/sort-keys --table shop-* --by ben --date 2026-01-01 --expires 90d",
        0,
    );
    let command = "check --demo --checklist release,design";
    assert_golden("attest/items.txt", &home.out(command, 1));
    assert_golden("attest/report.txt", &home.out("check --demo", 1));
    assert_golden("attest/list.txt", &home.out("attest --list", 0));
    assert_golden("attest/list-demo.txt", &home.out("attest --list --demo", 0));
    let report = home.out("check --demo -f json", 1);
    let load_test = item(&report, "load-test");
    assert_eq!(load_test["signatures"][0]["by"], "maria@example.com");
    assert_eq!(load_test["signatures"][0]["state"], "attested");
    assert_eq!(load_test["open_for"], Value::Array(Vec::new()));
    let on_call = item(&report, "on-call");
    assert_eq!(on_call["state"], "fail");
    assert_eq!(on_call["signatures"][0]["state"], "rejected");
    let full = home.out(&format!("{command} -v"), 1);
    assert!(full.contains("evidence https://example.com/load"), "{full}");
}

const OWN: &str = "\
id: ours
title: What we ask for beside
items:
  - id: named
    text: Somebody of the team has the name of the table in their head.
    why: At night nobody reads.
    rules: [pitr-on]
    attest: { per: account, by: the team, valid: 30d }
";

#[test]
fn a_checklist_of_ones_own_is_shown_gated_explained_and_signed() {
    let home = Home::new("own");
    home.write("dynalint/checklists/ours.yaml", OWN);
    let text = home.out(&format!("check {}", healthy()), 0);
    assert!(text.contains("\n  ours  "), "{text}");
    let check = format!("check {} --checklist ours", healthy());
    let text = home.out(&check, 1);
    assert!(text.contains("What we ask for beside"), "{text}");
    let mut explain = dynalint(&["explain", "ours"]);
    let explained = explain.current_dir(&home.0).output().expect("it runs");
    let explained = String::from_utf8(explained.stdout).expect("UTF-8");
    assert!(explained.contains("At night nobody reads."), "{explained}");
    home.out("attest ours/named --account * --by ben", 0);
    home.out(&check, 0);
}

#[test]
fn mistakes_of_all_files_are_told_at_once_and_nobody_is_blamed_for_another() {
    let home = Home::new("all");
    home.write(
        "dynalint/checklists/ours.yaml",
        &OWN.replace("[pitr-on]", "[pitr-on, our-rule]"),
    );
    home.write("rules/our-rule.yaml", "id: our-rule\n");
    home.write(
        FILE,
        "version: 1\nattestations:\n  - item: release/on-cal\n",
    );
    let err = home.err("check --demo --rules rules");
    assert!(err.contains("--> rules/our-rule.yaml"), "{err}");
    assert!(err.contains("unknown item \"release/on-cal\""), "{err}");
    assert!(!err.contains("unknown rule"), "{err}");
    // A list that could not be read has items that an attestation may name.
    home.write("dynalint/checklists/ours.yaml", "id: ours\n");
    let err = home.err("check --demo");
    assert!(err.contains("--> dynalint/checklists/ours.yaml"), "{err}");
    assert!(!err.contains("unknown item"), "{err}");
    assert!(err.contains("expires is missing"), "{err}");
}
