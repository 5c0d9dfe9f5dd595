//! Drift for people at a terminal: worse first, one result one line, and a verdict at the end.

use unicode_width::UnicodeWidthStr;

use super::words::{
    counts, fact, not_comparable, not_compared, place, results, seen, subject, told,
};
use super::{DriftReport, DriftView, Of};
use crate::drift::{Direction, FactChange, Outcome, Turn};
use crate::finding::Verdict;
use crate::report::terminal::Detail;
use crate::report::terminal::layout::{count, ends, hang, minute, number, pad};
use crate::report::terminal::style::{Ink, Style};

/// The width of the longest heading, and of the longest severity.
const HEADING: usize = 10;
const SEVERITY: usize = 8;
/// Results of one rule that turned the same way, and facts, that are shown without `-v`.
const SHOWN_LIKE: usize = 3;
const SHOWN_FACTS: usize = 20;
const SHOWN_SEEN: usize = 3;
/// Lines of a text that are shown without `-v`.
const FEW_LINES: usize = 2;

/// What drift found, as text. With the least detail nothing is said where nothing changed.
pub fn render(report: &DriftReport, view: &DriftView<'_>) -> String {
    let verdict = verdict(report, &view.style);
    if view.detail == Detail::Verdict {
        let is_quiet = !report.has_changed() && report.outcome == Outcome::Steady;
        return if is_quiet { String::new() } else { verdict };
    }
    let head = match report.has_changed() || view.detail == Detail::Full {
        true => header(report, &view.style),
        false => String::new(),
    };
    let sections = [
        head,
        body(report, view),
        unseen(report, view),
        verdict,
        steps(report, view),
    ];
    let sections: Vec<String> = sections.into_iter().filter(|it| !it.is_empty()).collect();
    sections.join("\n")
}

fn header(report: &DriftReport, style: &Style) -> String {
    let (old, new) = (&report.old, &report.new);
    let scopes = new.scopes.iter().flat_map(|scope| {
        let account = format!("account {}", scope.account);
        std::iter::once(account).chain([scope.regions.join(" ")])
    });
    let parts = [
        format!("since {} ({})", minute(old.collected_at), old.input),
        format!("now {} ({})", minute(new.collected_at), new.input),
    ];
    let parts: Vec<String> = parts.into_iter().chain(scopes).collect();
    let mut lines = hang(style, "", &style.clean(&parts.join(style.dot())));
    if old.tool_version != report.tool_version || new.tool_version != report.tool_version {
        lines += &hang(style, "", &style.clean(&versions(old, new, report)));
    }
    if report.by_result_alone {
        lines += &hang(
            style,
            "",
            "a history knows results alone: facts were not compared",
        );
    }
    lines
}

fn versions(old: &Of, new: &Of, report: &DriftReport) -> String {
    let (old, new, this) = (&old.tool_version, &new.tool_version, &report.tool_version);
    format!("collected by dynalint {old} and {new}, both judged by the rules of {this}")
}

fn body(report: &DriftReport, view: &DriftView<'_>) -> String {
    let drift = &report.drift;
    let turns = [&drift.worse, &drift.better, &drift.other];
    let rules = turns.into_iter().flatten();
    let rules = rules.map(|turn| turn.finding().rule.width());
    let width = rules.max().unwrap_or(0).clamp(12, 30);
    let several = report
        .new
        .scopes
        .iter()
        .map(|it| it.regions.len())
        .sum::<usize>()
        > 1;
    let page = Page {
        view,
        rule_width: width,
        several,
    };
    let mut other: Vec<String> = page.turns(&drift.other);
    other.extend(page.facts(&drift.changed));
    let table = |table: &crate::drift::TableResults, word: &str| {
        let name = page.at(&table.table.0, Some(&table.table.1), &table.table.2);
        page.hang(&format!("table {name}  {word}{}", results(table)))
    };
    let new = drift.new_tables.iter().map(|it| table(it, ""));
    let gone = drift.gone_tables.iter().map(|it| table(it, "had "));
    let sections = [
        ("WORSE", Ink::Bad, page.turns(&drift.worse)),
        ("BETTER", Ink::Good, page.turns(&drift.better)),
        ("CHANGED", Ink::Strong, other),
        ("NEW", Ink::Strong, new.collect()),
        ("GONE", Ink::Strong, gone.collect()),
    ];
    let sections = sections
        .into_iter()
        .filter(|(_, _, lines)| !lines.is_empty());
    let sections = sections.map(|(word, ink, lines)| {
        let lines = lines.concat();
        let lines = lines.strip_prefix(&" ".repeat(HEADING)).unwrap_or(&lines);
        let blanks = " ".repeat(HEADING - word.len());
        format!("{}{blanks}{lines}", view.style.paint(ink, word))
    });
    sections.collect()
}

