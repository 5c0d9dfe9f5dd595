//! AWS CloudTrail: the trails that log in the region, and the event data stores of CloudTrail Lake.
//!
//! DescribeTrails names the trails of other regions and of the organization too; each is asked about in its home region,
//! by ARN. A trail of the organization answers only there and to whom it lets: then it is unknown.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::call::Caller;
use super::classify::Failure;
use super::client::Clients;
use super::listing::Page;
use super::protocol::{Answer, Ask};
use super::region::fact_if;
use super::shape::{Malformed, choice, needed, text};
use super::signed::Service;
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;
use crate::snapshot::trail::{
    AdvancedSelector, DataResource, EventDataStore, EventSelector, SelectorField, Selectors, Trail,
};

const CLOUDTRAIL: Service = Service {
    id: "CloudTrail",
    host: "cloudtrail",
};
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

fn ask(operation: &'static str, body: Value) -> Ask {
    Ask::Json {
        version: "1.1",
        target: TARGET,
        operation,
        body,
    }
}

/// The trails and the stores, as far as this run wants them.
pub(super) async fn audit(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    clients_of: &impl Fn(&str) -> Clients,
) -> (Fact<Listed<Trail>>, Fact<Listed<EventDataStore>>) {
    let has = |operation| run.contains(&operation);
    tokio::join!(
        fact_if(has(Operation::DescribeTrails), trails(caller, clients_of)),
        fact_if(has(Operation::ListEventDataStores), stores(caller)),
    )
}

/// The trails that log in the region, sorted by ARN.
async fn trails(caller: &Caller<'_>, clients_of: &impl Fn(&str) -> Clients) -> Fact<Listed<Trail>> {
    let send = |clients: &Clients, _| {
        let signed = clients.signed.clone();
        async move {
            signed
                .call(CLOUDTRAIL, ask("DescribeTrails", json!({})))
                .await
        }
    };
    let read = |answer: Answer| {
        let trails = answer.member("trailList")?.as_array()?;
        Some(Page {
            items: trails.iter().map(|trail| found(trail).ok()).collect(),
            next: None,
        })
    };
    let listing = caller
        .list(Operation::DescribeTrails, None, send, read)
        .await;
    let asked = listing
        .items
        .iter()
        .map(|it| detailed(caller, it, clients_of));
    let trails = join_all(asked).await;
    listing.with(trails).into_fact(|trail| trail.arn.clone())
}

/// What DescribeTrails tells of a trail.
struct Found {
    name: String,
    arn: String,
    home_region: Option<String>,
    multi_region: Option<bool>,
    organization: Option<bool>,
}

fn found(trail: &Value) -> Result<Found, Malformed> {
    Ok(Found {
        name: text(trail["Name"].as_str(), "Name")?,
        arn: text(trail["TrailARN"].as_str(), "TrailARN")?,
        home_region: trail["HomeRegion"].as_str().map(str::to_owned),
        multi_region: trail["IsMultiRegionTrail"].as_bool(),
        organization: trail["IsOrganizationTrail"].as_bool(),
    })
}

async fn detailed(
    caller: &Caller<'_>,
    found: &Found,
    clients_of: &impl Fn(&str) -> Clients,
) -> Trail {
    let home = found.home_region.as_deref();
    let elsewhere = home.filter(|home| *home != caller.region).map(clients_of);
    let about = |operation: Operation, name: &'static str, member: &'static str| {
        let (arn, elsewhere) = (&found.arn, &elsewhere);
        async move {
            let send = |clients: &Clients| {
                let signed = elsewhere.as_ref().unwrap_or(clients).signed.clone();
                let ask = ask(name, json!({member: arn}));
                async move { signed.call(CLOUDTRAIL, ask).await }
            };
            caller.call(operation, send).await
        }
    };
    let (status, selected) = tokio::join!(
        about(Operation::GetTrailStatus, "GetTrailStatus", "Name"),
        about(
            Operation::GetEventSelectors,
            "GetEventSelectors",
            "TrailName"
        ),
    );
    let logging = read(Operation::GetTrailStatus, status, |answer| {
        needed(
            answer.member("IsLogging").and_then(Value::as_bool),
            "IsLogging",
        )
    });
    let selectors = read(Operation::GetEventSelectors, selected, selectors);
    Trail {
        name: found.name.clone(),
        arn: found.arn.clone(),
        home_region: found.home_region.clone(),
        multi_region: found.multi_region,
        organization: found.organization,
        logging: caller.fact(Some(&found.name), logging),
        selectors: caller.fact(Some(&found.name), selectors),
    }
}

fn read<T>(
    operation: Operation,
    answer: Result<Answer, Failure>,
    read: impl Fn(&Answer) -> Result<T, Malformed>,
) -> Result<T, Failure> {
    let malformed =
        |Malformed(member)| Failure::malformed(operation, format!("no {member} in the answer"));
    read(&answer?).map_err(malformed)
}

/// A trail has selectors of one kind; an answer without any is none of AWS.
fn selectors(answer: &Answer) -> Result<Selectors, Malformed> {
    let basic = answer.member("EventSelectors").and_then(Value::as_array);
    let advanced = answer
        .member("AdvancedEventSelectors")
        .and_then(Value::as_array);
    if basic.is_none() && advanced.is_none() {
        return Err(Malformed("EventSelectors"));
    }
    Ok(Selectors {
        basic: each(basic, basic_selector)?,
        advanced: each(advanced, advanced_selector)?,
    })
}

