//! A policy document from its text: each element by name, everything else refused with its place.

use super::json::{self, Node};
use super::{Condition, Document, Effect, Operator, Principal, Scope, Statement, Version};

/// The longest document that is read, in bytes. The longest that AWS itself publishes are some 50 KB.
pub const MAX_BYTES: usize = 256 * 1024;
/// The deepest nesting that is read; the language needs seven levels.
pub const MAX_DEPTH: usize = 12;
/// Longer values are cut in errors.
const SHOWN_CHARS: usize = 60;

/// What is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
pub struct PolicyError {
    /// The element, as in `Statement[2].Condition`; statements are counted from 1. `None` is the document.
    pub place: Option<String>,
    /// What is wrong.
    pub message: String,
}

type Parsed<T> = Result<T, PolicyError>;

pub(super) fn document(text: &str) -> Parsed<Document> {
    if text.len() > MAX_BYTES {
        return Err(wrong("", format!("longer than {} KB", MAX_BYTES / 1024)));
    }
    let node = json::read(text, MAX_DEPTH)
        .map_err(|error| wrong("", format!("not a JSON document: {error}")))?;
    let mut version = None;
    let mut id = None;
    let mut statements = None;
    for (key, node) in object("", node)? {
        match key.as_str() {
            "Version" => version = Some(read_version(node)?),
            "Id" => id = Some(one_text("Id", node)?),
            "Statement" => statements = Some(read_statements(node)?),
            other => return Err(wrong("", format!("unknown element {}", quoted(other)))),
        }
    }
    let statements = statements.ok_or_else(|| wrong("", "no Statement".to_owned()))?;
    Ok(Document {
        version,
        id,
        statements,
    })
}

fn wrong(place: &str, message: String) -> PolicyError {
    PolicyError {
        place: (!place.is_empty()).then(|| place.to_owned()),
        message,
    }
}

/// A foreign text in an error: cut, and without control characters.
fn quoted(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN_CHARS).collect();
    let dots = if text.chars().nth(SHOWN_CHARS).is_some() {
        "…"
    } else {
        ""
    };
    format!("{cut:?}{dots}")
}

fn object(place: &str, node: Node) -> Parsed<Vec<(String, Node)>> {
    match node {
        Node::Object(members) => Ok(members),
        other => Err(wrong(
            place,
            format!("expected an object, found {}", other.kind()),
        )),
    }
}

fn one_text(place: &str, node: Node) -> Parsed<String> {
    match node {
        Node::Text(text) => Ok(text),
        other => Err(wrong(
            place,
            format!("expected a text, found {}", other.kind()),
        )),
    }
}

/// A text, or a list of texts.
fn texts(place: &str, node: Node) -> Parsed<Vec<String>> {
    match node {
        Node::List(nodes) => nodes
            .into_iter()
            .map(|node| one_text(place, node))
            .collect(),
        other => one_text(place, other).map(|text| vec![text]),
    }
}

fn read_version(node: Node) -> Parsed<Version> {
    match one_text("Version", node)?.as_str() {
        "2012-10-17" => Ok(Version::V2012),
        "2008-10-17" => Ok(Version::V2008),
        other => {
            let message = format!("{} is no version of the policy language", quoted(other));
            Err(wrong("Version", message))
        }
    }
}

fn read_statements(node: Node) -> Parsed<Vec<Statement>> {
    match node {
        Node::List(nodes) => nodes
            .into_iter()
            .enumerate()
            .map(|(index, node)| statement(&format!("Statement[{}]", index + 1), node))
            .collect(),
        other => Ok(vec![statement("Statement", other)?]),
    }
}

#[derive(Default)]
struct Parts {
    sid: Option<String>,
    effect: Option<Effect>,
    principals: Option<Scope<Principal>>,
    actions: Option<Scope<String>>,
    resources: Option<Scope<String>>,
    conditions: Vec<Condition>,
}

fn statement(place: &str, node: Node) -> Parsed<Statement> {
    let mut parts = Parts::default();
    for (key, node) in object(place, node)? {
        element(place, &mut parts, &key, node)?;
    }
    let lacks = |name: &str| wrong(place, format!("no {name}"));
    Ok(Statement {
        sid: parts.sid,
        effect: parts.effect.ok_or_else(|| lacks("Effect"))?,
        principals: parts.principals,
        actions: parts.actions.ok_or_else(|| lacks("Action"))?,
        resources: parts.resources,
        conditions: parts.conditions,
    })
}

