//! AWS KMS: the keys that tables, their replicas, vaults and alarm topics name.
//!
//! A key is asked for in its own region. Keys that AWS manages have no rotation and no policy that anybody could change,
//! so neither is asked for. What a state or a policy means is for `link` and the rules to say.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_kms::types::KeyMetadata as SdkMetadata;
use futures_util::future::join_all;

use super::call::Caller;
use super::classify::{Cause, Failure};
use super::client::Clients;
use super::shape::{Malformed, choice, count, maybe_choice, maybe_time, text};
use crate::snapshot::alarm::Topic;
use crate::snapshot::backup::Vault;
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::key::{self, Key, KeyManager, KeyMetadata, Named, Rotation};
use crate::snapshot::operation::Operation;
use crate::snapshot::table::Table;

/// The one name that a key policy can have (API reference of GetKeyPolicy).
const POLICY: &str = "default";

/// Those who use keys.
pub(super) struct Users<'u> {
    pub(super) tables: &'u Fact<Listed<Table>>,
    pub(super) vaults: &'u Fact<Listed<Vault>>,
    pub(super) topics: &'u Fact<Listed<Topic>>,
}

/// The keys that are used, sorted by ARN. Partial where some who may use keys could not be read.
pub(super) async fn keys(
    caller: &Caller<'_>,
    run: &BTreeSet<Operation>,
    users: Users<'_>,
    clients_of: &impl Fn(&str) -> Clients,
) -> Fact<Listed<Key>> {
    let arns = used(&caller.region, &users);
    let foreign = arns.iter().filter_map(|arn| key::region_of(arn));
    let foreign = foreign.filter(|region| *region != caller.region);
    let elsewhere: BTreeMap<&str, Clients> =
        foreign.map(|region| (region, clients_of(region))).collect();
    let read = |arn: &'_ String| {
        let clients = key::region_of(arn).and_then(|region| elsewhere.get(region));
        let asked = Asked {
            caller,
            arn: arn.clone(),
            clients,
        };
        async move { asked.key(run).await }
    };
    let missing = match users.tables.as_ref() {
        Ok(listed) => listed.missing.clone(),
        Err(why) => Some(why.clone()),
    };
    Fact::Known(Listed {
        items: join_all(arns.iter().map(read)).await,
        missing,
    })
}

/// The ARNs of the keys that are used.
fn used(region: &str, users: &Users<'_>) -> BTreeSet<String> {
    let mut names = Vec::new();
    for table in users.tables.known().into_iter().flat_map(|it| &it.items) {
        let Some(arn) = table.arn.known() else {
            continue;
        };
        let own = table.encryption.known().and_then(|it| it.key_arn.as_ref());
        names.extend(own.map(|id| key::named(id, arn, region)));
        for replica in table.replicas.known().into_iter().flatten() {
            let id = replica.key_arn.as_ref();
            names.extend(id.map(|id| key::named(id, arn, &replica.region)));
        }
    }
    for vault in users.vaults.known().into_iter().flat_map(|it| &it.items) {
        let id = vault.key_arn.as_ref();
        names.extend(id.map(|id| key::named(id, &vault.arn, region)));
    }
    for topic in users.topics.known().into_iter().flat_map(|it| &it.items) {
        let attributes = topic.attributes.known().and_then(Option::as_ref);
        let id = attributes.and_then(|it| it.key_id.as_ref());
        let home = super::sns::topic_region(&topic.arn).unwrap_or(region);
        names.extend(id.map(|id| key::named(id, &topic.arn, home)));
    }
    let arn = |named| match named {
        Named::Arn(arn) => Some(arn),
        Named::AwsManaged => None,
    };
    names.into_iter().filter_map(arn).collect()
}

/// A key that is asked about.
struct Asked<'a> {
    caller: &'a Caller<'a>,
    arn: String,
    /// The clients of its region when it is not the caller's.
    clients: Option<&'a Clients>,
}

