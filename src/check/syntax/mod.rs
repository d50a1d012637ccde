//! The layer that says whether the text is a script of its language, and where not.
//!
//! Tells one problem, the first: what follows a syntax error is mostly its echo. The tree's ERROR and
//! MISSING nodes give places and words; they decide nothing alone, because the grammars refuse valid
//! scripts and accept broken ones. For Python a strict parser decides, for bash a recogniser of its
//! rules, each behind a fence; beyond it the report is undecided. The interpreter's own parser in the
//! container has the last word, before the first statement.

mod bash;
mod brackets;
mod python;

pub(super) use bash::outline;

use std::ops::Range;

use super::notes::Notes;
use super::tree::{Node, Script, Step, Walk};
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
    Refused(Refusal),
    /// Only the interpreter can tell.
    Undecided,
}

/// Why a text is refused.
pub(super) enum Refusal {
    Plain(Problem),
    /// The tree may know better words for it.
    Python(python::Refused),
}

impl Verdict {
    pub(super) const fn is_valid(&self) -> bool {
        matches!(self, Self::Valid)
    }
}

/// Asks the language's own rules.
pub(super) fn verdict(text: &str, grammar: Grammar) -> Verdict {
    match grammar {
        Grammar::Python => python::verdict(text),
        Grammar::Bash => bash::verdict(text),
    }
}

/// Writes the verdict down; whether only the interpreter can tell. The tree, where there is one,
/// lends its words.
pub(super) fn tell(
    text: &str,
    grammar: Grammar,
    verdict: Verdict,
    tree: Option<&Script<'_>>,
    notes: &mut Notes<'_>,
) -> bool {
    if grammar == Grammar::Bash {
        bash::line_ends(text, notes);
    }
    match verdict {
        Verdict::Valid => false,
        Verdict::Undecided => true,
        Verdict::Refused(Refusal::Plain(problem)) if grammar == Grammar::Bash => {
            bash::tell(text, problem, notes);
            false
        }
        Verdict::Refused(refusal) => {
            python::tell(text, refusal, tree, notes);
            false
        }
    }
}

/// The first ERROR or MISSING node.
fn first_error(root: Node<'_>) -> Option<Node<'_>> {
    for step in Walk::of(root) {
        let Step::Enter(node, _) = step else { continue };
        if node.is_error() || node.is_missing() {
            return Some(node);
        }
    }
    None
}

/// From an offset to the end of its line, or to [`SHOWN`] bytes.
fn rest_of_line(text: &str, at: usize) -> Range<usize> {
    let rest = text.get(at..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("").trim_end();
    at..at + floor_char_boundary(line, SHOWN)
}
