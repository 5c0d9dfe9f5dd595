//! The condition language, proved on generated conditions over generated facts.
//!
//! `write` writes conditions, `world` makes the facts they look at; both draw from bytes, so that a seed, proptest and
//! the fuzzer give the same. `oracle` compares verdicts with the `cel` crate, `laws` holds what must be true of all.
//! The paths are spelled out because the fuzz targets have these files too.

#[path = "language/dice.rs"]
pub(crate) mod dice;
#[path = "language/judge.rs"]
mod judge;
#[cfg(test)]
#[path = "language/laws.rs"]
mod laws;
#[cfg(test)]
#[path = "language/oracle.rs"]
mod oracle;
#[path = "language/stages.rs"]
pub(crate) mod stages;
#[path = "language/world.rs"]
mod world;
#[path = "language/write.rs"]
mod write;
