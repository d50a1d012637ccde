//! The layer that looks for credentials written down.
//!
//! Three ways: forms that tell by themselves (`tokens`, `private_key`) or by a few words around
//! them (`patterns`); constants under a telling name in the tree (`python`, `bash`) and among the
//! words of commands (`arguments`); settings inside strings, comments and here-documents
//! (`settings`). What a name must look like is in `name`, what a value must look like in `value`
//! and `placeholder`; literals that one expression puts together are read as one (`composed`). No
//! measure of entropy alone: it refuses hashes and accepts passwords.
//! Nothing found is repeated: a message shows a masked form. Does not follow values through
//! variables or decode them.

mod arguments;
mod bash;
mod bash_stdin;
mod bash_values;
mod composed;
mod forms;
mod name;
mod name_words;
mod patterns;
mod placeholder;
mod private_key;
mod programs;
mod python;
mod python_calls;
mod python_values;
mod settings;
mod tokens;
mod value;
mod value_words;

use std::ops::Range;

use super::Rule;
use super::notes::Notes;
use super::rules::secrets::SECRET_ASSIGNMENT;
use super::tree::Script;
use crate::language::Grammar;

/// A credential and its place.
struct Found {
    rule: &'static Rule,
    /// The secret itself; of one that was put together, from its first literal to its last.
    span: Range<usize>,
    /// The literals of one that was put together from several, else none.
    literals: Vec<Range<usize>>,
    /// What it is, for the message: a name of the script, or of a service's token.
    what: String,
}

impl Found {
    fn places(&self) -> Vec<Range<usize>> {
        if self.literals.is_empty() {
            vec![self.span.clone()]
        } else {
            self.literals.clone()
        }
    }
}

/// A credential under a name of the script's.
fn named(name: &str, span: Range<usize>) -> Found {
    Found {
        rule: &SECRET_ASSIGNMENT,
        span,
        literals: Vec::new(),
        what: match name {
            "a password" => "the password given to a call".to_owned(),
            name => format!("the value of `{}`", shown(name)),
        },
    }
}

/// A name for a message: a dictionary's key may be any text.
fn shown(name: &str) -> String {
    name.chars().take(60).collect()
}

/// `CLIENT_SECRET = "secret"`: the value repeats the end of the name, as an enum's does.
fn names_itself(name: &str, value: &str) -> bool {
    let letters = value
        .chars()
        .all(|letter| letter.is_alphabetic() || matches!(letter, '_' | '-' | ' '));
    let (name, value) = (name::words(name), name::words(value));
    letters && name.ends_with(&value)
}

pub(super) fn check(script: &Script<'_>, notes: &mut Notes<'_>) {
    let lower = script.text.to_ascii_lowercase();
    let mut found = Vec::new();
    tokens::find(script.text, &mut found);
    private_key::find(script.text, &lower, &mut found);
    patterns::find(script.text, &lower, &mut found);
    match script.grammar {
        Grammar::Python => python::find(script, &mut found),
        Grammar::Bash => bash::find(script, &mut found),
    }
    // The first to find a place is the most exact; a stable sort keeps it first.
    // What is longer for being put together comes before its beginning.
    found.sort_by_key(|found| (found.span.start, found.literals.is_empty()));
    let mut told = 0;
    for found in found {
        notes.hide(found.rule, found.places());
        if found.span.start >= told {
            told = found.span.end;
            tell(script.text, found, notes);
        }
    }
}

fn tell(text: &str, found: Found, notes: &mut Notes<'_>) {
    let literals = found.places().into_iter();
    let secret: String = literals.filter_map(|literal| text.get(literal)).collect();
    let message = format!(
        "{} stands in the script ({}); {}",
        found.what,
        value::masked(&secret),
        found.rule.instead
    );
    notes.add(found.rule, found.span, message);
}
