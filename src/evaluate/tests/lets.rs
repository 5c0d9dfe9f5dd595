//! Names of `let`: what they stand for, when they are worked out, and what evidence shows of them.

use super::*;

fn judge_let(lets: &[&str], assert: &str, table: &Table) -> (Verdict, Vec<String>) {
    let lets: String = lets.iter().map(|line| format!("\n  {line}")).collect();
    let changes = [
        ("params", format!("let:{lets}")),
        ("assert", format!("assert: |\n  {assert}")),
    ];
    let changes = changes.each_ref().map(|(key, line)| (*key, line.as_str()));
    let (verdict, explanation) = judge(&changes, table).remove(0);
    (verdict, lines(&explanation))
}

#[test]
fn a_name_of_let_stands_for_its_value_and_evidence_shows_the_fields_behind_it() {
    let table = table();
    for (lets, assert, verdict, said) in [
        (
            &["pitr: table.pitr", "days: pitr.window_days"][..],
            "days != null && days >= 35",
            Verdict::Fail,
            vec!["table.pitr.window_days = 7 [>= 35]"],
        ),
        (
            &["big: table.indexes.filter(i, i.size_bytes > 20)"],
            "big.all(i, i.status == 'ACTIVE')",
            Verdict::Fail,
            vec!["table.indexes[\"GSI2\"].status = CREATING [== \"ACTIVE\"]"],
        ),
        (
            &["kept: table.deletion_protection || table.size_bytes < 50"],
            "kept && table.item_count == 0",
            Verdict::Fail,
            vec![
                "table.deletion_protection = false [== true]",
                "table.size_bytes = 100 [< 50]",
            ],
        ),
        (
            &["share: table.size_bytes / 400"],
            "share > 0.5",
            Verdict::Fail,
            vec!["table.size_bytes / 400 = 0.25 [> 0.5]"],
        ),
        (
            &["limit: table.size_bytes"],
            "table.indexes.all(i, i.size_bytes < limit) && table.item_count > limit",
            Verdict::Fail,
            vec!["table.item_count = 0 [> table.size_bytes (100)]"],
        ),
        // The names of two lambdas, one inside the other, are apart.
        (
            &["sizes: table.indexes.filter(i, i.name != 'GSI3').map(i, i.size_bytes)"],
            "table.indexes.exists(x, x.name == 'GSI2' && sizes.exists(n, n == x.size_bytes))",
            Verdict::Pass,
            vec![
                "table.indexes[\"GSI2\"].name = GSI2 [== \"GSI2\"]",
                "30 = 30 [== table.indexes[\"GSI2\"].size_bytes (30)]",
            ],
        ),
        (
            &["reads: table.read_capacity_units", "many: reads > 100"],
            "many || table.deletion_protection",
            Verdict::Unknown,
            vec!["table.read_capacity_units: dynamodb:DescribeTable is denied"],
        ),
        // What could not be read spoils nothing that does not need it.
        (
            &["reads: table.read_capacity_units", "many: reads > 100"],
            "many || table.size_bytes == 100",
            Verdict::Pass,
            vec!["table.size_bytes = 100 [== 100]"],
        ),
        (
            &["first: table.indexes.filter(i, i.name == 'none')"],
            "table.size_bytes < 3 || (first.size() == 1 && table.item_count > 0)",
            Verdict::Fail,
            vec![
                "table.size_bytes = 100 [< 3]",
                "size(table.indexes.filter(i, i.name == 'none')) = 0 [== 1]",
                "table.indexes[\"GSI1\"].name = GSI1 [== \"none\"]",
                "table.indexes[\"GSI2\"].name = GSI2 [== \"none\"]",
                "table.indexes[\"GSI3\"].name = GSI3 [== \"none\"]",
                "table.item_count = 0 [> 0]",
            ],
        ),
    ] {
        let (found, lines) = judge_let(lets, assert, &table);
        assert_eq!(found, verdict, "{assert}");
        assert_eq!(lines, said, "{assert}");
    }
}

