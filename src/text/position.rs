//! Byte offsets to lines and columns.

/// A place in a text: 1-based line, 1-based column counted in characters (Unicode scalar values).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
}

/// Where each line of a text starts, so that a byte offset becomes a [`Position`] in logarithmic time.
///
/// Lines end at `\n` alone, as tree-sitter, Python's tokenizer (after its newline translation) and
/// bash count them; a `\r` before it belongs to the line.
#[derive(Debug)]
pub struct LineIndex<'text> {
    text: &'text str,
    starts: Vec<usize>,
}

impl<'text> LineIndex<'text> {
    /// Reads the text once.
    #[must_use]
    pub fn new(text: &'text str) -> Self {
        let starts = std::iter::once(0)
            .chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
            .collect();
        Self { text, starts }
    }

    /// The position of a byte offset; an offset beyond the end, or inside a character, is taken
    /// back to the nearest boundary before it.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = super::floor_char_boundary(self.text, offset);
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or("");
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    /// The text of a 1-based line, without its line end; empty for a line that does not exist.
    #[must_use]
    pub fn line(&self, line: usize) -> &'text str {
        let Some(start) = line.checked_sub(1).and_then(|at| self.starts.get(at)) else {
            return "";
        };
        let end = self
            .starts
            .get(line)
            .map_or(self.text.len(), |next| next - 1);
        let text = self.text.get(*start..end).unwrap_or("");
        text.strip_suffix('\r').unwrap_or(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let index = LineIndex::new("aé\n日本x\n");
        assert_eq!(index.position(0), Position { line: 1, column: 1 });
        assert_eq!(index.position(3), Position { line: 1, column: 3 });
        assert_eq!(index.position(10), Position { line: 2, column: 3 });
        assert_eq!(index.position(12), Position { line: 3, column: 1 });
        assert_eq!(index.position(99), Position { line: 3, column: 1 });
        assert_eq!(index.line(2), "日本x");
        assert_eq!(index.line(9), "");
    }

    #[test]
    fn a_carriage_return_is_not_part_of_the_shown_line() {
        assert_eq!(LineIndex::new("a\r\nb").line(1), "a");
    }

    proptest! {
        #[test]
        fn any_offset_of_any_text_has_a_position(text in "\\PC*[\n]?\\PC*", offset in 0usize..200) {
            let position = LineIndex::new(&text).position(offset);
            prop_assert!(position.line >= 1 && position.column >= 1);
            prop_assert!(position.line <= text.matches('\n').count() + 1);
        }
    }
}
