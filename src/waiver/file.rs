//! The file of waivers, `dynalint/waivers.yaml`: read whole, with everything that is wrong with it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{KEYS, On, Pattern, Waiver, Wrong, last_day, reason};
use crate::rule::catalog::Catalog;
use crate::yaml::edit::is_blank;
use crate::yaml::{self, SourceError, Spans};

/// A text, where there is one.
type Text = Option<String>;

/// What somebody answers for until a date.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Waivers")]
struct File {
    /// The version of the format: 1.
    #[schemars(required)]
    version: Option<u32>,
    /// One entry for each.
    waivers: Option<Vec<Item>>,
}

/// Findings that don't count until a date, because somebody answers for them.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Waiver")]
struct Item {
    /// The rule.
    #[schemars(required)]
    rule: Text,
    /// What it covers: at least one key, and all that are given must match.
    #[schemars(required)]
    on: Option<OnFile>,
    /// Why it is accepted, in 15 characters at least.
    #[schemars(required)]
    reason: Text,
    /// Who answers for it.
    #[schemars(required)]
    owner: Text,
    /// The last day on which it holds, in UTC: 2027-03-31.
    #[schemars(required)]
    expires: Text,
    /// Where it is followed up.
    ticket: Text,
    /// Who agreed.
    approved_by: Text,
}

/// What a waiver covers; each is a pattern of whole names, * any run of characters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "On")]
struct OnFile {
    /// Tables, and what belongs to them.
    table: Text,
    /// Indexes.
    index: Text,
    /// Account ids.
    account: Text,
    /// Regions.
    region: Text,
    /// Environments.
    env: Text,
    /// Anything else, by the name that reports give it: a vault, a topic, a role.
    subject: Text,
}

/// The JSON Schema of the file.
pub fn schema() -> schemars::Schema {
    schemars::schema_for!(File)
}

/// Reads the waivers of a file. `catalog` has the rules that there are, and is `None` where they could not be read: an
/// unknown name is then nobody's mistake.
///
/// # Errors
/// Everything that is wrong with the file, each mistake with its place.
pub fn read(
    file: &str,
    text: &str,
    catalog: Option<&Catalog>,
    today: Date,
    longest_days: u32,
) -> Result<Vec<Waiver>, Vec<SourceError>> {
    if is_blank(text) {
        return Ok(Vec::new());
    }
    let (document, errors) = yaml::read_anyway::<File>(file, text);
    let Some(document) = document else {
        return Err(errors);
    };
    let mut reader = Reader {
        spans: &document.spans,
        catalog,
        today,
        longest_days,
        errors,
    };
    let waivers = reader.waivers(document.value);
    reader.errors.sort();
    match reader.errors.is_empty() {
        true => Ok(waivers),
        false => Err(reader.errors),
    }
}

struct Reader<'a> {
    spans: &'a Spans,
    catalog: Option<&'a Catalog>,
    today: Date,
    longest_days: u32,
    errors: Vec<SourceError>,
}

