//! Whether a text is Python, and what is wrong with it, in words.
//!
//! The strict parser decides (`strict`), on what Python would read (`source`). Where it refuses, the
//! text around says what a person would look for: where a bracket or quote was opened, what another
//! language's word is in Python (`slips`), what was pasted along. `compile()` in the container has the
//! last word on what the parser cannot tell.

mod codecs;
mod context;
mod fence;
mod leftovers;
mod numbers;
mod scopes;
mod semantic;
mod slips;
mod source;
mod strict;
mod tabs;
mod words;

use std::ops::Range;

use self::source::Reading;
use self::strict::{Refused, Verdict};
use super::{Problem, brackets, pasted, rest_of_line};
use crate::check::notes::Notes;
use crate::check::rules::syntax::PYTHON_SYNTAX;
use crate::language::Grammar;

/// Whether only the interpreter can tell.
pub(super) fn check(text: &str, notes: &mut Notes<'_>) -> bool {
    let problem = match source::reading(text) {
        Reading::Refused(problem) => problem,
        Reading::Undecided => return true,
        Reading::Same(source) => match strict::verdict(source) {
            Verdict::Accepted => return false,
            Verdict::Undecided => return true,
            Verdict::Refused(refused) => explain(text, refused),
        },
        Reading::Latin1(source) => match strict::verdict(&source) {
            Verdict::Accepted => return false,
            Verdict::Undecided => return true,
            Verdict::Refused(refused) => as_latin_1(&source, &refused),
        },
    };
    let open = brackets::open_at(text, problem.span.start);
    let related = open.map(|open| (open, "this is open".to_owned()));
    let related = related.into_iter().collect();
    notes.add_with(&PYTHON_SYNTAX, problem.span, problem.message, related);
    false
}

/// A character of such a text is a byte of the script.
fn as_latin_1(text: &str, refused: &Refused) -> Problem {
    let bytes = |end: usize| text.get(..end).unwrap_or("").chars().count();
    Problem {
        span: bytes(refused.range.start)..bytes(refused.range.end),
        message: format!(
            "{}; the coding line says that the script is Latin-1",
            refused.message
        ),
    }
}

/// The most telling of what can be said about a refusal; only what lies no further down than it.
fn explain(text: &str, refused: Refused) -> Problem {
    let own = Problem {
        span: shown(text, refused.range),
        message: refused.message,
    };
    if !refused.grammar {
        return own;
    }
    let at = refused.at.min(text.len());
    pasted::problem(text, at, Grammar::Python)
        .or_else(|| brackets::ended_string(text, at))
        .or_else(|| brackets::problem(text, at))
        .unwrap_or(own)
}

/// A place that can be underlined: within one line, and on the line that ends where the place is
/// beyond it.
fn shown(text: &str, range: Range<usize>) -> Range<usize> {
    let line = rest_of_line(text, range.start);
    let end = range.end.min(line.end);
    range.start..end.max(range.start)
}

#[cfg(test)]
mod messages;
#[cfg(test)]
mod tests;
