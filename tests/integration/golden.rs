//! Screens and files that are compared whole: `UPDATE=1 cargo test` writes them anew.

use std::fs;
use std::path::Path;

/// Compares a text with `tests/golden/PATH`, the digest of our own rules aside: each of their edits changes it.
#[track_caller]
pub(crate) fn assert_golden(path: &str, text: &str) {
    let text = without_digest(text);
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(path);
    if std::env::var_os("UPDATE").is_some() {
        let folder = file.parent().expect("a golden file has a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(&file, &text).expect("the file can be written");
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        golden == text,
        "{path} differs; UPDATE=1 cargo test writes it anew, git diff shows it\n{}",
        first_difference(&golden, &text)
    );
}

/// The text with `sha256:RULES` for each digest of rules, whatever it is quoted with.
fn without_digest(text: &str) -> String {
    const PREFIX: &str = "sha256:";
    let mut parts = text.split("rules_digest");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked += "rules_digest";
        let digest = part.find(PREFIX).map(|at| at + PREFIX.len());
        match digest.and_then(|start| Some((start, part.get(start..start + 64)?))) {
            Some((start, digits)) if digits.chars().all(|c| c.is_ascii_hexdigit()) => {
                masked = masked + &part[..start] + "RULES" + &part[start + 64..];
            }
            Some(_) | None => masked += part,
        }
    }
    masked
}

fn first_difference(golden: &str, text: &str) -> String {
    let mut pairs = golden.lines().zip(text.lines()).enumerate();
    match pairs.find(|(_, (golden, text))| golden != text) {
        Some((at, (golden, text))) => format!("line {}\n- {golden}\n+ {text}", at + 1),
        None => format!(
            "{} lines, {} wanted",
            text.lines().count(),
            golden.lines().count()
        ),
    }
}
