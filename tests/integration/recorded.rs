//! The demo account and the fixtures are what the program records of the sandbox: `UPDATE=recordings` records them anew.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::sandbox::{REGION, sandbox};

/// File, account, scenario.
const RECORDED: [(&str, &str, &str); 4] = [
    ("demo/snapshot.json", "111122223333", "demo"),
    (
        "tests/fixtures/snapshots/healthy.json",
        "222233334444",
        "healthy",
    ),
    (
        "tests/fixtures/snapshots/broken.json",
        "333344445555",
        "broken",
    ),
    (
        "tests/fixtures/snapshots/starter.json",
        "444455556666",
        "starter",
    ),
];

#[test]
fn the_demo_and_the_fixtures_are_what_the_program_records() {
    for (file, id, scenario) in RECORDED {
        let account = sandbox().account_named(id);
        account.seed(REGION, scenario, json!({}));
        if scenario == "demo" {
            // So that the demo shows what not knowing looks like.
            let one_table = json!({"resource": "feed-follows"});
            account.fault("dynamodb:DescribeContinuousBackups", "denied", one_table);
        }
        let output = account.dynalint(&["snapshot"]);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8_lossy(&output.stdout);
        for endpoint in ["example.com", "hooks/dynamodb", "https://", "not-a-secret"] {
            assert!(
                !text.contains(endpoint),
                "{file} holds {endpoint}: endpoints are kept as hashes"
            );
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("UPDATE").is_some_and(|what| what == "recordings") {
            fs::write(&path, &output.stdout).expect("writable");
        }
        let recorded: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let kept: Value =
            serde_json::from_slice(&fs::read(&path).expect("it is there")).expect("JSON");
        let lines = |value: Value| serde_json::to_string_pretty(&settled(value)).expect("JSON");
        let (kept, recorded) = (lines(kept), lines(recorded));
        let differs = kept
            .lines()
            .zip(recorded.lines())
            .find(|(kept, recorded)| kept != recorded);
        assert_eq!(
            differs, None,
            "{file}: UPDATE=recordings cargo test records it anew"
        );
        assert_eq!(
            kept.len(),
            recorded.len(),
            "{file}: UPDATE=recordings cargo test records it anew"
        );
    }
}

/// The same without what each recording draws anew: dates, which the sandbox counts back from today, and random ids.
fn settled(value: Value) -> Value {
    match value {
        Value::String(text) => json!(blotted(blotted(text, DATE), ID)),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(settled).collect();
            items.sort_by_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, settled(value)))
            .collect(),
        other => other,
    }
}

const DATE: &str = "dddd-dd-ddTdd:dd:dd";
const ID: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/// The text without what looks like the shape: `d` is a digit, `x` a hexadecimal one. A date takes its fraction along.
fn blotted(text: String, shape: &str) -> String {
    let same = |(byte, wanted): (&u8, u8)| match wanted {
        b'd' => byte.is_ascii_digit(),
        b'x' => byte.is_ascii_hexdigit(),
        other => *byte == other,
    };
    let fits = |window: &[u8]| window.iter().zip(shape.bytes()).all(same);
    let Some(at) = text.as_bytes().windows(shape.len()).position(fits) else {
        return text;
    };
    let rest =
        text[at + shape.len()..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let rest = blotted(rest.to_owned(), shape);
    format!("{}…{rest}", &text[..at])
}
