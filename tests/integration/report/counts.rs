//! Every format says the same numbers: read back from each with a reader of its own, and compared with the JSON report's.

use std::collections::BTreeMap;

use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Input, Show, View};
use dynalint::report::{Report, RuleFacts, github, gitlab, json, junit, sarif};
use serde_json::Value;

use super::accepted::{WAIVERS, known, waived};
use super::accounts;

/// What a format says of a run; `None` is what it has no word for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) pass: Option<usize>,
    pub(super) fail: Option<usize>,
    pub(super) unknown: Option<usize>,
    pub(super) waived: Option<usize>,
    pub(super) baselined: Option<usize>,
}

type Render = fn(&Report, &View<'_>) -> Result<String, serde_json::Error>;
type Read = fn(&str) -> Told;

/// A format, how it is written, and how it is read.
const FORMATS: [(&str, Render, Read); 4] = [
    ("sarif", sarif::render, super::sarif::told),
    ("junit", junit::render, super::junit::told),
    ("github", github::render, super::github::told),
    ("gitlab", gitlab::render, super::gitlab::told),
];

/// A view on these rules, as a run without flags has it.
pub(super) fn view(rules: &BTreeMap<String, RuleFacts>) -> View<'_> {
    View {
        style: Style::default(),
        detail: Detail::Lines,
        show: Show::Findings,
        group: None,
        rules,
        input: Input::Live,
        command: "dynalint check",
        repair: "dynalint fix",
    }
}

/// A report in a format.
pub(super) fn rendered(render: Render, report: &Report) -> String {
    render(report, &view(&accounts::rules())).expect("renders")
}

/// Reports of all kinds, by name.
pub(super) fn reports() -> Vec<(&'static str, Report)> {
    let mut earlier = accounts::broken();
    earlier.findings.retain(|finding| finding.rule != "pitr-on");
    vec![
        ("broken", accounts::broken()),
        ("healthy", accounts::healthy()),
        ("empty", accounts::empty()),
        ("denied", accounts::denied_only()),
        ("throttled", accounts::throttled()),
        ("many", accounts::many()),
        ("waived", waived(accounts::broken(), WAIVERS)),
        ("baselined", known(accounts::broken(), &earlier)),
        ("hostile", accounts::hostile()),
    ]
}

#[test]
fn every_format_says_the_numbers_of_the_json_report() {
    for (name, report) in reports() {
        let json: Value =
            serde_json::from_str(&json::render(&report).expect("renders")).expect("JSON");
        let wanted = |word: &str| json["summary"][word].as_u64().map(|it| it as usize);
        for (format, render, read) in FORMATS {
            let told = read(&rendered(render, &report));
            for (word, told) in [
                ("pass", told.pass),
                ("fail", told.fail),
                ("unknown", told.unknown),
                ("waived", told.waived),
                ("baselined", told.baselined),
            ] {
                if told.is_some() {
                    assert_eq!(told, wanted(word), "{format} of {name}: {word}");
                }
            }
        }
    }
}