impl Asked<'_> {
    async fn key(self, run: &BTreeSet<Operation>) -> Key {
        let answer = self.metadata().await;
        let metadata = self.caller.fact(Some(&self.arn), answer);
        let (rotation, policy) = match metadata.as_ref() {
            // Whether there is anything to ask depends on who manages it.
            Err(why) => (Fact::Unknown(why.clone()), Fact::Unknown(why.clone())),
            Ok(Some(metadata)) if !metadata.manager.is(KeyManager::AWS) => {
                tokio::join!(self.rotation(run), self.policy(run))
            }
            Ok(Some(_) | None) => (Fact::not_requested(), Fact::not_requested()),
        };
        Key {
            arn: self.arn,
            metadata,
            rotation,
            policy,
        }
    }

    /// What KMS says of the key; `None` when it says that there is none.
    async fn metadata(&self) -> Result<Option<KeyMetadata>, Failure> {
        let operation = Operation::DescribeKey;
        let send = |clients: &Clients| {
            let kms = &self.clients.unwrap_or(clients).kms;
            kms.describe_key().key_id(&self.arn).send()
        };
        match self.caller.call(operation, send).await {
            Err(failure) if failure.cause == Cause::NotFound => Ok(None),
            Err(failure) => Err(failure),
            Ok(answer) => {
                let read = answer.key_metadata().ok_or(Malformed("KeyMetadata"));
                let read = read.and_then(metadata).map(Some);
                read.map_err(|malformed| unreadable(operation, malformed))
            }
        }
    }

    async fn rotation(&self, run: &BTreeSet<Operation>) -> Fact<Rotation> {
        let operation = Operation::GetKeyRotationStatus;
        if !run.contains(&operation) {
            return Fact::not_requested();
        }
        let send = |clients: &Clients| {
            let kms = &self.clients.unwrap_or(clients).kms;
            kms.get_key_rotation_status().key_id(&self.arn).send()
        };
        let answer = match self.caller.call(operation, send).await {
            // Automatic rotation is for symmetric keys with material of KMS alone ("Rotate AWS KMS keys").
            Err(failure) if failure.cause == Cause::Unsupported => Ok(Rotation {
                enabled: false,
                period_days: None,
            }),
            Err(failure) => Err(failure),
            // The SDK puts false where KeyRotationEnabled is missing, and a true answer names its key.
            Ok(answer) if answer.key_id().is_none() && !answer.key_rotation_enabled() => Err(
                Failure::malformed(operation, "no KeyRotationEnabled in the answer"),
            ),
            Ok(answer) => {
                let days = answer.rotation_period_in_days();
                let days = days.map(|days| count(Some(days), "RotationPeriodInDays"));
                let rotation = days.transpose().map(|period_days| Rotation {
                    enabled: answer.key_rotation_enabled(),
                    period_days,
                });
                rotation.map_err(|malformed| unreadable(operation, malformed))
            }
        };
        self.caller.fact(Some(&self.arn), answer)
    }

    async fn policy(&self, run: &BTreeSet<Operation>) -> Fact<String> {
        let operation = Operation::GetKeyPolicy;
        if !run.contains(&operation) {
            return Fact::not_requested();
        }
        let send = |clients: &Clients| {
            let kms = &self.clients.unwrap_or(clients).kms;
            let call = kms.get_key_policy().key_id(&self.arn);
            call.policy_name(POLICY).send()
        };
        let answer = self.caller.call(operation, send).await.and_then(|answer| {
            let policy = text(answer.policy(), "Policy");
            policy.map_err(|malformed| unreadable(operation, malformed))
        });
        self.caller.fact(Some(&self.arn), answer)
    }
}

fn metadata(metadata: &SdkMetadata) -> Result<KeyMetadata, Malformed> {
    Ok(KeyMetadata {
        arn: text(metadata.arn(), "Arn")?,
        state: choice(metadata.key_state().map(|state| state.as_str()), "KeyState")?,
        manager: choice(
            metadata.key_manager().map(|manager| manager.as_str()),
            "KeyManager",
        )?,
        origin: maybe_choice(metadata.origin().map(|origin| origin.as_str())),
        spec: metadata.key_spec().map(|spec| spec.as_str().to_owned()),
        usage: metadata.key_usage().map(|usage| usage.as_str().to_owned()),
        deletion_date: maybe_time(metadata.deletion_date(), "DeletionDate")?,
        valid_to: maybe_time(metadata.valid_to(), "ValidTo")?,
        multi_region: metadata.multi_region(),
    })
}

fn unreadable(operation: Operation, malformed: Malformed) -> Failure {
    let Malformed(member) = malformed;
    Failure::malformed(operation, format!("no {member} in the answer"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_kms::types::{KeyManagerType, KeyState as SdkState};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_without_a_state_or_a_manager_is_malformed() {
        let sdk = SdkMetadata::builder()
            .key_id("k")
            .arn("arn:aws:kms:eu-west-1:1:key/k");
        let nobody = sdk.clone().key_state(SdkState::Enabled);
        let read = |sdk: aws_sdk_kms::types::builders::KeyMetadataBuilder| {
            metadata(&sdk.build().expect("complete"))
        };
        assert_eq!(read(nobody.clone()), Err(Malformed("KeyManager")));
        let nowhere = sdk.key_manager(KeyManagerType::Customer);
        assert_eq!(read(nowhere), Err(Malformed("KeyState")));
        let whole = read(nobody.key_manager(KeyManagerType::Customer)).expect("readable");
        assert!(whole.state.is("Enabled") && whole.deletion_date.is_none());
    }

    #[test]
    fn keys_of_all_users_are_read_once() {
        let own = "arn:aws:kms:eu-west-1:1:key/own";
        let tables = json!([{"name": "orders", "arn": "arn:aws:dynamodb:eu-west-1:1:table/orders",
            "encryption": {"kind": "KMS", "key_arn": own, "status": null, "inaccessible_since": null},
            "replicas": [{"region": "us-east-1", "status": "ACTIVE", "key_arn": "far"}]}]);
        let vaults = json!([{"name": "v", "arn": "arn:aws:backup:eu-west-1:1:backup-vault:v", "key_arn": own}]);
        let topics = json!([
            {"arn": "arn:aws:sns:eu-west-1:1:pager", "attributes": {"policy": "{}", "key_id": "alias/aws/sns"}},
            {"arn": "arn:aws:sns:eu-west-2:1:mail", "attributes": {"policy": "{}", "key_id": "alias/mine"}},
            {"arn": "arn:aws:sns:eu-west-1:1:gone", "attributes": null},
        ]);
        let users = Users {
            tables: &serde_json::from_value(tables).expect("tables"),
            vaults: &serde_json::from_value(vaults).expect("vaults"),
            topics: &serde_json::from_value(topics).expect("topics"),
        };
        let found: Vec<String> = used("eu-west-1", &users).into_iter().collect();
        let expected = [
            own,
            "arn:aws:kms:eu-west-2:1:alias/mine",
            "arn:aws:kms:us-east-1:1:key/far",
        ];
        assert_eq!(found, expected);
    }
}
