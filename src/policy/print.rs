//! A policy document as JSON again: the canonical spelling of what was read.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{Condition, Document, Effect, Principal, Scope, Statement, Version};

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", document(self))
    }
}

fn document(document: &Document) -> Value {
    let mut out = Map::new();
    if let Some(version) = document.version {
        let word = match version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        out.insert("Version".to_owned(), json!(word));
    }
    if let Some(id) = &document.id {
        out.insert("Id".to_owned(), json!(id));
    }
    let statements: Vec<Value> = document.statements.iter().map(statement).collect();
    out.insert("Statement".to_owned(), Value::Array(statements));
    Value::Object(out)
}

fn statement(statement: &Statement) -> Value {
    let mut out = Map::new();
    if let Some(sid) = &statement.sid {
        out.insert("Sid".to_owned(), json!(sid));
    }
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    out.insert("Effect".to_owned(), json!(effect));
    if let Some(scope) = &statement.principals {
        let (key, listed) = element("Principal", scope);
        out.insert(key, principals(listed));
    }
    let (key, listed) = element("Action", &statement.actions);
    out.insert(key, json!(listed));
    if let Some(scope) = &statement.resources {
        let (key, listed) = element("Resource", scope);
        out.insert(key, json!(listed));
    }
    if !statement.conditions.is_empty() {
        out.insert("Condition".to_owned(), conditions(&statement.conditions));
    }
    Value::Object(out)
}

fn element<'a, T>(name: &str, scope: &'a Scope<T>) -> (String, &'a [T]) {
    match scope {
        Scope::Only(listed) => (name.to_owned(), listed),
        Scope::AllBut(listed) => (format!("Not{name}"), listed),
    }
}

fn principals(listed: &[Principal]) -> Value {
    let mut kinds: Map<String, Value> = Map::new();
    for principal in listed {
        let (kind, name) = match principal {
            Principal::Aws(name) => ("AWS", name),
            Principal::Service(name) => ("Service", name),
            Principal::Federated(name) => ("Federated", name),
            Principal::CanonicalUser(name) => ("CanonicalUser", name),
        };
        let names = kinds.entry(kind).or_insert_with(|| json!([]));
        if let Value::Array(names) = names {
            names.push(json!(name));
        }
    }
    Value::Object(kinds)
}

fn conditions(conditions: &[Condition]) -> Value {
    let mut operators: Map<String, Value> = Map::new();
    for condition in conditions {
        let keys = operators
            .entry(condition.word())
            .or_insert_with(|| json!({}));
        keys[&condition.key] = json!(condition.values);
    }
    Value::Object(operators)
}
