//! A project's files on the real binary: what `dynalint.yaml` does to a run, and what is said where it is wrong.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use crate::binary::dynalint;
use crate::golden::assert_golden;

/// A folder of a project with its files.
struct Project(PathBuf);

impl Project {
    fn new(name: &str, config: &str) -> Project {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .join("projects")
            .join(name);
        // Where an earlier run left nothing, there is nothing to remove.
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(folder.join(".git")).expect("target is writable");
        let project = Project(folder);
        project.file("dynalint.yaml", &format!("version: 1\n{config}\n"));
        project
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("target is writable");
        fs::write(path, text).expect("target is writable");
    }

    fn run(&self, args: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = dynalint(args);
        command.current_dir(&self.0).envs(variables.iter().copied());
        command.output().expect("it runs")
    }

    /// Exit code and stdout of a run that says nothing on stderr.
    #[track_caller]
    fn says(&self, args: &[&str]) -> (Option<i32>, String) {
        let output = self.run(args, &[]);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (output.status.code(), text)
    }

    /// What is said of a run that does not start.
    #[track_caller]
    fn refuses(&self, args: &[&str], variables: &[(&str, &str)]) -> String {
        let output = self.run(args, variables);
        assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]));
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        // The folder is another on every machine.
        text.replace(&format!("{}/", self.0.display()), "")
    }
}

const HEALTHY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/snapshots/healthy.json"
);

const CONFIGURED: &str = "\
rules:
  unused-index: { level: off, because: migration until spring }
  pitr-window: { params: { min_days: 35 } }
