//! What loading rules promises: everything that is wrong is told, with its place and what may have been meant.

mod lets;

use super::catalog::{Catalog, Source};
use super::*;
use crate::snapshot::Region;
use crate::snapshot::iam::Iam;
use crate::snapshot::table::Table;

pub(crate) const ROOTS: Roots = Roots {
    account: Region::TYPE,
    table: Table::TYPE,
    iam: Iam::TYPE,
};

fn source(file: &str, text: &str) -> Source {
    Source {
        file: file.to_owned(),
        text: text.to_owned(),
        is_builtin: false,
    }
}

/// A rule file with these lines in place of its own.
pub(crate) fn rule_text(changes: &[(&str, &str)]) -> String {
    let mut lines = vec![
        ("id", "id: r"),
        ("area", "area: design"),
        ("title", "title: T"),
        ("severity", "severity: low"),
        ("since", "since: 0.1.0"),
        ("for_each", "for_each: table"),
        ("applies_when", ""),
        ("params", ""),
        ("assert", "assert: table.deletion_protection"),
        ("message", "message: m"),
        ("why", "why: w"),
        ("fix", "fix: {}"),
        ("refs", "refs: []"),
        ("rest", ""),
    ];
    for (key, line) in changes {
        let found = lines.iter_mut().find(|(name, _)| name == key);
        found.expect("a line of the rule").1 = line;
    }
    let lines: Vec<&str> = lines
        .into_iter()
        .map(|(_, line)| line)
        .filter(|line| !line.is_empty())
        .collect();
    lines.join("\n")
}

fn errors_of(text: &str) -> Vec<String> {
    let (_, errors) = Catalog::load([source("r.yaml", text)], &ROOTS);
    errors.iter().map(ToString::to_string).collect()
}

fn errors(changes: &[(&str, &str)]) -> Vec<String> {
    errors_of(&rule_text(changes))
}

/// The errors of a condition about tables, without file and line; the column counts from the condition's start.
fn condition_errors(condition: &str) -> Vec<String> {
    let line = format!("assert: |\n  {condition}");
    let text = rule_text(&[("assert", &line)]);
    let (_, errors) = Catalog::load([source("r.yaml", &text)], &ROOTS);
    let shown = |error: crate::yaml::SourceError| {
        let column = error.column - 2;
        let hint = error.hint.map(|hint| format!(", {hint}"));
        format!("{column}: {}{}", error.message, hint.unwrap_or_default())
    };
    errors.into_iter().map(shown).collect()
}

#[test]
fn a_repair_names_only_what_is_there() {
    let errors_of_fix = |fix: &str| errors(&[("fix", fix)]);
    assert_eq!(
        errors_of_fix(
            "fix:\n  cli: >-\n    aws x --name {{ table.name }}\n    --other {{ tabel.name }} {{ table.nmae }}"
        ),
        [
            "r.yaml:13:16: unknown name \"tabel\", did you mean \"table\"?",
            "r.yaml:13:39: table has no field \"nmae\", did you mean \"name\"?",
        ]
    );
    assert_eq!(
        errors_of_fix("fix: { terraform: \"x = {{ table.name\" }"),
        ["r.yaml:10:24: \"{{\" without \"}}\""]
    );
    assert_eq!(
        errors_of_fix("fix: { cli: \"aws x --name '{{ table.name }}'\" }"),
        [
            "r.yaml:10:28: a placeholder in quotes, end the quotes before it: it is quoted when it is filled in"
        ]
    );
    let json = r#"fix: { cli: "aws x '{\"a\":{\"b\":1}}' --name {{table.name}}" }"#;
    assert_eq!(errors_of_fix(json), [""; 0]);
}

#[test]
fn a_repair_without_a_subject_has_plain_names() {
    let text = rule_text(&[(
        "fix",
        "fix: { cli: \"aws x --name {{ table.name }}-{{table.tags['a b']}}\" }",
    )]);
    let (catalog, errors) = Catalog::load([source("r.yaml", &text)], &ROOTS);
    assert_eq!(errors, []);
    let cli = catalog.rules()[0].fix.cli.as_ref();
    let cli = cli.map(template::Template::with_placeholders);
    assert_eq!(
        cli.as_deref(),
        Some("aws x --name TABLE_NAME-TABLE_TAGS_A_B")
    );
}

