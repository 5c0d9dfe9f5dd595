//! The report as JSON, version 1: for machines, and a promise to them.
//!
//! Has structs of its own, so that a change inside the program can't change the format. Fields may be added inside a
//! version; nothing is renamed or removed. Lists are sorted; only `duration_ms` may differ between two runs on one
//! snapshot.

pub(super) mod parts;

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde::ser::Error;

use self::parts::{EvidenceV1, ScopeV1, SubjectV1, UnknownV1};
use super::{BlindSpot, Counts, LeftOut, Report, Setting, Summary, TurnedOff, worst_first};
use crate::attestation::Hold;
use crate::checklist::{Assessed, Item, Signature, Standing};
use crate::finding::{Area, Decoration, Finding, Verdict};
use crate::{baseline, waiver};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The report as JSON, indented, with a line end after it.
///
/// # Errors
/// None that is known: every key is text and every number finite.
pub fn render(report: &Report) -> Result<String, serde_json::Error> {
    // Room for most of it at once: a text that grows is copied each time.
    let mut bytes = Vec::with_capacity(report.findings.len() * A_FINDING);
    serde_json::to_writer_pretty(&mut bytes, &ReportV1::from_report(report))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(serde_json::Error::custom)
}

/// Bytes of a usual finding.
const A_FINDING: usize = 1200;

/// The JSON Schema of the format.
pub fn schema() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings
        .into_generator()
        .into_root_schema_for::<ReportV1<'_>>()
}

/// A report of dynalint.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Report")]
pub(super) struct ReportV1<'a> {
    pub(super) version: u32,
    pub(super) tool: ToolV1<'a>,
    pub(super) run: RunV1<'a>,
    pub(super) gate: GateV1,
    pub(super) summary: SummaryV1<'a>,
    pub(super) results: Vec<ResultV1<'a>>,
    pub(super) checklists: Vec<ChecklistV1<'a>>,
    pub(super) gaps: Vec<GapV1<'a>>,
    /// Rules that the configuration turned off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) off: Vec<OffV1<'a>>,
    /// Areas and services that the configuration leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) not_assessed: Vec<LeftOutV1<'a>>,
    /// What of the configuration found nothing.
    #[serde(skip_serializing_if = "no_texts")]
    pub(super) notices: &'a [String],
    pub(super) waivers: Vec<StandingV1<'a>>,
    pub(super) baseline: Option<BaselineV1>,
}

pub(super) fn no_texts(texts: &&[String]) -> bool {
    texts.is_empty()
}

#[derive(Serialize, JsonSchema)]
pub(super) struct OffV1<'a> {
    rule: &'a str,
    because: &'a str,
    from: &'a str,
    /// For how many tables, or accounts and regions; null is everywhere.
    places: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct LeftOutV1<'a> {
    name: &'a str,
    because: &'a str,
    from: &'a str,
    rules: usize,
}

#[derive(Serialize, JsonSchema)]
struct SettingV1<'a> {
    name: &'a str,
    value: &'a serde_json::Value,
    from: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ToolV1<'a> {
    name: &'static str,
    version: &'a str,
    rules_digest: &'a str,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct RunV1<'a> {
    source: &'a str,
    scopes: Vec<ScopeV1<'a>>,
    caller_arn: Option<&'a str>,
    collected_at: String,
    duration_ms: u64,
    /// The target of the configuration that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    /// Rules that were not assessed because the user wanted no metrics read.
    #[serde(skip_serializing_if = "is_none")]
    rules_without_metrics: usize,
    calls: &'a BTreeMap<String, u64>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize, JsonSchema)]
pub(super) struct GateV1 {
    fail_on: &'static str,
    verdict: &'static str,
    exit_code: u8,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct SummaryV1<'a> {
    pass: usize,
    fail: usize,
    unknown: usize,
    not_applicable: usize,
    waived: usize,
    baselined: usize,
    by_area: BTreeMap<&'static str, CountsV1>,
    by_rule: BTreeMap<&'a str, CountsV1>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CountsV1 {
    pass: usize,
    fail: usize,
    unknown: usize,
    not_applicable: usize,
    waived: usize,
    baselined: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ResultV1<'a> {
    rule: &'a str,
    area: &'static str,
    severity: &'static str,
    status: &'static str,
    decoration: Option<&'static str>,
    /// Who answers for it; null where nobody does.
    waiver: Option<WaiverV1<'a>>,
    subject: SubjectV1<'a>,
    message: Cow<'a, str>,
    evidence: Vec<EvidenceV1<'a>>,
    unknown: Vec<UnknownV1<'a>>,
    params: &'a BTreeMap<String, serde_json::Value>,
    /// What of severity and params is not from the rule's file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    settings: Vec<SettingV1<'a>>,
    fingerprint: &'a str,
    source: SourceV1<'a>,
}

#[derive(Serialize, JsonSchema)]
struct WaiverV1<'a> {
    owner: &'a str,
    reason: &'a str,
    expires: String,
    ticket: Option<&'a str>,
}

