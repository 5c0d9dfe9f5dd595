//! Three-valued answers of the joins: yes, no, or not known for a reason that sits in the snapshot.

use crate::snapshot::fact::Why;
use crate::snapshot::record::Value;

/// An answer of a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// What decides it could not be read.
    Unknown(&'a Why),
}

impl<'a> Answer<'a> {
    /// Yes or no.
    pub fn of(holds: bool) -> Answer<'a> {
        if holds { Answer::Yes } else { Answer::No }
    }

    /// Holds where both do.
    pub fn and(self, other: Answer<'a>) -> Answer<'a> {
        match (self, other) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => Answer::Unknown(why),
            (Answer::Yes, Answer::Yes) => Answer::Yes,
        }
    }

    /// Holds where one does.
    pub fn or(self, other: Answer<'a>) -> Answer<'a> {
        match (self, other) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => Answer::Unknown(why),
            (Answer::No, Answer::No) => Answer::No,
        }
    }

    /// Whether one of them holds; of none: no.
    pub fn any(answers: impl IntoIterator<Item = Answer<'a>>) -> Answer<'a> {
        let mut any = Answer::No;
        for answer in answers {
            any = any.or(answer);
            if any == Answer::Yes {
                break;
            }
        }
        any
    }

    /// Whether all of them hold; of none: yes.
    pub fn all(answers: impl IntoIterator<Item = Answer<'a>>) -> Answer<'a> {
        let mut all = Answer::Yes;
        for answer in answers {
            all = all.and(answer);
            if all == Answer::No {
                break;
            }
        }
        all
    }

    /// The answer of a search in a list that may lack elements: a hit decides, its absence only in a complete list.
    pub fn or_missing(self, missing: Option<&'a Why>) -> Answer<'a> {
        match missing {
            Some(why) => self.or(Answer::Unknown(why)),
            None => self,
        }
    }

    /// Why it is not known.
    pub fn reason(self) -> Option<&'a Why> {
        match self {
            Answer::Unknown(why) => Some(why),
            Answer::Yes | Answer::No => None,
        }
    }

    /// The answer as conditions see it.
    pub fn value(self) -> Value<'a> {
        match self {
            Answer::Yes => Value::Bool(true),
            Answer::No => Value::Bool(false),
            Answer::Unknown(why) => Value::Unknown(why),
        }
    }
}
