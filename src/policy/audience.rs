//! Whom a statement of a resource's policy admits: everyone, accounts, organizations, services, networks.
//!
//! A condition narrows `*` only if it demands one of the keys that tell who calls, with values that are fixed where they
//! tell it; `IfExists`, inverted operators, `ForAllValues`, addresses and `kms:ViaService` do not
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html>). AWS counts any wildcard in a
//! value as open; here one behind a fixed account does not open it, because it cannot reach another account. A Deny for
//! everyone but some narrows just as well. Does not look at the policies of the callers.

use super::{Condition, Document, Operator, Principal, Quantifier, Scope, Statement};
use super::{arn_account, is_account, pattern};

/// Whom a statement admits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// Everyone with an AWS account.
    Anyone,
    /// An account or principals in it, by its id.
    Account(String),
    /// An organization or a part of it, by id or path.
    Organization(String),
    /// Everyone who comes through this VPC or endpoint.
    Network(String),
    /// One principal, by its unique id, in an account that the id does not tell.
    Identity(String),
    /// An AWS service, by name; `*` is any.
    Service(String),
    /// Who it is cannot be told from the document; the text says why.
    Unclear(String),
}

/// What a condition binds the callers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The key.
    pub key: String,
    /// Who remains, one for each value.
    pub audience: Vec<Audience>,
}

type Reader = fn(&Condition, &str) -> Option<Audience>;

/// The keys that tell who calls, the most telling ones first.
const KEYS: [(&str, Reader); 16] = [
    ("aws:PrincipalAccount", account),
    ("aws:SourceAccount", account),
    ("aws:SourceOwner", account),
    ("kms:CallerAccount", account),
    ("aws:PrincipalArn", account_of_arn),
    ("aws:SourceArn", account_of_arn),
    ("aws:PrincipalOrgID", organization),
    ("aws:SourceOrgID", organization),
    ("aws:PrincipalOrgPaths", organization_path),
    ("aws:SourceOrgPaths", organization_path),
    ("aws:userid", identity),
    ("aws:PrincipalServiceName", service),
    ("aws:PrincipalServiceNamesList", service),
    ("aws:SourceVpce", network),
    ("aws:SourceVpc", network),
    ("aws:Ec2InstanceSourceVpc", network),
];

impl Statement {
    /// Whether a condition demands this key with fixed values.
    pub fn pins(&self, key: &str) -> bool {
        self.conditions.iter().any(|it| it.is_on(key) && it.pins())
    }

    /// What its conditions bind the callers to; `None` if they bind nobody.
    pub fn bound(&self) -> Option<Bound> {
        let of = |(key, reader): &(&str, Reader)| {
            let condition = self.conditions.iter().find(|condition| {
                condition.is_on(key) && condition.demands_key() && has_one_caller(condition, key)
            })?;
            read(condition, key, *reader)
        };
        KEYS.iter().find_map(of).or_else(|| self.any_service())
    }

    /// Whether its conditions say on whose behalf a service calls: the account, the organization or the resource.
    pub fn names_source(&self) -> bool {
        let is_source = |key: &str| key.starts_with("aws:Source") && !key.contains("Vpc");
        KEYS.iter()
            .filter(|(key, _)| is_source(key))
            .any(|(key, reader)| {
                let on = |it: &&Condition| it.is_on(key) && it.demands_key();
                let mut conditions = self.conditions.iter().filter(on);
                conditions.any(|it| it.pins() || read(it, key, *reader).is_some())
            })
    }

    /// `aws:PrincipalIsAWSService` leaves services.
    fn any_service(&self) -> Option<Bound> {
        const KEY: &str = "aws:PrincipalIsAWSService";
        let holds = |it: &&Condition| {
            let yes = it
                .values
                .iter()
                .all(|value| value.eq_ignore_ascii_case("true"));
            it.is_on(KEY)
                && it.demands_key()
                && it.operator == Operator::Bool
                && !it.values.is_empty()
                && yes
        };
        self.conditions.iter().find(holds)?;
        Some(Bound {
            key: KEY.to_owned(),
            audience: vec![Audience::Service("*".to_owned())],
        })
    }
}

