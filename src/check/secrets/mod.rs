//! The layer that looks for credentials written down.
//!
//! Three ways: tokens whose form alone tells (`tokens`), constants under a telling name in the
//! tree (`python`, `bash`), and settings inside strings and here-documents (`settings`). What a
//! name must look like is in `name`, what a value must look like in `value`. No entropy measures:
//! they refuse hashes and accept passwords. Nothing found is repeated: a message shows a masked
//! form.

mod bash;
mod name;
mod python;
mod settings;
mod tokens;
mod value;

use std::ops::Range;

use super::Rule;
use super::notes::Notes;
use super::tree::Script;
use crate::language::Grammar;

/// A credential and its place.
struct Found {
    rule: &'static Rule,
    /// The secret itself.
    span: Range<usize>,
    /// What it is, for the message: a name of the script, or of a service's token.
    what: String,
}

pub(super) fn check(script: &Script<'_>, notes: &mut Notes<'_>) {
    let lower = script.text.to_ascii_lowercase();
    let mut found = tokens::find(script.text, &lower);
    if name::is_mentioned(&lower) {
        settings::in_text(script, &mut found);
        match script.grammar {
            Grammar::Python => python::find(script, &mut found),
            Grammar::Bash => bash::find(script, &mut found),
        }
    }
    // The first to find a place is the most exact; a stable sort keeps it first.
    found.sort_by_key(|found| found.span.start);
    let mut told = 0;
    for found in found {
        if found.span.start >= told {
            told = found.span.end;
            tell(script.text, found, notes);
        }
    }
}

fn tell(text: &str, found: Found, notes: &mut Notes<'_>) {
    let secret = text.get(found.span.clone()).unwrap_or("");
    let message = format!(
        "{} stands in the script ({}); {}",
        found.what,
        value::masked(secret),
        found.rule.instead
    );
    notes.add(found.rule, found.span, message);
}
