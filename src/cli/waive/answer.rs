//! What a new waiver says: from flags, and at a terminal from whoever sits there.

use std::io::BufRead;

use jiff::civil::Date;
use jiff::{Span, Unit};

use super::super::args::WaiveArgs;
use super::super::ask::{ask, git_user};
use super::super::exit::Failure;
use super::super::output::Console;
use super::super::time::parse_duration;
use crate::waiver::{KEYS, On, Pattern, Wrong, last_day, reason};
use crate::yaml::edit::quote;

/// How long a waiver holds where nobody says so.
const USUAL: &str = "90d";

/// What a new waiver says beside its rule.
pub(super) struct Answer {
    pub(super) on: On,
    owner: String,
    reason: String,
    expires: Date,
    ticket: Option<String>,
    approved_by: Option<String>,
}

impl Answer {
    /// From the flags; what is missing is asked for where somebody can answer.
    pub(super) fn of(
        args: &WaiveArgs,
        today: Date,
        longest_days: u32,
        console: &mut Console<'_>,
    ) -> Result<Answer, Failure> {
        if !console.screen.can_ask() {
            refuse_missing(args)?;
        }
        let answer = &args.answer;
        // What was given is looked at before anything is asked.
        let on = on(args)?;
        let owner = given("--owner", &answer.owner, not_empty)?;
        let why = given("--reason", &answer.reason, reason)?;
        let until = given("--expires", &answer.expires, |text| {
            expires(text, today, longest_days)
        })?;
        let ticket = given("--ticket", &answer.ticket, not_empty)?;
        let approved_by = given("--approved-by", &answer.approved_by, not_empty)?;
        let mut input = std::io::stdin().lock();
        let mut asking = Asking {
            console,
            input: &mut input,
        };
        Ok(Answer {
            on: asking.or(on, "Which tables, such as shop-*", None, |text| {
                let table = Pattern::new(text).map_err(|message| (message, None))?;
                let table = Some(table);
                Ok(On {
                    table,
                    ..On::default()
                })
            })?,
            owner: asking.or(owner, "Who answers for it", git_user(), not_empty)?,
            reason: asking.or(why, "Why is it accepted", None, reason)?,
            expires: {
                let usual = Some(USUAL.to_owned());
                let check = |text: &str| expires(text, today, longest_days);
                asking.or(until, "Until when, or for how long", usual, check)?
            },
            ticket,
            approved_by,
        })
    }

    /// The item of the file, without its dash.
    pub(super) fn block(&self, rule: &str) -> String {
        let on = self.on.given();
        let on: Vec<String> = on
            .map(|(key, text)| format!("{key}: {}", quote(text)))
            .collect();
        let mut lines = vec![
            format!("rule: {rule}"),
            format!("on: {{ {} }}", on.join(", ")),
            format!("reason: {}", quote(&self.reason)),
            format!("owner: {}", quote(&self.owner)),
            format!("expires: {}", self.expires),
        ];
        let others = [("ticket", &self.ticket), ("approved-by", &self.approved_by)];
        let others = others
            .iter()
            .filter_map(|(key, text)| Some((key, text.as_ref()?)));
        lines.extend(others.map(|(key, text)| format!("{key}: {}", quote(text))));
        lines.join("\n")
    }
}

struct Asking<'q, 'c> {
    console: &'q mut Console<'c>,
    input: &'q mut dyn BufRead,
}

