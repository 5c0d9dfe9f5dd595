//! Auto scaling of tables and indexes: each dimension's target with its policies.

mod alarms;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::alarms::Alarms;
use crate::snapshot::fact::{Fact, Listed, UNRECOGNISED, Why};
use crate::snapshot::record::{Evidence, FactType, Grounds};
use crate::snapshot::scaling::{PolicyType, ScalableTarget, ScalingPolicy};
use crate::snapshot::table::Table;
use crate::snapshot::{Region, operation::Operation};
use crate::view;

use super::logic::Answer;

/// The predefined metrics of DynamoDB: of reads, of writes.
const UTILISATION: [&str; 2] = [
    "DynamoDBReadCapacityUtilization",
    "DynamoDBWriteCapacityUtilization",
];

/// A scalable target with its policies.
#[derive(Clone)]
pub struct ScalingView<'a> {
    target: &'a ScalableTarget,
    policies: Fact<Listed<&'a ScalingPolicy>>,
    alarms: Arc<Alarms<'a>>,
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
        /// Whether the alarms that its tracking policies made are still there and may act.
        alarms_alive() checked |_| Ok(()), [DescribeScalingPolicies, DescribeAlarms] =
            |v, _| v.alarms_alive().value(), explained |v, _| v.alarm_grounds();
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
        let [read, write] = UTILISATION;
        if self.side() == "read" { read } else { write }
    }

    fn tracks_utilisation(&self) -> Answer<'_> {
        let listed = match self.policies.as_ref() {
            Ok(listed) => listed,
            Err(why) => return Answer::Unknown(why),
        };
        let any = Answer::any(listed.items.iter().map(|policy| self.tracks(policy)));
        any.or_missing(listed.missing.as_ref())
    }

    /// Whether the policy tracks the utilisation of this side. A word that this version does not know may mean that.
    fn tracks(&self, policy: &ScalingPolicy) -> Answer<'static> {
        let kind = policy.kind.0.as_str();
        let of_kind = match kind == PolicyType::TargetTrackingScaling {
            false if !PolicyType::CHOICES.knows(kind) => Answer::Unknown(&UNRECOGNISED),
            is_tracking => Answer::of(is_tracking),
        };
        let of_side = match policy.metric.as_deref() {
            None => Answer::Yes,
            Some(metric) if UTILISATION.contains(&metric) => {
                Answer::of(metric == self.utilisation_metric())
            }
            Some(_) => Answer::Unknown(&UNRECOGNISED),
        };
        of_kind.and(of_side)
    }

    fn alarms_alive(&self) -> Answer<'_> {
        let listed = match self.policies.as_ref() {
            Ok(listed) => listed,
            Err(why) => return Answer::Unknown(why),
        };
        let alive = Answer::all(listed.items.iter().map(|policy| self.alarms.of(policy)));
        match listed.missing.as_ref() {
            Some(why) => alive.and(Answer::Unknown(why)),
            None => alive,
        }
    }

    fn alarm_grounds(&self) -> Grounds {
        let mut grounds = Grounds::default();
        let listed = match self.policies.as_ref() {
            Ok(listed) => listed,
            Err(why) => {
                grounds.unknown.push(why.clone());
                return grounds;
            }
        };
        grounds.unknown.extend(listed.missing.clone());
        for policy in &listed.items {
            self.alarms.ground(policy, &mut grounds);
        }
        grounds
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
        let unclear = listed.items.iter().map(|policy| self.tracks(policy));
        let unclear = unclear.filter_map(|answer| match answer {
            Answer::Unknown(why) => Some(why.clone()),
            Answer::Yes | Answer::No => None,
        });
        Grounds {
            evidence: vec![evidence],
            unknown: listed.missing.iter().cloned().chain(unclear).collect(),
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
    alarms: Arc<Alarms<'a>>,
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
            alarms: Arc::new(Alarms::new(region)),
        }
    }

    /// The target of a resource's dimension, with its policies; absent where it has none.
    pub fn of(&self, resource_id: &str, dimension: &str) -> Fact<Option<ScalingView<'a>>> {
        let key = (resource_id, dimension);
        match (self.targets.get(&key), self.targets_missing) {
            (Some(target), _) => Fact::Known(Some(ScalingView {
                target,
                policies: self.policies_of(key),
                alarms: Arc::clone(&self.alarms),
            })),
            (None, Some(why)) => Fact::Unknown(why.clone()),
            (None, None) => Fact::Known(None),
        }
    }

    /// The targets of a table and of those of its indexes that are there. A target outlives its index, so those of
    /// indexes are left out, as missing, where the indexes could not be read.
    pub fn of_table(&self, table: &Table) -> Fact<Listed<ScalingView<'a>>> {
        let resource = format!("table/{}", table.name);
        let from = self.targets.range((resource.as_str(), "")..);
        let near = from.take_while(|((id, _), _)| id.starts_with(resource.as_str()));
        let (mut items, mut missing) = (Vec::new(), self.targets_missing);
        for (key, target) in near {
            match belongs(key.0, &resource, table) {
                Answer::No => {}
                Answer::Unknown(why) => missing = missing.or(Some(why)),
                Answer::Yes => items.push(ScalingView {
                    target,
                    policies: self.policies_of(*key),
                    alarms: Arc::clone(&self.alarms),
                }),
            }
        }
        match (items.is_empty(), missing) {
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

/// Whether a target is the table's or one of its indexes'. The name of a table may begin that of another.
fn belongs<'t>(id: &str, resource: &str, table: &'t Table) -> Answer<'t> {
    let Some(rest) = id.strip_prefix(resource) else {
        return Answer::No;
    };
    match (rest.strip_prefix("/index/"), table.indexes.as_ref()) {
        (None, _) => Answer::of(rest.is_empty()),
        (Some(_), Err(why)) => Answer::Unknown(why),
        (Some(name), Ok(indexes)) => Answer::of(indexes.iter().any(|it| it.name == name)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn region(targets: Value, policies: Value) -> Region {
        let region = json!({"account": "1", "partition": "aws", "region": "eu-west-1",
            "scaling_targets": targets, "scaling_policies": policies});
        serde_json::from_value(region).expect("a region")
    }

    fn target(id: &str, side: &str) -> Value {
        let kind = if id.contains("/index/") {
            "index"
        } else {
            "table"
        };
        json!({"resource_id": id, "dimension": format!("dynamodb:{kind}:{side}CapacityUnits"), "min_capacity": 1,
            "max_capacity": 9, "scale_in_suspended": false, "scale_out_suspended": false,
            "scheduled_suspended": false, "created_at": null})
    }

    fn table(indexes: Value) -> Table {
        serde_json::from_value(json!({"name": "orders", "indexes": indexes})).expect("a table")
    }

    #[test]
    fn a_table_has_its_own_targets_and_those_of_its_indexes() {
        let targets = json!([
            target("table/orders", "Write"),
            target("table/orders-old", "Write"),
            target("table/orders.index", "Write"),
            target("table/orders/index/by.day", "Write"),
            target("table/orders/index/gone", "Write"),
            target("table/orders-old/index/by.day", "Write"),
        ]);
        let region = region(targets, json!([]));
        let scaling = Scaling::new(&region);
        let ids = |indexes| {
            let listed = scaling.of_table(&table(indexes));
            let listed = listed.known().expect("listed");
            let ids = listed.items.iter().map(|it| it.target.resource_id.clone());
            (ids.collect::<Vec<_>>(), listed.missing.is_some())
        };
        let both = ["table/orders", "table/orders/index/by.day"].map(str::to_owned);
        assert_eq!(ids(json!([{"name": "by.day"}])), (both.to_vec(), false));
        let unread = json!({"$unknown": {"reason": "denied"}});
        assert_eq!(ids(unread), (both[..1].to_vec(), true));
    }

    #[test]
    fn a_target_that_is_not_listed_is_none_only_in_a_complete_list() {
        for (targets, expected) in [
            (json!([]), Some(false)),
            (json!([target("table/orders", "Write")]), Some(true)),
            (
                json!({"$partial": {"reason": "throttled"}, "items": [target("table/orders", "Write")]}),
                Some(true),
            ),
            (
                json!({"$partial": {"reason": "throttled"}, "items": [target("table/orders", "Read")]}),
                None,
            ),
            (json!({"$unknown": {"reason": "denied"}}), None),
        ] {
            let region = region(targets.clone(), json!([]));
            let target =
                Scaling::new(&region).of("table/orders", "dynamodb:table:WriteCapacityUnits");
            assert_eq!(target.known().map(Option::is_some), expected, "{targets}");
        }
    }

    #[test]
    fn a_policy_tracks_its_own_side() {
        let policy = |kind: &str, metric: Option<&str>| {
            json!([{"name": "p", "arn": "p", "resource_id": "table/orders", "target_value": 70.0,
                "dimension": "dynamodb:table:WriteCapacityUnits", "kind": kind, "metric": metric,
                "scale_in_disabled": false, "alarms": []}])
        };
        let tracking = "TargetTrackingScaling";
        for (policies, expected) in [
            (
                policy(tracking, Some("DynamoDBWriteCapacityUtilization")),
                "yes",
            ),
            (
                policy(tracking, Some("DynamoDBReadCapacityUtilization")),
                "no",
            ),
            (
                policy(tracking, Some("DynamoDBWarmthUtilization")),
                "unknown",
            ),
            (policy(tracking, None), "yes"),
            (policy("StepScaling", None), "no"),
            (policy("ForesightScaling", None), "unknown"),
            (json!([]), "no"),
            (
                json!({"$partial": {"reason": "throttled"}, "items": []}),
                "unknown",
            ),
            (json!({"$unknown": {"reason": "denied"}}), "unknown"),
        ] {
            let region = region(json!([target("table/orders", "Write")]), policies.clone());
            let scaling = Scaling::new(&region);
            let listed = scaling.of_table(&table(json!([])));
            let target = &listed.known().expect("listed").items[0];
            let word = match target.tracks_utilisation() {
                Answer::Yes => "yes",
                Answer::No => "no",
                Answer::Unknown(_) => "unknown",
            };
            assert_eq!(word, expected, "{policies}");
            let unknown = target.policy_grounds().unknown;
            assert_eq!(unknown.is_empty(), expected != "unknown", "{policies}");
        }
    }
}