/// A waiver of the file, whatever it covers.
#[derive(Serialize, JsonSchema)]
pub(super) struct StandingV1<'a> {
    rule: &'a str,
    on: BTreeMap<&'static str, &'a str>,
    owner: &'a str,
    reason: &'a str,
    expires: String,
    ticket: Option<&'a str>,
    approved_by: Option<&'a str>,
    state: &'static str,
    /// Findings that fail or are unknown, whether it still holds or not.
    covers: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct BaselineV1 {
    made: String,
    /// Problems that it knows.
    known: usize,
    /// Entries that found nothing although their rule looked at everything.
    stale: usize,
}

#[derive(Serialize, JsonSchema)]
struct SourceV1<'a> {
    file: &'a str,
    line: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ChecklistV1<'a> {
    id: &'a str,
    title: &'a str,
    /// Whether it was asked for, so that its open items count in the gate.
    in_gate: bool,
    items: Vec<ItemV1<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ItemV1<'a> {
    id: &'a str,
    text: &'a str,
    state: &'static str,
    /// Whether somebody has to sign it: so it can be beside any state.
    to_sign: bool,
    rules: &'a [String],
    /// What a person has to sign; null where rules alone decide.
    attest: Option<AttestV1<'a>>,
    /// The signatures that decide for something of this run.
    signatures: Vec<SignatureV1<'a>>,
    /// What nobody signed for, or whose signature has lapsed: `account/region/table`, `account/service` or `account`.
    open_for: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct SignatureV1<'a> {
    on: BTreeMap<&'static str, &'a str>,
    outcome: &'static str,
    by: &'a str,
    date: String,
    expires: String,
    /// `attested`, `lapsed` or `rejected`; attested is also what was found not to apply.
    state: &'static str,
    /// Whether it has lapsed because the item is in other words since.
    is_reworded: bool,
    evidence: &'a [String],
    notes: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct AttestV1<'a> {
    per: &'static str,
    by: &'a str,
    valid_days: u32,
    needs_evidence: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct GapV1<'a> {
    action: &'a str,
    /// The one thing it was about; null for a listing, and where it was about several.
    resource: Option<&'a str>,
    reason: &'static str,
    detail: Option<&'a str>,
    /// A few of the things it was about; `count` says how many there were.
    resources: &'a [String],
    count: usize,
    rules: Vec<&'a str>,
}

