//! The report as Markdown, for a comment on a pull request or the summary of a pipeline step.
//!
//! The verdict first, then what to do, worst first, each line opening to its details; the rest below. It begins with a
//! hidden comment that names target, accounts and regions, so that a bot finds its earlier comment and puts the new one in
//! its place. Foreign text goes through `text` and can neither mention anybody nor link, nor show a picture. What is too
//! long is cut at whole rows, with a note of how many are missing.

mod diagram;
mod rules;
mod section;
mod state;
mod text;

use self::rules::Rules;
use self::section::Section;
use self::text::{code, cut, text};
use super::Report;
use super::terminal::style::Style;
use super::terminal::{View, header, verdict};
use crate::finding::Verdict;
use crate::gate::GateOutcome;

/// The most bytes of a report. GitHub takes 65,536 characters of a comment, GitLab a million.
pub const MOST: usize = 60_000;
/// The most characters of a marker's value, and of the words on who looked at what.
const MARK: usize = 400;
const FACTS: usize = 1_000;

/// The report as Markdown, under [`MOST`] bytes.
///
/// # Errors
/// None.
pub fn render(report: &Report, view: &View<'_>) -> Result<String, serde_json::Error> {
    Ok(within(report, view, MOST))
}

/// The report as Markdown, in so many bytes at most; where they are fewer than about 4,000, verdict and next steps alone.
pub fn within(report: &Report, view: &View<'_>, most: usize) -> String {
    // A page is read by somebody else and elsewhere: what the screen can show is not its business.
    let view = &View {
        style: Style::default(),
        ..*view
    };
    let (head, foot, cut_note) = (head(report, view), foot(report, view), cut_note(view, most));
    let mut page = Page {
        room: most.saturating_sub(head.len() + foot.len() + cut_note.len()),
        is_cut: false,
    };
    let rules = Rules::new(report, view);
    // Small and sure of their place first; what is left goes to the findings and their details.
    let areas = page.part(&state::areas(report, view), 3);
    let gaps = page.part(&state::gaps(report, view), 5);
    let accepted = state::accepted(report).map(|it| page.part(&it, 8));
    let unknown = page.part(&rules.unknown, 8);
    let lists = state::lists(report, view);
    let lists: String = lists.iter().map(|it| page.part(it, 8)).collect();
    let effects = page.part(&state::effects(report), 8);
    let diagram = page.whole(&diagram::section(report, view), 5);
    let [worst, rest] = &rules.fails;
    let worst = page.part(worst, if rest.rows.is_empty() { 1 } else { 2 });
    let rest = page.part(rest, 1);
    let others = page.part(&rules.others, 1);
    let cut_note = if page.is_cut { cut_note } else { String::new() };
    [
        head,
        worst,
        rest,
        areas,
        gaps,
        unknown,
        accepted.concat(),
        lists,
        effects,
        others,
        diagram,
        cut_note,
        foot,
    ]
    .concat()
}

/// The room that is left on the page.
struct Page {
    room: usize,
    is_cut: bool,
}

impl Page {
    /// A part, in a share of the room that is left: all of it, a half, a third…
    fn part(&mut self, section: &Section, share: usize) -> String {
        let fitted = section.fitted(self.room / share);
        self.room -= fitted.text.len();
        self.is_cut |= fitted.is_cut;
        fitted.text
    }

    /// A part that means nothing when it is cut: all of it or nothing.
    fn whole(&mut self, section: &Section, share: usize) -> String {
        match section.fitted(self.room / share).is_cut {
            true => {
                self.is_cut = true;
                String::new()
            }
            false => self.part(section, share),
        }
    }
}

fn head(report: &Report, view: &View<'_>) -> String {
    let mark = match report.gate.outcome {
        GateOutcome::Ready => view.style.mark(Verdict::Pass),
        GateOutcome::NotReady => view.style.mark(Verdict::Fail),
        GateOutcome::CannotTell => view.style.mark(Verdict::Unknown),
        GateOutcome::NothingToCheck { .. } => view.style.mark(Verdict::NotApplicable),
    };
    let word = verdict::word(report.gate.outcome);
    let counts = verdict::counts(report).join(view.style.dot());
    let (who, what) = header::said(report, view);
    let facts = [who, what].concat().join(view.style.dot());
    let facts = text(&cut(&facts, FACTS));
    format!(
        "{}\n## {mark} {word}: {}\n\n{facts}\n\n",
        marker(report),
        text(&counts)
    )
}

/// What a bot looks for. Of the run itself it says nothing, so it is the same in each.
fn marker(report: &Report) -> String {
    let effects = &report.config_effects;
    let target = effects.target.as_deref();
    let target = target.map(|target| format!(" target={}", value(target)));
    let accounts: Vec<&str> = report.scopes.iter().map(|it| &*it.account).collect();
    let regions: Vec<&str> = match &target {
        // Which regions a target has is for its file to say.
        Some(_) => Vec::new(),
        None => {
            let regions = report.scopes.iter().flat_map(|it| &it.regions);
            regions.map(String::as_str).collect()
        }
    };
    let list = |word: &str, values: Vec<&str>| match values.is_empty() {
        true => String::new(),
        false => format!(" {word}={}", value(&values.join(","))),
    };
    format!(
        "<!-- dynalint{}{}{} -->",
        target.unwrap_or_default(),
        list("account", accounts),
        list("region", regions)
    )
}

/// A value in a comment of HTML, which two hyphens could end: percent-encoded where it is not plain.
fn value(text: &str) -> String {
    let mut value = String::new();
    for byte in cut(text, MARK).bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"._,".contains(&byte);
        match is_plain || (byte == b'-' && !value.ends_with('-')) {
            true => value.push(char::from(byte)),
            false => value += &format!("%{byte:02X}"),
        }
    }
    value
}

/// How to see it oneself.
fn foot(report: &Report, view: &View<'_>) -> String {
    let steps = verdict::steps(report, view);
    let steps = steps
        .iter()
        .map(|(label, command)| format!("- {label}: {}\n", code(&cut(command, MARK))));
    let steps: String = steps.collect();
    match steps.is_empty() {
        true => steps,
        false => format!("### See it yourself\n\n{steps}"),
    }
}

fn cut_note(view: &View<'_>, most: usize) -> String {
    let whole = code(&cut(&format!("{} -o report.html", view.command), MARK));
    let most = super::terminal::layout::number(most);
    format!("_Cut to {most} bytes; all of it: {whole}_\n\n")
}
