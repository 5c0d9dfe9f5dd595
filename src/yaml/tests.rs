//! What YAML readers promise.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read, not used")]
struct Thing {
    title: String,
    #[serde(default)]
    severity: Option<Level>,
    #[serde(default)]
    count: Option<u32>,
    #[serde(default)]
    inner: Option<Inner>,
    #[serde(default)]
    any: Option<Tree>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "read, not used")]
struct Inner {
    name: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    High,
    Low,
}

fn errors(text: &str) -> Vec<String> {
    let start = Instant::now();
    let errors = read::<Thing>("f.yaml", text).expect_err("wrong");
    assert!(start.elapsed() < Duration::from_secs(2), "too slow");
    for error in &errors {
        assert!(!error.render().is_empty());
    }
    errors.iter().map(ToString::to_string).collect()
}

fn title(text: &str) -> String {
    let text = format!("title: {text}\n");
    read::<Thing>("f.yaml", &text).expect("reads").value.title
}

#[test]
fn a_mistake_has_its_place_and_what_may_have_been_meant() {
    for (text, expected) in [
        ("", "f.yaml:1:1: file is empty"),
        ("# only a comment\n", "f.yaml:1:1: file is empty"),
        (
            "title: a\n\tcount: 1\n",
            "f.yaml:1:8: not valid YAML: while scanning a plain scalar, found a tab",
        ),
        (
            "title: a\nserverity: high\n",
            "f.yaml:2:1: unknown field \"serverity\", did you mean \"severity\"?",
        ),
        (
            "title: a\nseverity: hihg\n",
            "f.yaml:2:11: unknown word \"hihg\", did you mean \"high\"?",
        ),
        (
            "title: a\ntitle: b\n",
            "f.yaml:2:1: duplicate key \"title\"",
        ),
        ("count: 1\n", "f.yaml:1:1: missing field \"title\""),
        (
            "title: a\ninner:\n  nam: x\n",
            "f.yaml:3:3: unknown field \"nam\", did you mean \"name\"?",
        ),
        ("title: [a]\n", "f.yaml:1:8: expected text, found a list"),
        ("title: ~\n", "f.yaml:1:8: expected text, found nothing"),
        ("title:\n", "expected text, found nothing"),
        (
            "title: a\ncount: many\n",
            "f.yaml:2:8: expected a whole number from 0, found \"many\"",
        ),
        (
            "title: a\ncount: -1\n",
            "f.yaml:2:8: expected a whole number from 0, found -1",
        ),
        ("title: a\n---\ntitle: b\n", "f.yaml:2:1: a second document"),
        ("title: &a x\n", "anchors are not allowed"),
        ("title: *a\n", "f.yaml:1:8: aliases are not allowed"),
        ("title: !!str x\n", "tags are not allowed"),
        ("title: a\n? [b]\n: c\n", "a key must be text"),
        (
            "- a\n",
            "f.yaml:1:1: expected a map of fields, found a list",
        ),
    ] {
        let all = errors(text);
        assert!(all[0].contains(expected), "{text:?} gives {all:?}");
    }
}

#[test]
fn every_wrong_value_is_told_at_once_wherever_it_stands() {
    let text = "count: many\nseverity: hihg\ninner: { nmae: x }\nother: 1\n";
    assert_eq!(
        errors(text),
        [
            "f.yaml:1:1: missing field \"title\"",
            "f.yaml:1:8: expected a whole number from 0, found \"many\"",
            "f.yaml:2:11: unknown word \"hihg\", did you mean \"high\"?",
            "f.yaml:3:10: unknown field \"nmae\", did you mean \"name\"?",
            "f.yaml:4:1: unknown field \"other\", known: title, severity, count, inner, any",
        ]
    );
}

#[test]
fn what_is_read_past_a_mistake_is_given_only_where_no_value_is_made_up() {
    let of = |text: &str| super::read_anyway::<Thing>("f.yaml", text).0.is_some();
    assert!(of("title: a\nunlike: 1\n"));
    assert!(!of("title: a\nserverity: high\n"));
    assert!(!of("title: a\nseverity: hihg\n"));
    assert!(!of("count: 1\n"));
}

#[test]
fn a_hundred_mistakes_end() {
    let text = (0..100).map(|at| format!("- {{ count: x{at} }}\n"));
    let text: String = text.collect();
    let found = read::<Vec<Thing>>("f.yaml", &text).expect_err("wrong");
    assert!((32..=64).contains(&found.len()), "{}", found.len());
}

