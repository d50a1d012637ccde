//! The layer that asks first: how long the script is, and whether it is text at all.
//!
//! Counts characters, not bytes. Costs one pass and no parse.

use super::notes::Notes;
use super::rules::size::{SIZE_CHARACTERS, SIZE_INTRICATE, SIZE_NUL};
use crate::policy::Policy;

/// Whether the other layers shall read the script.
pub(super) fn check(text: &str, policy: &Policy, notes: &mut Notes<'_>) -> bool {
    characters(text, policy.limits.script_characters, notes);
    let fits = !notes.block();
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        notes.add(&SIZE_NUL, at..at + 1, nul_message());
    }
    fits
}

fn characters(text: &str, most: usize, notes: &mut Notes<'_>) {
    // A text has no more characters than bytes, so most scripts need no counting.
    if text.len() <= most {
        return;
    }
    let Some((over, _)) = text.char_indices().nth(most) else {
        return;
    };
    let count = text.chars().count();
    let message = format!(
        "the script has {count} characters and at most {most} are allowed; split it, or pass its data on stdin"
    );
    notes.add(&SIZE_CHARACTERS, over..text.len(), message);
}

/// For a text on which the parser exceeded its budget, so that there is no tree.
pub(super) fn too_intricate(notes: &mut Notes<'_>) {
    let message = "too intricate to be read whole, so nothing can be said of secrets and dangerous code in it; write plain commands, one a line";
    notes.add(&SIZE_INTRICATE, 0..0, message.to_owned());
}

fn nul_message() -> String {
    "a NUL character is never part of a script; bash drops it and Python refuses it".to_owned()
}

pub(super) fn utf8_message(at: usize) -> String {
    format!(
        "byte {} does not belong to any UTF-8 character; save the script as UTF-8",
        at + 1
    )
}
