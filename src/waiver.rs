//! Waivers: somebody answers for what a rule says of certain subjects, until a date.
//!
//! A waiver changes no verdict: the finding stays, decorated, and does not count in the gate. Reads the file
//! ([`read`]), says how each waiver stands on a day, and decorates the findings of a run ([`apply()`]). Knows no clock:
//! today is passed in. Does not write: that is `dynalint waive`, through [`crate::yaml::edit`].

mod apply;
mod file;
#[cfg(test)]
mod tests;

use std::fmt;

use globset::GlobSet;
use jiff::civil::Date;
use jiff::{Span, Unit};

pub use self::apply::{Environments, apply};
pub(crate) use self::file::not_waivable;
pub use self::file::{read, schema};
use crate::config;

/// For how many days a waiver may hold, counted from today, unless the configuration says otherwise.
pub const LONGEST_DAYS: u32 = 180;
/// For how many days before its end a waiver is said to lapse, unless the configuration says otherwise.
pub const LAPSING_DAYS: u32 = 14;
/// The fewest characters of a reason: fewer tell nobody why.
pub const SHORTEST_REASON: usize = 15;

/// Somebody answers for it.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// The id of the rule.
    pub rule: String,
    /// What it covers.
    pub on: On,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
    /// Where it is followed up.
    pub ticket: Option<String>,
    /// Who agreed.
    pub approved_by: Option<String>,
    /// Its line in the file, from 1.
    pub line: usize,
}

/// What a waiver covers: patterns for whole names, all of which must match. At least one is given.
#[derive(Clone, Debug, Default)]
pub struct On {
    /// The table that the subject is or belongs to.
    pub table: Option<Pattern>,
    /// The index that the subject is.
    pub index: Option<Pattern>,
    /// The account.
    pub account: Option<Pattern>,
    /// The region; a subject of all regions has none.
    pub region: Option<Pattern>,
    /// The environment of the table.
    pub env: Option<Pattern>,
    /// The name of the subject, as reports show it.
    pub subject: Option<Pattern>,
}

/// The keys of `on`, in their order.
pub const KEYS: [&str; 6] = ["table", "index", "account", "region", "env", "subject"];

/// A pattern for a whole name: `*` is any run of characters, `?` one.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it was written.
    pub text: String,
    glob: GlobSet,
}

impl Pattern {
    /// Reads it.
    ///
    /// # Errors
    /// Where it is empty, or brackets in it are not closed.
    pub fn new(text: &str) -> Result<Pattern, String> {
        if text.trim().is_empty() {
            return Err("an empty pattern matches nothing".to_owned());
        }
        let glob = config::globs(&[text.to_owned()]).map_err(|(_, message)| message)?;
        let text = text.to_owned();
        Ok(Pattern { text, glob })
    }

    /// The pattern of an environment, which has a word of its own for each way to spell it: `prod` for `Production`.
    #[must_use]
    pub fn of_environment(self) -> Pattern {
        let is_plain = !self.text.contains(['*', '?', '[', '{']);
        let word = match is_plain {
            true => config::environment_word(&self.text),
            false => self.text.to_lowercase(),
        };
        match Pattern::new(&word) {
            Ok(Pattern { glob, .. }) => Pattern { glob, ..self },
            Err(_) => self,
        }
    }

    /// Whether it matches the whole name.
    pub fn matches(&self, name: &str) -> bool {
        self.glob.is_match(name)
    }
}

impl On {
    /// From the patterns by key, in the order of [`KEYS`].
    pub fn of(patterns: [Option<Pattern>; 6]) -> On {
        let [table, index, account, region, env, subject] = patterns;
        On {
            table,
            index,
            account,
            region,
            env: env.map(Pattern::of_environment),
            subject,
        }
    }

    /// The patterns that are given, by key.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let patterns = [
            &self.table,
            &self.index,
            &self.account,
            &self.region,
            &self.env,
            &self.subject,
        ];
        let given = KEYS.into_iter().zip(patterns);
        given.filter_map(|(key, pattern)| Some((key, &*pattern.as_ref()?.text)))
    }
}

/// `table shop-*, env prod`.
impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self
            .given()
            .map(|(key, pattern)| format!("{key} {pattern}"))
            .collect();
        f.pad(&words.join(", "))
    }
}

/// How a waiver stands; what asks for something first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its last day is over: what it covered counts again.
    Expired,
    /// It holds, and everything that it could cover was looked at, and nothing is wrong there.
    Unmatched,
    /// It holds, and its last day is near.
    Lapsing,
    /// It holds.
    Active,
}

impl State {
    /// The word for people and machines.
    pub const fn word(self) -> &'static str {
        match self {
            State::Expired => "expired",
            State::Unmatched => "unmatched",
            State::Lapsing => "lapsing",
            State::Active => "active",
        }
    }
}

/// A waiver, and how it stands after a run.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The waiver.
    pub waiver: Waiver,
    /// How it stands.
    pub state: State,
    /// For how many days it still holds, today not counted; below zero once it is over.
    pub days_left: i32,
    /// How many findings that fail or are unknown it covers, or would if it still held.
    pub covers: usize,
}

impl Waiver {
    /// Whether it still holds today.
    pub fn holds(&self, today: Date) -> bool {
        today <= self.expires
    }

    /// How it stands on a day, whatever it covers.
    pub fn state(&self, today: Date, lapsing_days: u32) -> State {
        match days_until(today, self.expires) {
            ..0 => State::Expired,
            left if i64::from(left) <= i64::from(lapsing_days) => State::Lapsing,
            _ => State::Active,
        }
    }
}

/// Days from one day to another.
fn days_until(from: Date, to: Date) -> i32 {
    let span = from.until((Unit::Day, to));
    span.map_or(0, |span| span.get_days())
}

/// What is wrong with a value, and what to do about it.
pub type Wrong = (String, Option<String>);

/// The last day of a waiver.
///
/// # Errors
/// Where it is no ISO date, or further away than a waiver may hold.
pub fn last_day(text: &str, today: Date, longest_days: u32) -> Result<Date, Wrong> {
    // Dates have one spelling here; jiff reads others too, and times, of which it would forget the hour.
    let date = text.parse::<Date>().ok();
    let date = date.filter(|date| date.to_string() == text);
    let Some(date) = date else {
        let message = format!("\"{text}\" is no date");
        return Err((message, Some("as in 2027-03-31".to_owned())));
    };
    let longest = Span::new().try_days(longest_days);
    let furthest = longest.and_then(|days| today.checked_add(days));
    match furthest {
        Ok(furthest) if date > furthest => {
            let message = format!("a waiver may hold for {longest_days} days at most");
            Err((
                message,
                Some(format!("{furthest} or earlier, counted from today")),
            ))
        }
        Ok(_) | Err(_) => Ok(date),
    }
}

/// A reason that tells something.
///
/// # Errors
/// Where it is too short to.
pub fn reason(text: &str) -> Result<String, Wrong> {
    let reason = text.trim();
    match reason.chars().count() {
        SHORTEST_REASON.. => Ok(reason.to_owned()),
        length => Err((
            format!("a reason of {length} characters, at least {SHORTEST_REASON} are needed"),
            Some("say why it is accepted".to_owned()),
        )),
    }
}