#[test]
fn good_conditions_load() {
    for condition in [
        "table.pitr.status == 'ENABLED'",
        "table.size_bytes > 4KB && table.item_count / 2 < 1e6",
        "table.stream == null || table.stream.view_type in [\"NEW_IMAGE\", \"KEYS_ONLY\"]",
        "table.stream != null ? table.stream.view_type == \"NEW_IMAGE\" : table.deletion_protection",
        "!(table.stream == null) && table.stream.view_type != \"KEYS_ONLY\"",
        "has(table.pitr.window_days) && table.pitr.window_days >= 7",
        "table.pitr.window_days.orValue(0) >= 7",
        "\"env\" in table.tags && table.tags[\"env\"].startsWith(\"prod\")",
        "table.tags[\"env\"].orValue(\"none\").glob(\"prod*\")",
        "table.indexes.all(i, i.status == \"ACTIVE\" && size(i.key_schema) > 0)",
        "table.indexes.filter(i, i.backfilling).size() < 2",
        "table.indexes.exists(i, i.max_read_request_units != null && i.max_read_request_units > 3)",
        "table.indexes.map(i, i.name).exists(n, n.endsWith(\"x\"))",
        "max(table.read_capacity_units, table.write_capacity_units) > 1",
        "sum(table.indexes.map(i, i.size_bytes)) < 1TB",
        "table.created_at == null || age(table.created_at) > 24h",
        "account.region == \"eu-west-1\" || now - 7d > now",
        "table.name in [\"a\", \"b\"]",
        "-table.size_bytes < 0",
        "table.name.matches('^a-[0-9]+$') || table.name.matches(r\"\\d\")",
        "['a*', 'b?'].exists(p, table.name.glob(p))",
        "age(table.created_at.orValue(now)) in [90s, 2m, 1.5h, 1d, 2w]",
        "table.size_bytes > 1B && table.size_bytes > 1MB && table.size_bytes > 1.5GB",
        "table.indexes.exists_one(i, i.name == 'x')",
        "account.topics.all(t, t.subscriptions.orValue([]).all(s, s.confirmed))",
    ] {
        assert_eq!(
            condition_errors(condition),
            Vec::<String>::new(),
            "{condition}"
        );
    }
}

