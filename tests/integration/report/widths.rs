//! No line is longer than asked for, whatever names there are.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Group, Input, Show, View, render};
use unicode_width::UnicodeWidthStr;

use super::accounts;
use crate::binary::dynalint;

const WIDTHS: [usize; 6] = [40, 60, 80, 100, 120, 200];

/// What is longer than asked for. A word alone on its line may be: broken, it could not be copied or followed.
fn too_wide(text: &str, width: usize) -> Vec<&str> {
    let alone = |line: &str| {
        let line = line.trim_end_matches(" \\").trim();
        let is_quoted = line.len() > 1 && line.starts_with('\'') && line.ends_with('\'');
        is_quoted || line.split_whitespace().count() < 2
    };
    let lines = text.lines();
    lines
        .filter(|line| line.width() > width && !alone(line))
        .collect()
}

#[test]
fn the_screens_of_all_accounts_fit() {
    let rules = accounts::rules();
    for report in [
        accounts::broken(),
        accounts::healthy(),
        accounts::empty(),
        accounts::denied_only(),
        accounts::throttled(),
    ] {
        for width in WIDTHS {
            for group in [None, Some(Group::Table), Some(Group::Area)] {
                for detail in [Detail::Verdict, Detail::Lines, Detail::Full] {
                    for utf8 in [true, false] {
                        let view = View {
                            style: Style {
                                width,
                                utf8,
                                ..Style::default()
                            },
                            detail,
                            show: Show::All,
                            group,
                            rules: &rules,
                            input: Input::Live,
                            command: "dynalint check --profile production --region eu-west-1",
                            repair: "dynalint fix --demo",
                        };
                        let text = render(&report, &view);
                        assert_eq!(
                            too_wide(&text, width),
                            [""; 0],
                            "{width} {detail:?} {group:?}"
                        );
                        assert!(utf8 || text.is_ascii(), "{width} {detail:?}");
                    }
                }
            }
        }
    }
}

/// The demo account with names as hard as can be: as long as AWS allows, wide, and none at all of ASCII.
fn hostile() -> String {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/snapshot.json");
    let demo = fs::read_to_string(demo).expect("the demo");
    let names: BTreeMap<&str, String> = BTreeMap::from([
        ("shop-sessions", "x".repeat(255)),
        ("feed-posts", "表".repeat(80)),
        ("prod-vault", "e\u{301}".repeat(40)),
        ("team-mail", "\u{202e}liam".to_owned()),
    ]);
    let hard = |text: String, (name, hard): (&&str, &String)| text.replace(*name, hard);
    names.iter().fold(demo, hard)
}

#[test]
fn the_demo_and_hostile_names_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hostile.json");
    fs::write(&path, hostile()).expect("writable");
    let path = path.to_string_lossy();
    for (facts, widths) in [("--demo", [40, 80]), (&*path, [60, 120])] {
        for width in widths {
            let word = width.to_string();
            for rest in [
                &["check", facts][..],
                &["check", facts, "-v", "--group-by", "area"],
                &[
                    "check",
                    facts,
                    "--checklist",
                    "recovery",
                    "--group-by",
                    "table",
                ],
            ] {
                let output = dynalint(&[rest, &["--width", &word]].concat()).output();
                let output = output.expect("the binary runs");
                assert_eq!(output.status.code(), Some(1), "{rest:?}");
                let text = String::from_utf8(output.stdout).expect("UTF-8");
                assert_eq!(too_wide(&text, width), [""; 0], "{rest:?} at {width}");
                assert!(!text.contains('\u{202e}'), "{rest:?}");
            }
        }
    }
}
