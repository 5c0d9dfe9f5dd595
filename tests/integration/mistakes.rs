//! What the program says to someone who mistypes, on the real binary: one sentence, one next step, exit code 2, and
//! nothing on stdout.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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
            "--output pdf:report",
            "error: --output does not take \"pdf:report\"; it takes a format before the colon: terminal, json, jsonl, sarif, junit, github, gitlab, markdown, html, csv, ocsf\n hint: dynalint check --help\n",
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
    fs::write(&file, b"id: r\narea: \xff\xfe\n").expect("target is writable");
    let text = said(&["explain", "--rules", folder.to_str().expect("UTF-8")]);
    assert!(
        text.starts_with("error: not UTF-8 text from here on\n --> ")
            && text.contains("r.yaml:2:7\n")
            && text.contains("help: save the file as UTF-8"),
        "{text}"
    );
    let text = said(&["explain", "--rules", file.to_str().expect("UTF-8")]);
    assert!(
        text.contains("it is no folder\n hint: name the folder"),
        "{text}"
    );
}

/// A server on loopback that takes connections, says nothing, and counts them.
struct Counting {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Counting {
    fn start() -> Counting {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        // It ends with the test's process.
        thread::spawn(move || {
            for connection in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
                drop(connection);
            }
        });
        Counting { url, calls }
    }

    /// A live check with a folder of rules: everything that a call needs is there.
    fn check(&self, rules: &Path) -> (Option<i32>, String, String) {
        let rules = rules.to_str().expect("UTF-8");
        let output = dynalint(&["check", "--rules", rules, "--region", "eu-west-1"])
            .args(["--endpoint-url", &self.url, "--timeout", "5s"])
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .output()
            .expect("it runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[test]
fn a_typo_in_a_rule_of_ones_own_stops_a_check_before_any_call() {
    let server = Counting::start();
    let folder = folder("own-rules");
    let good = include_str!("../fixtures/cases/holds/stream-on.yaml");
    let write = |name: &str, text: String| {
        fs::create_dir_all(folder.join("inner")).expect("target is writable");
        fs::write(folder.join(name), text).expect("target is writable");
    };
    write(
        "stream-on.yaml",
        good.replace("table.stream", "table.straem"),
    );
    let other = good.replace("id: stream-on", "id: other");
    write(
        "inner/other.yaml",
        other.replace("severity: low", "serverity: low"),
    );
    let (code, out, text) = server.check(&folder);
    assert_eq!((code, out.as_str(), server.calls()), (Some(2), "", 0));
    for said in [
        "stream-on.yaml:8:15",
        "= help: did you mean \"stream\"?",
        "other.yaml:4:1",
        "= help: did you mean \"severity\"?",
        " hint: repair these 2 and run again; no call was made\n",
    ] {
        assert!(text.contains(said), "{said} is missing in {text}");
    }
    // Without the typos the same command does call, so that the count above says something.
    if cfg!(feature = "live") {
        write("stream-on.yaml", good.to_owned());
        write("inner/other.yaml", other);
        let (_, _, text) = server.check(&folder);
        assert!(server.calls() > 0, "{text}");
    }
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
    let quoted = r"--table-name 'it'\''s; rm -rf $HOME' \";
    assert!(text.contains(quoted), "{text}");
    assert!(
        text.contains("update-table --region eu-west-1 --table-name TABLE_NAME"),
        "{text}"
    );
    assert!(!text.contains("{{"), "{text}");
}
