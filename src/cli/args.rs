//! The commands and their flags, as clap reads them: names and help, nothing that runs.
//!
//! Flags that cannot work together are named here where clap can tell; the rest is in each command.

pub mod attest;
mod doctor;
mod drift;
mod fix;
mod init;
pub mod rules;

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use self::attest::AttestArgs;
pub use self::doctor::{DoctorArgs, PolicyForm};
pub use self::drift::DriftArgs;
pub use self::fix::{FixArgs, FixForm, FixSelectArgs};
pub use self::init::{InitArgs, Pipeline};
use self::rules::RulesArgs;
use super::format::{Format, OutputFile, PageFormat};
use super::schema::SchemaName;
use super::time::{parse_duration, parse_metrics_window, parse_now};
use crate::config::is_url;
use crate::finding::{Area, Severity};

const EXIT_CODES: &str = "\
Exit codes:
  0    ready: nothing at or above the gate fails or is unknown
  1    not ready: a failure at or above the gate
  2    could not run: usage, file, credentials, region or network
  3    cannot tell: no failure, but something at or above the gate is unknown
  4    nothing to check: no resource matched
  130  interrupted";

/// Judges DynamoDB tables before they launch. Reads configuration only; changes nothing, reads no item.
#[derive(Debug, Parser)]
#[command(
    name = "dynalint",
    version,
    after_help = "Without an account: dynalint check --demo"
)]
#[command(
    disable_help_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = false
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print help
    // The short form has a line for each flag.
    #[arg(short, long, global = true, action = ArgAction::HelpShort)]
    help: Option<bool>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Evaluate the rules, report, and decide the exit code
    #[command(after_help = EXIT_CODES)]
    Check(Box<CheckArgs>),
    /// Collect only: keep what a check would read
    Snapshot(Box<SnapshotArgs>),
    /// Tell what became worse, better or otherwise another since an earlier snapshot
    #[command(after_help = drift::EXIT_CODES)]
    Drift(Box<DriftArgs>),
    /// Tell about a rule, an area or a checklist; without a name, list the rules
    Explain(ExplainArgs),
    /// Print what repairs what fails, with your names in it; changes nothing
    #[command(after_help = fix::EXIT_CODES)]
    Fix(Box<FixArgs>),
    /// Test rules, and start new ones
    Rules(RulesArgs),
    /// Answer for what a rule finds, until a date
    Waive(Box<WaiveArgs>),
    /// Sign an item of a checklist that no rule can decide, or list who signed what
    Attest(Box<AttestArgs>),
    /// Write dynalint.yaml, asking what it needs
    Init(InitArgs),
    /// See whether a check can run: configuration, region, credentials, permissions
    #[command(after_help = doctor::EXIT_CODES)]
    Doctor(Box<DoctorArgs>),
    /// Print the completions for a shell
    #[command(hide = true)]
    Completions(CompletionsArgs),
    /// Print the manual page
    #[command(hide = true)]
    Man(ManArgs),
    /// Print the JSON Schema of a file
    #[command(hide = true)]
    Schema(SchemaArgs),
}

/// The arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// A saved snapshot; without one, the live account is read
    #[arg(value_name = "INPUT", conflicts_with_all = LIVE_ONLY, conflicts_with = "dry_run")]
    pub input: Option<PathBuf>,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Which rules and tables.
    #[command(flatten)]
    pub select: SelectArgs,
    /// What decides.
    #[command(flatten)]
    pub gate: GateArgs,
    /// Where the report goes.
    #[command(flatten)]
    pub output: OutputArgs,
    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Judge the demo account inside the program; no AWS account is needed
    #[arg(long, help_heading = "Run", conflicts_with_all = LIVE_ONLY, conflicts_with_all = ["input", "dry_run"])]
    pub demo: bool,
    /// Make no call to AWS; needs an INPUT or --demo
    #[arg(long, help_heading = "Run", conflicts_with_all = LIVE_ONLY, conflicts_with = "dry_run")]
    pub offline: bool,
}

/// The flags that only make sense where AWS is asked.
const LIVE_ONLY: [&str; 9] = [
    "profile",
    "region",
    "role_arn",
    "external_id",
    "endpoint_url",
    "save",
    "timeout",
    "concurrency",
    "metrics_window",
];

