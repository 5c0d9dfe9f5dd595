use super::*;
use crate::assess::ROOTS;
use crate::rule::catalog::{Catalog, Source};

/// A rule on deletion protection with these cases.
fn rule(cases: &str) -> Rule {
    let text = format!(
        "id: a-rule\narea: recovery\ntitle: T\nseverity: high\nsince: 0.1.0\nfor_each: table\n\
         assert: table.deletion_protection\nmessage: \"{{table.name}}: off\"\nwhy: W\nfix: {{}}\nrefs: []\ntests:\n{cases}"
    );
    let source = Source {
        file: "a-rule.yaml".to_owned(),
        text,
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], &ROOTS);
    assert!(errors.is_empty(), "{errors:#?}");
    catalog.get("a-rule").expect("it loads").clone()
}

fn tested(cases: &str) -> Tested {
    let tested = Trial::default().run(&rule(cases));
    tested.expect("its cases can be read")
}

fn faults(case: &str) -> Vec<Fault> {
    let tested = tested(&format!("  - {case}\n"));
    tested.cases[0].faults.clone()
}

fn errors(case: &str) -> Vec<String> {
    let errors = Trial::default().run(&rule(&format!("  - {case}\n")));
    let errors = errors.expect_err("it is broken");
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn a_case_that_holds_has_no_fault_and_its_facts_are_blanked() {
    let tested = tested(
        "  - { name: on, given: { table: { deletion_protection: true, tags: {} } }, expect: pass }\n  \
         - { name: off, given: { table: { deletion_protection: false } }, expect: fail, evidence_mentions: [\"= false\"] }\n  \
         - { name: denied, given: { table: { deletion_protection: { $unknown: { reason: denied } } } }, expect: unknown }\n",
    );
    assert!(tested.holds(), "{tested:#?}");
    // The two facts of the table, and the list of tables: unknown, cut short, and cut to nothing.
    assert_eq!(tested.cases[0].blanked, 5);
    assert_eq!(tested.cases[2].blanked, 0);
    let place = tested.cases[1].place;
    assert_eq!((place.line, place.column), (14, 7));
}

#[test]
fn another_verdict_than_expected_is_a_fault() {
    let given = "given: { table: { deletion_protection: false } }";
    assert_eq!(
        faults(&format!("{{ name: a, {given}, expect: pass }}")),
        [Fault::Verdict(BTreeSet::from([Verdict::Fail]))]
    );
    assert_eq!(
        faults(&format!(
            "{{ name: a, {given}, expect: fail, evidence_mentions: [\"= true\"] }}"
        )),
        [Fault::NotMentioned("= true".to_owned())]
    );
}

#[test]
fn a_subject_that_is_not_there_is_a_fault_with_those_that_are() {
    let fault = faults(
        "{ name: a, given: { table: { deletion_protection: true } }, subject: Order, expect: pass }",
    );
    assert_eq!(
        fault,
        [Fault::NoResult {
            subject: Some("Order".to_owned()),
            subjects: vec!["Orders".to_owned()],
            hint: Some("did you mean \"Orders\"?".to_owned()),
        }]
    );
    let fault = faults("{ name: a, given: {}, expect: pass }");
    assert!(
        matches!(&fault[..], [Fault::NoResult { subject: None, .. }]),
        "{fault:?}"
    );
}

#[test]
fn verdicts_that_no_case_expects_are_missing() {
    let tested =
        tested("  - { name: on, given: { table: { deletion_protection: true } }, expect: pass }\n");
    assert_eq!(tested.missing, [Verdict::Fail, Verdict::Unknown]);
    assert!(!tested.holds());
}

#[test]
fn all_that_is_wrong_with_the_facts_of_a_case_has_its_place() {
    let found = errors(
        "{ name: a, given: { table: { deletion_protectoin: true, name: [] }, tabels: [], regio: x }, expect: pass }",
    );
    assert_eq!(
        found,
        [
            "a-rule.yaml:13:34: unknown field \"deletion_protectoin\", did you mean \"deletion_protection\"?",
            "a-rule.yaml:13:67: expected text, found a list",
            "a-rule.yaml:13:73: unknown field \"tabels\", did you mean \"tables\"?",
            "a-rule.yaml:13:85: unknown field \"regio\", did you mean \"region\"?",
        ]
    );
    let found =
        errors("{ name: a, given: { table: { deletion_protection: \"yes\" } }, expect: pass }");
    assert_eq!(
        found,
        ["a-rule.yaml:13:55: expected true or false, found \"yes\", write true"]
    );
    let found = errors("{ name: a, given: [], expect: pass }");
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn one_table_and_a_list_of_them_are_not_mixed() {
    let found = errors("{ name: a, given: { table: {}, tables: [] }, expect: pass }");
    assert!(
        found[0].starts_with("a-rule.yaml:13:36: \"tables\" stands beside \"table\""),
        "{found:?}"
    );
}

#[test]
fn params_that_the_rule_does_not_have_and_names_that_are_taken_are_mistakes() {
    let found = errors(
        "{ name: a, given: { table: {} }, params: { days: 3 }, expect: unknown }\n  \
         - { name: a, given: { table: {} }, expect: unknown }",
    );
    assert_eq!(
        found,
        [
            "a-rule.yaml:13:48: unknown param \"days\", the rule has no params",
            "a-rule.yaml:14:13: another case is named \"a\" too",
        ]
    );
}

mod turns {
    use super::super::blank::turned;
    use super::*;
    use crate::finding::SubjectId;

    fn finding(name: &str, verdict: Verdict) -> Finding {
        let case =
            "  - { name: a, given: { table: { deletion_protection: true } }, expect: pass }\n";
        let mut finding = tested(case).cases[0].results[0].clone();
        finding.subject = SubjectId {
            name: name.to_owned(),
            table: None,
            ..finding.subject
        };
        finding.verdict = verdict;
        finding
    }

    fn turn(before: &[(&str, Verdict)], after: &[(&str, Verdict)]) -> Option<Turn> {
        let findings = |of: &[(&str, Verdict)]| -> Vec<Finding> {
            of.iter()
                .map(|(name, verdict)| finding(name, *verdict))
                .collect()
        };
        turned(&findings(before), &findings(after))
    }

    #[test]
    fn what_is_not_known_leaves_the_same_verdict_or_unknown() {
        use Verdict::{Fail, NotApplicable, Pass, Unknown};
        for verdict in [Pass, Fail, NotApplicable] {
            assert_eq!(turn(&[("a", verdict)], &[("a", verdict)]), None);
            assert_eq!(turn(&[("a", verdict)], &[("a", Unknown)]), None);
            assert_eq!(turn(&[("a", verdict)], &[("of the list", Unknown)]), None);
        }
        for (from, to) in [
            (Pass, Fail),
            (Fail, Pass),
            (Unknown, Pass),
            (Fail, NotApplicable),
        ] {
            let turn = turn(&[("a", from)], &[("a", to)]);
            let turn = turn.expect("the verdict turned");
            assert_eq!((turn.from, turn.to), (Some(from), Some(to)));
        }
    }

    #[test]
    fn a_verdict_that_goes_away_without_a_word_is_told() {
        let gone = turn(&[("a", Verdict::Fail)], &[]).expect("nothing is said of it");
        assert_eq!((gone.from, gone.to), (Some(Verdict::Fail), None));
    }
}
