//! The arguments of `rules`.

use std::path::PathBuf;

use clap::{ArgAction, Args, Subcommand};

use super::{Color, parse_number};
use crate::cli::format::ListFormat;

const EXIT_CODES: &str = "\
Exit codes:
  0  every case holds, and each rule has its cases
  1  a case does not hold, or one is missing
  2  a file could not be read";

/// The arguments of `rules`.
#[derive(Debug, Args)]
#[command(
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = false
)]
pub struct RulesArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RulesCommand,
}

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Try the cases in rule files: does each give the verdict it expects, and the same or unknown where less is known
    #[command(after_help = EXIT_CODES)]
    Test(TestArgs),
    /// Write a rule of your own to start from, with its cases
    New(NewArgs),
}

/// The arguments of `rules test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Folders with rules; without one, the rules that are built in and those in dynalint/rules
    #[arg(value_name = "DIR")]
    pub folders: Vec<PathBuf>,
    /// Only these rules (repeatable, comma)
    #[arg(
        long,
        value_name = "RULE",
        value_delimiter = ',',
        help_heading = "Select"
    )]
    pub rule: Vec<String>,
    /// Format on stdout
    #[arg(short, long, value_enum, default_value_t = ListFormat::Terminal, help_heading = "Output")]
    pub format: ListFormat,
    /// Columns
    #[arg(long, value_name = "COLUMNS", value_parser = |text: &str| parse_number(text, 40..=400), help_heading = "Output")]
    pub width: Option<u16>,
    /// Say the last line alone, and errors
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Talk")]
    pub quiet: bool,
    /// List every case
    #[arg(short, long, action = ArgAction::Count, help_heading = "Talk")]
    pub verbose: u8,
    /// Whether to write colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, help_heading = "Talk")]
    pub color: Color,
}

/// The arguments of `rules new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// Its area and its name, which says what must hold: recovery/backup-every-night
    #[arg(value_name = "AREA/ID")]
    pub name: String,
    /// The folder to write it to; without one, dynalint/rules beside dynalint.yaml or at the root of the repository
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    pub dir: Option<PathBuf>,
}
