//! A run of the collector in a process of its own, with nothing in its environment but what a test puts there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use dynalint::collect::{CONCURRENCY, METRICS_WINDOW, Options, Progress, collect};
use dynalint::snapshot::Snapshot;
use dynalint::snapshot::operation::Operation;
use jiff::Timestamp;
use tempfile::TempDir;

/// Where the child writes what came out.
const OUTCOME: &str = "DYNALINT_TEST_OUTCOME";
/// The options of the child: `key=value` by line.
const OPTIONS: &str = "DYNALINT_TEST_OPTIONS";
/// The test that is the child.
const CHILD: &str = "collect::child::collects_what_its_environment_says";

/// What came out of a run.
#[derive(Debug)]
pub(super) enum Outcome {
    /// A snapshot.
    Collected(Box<Snapshot>),
    /// An error: its message and hint.
    Refused(String, String),
}

impl Outcome {
    /// The message and hint of a run that must have been refused.
    pub(super) fn refusal(&self) -> (&str, &str) {
        match self {
            Outcome::Refused(message, hint) => (message, hint),
            Outcome::Collected(snapshot) => panic!("collected {snapshot:?}"),
        }
    }

    /// The snapshot of a run that must have worked.
    pub(super) fn snapshot(&self) -> &Snapshot {
        match self {
            Outcome::Collected(snapshot) => snapshot,
            Outcome::Refused(message, hint) => panic!("{message} ({hint})"),
        }
    }
}

/// A home of its own, with AWS files in it, and the environment of a run.
pub(super) struct Home {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    options: Vec<(&'static str, String)>,
}

impl Home {
    /// Nothing at all: no file, no variable but what keeps the SDK off the network.
    pub(super) fn empty() -> Home {
        let home = Home {
            folder: TempDir::new().expect("a folder"),
            variables: BTreeMap::new(),
            options: Vec::new(),
        };
        home.with("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// Keys and a region in the environment.
    pub(super) fn with_keys() -> Home {
        Home::empty()
            .with("AWS_ACCESS_KEY_ID", "AKIA111122223333TEST")
            .with("AWS_SECRET_ACCESS_KEY", "secret")
            .with("AWS_REGION", "eu-west-1")
    }

    /// One more variable.
    pub(super) fn with(mut self, name: &str, value: &str) -> Home {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// One more option of the collector.
    pub(super) fn option(mut self, name: &'static str, value: &str) -> Home {
        self.options.push((name, value.to_owned()));
        self
    }

    /// The text of a file below `~/.aws`.
    pub(super) fn file(self, path: &str, text: &str) -> Home {
        let path = self.folder.path().join(".aws").join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, text).expect("writable");
        self
    }

    /// Runs the collector there.
    pub(super) fn collect(&self) -> Outcome {
        let outcome = self.folder.path().join("outcome.json");
        let lines = self
            .options
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let status = Command::new(env::current_exe().expect("this binary"))
            .args(["--exact", CHILD, "--ignored", "--quiet"])
            .env_clear()
            .env("HOME", self.folder.path())
            .env(OUTCOME, &outcome)
            .env(OPTIONS, lines.collect::<Vec<_>>().join("\n"))
            .envs(&self.variables)
            .output()
            .expect("a child");
        assert!(status.status.success(), "{status:?}");
        read(&outcome)
    }
}

fn read(outcome: &Path) -> Outcome {
    let text = fs::read_to_string(outcome).expect("an outcome");
    match text.split_once('\0') {
        Some((message, hint)) => Outcome::Refused(message.to_owned(), hint.to_owned()),
        None => Outcome::Collected(serde_json::from_str(&text).expect("a snapshot")),
    }
}

struct Silent;

impl Progress for Silent {
    fn step(&self, done: usize, total: usize, _what: &str) {
        assert!(done <= total);
    }
}

#[test]
#[ignore = "the child of other tests"]
fn collects_what_its_environment_says() {
    let Some(outcome) = env::var_os(OUTCOME).map(PathBuf::from) else {
        return;
    };
    let lines = env::var(OPTIONS).expect("options");
    let option = |name: &str| {
        let mut lines = lines.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    let options = Options {
        profile: option("profile"),
        regions: option("region").into_iter().collect(),
        role_arn: option("role_arn"),
        external_id: None,
        endpoint_url: option("endpoint_url"),
        tables: None,
        timeout: None,
        concurrency: CONCURRENCY,
        rate_limit: None,
        series: BTreeSet::new(),
        metrics_window: METRICS_WINDOW,
        tool_version: "0.0.0".to_owned(),
    };
    let needs: BTreeSet<Operation> = Operation::ALL.iter().copied().collect();
    let text = match collect(&options, &needs, Timestamp::UNIX_EPOCH, &Silent) {
        Ok(snapshot) => serde_json::to_string(&snapshot).expect("text"),
        Err(error) => format!("{}\0{}", error.message(), error.hint()),
    };
    fs::write(outcome, text).expect("writable");
}
