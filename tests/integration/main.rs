//! The one integration binary: each further one would link the AWS crates again.

#[cfg(feature = "live")]
mod collect;
