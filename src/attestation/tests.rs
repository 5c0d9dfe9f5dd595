//! Reading signatures, and what they come to.

use super::*;
use crate::finding::{TableBrief, TableKey};

const TODAY: Date = jiff::civil::date(2026, 11, 22);
const DAY: Day = Day {
    today: TODAY,
    notice_days: 14,
};

fn asked(per: Per, needs_evidence: bool) -> Asked {
    let attest = Attest {
        per,
        by: "the owner".to_owned(),
        valid_days: 180,
        needs_evidence,
    };
    let words = digest("The text.", "The reason.", &attest);
    Asked { attest, words }
}

fn items() -> Items {
    let item = |name: &str, asked| (name.to_owned(), asked);
    Items {
        by_name: BTreeMap::from([
            item("mine/table", Some(asked(Per::Table, false))),
            item("mine/service", Some(asked(Per::Service, false))),
            item("mine/account", Some(asked(Per::Account, false))),
            item("mine/shown", Some(asked(Per::Account, true))),
            item("mine/rules", None),
        ]),
        are_all: true,
    }
}

fn words(item: &str) -> String {
    let items = items();
    let asked = items.by_name[item].as_ref().expect("it can be signed");
    asked.words.clone()
}

/// An entry of a file, for an item in its present words.
fn entry(item: &str, on: &str, outcome: &str, date: &str, expires: &str) -> String {
    let words = words(item);
    format!(
        "  - item: {item}\n    on: {on}\n    outcome: {outcome}\n    by: maria@example.com\n    date: {date}\n    \
         expires: {expires}\n    text: {words}\n"
    )
}

fn file(entries: &[String]) -> String {
    format!("version: 1\nattestations:\n{}", entries.concat())
}

