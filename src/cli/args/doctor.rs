//! The arguments of `doctor`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AwsArgs, ConfigArgs, SelectArgs, TalkArgs};
use crate::cli::format::ListFormat;
use crate::finding::Area;

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    everything that the rules need can be read
  2    could not run: usage, file, credentials, region or network
  3    cannot tell: a call is denied or not answered";

/// The arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print the least IAM policy for the rules, and call nothing
    #[arg(long, conflicts_with_all = ["profile", "region", "role_arn", "external_id", "endpoint_url", "table", "format"])]
    pub policy: bool,
    /// The form of the policy
    #[arg(
        long = "as",
        value_name = "FORM",
        value_enum,
        default_value_t = PolicyForm::Json,
        requires = "policy"
    )]
    pub form: PolicyForm,
    /// Which account.
    #[command(flatten)]
    pub aws: AwsArgs,
    /// Which rules, and what to try the calls on.
    #[command(flatten)]
    pub rules: ChosenRules,
    /// Try no CloudWatch metrics, which cost money, and leave out the rules on them
    #[arg(long, help_heading = "Select")]
    pub no_metrics: bool,
    /// Format on stdout
    #[arg(short, long, value_enum, default_value_t = ListFormat::Terminal, help_heading = "Output")]
    pub format: ListFormat,
    /// How much to say.
    #[command(flatten)]
    pub talk: TalkArgs,
    /// Where configuration comes from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Which rules, and what to try the calls on. Environments are known when tables are read, and need no other calls.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Select")]
pub struct ChosenRules {
    /// A folder with rules of your own (repeatable)
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
    /// Try calls on tables whose whole name matches; `*` and `?` (repeatable, comma)
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    pub table: Vec<String>,
    /// Only rules of these areas (repeatable, comma)
    #[arg(long, value_name = "AREA", value_delimiter = ',', value_parser = super::areas())]
    pub area: Vec<Area>,
    /// Only these rules (repeatable, comma)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub rule: Vec<String>,
    /// All but these rules (repeatable, comma)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub skip_rule: Vec<String>,
    /// Only the rules of these checklists (repeatable, comma)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub checklist: Vec<String>,
}

/// A form of the least policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PolicyForm {
    /// A policy document
    Json,
    /// A data source of Terraform
    Terraform,
    /// A template with a managed policy
    Cloudformation,
}

impl ChosenRules {
    /// The same, as `check` takes it.
    pub fn select(&self) -> SelectArgs {
        SelectArgs {
            rules: self.rules.clone(),
            table: self.table.clone(),
            area: self.area.clone(),
            rule: self.rule.clone(),
            skip_rule: self.skip_rule.clone(),
            checklist: self.checklist.clone(),
            ..SelectArgs::default()
        }
    }
}
