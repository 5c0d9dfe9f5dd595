//! The joined view that rules see: alarms to topics to subscribers, tables to scaling, plans and recovery points, and
//! what people declared. Derived from a snapshot and the config, stored nowhere, pure.

pub mod account;
pub mod backup;
pub mod capacity;
mod composite;
pub mod coverage;
pub mod declared;
pub mod index;
pub mod logic;
pub mod metrics;
pub mod reach;
pub mod scaling;
pub mod signal;
pub mod table;
pub mod throughput;

use jiff::Timestamp;

use self::account::AccountView;
use crate::config::Config;
use crate::snapshot::Snapshot;

/// A snapshot with everything joined.
pub struct Linked<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// The time that facts are judged at: the snapshot's.
    pub now: Timestamp,
    /// Each account in each region.
    pub accounts: Vec<AccountView<'a>>,
}

impl<'a> Linked<'a> {
    /// Joins a snapshot.
    pub fn new(snapshot: &'a Snapshot, config: &'a Config) -> Linked<'a> {
        let accounts = snapshot
            .regions
            .iter()
            .map(|region| AccountView::new(region, config))
            .collect();
        Linked {
            snapshot,
            now: snapshot.collected_at,
            accounts,
        }
    }
}
