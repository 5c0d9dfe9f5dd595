//! The joined view that rules see: alarms to topics to subscribers, tables to scaling, plans and recovery points, and
//! what people declared. Derived from a snapshot and the config, stored nowhere, pure.

pub mod account;
pub mod alarm;
pub mod audit;
pub mod backup;
pub mod capacity;
mod composite;
pub mod consumer;
pub mod coverage;
pub mod dashboard;
pub mod declared;
pub mod delivery;
mod grants;
pub mod iam;
pub mod index;
pub mod key;
pub mod listed;
pub mod logic;
pub mod metrics;
pub mod network;
mod openness;
mod permit;
pub mod policy;
pub mod published;
pub mod reach;
pub mod replica;
mod restored;
pub mod scaling;
pub mod setting;
pub mod signal;
pub mod table;
pub mod throughput;
pub mod vault;

use jiff::Timestamp;

use self::account::AccountView;
use self::iam::IamView;
use crate::config::Config;
use crate::shares;
use crate::snapshot::Snapshot;

/// A snapshot with everything joined.
pub struct Linked<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// The time that facts are judged at: the snapshot's.
    pub now: Timestamp,
    /// Each account in each region.
    pub accounts: Vec<AccountView<'a>>,
    /// The identities of each account.
    pub iam: Vec<IamView<'a>>,
    /// The threads that may work on it at the same time.
    pub threads: usize,
}

impl<'a> Linked<'a> {
    /// Joins a snapshot.
    pub fn new(snapshot: &'a Snapshot, config: &'a Config) -> Linked<'a> {
        Linked::on(snapshot, config, shares::threads())
    }

    /// Joins a snapshot on so many threads. What comes of it, and of assessing it, is the same on any number.
    pub fn on(snapshot: &'a Snapshot, config: &'a Config, threads: usize) -> Linked<'a> {
        let mut accounts: Vec<AccountView<'a>> = snapshot
            .regions
            .iter()
            .map(|region| AccountView::new(region, config, threads))
            .collect();
        // Replicas lie in other regions, so they are joined when all are there.
        let replicas = replica::join(&accounts);
        for (account, replicas) in accounts.iter_mut().zip(replicas) {
            account.put_replicas(replicas);
        }
        Linked {
            snapshot,
            now: snapshot.collected_at,
            accounts,
            iam: IamView::all(snapshot),
            threads,
        }
    }
}
