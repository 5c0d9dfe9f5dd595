//! What several JSON formats hold alike: subjects, scopes, evidence, and what could not be read.

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::SubjectId;
use crate::snapshot::Scope;
use crate::snapshot::fact::Why;
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Evidence;

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ScopeV1<'a> {
    account: &'a str,
    partition: &'a str,
    regions: &'a [String],
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SubjectV1<'a> {
    kind: &'a str,
    name: &'a str,
    table: Option<&'a str>,
    arn: Option<&'a str>,
    account: &'a str,
    region: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct EvidenceV1<'a> {
    path: &'a str,
    observed: &'a str,
    expected: &'a str,
    from: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct UnknownV1<'a> {
    reason: &'static str,
    action: Option<&'static str>,
    detail: Option<&'a str>,
}

impl<'a> ScopeV1<'a> {
    pub(in crate::report) fn from_scope(scope: &'a Scope) -> ScopeV1<'a> {
        ScopeV1 {
            account: &scope.account,
            partition: &scope.partition,
            regions: &scope.regions,
        }
    }
}

impl<'a> SubjectV1<'a> {
    pub(in crate::report) fn from_subject(subject: &'a SubjectId) -> SubjectV1<'a> {
        SubjectV1 {
            kind: &subject.kind,
            name: &subject.name,
            table: subject.table.as_deref(),
            arn: subject.arn.as_deref(),
            account: &subject.account,
            region: subject.region.as_deref(),
        }
    }
}

impl<'a> EvidenceV1<'a> {
    pub(in crate::report) fn from_evidence(evidence: &'a Evidence) -> EvidenceV1<'a> {
        EvidenceV1 {
            path: &evidence.path,
            observed: &evidence.observed,
            expected: &evidence.expected,
            from: evidence.from.map(Operation::name),
        }
    }
}

impl<'a> UnknownV1<'a> {
    pub(in crate::report) fn from_why(why: &'a Why) -> UnknownV1<'a> {
        let action = |operation: Operation| operation.action().unwrap_or(operation.name());
        UnknownV1 {
            reason: why.reason.word(),
            action: why.operation.map(action),
            detail: why.detail.as_deref(),
        }
    }
}
