//! The live collector against a stub of AWS on 127.0.0.1: what ends a run before it begins, and what must not.
//!
//! The SDK reads the environment of its process, and a test may not change its own: so each run is this very test
//! binary again, as a child with an environment made for it.

mod child;
mod doctor;
mod preflight;
mod resilience;
mod stub;
