//! What guards a backup vault: its key, and whether its policy keeps its recovery points; and whose data it holds.

use super::key::{KeyClass, KeyView, Keys};
use super::logic::Answer;
use super::table::TableView;
use crate::policy::{Condition, Document, Principal, Scope, Statement};
use crate::snapshot::backup::Vault;
use crate::snapshot::fact::{Fact, Listed, Reason, UNRECOGNISED, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};

/// What a principal needs to destroy a backup.
const DELETE: &str = "backup:DeleteRecoveryPoint";
/// Keys of conditions that name who calls.
const CALLER_KEYS: [&str; 3] = ["aws:PrincipalArn", "aws:userid", "aws:PrincipalAccount"];
/// AWS's pages leave open what a policy denies.
static UNCLEAR: Why = Why::from_call(Reason::Ambiguous, Operation::GetBackupVaultAccessPolicy);

/// What guards a vault's recovery points: its key, its policy; and whose data they are.
pub struct Guard<'a> {
    vault: &'a Vault,
    pub(super) key: Fact<Option<KeyView<'a>>>,
    pub(super) key_class: Fact<KeyClass>,
    pub(super) data_classes: Fact<Listed<String>>,
}

impl<'a> Guard<'a> {
    /// The guard of a vault.
    pub fn new(
        vault: &'a Vault,
        tables: &Fact<Listed<TableView<'_>>>,
        keys: &Keys<'a>,
    ) -> Guard<'a> {
        Guard {
            vault,
            key: keys.of_vault(vault),
            key_class: keys.class_of_vault(vault),
            data_classes: data_classes(vault, tables),
        }
    }

    /// Whether its access policy denies everybody, or all but principals that it names, to delete recovery points.
    pub fn denies_deletion(&self) -> Answer<'_> {
        let policy = match self.vault.access_policy.as_ref() {
            Err(why) => return Answer::Unknown(why),
            Ok(None) => return Answer::No,
            Ok(Some(policy)) => policy,
        };
        match Document::parse(policy) {
            Ok(document) => Answer::any(document.denies().map(|it| self.denies(it))),
            Err(_) => Answer::Unknown(&UNRECOGNISED),
        }
    }

    /// Whether one statement denies deletion to all but those whom it names.
    fn denies(&self, deny: &Statement) -> Answer<'static> {
        let action = Answer::of(deny.names_action(DELETE));
        let conditions = Answer::all(deny.conditions.iter().map(spares_named));
        let principals = is_for_all(deny.principals.as_ref());
        action
            .and(principals)
            .and(self.is_about_points(deny))
            .and(conditions)
    }

    /// AWS's examples name the vault, or everything; the resource of the action is the recovery point ("Actions,
    /// resources, and condition keys for AWS Backup").
    fn is_about_points(&self, deny: &Statement) -> Answer<'static> {
        let points = self.vault.recovery_points.known();
        let named = |arn: &String| deny.names_resource(arn);
        let all_named = points.is_some_and(|points| {
            points.missing.is_none() && points.items.iter().all(|it| named(&it.arn))
        });
        match deny.covers_resources("*") {
            true => Answer::Yes,
            false if all_named || named(&self.vault.arn) => Answer::Unknown(&UNCLEAR),
            false => Answer::No,
        }
    }

    /// What [`Guard::denies_deletion`] rests on.
    pub fn grounds(&self) -> Grounds {
        let from = Operation::GetBackupVaultAccessPolicy;
        let mut grounds = Grounds::default();
        let mut saw = |path: String, observed: &str| {
            grounds.evidence.push(Evidence {
                path,
                observed: observed.to_owned(),
                expected: format!("a Deny of {DELETE} for all but named principals"),
                from: Some(from),
            });
        };
        match self.vault.access_policy.as_ref() {
            Err(why) => grounds.unknown.push(why.clone()),
            Ok(None) => saw("access policy".to_owned(), "none"),
            Ok(Some(policy)) => match Document::parse(policy) {
                Err(error) => grounds.unknown.push(Why {
                    detail: Some(error.to_string()),
                    ..Why::from_call(Reason::Unrecognised, from)
                }),
                Ok(document) => {
                    let about = |it: &&Statement| it.names_action(DELETE);
                    let denies: Vec<&Statement> = document.denies().filter(about).collect();
                    for (index, deny) in denies.iter().enumerate() {
                        let words = match self.denies(deny) {
                            Answer::Yes => "denies it to all but named principals",
                            Answer::No => "denies it to some only",
                            Answer::Unknown(_) => "denies it, to whom and of what is not clear",
                        };
                        saw(format!("access policy {}", deny.label(index)), words);
                    }
                    if denies.is_empty() {
                        saw("access policy".to_owned(), "no statement that denies it");
                    }
                }
            },
        }
        grounds
    }
}

/// Whether a Deny is for everybody, or for all but those it names.
fn is_for_all(principals: Option<&Scope<Principal>>) -> Answer<'static> {
    match principals {
        Some(Scope::Only(listed)) => Answer::of(listed.iter().any(Principal::is_anyone)),
        Some(Scope::AllBut(named)) => Answer::of(!named.iter().any(Principal::is_anyone)),
        None => Answer::Unknown(&UNCLEAR),
    }
}

