//! What to do: a line for each rule that fails, worst first, which opens to its reason, its subjects and its repair.

use super::section::{Row, Section};
use super::text::{block, code, cut, html, name, page, text};
use crate::finding::{Finding, Repair, Verdict};
use crate::report::terminal::finding::{self, said_of, unread_reason};
use crate::report::terminal::layout::{count, number};
use crate::report::terminal::steps::{Step, place, said, severities, steps, title};
use crate::report::terminal::{Show, View, listed};
use crate::report::{Report, RuleFacts};

/// Rules that stand in the open; the others are behind one line.
const OPEN: usize = 8;
/// Subjects of a rule that are named.
const SUBJECTS: usize = 10;
/// Observations of a single subject.
const EVIDENCE: usize = 3;
/// Characters of a message in a line, and of a text below it.
const LINE: usize = 160;
const PARAGRAPH: usize = 800;
/// Characters of a command. What is cut must not be run, so what is longer is left out.
const COMMAND: usize = 2_000;

/// The findings that are shown, by rule and verdict.
pub(super) struct Rules<'a> {
    /// Those that fail: the worst, and the rest.
    pub(super) fails: [Section; 2],
    /// Those that could not tell somewhere.
    pub(super) unknown: Section,
    /// Those that hold or don't apply, where they were asked for.
    pub(super) others: Section,
    report: &'a Report,
    view: &'a View<'a>,
}

impl<'a> Rules<'a> {
    /// All of them.
    pub(super) fn new(report: &'a Report, view: &'a View<'a>) -> Rules<'a> {
        let mut rules = Rules {
            fails: [Section::default(), Section::default()],
            unknown: Section::default(),
            others: Section::default(),
            report,
            view,
        };
        let shown = listed(report, view.show);
        let of = |verdicts: &[Verdict]| -> Vec<Step<'_>> {
            let is_of = |finding: &&&Finding| verdicts.contains(&finding.verdict);
            let findings: Vec<&Finding> = shown.iter().filter(is_of).copied().collect();
            steps(&findings)
        };
        let fails = of(&[Verdict::Fail]);
        let unknown = of(&[Verdict::Unknown]);
        let others = of(&[Verdict::Pass, Verdict::NotApplicable]);
        // Nobody opens a line for one more rule.
        let open = match fails.len() {
            all if all <= OPEN + 2 => all,
            _ => OPEN,
        };
        let (open, rest) = fails.split_at(open);
        rules.fails = [rules.open(open), rules.rest(rest)];
        rules.unknown = rules.folded("cannot be told", &unknown);
        rules.others = rules.folded("hold or do not apply", &others);
        rules
    }

