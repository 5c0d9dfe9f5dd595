//! One finding: as a line, and with everything that is known of it.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::layout::{command, hang, hang_paragraphs, pad};
use super::style::{Ink, Style};
use super::{Detail, View};
use crate::finding::{Decoration, Finding, Repair, SubjectId, Verdict};
use crate::report::{RuleFacts, Setting};
use crate::snapshot::fact::Why;
use crate::snapshot::record::Evidence;

/// The width of the longest severity, and of the longest decoration.
const SEVERITY: usize = 8;
const DECORATION: usize = 9;
/// Columns with fewer than which a message goes to a line of its own.
const LEAST_TEXT: usize = 44;
/// Columns with fewer than which a message is not cut but goes on.
const NARROW: usize = 60;
/// The most observations shown of one finding.
const MOST_EVIDENCE: usize = 5;

/// What the lines of a report have in common.
pub(super) struct Lines<'a> {
    view: &'a View<'a>,
    rule_width: usize,
    word_width: usize,
    /// What stands in front of a line.
    lead: String,
    /// The rules whose reasons were given already.
    explained: BTreeSet<&'a str>,
}

impl<'a> Lines<'a> {
    /// Lines that leave room for the rules of these findings.
    pub(super) fn of(view: &'a View<'a>, findings: &[&Finding]) -> Lines<'a> {
        let widths = findings.iter().map(|finding| finding.rule.width());
        let decorated = findings.iter().any(|finding| finding.decoration.is_some());
        Lines {
            view,
            // A few very long names shouldn't take the room from every message.
            rule_width: widths.max().unwrap_or(0).clamp(12, 30),
            word_width: if decorated { DECORATION } else { SEVERITY },
            lead: "  ".to_owned(),
            explained: BTreeSet::new(),
        }
    }

    /// What is to stand in front of the next line.
    pub(super) fn lead(&mut self, lead: &str) {
        lead.clone_into(&mut self.lead);
    }

    /// The line, or the lines where all detail is asked for. `whole` names the subject fully, for a line that stands
    /// under no table's heading.
    pub(super) fn finding(&mut self, finding: &'a Finding, whole: bool) -> String {
        let said = match (finding.verdict, self.view.detail) {
            (Verdict::Unknown, Detail::Full) => unknown(finding, Why::to_string),
            (Verdict::Unknown, Detail::Verdict | Detail::Lines) => unknown(finding, Why::brief),
            (Verdict::Fail, _) => said_of(finding).to_owned(),
            (Verdict::Pass | Verdict::NotApplicable, _) => self.holds(finding).to_owned(),
        };
        let text = self.view.style.clean(&named(finding, said, whole));
        match self.view.detail {
            Detail::Full => self.full(finding, &text),
            Detail::Verdict | Detail::Lines => {
                self.line(finding, &text) + &self.waiver(finding, "      ")
            }
        }
    }

    /// Who answers for it, until when and why.
    fn waiver(&self, finding: &Finding, head: &str) -> String {
        let style = &self.view.style;
        let answer = finding.decoration.as_ref().and_then(Decoration::answer);
        answer.map_or_else(String::new, |answer| {
            hang(style, head, &style.clean(&answer))
        })
    }

    /// What the rule wants to hold: its message says what is wrong, and where nothing is, that would mislead.
    pub(super) fn holds(&self, finding: &Finding) -> &'a str {
        let rule = self.view.rules.get(&finding.rule);
        rule.map_or("", |rule| &*rule.title)
    }

    /// A line of one rule, with a text in the message's place.
    pub(super) fn line(&self, finding: &Finding, text: &str) -> String {
        let style = &self.view.style;
        let head = self.head(finding);
        let room = style.width.saturating_sub(head.width());
        if room < LEAST_TEXT && text.width() > room {
            let under = " ".repeat(self.lead.width() + 2);
            let room = style.width.saturating_sub(under.width());
            // On a screen as narrow as that a line would be no more than a beginning.
            let text = match room < NARROW {
                true => hang(style, &under, text),
                false => format!("{under}{}\n", style.cut(text, room)),
            };
            return format!("{}\n{text}", self.painted(finding, &head).trim_end());
        }
        let text = style.cut(text, room);
        format!("{}\n", (self.painted(finding, &head) + &text).trim_end())
    }

    fn head(&self, finding: &Finding) -> String {
        let style = &self.view.style;
        let (mark, word) = match &finding.decoration {
            None => (style.mark(finding.verdict), finding.severity.word()),
            Some(decoration) => (style.warning(), decoration.word()),
        };
        let rule = style.clean(&finding.rule);
        let severity = pad(word, self.word_width);
        let head = format!(
            "{}{mark} {severity}  {}  ",
            self.lead,
            pad(&rule, self.rule_width)
        );
        match head.trim_end().width() <= style.width {
            true => head,
            false => {
                let head = format!("{}{mark} {word} ", self.lead);
                let room = style.width.saturating_sub(head.width());
                format!("{head}{}  ", style.cut(&rule, room))
            }
        }
    }

    fn painted(&self, finding: &Finding, head: &str) -> String {
        let ink = match finding.decoration {
            None => Ink::of_result(finding.verdict, finding.severity),
            Some(_) => Ink::Mild,
        };
        let (lead, head) = head.split_at(self.lead.len());
        let (mark, rule) = head.split_at(head.find(&finding.rule).unwrap_or(head.len()));
        let words = mark.trim();
        let blanks = " ".repeat(mark.width().saturating_sub(words.width()));
        format!("{lead}{}{blanks}{rule}", self.view.style.paint(ink, words))
    }

    fn full(&mut self, finding: &'a Finding, text: &str) -> String {
        let style = &self.view.style;
        let head = self.head(finding);
        let lines = hang(style, &head, text);
        // Where there is no room beside the head, the text stands below it.
        let rest = lines.strip_prefix(head.trim_end()).unwrap_or(&lines);
        let mut lines = self.painted(finding, head.trim_end()) + rest;
        lines.push_str(&self.waiver(finding, &label_head("waived")));
        lines.push_str(&seen(style, finding));
        lines.push_str(&set(style, finding));
        lines.push_str(&unread(style, finding, text));
        let asked = matches!(finding.verdict, Verdict::Fail | Verdict::Unknown);
        let facts = self.view.rules.get(&finding.rule);
        // What is the same for each finding of a rule is said with the first.
        let first = asked && self.explained.insert(&finding.rule);
        let facts = facts.filter(|_| first);
        lines.push_str(&facts.map(|facts| why(style, facts)).unwrap_or_default());
        lines.push_str(&repair(style, finding));
        lines.push_str(&facts.map(|facts| pages(style, facts)).unwrap_or_default());
        if first {
            let (file, line) = &finding.source;
            lines.push_str(&row(style, "rule", &format!("{file}:{line}")));
        }
        lines
    }
}

