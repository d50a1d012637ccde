//! The layer that looks for calls a script here has no business making.
//!
//! Looks at names and shapes in the tree, through the ways in which a language gives things other
//! names. Does not run or emulate anything, and does not try to win against somebody who hides on
//! purpose: the container is the boundary.

mod bash;
mod python;

use super::notes::Notes;
use super::parser::Fuel;
use super::syntax::Outline;
use super::tree::Script;
use crate::language::Grammar;
use crate::text::floor_char_boundary;

/// How much of the script a message repeats.
const SHOWN: usize = 40;

pub(super) fn check(script: &Script<'_>, outline: &Outline, notes: &mut Notes<'_>) {
    // One for all scripts in this one, or many of them could cost many times as much.
    let fuel = Fuel::of(script.text);
    match script.grammar {
        Grammar::Python => python::check(script, &fuel, notes),
        Grammar::Bash => bash::check(script, outline, fuel, notes),
    }
}

/// The beginning of a piece of the script, on one line, for a message.
fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    let kept = line.get(..floor_char_boundary(line, SHOWN)).unwrap_or("");
    if kept.len() < text.len() {
        format!("{kept}…")
    } else {
        kept.to_owned()
    }
}
