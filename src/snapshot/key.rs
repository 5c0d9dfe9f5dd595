//! KMS keys that tables, replicas, vaults and alarm topics use: state, manager, rotation, policy.
//!
//! The key that DynamoDB owns is in no account and so not among them. Nor is an alias `alias/aws/…` that a topic or
//! replica names: AWS keeps these names for its managed keys ("Aliases", KMS developer guide), so there is nothing to
//! ask, and asking DescribeKey about one that was never used would create the key (its API reference).

use jiff::Timestamp;

use crate::{choice, record};

choice! {
    /// State of a key. Only an Enabled key, and one that is Updating, can decrypt ("Key states", KMS developer guide).
    KeyState = "key-state" [Creating, Enabled, Disabled, PendingDeletion, PendingImport, PendingReplicaDeletion, Unavailable, Updating];
    /// Who manages a key.
    KeyManager = "key-manager" [AWS, CUSTOMER];
    /// Where the key material comes from.
    KeyOrigin = "key-origin" [AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE];
}

record! {
    /// A KMS key that something of DynamoDB uses.
    pub struct Key = "kms-key" labelled arn {
        /// ARN that it is used by: its own, or that of an alias.
        arn: String, Identity [DescribeTable, ListBackupVaults, GetTopicAttributes];
    } facts {
        /// What KMS says of it; null when there is no such key.
        metadata: Option<KeyMetadata>, Config [DescribeKey];
        /// Its rotation; only asked of a customer's key.
        rotation: Rotation, Config [GetKeyRotationStatus];
        /// Its key policy, as JSON; only asked of a customer's key.
        policy: String, Config [GetKeyPolicy];
    }
}

record! {
    /// What KMS says of a key.
    pub struct KeyMetadata = "kms-key-metadata" labelled arn {
        /// ARN of the key itself.
        arn: String, Identity [DescribeKey];
        /// State.
        state: KeyState, Config [DescribeKey];
        /// Who manages it: AWS for a service of its own, or the customer.
        manager: KeyManager, Config [DescribeKey];
        /// Where its material comes from; null where AWS does not say.
        origin: Option<KeyOrigin>, Config [DescribeKey];
        /// `SYMMETRIC_DEFAULT`, `RSA_2048`, …; null where AWS does not say.
        spec: Option<String>, Config [DescribeKey];
        /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, …; null where AWS does not say.
        usage: Option<String>, Config [DescribeKey];
        /// When it will be deleted; null if it won't, or waits for its replicas to be deleted first.
        deletion_date: Option<Timestamp>, Config [DescribeKey];
        /// When its imported material expires; null if it doesn't.
        valid_to: Option<Timestamp>, Config [DescribeKey];
        /// Whether it is a multi-Region key; null where AWS does not say.
        multi_region: Option<bool>, Config [DescribeKey];
    }
}

record! {
    /// The rotation of a key's material.
    pub struct Rotation = "kms-rotation" labelled enabled {
        /// Whether AWS rotates it by itself; never for imported material and keys in a key store of the customer.
        enabled: bool, Config [GetKeyRotationStatus];
        /// Days between two rotations; null where AWS does not say.
        period_days: Option<u64>, Config [GetKeyRotationStatus];
    }
}

/// How a key is named by those that use it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// By this ARN, of the key or of an alias.
    Arn(String),
    /// By the alias of a managed key of AWS.
    AwsManaged,
}

/// What a table, replica, vault or topic calls its key, as an ARN. A key id or alias without one is of the region and
/// the account of who uses it; `user_arn` is the ARN of that.
pub fn named(key_id: &str, user_arn: &str, region: &str) -> Named {
    let name = match key_id.starts_with("arn:") {
        true => key_id.splitn(6, ':').nth(5).unwrap_or_default(),
        false => key_id,
    };
    if name.starts_with("alias/aws/") {
        return Named::AwsManaged;
    }
    if key_id.starts_with("arn:") {
        return Named::Arn(key_id.to_owned());
    }
    let mut parts = user_arn.split(':');
    let partition = parts.nth(1).unwrap_or_default();
    let account = parts.nth(2).unwrap_or_default();
    let kind = if name.starts_with("alias/") {
        ""
    } else {
        "key/"
    };
    Named::Arn(format!(
        "arn:{partition}:kms:{region}:{account}:{kind}{name}"
    ))
}

/// The region of a key's ARN.
pub fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

    #[test]
    fn a_key_is_found_by_any_of_its_names() {
        let arn = |text: &str| Named::Arn(text.to_owned());
        let own = "arn:aws:kms:us-east-1:111122223333:key/k";
        assert_eq!(named(own, TABLE, "eu-west-1"), arn(own));
        assert_eq!(named("k", TABLE, "us-east-1"), arn(own));
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/mine";
        assert_eq!(named("alias/mine", TABLE, "us-east-1"), arn(alias));
        assert_eq!(region_of(own), Some("us-east-1"));
    }

    #[test]
    fn the_names_that_aws_keeps_are_those_of_its_managed_keys() {
        assert_eq!(
            named("alias/aws/sns", TABLE, "eu-west-1"),
            Named::AwsManaged
        );
        let arn = "arn:aws:kms:eu-west-1:111122223333:alias/aws/dynamodb";
        assert_eq!(named(arn, TABLE, "eu-west-1"), Named::AwsManaged);
    }
}
