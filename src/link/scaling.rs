//! Auto scaling of tables and indexes: each dimension's target with its policies.

use std::collections::BTreeMap;

use crate::snapshot::fact::{Fact, Listed, Why};
use crate::snapshot::record::{Evidence, FactType, Grounds};
use crate::snapshot::scaling::{PolicyType, ScalableTarget, ScalingPolicy};
use crate::snapshot::table::Table;
use crate::snapshot::{Region, operation::Operation};
use crate::view;

use super::logic::Answer;

/// A scalable target with its policies.
#[derive(Clone)]
pub struct ScalingView<'a> {
    target: &'a ScalableTarget,
    policies: Fact<Listed<&'a ScalingPolicy>>,
}

view! {
    /// A dimension of a table or index that auto scaling may move, with its policies.
    impl ScalingView = "scaling-target" over ScalableTarget = |v| v.target, labelled |v| v.target.resource_id.clone() + " " + v.side();
    fields {
        /// `read` or `write`.
        side: String, [DescribeScalableTargets] = |v| crate::snapshot::record::Value::Text(v.side());
        /// The policies that move it.
        policies: Fact<Listed<ScalingPolicy>>, [DescribeScalingPolicies] = |v| v.policies.value();
    }
    methods {
        /// Whether a policy keeps the utilisation of its own side: tracking of the predefined metric, or of a metric of
        /// the user's own.
        tracks_utilisation() checked |_| Ok(()), [DescribeScalingPolicies] =
            |v, _| v.tracks_utilisation().value(), explained |v, _| v.policy_grounds();
    }
}

impl FactType for &ScalingPolicy {
    fn ty() -> crate::snapshot::record::Type {
        ScalingPolicy::ty()
    }
    fn value(&self) -> crate::snapshot::record::Value<'_> {
        (*self).value()
    }
}

impl ScalingView<'_> {
    fn side(&self) -> &'static str {
        if self.target.dimension.ends_with("ReadCapacityUnits") {
            "read"
        } else {
            "write"
        }
    }

    /// The highest units a second it may go to.
    pub fn max_capacity(&self) -> u64 {
        self.target.max_capacity
    }

    fn utilisation_metric(&self) -> &'static str {
        if self.side() == "read" {
            "DynamoDBReadCapacityUtilization"
        } else {
            "DynamoDBWriteCapacityUtilization"
        }
    }

    fn tracks_utilisation(&self) -> Answer<'_> {
        let listed = match self.policies.as_ref() {
            Ok(listed) => listed,
            Err(why) => return Answer::Unknown(why),
        };
        let tracks = |policy: &&&ScalingPolicy| {
            policy.kind.is(PolicyType::TargetTrackingScaling)
                && policy
                    .metric
                    .as_deref()
                    .is_none_or(|metric| metric == self.utilisation_metric())
        };
        let any = listed.items.iter().any(|policy| tracks(&policy));
        Answer::of(any).or_missing(listed.missing.as_ref())
    }

    fn policy_grounds(&self) -> Grounds {
        let path = || format!("policies of {} {}", self.target.resource_id, self.side());
        let expected = format!("target tracking of {}", self.utilisation_metric());
        let from = Some(Operation::DescribeScalingPolicies);
        let listed = match self.policies.as_ref() {
            Ok(listed) => listed,
            Err(why) => {
                return Grounds {
                    evidence: Vec::new(),
                    unknown: vec![why.clone()],
                };
            }
        };
        let seen = |policy: &&ScalingPolicy| {
            format!(
                "{} of {}",
                policy.kind,
                policy.metric.as_deref().unwrap_or("a custom metric")
            )
        };
        let mut observed: Vec<String> = listed.items.iter().map(seen).collect();
        if observed.is_empty() {
            observed.push("none".to_owned());
        }
        let evidence = Evidence {
            path: path(),
            observed: observed.join(", "),
            expected,
            from,
        };
        Grounds {
            evidence: vec![evidence],
            unknown: listed.missing.iter().cloned().collect(),
        }
    }
}

/// The scaling of one region, by resource and dimension.
pub struct Scaling<'a> {
    targets: BTreeMap<(&'a str, &'a str), &'a ScalableTarget>,
    targets_missing: Option<&'a Why>,
    policies: BTreeMap<(&'a str, &'a str), Vec<&'a ScalingPolicy>>,
    policies_unread: Option<&'a Why>,
    policies_missing: Option<&'a Why>,
}

impl<'a> Scaling<'a> {
    /// Sorts the targets and policies of a region.
    pub fn new(region: &'a Region) -> Scaling<'a> {
        let (targets, targets_missing) = match region.scaling_targets.as_ref() {
            Ok(listed) => (listed.items.as_slice(), listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why)),
        };
        let (policies, policies_unread, policies_missing) = match region.scaling_policies.as_ref() {
            Ok(listed) => (listed.items.as_slice(), None, listed.missing.as_ref()),
            Err(why) => (&[][..], Some(why), None),
        };
        let mut by_target: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for policy in policies {
            by_target
                .entry((policy.resource_id.as_str(), policy.dimension.as_str()))
                .or_default()
                .push(policy);
        }
        Scaling {
            targets: targets
                .iter()
                .map(|it| ((it.resource_id.as_str(), it.dimension.as_str()), it))
                .collect(),
            targets_missing,
            policies: by_target,
            policies_unread,
            policies_missing,
        }
    }

    /// The target of a resource's dimension, with its policies; absent where it has none.
    pub fn of(&self, resource_id: &str, dimension: &str) -> Fact<Option<ScalingView<'a>>> {
        let key = (resource_id, dimension);
        match (self.targets.get(&key), self.targets_missing) {
            (Some(target), _) => Fact::Known(Some(ScalingView {
                target,
                policies: self.policies_of(key),
            })),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::Known(None),
        }
    }

    /// The targets of a table and of those of its indexes that are there; all of them where that is not known.
    pub fn of_table(&self, table: &Table) -> Fact<Listed<ScalingView<'a>>> {
        let resource = format!("table/{}", table.name);
        let belongs = |id: &str| match id
            .strip_prefix(&resource)
            .map(|rest| rest.strip_prefix("/index/").ok_or(rest))
        {
            Some(Err("")) => true,
            Some(Ok(index)) => table
                .indexes
                .known()
                .is_none_or(|known| known.iter().any(|it| it.name == index)),
            Some(Err(_)) | None => false,
        };
        let from = self.targets.range((resource.as_str(), "")..);
        let near = from.take_while(|((id, _), _)| id.starts_with(resource.as_str()));
        let own = near.filter(|((id, _), _)| belongs(id));
        let items: Vec<_> = own
            .map(|(key, target)| ScalingView {
                target,
                policies: self.policies_of(*key),
            })
            .collect();
        match (items.is_empty(), self.targets_missing) {
            (true, Some(why)) => Fact::Unknown(why.clone()),
            (_, missing) => Fact::Known(Listed {
                items,
                missing: missing.cloned(),
            }),
        }
    }

    fn policies_of(&self, key: (&str, &str)) -> Fact<Listed<&'a ScalingPolicy>> {
        if let Some(why) = self.policies_unread {
            return Fact::Unknown(why.clone());
        }
        let items = self.policies.get(&key).cloned().unwrap_or_default();
        Fact::Known(Listed {
            items,
            missing: self.policies_missing.cloned(),
        })
    }
}
