//! What the policies of a user or role grant as they are written: whole services, all tables, everything.
//!
//! A permissions boundary that does not hold the grant and a Deny that always takes all of it away are followed. Policies
//! of the organization and of sessions are not in a snapshot and can only take away more. Where a policy could not be
//! read, or a condition on the caller or on tags decides, the answer is unknown.

use crate::policy::{Condition, Document, Scope, Statement, pattern};
use crate::snapshot::fact::{Listed, Reason, Why};
use crate::snapshot::operation::Operation;

const SERVICE: &str = "dynamodb";

/// The actions that read or write items.
const DATA_ACTIONS: [&str; 13] = [
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:PartiQLSelect",
    "dynamodb:ConditionCheckItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PartiQLDelete",
];

/// The policies of one principal, those of its groups among them.
pub(super) struct Held<'d> {
    /// Partition of the account.
    pub(super) partition: &'d str,
    /// Id of the account.
    pub(super) account: &'d str,
    /// Name and document of each policy.
    pub(super) policies: Vec<(String, &'d Document)>,
    /// The permissions boundary.
    pub(super) boundary: Option<&'d Document>,
    /// Why a policy, a group or the boundary is not there.
    pub(super) missing: Option<Why>,
}

/// How sure a grant is.
enum Hold {
    Held,
    Unclear,
    Gone,
}

/// A kind of grant that is looked for.
#[derive(Clone, Copy)]
enum Wide<'q> {
    /// Every action on everything.
    Admin,
    /// Every action of DynamoDB on something.
    Service,
    /// This action on all tables, at least of a region.
    AllTables(&'q str),
}

