//! The layer that says whether the text is a script of its language, and where not.
//!
//! Tells one problem, the first: what follows a syntax error is mostly its echo. For Python the
//! tree's ERROR and MISSING nodes reject. For bash they decide nothing, because the grammar refuses
//! valid scripts and accepts broken ones: a recogniser of bash's rules does. The interpreter's own
//! parser in the container has the last word, before the first statement.

mod bash;
mod brackets;
mod python;

use std::ops::Range;

use super::notes::Notes;
use super::rules::syntax::SYNTAX_UNREAD;
use super::tree::{Node, Script, Step, Walk};
use crate::language::Grammar;
use crate::text::floor_char_boundary;

/// How much of a line a finding underlines where nothing shorter is known to be wrong.
const SHOWN: usize = 60;

/// What is wrong, and where.
struct Problem {
    span: Range<usize>,
    message: String,
}

/// What the text alone tells, before there is a tree.
pub(super) struct Judgement {
    /// Whether only the interpreter can tell.
    pub(super) undecided: bool,
    /// Whether it is known to be broken.
    pub(super) refused: bool,
}

/// Judges the text without a tree: of bash all, of Python nothing.
pub(super) fn judge(text: &str, grammar: Grammar, notes: &mut Notes<'_>) -> Judgement {
    match grammar {
        Grammar::Python => Judgement::NONE,
        Grammar::Bash => bash::judge(text, notes),
    }
}

/// Tells that the parser's budget was not enough for a tree; whether only the interpreter can tell.
pub(super) fn unread(judged: &Judgement, notes: &mut Notes<'_>) -> bool {
    let message = "too intricate to be read whole: what follows could not be checked for secrets and dangerous code";
    notes.add(&SYNTAX_UNREAD, 0..0, message.to_owned());
    !judged.refused
}

impl Judgement {
    const NONE: Self = Self {
        undecided: false,
        refused: false,
    };
}

/// Judges by the tree; whether only the interpreter can tell.
pub(super) fn check(script: &Script<'_>, notes: &mut Notes<'_>) -> bool {
    if script.grammar == Grammar::Python {
        python::check(script, notes);
    }
    false
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
