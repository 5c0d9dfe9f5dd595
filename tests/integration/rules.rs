//! Laws over all rules: their own cases, a snapshot of which nothing is known, one fact flipped, shuffled input.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use dynalint::assess::cases::Trial;
use dynalint::assess::{self, Assessment, Listing, Selection, Settings};
use dynalint::config::Config;
use dynalint::finding::{Finding, Severity, Verdict, worst_first};
use dynalint::link::Linked;
use dynalint::rule::catalog::Catalog;
use dynalint::rule::{Root, Rule};
use dynalint::snapshot::Snapshot;
use dynalint::snapshot::places::Shapes;
use serde_json::{Map, Value, json};

use crate::golden::assert_golden;

pub(crate) fn catalog() -> Catalog {
    let (catalog, errors) = assess::load([]);
    assert!(errors.is_empty(), "{errors:#?}");
    catalog
}

pub(crate) fn assess(catalog: &Catalog, snapshot: &Snapshot) -> Assessment {
    let config = Config::default();
    assess::assess(
        &Settings::by_default(catalog.rules()),
        &Linked::new(snapshot, &config),
        &Selection::default(),
        Listing::All,
    )
}

#[test]
fn the_rules_that_are_built_in_load() {
    let catalog = catalog();
    assert!(catalog.get("pitr-on").is_some());
    assert_eq!(catalog.nearest("pitr-no"), Some("pitr-on"));
}

fn snapshot(region: Value, iam: Option<Value>) -> Snapshot {
    let iam: Vec<Value> = iam.into_iter().collect();
    let document = json!({
        "version": 1, "tool_version": "0", "source": "live", "caller_arn": null, "collected_at": "2026-11-22T12:00:00Z",
        "calls": {}, "gaps": [], "iam": iam, "regions": [region],
    });
    serde_json::from_value(document).expect("a snapshot")
}

