//! What a strict parser of Python says of a text: ruff's, which knows the rules of each version.
//!
//! It recurses, so it runs behind the fence: where the text could nest too deeply nothing is
//! parsed and only the interpreter can tell. Within the fence the stack is made large enough for
//! the height that was counted, so that no caller's thread is too small.

use std::ops::Range;

use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{
    InterpolatedStringErrorType, Mode, ParseErrorType, ParseOptions, Parsed, parse_unchecked,
};
use ruff_text_size::{Ranged, TextRange};

use super::fence::{self, Shape};
use super::{numbers, semantic, slips, tabs, words};

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
    Refused(Refused),
    Undecided,
}

/// Where and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Where the parser got stuck.
    pub(super) at: usize,
    /// Where a person would look.
    pub(super) range: Range<usize>,
    pub(super) message: String,
    /// The tokens or the grammar are at fault, not the meaning or the version.
    pub(super) grammar: bool,
}

/// Asks the strict parser.
pub(super) fn verdict(text: &str) -> Verdict {
    match fence::shape(text) {
        Shape::Refused(why) => Verdict::Refused(Refused {
            at: text.len(),
            range: text.len()..text.len(),
            message: why.to_owned(),
            grammar: true,
        }),
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
    if is_bare_generator(text, &parsed) {
        return Verdict::Undecided;
    }
    let found = by_the_grammar(text, &parsed).or_else(|| {
        let tokens = parsed.tokens();
        tabs::inconsistent(text, tokens)
            .or_else(|| numbers::too_long(text, tokens))
            .or_else(|| semantic::first_error(text, parsed.syntax()))
            .map(|(range, message)| refused(range, message))
    });
    found.map_or(Verdict::Accepted, Verdict::Refused)
}

fn refused(range: TextRange, message: String) -> Refused {
    let range = range.to_std_range();
    Refused {
        at: range.start,
        range,
        message,
        grammar: false,
    }
}

/// Whether the first error is a generator between the braces of an f-string: 3.11 reads what stands
/// there as if in parentheses, later versions and this parser do not.
fn is_bare_generator(text: &str, parsed: &Parsed<Mod>) -> bool {
    let errors = parsed.errors().iter();
    let first = errors.min_by_key(|error| error.location.start());
    first.is_some_and(|error| {
        let shown = text.get(error.location.to_std_range());
        matches!(
            error.error,
            ParseErrorType::FStringError(InterpolatedStringErrorType::UnclosedLbrace)
        ) && matches!(shown, Some("for" | "async"))
    })
}

/// The first error of the grammar, of the version too.
fn by_the_grammar(text: &str, parsed: &Parsed<Mod>) -> Option<Refused> {
    let errors = parsed.errors().iter();
    let first = errors.min_by_key(|error| error.location.start());
    let unsupported = parsed.unsupported_syntax_errors().iter();
    let newer = unsupported.min_by_key(|error| error.range().start());
    match (first, newer) {
        (first, Some(newer))
            if first.is_none_or(|first| newer.range().start() < first.location.start()) =>
        {
            Some(refused(newer.range(), words::of_version(newer)))
        }
        (first, _) => first.map(|first| {
            let at = first.location.to_std_range();
            let told = slips::problem(text, &at).unwrap_or_else(|| words::of(text, first));
            Refused {
                at: at.start,
                range: told.span,
                message: told.message,
                grammar: true,
            }
        }),
    }
}
