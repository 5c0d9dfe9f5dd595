//! What loading rules promises.