    fn rows(&self, steps: &[Step<'_>]) -> Vec<Row> {
        let steps = steps.iter();
        steps.filter_map(|step| self.row(step)).collect()
    }

    fn open(&self, steps: &[Step<'_>]) -> Section {
        let heading = match self.view.show {
            // What could not be told has a part of its own.
            Show::Unknown => title(Show::Findings),
            show @ (Show::Findings | Show::Fail | Show::Waived | Show::Baselined | Show::All) => {
                title(show)
            }
        };
        Section {
            open: format!("### {heading}\n\n"),
            rows: self.rows(steps),
            close: "\n".to_owned(),
            things: "rule",
        }
    }

    fn rest(&self, steps: &[Step<'_>]) -> Section {
        let more = count(steps.len(), "more rule");
        Section {
            open: folded(&format!("and {more}: {}", severities(steps))),
            rows: self.rows(steps),
            close: "\n</details>\n\n".to_owned(),
            things: "rule",
        }
    }

    fn folded(&self, what: &str, steps: &[Step<'_>]) -> Section {
        let results: usize = steps.iter().map(Vec::len).sum();
        let (rules, results) = (count(steps.len(), "rule"), count(results, "result"));
        Section {
            open: folded(&format!(
                "{results} of {rules} {what}: {}",
                severities(steps)
            )),
            rows: self.rows(steps),
            close: "\n</details>\n\n".to_owned(),
            things: "rule",
        }
    }

    fn row(&self, step: &[&Finding]) -> Option<Row> {
        let first = *step.first()?;
        let mark = match first.decoration {
            None => self.view.style.mark(first.verdict),
            Some(_) => self.view.style.warning(),
        };
        let word = match &first.decoration {
            None => first.severity.word(),
            Some(decoration) => decoration.word(),
        };
        let line = cut(&self.line(step, first), LINE);
        let brief = format!(
            "- {mark} **{word}** {} {}\n",
            name(&first.rule),
            text(&line)
        );
        let rule = html(&first.rule);
        let rule = match rule.starts_with("<code>") {
            true => rule,
            false => format!("<code>{rule}</code>"),
        };
        let summary = format!("{mark} <b>{word}</b> {rule} {}", html(&line));
        let details = match first.verdict {
            Verdict::Fail => self.details(step, first),
            Verdict::Unknown | Verdict::Pass | Verdict::NotApplicable => String::new(),
        };
        let full = match details.is_empty() {
            true => brief.clone(),
            false => format!("{}{details}\n</details>\n", folded(&summary)),
        };
        Some(Row { full, brief })
    }

    /// What the line says after the rule.
    fn line(&self, step: &[&Finding], first: &Finding) -> String {
        let place = match step.len() {
            1 => finding::name(&first.subject, true),
            _ => place(self.report, &self.view.style, step),
        };
        match first.verdict {
            Verdict::Fail | Verdict::Unknown => match step.len() {
                1 => format!("{place}: {}", one(first)),
                _ => format!("{place}: {}", said(step)),
            },
            Verdict::Pass | Verdict::NotApplicable => {
                let facts = self.view.rules.get(&first.rule);
                let verdict = first.verdict.word().replace('-', " ");
                format!(
                    "{verdict}, {place}: {}",
                    facts.map_or("", |facts| &facts.title)
                )
            }
        }
    }

    fn details(&self, step: &[&Finding], first: &Finding) -> String {
        let facts = self.view.rules.get(&first.rule);
        let why = facts
            .map(|facts| facts.why.trim())
            .filter(|why| !why.is_empty());
        let why = why.map(|why| format!("Why: {}\n\n", text(&cut(why, PARAGRAPH))));
        let pages = facts.map_or_else(String::new, pages);
        let parts = [
            why.unwrap_or_default(),
            subjects(step),
            repair(step, first),
            format!(
                "More: {}{pages}\n",
                code(&format!("dynalint explain {}", first.rule))
            ),
        ];
        parts.concat()
    }
}

/// The beginning of a part behind a line; the line is HTML.
pub(super) fn folded(summary: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n")
}

/// What is said of one.
fn one(finding: &Finding) -> String {
    match finding.verdict {
        Verdict::Unknown => unread_reason(finding).unwrap_or_else(|| "cannot tell".to_owned()),
        Verdict::Fail | Verdict::Pass | Verdict::NotApplicable => said_of(finding).to_owned(),
    }
}

/// What is wrong with each of them; of a single one what was seen, since the line has said the rest.
fn subjects(step: &[&Finding]) -> String {
    let lines: Vec<String> = match step {
        [one] => seen(one).into_iter().chain(waiver(one)).collect(),
        [..] => {
            let lines = step.iter().take(SUBJECTS);
            let lines = lines.map(|it| {
                let said = text(&cut(said_of(it), LINE));
                let waiver = waiver(it).map(|words| format!("; {words}"));
                let subject = name(&finding::name(&it.subject, true));
                format!("{subject}: {said}{}", waiver.unwrap_or_default())
            });
            let more = step.len().saturating_sub(SUBJECTS);
            let more = (more > 0).then(|| format!("and {} more", number(more)));
            lines.chain(more).collect()
        }
    };
    let lines = lines.iter().map(|line| format!("- {line}\n"));
    match lines.collect::<String>() {
        lines if lines.is_empty() => lines,
        lines => lines + "\n",
    }
}

fn seen(finding: &Finding) -> Vec<String> {
    let shown = finding.evidence.iter().take(EVIDENCE);
    let lines = shown.map(|it| {
        let found = name(&format!("{} = {}", it.path, it.observed));
        match it.expected.is_empty() {
            true => format!("found {found}"),
            false => format!("found {found}, wanted {}", name(&it.expected)),
        }
    });
    lines.collect()
}

/// Who answers for it, until when and why.
fn waiver(finding: &Finding) -> Option<String> {
    let answer = finding.decoration.as_ref()?.answer()?;
    Some(text(&cut(&format!("waived {answer}"), PARAGRAPH)))
}

/// What to do about it; of several for the first.
fn repair(step: &[&Finding], first: &Finding) -> String {
    let Some(Repair { command, words, .. }) = &first.fix else {
        return String::new();
    };
    let words = words.as_deref().map(str::trim).filter(|it| !it.is_empty());
    let words = words.map(|words| format!("Repair: {}\n\n", text(&cut(words, PARAGRAPH))));
    let command = command.as_deref().map(str::trim);
    let command = command.filter(|it| !it.is_empty() && it.len() <= COMMAND);
    let one = match step.len() {
        1 => String::new(),
        _ => format!("For {}:\n\n", name(&finding::name(&first.subject, true))),
    };
    let command = command.map(|command| format!("{one}{}\n", block("sh", command)));
    format!(
        "{}{}",
        command.unwrap_or_default(),
        words.unwrap_or_default()
    )
}

fn pages(facts: &RuleFacts) -> String {
    let pages = facts.refs.iter().filter_map(|address| page(address));
    pages.map(|page| format!(" · {page}")).collect()
}
