//! A table in boxes: its keys, its indexes, and who reads its changes.

use super::alarms::{Alarms, last};
use super::sketch::{Leaf, Mark, Node, Section};
use crate::link::consumer::ConsumerView;
use crate::link::logic::Answer;
use crate::link::table::TableView;
use crate::report::terminal::layout::{bytes, count, number};
use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::stream::MappingState;
use crate::snapshot::table::{BillingMode, KeyAttribute, KeyRole, Projection, ProjectionType};

/// Indexes that a diagram shows; the others are counted.
const INDEXES: usize = 8;
/// Readers of changes that a diagram shows.
const READERS: usize = 6;

/// Text of a fact, or `?` and why.
fn or_why<T>(fact: &Fact<T>, what: &str, words: impl Fn(&T) -> String) -> String {
    match fact.as_ref() {
        Ok(value) => words(value),
        Err(why) => format!("? {what}: {}", why.brief()),
    }
}

/// `PK (S) · SK (N)`, the sort key behind the partition key.
fn key(key: &[KeyAttribute]) -> String {
    let of_role = |role: &str| -> Vec<String> {
        let attributes = key.iter().filter(|it| it.role.is(role));
        attributes
            .map(|it| format!("{} ({})", it.name, it.data_type))
            .collect()
    };
    let known = [KeyRole::HASH, KeyRole::RANGE].map(of_role);
    let parts: Vec<String> = known
        .iter()
        .filter(|it| !it.is_empty())
        .map(|it| it.join(" + "))
        .collect();
    parts.join(" · ")
}

fn projection(projection: &Projection) -> String {
    match projection.kind.0.as_str() {
        ProjectionType::ALL => "all attributes".to_owned(),
        ProjectionType::KEYS_ONLY => "keys only".to_owned(),
        ProjectionType::INCLUDE => format!(
            "keys and {}",
            count(projection.attributes.len(), "attribute")
        ),
        other => other.to_owned(),
    }
}

/// The table itself.
pub(super) fn table(view: &TableView<'_>) -> Section {
    let table = view.table;
    let units = |fact: &Fact<u64>| or_why(fact, "units", |it| number(*it));
    let capacity = or_why(&table.billing_mode, "capacity", |mode| {
        match mode.0.as_str() {
            BillingMode::PAY_PER_REQUEST => "on-demand".to_owned(),
            BillingMode::PROVISIONED => format!(
                "provisioned: {} reads, {} writes a second",
                units(&table.read_capacity_units),
                units(&table.write_capacity_units)
            ),
            other => other.to_owned(),
        }
    });
    let size = or_why(&table.size_bytes, "size", |it| bytes(*it));
    let items = or_why(&table.item_count, "items", |it| {
        format!("{} items", number(*it))
    });
    let lines = [
        table.name.clone(),
        or_why(&table.key_schema, "key", |it| key(it)),
        capacity,
        format!("{size} · {items}"),
    ];
    let mut node = Node::new(Mark::Plain, lines);
    match table.replicas.as_ref() {
        Ok(replicas) => {
            let leaf = |it: &crate::snapshot::table::Replica| {
                Leaf::new(
                    Mark::Plain,
                    format!("replica in {} ({})", it.region, it.status),
                )
            };
            node.leaves.extend(replicas.iter().take(READERS).map(leaf));
            node.leaves
                .extend(folded(replicas.len(), READERS, "replica"));
        }
        Err(why) => node.leaves.push(unread("replicas", why)),
    }
    Section {
        head: "Table",
        nodes: vec![node],
    }
}

fn unread(what: &str, why: &Why) -> Leaf {
    Leaf::new(Mark::Unknown, format!("{what}: {}", why.brief()))
}

/// A thing that was not read.
pub(super) fn unread_node(what: &str, why: &Why) -> Node {
    Node::new(Mark::Unknown, [what.to_owned(), why.brief()])
}

/// That there are more than are shown.
pub(super) fn folded(all: usize, shown: usize, thing: &str) -> Option<Leaf> {
    let more = all.checked_sub(shown).filter(|it| *it > 0)?;
    Some(Leaf::new(
        Mark::Plain,
        format!("and {} more", count(more, thing)),
    ))
}

