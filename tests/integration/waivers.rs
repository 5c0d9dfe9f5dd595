//! Waivers and the baseline, on the real binary: each flag, each file, each exit code.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::binary::dynalint;

/// The demo account's day, about.
const NOW: &str = "2026-11-23";

/// A project of its own, with a configuration and these waivers.
struct Project(PathBuf);

impl Project {
    fn new(name: &str, waivers: Option<&str>) -> Project {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join("waivers")
            .join(name);
        // Where an earlier run left nothing, there is nothing to remove.
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).expect("target is writable");
        let project = Project(folder);
        project.write("dynalint.yaml", "version: 1\n");
        if let Some(text) = waivers {
            project.write("dynalint/waivers.yaml", text);
        }
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("target is writable");
        fs::write(path, text).expect("target is writable");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).expect("it was written")
    }

    fn is_there(&self, path: &str) -> bool {
        self.0.join(path).exists()
    }

    fn run(&self, args: &[&str]) -> Ran {
        let output = dynalint(args)
            .current_dir(&self.0)
            .output()
            .expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            out: text(output.stdout),
            err: text(output.stderr),
            code: output.status.code(),
        }
    }

    /// `check --demo` on the day, with these further flags.
    fn check(&self, flags: &[&str]) -> Ran {
        let now = ["check", "--demo", "--now", NOW];
        self.run(&[&now, flags].concat())
    }

    fn json(&self, flags: &[&str]) -> Value {
        let ran = self.check(&[&["-f", "json"], flags].concat());
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("JSON: {}", ran.err))
    }
}

struct Ran {
    out: String,
    err: String,
    code: Option<i32>,
}

fn one(rule: &str, on: &str, expires: &str) -> String {
    format!(
        "  - rule: {rule}\n    on: {{ {on} }}\n    reason: copied to the other account each night\n    owner: team-shop\n    expires: {expires}\n    ticket: SHOP-7\n"
    )
}

fn file(items: &[String]) -> String {
    format!("version: 1\nwaivers:\n{}", items.concat())
}

/// Waivers of everything that counts in the demo account: of each rule that fails or is unknown there.
fn all(project: &Project, expires: &str) -> String {
    let report = project.json(&[]);
    let results = report["results"].as_array().expect("a list");
    let mut rules: Vec<&str> = results
        .iter()
        .filter_map(|it| it["rule"].as_str())
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let items: Vec<String> = rules
        .iter()
        .map(|rule| one(rule, "account: \"*\"", expires))
        .collect();
    file(&items)
}

#[test]
fn a_waived_finding_is_shown_and_does_not_count() {
    let project = Project::new("shown", None);
    let before = project.json(&[]);
    project.write(
        "dynalint/waivers.yaml",
        &file(&[one("pitr-on", "table: shop-sessions", "2027-03-31")]),
    );
    let report = project.json(&[]);
    let results = report["results"].as_array().expect("a list");
    let waived: Vec<&Value> = results
        .iter()
        .filter(|it| it["decoration"] == "waived")
        .collect();
    assert_eq!(waived.len(), 1);
    assert_eq!(waived[0]["status"], "fail");
    let waiver = serde_json::json!({
        "owner": "team-shop", "reason": "copied to the other account each night",
        "expires": "2027-03-31", "ticket": "SHOP-7",
    });
    assert_eq!(waived[0]["waiver"], waiver);
    assert_eq!(report["summary"]["waived"], 1);
    let fails = |report: &Value| report["summary"]["fail"].as_u64().expect("a count");
    assert_eq!(fails(&report) + 1, fails(&before));
    assert_eq!(report["waivers"][0]["state"], "active");
    assert_eq!(report["waivers"][0]["covers"], 1);
    let ran = project.check(&[]);
    assert!(ran.out.contains("· 1 waived"), "{}", ran.out);
    let shown = project.check(&["--show", "waived"]);
    assert!(
        shown
            .out
            .contains("until 2027-03-31 by team-shop (SHOP-7): copied"),
        "{}",
        shown.out
    );
}