impl Document {
    /// Whom a statement of this document admits, after what other statements deny to everyone but some. Empty for one
    /// that admits nobody.
    pub fn audience(&self, statement: &Statement) -> Vec<Audience> {
        let named: Vec<Audience> = match &statement.principals {
            None => Vec::new(),
            Some(Scope::AllBut(_)) => vec![Audience::Anyone],
            Some(Scope::Only(principals)) => principals.iter().filter_map(named).collect(),
        };
        let open = named.contains(&Audience::Anyone);
        let mut found: Vec<Audience> = named
            .into_iter()
            .filter(|audience| *audience != Audience::Anyone)
            .collect();
        if open {
            match statement.bound() {
                Some(bound) => found.extend(bound.audience),
                None => found.extend(self.left_by_denies(statement)),
            }
        } else if self.denies().any(|deny| shuts(deny, statement)) {
            found.clear();
        }
        found.sort();
        found.dedup();
        found
    }

    /// Who of everyone remains after the statements that deny.
    fn left_by_denies(&self, statement: &Statement) -> Vec<Audience> {
        let mut unclear = None;
        let denies = self.denies().filter(|deny| meets_everyone(deny, statement));
        for deny in denies {
            if shuts(deny, statement) {
                return Vec::new();
            }
            match spared(deny).filter(|_| covers(deny, statement)) {
                Some(audience) => return audience,
                None if tells_callers(deny) => {
                    unclear = Some("a Deny leaves out callers in a way that is not followed here");
                }
                None => {}
            }
        }
        match unclear {
            Some(why) => vec![Audience::Unclear(why.to_owned())],
            None => vec![Audience::Anyone],
        }
    }
}

fn named(principal: &Principal) -> Option<Audience> {
    if principal.is_anyone() {
        return Some(Audience::Anyone);
    }
    if principal.is_deleted() {
        return None;
    }
    Some(match (principal, principal.account()) {
        (_, Some(account)) => Audience::Account(account.to_owned()),
        (Principal::Service(name), None) => Audience::Service(name.clone()),
        (
            Principal::Aws(name) | Principal::Federated(name) | Principal::CanonicalUser(name),
            None,
        ) => Audience::Unclear(format!("{name} does not tell an account")),
    })
}

/// Whether the Deny takes away all that the statement grants, from everyone, always.
fn shuts(deny: &Statement, statement: &Statement) -> bool {
    deny.conditions.is_empty() && is_for_anyone(deny) && covers(deny, statement)
}

fn is_for_anyone(statement: &Statement) -> bool {
    match &statement.principals {
        Some(Scope::Only(principals)) => principals.iter().any(Principal::is_anyone),
        Some(Scope::AllBut(_)) | None => false,
    }
}

/// Whether the Deny takes something of the statement from an open circle of callers.
fn meets_everyone(deny: &Statement, statement: &Statement) -> bool {
    let open = is_for_anyone(deny) || matches!(deny.principals, Some(Scope::AllBut(_)));
    let meets = match (&deny.actions, &statement.actions) {
        (Scope::Only(denied), Scope::Only(granted)) => denied
            .iter()
            .any(|one| granted.iter().any(|it| pattern::actions_meet(one, it))),
        (Scope::AllBut(_), _) | (_, Scope::AllBut(_)) => true,
    };
    open && meets
}

/// Whether the Deny is about all actions and resources of the statement.
fn covers(deny: &Statement, statement: &Statement) -> bool {
    let action = |granted: &String| match &deny.actions {
        Scope::Only(denied) => denied.iter().any(|it| pattern::action_covers(it, granted)),
        Scope::AllBut(spared) => !spared.iter().any(|it| pattern::actions_meet(it, granted)),
    };
    let actions = match &statement.actions {
        Scope::Only(granted) => granted.iter().all(action),
        Scope::AllBut(_) => deny.names_every_action(),
    };
    let resources = match &statement.resources {
        Some(Scope::Only(granted)) => granted.iter().all(|it| deny.covers_resources(it)),
        Some(Scope::AllBut(_)) | None => deny.covers_resources("*"),
    };
    actions && resources
}

