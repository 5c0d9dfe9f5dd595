//! The formats, over reports that are made up.

pub(crate) mod accounts;
mod aside;
pub(crate) mod explain;
mod json;
mod terminal;
