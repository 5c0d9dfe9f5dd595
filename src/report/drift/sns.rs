//! Drift as input of `aws sns publish --topic-arn ARN --cli-input-json file://FILE`: a subject, and a message with a text
//! for people and JSON for programs.
//!
//! Keeps the limits of SNS (API reference of Publish: a subject under 100 characters of printable ASCII that begins with a
//! letter or digit; 256 kB). Publishes nothing, and knows no topic.

use serde::Serialize;

use super::terminal;
use super::words::said_in_all;
use super::{DriftReport, DriftView, json};
use crate::report::terminal::Detail;
use crate::report::terminal::style::Style;

/// The most characters of a subject.
const SUBJECT: usize = 99;
/// The most bytes of the whole message, and of the text in it: some are left for escaping.
const MESSAGE: usize = 256 * 1024;
const TEXT: usize = 32 * 1024;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Publish {
    subject: String,
    message: String,
    message_structure: &'static str,
}

/// What each protocol gets.
#[derive(Serialize)]
struct ByProtocol<'m> {
    default: &'m str,
    email: &'m str,
    http: &'m str,
    https: &'m str,
    lambda: &'m str,
    sqs: &'m str,
}

/// The input as JSON.
///
/// # Errors
/// None that is known: every value is text.
pub fn render(report: &DriftReport, view: &DriftView<'_>) -> Result<String, serde_json::Error> {
    let page = DriftView {
        style: Style::default(),
        detail: Detail::Lines,
        ..*view
    };
    let text = cut(&terminal::render(report, &page));
    let whole = json::line(report)?;
    let with = |data: &str| {
        serde_json::to_string(&ByProtocol {
            default: &text,
            email: &text,
            http: data,
            https: data,
            lambda: data,
            sqs: data,
        })
    };
    // Programs get everything where there is room for it, and else the text, which says how to see the rest.
    let message = with(&whole)?;
    let message = match message.len() <= MESSAGE {
        true => message,
        false => with(&text)?,
    };
    let publish = Publish {
        subject: subject(report),
        message,
        message_structure: "json",
    };
    Ok(serde_json::to_string_pretty(&publish)? + "\n")
}

fn subject(report: &DriftReport) -> String {
    let accounts = report.new.scopes.iter().map(|it| it.account.as_str());
    let accounts: Vec<&str> = accounts.collect();
    let mut subject = match accounts[..] {
        [account] => format!("DynamoDB drift in {account}:"),
        _ => format!("DynamoDB drift in {} accounts:", accounts.len()),
    };
    // The first are the worst; those for which there is no room stand in the message.
    for (at, count) in said_in_all(report).iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        if subject.len() + comma.len() + 1 + count.len() <= SUBJECT {
            subject += &format!("{comma} {count}");
        }
    }
    let printable = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
    subject.chars().map(printable).take(SUBJECT).collect()
}

/// The text, cut at the end of a line.
fn cut(text: &str) -> String {
    if text.len() <= TEXT {
        return text.to_owned();
    }
    let mut kept = String::new();
    for line in text.split_inclusive('\n') {
        if kept.len() + line.len() > TEXT {
            break;
        }
        kept += line;
    }
    kept + "…\nThe rest did not fit; -o drift.json has all of it.\n"
}
