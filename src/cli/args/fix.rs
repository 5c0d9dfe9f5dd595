//! The arguments of `fix`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    AwsArgs, CheckArgs, ConfigArgs, GateArgs, OutputArgs, RunArgs, SelectArgs, TalkArgs,
    parse_columns,
};
use crate::cli::format::{Format, ListFormat};
use crate::finding::Area;
use crate::report::repairs::Form;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    the repairs were printed, or nothing fails
  2    could not run: usage, file, credentials, region or network
  4    nothing to check: no resource matched";

/// The flags that only make sense where AWS is asked.
const LIVE_ONLY: [&str; 8] = [
    "profile",
    "region",
    "role_arn",
    "external_id",
    "endpoint_url",
    "timeout",
    "concurrency",
    "metrics_window",
];

/// The arguments of `fix`.
#[derive(Clone, Debug, Args)]
pub struct FixArgs {
    /// Only what these rules find; without one, whatever fails
    #[arg(value_name = "RULE")]
    pub rule: Vec<String>,
    /// A saved snapshot; without one, the live account is read
    #[arg(long, value_name = "FILE", help_heading = "Run", conflicts_with_all = LIVE_ONLY, conflicts_with = "dry_run")]
    pub input: Option<PathBuf>,
    /// Repair the demo account inside the program; no AWS account is needed
    #[arg(long, help_heading = "Run", conflicts_with_all = LIVE_ONLY, conflicts_with_all = ["input", "dry_run"])]
    pub demo: bool,
    /// What the repairs are written in; without it the ending of the file tells, else cli
    #[arg(long = "as", value_name = "FORM", value_enum, help_heading = "Output")]
    pub form: Option<FixForm>,
    /// Format on stdout
    #[arg(short, long, value_enum, default_value_t = ListFormat::Terminal, help_heading = "Output")]
    pub format: ListFormat,
    /// Also write them to a file: .sh (a script that looks whose account it is in), .tf, .yaml or .json
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Columns
    #[arg(long, value_name = "COLUMNS", value_parser = parse_columns, help_heading = "Output")]
    pub width: Option<u16>,
    /// Which tables, and which rules by their kind.
    #[command(flatten)]
    pub select: FixSelectArgs,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
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

/// Which tables, and which rules by their kind.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Select")]
pub struct FixSelectArgs {
    /// A folder with rules of your own (repeatable)
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Only tables whose whole name matches; `*` and `?` (repeatable, comma)
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub table: Vec<String>,
    /// Only rules of these areas (repeatable, comma)
    #[arg(long, value_name = "AREA", value_delimiter = ',', value_parser = super::areas())]
    pub area: Vec<Area>,
    /// All but these rules (repeatable, comma)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub skip_rule: Vec<String>,
    /// Only the rules of these checklists (repeatable, comma)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub checklist: Vec<String>,
    /// Only tables of this environment, and those whose environment is not known
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// Repair what waivers cover too: read no dynalint/waivers.yaml
    #[arg(long)]
    pub no_waivers: bool,
    /// Known problems, which are left out; without it dynalint/baseline.json
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Repair known problems too: read no baseline
    #[arg(long, conflicts_with = "baseline")]
    pub no_baseline: bool,
}

/// What repairs are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixForm {
    /// Commands of the AWS CLI, for a POSIX shell
    Cli,
    /// What goes into Terraform
    Terraform,
    /// What goes into a template of CloudFormation, in YAML
    Cloudformation,
}

impl FixForm {
    /// The same, as reports know it.
    pub fn form(self) -> Form {
        match self {
            FixForm::Cli => Form::Cli,
            FixForm::Terraform => Form::Terraform,
            FixForm::Cloudformation => Form::CloudFormation,
        }
    }
}

impl FixArgs {
    /// The check that finds what is to be repaired.
    pub fn check(&self) -> CheckArgs {
        let select = &self.select;
        CheckArgs {
            input: self.input.clone(),
            aws: self.aws.clone(),
            select: SelectArgs {
                rules: select.rules.clone(),
                table: select.table.clone(),
                area: select.area.clone(),
                rule: self.rule.clone(),
                skip_rule: select.skip_rule.clone(),
                checklist: select.checklist.clone(),
                env: select.env.clone(),
            },
            gate: GateArgs {
                fail_on: None,
                allow_unknown: false,
                allow_empty: false,
                max_age: None,
                no_waivers: select.no_waivers,
                strict_waivers: false,
                baseline: select.baseline.clone(),
                no_baseline: select.no_baseline,
                update_baseline: false,
            },
            output: OutputArgs {
                history: None,
                format: Format::Terminal,
                output: Vec::new(),
                show: None,
                group_by: None,
                width: self.width,
                save: None,
            },
            talk: self.talk.clone(),
            run: self.run.clone(),
            config: self.config.clone(),
            demo: self.demo,
            offline: false,
        }
    }
}
