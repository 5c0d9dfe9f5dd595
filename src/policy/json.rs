//! JSON as a tree that keeps what a policy needs: duplicate keys are seen, depth is bounded, numbers stay text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// A JSON value.
#[derive(Debug)]
pub(super) enum Node {
    /// `null`.
    Null,
    /// `true`, `false` or a number, as text: conditions compare it as such.
    Literal(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object; no key twice.
    Object(Vec<(String, Node)>),
}

impl Node {
    /// What it is, for an error.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Null => "null",
            Node::Literal(_) => "a number or truth value",
            Node::Text(_) => "a text",
            Node::List(_) => "a list",
            Node::Object(_) => "an object",
        }
    }
}

/// Reads one value and nothing after it.
pub(super) fn read(text: &str, max_depth: usize) -> Result<Node, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = Level { left: max_depth }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(node)
}

/// The nesting that is still allowed.
#[derive(Clone, Copy)]
struct Level {
    left: usize,
}

impl Level {
    fn deeper<E: Error>(self) -> Result<Level, E> {
        let left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| E::custom("nested too deep for a policy"))?;
        Ok(Level { left })
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Literal(value.to_string()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Literal(value.to_string()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Literal(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Literal(value.to_string()))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let level = self.deeper()?;
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element_seed(level)? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let level = self.deeper()?;
        let mut members = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("duplicate key {key:?}")));
            }
            members.push((key, map.next_value_seed(level)?));
        }
        Ok(Node::Object(members))
    }
}
