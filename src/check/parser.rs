//! The parser, and how much work it may spend on a text.
//!
//! Where a text makes no sense to it, tree-sitter tries repairs, and the more of them are pending the
//! more each costs: 10 000 characters can take it seconds. So its work is counted, and beyond a
//! budget there is no tree. No time is measured, so that the answer is always the same.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::{ControlFlow, Range};
use std::sync::LazyLock;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, Point, Tree};

use super::syntax::Verdict;
use crate::language::Grammar;

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
    /// What the parser under watch may still do.
    static WATCH: Cell<Watch> = const { Cell::new(Watch::of("")) };
}

/// How long a piece of text is that the parser gets.
const PIECE: usize = 2048;

/// How many pipes a script of bash may have before it is parsed under watch: the grammar keeps all of
/// a pipeline pending until it ends.
const MANY_PIPES: usize = 200;

/// How long a text is that may cost what a [`Watch`] names; a longer one may cost as much more.
const LENGTH: usize = 10_000;

/// How much work the parser may spend on a text.
///
/// Counted are hundreds of its operations (scripts need 0.3 to 4 operations a byte) and pieces of
/// the text that it asks for (each once or twice, beside long tables in comments 22 times; but its
/// scanner for bash looks on to the end of the text for each repair: 450 to 5000 times).
struct Budget {
    operations: Cell<usize>,
    pieces: Cell<usize>,
}

/// What errors may still cost, which neither count of a [`Budget`] shows.
///
/// The parser tells of it in its log alone. That makes it two or three times as slow, so the log is
/// read only where a text is refused or seen to be in trouble. Scripts of 10 000 characters with
/// ten damages use up less than half of any of these.
#[derive(Clone, Copy)]
struct Watch {
    /// Lines of the log.
    events: usize,
    /// Times that readings are put together which were followed in parallel.
    merges: usize,
    /// What was read and is not yet part of anything; in damaged scripts it is a hundred.
    pending: usize,
    /// How much may be pending.
    most_pending: usize,
    /// All that was pending at each error, since the repair tries what may become of it, and 20 for
    /// the error itself.
    repairs: usize,
}

/// How a parse ends.
enum Outcome {
    Parsed(Tree),
    /// There are errors.
    Trouble,
    Exceeded,
}

/// The tree of a part of a text, unless the parser exceeds its budget; places are those of the text.
pub(super) fn parse(
    text: &str,
    part: Range<usize>,
    grammar: Grammar,
    verdict: &Verdict,
) -> Option<Tree> {
    let read = readable(text, grammar);
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(language(grammar)).ok()?;
        parser.set_included_ranges(&[included(part)]).ok()?;
        let outcome = if verdict.is_valid() && !is_crowded(text, grammar) {
            attempt(parser, &read, ParseState::has_error)
        } else {
            Outcome::Trouble
        };
        match outcome {
            Outcome::Parsed(tree) => Some(tree),
            Outcome::Trouble => watched(parser, &read),
            Outcome::Exceeded => None,
        }
    })
}

/// A part begins a line of its own.
const fn included(part: Range<usize>) -> tree_sitter::Range {
    tree_sitter::Range {
        start_byte: part.start,
        end_byte: part.end,
        start_point: Point { row: 0, column: 0 },
        end_point: Point {
            row: usize::MAX,
            column: usize::MAX,
        },
    }
}

fn is_crowded(text: &str, grammar: Grammar) -> bool {
    grammar == Grammar::Bash
        && memchr::memchr_iter(b'|', text.as_bytes())
            .take(MANY_PIPES)
            .count()
            == MANY_PIPES
}

/// Parses once more, with the log read.
fn watched(parser: &mut Parser, text: &str) -> Option<Tree> {
    parser.set_logger(Some(Box::new(|_, event| {
        WATCH.set(WATCH.get().after(event));
    })));
    let outcome = attempt(parser, text, |_| WATCH.get().is_over());
    parser.set_logger(None);
    match outcome {
        Outcome::Parsed(tree) => Some(tree),
        Outcome::Trouble | Outcome::Exceeded => None,
    }
}

