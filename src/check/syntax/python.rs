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
use self::strict::Refused;
use super::{Problem, Verdict, brackets, pasted, rest_of_line};
use crate::check::notes::Notes;
use crate::check::rules::syntax::PYTHON_SYNTAX;
use crate::language::Grammar;

/// Whether Python would refuse a text.
pub(super) fn verdict(text: &str) -> Verdict {
    match source::reading(text) {
        Reading::Refused(problem) => Verdict::Refused(problem),
        Reading::Undecided => Verdict::Undecided,
        Reading::Same(source) => decided(strict::verdict(source), |refused| explain(text, refused)),
        Reading::Latin1(source) => decided(strict::verdict(&source), |refused| {
            as_latin_1(&source, &refused)
        }),
    }
}

fn decided(verdict: strict::Verdict, explain: impl FnOnce(Refused) -> Problem) -> Verdict {
    match verdict {
        strict::Verdict::Accepted => Verdict::Valid,
        strict::Verdict::Undecided => Verdict::Undecided,
        strict::Verdict::Refused(refused) => Verdict::Refused(explain(refused)),
    }
}

pub(super) fn tell(text: &str, problem: Problem, notes: &mut Notes<'_>) {
    let open = brackets::open_at(text, problem.span.start);
    let related = open.map(|open| (open, "this is open".to_owned()));
    let related = related.into_iter().collect();
    notes.add_with(&PYTHON_SYNTAX, problem.span, problem.message, related);
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
