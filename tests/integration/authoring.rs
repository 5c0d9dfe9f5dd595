//! `dynalint rules`, on the real binary: what whoever writes rules sees.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use dynalint::assess::cases::{Fault, Place, Tested, Tried, Turn};
use dynalint::finding::Verdict;
use dynalint::report::cases;
use dynalint::report::terminal::Detail;
use dynalint::report::terminal::style::Style;

use crate::binary;
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

/// Beside the rules whose cases are fixtures.
fn fixtures(args: &[&str]) -> Said {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cases");
    said(binary::dynalint(args).current_dir(folder))
}

/// An empty folder that is a repository's root.
fn project(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("authoring")
        .join(name);
    // Where an earlier run left nothing, there is nothing to remove.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(folder.join(".git")).expect("target is writable");
    folder
}

#[test]
fn cases_that_do_not_hold_are_told_in_full_and_the_exit_code_is_1() {
    let (code, text, talk) = fixtures(&["rules", "test", "fails"]);
    assert_golden("cases/fails.txt", &text);
    assert_eq!((code, talk.as_str()), (Some(1), ""));
    let (code, text, _) = fixtures(&["rules", "test", "fails", "--format", "json"]);
    assert_golden("cases/fails.json", &text);
    assert_eq!(code, Some(1));
    let (_, text, _) = fixtures(&["rules", "test", "fails", "--color", "always", "-v"]);
    assert_golden("cases/colour.txt", &text);
    let mut ascii = binary::dynalint(&["rules", "test", "fails"]);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/cases");
    let (_, text, _) = said(ascii.current_dir(folder).env("LC_ALL", "C"));
    assert!(text.is_ascii(), "{text}");
}

#[test]
fn cases_that_hold_are_counted_and_the_exit_code_is_0() {
    let (code, text, talk) = fixtures(&["rules", "test", "holds"]);
    let expected = "✓ stream-on     4 cases, 15 blanked facts\n\n\
         HOLDS   1 rule · 4 cases, 15 blanked facts                                                    exit 0\n";
    assert_eq!(
        (code, text.as_str(), talk.as_str()),
        (Some(0), expected, "")
    );
    let (code, text, _) = fixtures(&["rules", "test", "fails", "--rule", "stream-on", "-q"]);
    assert_eq!((code, text.lines().count()), (Some(0), 1), "{text}");
}

#[test]
fn without_a_folder_ours_are_tried_and_those_of_the_project() {
    let project = project("all");
    let rules = project.join("dynalint/rules");
    fs::create_dir_all(&rules).expect("target is writable");
    let own = include_str!("../fixtures/cases/holds/stream-on.yaml");
    fs::write(rules.join("stream-on.yaml"), own).expect("target is writable");
    for (rule, known) in [("pitr-on,stream-on", true), ("pitr-on,stream-of", false)] {
        let mut command = binary::dynalint(&["rules", "test", "--rule", rule]);
        let (code, text, talk) = said(command.current_dir(project.join("dynalint")));
        match known {
            true => assert!(code == Some(0) && text.contains("2 rules"), "{text}{talk}"),
            false => assert!(
                code == Some(2) && talk.contains("did you mean stream-on?"),
                "{talk}"
            ),
        }
    }
}

#[test]
fn a_verdict_that_turned_on_what_was_not_read_is_told_with_the_fact() {
    let place = |line, column| Place { line, column };
    let tried = Tried {
        name: "off".to_owned(),
        place: place(20, 5),
        expected: Verdict::Fail,
        results: Vec::new(),
        blanked: 7,
        faults: vec![Fault::Turned {
            fact: "table.pitr".to_owned(),
            place: place(21, 30),
            turn: Turn {
                subject: "Orders".to_owned(),
                from: Some(Verdict::Fail),
                to: Some(Verdict::Pass),
            },
        }],
    };
    let tested = [Tested {
        rule: "pitr-on".to_owned(),
        file: "rules/recovery/pitr-on.yaml".to_owned(),
        place: place(18, 3),
        looks_at: Vec::new(),
        cases: vec![tried],
        missing: Vec::new(),
    }];
    let text = cases::render(&tested, Detail::Lines, &Style::default());
    assert_golden("cases/turned.txt", &text);
}

