//! Which setting chose the endpoint that could not be reached, in the order in which the SDK looks.
//!
//! Source: "Service-specific endpoints", AWS SDKs and Tools Reference Guide.

use aws_config::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::session::{Origin, variable};

/// A chosen endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// The address.
    pub(super) url: String,
    /// What chose it: `--endpoint-url`, a variable, a profile.
    pub(super) by: String,
}

/// The endpoint of DynamoDB, where somebody chose one.
pub(super) fn dynamodb(origin: &Origin) -> Option<Chosen> {
    if let Some(url) = &origin.endpoint_url {
        return Some(chosen(url, "--endpoint-url"));
    }
    if ignored(origin) {
        return None;
    }
    for name in ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"] {
        if let Some(url) = variable(name) {
            return Some(chosen(&url, name));
        }
    }
    let by = format!("endpoint_url of profile \"{}\"", origin.profile);
    let url = origin
        .dynamodb_url
        .as_deref()
        .or(origin.property("endpoint_url"))?;
    Some(chosen(url, &by))
}

/// The endpoint that environment or profile choose for one service alone, by the name that its SDK goes by.
pub(super) fn of_service_alone(base: &SdkConfig, service_id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    base.service_config()?.load_config(key)
}

fn ignored(origin: &Origin) -> bool {
    let set = |value: &str| value.eq_ignore_ascii_case("true");
    let variable = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    variable.is_some_and(|value| set(&value))
        || origin
            .property("ignore_configured_endpoint_urls")
            .is_some_and(set)
}

fn chosen(url: &str, by: &str) -> Chosen {
    Chosen {
        url: url.to_owned(),
        by: by.to_owned(),
    }
}
