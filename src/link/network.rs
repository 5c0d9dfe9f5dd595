//! VPC endpoints as rules see them: what their policies let through.

use crate::policy::{Document, Statement};
use crate::snapshot::Region;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::network::VpcEndpoint;
use crate::snapshot::record::FactType;
use crate::view;

/// A VPC endpoint of DynamoDB, with its policy read.
pub struct EndpointView<'a> {
    endpoint: &'a VpcEndpoint,
    full_access: Fact<Option<bool>>,
}

view! {
    /// A VPC endpoint of DynamoDB.
    impl EndpointView = "vpc-endpoint" over VpcEndpoint = |v| v.endpoint, labelled |v| v.endpoint.id.clone();
    fields {
        /// Whether its policy lets every call through to the tables of any account; null where it has no policy.
        full_access: Fact<Option<bool>>, [DescribeVpcEndpoints] = |v| v.full_access.value();
    }
    methods {}
}

/// The endpoints of a region, sorted by id.
pub fn endpoints(region: &Region) -> Fact<Listed<EndpointView<'_>>> {
    match region.vpc_endpoints.as_ref() {
        Err(why) => Fact::Unknown(why.clone()),
        Ok(listed) => {
            let mut items: Vec<_> = listed.items.iter().map(|it| view(it, region)).collect();
            items.sort_by_key(|it| &it.endpoint.id);
            Fact::Known(Listed {
                items,
                missing: listed.missing.clone(),
            })
        }
    }
}

fn view<'a>(endpoint: &'a VpcEndpoint, region: &Region) -> EndpointView<'a> {
    let full_access = match &endpoint.policy {
        None => Fact::Known(None),
        Some(text) => full_access(text, &region.partition).map(Some),
    };
    EndpointView {
        endpoint,
        full_access,
    }
}

/// A policy that also denies may be narrower than what it allows says: that is left open.
fn full_access(text: &str, partition: &str) -> Fact<bool> {
    let open = |detail: String| {
        Fact::Unknown(Why {
            detail: Some(detail),
            ..UNRECOGNISED.clone()
        })
    };
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => return open(format!("the endpoint's policy: {error}")),
    };
    let tables = format!("arn:{partition}:dynamodb:*:*:table/*");
    let is_open = |statement: &Statement| {
        let every_call = statement.names_every_action() || statement.names_service("dynamodb");
        every_call && statement.covers_resources(&tables) && statement.conditions.is_empty()
    };
    match (document.allows().any(is_open), document.denies().next()) {
        (false, _) => Fact::Known(false),
        (true, None) => Fact::Known(true),
        (true, Some(_)) => open("the endpoint's policy denies too".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_policy_without_fences_is_full_access() {
        let allow = |action: &str, resource: &str, more: &str| {
            format!(
                r#"{{"Statement":[{{"Effect":"Allow","Principal":"*","Action":"{action}","Resource":"{resource}"{more}}}]}}"#
            )
        };
        let org = r#","Condition":{"StringEquals":{"aws:ResourceOrgID":"o-1"}}"#;
        let own = "arn:aws:dynamodb:*:111122223333:table/*";
        let denies = r#"},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*""#;
        for (policy, expected) in [
            (allow("*", "*", ""), Some(true)),
            (
                allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/*", ""),
                Some(true),
            ),
            (allow("dynamodb:*", own, ""), Some(false)),
            (allow("*", "*", org), Some(false)),
            (allow("dynamodb:GetItem", "*", ""), Some(false)),
            (allow("*", "*", denies), None),
            ("{".to_owned(), None),
        ] {
            let full = full_access(&policy, "aws");
            assert_eq!(full.known().copied(), expected, "{policy}");
        }
    }
}
