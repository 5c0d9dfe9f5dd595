//! Accounts as reports: made up, each for what it shows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use dynalint::attestation::{Attestations, Day, Subjects};
use dynalint::checklist::{Assessed, Checklist, Checklists, RuleNames, Run};
use dynalint::finding::{Area, Decoration, Finding, Repair, Severity, SubjectId, Verdict};
use dynalint::gate::{self, Seen, Terms};
use dynalint::report::{
    BlindSpot, ConfigEffects, Counts, Report, RuleFacts, Summary, TableBrief, TableKey, table_key,
};
use dynalint::snapshot::Scope;
use dynalint::snapshot::fact::{Reason, Why};
use dynalint::snapshot::operation::Operation;
use dynalint::snapshot::record::Evidence;

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";

/// The rules of these accounts: id, area, severity.
const RULES: [(&str, Area, Severity); 7] = [
    ("pitr-on", Area::Recovery, Severity::Critical),
    ("deletion-protection", Area::Recovery, Severity::High),
    ("index-throttle-alarm", Area::Cost, Severity::High),
    ("backup-plan-covers", Area::Recovery, Severity::High),
    ("topic-confirmed", Area::Observability, Severity::High),
    ("required-tags", Area::Cost, Severity::Medium),
    ("sort-key-encodes-order", Area::Design, Severity::Low),
];

/// One result in short: subject, rule, verdict and message.
pub(crate) fn result(subject: SubjectId, rule: &str, verdict: Verdict, message: &str) -> Finding {
    let (rule, area, severity) = RULES
        .into_iter()
        .find(|(id, _, _)| *id == rule)
        .expect("the rule is one of RULES");
    Finding {
        rule: rule.to_owned(),
        area,
        severity,
        verdict,
        fingerprint: format!("{rule}:{}", subject.short()),
        subject,
        message: message.to_owned(),
        evidence: Vec::new(),
        unknown: Vec::new(),
        fix: None,
        params: BTreeMap::new(),
        settings: Vec::new(),
        decoration: None,
        source: (format!("rules/{area}/{rule}.yaml"), 12),
    }
}

fn subject(kind: &str, name: &str, table: Option<&str>) -> SubjectId {
    SubjectId {
        kind: kind.to_owned(),
        name: name.to_owned(),
        table: table.map(str::to_owned),
        arn: None,
        account: ACCOUNT.to_owned(),
        region: Some(REGION.to_owned()),
    }
}

pub(crate) fn table(name: &str) -> SubjectId {
    subject("table", name, Some(name))
}

fn index(table: &str, name: &str) -> SubjectId {
    subject("index", name, Some(table))
}

fn denied(operation: Operation) -> Why {
    Why::from_call(Reason::Denied, operation)
}

fn unread(subject: SubjectId, rule: &str, why: Why) -> Finding {
    let mut finding = result(subject, rule, Verdict::Unknown, "");
    finding.message = format!("{}: cannot tell: {why}", finding.subject.short());
    finding.unknown = vec![why];
    finding
}

fn gap(operation: Operation, reason: Reason, rules: &[&str]) -> BlindSpot {
    BlindSpot {
        action: operation.name().to_owned(),
        reason,
        detail: None,
        resources: Vec::new(),
        count: 1,
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
    }
}

