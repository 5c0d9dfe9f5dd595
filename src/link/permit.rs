//! Whether the policy of a topic or key lets an AWS service do something.
//!
//! Knows which keys of conditions the request of the service carries. A condition on another key, and a principal of
//! which AWS does not say whether it stands for a service, leave the answer open.

use crate::policy::{Condition, Document, Operator, Principal, Scope, Statement, pattern};

/// What a service asks for.
pub(super) struct Request<'r> {
    /// `cloudwatch.amazonaws.com`.
    pub(super) service: &'static str,
    /// `sns:Publish`.
    pub(super) action: &'static str,
    /// ARN of the topic or key.
    pub(super) resource: &'r str,
    /// The keys of conditions that the request is known to carry, with their values.
    pub(super) context: &'r [(&'r str, &'r str)],
    /// Whether a policy that names an account may mean services that act for it.
    pub(super) account_may_mean_service: bool,
}

/// An answer of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permit {
    /// The policy lets it.
    Given,
    /// A statement takes it away.
    Denied,
    /// No statement gives it.
    NotGiven,
    /// AWS's pages leave it open.
    Open,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Yes,
    No,
    Maybe,
}

impl Holds {
    fn of(holds: bool) -> Holds {
        if holds { Holds::Yes } else { Holds::No }
    }

    fn any(all: impl IntoIterator<Item = Holds>) -> Holds {
        let either = |one, other| match (one, other) {
            (Holds::Yes, _) | (_, Holds::Yes) => Holds::Yes,
            (Holds::Maybe, _) | (_, Holds::Maybe) => Holds::Maybe,
            (Holds::No, Holds::No) => Holds::No,
        };
        all.into_iter().fold(Holds::No, either)
    }

    fn all(all: impl IntoIterator<Item = Holds>) -> Holds {
        Holds::any(all.into_iter().map(Holds::not)).not()
    }

    fn not(self) -> Holds {
        match self {
            Holds::Yes => Holds::No,
            Holds::No => Holds::Yes,
            Holds::Maybe => Holds::Maybe,
        }
    }
}

impl Request<'_> {
    /// What the policy says to it.
    pub(super) fn permit(&self, policy: &Document) -> Permit {
        let allowed = Holds::any(policy.allows().map(|it| self.meets(it)));
        let denied = Holds::any(policy.denies().map(|it| self.meets(it)));
        match (denied, allowed) {
            (Holds::Yes, _) => Permit::Denied,
            (_, Holds::No) => Permit::NotGiven,
            (Holds::No, Holds::Yes) => Permit::Given,
            (Holds::Maybe, _) | (_, Holds::Maybe) => Permit::Open,
        }
    }

    /// Whether a statement is about this request.
    fn meets(&self, statement: &Statement) -> Holds {
        if !statement.names_action(self.action) {
            return Holds::No;
        }
        let conditions = statement.conditions.iter().map(|it| self.holds(it));
        Holds::all(
            [
                self.names_resource(statement),
                self.names_service(statement.principals.as_ref()),
            ]
            .into_iter()
            .chain(conditions),
        )
    }

    fn names_resource(&self, statement: &Statement) -> Holds {
        let patterns = match &statement.resources {
            None => &[][..],
            Some(Scope::Only(patterns) | Scope::AllBut(patterns)) => patterns,
        };
        match patterns.iter().any(|it| it.contains("${")) {
            true => Holds::Maybe,
            false => Holds::of(statement.names_resource(self.resource)),
        }
    }

    fn names_service(&self, principals: Option<&Scope<Principal>>) -> Holds {
        let of = |principal: &Principal| self.is_service(principal);
        match principals {
            None => Holds::Maybe,
            Some(Scope::Only(listed)) => Holds::any(listed.iter().map(of)),
            Some(Scope::AllBut(listed)) => match Holds::any(listed.iter().map(of)) {
                Holds::Yes => Holds::No,
                // Whether "all but these" holds services is nowhere said.
                Holds::No | Holds::Maybe => Holds::Maybe,
            },
        }
    }

    fn is_service(&self, principal: &Principal) -> Holds {
        match principal {
            _ if principal.is_anyone() => Holds::Yes,
            Principal::Service(name) if name == self.service => Holds::Yes,
            Principal::Service(name) if name.contains('*') => Holds::Maybe,
            Principal::Aws(_) if self.account_may_mean_service => Holds::Maybe,
            Principal::Aws(_)
            | Principal::Service(_)
            | Principal::Federated(_)
            | Principal::CanonicalUser(_) => Holds::No,
        }
    }

    fn holds(&self, condition: &Condition) -> Holds {
        let known = self.context.iter().find(|(key, _)| condition.is_on(key));
        match known {
            None => Holds::Maybe,
            Some((_, value)) => compare(condition, value),
        }
    }
}

