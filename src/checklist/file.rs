//! A checklist's file: read whole, with every mistake in it and its place.

use std::collections::BTreeSet;
use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Attest, Checklist, Item, Per, RuleNames};
use crate::yaml::{self, SourceError, Spans, did_you_mean};

// What may be missing is optional here: the reader below says all that is missing at once.

/// A checklist: what a review goes through.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Checklist")]
pub(super) struct File {
    /// Its name: also the name of the file, in kebab-case.
    #[schemars(required)]
    id: Option<String>,
    /// Its heading.
    #[schemars(required)]
    title: Option<String>,
    /// In the order of a review.
    #[serde(default)]
    items: Vec<ItemFile>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    id: Option<String>,
    text: Option<String>,
    why: Option<String>,
    #[serde(default)]
    rules: Vec<String>,
    attest: Option<AttestFile>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AttestFile {
    per: Option<String>,
    by: Option<String>,
    valid: Option<String>,
    evidence: Option<String>,
}

/// Reads a list; `others` are those that were read before it.
pub(super) fn read(
    file: &str,
    text: &str,
    rules: RuleNames<'_>,
    others: &[Checklist],
) -> Result<Checklist, Vec<SourceError>> {
    let document = yaml::read::<File>(file, text)?;
    let mut reader = Reader {
        spans: &document.spans,
        rules,
        errors: Vec::new(),
    };
    let list = reader.list(document.value, others);
    let mut errors = reader.errors;
    errors.sort_by_key(|error| (error.line, error.column));
    match errors.is_empty() {
        true => Ok(list),
        false => Err(errors),
    }
}

struct Reader<'a> {
    spans: &'a Spans,
    rules: RuleNames<'a>,
    errors: Vec<SourceError>,
}

impl Reader<'_> {
    fn wrong(&mut self, path: &str, message: impl Into<String>) {
        self.errors.push(self.spans.error(path, message));
    }

    fn unknown<'c>(
        &mut self,
        path: &str,
        message: String,
        candidates: impl IntoIterator<Item = &'c str>,
        name: &str,
    ) {
        let hint = did_you_mean(name, candidates);
        let error = self.spans.error(path, message).hinted(hint);
        self.errors.push(error);
    }

    fn list(&mut self, file: File, others: &[Checklist]) -> Checklist {
        let id = self.name("", file.id);
        if stem_of(self.spans.file()) != id && !id.is_empty() {
            self.wrong("id", format!("id \"{id}\" is not the name of the file"));
        }
        if others.iter().any(|other| other.id == id) {
            let error = self
                .spans
                .error("id", format!("a second checklist is named \"{id}\""));
            let ours = super::BUILTIN.iter().any(|(path, _)| stem_of(path) == id);
            let hint = ours.then(|| "that is one of ours: give yours a name of its own".to_owned());
            self.errors.push(error.hinted(hint));
        }
        let title = self.text("", "title", file.title);
        if file.items.is_empty() {
            self.wrong("items", "a checklist without items");
        }
        let mut ids = BTreeSet::new();
        let items = file.items.into_iter().enumerate();
        let items = items.map(|(index, item)| self.item(&format!("items.{index}"), item, &mut ids));
        Checklist {
            id,
            title,
            items: items.collect(),
        }
    }

    fn item(&mut self, path: &str, file: ItemFile, ids: &mut BTreeSet<String>) -> Item {
        let id = self.name(path, file.id);
        if !id.is_empty() && !ids.insert(id.clone()) {
            self.wrong(&format!("{path}.id"), format!("duplicate item \"{id}\""));
        }
        if file.rules.is_empty() && file.attest.is_none() {
            let message = "nothing decides the item: give it rules, or attest";
            self.wrong(path, message);
        }
        Item {
            id,
            text: self.text(path, "text", file.text),
            why: self.text(path, "why", file.why),
            rules: self.rules(path, &file.rules),
            attest: file.attest.map(|attest| self.attest(path, attest)),
        }
    }

    /// An id: there, and in kebab-case.
    fn name(&mut self, path: &str, id: Option<String>) -> String {
        let id = self.text(path, "id", id);
        let of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !id.chars().all(of_name) || id.starts_with('-') || id.ends_with('-') {
            let message = format!("id \"{id}\" is not in kebab-case: a-z, 0-9, -");
            self.wrong(&join(path, "id"), message);
        }
        id
    }

    fn text(&mut self, path: &str, key: &str, text: Option<String>) -> String {
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            self.wrong(&join(path, key), format!("{key} is missing"));
        }
        text.trim().to_owned()
    }

    fn rules(&mut self, path: &str, names: &[String]) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let path = format!("{path}.rules.{index}");
            match self.rules.ids.get(name.as_str()) {
                Some(id) if ids.iter().any(|other| other == id) => {
                    self.wrong(&path, format!("rule \"{name}\" is listed twice"));
                }
                Some(id) => ids.push((*id).to_owned()),
                None if !self.rules.are_all => {}
                None => {
                    let known = self.rules.ids;
                    let known = known.keys().copied();
                    self.unknown(&path, format!("unknown rule \"{name}\""), known, name);
                }
            }
        }
        ids
    }

    fn attest(&mut self, path: &str, file: AttestFile) -> Attest {
        let path = format!("{path}.attest");
        Attest {
            per: self.per(&path, file.per),
            by: self.text(&path, "by", file.by),
            valid_days: self.days(&path, file.valid),
            needs_evidence: self.evidence(&path, file.evidence),
        }
    }

    /// Anything goes where it is wrong: the list is refused.
    fn per(&mut self, path: &str, word: Option<String>) -> Per {
        let Some(word) = word else {
            let message = "attest has no scope: per: table, service or account";
            self.wrong(path, message);
            return Per::Account;
        };
        let found = Per::ALL.into_iter().find(|per| per.word() == word);
        found.unwrap_or_else(|| {
            let message = format!("unknown scope \"{word}\"");
            let words = Per::ALL.map(Per::word);
            self.unknown(&join(path, "per"), message, words, &word);
            Per::Account
        })
    }

    fn days(&mut self, path: &str, text: Option<String>) -> u32 {
        let text = text.unwrap_or_default();
        let days = text.strip_suffix('d').and_then(|days| days.parse().ok());
        days.filter(|days| *days > 0).unwrap_or_else(|| {
            self.wrong(&join(path, "valid"), "expected days: valid: 180d");
            0
        })
    }

    fn evidence(&mut self, path: &str, word: Option<String>) -> bool {
        match word.as_deref() {
            Some("required") => true,
            Some("optional") | None => false,
            Some(word) => {
                let message = format!("unknown word \"{word}\"");
                let words = ["required", "optional"];
                self.unknown(&join(path, "evidence"), message, words, word);
                false
            }
        }
    }
}

/// The name of a file without its folders and its ending.
fn stem_of(path: &str) -> String {
    let stem = Path::new(path).file_stem();
    stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn join(path: &str, key: &str) -> String {
    match path.is_empty() {
        true => key.to_owned(),
        false => format!("{path}.{key}"),
    }
}
