//! Names that try to be something else, in repairs of every form: what reads the text must read the name, whole.
//!
//! A shell with an `aws` that writes down its arguments, and two parsers that are not ours.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use dynalint::assess::{self, Listing, Selection, Settings};
use dynalint::config::Config;
use dynalint::finding::Forms;
use dynalint::link::Linked;
use dynalint::rule::catalog::{Catalog, Source};
use dynalint::snapshot::file;
use proptest::prelude::*;
use serde_json::Value;

/// A rule that fails on every table, with the table's name in every place that a form has.
const RULE: &str = r#"
id: hostile
area: recovery
title: No table is there
severity: high
since: 0.1.0
for_each: table
assert: table.name == "no table"
message: "{table.name}: is there"
why: To see what becomes of names.
fix:
  cli: |
    aws a b --name {{ table.name }} --path table/{{ table.name }}/x # of {{ table.name }}
    aws a b --pair Name=N,Value={{ table.name }}
  terraform: |
    # of {{ table.name }}
    name = {{ table.name }}
    path = "table/${{ table.name }}{x}" // of {{ table.name }}
    list = [{{ table.name }}, "{{ table.name }}"]
    resource "a" "{{ table.name }}" {
    }
  cloudformation: |
    # of {{ table.name }}
    Name: {{ table.name }} # of {{ table.name }}
    Path: "table/{{ table.name }}/x"
    List: [{{ table.name }}, { Key: {{ table.name }} }]
    Items:
      - {{ table.name }}
refs: []
"#;

/// What has been tried on others.
const TRIED: &[&str] = &[
    "a\u{61c}b",
    "$(rm -rf ~)",
    "`id`",
    "a'b",
    "a\"b",
    "';id;'",
    "\\",
    "a\\",
    "${aws}",
    "${path.module}",
    "%{if true}",
    "$",
    "$$",
    "%",
    "{",
    "{x}",
    "-rf",
    "--debug",
    "*",
    "~",
    "no",
    "Yes",
    "null",
    "1e3",
    "0x1f",
    "111122223333",
    "2026-01-01",
    "a: b",
    "a #b",
    "- a",
    "&a",
    "!Ref a",
    "file:///etc/passwd",
    "[1]",
    "a,Value=b",
    "a\nb",
    "a\r\nb",
    "a\tb",
    "\u{1b}[2J",
    "a\u{85}b",
    "a\u{2028}b",
    "a\u{202e}b",
    "\u{feff}",
    " a ",
    "{{ table.arn }}",
    "日本語",
    "😀",
    "orders-v1.2_x",
];

/// The repairs of tables of these names, in their order.
fn repairs(names: &[String]) -> Vec<(String, Forms)> {
    let source = Source {
        file: "hostile.yaml".to_owned(),
        text: RULE.to_owned(),
        is_builtin: false,
    };
    let (catalog, errors) = Catalog::load([source], &assess::ROOTS);
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, [""; 0]);
    let text = snapshot(names);
    let snapshot = file::parse(Path::new("hostile.json"), text.as_bytes()).expect("a snapshot");
    let config = Config::default();
    let linked = Linked::new(&snapshot, &config);
    let settings = Settings::by_default(catalog.rules());
    let made = assess::assess(&settings, &linked, &Selection::default(), Listing::Repairs);
    let repair = |finding: dynalint::finding::Finding| {
        let forms = finding.fix.and_then(|fix| fix.forms).expect("it has forms");
        (finding.subject.name, *forms)
    };
    made.findings.into_iter().map(repair).collect()
}

/// The demo account with tables of these names instead of its own.
fn snapshot(names: &[String]) -> String {
    let demo = include_str!("../../../demo/snapshot.json");
    let mut account: Value = serde_json::from_str(demo).expect("JSON");
    let tables = &mut account["regions"][0]["tables"];
    let table = tables[3].clone();
    let named = names.iter().map(|name| {
        let mut table = table.clone();
        table["name"] = Value::from(name.as_str());
        table
    });
    *tables = named.collect();
    account.to_string()
}