#[test]
fn all_mistakes_of_rules_and_their_cases_are_told_at_once() {
    let folder = project("mistakes");
    let good = include_str!("../fixtures/cases/holds/stream-on.yaml");
    let write = |name: &str, text: String| {
        fs::write(folder.join(name), text).expect("target is writable");
    };
    write(
        "stream-on.yaml",
        good.replace("stream: null", "straem: null"),
    );
    write("typo.yaml", good.replace("table.stream", "table.straem"));
    write("pitr-on.yaml", good.replace("id: stream-on", "id: pitr-on"));
    fs::write(folder.join("bytes.yaml"), b"id: a\nti: \xff\n").expect("target is writable");
    let (code, text, talk) = said(binary::dynalint(&["rules", "test", "."]).current_dir(&folder));
    assert_eq!((code, text.as_str()), (Some(2), ""));
    for place in [
        "./stream-on.yaml:18:33",
        "./stream-on.yaml:24:50",
        "./typo.yaml:8:15",
        "./pitr-on.yaml:1:5",
        "./bytes.yaml:2:5",
    ] {
        assert!(talk.contains(place), "{place} is missing in {talk}");
    }
    assert!(talk.contains("repair these 6 and run again"), "{talk}");
}

#[test]
fn a_new_rule_holds_as_it_is_written_and_runs() {
    let project = project("new");
    let inside = project.join("infra");
    fs::create_dir_all(&inside).expect("target is writable");
    let run = |folder: &Path, args: &[&str]| said(binary::dynalint(args).current_dir(folder));
    let (code, text, talk) = run(&project, &["rules", "new", "cost/cost-center-named"]);
    let expected = "dynalint/rules/cost-center-named.yaml is written. Its three cases hold;\n\
         change what must hold, and the cases with it.\n\n  \
         test    dynalint rules test dynalint/rules\n  \
         run     dynalint check --demo --rules dynalint/rules --rule cost-center-named\n";
    assert_eq!(
        (code, text.as_str(), talk.as_str()),
        (Some(0), expected, "")
    );
    for next in text
        .lines()
        .filter_map(|line| line.split_once("    dynalint "))
    {
        let args: Vec<&str> = next.1.split(' ').collect();
        let (code, text, talk) = run(&project, &args);
        assert_eq!(code, Some(0), "{args:?}: {text}{talk}");
    }
    // From a folder further in, it is the same folder; and nothing is written over.
    let (code, _, talk) = run(&inside, &["rules", "new", "cost/cost-center-named"]);
    assert!(
        code == Some(2) && talk.contains("dynalint/rules/cost-center-named.yaml is there already"),
        "{talk}"
    );
    let written = fs::read_to_string(project.join("dynalint/rules/cost-center-named.yaml"));
    let written = written.expect("it is there");
    assert!(
        written.contains("id: cost-center-named") && written.contains("area: cost\n"),
        "{written}"
    );
    let (code, _, _) = run(&project, &["rules", "new", "design/other", "--dir", "mine"]);
    assert!(code == Some(0) && project.join("mine/other.yaml").is_file());
}

#[test]
fn a_name_that_cannot_be_a_rules_is_refused_and_nothing_is_written() {
    let project = project("refused");
    for (name, expected) in [
        (
            "recovry/x",
            "error: no area is named \"recovry\"\n hint: did you mean \"recovery\"?\n",
        ),
        (
            "backup-on",
            "error: \"backup-on\" is not AREA/ID\n hint: as in dynalint rules new recovery/backup-every-night\n",
        ),
        (
            "cost/CostCenter_named",
            "error: \"CostCenter_named\" is not in kebab-case: a-z, 0-9, -\n hint: did you mean cost/cost-center-named?\n",
        ),
        (
            "cost/../x",
            "error: \"../x\" is not in kebab-case: a-z, 0-9, -\n hint: did you mean cost/x?\n",
        ),
        (
            "recovery/pitr-on",
            "error: a rule is named \"pitr-on\" already, in rules/recovery/pitr-on.yaml\n hint: choose another id\n",
        ),
    ] {
        let mut command = binary::dynalint(&["rules", "new", name]);
        let said = said(command.current_dir(&project));
        assert_eq!(said, (Some(2), String::new(), expected.to_owned()));
    }
    assert!(!project.join("dynalint").exists());
}

#[test]
fn a_name_that_a_rule_of_the_folder_once_had_is_taken() {
    let project = project("alias");
    let own = include_str!("../fixtures/cases/holds/stream-on.yaml");
    let own = own.replace("refs: []", "refs: []\naliases: [has-stream]");
    fs::write(project.join("stream-on.yaml"), own).expect("target is writable");
    let mut command = binary::dynalint(&["rules", "new", "design/has-stream", "--dir", "."]);
    let (code, _, talk) = said(command.current_dir(&project));
    assert_eq!(code, Some(2));
    assert!(
        talk.starts_with("error: \"has-stream\" was the name of stream-on, and finds it still"),
        "{talk}"
    );
}
