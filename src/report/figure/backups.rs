//! How a table is backed up: point-in-time recovery, and plans with their vaults and copies.

use super::alarms::last;
use super::sketch::{Leaf, Mark, Node, Section};
use super::structure::{folded, unread_node};
use crate::link::backup::rule::PlanRuleView;
use crate::link::table::TableView;
use crate::report::terminal::layout::count;
use crate::rule::text::shown_duration;
use crate::snapshot::table::{Pitr, PitrStatus};

/// Rules of plans that a diagram shows; the others are counted.
const RULES: usize = 4;
/// Copies of a rule that a diagram shows.
const COPIES: usize = 4;

/// The backups of a table.
pub(super) fn section(view: &TableView<'_>) -> Section {
    let mut nodes = vec![match view.table.pitr.as_ref() {
        Ok(pitr) => point_in_time(pitr),
        Err(why) => unread_node("point-in-time recovery", why),
    }];
    match view.backups.rules.as_ref() {
        Err(why) => nodes.push(unread_node("backup plans", why)),
        Ok(listed) => {
            nodes.extend(listed.items.iter().take(RULES).map(rule));
            let more = folded(listed.items.len(), RULES, "rule");
            nodes.extend(more.map(|it| Node::new(it.mark, [it.text])));
            match &listed.missing {
                Some(why) => nodes.push(unread_node("more backup plans", why)),
                None if listed.items.is_empty() => {
                    nodes.push(Node::new(
                        Mark::Bad,
                        ["no backup plan selects it".to_owned()],
                    ));
                }
                None => {}
            }
        }
    }
    Section {
        head: "Backups",
        nodes,
    }
}

fn point_in_time(pitr: &Pitr) -> Node {
    let name = "point-in-time recovery".to_owned();
    let days = |days: u32| format!("{} back", count(days as usize, "day"));
    match pitr.status.0.as_str() {
        PitrStatus::ENABLED => {
            let window = pitr.window_days.map(days);
            Node::new(Mark::Plain, [name].into_iter().chain(window))
        }
        PitrStatus::DISABLED => Node::new(Mark::Bad, [name + " is off"]),
        other => Node::new(Mark::Unknown, [name, other.to_owned()]),
    }
}

/// `every day`, `every 12 h`.
fn every(seconds: f64) -> String {
    let span = shown_duration(seconds);
    format!("every {}", span.strip_prefix("1 ").unwrap_or(&span))
}

fn kept(days: Option<u64>) -> String {
    match days {
        Some(days) => format!(
            "kept {}",
            count(usize::try_from(days).unwrap_or(usize::MAX), "day")
        ),
        None => "kept for good".to_owned(),
    }
}

/// A rule of a plan: the vault that it fills, and the copies.
fn rule(view: &PlanRuleView<'_>) -> Node {
    let rule = view.rule;
    let (mark, often) = match view.interval().as_ref() {
        Ok(Some(span)) => (Mark::Plain, every(span.seconds)),
        Ok(None) => (Mark::Bad, "its schedule never runs".to_owned()),
        Err(why) => (Mark::Unknown, format!("? schedule: {}", why.brief())),
    };
    let lines = [
        format!("plan {}", view.plan.name),
        format!("rule {}: {often}", rule.name),
    ];
    let mut node = Node::new(mark, lines);
    let vault = format!("vault {}, {}", rule.vault, kept(rule.delete_after_days));
    node.leaves.push(Leaf::new(Mark::Plain, vault));
    if let Some(arn) = &rule.air_gapped_vault_arn {
        node.leaves.push(Leaf::new(
            Mark::Plain,
            format!("air-gapped vault {}", last(arn)),
        ));
    }
    let copies = rule.copies.iter().take(COPIES);
    node.leaves.extend(copies.map(|copy| {
        let place = place(&copy.vault_arn);
        Leaf::new(
            Mark::Plain,
            format!("copy to {place}, {}", kept(copy.delete_after_days)),
        )
    }));
    node.leaves
        .extend(folded(rule.copies.len(), COPIES, "copy"));
    node
}

/// `bunker in eu-central-1, account 999900001111`.
fn place(vault_arn: &str) -> String {
    let part = |at: usize| vault_arn.split(':').nth(at).filter(|it| !it.is_empty());
    match (part(3), part(4), part(6)) {
        (Some(region), Some(account), Some(vault)) => {
            format!("{vault} in {region}, account {account}")
        }
        (_, _, _) => vault_arn.to_owned(),
    }
}
