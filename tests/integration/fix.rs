//! `dynalint fix`, on the real binary: what repairs the failures, and what is refused.

mod hostile;
mod script;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use dynalint::assess;
use dynalint::rule::template::Filling;
use serde_json::Value;

use crate::binary::dynalint;
use crate::golden::assert_golden;

/// What a command said: exit code, stdout, stderr.
type Said = (Option<i32>, String, String);

fn said(command: &mut Command) -> Said {
    let output = command.output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// The demo account, in a folder without a project.
fn demo(arguments: &[&str]) -> String {
    let all = [&["fix", "--demo"], arguments].concat();
    let (code, text, talk) = said(&mut dynalint(&all));
    assert_eq!((code, &*talk), (Some(0), ""), "{arguments:?}");
    text
}

fn json(arguments: &[&str]) -> Value {
    let text = demo(&[arguments, &["--format", "json"]].concat());
    serde_json::from_str(&text).expect("JSON")
}

#[track_caller]
fn refused(arguments: &[&str], expected: &str) {
    let (code, text, talk) = said(&mut dynalint(arguments));
    assert_eq!(
        (code, &*text, &*talk),
        (Some(2), "", expected),
        "{arguments:?}"
    );
}

#[test]
fn the_demo_is_repaired_in_every_form() {
    assert_golden("fix/demo.sh", &demo(&[]));
    assert_golden("fix/demo.tf", &demo(&["--as", "terraform"]));
    assert_golden("fix/demo.yaml", &demo(&["--as", "cloudformation"]));
    assert_golden("fix/demo.json", &demo(&["--format", "json"]));
    assert_golden(
        "fix/colour.txt",
        &demo(&["pitr-on", "latency-alarm", "--color", "always"]),
    );
    assert_golden(
        "fix/verbose.txt",
        &demo(&["pitr-on", "-v", "--width", "60"]),
    );
}

#[test]
fn the_json_is_as_its_schema_says() {
    let schema = said(&mut dynalint(&["schema", "repairs"])).1;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for form in ["cli", "terraform", "cloudformation"] {
        let found = json(&["--as", form]);
        let errors: Vec<String> = validator
            .iter_errors(&found)
            .map(|it| it.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{form}");
    }
}

#[test]
fn only_what_was_asked_for_is_repaired() {
    let rules = |arguments: &[&str]| -> Vec<String> {
        let found = json(arguments);
        let repairs = found["repairs"].as_array().expect("a list");
        let rule = |it: &Value| it["rule"].as_str().expect("text").to_owned();
        repairs.iter().map(rule).collect()
    };
    assert_eq!(
        rules(&["pitr-on", "latency-alarm"]),
        ["pitr-on", "latency-alarm"]
    );
    let on = |arguments: &[&str], rule: &str| rules(arguments).iter().any(|it| it == rule);
    assert!(on(&["--area", "recovery"], "pitr-on") && !on(&["--area", "cost"], "pitr-on"));
    assert!(!on(&["--table", "feed-*"], "pitr-on") && !on(&["--skip-rule", "pitr-on"], "pitr-on"));
    assert!(on(&["--checklist", "recovery"], "pitr-on"));
}

#[test]
fn what_could_not_be_read_has_no_repair_and_names_what_is_missing() {
    let text = demo(&["pitr-fresh"]);
    let yet = "othing to repair yet: 1 result could not be told";
    assert!(text.contains(yet), "{text}");
    assert!(demo(&["pitr-fresh", "-q"]).contains(yet));
    assert!(
        text.contains("dynamodb:DescribeContinuousBackups"),
        "{text}"
    );
    let found = json(&["pitr-fresh"]);
    assert_eq!(
        (&found["unknown"], &found["repairs"]),
        (&Value::from(1), &Value::from(Vec::<u8>::new()))
    );
}

#[test]
fn nothing_that_fails_is_told_and_nothing_that_is_there_too() {
    let text = demo(&["all-active"]);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.ends_with(". Nothing to repair.\n"), "{text}");
    let (code, text, _) = said(&mut dynalint(&[
        "fix", "--demo", "pitr-on", "--table", "none-*",
    ]));
    assert_eq!(code, Some(4));
    assert!(text.contains("othing to repair"), "{text}");
}

#[test]
fn mistakes_are_told_before_anything_is_written() {
    refused(
        &["fix", "pitr-onn", "--demo"],
        "error: no rule is named \"pitr-onn\"\n hint: did you mean pitr-on?\n",
    );
    refused(
        &["fix", "prod.snapshot.json"],
        "error: no rule is named \"prod.snapshot.json\"\n hint: for a saved snapshot: dynalint fix --input prod.snapshot.json\n",
    );
    refused(
        &["fix", "--demo", "--as", "cli", "-o", "repairs.tf"],
        "error: --as cli does not fit a file named repairs.tf\n hint: leave --as out, or take --as terraform\n",
    );
    refused(
        &["fix", "--demo", "--region", "eu-west-1"],
        "error: --demo does not go with --region\n hint: leave one of them out\n",
    );
    refused(
        &["fix", "--demo", "-f", "json", "--width", "80"],
        "error: --width is for text, and JSON has none\n hint: leave --width out, or take --format terminal\n",
    );
    assert!(
        !Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("home/repairs.tf")
            .exists()
    );
}

#[test]
fn the_ending_of_the_file_tells_the_form() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str| {
        let path = folder.path().join(name);
        let text = demo(&["pitr-on", "-q", "-o", &path.display().to_string()]);
        assert!(
            text.starts_with("1 repair of 1 rule on 1 resource"),
            "{text}"
        );
        fs::read_to_string(path).expect("it is written")
    };
    assert!(written("a.tf").contains("point_in_time_recovery {"));
    assert!(written("a.yaml").contains("PointInTimeRecoverySpecification:"));
    assert!(written("a.json").starts_with("{\n"));
    assert!(written("a.sh").starts_with("#!/bin/sh\n"));
}