fn attempt(parser: &mut Parser, text: &str, in_trouble: impl Fn(&ParseState) -> bool) -> Outcome {
    WATCH.set(Watch::of(text));
    let budget = Budget::of(text);
    let mut trouble = false;
    let mut progress = |state: &ParseState| {
        trouble = in_trouble(state);
        if trouble {
            ControlFlow::Break(())
        } else {
            budget.operations()
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut piece = |at: usize, _| {
        if WATCH.get().is_over() {
            &[]
        } else {
            budget.piece(text.as_bytes(), at)
        }
    };
    let tree = parser.parse_with_options(&mut piece, None, Some(options));
    // Without this the next parse would go on with this text.
    parser.reset();
    match tree {
        Some(tree) if budget.pieces.get() > 0 && !WATCH.get().is_over() => Outcome::Parsed(tree),
        None if trouble => Outcome::Trouble,
        _ => Outcome::Exceeded,
    }
}

impl Watch {
    const fn of(text: &str) -> Self {
        let lengths = 1 + text.len() / LENGTH;
        Self {
            events: 10_000 + 20 * text.len(),
            merges: 250 * lengths,
            pending: 0,
            most_pending: 2_000 * lengths,
            repairs: 2_000 * lengths,
        }
    }

    fn after(mut self, event: &str) -> Self {
        self.events = self.events.saturating_sub(1);
        if event.starts_with("shift state") {
            self.pending += 1;
        } else if event.starts_with("reduce sym") || event.starts_with("recover_to_previous") {
            // `child_count:N`, `depth:N`: so many become one.
            let parts = event
                .rsplit(':')
                .next()
                .and_then(|count| count.parse().ok());
            self.pending = (self.pending + 1).saturating_sub(parts.unwrap_or(1));
        } else if event.starts_with("resume version") {
            self.repairs = self.repairs.saturating_sub(self.pending + 20);
        } else if event.starts_with("condense") {
            self.merges = self.merges.saturating_sub(1);
        }
        self
    }

    const fn is_over(self) -> bool {
        self.events == 0
            || self.merges == 0
            || self.repairs == 0
            || self.pending > self.most_pending
    }
}

impl Budget {
    fn of(text: &str) -> Self {
        Self {
            operations: Cell::new(100 + text.len() / 10),
            pieces: Cell::new(100 + 100 * text.len() / PIECE),
        }
    }

    /// Takes one away; whether there was one.
    fn spend(of: &Cell<usize>) -> bool {
        let less = of.get().checked_sub(1);
        of.set(less.unwrap_or(0));
        less.is_some()
    }

    fn operations(&self) -> ControlFlow<()> {
        let exhausted = self.pieces.get() == 0 || !Self::spend(&self.operations);
        if exhausted {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// The piece at a place; none where the budget is exhausted, which ends the parse soon.
    fn piece<'text>(&self, text: &'text [u8], at: usize) -> &'text [u8] {
        let rest = text.get(at..).unwrap_or(&[]);
        let piece = rest.get(..PIECE).unwrap_or(rest);
        if Self::spend(&self.pieces) {
            piece
        } else {
            &[]
        }
    }
}

/// What the parser gets to read: the same places, and for bash other characters.
///
/// The scanner of tree-sitter-bash 0.25 hands any character to C's `isdigit`, which is defined for
/// bytes alone: one beyond U+FFFF in a brace expansion is a read out of bounds, and hostile scripts
/// crash the process. Outside ASCII, bash knows nothing but the letters of words; so here each such
/// byte becomes one, and text is taken from the script itself.
fn readable(text: &str, grammar: Grammar) -> Cow<'_, str> {
    match grammar {
        Grammar::Python => Cow::Borrowed(text),
        Grammar::Bash if text.is_ascii() => Cow::Borrowed(text),
        Grammar::Bash => {
            let letter = |byte: u8| {
                if byte.is_ascii() {
                    char::from(byte)
                } else {
                    'x'
                }
            };
            Cow::Owned(text.bytes().map(letter).collect())
        }
    }
}

pub(super) fn language(grammar: Grammar) -> &'static Language {
    static PYTHON: LazyLock<Language> = LazyLock::new(|| tree_sitter_python::LANGUAGE.into());
    static BASH: LazyLock<Language> = LazyLock::new(|| tree_sitter_bash::LANGUAGE.into());
    match grammar {
        Grammar::Python => &PYTHON,
        Grammar::Bash => &BASH,
    }
}
