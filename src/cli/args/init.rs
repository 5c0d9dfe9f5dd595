//! The arguments of `init`: each question has a flag.

use clap::{Args, ValueEnum};

use super::FailOn;
use crate::cli::init::answers::{parse_environment, parse_glob, parse_name, parse_region};

/// The arguments of `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// Ask nothing: what no flag says is left at its default
    #[arg(short, long)]
    pub yes: bool,
    /// Profile of the AWS configuration
    #[arg(long, value_name = "NAME", help_heading = "Answers", value_parser = parse_name)]
    pub profile: Option<String>,
    /// Regions (repeatable, comma)
    #[arg(long, value_name = "REGION", value_delimiter = ',', help_heading = "Answers", value_parser = parse_region)]
    pub region: Vec<String>,
    /// Only tables whose whole name matches; `*` and `?` (repeatable, comma)
    #[arg(long, value_name = "GLOB", value_delimiter = ',', help_heading = "Answers", value_parser = parse_glob)]
    pub table: Vec<String>,
    /// Which tables an environment has: dev=dev-* (repeatable, comma)
    #[arg(long, value_name = "NAME=GLOB", value_delimiter = ',', help_heading = "Answers", value_parser = parse_environment)]
    pub environment: Vec<(String, String)>,
    /// Failures of this severity and worse give exit code 1
    #[arg(long, value_name = "SEVERITY", help_heading = "Answers", value_parser = super::fail_on())]
    pub fail_on: Option<FailOn>,
    /// The product outside AWS that watches the tables
    #[arg(long, value_name = "NAME", help_heading = "Answers", value_parser = parse_name)]
    pub monitoring: Option<String>,
    /// Also write a pipeline that runs a check
    #[arg(long, value_name = "SYSTEM", value_enum, help_heading = "Answers")]
    pub ci: Option<Pipeline>,
}

/// A system that runs pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Pipeline {
    /// GitHub Actions
    Github,
    /// GitLab CI/CD
    Gitlab,
}
