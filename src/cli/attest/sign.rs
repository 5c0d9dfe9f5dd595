//! One signature more: asked for where somebody is there to answer, checked as the file is, shown, and added.

use std::io::BufRead;

use jiff::civil::Date;

use super::Wanted;
use crate::attestation::{self, Draft, Mistake, OnDraft, Outcome, Per};
use crate::cli::args::attest::{AttestArgs, Expiry, SignArgs};
use crate::cli::ask::{ask, confirm, git_user};
use crate::cli::exit::Failure;
use crate::cli::files::{mistakes, text_if_there};
use crate::cli::output::{Console, make_folder, write_file};
use crate::cli::project::Project;
use crate::report::signatures;
use crate::yaml::edit::{append, quote};

/// Adds the signature to the file.
pub(super) fn run(
    args: &AttestArgs,
    project: &Project,
    wanted: &Wanted<'_>,
    today: Date,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let mut draft = draft(&args.sign, wanted, today);
    let missing = missing(&draft, wanted);
    let by_hand = console.screen.can_ask();
    let mut answers = std::io::stdin().lock();
    if by_hand {
        let style = console.screen.style(args.color, args.width);
        console.talk(&signatures::words(wanted.name, wanted.item, &style));
        fill(&mut draft, &missing, wanted, &mut answers, console)?;
    } else if !missing.is_empty() {
        return Err(flags_missing(&missing, wanted));
    }
    let items = project.lists.signable(true);
    let checked = draft.check(&items, today, 0);
    let signature = checked.map_err(|mistakes| in_flags(&mistakes))?;
    let mut others = project.attestations.of(wanted.name).iter();
    if let Some(other) = others.find(|other| other.says_the_same(&signature)) {
        let file = project.attestations_file.display();
        let message = format!("this is signed already, in {file}:{}", other.line);
        let hint = "commit the file; what is signed once need not be signed again";
        return Err(Failure::new(message, hint));
    }
    let block = block(&draft);
    if by_hand && !args.sign.yes {
        console.talk(&format!("\n{}\n", indented(&block)));
        let question = "Do you vouch for these words, in your name?";
        if !confirm(question, &mut answers, console)? {
            let hint = "it is signed by the answer yes, in full";
            return Err(Failure::new("not signed, and nothing was written", hint));
        }
    }
    add(project, &block, today)?;
    let file = project.attestations_file.display();
    let done = format!("{}\nsigned in {file}\n", indented(&block));
    console.report(&format!(
        "{done}  next    commit it: the history of the repository says who signed\n"
    ))
}

/// The flags as a file would have them. What they leave open has a default, or is missing.
fn draft(args: &SignArgs, wanted: &Wanted<'_>, today: Date) -> Draft {
    let date = args.date.unwrap_or(today);
    let expires = match args.expires {
        Some(Expiry::Day(day)) => Some(day),
        Some(Expiry::Days(days)) => attestation::last_day(date, days),
        None => attestation::last_day(date, wanted.asked.attest.valid_days),
    };
    let on = OnDraft {
        table: args.table.clone(),
        service: args.service.clone(),
        account: args.account.clone(),
    };
    Draft {
        item: Some(wanted.name.to_owned()),
        on: (on != OnDraft::default()).then_some(on),
        outcome: Some(args.outcome.word().to_owned()),
        by: args.by.clone(),
        date: Some(date.to_string()),
        expires: Some(expires.unwrap_or(Date::MAX).to_string()),
        text: Some(wanted.asked.words.clone()),
        evidence: (!args.evidence.is_empty()).then(|| args.evidence.clone()),
        notes: args.notes.clone(),
    }
}

/// What a person can be asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    On,
    By,
    Evidence,
}

fn missing(draft: &Draft, wanted: &Wanted<'_>) -> Vec<Question> {
    let fails = draft.outcome.as_deref() == Some(Outcome::Fail.word());
    let needs_evidence = wanted.asked.attest.needs_evidence && !fails;
    let questions = [
        (Question::On, draft.on.is_none()),
        (Question::By, draft.by.is_none()),
        (
            Question::Evidence,
            needs_evidence && draft.evidence.is_none(),
        ),
    ];
    let missing = questions.into_iter().filter(|(_, is_missing)| *is_missing);
    missing.map(|(question, _)| question).collect()
}