impl Held<'_> {
    /// Grants of every action on everything.
    pub(super) fn full_admin(&self) -> Listed<String> {
        self.found(&[Wide::Admin])
    }

    /// Grants of every DynamoDB action, or of all but some.
    pub(super) fn service_wildcard(&self) -> Listed<String> {
        self.found(&[Wide::Service])
    }

    /// Grants that read or write the items of all tables.
    pub(super) fn all_tables(&self) -> Listed<String> {
        self.found(&DATA_ACTIONS.map(Wide::AllTables))
    }

    fn found(&self, wanted: &[Wide<'_>]) -> Listed<String> {
        // What was not read may grant, and may take away.
        if let Some(why) = &self.missing {
            return Listed {
                items: Vec::new(),
                missing: Some(why.clone()),
            };
        }
        let mut found = Listed::complete(Vec::new());
        for (policy, document) in &self.policies {
            for (index, statement) in document.statements.iter().enumerate() {
                if statement.effect != crate::policy::Effect::Allow {
                    continue;
                }
                let label = format!("{policy} ({})", statement.label(index));
                let holds = wanted.iter().map(|wide| self.holds(statement, *wide));
                match holds.fold(Hold::Gone, stronger) {
                    Hold::Held => found.items.push(label),
                    Hold::Unclear => found.missing = Some(open(&label)),
                    Hold::Gone => {}
                }
            }
        }
        found
    }

    fn holds(&self, statement: &Statement, wide: Wide<'_>) -> Hold {
        if !self.is_wide(statement, wide) {
            return Hold::Gone;
        }
        let in_boundary = |boundary: &Document| boundary.allows().any(|it| self.is_wide(it, wide));
        if !self.boundary.is_none_or(in_boundary) {
            return Hold::Gone;
        }
        let mut unclear = statement.conditions.iter().any(is_on_caller_or_tag);
        let own = self.policies.iter().map(|(_, document)| *document);
        for deny in own.chain(self.boundary).flat_map(Document::denies) {
            if self.takes(deny, statement, wide) {
                match deny.conditions.as_slice() {
                    [] => return Hold::Gone,
                    conditions => unclear |= conditions.iter().all(is_on_caller_or_tag),
                }
            }
        }
        if unclear { Hold::Unclear } else { Hold::Held }
    }

    /// Whether the statement is about so much, conditions aside: but one that demands a tag of the table is not about
    /// all tables.
    fn is_wide(&self, statement: &Statement, wide: Wide<'_>) -> bool {
        match wide {
            Wide::Admin => statement.names_every_action() && statement.covers_resources("*"),
            Wide::Service => {
                let every = statement.names_service(SERVICE) || statement.leaves_in(SERVICE);
                every && statement.meets_resources(&self.everything_in("*"))
            }
            Wide::AllTables(action) => {
                let tagged = |it: &Condition| is_on_tag(it) && it.demands_key();
                statement.names_action(action)
                    && self.reaches_all_tables(statement)
                    && !statement.conditions.iter().any(tagged)
            }
        }
    }

    /// Whether the Deny is about all that the grant is.
    fn takes(&self, deny: &Statement, grant: &Statement, wide: Wide<'_>) -> bool {
        match wide {
            Wide::Admin => deny.names_every_action() && deny.covers_resources("*"),
            Wide::Service => {
                deny.names_service(SERVICE) && deny.covers_resources(&self.everything_in("*"))
            }
            Wide::AllTables(action) => {
                let all = |region: &str| deny.covers_resources(&self.tables_in(region));
                // A Deny for all but some tables leaves those, and they are not all.
                let leaves_some = match &deny.resources {
                    Some(Scope::AllBut(spared)) => !spared.iter().any(|it| self.is_all_tables(it)),
                    Some(Scope::Only(_)) | None => false,
                };
                let regions = regions_of(grant);
                deny.names_action(action) && (leaves_some || regions.into_iter().all(all))
            }
        }
    }

    fn reaches_all_tables(&self, statement: &Statement) -> bool {
        match &statement.resources {
            None => true,
            Some(Scope::Only(patterns)) => patterns.iter().any(|it| self.is_all_tables(it)),
            Some(Scope::AllBut(patterns)) => !patterns.iter().any(|it| self.is_all_tables(it)),
        }
    }

    /// Whether the pattern is about all tables of the account, or of one region of it.
    fn is_all_tables(&self, pattern: &str) -> bool {
        pattern::arn_covers(pattern, &self.tables_in(region_of(pattern)))
    }

    fn tables_in(&self, region: &str) -> String {
        let (partition, account) = (self.partition, self.account);
        format!("arn:{partition}:dynamodb:{region}:{account}:table/*")
    }

    fn everything_in(&self, region: &str) -> String {
        let (partition, account) = (self.partition, self.account);
        format!("arn:{partition}:dynamodb:{region}:{account}:*")
    }
}

fn region_of(pattern: &str) -> &str {
    pattern.split(':').nth(3).unwrap_or("*")
}

fn regions_of(statement: &Statement) -> Vec<&str> {
    match &statement.resources {
        Some(Scope::Only(patterns)) => patterns.iter().map(|it| region_of(it)).collect(),
        Some(Scope::AllBut(_)) | None => vec!["*"],
    }
}

fn stronger(one: Hold, other: Hold) -> Hold {
    match (one, other) {
        (Hold::Held, _) | (_, Hold::Held) => Hold::Held,
        (Hold::Unclear, _) | (_, Hold::Unclear) => Hold::Unclear,
        (Hold::Gone, Hold::Gone) => Hold::Gone,
    }
}

fn is_on_tag(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    key.starts_with("aws:resourcetag/") || key.starts_with("dynamodb:resourcetag/")
}

/// Whether it asks who calls, or for a tag: always true or always false for one principal, but not from here.
fn is_on_caller_or_tag(condition: &Condition) -> bool {
    let key = condition.key.to_ascii_lowercase();
    is_on_tag(condition)
        || key.starts_with("aws:principal")
        || key == "aws:username"
        || key == "aws:userid"
}

fn open(label: &str) -> Why {
    Why {
        detail: Some(format!(
            "{label} stands or falls with a condition on the caller or on tags"
        )),
        ..Why::from_call(Reason::Ambiguous, Operation::GetAccountAuthorizationDetails)
    }
}

#[cfg(test)]
mod tests;
