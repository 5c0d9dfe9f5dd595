//! The alarms that auto scaling made for its policies: whether they are still there and may act.
//!
//! A tracking policy does nothing by itself: its alarms call it. Who tidies them away stops the scaling, and nothing says
//! so ("Troubleshoot DynamoDB auto scaling", AWS Knowledge Center).

use std::collections::HashMap;

use crate::link::logic::Answer;
use crate::snapshot::Region;
use crate::snapshot::alarm::MetricAlarm;
use crate::snapshot::fact::{Reason, Why};
use crate::snapshot::operation::Operation;
use crate::snapshot::record::{Evidence, Grounds};
use crate::snapshot::scaling::{PolicyType, ScalingPolicy};

/// A tracking policy that names no alarm: AWS does not say when that can be.
static NO_ALARM: Why = Why::from_call(Reason::Ambiguous, Operation::DescribeScalingPolicies);

/// The alarms of a region, by name.
pub(super) struct Alarms<'a> {
    /// Hashed: their names are long, alike in most of their letters, and asked for more often than anything else.
    by_name: HashMap<&'a str, &'a MetricAlarm>,
    /// Why others may be missing.
    missing: Option<&'a Why>,
}

impl<'a> Alarms<'a> {
    pub(super) fn new(region: &'a Region) -> Alarms<'a> {
        let (items, missing) = match region.alarms.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        Alarms {
            by_name: items.iter().map(|it| (it.name.as_str(), it)).collect(),
            missing,
        }
    }

    /// Whether the alarms of a policy are there and may act. Only tracking policies make alarms of their own.
    pub(super) fn of(&self, policy: &ScalingPolicy) -> Answer<'a> {
        if !policy.kind.is(PolicyType::TargetTrackingScaling) {
            return Answer::Yes;
        }
        match policy.alarms.is_empty() {
            true => Answer::Unknown(&NO_ALARM),
            false => Answer::all(policy.alarms.iter().map(|name| self.is_alive(name))),
        }
    }

    fn is_alive(&self, name: &str) -> Answer<'a> {
        match self.by_name.get(name) {
            Some(alarm) => Answer::of(alarm.actions_enabled),
            None => Answer::No.or_missing(self.missing),
        }
    }

    /// What [`Alarms::of`] rests on: the alarms that are not alive.
    pub(super) fn ground(&self, policy: &ScalingPolicy, grounds: &mut Grounds) {
        if let Answer::Unknown(why) = self.of(policy) {
            grounds.unknown.push(why.clone());
        }
        for name in &policy.alarms {
            let observed = match (self.by_name.get(name.as_str()), self.missing) {
                (Some(alarm), _) if alarm.actions_enabled => continue,
                (Some(_), _) => "its actions are disabled",
                (None, None) => "it does not exist",
                (None, Some(_)) => continue,
            };
            grounds.evidence.push(Evidence {
                path: format!("alarm \"{name}\" of policy \"{}\"", policy.name),
                observed: observed.to_owned(),
                expected: "there, its actions enabled".to_owned(),
                from: Some(Operation::DescribeAlarms),
            });
        }
    }
}