overrides:
  - { tables: [\"shop-s*\"], because: can be made again, rules: { pitr-on: { level: low }, deletion-protection: { level: off } } }
  - { tables: [\"ordesr-*\"], rules: { pitr-on: { level: critical } } }
scope:
  iam: { level: off, because: reviewed by the platform team }";

const RULES: &str = "unused-index,pitr-window,pitr-on,deletion-protection,no-open-admin";

#[test]
fn a_report_says_what_was_set_and_turned_off() {
    let project = Project::new("configured", CONFIGURED);
    let (code, text) = project.says(&["check", "--demo", "--rule", RULES, "-v"]);
    assert_golden("cli/configured.txt", &text);
    assert_eq!(code, Some(1));
    let (_, text) = project.says(&["check", "--demo", "--rule", RULES, "-f", "json"]);
    let report: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(report["off"][0]["rule"], "unused-index");
    assert_eq!(report["off"][0]["because"], "migration until spring");
    assert_eq!(report["not_assessed"][0]["name"], "iam");
    assert_eq!(
        report["notices"][0],
        "dynalint.yaml:7: no table is named ordesr-*"
    );
    let results = report["results"].as_array().expect("a list");
    let set: Vec<&Value> = results
        .iter()
        .flat_map(|it| it["settings"].as_array())
        .flatten()
        .collect();
    assert!(
        set.iter()
            .any(|it| it["name"] == "severity" && it["from"] == "dynalint.yaml:6"),
        "{set:?}"
    );
}

#[test]
fn what_is_turned_off_with_a_reason_is_not_asked_for_by_the_gate() {
    let project = Project::new(
        "declined",
        "scope: { iam: { level: off, because: b }, cloudtrail: { level: off, because: b } }",
    );
    let report = |project: &Project| {
        let (code, text) = project.says(&[
            "check",
            HEALTHY,
            "--checklist",
            "security",
            "-f",
            "json",
            "--fail-on",
            "critical",
        ]);
        let report: Value = serde_json::from_str(&text).expect("JSON");
        (code, report["gate"]["verdict"].as_str().map(str::to_owned))
    };
    // Its items wait for signatures, and none of them for the rules that were left out.
    assert_eq!(report(&project), (Some(1), Some("not-ready".to_owned())));
    let (_, text) = project.says(&["check", HEALTHY, "--checklist", "security"]);
    assert!(
        text.contains("a rule of it is turned off in dynalint.yaml"),
        "{text}"
    );
    assert!(!text.contains("left out of this run"), "{text}");
}

#[test]
fn calls_of_a_service_out_of_scope_are_not_made() {
    let project = Project::new("scope", "scope: { iam: { level: off, because: b } }");
    for command in ["check", "snapshot"] {
        let (_, text) = project.says(&[command, "--dry-run"]);
        assert!(text.contains("dynamodb:DescribeTable"), "{text}");
        assert!(
            !text.contains("iam:GetAccountAuthorizationDetails"),
            "{text}"
        );
    }
}

#[test]
fn a_target_is_named_or_the_only_one_and_flags_win_over_it() {
    let one =
        "targets: { prod: { profile: p, regions: [eu-west-1, us-east-1], tables: [\"shop-*\"] } }";
    let scope = |config: &str, args: &[&str]| {
        let project = Project::new("targets", config);
        let args: Vec<&str> = ["check", "--dry-run"].iter().chain(args).copied().collect();
        let (_, text) = project.says(&args);
        let first: Vec<&str> = text
            .lines()
            .take_while(|line| !line.starts_with("  "))
            .collect();
        let first = first.join(" ").trim().to_owned();
        first.split_once("Scope: ").expect("it says").1.to_owned()
    };
    let whole = "target prod, profile p, eu-west-1, us-east-1, tables shop-*";
    assert_eq!(scope(one, &[]), whole);
    assert_eq!(
        scope(one, &["--region", "eu-west-2", "--table", "a,b"]),
        "target prod, profile p, eu-west-2, tables a, b"
    );
    let two = "targets: { prod: { profile: p }, test: {} }";
    assert_eq!(
        scope(two, &["--target", "test"]),
        "target test, the region of the profile"
    );
    assert_eq!(
        scope(&format!("{two}\ndefault_target: prod"), &[]),
        "target prod, profile p, the region of the profile"
    );
    let project = Project::new("targets", two);
    assert_eq!(
        project.refuses(&["check"], &[]),
        "error: dynalint.yaml has several targets: prod, test\n hint: name one with --target, or a default_target in the file\n"
    );
    assert_eq!(
        project.refuses(&["snapshot", "--target", "prd"], &[]),
        "error: no target is named \"prd\"\n hint: did you mean prod?\n"
    );
    // Facts that are there already are of no target unless one is named.
    assert_eq!(project.says(&["check", "--demo", "-q"]).0, Some(1));
    let narrowed = Project::new("targets", "targets: { none: { tables: [nothing] } }");
    assert_eq!(narrowed.says(&["check", HEALTHY, "-q"]).0, Some(0));
    assert_eq!(
        narrowed
            .says(&["check", HEALTHY, "--target", "none", "-q"])
            .0,
        Some(4)
    );
}

#[test]
fn the_gate_is_that_of_the_flag_then_the_variable_then_the_file() {
    let project = Project::new(
        "gate",
        "gate: { fail_on: never, allow_empty: true }\noutput: [\"json:out/r\"]",
    );
    project.file("out/keep", "");
    let gate = |args: &[&str], variables: &[(&str, &str)]| {
        let args: Vec<&str> = ["check", HEALTHY, "-q"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let output = project.run(&args, variables);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let report = fs::read_to_string(project.0.join("out/r")).expect("the file names it");
        let report: Value = serde_json::from_str(&report).expect("JSON");
        report["gate"]["fail_on"]
            .as_str()
            .expect("a word")
            .to_owned()
    };
    assert_eq!(gate(&[], &[]), "never");
    assert_eq!(gate(&[], &[("DYNALINT_FAIL_ON", "low")]), "low");
    assert_eq!(
        gate(&["--fail-on", "critical"], &[("DYNALINT_FAIL_ON", "low")]),
        "critical"
    );
    assert_eq!(gate(&["--no-config", "-o", "json:out/r"], &[]), "high");
    assert_eq!(
        project
            .says(&["check", HEALTHY, "--table", "nothing", "-q"])
            .0,
        Some(0)
    );
    assert_eq!(
        project.refuses(&["check", "--demo"], &[("DYNALINT_FAIL_ON", "hihg")]),
        "error: DYNALINT_FAIL_ON: \"hihg\" is none of critical, high, medium, low, never\n hint: set it to one of these, or unset it\n"
    );
}

#[test]
fn variables_name_the_file_and_keep_runs_from_aws() {
    let project = Project::new("variables", "gate: { fail_on: never }");
    project.file("other.yaml", "version: 2\n");
    let said = project.refuses(&["check", "--demo"], &[("DYNALINT_CONFIG", "other.yaml")]);
    assert!(said.contains("other.yaml:1:10"), "{said}");
    let offline = [("DYNALINT_OFFLINE", "1")];
    assert_eq!(
        project.refuses(&["check"], &offline),
        "error: DYNALINT_OFFLINE needs facts that are there already\n hint: dynalint check FILE --offline, or dynalint check --demo\n"
    );
    let said = project.refuses(&["snapshot", "--save", "x.json"], &offline);
    assert!(said.starts_with("error: DYNALINT_OFFLINE is set"), "{said}");
    let said = project.refuses(&["doctor"], &offline);
    assert!(said.contains("doctor asks AWS"), "{said}");
    assert_eq!(
        project
            .run(&["check", HEALTHY, "-q"], &offline)
            .status
            .code(),
        Some(0)
    );
}

#[test]
fn a_snapshot_that_is_too_old_is_not_judged() {
    let project = Project::new("age", "gate: { max_age: 24h }");
    let snapshot: Value =
        serde_json::from_str(&fs::read_to_string(HEALTHY).expect("a file")).expect("JSON");
    let collected: jiff::Timestamp = snapshot["collected_at"]
        .as_str()
        .expect("a time")
        .parse()
        .expect("a time");
    let after = |hours: i64| (collected + jiff::SignedDuration::from_hours(hours)).to_string();
    let check = |hours: i64| project.run(&["check", HEALTHY, "-q", "--now", &after(hours)], &[]);
    assert_eq!(check(24).status.code(), Some(0));
    assert_eq!(
        project.refuses(&["check", HEALTHY, "--now", &after(26)], &[]),
        "error: healthy.json is 26 h old, and at most 1 day are allowed\n hint: take a new one with dynalint snapshot --save FILE, or allow more with --max-age\n"
    );
    let allowed = project.run(
        &[
            "check",
            HEALTHY,
            "-q",
            "--max-age",
            "2d",
            "--now",
            &after(26),
        ],
        &[],
    );
    assert_eq!(allowed.status.code(), Some(0));
    assert_eq!(project.says(&["check", "--demo", "-q"]).0, Some(1));
    assert_eq!(
        project.refuses(&["check", "--max-age", "2d"], &[]),
        "error: --max-age is for a saved snapshot, and none is given\n hint: dynalint check FILE --max-age 24h, or leave it out\n"
    );
}

#[test]
fn what_is_in_force_of_a_rule_is_told_everywhere_and_on_one_table() {
    let config = "rules: { pitr-window: { level: critical } }
overrides:
  - { tables: [\"shop-*\"], because: as agreed, rules: { pitr-window: { params: { min_days: 14 } } } }
  - { tags: { owner: [shop] }, rules: { pitr-window: { params: { min_days: 35 } } } }
  - { regions: [us-east-1], rules: { pitr-window: { level: low } } }
  - { tables: [\"tmp-*\"], rules: { pitr-window: { level: off, because: thrown away } } }";
    let project = Project::new("in-force", config);
    let told = |args: &[&str]| {
        let args: Vec<&str> = ["explain", "pitr-window"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        let (code, text) = project.says(&args);
        assert_eq!(code, Some(0));
        let from = text.find("  Set  ").expect("it says what is set");
        let to = text.find("  Repair").expect("it says what to do");
        text[from..to].to_owned()
    };
    let asked: [&[&str]; 5] = [
        &[],
        &["--table", "shop-orders"],
        &["--table", "tmp-1"],
        &["--table", "shop-orders", "--demo"],
        &["--table", "feed-posts", "--input", HEALTHY],
    ];
    let screens: Vec<String> = asked
        .iter()
        .map(|args| format!("{}\n{}", args.join(" "), told(args)))
        .collect();
    let screens = screens.join("\n").replace(HEALTHY, "healthy.json");
    assert_golden("cli/explain-in-force.txt", &screens);
    for (args, expected) in [
        (
            &["pitr-window", "--table", "shop-ordesr", "--demo"][..],
            "error: no table of the demo account is named \"shop-ordesr\"\n hint: did you mean shop-orders?\n",
        ),
        (
            &["no-open-admin", "--table", "a"],
            "error: no-open-admin does not look at one table after the other\n hint: dynalint explain no-open-admin\n",
        ),
        (
            &["recovery", "--table", "a"],
            "error: no rule is named \"recovery\"\n hint: dynalint explain lists the rules\n",
        ),
    ] {
        let args: Vec<&str> = ["explain"].iter().chain(args).copied().collect();
        assert_eq!(project.refuses(&args, &[]), expected);
    }
}

const OWN: &str = "\
id: own-rule
area: release
title: The table is ours
severity: high
since: 0.1.0
for_each: table
assert: table.deletion_protection
message: \"{table.name}: is not ours\"
why: So.
fix: { text: Take it. }
refs: []
";

#[test]
fn rules_of_the_project_are_found_beside_its_file() {
    let project = Project::new("own", "rules: { own-rule: { level: low } }");
    project.file("dynalint/rules/own-rule.yaml", OWN);
    project.file("deeper/x", "");
    for args in [
        &["check", HEALTHY, "--rule", "own-rule", "-q"][..],
        &["explain", "own-rule"],
    ] {
        assert_eq!(project.says(args).0, Some(0));
    }
    let output = dynalint(&["explain", "own-rule"])
        .current_dir(project.0.join("deeper"))
        .output();
    assert_eq!(output.expect("it runs").status.code(), Some(0));
    let twice = project.run(&["explain", "own-rule", "--rules", "dynalint/rules"], &[]);
    assert_eq!(String::from_utf8_lossy(&twice.stderr), "");
}

#[test]
fn mistakes_of_all_files_are_told_at_once_before_anything_runs() {
    let project = Project::new(
        "mistakes",
        "rules:\n  pitr-no: { level: low }\n  pitr-window: { level: hihg, params: { min_days: 99 } }\ngate: { fail_on: info }\noutput: [report.html]\nrule_folders: [own, nowhere]\ntiers: [{ name: gold, tables: [a] }]",
    );
    let said = project.refuses(&["check"], &[]);
    assert_golden("cli/mistakes.txt", &said);
    project.file(
        "own/own-rule.yaml",
        &OWN.replace("deletion_protection", "deletion_protecton"),
    );
    let said = project.refuses(&["check"], &[]);
    assert_golden("cli/mistakes-with-rules.txt", &said);
}
