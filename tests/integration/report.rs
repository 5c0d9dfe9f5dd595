//! The formats, over reports that are made up.

mod accepted;
pub(crate) mod accounts;
mod counts;
mod counts_rows;
pub(crate) mod explain;
mod github;
mod gitlab;
mod json;
mod junit;
mod rows;
mod sarif;
mod terminal;
mod widths;
