//! What editing promises: one item more or less, and every other byte as it was.

use proptest::prelude::*;

use super::*;

const ITEM: &str = "rule: new\non: { table: \"b-*\" }\n";

fn added(text: &str) -> String {
    append("w.yaml", text, "waivers", ITEM).expect("can be edited")
}

fn removed(text: &str, index: usize) -> String {
    remove("w.yaml", text, "waivers", index).expect("can be edited")
}

fn refusal(edited: Result<String, Vec<SourceError>>) -> String {
    let errors = edited.expect_err("cannot be edited");
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn an_empty_file_gets_its_version_and_its_key() {
    let whole = "version: 1\nwaivers:\n  - rule: new\n    on: { table: \"b-*\" }\n";
    assert_eq!(added(""), whole);
    assert_eq!(added("# ours\n"), format!("# ours\n{whole}"));
    assert_eq!(added("# ours"), format!("# ours\n{whole}"));
    assert_eq!(
        added("# ours\r\n"),
        format!("# ours\r\n{}", whole.replace('\n', "\r\n"))
    );
}

#[test]
fn a_missing_key_comes_last_and_an_empty_list_is_filled() {
    let new = "  - rule: new\n    on: { table: \"b-*\" }\n";
    for (before, head, tail) in [
        ("version: 1\n", "version: 1\nwaivers:\n", ""),
        ("version: 1\n...\n", "version: 1\nwaivers:\n", "...\n"),
        ("version: 1\nwaivers: []\n", "version: 1\nwaivers:\n", ""),
        (
            "waivers: []  # none\na: 1\n",
            "waivers:  # none\n",
            "a: 1\n",
        ),
        (
            "waivers:\n  # none\na: 1\n",
            "waivers:\n",
            "  # none\na: 1\n",
        ),
        ("waivers: null\n", "waivers:\n", ""),
        ("\"waivers\" : ~\n", "\"waivers\" :\n", ""),
    ] {
        assert_eq!(added(before), format!("{head}{new}{tail}"), "{before}");
    }
    assert_eq!(
        added("version: 1"),
        format!("version: 1\nwaivers:\n{}", new.trim_end())
    );
    assert_eq!(
        added("\u{feff}a: 1\n"),
        format!("\u{feff}a: 1\nwaivers:\n{new}")
    );
    assert_eq!(
        added("  a: 1\n"),
        "  a: 1\n  waivers:\n    - rule: new\n      on: { table: \"b-*\" }\n"
    );
}

#[test]
fn an_item_is_written_as_the_others_are() {
    for (before, new) in [
        (
            "waivers:\n- rule: a\n",
            "- rule: new\n  on: { table: \"b-*\" }\n",
        ),
        (
            "waivers:\n    -   rule: a\n",
            "    -   rule: new\n        on: { table: \"b-*\" }\n",
        ),
        (
            "waivers:\n  - rule: a\n\n  - rule: b\n",
            "\n  - rule: new\n    on: { table: \"b-*\" }\n",
        ),
        (
            "waivers:\n  -\n    rule: a\n",
            "  - rule: new\n    on: { table: \"b-*\" }\n",
        ),
        (
            "waivers:\r\n  - rule: a\r\n",
            "  - rule: new\r\n    on: { table: \"b-*\" }\r\n",
        ),
    ] {
        assert_eq!(added(before), format!("{before}{new}"), "{before}");
        let cut = before.trim_end();
        assert_eq!(added(cut), format!("{before}{new}").trim_end(), "{cut}");
    }
}

#[test]
fn what_follows_the_list_stays_behind_it() {
    let new = "  - rule: new\n    on: { table: \"b-*\" }\n";
    for (head, tail) in [
        ("waivers:\n  - rule: a # why\n", "\n# of a\na: 1\n"),
        ("waivers:\n  - rule: a\n    # deeper\n", "  # outer\na: 1\n"),
        ("waivers:\n  - note: |\n      a\n      # text\n", "a: 1\n"),
        ("waivers:\n  - note: |+\n      a\n\n", "a: 1\n"),
        ("waivers:\n  - note: \"a\n\n      # b\"\n", "# end\n"),
    ] {
        let before = format!("{head}{tail}");
        assert_eq!(added(&before), format!("{head}{new}{tail}"), "{before}");
    }
}

#[test]
fn an_item_goes_with_the_comments_directly_above_it() {
    let text = "# top\nversion: 1\nwaivers:\n  # of a\n  - rule: a\n    # in a\n\n  # apart\n\n  # of b\n  # too\n  - rule: b\n  - rule: c # c\n\n# end\nx: 1\n";
    assert_eq!(
        removed(text, 0),
        text.replace("  # of a\n  - rule: a\n    # in a\n", "")
    );
    assert_eq!(
        removed(text, 1),
        text.replace("  # of b\n  # too\n  - rule: b\n", "")
    );
    assert_eq!(removed(text, 2), text.replace("  - rule: c # c\n", ""));
}

#[test]
fn the_last_item_leaves_an_empty_list() {
    for (text, left) in [
        ("waivers:\n  - rule: a\n", "waivers: []\n"),
        (
            "waivers: # ours\r\n- rule: a\r\nx: 1\r\n",
            "waivers: [] # ours\r\nx: 1\r\n",
        ),
        ("waivers:\n  - rule: a", "waivers: []"),
    ] {
        assert_eq!(removed(text, 0), left);
        assert!(parse(&Source::new("", left)).is_ok());
    }
}

#[test]
fn two_blank_lines_do_not_stay_where_an_item_stood_between_them() {
    let text = "waivers:\n  - rule: a\n\n  - rule: b\n\n  - rule: c\n";
    let left = "waivers:\n  - rule: a\n\n  - rule: c\n";
    assert_eq!(removed(text, 1), left);
    assert_eq!(removed(left, 1), "waivers:\n  - rule: a\n");
}

#[test]
fn what_cannot_be_edited_is_refused_with_its_place() {
    let add = |text: &str| refusal(append("w.yaml", text, "waivers", ITEM));
    assert_eq!(
        add("waivers: [{rule: a}]\n"),
        "w.yaml:1:10: a list in brackets, which cannot be edited, write each item on lines of its own, behind a dash"
    );
    assert_eq!(
        add("{version: 1, waivers: []}\n"),
        "w.yaml:1:14: an item cannot be added without touching the rest of the file, edit it by hand"
    );
    assert_eq!(
        add("waivers: none\n"),
        "w.yaml:1:10: \"waivers\" must be a list"
    );
    assert_eq!(add("- a\n"), "w.yaml:1:1: expected a map of fields");
    assert!(add("waivers: [\n").contains("not valid YAML"));
    assert!(add("waivers: []\nwaivers: []\n").contains("duplicate key"));
    let take = |text: &str, index| refusal(remove("w.yaml", text, "waivers", index));
    assert_eq!(
        take("waivers:\n  - a\n", 1),
        "w.yaml:1:1: \"waivers\" has no item 2"
    );
    assert_eq!(take("a: 1\n", 0), "w.yaml:1:1: \"waivers\" has no item 1");
    assert!(take("waivers: [a, b]\n", 0).contains("a list in brackets"));
}

#[test]
fn a_block_that_is_no_yaml_is_refused() {
    let refused = refusal(append("w.yaml", "", "waivers", "a: [\n"));
    assert!(refused.contains("not valid YAML"), "{refused}");
}

#[test]
fn plain_words_stay_plain_and_the_rest_is_quoted() {
    for (text, quoted) in [
        ("team-shop", "team-shop"),
        ("Maria B. <m@example.com>", "\"Maria B. <m@example.com>\""),
        ("m@example.com", "m@example.com"),
        ("shop-*", "\"shop-*\""),
        ("No", "\"No\""),
        ("001234567890", "\"001234567890\""),
        ("", "\"\""),
        ("say \"no\"\n\\", "\"say \\\"no\\\"\\n\\\\\""),
        ("a: b # c", "\"a: b # c\""),
    ] {
        assert_eq!(quote(text), quoted);
    }
}

/// Files as people write them: items of several kinds, comments and blank lines between them, keys around the list.
fn files() -> impl Strategy<Value = (String, usize)> {
    let item = prop::sample::select(vec![
        "- rule: a\n  on: { table: x }\n",
        "- rule: a # why\n  # deeper\n  on:\n    table: x\n",
        "-   note: |\n      one\n\n      # two\n    rule: a\n",
        "- note: >-\n    one\n    two\n",
        "- note: \"one\n\n    # two\"\n",
        "- note: one\n    two\n",
        "- - a\n  - b\n",
        "- a\n",
        "-\n  rule: a\n",
        "- # why\n  rule: a\n",
    ]);
    let between = prop::sample::select(vec![
        "",
        "",
        "\n",
        "# c\n",
        "\n# c\n",
        "# c\n\n",
        "    # c\n",
    ]);
    let head = prop::sample::select(vec!["", "# top\nversion: 1\n", "---\nversion: 1\n\n"]);
    let tail = prop::sample::select(vec![
        "",
        "x: 1\n",
        "\n# of x\nx: 1\n",
        "\n",
        "# end\n",
        "...\n",
    ]);
    let items = prop::collection::vec((between, item), 0..5);
    let parts = (head, items, tail, 0..4_usize, any::<bool>(), any::<bool>());
    parts.prop_map(|(head, items, tail, dash, crlf, open)| {
        let count = items.len();
        let mut text = format!("{head}waivers:{}\n", if count == 0 { " []" } else { "" });
        for (between, item) in items {
            for line in between.lines().chain(item.lines()) {
                match line.is_empty() {
                    true => text.push('\n'),
                    false => text += &format!("{:dash$}{line}\n", ""),
                }
            }
        }
        text += tail;
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let kept = if open { text.trim_end() } else { &text };
        (kept.to_owned(), count)
    })
}

fn items(text: &str) -> Vec<Shape> {
    let root = parse(&Source::new("", text)).expect("a right file");
    match Shape::of(&root) {
        Shape::Map(entries) => entries
            .into_iter()
            .find_map(|(key, value)| match value {
                Shape::List(items) if key == "waivers" => Some(items),
                Shape::Scalar(..) | Shape::List(_) | Shape::Map(_) => None,
            })
            .expect("a list"),
        Shape::Scalar(..) | Shape::List(_) => panic!("a map"),
    }
}

/// The lines of `less` are lines of `more`, in their order.
fn is_part(less: &str, more: &str) -> bool {
    let mut rest = more.lines();
    less.lines().all(|line| rest.any(|other| other == line))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn an_added_item_is_all_that_is_new((text, count) in files()) {
        let edited = append("w.yaml", &text, "waivers", ITEM);
        prop_assert!(edited.is_ok(), "{text}\n{edited:?}");
        let edited = edited.expect("just looked");
        prop_assert_eq!(items(&edited).len(), count + 1);
        prop_assert_eq!(&items(&edited)[..count], &items(&text)[..]);
        prop_assert_eq!(edited.ends_with('\n'), text.ends_with('\n'));
        let ends = edited.matches('\n').count();
        prop_assert_eq!(edited.matches("\r\n").count(), if text.contains('\r') { ends } else { 0 });
        if count > 0 {
            prop_assert!(is_part(&text, &edited), "{text}\n{edited}");
        }
    }

    #[test]
    fn a_removed_item_is_all_that_is_gone((text, count) in files(), index in any::<prop::sample::Index>()) {
        prop_assume!(count > 0);
        let index = index.index(count);
        let edited = remove("w.yaml", &text, "waivers", index);
        prop_assert!(edited.is_ok(), "{text}\n{edited:?}");
        let edited = edited.expect("just looked");
        let mut left = items(&text);
        left.remove(index);
        prop_assert_eq!(items(&edited), left);
        prop_assert_eq!(edited.ends_with('\n'), text.ends_with('\n'));
        if count > 1 {
            prop_assert!(is_part(&edited, &text), "{text}\n{edited}");
        }
    }

    #[test]
    fn what_was_added_can_be_removed_again((text, count) in files()) {
        prop_assume!(count > 0);
        let edited = added(&text);
        prop_assert_eq!(items(&removed(&edited, count)), items(&text));
    }

    #[test]
    fn a_quoted_text_reads_back_letter_by_letter(text in "(\\PC|[\\x00-\\x20\u{7f}-\u{a0}\u{2028}\u{feff}\u{ffff}#:\"'\\\\]){0,12}") {
        let line = format!("a: {}\n", quote(&text));
        let read: std::collections::BTreeMap<String, String> =
            crate::yaml::read("w.yaml", &line).expect("a right file").value;
        prop_assert_eq!(&read["a"], &text);
        let other: std::collections::BTreeMap<String, serde_yaml::Value> =
            serde_yaml::from_str(&line).expect("a right file");
        prop_assert_eq!(other["a"].as_str(), Some(&*text));
    }

    #[test]
    fn no_file_makes_it_panic(text in "\\PC*", lines in prop::collection::vec("[ \\-:aw\\[\\]{}\"'|>\t&*!#,?~\u{a0}\u{feff}]{0,8}", 0..8)) {
        let lines = format!("waivers:\n{}", lines.join("\n"));
        for text in [text, lines] {
            let _ = append("w.yaml", &text, "waivers", ITEM);
            let _ = remove("w.yaml", &text, "waivers", 0);
        }
    }
}
