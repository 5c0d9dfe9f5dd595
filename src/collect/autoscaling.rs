//! Application Auto Scaling in the namespace `dynamodb`: what it may move, and how.
//!
//! Scheduled actions are not read.

use aws_sdk_applicationautoscaling::operation::describe_scalable_targets::DescribeScalableTargetsOutput;
use aws_sdk_applicationautoscaling::operation::describe_scaling_policies::DescribeScalingPoliciesOutput;
use aws_sdk_applicationautoscaling::types::{
    ScalableTarget as SdkTarget, ScalingPolicy as SdkPolicy, ServiceNamespace,
};

use super::call::Caller;
use super::client::Clients;
use super::listing::Page;
use super::shape::{Malformed, choice, count, maybe_time, text};
use crate::snapshot::fact::{Fact, Listed};
use crate::snapshot::operation::Operation;
use crate::snapshot::scaling::{ScalableTarget, ScalingPolicy};

/// The scalable targets of the region, sorted by resource and dimension.
pub(super) async fn targets(caller: &Caller<'_>) -> Fact<Listed<ScalableTarget>> {
    let send = |clients: &Clients, token| {
        let call = clients.autoscaling.describe_scalable_targets();
        let call = call.service_namespace(ServiceNamespace::Dynamodb);
        call.set_next_token(token).send()
    };
    let read = |answer: DescribeScalableTargetsOutput| {
        let targets = answer.scalable_targets?;
        Some(Page {
            items: targets.iter().map(|each| target(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::DescribeScalableTargets;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|target| (target.resource_id.clone(), target.dimension.clone()))
}

/// The scaling policies of the region, sorted by resource, dimension and name.
pub(super) async fn policies(caller: &Caller<'_>) -> Fact<Listed<ScalingPolicy>> {
    let send = |clients: &Clients, token| {
        let call = clients.autoscaling.describe_scaling_policies();
        let call = call.service_namespace(ServiceNamespace::Dynamodb);
        call.set_next_token(token).send()
    };
    let read = |answer: DescribeScalingPoliciesOutput| {
        let policies = answer.scaling_policies?;
        Some(Page {
            items: policies.iter().map(|each| policy(each).ok()).collect(),
            next: answer.next_token,
        })
    };
    let operation = Operation::DescribeScalingPolicies;
    let listing = caller.list(operation, None, send, read).await;
    listing.into_fact(|policy| {
        let target = (policy.resource_id.clone(), policy.dimension.clone());
        (target, policy.name.clone())
    })
}

/// A target. The SDK puts 0 where a capacity is missing, which AWS does not allow as a maximum.
fn target(target: &SdkTarget) -> Result<ScalableTarget, Malformed> {
    let suspended = target.suspended_state();
    let max_capacity = count(Some(target.max_capacity()), "MaxCapacity")?;
    if max_capacity == 0 {
        return Err(Malformed("MaxCapacity"));
    }
    Ok(ScalableTarget {
        resource_id: text(Some(target.resource_id()), "ResourceId")?,
        dimension: text(
            Some(target.scalable_dimension().as_str()),
            "ScalableDimension",
        )?,
        min_capacity: count(Some(target.min_capacity()), "MinCapacity")?,
        max_capacity,
        scale_in_suspended: suspended
            .and_then(|state| state.dynamic_scaling_in_suspended())
            .unwrap_or(false),
        scale_out_suspended: suspended
            .and_then(|state| state.dynamic_scaling_out_suspended())
            .unwrap_or(false),
        scheduled_suspended: suspended
            .and_then(|state| state.scheduled_scaling_suspended())
            .unwrap_or(false),
        created_at: maybe_time(Some(target.creation_time()), "CreationTime").unwrap_or(None),
    })
}

fn policy(policy: &SdkPolicy) -> Result<ScalingPolicy, Malformed> {
    let tracking = policy.target_tracking_scaling_policy_configuration();
    let predefined = tracking.and_then(|tracking| tracking.predefined_metric_specification());
    let mut alarms: Vec<String> = policy
        .alarms()
        .iter()
        .map(|alarm| text(Some(alarm.alarm_name()), "AlarmName"))
        .collect::<Result<_, _>>()?;
    alarms.sort();
    Ok(ScalingPolicy {
        name: text(Some(policy.policy_name()), "PolicyName")?,
        arn: text(Some(policy.policy_arn()), "PolicyARN")?,
        resource_id: text(Some(policy.resource_id()), "ResourceId")?,
        dimension: text(
            Some(policy.scalable_dimension().as_str()),
            "ScalableDimension",
        )?,
        kind: choice(Some(policy.policy_type().as_str()), "PolicyType")?,
        metric: predefined.map(|metric| metric.predefined_metric_type().as_str().to_owned()),
        target_value: tracking.map(|tracking| tracking.target_value()),
        scale_in_disabled: tracking
            .and_then(|tracking| tracking.disable_scale_in())
            .unwrap_or(false),
        alarms,
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_applicationautoscaling::primitives::DateTime;
    use aws_sdk_applicationautoscaling::types::ScalableDimension;

    use super::*;

    fn read(max_capacity: i32) -> Result<ScalableTarget, Malformed> {
        let each = SdkTarget::builder()
            .service_namespace(ServiceNamespace::Dynamodb)
            .resource_id("table/orders")
            .scalable_dimension(ScalableDimension::DynamoDbTableReadCapacityUnits)
            .min_capacity(5)
            .max_capacity(max_capacity)
            .role_arn("arn:aws:iam::123456789012:role/scaling")
            .creation_time(DateTime::from_secs(0));
        target(&each.build().expect("complete"))
    }

    #[test]
    fn a_target_without_suspended_state_is_not_suspended() {
        let target = read(50).expect("readable");
        assert!(!target.scale_in_suspended && !target.scale_out_suspended);
        assert_eq!(target.dimension, "dynamodb:table:ReadCapacityUnits");
        assert_eq!(target.created_at, None);
    }

    #[test]
    fn a_capacity_that_the_sdk_filled_in_is_malformed() {
        assert_eq!(read(0), Err(Malformed("MaxCapacity")));
    }
}