/// What the lines have in common.
struct Page<'p> {
    view: &'p DriftView<'p>,
    rule_width: usize,
    /// Whether there is more than one account and region, so that each line has to name its own.
    several: bool,
}

impl Page<'_> {
    fn turns(&self, turns: &[Turn]) -> Vec<String> {
        let mut lines = Vec::new();
        let mut at = 0;
        while at < turns.len() {
            let like = |turn: &&Turn| {
                let key = |turn: &Turn| (turn.kind, turn.severity(), turn.finding().rule.clone());
                key(turn) == key(&turns[at])
            };
            let group = turns[at..].iter().take_while(like).count();
            let shown = match self.view.detail {
                Detail::Full => group,
                Detail::Verdict | Detail::Lines if group <= SHOWN_LIKE + 1 => group,
                Detail::Verdict | Detail::Lines => SHOWN_LIKE,
            };
            lines.extend(turns[at..at + shown].iter().map(|turn| self.turn(turn)));
            if shown < group {
                let more = number(group - shown);
                let rule = &turns[at].finding().rule;
                lines.push(self.hang(&format!("and {more} more of {rule}, all with -v")));
            }
            at += group;
        }
        lines
    }

    fn turn(&self, turn: &Turn) -> String {
        let style = &self.view.style;
        let finding = turn.finding();
        let (mark, ink) = match (turn.kind.direction(), &turn.new) {
            (Direction::Better, _) => (style.mark(Verdict::Pass), Ink::Good),
            (Direction::Worse, Some(new)) => {
                let ink = Ink::of_result(new.verdict, new.severity);
                (style.mark(new.verdict), ink)
            }
            (Direction::Worse | Direction::Neither, _) => (style.warning(), Ink::Mild),
        };
        let words = format!("{mark} {}", pad(turn.severity().word(), SEVERITY));
        let rule = pad(&style.clean(&finding.rule), self.rule_width);
        let head = format!("{:HEADING$}{words}  {rule}  ", "");
        let region = finding.subject.region.as_deref();
        let name = self.at(&finding.subject.account, region, &subject(turn));
        let text = format!("{name}: {}", told(turn, self.view.rules));
        let plain = hang(style, &head, &style.clean(&text));
        let mut lines = plain.replacen(&words, &style.paint(ink, &words), 1);
        let seen = seen(turn);
        let shown = match self.view.detail {
            Detail::Full => seen.len(),
            Detail::Verdict | Detail::Lines => SHOWN_SEEN,
        };
        let under = " ".repeat(head.width() + 2);
        for line in seen.iter().take(shown) {
            lines += &self.short(&under, line);
        }
        if seen.len() > shown {
            lines += &self.short(&under, &format!("and {} more", seen.len() - shown));
        }
        lines
    }

    fn facts(&self, facts: &[FactChange]) -> Vec<String> {
        let shown = match self.view.detail {
            Detail::Full => facts.len(),
            Detail::Verdict | Detail::Lines if facts.len() <= SHOWN_FACTS + 1 => facts.len(),
            Detail::Verdict | Detail::Lines => SHOWN_FACTS,
        };
        let mut lines: Vec<String> = facts[..shown].iter().map(|it| self.fact(it)).collect();
        if shown < facts.len() {
            let more = number(facts.len() - shown);
            lines.push(self.hang(&format!("and {more} more, all with -v")));
        }
        lines
    }

    fn fact(&self, change: &FactChange) -> String {
        let own = place(&change.place);
        let region = change.place.region.as_deref();
        let name = match change.place.table {
            Some(_) => self.at(&change.place.account, region, &own),
            None if self.several && region.is_some() => format!("{} {own}", change.place.account),
            None => own,
        };
        let text = format!("{name}  {}", fact(change));
        self.short(&" ".repeat(HEADING), &text)
    }

    /// A name, with its account and region where there are several.
    fn at(&self, account: &str, region: Option<&str>, name: &str) -> String {
        match (self.several, region) {
            (false, _) => name.to_owned(),
            (true, Some(region)) => format!("{account} {region} {name}"),
            (true, None) => format!("{account} {name}"),
        }
    }

    /// A text in a few lines, or in as many as it needs where all detail is asked for.
    fn short(&self, head: &str, text: &str) -> String {
        let style = &self.view.style;
        let room = style.width.saturating_sub(head.width());
        let text = match self.view.detail {
            Detail::Full => style.clean(text),
            Detail::Verdict | Detail::Lines => style.cut(&style.clean(text), FEW_LINES * room),
        };
        hang(style, head, &text)
    }

    fn hang(&self, text: &str) -> String {
        let style = &self.view.style;
        hang(style, &" ".repeat(HEADING), &style.clean(text))
    }
}