/// Who is spared by a Deny for everyone else.
fn spared(deny: &Statement) -> Option<Vec<Audience>> {
    let [condition] = deny.conditions.as_slice() else {
        return None;
    };
    let (key, reader) = KEYS.iter().find(|(key, _)| condition.is_on(key))?;
    let spares = is_for_anyone(deny) && condition.operator.is_inverted();
    let bound = read(condition, key, *reader)?;
    (spares && condition.quantifier.is_none()).then_some(bound.audience)
}

/// Whether a Deny chooses by who calls.
fn tells_callers(deny: &Statement) -> bool {
    let on_caller = |condition: &Condition| {
        let other = [
            "aws:PrincipalIsAWSService",
            "aws:SourceIp",
            "aws:PrincipalType",
        ];
        let known = KEYS.iter().map(|(key, _)| *key).chain(other);
        let tag = condition
            .key
            .to_ascii_lowercase()
            .starts_with("aws:principaltag/");
        tag || known.into_iter().any(|key| condition.is_on(key))
    };
    matches!(deny.principals, Some(Scope::AllBut(_))) || deny.conditions.iter().any(on_caller)
}

/// A key with several values needs `ForAnyValue`; one with a single value takes none or `ForAnyValue`.
fn has_one_caller(condition: &Condition, key: &str) -> bool {
    let several = [
        "aws:PrincipalOrgPaths",
        "aws:SourceOrgPaths",
        "aws:PrincipalServiceNamesList",
    ];
    !several.contains(&key) || condition.quantifier == Some(Quantifier::ForAnyValue)
}

fn read(condition: &Condition, key: &str, reader: Reader) -> Option<Bound> {
    let audience: Option<Vec<Audience>> = condition
        .values
        .iter()
        .map(|value| reader(condition, value))
        .collect();
    let audience = audience.filter(|found| !found.is_empty())?;
    Some(Bound {
        key: key.to_owned(),
        audience,
    })
}

fn is_fixed(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?']) && !value.contains("${")
}

fn account(_: &Condition, value: &str) -> Option<Audience> {
    is_account(value).then(|| Audience::Account(value.to_owned()))
}

/// The account of an ARN, if no wildcard can reach another: text operators let a `*` cross colons, ARN operators don't.
fn account_of_arn(condition: &Condition, value: &str) -> Option<Audience> {
    let account = arn_account(value)?;
    let open = |part: &str| part.contains(['*', '?']);
    let by_parts = condition.operator.name().starts_with("Arn");
    let held = by_parts || !value.splitn(6, ':').take(4).any(open);
    (held && !value.contains("${")).then(|| Audience::Account(account.to_owned()))
}

fn organization(_: &Condition, value: &str) -> Option<Audience> {
    is_fixed(value).then(|| Audience::Organization(value.to_owned()))
}

/// A path such as `o-a1b2c3d4e5/r-ab12/*`: its first part is the organization.
fn organization_path(_: &Condition, value: &str) -> Option<Audience> {
    let (first, _) = value.split_once('/')?;
    (is_fixed(first) && !value.contains("${")).then(|| Audience::Organization(value.to_owned()))
}

/// A unique id, for a role with the name of the session behind a colon.
fn identity(_: &Condition, value: &str) -> Option<Audience> {
    let first = value.split(':').next().unwrap_or_default();
    if is_account(first) {
        return Some(Audience::Account(first.to_owned()));
    }
    (is_fixed(first) && !value.contains("${")).then(|| Audience::Identity(first.to_owned()))
}

fn service(_: &Condition, value: &str) -> Option<Audience> {
    is_fixed(value).then(|| Audience::Service(value.to_owned()))
}

fn network(_: &Condition, value: &str) -> Option<Audience> {
    is_fixed(value).then(|| Audience::Network(value.to_owned()))
}