impl<'a> ReportV1<'a> {
    pub(super) fn from_report(report: &'a Report) -> ReportV1<'a> {
        let mut findings: Vec<&Finding> = report.findings.iter().collect();
        findings.sort_by(|left, right| worst_first(left, right));
        let mut gaps: Vec<&BlindSpot> = report.gaps.iter().collect();
        gaps.sort();
        ReportV1 {
            version: VERSION,
            tool: ToolV1::from_report(report),
            run: RunV1::from_report(report),
            gate: GateV1::from_report(report),
            summary: SummaryV1::from_summary(&report.summary),
            results: findings.into_iter().map(ResultV1::from_finding).collect(),
            checklists: report
                .checklists
                .iter()
                .map(ChecklistV1::from_assessed)
                .collect(),
            gaps: gaps.into_iter().map(GapV1::from_blind_spot).collect(),
            off: report
                .config_effects
                .off
                .iter()
                .map(OffV1::from_off)
                .collect(),
            not_assessed: report
                .config_effects
                .left_out
                .iter()
                .map(LeftOutV1::from_left_out)
                .collect(),
            notices: &report.config_effects.notices,
            waivers: report
                .waivers
                .iter()
                .map(StandingV1::from_standing)
                .collect(),
            baseline: report.baseline.as_ref().map(BaselineV1::from_standing),
        }
    }
}

impl<'a> OffV1<'a> {
    fn from_off(off: &'a TurnedOff) -> OffV1<'a> {
        OffV1 {
            rule: &off.rule,
            because: &off.because,
            from: &off.origin,
            places: off.places,
        }
    }
}

impl<'a> LeftOutV1<'a> {
    fn from_left_out(left_out: &'a LeftOut) -> LeftOutV1<'a> {
        LeftOutV1 {
            name: &left_out.name,
            because: &left_out.because,
            from: &left_out.origin,
            rules: left_out.rules,
        }
    }
}

impl<'a> SettingV1<'a> {
    fn from_setting(setting: &'a Setting) -> SettingV1<'a> {
        SettingV1 {
            name: &setting.name,
            value: &setting.value,
            from: &setting.origin,
            because: setting.because.as_deref(),
        }
    }
}

impl<'a> ToolV1<'a> {
    fn from_report(report: &'a Report) -> ToolV1<'a> {
        ToolV1 {
            name: "dynalint",
            version: &report.tool_version,
            rules_digest: &report.rules_digest,
        }
    }
}

impl<'a> RunV1<'a> {
    fn from_report(report: &'a Report) -> RunV1<'a> {
        RunV1 {
            source: &report.source,
            scopes: report.scopes.iter().map(ScopeV1::from_scope).collect(),
            caller_arn: report.caller_arn.as_deref(),
            collected_at: report.collected_at.to_string(),
            duration_ms: report.duration_ms.unwrap_or(0),
            target: report.config_effects.target.as_deref(),
            rules_without_metrics: report.rules_without_metrics,
            calls: &report.calls,
        }
    }
}

impl GateV1 {
    fn from_report(report: &Report) -> GateV1 {
        GateV1 {
            fail_on: report.gate.fail_on.map_or("never", |gate| gate.word()),
            verdict: report.gate.outcome.word(),
            exit_code: report.gate.outcome.exit_code(),
        }
    }
}

impl<'a> SummaryV1<'a> {
    fn from_summary(summary: &'a Summary) -> SummaryV1<'a> {
        let area = |(area, counts): (&Area, &Counts)| (area.word(), CountsV1::from_counts(*counts));
        let rule =
            |(rule, counts): (&'a String, &Counts)| (&**rule, CountsV1::from_counts(*counts));
        SummaryV1 {
            pass: summary.all.pass,
            fail: summary.all.fail,
            unknown: summary.all.unknown,
            not_applicable: summary.all.not_applicable,
            waived: summary.all.waived,
            baselined: summary.all.baselined,
            by_area: summary.by_area.iter().map(area).collect(),
            by_rule: summary.by_rule.iter().map(rule).collect(),
        }
    }
}

impl CountsV1 {
    pub(super) fn from_counts(counts: Counts) -> CountsV1 {
        CountsV1 {
            pass: counts.pass,
            fail: counts.fail,
            unknown: counts.unknown,
            not_applicable: counts.not_applicable,
            waived: counts.waived,
            baselined: counts.baselined,
        }
    }
}

impl<'a> ResultV1<'a> {
    fn from_finding(finding: &'a Finding) -> ResultV1<'a> {
        let (file, line) = &finding.source;
        ResultV1 {
            rule: &finding.rule,
            area: finding.area.word(),
            severity: finding.severity.word(),
            status: finding.verdict.word(),
            decoration: finding.decoration.as_ref().map(Decoration::word),
            waiver: finding.decoration.as_ref().and_then(WaiverV1::of),
            subject: SubjectV1::from_subject(&finding.subject),
            message: said(finding),
            evidence: finding
                .evidence
                .iter()
                .map(EvidenceV1::from_evidence)
                .collect(),
            unknown: finding.unknown.iter().map(UnknownV1::from_why).collect(),
            params: &finding.params,
            settings: finding
                .settings
                .iter()
                .map(SettingV1::from_setting)
                .collect(),
            fingerprint: &finding.fingerprint,
            source: SourceV1 { file, line: *line },
        }
    }
}

/// What is said of a finding; of an unknown one never what would be said of a failure.
pub(super) fn said(finding: &Finding) -> Cow<'_, str> {
    let why = finding.unknown.first();
    match (finding.verdict, why) {
        (Verdict::Unknown, Some(why)) => {
            let subject = finding.subject.short();
            Cow::Owned(format!("{subject}: cannot tell: {}", why.brief()))
        }
        (Verdict::Unknown | Verdict::Pass | Verdict::Fail | Verdict::NotApplicable, _) => {
            Cow::Borrowed(&finding.message)
        }
    }
}

impl<'a> WaiverV1<'a> {
    fn of(decoration: &'a Decoration) -> Option<WaiverV1<'a>> {
        match decoration {
            Decoration::Waived {
                owner,
                expires,
                reason,
                ticket,
            } => Some(WaiverV1 {
                owner,
                reason,
                expires: expires.to_string(),
                ticket: ticket.as_deref(),
            }),
            Decoration::Baselined => None,
        }
    }
}

impl<'a> StandingV1<'a> {
    fn from_standing(standing: &'a waiver::Standing) -> StandingV1<'a> {
        let waiver = &standing.waiver;
        StandingV1 {
            rule: &waiver.rule,
            on: waiver.on.given().collect(),
            owner: &waiver.owner,
            reason: &waiver.reason,
            expires: waiver.expires.to_string(),
            ticket: waiver.ticket.as_deref(),
            approved_by: waiver.approved_by.as_deref(),
            state: standing.state.word(),
            covers: standing.covers,
        }
    }
}

impl BaselineV1 {
    fn from_standing(standing: &baseline::Standing) -> BaselineV1 {
        BaselineV1 {
            made: standing.made.to_string(),
            known: standing.known,
            stale: standing.stale.len(),
        }
    }
}

impl<'a> ChecklistV1<'a> {
    fn from_assessed(assessed: &'a Assessed) -> ChecklistV1<'a> {
        let items = assessed.items();
        ChecklistV1 {
            id: &assessed.list.id,
            title: &assessed.list.title,
            in_gate: assessed.in_gate,
            items: items
                .map(|(item, standing)| ItemV1::from_item(item, standing))
                .collect(),
        }
    }
}

impl<'a> ItemV1<'a> {
    fn from_item(item: &'a Item, standing: &'a Standing) -> ItemV1<'a> {
        let signatures = standing.signatures().into_iter();
        ItemV1 {
            id: &item.id,
            text: &item.text,
            state: standing.state.word(),
            to_sign: standing.to_sign,
            rules: &item.rules,
            attest: item.attest.as_ref().map(|attest| AttestV1 {
                per: attest.per.word(),
                by: &attest.by,
                valid_days: attest.valid_days,
                needs_evidence: attest.needs_evidence,
            }),
            signatures: signatures.map(SignatureV1::from_signature).collect(),
            open_for: open_for(item, standing),
        }
    }
}

fn open_for(item: &Item, standing: &Standing) -> Vec<String> {
    let per = item.attest.iter().map(|attest| attest.per);
    let open = per.flat_map(|per| {
        let open = standing.signed.iter().filter(|it| it.hold.is_to_sign());
        open.map(move |it| it.subject.id(per))
    });
    open.collect()
}

impl<'a> SignatureV1<'a> {
    fn from_signature(signature: Signature<'a>) -> SignatureV1<'a> {
        let attestation = signature.attestation;
        let on = attestation.on.patterns();
        SignatureV1 {
            on: on.map(|(per, it)| (per.word(), &*it.text)).collect(),
            outcome: attestation.outcome.word(),
            by: &attestation.by,
            date: attestation.date.to_string(),
            expires: attestation.expires.to_string(),
            state: signature.hold.word(),
            is_reworded: signature.hold == Hold::Reworded,
            evidence: &attestation.evidence,
            notes: attestation.notes.as_deref(),
        }
    }
}

impl<'a> GapV1<'a> {
    fn from_blind_spot(gap: &'a BlindSpot) -> GapV1<'a> {
        let resource = match &*gap.resources {
            [one] if gap.count <= 1 => Some(&**one),
            [..] => None,
        };
        let mut rules: Vec<&str> = gap.rules.iter().map(String::as_str).collect();
        rules.sort_unstable();
        GapV1 {
            action: &gap.action,
            resource,
            reason: gap.reason.word(),
            detail: gap.detail.as_deref(),
            resources: &gap.resources,
            count: gap.count,
            rules,
        }
    }
}