impl Reader<'_> {
    fn waivers(&mut self, file: File) -> Vec<Waiver> {
        if file.version.is_none() {
            self.error("", "missing field \"version\"".to_owned());
        }
        if let Some(version) = file.version.filter(|version| *version != 1) {
            let message = format!("version {version} is not known, this dynalint reads version 1");
            self.error("version", message);
        }
        let items = file.waivers.unwrap_or_default();
        let mut waivers: Vec<Waiver> = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let path = format!("waivers.{index}");
            let waiver = self.waiver(&path, item);
            waivers.extend(waiver.and_then(|waiver| self.once(&path, &waivers, waiver)));
        }
        waivers
    }

    fn waiver(&mut self, path: &str, item: Item) -> Option<Waiver> {
        self.missing(path, &item);
        let rule = self.text(path, "rule", item.rule);
        let rule = rule.and_then(|name| self.rule(path, name));
        let on = self.on(path, item.on);
        let given = self.text(path, "reason", item.reason);
        let reason = given.and_then(|text| self.checked(path, "reason", reason(&text)));
        let owner = self.text(path, "owner", item.owner);
        let given = self.text(path, "expires", item.expires);
        let last = given.map(|text| last_day(&text, self.today, self.longest_days));
        let expires = last.and_then(|last| self.checked(path, "expires", last));
        let ticket = self.text(path, "ticket", item.ticket);
        let approved_by = self.text(path, "approved-by", item.approved_by);
        Some(Waiver {
            rule: rule?,
            on: on?,
            reason: reason?,
            owner: owner?,
            expires: expires?,
            ticket,
            approved_by,
            line: self.spans.at(path).0,
        })
    }

    /// The keys that a waiver must have and this one has not, in one sentence.
    fn missing(&mut self, path: &str, item: &Item) {
        let given = [
            ("rule", item.rule.is_some()),
            ("on", item.on.is_some()),
            ("reason", item.reason.is_some()),
            ("owner", item.owner.is_some()),
            ("expires", item.expires.is_some()),
        ];
        let missing = given.iter().filter(|(_, is_given)| !is_given);
        let missing: Vec<String> = missing.map(|(key, _)| format!("\"{key}\"")).collect();
        match missing.len() {
            0 => {}
            1 => self.error(path, format!("missing field {}", missing[0])),
            _ => self.error(path, format!("missing fields {}", missing.join(", "))),
        }
    }

    /// The id of the rule of this name.
    fn rule(&mut self, path: &str, name: String) -> Option<String> {
        let Some(catalog) = self.catalog else {
            return Some(name);
        };
        let path = format!("{path}.rule");
        match catalog.get(&name) {
            Some(rule) if rule.waivable => Some(rule.id.to_string()),
            Some(_) => {
                let hint = "repair what it finds: nobody can answer for it instead";
                self.wrong(&path, not_waivable(&name), Some(hint.to_owned()));
                None
            }
            None => {
                let near = catalog.nearest(&name);
                let near = near.map(|near| format!("did you mean \"{near}\"?"));
                let hint = near.or_else(|| Some("dynalint explain lists the rules".to_owned()));
                self.wrong(&path, format!("no rule is named \"{name}\""), hint);
                None
            }
        }
    }

    fn on(&mut self, path: &str, on: Option<OnFile>) -> Option<On> {
        let at = format!("{path}.on");
        let OnFile {
            table,
            index,
            account,
            region,
            env,
            subject,
        } = on?;
        let given = [table, index, account, region, env, subject];
        if given.iter().all(Option::is_none) {
            let keys = KEYS.join(", ");
            let hint = Some(format!("give at least one of {keys}"));
            self.wrong(&at, "it covers nothing".to_owned(), hint);
            return None;
        }
        let before = self.errors.len();
        let keyed = KEYS.into_iter().zip(given);
        let patterns: Vec<Option<Pattern>> = keyed
            .map(|(key, text)| {
                let text = self.text(&at, key, text)?;
                let read = Pattern::new(&text).map_err(|message| (message, None));
                self.checked(&at, key, read)
            })
            .collect();
        let patterns = <[Option<Pattern>; 6]>::try_from(patterns).ok()?;
        (self.errors.len() == before).then(|| On::of(patterns))
    }

    /// The waiver, unless one before it has the same rule and covers the same.
    fn once(&mut self, path: &str, before: &[Waiver], waiver: Waiver) -> Option<Waiver> {
        let same =
            |other: &&Waiver| other.rule == waiver.rule && other.on.given().eq(waiver.on.given());
        let Some(other) = before.iter().find(same) else {
            return Some(waiver);
        };
        let message = format!("the waiver of line {} covers the same", other.line);
        let hint = "one rule and one \"on\" have one waiver: keep the one that holds";
        self.wrong(path, message, Some(hint.to_owned()));
        None
    }

    /// A text that is not empty.
    fn text(&mut self, path: &str, key: &str, text: Text) -> Option<String> {
        let path = format!("{path}.{key}");
        let text = text?;
        if text.trim().is_empty() {
            self.error(&path, format!("\"{key}\" is empty"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    fn checked<T>(&mut self, path: &str, key: &str, read: Result<T, Wrong>) -> Option<T> {
        let wrong = |(message, hint)| self.wrong(&format!("{path}.{key}"), message, hint);
        read.map_err(wrong).ok()
    }

    fn error(&mut self, path: &str, message: String) {
        self.wrong(path, message, None);
    }

    fn wrong(&mut self, path: &str, message: String, hint: Option<String>) {
        let error = self.spans.error(path, message).hinted(hint);
        self.errors.push(error);
    }
}

/// What is said of a rule that no waiver may cover.
pub(crate) fn not_waivable(rule: &str) -> String {
    format!("rule {rule} cannot be waived")
}