/// The flags that leave out rules or tables: a baseline that was made so would forget what it did not look at.
const NARROWING: [&str; 8] = [
    "table",
    "area",
    "rule",
    "skip_rule",
    "checklist",
    "env",
    "no_metrics",
    "dry_run",
];

/// The arguments of `snapshot`.
#[derive(Clone, Debug, Args)]
pub struct SnapshotArgs {
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Only tables whose whole name matches; `*` and `?` (repeatable, comma)
    #[arg(
        long,
        value_name = "GLOB",
        value_delimiter = ',',
        help_heading = "Select"
    )]
    pub table: Vec<String>,
    /// Where to keep it; without it, it goes to stdout
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "dry_run",
        help_heading = "Output"
    )]
    pub save: Option<PathBuf>,
    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
    /// How to run.
    #[command(flatten)]
    pub run: RunArgs,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// The arguments of `explain`.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// A rule, an area or a checklist; `language` and `facts` are pages for those who write rules
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Format on stdout
    #[arg(short, long, value_enum, default_value_t = PageFormat::Terminal, help_heading = "Output")]
    pub format: PageFormat,
    /// A folder with rules of your own (repeatable)
    #[arg(long, value_name = "DIR", help_heading = "Select")]
    pub rules: Vec<PathBuf>,
    /// Also what is in force of the rule on the table of this name, and where it came from
    #[arg(long, value_name = "NAME", requires = "name", help_heading = "Select")]
    pub table: Option<String>,
    /// A saved snapshot with that table: its tags may decide
    #[arg(
        long,
        value_name = "FILE",
        requires = "table",
        conflicts_with = "demo",
        help_heading = "Select"
    )]
    pub input: Option<PathBuf>,
    /// Take the table from the demo account inside the program
    #[arg(long, requires = "table", help_heading = "Select")]
    pub demo: bool,
    /// Columns
    #[arg(long, value_name = "COLUMNS", value_parser = parse_columns, help_heading = "Output")]
    pub width: Option<u16>,
    /// Whether to write colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, help_heading = "Talk")]
    pub color: Color,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// The arguments of `waive`.
#[derive(Debug, Args)]
pub struct WaiveArgs {
    /// The rule that is waived
    #[arg(value_name = "RULE", required_unless_present_any = ["list", "prune"])]
    pub rule: Option<String>,
    /// What the waiver covers.
    #[command(flatten)]
    pub on: WaiveOnArgs,
    /// Who answers for it, and why.
    #[command(flatten)]
    pub answer: AnswerArgs,
    /// List the waivers, the one that ends first on top
    #[arg(long, conflicts_with_all = ADDING, conflicts_with = "prune", help_heading = "Instead")]
    pub list: bool,
    /// Take out the waivers that have expired; with --input or --demo also those that cover nothing there
    #[arg(long, conflicts_with_all = ADDING, help_heading = "Instead")]
    pub prune: bool,
    /// A saved snapshot: tells what the waivers cover
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "demo",
        help_heading = "Run"
    )]
    pub input: Option<PathBuf>,
    /// Tell what the waivers cover in the demo account inside the program
    #[arg(long, help_heading = "Run")]
    pub demo: bool,
    /// The time that is now, for what depends on it
    #[arg(long, value_name = "TIME", value_parser = parse_now, help_heading = "Run")]
    pub now: Option<Timestamp>,
    /// A folder with rules of your own (repeatable)
    #[arg(long, value_name = "DIR", help_heading = "Run")]
    pub rules: Vec<PathBuf>,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// The arguments that say what is to be added.
const ADDING: [&str; 12] = [
    "rule",
    "table",
    "index",
    "account",
    "region",
    "env",
    "subject",
    "owner",
    "reason",
    "expires",
    "ticket",
    "approved_by",
];

/// What a waiver covers: all that is given must match.
#[derive(Debug, Args)]
#[command(next_help_heading = "Covers, at least one; `*` and `?` match any characters")]
pub struct WaiveOnArgs {
    /// Tables whose whole name matches, and what belongs to them
    #[arg(long, value_name = "GLOB")]
    pub table: Option<String>,
    /// Indexes whose whole name matches
    #[arg(long, value_name = "GLOB")]
    pub index: Option<String>,
    /// Accounts
    #[arg(long, value_name = "GLOB")]
    pub account: Option<String>,
    /// Regions
    #[arg(long, value_name = "GLOB")]
    pub region: Option<String>,
    /// Tables of these environments
    #[arg(long, value_name = "GLOB")]
    pub env: Option<String>,
    /// What has this name in reports: a vault, a topic, a role
    #[arg(long, value_name = "GLOB")]
    pub subject: Option<String>,
}

