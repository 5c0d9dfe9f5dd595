//! KMS keys joined to those who use them: tables, their replicas, vaults.
//!
//! Three classes of keys encrypt tables: the one that DynamoDB owns, which no account sees; one that AWS manages in the
//! account; and a customer's own. Whether a class is good enough is for rules to say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::logic::Answer;
use super::openness;
use crate::snapshot::Region;
use crate::snapshot::backup::{Vault, VaultKeyKind, VaultKind};
use crate::snapshot::fact::{Fact, Listed, NOT_REQUESTED, Reason, UNRECOGNISED, Why};
use crate::snapshot::key::{self, Key, KeyManager, Named};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{FactType, Value};
use crate::snapshot::table::{EncryptionType, Replica, Table};
use crate::{choice, view};

choice! {
    /// Whose key encrypts something.
    KeyClass = "key-class" [AWS_OWNED, AWS_MANAGED, CUSTOMER_MANAGED];
}

impl KeyClass {
    fn of(word: &str) -> Fact<KeyClass> {
        Fact::Known(KeyClass::from(word))
    }
}

/// AWS names a key of its own kind without telling which.
static UNNAMED: Why = Why::from_call(Reason::Malformed, Operation::DescribeTable);
static UNNAMED_BY_BACKUP: Why = Why::from_call(Reason::Malformed, Operation::ListBackupVaults);

/// What is known of a key by what its user calls it.
pub enum Found<'a> {
    /// It is called by the alias of a key that AWS manages.
    AwsManaged,
    /// It was looked for.
    Key(&'a Key),
    /// It was not looked for.
    Unread(&'a Why),
}

/// The keys that were read in one region, by the ARNs that they are used by.
pub struct Keys<'a> {
    region: &'a str,
    by_arn: BTreeMap<&'a str, &'a Key>,
    unread: &'a Why,
}

impl<'a> Keys<'a> {
    /// Sorts the keys of a region.
    pub fn new(region: &'a Region) -> Keys<'a> {
        let (items, unread) = match region.keys.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        Keys {
            region: &region.region,
            by_arn: items.iter().map(|key| (key.arn.as_str(), key)).collect(),
            unread: unread.unwrap_or(&NOT_REQUESTED),
        }
    }

    /// A key by what its user calls it.
    pub fn find(&self, key_id: &str, user_arn: &str, region: &str) -> Found<'a> {
        match key::named(key_id, user_arn, region) {
            Named::AwsManaged => Found::AwsManaged,
            Named::Arn(arn) => match self.by_arn.get(arn.as_str()) {
                Some(key) => Found::Key(key),
                None => Found::Unread(self.unread),
            },
        }
    }

