//! The first lines: who looked at what, how, and that nothing was changed.

use unicode_width::UnicodeWidthStr;

use super::layout::{count, duration, hang, minute, number};
use super::style::{Ink, Style};
use super::{Input, View};
use crate::report::Report;
use crate::snapshot::Scope;

/// The lines.
pub(super) fn lines(report: &Report, view: &View<'_>) -> String {
    let style = &view.style;
    let (first, second) = said(report, view);
    let text = match parts(style, &first) {
        line if line.lines().count() == 1 => line + &parts(style, &second),
        // What goes on to another line leaves room there.
        _ => parts(style, &[first, second].concat()),
    };
    style.paint(Ink::Faint, text.trim_end()) + "\n"
}

/// Who looked at what; and how much of it, and how.
pub(in crate::report) fn said(report: &Report, view: &View<'_>) -> (Vec<String>, Vec<String>) {
    let style = &view.style;
    let name = format!("dynalint {}", style.clean(&report.tool_version));
    let mut first = vec![name];
    first.extend(source(report, view));
    let target = report.config_effects.target.as_deref();
    first.extend(target.map(|name| format!("target {}", style.clean(name))));
    first.extend(report.scopes.iter().map(|scope| scope_words(style, scope)));
    // Who collects is of interest now; of a file it is what the file is about that counts.
    first.extend(caller(report, style).filter(|_| view.input == Input::Live));
    (first, vec![sizes(report), what_was_done(report, view)])
}

/// The parts in a line; where it grows too long, the next part begins another.
fn parts(style: &Style, parts: &[String]) -> String {
    let mut lines = vec![String::new()];
    for part in parts {
        let line = lines.pop().unwrap_or_default();
        let longer = format!("{line}{}{part}", style.dot());
        match (line.is_empty(), longer.width() <= style.width) {
            (true, _) => lines.push(part.clone()),
            (false, true) => lines.push(longer),
            (false, false) => lines.extend([line, part.clone()]),
        }
    }
    lines.iter().map(|line| hang(style, "", line)).collect()
}

fn source(report: &Report, view: &View<'_>) -> Option<String> {
    let time = minute(report.collected_at);
    match view.input {
        Input::Live => None,
        Input::Demo => Some(format!("demo account, as of {time}")),
        Input::File(name) => {
            let demo = if report.source == "demo" { "demo " } else { "" };
            let name = view.style.clean(name);
            Some(format!("{demo}snapshot {name}, collected {time}"))
        }
    }
}

fn scope_words(style: &Style, scope: &Scope) -> String {
    let regions = style.clean(&scope.regions.join(" "));
    let account = style.clean(&scope.account);
    format!("account {account}{}{regions}", style.dot())
}

/// `role ci` for `arn:aws:sts::111122223333:assumed-role/ci/run-991`.
fn caller(report: &Report, style: &Style) -> Option<String> {
    let arn = report.caller_arn.as_deref()?;
    let resource = arn.splitn(6, ':').nth(5)?;
    let words = match resource.split('/').collect::<Vec<&str>>()[..] {
        ["assumed-role", role, ..] => format!("role {role}"),
        ["user", .., user] => format!("user {user}"),
        ["root"] => "the root user".to_owned(),
        [..] => resource.to_owned(),
    };
    Some(style.clean(&words))
}

pub(in crate::report) fn sizes(report: &Report) -> String {
    let left_out = match report.rules_without_metrics {
        0 => String::new(),
        rules => format!(" (metrics not read: {} not assessed)", count(rules, "rule")),
    };
    let parts = [
        count(report.tables, "table"),
        count(report.indexes, "index"),
        count(report.rules, "rule") + &left_out,
    ];
    parts.join(", ")
}

pub(in crate::report) fn what_was_done(report: &Report, view: &View<'_>) -> String {
    let style = &view.style;
    match view.input {
        Input::Live => {
            let calls: u64 = report.calls.values().sum();
            let noun = if calls == 1 { "call" } else { "calls" };
            let time = report.duration_ms.map(|ms| format!(" in {}", duration(ms)));
            let time = time.unwrap_or_default();
            let calls = number(calls);
            format!(
                "{calls} read-only {noun}{time}{}nothing was changed",
                style.dot()
            )
        }
        Input::Demo | Input::File(_) => "no AWS call was made".to_owned(),
    }
}
