//! Colours, characters and progress, as the environment and the terminal want them: the real binary, in a pipe and at a
//! terminal that the tests make.

use std::process::{Command, Stdio};

use crate::binary::dynalint;

/// What `check --demo` prints to a pipe with these variables.
fn piped(variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = dynalint(&[&["check", "--demo"], arguments].concat());
    command.envs(variables.iter().copied());
    let output = command.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Starts a program at a terminal of so many columns, and prints what that was sent.
const TERMINAL: &str = "\
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    try:
        text = os.read(terminal, 65536)
    except OSError:
        break
    if not text:
        break
    sys.stdout.buffer.write(text)
os.waitpid(pid, 0)
";

/// What it prints to a terminal.
fn at_terminal(columns: &str, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let model = dynalint(arguments);
    let mut command = Command::new("python3");
    command
        .args(["-c", TERMINAL, columns, env!("CARGO_BIN_EXE_dynalint")])
        .args(model.get_args())
        .env_clear()
        .stdin(Stdio::null());
    let inherited = ["PATH", "PYENV_ROOT", "PYENV_VERSION"];
    let inherited = inherited
        .iter()
        .filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.envs(inherited);
    for (name, value) in model.get_envs() {
        command.envs(value.map(|value| (name, value)));
    }
    let output = command
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied())
        .output();
    let output = output.expect("python3 is there");
    String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n")
}

fn has_color(text: &str) -> bool {
    text.contains("\u{1b}[")
}

#[test]
fn a_pipe_gets_no_colour_unless_it_is_forced() {
    assert!(!has_color(&piped(&[], &[])));
    for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
        assert!(has_color(&piped(&[(name, "1")], &[])), "{name}");
        for off in ["", "0", "false"] {
            assert!(!has_color(&piped(&[(name, off)], &[])), "{name}={off}");
        }
        let both = [(name, "1"), ("NO_COLOR", "1")];
        assert!(!has_color(&piped(&both, &[])), "NO_COLOR wins over {name}");
        let flag = ["--color", "never"];
        assert!(!has_color(&piped(&[(name, "1")], &flag)), "the flag wins");
    }
    let flag = ["--color", "always"];
    assert!(has_color(&piped(&[("NO_COLOR", "1")], &flag)));
}

#[test]
fn a_terminal_gets_colour_unless_it_knows_none() {
    let check = ["check", "--demo"];
    let at = |variables: &[(&str, &str)]| has_color(&at_terminal("100", variables, &check));
    assert!(at(&[]));
    // An empty variable is none.
    assert!(at(&[("NO_COLOR", "")]));
    assert!(!at(&[("NO_COLOR", "1")]));
    assert!(!at(&[("TERM", "dumb")]));
    assert!(at(&[("TERM", "dumb"), ("FORCE_COLOR", "1")]));
}

#[test]
fn the_terminal_says_how_wide_it_is_up_to_120_columns() {
    let variables = [("NO_COLOR", "1")];
    for (columns, widest) in [("60", 60), ("90", 90), ("300", 120)] {
        let text = at_terminal(
            columns,
            &variables,
            &["check", "--demo", "--group-by", "table"],
        );
        // A word alone on its line is never broken.
        let lines = text.lines().filter(|line| line.trim().contains(' '));
        let longest = lines.map(|line| line.chars().count()).max();
        assert_eq!(longest, Some(widest), "{text}");
    }
}

#[test]
fn without_utf8_everything_is_ascii() {
    let ascii = |locale: &str, arguments: &[&str]| {
        let output = dynalint(arguments).env("LC_ALL", locale).output();
        let output = output.expect("the binary runs");
        assert!(output.stdout.is_ascii(), "{locale} {arguments:?}");
        assert!(output.stderr.is_ascii(), "{locale} {arguments:?}");
    };
    for locale in ["POSIX", "de_DE.ISO-8859-1", ""] {
        ascii(locale, &["check", "--dry-run"]);
    }
    for arguments in [
        &["check", "--demo"][..],
        &["check", "--demo", "-v"],
        &["check", "--demo", "--group-by", "area"],
        &["explain"],
        &["explain", "pitr-on"],
        &["explain", "recovery"],
        &["explain", "language"],
        &["explain", "facts"],
        &["attest", "--list"],
        &["waive", "--list"],
        &["check", "--dry-run"],
        &["doctor"],
        &["check", "no-such-file"],
    ] {
        ascii("C", arguments);
    }
    // The first variable that is set decides.
    let utf8 = [("LC_ALL", "C.UTF-8"), ("LANG", "C")];
    assert!(!piped(&utf8, &[]).is_ascii());
    let ascii = [("LC_ALL", ""), ("LC_CTYPE", "C"), ("LANG", "C.UTF-8")];
    assert!(piped(&ascii, &[]).is_ascii());
}

#[test]
fn what_is_no_utf8_is_named() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let odd = OsStr::from_bytes(b"shop-\xff");
    let output = dynalint(&["check", "--demo", "--table"]).arg(odd).output();
    let output = output.expect("the binary runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        said.starts_with("error: \"shop-\u{fffd}\" is no UTF-8\n"),
        "{said}"
    );
    // A file may have such a name.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(odd);
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/snapshot.json");
    std::fs::copy(demo, &path).expect("writable");
    let output = dynalint(&["check", "-q"]).arg(&path).output();
    assert_eq!(output.expect("the binary runs").status.code(), Some(1));
}

#[test]
fn a_reader_that_goes_is_a_quiet_end() {
    let binary = env!("CARGO_BIN_EXE_dynalint");
    let script = format!("{binary} check --demo --show all | head -n 1; echo ${{PIPESTATUS[0]}}");
    let output = Command::new("bash").args(["-c", &script]).output();
    let output = output.expect("bash is there");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.starts_with("dynalint ") && said.ends_with("\n1\n"),
        "{said}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_goes_where_an_open_file_is_and_a_plain_file_in_dev_is_one() {
    let folder = tempfile::Builder::new()
        .tempdir_in("/dev/shm")
        .expect("memory is a place for files");
    let report = folder.path().join("report.json");
    let check = |target: &str| {
        let mut run = dynalint(&["check", "--demo", "--rule", "pitr-on", "-q", "-o", target]);
        run.output().expect("runs")
    };
    let target = format!("json:{}", report.display());
    for before in [None, Some("x".repeat(1_000_000))] {
        if let Some(text) = before {
            std::fs::write(&report, text).expect("writable");
        }
        let ran = check(&target);
        assert_eq!(
            ran.status.code(),
            Some(1),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        let text = std::fs::read_to_string(&report).expect("is there");
        serde_json::from_str::<serde_json::Value>(&text).expect("whole, and nothing behind it");
    }
    let open = folder.path().join("stdout");
    let stdout = std::fs::File::create(&open).expect("writable");
    let mut run = dynalint(&[
        "check",
        "--demo",
        "--rule",
        "pitr-on",
        "-q",
        "-o",
        "json:/dev/stdout",
    ]);
    let ran = run.stdout(stdout).status().expect("runs");
    assert_eq!(ran.code(), Some(1));
    let text = std::fs::read_to_string(&open).expect("is there");
    // The verdict goes there too, and to its beginning; what was opened is still what is there.
    assert!(text.contains("\"results\": ["), "{text}");
}
