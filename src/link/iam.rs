//! The identities of an account as rules see them: users and roles with the policies that they and their groups have.

use std::collections::BTreeMap;

use super::grants::Held;
use crate::policy::Document;
use crate::snapshot::fact::{Fact, Listed, NOT_REQUESTED, Reason, Why};
use crate::snapshot::iam::{Iam, InlinePolicy, Principal};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::{Scope, Snapshot};
use crate::view;

/// The path of roles that belong to AWS services: nobody here can change what they may do.
const SERVICE_LINKED: &str = "/aws-service-role/";

/// The identities of one account.
pub struct IamView<'a> {
    /// Account id, twelve digits.
    pub account: String,
    principals: Fact<Listed<PrincipalView<'a>>>,
}

view! {
    /// The identities of one account, for all its regions.
    impl IamView = "iam", labelled |v| v.account.clone();
    fields {
        /// The users and roles; without roles that belong to AWS services.
        principals: Fact<Listed<PrincipalView<'static>>>, [GetAccountAuthorizationDetails] = |v| v.principals.value();
    }
    methods {}
}

/// A user or role with its policies.
pub struct PrincipalView<'a> {
    principal: &'a Principal,
    full_admin: Listed<String>,
    service_wildcard: Listed<String>,
    all_tables: Listed<String>,
}

view! {
    /// A user or role, with what its policies and those of its groups grant as they are written.
    impl PrincipalView = "principal" over Principal = |v| v.principal, labelled |v| format!("{}/{}", v.principal.kind, v.principal.name);
    fields {
        /// The statements that grant every action on everything.
        full_admin_grants: Listed<String>, [GetAccountAuthorizationDetails] = |v| Value::List(&v.full_admin);
        /// The statements that grant every DynamoDB action, or all but some.
        service_wildcard_grants: Listed<String>, [GetAccountAuthorizationDetails] = |v| Value::List(&v.service_wildcard);
        /// The statements that let it read or write the items of all tables, at least of a region.
        all_tables_grants: Listed<String>, [GetAccountAuthorizationDetails] = |v| Value::List(&v.all_tables);
    }
    methods {}
}

impl<'a> IamView<'a> {
    /// The identities of each account that was looked at, read or not.
    pub fn all(snapshot: &'a Snapshot) -> Vec<IamView<'a>> {
        let of = |scope: Scope| {
            let read = snapshot.iam.iter().find(|it| it.account == scope.account);
            IamView {
                principals: match read {
                    Some(iam) => principals(iam),
                    None => Fact::Unknown(NOT_REQUESTED.clone()),
                },
                account: scope.account,
            }
        };
        snapshot.scopes().into_iter().map(of).collect()
    }
}

fn principals(iam: &Iam) -> Fact<Listed<PrincipalView<'_>>> {
    let documents = Documents::new(iam);
    let listed = match iam.principals.as_ref() {
        Ok(listed) => listed,
        Err(why) => return Fact::Unknown(why.clone()),
    };
    let ours = listed
        .items
        .iter()
        .filter(|it| !it.path.starts_with(SERVICE_LINKED));
    Fact::Known(Listed {
        items: ours.map(|it| documents.principal(it)).collect(),
        missing: listed.missing.clone(),
    })
}

/// The documents of an account's managed policies, each read once.
struct Documents<'a> {
    iam: &'a Iam,
    managed: BTreeMap<&'a str, (&'a str, Result<Document, Why>)>,
}

impl<'a> Documents<'a> {
    fn new(iam: &'a Iam) -> Documents<'a> {
        let policies = iam.policies.known().map_or(&[][..], |it| &it.items);
        let read = |it: &'a crate::snapshot::iam::ManagedPolicy| {
            let document = parse(&it.document, &format!("policy {}", it.name));
            (it.arn.as_str(), (it.name.as_str(), document))
        };
        Documents {
            iam,
            managed: policies.iter().map(read).collect(),
        }
    }

    fn principal(&self, principal: &'a Principal) -> PrincipalView<'a> {
        let mut sources: Vec<&InlinePolicy> = principal.inline.iter().collect();
        let mut attached: Vec<&String> = principal.attached.iter().collect();
        let mut missing = None;
        for name in &principal.groups {
            match self.group(name) {
                Ok(group) => {
                    sources.extend(&group.inline);
                    attached.extend(&group.attached);
                }
                Err(why) => missing = Some(why),
            }
        }
        let inline: Vec<(String, Result<Document, Why>)> = sources
            .into_iter()
            .map(|it| {
                (
                    it.name.clone(),
                    parse(
                        &it.document,
                        &format!("policy {} of {}", it.name, principal.name),
                    ),
                )
            })
            .collect();
        let own = inline
            .iter()
            .map(|(name, read)| (name.as_str(), read.as_ref().map_err(Clone::clone)));
        let managed = attached.into_iter().map(|arn| self.managed(arn));
        let mut policies = Vec::new();
        for (name, document) in own.chain(managed) {
            match document {
                Ok(document) => policies.push((name.to_owned(), document)),
                Err(why) => missing = Some(why),
            }
        }
        let boundary = principal
            .boundary_arn
            .as_ref()
            .map(|arn| self.managed(arn).1);
        let boundary = match boundary {
            Some(Err(why)) => {
                missing = Some(why);
                None
            }
            Some(Ok(document)) => Some(document),
            None => None,
        };
        let held = Held {
            partition: &self.iam.partition,
            account: &self.iam.account,
            policies,
            boundary,
            missing,
        };
        PrincipalView {
            principal,
            full_admin: held.full_admin(),
            service_wildcard: held.service_wildcard(),
            all_tables: held.all_tables(),
        }
    }

    fn group(&self, name: &str) -> Result<&'a crate::snapshot::iam::Group, Why> {
        let groups = self.iam.groups.as_ref().map_err(Clone::clone)?;
        let found = groups.items.iter().find(|group| group.name == name);
        found.ok_or_else(|| absent(groups.missing.as_ref(), &format!("group {name}")))
    }

    fn managed<'s>(&'s self, arn: &'s str) -> (&'s str, Result<&'s Document, Why>) {
        match self.managed.get(arn) {
            Some((name, document)) => (name, document.as_ref().map_err(Clone::clone)),
            None => {
                let missing = match self.iam.policies.as_ref() {
                    Ok(policies) => policies.missing.as_ref(),
                    Err(why) => Some(why),
                };
                (arn, Err(absent(missing, &format!("policy {arn}"))))
            }
        }
    }
}

/// Why something that is named is not there: the listing broke off, or AWS left it out.
fn absent(missing: Option<&Why>, what: &str) -> Why {
    missing.cloned().unwrap_or_else(|| Why {
        detail: Some(format!("{what} is not in the answer")),
        ..Why::from_call(Reason::Malformed, Operation::GetAccountAuthorizationDetails)
    })
}

fn parse(text: &str, what: &str) -> Result<Document, Why> {
    Document::parse(text).map_err(|error| Why {
        detail: Some(format!("{what}: {error}")),
        ..Why::from_call(
            Reason::Unrecognised,
            Operation::GetAccountAuthorizationDetails,
        )
    })
}