fn said(text: &str) -> Vec<String> {
    let errors = read("a.yaml", text, &items(), TODAY).err();
    let errors = errors.unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

fn signatures(entries: &[String]) -> Attestations {
    read("a.yaml", &file(entries), &items(), TODAY).expect("reads")
}

/// Orders and carts of the shop, likes of the feed, and scratch of no service.
fn subjects() -> Subjects {
    let table = |name: &str, service: Option<&str>| -> (TableKey, TableBrief) {
        let key = ("111122223333".into(), "eu-west-1".into(), name.into());
        let brief = TableBrief {
            service: service.map(str::to_owned),
            ..TableBrief::default()
        };
        (key, brief)
    };
    let tables = [
        table("carts", Some("Shop")),
        table("likes", Some("feed")),
        table("orders", Some("Shop")),
        table("scratch", None),
    ];
    Subjects::new(&tables.into(), ["111122223333"], true)
}

/// How each subject of an item stands.
fn holds(item: &str, entries: &[String], day: Day) -> Vec<String> {
    let (items, subjects) = (items(), subjects());
    let asked = items.by_name[item].as_ref().expect("it can be signed");
    let subjects = subjects.per(asked.attest.per);
    let stand = signatures(entries).stand(item, &asked.words, subjects, day);
    let said = stand
        .iter()
        .map(|it| format!("{} {:?}", it.subject.label, it.hold));
    said.collect()
}

fn hold_of_account(entries: &[String], day: Day) -> Hold {
    let subjects = subjects();
    let (words, subjects) = (words("mine/account"), subjects.per(Per::Account));
    signatures(entries).stand("mine/account", &words, subjects, day)[0].hold
}

const ALL: &str = "{ account: \"*\" }";

#[test]
fn outcome_dates_and_words_decide_what_a_signature_comes_to() {
    for (outcome, in_time, late) in [
        ("pass", Hold::Attested, Hold::Lapsed),
        ("fail", Hold::Rejected, Hold::Lapsed),
        ("not-applicable", Hold::NotApplicable, Hold::Lapsed),
    ] {
        let of = |date, expires| entry("mine/account", ALL, outcome, date, expires);
        let hold = |entry: String| hold_of_account(&[entry], DAY);
        assert_eq!(hold(of("2026-11-01", "2027-03-01")), in_time, "{outcome}");
        assert_eq!(hold(of("2026-11-22", "2026-11-23")), in_time, "{outcome}");
        assert_eq!(hold(of("2026-11-01", "2026-11-21")), late, "{outcome}");
        let other = of("2026-11-01", "2027-03-01");
        let other = other.replace(&words("mine/account"), "sha256:000000000000");
        assert_eq!(hold(other), Hold::Reworded, "{outcome}");
    }
    assert_eq!(hold_of_account(&[], DAY), Hold::Open);
}

#[test]
fn what_expires_today_still_holds() {
    let today = entry("mine/account", ALL, "pass", "2026-11-01", "2026-11-22");
    let tomorrow = Day {
        today: jiff::civil::date(2026, 11, 23),
        ..DAY
    };
    let entries = [today];
    assert_eq!(hold_of_account(&entries, DAY), Hold::Attested);
    assert_eq!(hold_of_account(&entries, tomorrow), Hold::Lapsed);
}

#[test]
fn the_latest_signature_decides_and_a_lapsed_one_brings_none_back() {
    let of = |outcome, date, expires| entry("mine/account", ALL, outcome, date, expires);
    let pass = of("pass", "2026-10-01", "2027-03-01");
    let rejected = of("fail", "2026-11-01", "2026-12-01");
    let both = [rejected.clone(), pass.clone()];
    assert_eq!(hold_of_account(&both, DAY), Hold::Rejected);
    let later = Day {
        today: jiff::civil::date(2026, 12, 2),
        ..DAY
    };
    assert_eq!(hold_of_account(&both, later), Hold::Lapsed);
    let again = of("pass", "2026-11-01", "2027-03-01");
    assert_eq!(
        hold_of_account(&[pass, rejected, again], DAY),
        Hold::Attested
    );
}

#[test]
fn a_signature_covers_what_its_patterns_take() {
    let of = |on| {
        holds(
            "mine/table",
            &[entry("mine/table", on, "pass", "2026-11-01", "2027-03-01")],
            DAY,
        )
    };
    assert_eq!(
        of("{ table: \"*s\" }"),
        [
            "carts Attested",
            "likes Attested",
            "orders Attested",
            "scratch Open"
        ]
    );
    assert_eq!(
        of("{ table: \"*\", service: shop }"),
        [
            "carts Attested",
            "likes Open",
            "orders Attested",
            "scratch Open"
        ]
    );
    let of = |on| {
        holds(
            "mine/service",
            &[entry(
                "mine/service",
                on,
                "pass",
                "2026-11-01",
                "2027-03-01",
            )],
            DAY,
        )
    };
    let nameless = "tables without a service";
    assert_eq!(
        of("{ service: SHOP }"),
        [&format!("{nameless} Open"), "Shop Attested", "feed Open"]
    );
    for all in ["{ service: \"*\" }", "{ account: 111122223333 }"] {
        let attested = [nameless, "Shop", "feed"].map(|it| format!("{it} Attested"));
        assert_eq!(of(all), attested, "{all}");
    }
    let other = of("{ service: \"*\", account: 999988887777 }");
    assert!(other.iter().all(|it| it.ends_with(" Open")), "{other:?}");
}

#[test]
fn a_signature_lapses_soon_from_two_weeks_before() {
    let days = |expires| {
        let entries = [entry("mine/account", ALL, "pass", "2026-11-01", expires)];
        let subjects = subjects();
        let (words, subjects) = (words("mine/account"), subjects.per(Per::Account));
        let stand = signatures(&entries).stand("mine/account", &words, subjects, DAY);
        stand[0].lapses_in_days
    };
    assert_eq!(days("2026-12-07"), None);
    assert_eq!(days("2026-12-06"), Some(14));
    assert_eq!(days("2026-11-22"), Some(0));
    assert_eq!(days("2026-11-21"), None);
}

#[test]
fn every_mistake_is_told_at_once_with_its_place() {
    let text = "\
version: 2
attestations:
  - item: mine/tabel
    on: { service: '', account: 12 }
    outcome: passed
    by: ' '
    date: 2026-02-30
    expires: 2026-12
    text: sha256:abc
    evidence: [example.com]
  - item: mine/rules
  - item: mine/account
    on: { service: shop }
    outcome: pass
    by: maria@example.com
    date: 2026-11-23
    expires: 2026-11-23
    text: WORDS
  - item: mine/shown
    on: { account: '*' }
    outcome: not-applicable
    by: maria@example.com
    date: 2026-11-22
    expires: 2027-05-22
    text: SHOWN
";
    let text = text.replace("WORDS", &words("mine/account"));
    let text = text.replace("SHOWN", &words("mine/shown"));
    assert_eq!(
        said(&text),
        [
            "a.yaml:1:10: version 2 is not known, this dynalint reads version 1",
            "a.yaml:3:11: unknown item \"mine/tabel\", did you mean \"mine/table\"?",
            "a.yaml:4:20: service is empty, and nothing has an empty name, all of them are \"*\"",
            "a.yaml:4:33: \"12\" is no account id: twelve digits, or a pattern",
            "a.yaml:5:14: unknown outcome \"passed\", did you mean \"pass\"?",
            "a.yaml:6:9: by is missing",
            "a.yaml:7:11: \"2026-02-30\" is no day of the calendar, as in 2026-11-12",
            "a.yaml:8:14: \"2026-12\" is no day of the calendar, as in 2026-11-12",
            "a.yaml:9:11: \"sha256:abc\" is no digest: sha256: and 12 digits of 0-9, a-f, dynalint attest ITEM shows the words and writes it",
            "a.yaml:10:16: \"example.com\" is no link: https://…",
            "a.yaml:11:5: on is missing: what it is signed for: table, service or account",
            "a.yaml:11:5: outcome is missing, known: pass, fail, not-applicable",
            "a.yaml:11:5: by is missing",
            "a.yaml:11:5: date is missing",
            "a.yaml:11:5: text is missing: the digest of the item's words, dynalint attest ITEM shows the words and writes it",
            "a.yaml:11:5: expires is missing",
            "a.yaml:11:11: mine/rules is decided by rules alone: nobody signs it, what fails of it can be waived: dynalint waive RULE",
            "a.yaml:13:11: mine/account is signed for each account, name the account alone",
            "a.yaml:16:11: 2026-11-23 is in the future: today is 2026-11-22 in UTC",
            "a.yaml:17:14: expires 2026-11-23 is not after the date, 2026-11-23",
            "a.yaml:19:5: this item needs evidence: a link to what there is to show for it",
            "a.yaml:24:14: a signature of this item holds for 180 days at the longest, 2027-05-21 or earlier",
        ]
    );
}

#[test]
fn an_unknown_key_and_the_same_signature_twice_are_refused() {
    let one = entry("mine/account", ALL, "pass", "2026-11-01", "2027-03-01");
    let other = one.replace("maria", "peter");
    assert_eq!(said(&file(&[one.clone(), other])), [""; 0]);
    assert_eq!(
        said(&file(&[one.clone(), one.clone()])),
        ["a.yaml:10:5: the same as the attestation in line 3, take one of them out"]
    );
    let misspelt = one.replace("expires", "expirse");
    assert_eq!(
        said(&file(&[misspelt])),
        ["a.yaml:8:5: unknown field \"expirse\", did you mean \"expires\"?"]
    );
    assert_eq!(said("version: 1\nattestations:\n"), [""; 0]);
    assert_eq!(
        said("attestations: []\n"),
        ["a.yaml:1:1: version is missing: version: 1"]
    );
}

#[test]
fn who_signs_fits_what_the_item_is_signed_for() {
    let wrong = |item, on| {
        let errors = said(&file(&[entry(
            item,
            on,
            "pass",
            "2026-11-01",
            "2027-03-01",
        )]));
        errors.iter().any(|it| it.contains("is signed for each"))
    };
    for (item, on, is_wrong) in [
        ("mine/table", "{ table: orders }", false),
        ("mine/table", "{ service: shop }", true),
        ("mine/table", "{ account: 111122223333 }", true),
        (
            "mine/table",
            "{ table: \"*\", account: 111122223333 }",
            false,
        ),
        ("mine/service", "{ service: shop }", false),
        ("mine/service", "{ account: 111122223333 }", false),
        ("mine/service", "{ service: shop, table: orders }", true),
        ("mine/account", "{ account: 111122223333 }", false),
        ("mine/account", "{ service: \"*\" }", true),
    ] {
        assert_eq!(wrong(item, on), is_wrong, "{item} {on}");
    }
}

#[test]
fn an_item_that_asks_for_other_things_by_now_is_signed_in_other_words() {
    // Too long, without evidence, for a service: all of it was right by the words of then.
    let old = entry(
        "mine/shown",
        "{ service: shop }",
        "pass",
        "2026-01-01",
        "2027-11-01",
    );
    let old = old.replace(&words("mine/shown"), "sha256:000000000000");
    assert_eq!(said(&file(&[old])), [""; 0]);
}

#[test]
fn where_a_checklist_could_not_be_read_its_items_are_not_to_blame() {
    let text = file(&[entry(
        "mine/account",
        ALL,
        "pass",
        "2026-11-01",
        "2027-03-01",
    )]);
    let text = text.replace("mine/account", "own/item");
    assert_eq!(said(&text).len(), 1);
    let unread = Items {
        are_all: false,
        ..items()
    };
    assert!(read("a.yaml", &text, &unread, TODAY).is_ok());
}

#[test]
fn white_space_is_not_in_the_words_and_all_else_is() {
    let attest = asked(Per::Service, true).attest;
    let of = |text: &str, why: &str, attest: &Attest| digest(text, why, attest);
    let known = of("A b.", "Why.", &attest);
    assert_eq!(of(" A\n  b. ", "Why.\n", &attest), known);
    assert_ne!(of("A b", "Why.", &attest), known);
    assert_ne!(of("A", "b. Why.", &attest), known);
    let other = Attest {
        needs_evidence: false,
        ..attest
    };
    assert_ne!(of("A b.", "Why.", &other), known);
    assert_eq!(known.len(), "sha256:".len() + 12);
}