/// Who answers for it, and why.
#[derive(Debug, Args)]
#[command(next_help_heading = "Answer; what is missing is asked for at a terminal")]
pub struct AnswerArgs {
    /// Who answers for it
    #[arg(long, value_name = "WHO")]
    pub owner: Option<String>,
    /// Why it is accepted, in 15 characters or more
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The last day it holds, or for how long: 2027-03-31, 90d
    #[arg(long, value_name = "DATE")]
    pub expires: Option<String>,
    /// Where it is followed up
    #[arg(long, value_name = "TICKET")]
    pub ticket: Option<String>,
    /// Who agreed
    #[arg(long, value_name = "WHO")]
    pub approved_by: Option<String>,
}

/// The arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// The arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each command into a folder that is there, as packages want them
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The file
    #[arg(value_name = "NAME", value_enum)]
    pub name: SchemaName,
}

/// Which account, in the words of the AWS CLI.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "AWS")]
pub struct AwsArgs {
    /// Target of dynalint.yaml: its account, role, regions and tables; flags win over it
    #[arg(long, value_name = "NAME")]
    pub target: Option<String>,
    /// Profile of the AWS configuration
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Regions (repeatable, comma)
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    pub region: Vec<String>,
    /// Role to take on
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// External id that the role asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    pub external_id: Option<String>,
    /// Another endpoint, such as an emulator's
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    pub endpoint_url: Option<String>,
}

/// Which rules and tables.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Select")]
pub struct SelectArgs {
    /// A folder with rules of your own (repeatable)
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Only tables whose whole name matches; `*` and `?` (repeatable, comma)
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub table: Vec<String>,
    /// Only rules of these areas (repeatable, comma)
    #[arg(long, value_name = "AREA", value_delimiter = ',', value_parser = areas())]
    pub area: Vec<Area>,
    /// Only these rules (repeatable, comma)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub rule: Vec<String>,
    /// All but these rules (repeatable, comma)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub skip_rule: Vec<String>,
    /// Only the rules of these checklists, and what their items need signed counts in the gate (repeatable, comma)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub checklist: Vec<String>,
    /// Only tables of this environment, and those whose environment is not known
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
}

/// What decides.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Gate")]
pub struct GateArgs {
    /// Failures of this severity and worse give exit code 1; without it high
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    pub fail_on: Option<FailOn>,
    /// Accept what could not be read: exit code 0 instead of 3
    #[arg(long)]
    pub allow_unknown: bool,
    /// Accept that nothing matched: exit code 0 instead of 4
    #[arg(long)]
    pub allow_empty: bool,
    /// How old a saved snapshot may be, such as 24h
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub max_age: Option<Duration>,
    /// Count what waivers cover too: read no dynalint/waivers.yaml
    #[arg(long)]
    pub no_waivers: bool,
    /// A waiver that covers nothing gives exit code 1
    #[arg(long, conflicts_with = "no_waivers")]
    pub strict_waivers: bool,
    /// Known problems, which don't count; without it dynalint/baseline.json
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Count known problems too: read no baseline
    #[arg(long, conflicts_with_all = ["baseline", "update_baseline"])]
    pub no_baseline: bool,
    /// Write the problems of this run to the baseline, and judge by it
    #[arg(long, conflicts_with_all = NARROWING)]
    pub update_baseline: bool,
}

/// Where the report goes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Format on stdout
    #[arg(short, long, value_enum, default_value_t = Format::Terminal)]
    pub format: Format,
    /// Also write the report to a file; .html, .json, .jsonl, .sarif, .xml (JUnit), .md, .csv and .txt tell the format
    /// (repeatable)
    #[arg(short, long, value_name = "[FORMAT:]FILE")]
    pub output: Vec<OutputFile>,
    /// Which results are listed, every one; without it the worst failures and what is unknown
    #[arg(long, value_enum)]
    pub show: Option<ShowArg>,
    /// How the terminal report puts them together; without it by rule, and by table with -v
    #[arg(long, value_enum)]
    pub group_by: Option<GroupBy>,
    /// Columns of the terminal report
    #[arg(long, value_name = "COLUMNS", value_parser = parse_columns)]
    pub width: Option<u16>,
    /// Keep the snapshot
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Add a line on this run to a file, such as dynalint/history.jsonl: drift compares with it
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub history: Option<PathBuf>,
}

