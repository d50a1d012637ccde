//! Script text in, findings out: size, syntax, secrets, dangerous code.
//!
//! Pure: no process, file, clock or randomness. A filter against accidents, secrets and lazy
//! attacks; the container is the boundary. The script is parsed once and every layer reads the
//! same tree with cursors, never by recursion, so that no nesting can exhaust the stack. Rules are
//! data (`rules/`); the code of a layer only decides where they apply. A script cannot suppress a
//! finding.

mod cover;
mod dangerous;
mod finding;
mod notes;
mod parser;
mod rule;
mod rules;
mod secrets;
mod size;
mod syntax;
mod tree;

use crate::language::Language;
use crate::policy::Policy;

pub use finding::{Finding, Layer, Related, Report};
pub use notes::{MOST_FINDINGS, MOST_RELATED};
pub use rule::Rule;

use notes::Notes;
use parser::Fuel;
use rules::size::SIZE_UTF8;
use syntax::Reading;
use tree::Script;

/// The layers that need a syntax tree.
const TREE_LAYERS: [Layer; 3] = [Layer::Syntax, Layer::Secrets, Layer::Dangerous];

/// Checks one script. Pure.
///
/// Every layer that can speak does. A script that is refused for its size is not parsed, so that
/// its cost stays that of counting characters. At most [`MOST_FINDINGS`] findings are kept, those
/// that block before those that warn.
#[must_use]
pub fn check(script: &str, language: &'static Language, policy: &Policy) -> Report {
    let mut notes = Notes::new(policy);
    let fits = size::check(script, policy, &mut notes);
    if !fits {
        notes.hide_everything();
    }
    let undecided = fits && read(script, language, policy, &mut notes);
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
    notes.hide_everything();
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

/// The rule of that id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The layers that read the text and are on; whether only the interpreter can tell about the syntax.
fn read(text: &str, language: &'static Language, policy: &Policy, notes: &mut Notes<'_>) -> bool {
    let is_on = |layer: Layer| !policy.checks_off.contains(layer.name());
    if !TREE_LAYERS.into_iter().any(is_on) {
        return true;
    }
    let grammar = language.grammar;
    let reading = syntax::read(text, grammar);
    let script = Script::parse(text, grammar, &reading, &Fuel::of(text));
    let Reading { verdict, outline } = reading;
    let undecided = !is_on(Layer::Syntax) || syntax::tell(text, grammar, verdict, notes);
    let Some(script) = script else {
        size::too_intricate(notes);
        notes.hide_everything();
        return undecided;
    };
    if is_on(Layer::Secrets) {
        secrets::check(&script, notes);
    }
    if is_on(Layer::Dangerous) {
        dangerous::check(&script, &outline, notes);
    }
    undecided
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