#[test]
fn who_waives_everything_is_ready_until_the_day_after() {
    let project = Project::new("everything", None);
    let text = all(&project, "2026-12-31");
    project.write("dynalint/waivers.yaml", &text);
    let on = |day: &str| {
        let args = ["check", "--demo", "-q", "--fail-on", "low", "--now", day];
        project.run(&args)
    };
    for day in [
        NOW,
        "2026-12-31",
        "2026-12-31T23:59:59Z",
        "2027-01-01T00:59:59+01:00",
    ] {
        let ran = on(day);
        assert_eq!(ran.code, Some(0), "{day}: {}", ran.out);
        assert!(ran.out.starts_with("READY"), "{}", ran.out);
    }
    for day in ["2027-01-01", "2026-12-31T23:59:59-01:00"] {
        assert_eq!(on(day).code, Some(1), "{day}");
    }
    let expired = project.run(&["check", "--demo", "--now", "2027-01-01"]);
    assert!(
        expired
            .out
            .contains("waiver of team-shop (SHOP-7) on account * expired\n"),
        "{}",
        expired.out
    );
    let ignored = project.check(&["-q", "--no-waivers"]);
    assert_eq!(ignored.code, Some(1));
    assert!(!ignored.out.contains("waived"), "{}", ignored.out);
}

#[test]
fn facts_are_judged_at_their_own_time_whatever_the_day() {
    let project = Project::new("own-time", None);
    let results = |day: &str| {
        let ran = project.run(&[
            "check", "--demo", "-f", "json", "--show", "all", "--now", day,
        ]);
        let report: Value = serde_json::from_str(&ran.out).expect("JSON");
        report["results"].clone()
    };
    assert_eq!(results(NOW), results("2031-01-01"));
}

#[test]
fn a_waiver_that_covers_nothing_is_told_only_where_everything_was_looked_at() {
    let project = Project::new(
        "idle",
        Some(&file(&[one(
            "pitr-on",
            "table: \"nowhere-*\"",
            "2027-03-31",
        )])),
    );
    let state = |flags: &[&str]| project.json(flags)["waivers"][0]["state"].clone();
    assert_eq!(state(&[]), "unmatched");
    assert_eq!(state(&["--rule", "pitr-on"]), "unmatched");
    for flags in [
        &["--rule", "pitr-window"][..],
        &["--skip-rule", "pitr-on"],
        &["--area", "cost"],
        &["--table", "shop-*"],
        &["--env", "prod"],
    ] {
        assert_eq!(state(flags), "active", "{flags:?}");
    }
    // A file that was collected of some tables only is no look at everything either.
    let demo = include_str!("../../demo/snapshot.json");
    let mut part: Value = serde_json::from_str(demo).expect("JSON");
    part["regions"][0]["other_tables"] = serde_json::json!(["nowhere-1"]);
    project.write("part.json", &part.to_string());
    let ran = project.run(&["check", "part.json", "-f", "json", "--now", NOW]);
    let report: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(report["waivers"][0]["state"], "active");
    let passing = ["--fail-on", "critical", "--rule", "all-active"];
    assert_eq!(
        project
            .check(&[&passing[..], &["--strict-waivers"]].concat())
            .code,
        Some(0)
    );
    let never_fails = [
        "-q",
        "--strict-waivers",
        "--rule",
        "all-active,pitr-on",
        "--table",
        "feed-posts",
    ];
    assert_eq!(project.check(&never_fails).code, Some(0));
    // Nothing else fails: it is the waiver alone.
    let text = all(&Project::new("idle-alone", None), "2027-03-31");
    let idle = text + &one("table-count-headroom", "table: \"nowhere-*\"", "2027-03-31");
    project.write("dynalint/waivers.yaml", &idle);
    assert_eq!(project.check(&["-q"]).code, Some(0));
    let strict = project.check(&["-q", "--strict-waivers"]);
    assert_eq!(strict.code, Some(1));
    assert!(
        strict
            .out
            .starts_with("NOT READY   1 waiver without effect"),
        "{}",
        strict.out
    );
    let refused = project.check(&["--strict-waivers", "--no-waivers"]);
    assert_eq!(refused.code, Some(2));
}

