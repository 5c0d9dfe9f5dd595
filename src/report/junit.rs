//! The report as JUnit XML, for the test reports of pipelines.
//!
//! A suite is a table, or an account for what belongs to no table, or a checklist that was asked for; a case is a rule, or
//! an item that somebody has to sign. What fails is a failure; what nobody could tell and what is accepted is skipped,
//! and says why. Passes are cases, so that a platform shows how much was looked at; where the report lists none, each
//! suite has one case with their number in its name. What does not apply is no case.

mod case;
mod item;

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use serde_json::Error;

use super::pipeline::{clean, in_order};
use super::terminal::View;
use super::terminal::layout::{self, count};
use super::{Counts, Report, TableKey, table_key};
use crate::finding::{Finding, Verdict};

/// Above so many tables passes are not listed: a run of ten thousand has a million of them.
pub const MOST_TABLES: usize = 1_000;

/// So many problems are told one by one, the worst of them; of the others each suite has their number. GitLab takes
/// files of thirty megabytes, and these are about fifteen.
pub const MOST_PROBLEMS: usize = 50_000;

/// What has no table where there are several accounts, and it is not known which.
const ACCOUNTS: &str = "accounts";

/// The report as JUnit XML.
///
/// # Errors
/// None that is known: it is written to memory.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, Error> {
    let mut junit = Junit::new("dynalint");
    for (name, cases) in suites(report, view) {
        junit.add_test_suite(suite(&name, cases));
    }
    let asked = report.checklists.iter().filter(|list| list.in_gate);
    for list in asked {
        let name = format!("checklist {}", list.list.id);
        junit.add_test_suite(suite(&name, item::cases(list)));
    }
    junit.to_string().map_err(|error| {
        let error = std::io::Error::other(error.to_string());
        Error::io(error)
    })
}

fn suite(name: &str, cases: Vec<TestCase>) -> TestSuite {
    let name = clean(name);
    let mut suite = TestSuite::new(&name);
    suite.add_test_cases(cases.into_iter().map(|mut case| {
        case.set_classname(&name);
        case
    }));
    suite
}

/// The findings of a suite, by rule.
type ByRule<'a> = BTreeMap<&'a str, Vec<&'a Finding>>;

fn suites(report: &Report, view: &View<'_>) -> BTreeMap<String, Vec<TestCase>> {
    let mut findings: BTreeMap<String, ByRule<'_>> = BTreeMap::new();
    let mut others: BTreeMap<String, Counts> = BTreeMap::new();
    let mut problems = 0;
    for finding in in_order(report) {
        let suite = match table_key(&finding.subject) {
            Some(key) => name(&key),
            None => finding.subject.account.clone(),
        };
        problems += usize::from(finding.is_problem());
        if finding.is_problem() && problems > MOST_PROBLEMS {
            others.entry(suite).or_default().count(finding);
            continue;
        }
        let of_suite = findings.entry(suite).or_default();
        of_suite.entry(&finding.rule).or_default().push(finding);
    }
    let cases = |by_rule: ByRule<'_>| -> Vec<TestCase> {
        let cases = by_rule.into_iter();
        let cases = cases.filter_map(|(rule, of)| case::of_rule(rule, &of, report, view));
        cases.collect()
    };
    let findings = findings.into_iter();
    let mut suites: BTreeMap<String, Vec<TestCase>> =
        findings.map(|(suite, of)| (suite, cases(of))).collect();
    for (suite, counts) in others {
        suites.entry(suite).or_default().extend(beyond(&counts));
    }
    for (suite, passes) in passes(report) {
        suites.entry(suite).or_default().push(folded(passes));
    }
    suites.retain(|_, cases| !cases.is_empty());
    suites
}

fn name((account, region, table): &TableKey) -> String {
    format!("{account}/{region}/{table}")
}

/// How many passes each suite has, where they are not listed.
fn passes(report: &Report) -> BTreeMap<String, usize> {
    let passes = |finding: &&Finding| finding.verdict == Verdict::Pass;
    if report.findings.iter().any(|finding| passes(&finding)) {
        return BTreeMap::new();
    }
    let tables = report.summary.by_table.iter();
    let mut by_suite: BTreeMap<String, usize> = tables
        .map(|(key, counts)| (name(key), counts.pass))
        .collect();
    let of_tables: usize = by_suite.values().sum();
    let mut accounts: Vec<&str> = report.scopes.iter().map(|it| &*it.account).collect();
    accounts.dedup();
    let others = match accounts[..] {
        [account] => account,
        [..] => ACCOUNTS,
    };
    let of_others = report.summary.all.pass.saturating_sub(of_tables);
    *by_suite.entry(others.to_owned()).or_default() += of_others;
    by_suite.retain(|_, passes| *passes > 0);
    by_suite
}

fn folded(passes: usize) -> TestCase {
    let verb = if passes == 1 { "passes" } else { "pass" };
    let name = format!("{} {verb}", count(passes, "result"));
    TestCase::new(name, TestCaseStatus::success())
}

/// The problems of a suite that are not told one by one.
fn beyond(counts: &Counts) -> Vec<TestCase> {
    let case = |count: usize, word: &str, mut status: TestCaseStatus| {
        (count > 0).then(|| {
            status.set_message("the file has no room for each: -o report.json lists them");
            TestCase::new(
                format!("{} {word}", layout::count(count, "more result")),
                status,
            )
        })
    };
    let failure = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let cases = [
        case(counts.fail, "failed", failure),
        case(counts.unknown, "unknown", TestCaseStatus::skipped()),
        case(counts.waived, "waived", TestCaseStatus::skipped()),
        case(counts.baselined, "baselined", TestCaseStatus::skipped()),
    ];
    cases.into_iter().flatten().collect()
}