/// A report over these results; passes are counted and not kept, as in a run.
pub(crate) fn report(results: Vec<Finding>, gaps: Vec<BlindSpot>, terms: Terms) -> Report {
    let summary = summarise(&results);
    let tables = summary.by_table.len();
    let gate = gate::decide(
        terms,
        &Seen {
            fails: &summary.fails,
            unknowns: &summary.unknowns,
            open_items: 0,
            rejected_items: 0,
            unassessed_items: 0,
            idle_waivers: 0,
            anything_checked: summary.all.total() > 0,
        },
    );
    let checklists = checklists(&summary);
    let kept = |finding: &Finding| matches!(finding.verdict, Verdict::Fail | Verdict::Unknown);
    Report {
        tool_version: "0.1.0".to_owned(),
        rules_digest: "sha256:0f".to_owned(),
        source: "live".to_owned(),
        scopes: vec![scope()],
        caller_arn: Some(format!(
            "arn:aws:sts::{ACCOUNT}:assumed-role/dynalint-readonly/run-991"
        )),
        collected_at: "2026-11-22T17:05:12Z".parse().expect("a time"),
        duration_ms: Some(3_140),
        calls: BTreeMap::from([("dynamodb:DescribeTable".to_owned(), 143)]),
        tables,
        indexes: tables * 2,
        rules: RULES.len(),
        rules_without_metrics: 0,
        briefs: briefs(&summary),
        figures: BTreeMap::new(),
        gate,
        summary,
        findings: results.into_iter().filter(kept).collect(),
        checklists,
        gaps,
        config_effects: ConfigEffects::default(),
        waivers: Vec::new(),
        baseline: None,
    }
}

/// The lists of these accounts.
pub(crate) const LISTS: [(&str, &str); 2] = [
    ("recovery.yaml", include_str!("lists/recovery.yaml")),
    ("release.yaml", include_str!("lists/release.yaml")),
];

pub(crate) fn lists() -> Checklists {
    let rules = RULES.map(|(id, _, _)| (id, id)).into();
    let names = RuleNames {
        ids: &rules,
        are_all: true,
    };
    let (lists, errors) = Checklists::load(LISTS, names);
    assert!(errors.is_empty(), "{errors:?}");
    lists
}

pub(crate) fn checklists(summary: &Summary) -> Vec<Assessed> {
    let rules = RULES.map(|(id, _, _)| id.to_owned()).into();
    let run = Run {
        rules: &rules,
        off: &BTreeSet::new(),
        summary,
        subjects: &Subjects::new(&briefs(summary), [ACCOUNT], true),
        attestations: &Attestations::default(),
        day: Day {
            today: "2026-11-22".parse().expect("a day"),
            notice_days: 14,
        },
    };
    let assessed = |list: &Checklist| Assessed {
        list: list.clone(),
        standings: list.standings(&run),
        in_gate: false,
    };
    lists().lists().iter().map(assessed).collect()
}

fn scope() -> Scope {
    Scope {
        account: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
        regions: vec![REGION.to_owned()],
    }
}

fn briefs(summary: &Summary) -> BTreeMap<TableKey, TableBrief> {
    let keys = summary.by_table.keys();
    keys.map(|key| (key.clone(), brief(key))).collect()
}

fn brief(_: &TableKey) -> TableBrief {
    TableBrief {
        environment: Some("prod".to_owned()),
        service: None,
        owner: None,
        capacity_mode: Some("on-demand".to_owned()),
        size_bytes: Some(41_234_567_890),
        indexes: Some(2),
        parts: None,
    }
}

fn summarise(results: &[Finding]) -> Summary {
    let mut summary = Summary::default();
    for finding in results {
        count(&mut summary.all, finding);
        count(summary.by_area.entry(finding.area).or_default(), finding);
        count(
            summary.by_rule.entry(finding.rule.clone()).or_default(),
            finding,
        );
        if let Some(key) = table_key(&finding.subject) {
            count(summary.by_table.entry(key).or_default(), finding);
        }
        match finding.verdict {
            _ if finding.decoration.is_some() => {}
            Verdict::Fail => *summary.fails.entry(finding.severity).or_default() += 1,
            Verdict::Unknown => *summary.unknowns.entry(finding.severity).or_default() += 1,
            Verdict::Pass | Verdict::NotApplicable => {}
        }
    }
    summary
}

fn count(counts: &mut Counts, finding: &Finding) {
    counts.count(finding);
}

fn passes(name: &str, rules: &[&str]) -> Vec<Finding> {
    let pass = |rule: &&str| result(table(name), rule, Verdict::Pass, "");
    rules.iter().map(pass).collect()
}

