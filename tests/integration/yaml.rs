//! Our reading of YAML against an independent one.
//!
//! Rule files and configuration go through our own reader: it alone gives every node a place, shows all mistakes at once
//! and keeps `012` and `no` as text. What it reads must still be what everyone else's YAML says.

pub(crate) mod agree;
pub(crate) mod document;

use dynalint::rule::catalog::Source;
use proptest::prelude::*;

use self::agree::{Reading, agree};
use self::document::document;
use crate::binary::dynalint;
use crate::language::dice;

#[test]
fn every_rule_file_reads_as_serde_yaml_reads_it() {
    let sources: Vec<Source> = Source::builtin().collect();
    assert!(sources.len() >= 15);
    for source in sources {
        assert_eq!(agree(&source.text), Ok(Reading::Same), "{}", source.file);
    }
}

#[test]
fn what_is_read_otherwise_on_purpose_is_still_what_it_says() {
    for text in [
        "Null", "TRUE", "False", "0x1F", "0o17", "+1", ".5", ".inf", "-.INF", ".NaN",
    ] {
        assert_eq!(agree(&format!("a: {text}\n")), Ok(Reading::Same), "{text}");
    }
}

#[test]
fn a_rule_file_that_is_not_utf_8_is_told_with_the_line_where_it_stops() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("not-utf-8");
    std::fs::create_dir_all(&folder).expect("target is writable");
    std::fs::write(folder.join("r.yaml"), b"id: r\ntitle: caf\xe9\n").expect("writable");
    let folder = folder.to_str().expect("a path in UTF-8");
    let output = dynalint(&["check", "--demo", "--rules", folder]).output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(
        said.contains("r.yaml:2:11") && said.contains("save the file as UTF-8"),
        "{said}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_read_as_serde_yaml_reads_them(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
        let text = document(&bytes);
        if let Err(difference) = agree(&text) {
            prop_assert!(false, "{difference}\n{text}\n{text:?}");
        }
    }
}

#[test]
fn most_generated_documents_are_read() {
    let texts = (0..500).map(|seed| document(&dice::bytes(seed, 400)));
    let read = texts
        .filter(|text| agree(text) == Ok(Reading::Same))
        .count();
    assert!(read > 400, "{read} of 500");
}
