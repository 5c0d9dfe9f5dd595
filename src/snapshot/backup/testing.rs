//! How AWS Backup tests restores by itself: restore testing plans and what they select.

use super::TagCondition;
use crate::record;
use crate::snapshot::fact::Listed;

record! {
    /// A restore testing plan.
    pub struct RestoreTestingPlan = "restore-testing-plan" labelled name {
        /// Name.
        name: String, Identity [ListRestoreTestingPlans];
        /// ARN.
        arn: String, Identity [ListRestoreTestingPlans];
        /// Schedule, as AWS writes it.
        schedule: String, Config [ListRestoreTestingPlans];
    } facts {
        /// Which recovery points it takes.
        source: RestoreTestingSource, Config [GetRestoreTestingPlan];
        /// Which resources it restores.
        selections: Listed<RestoreTestingSelection>, Config [ListRestoreTestingSelections];
    }
}

record! {
    /// Which recovery points a restore testing plan takes.
    pub struct RestoreTestingSource = "restore-testing-source" {
        /// ARNs with wildcards of the vaults that it takes them from.
        include_vaults: Vec<String>, Config [GetRestoreTestingPlan];
        /// ARNs with wildcards of the vaults that it leaves out.
        exclude_vaults: Vec<String>, Config [GetRestoreTestingPlan];
    }
}

record! {
    /// Which resources of one type a restore testing plan restores.
    pub struct RestoreTestingSelection = "restore-testing-selection" labelled name {
        /// Name.
        name: String, Identity [ListRestoreTestingSelections];
        /// Type of resource, as AWS Backup names it: `DynamoDB`.
        resource_type: String, Config [ListRestoreTestingSelections];
    } facts {
        /// What it selects; asked for tables only.
        criteria: RestoreTestingCriteria, Config [GetRestoreTestingSelection];
    }
}

record! {
    /// The criteria of a restore testing selection.
    pub struct RestoreTestingCriteria = "restore-testing-criteria" {
        /// ARNs, or `*` alone.
        resources: Vec<String>, Config [GetRestoreTestingSelection];
        /// Tags that must be there.
        string_equals: Vec<TagCondition>, Config [GetRestoreTestingSelection];
        /// Tags that must differ.
        string_not_equals: Vec<TagCondition>, Config [GetRestoreTestingSelection];
    }
}