/// Whether a condition leaves out nobody but principals that it names. A pattern may name one role or all.
fn spares_named(condition: &Condition) -> Answer<'static> {
    let on_caller = CALLER_KEYS.iter().any(|key| condition.is_on(key));
    match (on_caller, condition.spares_only()) {
        (true, true) => Answer::Yes,
        (true, false) if condition.operator.is_inverted() => {
            let open = |value: &String| value.trim_matches('*').is_empty();
            match condition.values.iter().any(open) {
                true => Answer::No,
                false if condition.values.iter().all(|it| is_sessions(it)) => Answer::Yes,
                false => Answer::Unknown(&UNCLEAR),
            }
        }
        (true | false, _) => Answer::No,
    }
}

/// The id of a role with any session behind it: `AROA…:*`, as `aws:userid` has it.
fn is_sessions(value: &str) -> bool {
    let id = value.strip_suffix(":*").unwrap_or(value);
    id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The data classes of the tables whose recovery points are encrypted with the vault's key. Points that DynamoDB keeps
/// itself, from before AWS Backup managed them, have the key of their table ("Advanced DynamoDB backup", AWS Backup
/// developer guide).
fn data_classes(vault: &Vault, tables: &Fact<Listed<TableView<'_>>>) -> Fact<Listed<String>> {
    let (points, tables) = match (vault.recovery_points.as_ref(), tables.as_ref()) {
        (Ok(points), Ok(tables)) => (points, tables),
        (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
    };
    let mut missing = points.missing.as_ref().or(tables.missing.as_ref()).cloned();
    let mut items = Vec::new();
    let of_vault = points.items.iter().filter(|it| it.arn.contains(":backup:"));
    let arns: std::collections::BTreeSet<&str> =
        of_vault.map(|it| it.resource_arn.as_str()).collect();
    for view in &tables.items {
        match view.table.arn.as_ref() {
            Err(why) => missing = missing.or_else(|| Some(why.clone())),
            Ok(arn) if !arns.contains(arn.as_str()) => {}
            Ok(_) => match view.facts().data_class.as_ref() {
                Err(why) => missing = missing.or_else(|| Some(why.clone())),
                Ok(class) => items.extend(class.iter().map(|it| it.value.clone())),
            },
        }
    }
    items.sort();
    items.dedup();
    Fact::Known(Listed { items, missing })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::Region;

    const POINT: &str = "arn:aws:backup:eu-west-1:1:recovery-point:p";

    fn answer(policy: Value) -> &'static str {
        let vault = json!({"name": "v", "arn": "arn:aws:backup:eu-west-1:1:backup-vault:v", "key_arn": "k",
            "recovery_points": [{"arn": POINT, "resource_arn": "t", "status": "COMPLETED",
                "created_at": "2026-11-22T03:00:00Z"}],
            "access_policy": policy});
        let vault: Vault = serde_json::from_value(vault).expect("a vault");
        let region = json!({"account": "1", "partition": "aws", "region": "eu-west-1"});
        let region: Region = serde_json::from_value(region).expect("a region");
        let keys = Keys::new(&region);
        let view = Guard::new(&vault, &Fact::not_requested(), &keys);
        let word = match view.denies_deletion() {
            Answer::Yes => "yes",
            Answer::No => "no",
            Answer::Unknown(_) => "unknown",
        };
        let grounds = view.grounds();
        assert!(!grounds.evidence.is_empty() || !grounds.unknown.is_empty());
        word
    }

    fn deny(members: Value) -> Value {
        let mut statement =
            json!({"Effect": "Deny", "Principal": "*", "Action": DELETE, "Resource": "*"});
        for (key, value) in members.as_object().expect("members") {
            statement[key] = value.clone();
        }
        json!(json!({"Version": "2012-10-17", "Statement": [statement]}).to_string())
    }

    #[test]
    fn deletion_is_denied_to_all_but_those_who_are_named() {
        let role = "arn:aws:iam::111122223333:role/backup-admin";
        let but = |operator: &str, key: &str, value: &str| {
            let mut condition = json!({});
            condition[operator] = json!({});
            condition[operator][key] = json!([value]);
            deny(json!({"Condition": condition}))
        };
        for (name, policy, expected) in [
            ("no policy", Value::Null, "no"),
            ("to everybody", deny(json!({})), "yes"),
            (
                "all actions",
                deny(json!({"Action": ["backup:Delete*"]})),
                "yes",
            ),
            (
                "another action",
                deny(json!({"Action": "backup:StartRestoreJob"})),
                "no",
            ),
            (
                "to one role",
                deny(json!({"Principal": {"AWS": role}})),
                "no",
            ),
            (
                "all but one role",
                but("ArnNotEquals", "aws:PrincipalArn", role),
                "yes",
            ),
            (
                "all but a role's sessions",
                but("StringNotLike", "aws:userId", "AROAEXAMPLE12345678:*"),
                "yes",
            ),
            (
                "all but roles of a pattern",
                but("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::1:role/b-*"),
                "unknown",
            ),
            (
                "all but everyone",
                but("StringNotLike", "aws:userId", "*"),
                "no",
            ),
            (
                "to strangers",
                but("StringNotEquals", "aws:PrincipalOrgID", "o-1"),
                "no",
            ),
            (
                "without a second factor",
                but("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
                "no",
            ),
            (
                "of the vault",
                deny(json!({"Resource": "arn:aws:backup:eu-west-1:1:backup-vault:v"})),
                "unknown",
            ),
            (
                "of another point",
                deny(json!({"Resource": "arn:aws:backup:eu-west-1:1:recovery-point:q"})),
                "no",
            ),
            ("not a policy", json!("{"), "unknown"),
        ] {
            assert_eq!(answer(policy), expected, "{name}");
        }
    }
}
