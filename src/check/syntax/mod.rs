//! The layer that says whether the text is a script of its language, and where not.
//!
//! Tells one problem, the first: what follows a syntax error is mostly its echo. The ERROR and MISSING
//! nodes of the tree that the other layers read are not asked: its grammars refuse valid scripts and
//! accept broken ones. For Python a strict parser decides, for bash a recogniser of its rules, each
//! behind a fence; beyond it the report is undecided. The interpreter's own parser in the container
//! has the last word, before the first statement.

mod bash;
mod brackets;
mod pasted;
mod python;

pub(super) use bash::Outline;

use std::ops::Range;

use super::notes::Notes;
use crate::language::Grammar;
use crate::text::floor_char_boundary;

/// How much of a line a finding underlines where nothing shorter is known to be wrong.
const SHOWN: usize = 60;

/// What is wrong, and where.
pub(super) struct Problem {
    span: Range<usize>,
    message: String,
}

/// What the rules of a language say of a text.
pub(super) enum Verdict {
    Valid,
    Refused(Problem),
    /// Only the interpreter can tell.
    Undecided,
}

impl Verdict {
    pub(super) const fn is_valid(&self) -> bool {
        matches!(self, Self::Valid)
    }
}

/// What the rules of a language say of a text, and what of its parts they have seen on the way.
pub(super) struct Reading {
    pub(super) verdict: Verdict,
    /// Empty for Python.
    pub(super) outline: Outline,
}

/// Asks the language's own rules.
pub(super) fn read(text: &str, grammar: Grammar) -> Reading {
    match grammar {
        Grammar::Python => Reading {
            verdict: python::verdict(text),
            outline: Outline::default(),
        },
        Grammar::Bash => bash::read(text),
    }
}

/// Writes the verdict down; whether only the interpreter can tell.
pub(super) fn tell(text: &str, grammar: Grammar, verdict: Verdict, notes: &mut Notes<'_>) -> bool {
    if grammar == Grammar::Bash {
        bash::line_ends(text, notes);
    }
    match (verdict, grammar) {
        (Verdict::Valid, _) => return false,
        (Verdict::Undecided, _) => return true,
        (Verdict::Refused(problem), Grammar::Bash) => bash::tell(text, problem, notes),
        (Verdict::Refused(problem), Grammar::Python) => python::tell(text, problem, notes),
    }
    false
}

/// The line that holds an offset, without its end.
fn line_at(text: &str, at: usize) -> Range<usize> {
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    start..before.len() + rest.find('\n').unwrap_or(rest.len())
}

/// From an offset to the end of its line, or to [`SHOWN`] bytes.
fn rest_of_line(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("").trim_end();
    at..at + floor_char_boundary(line, SHOWN)
}
