//! Screens at 100 columns.

use std::collections::BTreeMap;

use dynalint::finding::Verdict;
use dynalint::gate::Terms;
use dynalint::report::terminal::style::Style;
use dynalint::report::terminal::{Detail, Group, Input, Show, View, render};
use dynalint::report::{Report, RuleFacts};

use super::accounts;
use crate::golden::assert_golden;

fn view(rules: &BTreeMap<String, RuleFacts>) -> View<'_> {
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

#[track_caller]
fn screen(name: &str, report: &Report, change: impl FnOnce(&mut View<'_>)) -> String {
    let rules = accounts::rules();
    let mut view = view(&rules);
    change(&mut view);
    let text = render(report, &view);
    assert_golden(&format!("terminal/{name}.txt"), &text);
    text
}

#[track_caller]
fn assert_fits(text: &str, width: usize) {
    let commands = |line: &&str| !line.contains("aws dynamodb") && !line.contains("--point-in");
    for line in text.lines().filter(commands) {
        assert!(line.chars().count() <= width, "too wide: {line}");
    }
}

#[test]
fn each_account_has_its_screen() {
    let accounts: [(&str, Report); 5] = [
        ("broken", accounts::broken()),
        ("healthy", accounts::healthy()),
        ("empty", accounts::empty()),
        ("denied", accounts::denied_only()),
        ("throttled", accounts::throttled()),
    ];
    for (name, report) in accounts {
        let text = screen(name, &report, |_| {});
        assert_fits(&text, 100);
    }
}

#[test]
fn like_findings_of_many_tables_fold_by_rule() {
    let text = screen("many", &accounts::many(), |_| {});
    assert!(text.contains("198 of 200 indexes"));
    assert!(text.lines().count() < 30);
    assert_fits(&text, 100);
}

#[test]
fn a_small_account_gets_one_screen_however_much_is_wrong() {
    let text = screen("small", &accounts::starter(25), |_| {});
    assert!(text.lines().count() <= 30, "{text}");
    assert!(text.contains("and 16 more rules (1 high, 10 medium, 5 low): --show fail"));
    assert_fits(&text, 100);
    let all = accounts::starter(25);
    let rules = BTreeMap::new();
    let mut view = view(&rules);
    view.show = Show::Fail;
    assert_eq!(
        render(&all, &view).matches("all 3 tables: what").count(),
        25
    );
    view.group = Some(Group::Table);
    assert_eq!(
        render(&all, &view).matches("wants is not there").count(),
        75
    );
}

#[test]
fn what_settles_the_most_comes_first_and_nobody_hears_of_one_more() {
    let report = accounts::starter(10);
    let rules = BTreeMap::new();
    let text = render(&report, &view(&rules));
    assert!(text.contains("\n 10 ✗ high"), "{text}");
    let broken = render(&accounts::broken(), &view(&rules));
    let place = |rule: &str| broken.find(rule).expect("it is listed");
    assert!(place("pitr-on") < place("index-throttle-alarm"));
    assert!(place("index-throttle-alarm") < place("required-tags"));
    let many = render(&accounts::many(), &view(&rules));
    assert!(many.find("pitr-on") < many.find("index-throttle-alarm"));
}

#[test]
fn the_items_of_a_checklist_that_is_asked_for_are_listed() {
    let both = ["recovery", "release"];
    for (name, report) in [
        ("items", accounts::asked(accounts::broken(), &both)),
        (
            "items-healthy",
            accounts::asked(accounts::healthy(), &["release"]),
        ),
    ] {
        let text = screen(name, &report, |_| {});
        assert_fits(&text, 100);
        assert_eq!(report.gate.outcome.exit_code(), 1);
    }
}

#[test]
fn by_table_each_table_has_its_block() {
    let text = screen("by-table", &accounts::broken(), |view| {
        view.group = Some(Group::Table)
    });
    assert_fits(&text, 100);
}

#[test]
fn verbose_shows_every_table() {
    let report = accounts::many();
    let rules = BTreeMap::new();
    let mut view = view(&rules);
    view.detail = Detail::Full;
    let text = render(&report, &view);
    assert_eq!(text.matches("index-throttle-alarm  GSI1").count(), 198);
}

#[test]
fn verbose_shows_what_is_known_of_a_finding() {
    let text = screen("verbose", &accounts::broken(), |view| {
        view.detail = Detail::Full
    });
    assert_fits(&text, 100);
}

#[test]
fn ascii_twins_are_ascii() {
    let text = screen("ascii", &accounts::broken(), |view| view.style.utf8 = false);
    assert!(text.is_ascii());
    assert_fits(&text, 100);
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = screen("broken", &accounts::broken(), |_| {});
    let colour = screen("colour", &accounts::broken(), |view| {
        view.style.color = true
    });
    let stripped = anstream::adapter::strip_str(&colour).to_string();
    assert_eq!(stripped, plain);
}

#[test]
fn quiet_is_the_verdict_alone() {
    let text = screen("quiet", &accounts::broken(), |view| {
        view.detail = Detail::Verdict
    });
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_saved_snapshot_and_the_demo_say_what_they_are() {
    let mut report = accounts::healthy();
    report.duration_ms = None;
    let saved = screen("saved", &report, |view| {
        view.input = Input::File("prod.snapshot.json");
        view.command = "dynalint check prod.snapshot.json";
    });
    assert!(saved.contains("collected 2026-11-22 17:05Z"));
    report.source = "demo".to_owned();
    report.caller_arn = None;
    screen("demo", &report, |view| {
        view.input = Input::Demo;
        view.command = "dynalint check --demo";
    });
}

#[test]
fn show_all_lists_passes() {
    let mut report = accounts::broken();
    report.findings = accounts::broken_results();
    let text = screen("show-all", &report, |view| view.show = Show::All);
    assert_eq!(text.matches("  ✓ ").count(), report.summary.all.pass);
}

#[test]
fn show_unknown_lists_nothing_else() {
    let text = screen("show-unknown", &accounts::broken(), |view| {
        view.show = Show::Unknown
    });
    assert!(!text.contains('✗'));
}

#[test]
fn the_order_in_which_findings_come_does_not_matter() {
    let report = accounts::broken();
    let mut turned = accounts::broken();
    turned.findings.reverse();
    turned.gaps.reverse();
    let rules = accounts::rules();
    assert_eq!(
        render(&report, &view(&rules)),
        render(&turned, &view(&rules))
    );
}

#[test]
fn a_narrow_terminal_is_kept_to() {
    let rules = accounts::rules();
    let mut view = view(&rules);
    view.style.width = 80;
    assert_fits(&render(&accounts::broken(), &view), 80);
    assert_fits(&render(&accounts::denied_only(), &view), 80);
}

#[test]
fn hostile_names_do_not_reach_the_terminal() {
    let name = "evil\u{1b}]0;owned\u{7}\n\u{202e}";
    let finding = accounts::result(
        accounts::table(name),
        "pitr-on",
        Verdict::Fail,
        "off\u{1b}[2J",
    );
    let report = accounts::report(vec![finding], Vec::new(), Terms::default());
    let rules = accounts::rules();
    let text = render(&report, &view(&rules));
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
    assert!(!text.contains('\u{202e}'));
}
