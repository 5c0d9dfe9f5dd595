//! The arguments of `attest`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Color, ConfigArgs, parse_columns};
use crate::attestation::{Outcome, parse_date};
use crate::cli::time::{parse_duration, parse_now};

/// The arguments of `attest`.
#[derive(Debug, Args)]
pub struct AttestArgs {
    /// The item, as a checklist names it: release/load-test
    #[arg(
        value_name = "ITEM",
        required_unless_present = "list",
        conflicts_with = "list"
    )]
    pub item: Option<String>,
    /// What is signed.
    #[command(flatten)]
    pub sign: SignArgs,
    /// List the items of all checklists and who signed them; add nothing
    #[arg(long, help_heading = "List", conflicts_with_all = ["table", "service", "account", "by", "outcome", "date", "expires", "evidence", "notes", "yes"])]
    pub list: bool,
    /// A saved snapshot: the list says which of its tables, services and accounts are signed for
    #[arg(long, value_name = "FILE", help_heading = "List", requires = "list")]
    pub input: Option<PathBuf>,
    /// The same for the demo account inside the program
    #[arg(
        long,
        help_heading = "List",
        requires = "list",
        conflicts_with = "input"
    )]
    pub demo: bool,
    /// Columns
    #[arg(long, value_name = "COLUMNS", value_parser = parse_columns, help_heading = "Output")]
    pub width: Option<u16>,
    /// Whether to write colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, help_heading = "Talk")]
    pub color: Color,
    /// A folder with rules of your own (repeatable)
    #[arg(long, value_name = "DIR", help_heading = "Run")]
    pub rules: Vec<PathBuf>,
    /// The time that is now: what is signed today, and what has lapsed
    #[arg(long, value_name = "TIME", value_parser = parse_now, help_heading = "Run")]
    pub now: Option<Timestamp>,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// A signature in flags.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sign")]
pub struct SignArgs {
    /// For the tables whose whole name matches; `*` and `?`
    #[arg(long, value_name = "GLOB")]
    pub table: Option<String>,
    /// For the services whose whole name matches; `*` takes the tables without a service too
    #[arg(long, value_name = "GLOB")]
    pub service: Option<String>,
    /// For the accounts whose whole id matches
    #[arg(long, value_name = "GLOB")]
    pub account: Option<String>,
    /// Who signs, as a name or an address
    #[arg(long, value_name = "WHO")]
    pub by: Option<String>,
    /// What was found
    #[arg(long, value_name = "OUTCOME", default_value = "pass", value_parser = outcomes())]
    pub outcome: Outcome,
    /// The day of it; without it today, in UTC
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub date: Option<Date>,
    /// Until when it holds, as 180d or a date; without it as long as the item allows
    #[arg(long, value_name = "90d|DATE", value_parser = expiry)]
    pub expires: Option<Expiry>,
    /// A link to what there is to show for it (repeatable)
    #[arg(long, value_name = "URL")]
    pub evidence: Vec<String>,
    /// What else there is to say
    #[arg(long, value_name = "TEXT")]
    pub notes: Option<String>,
    /// Sign without being asked whether the words are vouched for
    #[arg(long)]
    pub yes: bool,
}

/// Until when a signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// For so many days.
    Days(u32),
    /// Until this day, which is the last.
    Day(Date),
}

fn outcomes() -> impl TypedValueParser<Value = Outcome> {
    let words = PossibleValuesParser::new(Outcome::ALL.map(Outcome::word));
    words.try_map(|word| {
        let found = Outcome::ALL.into_iter().find(|it| it.word() == word);
        found.ok_or("a word of the list")
    })
}

fn day(text: &str) -> Result<Date, String> {
    parse_date(text).ok_or_else(|| "a date such as 2026-11-22".to_owned())
}

/// Seconds of a day.
const DAY_S: u64 = 86_400;

fn expiry(text: &str) -> Result<Expiry, String> {
    let of_days = |seconds: u64| match seconds % DAY_S {
        0 => u32::try_from(seconds / DAY_S).ok(),
        _ => None,
    };
    let days = parse_duration(text).ok();
    let days = days.and_then(|time| of_days(time.as_secs()));
    let expiry = days.map(Expiry::Days);
    let expiry = expiry.or_else(|| parse_date(text).map(Expiry::Day));
    expiry.ok_or_else(|| "whole days such as 90d, or a date such as 2027-05-11".to_owned())
}
