//! Names of `let`: types, places of mistakes, and what of a param they use.

use super::*;

/// The errors of a rule with these names of `let`, each without its file.
fn let_errors(lets: &str, assert: &str) -> Vec<String> {
    let lets = format!("let:\n{lets}");
    let assert = format!("assert: {assert}");
    let found = errors(&[("params", &lets), ("assert", &assert)]);
    found
        .into_iter()
        .map(|error| error.trim_start_matches("r.yaml:").to_owned())
        .collect()
}

#[test]
fn names_of_let_are_typed_and_narrowed_like_the_fields_behind_them() {
    for (lets, assert) in [
        (
            "  stream: table.stream",
            "stream == null || stream.view_type == 'KEYS_ONLY'",
        ),
        (
            "  stream: table.stream",
            "stream == null || table.stream.view_type == 'KEYS_ONLY'",
        ),
        (
            "  stream: table.stream",
            "table.stream == null || stream.view_type == 'KEYS_ONLY'",
        ),
        (
            "  streams: table.stream != null",
            "(!streams) || table.stream.view_type == 'KEYS_ONLY'",
        ),
        (
            "  stream: table.stream\n  streams: stream != null && table.deletion_protection",
            "\"streams ? stream.view_type == 'KEYS_ONLY' : table.deletion_protection\"",
        ),
        (
            "  team: table.tags['team']",
            "('team' in table.tags) && team == 'shop' && table.tags['team'] != 'x'",
        ),
        (
            "  days: table.pitr.window_days",
            "days.orValue(0) > 7 && (days == null || days < 35)",
        ),
        (
            "  busy: table.indexes.filter(i, i.backfilling)",
            "busy.size() < 2 && busy.all(i, i.status == 'ACTIVE')",
        ),
        (
            "  week: 7d",
            "table.created_at == null || age(table.created_at) > week",
        ),
        (
            "  good: \"['ACTIVE', 'UPDATING']\"",
            "table.status in good && table.indexes.all(i, i.status in good)",
        ),
        // What a name looks at may be guarded where the name is used.
        (
            "  view: table.stream.view_type",
            "table.stream == null || view == 'KEYS_ONLY'",
        ),
        (
            "  stream: table.stream\n  view: stream.view_type\n  keys: view == 'KEYS_ONLY'",
            "stream != null && keys",
        ),
    ] {
        assert_eq!(let_errors(lets, assert), [""; 0], "{lets} {assert}");
    }
    let all = errors(&[
        ("applies_when", "applies_when: table.stream != null"),
        (
            "params",
            "let: { keys: table.stream.view_type == 'KEYS_ONLY' }",
        ),
        ("assert", "assert: keys"),
        ("message", "message: '{keys}'"),
    ]);
    assert_eq!(all, [""; 0]);
    let all = errors(&[
        ("applies_when", "applies_when: stream != null"),
        ("params", "let: { stream: table.stream }"),
        ("assert", "assert: table.stream.view_type == 'KEYS_ONLY'"),
    ]);
    assert_eq!(all, [""; 0]);
}

