//! `dynalint drift` as people run it: screens, exit codes, files, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::demo;
use crate::binary::dynalint;
use crate::golden::assert_golden;

/// A folder with snapshots, in which the program is run.
pub(super) struct Place {
    folder: TempDir,
}

pub(super) struct Ran {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) code: i32,
}

impl Place {
    pub(super) fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        Place { folder }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn put(&self, name: &str, document: &Value) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("can be made");
        fs::write(path, serde_json::to_string(document).expect("JSON")).expect("writable");
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        let output = dynalint(arguments).current_dir(self.folder.path()).output();
        let output = output.expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            out: text(output.stdout),
            err: text(output.stderr),
            code: output.status.code().expect("no signal"),
        }
    }
}

fn table<'v>(document: &'v mut Value, name: &str) -> &'v mut Value {
    let tables = document["regions"][0]["tables"]
        .as_array_mut()
        .expect("tables");
    let mut tables = tables.iter_mut();
    tables
        .find(|table| table["name"] == name)
        .expect("is there")
}

pub(super) fn at(mut document: Value, time: &str) -> Value {
    document["collected_at"] = json!(time);
    document
}

/// The demo account a day before: something was worse, something better, and some of it is not there.
pub(super) fn yesterday() -> Value {
    let mut old = at(demo(), "2026-11-22T00:38:16Z");
    let orders = table(&mut old, "shop-orders");
    orders["deletion_protection"] = json!(true);
    orders["tags"]["owner"] = json!("anna");
    let follows = table(&mut old, "feed-follows");
    follows["deletion_protection"] = json!(true);
    follows["pitr"] = json!({"status": "ENABLED", "window_days": 35, "earliest_restorable_at": "2026-10-20T00:00:00Z", "latest_restorable_at": "2026-11-22T00:30:00Z"});
    let posts = table(&mut old, "feed-posts");
    posts["pitr"]["status"] = json!("DISABLED");
    let tables = old["regions"][0]["tables"].as_array_mut().expect("tables");
    tables.retain(|table| table["name"] != "shop-sessions");
    old
}

/// Every time that moves by itself a day later, every size and count a little larger.
fn moved(
    value: &mut Value,
    kind: &'static dynalint::snapshot::record::RecordType,
    is_volatile: bool,
) {
    use dynalint::snapshot::record::{Mark, Type};
    for field in kind.fields {
        let Some(value) = value.get_mut(field.name) else {
            continue;
        };
        let is_volatile = is_volatile || field.mark == Mark::Volatile;
        moved_value(value, &(field.ty)().ty, is_volatile);
    }
    fn moved_value(value: &mut Value, ty: &Type, is_volatile: bool) {
        if value.get("$unknown").is_some() {
            return;
        }
        match (value, ty) {
            (Value::Array(items), Type::List(element)) => {
                for item in items {
                    moved_value(item, element, is_volatile);
                }
            }
            (value, Type::List(element)) => {
                if let Some(Value::Array(items)) = value.get_mut("items") {
                    for item in items {
                        moved_value(item, element, is_volatile);
                    }
                }
            }
            (value @ Value::Object(_), Type::Record(kind)) => moved(value, kind, is_volatile),
            (value @ Value::String(_), Type::Time) if is_volatile => {
                let time: jiff::Timestamp = value.as_str().expect("text").parse().expect("a time");
                *value = json!((time + jiff::SignedDuration::from_hours(24)).to_string());
            }
            (Value::Number(number), Type::Number) if is_volatile => {
                if let Some(count) = number.as_u64() {
                    // What is zero is nothing, and something is another thing.
                    *number = (count + count.div_ceil(1000)).into();
                }
            }
            _ => {}
        }
    }
}

fn tomorrow() -> Value {
    let mut new = demo();
    for region in new["regions"].as_array_mut().expect("regions") {
        moved(region, dynalint::snapshot::Region::TYPE, false);
    }
    for iam in new["iam"].as_array_mut().expect("identities") {
        moved(iam, dynalint::snapshot::iam::Iam::TYPE, false);
    }
    let time: jiff::Timestamp = new["collected_at"]
        .as_str()
        .expect("text")
        .parse()
        .expect("a time");
    at(
        new,
        &(time + jiff::SignedDuration::from_hours(24)).to_string(),
    )
}

#[test]
fn a_day_later_with_all_that_moves_by_itself_moved_nothing_drifted() {
    let place = Place::new();
    let (today, tomorrow) = (demo(), tomorrow());
    assert_ne!(today, tomorrow);
    place.put("today.json", &today);
    place.put("tomorrow.json", &tomorrow);
    let there = place.run(&["drift", "today.json", "tomorrow.json"]);
    assert_golden("drift/steady.txt", &there.out);
    assert_eq!((there.code, &*there.err), (0, ""));
    assert_eq!(
        place
            .run(&["drift", "today.json", "tomorrow.json", "--any"])
            .code,
        0
    );
    let quiet = place.run(&["drift", "today.json", "tomorrow.json", "-q"]);
    assert_eq!((quiet.code, &*quiet.out, &*quiet.err), (0, "", ""));
    // The same bytes, whenever it was.
    for format in ["terminal", "json", "markdown"] {
        let one = place.run(&["drift", "today.json", "tomorrow.json", "-f", format]);
        let other = place.run(&["drift", "today.json", "today.json", "-f", format]);
        assert_eq!(one.out, other.out);
    }
}

