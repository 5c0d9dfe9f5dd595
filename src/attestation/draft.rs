//! A signature as it was written, in a file or in flags, and all that is wrong with it.

use jiff::Span;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Asked, Attestation, DIGITS, Items, On, Outcome, Pattern, Per};
use crate::config;
use crate::policy::is_account;
use crate::yaml::did_you_mean;

/// A signature as text. What may be missing is optional here, so that all that is missing is said at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Attestation")]
pub struct Draft {
    /// The item: `release/load-test`.
    #[schemars(required)]
    pub item: Option<String>,
    /// What it is signed for.
    #[schemars(required)]
    pub on: Option<OnDraft>,
    /// `pass`, `fail` or `not-applicable`.
    #[schemars(required)]
    pub outcome: Option<String>,
    /// Who signs.
    #[schemars(required)]
    pub by: Option<String>,
    /// When: `2026-11-12`.
    #[schemars(required)]
    pub date: Option<String>,
    /// The last day on which it holds.
    #[schemars(required)]
    pub expires: Option<String>,
    /// The digest of the item's words.
    #[schemars(required)]
    pub text: Option<String>,
    /// Links to what there is to show for it.
    pub evidence: Option<Vec<String>>,
    /// What else there is to say.
    pub notes: Option<String>,
}

/// What a signature is for, as text: patterns of names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "On")]
pub struct OnDraft {
    /// Tables.
    pub table: Option<String>,
    /// Services.
    pub service: Option<String>,
    /// Accounts.
    pub account: Option<String>,
}

/// A mistake in a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The key: `expires`, `on.table`, `evidence.0`; empty for the whole.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What may have been meant or done instead.
    pub hint: Option<String>,
}

/// A day as files have it, `2026-11-12`, and in no other form.
pub fn parse_date(text: &str) -> Option<Date> {
    let is_form = text.len() == "2026-11-12".len();
    is_form.then(|| text.parse().ok()).flatten()
}

impl Draft {
    /// The signature, or everything that is wrong with it. Where the words of the item are others by now, the signature is
    /// a lapsed one whatever it says, and what the item asks for today is not held against it.
    ///
    /// # Errors
    /// Each mistake with its key.
    pub fn check(
        &self,
        items: &Items,
        today: Date,
        line: usize,
    ) -> Result<Attestation, Vec<Mistake>> {
        let mut checker = Checker {
            mistakes: Vec::new(),
        };
        let signature = checker.signature(self, items, today);
        match checker.mistakes.is_empty() {
            true => Ok(Attestation { line, ..signature }),
            false => Err(checker.mistakes),
        }
    }
}

struct Checker {
    mistakes: Vec<Mistake>,
}

/// Stands where a mistake was noted: what it stands in is refused.
const NO_DAY: Date = Date::ZERO;

impl Checker {
    fn wrong(&mut self, key: &str, message: impl Into<String>) {
        self.hinted(key, message, None);
    }

    fn hinted(&mut self, key: &str, message: impl Into<String>, hint: Option<String>) {
        self.mistakes.push(Mistake {
            key: key.to_owned(),
            message: message.into(),
            hint,
        });
    }

    fn signature(&mut self, draft: &Draft, items: &Items, today: Date) -> Attestation {
        let item = self.text("item", draft.item.as_deref());
        let asked = self.asked(&item, items);
        let on = self.on(draft.on.as_ref());
        let outcome = self.outcome(draft.outcome.as_deref());
        let by = self.text("by", draft.by.as_deref());
        let date = self.signed_on(draft.date.as_deref(), today);
        let known = if asked.is_some() { &*item } else { "ITEM" };
        let words = self.words(known, draft.text.as_deref());
        // Other words: it has lapsed, and was signed by other measures.
        let asked = asked.filter(|asked| words.is_empty() || words == asked.words);
        let expires = self.expires(draft.expires.as_deref(), date, asked);
        let evidence = draft.evidence.clone().unwrap_or_default();
        self.evidence(&evidence, outcome, asked);
        if let Some(asked) = asked {
            self.fits(&item, &on, asked);
        }
        Attestation {
            item,
            on,
            outcome,
            by,
            date: date.unwrap_or(NO_DAY),
            expires: expires.unwrap_or(NO_DAY),
            words,
            evidence,
            notes: draft.notes.clone(),
            line: 0,
        }
    }

