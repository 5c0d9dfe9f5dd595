//! What the fuzzer calls: bytes in, a panic where something does not hold.

use dynalint::assess::ROOTS;
use dynalint::rule::catalog::{Catalog, Source};
use dynalint::rule::condition::{Condition, Expr};

use super::agree;
use super::language::stages;

/// Any bytes: reading ends, every mistake has a place in the text, and what we read is what `serde_yaml` reads.
pub(crate) fn yaml_pass(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Err(difference) = agree::agree(text) {
        panic!("{difference}\n{text:?}");
    }
}

/// A subject in the first line and a condition about it in the rest: it is checked, or refused at a place inside of it.
pub(crate) fn condition(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (subject, condition) = text.split_once('\n').unwrap_or(("table", text));
    let head = "id: r\narea: design\ntitle: T\nseverity: low\nsince: 0.1.0\nmessage: m\nwhy: w\nfix: {}\nrefs: []\n";
    let (subject, quoted) = (quoted(subject), quoted(condition));
    let source = Source {
        file: "r.yaml".to_owned(),
        text: format!("{head}for_each: {subject}\nassert: {quoted}\n"),
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], &ROOTS);
    for error in &errors {
        let line = head.lines().count()
            + if error.source_line.starts_with("assert") {
                2
            } else {
                1
            };
        let inside = error.source_line.chars().count() + 1;
        assert!(
            error.line == line && error.column <= inside,
            "{error} is outside of the condition"
        );
        assert!(error.render().starts_with("error: "));
    }
    assert!(
        errors.is_empty() != catalog.rules().is_empty(),
        "a rule or a mistake"
    );
    for rule in catalog.rules() {
        assert!(condition.len() <= 4096, "{} bytes", condition.len());
        assert_eq!(rule.assert.text(), condition);
        spans(&rule.assert, rule.assert.expr(), (0, condition.len()), 1);
    }
}

/// Each part stands inside the one around it.
fn spans(condition: &Condition, expr: &Expr, (start, end): (usize, usize), depth: usize) {
    assert!(
        start <= expr.start && expr.start <= expr.end && expr.end <= end,
        "{start}..{end} holds {expr:?}"
    );
    assert!(
        condition.text().get(expr.start..expr.end).is_some(),
        "{expr:?} cuts a letter"
    );
    assert!(depth <= 2 * 64, "{depth} levels");
    for part in expr.parts() {
        spans(condition, part, (expr.start, expr.end), depth + 1);
    }
}

/// A text in one line of YAML, whatever it holds.
fn quoted(text: &str) -> String {
    let letter = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

/// A condition from one half of the bytes, facts from the other: nothing decided is undone when more is read.
pub(crate) fn evaluate(bytes: &[u8]) {
    let (condition, facts) = bytes.split_at(bytes.len() / 2);
    if let Some((catalog, _)) = stages::rule(condition) {
        stages::hold(&catalog, facts);
    }
}