fn row(style: &Style, label: &str, text: &str) -> String {
    hang(style, &label_head(label), &style.clean(text))
}

fn label_head(label: &str) -> String {
    format!("      {}", pad(label, 8))
}

fn seen(style: &Style, finding: &Finding) -> String {
    let shown = finding.evidence.iter().take(MOST_EVIDENCE);
    let mut lines: String = shown.map(|evidence| observation(style, evidence)).collect();
    if finding.evidence.len() > MOST_EVIDENCE {
        let more = finding.evidence.len() - MOST_EVIDENCE;
        lines += &row(
            style,
            "",
            &format!("and {more} more, all in the JSON report"),
        );
    }
    lines
}

/// What of severity and parameters is not the rule's own: `min_days = 35 (dynalint.yaml:12)`.
fn set(style: &Style, finding: &Finding) -> String {
    let line = |it: &Setting| {
        let because = it.because.iter().map(|because| format!(": {because}"));
        let because: String = because.collect();
        let text = format!("{} = {} ({}{because})", it.name, it.shown, it.origin);
        row(style, "set", &text)
    };
    finding.settings.iter().map(line).collect()
}

/// The reasons that the line itself doesn't give.
fn unread(style: &Style, finding: &Finding, said: &str) -> String {
    let reasons = finding.unknown.iter().map(Why::to_string);
    let reasons = reasons.filter(|why| !said.contains(&style.clean(why)));
    reasons.map(|why| row(style, "unread", &why)).collect()
}

fn observation(style: &Style, evidence: &Evidence) -> String {
    let found = match evidence.observed.strip_prefix("and ") {
        Some(more) if evidence.expected.is_empty() => {
            return row(style, "", &format!("and {more} of {}", evidence.path));
        }
        Some(_) | None => format!("{} = {}", evidence.path, evidence.observed),
    };
    let mut lines = row(style, "found", &found);
    if !evidence.expected.is_empty() {
        lines += &row(style, "wanted", &evidence.expected);
    }
    if let Some(operation) = evidence.from {
        lines += &row(style, "from", operation.name());
    }
    lines
}

fn why(style: &Style, facts: &RuleFacts) -> String {
    match facts.why.trim().is_empty() {
        true => String::new(),
        false => hang_paragraphs(style, &label_head("why"), &facts.why),
    }
}