#[test]
fn bad_conditions_say_where_and_what() {
    for (condition, expected) in [
        (
            "table.pitr.statsu == 'ENABLED'",
            "12: pitr has no field \"statsu\", did you mean \"status\"?",
        ),
        (
            "tabel.name == 'x'",
            "1: unknown name \"tabel\", did you mean \"table\"?",
        ),
        (
            "pitr.status == 'ENABLED'",
            "1: unknown name \"pitr\", did you mean \"table.pitr\"?",
        ),
        (
            "table.pitr.status == 'ENABLD'",
            "22: pitr-status is never \"ENABLD\", did you mean \"ENABLED\"?",
        ),
        (
            "table.pitr.status in ['ENABLED', 'X']",
            "22: pitr-status is never \"X\", known: ENABLED, DISABLED",
        ),
        (
            "table.pitr.window_days > 3",
            "1: \"table.pitr.window_days\" may be absent, guard it with \"!= null\" or give \".orValue(…)\"",
        ),
        (
            "table.stream.view_type == 'NEW_IMAGE'",
            "1: \"table.stream\" may be absent, guard it with \"!= null\" or give \".orValue(…)\"",
        ),
        (
            "table.pitr.window_days == null || table.pitr.window_days != null",
            "35: \"table.pitr.window_days\" is never absent here, leave the question out",
        ),
        (
            "table.global_table_version != null && table.deletion_protection || table.global_table_version == 'x'",
            "68: \"table.global_table_version\" may be absent, guard it with \"!= null\" or give \".orValue(…)\"",
        ),
        (
            "table.indexes.exists(i, i.arn != null) && table.indexes.all(i, i.arn == 'x')",
            "64: \"i.arn\" may be absent, guard it with \"!= null\" or give \".orValue(…)\"",
        ),
        (
            "table.name != null",
            "1: \"table.name\" is never absent here, leave the question out",
        ),
        (
            "table.name.orValue('x') == 'y'",
            "1: \"table.name\" is never absent here, leave .orValue(…) out",
        ),
        ("table.name == 3", "1: cannot compare string with number"),
        ("table.name < 'x'", "1: string has no order"),
        (
            "table.created_at != null && table.created_at < 24h",
            "29: cannot compare time with duration, age(…) is how long ago a time is",
        ),
        (
            "table.created_at != null && age(table.created_at) > 24",
            "29: cannot compare duration with number, write a duration with its unit, as in 24h",
        ),
        (
            "table.name + 'x' == 'y'",
            "1: no \"+\" between string and string, texts are not joined here: compare the parts, or say it in the message",
        ),
        (
            "table.name",
            "1: expected true or false, found string, compare it with something",
        ),
        (
            "table.indexes && table.deletion_protection",
            "1: expected true or false, found list<index>, ask for its size, or for its elements",
        ),
        (
            "table.indexes.name == 'x'",
            "15: a list<index> has no field \"name\", ask its elements with .all(x, …) or .exists(x, …)",
        ),
        (
            "table.tags.env == 'x'",
            "12: a map<string> has no field \"env\", write [\"key\"]",
        ),
        (
            "table.indexes.al(i, i.backfilling)",
            "15: a list<index> has no method \"al\", did you mean \"all\"?",
        ),
        (
            "sise(table.indexes) > 1",
            "1: unknown function \"sise\", did you mean \"size\"?",
        ),
        (
            "table.indexes.all(table, true)",
            "19: \"table\" has a meaning already",
        ),
        (
            "table.indexes.all(i, 1 < 2)",
            "22: always has the same value",
        ),
        (
            "table.indexes.all(i)",
            "15: all takes 2 arguments, found 1, it is written list.all(e, condition)",
        ),
        (
            "table.indexes.all(i, table.deletion_protection)",
            "22: says nothing of \"i\", ask something of it, or leave .all(…) out",
        ),
        (
            "table.indexes.map(i, table.size_bytes).sum() > 3",
            "22: says nothing of \"i\", ask something of it, or leave .map(…) out",
        ),
        (
            "table.indexes.all(i, table.indexes.exists(j, j.backfilling))",
            "22: says nothing of \"i\", ask something of it, or leave .all(…) out",
        ),
        (
            "table.indexes.all(if, if.backfilling)",
            "19: \"if\" is a word that CEL keeps for itself",
        ),
        (
            "table.indexes.contains('x')",
            "15: a list<index> has no method \"contains\", write \"x in list\"",
        ),
        (
            "length(table.indexes) > 1",
            "1: unknown function \"length\", write size(x)",
        ),
        (
            "'x' in table.name",
            "8: cannot look for string in string, write text.contains(part)",
        ),
        (
            "table.name.matches('a(b')",
            "20: bad regular expression: unclosed group",
        ),
        (
            "table.name.matches(table.tags['p'].orValue('x'))",
            "20: the pattern of matches is not the rule's own, write it as a text, or take it from a param",
        ),
        (
            "['a*', '['].exists(p, table.name.glob(p))",
            "39: bad glob: unclosed character class; missing ']'",
        ),
        (
            "table.pitr.status == (table.deletion_protection ? 'ENABLED' : 'ENABLD')",
            "23: pitr-status is never \"ENABLD\", did you mean \"ENABLED\"?",
        ),
        (
            "table.size_bytes > 1 // a remark",
            "23: expected a value, found \"/\", a remark has its place in the file: # …",
        ),
        (
            "not table.deletion_protection",
            "5: expected the end, found \"table\"",
        ),
        (
            "sum(table.created_at.orValue(now), now) > now",
            "1: sum takes a list of numbers or durations, or several of one type",
        ),
        (r"table.name.matches(r'\d", "20: text without closing quote"),
        ("true", "1: always has the same value"),
        (
            "table.deletion_protection && 1 == 1",
            "30: always has the same value",
        ),
        (
            "params.days > 3",
            "8: unknown param \"days\", the rule has no params: declare it under \"params\"",
        ),
        (
            "params == 3",
            "1: params is no value, write \"params.name\"",
        ),
        (
            "table.name.glob('[') ",
            "17: bad glob: unclosed character class; missing ']'",
        ),
        (
            "table.size_bytes > 3 parsecs",
            "22: expected the end, found \"parsecs\"",
        ),
        (
            "table.size_bytes > 3q",
            "20: unknown unit \"q\", times are s, m, h, d, w; sizes B, KB, MB, GB, TB",
        ),
        (
            "table.size_bytes = 3",
            "18: unexpected \"=\", equality is \"==\"",
        ),
        (
            "table.deletion_protection and true",
            "27: expected the end, found \"and\", and is \"&&\"",
        ),
        (
            "1 < table.size_bytes < 3",
            "22: expected the end of the comparison, found \"<\", join comparisons with \"&&\"",
        ),
        ("table.name == 'x", "15: text without closing quote"),
        (
            "table.name == '\\q'",
            "16: unknown escape, known: \\\" \\' \\\\ \\n \\t",
        ),
        (
            "(table.deletion_protection",
            "27: expected \")\", found the end",
        ),
        ("table.", "7: expected a field or method, found the end"),
        ("table.indexes == []", "18: an empty list has no type"),
        (
            "table.indexes == table.indexes",
            "1: a list<index> has no equality, compare one of its fields or its size",
        ),
        (
            "[1, 'a'].size() > table.size_bytes",
            "1: a list of number cannot hold string",
        ),
        (
            "null == null",
            "9: null has no value, compare it with \"==\" or \"!=\"",
        ),
    ] {
        let all = condition_errors(condition);
        assert_eq!(all, [expected], "{condition}");
    }
}