#[test]
fn what_writes_the_file_does_not_touch_a_broken_one() {
    let project = Project::new("broken", Some("version: 1\nwaviers: []\n"));
    assert_eq!(project.check(&[]).code, Some(2));
    let text = project.read("dynalint/waivers.yaml");
    let add = "waive pitr-on --table x --owner o --expires 9d --reason copied-every-night --now";
    for command in [add, "waive --list --now", "waive --prune --now"] {
        let args: Vec<&str> = command.split(' ').chain([NOW]).collect();
        assert_eq!(project.run(&args).code, Some(2), "{command}");
        assert_eq!(project.read("dynalint/waivers.yaml"), text);
    }
}

#[test]
fn mistakes_in_all_files_are_said_at_once() {
    let project = Project::new("all-files", Some("version: 1\nwaviers: []\n"));
    project.write("dynalint.yaml", "version: 1\nteirs: []\n");
    project.write("dynalint/baseline.json", "{}\n");
    let ran = project.check(&[]);
    assert_eq!(ran.code, Some(2));
    for wrong in ["\"teirs\"", "\"waviers\"", "not a dynalint baseline"] {
        assert!(ran.err.contains(wrong), "{}", ran.err);
    }
    assert!(
        ran.err
            .ends_with(" hint: repair these 3 and run again; no call was made\n"),
        "{}",
        ran.err
    );
}

#[test]
fn a_file_whose_name_ends_otherwise_is_not_passed_over() {
    let project = Project::new("yml", None);
    project.write("dynalint/waivers.yml", "version: 1\n");
    let ran = project.check(&[]);
    let expected = "error: dynalint/waivers.yml is not read: its name ends otherwise\n hint: name it dynalint/waivers.yaml\n";
    assert_eq!((ran.code, &*ran.err), (Some(2), expected));
}

#[test]
fn waive_adds_a_block_and_says_what_it_covers() {
    let before = "# ours\nversion: 1\n\nwaivers:\n# of sessions\n- rule: ttl-deletes-items # why\n  on: { table: x }\n  reason: 'copied to the other account'\n  owner: team-shop\n  expires: 2027-03-31\n";
    let project = Project::new("add", Some(before));
    let ran = project.run(&[
        "waive",
        "pitr-on",
        "--table",
        "shop-*",
        "--env",
        "prod",
        "--owner",
        "team-shop",
        "--reason",
        "copied to \"b\": each night",
        "--expires",
        "90d",
        "--ticket",
        "SHOP-7",
        "--approved-by",
        "maria@example.com",
        "--demo",
        "--now",
        NOW,
    ]);
    assert_eq!(ran.err, "added to dynalint/waivers.yaml\n");
    assert_eq!(ran.code, Some(0));
    let block = "rule: pitr-on\non: { table: \"shop-*\", env: prod }\nreason: \"copied to \\\"b\\\": each night\"\nowner: team-shop\nexpires: 2027-02-21\nticket: SHOP-7\napproved-by: maria@example.com\n";
    assert!(ran.out.starts_with(block), "{}", ran.out);
    assert!(
        ran.out.contains("covers 1 finding:\n  ✗ critical"),
        "{}",
        ran.out
    );
    let indented = block.replace('\n', "\n  ");
    assert_eq!(
        project.read("dynalint/waivers.yaml"),
        format!("{before}- {}\n", indented.trim_end())
    );
    let report = project.json(&[]);
    assert_eq!(report["waivers"][1]["covers"], 1);
}

