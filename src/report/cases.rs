//! How the cases of rules went, for people at a terminal: counts where they hold, everything that is known where not.
//!
//! The same for machines is in [`json`].

pub mod json;

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::terminal::Detail;
use super::terminal::layout::{count, ends, hang, number, pad};
use super::terminal::style::{Ink, Style};
use crate::assess::cases::{Fault, Place, Tested, Tried, Turn};
use crate::finding::{Finding, Verdict};

/// More rules that hold than these are only counted, unless all detail is asked for.
const MOST_LINES: usize = 20;
/// The most observations shown of one result.
const MOST_EVIDENCE: usize = 5;

/// The rules and their cases, with what to do about those that do not hold.
pub fn render(tested: &[Tested], detail: Detail, style: &Style) -> String {
    let (hold, fail): (Vec<&Tested>, Vec<&Tested>) = tested.iter().partition(|rule| rule.holds());
    let last = last_line(tested, fail.len(), style);
    let listed = match detail {
        Detail::Verdict => return last,
        Detail::Lines => hold.len() <= MOST_LINES,
        Detail::Full => true,
    };
    let width = tested.iter().map(|rule| rule.rule.width()).max();
    let lines = Lines {
        style,
        cases: detail == Detail::Full,
        width: width.unwrap_or(0).clamp(12, 40),
    };
    let mut parts: Vec<String> = fail.iter().map(|rule| lines.failed(rule)).collect();
    parts.push(match listed {
        true => hold.iter().map(|rule| lines.rule(rule)).collect(),
        false => lines.counted(hold.len()),
    });
    parts.push(last);
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn last_line(tested: &[Tested], failed: usize, style: &Style) -> String {
    let cases: usize = tested.iter().map(|rule| rule.cases.len()).sum();
    let blanked: usize = tested.iter().map(Tested::blanked).sum();
    let tried = format!(
        "{}, {}",
        count(cases, "case"),
        count(blanked, "blanked fact")
    );
    let rules = count(tested.len(), "rule");
    let (ink, text, exit) = match failed {
        0 => (Ink::Good, format!("HOLDS   {rules}"), "exit 0"),
        failed => {
            let text = format!("DOES NOT HOLD   {} of {rules}", number(failed));
            (Ink::Bad, text, "exit 1")
        }
    };
    let text = format!("{text}{}{tried}", style.dot());
    ends(style, (ink, &text), (Ink::Faint, exit))
}

struct Lines<'a> {
    style: &'a Style,
    /// Whether cases that hold are listed too.
    cases: bool,
    /// Of the rules' names.
    width: usize,
}