#[test]
fn messages_and_repairs_take_names_of_let() {
    let changes = [
        EACH_INDEX,
        ("params", "let: { state: i.status, big: table.size_bytes }"),
        ("assert", "assert: state == 'ACTIVE'"),
        ("message", "message: '{i.name} is {state} at {big}'"),
        ("fix", "fix: { cli: 'aws x {{ state }}' }"),
    ];
    let judged = judge(&changes, &table());
    assert_eq!(judged[0].0, Verdict::Pass);
    assert_eq!(judged[1].1.message, "GSI2 is CREATING at 100");
    let command = judged[1]
        .1
        .fix
        .as_ref()
        .and_then(|fix| fix.command.as_deref());
    assert_eq!(command, Some("aws x CREATING"));
    assert_eq!(
        lines(&judged[1].1),
        ["table.indexes[\"GSI2\"].status = CREATING [== \"ACTIVE\"]"]
    );
    assert_eq!(judged[2].0, Verdict::Unknown);
}

/// A record that counts how often it is read.
struct Counting(std::sync::atomic::AtomicUsize);

static COUNTING: RecordType = RecordType {
    name: "counting",
    doc: "",
    base: None,
    fields: &[crate::snapshot::record::Field {
        name: "on",
        doc: "",
        mark: crate::snapshot::record::Mark::Config,
        ty: <bool as FactType>::field_type,
        from: &[],
    }],
    methods: &[Method {
        name: "knows",
        doc: "",
        args: &[
            ("action", <String as FactType>::ty),
            ("other", || crate::snapshot::record::Type::Record(&COUNTING)),
        ],
        check: |args| match args {
            [] | ["Get"] => Ok(()),
            other => Err(format!("no action {other:?}")),
        },
        from: &[],
    }],
};

impl Record for Counting {
    fn record_type(&self) -> &'static RecordType {
        &COUNTING
    }
    fn get(&self, _slot: usize) -> Value<'_> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Value::Bool(false)
    }
    fn call(&self, _method: usize, args: &[Value<'_>]) -> Value<'_> {
        match args {
            [Value::Text("Get"), Value::Record(other)] => {
                Value::Bool(matches!(other.get(0), Value::Bool(true)))
            }
            _ => Value::Absent,
        }
    }
    fn label(&self) -> String {
        "it".to_owned()
    }
}

const COUNTING_ROOTS: Roots = Roots {
    account: Region::TYPE,
    table: &COUNTING,
    iam: crate::snapshot::iam::Iam::TYPE,
};

fn judge_counting(changes: &[(&str, &str)]) -> (Verdict, Vec<String>, usize) {
    let source = Source {
        file: "r.yaml".to_owned(),
        text: rule_text(changes),
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], &COUNTING_ROOTS);
    assert_eq!(errors, []);
    let rule = &catalog.rules()[0];
    let params = rule.params_with(&Default::default()).expect("defaults");
    let region = region(Listed::complete(vec![]));
    let record = Counting(Default::default());
    let scope = Scope {
        account: &region,
        table: Some(&record),
        now: NOW.parse().expect("time"),
    };
    let outcome = outcomes(rule, &params, &scope)[0];
    let reads = record.0.load(std::sync::atomic::Ordering::Relaxed);
    let told = explain(rule, &params, &scope, &outcome);
    (outcome.verdict, lines(&told), reads)
}

#[test]
fn a_name_of_let_is_worked_out_when_it_is_needed_and_once() {
    let lets = ("params", "let: { on: table.on }");
    let twice = judge_counting(&[lets, ("assert", "assert: on || on || !on")]);
    assert_eq!((twice.0, twice.2), (Verdict::Pass, 1));
    let never = judge_counting(&[lets, ("assert", "assert: account.region == 'x' && on")]);
    assert_eq!((never.0, never.2), (Verdict::Fail, 0));
}

#[test]
fn records_are_arguments_too() {
    let assert = "assert: table.knows('Get', table)";
    let (verdict, said, _) = judge_counting(&[("assert", assert)]);
    assert_eq!(verdict, Verdict::Fail);
    assert_eq!(said, ["table.knows(\"Get\", table) = false [== true]"]);
    for (condition, expected) in [
        ("table.knows('Got', table)", "no action [\"Got\"]"),
        (
            "table.knows('Get', account)",
            "expected counting, found region",
        ),
        ("table.knows('Get')", "knows takes (action, other)"),
    ] {
        let source = Source {
            file: "r.yaml".to_owned(),
            text: rule_text(&[("assert", &format!("assert: {condition}"))]),
            is_builtin: false,
        };
        let (_, errors) = Catalog::load([source], &COUNTING_ROOTS);
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, [expected]);
    }
}