#[test]
fn waive_makes_the_file_where_there_is_none() {
    let project = Project::new("first", None);
    let args = [
        "waive",
        "pitr-on",
        "--subject",
        "x",
        "--owner",
        "o",
        "--reason",
        "copied to b each night",
        "--expires",
        "2027-03-31",
        "--now",
        NOW,
        "--demo",
    ];
    let ran = project.run(&args);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.ends_with(
        "covers nothing there: nothing of the rule fails or is unknown on what it names\n"
    ));
    assert_eq!(
        project.read("dynalint/waivers.yaml"),
        "version: 1\nwaivers:\n  - rule: pitr-on\n    on: { subject: x }\n    reason: copied to b each night\n    owner: o\n    expires: 2027-03-31\n"
    );
    let again = project.run(&args);
    assert_eq!(
        again.err,
        "error: there is a waiver of pitr-on on subject x already, of o until 2027-03-31\n hint: change that one: dynalint/waivers.yaml:3\n"
    );
    assert_eq!(again.code, Some(2));
}

#[test]
fn waive_refuses_what_the_file_would_be_refused_for() {
    let project = Project::new("refused", None);
    let given = |change: &[&str]| {
        let mut args = vec![
            "waive",
            "pitr-on",
            "--table",
            "x",
            "--owner",
            "o",
            "--reason",
            "copied to b each night",
            "--expires",
            "90d",
            "--now",
            NOW,
        ];
        for pair in change.chunks(2) {
            match args.iter().position(|it| *it == pair[0]) {
                Some(at) if pair[1].is_empty() => drop(args.drain(at..at + 2)),
                Some(at) => args[at + 1] = pair[1],
                None => args.extend(pair),
            }
        }
        let ran = project.run(&args);
        assert_eq!((ran.code, &*ran.out), (Some(2), ""), "{change:?}");
        ran.err
    };
    for (change, expected) in [
        (
            &["waive", "pitr-onn"][..],
            "error: no rule is named \"pitr-onn\"\n hint: did you mean pitr-on?\n",
        ),
        (
            &["--reason", "later"],
            "error: --reason: a reason of 5 characters, at least 15 are needed\n hint: say why it is accepted\n",
        ),
        (
            &["--expires", "1y"],
            "error: --expires: \"1y\" is neither a date nor a number of days\n hint: as in 2027-03-31 or 90d\n",
        ),
        (
            &["--expires", "200d"],
            "error: --expires: a waiver may hold for 180 days at most\n hint: 2027-05-22 or earlier, counted from today\n",
        ),
        (
            &["--expires", "2026-11-22"],
            "error: --expires: 2026-11-22 is over already\n hint: as in 2027-03-31 or 90d\n",
        ),
        (
            &["--table", "a["],
            "error: --table: bad pattern \"a[\": unclosed character class; missing ']'\n hint: as in --table 'orders-*'\n",
        ),
        (
            &["--owner", " "],
            "error: --owner: it is empty\n hint: as in team-shop\n",
        ),
        (
            &["--input", "nothing.json"],
            "error: cannot read nothing.json: there is no such file or folder\n hint: check the path and its permissions\n",
        ),
    ] {
        assert_eq!(given(change), expected);
    }
    let missing = given(&["--owner", "", "--reason", ""]);
    assert!(
        missing.starts_with("error: --owner, --reason are missing\n hint: as in --table"),
        "{missing}"
    );
    assert!(given(&["--table", ""]).starts_with("error: --table is missing\n"));
    assert!(!project.is_there("dynalint"));
    for (args, expected) in [
        (
            &["waive"][..],
            "error: <RULE> is missing\n hint: dynalint waive --help\n",
        ),
        (
            &["waive", "--list", "--prune"],
            "error: --list does not go with --prune\n hint: leave one of them out\n",
        ),
        (
            &["waive", "pitr-on", "--list"],
            "error: RULE does not go with --list\n hint: leave one of them out\n",
        ),
        (
            &["waive", "--prune", "--owner", "o"],
            "error: --prune does not go with --owner\n hint: leave one of them out\n",
        ),
    ] {
        let ran = project.run(args);
        assert_eq!(ran.code, Some(2));
        assert_eq!(ran.err, expected, "{args:?}");
    }
}