impl Asking<'_, '_> {
    /// The value that was given, or that is answered.
    fn or<T>(
        &mut self,
        given: Option<T>,
        text: &str,
        default: Option<String>,
        check: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Result<T, Failure> {
        if let Some(given) = given {
            return Ok(given);
        }
        loop {
            let answer = ask(text, default.as_deref(), self.input, self.console)?;
            match check(&answer) {
                Ok(value) => return Ok(value),
                Err((message, hint)) => {
                    let hint = hint.map_or_else(String::new, |hint| format!(": {hint}"));
                    self.console.talk(&format!("{message}{hint}\n"));
                }
            }
        }
    }
}

/// All flags that are missing, at once.
fn refuse_missing(args: &WaiveArgs) -> Result<(), Failure> {
    let answer = &args.answer;
    let covers = patterns(args).iter().any(|it| it.is_some());
    let given = [
        ("--table", covers),
        ("--owner", answer.owner.is_some()),
        ("--reason", answer.reason.is_some()),
        ("--expires", answer.expires.is_some()),
    ];
    let missing = given.iter().filter(|(_, is_given)| !is_given);
    let missing: Vec<&str> = missing.map(|(flag, _)| *flag).collect();
    let hint = "as in --table 'shop-*' --owner team-shop --reason 'copied to b each night' --expires 90d; --index, --account, --region, --env and --subject can stand for --table";
    match missing.len() {
        0 => Ok(()),
        1 => Err(Failure::new(format!("{} is missing", missing[0]), hint)),
        _ => Err(Failure::new(
            format!("{} are missing", missing.join(", ")),
            hint,
        )),
    }
}

fn patterns(args: &WaiveArgs) -> [&Option<String>; 6] {
    let on = &args.on;
    [
        &on.table,
        &on.index,
        &on.account,
        &on.region,
        &on.env,
        &on.subject,
    ]
}

/// What is covered, where any flag says so.
fn on(args: &WaiveArgs) -> Result<Option<On>, Failure> {
    let mut on: [Option<Pattern>; 6] = Default::default();
    for ((key, text), slot) in KEYS.iter().zip(patterns(args)).zip(&mut on) {
        let Some(text) = text else { continue };
        let pattern = Pattern::new(text);
        let pattern = pattern.map_err(|message| {
            Failure::new(
                format!("--{key}: {message}"),
                format!("as in --{key} 'orders-*'"),
            )
        })?;
        *slot = Some(pattern);
    }
    let any = on.iter().any(Option::is_some);
    Ok(any.then(|| On::of(on)))
}

/// The value of a flag that was given, or what is wrong with it.
fn given<T>(
    flag: &str,
    text: &Option<String>,
    check: impl Fn(&str) -> Result<T, Wrong>,
) -> Result<Option<T>, Failure> {
    let read = text.as_deref().map(check).transpose();
    read.map_err(|(message, hint)| {
        let hint = hint.unwrap_or_else(|| "dynalint waive --help".to_owned());
        Failure::new(format!("{flag}: {message}"), hint)
    })
}

fn not_empty(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    match text.is_empty() {
        true => Err(("it is empty".to_owned(), Some("as in team-shop".to_owned()))),
        false => Ok(text.to_owned()),
    }
}

/// The last day: as a date, or so many days from today. One that is over covers nothing.
pub(super) fn expires(text: &str, today: Date, longest_days: u32) -> Result<Date, Wrong> {
    let days = parse_duration(text).ok().map(|duration| duration.as_secs());
    let days = days.filter(|seconds| seconds % 86_400 == 0);
    let days = days.and_then(|seconds| i64::try_from(seconds / 86_400).ok());
    let day = days.and_then(|days| {
        let span = Span::new().try_days(days).ok()?;
        today.checked_add(span).ok()
    });
    let text = day.map_or_else(|| text.to_owned(), |day| day.to_string());
    let example = || Some("as in 2027-03-31 or 90d".to_owned());
    let last = last_day(&text, today, longest_days);
    let last = last.map_err(|(message, hint)| match text.parse::<Date>() {
        Ok(_) => (message, hint),
        Err(_) => (
            format!("\"{text}\" is neither a date nor a number of days"),
            example(),
        ),
    })?;
    let left = today.until((Unit::Day, last));
    match left.is_ok_and(|left| left.is_negative()) {
        true => Err((format!("{last} is over already"), example())),
        false => Ok(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_date_or_so_many_days_from_today() {
        let today: Date = "2026-11-22".parse().expect("a date");
        let day = |text: &str| expires(text, today, 180).map(|day| day.to_string());
        assert_eq!(day("90d"), Ok("2027-02-20".to_owned()));
        assert_eq!(day("2 weeks"), Ok("2026-12-06".to_owned()));
        assert_eq!(day("2026-11-22"), Ok("2026-11-22".to_owned()));
        assert_eq!(day("180d"), Ok("2027-05-21".to_owned()));
        for wrong in ["181d", "2026-11-21", "36h", "soon", "2027-02-30", "90"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