    /// The view of a key by what its user calls it; `None` for a managed key of AWS that is called by its alias.
    fn view(&self, key_id: &str, user_arn: &str, region: &str) -> Option<KeyView<'a>> {
        match (
            self.find(key_id, user_arn, region),
            key::named(key_id, user_arn, region),
        ) {
            (Found::Key(key), _) => Some(KeyView(Cow::Borrowed(key))),
            (Found::Unread(why), Named::Arn(arn)) => {
                Some(KeyView(Cow::Owned(Key::unread(arn, why))))
            }
            (Found::AwsManaged, _) | (_, Named::AwsManaged) => None,
        }
    }

    /// The class of a key by what it is called.
    fn class(&self, key_id: &str, user_arn: &str, region: &str) -> Fact<KeyClass> {
        let key = match self.find(key_id, user_arn, region) {
            Found::AwsManaged => return KeyClass::of(KeyClass::AWS_MANAGED),
            Found::Unread(why) => return Fact::Unknown(why.clone()),
            Found::Key(key) => key,
        };
        match key.metadata.as_ref() {
            Err(why) => Fact::Unknown(why.clone()),
            // Nobody can delete a key that AWS manages.
            Ok(None) => KeyClass::of(KeyClass::CUSTOMER_MANAGED),
            Ok(Some(metadata)) => match metadata.manager.0.as_str() {
                KeyManager::AWS => KeyClass::of(KeyClass::AWS_MANAGED),
                KeyManager::CUSTOMER => KeyClass::of(KeyClass::CUSTOMER_MANAGED),
                _unrecognised => Fact::Unknown(UNRECOGNISED.clone()),
            },
        }
    }

    /// The class of a table's key.
    pub fn class_of_table(&self, table: &Table) -> Fact<KeyClass> {
        let (arn, encryption) = match (table.arn.as_ref(), table.encryption.as_ref()) {
            (Ok(arn), Ok(encryption)) => (arn, encryption),
            (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        };
        match (encryption.kind.0.as_str(), &encryption.key_arn) {
            (EncryptionType::AWS_OWNED, _) => KeyClass::of(KeyClass::AWS_OWNED),
            (EncryptionType::KMS, Some(id)) => self.class(id, arn, self.region),
            (EncryptionType::KMS, None) => Fact::Unknown(UNNAMED.clone()),
            (_unrecognised, _) => Fact::Unknown(UNRECOGNISED.clone()),
        }
    }

    /// The KMS keys of a table and its replicas, its own first.
    pub fn of_table(&self, table: &Table) -> Fact<Listed<KeyView<'a>>> {
        let (arn, encryption) = match (table.arn.as_ref(), table.encryption.as_ref()) {
            (Ok(arn), Ok(encryption)) => (arn, encryption),
            (Err(why), _) | (_, Err(why)) => return Fact::Unknown(why.clone()),
        };
        let own = encryption.key_arn.as_ref();
        let own = own.and_then(|id| self.view(id, arn, self.region));
        let (replicas, missing) = match table.replicas.as_ref() {
            Ok(replicas) => (replicas.as_slice(), None),
            Err(why) => (&[][..], Some(why.clone())),
        };
        let of_replica = |replica: &Replica| {
            let id = replica.key_arn.as_ref()?;
            self.view(id, arn, &replica.region)
        };
        let all = own
            .into_iter()
            .chain(replicas.iter().filter_map(of_replica));
        Fact::Known(Listed {
            items: all.collect(),
            missing,
        })
    }

    /// The classes of the keys of a table's replicas.
    pub fn of_replicas(&self, table: &'a Table) -> Fact<Vec<ReplicaKey<'a>>> {
        let class = self.class_of_table(table);
        let join = |replica: &'a Replica| ReplicaKey {
            region: &replica.region,
            class: self.class_of_replica(replica, table, &class),
        };
        match table.replicas.as_ref() {
            Ok(replicas) => Fact::Known(replicas.iter().map(join).collect()),
            Err(why) => Fact::Unknown(why.clone()),
        }
    }

    /// A replica without a key of its own has the default of its table's kind: the key that AWS owns, or the one that it
    /// manages, since every other must be named (API reference, CreateReplicationGroupMemberAction).
    fn class_of_replica(
        &self,
        replica: &Replica,
        table: &Table,
        of_table: &Fact<KeyClass>,
    ) -> Fact<KeyClass> {
        match (&replica.key_arn, table.arn.as_ref(), of_table.as_ref()) {
            (Some(_), Err(why), _) | (None, _, Err(why)) => Fact::Unknown(why.clone()),
            (Some(id), Ok(arn), _) => self.class(id, arn, &replica.region),
            (None, _, Ok(class)) if class.is(KeyClass::AWS_OWNED) => {
                KeyClass::of(KeyClass::AWS_OWNED)
            }
            (None, _, Ok(_)) => KeyClass::of(KeyClass::AWS_MANAGED),
        }
    }

    /// The key of a vault; absent for the one that AWS owns, and for the one that AWS manages under its alias.
    pub fn of_vault(&self, vault: &Vault) -> Fact<Option<KeyView<'a>>> {
        match (&vault.key_arn, is_owned_by_aws(vault)) {
            (_, true) => Fact::Known(None),
            (Some(id), false) => Fact::Known(self.view(id, &vault.arn, self.region)),
            (None, false) => Fact::Unknown(UNNAMED_BY_BACKUP.clone()),
        }
    }

    /// The class of a vault's key.
    pub fn class_of_vault(&self, vault: &Vault) -> Fact<KeyClass> {
        match (&vault.key_arn, is_owned_by_aws(vault)) {
            (_, true) => KeyClass::of(KeyClass::AWS_OWNED),
            (Some(id), false) => self.class(id, &vault.arn, self.region),
            (None, false) => Fact::Unknown(UNNAMED_BY_BACKUP.clone()),
        }
    }
}

/// Whether AWS owns the vault's key: it says so, or names none for an air-gapped vault, whose default that is
/// ("Logically air-gapped vault", AWS Backup developer guide).
fn is_owned_by_aws(vault: &Vault) -> bool {
    let gapped = VaultKind::LOGICALLY_AIR_GAPPED_BACKUP_VAULT;
    match &vault.key_kind {
        Some(kind) => kind.is(VaultKeyKind::AWS_OWNED_KMS_KEY),
        None => vault.key_arn.is_none() && vault.kind.as_ref().is_some_and(|it| it.is(gapped)),
    }
}

/// A KMS key as its user sees it.
#[derive(Clone)]
pub struct KeyView<'a>(Cow<'a, Key>);

view! {
    /// A KMS key of a table, of a replica or of a vault.
    impl KeyView = "key" over Key = |v| &v.0, labelled |v| key::region_of(&v.0.arn).unwrap_or_default().to_owned();
    fields {
        /// Its region.
        region: String, [DescribeTable] = |v| Value::Text(key::region_of(&v.0.arn).unwrap_or_default());
    }
    methods {
        /// Whether its policy lets everybody use it, of any account, without a condition that says who.
        is_open() checked |_| Ok(()), [GetKeyPolicy] =
            |v, _| v.is_open().value(), explained |v, _| openness::grounds(v.0.policy.as_ref(), Operation::GetKeyPolicy);
    }
}

impl KeyView<'_> {
    fn is_open(&self) -> Answer<'_> {
        match self.0.policy.as_ref() {
            Ok(policy) => openness::is_open(policy),
            Err(why) => Answer::Unknown(why),
        }
    }
}

/// The key of a replica.
pub struct ReplicaKey<'a> {
    region: &'a str,
    class: Fact<KeyClass>,
}

view! {
    /// The key of a replica of a global table.
    impl ReplicaKey = "replica-key", labelled |v| v.region.to_owned();
    fields {
        /// The region of the replica.
        region: String, [DescribeTable] = |v| Value::Text(v.region);
        /// Whose key encrypts it.
        class: Fact<KeyClass>, [DescribeTable, DescribeKey] = |v| v.class.value();
    }
    methods {}
}
