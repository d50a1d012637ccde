//! Lazaret runs scripts nobody has vetted.

pub mod check;
pub mod cli;
pub mod engine;
pub mod language;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod protocol;
pub mod render;
pub mod sandbox;
pub mod text;
