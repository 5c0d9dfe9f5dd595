//! The formats, over reports that are made up.

mod accepted;
pub(crate) mod accounts;
pub(crate) mod explain;
mod json;
mod terminal;
mod widths;