/// How much to say.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Talk")]
pub struct TalkArgs {
    /// Say the verdict alone, and errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say everything that is known of each finding
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
    /// Whether to write colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Don't show progress
    #[arg(long)]
    pub no_progress: bool,
    /// The pipeline it runs in: GitHub Actions gets annotations and the page of the step
    #[arg(long, value_name = "SYSTEM", value_enum, default_value_t = Ci::Auto)]
    pub ci: Ci,
}

/// How to run.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Run")]
pub struct RunArgs {
    /// Print the calls that a run would make, and make none
    #[arg(long)]
    pub dry_run: bool,
    /// Time for the whole run, such as 10m; what is not read by then is unknown
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    pub timeout: Option<Duration>,
    /// Calls at a time to one service in one region
    #[arg(long, value_name = "NUMBER", value_parser = |text: &str| parse_number(text, 1..=256))]
    pub concurrency: Option<u16>,
    /// How far back CloudWatch metrics are read, from 1h to 63d; without it 14d
    #[arg(long, value_name = "DURATION", value_parser = parse_metrics_window, conflicts_with = "no_metrics")]
    pub metrics_window: Option<Duration>,
    /// Read no CloudWatch metrics, which cost money, and leave out the rules on them
    #[arg(long)]
    pub no_metrics: bool,
    /// The time that is now: facts are collected at it, and signatures hold or have lapsed. Saved facts keep their own
    #[arg(long, value_name = "TIME", value_parser = parse_now)]
    pub now: Option<Timestamp>,
}

/// Where configuration comes from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Run")]
pub struct ConfigArgs {
    /// Configuration file; without it dynalint.yaml is looked for, up to the root of the repository
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long)]
    pub no_config: bool,
}

/// Which results are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ShowArg {
    /// Failures
    Fail,
    /// Every result, passes too
    All,
    /// What could not be told
    Unknown,
    /// What waivers cover
    Waived,
    /// What the baseline knows
    Baselined,
}

/// How results are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    /// By table, the worst first
    Table,
    /// By area, in the order of the areas
    Area,
    /// By rule, in the order in which to act
    Rule,
}

/// Whether to write colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The pipeline that it runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ci {
    /// What its variables say
    Auto,
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
    /// None
    None,
}

/// The severity at which the gate stands, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailOn(pub Option<Severity>);

impl FromStr for FailOn {
    type Err = String;

    fn from_str(word: &str) -> Result<FailOn, String> {
        // Nobody fails a run on an opinion.
        let severity = word.parse().ok().filter(|it| *it != Severity::Info);
        match (word, severity) {
            ("never", _) => Ok(FailOn(None)),
            (_, Some(severity)) => Ok(FailOn(Some(severity))),
            (_, None) => Err(format!(
                "\"{word}\" is none of {}",
                FailOn::words().collect::<Vec<_>>().join(", ")
            )),
        }
    }
}

impl FailOn {
    /// The words for it.
    pub fn words() -> impl Iterator<Item = &'static str> {
        let severities = Severity::ALL.iter().filter(|it| **it != Severity::Info);
        severities.map(|severity| severity.word()).chain(["never"])
    }
}

fn parse_number(text: &str, range: RangeInclusive<u16>) -> Result<u16, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("a number from {} to {}", range.start(), range.end()))
}

fn parse_columns(text: &str) -> Result<u16, String> {
    parse_number(text, 40..=400)
}

fn parse_url(text: &str) -> Result<String, String> {
    is_url(text)
        .then(|| text.to_owned())
        .ok_or_else(|| "a URL such as http://127.0.0.1:8000".to_owned())
}

fn areas() -> impl TypedValueParser<Value = Area> {
    let words = Area::ALL.iter().map(|area| area.word());
    PossibleValuesParser::new(words).try_map(|word| word.parse())
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::words()).try_map(|word| word.parse::<FailOn>())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}