fn repair(style: &Style, finding: &Finding) -> String {
    let Some(Repair {
        command: run,
        words,
        ..
    }) = &finding.fix
    else {
        return String::new();
    };
    let mut label = "repair";
    let mut lines = String::new();
    if let Some(run) = run {
        lines += &command(style, &label_head(label), run);
        label = "";
    }
    if let Some(words) = words {
        lines += &hang_paragraphs(style, &label_head(label), words);
    }
    lines
}

fn pages(style: &Style, facts: &RuleFacts) -> String {
    let pages = facts.refs.iter();
    pages.map(|page| row(style, "read", page)).collect()
}

/// What the line says, after the name of its subject unless that stands in the heading already.
pub(in crate::report) fn named(finding: &Finding, said: String, whole: bool) -> String {
    let name = name(&finding.subject, whole);
    match name.is_empty() || (!whole && names(&said, &name)) {
        true => said,
        false => format!("{name}: {said}"),
    }
}

/// Whether a text names it, as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.split(|c| !of_name(c)).any(|word| word == name)
}

/// What could not be told, and the first reason.
pub(in crate::report) fn unknown(finding: &Finding, words: impl Fn(&Why) -> String) -> String {
    let said = without_subject(&finding.message, &finding.subject);
    match &finding.unknown[..] {
        _ if said.starts_with("cannot tell") => said.to_owned(),
        [] => format!("cannot tell: {said}"),
        [why] => format!("cannot tell: {}", words(why)),
        [why, more @ ..] => format!("cannot tell: {}, and {} more", words(why), more.len()),
    }
}

/// What is wrong, without the subject's name.
pub(in crate::report) fn said_of(finding: &Finding) -> &str {
    without_subject(&finding.message, &finding.subject)
}

/// The first reason why it could not be told, in brief.
pub(in crate::report) fn unread_reason(finding: &Finding) -> Option<String> {
    finding.unknown.first().map(Why::brief)
}

/// How a line names its subject: not at all where that is the table of the heading.
pub(in crate::report) fn name(subject: &SubjectId, whole: bool) -> String {
    let is_table = subject.kind == "table";
    let last = subject.name.rsplit(':').next().unwrap_or(&subject.name);
    let own = if subject.name.starts_with("arn:") {
        last
    } else {
        &subject.name
    };
    // Auto scaling and contributor insights name what they are about as `table/orders/index/by-date`.
    let resource = own.strip_prefix("table/");
    let resource = resource.map(|resource| resource.replacen("/index/", "/", 1));
    if let Some(resource) = resource {
        let side = if resource.contains(' ') { "s" } else { "" };
        return resource + side;
    }
    match &subject.table {
        _ if is_table && whole => subject.name.clone(),
        _ if is_table => String::new(),
        // Some kinds have the table's name in theirs.
        Some(table) if whole && !names(own, table) => format!("{table}/{own}"),
        Some(_) => own.to_owned(),
        // `role/checkout-api` tells the kind by itself.
        None if subject.kind == "principal" => own.to_owned(),
        None => format!("{} {own}", subject.kind.replace('-', " ")),
    }
}

/// The message without its subject, where it begins with it.
fn without_subject<'a>(message: &'a str, subject: &SubjectId) -> &'a str {
    let SubjectId { kind, name, .. } = subject;
    let table = subject.table.as_deref().unwrap_or(name);
    // There is one of these for each of many findings, so the forms are compared part by part.
    let (before, after) = name.split_once('/').unwrap_or((name, ""));
    let between = if before.len() < name.len() { " " } else { "" };
    let forms: [&[&str]; 12] = [
        &[kind, " ", name, " of ", table, ": "],
        &[kind, " ", name, " of table ", table, ": "],
        &[table, "/", name, ": "],
        &[kind, " ", name, ": "],
        &[name, ": "],
        &["table ", table, ": "],
        &[name, "s: "],
        &[before, between, after, ": "],
        &["backup ", name, ": "],
        &["backup ", kind, " ", name, ": "],
        &[kind, " ", &subject.account, ": "],
        &[table, ": "],
    ];
    let strip = |form: &&[&str]| {
        let mut parts = form.iter();
        parts.try_fold(message, |rest, part| rest.strip_prefix(part))
    };
    let stripped = forms.iter().find_map(strip);
    // A consumer's name may say which version of its function it is; its message does not.
    let of_table = || {
        let rest = message.strip_prefix(&format!("{kind} "))?;
        let (begins, said) = rest.split_once(&format!(" of {table}: "))?;
        name.starts_with(begins).then_some(said)
    };
    let stripped = stripped.or_else(of_table);
    stripped.unwrap_or(message)
}
