//! Files that commands write and read: each repair has its own, so that one does not write over what another has read.
//!
//! A name counts where the shell writes to it (`> plan.json`) or the AWS CLI reads it (`file://plan.json`); a name in
//! quotes is a value. What is no plain name (`/dev/null`, `$HOME/x`) stays as it is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::finding::Snippet;
use crate::rule::template::shell_words;

/// What stands before a file that the AWS CLI reads.
const READ: [&str; 2] = ["file://", "fileb://"];

/// The names of files that repairs have taken so far.
#[derive(Default)]
pub(super) struct Files<'a> {
    taken: BTreeSet<String>,
    /// What the same text at the same place got before: it stands once, so it has one file.
    told: BTreeMap<(&'a str, Option<&'a str>, String), Names>,
}

/// Names as the rule has them, to names as they are printed.
type Names = BTreeMap<String, String>;

impl<'a> Files<'a> {
    /// Gives the files of a repair in this account and region names that no other repair has.
    pub(super) fn name(
        &mut self,
        (account, region): (&'a str, Option<&'a str>),
        snippet: &mut Snippet,
        words: &mut Option<Cow<'_, str>>,
    ) {
        let found = found(&snippet.text);
        if found.is_empty() {
            return;
        }
        let key = (account, region, snippet.text.clone());
        let taken = &mut self.taken;
        let names = self.told.entry(key).or_insert_with(|| {
            let given = found.iter().map(|at| &snippet.text[at.clone()]);
            let given: BTreeSet<&str> = given.collect();
            let new = |name: &str| (name.to_owned(), free(name, taken));
            given.into_iter().map(new).collect()
        });
        snippet.text = renamed(&snippet.text, &found, names);
        let open = std::mem::take(&mut snippet.open).into_iter();
        snippet.open = open.map(|it| opened(it, names)).collect();
        if let Some(said) = words {
            *said = Cow::Owned(renamed(said, &mentioned(said, names), names));
        }
    }
}

/// `plan.json`, or the first of `plan-2.json`, `plan-3.json`, … that nothing has yet.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let folder = name.rfind('/').map_or(0, |at| at + 1);
    let end = name[folder..].rfind('.').filter(|at| *at > 0);
    let (stem, ending) = name.split_at(end.map_or(name.len(), |at| folder + at));
    let mut new = name.to_owned();
    let mut count = 1;
    while !taken.insert(new.clone()) {
        count += 1;
        new = format!("{stem}-{count}{ending}");
    }
    new
}

fn opened(open: String, names: &Names) -> String {
    let read = READ.iter().find_map(|start| {
        let new = names.get(open.strip_prefix(start)?)?;
        Some(format!("{start}{new}"))
    });
    read.unwrap_or(open)
}

/// Where the names of files stand in commands.
fn found(text: &str) -> Vec<Range<usize>> {
    // A line's end parts words as a blank does, and is as long.
    let line = text.replace('\n', " ");
    let start = |word: &str| word.as_ptr() as usize - line.as_ptr() as usize;
    let mut found = Vec::new();
    let mut before = "";
    for word in shell_words(&line) {
        let value = word.find('=').map_or(word, |at| &word[at + 1..]);
        let value = value.trim_start_matches(['\'', '"']);
        let read = READ.iter().find_map(|it| value.strip_prefix(it));
        let written = match before {
            ">" | ">>" => Some(word),
            _ => word.starts_with('>').then(|| word.trim_start_matches('>')),
        };
        before = word;
        let name = read.or(written).map(plain).unwrap_or_default();
        if !name.is_empty() {
            found.push(start(name)..start(name) + name.len());
        }
    }
    found
}

/// The plain name that a text begins with; nothing where it is a device or none.
fn plain(text: &str) -> &str {
    let end = text.find(|c| !of_name(c)).unwrap_or(text.len());
    let is_whole = text[end..].chars().all(|c| "'\";)&|".contains(c));
    match is_whole && !text.starts_with("/dev/") {
        true => &text[..end],
        false => "",
    }
}

fn of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._/-".contains(c)
}

/// Where words for people speak of these files.
fn mentioned(words: &str, names: &Names) -> Vec<Range<usize>> {
    let tokens = words.split(|c: char| !of_name(c));
    let tokens = tokens.map(|token| token.trim_end_matches('.'));
    let known = tokens.filter(|token| names.contains_key(*token));
    let place = |token: &str| {
        let start = token.as_ptr() as usize - words.as_ptr() as usize;
        start..start + token.len()
    };
    known.map(place).collect()
}

fn renamed(text: &str, places: &[Range<usize>], names: &Names) -> String {
    let mut renamed = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for place in places {
        let old = &text[place.clone()];
        renamed += &text[at..place.start];
        renamed += names.get(old).map_or(old, String::as_str);
        at = place.end;
    }
    renamed + &text[at..]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: (&str, Option<&str>) = ("111122223333", Some("eu-west-1"));

    /// The text and the words after others have taken their names.
    fn numbered(files: &mut Files<'_>, text: &str, said: &str) -> (Snippet, String) {
        let open = ["file://plan.json", "TEAM"].map(str::to_owned).into();
        let text = text.to_owned();
        let mut snippet = Snippet { text, open };
        let mut words = Some(Cow::Borrowed(said));
        files.name(HERE, &mut snippet, &mut words);
        (snippet, words.unwrap_or_default().into_owned())
    }

    #[test]
    fn two_repairs_have_two_files() {
        let mut files = Files::default();
        let text = |table: &str| {
            format!(
                "aws a get --t {table} > plan.json\naws a put --t {table} --plan file://plan.json"
            )
        };
        let said = "Between the two edit plan.json.";
        let (first, words) = numbered(&mut files, &text("a"), said);
        assert_eq!((first.text, &*words), (text("a"), said));
        let (second, words) = numbered(&mut files, &text("b"), said);
        assert_eq!(second.text, text("b").replace("plan.json", "plan-2.json"));
        assert_eq!(words, "Between the two edit plan-2.json.");
        let open: Vec<String> = second.open.into_iter().collect();
        assert_eq!(open, ["TEAM", "file://plan-2.json"]);
        let (again, _) = numbered(&mut files, &text("b"), said);
        assert_eq!(again.text, second.text, "what is the same stands once");
        let (third, _) = numbered(&mut files, &text("c"), said);
        assert!(third.text.ends_with("file://plan-3.json"));
    }

    #[test]
    fn only_names_of_files_are_numbered() {
        let name = |text: &str| {
            let taken = ["a.json", "plan-2.json", "plan.json", "/dev/null", "v"];
            let mut files = Files {
                taken: taken.map(str::to_owned).into(),
                told: BTreeMap::new(),
            };
            numbered(&mut files, text, "").0.text
        };
        for same in [
            "aws a --n 'x > plan.json' --m 'file://plan.json y'",
            "aws a --table-name plan.json --from s3://b/plan.json",
            "aws a > /dev/null 2>&1",
            "aws a > $HOME/plan.json",
            "aws a --query 'x[?b > v]'",
        ] {
            assert_eq!(name(same), same);
        }
        assert_eq!(
            name("x=$(aws a >plan.json) && aws b --c='file://plan.json'; aws d fileb://a.json"),
            "x=$(aws a >plan-3.json) && aws b --c='file://plan-3.json'; aws d fileb://a-2.json"
        );
    }
}
