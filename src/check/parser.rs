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

use super::syntax::Reading;
use crate::language::Grammar;

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
    /// What the parser under watch may still do.
    static WATCH: Cell<Watch> = const { Cell::new(Watch::NONE) };
}

/// How long a piece of text is that the parser gets.
const PIECE: usize = 2048;

/// How many pipes and here-documents a script of bash may have before it is parsed under watch: the
/// grammar keeps all of a pipeline pending until it ends, and what each costs grows with that. 300 in
/// one pipeline are no matter.
const CROWD: usize = 300;

/// How long a text is that may cost what a [`Watch`] names; a longer one may cost as much more.
const LENGTH: usize = 10_000;

/// How long a stretch of a script is at least that is parsed by itself.
const STRETCH: usize = 256;

/// How much work the parser may spend on a text, or on several together.
///
/// Counted are hundreds of its operations (scripts need 0.3 to 4 operations a byte) and bytes of
/// the text that it asks for (each once or twice, beside long tables in comments 22 times; but its
/// scanner for bash looks on to the end of the text for each repair: 450 to 5000 times).
pub(super) struct Fuel {
    operations: Cell<usize>,
    bytes: Cell<usize>,
    watch: Cell<Watch>,
}

/// What errors may still cost, which neither count of a [`Fuel`] shows.
///
/// The parser tells of it in its log alone. That makes it two or three times as slow, so the log is
/// read only where a text is refused or seen to be in trouble. Scripts of 10 000 characters with
/// ten damages use up less than half of any of these.
#[derive(Clone, Copy)]
struct Watch {
    /// Lines of the log.
    events: usize,
    /// What it costs to put readings together which were followed in parallel: each time as much as
    /// the times before it.
    merges: usize,
    merged: usize,
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

/// The trees of a part of a text, unless the parser exceeds what it may do; places are those of the
/// text.
///
/// There is one tree, and where that gives trouble though the script is valid one for each stretch
/// of its lines: what the grammar has wrong is then short.
pub(super) fn parse(
    text: &str,
    part: Range<usize>,
    grammar: Grammar,
    reading: &Reading,
    fuel: &Fuel,
) -> Option<Vec<Tree>> {
    let read = readable(text, grammar);
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(language(grammar)).ok()?;
        if !reading.verdict.is_valid() {
            return Some(vec![watched(parser, &read, part, fuel)?]);
        }
        match smoothly(parser, &read, part.clone(), grammar, fuel) {
            Outcome::Parsed(tree) => return Some(vec![tree]),
            Outcome::Exceeded => return None,
            Outcome::Trouble => {}
        }
        stretches(part.clone(), &reading.outline.breaks)
            .map(|stretch| {
                // All of it was just tried.
                let again = stretch == part;
                match (!again).then(|| smoothly(parser, &read, stretch.clone(), grammar, fuel)) {
                    Some(Outcome::Parsed(tree)) => Some(tree),
                    Some(Outcome::Exceeded) => None,
                    Some(Outcome::Trouble) | None => watched(parser, &read, stretch, fuel),
                }
            })
            .collect()
    })
}

