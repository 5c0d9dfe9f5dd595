//! One rule, asked of the same facts at every stage of reading, and what must hold then.
//!
//! Half of the facts are hidden at first, then a quarter, then none. Whatever was unknown may have been anything, so no
//! verdict that is given at one stage may be another one, or none, at a later stage.

use dynalint::finding::Verdict;
use dynalint::rule::catalog::Catalog;

use super::judge::{self, WHOLE};
use super::world::{self, STAGES, Seen};
use super::write::{Language, Tally, Writer};

/// A rule whose condition is drawn from bytes; nothing where a guard beside another made it refused.
pub(crate) fn rule(bytes: &[u8]) -> Option<(Catalog, Tally)> {
    let mut writer = Writer::new(bytes, Language::Whole);
    writer.name_values();
    let assert = writer.condition().ours;
    let applies_when = writer.one_in(4).then(|| writer.condition().ours);
    let text = judge::rule_text(&writer.lets, applies_when.as_deref(), &assert);
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