/// The arguments that `aws` is given by a script, command by command.
pub(super) fn arguments(script: &str) -> Vec<Vec<String>> {
    let spy = "aws() { printf '%s\\0' \"$@\" '<end>'; }\n";
    let mut shell = Command::new("sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut input = shell.stdin.take().expect("it is piped");
    let text = format!("{spy}{script}");
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = shell.wait_with_output().expect("it ends");
    writer.join().expect("no panic").expect("it is read");
    assert!(output.status.success(), "{script}");
    let words = String::from_utf8(output.stdout).expect("UTF-8");
    let words: Vec<String> = words.split_terminator('\0').map(str::to_owned).collect();
    let commands = words.split(|word| word == "<end>");
    let commands = commands.filter(|words| !words.is_empty());
    commands.map(<[String]>::to_vec).collect()
}

/// Every argument is the name, or the placeholder where no command can say it.
fn holds_in_a_shell(repairs: &[(String, Forms)]) {
    let snippet = |forms: &Forms| forms.cli.clone().expect("a command");
    let script: String = repairs
        .iter()
        .map(|(_, forms)| snippet(forms).text)
        .collect();
    let commands = arguments(&script);
    assert_eq!(commands.len(), 2 * repairs.len());
    for ((name, forms), commands) in repairs.iter().zip(commands.chunks(2)) {
        let [first, second] = commands else {
            unreachable!("chunks of two");
        };
        let open = snippet(forms).open;
        let shown = &first[3];
        assert!(
            shown == name || (shown == "TABLE_NAME" && open.contains(shown)),
            "{name:?}"
        );
        assert_eq!(
            first[2..],
            ["--name", shown, "--path", &format!("table/{shown}/x")]
        );
        let value = second[3]
            .strip_prefix("Name=N,Value=")
            .expect("it begins so");
        assert!(
            value == name || (value == "TABLE_NAME" && open.contains(value)),
            "{name:?}"
        );
        let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(!is_plain || (open.is_empty() && value == name), "{name:?}");
    }
}

fn holds_in_terraform(name: &str, forms: &Forms) {
    let snippet = forms.terraform.clone().expect("a text");
    let body: hcl::Body = hcl::parse(&snippet.text).unwrap_or_else(|error| {
        panic!("{name:?}: {error}\n{}", snippet.text);
    });
    let value = |key: &str| -> hcl::Value {
        let mut attributes = body.attributes();
        let found = attributes.find(|it| it.key() == key).expect("it is there");
        let context = hcl::eval::Context::new();
        hcl::eval::Evaluate::evaluate(found.expr(), &context).expect("nothing is looked up")
    };
    assert_eq!(value("name"), hcl::Value::from(name));
    assert_eq!(
        value("path"),
        hcl::Value::from(format!("table/${name}{{x}}"))
    );
    assert_eq!(value("list"), hcl::Value::from(vec![name, name]));
    assert_eq!(
        (body.attributes().count(), body.blocks().count()),
        (3, 1),
        "{name:?}"
    );
    assert_eq!(snippet.open.len(), 0);
}

fn holds_in_cloudformation(name: &str, forms: &Forms) {
    let snippet = forms.cloudformation.clone().expect("a text");
    let found: Value = serde_yaml::from_str(&snippet.text).unwrap_or_else(|error| {
        panic!("{name:?}: {error}\n{}", snippet.text);
    });
    let wanted = serde_json::json!({
        "Name": name,
        "Path": format!("table/{name}/x"),
        "List": [name, { "Key": name }],
        "Items": [name],
    });
    assert_eq!(found, wanted, "{}", snippet.text);
    assert_eq!(snippet.open.len(), 0);
}

fn hold(names: &[String]) {
    let repairs = repairs(names);
    assert_eq!(repairs.len(), names.len());
    holds_in_a_shell(&repairs);
    for (name, forms) in &repairs {
        holds_in_terraform(name, forms);
        holds_in_cloudformation(name, forms);
    }
}

#[test]
fn what_has_been_tried_on_others_stays_a_name() {
    let names: Vec<String> = TRIED.iter().map(|name| (*name).to_owned()).collect();
    hold(&names);
}

/// Text of letters that mean something to somebody, and of any others.
fn names() -> impl Strategy<Value = Vec<String>> {
    let means = prop::sample::select(
        "$%{}()'\"\\`\n\t #*&!;|<>=,~:-@?[]a1é\u{85}\u{2028}"
            .chars()
            .collect::<Vec<_>>(),
    );
    let letter =
        prop_oneof![4 => means, 1 => any::<char>().prop_filter("no command can", |c| *c != '\0')];
    let name = prop::collection::vec(letter, 1..12).prop_map(String::from_iter);
    prop::collection::btree_set(name, 1..60).prop_map(|names| names.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, max_shrink_iters: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_name_stays_a_name(names in names()) {
        hold(&names);
    }
}

/// The whole text of every form, with these names in headings, comments and commands.
#[test]
fn a_name_breaks_no_line_of_what_is_printed() {
    let names: Vec<String> = TRIED.iter().map(|name| (*name).to_owned()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("a.json"), snapshot(&names)).expect("it is written");
    std::fs::write(path("hostile.yaml"), RULE.trim_start()).expect("it is written");
    let printed = |name: &str| {
        let arguments = [
            "fix",
            "hostile",
            "deletion-protection",
            "pitr-on",
            "pitr-window",
            "--input",
            &path("a.json"),
        ];
        let (dir, file) = (path("."), path(name));
        let all = [&arguments[..], &["--rules", &dir, "-q", "-o", &file]].concat();
        let (code, _, talk) = super::said(&mut crate::binary::dynalint(&all));
        assert_eq!((code, &*talk), (Some(0), ""), "{name}");
        std::fs::read_to_string(file).expect("it is written")
    };
    let script = printed("a.sh");
    let guard = script.find("account=$(").expect("it has one");
    let end = guard + script[guard..].find("\nfi\n").expect("it ends") + 4;
    let commands = arguments(&script[end..]);
    let region = |words: &Vec<String>| words.iter().any(|word| word == "eu-west-1");
    assert!(commands.len() > TRIED.len() && commands.iter().all(region));
    for line in script.lines().filter(|line| !line.starts_with('#')) {
        assert!(
            !line.contains(['\u{1b}', '\u{85}', '\u{2028}', '\u{202e}']),
            "{line:?}"
        );
    }
    let terraform = printed("a.tf");
    let mut bodies = String::new();
    for (at, part) in terraform.split("\n\n").enumerate() {
        write!(bodies, "part_{at} {{\n{part}\n}}\n").expect("it is text");
    }
    hcl::parse(&bodies).expect("HCL");
    for part in printed("a.yaml").split("\n\n") {
        let read = serde_yaml::from_str::<serde_yaml::Value>(part);
        assert!(read.is_ok(), "{read:?}\n{part}");
    }
}