#[test]
fn the_screen_is_worst_first_and_its_last_line_names_the_exit_code() {
    let place = Place::new();
    place.put("prod.snapshot.json", &yesterday());
    let ran = place.run(&["drift", "prod.snapshot.json", "--demo"]);
    assert_golden("drift/screen.txt", &ran.out);
    assert_eq!((ran.code, &*ran.err), (1, ""));
    let ran = place.run(&["drift", "prod.snapshot.json", "--demo", "-v"]);
    assert_golden("drift/verbose.txt", &ran.out);
    let ran = place.run(&["drift", "prod.snapshot.json", "--demo", "--color", "always"]);
    assert_golden("drift/colour.txt", &ran.out);
    let ran = place.run(&["drift", "prod.snapshot.json", "--demo", "-f", "markdown"]);
    assert_golden("drift/page.md", &ran.out);
    let ran = place.run(&["drift", "prod.snapshot.json", "--demo", "-q"]);
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    for line in ran.out.lines() {
        assert!(line.ends_with("exit 1"), "{line}");
    }
}

#[test]
fn the_json_is_as_its_schema_says() {
    let place = Place::new();
    place.put("old.json", &yesterday());
    let schema = place.run(&["schema", "drift"]).out;
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    for arguments in [
        ["drift", "old.json", "--demo", "-f", "json"],
        ["drift", "old.json", "old.json", "-f", "json"],
    ] {
        let ran = place.run(&arguments);
        let told: Value = serde_json::from_str(&ran.out).expect("JSON");
        let errors: Vec<String> = schema.iter_errors(&told).map(|it| it.to_string()).collect();
        assert_eq!(errors, [""; 0]);
        assert_eq!(told["version"], 1);
        assert_eq!(told["exit_code"], json!(ran.code));
        for list in [
            "worse",
            "better",
            "other",
            "changed",
            "new_tables",
            "gone_tables",
            "not_comparable",
        ] {
            let length = told[list].as_array().expect("a list").len();
            assert_eq!(told["summary"][list], json!(length), "{list}");
        }
    }
    let ran = place.run(&["drift", "old.json", "--demo", "-f", "json"]);
    assert_golden("drift/drift.json", &ran.out);
}

#[test]
fn of_a_folder_the_newest_older_snapshot_of_the_same_account_is_taken() {
    let place = Place::new();
    let mut stranger = at(demo(), "2026-11-22T20:00:00Z");
    stranger["regions"][0]["account"] = json!("999999999999");
    place.put("kept/1.json", &at(demo(), "2026-11-20T00:00:00Z"));
    place.put("kept/2.json", &yesterday());
    place.put("kept/3.json", &stranger);
    place.put("kept/4.json", &at(demo(), "2026-12-24T00:00:00Z"));
    fs::write(place.path("kept/notes.txt"), "no snapshot").expect("writable");
    let ran = place.run(&["drift", "kept", "--demo", "-f", "json"]);
    let told: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(told["old"]["input"], "2.json", "{}", ran.err);
    fs::write(place.path("kept/5.json"), "{\"version\":1,").expect("writable");
    let ran = place.run(&["drift", "kept", "--demo"]);
    assert_eq!(
        ran.err,
        "error: kept/5.json:1:13: not a dynalint snapshot: it ends too early\n hint: take what is no good snapshot out of the folder\n"
    );
    assert_eq!((ran.code, &*ran.out), (2, ""));
}

#[test]
fn what_cannot_be_compared_is_refused_with_what_to_do() {
    let place = Place::new();
    place.put("demo.json", &demo());
    let mut stranger = demo();
    stranger["regions"][0]["account"] = json!("999999999999");
    place.put("stranger.json", &stranger);
    place.put("earlier.json", &yesterday());
    fs::create_dir(place.path("empty")).expect("a folder");
    fs::write(place.path("empty.jsonl"), "").expect("writable");
    place.put("later/1.json", &at(demo(), "2027-01-01T00:00:00Z"));
    let told = |arguments: &[&str]| {
        let ran = place.run(arguments);
        assert_eq!((ran.code, &*ran.out), (2, ""), "{arguments:?}");
        format!("$ dynalint {}\n{}\n", arguments.join(" "), ran.err)
    };
    let all = [
        told(&["drift"]),
        told(&["drift", "nowhere.json", "--demo"]),
        told(&["drift", "nowhere.jsonl", "--demo"]),
        told(&["drift", "empty", "--demo"]),
        told(&["drift", "empty.jsonl", "--demo"]),
        told(&["drift", "later", "--demo"]),
        told(&["drift", "stranger.json", "--demo"]),
        told(&["drift", "demo.json", "earlier.json"]),
        told(&["drift", "demo.json", "--offline"]),
        told(&["drift", "demo.json", "demo.json", "--region", "eu-west-1"]),
        told(&["drift", "demo.json", "--demo", "-o", "html:x"]),
        told(&[
            "drift",
            "demo.json",
            "--demo",
            "-f",
            "json",
            "--width",
            "80",
        ]),
        told(&["drift", "demo.json", "--demo", "-o", "json:demo.json"]),
        told(&["drift", "demo.json", "--demo", "--rule", "pitr-off"]),
    ];
    assert_golden("drift/refused.txt", &all.concat());
    let kept = fs::read_to_string(place.path("demo.json")).expect("is there");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    assert!(kept == demo(), "what is compared is not written over");
}

