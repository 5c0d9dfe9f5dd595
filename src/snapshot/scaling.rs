//! Application Auto Scaling in the namespace `dynamodb`: scalable targets and their policies.

use jiff::Timestamp;

use crate::{choice, record};

choice! {
    /// What a scalable target moves. The words are those of AWS.
    PolicyType = "policy-type" [TargetTrackingScaling, StepScaling, PredictiveScaling];
}

record! {
    /// A dimension of a table or index that auto scaling may move.
    pub struct ScalableTarget = "scaling-target" labelled dimension {
        /// `table/NAME` or `table/NAME/index/INDEX`.
        resource_id: String, Identity [DescribeScalableTargets];
        /// `dynamodb:table:ReadCapacityUnits` and its like.
        dimension: String, Identity [DescribeScalableTargets];
        /// Lowest units a second.
        min_capacity: u64, Config [DescribeScalableTargets];
        /// Highest units a second.
        max_capacity: u64, Config [DescribeScalableTargets];
        /// Whether scaling in is suspended.
        scale_in_suspended: bool, Config [DescribeScalableTargets];
        /// Whether scaling out is suspended.
        scale_out_suspended: bool, Config [DescribeScalableTargets];
        /// Whether scheduled scaling is suspended.
        scheduled_suspended: bool, Config [DescribeScalableTargets];
        /// When it was registered; null where AWS does not say.
        created_at: Option<Timestamp>, Identity [DescribeScalableTargets];
    }
}

record! {
    /// A policy that moves a scalable target.
    pub struct ScalingPolicy = "scaling-policy" labelled name {
        /// Name.
        name: String, Identity [DescribeScalingPolicies];
        /// ARN.
        arn: String, Identity [DescribeScalingPolicies];
        /// The target's resource: `table/NAME` or `table/NAME/index/INDEX`.
        resource_id: String, Identity [DescribeScalingPolicies];
        /// The target's dimension: `dynamodb:table:ReadCapacityUnits` and its like.
        dimension: String, Identity [DescribeScalingPolicies];
        /// Kind of policy.
        kind: PolicyType, Config [DescribeScalingPolicies];
        /// The predefined metric it tracks; null for a custom metric or another kind.
        metric: Option<String>, Config [DescribeScalingPolicies];
        /// The utilisation it keeps, in per cent; null for another kind.
        target_value: Option<f64>, Config [DescribeScalingPolicies];
        /// Whether it never scales in.
        scale_in_disabled: bool, Config [DescribeScalingPolicies];
        /// The names of the alarms that it made.
        alarms: Vec<String>, Config [DescribeScalingPolicies];
    }
}