#[test]
fn what_readers_of_yaml_take_differently_is_refused_at_its_place() {
    for (text, expected) in [
        (
            "title: a\0b\n",
            "1:9: the control character U+0000 is not allowed",
        ),
        (
            "title: a\ncount: 1\n\0junk: 1\n",
            "3:1: the control character U+0000",
        ),
        (
            "title: 'é\u{1b}[31m'\n",
            "1:10: the control character U+001B",
        ),
        ("title: a\u{9f}\n", "1:9: the control character U+009F"),
        ("title: a\u{2028}b\n", "1:9: the line separator U+2028"),
        ("title: a\u{85}b\n", "1:9: the line separator U+0085"),
        ("title: a\u{fffe}\n", "1:9: the character U+FFFE"),
        ("title: a\rcount: 1\r", "1:9: a line ends in CR alone"),
        ("\u{feff}\u{feff}title: a\n", "1:1: a byte order mark"),
        ("title: '\u{feff}'\n", "1:9: a byte order mark"),
        (
            "# c\n%YAML 1.1\n---\ntitle: a\n",
            "2:1: directives are not allowed",
        ),
        ("%FOO\n---\ntitle: a\n", "1:1: directives are not allowed"),
        (
            "title: a\nany: [b\n%c]\n",
            "3:1: directives are not allowed",
        ),
        ("\ttitle: a\n", "1:1: a tab is no indentation"),
        ("---\n  \ttitle: a\n", "2:1: a tab is no indentation"),
        (
            "title: a\nany:\n\tx: 1\n",
            "3:2: not valid YAML: tabs disallowed",
        ),
        (
            "title: a\n<<: {count: 1}\n",
            "2:1: merge keys are not allowed",
        ),
        (
            "title: a\nany: {<<: {a: 1}}\n",
            "2:7: merge keys are not allowed",
        ),
        (
            "title: a\nany: {b\n  c: 1}\n",
            "2:7: a key must stand on one line",
        ),
        (": a\n", "1:1: a key is missing before \":\""),
    ] {
        let all = errors(text);
        let expected = format!("f.yaml:{expected}");
        assert!(all[0].starts_with(&expected), "{text:?} gives {all:?}");
    }
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_neither_text_nor_places() {
    assert_eq!(title("|\r\n  a\r\n  b"), "a\nb\n");
    for mark in ["", "\u{feff}"] {
        let text = format!("{mark}title: a\r\nseverity: hihg\r\n");
        let error = &read::<Thing>("f.yaml", &text).expect_err("wrong")[0];
        assert_eq!((error.line, error.column), (2, 11));
        assert_eq!(error.source_line, "severity: hihg");
        let text = format!("{mark}titel: a\r\n");
        let error = &read::<Thing>("f.yaml", &text).expect_err("wrong")[0];
        assert_eq!((error.line, error.column), (1, 1), "{text:?}");
        assert_eq!(error.source_line, "titel: a");
    }
}

#[test]
fn a_file_that_is_no_text_is_told_with_the_place_where_it_stops_being_one() {
    let read = |bytes: &[u8]| text("f.yaml", bytes).expect("readable");
    assert_eq!(read("é: 1\n".as_bytes()), Ok("é: 1\n".to_owned()));
    let error = read(b"a: 1\n\xc3\xa9: x\xff\n").expect_err("not UTF-8");
    assert_eq!(
        error.to_string(),
        "f.yaml:2:5: not UTF-8 text from here on, save the file as UTF-8"
    );
    assert!(error.render().contains("2 | é: x"), "{}", error.render());
    let error = text("f.yaml", io::repeat(b'x'))
        .expect("readable")
        .expect_err("endless");
    assert_eq!(error.to_string(), "f.yaml:1:1: file is larger than 1024 KB");
}

#[test]
fn all_unknown_fields_are_told_at_once() {
    let all = errors("title: a\nfoo: 1\nbar: 2\ninner: {name: x, baz: 3}\n");
    assert_eq!(all.len(), 3, "{all:?}");
}

#[test]
fn hostile_files_end_in_an_error() {
    let mut bomb = String::from("title: a\nany:\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for level in 1..30 {
        let before = level - 1;
        bomb += &format!("  a{level}: &a{level} [*a{before},*a{before},*a{before}]\n");
    }
    assert!(errors(&bomb)[0].contains("anchors are not allowed"));
    assert!(errors(&"[".repeat(20_000))[0].contains("nested deeper than 64 levels"));
    assert!(errors(&"{a: ".repeat(20_000))[0].contains("nested deeper than 64 levels"));
    assert!(errors(&"- ".repeat(20_000))[0].contains("nested deeper than 64 levels"));
    assert!(errors(&"x".repeat(2 << 20))[0].contains("larger than 1024 KB"));
}

#[test]
fn text_stays_what_the_user_wrote() {
    for text in [
        "no",
        "012",
        "001234567890",
        "1_000",
        "1e3",
        "0x1F",
        "2020-01-01",
        "1.0",
    ] {
        assert_eq!(title(text), text);
    }
    assert_eq!(title("'~'"), "~");
    assert_eq!(title("\"null\""), "null");
    assert_eq!(title("true"), "true");
}

#[test]
fn a_tree_takes_only_json_numbers_and_words_for_more_than_text() {
    let text = "title: a\nany: [1, 1.5, 012, 1_000, no, true, ~, null, '1', -3]\n";
    let read = read::<Thing>("f.yaml", text).expect("reads");
    let expected = serde_json::json!([1, 1.5, "012", "1_000", "no", true, null, null, "1", -3]);
    assert_eq!(read.value.any.expect("there").as_json(), &expected);
}

#[test]
fn a_number_is_the_nearest_one_to_its_digits() {
    for digits in [
        "12345678901234567894567890",
        "0.1",
        "8888888888888888888888888885",
        "1e23",
    ] {
        let text = format!("title: a\nany: {digits}\n");
        let read = read::<Thing>("f.yaml", &text).expect("reads");
        let number = read.value.any.expect("there").as_json().as_f64();
        assert_eq!(number, digits.parse().ok());
    }
}

#[test]
fn a_place_inside_a_text_is_found_in_every_style() {
    for (text, line, column) in [
        ("title: ab XX\n", 1, 11),
        ("title: 'it''s XX'\n", 1, 15),
        ("title: \"a\\n\\u0041 XX\"\n", 1, 19),
        ("title: |\n  one\n  two XX\n", 3, 7),
        ("title: |\n  é XX\n", 2, 5),
        ("title: |\n\n\n  a\n   XX\n", 5, 4),
        ("title: |2-\n    XX\n", 2, 5),
        ("title: one\n  two XX\n", 2, 7),
        ("title: >\n  one\n  two XX\n", 3, 7),
    ] {
        let read = read::<Thing>("f.yaml", text).expect("reads");
        let offset = read.value.title.find("XX").expect("there");
        let error = read.spans.error_in("title", offset, offset + 2, "wrong");
        assert_eq!((error.line, error.column), (line, column), "{text:?}");
    }
}

#[test]
fn the_rendering_shows_the_line_and_a_caret() {
    let errors = read::<Thing>("f.yaml", "title: a\nserverity: high\n").expect_err("wrong");
    let expected = "\
error: unknown field \"serverity\"
 --> f.yaml:2:1
  |
2 | serverity: high
  | ^^^^^^^^^
  |
  = help: did you mean \"severity\"?";
    assert_eq!(errors[0].render(), expected);
}

#[test]
fn long_lines_and_files_without_text_render() {
    let long = format!("title: a\nx: [{}\"é\": 1]\n", "aé, ".repeat(200));
    let errors = read::<Thing>("f.yaml", &long).expect_err("wrong");
    assert!(
        errors[0]
            .render()
            .lines()
            .all(|line| line.chars().count() < 200)
    );
    let error = SourceError::of_file("f.yaml", "not UTF-8");
    assert!(
        error
            .render()
            .starts_with("error: not UTF-8\n --> f.yaml:1:1"),
        "{}",
        error.render()
    );
    assert_eq!(error.to_string(), "f.yaml:1:1: not UTF-8");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let all = errors("title: a\n\"\\e[31m\": x\n");
    assert!(!all[0].contains('\u{1b}'), "{all:?}");
}

#[test]
fn places_are_found_by_path() {
    let text = "title: a\ninner:\n  name: b\nany:\n  - x\n  - y: 1\n";
    let spans = read::<Thing>("f.yaml", text).expect("reads").spans;
    assert_eq!(spans.at("inner.name"), (3, 9));
    assert_eq!(spans.at("any.1.y"), (6, 8));
    assert_eq!(spans.at("inner.nothing"), (3, 3));
    let key = spans.key_error("inner.name", "x");
    assert_eq!((key.line, key.column, key.width), (3, 3, 4));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", lines in proptest::collection::vec("[ \\-:a\\[\\]{}\"'|>\t&*!#,?~\n]{0,12}", 0..12)) {
        let _ = read::<Thing>("f.yaml", &text);
        let _ = read::<Thing>("f.yaml", &lines.join("\n"));
    }
}
