//! Laws over generated conditions and facts.