fn flags_missing(missing: &[Question], wanted: &Wanted<'_>) -> Failure {
    let per = wanted.asked.attest.per.word();
    let flags = missing.iter().map(|question| match question {
        Question::On => (format!("--{per}"), format!("--{per} GLOB")),
        Question::By => ("--by".to_owned(), "--by WHO".to_owned()),
        Question::Evidence => ("--evidence".to_owned(), "--evidence URL".to_owned()),
    });
    let (flags, usage): (Vec<String>, Vec<String>) = flags.unzip();
    let verb = if flags.len() == 1 { "is" } else { "are" };
    Failure::new(
        format!("{} {verb} missing", flags.join(", ")),
        format!("dynalint attest {} {}", wanted.name, usage.join(" ")),
    )
}

fn fill(
    draft: &mut Draft,
    missing: &[Question],
    wanted: &Wanted<'_>,
    answers: &mut dyn BufRead,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    for question in missing {
        match question {
            Question::On => {
                let per = wanted.asked.attest.per;
                let text = format!("For which {}, by name or pattern? * is each", per.word());
                draft.on = Some(on(per, ask(&text, None, answers, console)?));
            }
            Question::By => {
                let user = git_user();
                let by = ask("Who signs?", user.as_deref(), answers, console)?;
                draft.by = Some(by);
            }
            Question::Evidence => {
                let text = "What is there to show for it? A link";
                draft.evidence = Some(vec![ask(text, None, answers, console)?]);
            }
        }
    }
    Ok(())
}

fn on(per: Per, pattern: String) -> OnDraft {
    let mut on = OnDraft::default();
    match per {
        Per::Table => on.table = Some(pattern),
        Per::Service => on.service = Some(pattern),
        Per::Account => on.account = Some(pattern),
    }
    on
}

/// What is wrong, told of the flags that it was said in.
fn in_flags(mistakes: &[Mistake]) -> Failure {
    let line = |mistake: &Mistake| {
        let key = mistake.key.split('.').collect::<Vec<&str>>();
        let flag = match *key.as_slice() {
            ["on", name] => format!("--{name}: "),
            ["on"] | ["item"] | [] => String::new(),
            [name, ..] => format!("--{name}: "),
        };
        let hint = mistake.hint.iter().map(|hint| format!(", {hint}"));
        format!(
            "error: {flag}{}{}",
            mistake.message,
            hint.collect::<String>()
        )
    };
    let lines: Vec<String> = mistakes.iter().map(line).collect();
    let hint = "nothing was written; dynalint attest --help".to_owned();
    Failure::rendered(lines.join("\n"), Some(hint))
}

/// The signature as YAML, without the dash of its list.
fn block(draft: &Draft) -> String {
    let on = draft.on.clone().unwrap_or_default();
    let keys = [
        ("table", on.table),
        ("service", on.service),
        ("account", on.account),
    ];
    let keys = keys.into_iter();
    let keys = keys.filter_map(|(key, text)| Some(format!("{key}: {}", quote(&text?))));
    let on = format!("{{ {} }}", keys.collect::<Vec<String>>().join(", "));
    let text = |key: &str, text: &Option<String>| {
        let text = text.iter().map(|text| format!("{key}: {}\n", quote(text)));
        text.collect::<String>()
    };
    // Days and digests are of a few characters that mean themselves.
    let plain = |key: &str, text: &Option<String>| {
        let text = text.iter().map(|text| format!("{key}: {text}\n"));
        text.collect::<String>()
    };
    let links = draft.evidence.iter().flatten();
    let links: String = links.map(|link| format!("  - {}\n", quote(link))).collect();
    let evidence = match links.is_empty() {
        true => String::new(),
        false => format!("evidence:\n{links}"),
    };
    [
        plain("item", &draft.item),
        plain("on", &Some(on)),
        plain("outcome", &draft.outcome),
        text("by", &draft.by),
        plain("date", &draft.date),
        plain("expires", &draft.expires),
        plain("text", &draft.text),
        evidence,
        text("notes", &draft.notes),
    ]
    .concat()
}

fn indented(block: &str) -> String {
    let lines = block.lines().enumerate().map(|(at, line)| match at {
        0 => format!("  - {line}\n"),
        _ => format!("    {line}\n"),
    });
    lines.collect()
}

/// Adds the block at the end of the file, reads the whole as the next run would, and only then writes it.
fn add(project: &Project, block: &str, today: Date) -> Result<(), Failure> {
    let path = &project.attestations_file;
    let file = path.display().to_string();
    let refused = |errors: Vec<_>| mistakes(&errors);
    let text = text_if_there(path).map_err(|error| refused(vec![error]))?;
    let text = text.unwrap_or_default();
    let text = append(&file, &text, "attestations", block).map_err(refused)?;
    let items = project.lists.signable(true);
    attestation::read(&file, &text, &items, today).map_err(refused)?;
    make_folder(path)?;
    write_file(path, &text)
}
