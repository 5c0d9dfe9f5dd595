//! The counts that readers take out of each format are those of the JSON report.

use std::fs;
use std::path::Path;

use dynalint::report::Counts;
use serde_json::Value;

use crate::binary::dynalint;

/// A format, and how its counts are read back from a report of all results.
pub(crate) type Format = (&'static str, fn(&str) -> Counts);

/// Those of rows, and Markdown.
pub(crate) const FORMATS: [Format; 4] = [
    ("jsonl", jsonl),
    ("csv", csv),
    ("ocsf", ocsf),
    ("markdown", markdown),
];

const WAIVERS: &str = "version: 1
waivers:
  - { rule: pitr-on, on: { table: shop-sessions }, reason: sessions live for an hour, owner: a, expires: 2027-03-31 }
  - { rule: pitr-fresh, on: { table: feed-follows }, reason: looked at by hand, owner: b, expires: 2027-03-31 }
";

/// Counts one more, by its decoration where it has one.
fn count(counts: &mut Counts, status: &str, decoration: &str) {
    let place = match (decoration, status) {
        ("waived", _) => &mut counts.waived,
        ("baselined", _) => &mut counts.baselined,
        ("", "pass") => &mut counts.pass,
        ("", "fail") => &mut counts.fail,
        ("", "unknown") => &mut counts.unknown,
        ("", "not-applicable") => &mut counts.not_applicable,
        (_, _) => panic!("{status} {decoration}"),
    };
    *place += 1;
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn read(line: &str) -> Value {
    serde_json::from_str(line).expect("a line is JSON")
}

fn summary(json: &Value) -> Counts {
    let of = |name: &str| {
        let count = json["summary"][name].as_u64().expect("a count");
        usize::try_from(count).expect("fits")
    };
    Counts {
        pass: of("pass"),
        fail: of("fail"),
        unknown: of("unknown"),
        not_applicable: of("not_applicable"),
        waived: of("waived"),
        baselined: of("baselined"),
    }
}

fn jsonl(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines().map(read).filter(|it| it["kind"] == "finding") {
        count(
            &mut counts,
            word(&line["status"]),
            word(&line["decoration"]),
        );
    }
    counts
}

fn csv(text: &str) -> Counts {
    let mut counts = Counts::default();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().expect("a head").clone();
    let at = |name: &str| heads.iter().position(|it| it == name).expect("the column");
    let (status, decoration) = (at("status"), at("decoration"));
    for row in reader.records() {
        let row = row.expect("a row like the head");
        count(&mut counts, &row[status], &row[decoration]);
    }
    counts
}

/// By the framework's own numbers, as its readers do.
fn ocsf(text: &str) -> Counts {
    let mut counts = Counts::default();
    for event in text.lines().map(read) {
        let status = match event["compliance"]["status_id"].as_u64() {
            Some(1) => "pass",
            Some(2) => "unknown",
            Some(3) => "fail",
            _ => "not-applicable",
        };
        assert_eq!(event["compliance"]["status_code"], status);
        let decoration = match (event["status_id"].as_u64(), word(&event["status"])) {
            (Some(3), _) => "waived",
            (Some(99), "Baselined") => "baselined",
            (_, _) => "",
        };
        count(&mut counts, status, decoration);
    }
    counts
}

/// From the last line of the table. It has no column for what does not apply, so the page says nothing of it.
fn markdown(text: &str) -> Counts {
    let cells = |start: &str| -> Vec<String> {
        let line = text.lines().find(|line| line.starts_with(start));
        let cells = line.expect("the table").split('|');
        cells
            .map(|cell| cell.trim().replace(['*', ','], ""))
            .collect()
    };
    let (heads, all) = (cells("| area |"), cells("| **all** |"));
    let of = |name: &str| {
        let at = heads.iter().position(|head| head == name);
        at.map_or(0, |at| all[at].parse().unwrap_or(0))
    };
    Counts {
        pass: of("pass"),
        fail: of("fail"),
        unknown: of("unknown"),
        not_applicable: 0,
        waived: of("waived"),
        baselined: of("baselined"),
    }
}

#[test]
fn the_counts_of_every_format_are_those_of_the_json_report() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counts-rows");
    // Where an earlier run left nothing, there is nothing to remove.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(folder.join("dynalint")).expect("target is writable");
    fs::write(folder.join("dynalint.yaml"), "version: 1\n").expect("target is writable");
    fs::write(folder.join("dynalint/waivers.yaml"), WAIVERS).expect("target is writable");
    let check = |flags: &[&str]| {
        let demo = [
            "check",
            "--demo",
            "--now",
            "2026-11-23T01:00:00Z",
            "--baseline",
            "known.json",
        ];
        let output = dynalint(&[&demo[..], flags].concat())
            .current_dir(&folder)
            .output();
        let output = output.expect("it runs");
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    check(&["--update-baseline", "-q"]);
    let known = folder.join("known.json");
    let text = fs::read_to_string(&known).expect("it was written");
    let mut baseline = read(&text);
    let entries = baseline["entries"].as_array_mut().expect("entries");
    let known_rules = ["deletion-protection", "pitr-window", "unused-index"];
    entries.retain(|it| known_rules.contains(&word(&it["rule"])));
    fs::write(&known, baseline.to_string()).expect("target is writable");

    let files = FORMATS.map(|(format, _)| format!("{format}:report.{format}"));
    let mut flags = vec!["--show", "all", "-o", "report.json"];
    flags.extend(files.iter().flat_map(|file| ["-o", file]));
    let said = check(&flags);
    let report = |format: &str| {
        let path = folder.join(format!("report.{format}"));
        fs::read_to_string(path).unwrap_or_else(|_| panic!("{format} was written: {said}"))
    };
    let expected = summary(&read(&report("json")));
    assert!(
        expected.waived == 2 && expected.baselined == 3,
        "{expected:?}"
    );
    for (format, counts) in FORMATS {
        let expected = match format {
            "markdown" => Counts {
                not_applicable: 0,
                ..expected
            },
            _ => expected,
        };
        assert_eq!(counts(&report(format)), expected, "{format}");
    }
    let first = report("jsonl");
    let run = read(first.lines().next().expect("a first line"));
    assert_eq!(summary(&run), expected);
    assert_eq!(run["findings"], first.lines().count() - 1);
}
