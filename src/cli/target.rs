//! Which account is read: the flags, and what a target of `dynalint.yaml` says where they don't.

use super::args::AwsArgs;
use super::exit::Failure;
use crate::config::{Config, Target};
use crate::yaml::nearest;

/// Flags with a target under them.
pub(super) struct Aimed {
    /// Which account; the name of the target is that of the one that was taken.
    pub(super) aws: AwsArgs,
    /// Patterns of table names.
    pub(super) tables: Vec<String>,
}

/// Puts the target that is named under the flags. Where AWS is asked and none is named, it is the only one, or the
/// default, unless flags name an account; facts that are there already are of no target unless one is named.
pub(super) fn aim(
    config: &Config,
    aws: &AwsArgs,
    tables: &[String],
    is_live: bool,
) -> Result<Aimed, Failure> {
    let plain = || Aimed {
        aws: aws.clone(),
        tables: tables.to_vec(),
    };
    let name = match &aws.target {
        Some(name) => Some(name.as_str()),
        // Flags that name an account name another than the target that nobody named.
        None if is_live && !names_account(aws) => by_default(config)?,
        None => None,
    };
    let Some(name) = name else {
        return Ok(plain());
    };
    let target = config.targets.get(name);
    let target = target.ok_or_else(|| unknown(config, name))?;
    Ok(Aimed {
        aws: under(aws, name, target),
        tables: match tables.is_empty() {
            true => target.tables.clone(),
            false => tables.to_vec(),
        },
    })
}

fn names_account(aws: &AwsArgs) -> bool {
    aws.profile.is_some() || aws.role_arn.is_some() || aws.endpoint_url.is_some()
}

fn under(aws: &AwsArgs, name: &str, target: &Target) -> AwsArgs {
    let or = |flag: &Option<String>, own: &Option<String>| flag.clone().or_else(|| own.clone());
    AwsArgs {
        target: Some(name.to_owned()),
        profile: or(&aws.profile, &target.profile),
        region: match aws.region.is_empty() {
            true => target.regions.clone(),
            false => aws.region.clone(),
        },
        // An external id is a secret between two for one role: another role is not told it.
        external_id: match &aws.role_arn {
            Some(_) => aws.external_id.clone(),
            None => target.external_id.clone(),
        },
        role_arn: or(&aws.role_arn, &target.role_arn),
        endpoint_url: or(&aws.endpoint_url, &target.endpoint_url),
    }
}

fn by_default(config: &Config) -> Result<Option<&str>, Failure> {
    let mut names = config.targets.keys();
    match (&config.default_target, names.next(), names.next()) {
        (Some(name), ..) => Ok(Some(name)),
        (None, only, None) => Ok(only.map(String::as_str)),
        (None, _, Some(_)) => Err(Failure::new(
            format!("dynalint.yaml has several targets: {}", list(config)),
            "name one with --target, or a default_target in the file",
        )),
    }
}

fn unknown(config: &Config, name: &str) -> Failure {
    let near = nearest(name, config.targets.keys().map(String::as_str));
    let hint = match (near, config.targets.is_empty()) {
        (Some(near), _) => format!("did you mean {near}?"),
        (None, true) => "no file that was read has targets: see --config".to_owned(),
        (None, false) => format!("there are {}", list(config)),
    };
    Failure::new(format!("no target is named \"{name}\""), hint)
}

fn list(config: &Config) -> String {
    let names: Vec<&str> = config.targets.keys().map(String::as_str).collect();
    names.join(", ")
}
