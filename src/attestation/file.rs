//! The file of signatures, read whole: every mistake with its place.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Attestation, Attestations, Draft, Items, Mistake};
use crate::yaml::{self, SourceError, Spans};

// What may be missing is optional here: the reader below says all that is missing at once.

/// Who signed which item of a checklist, for what, and until when.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Attestations")]
struct File {
    /// The version of the format: 1.
    #[schemars(required)]
    version: Option<u32>,
    /// One entry for each signature.
    attestations: Option<Vec<Draft>>,
}

/// The JSON Schema of the file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(File)
}

/// Reads the signatures of a file.
///
/// # Errors
/// Everything that is wrong with it, each mistake with its place.
pub fn read(
    file: &str,
    text: &str,
    items: &Items,
    today: Date,
) -> Result<Attestations, Vec<SourceError>> {
    let document = yaml::read::<File>(file, text)?;
    let (spans, mut errors) = (&document.spans, Vec::new());
    let wrong_version = match document.value.version {
        Some(1) => None,
        Some(other) => Some(format!(
            "version {other} is not known, this dynalint reads version 1"
        )),
        None => Some("version is missing: version: 1".to_owned()),
    };
    errors.extend(wrong_version.map(|message| spans.error("version", message)));
    let mut signatures: Vec<Attestation> = Vec::new();
    let drafts = document.value.attestations.unwrap_or_default();
    for (index, draft) in drafts.iter().enumerate() {
        let path = format!("attestations.{index}");
        let (line, _) = spans.at(&path);
        match draft.check(items, today, line) {
            Ok(one) => match signatures.iter().find(|other| other.says_the_same(&one)) {
                Some(other) => errors.push(twice(spans, &path, other)),
                None => signatures.push(one),
            },
            Err(mistakes) => errors.extend(mistakes.iter().map(|it| placed(spans, &path, it))),
        }
    }
    errors.sort_by_key(|error| (error.line, error.column));
    match errors.is_empty() {
        true => Ok(Attestations::new(signatures)),
        false => Err(errors),
    }
}

fn placed(spans: &Spans, path: &str, mistake: &Mistake) -> SourceError {
    let path = match mistake.key.is_empty() {
        true => path.to_owned(),
        false => format!("{path}.{}", mistake.key),
    };
    let error = spans.error(&path, &*mistake.message);
    error.hinted(mistake.hint.clone())
}

fn twice(spans: &Spans, path: &str, other: &Attestation) -> SourceError {
    let message = format!("the same as the attestation in line {}", other.line);
    let hint = "take one of them out".to_owned();
    spans.error(path, message).hinted(Some(hint))
}
