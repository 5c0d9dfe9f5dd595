//! The formats, over reports that are made up.

mod accounts;
mod explain;
mod json;
mod terminal;