/// A part of a text, cut at some of the places where it may be.
fn stretches(part: Range<usize>, breaks: &[usize]) -> impl Iterator<Item = Range<usize>> {
    let mut rest = Some(part);
    std::iter::from_fn(move || {
        let Range { start, end } = rest.take()?;
        let behind = breaks.partition_point(|at| *at < start + STRETCH);
        let cut = breaks.get(behind).copied().filter(|at| *at < end);
        rest = cut.map(|at| at..end);
        Some(start..cut.unwrap_or(end))
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
    let pipes = memchr::memchr_iter(b'|', text.as_bytes());
    let here_documents = memchr::memmem::find_iter(text.as_bytes(), b"<<");
    grammar == Grammar::Bash && pipes.chain(here_documents).take(CROWD).count() == CROWD
}

/// Parses as long as there is no trouble.
fn smoothly(
    parser: &mut Parser,
    text: &str,
    part: Range<usize>,
    grammar: Grammar,
    fuel: &Fuel,
) -> Outcome {
    if is_crowded(text.get(part.clone()).unwrap_or(""), grammar) {
        return Outcome::Trouble;
    }
    // The rest is for another try.
    let half = fuel.half();
    let outcome = attempt(parser, text, part, &half, ParseState::has_error);
    fuel.take(half);
    outcome
}

/// Parses with the log read.
fn watched(parser: &mut Parser, text: &str, part: Range<usize>, fuel: &Fuel) -> Option<Tree> {
    let may = fuel.watch.get().at_most(Watch::of(part.len()));
    WATCH.set(may);
    parser.set_logger(Some(Box::new(|_, event| {
        WATCH.set(WATCH.get().after(event));
    })));
    let outcome = attempt(parser, text, part, fuel, |_| WATCH.get().is_over());
    parser.set_logger(None);
    let left = WATCH.replace(Watch::NONE);
    fuel.watch.set(fuel.watch.get().without(may, left));
    match outcome {
        Outcome::Parsed(tree) if !left.is_over() => Some(tree),
        _ => None,
    }
}

fn attempt(
    parser: &mut Parser,
    text: &str,
    part: Range<usize>,
    fuel: &Fuel,
    in_trouble: impl Fn(&ParseState) -> bool,
) -> Outcome {
    if parser.set_included_ranges(&[included(part)]).is_err() {
        return Outcome::Exceeded;
    }
    // A start costs as much as some operations do.
    let mut exhausted = !fuel.operation();
    let mut trouble = false;
    let mut progress = |state: &ParseState| {
        trouble = in_trouble(state);
        exhausted |= fuel.bytes.get() == 0 || !fuel.operation();
        if trouble || exhausted {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut piece = |at: usize, _| {
        if WATCH.get().is_over() {
            &[]
        } else {
            fuel.piece(text.as_bytes(), at)
        }
    };
    let tree = parser.parse_with_options(&mut piece, None, Some(options));
    // Without this the next parse would go on with this text.
    parser.reset();
    match tree {
        Some(tree) if !exhausted && fuel.bytes.get() > 0 => Outcome::Parsed(tree),
        None if trouble && !exhausted => Outcome::Trouble,
        _ => Outcome::Exceeded,
    }
}

impl Watch {
    /// Of a parser that nobody watches.
    const NONE: Self = Self::of(0);

    /// For a text of that length, in bytes.
    const fn of(length: usize) -> Self {
        let lengths = 1 + length.saturating_sub(1) / LENGTH;
        Self {
            events: 10_000 + 20 * length,
            merges: 125_000 * lengths,
            merged: 0,
            pending: 0,
            most_pending: 2_000 * lengths,
            repairs: 2_000 * lengths,
        }
    }

    fn at_most(self, other: Self) -> Self {
        Self {
            events: self.events.min(other.events),
            merges: self.merges.min(other.merges),
            repairs: self.repairs.min(other.repairs),
            ..other
        }
    }

    /// What is left of this where one watch of it went down so.
    const fn without(self, from: Self, to: Self) -> Self {
        Self {
            events: self.events - (from.events - to.events),
            merges: self.merges - (from.merges - to.merges),
            repairs: self.repairs - (from.repairs - to.repairs),
            ..self
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
            self.merged += 1;
            self.merges = self.merges.saturating_sub(self.merged);
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

impl Fuel {
    /// Enough for a text, and twice so for what comes easily.
    pub(super) fn of(text: &str) -> Self {
        let watch = Watch::of(text.len());
        Self {
            operations: Cell::new(200 + text.len() / 5),
            bytes: Cell::new(200 * (PIECE + text.len())),
            watch: Cell::new(Watch {
                // Of a text in stretches each may cost what a whole one may, but not all of them.
                repairs: 8 * watch.repairs,
                ..watch
            }),
        }
    }

    fn half(&self) -> Self {
        Self {
            operations: Cell::new(self.operations.get() / 2),
            bytes: Cell::new(self.bytes.get() / 2),
            watch: Cell::new(Watch::NONE),
        }
    }

    /// Takes away what is gone from its [`Self::half`].
    fn take(&self, half: Self) {
        let rest = |of: &Cell<usize>, left: Cell<usize>| {
            of.set(of.get() - of.get() / 2 + left.get());
        };
        rest(&self.operations, half.operations);
        rest(&self.bytes, half.bytes);
    }

    /// Takes a hundred operations away; whether there were any.
    fn operation(&self) -> bool {
        let less = self.operations.get().checked_sub(1);
        self.operations.set(less.unwrap_or(0));
        less.is_some()
    }

    /// The piece at a place; none where the fuel is exhausted, which ends the parse soon.
    fn piece<'text>(&self, text: &'text [u8], at: usize) -> &'text [u8] {
        let rest = text.get(at..).unwrap_or(&[]);
        let piece = rest.get(..PIECE).unwrap_or(rest);
        let left = self.bytes.get().saturating_sub(piece.len() + 1);
        self.bytes.set(left);
        if left > 0 { piece } else { &[] }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::syntax;

    #[test]
    fn a_text_is_cut_where_it_may_be_and_not_too_short() {
        let cut: Vec<_> = stretches(0..1_000, &[100, 200, 300, 700, 1_000]).collect();
        assert_eq!(cut, [0..300, 300..700, 700..1_000]);
        assert_eq!(stretches(0..1_000, &[]).next(), Some(0..1_000));
    }

    /// Counted in what the parser does, and not in time.
    #[test]
    fn several_texts_share_one_fuel() {
        let text = "a) ".repeat(30);
        let reading = syntax::read(&text, Grammar::Bash);
        let fuel = Fuel::of(&"x".repeat(LENGTH));
        let read = || parse(&text, 0..text.len(), Grammar::Bash, &reading, &fuel).is_some();
        let repairs = fuel.watch.get().repairs;
        assert!(read());
        let one = repairs - fuel.watch.get().repairs;
        assert!(one > 0);
        let more = (0..repairs).take_while(|_| read()).count();
        assert!(more <= repairs / one, "{more} times {one} of {repairs}");
    }
}