fn element(place: &str, parts: &mut Parts, key: &str, node: Node) -> Parsed<()> {
    let here = format!("{place}.{key}");
    match key {
        "Sid" => parts.sid = Some(one_text(&here, node)?),
        "Effect" => parts.effect = Some(effect(&here, node)?),
        "Principal" => put(&here, &mut parts.principals, Scope::Only(who(&here, node)?))?,
        "NotPrincipal" => put(
            &here,
            &mut parts.principals,
            Scope::AllBut(who(&here, node)?),
        )?,
        "Action" => put(
            &here,
            &mut parts.actions,
            Scope::Only(actions(&here, node)?),
        )?,
        "NotAction" => put(
            &here,
            &mut parts.actions,
            Scope::AllBut(actions(&here, node)?),
        )?,
        "Resource" => put(
            &here,
            &mut parts.resources,
            Scope::Only(texts(&here, node)?),
        )?,
        "NotResource" => put(
            &here,
            &mut parts.resources,
            Scope::AllBut(texts(&here, node)?),
        )?,
        "Condition" => parts.conditions = conditions(&here, node)?,
        other => {
            let message = format!("unknown element {}", quoted(other));
            return Err(wrong(place, message));
        }
    }
    Ok(())
}

/// `Action` and `NotAction` exclude each other, and so on.
fn put<T>(place: &str, slot: &mut Option<Scope<T>>, scope: Scope<T>) -> Parsed<()> {
    match slot.replace(scope) {
        None => Ok(()),
        Some(_) => Err(wrong(place, "an element and its Not… together".to_owned())),
    }
}

fn effect(place: &str, node: Node) -> Parsed<Effect> {
    match one_text(place, node)?.as_str() {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => {
            let message = format!("{} is neither \"Allow\" nor \"Deny\"", quoted(other));
            Err(wrong(place, message))
        }
    }
}

fn actions(place: &str, node: Node) -> Parsed<Vec<String>> {
    let patterns = texts(place, node)?;
    match patterns.iter().find(|it| *it != "*" && !it.contains(':')) {
        // `**` and the like match all, as `*` does.
        Some(odd) if !odd.chars().all(|c| c == '*') || odd.is_empty() => {
            let message = format!("{} is no action: no service prefix", quoted(odd));
            Err(wrong(place, message))
        }
        Some(_) | None => Ok(patterns),
    }
}

fn who(place: &str, node: Node) -> Parsed<Vec<Principal>> {
    if let Node::Text(text) = &node {
        return if text == "*" {
            Ok(vec![Principal::Aws(text.clone())])
        } else {
            let message = format!("{} is neither \"*\" nor an object", quoted(text));
            Err(wrong(place, message))
        };
    }
    let mut found = Vec::new();
    for (kind, node) in object(place, node)? {
        let here = format!("{place}.{kind}");
        let make = match kind.as_str() {
            "AWS" => Principal::Aws,
            "Service" => Principal::Service,
            "Federated" => Principal::Federated,
            "CanonicalUser" => Principal::CanonicalUser,
            other => {
                let message = format!("unknown kind of principal {}", quoted(other));
                return Err(wrong(place, message));
            }
        };
        found.extend(texts(&here, node)?.into_iter().map(make));
    }
    found.sort();
    Ok(found)
}

fn conditions(place: &str, node: Node) -> Parsed<Vec<Condition>> {
    let mut found: Vec<Condition> = Vec::new();
    for (word, node) in object(place, node)? {
        let here = format!("{place}.{word}");
        let (quantifier, operator, if_exists) = Operator::parse(&word).ok_or_else(|| {
            wrong(
                place,
                format!("unknown condition operator {}", quoted(&word)),
            )
        })?;
        for (key, node) in object(&here, node)? {
            if key.is_empty() {
                return Err(wrong(&here, "a condition key without a name".to_owned()));
            }
            found.push(Condition {
                quantifier,
                operator,
                if_exists,
                values: values(&format!("{here}.{key}"), node)?,
                key,
            });
        }
    }
    found.sort_by_cached_key(Condition::place);
    // Names are compared without case, so JSON may hold one twice where the language does not.
    match found
        .windows(2)
        .find(|pair| pair[0].place() == pair[1].place())
    {
        Some(pair) => Err(wrong(place, format!("{} twice", quoted(&pair[0].key)))),
        None => Ok(found),
    }
}

fn values(place: &str, node: Node) -> Parsed<Vec<String>> {
    let value = |node: Node| match node {
        Node::Text(text) | Node::Literal(text) => Ok(text),
        other @ (Node::Null | Node::List(_) | Node::Object(_)) => {
            let message = format!("expected a value, found {}", other.kind());
            Err(wrong(place, message))
        }
    };
    match node {
        Node::List(nodes) => nodes.into_iter().map(value).collect(),
        other => value(other).map(|value| vec![value]),
    }
}
