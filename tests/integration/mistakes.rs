//! What the program says to someone who mistypes, on the real binary: one sentence, one next step, exit code 2, and
//! nothing on stdout.

use std::fs;
use std::path::PathBuf;

use crate::binary::dynalint;

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("mistakes")
        .join(name);
    // Where an earlier run left nothing, there is nothing to remove.
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("target is writable");
    folder
}

fn said(args: &[&str]) -> String {
    let output = dynalint(args).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert_eq!(output.stdout, b"", "{args:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn a_wrong_value_is_told_with_what_is_taken() {
    for (args, expected) in [
        (
            "--width 10",
            "error: --width does not take \"10\"; it takes a number from 40 to 400\n hint: dynalint check --help\n",
        ),
        (
            "--output sarif:report",
            "error: --output does not take \"sarif:report\"; it takes json:FILE or terminal:FILE\n hint: dynalint check --help\n",
        ),
        (
            "-q -v",
            "error: --quiet does not go with --verbose\n hint: leave one of them out\n",
        ),
        (
            "--table=",
            "error: --table is empty, and no table has an empty name\n hint: as in --table 'orders-*'\n",
        ),
    ] {
        let args: Vec<&str> = ["check", "--demo"]
            .into_iter()
            .chain(args.split(' '))
            .collect();
        assert_eq!(said(&args), expected);
    }
    for (args, wanted) in [
        ("--timeout 0s", "it takes a duration such as 30s"),
        (
            "--endpoint-url 127.0.0.1:8000",
            "it takes a URL such as http://127.0.0.1:8000",
        ),
    ] {
        let args: Vec<&str> = ["check"].into_iter().chain(args.split(' ')).collect();
        let text = said(&args);
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn a_file_that_is_no_snapshot_is_told_in_words() {
    let folder = folder("snapshots");
    let healthy = include_str!("../fixtures/snapshots/healthy.json");
    let newer = healthy.replacen("\"version\": 1", "\"version\": 2", 1);
    for (name, text, expected) in [
        ("empty", "", ":1:1: not a dynalint snapshot: it is empty"),
        (
            "half",
            &healthy[..3_000],
            ": not a dynalint snapshot: it ends too early",
        ),
        ("list", "[]", "expected Snapshot with 9 elements"),
        ("bare", "{}", "missing field \"version\""),
        ("deep", &"[".repeat(20_000), ":1:1: not a dynalint snapshot"),
        (
            "newer",
            &newer,
            "snapshot version 2, this dynalint reads version 1",
        ),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).expect("target is writable");
        let text = said(&["check", path.to_str().expect("UTF-8")]);
        assert!(text.contains(expected), "{name}: {text}");
        assert!(
            !text.contains("struct") && text.contains("\n hint: "),
            "{text}"
        );
    }
    let text = said(&["check", folder.to_str().expect("UTF-8")]);
    assert!(
        text.contains("it is a folder\n hint: name one snapshot file"),
        "{text}"
    );
    let text = said(&["check", "nothing.json"]);
    assert!(
        text.starts_with("error: cannot read nothing.json: there is no such file"),
        "{text}"
    );
}

#[test]
fn rules_that_are_no_text_or_in_no_folder_are_told_in_words() {
    let folder = folder("rules");
    let file = folder.join("r.yaml");
    fs::write(&file, b"id: \xff\xfe\n").expect("target is writable");
    let text = said(&["explain", "--rules", folder.to_str().expect("UTF-8")]);
    assert!(
        text.starts_with("error: not UTF-8 text from here on\n --> ")
            && text.contains("r.yaml:1:5\n")
            && text.contains("help: save the file as UTF-8"),
        "{text}"
    );
    let text = said(&["explain", "--rules", file.to_str().expect("UTF-8")]);
    assert!(
        text.contains("it is no folder\n hint: name the folder"),
        "{text}"
    );
}

#[test]
fn a_report_that_cannot_be_written_leaves_nothing_behind() {
    let folder = folder("output");
    let path = folder.join("none/report.json");
    let text = said(&["check", "--demo", "-o", path.to_str().expect("UTF-8")]);
    assert!(
        !text.contains(".tmp") && !text.contains("os error"),
        "{text}"
    );
    assert_eq!(fs::read_dir(&folder).expect("there").count(), 0);
}

#[test]
fn a_glob_without_a_table_is_nothing_to_check_and_not_ready() {
    let healthy = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/snapshots/healthy.json"
    );
    for args in [["--table", "ordesr-*"], ["--env", "nowhere"]] {
        let output = dynalint(&["check", healthy]).args(args).output();
        let output = output.expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(4), "{text}");
        assert!(text.contains("NOTHING TO CHECK   no table"), "{text}");
    }
}

#[test]
fn the_repair_of_a_finding_is_a_command_that_can_be_pasted() {
    let folder = folder("repair");
    let path = folder.join("hostile.json");
    let text = include_str!("../fixtures/snapshots/broken.json");
    let text = text
        .replace("shop-sessions", "it's; rm -rf $HOME")
        .replace("feed-posts", "--debug");
    fs::write(&path, text).expect("target is writable");
    let output = dynalint(&["check", path.to_str().expect("UTF-8"), "-v"]).output();
    let text = String::from_utf8(output.expect("it runs").stdout).expect("UTF-8");
    let quoted = r"update-continuous-backups --table-name 'it'\''s; rm -rf $HOME' \";
    assert!(text.contains(quoted), "{text}");
    assert!(
        text.contains("update-table --table-name TABLE_NAME --deletion"),
        "{text}"
    );
    assert!(!text.contains("{{"), "{text}");
}