/// Three tables: one broken, one with something unknown, one healthy; and a topic that reaches nobody.
pub(crate) fn broken_results() -> Vec<Finding> {
    let orders = "checkout-orders";
    let mut results = passes(
        "checkout-payments",
        &["pitr-on", "deletion-protection", "required-tags"],
    );
    results.extend(passes(orders, &["deletion-protection"]));
    results.push(result(
        table(orders),
        "sort-key-encodes-order",
        Verdict::NotApplicable,
        "",
    ));
    results.push(result(
        table(orders),
        "required-tags",
        Verdict::Fail,
        "checkout-orders: tags owner, data-class, cost-centre and criticality are missing, wanted on every table of production",
    ));
    results.push(pitr_off());
    results.push(result(
        index(orders, "GSI1"),
        "index-throttle-alarm",
        Verdict::Fail,
        "index GSI1 of checkout-orders: no working alarm on WriteThrottleEvents (the table itself has one)",
    ));
    results.push(unread(
        table(orders),
        "backup-plan-covers",
        denied(Operation::GetBackupSelection),
    ));
    results.extend(passes(
        "checkout-sessions",
        &["pitr-on", "deletion-protection"],
    ));
    results.push(unread(
        table("checkout-sessions"),
        "backup-plan-covers",
        denied(Operation::GetBackupSelection),
    ));
    let pager = format!("arn:aws:sns:{REGION}:{ACCOUNT}:pager");
    results.push(result(
        subject("topic", &pager, None),
        "topic-confirmed",
        Verdict::Fail,
        "no confirmed subscription, at least one wanted",
    ));
    results
}

fn pitr_off() -> Finding {
    let mut finding = result(
        table("checkout-orders"),
        "pitr-on",
        Verdict::Fail,
        "checkout-orders: point-in-time recovery is off, wanted on with 35 days",
    );
    finding.evidence = vec![Evidence {
        path: "table.pitr.status".to_owned(),
        observed: "DISABLED".to_owned(),
        expected: "== \"ENABLED\"".to_owned(),
        from: Some(Operation::DescribeContinuousBackups),
    }];
    finding.params = BTreeMap::from([("min_days".to_owned(), 35.into())]);
    let command = "aws dynamodb update-continuous-backups --table-name checkout-orders \
         --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true,RecoveryPeriodInDays=35";
    finding.fix = Some(Repair {
        forms: None,
        command: Some(command.to_owned()),
        words: None,
    });
    finding
}

pub(crate) fn broken() -> Report {
    let gaps = vec![gap(
        Operation::GetBackupSelection,
        Reason::Denied,
        &["backup-plan-covers"],
    )];
    report(broken_results(), gaps, Terms::default())
}

/// One table on which everything holds, and one with an opinion below the gate.
pub(crate) fn healthy() -> Report {
    let mut results = passes(
        "orders",
        &["pitr-on", "deletion-protection", "required-tags"],
    );
    results.extend(passes("users", &["pitr-on", "deletion-protection"]));
    results.push(result(
        table("users"),
        "required-tags",
        Verdict::Fail,
        "users: tag owner is missing",
    ));
    report(results, Vec::new(), Terms::default())
}

pub(crate) fn empty() -> Report {
    report(Vec::new(), Vec::new(), Terms::default())
}

