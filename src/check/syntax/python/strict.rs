//! What a strict parser of Python says of a text: ruff's, which knows the rules of each version.
//!
//! It recurses, so it runs behind the fence: where the text could nest too deeply nothing is
//! parsed and only the interpreter can tell. Within the fence the stack is made large enough for
//! the height that was counted, so that no caller's thread is too small.

use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::fence::{self, Shape};
use super::{numbers, semantic, tabs, words};

/// The version of the image's interpreter.
pub(super) const VERSION: PythonVersion = PythonVersion::PY311;
/// Beyond it the interpreter decides. Python itself gives up between 1 000 and 3 000.
const MOST_HEIGHT: usize = 1_000;
/// What one more node on top may cost. Of the nests in the tests, without optimisation, none
/// overflows with 3 000 bytes and some do with 2 000; this is four times as much.
const STACK_PER_NODE: usize = 12 * 1024;
/// What is needed besides.
const STACK_AT_LEAST: usize = 192 * 1024;

/// What the strict parser says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    /// Where and why; whether the tokens or the grammar are at fault rather than the meaning.
    Refused {
        range: TextRange,
        message: String,
        grammar: bool,
    },
    Undecided,
}

/// Asks the strict parser.
pub(super) fn verdict(text: &str) -> Verdict {
    match fence::shape(text) {
        Shape::Refused(why) => Verdict::Refused {
            range: TextRange::empty(TextSize::of(text)),
            message: why.to_owned(),
            grammar: true,
        },
        Shape::Height(height) if height > MOST_HEIGHT => Verdict::Undecided,
        Shape::Height(height) => {
            let needed = STACK_AT_LEAST + height * STACK_PER_NODE;
            stacker::maybe_grow(needed, needed, || parse(text))
        }
    }
}

fn parse(text: &str) -> Verdict {
    let options = ParseOptions::from(Mode::Module).with_target_version(VERSION);
    let parsed = parse_unchecked(text, options);
    let grammar = first_error(text, &parsed);
    let is_grammar = grammar.is_some();
    let found = grammar
        .or_else(|| tabs::inconsistent(text, parsed.tokens()))
        .or_else(|| numbers::too_long(text, parsed.tokens()))
        .or_else(|| semantic::first_error(text, parsed.syntax()));
    found.map_or(Verdict::Accepted, |(range, message)| Verdict::Refused {
        range,
        message,
        grammar: is_grammar,
    })
}

/// The first error of the grammar, of the version too.
fn first_error(text: &str, parsed: &Parsed<Mod>) -> Option<(TextRange, String)> {
    let errors = parsed.errors().iter();
    let first = errors.min_by_key(|error| error.location.start());
    let unsupported = parsed.unsupported_syntax_errors().iter();
    let newer = unsupported.min_by_key(|error| error.range().start());
    match (first, newer) {
        (first, Some(newer))
            if first.is_none_or(|first| newer.range().start() < first.location.start()) =>
        {
            Some((newer.range(), words::plain(&newer.to_string())))
        }
        (first, _) => first.map(|first| {
            let shown = text.get(first.location.to_std_range()).unwrap_or("");
            (first.location, words::of(&first.error, shown))
        }),
    }
}
