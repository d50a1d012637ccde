//! Script text in, findings out: size, syntax, secrets, dangerous code.
//!
//! Pure: no process, file, clock or randomness. A filter against accidents, secrets and lazy
//! attacks; the container is the boundary. The script is parsed once and every layer reads the
//! same tree with cursors, never by recursion, so that no nesting can exhaust the stack. Rules are
//! data (`rules/`); the code of a layer only decides where they apply. A script cannot suppress a
//! finding.

mod dangerous;
mod finding;
mod notes;
mod rule;
mod rules;
mod secrets;
mod size;
mod syntax;
mod tree;

use crate::language::Language;
use crate::policy::Policy;

pub use finding::{Finding, Layer, Report};
pub use notes::MOST_FINDINGS;
pub use rule::Rule;

use notes::Notes;
use rules::size::SIZE_UTF8;
use tree::Script;

/// Checks one script. Pure.
///
/// Every layer that can speak does. A script that is refused for its size is not parsed, so that
/// its cost stays that of counting characters. At most [`MOST_FINDINGS`] findings are kept, those
/// that block before those that warn.
#[must_use]
pub fn check(script: &str, language: &'static Language, policy: &Policy) -> Report {
    let mut notes = Notes::new(policy);
    let fits = size::check(script, policy, &mut notes);
    let undecided = fits && read(script, language, &mut notes);
    Report {
        language,
        undecided,
        findings: notes.findings(script),
    }
}

/// Checks one script as it came, which may not be text at all. Pure.
///
/// Bytes that are not UTF-8 are refused without a further look; the place is where they begin.
#[must_use]
pub fn check_bytes(script: &[u8], language: &'static Language, policy: &Policy) -> Report {
    let error = match std::str::from_utf8(script) {
        Ok(text) => return check(text, language, policy),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(script);
    let mut notes = Notes::new(policy);
    let span = error.valid_up_to()..error.valid_up_to() + char::REPLACEMENT_CHARACTER.len_utf8();
    notes.add(&SIZE_UTF8, span, size::utf8_message(error.valid_up_to()));
    Report {
        language,
        undecided: true,
        findings: notes.findings(&text),
    }
}

/// Every rule of every layer, in the order of layers.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().flat_map(|layer| layer.iter()).copied()
}

/// The layers that read the tree; whether only the interpreter can tell about the syntax.
fn read(text: &str, language: &'static Language, notes: &mut Notes<'_>) -> bool {
    let judged = syntax::judge(text, language.grammar, notes);
    let Some(script) = Script::parse(text, language.grammar) else {
        return syntax::unread(&judged, notes);
    };
    let undecided = syntax::check(&script, notes) || judged.undecided;
    secrets::check(&script, notes);
    dangerous::check(&script, notes);
    undecided
}

#[cfg(test)]
mod tests;