#[test]
fn all_mistakes_of_a_condition_and_of_a_file_are_told_at_once() {
    let all = condition_errors("table.nam == 'x' && table.indexs.all(i, i.x) && tabl.y");
    assert_eq!(all.len(), 3, "{all:?}");
    let all = errors(&[
        ("id", "id: R_1"),
        ("since", "since: one"),
        ("refs", "refs: [ftp://x]"),
        ("applies_when", "applies_when: table.nam == 'x'"),
        ("assert", "assert: table.nam == 'x'"),
        ("message", "message: '{table.nam} {tabl}'"),
    ]);
    assert_eq!(all.len(), 7, "{all:?}");
}

#[test]
fn mistakes_of_a_file_have_their_place() {
    for (changes, expected) in [
        (
            vec![("rest", "serverity: low")],
            "r.yaml:12:1: unknown field \"serverity\", did you mean \"severity\"?",
        ),
        (
            vec![("area", "area: recvery")],
            "r.yaml:2:7: unknown word \"recvery\", did you mean \"recovery\"?",
        ),
        (
            vec![("severity", "severity: hihg")],
            "r.yaml:4:11: unknown word \"hihg\", did you mean \"high\"?",
        ),
        (
            vec![("id", "id: other")],
            "r.yaml:1:5: id \"other\" is not the name of the file, call the file other.yaml, or change the id",
        ),
        (
            vec![("id", "id: R")],
            "r.yaml:1:5: id \"R\" is not in kebab-case: a-z, 0-9, -, did you mean \"r\"?",
        ),
        (
            vec![("for_each", "for_each: tabel")],
            "r.yaml:6:11: unknown subject \"tabel\", did you mean \"table\"?",
        ),
        (
            vec![("for_each", "for_each: i in table.indexs")],
            "r.yaml:6:22: table has no field \"indexs\", did you mean \"indexes\"?",
        ),
        (
            vec![("for_each", "for_each: i in table.name")],
            "r.yaml:6:16: expected a list of the table or the account, as in \"index in table.indexes\"",
        ),
        (
            vec![("for_each", "for_each: now in table.indexes")],
            "r.yaml:6:11: \"now\" cannot name an element",
        ),
        (
            vec![("message", "message: 'a {table.nam} b'")],
            "r.yaml:8:20: table has no field \"nam\", did you mean \"name\"?",
        ),
        (
            vec![("message", "message: 'a {table.name'")],
            "r.yaml:8:13: \"{\" without \"}\"",
        ),
        (
            vec![("message", "message: 'a } b'")],
            "r.yaml:8:13: \"}\" without \"{\", a brace as such is written twice",
        ),
        (
            vec![(
                "params",
                "params: { x: { type: number, default: 3, about: a } }",
            )],
            "r.yaml:7:11: param \"x\" is not used, use it as params.x, or take it out",
        ),
        (
            vec![(
                "params",
                "params: { x: { type: number, default: a, about: a } }",
            )],
            "r.yaml:7:39: expected number, found \"a\"",
        ),
        (
            vec![(
                "params",
                "params: { x: { type: duration, default: 3 parsecs, about: a } }",
            )],
            "r.yaml:7:41: expected a duration such as 24h, found \"3 parsecs\"",
        ),
        (
            vec![(
                "params",
                "params: { x: { type: number, default: 3, max: 2, about: a } }",
            )],
            "r.yaml:7:39: 3 is above the maximum 2",
        ),
        (
            vec![(
                "params",
                "params: { x: { type: list<string>, default: [], min_items: 1, about: a } }",
            )],
            "r.yaml:7:45: 0 elements, at least 1 wanted",
        ),
        (
            vec![(
                "params",
                "params: { x: { type: nmber, default: 3, about: a } }",
            )],
            "r.yaml:7:22: unknown word \"nmber\", did you mean \"number\"?",
        ),
        (
            vec![(
                "assert",
                "assert: |\n  table.deletion_protection &&\n    table.nam == 'x'",
            )],
            "r.yaml:9:11: table has no field \"nam\", did you mean \"name\"?",
        ),
        (
            vec![(
                "assert",
                "assert: \"table.tags[\\\"a\\\"].orValue('') == 3\"",
            )],
            "r.yaml:7:10: cannot compare string with number",
        ),
    ] {
        let all = errors(&changes);
        assert_eq!(all, [expected], "{changes:?}");
    }
}