#[test]
fn waivers_are_listed_and_taken_out() {
    let items = [
        one("pitr-on", "table: \"shop-*\"", "2027-03-31"),
        "  # too old\n".to_owned() + &one("pitr-on", "table: old", "2026-10-01"),
        one("required-tags", "env: prod", "2026-12-01"),
        one("pitr-on", "table: \"nowhere-*\"", "2027-01-31"),
    ];
    let project = Project::new("list", Some(&file(&items)));
    let list = project.run(&["waive", "--list", "--now", NOW]);
    assert_eq!(list.code, Some(0), "{}", list.err);
    crate::golden::assert_golden("cli/waive-list.txt", &list.out);
    let demo = project.run(&["waive", "--list", "--now", NOW, "--demo"]);
    assert!(demo.out.contains("unmatched  2027-01-31"), "{}", demo.out);
    let prune = project.run(&["waive", "--prune", "--now", NOW]);
    assert_eq!(
        prune.out,
        "took out pitr-on on table old, of team-shop: expired 2026-10-01\n"
    );
    let left = [items[0].clone(), items[2].clone(), items[3].clone()];
    assert_eq!(project.read("dynalint/waivers.yaml"), file(&left));
    let again = project.run(&["waive", "--prune", "--now", NOW]);
    assert_eq!(again.out, "nothing to take out of dynalint/waivers.yaml\n");
    let demo = project.run(&["waive", "--prune", "--now", NOW, "--demo"]);
    assert!(
        demo.out
            .contains("took out pitr-on on table nowhere-*, of team-shop: covers nothing\n"),
        "{}",
        demo.out
    );
    let none = Project::new("list-none", None).run(&["waive", "--list"]);
    assert_eq!(
        (none.code, &*none.out),
        (Some(0), "no waivers in dynalint/waivers.yaml\n")
    );
}

#[test]
fn only_what_is_new_counts_with_a_baseline() {
    let project = Project::new("baseline", None);
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/snapshot.json");
    let snapshot = snapshot.display().to_string();
    let check = |flags: &[&str]| {
        let all = ["check", &snapshot, "--fail-on", "low", "--now", NOW];
        project.run(&[&all, flags].concat())
    };
    assert_eq!(check(&["-q"]).code, Some(1));
    let made = check(&["--update-baseline"]);
    assert_eq!(made.code, Some(0), "{}", made.out);
    assert!(
        made.err.starts_with("dynalint/baseline.json: "),
        "{}",
        made.err
    );
    assert!(made.err.ends_with(" added, 0 removed\n"), "{}", made.err);
    let text = project.read("dynalint/baseline.json");
    let known = text.lines().count() - 2;
    assert!(
        made.err
            .contains(&format!("{known} known problems, {known} added")),
        "{}",
        made.err
    );
    let quiet = check(&["-q"]);
    assert_eq!(quiet.code, Some(0));
    assert!(
        quiet.out.contains(&format!("{known} baselined")),
        "{}",
        quiet.out
    );
    let again = check(&["-q", "--update-baseline"]);
    assert_eq!((again.code, &*again.err), (Some(0), ""));
    assert_eq!(project.read("dynalint/baseline.json"), text);
    assert_eq!(check(&["-q", "--no-baseline"]).code, Some(1));
    // One that was not known.
    let (at, line) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains("\"pitr-on\"") && line.contains("\"fail\""))
        .expect("it fails there");
    let lines = text
        .lines()
        .enumerate()
        .filter(|(other, _)| *other != at)
        .map(|(_, line)| line);
    project.write("other.json", &lines.collect::<Vec<_>>().join("\n"));
    let new = check(&["-q", "--baseline", "other.json"]);
    assert_eq!(new.code, Some(1), "{line}");
    // One that is known and was not found.
    let stale = text.replacen(
        "[\n",
        &format!(
            "[\n{},\n",
            line.trim_end_matches(',')
                .replacen("\"fingerprint\":\"", "\"fingerprint\":\"00", 1)
        ),
        1,
    );
    project.write("stale.json", &stale);
    let stale = check(&["--baseline", "stale.json"]);
    assert!(
        stale
            .out
            .contains("! settled    1 entry is no longer found"),
        "{}",
        stale.out
    );
    assert_eq!(stale.code, Some(0));
    let narrowed = check(&["--baseline", "stale.json", "--table", "shop-*"]);
    assert!(!narrowed.out.contains("settled"), "{}", narrowed.out);
}

