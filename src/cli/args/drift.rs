//! The arguments of `drift`.

use std::path::PathBuf;

use clap::Args;

use super::{AwsArgs, ConfigArgs, LIVE_ONLY, RunArgs, SelectArgs, TalkArgs, parse_columns};
use crate::cli::drift::format::{DriftFile, DriftFormat};

/// The exit codes of `drift`.
pub(super) const EXIT_CODES: &str = "\
Both sides are judged with the rules and settings of today: a change of rules is no drift.
Worse is a result that fails, cannot be told any more, is more severe or lost its waiver; and a new table
that fails at the gate (gate.fail_on of dynalint.yaml, else high).

Exit codes:
  0    nothing became worse; with --any: nothing changed
  1    something became worse; with --any: something changed
  2    could not run: usage, file, credentials, region or network
  3    cannot tell: no table could be seen on both sides
  4    nothing to compare: no table on either side
  130  interrupted";

/// The arguments of `drift`.
#[derive(Clone, Debug, Args)]
pub struct DriftArgs {
    /// What to compare with: a saved snapshot, a folder of them (the newest that fits), or a history (.jsonl)
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The later snapshot; without one, the live account is read
    #[arg(value_name = "NEW", conflicts_with_all = LIVE_ONLY, conflicts_with = "dry_run")]
    pub new: Option<PathBuf>,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Which rules and tables.
    #[command(flatten)]
    pub select: SelectArgs,
    /// Any change gives exit code 1, not only what became worse
    #[arg(long, help_heading = "Gate")]
    pub any: bool,
    /// Accept that there is nothing to compare: exit code 0 instead of 4
    #[arg(long, help_heading = "Gate")]
    pub allow_empty: bool,
    /// Count what waivers cover too: read no dynalint/waivers.yaml
    #[arg(long, help_heading = "Gate")]
    pub no_waivers: bool,
    /// Format on stdout
    #[arg(short, long, value_enum, default_value_t = DriftFormat::Terminal, help_heading = "Output")]
    pub format: DriftFormat,
    /// Also write to a file (repeatable). slack:FILE and sns:FILE are there after the run only if something changed
    #[arg(short, long, value_name = "[FORMAT:]FILE", help_heading = "Output")]
    pub output: Vec<DriftFile>,
    /// Columns of the terminal format
    #[arg(long, value_name = "COLUMNS", value_parser = parse_columns, help_heading = "Output")]
    pub width: Option<u16>,
    /// Keep the later snapshot
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub save: Option<PathBuf>,
    /// Add a line on the later side to a file, such as dynalint/history.jsonl
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "dry_run",
        help_heading = "Output"
    )]
    pub history: Option<PathBuf>,
    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Compare with the demo account inside the program
    #[arg(long, help_heading = "Run", conflicts_with_all = LIVE_ONLY, conflicts_with_all = ["new", "dry_run"])]
    pub demo: bool,
    /// Make no call to AWS; needs a NEW or --demo
    #[arg(long, help_heading = "Run", conflicts_with_all = LIVE_ONLY, conflicts_with = "dry_run")]
    pub offline: bool,
}