#[test]
fn every_case_of_every_rule_holds_and_so_it_does_where_less_is_known() {
    let mut trial = Trial::default();
    let mut blanked = 0;
    let mut wrong = Vec::new();
    for rule in catalog().rules() {
        match trial.run(rule) {
            Ok(tested) => {
                blanked += tested.blanked();
                let missing = tested.missing.iter();
                wrong.extend(missing.map(|verdict| format!("{}: no case is {verdict}", rule.id)));
                for case in tested.cases.iter().filter(|case| !case.holds()) {
                    wrong.push(format!("{}, {}: {:#?}", rule.id, case.name, case.faults));
                }
            }
            Err(errors) => wrong.extend(errors.iter().map(ToString::to_string)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(blanked > 10_000, "{blanked} facts of cases were blanked");
}

#[test]
fn every_rule_says_why_and_what_to_do() {
    for rule in catalog().rules() {
        assert!(
            !rule.why.is_empty()
                && !rule.refs.is_empty()
                && (rule.fix.cli.is_some() || rule.fix.text.is_some()),
            "{}",
            rule.id
        );
    }
}

/// The demo account, as JSON.
fn demo() -> Value {
    serde_json::from_str(include_str!("../../demo/snapshot.json")).expect("JSON")
}

fn read(document: &Value) -> Snapshot {
    serde_json::from_value(document.clone()).expect("a snapshot")
}

/// Every fact becomes unknown: each value of an object that is a fact of its record.
fn blind(value: &mut Value) {
    let denied = json!({"$unknown": {"reason": "denied", "action": "dynamodb:DescribeTable"}});
    let Value::Object(region) = value else { return };
    let tables = region
        .get_mut("tables")
        .and_then(Value::as_array_mut)
        .map(std::mem::take)
        .unwrap_or_default();
    for (key, fact) in region.iter_mut() {
        if !["account", "partition", "region"].contains(&key.as_str()) {
            *fact = denied.clone();
        }
    }
    let blinded = tables.into_iter().map(|table| {
        let known: Map<String, Value> = table.as_object().expect("a table").clone();
        let facts = known.into_iter().map(|(key, fact)| {
            if key == "name" {
                (key, fact)
            } else {
                (key, denied.clone())
            }
        });
        Value::Object(facts.collect())
    });
    let blinded: Vec<Value> = blinded.collect();
    if !blinded.is_empty() {
        region.insert("tables".into(), Value::Array(blinded));
    }
}

#[test]
fn of_a_snapshot_without_one_known_fact_nothing_is_said() {
    let mut document = demo();
    for region in document["regions"].as_array_mut().expect("regions") {
        blind(region);
    }
    for iam in document["iam"].as_array_mut().expect("accounts") {
        blind(iam);
    }
    let catalog = catalog();
    let assessment = assess(&catalog, &read(&document));
    let spoken: Vec<&Finding> = assessment
        .findings
        .iter()
        .filter(|finding| finding.verdict != Verdict::Unknown)
        .collect();
    assert!(spoken.is_empty(), "{spoken:#?}");
    let per_table = |rule: &&Rule| rule.for_each.root() == Root::Table;
    let on_tables = catalog.rules().iter().filter(per_table).count();
    let on_accounts = catalog.rules().len() - on_tables;
    assert_eq!(assessment.summary.all.unknown, on_tables * 4 + on_accounts);
}

/// Places of one shape that are blinded: each is a load and an assessment.
const FEW: usize = 4;

#[test]
fn every_fact_that_is_blinded_leaves_the_same_verdict_or_unknown() {
    let catalog = catalog();
    let document = demo();
    let clean = verdicts(&assess(&catalog, &read(&document)));
    let facts = Shapes::default().places(&document).facts;
    for pointer in few_of_each_shape(&facts, FEW) {
        let mut blinded = document.clone();
        *blinded.pointer_mut(pointer).expect("it is there") =
            json!({"$unknown": {"reason": "failed"}});
        for (key, verdict) in verdicts(&assess(&catalog, &read(&blinded))) {
            let before = clean.get(&key).copied();
            // A list that could not be read has one result of its own, on what it belongs to.
            let on_list = before.is_none() && verdict == Verdict::NotApplicable;
            assert!(
                verdict == Verdict::Unknown || before == Some(verdict) || on_list,
                "{pointer}: {key}: {before:?} became {verdict:?}"
            );
        }
    }
}

/// At most `few` pointers of each shape, spread over the document.
fn few_of_each_shape(pointers: &[String], few: usize) -> Vec<&String> {
    let mut by_shape: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    let shape = |step: &str| match step.parse::<usize>() {
        Ok(_) => "*".to_owned(),
        Err(_) => step.to_owned(),
    };
    for pointer in pointers {
        let shape: Vec<String> = pointer.split('/').map(shape).collect();
        by_shape.entry(shape.join("/")).or_default().push(pointer);
    }
    let spread = |all: Vec<_>| {
        let step = all.len().div_ceil(few).max(1);
        all.into_iter().step_by(step)
    };
    by_shape.into_values().flat_map(spread).collect()
}

fn verdicts(assessment: &Assessment) -> BTreeMap<String, Verdict> {
    let key = |finding: &Finding| {
        let subject = &finding.subject;
        format!("{} {} {}", finding.rule, subject.kind, subject.short())
    };
    assessment
        .findings
        .iter()
        .map(|finding| (key(finding), finding.verdict))
        .collect()
}

#[test]
fn shuffled_input_gives_the_same_report() {
    let catalog = catalog();
    let document = demo();
    let mut turned = document.clone();
    let iam = turned["iam"].take();
    let regions = turned["regions"].take();
    let mut parts = [iam, regions];
    let wholes = parts
        .iter_mut()
        .flat_map(|part| part.as_array_mut().expect("a list"));
    for whole in wholes {
        for list in whole
            .as_object_mut()
            .expect("facts")
            .values_mut()
            .filter_map(Value::as_array_mut)
        {
            list.reverse();
        }
    }
    let [iam, regions] = parts;
    (turned["iam"], turned["regions"]) = (iam, regions);
    let one = assess(&catalog, &read(&document));
    let other = assess(&catalog, &read(&turned));
    let differs = one
        .findings
        .iter()
        .zip(&other.findings)
        .find(|(one, other)| one != other);
    assert_eq!(differs, None);
    assert_eq!(one.summary, other.summary);
}

/// Which fact of the healthy account each rule stands on: one edit, and the one verdict it turns, in a file of the
/// rule's name.
pub(crate) fn flips() -> BTreeMap<String, Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/flips");
    let files = fs::read_dir(folder).expect("the folder of flips");
    let flip = |file: std::io::Result<fs::DirEntry>| {
        let path = file.expect("a file").path();
        let rule = path.file_stem().expect("a name").to_string_lossy();
        let text = fs::read_to_string(&path).expect("readable");
        (
            rule.into_owned(),
            serde_json::from_str(&text).expect("JSON"),
        )
    };
    files.map(flip).collect()
}

#[test]
fn flipping_a_fact_of_the_healthy_account_flips_exactly_its_verdict() {
    let catalog = catalog();
    let healthy: Value =
        serde_json::from_str(include_str!("../fixtures/snapshots/healthy.json")).expect("JSON");
    let before = verdicts(&assess(&catalog, &read(&healthy)));
    assert!(
        before
            .values()
            .all(|verdict| matches!(verdict, Verdict::Pass | Verdict::NotApplicable)),
        "{before:#?}"
    );
    let flips = flips();
    let rules: BTreeSet<&str> = catalog
        .rules()
        .iter()
        .map(|rule| rule.id.as_str())
        .collect();
    let flipped: BTreeSet<&str> = flips.keys().map(String::as_str).collect();
    assert_eq!(rules, flipped, "each rule has its flip");
    // Writes down the company that each flip has; whether it is necessary, the diff tells.
    let update = std::env::var_os("UPDATE").is_some_and(|what| what == "flips");
    let mut wrong = Vec::new();
    for (rule, flip) in &flips {
        let mut document = healthy.clone();
        let at = flip["at"].as_str().expect("a path");
        let target = match at.strip_prefix("iam / ") {
            Some(at) => find(&mut document["iam"][0], at),
            None => find(&mut document["regions"][0], at),
        };
        *target = flip["to"].clone();
        let after = verdicts(&assess(&catalog, &read(&document)));
        let turned = flip["turns"].as_str().expect("a verdict");
        // What the edit brings into being has no verdict that could turn.
        let was_there = |key: &str| key == turned || before.contains_key(key);
        let changed: BTreeSet<String> = after
            .iter()
            .filter(|(key, verdict)| was_there(key) && before.get(*key) != Some(*verdict))
            .map(|(key, verdict)| format!("{key}: {verdict}"))
            .collect();
        let turned = format!("{turned}: fail");
        if update && changed.contains(&turned) {
            write_company(rule, flip, changed.iter().filter(|it| **it != turned));
            continue;
        }
        // Beside its own: rules that speak only where this fact holds, and tables whose one plan it was.
        let with = flip["with"].as_array().into_iter().flatten();
        let with = with.filter_map(Value::as_str).map(str::to_owned);
        let expected: BTreeSet<String> = with.chain([turned]).collect();
        for (sign, lines) in [
            ("+", changed.difference(&expected)),
            ("-", expected.difference(&changed)),
        ] {
            wrong.extend(lines.map(|line| format!("{rule}: {sign} {line}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn write_company<'v>(rule: &str, flip: &Value, company: impl Iterator<Item = &'v String>) {
    let mut flip = flip.clone();
    let company: Vec<&String> = company.collect();
    let fields = flip.as_object_mut().expect("an object");
    match company.is_empty() {
        true => fields.remove("with"),
        false => fields.insert("with".to_owned(), json!(company)),
    };
    let file = format!(
        "{}/tests/fixtures/flips/{rule}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = serde_json::to_string_pretty(&flip).expect("JSON") + "\n";
    fs::write(file, text).expect("writable");
}

/// `tables/shop-orders/pitr/status`: lists are walked by name, id or ARN.
pub(crate) fn find<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    path.split(" / ").fold(value, |value, step| match value {
        Value::Array(items) => {
            let named = |item: &Value| {
                [
                    "name",
                    "arn",
                    "id",
                    "resource_id",
                    "resource_arn",
                    "function_arn",
                ]
                .iter()
                .any(|key| {
                    item[*key]
                        .as_str()
                        .is_some_and(|name| name == step || name.ends_with(&format!(":{step}")))
                })
            };
            let at = step.parse().ok().or_else(|| items.iter().position(named));
            &mut items[at.unwrap_or_else(|| panic!("{path}: no {step}"))]
        }
        other => &mut other[step],
    })
}

#[test]
fn a_table_of_the_starter_tier_fails_one_step_lower() {
    let catalog = catalog();
    let of = |environment: &str| {
        let table = json!({"name": "Orders", "deletion_protection": false, "tags": {"environment": environment}});
        let region = json!({"account": "111122223333", "partition": "aws", "region": "eu-west-1", "tables": [table]});
        let assessment = assess(&catalog, &snapshot(region, None));
        let finding = assessment
            .findings
            .iter()
            .find(|it| it.rule == "deletion-protection");
        let counted = assessment.summary.fails.clone();
        let finding = finding.expect("it fails");
        assert_eq!(finding.verdict, Verdict::Fail);
        (finding.severity, counted)
    };
    let (prod, counted) = of("prod");
    assert_eq!(
        (prod, counted.get(&Severity::High)),
        (Severity::High, Some(&1))
    );
    let (dev, counted) = of("dev");
    assert_eq!(
        (dev, counted.get(&Severity::High)),
        (Severity::Medium, None)
    );
}

#[test]
fn many_tables_are_judged_side_by_side_as_each_by_itself() {
    let catalog = catalog();
    let judged = |names: &[String]| {
        let table = |name: &String| json!({"name": name, "deletion_protection": name.ends_with('7'), "tags": {}});
        let tables: Vec<Value> = names.iter().map(table).collect();
        let region = json!({"account": "111122223333", "partition": "aws", "region": "eu-west-1", "tables": tables});
        assess(&catalog, &snapshot(region, None))
    };
    let names: Vec<String> = (0..900).map(|number| format!("t-{number:03}")).collect();
    let all = judged(&names);
    let of = |rule: &str| all.summary.by_rule[rule];
    assert_eq!(
        (
            of("deletion-protection").pass,
            of("deletion-protection").fail
        ),
        (90, 810)
    );
    assert_eq!(of("required-tags").fail, 900);
    assert_eq!(all.summary.by_table.len(), 900);
    for name in ["t-000", "t-457", "t-899"] {
        let alone = judged(&[name.to_owned()]).findings;
        let its_own = |it: &&Finding| it.subject.table.as_deref() == Some(name);
        let together: Vec<&Finding> = all.findings.iter().filter(its_own).collect();
        assert_eq!(together, alone.iter().filter(its_own).collect::<Vec<_>>());
    }
}

#[test]
fn any_number_of_threads_says_the_same() {
    let (catalog, config) = (catalog(), Config::default());
    let settings = Settings::by_default(catalog.rules());
    let denied = json!({"$unknown": {"reason": "denied", "action": "dynamodb:DescribeTable"}});
    let table = |number: usize| {
        let name = format!("t-{number:04}");
        json!({"name": name, "arn": format!("arn:aws:dynamodb:eu-west-1:111122223333:table/{name}"),
            "deletion_protection": if number.is_multiple_of(7) { denied.clone() } else { json!(number.is_multiple_of(2)) },
            "indexes": [{"name": "by.day"}, {"name": "by.name"}], "tags": {"env": if number.is_multiple_of(3) { "prod" } else { "dev" }}})
    };
    // Not in the order of their names.
    let tables: Vec<Value> = (0..450).map(|number| table(number * 7 % 450)).collect();
    let region = json!({"account": "111122223333", "partition": "aws", "region": "eu-west-1", "tables": tables,
        "alarms": [], "scaling_targets": [], "scaling_policies": []});
    let snapshot = snapshot(region, None);
    let on = |threads| {
        let linked = Linked::on(&snapshot, &config, threads);
        assess::assess(&settings, &linked, &Selection::default(), Listing::All)
    };
    let one = on(1);
    assert!(
        one.findings
            .is_sorted_by(|one, other| worst_first(one, other).is_le())
    );
    assert!(one.summary.all.fail > 450 && one.summary.all.unknown > 450);
    assert_eq!(one.findings.len(), one.summary.all.total());
    for threads in [2, 64] {
        let many = on(threads);
        assert!(one.findings == many.findings, "on {threads} threads");
        assert_eq!(one.summary, many.summary);
        assert_eq!((&one.gaps, &one.briefs), (&many.gaps, &many.briefs));
    }
}

#[test]
fn the_matrix_of_all_rules_over_all_fixtures() {
    let catalog = catalog();
    let fixtures = [
        ("demo", include_str!("../../demo/snapshot.json")),
        (
            "healthy",
            include_str!("../fixtures/snapshots/healthy.json"),
        ),
        ("broken", include_str!("../fixtures/snapshots/broken.json")),
        (
            "starter",
            include_str!("../fixtures/snapshots/starter.json"),
        ),
    ];
    let mut lines = Vec::new();
    for (name, text) in fixtures {
        let assessment = assess(&catalog, &serde_json::from_str(text).expect("a snapshot"));
        for (key, verdict) in verdicts(&assessment) {
            lines.push(format!("{name:8} {verdict:14} {key}"));
        }
    }
    assert_golden("rules/matrix.txt", &(lines.join("\n") + "\n"));
}

#[test]
fn who_asks_whether_somebody_is_told_needs_all_calls_that_tell_it() {
    // A topic that CloudWatch may not publish to, or whose key it may not use, reaches nobody.
    let types = [
        dynalint::link::table::TableView::TYPE,
        dynalint::link::index::IndexView::TYPE,
        dynalint::link::account::AccountView::TYPE,
        dynalint::link::consumer::ConsumerView::TYPE,
    ];
    let asks = [
        "covered_by",
        "covered_by_operation",
        "wakes_someone",
        "replication_covered",
        "age_alarm_below",
    ];
    let mut asked = 0;
    for of in types {
        for method in of.methods.iter().filter(|it| asks.contains(&it.name)) {
            let from: Vec<&str> = method.from.iter().map(|it| it.name()).collect();
            for call in [
                "cloudwatch:DescribeAlarms",
                "sns:GetTopicAttributes",
                "kms:GetKeyPolicy",
            ] {
                assert!(from.contains(&call), "{}.{}: {call}", of.name, method.name);
            }
            asked += 1;
        }
    }
    assert!(asked >= 8, "{asked}");
}
