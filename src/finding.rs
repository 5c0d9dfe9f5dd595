//! What a rule said about one subject: the words that rules, evaluation, gate and reports share.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::snapshot::fact::Why;
use crate::snapshot::record::Evidence;

macro_rules! words {
    ($( $(#[$doc:meta])* $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $word:literal, )* } )*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $( $(#[$variant_doc])* #[serde(rename = $word)] $variant, )* }

        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )* ];

            /// The word in files and machine formats.
            pub const fn word(self) -> &'static str {
                match self { $( $name::$variant => $word, )* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(word: &str) -> Result<$name, String> {
                let words: Vec<&str> = $name::ALL.iter().map(|one| one.word()).collect();
                let found = $name::ALL.iter().find(|one| one.word() == word);
                found.copied().ok_or_else(|| format!("\"{word}\" is none of {}", words.join(", ")))
            }
        }
    )* };
}

words! {
    /// How bad it is when a rule fails; worst first.
    Severity {
        /// Data or service is lost at the next accident.
        Critical = "critical",
        /// Do not launch so.
        High = "high",
        /// Repair soon.
        Medium = "medium",
        /// Worth knowing.
        Low = "low",
        /// An opinion.
        Info = "info",
    }

    /// The seven parts of the checklist, in their order.
    Area {
        /// Keys, indexes, access patterns.
        Design = "design",
        /// Capacity, cost and the alarms on both.
        Cost = "cost",
        /// Access and encryption.
        Security = "security",
        /// Alarms that reach someone, dashboards, consumers.
        Observability = "observability",
        /// Backups and their proof.
        Recovery = "recovery",
        /// Changing data and schema.
        Migration = "migration",
        /// Sign-off.
        Release = "release",
    }

    /// What a rule says about a subject.
    Verdict {
        /// What it wants holds.
        Pass = "pass",
        /// It does not hold.
        Fail = "fail",
        /// A fact that decides it could not be read.
        Unknown = "unknown",
        /// The rule does not speak of this subject.
        NotApplicable = "not-applicable",
    }
}

impl Area {
    /// The heading for people.
    pub const fn title(self) -> &'static str {
        match self {
            Area::Design => "design",
            Area::Cost => "cost & alarms",
            Area::Security => "security & IAM",
            Area::Observability => "observability",
            Area::Recovery => "recovery",
            Area::Migration => "migration",
            Area::Release => "release",
        }
    }
}

/// The thing that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SubjectId {
    /// `table`, `index`, `topic`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The table it belongs to, where it belongs to one.
    pub table: Option<String>,
    /// Its ARN, where it has one that is known.
    pub arn: Option<String>,
    /// The account.
    pub account: String,
    /// The region; null for a global subject.
    pub region: Option<String>,
}

impl SubjectId {
    /// How a line names it: `orders`, `orders/GSI1`.
    pub fn short(&self) -> String {
        match &self.table {
            Some(table) if *table != self.name || self.kind != "table" => {
                format!("{table}/{}", self.name)
            }
            Some(_) | None => self.name.clone(),
        }
    }
}

/// What one rule said about one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Rule id.
    pub rule: String,
    /// Area of the rule.
    pub area: Area,
    /// Severity in force.
    pub severity: Severity,
    /// What was said.
    pub verdict: Verdict,
    /// About what.
    pub subject: SubjectId,
    /// In words: subject, what is, what should be.
    pub message: String,
    /// What was seen, near misses first.
    pub evidence: Vec<Evidence>,
    /// What could not be read.
    pub unknown: Vec<Why>,
    /// The parameters in force.
    pub params: BTreeMap<String, serde_json::Value>,
    /// Hash of rule and subject; the same in every run, whatever was measured.
    pub fingerprint: String,
    /// The rule's file, and the line of its assertion.
    pub source: (String, u32),
}
