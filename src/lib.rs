//! dynalint judges DynamoDB workloads before they launch.
//!
//! ```text
//! AWS account ── collect ──┐
//!                          ├─► Snapshot ─► link ─► evaluate ─► Report ─► gate ─► exit code
//! saved snapshot ──────────┘   (facts)    (joins)  (pure)          └──► report: terminal, json
//! rules/*.yaml ─► rule (catalog) ───────────────────┘
//! ```
//! Everything to the right of [`snapshot`] is pure: no clock, no network, no environment, no printing.

pub mod assess;
pub mod attestation;
pub mod baseline;
pub mod checklist;
pub mod cli;
#[cfg(feature = "live")]
pub mod collect;
pub mod config;
pub mod drift;
pub mod evaluate;
pub mod finding;
pub mod gate;
pub mod link;
pub mod policy;
pub mod report;
pub mod rule;
pub mod shares;
pub mod snapshot;
pub mod waiver;
pub mod yaml;
