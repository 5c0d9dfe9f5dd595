//! The items of the checklists that were asked for and that somebody has to sign, as cases.
//!
//! What the rules of an item said stands where the rules are.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus};

use crate::attestation::{Hold, Signed};
use crate::checklist::{Assessed, Item, Standing};
use crate::report::pipeline::clean;

/// The cases of a list.
pub(super) fn cases(list: &Assessed) -> Vec<TestCase> {
    let cases = list.items().filter_map(|(item, standing)| {
        let name = list.list.name_of(item);
        case(&name, item, standing)
    });
    cases.collect()
}

/// `None` where nobody has to sign, or it was found not to apply.
fn case(name: &str, item: &Item, standing: &Standing) -> Option<TestCase> {
    let rejects = |it: &&Signed| it.hold == Hold::Rejected;
    let waits = |it: &&Signed| it.hold.is_to_sign();
    let applies = |it: &&Signed| it.hold != Hold::NotApplicable;
    let to_sign = standing.signed.iter().find(waits);
    let lines = standing.signed.iter().filter(applies).map(line);
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() && !standing.is_partial {
        return None;
    }
    let mut status = match (standing.signed.iter().find(rejects), to_sign) {
        (Some(_), _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("rejected");
            status.set_message(clean(&format!("found not to hold: {}", item.text)));
            status
        }
        (None, Some(signed)) => {
            let mut status = TestCaseStatus::skipped();
            status.set_type(signed.hold.word());
            let words = format!(
                "{}: {}; dynalint attest {name}",
                signed.hold.word(),
                item.text
            );
            status.set_message(clean(&words));
            status
        }
        (None, None) if standing.is_partial => {
            let mut status = TestCaseStatus::skipped();
            status.set_type("unknown");
            let words = format!("cannot tell for what it has to be signed: {}", item.text);
            status.set_message(clean(&words));
            status
        }
        (None, None) => TestCaseStatus::success(),
    };
    let text = lines.join("\n");
    let is_pass = matches!(status, TestCaseStatus::Success { .. });
    if !is_pass {
        status.set_description(text.clone());
    }
    let mut case = TestCase::new(clean(&item.id), status);
    if is_pass {
        case.set_system_out(text);
    }
    Some(case)
}

fn line(signed: &Signed) -> String {
    let by = signed.signature.as_ref().map(|it| {
        let expires = it.expires;
        format!(", signed by {} until {expires}", it.by)
    });
    let label = &signed.subject.label;
    let word = signed.hold.word();
    clean(&format!("{word}: {label}{}", by.unwrap_or_default()))
}