/// Compares a key that is there with what a condition wants.
fn compare(condition: &Condition, value: &str) -> Holds {
    let any = |same: &dyn Fn(&str) -> bool| {
        let one = |wanted: &String| match wanted.contains("${") {
            true => Holds::Maybe,
            false => Holds::of(same(wanted)),
        };
        Holds::any(condition.values.iter().map(one))
    };
    let equal = || any(&|wanted| wanted == value);
    let alike = || any(&|wanted| wanted.eq_ignore_ascii_case(value));
    let like = || any(&|wanted| pattern::matches(wanted, value));
    let arn = || any(&|wanted| pattern::arn_matches(wanted, value));
    match condition.operator {
        Operator::StringEquals => equal(),
        Operator::StringNotEquals => equal().not(),
        Operator::StringEqualsIgnoreCase | Operator::Bool => alike(),
        Operator::StringNotEqualsIgnoreCase => alike().not(),
        Operator::StringLike => like(),
        Operator::StringNotLike => like().not(),
        Operator::ArnEquals | Operator::ArnLike => arn(),
        Operator::ArnNotEquals | Operator::ArnNotLike => arn().not(),
        // It asks whether the key is missing.
        Operator::Null => any(&|wanted| wanted.eq_ignore_ascii_case("false")),
        Operator::NumericEquals
        | Operator::NumericNotEquals
        | Operator::NumericLessThan
        | Operator::NumericLessThanEquals
        | Operator::NumericGreaterThan
        | Operator::NumericGreaterThanEquals
        | Operator::DateEquals
        | Operator::DateNotEquals
        | Operator::DateLessThan
        | Operator::DateLessThanEquals
        | Operator::DateGreaterThan
        | Operator::DateGreaterThanEquals
        | Operator::BinaryEquals
        | Operator::IpAddress
        | Operator::NotIpAddress => Holds::Maybe,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:pager";
    const ALARM: &str = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a";

    fn permit(statements: Value) -> Permit {
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        let context = [
            ("aws:SourceAccount", "111122223333"),
            ("aws:SourceArn", ALARM),
            ("aws:SecureTransport", "true"),
        ];
        let request = Request {
            service: "cloudwatch.amazonaws.com",
            action: "sns:Publish",
            resource: TOPIC,
            context: &context,
            account_may_mean_service: true,
        };
        request.permit(&Document::parse(&policy).expect("a policy"))
    }

    fn allow(principal: Value, conditions: Value) -> Value {
        json!({"Effect": "Allow", "Principal": principal, "Action": "SNS:Publish", "Resource": TOPIC,
            "Condition": conditions})
    }

    #[test]
    fn a_service_is_let_in_by_name_and_by_everyone() {
        let service = json!({"Service": "cloudwatch.amazonaws.com"});
        let of = |account: &str| json!({"StringEquals": {"AWS:SourceAccount": account}});
        for (name, statement, expected) in [
            ("by name", allow(service.clone(), json!({})), Permit::Given),
            ("everyone", allow(json!("*"), json!({})), Permit::Given),
            (
                "another service",
                allow(json!({"Service": "events.amazonaws.com"}), json!({})),
                Permit::NotGiven,
            ),
            (
                "of this account",
                allow(json!({"AWS": "*"}), of("111122223333")),
                Permit::Given,
            ),
            (
                "of another account",
                allow(json!({"AWS": "*"}), of("999999999999")),
                Permit::NotGiven,
            ),
            (
                "an account",
                allow(json!({"AWS": "arn:aws:iam::111122223333:root"}), json!({})),
                Permit::Open,
            ),
            (
                "on another key",
                allow(
                    json!("*"),
                    json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
                ),
                Permit::Open,
            ),
            (
                "from alarms",
                allow(
                    service.clone(),
                    json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:111122223333:alarm:*"}}),
                ),
                Permit::Given,
            ),
            (
                "from another alarm",
                allow(
                    service.clone(),
                    json!({"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:other"}}),
                ),
                Permit::NotGiven,
            ),
            // A star is a letter to StringEquals.
            (
                "a star that is a letter",
                allow(
                    service.clone(),
                    json!({"StringEquals": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:*"}}),
                ),
                Permit::NotGiven,
            ),
        ] {
            assert_eq!(permit(json!([statement])), expected, "{name}");
        }
    }

    #[test]
    fn a_denial_bites_only_where_it_holds() {
        let everyone = allow(json!("*"), json!({}));
        let deny = |action: &str, conditions: Value| {
            json!([everyone, {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*",
                "Condition": conditions}])
        };
        let plain = json!({"Bool": {"aws:SecureTransport": "false"}});
        assert_eq!(permit(deny("sns:Publish", plain)), Permit::Given);
        assert_eq!(permit(deny("sns:Publish", json!({}))), Permit::Denied);
        assert_eq!(permit(deny("sns:Subscribe", json!({}))), Permit::Given);
        let org = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}});
        assert_eq!(permit(deny("sns:Publish", org)), Permit::Open);
        let but = json!([everyone, {"Effect": "Deny", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sns:*",
            "Resource": "*"}]);
        assert_eq!(permit(but), Permit::Open);
    }
}