#[test]
fn nothing_on_either_side_is_no_steadiness() {
    let place = Place::new();
    let ran = |more: &[&str]| {
        let mut arguments = vec!["drift", "demo.json", "--demo", "--table", "nothing-*"];
        arguments.extend(more);
        place.put("demo.json", &demo());
        place.run(&arguments)
    };
    let there = ran(&[]);
    assert_eq!(there.code, 4, "{}", there.out);
    assert!(there.out.starts_with("NOTHING TO COMPARE"), "{}", there.out);
    assert_eq!(ran(&["--allow-empty"]).code, 0);
}

#[test]
fn a_waiver_that_ended_between_the_two_is_worse() {
    let place = Place::new();
    let root: &Path = &place.path("dynalint");
    fs::create_dir(root).expect("a folder");
    fs::write(place.path("dynalint.yaml"), "version: 1\n").expect("writable");
    let mut old = demo();
    table(&mut old, "feed-posts")["pitr"]["status"] = json!("DISABLED");
    place.put("old.json", &at(old.clone(), "2026-11-20T00:00:00Z"));
    place.put("new.json", &at(old, "2026-11-22T00:00:00Z"));
    let waiver = "version: 1\nwaivers:\n  - rule: pitr-on\n    on: { table: feed-posts }\n    reason: copied each night by another job\n    owner: anna\n    expires: 2026-11-21\n";
    fs::write(place.path("dynalint/waivers.yaml"), waiver).expect("writable");
    let arguments = [
        "drift",
        "old.json",
        "new.json",
        "--rule",
        "pitr-on",
        "--now",
        "2026-11-22",
    ];
    let ran = place.run(&arguments);
    assert!(
        ran.out
            .contains("no more waived (by anna until 2026-11-21)"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(ran.code, 1);
    let mut without = arguments.to_vec();
    without.push("--no-waivers");
    assert_eq!(place.run(&without).code, 0);
}

#[test]
fn a_table_that_was_replaced_under_another_name_is_known_by_its_identity() {
    let place = Place::new();
    let (mut old, mut new) = (yesterday(), demo());
    for (document, name) in [(&mut old, "orders-1A2B"), (&mut new, "orders-3C4D")] {
        let orders = table(document, "shop-orders");
        orders["name"] = json!(name);
        orders["tags"]["part"] = json!("orders");
        orders["tags"]["owner"] = json!("anna");
    }
    table(&mut new, "orders-3C4D")["deletion_protection"] = json!(false);
    place.put("old.json", &old);
    place.put("new.json", &new);
    let run = || {
        let ran = place.run(&["drift", "old.json", "new.json", "-f", "json"]);
        let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        let of_rule = told["worse"].as_array().expect("a list").iter();
        let worse = of_rule.filter(|it| {
            it["rule"] == "deletion-protection" && it["subject"]["name"] == "orders-3C4D"
        });
        (worse.count(), told)
    };
    let (worse, told) = run();
    assert_eq!(
        (worse, told["gone_tables"].as_array().map(Vec::len)),
        (0, Some(1))
    );
    fs::write(
        place.path("dynalint.yaml"),
        "version: 1\nidentity: { tag: part }\n",
    )
    .expect("writable");
    let (worse, told) = run();
    assert_eq!(
        (worse, told["gone_tables"].as_array().map(Vec::len)),
        (1, Some(0))
    );
    let changed = told["changed"].as_array().expect("a list");
    let name = changed
        .iter()
        .find(|it| it["path"] == "name")
        .expect("told");
    assert_eq!(
        (&name["old"], &name["new"]),
        (&json!("orders-1A2B"), &json!("orders-3C4D"))
    );
    // A tag that one side lacks names no table: its results would not be found again.
    let mut untagged = new.clone();
    let tags = table(&mut untagged, "orders-3C4D")["tags"]
        .as_object_mut()
        .expect("tags");
    tags.remove("part");
    place.put("old.json", &at(new, "2026-11-22T00:00:00Z"));
    place.put("new.json", &untagged);
    let (_, told) = run();
    assert_eq!(
        (&told["new_tables"], &told["gone_tables"]),
        (&json!([]), &json!([]))
    );
}
