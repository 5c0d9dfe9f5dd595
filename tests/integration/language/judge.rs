//! From a condition to a verdict, all the way: a rule file is read, checked and evaluated.

use dynalint::evaluate::{Explanation, Scope, explain, outcomes};
use dynalint::finding::Verdict;
use dynalint::rule::catalog::{Catalog, Source};
use dynalint::rule::{Roots, Rule};
use dynalint::snapshot::record::{Record, RecordType};
use dynalint::yaml::SourceError;

use super::world::{NOW, Place, Seen, Shelf};

/// The rules about generated facts start from these.
pub(crate) const SHARED: Roots = roots(Place::TYPE);
/// The same with a view of the place, which has a method.
pub(crate) const WHOLE: Roots = roots(Seen::TYPE);

const fn roots(table: &'static RecordType) -> Roots {
    Roots {
        account: Shelf::TYPE,
        table,
        iam: Shelf::TYPE,
    }
}

/// What a generated condition may name, with its line in a rule file.
const PARAMS: [(&str, &str); 5] = [
    ("limit", "{ type: number, default: 2, about: a }"),
    ("pattern", "{ type: string, default: '*b*', about: a }"),
    ("wait", "{ type: duration, default: 1h, about: a }"),
    ("word", "{ type: string, default: ab, about: a }"),
    (
        "several",
        "{ type: list<string>, default: [a, é], about: a }",
    ),
];

/// A rule file around its conditions.
///
/// A name of `let` that nothing uses would be refused, so it is left out.
pub(crate) fn rule_text(
    lets: &[(String, String)],
    applies_when: Option<&str>,
    assert: &str,
) -> String {
    let mut used = format!("{assert}\n{}", applies_when.unwrap_or_default());
    let mut lines = Vec::new();
    for (name, value) in lets.iter().rev().filter(|(name, _)| !name.is_empty()) {
        if used.contains(name.as_str()) {
            used += value;
            lines.insert(0, format!("  {name}: |-\n    {value}\n"));
        }
    }
    let is_named = |name: &str| {
        let path = format!("params.{name}");
        used.contains(&path)
    };
    let mut text = String::from(
        "id: r\narea: design\ntitle: T\nseverity: low\nsince: 0.1.0\nfor_each: table\nmessage: m\nwhy: w\nfix: {}\nrefs: []\n",
    );
    text += "params:";
    for (name, line) in PARAMS.iter().filter(|(name, _)| is_named(name)) {
        text += &format!("\n  {name}: {line}");
    }
    text += if text.ends_with(':') { " {}\n" } else { "\n" };
    if !lines.is_empty() {
        text += "let:\n";
        text += &lines.concat();
    }
    if let Some(condition) = applies_when {
        text += &format!("applies_when: |-\n  {condition}\n");
    }
    text + &format!("assert: |-\n  {assert}\n")
}

/// The catalog of one rule.
pub(crate) fn load(text: String, roots: &Roots) -> Result<Catalog, Vec<SourceError>> {
    let source = Source {
        file: "r.yaml".to_owned(),
        text,
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], roots);
    if errors.is_empty() {
        Ok(catalog)
    } else {
        Err(errors)
    }
}

/// Whether a generated condition may be refused for this: a guard beside it settled what it asks, or it grew too long.
pub(crate) fn is_expected(error: &SourceError) -> bool {
    let expected = [
        "is never absent here",
        "condition is longer",
        "nested deeper",
    ];
    expected.iter().any(|words| error.message.contains(words))
}

/// The verdict.
pub(crate) fn verdict(rule: &Rule, account: &dyn Record, table: &dyn Record) -> Verdict {
    judged(rule, account, table, false).0
}

/// The verdict, and what is said for it.
pub(crate) fn explained(
    rule: &Rule,
    account: &dyn Record,
    table: &dyn Record,
) -> (Verdict, Explanation) {
    judged(rule, account, table, true)
}

fn judged(
    rule: &Rule,
    account: &dyn Record,
    table: &dyn Record,
    tell: bool,
) -> (Verdict, Explanation) {
    let params = rule.params_with(&Default::default()).expect("defaults");
    let scope = Scope {
        account,
        table: Some(table),
        now: NOW.parse().expect("a time"),
    };
    let outcome = outcomes(rule, &params, &scope)[0];
    let told = if tell {
        explain(rule, &params, &scope, &outcome)
    } else {
        Explanation::default()
    };
    (outcome.verdict, told)
}
