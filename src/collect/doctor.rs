//! The way to an account, step by step, and an example of each call that a run would make.
//!
//! The same session, the same wire and the same collectors as a run: what may be called here may be called there. Only
//! the first calls of each kind are made, so that no account is large; see [`Reach::Examples`]. Judges nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::call::Reach;
use super::session::{self, Origin, Session, variable};
use super::{Asked, CollectError, Options, Progress, on_network, read};
use crate::snapshot::Snapshot;
use crate::snapshot::operation::Operation;

/// How far the way to an account was gone.
#[derive(Debug)]
pub struct Examined {
    /// The regions, sorted; `None` where there is none, or no profile to look in.
    pub regions: Option<Vec<String>>,
    /// Where the credentials come from, in words and without secrets; `None` where there are none.
    pub credentials: Option<String>,
    /// What the examples gave: calls made, and what could not be read. The facts in it are a few of many, and no rule
    /// is to judge them.
    pub read: Result<Snapshot, CollectError>,
}

/// Goes the way that [`super::collect`] goes, with a few calls of each kind.
pub fn examine(
    options: &Options,
    needs: &BTreeSet<Operation>,
    now: Timestamp,
    progress: &dyn Progress,
) -> Examined {
    let (mut regions, mut credentials) = (None, None);
    let way = on_network(async {
        let asked = Asked::new(options, needs, now, progress, Reach::Examples);
        let session = session::settle(options).await?;
        regions = Some(session.regions.clone());
        let session = session::with_credentials(session, options).await?;
        credentials = Some(source(&session));
        read(&session, &asked).await
    });
    Examined {
        regions,
        credentials,
        read: way.unwrap_or_else(|error| Err(CollectError::Runtime(error))),
    }
}

/// Where the credentials come from, in the order in which they are looked for.
fn source(session: &Session) -> String {
    let own = own_source(&session.origin);
    match &session.origin.role_arn {
        Some(role_arn) => format!("role {role_arn}, taken on with the {own}"),
        None => own,
    }
}

fn own_source(origin: &Origin) -> String {
    if !origin.profile_alone && Origin::environment_key() {
        return "access key in the environment".to_owned();
    }
    if let Some(kind) = kind_of_profile(origin) {
        return format!("{kind} of profile \"{}\"", origin.profile);
    }
    let by_variable = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "web identity"),
        (
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
            "role of the container",
        ),
        (
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "role of the container",
        ),
    ];
    let set = by_variable
        .iter()
        .find(|(name, _)| variable(name).is_some());
    set.map_or("role of the instance", |(_, words)| words)
        .to_owned()
}

/// What of a profile gives credentials; `None` where nothing does. Of several the SDK takes the first of these.
fn kind_of_profile(origin: &Origin) -> Option<&'static str> {
    let kinds = [
        ("role_arn", "role"),
        ("sso_session", "SSO login"),
        ("sso_start_url", "SSO login"),
        ("web_identity_token_file", "web identity"),
        ("aws_access_key_id", "access key"),
        ("credential_process", "credential process"),
    ];
    let has = |(key, _): &&(&str, &str)| origin.property(key).is_some();
    kinds.iter().find(has).map(|(_, words)| *words)
}
