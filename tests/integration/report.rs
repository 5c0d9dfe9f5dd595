//! The formats, over reports that are made up.

mod accepted;
pub(crate) mod accounts;
mod counts;
pub(crate) mod explain;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;
mod terminal;
