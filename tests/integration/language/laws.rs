//! What holds of every condition over facts that were read in part.
//!
//! The same facts are shown at three stages: half hidden, a quarter hidden, all there. Whatever was unknown may have been
//! anything, so no verdict that is given at one stage may be another one, or none, at a later stage.

use std::fmt;

use dynalint::finding::Verdict;
use dynalint::rule::catalog::Catalog;
use proptest::prelude::*;

use super::dice;
use super::judge::{self, WHOLE};
use super::oracle::{CONSTRUCTS, LITERALS};
use super::world::{self, STAGES, Seen};
use super::write::{Language, Tally, Writer};

/// A rule whose condition is drawn from bytes; nothing where a guard beside another made it refused.
pub(crate) fn rule(bytes: &[u8]) -> Option<(Catalog, Tally)> {
    let mut writer = Writer::new(bytes, Language::Whole);
    let assert = writer.condition().ours;
    let applies_when = writer.one_in(4).then(|| writer.condition().ours);
    let text = judge::rule_text(applies_when.as_deref(), &assert);
    match judge::load(text.clone(), &WHOLE) {
        Ok(catalog) => Some((catalog, writer.tally)),
        Err(errors) => {
            let unexpected = errors.iter().find(|error| !judge::is_expected(error));
            assert!(
                unexpected.is_none(),
                "{}\n{text}",
                unexpected.expect("there").render()
            );
            None
        }
    }
}

/// Asks at each stage, and holds the laws. Gives the verdicts.
pub(crate) fn hold(catalog: &Catalog, facts: &[u8]) -> [Verdict; STAGES] {
    let rule = &catalog.rules()[0];
    let mut verdicts = [Verdict::Unknown; STAGES];
    for stage in 0..STAGES {
        let (account, place) = world::facts(facts, stage, false);
        let (verdict, told) = judge::explained(rule, &account, &Seen { place: &place });
        let condition = || format!("{}\n{:?}\n{told:?}", rule.text, place);
        let is_unread = !told.unknown.is_empty();
        assert_eq!(
            is_unread,
            verdict == Verdict::Unknown,
            "{verdict:?} names what was not read: {}",
            condition()
        );
        assert!(
            verdict != Verdict::Fail || !told.evidence.is_empty(),
            "fails without evidence: {}",
            condition()
        );
        if let Some(before) = stage.checked_sub(1).map(|before| verdicts[before]) {
            let stays = before == Verdict::Unknown || before == verdict;
            assert!(
                stays,
                "was {before:?}, is {verdict:?} when more is read: {}",
                condition()
            );
        }
        verdicts[stage] = verdict;
    }
    verdicts
}

/// What is drawn from, shown in one line.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

fn bytes(count: usize) -> impl Strategy<Value = Bytes> {
    prop::collection::vec(any::<u8>(), 1..count).prop_map(Bytes)
}

#[test]
fn a_question_is_not_asked_with_what_a_guard_found_absent() {
    let condition = "'é' in table.tags && table.holds(table.tags['é'])";
    let catalog = judge::load(judge::rule_text(None, condition), &WHOLE).expect("a rule");
    assert_eq!(hold(&catalog, &[]), [Verdict::Fail; STAGES]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, max_shrink_iters: 3000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_decided_stays_so_when_more_is_read(
        condition in bytes(300),
        facts in prop::collection::vec(bytes(2000), 6),
    ) {
        if let Some((catalog, _)) = rule(&condition.0) {
            for facts in &facts {
                hold(&catalog, &facts.0);
            }
        }
    }
}

/// Every construct of the language that CEL has not got, or has not got like that.
const OURS: [&str; 8] = [
    "min, max",
    "sum",
    "orValue",
    "age",
    "glob",
    "method of a record",
    "param",
    "map[key]",
];

#[test]
fn the_laws_are_asked_of_the_whole_language_and_of_every_kind_of_not_knowing() {
    let mut tally = Tally::new();
    let mut decided = [0; STAGES];
    let mut found_out = 0;
    for seed in 0..2000 {
        let Some((catalog, written)) = rule(&dice::bytes(1 << 30 | seed, 300)) else {
            continue;
        };
        for (construct, count) in written {
            *tally.entry(construct).or_default() += count;
        }
        let verdicts = hold(&catalog, &dice::bytes(1 << 29 | seed, 2000));
        for (decided, verdict) in decided.iter_mut().zip(verdicts) {
            *decided += usize::from(verdict != Verdict::Unknown);
        }
        found_out += usize::from(
            verdicts[0] == Verdict::Unknown && verdicts[STAGES - 1] != Verdict::Unknown,
        );
    }
    for construct in CONSTRUCTS.iter().chain(&LITERALS).chain(&OURS) {
        let count = tally.get(construct).copied().unwrap_or_default();
        assert!(count >= 50, "{construct} was written {count} times");
    }
    assert!(decided[0] > 300, "{decided:?} of 2000 decided from little");
    assert!(found_out > 300, "{found_out} of 2000 found out later");
}
