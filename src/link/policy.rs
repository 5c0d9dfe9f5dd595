//! The policy of a table or stream as rules see it: each statement that grants, and whom it admits.
//!
//! Speaks of the document alone. Whether a caller of another account may really call is decided by that account too;
//! what a Deny of this document takes from everyone is already taken away here.

use crate::policy::{Audience, Document, Principal, Scope, Statement, is_account};
use crate::snapshot::fact::{Fact, Listed, Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{FactType, Value};
use crate::view;

/// A resource policy.
pub struct PolicyView<'a> {
    grants: Vec<GrantView<'a>>,
}

view! {
    /// A resource policy.
    impl PolicyView = "resource-policy", labelled |v| format!("{} grants", v.grants.len());
    fields {
        /// The statements that allow something to somebody.
        grants: Vec<GrantView<'static>>, [GetResourcePolicy] = |v| Value::List(&v.grants);
    }
    methods {}
}

/// A statement that grants.
pub struct GrantView<'a> {
    label: String,
    statement: Statement,
    is_public: Fact<bool>,
    principals: Vec<String>,
    accounts: Listed<String>,
    organizations: Vec<String>,
    services: Vec<String>,
    _document: std::marker::PhantomData<&'a ()>,
}

view! {
    /// A statement of a resource policy that allows something.
    impl GrantView = "grant", labelled |v| v.label.clone();
    fields {
        /// Its Sid, or its number.
        name: String, [GetResourcePolicy] = |v| Value::Text(&v.label);
        /// Whether it lets everyone with an AWS account in.
        is_public: Fact<bool>, [GetResourcePolicy] = |v| v.is_public.value();
        /// Those it names, as written; without the own account as a whole, which gains nothing by it, and without deleted ones.
        principals: Vec<String>, [GetResourcePolicy] = |v| Value::List(&v.principals);
        /// Other accounts that it lets in.
        foreign_accounts: Listed<String>, [GetResourcePolicy] = |v| Value::List(&v.accounts);
        /// Organizations or parts of them that it lets in, by id or path.
        organizations: Vec<String>, [GetResourcePolicy] = |v| Value::List(&v.organizations);
        /// AWS services that it lets in.
        services: Vec<String>, [GetResourcePolicy] = |v| Value::List(&v.services);
        /// Whether it binds services to the account, organization or resource they act for.
        names_source: bool, [GetResourcePolicy] = |v| Value::Bool(v.statement.names_source());
        /// Whether it grants every DynamoDB action: `*`, `dynamodb:*`, or all but some.
        every_action: bool, [GetResourcePolicy] = |v| Value::Bool(v.statement.names_service(SERVICE) || v.statement.leaves_in(SERVICE));
    }
    methods {
        /// Whether it grants this action, as in `dynamodb:DeleteTable`.
        allows(action: String) checked |_| Ok(()), [GetResourcePolicy] =
            |v, args| v.allows(args), explained |_, _| crate::snapshot::record::Grounds::default();
    }
}

const SERVICE: &str = "dynamodb";

impl GrantView<'_> {
    fn allows(&self, args: &[Value<'_>]) -> Value<'static> {
        match args {
            [Value::Text(action)] => Value::Bool(self.statement.names_action(action)),
            _ => Value::Unknown(&crate::snapshot::fact::UNDEFINED),
        }
    }
}

/// Reads a policy. `what` names it where it cannot be understood.
pub fn view<'a>(
    text: &'a Fact<Option<String>>,
    account: Option<&str>,
    what: &str,
) -> Fact<Option<PolicyView<'a>>> {
    let text = match text.as_ref() {
        Ok(Some(text)) => text,
        Ok(None) => return Fact::Known(None),
        Err(why) => return Fact::Unknown(why.clone()),
    };
    match Document::parse(text) {
        Ok(document) => Fact::Known(Some(PolicyView {
            grants: grants(&document, account),
        })),
        Err(error) => Fact::Unknown(Why {
            detail: Some(format!("{what}: {error}")),
            ..Why::from_call(Reason::Unrecognised, Operation::GetResourcePolicy)
        }),
    }
}

fn grants<'a>(document: &Document, account: Option<&str>) -> Vec<GrantView<'a>> {
    let numbered = document.statements.iter().enumerate();
    numbered
        .filter(|(_, it)| it.effect == crate::policy::Effect::Allow)
        .map(|(index, it)| grant(document, it, it.label(index), account))
        .collect()
}

fn grant<'a>(
    document: &Document,
    statement: &Statement,
    label: String,
    account: Option<&str>,
) -> GrantView<'a> {
    let audience = document.audience(statement);
    let unclear = audience.iter().find_map(|it| match it {
        Audience::Unclear(why) => Some(open(format!("{label}: {why}"))),
        Audience::Network(name) | Audience::Identity(name) => {
            Some(open(format!("{label}: {name} does not tell an account")))
        }
        Audience::Anyone
        | Audience::Account(_)
        | Audience::Organization(_)
        | Audience::Service(_) => None,
    });
    let own_unknown = account
        .is_none()
        .then(|| Why::from_call(Reason::Failed, Operation::GetCallerIdentity));
    let foreign = audience.iter().filter_map(|it| match it {
        Audience::Account(id) if account.is_some_and(|own| own != id) => Some(id.clone()),
        _ => None,
    });
    let unsettled = audience.iter().find_map(|it| match it {
        Audience::Unclear(why) => Some(open(format!("{label}: {why}"))),
        _ => None,
    });
    GrantView {
        is_public: match (audience.contains(&Audience::Anyone), unsettled) {
            (true, _) => Fact::Known(true),
            (false, Some(why)) if names_anyone(statement) => Fact::Unknown(why),
            (false, _) => Fact::Known(false),
        },
        principals: named(statement, account),
        accounts: Listed {
            items: foreign.collect(),
            missing: unclear.or(own_unknown),
        },
        organizations: of(&audience, |it| match it {
            Audience::Organization(id) => Some(id),
            _ => None,
        }),
        services: of(&audience, |it| match it {
            Audience::Service(name) => Some(name),
            _ => None,
        }),
        statement: statement.clone(),
        label,
        _document: std::marker::PhantomData,
    }
}

fn open(detail: String) -> Why {
    Why {
        detail: Some(detail),
        ..Why::from_call(Reason::Ambiguous, Operation::GetResourcePolicy)
    }
}

fn of(audience: &[Audience], wanted: fn(&Audience) -> Option<&String>) -> Vec<String> {
    audience.iter().filter_map(wanted).cloned().collect()
}

fn names_anyone(statement: &Statement) -> bool {
    match &statement.principals {
        Some(Scope::Only(listed)) => listed.iter().any(Principal::is_anyone),
        Some(Scope::AllBut(_)) => true,
        None => false,
    }
}

/// In its own account, a grant to the account as a whole leaves everything to the policies of the identities
/// (IAM User Guide, "AWS JSON policy elements: Principal").
fn named(statement: &Statement, account: Option<&str>) -> Vec<String> {
    let is_own_account = |principal: &Principal| {
        let whole = is_account(principal.name()) || principal.name().ends_with(":root");
        whole && account.is_some() && principal.account() == account
    };
    match &statement.principals {
        Some(Scope::Only(listed)) => listed
            .iter()
            .filter(|it| !it.is_deleted() && !is_own_account(it))
            .map(|it| it.name().to_owned())
            .collect(),
        Some(Scope::AllBut(_)) => vec!["*".to_owned()],
        None => Vec::new(),
    }
}