#[test]
fn our_own_rules_stand_in_the_folder_of_their_area() {
    let ours = Source {
        is_builtin: true,
        ..source("rules/recovery/r.yaml", &rule_text(&[]))
    };
    let (_, errors) = Catalog::load([ours], &ROOTS);
    assert_eq!(
        errors[0].to_string(),
        "rules/recovery/r.yaml:2:7: area \"design\" is not the folder of the file"
    );
}

#[test]
fn an_id_is_used_once() {
    let other = rule_text(&[("id", "id: q"), ("rest", "aliases: [r]")]);
    let files = [source("q.yaml", &other), source("r.yaml", &rule_text(&[]))];
    let (catalog, errors) = Catalog::load(files, &ROOTS);
    assert_eq!(
        errors[0].to_string(),
        "r.yaml:1:5: duplicate id \"r\", also in q.yaml"
    );
    assert_eq!(catalog.rules().len(), 1);
    assert_eq!(catalog.get("r").expect("by its alias").id.as_str(), "q");
}

#[test]
fn a_rule_knows_its_calls_and_fields() {
    let text = rule_text(&[
        ("for_each", "for_each: i in table.indexes"),
        (
            "applies_when",
            "applies_when: table.pitr.window_days != null",
        ),
        (
            "assert",
            "assert: table.pitr.window_days > 3 && i.key_schema.all(k, k.name != 'x')",
        ),
    ]);
    let (catalog, errors) = Catalog::load([source("r.yaml", &text)], &ROOTS);
    assert_eq!(errors, []);
    let rule = catalog.get("r").expect("loaded");
    let fields: Vec<String> = rule.fields().into_iter().collect();
    assert_eq!(
        fields,
        [
            "table.indexes",
            "table.indexes.key_schema.name",
            "table.pitr.window_days"
        ]
    );
    let operations: Vec<&str> = rule.operations().iter().map(|o| o.name()).collect();
    assert_eq!(
        operations,
        [
            "dynamodb:DescribeTable",
            "dynamodb:DescribeContinuousBackups"
        ]
    );
    assert_eq!(rule.for_each.kind(), "index");
}

