//! The condition language, proved on generated conditions over generated facts.
//!
//! `write` writes conditions, `world` makes the facts they look at; both draw from bytes, so that a seed, proptest and
//! the fuzzer give the same. `oracle` compares verdicts with the `cel` crate, `laws` holds what must be true of all.

pub(crate) mod dice;
mod judge;
mod laws;
mod oracle;
mod world;
mod write;