    fn text(&mut self, key: &str, text: Option<&str>) -> String {
        let text = text.unwrap_or_default().trim();
        if text.is_empty() {
            self.wrong(key, format!("{key} is missing"));
        }
        text.to_owned()
    }

    fn asked<'i>(&mut self, item: &str, items: &'i Items) -> Option<&'i Asked> {
        match items.by_name.get(item) {
            Some(Some(asked)) => return Some(asked),
            Some(None) => {
                let message = format!("{item} is decided by rules alone: nobody signs it");
                let hint = "what fails of it can be waived: dynalint waive RULE";
                self.hinted("item", message, Some(hint.to_owned()));
            }
            None if item.is_empty() || !items.are_all => {}
            None => {
                let names = || items.by_name.keys().map(String::as_str);
                let mut whole = names().filter(|name| name.ends_with(&format!("/{item}")));
                let whole = whole.next().map(|name| format!("did you mean \"{name}\"?"));
                let hint = whole.or_else(|| did_you_mean(item, names()));
                let hint = hint.or_else(|| Some("dynalint attest --list names them".to_owned()));
                self.hinted("item", format!("unknown item \"{item}\""), hint);
            }
        }
        None
    }

    fn on(&mut self, draft: Option<&OnDraft>) -> On {
        let draft = draft.cloned().unwrap_or_default();
        let on = On {
            table: self.pattern(Per::Table, draft.table.as_deref()),
            service: self.pattern(Per::Service, draft.service.as_deref()),
            account: self.pattern(Per::Account, draft.account.as_deref()),
        };
        if draft == OnDraft::default() {
            let message = "on is missing: what it is signed for: table, service or account";
            self.wrong("on", message);
        }
        on
    }

    fn pattern(&mut self, per: Per, text: Option<&str>) -> Option<Pattern> {
        let (text, key) = (text?, format!("on.{}", per.word()));
        if text.is_empty() {
            let message = format!("{} is empty, and nothing has an empty name", per.word());
            self.hinted(&key, message, Some("all of them are \"*\"".to_owned()));
        } else if per == Per::Account && !is_account(text) && !text.contains(['*', '?', '[', '{']) {
            let message = format!("\"{text}\" is no account id: twelve digits, or a pattern");
            self.wrong(&key, message);
        }
        // Services come from tags and are told without their case.
        let glob = match per {
            Per::Service => text.to_lowercase(),
            Per::Table | Per::Account => text.to_owned(),
        };
        let globs = config::globs(&[glob]).map_err(|(_, message)| self.wrong(&key, message));
        Some(Pattern {
            text: text.to_owned(),
            globs: globs.unwrap_or_default(),
        })
    }

    fn outcome(&mut self, word: Option<&str>) -> Outcome {
        let words = Outcome::ALL.map(Outcome::word);
        let found = Outcome::ALL.into_iter().find(|it| Some(it.word()) == word);
        found.unwrap_or_else(|| {
            let message = match word {
                Some(word) => format!("unknown outcome \"{word}\""),
                None => "outcome is missing".to_owned(),
            };
            self.hinted(
                "outcome",
                message,
                did_you_mean(word.unwrap_or_default(), words),
            );
            Outcome::Fail
        })
    }

    fn day(&mut self, key: &str, text: Option<&str>) -> Option<Date> {
        let Some(text) = text else {
            self.wrong(key, format!("{key} is missing"));
            return None;
        };
        let date = parse_date(text);
        if date.is_none() {
            let message = format!("\"{text}\" is no day of the calendar, as in 2026-11-12");
            self.wrong(key, message);
        }
        date
    }

    fn signed_on(&mut self, text: Option<&str>, today: Date) -> Option<Date> {
        let date = self.day("date", text)?;
        if date > today {
            let message = format!("{date} is in the future: today is {today} in UTC");
            self.wrong("date", message);
        }
        Some(date)
    }

    fn expires(
        &mut self,
        text: Option<&str>,
        date: Option<Date>,
        asked: Option<&Asked>,
    ) -> Option<Date> {
        let expires = self.day("expires", text)?;
        let date = date?;
        if expires <= date {
            let message = format!("expires {expires} is not after the date, {date}");
            self.wrong("expires", message);
        }
        let days = asked.map(|asked| asked.attest.valid_days);
        let latest = days.and_then(|days| last_day(date, days));
        if let (Some(days), Some(latest)) = (days, latest)
            && expires > latest
        {
            let message = format!("a signature of this item holds for {days} days at the longest");
            let hint = format!("{latest} or earlier");
            self.hinted("expires", message, Some(hint));
        }
        Some(expires)
    }

    fn words(&mut self, item: &str, text: Option<&str>) -> String {
        let is_digest = |text: &str| {
            text.strip_prefix("sha256:").is_some_and(|digits| {
                let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
                digits.len() == DIGITS && digits.chars().all(is_digit)
            })
        };
        let message = match text {
            Some(text) if is_digest(text) => return text.to_owned(),
            Some(text) => {
                format!("\"{text}\" is no digest: sha256: and {DIGITS} digits of 0-9, a-f")
            }
            None => "text is missing: the digest of the item's words".to_owned(),
        };
        let hint = format!("dynalint attest {item} shows the words and writes it");
        self.hinted("text", message, Some(hint));
        String::new()
    }

    /// Who says that it does not hold needs nothing to show for it: that is in nobody's favour.
    fn evidence(&mut self, links: &[String], outcome: Outcome, asked: Option<&Asked>) {
        for (index, link) in links.iter().enumerate().filter(|(_, link)| !is_link(link)) {
            let message = format!("\"{link}\" is no link: https://…");
            self.wrong(&format!("evidence.{index}"), message);
        }
        let needs = asked.is_some_and(|asked| asked.attest.needs_evidence);
        if needs && links.is_empty() && outcome != Outcome::Fail {
            let message = "this item needs evidence: a link to what there is to show for it";
            self.wrong("evidence", message);
        }
    }

    /// A signature must reach whole subjects: one for a table says nothing of the service.
    fn fits(&mut self, item: &str, on: &On, asked: &Asked) {
        let (table, service) = (on.table.is_some(), on.service.is_some());
        let nothing = !table && !service && on.account.is_none();
        let (fits, hint) = match asked.attest.per {
            Per::Table => (table, "name the table; on: { table: \"*\" } is every one"),
            Per::Service => (!table, "name the service, or the account for all of its"),
            Per::Account => (!table && !service, "name the account alone"),
        };
        if !fits && !nothing {
            let message = format!("{item} is signed for each {}", asked.attest.per.word());
            self.hinted("on", message, Some(hint.to_owned()));
        }
    }
}

/// The last day of a signature that holds for so many days; `None` where the calendar ends before.
pub fn last_day(date: Date, days: u32) -> Option<Date> {
    let span = Span::new().try_days(i64::from(days)).ok()?;
    date.checked_add(span).ok()
}

fn is_link(text: &str) -> bool {
    let schemes = ["https://", "http://"];
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
    let is_host = |c: char| c.is_alphanumeric() || c == '[';
    let no_gap = |c: char| c.is_whitespace() || c.is_control();
    rest.is_some_and(|rest| rest.starts_with(is_host) && !rest.contains(no_gap))
}