#[test]
fn mistakes_in_let_have_their_place() {
    for (lets, assert, expected) in [
        (
            "  s: table.strem",
            "s != null",
            vec!["8:12: table has no field \"strem\", did you mean \"stream\"?"],
        ),
        (
            "  a: b\n  b: table.deletion_protection",
            "a && b",
            vec!["8:6: unknown name \"b\", known: account, table, now, params"],
        ),
        (
            "  stream: table.stream",
            "stream.view_type == 'KEYS_ONLY'",
            vec![
                "9:9: \"stream\" may be absent, guard it with \"!= null\" or give \".orValue(…)\"",
            ],
        ),
        (
            "  view: table.stream.view_type\n  keys: view == 'KEYS_ONLY'",
            "keys && table.stream != null",
            vec![
                "10:9: \"keys\" looks at table.stream, which may be absent, guard it with \"table.stream != null\"",
            ],
        ),
        (
            "  named: table.indexes.all(i, i.arn == 'x')",
            "named",
            vec![
                "8:31: \"i.arn\" may be absent, guard it with \"!= null\" or give \".orValue(…)\"",
            ],
        ),
        (
            "  stream: table.stream",
            "strem != null",
            vec!["9:9: unknown name \"strem\", did you mean \"stream\"?"],
        ),
        (
            "  size: table.size_bytes",
            "size",
            vec!["9:9: expected true or false, found number, compare it with something"],
        ),
        (
            "  a: table.size_bytes\n  b: a > 3",
            "table.deletion_protection",
            vec![
                "8:3: name \"a\" is not used, use it as a, or take it out",
                "9:3: name \"b\" is not used, use it as b, or take it out",
            ],
        ),
        (
            "  table: table.name",
            "table.name == 'x'",
            vec!["8:3: \"table\" has a meaning already"],
        ),
        (
            "  iam: table.name",
            "iam == 'x'",
            vec!["8:3: \"iam\" has a meaning already"],
        ),
        (
            "  for: table.name",
            "table.name == 'x'",
            vec!["8:3: \"for\" is a word that CEL keeps for itself"],
        ),
        (
            "  Size: table.name",
            "table.name == 'x'",
            vec!["8:3: \"Size\" is not in snake_case"],
        ),
        (
            "  i: table.indexes",
            "i.all(i, i.backfilling)",
            vec!["9:15: \"i\" has a meaning already"],
        ),
        (
            "  a: table.name\n  a: table.name",
            "a == 'x'",
            vec!["9:3: duplicate key \"a\", it stands in line 8 already"],
        ),
        (
            "  status: table.status",
            "status == 'ACTVE'",
            vec!["9:19: resource-status is never \"ACTVE\", did you mean \"ACTIVE\"?"],
        ),
        (
            "  good: \"['ACTVE']\"",
            "table.status in good",
            vec!["9:25: resource-status is never \"ACTVE\", did you mean \"ACTIVE\"?"],
        ),
        (
            "  a: null",
            "a == 3",
            vec!["8:6: expected text, found nothing"],
        ),
    ] {
        assert_eq!(let_errors(lets, assert), expected, "{lets} {assert}");
    }
    let many: String = (0..33)
        .map(|at| format!("  a{at}: table.size_bytes + {at}\n"))
        .collect();
    let sum: Vec<String> = (0..33).map(|at| format!("a{at}")).collect();
    let assert = format!("{} > 3", sum.join(" + "));
    assert_eq!(
        let_errors(many.trim_end(), &assert),
        ["7:1: 33 names, at most 32 are taken"]
    );
}

#[test]
fn names_of_let_cannot_hide_how_deep_a_condition_is() {
    let lets: String = (1..12)
        .map(|at| {
            format!(
                "  a{at}: \"{}a{}{}\"\n",
                "-(".repeat(5),
                at - 1,
                ")".repeat(5)
            )
        })
        .collect();
    let lets = format!("  a0: table.size_bytes\n{lets}");
    let found = let_errors(lets.trim_end(), "a11 > 3");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("nested deeper than 64 levels with what its names stand for"));
}

#[test]
fn a_param_holds_only_what_the_conditions_can_use() {
    let lets = "\nlet:\n  by_status: table.status in params.s\n  by_name: params.g.exists(g0, table.name.glob(g0))\n  by_shape: table.name.matches(params.r)";
    let plain = "assert: table.status in params.s && params.g.exists(g, table.name.glob(g)) && table.name.matches(params.r)";
    // By names of let it is the same.
    for (lets, assert) in [
        ("", plain),
        (lets, "assert: by_status && by_name && by_shape"),
    ] {
        holds_only_what_is_of_use(lets, assert);
    }
}

fn holds_only_what_is_of_use(lets: &str, assert: &str) {
    let params = "params: { s: { type: list<string>, default: [ACTIVE], about: a }, g: { type: list<string>, default: ['a*'], about: a }, r: { type: string, default: '^a', about: a } }";
    let params = format!("{params}{lets}");
    let text = rule_text(&[("params", &params), ("assert", assert)]);
    let (catalog, errors) = Catalog::load([source("r.yaml", &text)], &ROOTS);
    assert_eq!(errors, []);
    let rule = catalog.get("r").expect("loaded");
    let with = |name: &str, value: serde_json::Value| {
        let overrides = BTreeMap::from([(name.to_owned(), Tree::from(value))]);
        let read = rule.params_with(&overrides);
        read.map(drop).map_err(|errors| errors[0].to_string())
    };
    assert_eq!(with("s", serde_json::json!(["DELETING"])), Ok(()));
    for (name, value, expected) in [
        (
            "s",
            serde_json::json!(["ACTIVE", "DELETNG"]),
            "resource-status is never \"DELETNG\", did you mean \"DELETING\"?",
        ),
        (
            "g",
            serde_json::json!(["["]),
            "bad glob: unclosed character class; missing ']'",
        ),
        (
            "r",
            serde_json::json!("("),
            "bad regular expression: unclosed group",
        ),
    ] {
        assert_eq!(with(name, value), Err(expected.to_owned()));
    }
}
