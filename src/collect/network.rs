//! What stands between clients and tables: the clusters of Amazon DAX, and the VPC endpoints of DynamoDB in Amazon EC2.

use serde_json::{Value, json};

use super::call::Caller;
use super::client::Clients;
use super::listing::Page;
use super::protocol::{Answer, Ask};
use super::shape::{Malformed, choice, needed, text};
use super::signed::Service;
use super::xml::Element;
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::network::{Cache, CacheNode, VpcEndpoint};
use crate::snapshot::operation::Operation;

const DAX: Service = Service {
    id: "DAX",
    host: "dax",
};
const EC2: Service = Service {
    id: "EC2",
    host: "ec2",
};

/// The DAX clusters, sorted by name.
pub(super) async fn caches(caller: &Caller<'_>) -> Fact<Listed<Cache>> {
    let send = |clients: &Clients, token: Option<String>| {
        let signed = clients.signed.clone();
        let mut body = json!({"MaxResults": 100});
        if let Some(token) = token {
            body["NextToken"] = json!(token);
        }
        let ask = Ask::Json {
            version: "1.1",
            target: "AmazonDAXV3",
            operation: "DescribeClusters",
            body,
        };
        async move { signed.call(DAX, ask).await }
    };
    let read = |answer: Answer| {
        let clusters = answer.member("Clusters")?.as_array()?;
        let next = answer.member("NextToken").and_then(Value::as_str);
        Some(Page {
            items: clusters.iter().map(|cluster| cache(cluster).ok()).collect(),
            next: next.map(str::to_owned),
        })
    };
    let listing = caller
        .list(Operation::DescribeClusters, None, send, read)
        .await;
    listing.into_fact(|cache| cache.name.clone())
}

fn cache(cluster: &Value) -> Result<Cache, Malformed> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    let node = |node: &Value| {
        Ok(CacheNode {
            id: text(node["NodeId"].as_str(), "NodeId")?,
            zone: word(&node["AvailabilityZone"]),
        })
    };
    let nodes = needed(cluster["Nodes"].as_array(), "Nodes")?;
    let encryption = cluster["SSEDescription"]["Status"].as_str();
    let transport = cluster["ClusterEndpointEncryptionType"].as_str();
    Ok(Cache {
        name: text(cluster["ClusterName"].as_str(), "ClusterName")?,
        arn: text(cluster["ClusterArn"].as_str(), "ClusterArn")?,
        status: word(&cluster["Status"]),
        encryption: choice(encryption, "SSEDescription")?,
        transport: choice(transport, "ClusterEndpointEncryptionType")?,
        nodes: nodes.iter().map(node).collect::<Result<_, _>>()?,
        role_arn: word(&cluster["IamRoleArn"]),
    })
}

/// The VPC endpoints of DynamoDB, sorted by id.
pub(super) async fn vpc_endpoints(caller: &Caller<'_>) -> Fact<Listed<VpcEndpoint>> {
    let region = caller.region.clone();
    let send = move |clients: &Clients, token: Option<String>| {
        let signed = clients.signed.clone();
        let mut form = vec![
            ("Filter.1.Name".to_owned(), "service-name".to_owned()),
            ("MaxResults".to_owned(), "1000".to_owned()),
        ];
        let names = service_names(&region).into_iter().enumerate();
        form.extend(names.map(|(at, name)| (format!("Filter.1.Value.{}", at + 1), name)));
        form.extend(token.map(|token| ("NextToken".to_owned(), token)));
        let ask = Ask::Query {
            version: "2016-11-15",
            operation: "DescribeVpcEndpoints",
            form,
        };
        async move { signed.call(EC2, ask).await }
    };
    let listing = caller
        .list(Operation::DescribeVpcEndpoints, None, send, page)
        .await;
    listing.into_fact(|endpoint| endpoint.id.clone())
}

/// The names of DynamoDB's endpoint services: everybody's, the FIPS one, and that of interfaces in China ("AWS services
/// that integrate with AWS PrivateLink").
fn service_names(region: &str) -> [String; 3] {
    [
        format!("com.amazonaws.{region}.dynamodb"),
        format!("com.amazonaws.{region}.dynamodb-fips"),
        format!("cn.com.amazonaws.{region}.dynamodb"),
    ]
}

fn page(answer: Answer) -> Option<Page<VpcEndpoint>> {
    let Answer::Xml(document) = answer else {
        return None;
    };
    let set = document.child("vpcEndpointSet")?;
    let next = document
        .text_of("nextToken")
        .filter(|token| !token.is_empty());
    Some(Page {
        items: set
            .children
            .iter()
            .map(|item| endpoint(item).ok())
            .collect(),
        next: next.map(str::to_owned),
    })
}

fn endpoint(item: &Element) -> Result<VpcEndpoint, Malformed> {
    let routes = item.child("routeTableIdSet");
    let routes = routes.into_iter().flat_map(|set| &set.children);
    let policy = item
        .text_of("policyDocument")
        .filter(|text| !text.is_empty());
    let state = text(item.text_of("state"), "state")?;
    let kind = item.text_of("vpcEndpointType");
    Ok(VpcEndpoint {
        id: text(item.text_of("vpcEndpointId"), "vpcEndpointId")?,
        vpc: text(item.text_of("vpcId"), "vpcId")?,
        kind: choice(kind, "vpcEndpointType")?,
        state: small_first(&state).as_str().into(),
        route_tables: routes.map(|item| item.text.clone()).collect(),
        policy: policy.map(str::to_owned),
    })
}

/// EC2 answers `available`, its model says `Available`.
fn small_first(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::xml;

    fn item(state: &str) -> Element {
        let document = format!(
            "<item><vpcEndpointId>vpce-1</vpcEndpointId><vpcEndpointType>Gateway</vpcEndpointType><vpcId>vpc-1</vpcId>\
             <state>{state}</state><policyDocument>{{}}</policyDocument>\
             <routeTableIdSet><item>rtb-1</item><item>rtb-2</item></routeTableIdSet></item>"
        );
        xml::parse(&document).expect("a document")
    }

    #[test]
    fn an_endpoint_is_read_whichever_way_its_state_is_spelt() {
        for state in ["available", "Available"] {
            let endpoint = endpoint(&item(state)).expect("readable");
            assert!(endpoint.state.is("available"));
            assert_eq!(endpoint.route_tables, ["rtb-1", "rtb-2"]);
            assert_eq!(endpoint.policy.as_deref(), Some("{}"));
        }
        assert!(endpoint(&item("")).is_err());
    }

    #[test]
    fn a_cluster_that_does_not_tell_its_encryption_is_malformed() {
        let mut cluster = json!({"ClusterName": "c", "ClusterArn": "arn:c", "Nodes": [{"NodeId": "n"}],
            "SSEDescription": {"Status": "ENABLED"}, "ClusterEndpointEncryptionType": "TLS"});
        assert!(cache(&cluster).is_ok());
        cluster["SSEDescription"] = Value::Null;
        assert_eq!(cache(&cluster), Err(Malformed("SSEDescription")));
    }
}