impl Lines<'_> {
    fn mark(&self, verdict: Verdict) -> String {
        let ink = match verdict {
            Verdict::Pass => Ink::Good,
            Verdict::Fail | Verdict::Unknown | Verdict::NotApplicable => Ink::Bad,
        };
        self.style.paint(ink, self.style.mark(verdict))
    }

    fn rule(&self, rule: &Tested) -> String {
        let verdict = if rule.holds() {
            Verdict::Pass
        } else {
            Verdict::Fail
        };
        let name = pad(&self.style.clean(&rule.rule), self.width);
        let tried = format!(
            "{}, {}",
            count(rule.cases.len(), "case"),
            count(rule.blanked(), "blanked fact")
        );
        let mut text = format!("{} {name}  {tried}\n", self.mark(verdict));
        for case in rule.cases.iter().filter(|case| self.cases || !case.holds()) {
            text += &self.case(rule, case);
        }
        text
    }

    fn failed(&self, rule: &Tested) -> String {
        let mut text = self.rule(rule);
        for verdict in &rule.missing {
            let head = format!("  {} no case is {verdict}", self.style.mark(Verdict::Fail));
            text += &self.head(rule, rule.place, &head);
            text += &self.row("do", &add_case(*verdict));
        }
        text
    }

    /// Rules that hold and are not listed.
    fn counted(&self, rules: usize) -> String {
        let hold = if rules == 1 { "holds" } else { "hold" };
        format!(
            "{} {} {hold}\n",
            self.mark(Verdict::Pass),
            count(rules, "rule")
        )
    }

    /// A line with the place in the file at its end.
    fn head(&self, rule: &Tested, place: Place, head: &str) -> String {
        let at = format!("{}:{}:{}", rule.file, place.line, place.column);
        let at = self.style.clean(&at);
        ends(self.style, (Ink::Bad, head), (Ink::Faint, &at))
    }

    fn row(&self, word: &str, text: &str) -> String {
        let head = format!("      {}  ", pad(word, 8));
        hang(self.style, &head, &self.style.clean(text))
    }

    fn case(&self, rule: &Tested, case: &Tried) -> String {
        let name = self.style.clean(&case.name);
        if case.holds() {
            let blanked = match case.blanked {
                0 => String::new(),
                blanked => format!(", {}", count(blanked, "blanked fact")),
            };
            let mark = self.mark(Verdict::Pass);
            return format!("  {mark} {name}: {}{blanked}\n", case.expected);
        }
        let mark = self.style.mark(Verdict::Fail);
        let mut text = self.head(rule, case.place, &format!("  {mark} {name}"));
        let turns = |fault: &Fault| matches!(fault, Fault::Turned { .. });
        if !case.faults.iter().all(turns) {
            text += &self.row("expected", case.expected.word());
            text.extend(case.results.iter().map(|finding| self.result(finding)));
        }
        text.extend(
            case.faults
                .iter()
                .map(|fault| self.fault(rule, case, fault)),
        );
        text
    }

    /// What the rule said, and what it rests on.
    fn result(&self, finding: &Finding) -> String {
        let subject = finding.subject.short();
        let found = match finding.verdict {
            // The sentence of a rule says what is wrong.
            Verdict::Fail => format!("fail, of {subject}: {}", finding.message),
            Verdict::Pass | Verdict::Unknown | Verdict::NotApplicable => {
                format!("{}, of {subject}", finding.verdict)
            }
        };
        let mut text = self.row("found", &found);
        for evidence in finding.evidence.iter().take(MOST_EVIDENCE) {
            let wanted = match evidence.expected.as_str() {
                "" => String::new(),
                expected => format!("; wanted {expected}"),
            };
            let seen = format!("{} = {}{wanted}", evidence.path, evidence.observed);
            text += &self.row("evidence", &seen);
        }
        for why in finding.unknown.iter().take(MOST_EVIDENCE) {
            text += &self.row("unknown", &why.to_string());
        }
        text
    }

    fn fault(&self, rule: &Tested, case: &Tried, fault: &Fault) -> String {
        match fault {
            Fault::Verdict(found) => {
                let looks_at = match found.contains(&Verdict::Unknown) {
                    true => self.row("looks at", &rule.looks_at.join(", ")),
                    false => String::new(),
                };
                looks_at + &self.row("do", other_verdict(case.expected, found))
            }
            Fault::NoResult {
                subject,
                subjects,
                hint,
            } => self.no_result(subject.as_deref(), subjects, hint.as_deref()),
            Fault::NotMentioned(words) => {
                let missing = format!("no \"{words}\" in message and evidence");
                let hint = "mention words of them: path = value";
                self.row("missing", &missing) + &self.row("do", hint)
            }
            Fault::Turned { fact, place, turn } => {
                let Turn { subject, from, to } = turn;
                let word = |verdict: &Option<Verdict>| verdict.map_or("nothing", Verdict::word);
                let (from, to) = (word(from), word(to));
                let at = format!("{}:{}:{}", rule.file, place.line, place.column);
                let turned =
                    format!("{subject}: {from} became {to} where {fact} is not known ({at})");
                let hint = "what was not read must leave the same or unknown: this is a mistake of \
                            dynalint, tell us with this file";
                self.row("turned", &turned) + &self.row("do", hint)
            }
        }
    }

    fn no_result(&self, subject: Option<&str>, subjects: &[String], hint: Option<&str>) -> String {
        let there = match subjects {
            [] => "the rule has none here".to_owned(),
            some => format!("there are {}", some.join(", ")),
        };
        let (found, hint) = match (subject, hint) {
            (Some(subject), Some(hint)) => (
                format!("no subject is named \"{subject}\"; {there}"),
                hint.to_owned(),
            ),
            (Some(subject), None) => (
                format!("no subject is named \"{subject}\"; {there}"),
                "name one of them, or leave subject out".to_owned(),
            ),
            (None, _) => (
                "no result: the rule has no subject here".to_owned(),
                "give it a table, or an element of the list that for_each names".to_owned(),
            ),
        };
        self.row("found", &found) + &self.row("do", &hint)
    }
}

fn other_verdict(expected: Verdict, found: &BTreeSet<Verdict>) -> &'static str {
    let unknown = found.contains(&Verdict::Unknown);
    match expected {
        _ if found.len() > 1 => "the subjects differ: name one with subject, or give only one",
        Verdict::Unknown => {
            "make a fact unknown that decides: { $unknown: { reason: denied } }; or repair the rule"
        }
        Verdict::Pass | Verdict::Fail | Verdict::NotApplicable if unknown => {
            "give every fact that the rule looks at: one that is left out was not asked for"
        }
        Verdict::Pass | Verdict::Fail | Verdict::NotApplicable => {
            "repair the rule, the facts that are given, or what is expected of them"
        }
    }
}

fn add_case(verdict: Verdict) -> String {
    let facts = match verdict {
        Verdict::Pass => "with facts for which the assertion holds",
        Verdict::Fail => "with facts for which the assertion does not hold",
        Verdict::Unknown => {
            "with a fact that decides and was not read: { $unknown: { reason: denied } }"
        }
        Verdict::NotApplicable => "with facts for which applies_when is false",
    };
    format!("add one to tests, {facts}; expect: {verdict}")
}
