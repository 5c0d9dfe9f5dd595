//! A Compliance Finding, attribute by attribute: what is not known is left out, never made up.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::Serialize;

use super::words;
use crate::finding::{Decoration, Finding, Verdict};
use crate::report::json::said;
use crate::report::pipeline::accepted;
use crate::report::{Report, RuleFacts};
use crate::snapshot::fact::Why;
use crate::snapshot::operation::Operation;
use crate::snapshot::record::Evidence;

/// The version of the framework.
const VERSION: &str = "1.6.0";
const CATEGORY: u32 = 2;
const CLASS: u32 = 2003;
/// What the rules are rules of.
const STANDARD: &str = "DynamoDB production readiness";

/// The event of a finding.
#[derive(Serialize)]
pub(super) struct Event<'a> {
    activity_id: u8,
    activity_name: &'static str,
    category_uid: u32,
    category_name: &'static str,
    class_uid: u32,
    class_name: &'static str,
    type_uid: u32,
    type_name: String,
    /// Milliseconds since 1970: when the facts were read.
    time: i64,
    severity_id: u8,
    severity: &'static str,
    status_id: u8,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<String>,
    message: Cow<'a, str>,
    metadata: Metadata<'a>,
    cloud: Cloud<'a>,
    finding_info: FindingInfo<'a>,
    compliance: Compliance<'a>,
    resources: Vec<Resource<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidences: Vec<Artifact<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remediation: Option<Remediation<'a>>,
    unmapped: Unmapped<'a>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    version: &'static str,
    profiles: [&'static str; 1],
    product: Product<'a>,
    /// The rule.
    event_code: &'a str,
    /// The target of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<[String; 1]>,
}

#[derive(Serialize)]
struct Product<'a> {
    name: &'static str,
    vendor_name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Cloud<'a> {
    provider: &'static str,
    account: Account<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
}

#[derive(Serialize)]
struct Account<'a> {
    uid: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    type_id: u8,
}

#[derive(Serialize)]
struct FindingInfo<'a> {
    uid: &'a str,
    title: &'a str,
    desc: Cow<'a, str>,
    types: [String; 1],
    analytic: Analytic<'a>,
    last_seen_time: i64,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    data_sources: BTreeSet<&'static str>,
}

#[derive(Serialize)]
struct Analytic<'a> {
    uid: &'a str,
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    type_id: u8,
}

#[derive(Serialize)]
struct Compliance<'a> {
    control: &'a str,
    standards: [&'static str; 1],
    category: &'static str,
    status_id: u8,
    status: &'static str,
    status_code: &'static str,
    /// What could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_details: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    control_parameters: Vec<Parameter<'a>>,
}

#[derive(Serialize)]
struct Parameter<'a> {
    name: &'a str,
    value: String,
}

#[derive(Serialize)]
struct Resource<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_partition: Option<&'a str>,
}

#[derive(Serialize)]
struct Artifact<'a> {
    name: &'a str,
    data: Observed<'a>,
}

#[derive(Serialize)]
struct Observed<'a> {
    observed: &'a str,
    expected: &'a str,
    from: Option<&'static str>,
}

#[derive(Serialize)]
struct Remediation<'a> {
    desc: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    references: Vec<&'a str>,
}

/// What the framework has no place for.
#[derive(Serialize)]
struct Unmapped<'a> {
    rules_digest: &'a str,
    rule_file: String,
    source: &'a str,
}

impl<'a> Event<'a> {
    /// The event of a finding; `rule` is what is known of its rule.
    pub(super) fn new(
        report: &'a Report,
        rule: Option<&'a RuleFacts>,
        finding: &'a Finding,
    ) -> Event<'a> {
        let (activity, severity) = (words::activity(finding.verdict), words::severity(finding));
        let status = words::status(finding);
        let time = report.collected_at.as_millisecond();
        let subject = &finding.subject;
        let evidence = finding.evidence.iter();
        let (file, line) = &finding.source;
        Event {
            activity_id: activity.id,
            activity_name: activity.word,
            category_uid: CATEGORY,
            category_name: "Findings",
            class_uid: CLASS,
            class_name: "Compliance Finding",
            type_uid: CLASS * 100 + u32::from(activity.id),
            type_name: format!("Compliance Finding: {}", activity.word),
            time,
            severity_id: severity.id,
            severity: severity.word,
            status_id: status.id,
            status: status.word,
            status_code: finding.decoration.as_ref().map(Decoration::word),
            status_detail: accepted(finding, report),
            message: said(finding),
            metadata: Metadata::new(report, finding),
            cloud: Cloud {
                provider: "AWS",
                account: Account {
                    uid: &subject.account,
                    kind: "AWS Account",
                    type_id: 10,
                },
                region: subject.region.as_deref(),
            },
            finding_info: FindingInfo::new(finding, rule, time),
            compliance: Compliance::new(finding),
            resources: resources(report, finding),
            evidences: evidence.map(Artifact::new).collect(),
            remediation: Remediation::new(finding, rule),
            unmapped: Unmapped {
                rules_digest: &report.rules_digest,
                rule_file: format!("{file}:{line}"),
                source: &report.source,
            },
        }
    }
}