/// The indexes: those with an alarm missing first, since many are folded.
pub(super) fn indexes(view: &TableView<'_>, alarms: &Alarms<'_, '_>) -> Section {
    let mut nodes = Vec::new();
    match view.indexes.as_ref() {
        Ok(indexes) => nodes.extend(indexes.iter().map(|index| {
            let index = index.index;
            let lines = [
                index.name.clone(),
                or_why(&index.key_schema, "key", |it| key(it)),
                format!(
                    "global · {}",
                    or_why(&index.projection, "projection", projection)
                ),
            ];
            let mut node = Node::new(Mark::Plain, lines);
            node.leaves.push(alarms.of_index(&index.name));
            node
        })),
        Err(why) => nodes.push(unread_node("global indexes", why)),
    }
    nodes.sort_by_key(|node| node.leaves.first().map(|it| it.mark));
    match view.table.local_indexes.as_ref() {
        Ok(indexes) => nodes.extend(indexes.iter().map(|index| {
            let lines = [
                index.name.clone(),
                key(&index.key_schema),
                format!("local · {}", projection(&index.projection)),
            ];
            Node::new(Mark::Plain, lines)
        })),
        Err(why) => nodes.push(unread_node("local indexes", why)),
    }
    match view.table.vector_indexes.as_ref() {
        Ok(indexes) => nodes.extend(
            indexes
                .iter()
                .map(|index| Node::new(Mark::Plain, [index.name.clone(), "vector".to_owned()])),
        ),
        Err(why) => nodes.push(unread_node("vector indexes", why)),
    }
    Section {
        head: "Indexes",
        nodes: few(nodes),
    }
}

/// No more than a diagram can show: the rest is counted, with what is missing among it.
fn few(mut nodes: Vec<Node>) -> Vec<Node> {
    if nodes.is_empty() {
        return vec![Node::new(Mark::Plain, ["none".to_owned()])];
    }
    if nodes.len() <= INDEXES {
        return nodes;
    }
    let rest = nodes.split_off(INDEXES - 1);
    let mut node = Node::new(Mark::Plain, [format!("and {} more", number(rest.len()))]);
    let of = |mark: Mark| {
        let leaves = rest.iter().flat_map(|it| &it.leaves).map(|it| it.mark);
        leaves
            .chain(rest.iter().map(|it| it.mark))
            .filter(|it| *it == mark)
            .count()
    };
    let (bad, unknown) = (of(Mark::Bad), of(Mark::Unknown));
    if bad > 0 {
        node.leaves.push(Leaf::new(
            Mark::Bad,
            format!("{bad} without an alarm that works"),
        ));
    }
    if unknown > 0 {
        node.leaves
            .push(Leaf::new(Mark::Unknown, format!("{unknown} not known")));
    }
    nodes.push(node);
    nodes
}

/// Who gets the changes: the stream with its consumers, and Kinesis streams.
pub(super) fn changes(view: &TableView<'_>) -> Section {
    let mut nodes = vec![match view.table.stream.as_ref() {
        Err(why) => unread_node("stream", why),
        Ok(None) => Node::new(Mark::Plain, ["no stream".to_owned()]),
        Ok(Some(stream)) => {
            let lines = ["stream".to_owned(), stream.view_type.to_string()];
            let mut node = Node::new(Mark::Plain, lines);
            node.leaves = consumers(view.consumers());
            node
        }
    }];
    match view.table.kinesis_destinations.as_ref() {
        Ok(destinations) => nodes.extend(destinations.iter().take(READERS).map(|it| {
            Node::new(
                Mark::Plain,
                [
                    format!("Kinesis: {}", last(&it.stream_arn)),
                    it.status.to_string(),
                ],
            )
        })),
        Err(why) => nodes.push(unread_node("Kinesis streams", why)),
    }
    Section {
        head: "Changes",
        nodes,
    }
}

fn consumers(consumers: &Fact<Listed<ConsumerView<'_>>>) -> Vec<Leaf> {
    let listed = match consumers.as_ref() {
        Ok(listed) => listed,
        Err(why) => return vec![unread("consumers", why)],
    };
    let shown = listed.items.iter().take(READERS);
    let mut leaves: Vec<Leaf> = shown.flat_map(consumer).collect();
    leaves.extend(folded(listed.items.len(), READERS, "consumer"));
    if let Some(why) = &listed.missing {
        leaves.push(unread("more consumers", why));
    } else if listed.items.is_empty() {
        leaves.push(Leaf::new(Mark::Plain, "no Lambda function reads it"));
    }
    leaves
}

/// A consumer, and what is told of what it could not process.
fn consumer(view: &ConsumerView<'_>) -> [Leaf; 2] {
    let state = &view.mapping.state;
    let reads = match state.is(MappingState::Disabled) {
        true => Mark::Bad,
        false if MappingState::CHOICES.knows(&state.0) => Mark::Plain,
        false => Mark::Unknown,
    };
    let name = view.resource();
    let failures = match &view.mapping.failure_destination {
        None => Leaf::new(Mark::Bad, format!("{name}: its failures go nowhere")),
        Some(arn) => {
            let to = format!("{name}: failures to {}", last(arn));
            match view.failure_destination_exists() {
                Answer::Yes => Leaf::new(Mark::Plain, to),
                Answer::No => Leaf::new(Mark::Bad, to + ", which does not exist"),
                Answer::Unknown(why) => Leaf::new(Mark::Unknown, format!("{to}: {}", why.brief())),
            }
        }
    };
    [Leaf::new(reads, format!("{name} ({state})")), failures]
}