/// Whatever was asked was denied, in three ways.
pub(crate) fn denied_only() -> Report {
    let mut results = Vec::new();
    for name in ["orders", "sessions", "users"] {
        let denials = [
            ("pitr-on", Operation::DescribeContinuousBackups),
            ("index-throttle-alarm", Operation::DescribeAlarms),
            ("required-tags", Operation::GetResources),
            ("deletion-protection", Operation::DescribeTable),
            ("backup-plan-covers", Operation::ListBackupPlans),
        ];
        results
            .extend(denials.map(|(rule, operation)| unread(table(name), rule, denied(operation))));
    }
    let mut alarms = gap(
        Operation::DescribeAlarms,
        Reason::Denied,
        &["index-throttle-alarm", "topic-confirmed"],
    );
    alarms.detail = Some("with an explicit deny in a service control policy".to_owned());
    let mut pitr = gap(
        Operation::DescribeContinuousBackups,
        Reason::Denied,
        &["pitr-on"],
    );
    pitr.resources = vec![
        "orders".to_owned(),
        "sessions".to_owned(),
        "users".to_owned(),
    ];
    pitr.count = 3;
    let gaps = vec![
        alarms,
        pitr,
        gap(Operation::GetResources, Reason::Denied, &["required-tags"]),
        gap(
            Operation::DescribeTable,
            Reason::Denied,
            &["deletion-protection"],
        ),
        gap(
            Operation::ListBackupPlans,
            Reason::Denied,
            &["backup-plan-covers"],
        ),
    ];
    report(results, gaps, Terms::default())
}

/// Throttled for two tables of three, and a service that the region lacks.
pub(crate) fn throttled() -> Report {
    let throttled = Why::from_call(Reason::Throttled, Operation::DescribeContinuousBackups);
    let mut results = passes("orders", &["pitr-on", "deletion-protection"]);
    results.push(unread(table("sessions"), "pitr-on", throttled.clone()));
    results.push(unread(table("users"), "pitr-on", throttled));
    let mut pitr = gap(
        Operation::DescribeContinuousBackups,
        Reason::Throttled,
        &["pitr-on"],
    );
    pitr.resources = vec!["sessions".to_owned(), "users".to_owned()];
    pitr.count = 2;
    let plans = gap(
        Operation::ListBackupPlans,
        Reason::NotOffered,
        &["backup-plan-covers"],
    );
    report(results, vec![pitr, plans], Terms::default())
}

/// 200 tables, 198 of them without an alarm and 20 whose backups could not be read.
pub(crate) fn many() -> Report {
    let mut results = Vec::new();
    for number in 1..=200 {
        let name = format!("orders-{number:03}");
        results.push(match number {
            7 => result(
                table(&name),
                "pitr-on",
                Verdict::Fail,
                &format!("{name}: point-in-time recovery is off"),
            ),
            _ => result(table(&name), "pitr-on", Verdict::Pass, ""),
        });
        let verdict = if number > 198 {
            Verdict::Pass
        } else {
            Verdict::Fail
        };
        results.push(result(
            index(&name, "GSI1"),
            "index-throttle-alarm",
            verdict,
            "no alarm",
        ));
        if number % 10 == 0 && number < 200 {
            results.push(unread(
                table(&name),
                "backup-plan-covers",
                denied(Operation::ListBackupPlans),
            ));
        }
    }
    let gaps = vec![gap(
        Operation::ListBackupPlans,
        Reason::Denied,
        &["backup-plan-covers"],
    )];
    report(results, gaps, Terms::default())
}

/// What no platform should stumble over.
pub(crate) const HOSTILE: &str = "a\"b'c%0A<d>&amp;]]>\n::error file=x,line=1::no\r\n##[add-mask]e\u{1}\u{1b}[31m\u{202e}f\u{2028}\u{61c}\u{fffe}\u{7f} [g](http://h.example) \u{1F525}";

/// Names and sentences that look like what they are not, messages of ten thousand characters, and two results with one
/// fingerprint.
pub(crate) fn hostile() -> Report {
    let long = format!("{HOSTILE}{}", "long ".repeat(2_000));
    let mut results = vec![
        result(table(HOSTILE), "pitr-on", Verdict::Fail, HOSTILE),
        result(table("orders"), "required-tags", Verdict::Fail, &long),
        result(
            subject("alarm", HOSTILE, None),
            "topic-confirmed",
            Verdict::Fail,
            &long,
        ),
        result(
            index("orders", HOSTILE),
            "index-throttle-alarm",
            Verdict::Pass,
            "",
        ),
    ];
    let mut why = denied(Operation::ListBackupPlans);
    why.detail = Some(HOSTILE.to_owned());
    results.push(unread(table(HOSTILE), "backup-plan-covers", why));
    for reason in [HOSTILE, &long] {
        let mut waived = result(table("orders"), "pitr-on", Verdict::Fail, HOSTILE);
        waived.decoration = Some(Decoration::Waived {
            owner: HOSTILE.to_owned(),
            expires: "2027-03-31".parse().expect("a date"),
            reason: reason.to_owned(),
            ticket: Some(HOSTILE.to_owned()),
        });
        results.push(waived);
    }
    let mut gap = gap(
        Operation::ListBackupPlans,
        Reason::Denied,
        &["backup-plan-covers"],
    );
    gap.detail = Some(long);
    report(results, vec![gap], Terms::default())
}

