//! AWS IAM: GetAccountAuthorizationDetails, once for all regions. The SDK finds the endpoint of the partition.
//!
//! Keeps of each identity what grants it something, and of each managed policy the version in force. Documents come
//! percent-encoded (API reference of GetAccountAuthorizationDetails) and are kept as plain text.

use std::collections::BTreeSet;

use aws_sdk_iam::operation::get_account_authorization_details::GetAccountAuthorizationDetailsOutput;
use aws_sdk_iam::types::{
    AttachedPermissionsBoundary, AttachedPolicy, GroupDetail, ManagedPolicyDetail, PolicyDetail,
    RoleDetail, UserDetail,
};

use super::call::Caller;
use super::client::Clients;
use super::listing::Page;
use super::shape::{Malformed, maybe_time, needed, text};
use crate::snapshot::iam::{Group, Iam, InlinePolicy, ManagedPolicy, Principal, PrincipalKind};
use crate::snapshot::operation::Operation;

/// Elements of a page. AWS allows 1,000; documents are long.
const PAGE: i32 = 100;

enum Entry {
    Principal(Principal),
    Group(Group),
    Policy(ManagedPolicy),
}

/// The identities and policies of the account; nothing when nobody asked. Account and partition are for the caller to
/// fill in.
pub(super) async fn read(caller: &Caller<'_>, run: &BTreeSet<Operation>) -> Vec<Iam> {
    let operation = Operation::GetAccountAuthorizationDetails;
    if !run.contains(&operation) {
        return Vec::new();
    }
    let send = |clients: &Clients, marker| {
        let call = clients.iam.get_account_authorization_details();
        call.max_items(PAGE).set_marker(marker).send()
    };
    let mut listing = caller.list(operation, None, send, page).await;
    let (mut principals, mut groups, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    for entry in std::mem::take(&mut listing.items) {
        match entry {
            Entry::Principal(principal) => principals.push(principal),
            Entry::Group(group) => groups.push(group),
            Entry::Policy(policy) => policies.push(policy),
        }
    }
    let by_arn = |principal: &Principal| principal.arn.clone();
    vec![Iam {
        account: String::new(),
        partition: String::new(),
        principals: listing.with(principals).into_fact(by_arn),
        groups: listing.with(groups).into_fact(|it| it.name.clone()),
        policies: listing.with(policies).into_fact(|it| it.arn.clone()),
    }]
}

/// A page holds some of each kind. One without any list, or a cut one without a marker, is no answer of AWS.
fn page(answer: GetAccountAuthorizationDetailsOutput) -> Option<Page<Entry>> {
    let nothing = answer.user_detail_list.is_none()
        && answer.role_detail_list.is_none()
        && answer.group_detail_list.is_none()
        && answer.policies.is_none();
    if nothing || (answer.is_truncated && answer.marker.is_none()) {
        return None;
    }
    let users = answer.user_detail_list().iter().map(user);
    let roles = answer.role_detail_list().iter().map(role);
    let principals = users.chain(roles).map(|it| it.map(Entry::Principal));
    let groups = answer.group_detail_list().iter().map(group);
    let policies = answer.policies().iter().map(policy);
    Some(Page {
        items: principals
            .chain(groups.map(|it| it.map(Entry::Group)))
            .chain(policies.map(|it| it.map(Entry::Policy)))
            .map(Result::ok)
            .collect(),
        next: answer.marker.clone().filter(|_| answer.is_truncated),
    })
}

fn user(user: &UserDetail) -> Result<Principal, Malformed> {
    Ok(Principal {
        arn: text(user.arn(), "Arn")?,
        kind: PrincipalKind::from(PrincipalKind::user),
        name: text(user.user_name(), "UserName")?,
        path: text(user.path(), "Path")?,
        inline: inline(user.user_policy_list())?,
        attached: attached(user.attached_managed_policies())?,
        groups: user.group_list().to_vec(),
        boundary_arn: boundary(user.permissions_boundary())?,
        trust: None,
        last_used_at: None,
    })
}

fn role(role: &RoleDetail) -> Result<Principal, Malformed> {
    let used = role.role_last_used().and_then(|it| it.last_used_date());
    Ok(Principal {
        arn: text(role.arn(), "Arn")?,
        kind: PrincipalKind::from(PrincipalKind::role),
        name: text(role.role_name(), "RoleName")?,
        path: text(role.path(), "Path")?,
        inline: inline(role.role_policy_list())?,
        attached: attached(role.attached_managed_policies())?,
        groups: Vec::new(),
        boundary_arn: boundary(role.permissions_boundary())?,
        trust: Some(document(role.assume_role_policy_document())?),
        last_used_at: maybe_time(used, "LastUsedDate")?,
    })
}

fn group(group: &GroupDetail) -> Result<Group, Malformed> {
    Ok(Group {
        name: text(group.group_name(), "GroupName")?,
        arn: text(group.arn(), "Arn")?,
        inline: inline(group.group_policy_list())?,
        attached: attached(group.attached_managed_policies())?,
    })
}

/// A managed policy may have five versions; one is in force, and not always the newest.
fn policy(policy: &ManagedPolicyDetail) -> Result<ManagedPolicy, Malformed> {
    let mut versions = policy.policy_version_list().iter();
    let in_force = versions.find(|version| version.is_default_version());
    Ok(ManagedPolicy {
        arn: text(policy.arn(), "Arn")?,
        name: text(policy.policy_name(), "PolicyName")?,
        document: document(needed(in_force, "PolicyVersionList")?.document())?,
    })
}

fn inline(policies: &[PolicyDetail]) -> Result<Vec<InlinePolicy>, Malformed> {
    let mut read = policies
        .iter()
        .map(|policy| {
            Ok(InlinePolicy {
                name: text(policy.policy_name(), "PolicyName")?,
                document: document(policy.policy_document())?,
            })
        })
        .collect::<Result<Vec<InlinePolicy>, Malformed>>()?;
    read.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(read)
}

fn attached(policies: &[AttachedPolicy]) -> Result<Vec<String>, Malformed> {
    let mut arns = policies
        .iter()
        .map(|policy| text(policy.policy_arn(), "PolicyArn"))
        .collect::<Result<Vec<String>, Malformed>>()?;
    arns.sort();
    Ok(arns)
}

fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Result<Option<String>, Malformed> {
    boundary
        .map(|it| text(it.permissions_boundary_arn(), "PermissionsBoundaryArn"))
        .transpose()
}

fn document(encoded: Option<&str>) -> Result<String, Malformed> {
    let encoded = text(encoded, "PolicyDocument")?;
    decoded(&encoded).ok_or(Malformed("PolicyDocument"))
}

/// Percent-decoding as RFC 3986 has it: a `+` is a plus.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_iam::types::PolicyVersion;

    #[test]
    fn documents_are_decoded_once() {
        assert_eq!(decoded("%7B%22a%22%3A1%7D").as_deref(), Some("{\"a\":1}"));
        assert_eq!(decoded("a+b%2520").as_deref(), Some("a+b%20"));
        assert_eq!(decoded("100%"), None);
        assert_eq!(decoded("%zz"), None);
        assert_eq!(decoded("%ff"), None);
    }

    #[test]
    fn the_version_in_force_counts() {
        let version = |document: &str, in_force| {
            let version = PolicyVersion::builder().document(document);
            version.is_default_version(in_force).build()
        };
        let detail = ManagedPolicyDetail::builder()
            .arn("arn:aws:iam::111122223333:policy/p")
            .policy_name("p")
            .policy_version_list(version("new", false))
            .policy_version_list(version("old", true));
        assert_eq!(policy(&detail.build()).expect("readable").document, "old");
        let none = ManagedPolicyDetail::builder().arn("a").policy_name("p");
        assert!(policy(&none.build()).is_err());
    }

    #[test]
    fn a_cut_page_without_a_marker_is_no_answer() {
        let answer = GetAccountAuthorizationDetailsOutput::builder;
        assert!(page(answer().build()).is_none());
        let cut = answer().set_policies(Some(Vec::new())).is_truncated(true);
        assert!(page(cut.build()).is_none());
        let whole = answer().set_policies(Some(Vec::new())).marker("left over");
        assert!(page(whole.build()).is_some_and(|page| page.next.is_none()));
    }
}