#[test]
fn a_file_of_the_user_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, own, other) in [
        ("main.tf", "resource \"a\" \"b\" {}\n", "repairs.tf"),
        (
            "repairs.tf",
            "# dynalint is run on this\n",
            "new-repairs.tf",
        ),
        ("a.sh", "#!/bin/sh\nterraform apply\n", "repairs.sh"),
        (
            "a.json",
            "{\"tool_version\": \"0.1.0\", \"findings\": []}",
            "repairs.json",
        ),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, own).expect("it is written");
        let path = path.display().to_string();
        let said = format!(
            "error: {path} is not a file of repairs\n hint: name a new file, such as {other}\n"
        );
        refused(&["fix", "--demo", "-o", &path], &said);
        assert_eq!(fs::read_to_string(&path).expect("it is there"), own);
    }
    for name in ["b.tf", "b.sh", "b.yaml", "b.json"] {
        let path = folder.path().join(name).display().to_string();
        demo(&["-q", "-o", &path]);
        let all = fs::read_to_string(&path).expect("it is written");
        demo(&["pitr-on", "-q", "-o", &path]);
        let one = fs::read_to_string(&path).expect("it is written");
        assert!(one.len() < all.len(), "{name} is of repairs, and is new");
    }
}

#[test]
fn each_account_is_told_where_its_commands_begin() {
    let said = "\n# aws sts get-caller-identity must say 111122223333\n";
    assert_eq!(demo(&[]).matches(said).count(), 1);
    assert!(!demo(&["--as", "terraform"]).contains("get-caller-identity"));
}

#[test]
fn what_several_resources_need_has_a_name_for_each() {
    let folder = tempfile::tempdir().expect("a folder");
    let forms = "\n    aws dynamodb get-resource-policy --resource-arn {{ table.arn }} > policy.json\n    \
                 aws dynamodb put-resource-policy --resource-arn {{ table.arn }} --policy file://policy.json\n  \
                 cloudformation: |\n    Latency:\n      Type: AWS::CloudWatch::Alarm\n    Shown:\n      \
                 Type: AWS::CloudWatch::Dashboard\n      Properties:\n        DashboardName: !Ref Latency\n  \
                 text: \"edit policy.json between the two\"";
    let rule = own("a-policy", "low", &format!("|{forms}"));
    fs::write(folder.path().join("a-policy.yaml"), rule).expect("it is written");
    let rules = folder.path().display().to_string();
    let tables = "shop-sessions,feed-follows";
    let arguments = ["a-policy", "--rules", &rules, "--table", tables];
    let text = demo(&arguments);
    for name in ["policy.json", "policy-2.json"] {
        for before in [" > ", "edit ", "--policy file://"] {
            assert!(text.contains(&format!("{before}{name}")), "{name}: {text}");
        }
    }
    assert!(
        text.contains("#   file://policy-2.json  a-policy"),
        "{text}"
    );
    let text = demo(&[&arguments[..], &["--as", "cloudformation"]].concat());
    for line in ["Latency:", "Shown:", "Latency2:", "Shown2:"] {
        assert_eq!(text.lines().filter(|it| *it == line).count(), 1, "{text}");
    }
    assert!(text.contains("DashboardName: !Ref Latency2\n"), "{text}");
}

