//! The formats, over reports that are made up.

mod accepted;
pub(crate) mod accounts;
mod counts_rows;
pub(crate) mod explain;
mod json;
mod rows;
mod terminal;
