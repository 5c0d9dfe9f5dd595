//! The one integration binary: each further one would link everything again.

mod architecture;
mod binary;
mod checklists;
mod cli;
#[cfg(feature = "live")]
mod collect;
mod fuzz;
mod golden;
mod language;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
mod metrics;
mod mistakes;
mod places;
mod readme;
#[cfg(feature = "live")]
mod recorded;
mod report;
mod rules;
#[cfg(feature = "live")]
mod sandbox;
mod unread;
mod yaml;