impl<'a> Metadata<'a> {
    fn new(report: &'a Report, finding: &'a Finding) -> Metadata<'a> {
        let target = report.config_effects.target.as_deref();
        Metadata {
            version: VERSION,
            profiles: ["cloud"],
            product: Product {
                name: "dynalint",
                vendor_name: "dynalint",
                version: &report.tool_version,
            },
            event_code: &finding.rule,
            labels: target.map(|target| [format!("target:{target}")]),
        }
    }
}

impl<'a> FindingInfo<'a> {
    fn new(finding: &'a Finding, rule: Option<&'a RuleFacts>, time: i64) -> FindingInfo<'a> {
        let title = rule.map_or(&*finding.rule, |rule| &rule.title);
        let seen = finding.evidence.iter().filter_map(|it| it.from);
        let unread = finding.unknown.iter().filter_map(|it| it.operation);
        FindingInfo {
            uid: &finding.fingerprint,
            title,
            desc: said(finding),
            types: [format!("{STANDARD}/{}", finding.area.title())],
            analytic: Analytic {
                uid: &finding.rule,
                name: title,
                kind: "Rule",
                type_id: 1,
            },
            last_seen_time: time,
            data_sources: seen.chain(unread).map(Operation::name).collect(),
        }
    }
}

impl<'a> Compliance<'a> {
    fn new(finding: &'a Finding) -> Compliance<'a> {
        let status = words::compliance(finding.verdict);
        let parameter = |(name, value): (&'a String, &serde_json::Value)| Parameter {
            name,
            value: value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
        };
        Compliance {
            control: &finding.rule,
            standards: [STANDARD],
            category: finding.area.word(),
            status_id: status.id,
            status: status.word,
            status_code: finding.verdict.word(),
            status_details: finding.unknown.iter().map(Why::to_string).collect(),
            control_parameters: finding.params.iter().map(parameter).collect(),
        }
    }
}

/// What the finding is about, and the table that it belongs to.
fn resources<'a>(report: &'a Report, finding: &'a Finding) -> Vec<Resource<'a>> {
    let subject = &finding.subject;
    let mut scopes = report.scopes.iter();
    let scope = scopes.find(|scope| scope.account == subject.account);
    let resource = |name, uid, kind| Resource {
        name,
        uid,
        kind,
        region: subject.region.as_deref(),
        cloud_partition: scope.map(|scope| &*scope.partition),
    };
    let own = resource(&subject.name, subject.arn.as_deref(), &subject.kind);
    let table = subject.table.as_deref().filter(|_| subject.kind != "table");
    let table = table.map(|table| resource(table, None, "table"));
    [own].into_iter().chain(table).collect()
}

impl<'a> Artifact<'a> {
    fn new(evidence: &'a Evidence) -> Artifact<'a> {
        Artifact {
            name: &evidence.path,
            data: Observed {
                observed: &evidence.observed,
                expected: &evidence.expected,
                from: evidence.from.map(Operation::name),
            },
        }
    }
}

impl<'a> Remediation<'a> {
    /// What to do; nothing where nothing is to be done.
    fn new(finding: &Finding, rule: Option<&'a RuleFacts>) -> Option<Remediation<'a>> {
        let desc = match finding.verdict {
            Verdict::Fail => words::repair(finding, rule),
            Verdict::Unknown => words::allow(&finding.unknown),
            Verdict::Pass | Verdict::NotApplicable => return None,
        };
        let pages = rule.map_or(&[][..], |rule| &rule.refs);
        Some(Remediation {
            desc,
            references: pages.iter().map(String::as_str).collect(),
        })
    }
}