/// A project with the demo's failures waived or known.
#[test]
fn what_is_waived_or_known_is_left_out_and_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let waivers = "version: 1\nwaivers:\n  - rule: pitr-on\n    on: { table: shop-sessions }\n    owner: team-shop\n    \
                   reason: sessions are made anew at each login\n    expires: 2999-01-01\n";
    fs::create_dir_all(folder.path().join("dynalint")).expect("a folder");
    fs::create_dir_all(folder.path().join(".git")).expect("a folder");
    fs::write(folder.path().join("dynalint/waivers.yaml"), waivers).expect("is written");
    let run = |arguments: &[&str]| {
        let all = [
            &["fix", "--demo", "pitr-on", "--now", "2998-12-01T00:00:00Z"],
            arguments,
        ]
        .concat();
        said(dynalint(&all).current_dir(folder.path()))
    };
    let (code, text, talk) = run(&[]);
    assert_eq!((code, &*talk), (Some(0), ""));
    assert!(
        text.contains("Left out, since they don't count: 1 waived"),
        "{text}"
    );
    assert!(!text.contains("aws "), "{text}");
    let (_, text, _) = run(&["--no-waivers"]);
    assert!(
        text.contains("aws dynamodb update-continuous-backups"),
        "{text}"
    );
    let keep = [
        "check",
        "--demo",
        "--no-waivers",
        "--update-baseline",
        "--baseline",
        "known.json",
        "--now",
        "2998-12-01T00:00:00Z",
    ];
    said(dynalint(&keep).current_dir(folder.path()));
    let (code, text, _) = run(&["--no-waivers", "--baseline", "known.json"]);
    assert_eq!(code, Some(0));
    assert!(
        text.contains("Left out, since they don't count: 1 in the baseline"),
        "{text}"
    );
    assert!(!text.contains("aws "), "{text}");
}

/// A rule that fails on every table, with this command.
fn own(id: &str, severity: &str, command: &str) -> String {
    format!(
        "id: {id}\narea: recovery\ntitle: T\nseverity: {severity}\nsince: 0.1.0\nfor_each: table\n\
         assert: table.name == \"none\"\nmessage: \"{{table.name}}: is there\"\nwhy: w\nrefs: []\nfix:\n  cli: {command}\n"
    )
}

#[test]
fn a_table_is_updated_once_at_a_time_and_what_is_the_same_stands_once() {
    let update = "aws dynamodb update-table --table-name {{ table.name }}";
    let folder = tempfile::tempdir().expect("a folder");
    for (id, severity, command) in [
        (
            "a-drops",
            "critical",
            "aws dynamodb delete-table --table-name {{ table.name }}",
        ),
        (
            "b-tags",
            "critical",
            "aws dynamodb tag-resource --resource-arn {{ table.arn }} --tags Key=a,Value=b",
        ),
        ("c-updates", "low", &format!("{update} --x")),
        ("d-updates", "low", &format!("{update} --y")),
        ("e-updates", "low", &format!("{update} --y")),
    ] {
        let path = folder.path().join(format!("{id}.yaml"));
        fs::write(path, own(id, severity, command)).expect("it is written");
    }
    let rules = folder.path().display().to_string();
    let ids = ["a-drops", "b-tags", "c-updates", "d-updates", "e-updates"];
    let text = demo(
        &[
            &ids[..],
            &[
                "--rules",
                &rules,
                "--table",
                "shop-sessions",
                "--width",
                "200",
            ],
        ]
        .concat(),
    );
    let commands: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("aws dynamodb"))
        .collect();
    let table = "--region eu-west-1 --table-name shop-sessions";
    assert_eq!(
        commands,
        [
            format!("aws dynamodb update-table {table} --x"),
            format!("aws dynamodb wait table-exists {table}"),
            format!("aws dynamodb update-table {table} --y"),
            "aws dynamodb tag-resource --region eu-west-1 --resource-arn \
             arn:aws:dynamodb:eu-west-1:111122223333:table/shop-sessions --tags Key=a,Value=b"
                .to_owned(),
            format!("# aws dynamodb delete-table {table}"),
        ]
    );
}

/// Whoever changes a rule sees here whether a word of AWS is taken for one that a person has to fill in.
#[test]
fn what_is_to_be_filled_in_is_known_of_every_rule() {
    let (catalog, _) = assess::load([]);
    let mut open: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for rule in catalog.rules() {
        let forms = [&rule.fix.cli, &rule.fix.terraform, &rule.fix.cloudformation];
        for form in forms.into_iter().flatten() {
            let filled = form.fill(|_| Some(Filling::Text("x".to_owned())));
            for name in filled.open {
                open.entry(name).or_default().insert(rule.id.as_str());
            }
        }
    }
    let line = |(name, rules): (&String, &BTreeSet<&str>)| {
        let rules: Vec<&str> = rules.iter().copied().collect();
        format!("{name}: {}\n", rules.join(", "))
    };
    assert_golden(
        "fix/to-fill-in.txt",
        &open.iter().map(line).collect::<String>(),
    );
}
