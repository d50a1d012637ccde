//! The plainest possible reading of a place, to hold the real one against. The fuzz targets and
//! the unit tests of the checks share it.

use std::ops::Range;

/// The span lies in the text, on character boundaries, and the four numbers (line, column, end line,
/// end column) are its own.
pub fn assert_lies_in(text: &str, span: &Range<usize>, told: [usize; 4]) {
    let inside = text.get(span.clone()).is_some();
    assert!(inside, "{span:?} is no span of {text:?}");
    let (line, column) = position(text, span.start);
    let (end_line, end_column) = position(text, span.end);
    assert_eq!(
        told,
        [line, column, end_line, end_column],
        "{span:?} of {text:?}"
    );
}

/// The 1-based line and the 1-based column in characters of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).expect("a character boundary");
    let line = before.matches('\n').count() + 1;
    let last = before.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() + 1)
}
