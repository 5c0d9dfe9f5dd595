//! What holds of every condition over facts that were read in part: `stages` says what, these tests ask it.

use std::fmt;

use dynalint::finding::Verdict;
use proptest::prelude::*;

use super::dice;
use super::judge::{self, WHOLE};
use super::oracle::{CONSTRUCTS, LITERALS};
use super::stages::{hold, rule};
use super::world::STAGES;
use super::write::Tally;

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
    let catalog = judge::load(judge::rule_text(&[], None, condition), &WHOLE).expect("a rule");
    assert_eq!(hold(&catalog, &[]), [Verdict::Fail; STAGES]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, max_shrink_iters: 3000, ..ProptestConfig::default() })]

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
const OURS: [&str; 10] = [
    "min, max",
    "sum",
    "orValue",
    "age",
    "glob",
    "method of a record",
    "param",
    "map[key]",
    "let",
    "matches",
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