#[test]
fn a_baseline_that_is_none_is_refused() {
    let project = Project::new("no-baseline", None);
    let missing = project.check(&["--baseline", "b.json"]);
    assert_eq!(
        missing.err,
        "error: cannot read b.json: there is no such file or folder\n hint: check the path and its permissions\n"
    );
    project.write(
        "b.json",
        "{\"version\":2,\"made\":\"2026-11-01\",\"entries\":[]}\n",
    );
    for flags in [
        &["--baseline", "b.json"][..],
        &["--baseline", "b.json", "--update-baseline"],
    ] {
        let newer = project.check(flags);
        assert_eq!((newer.code, &*newer.out), (Some(2), ""));
        assert!(
            newer.err.starts_with(
                "error: baseline version 2, this dynalint reads version 1\n --> b.json:1:2\n"
            ),
            "{}",
            newer.err
        );
    }
    for (flags, expected) in [
        (
            &["--no-baseline", "--baseline", "b.json"][..],
            "--no-baseline does not go with --baseline",
        ),
        (
            &["--no-baseline", "--update-baseline"],
            "--no-baseline does not go with --update-baseline",
        ),
        (
            &["--update-baseline", "--rule", "pitr-on"],
            "--update-baseline does not go with --rule",
        ),
        (
            &["--update-baseline", "--table", "x"],
            "--update-baseline does not go with --table",
        ),
        (
            &["--update-baseline"],
            "the demo account's problems are none of this project's",
        ),
        (
            &["--no-baseline", "--show", "baselined"],
            "with --no-baseline there is nothing that --show could list",
        ),
        (
            &["--no-waivers", "--show", "waived"],
            "with --no-waivers there is nothing that --show could list",
        ),
    ] {
        let refused = project.check(flags);
        assert_eq!(refused.code, Some(2), "{flags:?}");
        assert!(
            refused.err.starts_with(&format!("error: {expected}\n")),
            "{}",
            refused.err
        );
    }
    assert!(!project.is_there("dynalint"));
}

#[test]
fn a_run_that_checked_nothing_forgets_nothing() {
    let project = Project::new("nothing", None);
    let made = project.check(&["--update-baseline", "--baseline", "b.json", "-q"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    let text = project.read("b.json");
    let demo = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/snapshot.json"));
    let mut empty: Value = serde_json::from_str(&demo.expect("a file")).expect("JSON");
    empty["regions"] = Value::Array(Vec::new());
    empty["iam"] = Value::Array(Vec::new());
    project.write("empty.json", &empty.to_string());
    let ran = project.run(&[
        "check",
        "empty.json",
        "--update-baseline",
        "--baseline",
        "b.json",
        "--now",
        NOW,
    ]);
    assert_eq!(ran.code, Some(4), "{}", ran.err);
    assert_eq!(ran.err, "b.json stays as it is: nothing was checked\n");
    assert_eq!(project.read("b.json"), text);
}
