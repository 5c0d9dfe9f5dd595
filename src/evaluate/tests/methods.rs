//! Methods of records: their answers, their own evidence, and the words they take.

use super::*;

/// A thing with methods, as the views of `link` have them.
struct Alarmed;

static ALARMED: RecordType = RecordType {
    name: "alarmed",
    doc: "",
    base: None,
    fields: &[],
    methods: &[Method {
        name: "covered_by",
        doc: "",
        args: &[("metric", <String as FactType>::ty)],
        check: |args| match args {
            ["Reads" | "Writes" | "Denied"] => Ok(()),
            other => Err(format!("no metric {other:?}")),
        },
        from: &[Operation::DescribeAlarms],
    }],
};

impl Record for Alarmed {
    fn record_type(&self) -> &'static RecordType {
        &ALARMED
    }
    fn get(&self, _slot: usize) -> Value<'_> {
        Value::Absent
    }
    fn call(&self, _method: usize, args: &[Value<'_>]) -> Value<'_> {
        static DENIED: Why = Why::from_call(Reason::Denied, Operation::DescribeAlarms);
        match args {
            [Value::Text("Reads")] => Value::Bool(true),
            [Value::Text("Denied")] => Value::Unknown(&DENIED),
            _ => Value::Bool(false),
        }
    }
    fn explain(&self, _method: usize, args: &[Value<'_>]) -> Grounds {
        let mut grounds = Grounds::default();
        match args {
            [Value::Text("Denied")] => grounds.unknown.push(denied()),
            [Value::Text("Reads")] => {}
            _ => grounds.evidence.push(Evidence {
                path: "alarm[\"a\"].actions_enabled".to_owned(),
                observed: "false".to_owned(),
                expected: "== true".to_owned(),
                from: None,
            }),
        }
        grounds
    }
}

#[test]
fn methods_are_asked_and_bring_their_own_evidence() {
    let roots = Roots {
        account: Region::TYPE,
        table: &ALARMED,
        iam: crate::snapshot::iam::Iam::TYPE,
    };
    for (metrics, verdict, said) in [
        (
            "Reads",
            Verdict::Pass,
            vec!["table.covered_by(\"Reads\") = true [== true]"],
        ),
        (
            "Reads, Writes",
            Verdict::Fail,
            vec!["alarm[\"a\"].actions_enabled = false [== true]"],
        ),
        (
            "Reads, Denied",
            Verdict::Unknown,
            vec!["table: dynamodb:DescribeTable is denied"],
        ),
    ] {
        let params =
            format!("params: {{ m: {{ type: list<string>, default: [{metrics}], about: a }} }}");
        let assert = "assert: params.m.all(m, table.covered_by(m))";
        let text = rule_text(&[("params", &params), ("assert", assert)]);
        let source = Source {
            file: "r.yaml".to_owned(),
            text,
            is_builtin: false,
        };
        let (catalog, errors) = Catalog::load([source], &roots);
        assert_eq!(errors, []);
        let rule = &catalog.rules()[0];
        let operations: Vec<Operation> = rule.operations().into_iter().collect();
        assert_eq!(operations, [Operation::DescribeAlarms]);
        let params = rule.params_with(&Default::default()).expect("defaults");
        let region = region(Listed::complete(vec![]));
        let scope = Scope {
            account: &region,
            table: Some(&Alarmed),
            now: NOW.parse().expect("time"),
        };
        let outcome = outcomes(rule, &params, &scope)[0];
        assert_eq!(outcome.verdict, verdict, "{metrics}");
        let told = explain(rule, &params, &scope, &outcome);
        assert_eq!(lines(&told), said);
    }
}

#[test]
fn a_method_refuses_words_it_does_not_know_when_the_rule_is_loaded() {
    let roots = Roots {
        account: Region::TYPE,
        table: &ALARMED,
        iam: crate::snapshot::iam::Iam::TYPE,
    };
    for (assert, column) in [
        ("assert: table.covered_by('Raeds')", 26),
        ("assert: params.m.all(m, table.covered_by(m))", 42),
    ] {
        let params = "params: { m: { type: list<string>, default: [Raeds], about: a } }";
        let params = if assert.contains("params") {
            params
        } else {
            ""
        };
        let source = Source {
            file: "r.yaml".to_owned(),
            text: rule_text(&[("params", params), ("assert", assert)]),
            is_builtin: false,
        };
        let (_, errors) = Catalog::load([source], &roots);
        assert_eq!(errors[0].message, "no metric [\"Raeds\"]");
        assert_eq!(errors[0].column, column);
    }
}
