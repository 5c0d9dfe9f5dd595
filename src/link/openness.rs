//! Whether the policy of a key or topic lets everybody in: any account, without a condition that says who.
//!
//! Whom a statement admits is read by [`crate::policy`]; a document that it does not understand leaves the answer open.

use super::logic::Answer;
use crate::policy::{Audience, Document};
use crate::snapshot::fact::{Reason, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// AWS's pages leave open whom a policy lets in.
static UNCLEAR: Why = Why::of(Reason::Ambiguous);

/// Whether a statement admits everyone.
pub(super) fn is_open(policy: &str) -> Answer<'static> {
    match Document::parse(policy) {
        Ok(document) => Answer::any(document.allows().map(|it| {
            let audience = document.audience(it);
            let unclear = |it: &Audience| matches!(it, Audience::Unclear(_));
            match audience.contains(&Audience::Anyone) {
                true => Answer::Yes,
                false if audience.iter().any(unclear) => Answer::Unknown(&UNCLEAR),
                false => Answer::No,
            }
        })),
        Err(_) => Answer::Unknown(&UNRECOGNISED),
    }
}

/// The statements that admit everyone, as evidence.
pub(super) fn grounds(policy: Result<&String, &Why>, from: Operation) -> Grounds {
    let policy = match policy {
        Ok(policy) => policy,
        Err(why) => {
            return Grounds {
                evidence: Vec::new(),
                unknown: vec![why.clone()],
            };
        }
    };
    let expected = "no statement for everybody".to_owned();
    let evidence = |path: String, observed: &str| Evidence {
        path,
        observed: observed.to_owned(),
        expected: expected.clone(),
        from: Some(from),
    };
    let document = match Document::parse(policy) {
        Ok(document) => document,
        Err(error) => {
            let why = Why {
                detail: Some(error.to_string()),
                ..Why::from_call(Reason::Unrecognised, from)
            };
            return Grounds {
                evidence: Vec::new(),
                unknown: vec![why],
            };
        }
    };
    let mut grounds = Grounds::default();
    for (index, statement) in document.statements.iter().enumerate() {
        if statement.effect != crate::policy::Effect::Allow {
            continue;
        }
        for audience in document.audience(statement) {
            let path = format!("policy {}", statement.label(index));
            match audience {
                Audience::Anyone => grounds.evidence.push(evidence(path, "for everybody")),
                Audience::Unclear(why) => grounds.unknown.push(Why {
                    detail: Some(format!("{path}: {why}")),
                    ..Why::from_call(Reason::Ambiguous, from)
                }),
                Audience::Account(_)
                | Audience::Organization(_)
                | Audience::Network(_)
                | Audience::Identity(_)
                | Audience::Service(_) => {}
            }
        }
    }
    if grounds.evidence.is_empty() && grounds.unknown.is_empty() {
        let none = evidence("policy".to_owned(), "no statement for everybody");
        grounds.evidence.push(none);
    }
    grounds
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_policy_is_open_that_admits_any_account() {
        let root = "arn:aws:iam::111122223333:root";
        for (principal, condition, expected) in [
            (json!({"AWS": root}), json!({}), Answer::No),
            (json!("*"), json!({}), Answer::Yes),
            (
                json!({"AWS": "*"}),
                json!({"StringEquals": {"kms:CallerAccount": "111122223333"}}),
                Answer::No,
            ),
            // Says how they come, not who.
            (
                json!("*"),
                json!({"StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}}),
                Answer::Yes,
            ),
        ] {
            let policy: Value = json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "kms:*",
                "Resource": "*", "Condition": condition}]});
            let policy = policy.to_string();
            assert_eq!(is_open(&policy), expected, "{policy}");
            let grounds = grounds(Ok(&policy), Operation::GetKeyPolicy);
            assert_eq!(
                grounds.evidence[0].observed == "for everybody",
                expected == Answer::Yes
            );
        }
        assert_eq!(is_open("{"), Answer::Unknown(&UNRECOGNISED));
    }
}
