//! All rules over all subjects of a linked snapshot: findings, counts, and what could not be read.
//!
//! Pure. Decides nothing: that is [`crate::gate`]. Findings nobody lists are only counted, so that a million passes cost
//! a million additions.

pub mod cases;
mod check;
mod identity;
mod run;
mod scope;
mod settings;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobSet;
use sha2::{Digest, Sha256};

pub use self::check::check;
pub use self::identity::Identities;
use self::run::Run;
pub use self::scope::{is_out_of_scope, leaves_out};
pub use self::settings::{At, Configured, InForce, Off, Open, Settings};
use crate::finding::{
    BlindSpot, Finding, Summary, TableBrief, TableKey, TurnedOff, Verdict, in_order,
};
use crate::link::Linked;
use crate::link::account::AccountView;
use crate::link::iam::IamView;
use crate::link::table::TableView;
use crate::rule::Roots;
use crate::rule::catalog::{Catalog, Source};
use crate::yaml::SourceError;

/// The kinds of records that rules start from.
pub const ROOTS: Roots = Roots {
    account: AccountView::TYPE,
    table: TableView::TYPE,
    iam: IamView::TYPE,
};

/// The rules that are built in, and those of the user; with everything that is wrong with any of them.
pub fn load(own: impl IntoIterator<Item = Source>) -> (Catalog, Vec<SourceError>) {
    Catalog::load(Source::builtin().chain(own), &ROOTS)
}

/// A digest of rules and what is set of them: two runs with the same one asked the same.
pub fn digest(settings: &Settings<'_>) -> String {
    let mut hash = Sha256::new();
    for text in settings::digested(settings) {
        hash.update(text);
    }
    format!("sha256:{}", hex(&hash.finalize()))
}

/// Which tables are judged.
#[derive(Default)]
pub struct Selection {
    /// Names; `None` is every table.
    pub tables: Option<GlobSet>,
    /// Environments; empty is every one. A table whose environment is unknown is never left out.
    pub environments: BTreeSet<String>,
}

impl Selection {
    /// Whether tables may be left out.
    pub fn narrows(&self) -> bool {
        self.tables.is_some() || !self.environments.is_empty()
    }
}

/// Which findings are listed, not only counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Failures and unknown.
    Problems,
    /// The same, with the repairs in every form.
    Repairs,
    /// Failures.
    Failures,
    /// Unknown.
    Unknowns,
    /// All of them.
    All,
}

impl Listing {
    fn lists(self, verdict: Verdict) -> bool {
        match self {
            Listing::Problems | Listing::Repairs => {
                matches!(verdict, Verdict::Fail | Verdict::Unknown)
            }
            Listing::Failures => verdict == Verdict::Fail,
            Listing::Unknowns => verdict == Verdict::Unknown,
            Listing::All => true,
        }
    }
}

/// What the rules said.
pub struct Assessment {
    /// The listed findings, worst first.
    pub findings: Vec<Finding>,
    /// Counts of all findings.
    pub summary: Summary,
    /// What could not be read.
    pub gaps: Vec<BlindSpot>,
    /// What is worth saying of each table that was judged.
    pub briefs: BTreeMap<TableKey, TableBrief>,
    /// Tables judged.
    pub tables: usize,
    /// Global secondary indexes of those tables.
    pub indexes: usize,
    /// The rules that were turned off for some of what was judged, by rule.
    pub off: Vec<TurnedOff>,
    /// What of the configuration found nothing.
    pub notices: Vec<String>,
}

/// Evaluates every rule on every subject.
pub fn assess(
    settings: &Settings<'_>,
    linked: &Linked<'_>,
    selection: &Selection,
    listing: Listing,
) -> Assessment {
    let identities = identities(settings, linked);
    assess_as(settings, linked, selection, listing, &identities)
}

/// What fingerprints name the tables of a snapshot by.
pub fn identities(settings: &Settings<'_>, linked: &Linked<'_>) -> Identities {
    let config = settings.config();
    let identity = config.and_then(|config| config.identity.as_ref());
    Identities::new(identity, &linked.accounts)
}

/// As [`assess`], with the tables named so: for two snapshots whose findings are to be matched.
pub fn assess_as(
    settings: &Settings<'_>,
    linked: &Linked<'_>,
    selection: &Selection,
    listing: Listing,
    identities: &Identities,
) -> Assessment {
    let run = Run::new(settings, identities, linked, listing);
    assessed(run, selection)
}

/// Fingerprints, by rule.
pub type Wanted = BTreeMap<String, BTreeSet<String>>;

/// The findings of these fingerprints alone, whatever their verdict; passes with what they rest on.
pub fn those(
    settings: &Settings<'_>,
    linked: &Linked<'_>,
    selection: &Selection,
    identities: &Identities,
    wanted: &Wanted,
) -> Vec<Finding> {
    let mut run = Run::new(settings, identities, linked, Listing::All);
    run.wanted = Some(wanted);
    assessed(run, selection).findings
}

fn assessed(mut run: Run<'_, '_>, selection: &Selection) -> Assessment {
    let (settings, identities, linked) = (run.settings, run.identities, run.linked);
    let mut briefs = BTreeMap::new();
    let (mut tables, mut indexes) = (0, 0);
    for account in &linked.accounts {
        let chosen: Vec<&TableView<'_>> = selected(account, selection).collect();
        // Who asks for tables that are not there is not told that the rest of the account is ready.
        run.account(account, !selection.narrows() || !chosen.is_empty());
        for table in &chosen {
            tables += 1;
            indexes += table.indexes.known().map_or(0, Vec::len);
            briefs.insert(key(account, table), table.brief());
        }
        run.tables(account, &chosen);
    }
    if tables > 0 || !selection.narrows() {
        linked.iam.iter().for_each(|iam| run.iam(iam));
    }
    run.sum();
    let gaps = run.gaps();
    let off = run.off.into_iter();
    let off = off.map(|((rule, off), places)| TurnedOff {
        rule,
        because: off.because,
        origin: off.origin,
        places: Some(places),
    });
    Assessment {
        off: off.collect(),
        notices: match selection.narrows() {
            // Who asks for some tables is not told that others are not there.
            true => Vec::new(),
            false => settings
                .unmatched(&linked.accounts)
                .into_iter()
                .chain(identities.shared.iter().cloned())
                .collect(),
        },
        findings: in_order(run.findings),
        summary: run.summary,
        gaps,
        briefs,
        tables,
        indexes,
    }
}

fn selected<'l, 'a>(
    account: &'l AccountView<'a>,
    selection: &'l Selection,
) -> impl Iterator<Item = &'l TableView<'a>> {
    let tables = account
        .tables
        .known()
        .map_or(&[][..], |listed| &listed.items);
    tables.iter().filter(|view| {
        let by_name = selection
            .tables
            .as_ref()
            .is_none_or(|globs| globs.is_match(&view.table.name));
        let by_environment = selection.environments.is_empty()
            || view
                .environment()
                .is_none_or(|environment| selection.environments.contains(environment));
        by_name && by_environment
    })
}

fn key(account: &AccountView<'_>, table: &TableView<'_>) -> TableKey {
    (
        account.region.account.clone(),
        account.region.region.clone(),
        table.table.name.clone(),
    )
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for half in bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
        text.push(char::from(b"0123456789abcdef"[usize::from(half)]));
    }
    text
}
