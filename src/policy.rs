//! IAM policy documents: reading them, matching their patterns, and whom a statement admits.
//!
//! Reads every shape that IAM accepts (one statement or a list, text or a list of texts, every principal, every condition
//! operator) and refuses everything else with the place and the reason: a document that is half understood is not
//! understood. Hostile text ends in an error, never in a panic: size and depth are bounded, duplicate keys refused
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>).
//!
//! Says what documents say, not what a principal may do in the end: that takes all policies that apply to a call.
//! Knows neither the AWS SDK nor the snapshot.

mod audience;
mod condition;
mod json;
mod parse;
pub mod pattern;
mod principal;
mod print;

pub use self::audience::{Audience, Bound};
pub use self::condition::{Condition, Operator, Quantifier};
pub use self::parse::{MAX_BYTES, MAX_DEPTH, PolicyError};
pub use self::principal::{Principal, arn_account, is_account};

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The version of the language; absent means 2008-10-17.
    pub version: Option<Version>,
    /// The id that its author gave it.
    pub id: Option<String>,
    /// The statements, in their order.
    pub statements: Vec<Statement>,
}

/// A version of the policy language. Variables such as `${aws:username}` are literal text in the older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It takes away, whatever grants.
    Deny,
}

/// The things that a statement is about: those listed, or all but those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope<T> {
    /// Those listed: `Action`, `Resource`, `Principal`.
    Only(Vec<T>),
    /// All but those listed: `NotAction`, `NotResource`, `NotPrincipal`.
    AllBut(Vec<T>),
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The name that its author gave it.
    pub sid: Option<String>,
    /// Whether it grants or takes away.
    pub effect: Effect,
    /// Whom it is about; `None` in the policy of an identity.
    pub principals: Option<Scope<Principal>>,
    /// Patterns of actions, as written.
    pub actions: Scope<String>,
    /// Patterns of ARNs, as written; `None` in a trust policy.
    pub resources: Option<Scope<String>>,
    /// All of these must hold; sorted by operator and key.
    pub conditions: Vec<Condition>,
}

impl Document {
    /// Reads a document from JSON text, or says what is wrong with it.
    pub fn parse(text: &str) -> Result<Document, PolicyError> {
        parse::document(text)
    }

    /// The statements that grant.
    pub fn allows(&self) -> impl Iterator<Item = &Statement> {
        self.having(Effect::Allow)
    }

    /// The statements that take away.
    pub fn denies(&self) -> impl Iterator<Item = &Statement> {
        self.having(Effect::Deny)
    }

    /// The statements that grant this action on something to somebody, conditions aside.
    pub fn allowing<'a>(&'a self, action: &'a str) -> impl Iterator<Item = &'a Statement> {
        self.allows()
            .filter(move |statement| statement.names_action(action))
    }

    fn having(&self, effect: Effect) -> impl Iterator<Item = &Statement> {
        self.statements
            .iter()
            .filter(move |statement| statement.effect == effect)
    }
}

impl Statement {
    /// Whether it is about this action, as in `dynamodb:GetItem`.
    pub fn names_action(&self, action: &str) -> bool {
        let named = |pattern: &String| pattern::action_matches(pattern, action);
        match &self.actions {
            Scope::Only(patterns) => patterns.iter().any(named),
            Scope::AllBut(patterns) => !patterns.iter().any(named),
        }
    }

    /// Whether it is about every action of a service, those that AWS adds tomorrow too: `*`, `dynamodb:*`, or a
    /// `NotAction` that names none of them.
    pub fn names_service(&self, service: &str) -> bool {
        let all = format!("{service}:*");
        match &self.actions {
            Scope::Only(patterns) => patterns.iter().any(|it| pattern::action_covers(it, &all)),
            Scope::AllBut(patterns) => !patterns.iter().any(|it| pattern::actions_meet(it, &all)),
        }
    }

    /// Whether it grants by leaving out, and leaves at least one action of the service in.
    pub fn leaves_in(&self, service: &str) -> bool {
        let all = format!("{service}:*");
        match &self.actions {
            Scope::Only(_) => false,
            Scope::AllBut(patterns) => !patterns.iter().any(|it| pattern::action_covers(it, &all)),
        }
    }

    /// Whether it is about every action of every service.
    pub fn names_every_action(&self) -> bool {
        match &self.actions {
            Scope::Only(patterns) => patterns.iter().any(|it| pattern::action_covers(it, "*")),
            Scope::AllBut(patterns) => patterns.is_empty(),
        }
    }

    /// Whether it is about the thing with this ARN. Variables in a pattern match nothing: their values are not known.
    pub fn names_resource(&self, arn: &str) -> bool {
        let named = |pattern: &String| pattern::arn_matches(pattern, arn);
        match &self.resources {
            None => true,
            Some(Scope::Only(patterns)) => patterns.iter().any(named),
            Some(Scope::AllBut(patterns)) => !patterns.iter().any(named),
        }
    }

    /// Whether one of its patterns covers all ARNs that this pattern of an ARN does.
    pub fn covers_resources(&self, inner: &str) -> bool {
        match &self.resources {
            None => true,
            Some(Scope::Only(patterns)) => patterns.iter().any(|it| pattern::arn_covers(it, inner)),
            Some(Scope::AllBut(patterns)) => {
                !patterns.iter().any(|it| pattern::arns_meet(it, inner))
            }
        }
    }

    /// Whether one of its patterns has an ARN in common with this pattern.
    pub fn meets_resources(&self, other: &str) -> bool {
        match &self.resources {
            None => true,
            Some(Scope::Only(patterns)) => patterns.iter().any(|it| pattern::arns_meet(it, other)),
            Some(Scope::AllBut(patterns)) => {
                !patterns.iter().any(|it| pattern::arn_covers(it, other))
            }
        }
    }

    /// Its name for people: the Sid, or its number, counted from 1.
    pub fn label(&self, index: usize) -> String {
        match &self.sid {
            Some(sid) if !sid.is_empty() => sid.clone(),
            _ => format!("statement {}", index + 1),
        }
    }
}

#[cfg(test)]
mod tests;
