//! What evaluation promises.
