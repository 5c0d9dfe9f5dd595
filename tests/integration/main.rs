//! The one integration binary: each further one would link everything again.

mod architecture;
mod binary;
mod cli;
mod golden;
#[cfg(feature = "live")]
mod live;
mod mistakes;
mod readme;
mod report;
mod rules;
#[cfg(feature = "live")]
mod sandbox;
