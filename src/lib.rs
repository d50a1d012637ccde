//! Lazaret runs scripts nobody has vetted.

pub mod check;
pub mod language;
pub mod policy;
pub mod protocol;
pub mod text;
