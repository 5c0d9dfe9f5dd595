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
