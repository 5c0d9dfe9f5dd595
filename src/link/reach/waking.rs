//! Whether an alarm tells someone by more than e-mail, which nobody reads at night.

use super::{End, Link, Routes};
use crate::link::logic::Answer;
use crate::snapshot::fact::Listed;

impl<'a> Routes<'a> {
    /// Whether one of the ways from an alarm ends at more than e-mail.
    pub(super) fn wakes(&self, links: &[Link<'a>]) -> Answer<'a> {
        Answer::any(links.iter().map(|link| self.end_wakes(&link.end)))
    }

    /// What is declared counts: whoever declares it says that it reaches someone.
    fn end_wakes(&self, end: &End<'a>) -> Answer<'a> {
        match end {
            End::Confirmed(arn) => self.topic_wakes(arn),
            other => other.answer(),
        }
    }

    fn topic_wakes(&self, arn: &str) -> Answer<'a> {
        let subscriptions = self.topics.get(arn).map(|it| it.subscriptions.as_ref());
        let Some(Ok(Some(Listed { items, missing }))) = subscriptions else {
            return Answer::No;
        };
        // `email` and `email-json`.
        let wakes = items
            .iter()
            .any(|it| it.confirmed && !it.protocol.starts_with("email"));
        Answer::of(wakes).or_missing(missing.as_ref())
    }
}
