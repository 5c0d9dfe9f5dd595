//! Files with planted mistakes, and what is said of each: `tests/fixtures/broken/KIND/`, a folder for each kind of file
//! that people write. None is accepted, none makes the program panic, and what is said is a golden file beside it
//! (`NAME.err`, rewritten by `UPDATE=1`). Several files that are wrong together are a folder with one golden.

use std::fs;
use std::path::{Path, PathBuf};

use dynalint::assess;
use dynalint::assess::cases;
use dynalint::attestation;
use dynalint::checklist::{BUILTIN, Checklists, RuleNames};
use dynalint::config;
use dynalint::rule::catalog::Source;
use dynalint::waiver;
use dynalint::yaml::{self, SourceError};
use jiff::civil::{Date, date};

/// Files by their name from the folder of their kind on, and the bytes of each.
type Files = Vec<(String, Vec<u8>)>;
/// Everything that is wrong with files which are read together.
type Reader = fn(&[(String, String)]) -> Vec<SourceError>;

/// How the files of a kind are read. A kind of file that is new gets its reader here.
const READERS: [(&str, Reader); 5] = [
    ("rules", rules),
    ("config", configurations),
    ("checklists", checklists),
    ("attestations", attestations),
    ("waivers", waivers),
];

/// The day on which they are read.
const TODAY: Date = date(2026, 11, 22);

/// Fewer files than these are not the whole corpus.
const WHOLE: usize = 150;

fn rules(files: &[(String, String)]) -> Vec<SourceError> {
    let source = |(file, text): &(String, String)| Source {
        file: file.clone(),
        text: text.clone(),
        is_builtin: false,
    };
    let (catalog, mut errors) = assess::load(files.iter().map(source));
    let own = |file: &str| files.iter().any(|(name, _)| name == file);
    let read = catalog.rules().iter().filter(|rule| own(&rule.file));
    errors.extend(read.flat_map(cases::mistakes));
    errors
}

fn configurations(files: &[(String, String)]) -> Vec<SourceError> {
    let read = |(file, text): &(String, String)| config::read(file, text).err();
    files.iter().filter_map(read).flatten().collect()
}

fn checklists(files: &[(String, String)]) -> Vec<SourceError> {
    let (catalog, _) = assess::load([]);
    let names = RuleNames {
        ids: &catalog.names(),
        are_all: true,
    };
    let files = files.iter().map(|(file, text)| (&**file, &**text));
    Checklists::load(BUILTIN.iter().copied().chain(files), names).1
}

fn attestations(files: &[(String, String)]) -> Vec<SourceError> {
    let (catalog, _) = assess::load([]);
    let names = RuleNames {
        ids: &catalog.names(),
        are_all: true,
    };
    let (lists, _) = Checklists::load(BUILTIN.iter().copied(), names);
    let items = lists.signable(true);
    let read = |(file, text): &(String, String)| attestation::read(file, text, &items, TODAY);
    files
        .iter()
        .filter_map(|file| read(file).err())
        .flatten()
        .collect()
}

fn waivers(files: &[(String, String)]) -> Vec<SourceError> {
    let (catalog, _) = assess::load([]);
    let read = |(file, text): &(String, String)| {
        waiver::read(file, text, Some(&catalog), TODAY, waiver::LONGEST_DAYS).err()
    };
    files.iter().filter_map(read).flatten().collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/broken")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of fixtures");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

/// A file, or all files of a folder.
fn files(kind: &Path, path: &Path) -> Files {
    if path.is_dir() {
        let inside = entries(path);
        return inside.iter().flat_map(|path| files(kind, path)).collect();
    }
    let name = path.strip_prefix(kind).expect("inside").to_string_lossy();
    let name = name.replace('\\', "/");
    vec![(name, fs::read(path).expect("readable"))]
}

/// What is wrong with files; those that are no text are not read on.
fn mistakes(reader: Reader, files: Files) -> Vec<SourceError> {
    let mut errors = Vec::new();
    let mut texts = Vec::new();
    for (file, bytes) in files {
        match yaml::text(&file, bytes) {
            Ok(text) => texts.push((file, text)),
            Err(error) => errors.push(error),
        }
    }
    for error in reader(&texts) {
        let text = texts.iter().find(|(file, _)| *file == error.file);
        let (_, text) = text.unwrap_or_else(|| panic!("{error} is in none of these files"));
        let lines = text.lines().count().max(1);
        assert!((1..=lines).contains(&error.line), "{error}: {lines} lines");
        errors.push(error);
    }
    errors
}

fn rendered<'e>(errors: impl Iterator<Item = &'e SourceError>) -> String {
    errors.map(|error| error.render() + "\n").collect()
}

fn is_golden(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "err")
}

/// Those of a kind that are accepted, or of which something else is said than their golden has.
fn wrong(kind: &str, reader: Reader) -> Vec<String> {
    let update = std::env::var_os("UPDATE").is_some();
    let folder = root().join(kind);
    let mut paths = entries(&folder);
    paths.retain(|path| !is_golden(path));
    // All in one go, as a user's folder is read; what is said of one does not depend on the others.
    let all = paths.iter().flat_map(|path| files(&folder, path)).collect();
    let errors = mistakes(reader, all);
    let mut wrong = Vec::new();
    for path in paths {
        let name = path.strip_prefix(&folder).expect("inside");
        let of_path = |error: &&SourceError| Path::new(&error.file).starts_with(name);
        let said = rendered(errors.iter().filter(of_path));
        let golden = path.with_extension("err");
        let name = format!("{kind}/{}", name.display());
        if said.is_empty() {
            wrong.push(format!("{name} is accepted"));
        } else if update {
            fs::write(&golden, &said).expect("the golden can be written");
        } else if fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("of {name} is said\n{said}"));
        }
    }
    wrong
}

#[test]
fn no_broken_file_is_accepted_and_what_is_said_of_each_is_its_golden() {
    let wrong: Vec<String> = READERS
        .iter()
        .flat_map(|(kind, reader)| wrong(kind, *reader))
        .collect();
    assert!(
        wrong.is_empty(),
        "{}\nUPDATE=1 cargo test writes the goldens anew, git diff shows them",
        wrong.join("\n")
    );
}

#[test]
fn each_kind_of_broken_file_has_its_reader_and_each_golden_its_file() {
    let kinds = entries(&root());
    for kind in &kinds {
        let name = kind.file_name().expect("a name").to_string_lossy();
        assert!(
            READERS.iter().any(|(kind, _)| *kind == name),
            "{name} has no reader"
        );
        let all = entries(kind);
        for golden in all.iter().filter(|path| is_golden(path)) {
            let stem = golden.with_extension("");
            let there = stem.is_dir() || golden.with_extension("yaml").is_file();
            assert!(there, "{} is of no file", golden.display());
        }
    }
    let all = kinds.iter().flat_map(|kind| entries(kind));
    let broken = all.filter(|path| !is_golden(path)).count();
    assert!(broken >= WHOLE, "{broken} broken files");
}

#[test]
fn a_file_that_is_too_large_is_told_without_its_text() {
    let text = format!("id: a\nwhy: {}\n", "x".repeat(yaml::MAX_BYTES));
    for (_, reader) in READERS {
        let errors = mistakes(reader, vec![("large.yaml".to_owned(), text.clone().into())]);
        let said = rendered(errors.iter());
        assert_eq!(
            said,
            "error: file is larger than 1024 KB\n --> large.yaml:1:1\n"
        );
    }
}
