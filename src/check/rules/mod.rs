//! The rules as data: ids, levels, manual and examples. No code decides anything here.
//!
//! A new rule is a `static` here, its place in a list, and the line of code or of a table that
//! applies it; the examples are run by one test.

pub(super) mod bash;
pub(super) mod python;
mod secret_forms;
pub(super) mod secrets;
pub(super) mod size;
pub(super) mod syntax;

use super::Rule;

/// Every rule, by layer.
pub(super) static ALL: [&[&Rule]; 5] = [
    &size::RULES,
    &syntax::RULES,
    &secrets::RULES,
    &python::RULES,
    &bash::RULES,
];
