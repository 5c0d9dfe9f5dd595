//! The one integration binary: each further one would link everything again.

mod architecture;
mod attest;
mod authoring;
mod binary;
mod broken;
mod browser;
mod checklists;
mod cli;
#[cfg(feature = "live")]
mod collect;
mod doctor;
mod drift;
mod figures;
mod fix;
mod fuzz;
mod golden;
mod init;
mod language;
#[cfg(feature = "live")]
mod live;
mod manual;
#[cfg(feature = "live")]
mod metrics;
mod mistakes;
mod project;
mod python;
mod readme;
mod recipes;
#[cfg(feature = "live")]
mod recorded;
mod repairs;
mod report;
mod rules;
#[cfg(feature = "live")]
mod sandbox;
mod schema;
mod screen;
mod settings;
mod unread;
mod waivers;
mod yaml;
