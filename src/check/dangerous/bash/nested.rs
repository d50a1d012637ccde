//! Scripts inside scripts: the text that an interpreter gets, and where it is written.

use std::ops::Range;

use super::Kind;
use super::quotes::{ansi, is_escaped_in_quotes};
use super::word::{Text, Words, inside};
use crate::check::tree::{Node, children};

/// A script in a string or here-document of another.
pub(super) struct Nested {
    pub(super) text: String,
    pub(super) places: Places,
    pub(super) depth: u8,
    /// Whether it is the argument of an interpreter, which has positional parameters of its own.
    pub(super) whole: Range<usize>,
}

/// Where each byte of a script is written in the outermost one.
#[derive(Default)]
pub(super) struct Places {
    /// Empty for the outermost script.
    table: Vec<u32>,
    whole: Range<usize>,
}

impl Places {
    /// Where a stretch of the script is written.
    pub(super) fn outer(&self, span: Range<usize>) -> Range<usize> {
        if self.table.is_empty() {
            return span;
        }
        let at = |place: usize| self.table.get(place).map(|place| *place as usize);
        let start = at(span.start).unwrap_or(self.whole.start);
        let end = at(span.end.saturating_sub(1)).map_or(self.whole.end, |last| last + 1);
        let known = start < end && (span.len() < 2 || end - start > 1);
        if known {
            start..end
        } else {
            self.whole.clone()
        }
    }

    pub(super) const fn is_outermost(&self) -> bool {
        self.table.is_empty()
    }
}

/// Collects the text of a nested script.
pub(super) struct Decoder<'a, 'text> {
    words: Words<'a, 'text>,
    places: &'a Places,
    text: String,
    table: Vec<u32>,
}

impl<'a, 'text> Decoder<'a, 'text> {
    pub(super) fn new(words: Words<'a, 'text>, places: &'a Places) -> Self {
        Self {
            words,
            places,
            text: String::new(),
            table: Vec::new(),
        }
    }

    /// Adds a word as bash would hand it over; what it expands stays as it is written.
    pub(super) fn word(&mut self, node: Node<'_>) {
        if !self.text.is_empty() {
            self.push(" ", node.start_byte());
        }
        match Kind::of(node) {
            Kind::Concatenation => children(node).for_each(|part| self.part(part)),
            _ => self.part(node),
        }
    }

    /// Adds what a variable holds that is expanded at that place.
    pub(super) fn value(&mut self, value: &str, at: usize) {
        self.push(value, at);
    }

    /// Adds a command as it is written, its lines joined.
    pub(super) fn joined(&mut self, range: Range<usize>) {
        let written = self.words.script.text.get(range.clone()).unwrap_or("");
        let mut at = range.start;
        for line in written.split("\\\n") {
            self.copy(at..at + line.len());
            at += line.len() + 2;
        }
    }

    /// Adds the body of a here-document.
    pub(super) fn body(&mut self, node: Node<'_>, expands: bool) {
        self.unescape(node.byte_range(), |next| {
            expands && is_escaped_in_quotes(next)
        });
    }

    pub(super) fn nested(self, depth: u8, span: Range<usize>) -> Nested {
        let whole = self.places.outer(span);
        Nested {
            text: self.text,
            places: Places {
                table: self.table,
                whole: whole.clone(),
            },
            depth,
            whole,
        }
    }

    fn part(&mut self, node: Node<'_>) {
        let written = self.words.script.of(node);
        let range = node.byte_range();
        match Kind::of(node) {
            Kind::RawString => self.copy(range.start + 1..range.end.saturating_sub(1)),
            Kind::AnsiString => self.push(&ansi(written), range.start),
            Kind::String => self.quoted(node),
            Kind::Word | Kind::Number => self.unescape(range, |_| true),
            Kind::SimpleExpansion | Kind::Expansion => self.expansion(node),
            _ => self.copy(range),
        }
    }

    fn quoted(&mut self, string: Node<'_>) {
        let mut at = string.start_byte() + 1;
        for part in children(string) {
            self.unescape(at..part.start_byte(), is_escaped_in_quotes);
            at = part.end_byte();
            match Kind::of(part) {
                Kind::StringContent => self.unescape(part.byte_range(), is_escaped_in_quotes),
                Kind::SimpleExpansion | Kind::Expansion => self.expansion(part),
                _ => self.copy(part.byte_range()),
            }
        }
        self.unescape(
            at..string.end_byte().saturating_sub(1),
            is_escaped_in_quotes,
        );
    }

    fn expansion(&mut self, node: Node<'_>) {
        match self.words.text(node) {
            Text::Constant(value) if !value.starts_with('~') => {
                self.push(&value, node.start_byte());
            }
            _ => self.copy(node.byte_range()),
        }
    }

    /// Text that stands nowhere as such; all of it is shown at one place.
    fn push(&mut self, text: &str, at: usize) {
        let place = self.places.outer(at..at + 1).start;
        self.table.extend(text.bytes().map(|_| short(place)));
        self.text.push_str(text);
    }

    fn copy(&mut self, range: Range<usize>) {
        self.unescape(range, |_| false);
    }

    fn unescape(&mut self, range: Range<usize>, escapes: impl Fn(char) -> bool) {
        let written = self.words.script.text.get(range.clone()).unwrap_or("");
        let mut characters = written.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            let escaped = (character == '\\').then_some(next).flatten();
            match escaped.filter(|next| escapes(*next)) {
                Some('\n') => {
                    characters.next();
                }
                Some(next) => {
                    characters.next();
                    self.character(next, range.start + at + 1);
                }
                None => self.character(character, range.start + at),
            }
        }
    }

    fn character(&mut self, character: char, at: usize) {
        for byte in 0..character.len_utf8() {
            let place = self.places.outer(at + byte..at + byte + 1).start;
            self.table.push(short(place));
        }
        self.text.push(character);
    }
}

/// Scripts are far below 4 GiB.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The delimiter of a here-document: whether its text is expanded.
pub(super) fn expands(delimiter: &str) -> bool {
    !delimiter.contains(['\'', '"', '\\'])
}

/// The stretch of a word's quoted text, where that is written as it is meant.
pub(super) fn verbatim(words: Words<'_, '_>, node: Node<'_>) -> Option<Range<usize>> {
    let written = words.script.of(node);
    let inner = match Kind::of(node) {
        Kind::RawString => inside(written, "'", "'"),
        Kind::String if !written.contains(['\\', '$', '`']) => inside(written, "\"", "\""),
        _ => return None,
    };
    Some(node.start_byte() + 1..node.start_byte() + 1 + inner.len())
}