/// Ten thousand tables, with seven results on each of them that count.
pub(crate) fn ten_thousand() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(make_ten_thousand)
}

fn make_ten_thousand() -> Report {
    let mut results = Vec::new();
    for number in 0..10_000 {
        let name = format!("service-{:02}-table-{number:05}", number % 40);
        for rule in ["pitr-on", "deletion-protection", "required-tags"] {
            let message = format!(
                "{name}: what {rule} wants is not there, and somebody has to see to it soon"
            );
            results.push(result(table(&name), rule, Verdict::Fail, &message));
        }
        for at in 0..3 {
            let index = index(&name, &format!("by-date-and-status-{at}"));
            results.push(result(
                index,
                "index-throttle-alarm",
                Verdict::Fail,
                "no working alarm on WriteThrottleEvents",
            ));
        }
        results.push(result(
            table(&name),
            "sort-key-encodes-order",
            Verdict::Pass,
            "",
        ));
        let why = denied(Operation::GetBackupSelection);
        results.push(unread(table(&name), "backup-plan-covers", why));
    }
    report(results, Vec::new(), Terms::default())
}

/// Three tables alike, on which nothing was done that these many rules want: two critical, eight high, the rest lower.
pub(crate) fn starter(rules: usize) -> Report {
    let mut results = Vec::new();
    for name in ["app-events", "app-items", "app-users"] {
        for number in 0..rules {
            let message = format!("{name}: what rule {number} wants is not there");
            let mut finding = result(table(name), "pitr-on", Verdict::Fail, &message);
            finding.rule = format!("a-rule-of-some-length-{number:02}");
            finding.severity = match number {
                0..2 => Severity::Critical,
                2..10 => Severity::High,
                10..20 => Severity::Medium,
                _ => Severity::Low,
            };
            results.push(finding);
        }
    }
    report(results, Vec::new(), Terms::default())
}

/// A report in which these lists were asked for.
pub(crate) fn asked(mut report: Report, names: &[&str]) -> Report {
    for list in &mut report.checklists {
        list.in_gate = names.contains(&&*list.list.id);
    }
    let asked = report.checklists.iter().filter(|list| list.in_gate);
    let asked: Vec<&Assessed> = asked.collect();
    report.gate = gate::decide(
        Terms::default(),
        &Seen {
            fails: &report.summary.fails,
            unknowns: &report.summary.unknowns,
            open_items: asked.iter().map(|list| list.to_sign()).sum(),
            rejected_items: asked.iter().map(|list| list.rejected()).sum(),
            unassessed_items: asked.iter().map(|list| list.left_out()).sum(),
            idle_waivers: 0,
            anything_checked: true,
        },
    );
    report
}

/// What is known of the rules.
pub(crate) fn rules() -> BTreeMap<String, RuleFacts> {
    let pitr = RuleFacts {
        title: "Point-in-time recovery is on".to_owned(),
        why: "A bad deploy can overwrite good items for hours before someone sees it. Without point-in-time\n\
              recovery the last backup is the newest state that there is."
            .to_owned(),
        refs: vec!["https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pitr.html".to_owned()],
        area: Some(Area::Recovery),
        severity: Some(Severity::Critical),
    };
    BTreeMap::from([("pitr-on".to_owned(), pitr)])
}
