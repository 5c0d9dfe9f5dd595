//! AWS IAM: who there is in an account and which policies they have. Global: read once for all regions.
//!
//! Documents are kept as the text that they are; [`crate::policy`] reads them. Tags, keys and profiles are not kept.

use jiff::Timestamp;

use super::fact::Listed;
use crate::{choice, record};

choice! {
    /// Kind of a principal.
    PrincipalKind = "principal-kind" [user, role];
}

record! {
    /// The identities and managed policies of an account.
    pub struct Iam = "iam" labelled account {
        /// Account id, twelve digits.
        account: String, Identity [GetCallerIdentity];
        /// Partition: `aws`, `aws-cn`, `aws-us-gov`.
        partition: String, Identity [GetCallerIdentity];
    } facts {
        /// The users and roles, sorted by ARN.
        principals: Listed<Principal>, Config [GetAccountAuthorizationDetails];
        /// The groups, sorted by name.
        groups: Listed<Group>, Config [GetAccountAuthorizationDetails];
        /// The managed policies that are in use, sorted by ARN.
        policies: Listed<ManagedPolicy>, Config [GetAccountAuthorizationDetails];
    }
}

record! {
    /// A user or a role.
    pub struct Principal = "principal" labelled arn {
        /// ARN.
        arn: String, Identity [GetAccountAuthorizationDetails];
        /// User or role.
        kind: PrincipalKind, Identity [GetAccountAuthorizationDetails];
        /// Name.
        name: String, Identity [GetAccountAuthorizationDetails];
        /// Path; `/` is none.
        path: String, Identity [GetAccountAuthorizationDetails];
        /// Its own policies.
        inline: Vec<InlinePolicy>, Config [GetAccountAuthorizationDetails];
        /// ARNs of the managed policies that are attached to it.
        attached: Vec<String>, Config [GetAccountAuthorizationDetails];
        /// Names of the groups that a user is in.
        groups: Vec<String>, Config [GetAccountAuthorizationDetails];
        /// ARN of the managed policy that is its permissions boundary; null if it has none.
        boundary_arn: Option<String>, Config [GetAccountAuthorizationDetails];
        /// Who may become the role, JSON text; null for a user.
        trust: Option<String>, Config [GetAccountAuthorizationDetails];
        /// When the role was last used; null if not in 400 days, and for a user.
        last_used_at: Option<Timestamp>, Volatile [GetAccountAuthorizationDetails];
    }
}

record! {
    /// A group of users.
    pub struct Group = "group" labelled name {
        /// Name.
        name: String, Identity [GetAccountAuthorizationDetails];
        /// ARN.
        arn: String, Identity [GetAccountAuthorizationDetails];
        /// Its own policies.
        inline: Vec<InlinePolicy>, Config [GetAccountAuthorizationDetails];
        /// ARNs of the managed policies that are attached to it.
        attached: Vec<String>, Config [GetAccountAuthorizationDetails];
    }
}

record! {
    /// A policy that belongs to one identity.
    pub struct InlinePolicy = "inline-policy" labelled name {
        /// Name.
        name: String, Config [GetAccountAuthorizationDetails];
        /// The document, JSON text.
        document: String, Config [GetAccountAuthorizationDetails];
    }
}

record! {
    /// A managed policy.
    pub struct ManagedPolicy = "managed-policy" labelled arn {
        /// ARN.
        arn: String, Identity [GetAccountAuthorizationDetails];
        /// Name.
        name: String, Identity [GetAccountAuthorizationDetails];
        /// The document of the version in force, JSON text.
        document: String, Config [GetAccountAuthorizationDetails];
    }
}