fn each<T>(
    list: Option<&Vec<Value>>,
    read: impl Fn(&Value) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    list.into_iter().flatten().map(read).collect()
}

/// What a selector leaves out is read and write, management events, and no data (API reference of EventSelector).
fn basic_selector(selector: &Value) -> Result<EventSelector, Malformed> {
    let resource = |resource: &Value| {
        Ok(DataResource {
            kind: text(resource["Type"].as_str(), "Type")?,
            arns: words(resource, "Values")?,
        })
    };
    let management = &selector["IncludeManagementEvents"];
    Ok(EventSelector {
        read_write: match &selector["ReadWriteType"] {
            Value::Null => "All".into(),
            word => choice(word.as_str(), "ReadWriteType")?,
        },
        management_events: match management {
            Value::Null => true,
            flag => needed(flag.as_bool(), "IncludeManagementEvents")?,
        },
        data_resources: each(selector["DataResources"].as_array(), resource)?,
    })
}

fn advanced_selector(selector: &Value) -> Result<AdvancedSelector, Malformed> {
    let fields = needed(selector["FieldSelectors"].as_array(), "FieldSelectors")?;
    Ok(AdvancedSelector {
        name: selector["Name"].as_str().map(str::to_owned),
        fields: each(Some(fields), selector_field)?,
    })
}

fn selector_field(field: &Value) -> Result<SelectorField, Malformed> {
    Ok(SelectorField {
        field: text(field["Field"].as_str(), "Field")?,
        equals: words(field, "Equals")?,
        starts_with: words(field, "StartsWith")?,
        ends_with: words(field, "EndsWith")?,
        not_equals: words(field, "NotEquals")?,
        not_starts_with: words(field, "NotStartsWith")?,
        not_ends_with: words(field, "NotEndsWith")?,
    })
}

/// A list of texts that may be left out.
fn words(object: &Value, name: &'static str) -> Result<Vec<String>, Malformed> {
    match &object[name] {
        Value::Null => Ok(Vec::new()),
        list => each(Some(needed(list.as_array(), name)?), |word| {
            needed(word.as_str().map(str::to_owned), name)
        }),
    }
}

/// The event data stores, sorted by ARN. The listing itself says neither state nor selectors any more.
async fn stores(caller: &Caller<'_>) -> Fact<Listed<EventDataStore>> {
    let send = |clients: &Clients, token: Option<String>| {
        let signed = clients.signed.clone();
        let mut body = json!({"MaxResults": 1000});
        if let Some(token) = token {
            body["NextToken"] = json!(token);
        }
        async move {
            signed
                .call(CLOUDTRAIL, ask("ListEventDataStores", body))
                .await
        }
    };
    let read = |answer: Answer| {
        let stores = answer.member("EventDataStores")?.as_array()?;
        let arn = |store: &Value| text(store["EventDataStoreArn"].as_str(), "ARN").ok();
        let next = answer.member("NextToken").and_then(Value::as_str);
        Some(Page {
            items: stores.iter().map(arn).collect(),
            next: next.map(str::to_owned),
        })
    };
    let listing = caller
        .list(Operation::ListEventDataStores, None, send, read)
        .await;
    let stores = join_all(listing.items.iter().map(|arn| store(caller, arn))).await;
    listing.with(stores).into_fact(|store| store.arn.clone())
}

async fn store(caller: &Caller<'_>, arn: &str) -> EventDataStore {
    let operation = Operation::GetEventDataStore;
    let send = |clients: &Clients| {
        let signed = clients.signed.clone();
        let ask = ask("GetEventDataStore", json!({"EventDataStore": arn}));
        async move { signed.call(CLOUDTRAIL, ask).await }
    };
    let answer = caller.call(operation, send).await;
    let both = read(operation, answer, |answer| {
        let status = choice(answer.member("Status").and_then(Value::as_str), "Status")?;
        let selectors = answer
            .member("AdvancedEventSelectors")
            .and_then(Value::as_array);
        let selectors = needed(selectors, "AdvancedEventSelectors")?;
        Ok((status, each(Some(selectors), advanced_selector)?))
    });
    match caller.fact(Some(arn), both) {
        Fact::Known((status, selectors)) => EventDataStore {
            arn: arn.to_owned(),
            status: Fact::Known(status),
            selectors: Fact::Known(selectors),
        },
        Fact::Unknown(why) => EventDataStore::unread(arn.to_owned(), &why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_basic_selector_leaves_out_is_documented() {
        let answer = Answer::Json(json!({"EventSelectors": [{}]}));
        let selectors = selectors(&answer).expect("readable");
        let [selector] = selectors.basic.as_slice() else {
            panic!("one: {selectors:?}")
        };
        assert!(selector.management_events && selector.read_write.is("All"));
        assert!(selector.data_resources.is_empty());
    }

    #[test]
    fn an_answer_without_selectors_is_malformed() {
        let read = |answer: Value| selectors(&Answer::Json(answer)).is_err();
        assert!(read(json!({"TrailARN": "arn:t"})));
        assert!(read(json!({"AdvancedEventSelectors": [{"Name": "n"}]})));
        assert!(read(
            json!({"EventSelectors": [{"DataResources": [{"Values": []}]}]})
        ));
        assert!(read(
            json!({"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "readOnly", "Equals": [1]}]}]})
        ));
    }
}