#[test]
fn overrides_are_checked_against_type_and_bounds() {
    let text = rule_text(&[
        (
            "params",
            "params: { window: { type: duration, default: 7d, min: 1d, about: a } }",
        ),
        (
            "assert",
            "assert: table.created_at == null || age(table.created_at) > params.window",
        ),
    ]);
    let (catalog, errors) = Catalog::load([source("r.yaml", &text)], &ROOTS);
    assert_eq!(errors, []);
    let rule = catalog.get("r").expect("loaded");
    let with = |name: &str, value: serde_json::Value| {
        let overrides = BTreeMap::from([(name.to_owned(), Tree::from(value))]);
        match rule.params_with(&overrides) {
            Ok(params) => params.iter().map(|(_, value)| value.to_string()).collect(),
            Err(errors) => format!("{}, {:?}", errors[0], errors[0].hint),
        }
    };
    assert_eq!(with("window", "36h".into()), "36 h");
    assert_eq!(
        with("window", "1h".into()),
        "1 h is below the minimum 1 day, None"
    );
    assert_eq!(
        with("window", 3.into()),
        "expected a duration such as 24h, found 3, None"
    );
    assert_eq!(
        with("windw", 3.into()),
        "unknown param \"windw\", Some(\"did you mean \\\"window\\\"?\")"
    );
}

#[test]
fn hostile_conditions_end_in_an_error() {
    let long = format!("table.deletion_protection || {}", "a".repeat(5000));
    assert!(condition_errors(&long)[0].contains("longer than 4 KB"));
    for (open, close) in [
        ("(", ")"),
        ("!", ""),
        ("[", "]"),
        ("-", ""),
        ("a.b(", ")"),
        ("1+", "1"),
        ("a ? ", ""),
        ("a.", "b"),
    ] {
        let deep = format!("{}x{}", open.repeat(500), close.repeat(500));
        let all = condition_errors(&deep);
        assert_eq!(all.len(), 1, "{open}");
        assert!(
            all[0].contains("nested deeper than 64 levels"),
            "{open}: {all:?}"
        );
    }
    let wide = "table.deletion_protection||".repeat(140) + "table.deletion_protection";
    assert_eq!(condition_errors(&wide), Vec::<String>::new());
}

proptest::proptest! {
    #[test]
    fn no_condition_makes_it_panic(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "table", ".", "indexes", "all", "(", ")", "i", ",", "[", "]", "&&", "||", "!", "==", "null", "'x'", "3",
                "24h", "pitr", "window_days", "orValue", "?", ":", "in", "has", "-", "/", "name", "\"", "\\", "é", "size",
            ]),
            0..24,
        ),
        noise in "\\PC{0,40}",
    ) {
        for text in [words.concat(), words.join(" "), noise] {
            let names = condition::Names { variables: &[], params: &[], locals: &[], shown: &[] };
            let _ = condition::Condition::new(&text, names);
            let quoted = serde_json::to_string(&text).expect("text");
            let _ = errors(&[("assert", &format!("assert: {quoted}"))]);
            let _ = errors(&[("message", &format!("message: {quoted}"))]);
            let _ = errors(&[("for_each", &format!("for_each: {quoted}"))]);
        }
    }
}

#[test]
fn what_is_wrong_with_applies_when_is_not_told_again_of_the_assertion() {
    let all = errors(&[
        (
            "applies_when",
            "applies_when: table.stream != null && table.nam == 'x'",
        ),
        ("assert", "assert: table.stream.view_type == 'KEYS_ONLY'"),
    ]);
    assert_eq!(
        all,
        ["r.yaml:7:45: table has no field \"nam\", did you mean \"name\"?"]
    );
}