fn unseen(report: &DriftReport, view: &DriftView<'_>) -> String {
    let style = &view.style;
    let all = &report.drift.not_comparable;
    if all.is_empty() {
        return String::new();
    }
    let lines = match view.detail {
        Detail::Full => all.iter().map(not_compared).collect(),
        Detail::Verdict | Detail::Lines => not_comparable(all),
    };
    let heading = style.paint(Ink::Open, "NOT COMPARABLE");
    let lines = lines
        .iter()
        .map(|line| hang(style, "  ", &style.clean(line)));
    format!("{heading}\n{}", lines.collect::<String>())
}

fn verdict(report: &DriftReport, style: &Style) -> String {
    let counts = counts(report);
    let (ink, word) = match (report.outcome, counts.is_empty()) {
        (Outcome::Drifted, _) => (Ink::Bad, "DRIFT"),
        (Outcome::CannotTell, _) => (Ink::Open, "CANNOT TELL"),
        (Outcome::NothingToCompare { .. }, _) => (Ink::Open, "NOTHING TO COMPARE"),
        (Outcome::Steady, true) => (Ink::Good, "NO DRIFT"),
        (Outcome::Steady, false) => (Ink::Good, "DRIFT"),
    };
    let drift = &report.drift;
    let text = match (report.outcome, counts.is_empty()) {
        (Outcome::CannotTell, _) => "no table could be seen on both sides".to_owned(),
        (Outcome::NothingToCompare { .. }, _) => "no table on either side".to_owned(),
        (Outcome::Drifted | Outcome::Steady, true) => {
            let tables = count(drift.tables, "table");
            format!("nothing changed: {tables}, {}", count(drift.rules, "rule"))
        }
        (Outcome::Drifted, false) => counts.join(", "),
        (Outcome::Steady, false) => format!("nothing worse: {}", counts.join(", ")),
    };
    let exit = format!("exit {}", report.outcome.exit_code());
    let left = format!("{word}   {text}");
    let line = ends(style, (Ink::Plain, &left), (Ink::Plain, &exit));
    line.replacen(word, &style.paint(ink, word), 1)
}

fn steps(report: &DriftReport, view: &DriftView<'_>) -> String {
    if !report.has_changed() {
        return String::new();
    }
    let drift = &report.drift;
    let first = drift.worse.first().or(drift.better.first());
    let why = first.map(|turn| format!("  why     dynalint explain {}\n", turn.finding().rule));
    let detail = match view.detail {
        Detail::Full => String::new(),
        Detail::Verdict | Detail::Lines => format!("  detail  {} -v\n", view.command),
    };
    why.unwrap_or_default() + &detail
}
