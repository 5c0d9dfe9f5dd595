//! The repairs of rules, read by what they are made for: the AWS CLI with AWS's own service models, a parser of HCL with the
//! arguments of the Terraform provider, and cfn-lint. Whether they repair, the sandbox tells: [`applied`].

#[cfg(feature = "live")]
mod applied;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dynalint::assess::cases::Trial;
use dynalint::rule::Rule;
use dynalint::rule::condition::Condition;
use dynalint::rule::template::Template;
use serde_json::{Value, json};

use crate::python;
use crate::rules::catalog;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/repairs")
}

/// A file of `tests/repairs/`: names to texts, by section.
fn kept(file: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(file)).expect("it is there");
    serde_json::from_str(&text).expect("JSON")
}

fn section(file: &Value, name: &str) -> BTreeMap<String, String> {
    serde_json::from_value(file[name].clone()).expect("names and texts")
}

/// What a reader in `tests/repairs/` finds wrong.
fn wrong(reader: &str, entries: &[Value]) -> Vec<String> {
    let mut child = Command::new(python::environment(&folder()))
        .arg(folder().join(reader))
        .current_dir(folder().join("files"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut input = child.stdin.take().expect("stdin is piped");
    let entries = serde_json::to_vec(entries).expect("JSON");
    input.write_all(&entries).expect("the reader reads");
    drop(input);
    let output = child.wait_with_output().expect("the reader ends");
    assert!(output.status.success(), "{reader} failed");
    serde_json::from_slice(&output.stdout).expect("a list of texts")
}

/// The upper-case words of a text: placeholders, and words of AWS.
fn upper_case_words(text: &str) -> BTreeSet<&str> {
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_one = |word: &&str| {
        word.len() > 1 && word.chars().all(upper) && word.chars().any(|c| c.is_ascii_uppercase())
    };
    text.split(|c| !of_word(c)).filter(is_one).collect()
}

/// The template with samples in the place of values, and then of upper-case words.
fn sampled(template: &Template, samples: &Value) -> String {
    let values = section(samples, "values");
    let value = |condition: &Condition| Some(values[condition.text()].clone());
    let text = template.for_people(value);
    let placeholders = section(samples, "placeholders");
    let words = upper_case_words(&text).into_iter().map(str::to_owned);
    let mut words: Vec<String> = words.collect();
    words.sort_by_key(|word| usize::MAX - word.len());
    // What is filled in holds no placeholder: the longest name first, and none is a part of a sample.
    words
        .iter()
        .fold(text.clone(), |text, word| match placeholders.get(word) {
            Some(sample) => in_place_of(&text, word, sample),
            None => text,
        })
}

/// The text with a sample wherever the word stands by itself.
fn in_place_of(text: &str, word: &str, sample: &str) -> String {
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let alone = !before.ends_with(of_word) && !after.starts_with(of_word);
        filled += before;
        filled += if alone { sample } else { word };
        rest = after;
    }
    filled + rest
}

/// The commands of a rule: as its own cases that fail show them, and filled with samples.
fn commands(rule: &Rule, samples: &Value) -> BTreeSet<String> {
    let Some(cli) = &rule.fix.cli else {
        return BTreeSet::new();
    };
    let tested = Trial::default().run(rule).expect("cases that can be read");
    let results = tested.cases.into_iter().flat_map(|case| case.results);
    let shown = results.filter_map(|finding| finding.fix?.command);
    shown.chain([sampled(cli, samples)]).collect()
}

#[test]
fn every_command_is_one_that_aws_takes() {
    let samples = kept("samples.json");
    // What a case leaves unknown stands as `TABLE_NAME` for `table.name`.
    let mut placeholders = section(&samples, "placeholders");
    for (path, sample) in section(&samples, "values") {
        placeholders.insert(path.replace('.', "_").to_uppercase(), sample);
    }
    let mut entries = Vec::new();
    for rule in catalog().rules() {
        for command in commands(rule, &samples) {
            let rule = &rule.id;
            entries.push(json!({"rule": rule, "command": command, "placeholders": placeholders}));
        }
    }
    assert!(entries.len() > 200, "{} commands", entries.len());
    let wrong = wrong("commands.py", &entries);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_template_is_one_that_terraform_and_cloudformation_take() {
    let samples = kept("samples.json");
    let mut entries = Vec::new();
    for rule in catalog().rules() {
        for (form, template) in [
            ("terraform", &rule.fix.terraform),
            ("cloudformation", &rule.fix.cloudformation),
        ] {
            let text = template.as_ref().map(|it| sampled(it, &samples));
            let entry = text.map(|text| json!({"rule": rule.id, "form": form, "text": text}));
            entries.extend(entry);
        }
    }
    assert!(entries.len() > 150, "{} templates", entries.len());
    let wrong = wrong("templates.py", &entries);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readers_see_what_is_wrong() {
    let command = |command: &str| json!({"rule": "r", "command": command, "placeholders": {}});
    let template = |form: &str, text: &str| json!({"rule": "r", "form": form, "text": text});
    let bad = [
        "aws dynamodb update-tabel --table-name a",
        "aws dynamodb update-table --deletion-protection-enabled",
        "aws dynamodb update-table --table-name orders --deletion-protected",
        "aws dynamodb update-contributor-insights --table-name orders --contributor-insights-action ON",
        "aws dynamodb update-time-to-live --table-name orders --time-to-live-specification Enable=true",
        "aws cloudwatch put-metric-alarm --alarm-name a --period SOON",
        "aws dynamodb put-resource-policy --resource-arn arn:aws:x --policy file://nowhere.json",
        "aws dynamodb delete-table --table-name 'orders",
        "rm -rf orders",
    ];
    let seen = wrong("commands.py", &bad.map(command)).join("\n");
    for bad in bad {
        assert!(seen.contains(&format!("    {bad}")), "{bad}: {seen}");
    }
    let bad = [
        template("terraform", "deletion_protection = true"),
        template("terraform", "point_in_time_recovery = true"),
        template("terraform", "tags = {"),
        template(
            "terraform",
            "# in the rule of the aws_backup_plan\nlifecycle {\n delete = 3\n}",
        ),
        template(
            "terraform",
            "resource \"aws_sns_topic_subscription\" \"a\" {\n  protocol = \"sms\"\n}",
        ),
        template("cloudformation", "DeletionProtection: true"),
        template("cloudformation", "DeletionProtectionEnabled: often"),
        template("cloudformation", "SSESpecification:\n  SSEType: SOME"),
        template("cloudformation", "# in the AWS::KMS::Key\nRotation: true"),
        template(
            "cloudformation",
            "Topic:\n  Type: AWS::SNS::Subscription\n  Properties:\n    Protocol: sms",
        ),
        template("cloudformation", "Tags: [}"),
    ];
    let seen = wrong("templates.py", &bad);
    assert!(seen.len() >= bad.len(), "{}", seen.join("\n"));
}

#[test]
fn every_placeholder_is_explained_beside_the_commands() {
    let samples = kept("samples.json");
    let placeholders = section(&samples, "placeholders");
    let words: BTreeSet<String> = serde_json::from_value(samples["words"].clone()).expect("a list");
    let mut wrong = Vec::new();
    for rule in catalog().rules() {
        let fix = &rule.fix;
        let forms = [&fix.cli, &fix.terraform, &fix.cloudformation];
        let text = fix.text.as_ref().map(Template::with_placeholders);
        let text = text.unwrap_or_default();
        for form in forms.into_iter().flatten() {
            // Values are other people's: they may hold any word.
            let shown = form.for_people(|_| Some(String::new()));
            for word in upper_case_words(&shown) {
                let known = placeholders.contains_key(word);
                if !known && !words.contains(word) {
                    wrong.push(format!("{}: samples.json does not know {word}", rule.id));
                } else if known && !upper_case_words(&text).contains(word) {
                    wrong.push(format!("{}: fix.text does not say what {word} is", rule.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the commands change anything.
fn only_looks(command: &str) -> bool {
    let operations = command.split("aws ").skip(1);
    let mut operations = operations.filter_map(|call| call.split_whitespace().nth(1));
    operations.all(|operation| {
        let looks = ["describe-", "get-", "list-", "wait"];
        looks.iter().any(|look| operation.starts_with(look))
    })
}

#[test]
fn every_rule_is_repaired_in_every_form_or_says_why_not() {
    let kept = kept("without.json");
    let catalog = catalog();
    let without = |lacks: &dyn Fn(&Rule) -> bool| -> Vec<String> {
        let rules = catalog.rules().iter().filter(|rule| lacks(rule));
        let mut rules: Vec<String> = rules.map(|rule| rule.id.to_string()).collect();
        rules.sort();
        rules
    };
    let looks = |rule: &Rule| {
        let cli = rule.fix.cli.as_ref();
        cli.is_some_and(|cli| only_looks(&cli.with_placeholders()))
    };
    for (form, lacking) in [
        ("cli", without(&|rule| rule.fix.cli.is_none())),
        ("commands that only look", without(&looks)),
        ("terraform", without(&|rule| rule.fix.terraform.is_none())),
        (
            "cloudformation",
            without(&|rule| rule.fix.cloudformation.is_none()),
        ),
    ] {
        let listed: Vec<String> = section(&kept, form).into_keys().collect();
        assert_eq!(lacking, listed, "without.json, {form}");
    }
}

#[test]
fn what_cannot_be_undone_has_words_beside_it() {
    let irreversible = [
        "delete-",
        "Delete=",
        "logically-air-gapped",
        "--changeable-for-days",
        "delete_after",
    ];
    for rule in catalog().rules() {
        let Some(cli) = &rule.fix.cli else { continue };
        let cli = cli.with_placeholders();
        let destroys = irreversible.iter().any(|word| cli.contains(word));
        assert!(!destroys || rule.fix.text.is_some(), "{}: {cli}", rule.id);
        let is_final = ["logically-air-gapped", "--changeable-for-days"];
        let is_final = is_final.iter().any(|word| cli.contains(word));
        let is_said = rule.fix.irreversible.is_some();
        assert!(!is_final || is_said, "{}: {cli}", rule.id);
    }
}
