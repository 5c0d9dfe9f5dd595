//! What ends a run, for people: a sentence, and what to do next.
//!
//! Messages hold no secrets, no debug structures and no home paths. Which error it is, is for `preflight` to say.

/// The most profiles that a message names.
const NAMED_PROFILES: usize = 5;

/// Why nothing could be collected. The text is for people: what is wrong; [`CollectError::hint`] is what to do next.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No provider of credentials had any.
    #[error(
        "no AWS credentials found (looked at: environment, profile \"{profile}\", web identity, container, instance)"
    )]
    NoCredentials {
        /// The profile that was looked at.
        profile: String,
    },
    /// The named profile is in neither file.
    #[error("profile \"{name}\" is not in ~/.aws/config{}", near.as_ref().map_or(String::new(), |near| format!("; did you mean \"{near}\"?")))]
    NoSuchProfile {
        /// The name.
        name: String,
        /// A name much like it.
        near: Option<String>,
        /// All names, sorted.
        known: Vec<String>,
    },
    /// The profile cannot be used, or its file cannot be read.
    #[error("{problem}")]
    BrokenProfile {
        /// What is wrong with it.
        problem: String,
    },
    /// The profile lives on `aws login`, which this program cannot use by itself.
    #[error("profile \"{profile}\" uses aws login, which dynalint cannot use by itself")]
    LoginSession {
        /// The profile.
        profile: String,
    },
    /// Nobody has logged in to the SSO session.
    #[error("there is no SSO login for {}", session.as_ref().map_or_else(|| format!("profile \"{profile}\""), |session| format!("session \"{session}\"")))]
    SsoMissing {
        /// The session, if the profile names one.
        session: Option<String>,
        /// The profile.
        profile: String,
    },
    /// The login to the SSO session has expired.
    #[error("the SSO {} has expired", session.as_ref().map_or_else(|| format!("login of profile \"{profile}\""), |session| format!("session \"{session}\"")))]
    SsoExpired {
        /// The session, if the profile names one.
        session: Option<String>,
        /// The profile.
        profile: String,
    },
    /// No region is named anywhere.
    #[error("no region")]
    NoRegion {
        /// The profile in use.
        profile: String,
    },
    /// Nobody answers.
    #[error("cannot reach {url} ({cause})")]
    Unreachable {
        /// Where to.
        url: String,
        /// Why.
        cause: String,
        /// What chose the address, if not AWS.
        chosen_by: Option<String>,
    },
    /// The credentials have expired.
    #[error("the temporary credentials {from} expired")]
    Expired {
        /// Where they come from.
        from: String,
    },
    /// AWS does not know the access key.
    #[error("AWS does not know the access key {from}")]
    UnknownKey {
        /// Where it comes from.
        from: String,
        /// What redirects DynamoDB but not the service that refused.
        redirected_by: Option<String>,
    },
    /// The signature does not match.
    #[error("AWS does not accept the signature of the access key {from}")]
    WrongSignature {
        /// Where it comes from.
        from: String,
    },
    /// AWS denies taking on a role.
    #[error("cannot assume role {role_arn}: access denied")]
    RoleRefused {
        /// The role.
        role_arn: String,
        /// The profile, if it names an MFA device.
        mfa_profile: Option<String>,
    },
    /// The credentials could not be had for another reason.
    #[error("the credentials {from} could not be had: {problem}")]
    CredentialsFailed {
        /// Where they should come from.
        from: String,
        /// Why.
        problem: String,
    },
    /// The very first listing is denied in every region.
    #[error("dynamodb:ListTables is denied in {regions}{}", detail.as_ref().map_or(String::new(), |detail| format!(" ({detail})")))]
    ListingDenied {
        /// The regions.
        regions: String,
        /// Which kind of policy, if AWS says so.
        detail: Option<String>,
    },
    /// No region of the run is enabled.
    #[error("not enabled for this account: {regions}")]
    RegionsDisabled {
        /// The regions.
        regions: String,
    },
    /// The machine cannot run the collector.
    #[error("cannot start collecting: {0}")]
    Runtime(#[from] std::io::Error),
}

impl CollectError {
    /// What is wrong, in one sentence.
    pub fn message(&self) -> String {
        self.to_string()
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            CollectError::NoCredentials { .. } => {
                "aws sso login, or name a profile with --profile; or try without an account: dynalint check --demo".to_owned()
            }
            CollectError::NoSuchProfile { known, .. } => profiles_hint(known),
            CollectError::BrokenProfile { .. } => "aws configure list".to_owned(),
            CollectError::LoginSession { profile } => {
                format!("eval \"$(aws configure export-credentials --profile {profile} --format env)\"")
            }
            CollectError::SsoMissing { session, profile }
            | CollectError::SsoExpired { session, profile } => match session {
                Some(session) => format!("aws sso login --sso-session {session}"),
                None => format!("aws sso login --profile {profile}"),
            },
            CollectError::NoRegion { profile } => {
                format!("pass --region, set AWS_REGION, or add region to profile \"{profile}\"")
            }
            CollectError::Unreachable { chosen_by, .. } => match chosen_by {
                Some(by) => format!("{by} is set: is the emulator running?"),
                None => "check the network, HTTPS_PROXY and the region's name".to_owned(),
            },
            CollectError::Expired { .. } => {
                "get new ones: aws sso login, aws sts assume-role, or whatever gave you these".to_owned()
            }
            CollectError::UnknownKey { redirected_by, .. } => match redirected_by {
                Some(by) => format!("{by} redirects DynamoDB alone; to redirect everything: --endpoint-url URL"),
                None => "was it deleted? is it of another partition? is the region enabled? aws sts get-caller-identity".to_owned(),
            },
            CollectError::WrongSignature { .. } => {
                "check the secret access key, and that the clock of this machine is right".to_owned()
            }
            CollectError::RoleRefused { mfa_profile, .. } => match mfa_profile {
                Some(profile) => format!("profile \"{profile}\" wants MFA, which dynalint does not ask for: eval \"$(aws configure export-credentials --profile {profile} --format env)\""),
                None => "check the role's trust policy, the external id, and that you may call sts:AssumeRole".to_owned(),
            },
            CollectError::CredentialsFailed { .. } => "aws sts get-caller-identity".to_owned(),
            CollectError::ListingDenied { .. } => {
                "allow it; the least policy: dynalint doctor --policy".to_owned()
            }
            CollectError::RegionsDisabled { .. } => {
                "enable the region in the account's settings, or name another with --region".to_owned()
            }
            CollectError::Runtime(_) => "is the machine out of threads or memory?".to_owned(),
        }
    }
}

fn profiles_hint(known: &[String]) -> String {
    let shown: Vec<&str> = known
        .iter()
        .take(NAMED_PROFILES)
        .map(String::as_str)
        .collect();
    match known.len() {
        0 => "there is no profile at all: aws configure sso".to_owned(),
        1 => format!("1 profile: {}", shown.join(", ")),
        count if count > NAMED_PROFILES => format!("{count} profiles: {}, …", shown.join(", ")),
        count => format!("{count} profiles: {}", shown.join(", ")),
    }
}
